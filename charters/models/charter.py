"""The charter: one event on the water, its facts and where each of them comes from."""

from datetime import date, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from charters.calendars.text.titles import NOT_CHARTERS
from charters.models.fleet import Brand, Dock, Vessel
from charters.models.source import Calendar
from jada.core.clock import now
from jada.core.locks import Leased


class CharterQuerySet(models.QuerySet["Charter"]):
    """Reads shared by the board, the pages, the messages and the admin."""

    def charters(self) -> "CharterQuerySet":
        """Trips with guests; not maintenance, crew events, holds or absences."""
        return self.exclude(event_type__in=NOT_CHARTERS)

    def active(self) -> "CharterQuerySet":
        """Not cancelled. One that is `cancelling` still sails until somebody confirms."""
        return self.exclude(status=Charter.Status.CANCELLED)

    def upcoming(self) -> "CharterQuerySet":
        """Those that have not ended, by start."""
        return self.filter(ends_at__gt=now()).order_by("starts_at", "reference")

    def with_waiver_counts(self) -> "CharterQuerySet":
        """Annotates `named`, `signed`, `pending_guardian`: how many guests are named, and how far they have signed."""
        return self.annotate(
            named=models.Count("guests", filter=~Q(guests__waiver_status="VOID")),
            signed=models.Count("guests", filter=Q(guests__waiver_status="SIGNED")),
            pending_guardian=models.Count("guests", filter=Q(guests__waiver_status="PENDING_GUARDIAN")),
        )

    def with_relations(self) -> "CharterQuerySet":
        """All that a page, a message or a row of the board reads, in a constant number of queries."""
        return self.select_related("vessel__brand", "vessel__dock", "dock", "calendar", "page").prefetch_related(
            models.Prefetch("crew_assignments", CrewAssignment.objects.select_related("member"))
        )


