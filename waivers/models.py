"""The waiver's texts and what was signed under them."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from charters.models import Charter, Guest
from jada.core.errors import JadaError


class SignedIsFrozenError(JadaError):
    """Somebody tried to change or delete a signed record (docs/architecture.md, rule 9)."""


class WaiverText(models.Model):
    """One version of the words people agree to. Never changed: new words are a new version, by a migration.

    Lines that begin with `# ` are headings, blank lines part paragraphs. A trigger keeps rows as they are.
    """

    version = models.PositiveIntegerField(unique=True)
    body = models.TextField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the body in UTF-8.")
    note = models.TextField(blank=True, help_text="For the office; signers do not see it.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-version"]
        verbose_name = "waiver text"

    def __str__(self) -> str:
        return f"version {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only the first time."""
        if not self._state.adding:
            raise SignedIsFrozenError("A waiver's text is never changed; install a new version.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Never."""
        raise SignedIsFrozenError("A waiver's text is never deleted.")


class Waiver(models.Model):
    """What one person signed, for themselves and the minors they named; half of it, until a guardian signs.

    States move in `waivers.signing` alone: PENDING_GUARDIAN → SIGNED, either → VOID. From the moment there is
    a `record` the row is frozen but for `status` (docs/architecture.md, rule 9): a trigger refuses all else.
    """

    class Status(models.TextChoices):
        PENDING_GUARDIAN = "PENDING_GUARDIAN", "waiting for a guardian"
        SIGNED = "SIGNED", "signed"
        VOID = "VOID", "void"

    public_id = models.UUIDField("waiver id", default=uuid.uuid4, unique=True)
    charter = models.ForeignKey(Charter, on_delete=models.PROTECT, related_name="waivers")
    guest = models.ForeignKey(Guest, on_delete=models.PROTECT, related_name="waivers")
    text = models.ForeignKey(WaiverText, on_delete=models.PROTECT, related_name="waivers")
    submission_key = models.CharField(max_length=64, help_text="The client's own: sent twice, it signs once.")
    status = models.CharField(max_length=16, choices=Status)

    name = models.CharField(max_length=120)
    email = models.CharField("e-mail", max_length=254, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    date_of_birth = models.DateField()
    minors = models.JSONField(default=list, blank=True, help_text="[{name, date_of_birth}] the signer answers for.")
    signature = models.JSONField(help_text="{png}, {strokes} or {typed}: waivers.signatures.")
    # How the participant signed: what they saw, when, from where, by what kind of link (waivers.evidence).
    participation = models.JSONField()

    guardian_name = models.CharField(max_length=120, blank=True)
    guardian_relationship = models.CharField(max_length=60, blank=True)
    guardian_email = models.CharField("guardian's e-mail", max_length=254, blank=True)
    guardian_phone = models.CharField(max_length=20, blank=True)
    guardian_signature = models.JSONField(null=True, blank=True)
    guardian_submission_key = models.CharField(max_length=64, blank=True)
    # The guardian's link (jada.core.links, purpose "guardian"); a waiver signed at once has none.
    link_lookup = models.BinaryField(max_length=32, null=True, unique=True, editable=False)
    link_generation = models.PositiveIntegerField(default=1, editable=False)

    # The evidence, byte for byte as hashed, and its place in the chain of all records (waivers.evidence).
    record = models.TextField(blank=True)
    record_digest = models.CharField(max_length=64, blank=True)
    previous_digest = models.CharField(max_length=64, blank=True)
    chain_position = models.PositiveBigIntegerField(null=True, blank=True, unique=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["charter", "submission_key"], name="waiver_once_a_submission"),
            models.CheckConstraint(condition=~Q(submission_key="") & ~Q(name=""), name="waiver_has_key_and_name"),
            models.CheckConstraint(
                condition=Q(
                    record="",
                    record_digest="",
                    previous_digest="",
                    chain_position__isnull=True,
                    signed_at__isnull=True,
                )
                | Q(record__gt="", record_digest__gt="", chain_position__gte=1, signed_at__isnull=False)
                & (Q(chain_position=1) | Q(previous_digest__gt="")),
                name="waiver_record_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status="SIGNED") | Q(record_digest__gt=""), name="waiver_signed_has_record"
            ),
            models.CheckConstraint(
                condition=~Q(status="PENDING_GUARDIAN") | Q(record="", link_lookup__isnull=False),
                name="waiver_pending_has_link",
            ),
        ]
        indexes = [
            # The admin's list of a charter's waivers, and what a second submission replaces.
            models.Index(fields=["charter", "status"], name="waiver_of_charter"),
        ]

    def __str__(self) -> str:
        return f"waiver {self.public_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Until there is a record."""
        self._refuse_when_frozen()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Until there is a record."""
        self._refuse_when_frozen()
        return super().delete(*args, **kwargs)

    def _refuse_when_frozen(self) -> None:
        if not self._state.adding and Waiver.objects.filter(pk=self.pk).exclude(record="").exists():
            raise SignedIsFrozenError("A signed waiver is never changed or deleted; a new signature is a new record.")


from waivers.photo_models import Photo  # noqa: E402 a room of its own, of this app all the same

__all__ = ["Photo", "SignedIsFrozenError", "Waiver", "WaiverText"]
