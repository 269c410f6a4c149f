"""Calendars and the copies of their events, as last read."""

from django.conf import settings
from django.db import models

from charters.models.fleet import Brand, Vessel
from jada.core.locks import Leased


def home_zone() -> str:
    """The operator's own time zone, for a calendar that names none."""
    return str(settings.TIME_ZONE)


class Calendar(Leased):
    """A calendar the office writes in. Read by `charters.calendars.layer`; `error` is empty when all is well.

    The address of a private iCal feed is a secret in itself: it is never logged and shown to editors only.
    """

    name = models.CharField(max_length=80, unique=True)
    ical_address = models.CharField("iCal address", max_length=500)
    timezone = models.CharField(max_length=60, default=home_zone)
    vessel = models.ForeignKey(Vessel, on_delete=models.PROTECT, related_name="calendars")
    error = models.TextField(blank=True, editable=False)
    last_sync_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What the last good read was: validators for a conditional request, and by what its events were parsed
    # (the parser's version, the crew's names, the zones): another value means parse the copies again.
    etag = models.CharField(max_length=200, blank=True, editable=False)
    last_modified = models.CharField(max_length=80, blank=True, editable=False)
    parsed_with = models.CharField(max_length=64, blank=True, editable=False)
    zones = models.TextField(blank=True, editable=False, help_text="The feed's VTIMEZONEs.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def brand(self) -> Brand:
        """The brand the calendar's charters sail under."""
        return self.vessel.brand


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
