"""An event that the office entered here, on its way into the vessel's Google calendar."""

from dataclasses import dataclass
from typing import Any

from charters.calendars.correction_writing import GONE, Held
from charters.calendars.google import calendar_api
from charters.calendars.google.calendar_api import WRITERS, Refused
from charters.calendars.google.events import Item
from charters.models import Calendar, Charter, Vessel


@dataclass(frozen=True, slots=True)
class Entry:
    """An event to be inserted under an id of our choosing, so that a repeat is harmless."""

    calendar_id: str
    body: dict[str, Any]


def writable_calendar(vessel: Vessel) -> Calendar | None:
    """Where the vessel's events are entered: its first Google calendar, of those read, that our login may write in."""
    mine = Calendar.objects.filter(vessel=vessel, google_role__in=WRITERS, stopped_at=None).exclude(google_id="")
    return mine.order_by("pk").first()


def uid_in_google(charter_key: int, entered_as: str) -> str:
    """The UID under which the event will be known, whichever way it is read."""
    return f"{calendar_api.event_id(entered_as, str(charter_key))}@google.com"


def entry(charter: Charter, calendar: Calendar) -> Entry:
    """What is inserted: the office's words as they were entered, and the hours in force."""
    said = charter.staff_facts
    moments = {"start": charter.starts_at, "end": charter.ends_at}
    zone = calendar.google_zone or calendar.timezone
    body: dict[str, Any] = {
        "id": charter.uid.removesuffix("@google.com"),
        "summary": charter.title,
        **{name: {"dateTime": at.isoformat(), "timeZone": zone} for name, at in moments.items()},
    }
    texts = {"description": said.get("description"), "location": charter.place}
    body |= {name: text for name, text in texts.items() if text}
    if calendar.invite_crew:
        crew = [each.member for each in charter.crew_assignments.all() if each.member and each.member.email]
        body |= {"attendees": [{"email": member.email} for member in crew]} if crew else {}
    return Entry(calendar.google_id, body)


def enter(wanted: Entry) -> Item:
    """Insert it; the event that is there when it was inserted before. Raises Held, or AdapterError."""
    try:
        item = calendar_api.insert_event(wanted.calendar_id, wanted.body)
    except Refused as refusal:
        raise Held(str(refusal)) from None
    if item.get("status") == "cancelled":
        raise Held(GONE)
    return item
