"""A charter's guest page, as published and as last seen at its public address."""

from django.conf import settings
from django.db import models

from charters.models.charter import Charter
from jada.core.locks import Leased


class GuestPage(Leased):
    """What was published for a charter and what a phone was served. States move in `charters.pages.life` alone."""

    class State(models.TextChoices):
        NONE = "none", "not published yet"
        STALE = "stale", "out of date"
        PUBLISHED = "published", "published, not yet seen at its address"
        VERIFIED = "verified", "as it should be"
        FAILED = "failed", "failed"
        WITHDRAWN = "withdrawn", "withdrawn"

    charter = models.OneToOneField(Charter, on_delete=models.CASCADE, related_name="page")
    path = models.CharField(max_length=120, unique=True, help_text="Below the pages' address and in the bucket.")
    state = models.CharField(max_length=10, choices=State, default=State.NONE)
    facts = models.JSONField(default=dict, help_text="The facts as last published.")
    digest = models.CharField(max_length=64, blank=True, help_text="Of the facts and template last published.")
    template_version = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True)
    # When a phone would have been served `verified_digest`.
    verified_digest = models.CharField(max_length=64, blank=True)
    verified_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, help_text="Why the page failed, in words.")
    photo_code = models.CharField(max_length=19)
    photo_lookup = models.BinaryField(max_length=32, unique=True)
    # The party's waiver link (jada.core.links, purpose "waiver-charter").
    waiver_lookup = models.BinaryField(max_length=32, unique=True)
    link_generation = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            # The quick look's question: which pages are not as they should be? Few, so the index is small.
            models.Index(
                fields=["state"],
                condition=~models.Q(state__in=["verified", "withdrawn"]),
                name="page_needs_work",
            )
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def url(self) -> str:
        """The public address: the one address that names a guest (docs/domain.md)."""
        return f"{settings.GUEST_PAGES_URL}/{self.path}"
