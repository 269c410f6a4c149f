"""Sarah's, Gene's and the others' trips on Saturday 30 May 2026, on the Pacific coast."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from charters.calendars.merge import reapply
from charters.calendars.reading import Directory
from charters.models import Charter, CrewMember
from tests.factories import CharterFactory, CrewMemberFactory

PACIFIC = ZoneInfo("America/Los_Angeles")
POOL = {
    "Darrell": "captain",
    "Gene": "captain",
    "Sarah": "captain",
    "Sam": "mate",
    "Angelia": "mate",
    "Marcus": "deckhand",
}


def pool() -> dict[str, CrewMember]:
    """The crew by name, each with a number of their own."""
    return {
        name: CrewMemberFactory.create(name=name, role=role, phone=f"+161955501{number}")
        for number, (name, role) in enumerate(POOL.items(), 10)
    }


def at(hour: str, day: str = "2026-05-30") -> datetime:
    """“18:30” on the Saturday."""
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=PACIFIC)


def sail(
    title: str = "Quinn Sunset Sail",
    start: str = "18:30",
    end: str = "20:30",
    *,
    day: str = "2026-05-30",
    captain: str | None = "Darrell",
    crew: Any = (("Gene", "mate"), ("Marcus", "deckhand")),
    **facts: Any,
) -> Charter:
    """A trip of the calendar's, with its crew as the merge writes it."""
    said = {
        "title": title,
        "event_type": facts.pop("event_type", "sunset_sail"),
        "party": facts.pop("party", title.split()[0]),
        "starts_at": at(start, day),
        "ends_at": at(end, day),
        "all_day": facts.pop("all_day", False),
        "arrive_by": at(start, day) - timedelta(minutes=15),
        "place": facts.pop("place", ""),
        "guest_name": facts.pop("guest_name", ""),
        "guest_email": facts.pop("guest_email", ""),
        "guest_phone": facts.pop("guest_phone", ""),
        "guest_count": facts.pop("guest_count", None),
    }
    moments = {name: value.isoformat() for name, value in said.items() if isinstance(value, datetime)}
    written = said | moments | {"captain": captain, "crew": [list(each) for each in crew]}
    charter = CharterFactory.create(**said, calendar_facts=written, **facts)
    with transaction.atomic():
        reapply(charter, directory=Directory.load())
    charter.refresh_from_db()
    return charter


def aboard(charter: Charter) -> list[tuple[str, str]]:
    """[(name, role)] as it stands now."""
    return list(charter.crew_assignments.values_list("name", "role"))
