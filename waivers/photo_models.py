"""The guests' own pictures of a trip."""

from django.db import models
from django.utils import timezone

from charters.models import Charter


class Photo(models.Model):
    """A picture that somebody of the party sent, as kept in the private storage. Written by `waivers.photos` alone."""

    charter = models.ForeignKey(Charter, on_delete=models.PROTECT, related_name="photos")
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of the file as it was sent.")
    file = models.CharField(max_length=100, unique=True, help_text="Its unguessable name in the private storage.")
    bytes = models.PositiveIntegerField(help_text="Of the picture as kept.")
    stored_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-stored_at", "-id"]
        constraints = [
            # The same picture sent twice is one picture.
            models.UniqueConstraint(fields=["charter", "digest"], name="photo_once_a_charter"),
        ]

    def __str__(self) -> str:
        return f"photo {self.pk}"
