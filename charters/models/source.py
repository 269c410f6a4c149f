"""Calendars and the copies of their events, as last read."""

from django.conf import settings
from django.db import models

from charters.models.asking import AskedOfGoogle
from charters.models.fleet import Brand, Vessel
from jada.core.locks import Leased


def home_zone() -> str:
    """The operator's own time zone, for a calendar that names none."""
    return str(settings.TIME_ZONE)


class Calendar(AskedOfGoogle, Leased):
    """A calendar the office writes in. Read by `charters.calendars.layer`; `error` is empty when all is well.

    One with a `google_id` is read through Google's API, and through its iCal feed while the API fails. The address of a
    private iCal feed is a secret in itself: it is never logged and shown to editors only.
    """

    class Source(models.TextChoices):
        GOOGLE = "google", "Google Calendar"
        ICAL = "ical", "iCal feed"

    name = models.CharField(max_length=80, unique=True)
    google_id = models.CharField("Google calendar id", max_length=300, blank=True)
    ical_address = models.CharField("iCal address", max_length=500, blank=True)
    timezone = models.CharField(max_length=60, default=home_zone)
    vessel = models.ForeignKey(Vessel, on_delete=models.PROTECT, related_name="calendars")
    invite_crew = models.BooleanField("add crew as guests of the event", default=False)
    error = models.TextField(blank=True, editable=False)
    # Only a person can help: somebody must log in to Google again.
    needs_login = models.BooleanField(default=False, editable=False)
    # Why Google does not announce its changes (`charters.calendars.google.push`); it is read by the clock all the same.
    push_error = models.TextField(blank=True, db_default="", editable=False)
    last_sync_at = models.DateTimeField(null=True, blank=True, editable=False)
    # From when the office has it read no more (`charters.calendars.stopping`); null while it is read.
    stopped_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What the last good read was: validators for a conditional request, and by what its events were parsed
    # (the parser's version, the crew's names, the zones): another value means parse the copies again.
    etag = models.CharField(max_length=200, blank=True, editable=False)
    last_modified = models.CharField(max_length=80, blank=True, editable=False)
    parsed_with = models.CharField(max_length=64, blank=True, editable=False)
    zones = models.TextField(blank=True, editable=False, help_text="The feed's VTIMEZONEs.")
    read_from = models.CharField(max_length=6, choices=Source, blank=True, editable=False)
    # What Google said: for the next delta, of times that name no zone, and of our right on the calendar.
    sync_token = models.TextField(blank=True, editable=False)
    google_zone = models.CharField(max_length=60, blank=True, editable=False)
    google_role = models.CharField(max_length=40, blank=True, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(google_id="", ical_address=""), name="calendar_has_a_source"),
            models.UniqueConstraint(
                fields=["google_id"], condition=~models.Q(google_id=""), name="google_calendar_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def brand(self) -> Brand:
        """The brand the calendar's charters sail under."""
        return self.vessel.brand

    @property
    def source(self) -> str:
        """Where it is read first."""
        return self.Source.GOOGLE if self.google_id else self.Source.ICAL

    @property
    def anyone_can_read(self) -> bool:
        """Whether its feed is Google's public one: guests' phone numbers are in it."""
        return "/public/" in self.ical_address


class CalendarEvent(models.Model):
    """The stored copy of one UID's components in a feed (docs/architecture.md, rule 4).

    `digest` leaves DTSTAMP out (Google renews it at each download). A copy that cannot be read is quarantined:
    `reason` says why, and the charters made from the last good copy stay.
    """

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="events")
    uid = models.TextField()
    digest = models.BinaryField(max_length=16)
    source = models.TextField(help_text="The VEVENT components as received.")
    reason = models.TextField(blank=True)
    # How far a recurring event has been laid out; null for one that happens once.
    expanded_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "uid"], name="event_once_a_calendar")]
        indexes = [
            # The look's question: which recurring events need laying out further?
            models.Index(
                fields=["calendar", "expanded_until"],
                condition=models.Q(expanded_until__isnull=False),
                name="event_recurring",
            ),
            # The board's question: which events could not be read? Hardly any, so the index is small.
            models.Index(fields=["calendar"], condition=~models.Q(reason=""), name="event_set_aside"),
        ]

    def __str__(self) -> str:
        return self.uid


class GoogleEvent(models.Model):
    """An event as the Calendar API last gave it, gravestones included (`charters.calendars.google.copies`).

    Deltas are merged into these; a correction finds here which event to patch, and under which etag.
    """

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="google_events")
    event_id = models.CharField(max_length=1024)
    uid = models.TextField(help_text="Under which `CalendarEvent` its piece stands.")
    series_id = models.CharField(max_length=1024, blank=True, help_text="Of an exception: the event it belongs to.")
    item = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "event_id"], name="google_event_once")]
        indexes = [
            # A delta names a few events: which others make up their pieces?
            models.Index(fields=["calendar", "series_id"], condition=~models.Q(series_id=""), name="google_exceptions"),
            models.Index(fields=["calendar", "uid"], name="google_event_by_uid"),
        ]

    def __str__(self) -> str:
        return self.event_id


class PushChannel(models.Model):
    """A channel on which Google announces changes of a calendar; written by `charters.calendars.google.push` alone.

    Its calendar may be gone: the row stays until Google was told to stop.
    """

    calendar = models.ForeignKey(
        Calendar, on_delete=models.SET_NULL, null=True, blank=True, related_name="push_channels"
    )
    channel_id = models.CharField(max_length=64, unique=True)
    token_digest = models.BinaryField(max_length=32)
    resource_id = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField()
    # None: Google named no end.
    expires_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-opened_at", "-id"]

    def __str__(self) -> str:
        return self.channel_id
