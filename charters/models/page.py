"""A charter's guest page, as published and as last seen at its public address."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from charters.models.charter import Charter
from jada.core.locks import Leased


class Invalidation(models.Model):
    """A wish that the edge forget some paths, stored before it is asked (`charters.pages.purging` writes it).

    `reference` is CloudFront's CallerReference: made of the pages and their publications, so that a wish repeated after
    a crash purges nothing twice. In progress from `asked_at` to `completed_at`.
    """

    reference = models.CharField(max_length=128, unique=True)
    paths = ArrayField(models.CharField(max_length=1_000), help_text="Public paths, encoded; “…/*” is a whole day.")
    edge_id = models.CharField(max_length=64, blank=True, help_text="As CloudFront calls it.")
    wanted_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-wanted_at", "-id"]
        indexes = [
            # What is in progress counts against the service's limits.
            models.Index(fields=["asked_at"], condition=models.Q(completed_at__isnull=True), name="purge_in_progress"),
            # The month's paths against their budget.
            models.Index(fields=["wanted_at"], name="purge_by_month"),
        ]

    def __str__(self) -> str:
        return self.reference


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
    # Counts the puts and the doubts: it tells an invalidation from the one before, though the facts are as they were.
    publication = models.PositiveIntegerField(default=0, db_default=0)
    etag = models.CharField(max_length=80, blank=True, default="", db_default="", help_text="As last put.")
    # Where it lay before the trip moved to another day: {path: ETag}. These addresses lead to the present one.
    former = models.JSONField(default=dict, db_default={}, blank=True)
    # What makes the edge forget the copies of before, and how often it was asked for this publication.
    purge = models.ForeignKey(Invalidation, on_delete=models.SET_NULL, null=True, blank=True, related_name="pages")
    purges = models.PositiveSmallIntegerField(default=0, db_default=0)
    # When a phone would have been served `verified_digest`.
    verified_digest = models.CharField(max_length=64, blank=True)
    verified_at = models.DateTimeField(null=True)
    seen_through = models.CharField(
        max_length=120, blank=True, default="", db_default="", help_text="The edge's own words: X-Cache and age."
    )
    withdrawn_at = models.DateTimeField(null=True)
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
            ),
            # Which withdrawn pages may a phone still be served?
            models.Index(
                fields=["withdrawn_at"],
                condition=models.Q(state="withdrawn", verified_at__isnull=True),
                name="page_not_seen_gone",
            ),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def url(self) -> str:
        """The public address: the one address that names a guest (docs/domain.md)."""
        return address(self.path)

    def path_on(self, day: date) -> str:
        """Where it is to lie when its trip is on that day: the address names the day."""
        return f"{day:%Y-%m-%d}/{self.path.partition('/')[2]}"

    @property
    def paths(self) -> list[str]:
        """All that is kept of it: the page, and what leads to it from where it was before."""
        return [self.path, *self.former]


def address(path: str) -> str:
    """The public address of something below the pages' address."""
    return f"{settings.GUEST_PAGES_URL}/{path}"