class Charter(models.Model):
    """An event of the calendar or the office; `event_type` says whether guests sail.

    Columns hold the facts in force; `sources` says who each is from and `calendar_facts`, `booking_facts` and
    `staff_facts` what each of those says, whether or not it is in force. `charters.calendars.merge` is the one writer
    of facts, by the precedence of docs/domain.md; `charters.lifecycle` owns `status`; a fact is changed by hand
    through an `Override`.
    """

    class Status(models.TextChoices):
        CONFIRMED = "confirmed", "confirmed"
        CANCELLING = "cancelling", "gone from the calendar, waiting for your word"
        CANCELLED = "cancelled", "cancelled"

    class EventType(models.TextChoices):
        SUNSET_SAIL = "sunset_sail", "sunset sail"
        AFTERNOON_SAIL = "afternoon_sail", "afternoon sail"
        WHALE_WATCHING = "whale_watching", "whale watching"
        CONCERT_SAIL = "concert_sail", "concert sail"
        PRIVATE = "private", "private charter"
        MAINTENANCE = "maintenance", "maintenance"
        CREW = "crew", "crew event"
        HOLD = "hold", "hold"
        UNAVAILABLE = "unavailable", "unavailable"

    # Made once, never changed by a move: for staff. The public gets tokens.
    reference = models.CharField(max_length=80, unique=True)
    title = models.CharField(max_length=300, help_text="As the calendar has it; for staff only.")
    party = models.CharField(max_length=120, blank=True, help_text="Whose trip it is, fit for a guest's eyes.")
    event_type = models.CharField(max_length=16, choices=EventType)
    status = models.CharField(max_length=10, choices=Status, default=Status.CONFIRMED)

    # An event is known by calendar, iCalUID and original start ('' when it happens once).
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, null=True, blank=True, related_name="charters")
    uid = models.TextField(blank=True, editable=False)
    original_start = models.CharField(max_length=20, blank=True, editable=False)
    # As what it was made without a calendar, in whatever calendar it turned up since: entered again, it is the same.
    entered_as = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)

    vessel = models.ForeignKey(Vessel, on_delete=models.PROTECT, related_name="charters")
    dock = models.ForeignKey(Dock, on_delete=models.PROTECT, null=True, blank=True, related_name="charters")
    place = models.CharField(max_length=300, blank=True, help_text="Where, as the calendar writes it.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    all_day = models.BooleanField(default=False)
    arrive_by = models.DateTimeField()

    guest_name = models.CharField(max_length=120, blank=True)
    guest_email = models.EmailField(blank=True)
    guest_phone = models.CharField(max_length=20, blank=True)
    guest_count = models.PositiveSmallIntegerField(null=True, blank=True)

    sources = models.JSONField(default=dict, editable=False)
    calendar_facts = models.JSONField(default=dict, editable=False)
    # By the same names: what a platform's booking says, and what the office entered where no calendar is.
    booking_facts = models.JSONField(default=dict, editable=False)
    staff_facts = models.JSONField(default=dict, editable=False)
    # What the calendar said after departure, when the facts were frozen already; {} when it said the same.
    said_since = models.JSONField(default=dict, db_default={}, editable=False)
    questions = models.JSONField(default=list, editable=False, help_text="What the text left open, in words.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    # When a fact that guests are told last changed after the record was made; messages settle from here.
    told_facts_changed_at = models.DateTimeField(null=True, editable=False)

    objects = CharterQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "reference"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "uid", "original_start"],
                condition=~Q(uid=""),
                name="charter_once_an_event",
            ),
            models.CheckConstraint(condition=Q(ends_at__gte=models.F("starts_at")), name="charter_ends_after_start"),
        ]
        indexes = [
            # The board and the messages: what sails between two moments.
            models.Index(fields=["starts_at"], name="charter_by_start"),
            # Overlaps on one vessel.
            models.Index(fields=["vessel", "ends_at"], name="charter_vessel_busy"),
            # Was this entered before?
            models.Index(fields=["entered_as"], condition=~Q(entered_as=""), name="charter_entered_as"),
            # Each look shows what waits for a person's word.
            models.Index(fields=["calendar"], condition=Q(status="cancelling"), name="charter_cancelling"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_charter(self) -> bool:
        """Whether guests sail: only then are there a page, waivers and messages."""
        return self.event_type not in NOT_CHARTERS

    @property
    def brand(self) -> Brand:
        """The brand of the vessel it sails on."""
        return self.vessel.brand

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone people read this charter's hours in."""
        return ZoneInfo(self.calendar.timezone if self.calendar else settings.TIME_ZONE)

    @property
    def date(self) -> date:
        """The day it starts, where it sails."""
        return self.starts_at.astimezone(self.zone).date()

    @property
    def duration(self) -> timedelta:
        """From start to end."""
        return self.ends_at - self.starts_at

    @property
    def has_departed(self) -> bool:
        """From here on the facts are frozen (docs/architecture.md, rule 5)."""
        return self.starts_at <= now()

    @property
    def boarding_dock(self) -> Dock | None:
        """Its own dock, else the vessel's; None when the calendar names a place that is no dock of ours."""
        return self.dock or (None if self.place else self.vessel.dock)

    @property
    def captain(self) -> "CrewAssignment | None":
        """Who commands, when somebody is named."""
        return next((each for each in self.crew_assignments.all() if each.role == "captain"), None)

    @property
    def waivers_required(self) -> int:
        """The party size, else the number of named guests, at least one (needs `with_waiver_counts`)."""
        return self.guest_count or max(1, getattr(self, "named", 0))

    def source_of(self, field: str) -> str:
        """Who a fact is from: calendar, override, booking or staff."""
        value: Any = self.sources.get(field, "staff")
        return str(value)


class CrewAssignment(models.Model):
    """One name on a charter's crew list, as carried; `member` is who that is, when we know."""

    charter = models.ForeignKey(Charter, on_delete=models.CASCADE, related_name="crew_assignments")
    position = models.PositiveSmallIntegerField(default=0)
    role = models.CharField(max_length=10)
    name = models.CharField(max_length=80)
    member = models.ForeignKey(
        "charters.CrewMember", on_delete=models.SET_NULL, null=True, blank=True, related_name="assignments"
    )
    source = models.CharField(max_length=10, default="calendar")

    class Meta:
        ordering = ["charter", "position"]
        constraints = [
            models.UniqueConstraint(fields=["charter", "position"], name="crew_position_once"),
            models.UniqueConstraint(fields=["charter"], condition=Q(role="captain"), name="one_captain_a_charter"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.role})"

    @property
    def display_name(self) -> str:
        """The crew member's name when known, else as the office wrote it."""
        return self.member.name if self.member else self.name


class Override(models.Model):
    """A fact set by hand, which wins until it is cleared. Written by `charters.overrides` alone."""

    charter = models.ForeignKey(Charter, on_delete=models.CASCADE, related_name="overrides")
    field = models.CharField(max_length=20)
    value = models.JSONField(null=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)
    why = models.CharField(max_length=300, blank=True)
    # What the calendar said of the fact when it was set: a later edit there asks “keep which?”. Null: not known.
    calendar_said = models.JSONField(null=True, editable=False)

    class Meta:
        ordering = ["charter", "field"]
        constraints = [models.UniqueConstraint(fields=["charter", "field"], name="override_once_a_fact")]

    def __str__(self) -> str:
        return f"{self.charter_id}: {self.field}"


class Correction(Leased):
    """Overrides on their way into the calendar; `charters.calendars.corrections` owns it.

    Wanted while `sent_at` is null: looked at by every run until the calendar says the same. `reason` says, in words,
    why it is held. A write that failed is not repeated before `not_before` while all is as it was: `tried_as` is the
    digest of the wish, the event's version, the right and the login that it was tried with, `tries` how often.
    """

    charter = models.OneToOneField(Charter, on_delete=models.CASCADE, related_name="correction")
    facts = models.JSONField(default=list, help_text="Names of overridden facts.")
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    tried_as = models.CharField(max_length=32, blank=True, db_default="", editable=False)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    not_before = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["charter"]
        indexes = [
            # Each look's question: what is still to be sent?
            models.Index(fields=["charter"], condition=Q(sent_at__isnull=True), name="correction_wanted"),
        ]

    def __str__(self) -> str:
        return f"{self.charter_id}: {', '.join(self.facts)}"
