"""Trips that get in each other's way. Times are on Saturday 30 May 2026, on the Pacific coast; it is Thursday."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from charters.conflicts import conflicts
from charters.models import CalendarEvent, Charter, CrewAssignment, CrewMember, Vessel
from tests.factories import CharterFactory

PACIFIC = ZoneInfo("America/Los_Angeles")
THURSDAY = datetime(2026, 5, 28, 11, tzinfo=PACIFIC)
AFTERWARDS = datetime(2026, 5, 31, 9, tzinfo=PACIFIC)


def at(hour: str, day: str = "2026-05-30") -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=PACIFIC)


def event(vessel: Vessel, title: str, start: str, end: str, **facts: Any) -> Charter:
    """Something in the calendar; guests, if any, come 15 minutes ahead."""
    times = {"starts_at": at(start), "ends_at": at(end), "arrive_by": at(start) - timedelta(minutes=15)}
    return CharterFactory.create(vessel=vessel, title=title, **times | facts)


def sail(vessel: Vessel, title: str, start: str, end: str, **facts: Any) -> Charter:
    """A trip with a captain of its own."""
    charter = event(vessel, title, start, end, **facts)
    member, _ = CrewMember.objects.get_or_create(name=f"{title[:40]}'s captain")
    CrewAssignment.objects.create(charter=charter, role="captain", name=member.name, member=member)
    return charter


def aboard(charter: Charter, member: CrewMember | str, role: str = "mate") -> CrewAssignment:
    """Onto the crew list: a crew member, or a name that leads to none; a captain takes the captain's place."""
    name, known = (member, None) if isinstance(member, str) else (member.name, member)
    if role == "captain":
        charter.crew_assignments.filter(role=role).delete()
    return CrewAssignment.objects.create(
        charter=charter, position=charter.crew_assignments.count() + 10, role=role, name=name, member=known
    )


def text_of(charter: Charter, text: str) -> None:
    """What its calendar's copy says in the description."""
    if not charter.uid:
        Charter.objects.filter(pk=charter.pk).update(uid=f"uid-{charter.pk}")
        charter.refresh_from_db()
    written = text.replace("\\", "\\\\").replace("\n", "\\n").replace(",", "\\,").replace(";", "\\;")
    CalendarEvent.objects.create(
        calendar=charter.calendar,
        uid=charter.uid,
        digest=b"",
        source=f"\nDTSTART:20260530T220000Z\nDESCRIPTION:{written}\nSUMMARY:{charter.title}\n",
    )


def said() -> dict[str, list[str]]:
    """{title: sentences} of every event that has any."""
    charters = list(Charter.objects.with_relations().order_by("pk"))
    found = conflicts(charters)
    return {charter.title: found[charter.pk] for charter in charters if found.get(charter.pk)}
