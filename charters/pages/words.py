"""Dates and hours as people say them: “Sat 30 May, 3–7 PM”.

Every moment that comes in is aware and already in the zone people read it in; nothing is converted here.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import phonenumbers

SMALL_HOURS = 6  # a trip that ends before this hour of the next day is still “tonight”
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day(on: date) -> str:
    """“Sat 30 May”."""
    return f"{_DAYS[on.weekday()][:3]} {on.day} {_MONTHS[on.month - 1][:3]}"


def long_day(on: date) -> str:
    """“Saturday, 30 May 2026”."""
    return f"{_DAYS[on.weekday()]}, {on.day} {_MONTHS[on.month - 1]} {on.year}"


def clock(at: time | datetime) -> str:
    """“2:45 PM”, “3 PM”; twelve o'clock is “noon” or “midnight”, for nobody is sure what 12 AM is."""
    if (at.hour, at.minute) in {(0, 0), (12, 0)}:
        return "noon" if at.hour else "midnight"
    return f"{_bare_clock(at)} {_half(at)}"


def hours(start: datetime, end: datetime) -> str:
    """“3–7 PM”, “11 AM–2 PM”, “10 PM–1 AM”; the last day is named when the trip outlasts the night.

    A trip without an end (`end` not after `start`) has one hour: “3 PM”.
    """
    if _passed(start, end) <= timedelta(0):
        return clock(start)
    tonight = end.date() == start.date() + timedelta(days=1) and end.hour < SMALL_HOURS
    if end.date() != start.date() and not (tonight and _passed(start, end) < timedelta(hours=12)):
        return f"{clock(start)} – {day(end)}, {clock(end)}"
    same_half = end.date() == start.date() and _half(start) == _half(end)
    if same_half and not {clock(start), clock(end)} & {"noon", "midnight"}:
        return f"{_bare_clock(start)}–{clock(end)}"
    return f"{clock(start)}–{clock(end)}"


def day_and_hours(start: datetime, end: datetime) -> str:
    """“Sat 30 May, 3–7 PM”."""
    return f"{day(start)}, {hours(start, end)}"


def duration(length: timedelta) -> str:
    """“4 hours”, “2 hours 30 minutes”, “2 days 9 hours”; '' for nothing at all."""
    minutes = max(0, int(length.total_seconds() // 60))
    parts = [(minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute")]
    return " ".join(_counted(number, noun) for number, noun in parts if number)


def people(number: int) -> str:
    """“1 person”, “12 people”."""
    return "1 person" if number == 1 else f"{number} people"


def listed(names: Sequence[str]) -> str:
    """“Gene”, “Gene and Sarah”, “Gene, Sarah and Sam”."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


@lru_cache(maxsize=256)
def phone(number: str) -> str:
    """A stored number as it is read out: “(619) 555-0100” at home (+1), “+44 20 7946 0958” elsewhere."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if parsed.country_code == 1 else form.INTERNATIONAL)


def _bare_clock(at: time | datetime) -> str:
    hour = at.hour % 12 or 12
    return f"{hour}:{at.minute:02}" if at.minute else str(hour)


def _half(at: time | datetime) -> str:
    return "AM" if at.hour < 12 else "PM"


def _passed(start: datetime, end: datetime) -> timedelta:
    """What a stopwatch says: Python subtracts within one zone as if no clock were ever changed."""
    return end.astimezone(UTC) - start.astimezone(UTC)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
