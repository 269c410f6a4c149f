"""The reference weekend (docs/domain.md), read from a feed in Google's form like any other calendar."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from charters.models import Brand, Calendar, CrewMember, Dock, Vessel
from jada.core.clock import now

ORIGINAL_SATURDAY = date(2026, 5, 30)
SAMPLE = Path(__file__).parent / "jada-internal.ics"
CALENDAR = "JADA Internal"
STAMP = re.compile(r"(?<=:)(\d{8})(?:T(\d{6})(Z?))?(?=\r?$)", re.MULTILINE)
UNTIL = re.compile(r"(?<=UNTIL=)(\d{8}T\d{6})(?=Z)")
MOVED = re.compile(r"^(DTSTART|DTEND|RRULE)[^\r\n]*", re.MULTILINE)

# Phone numbers and addresses are made up. Zoë of the rehearsal dinner is left out: a name nobody knows is a question.
CREW = (
    ("Darrell", "captain"),
    ("Gene", "captain"),
    ("Sarah", "captain"),
    ("Sam", "mate"),
    ("Angelia", "mate"),
    ("Marcus", "deckhand"),
)
# What guests are told of JADA's dock: made up as well.
DOCK = {
    "directions": "Walk past the harbor master's office to the end of the pier. JADA lies on the left.",
    "parking": "The marina's lot is free for four hours after 5 PM and on weekends. At other times it is $2 an hour, "
    "by card, at the machine beside the gate; keep the slip on the dashboard. When it is full there is room at "
    "Spanish Landing, ten minutes' walk to the east.",
    "gate": "Gate B. A deckhand opens it half an hour before we sail.",
    "accessibility": "A ramp leads down to the dock; it is steep at low tide. Two steps up to the deck, and a hand to "
    "hold. The nearest toilet is in the harbor master's office.",
    "late_policy": "Call us. We wait fifteen minutes where the day allows it; we cannot turn back.",
    "aboard": "Food, and drinks in cans or plastic: yes. Glass, red wine and hard cases: no. Dogs: please ask first.",
}


def saturday_ahead() -> date:
    """The Saturday at least a week ahead, so that the weekend is upcoming."""
    week_on = now().astimezone(ZoneInfo(settings.TIME_ZONE)).date() + timedelta(days=7)
    return week_on + timedelta(days=(5 - week_on.weekday()) % 7)


def load(saturday: date) -> Calendar:
    """Write the feed, moved to `saturday`, where it can be edited; make its calendar, crew and limits if missing.

    What is written already, the notes of the dock too, stays as it is.
    """
    settings.CALENDAR_FILES.mkdir(parents=True, exist_ok=True)
    file = settings.CALENDAR_FILES / SAMPLE.name
    file.write_text(
        moved(SAMPLE.read_text(encoding="utf-8"), saturday - ORIGINAL_SATURDAY), encoding="utf-8", newline=""
    )
    with transaction.atomic():
        for number, (name, role) in enumerate(CREW, 10):
            CrewMember.objects.get_or_create(
                name=name,
                defaults={
                    "role": role,
                    "email": f"{name.lower()}@example.com",
                    "phone": f"+161955501{number}",
                },
            )
        Brand.objects.filter(slug="jada", phone="").update(phone="+16195550100", email="office@example.com")
        Vessel.objects.filter(slug="jada", passenger_limit=None).update(passenger_limit=36)
        silent = Dock.objects.filter(vessel__slug="jada", **dict.fromkeys(DOCK, ""))
        silent.update(**DOCK)
        calendar, _ = Calendar.objects.update_or_create(
            name=CALENDAR,
            defaults={"ical_address": file.as_uri(), "vessel": Vessel.objects.get(slug="jada")},
        )
    return calendar


def moved(feed: str, by: timedelta) -> str:
    """The feed with every start, end and rule moved by whole days, at the same hours of the clock.

    A UTC time is moved in the operator's zone, so that 6:30 PM stays 6:30 PM across a change of the clocks.
    """
    zone = ZoneInfo("America/Los_Angeles")

    def line(match: re.Match[str]) -> str:
        return UNTIL.sub(lambda until: _utc(until[1], by, zone), STAMP.sub(stamp, match[0]))

    def stamp(match: re.Match[str]) -> str:
        day, clock, utc = match.groups()
        if utc:
            return _utc(f"{day}T{clock}", by, zone) + "Z"
        later = datetime.strptime(day, "%Y%m%d") + by  # noqa: DTZ007 a date, or a time in the line's own zone
        return f"{later:%Y%m%d}" + (f"T{clock}" if clock else "")

    zones, first, events = feed.partition("BEGIN:VEVENT")  # the zone's own dates stay on their Sundays
    return zones + first + MOVED.sub(line, events)


def _utc(text: str, by: timedelta, zone: ZoneInfo) -> str:
    local = datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=UTC).astimezone(zone)
    return f"{(local + by).astimezone(UTC):%Y%m%dT%H%M%S}"
