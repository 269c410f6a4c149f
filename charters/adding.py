"""An event that the office enters without a calendar; read as one of a calendar would be, its facts are `staff`."""

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from charters.calendars.adoption import lock_making
from charters.calendars.corrections import enter_later
from charters.calendars.merge import create_without_calendar
from charters.calendars.occurrences import Occurrence
from charters.calendars.reading import Directory, Reading, read
from charters.calendars.text.titles import NOT_CHARTERS, read_title
from charters.models import Charter, Vessel
from jada.core.bell import ring

# Titles that stand in for one whose type is overruled, so that its text is read as that of a trip, or is not.
_A_TRIP, _NO_TRIP = "Private Charter", "Maintenance"


def add_event(
    *,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    description: str = "",
    event_type: str = "",
    vessel: Vessel | None = None,
    key: str = "",
    by: str = "",
) -> Charter:
    """Enter an event, inside a transaction; after the commit its page is made, and it is written into the vessel's
    Google calendar when our login may write there.

    Without `event_type` the title names it, without `vessel` it sails on the first one. The same `key` again, or
    the same title, hours and vessel while it is not cancelled, is the event that was entered before, whether or not
    it has turned up in a calendar since.
    """
    vessel = vessel or first_vessel()
    lock_making()
    identity = key or "\n".join([title, starts_at.isoformat(), ends_at.isoformat(), vessel.slug])
    uid = made_uid("key" if key else "facts", identity)
    before = Charter.objects.filter(entered_as=uid).order_by("-pk")
    repeated = (before if key else before.exclude(status=Charter.Status.CANCELLED)).first()
    if repeated is not None:
        return repeated
    directory = Directory.load()
    reading = read_entry(title, description, starts_at, ends_at, event_type=event_type, directory=directory)
    made = create_without_calendar(
        vessel=vessel,
        uid=uid,
        slug=reading.slug,
        directory=directory,
        staff=reading.facts | {"description": description},
        questions=reading.questions,
    )
    charter = Charter.objects.select_related("vessel").get(pk=made)
    enter_later(charter=charter, by=by)
    ring(charters=[made])
    return charter


def read_entry(
    title: str, description: str, starts_at: datetime, ends_at: datetime, *, event_type: str, directory: Directory
) -> Reading:
    """What an entry states, by the names of `Charter.calendar_facts`."""
    named = read_title(title)
    wanted = event_type or named.event_type
    summary = title
    if (wanted in NOT_CHARTERS) != (named.event_type in NOT_CHARTERS):
        summary = _NO_TRIP if wanted in NOT_CHARTERS else _A_TRIP
    occurrence = Occurrence("", "", summary, description, "", starts_at, ends_at, all_day=False, cancelled=False)
    reading = read(occurrence, zone=ZoneInfo(settings.TIME_ZONE), directory=directory)
    reading.facts |= {"title": title, "event_type": wanted}
    reading.slug = named.slug
    return reading


def first_vessel() -> Vessel:
    """The one that was there first."""
    return Vessel.objects.order_by("pk")[0]


def made_uid(*parts: str) -> str:
    """An id of our choosing: the same parts, the same id."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
