"""Crew, contacts and guests."""

import unicodedata
from functools import lru_cache

from django.contrib.postgres.fields import ArrayField
from django.db import models

from charters.models.charter import Charter


@lru_cache(maxsize=4096)  # a season has few names, each on many crew lists
def plain_name(name: str) -> str:
    """A name as it is compared: no accents, no case, single spaces (“Zoë ” and “zoe” are one)."""
    folded = unicodedata.normalize("NFKD", name)
    return " ".join("".join(sign for sign in folded if not unicodedata.combining(sign)).casefold().split())


class Role(models.TextChoices):
    CAPTAIN = "captain", "captain"
    MATE = "mate", "mate"
    DECKHAND = "deckhand", "deckhand"
    CREW = "crew", "crew"


class CrewMember(models.Model):
    """A captain, mate or deckhand of the pool, known in the calendar by name or alias."""

    name = models.CharField(max_length=80, unique=True)
    aliases = ArrayField(
        models.CharField(max_length=80),
        default=list,
        blank=True,
        help_text="Other spellings, comma-separated.",
    )
    role = models.CharField(max_length=10, choices=Role, default=Role.CREW, help_text="What they usually sail as.")
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    licence_expires = models.DateField(
        null=True, blank=True, help_text="Of a captain: the last day on which the licence is good."
    )
    active = models.BooleanField(default=True)
    # The member's own page (jada.core.links, purpose "crew"): its hash, once the link has been written out.
    link_lookup = models.BinaryField(max_length=32, null=True, unique=True, editable=False)
    link_generation = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class NotAPerson(models.Model):
    """Words on crew lists that somebody said are no name (“extra ice”); `charters.crew.names` writes them."""

    plain = models.CharField(max_length=80, unique=True, help_text="As `plain_name` gives it.")
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["plain"]
        verbose_name_plural = "not persons"

    def __str__(self) -> str:
        return self.plain


class Contact(models.Model):
    """A person we may need to reach, once however often found: by normalised e-mail, then by phone."""

    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True, help_text="Lower case.")
    phone = models.CharField(max_length=20, blank=True, help_text="As +16195550001.")
    # Met through a marketplace: not for marketing unless they opt in directly (docs/domain.md).
    marketplace = models.BooleanField("met through a marketplace", default=False, db_default=False)
    origin = models.CharField(max_length=20, blank=True, default="", db_default="", help_text="Where we first met.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "email"]
        constraints = [
            models.UniqueConstraint(fields=["email"], condition=~models.Q(email=""), name="contact_email_once"),
            models.UniqueConstraint(
                fields=["phone"],
                condition=models.Q(email="") & ~models.Q(phone=""),
                name="contact_phone_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.phone


class ContactMerge(models.Model):
    """Two contacts made one, with what the lost one said. Written by `charters.contacts` alone, which can undo it.

    Keys and not relations: the winner may itself be merged later, and the trail must outlast it.
    """

    winner_key = models.BigIntegerField(db_index=True)
    loser_key = models.BigIntegerField(null=True, db_index=True)
    lost = models.JSONField()
    filled = models.JSONField(default=list, help_text="What the winner took over.")
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            # Whose is this merged address now?
            models.Index(
                models.F("lost__email"), condition=models.Q(undone_at__isnull=True), name="merge_by_lost_email"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lost.get('name') or self.lost.get('email') or self.lost.get('phone')}"


class Guest(models.Model):
    """A named person of a party. `waiver_status` is held here and written by `waivers.signing` alone."""

    class WaiverStatus(models.TextChoices):
        PENDING = "PENDING", "not signed"
        PENDING_GUARDIAN = "PENDING_GUARDIAN", "waiting for a guardian"
        SIGNED = "SIGNED", "signed"
        VOID = "VOID", "void"

    charter = models.ForeignKey(Charter, on_delete=models.CASCADE, related_name="guests")
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    is_primary = models.BooleanField("booked the trip", default=False)
    is_minor = models.BooleanField(default=False)
    waiver_status = models.CharField(max_length=16, choices=WaiverStatus, default=WaiverStatus.PENDING, editable=False)
    # The personal waiver link (jada.core.links, purpose "waiver-guest"): its hash, once it has been written out.
    link_lookup = models.BinaryField(max_length=32, null=True, unique=True, editable=False)
    link_generation = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["charter", "-is_primary", "id"]
        constraints = [
            models.UniqueConstraint(fields=["charter"], condition=models.Q(is_primary=True), name="guest_primary_once")
        ]

    def __str__(self) -> str:
        return self.name
