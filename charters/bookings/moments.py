"""Days and hours as platforms write them: “Sunday, May 31, 2026, 2:00 PM – 6:00 PM PDT”, “05/31/2026 14:00”.

Platforms give the hours of the place where the boat lies; a zone that is named is believed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MONTHS = {
    name: place for place, name in enumerate(str.split("jan feb mar apr may jun jul aug sep oct nov dec"), start=1)
}
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?![\d:])"
_YEAR = r"(?:,?\s?(?:of\s)?(?P<year>20\d\d)(?!\d))?"
_DATES = [
    re.compile(r"(?<!\d)(?P<year>20\d\d)-(?P<month>[01]\d)-(?P<day>[0-3]\d)(?!\d)"),
    re.compile(r"(?<![\d/])(?P<month>[01]?\d)/(?P<day>[0-3]?\d)/(?P<year>20\d\d|\d\d)(?![\d/])"),
    re.compile(rf"\b{_MONTH}\s?{_DAY}{_YEAR}", re.IGNORECASE),
    re.compile(rf"(?<!\d){_DAY}\s(?:of\s)?{_MONTH}{_YEAR}", re.IGNORECASE),
]
_CLOCK = re.compile(
    r"(?<![\d:.$/])(?P<hour>[01]?\d|2[0-3])(?::(?P<minute>[0-5]\d)(?::[0-5]\d)?)?(?![\d:/])"
    r"(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?"
    r"|\b(?P<word>noon|midday|midnight)\b",
    re.IGNORECASE,
)
_BARE_RANGE = re.compile(
    r"(?<![\d:.$/-])(?P<hour>1[0-2]|[1-9])\s?(?:-|–|—|to)\s?(?=(?:1[0-2]|[1-9])(?::[0-5]\d)?\s?[ap]\.?m\b)",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"T\d\d:\d\d(?::\d\d)?(?:\.\d{1,6})?\s?(?P<offset>Z|[+-]\d\d:?\d\d)")
_ISO_TIME = re.compile(r"(?<=\d)T(?=\d\d:\d\d)")
_ZONES = [
    (re.compile(r"\b(?:UTC|GMT)\b(?!\s?[+-])"), ZoneInfo("UTC")),
    (re.compile(r"\bE[SD]?T\b|\bEastern\b"), ZoneInfo("America/New_York")),
    (re.compile(r"\bC[SD]T\b|\bCentral\b"), ZoneInfo("America/Chicago")),
    (re.compile(r"\bM[SD]T\b|\bMountain\b"), ZoneInfo("America/Denver")),
    (re.compile(r"\bP[SD]?T\b|\bPacific\b"), ZoneInfo("America/Los_Angeles")),
]
_DURATION = re.compile(
    r"(?<![\d.])(?P<hours>\d{1,2}(?:\.\d{1,2})?)\s?-?\s?(?:hours?|hrs?|h)\b"
    r"(?:\s?(?:and\s)?(?P<minutes>[0-5]?\d)\s?(?:minutes?|mins?|m)\b)?",
    re.IGNORECASE,
)
EARLIEST_BARE_HOUR = 7  # “2:00 – 6:00” without am or pm is an afternoon: nobody charters at two in the night
LONGEST = 400


@dataclass(frozen=True, slots=True)
class _Time:
    at: int
    minutes: int
    known: bool


def read_moments(text: str, *, zone: ZoneInfo, near: datetime | None) -> tuple[datetime | None, datetime | None]:
    """The start and the end named in `text`, aware, in `zone`; None for what is not named.

    A day without a year is the next such day from `near` on. Without a day there is no moment.
    """
    text = text[:LONGEST]
    offset = _OFFSET.search(text)
    bare = _ISO_TIME.sub(" ", _OFFSET.sub(lambda match: match[0].removesuffix(match["offset"]), text))
    days, blanked = _days(bare, near.astimezone(zone).date() if near else None)
    if not days:
        return None, None
    times = _times(blanked)
    if not times:
        return None, None
    written_in = _zone_of(offset["offset"] if offset else "", text, zone)
    first = _at(days[0][1], times[0].minutes, written_in)
    if len(times) == 1:
        return first.astimezone(zone), None
    # The second day is the one named before the second hour: “May 31, 10 PM – June 1, 1 AM”.
    end_day = next((on for at, on in reversed(days) if at < times[1].at), days[0][1])
    last = _at(end_day, times[1].minutes, written_in)
    if last <= first:
        last = _at(end_day + timedelta(days=1), times[1].minutes, written_in)
    return first.astimezone(zone), last.astimezone(zone)


def names_a_day(text: str) -> bool:
    """Whether a day of the calendar stands in it."""
    return any(pattern.search(text[:LONGEST]) for pattern in _DATES)


def names_an_hour(text: str) -> bool:
    """Whether a time of day stands in it."""
    return bool(_times(_days(text[:LONGEST], None)[1]))


def read_duration(text: str) -> timedelta | None:
    """“4 hours”, “2.5 hrs”, “3h 30m”; None for less than a quarter of an hour or more than three days."""
    found = _DURATION.search(text[:LONGEST])
    if not found:
        return None
    length = timedelta(hours=float(found["hours"]), minutes=int(found["minutes"] or 0))
    return length if timedelta(minutes=15) <= length <= timedelta(days=3) else None


def _zone_of(offset: str, text: str, zone: ZoneInfo) -> ZoneInfo | datetime:
    if offset:
        return datetime.fromisoformat(f"2000-01-01T00:00:00{'+00:00' if offset == 'Z' else offset}")
    return next((named for pattern, named in _ZONES if pattern.search(text)), zone)


def _at(on: date, minutes: int, zone: ZoneInfo | datetime) -> datetime:
    clock = time(minutes // 60, minutes % 60)
    if isinstance(zone, datetime):
        return datetime.combine(on, clock, tzinfo=zone.tzinfo)
    # An hour that the clock skips in spring becomes the one that is on people's phones.
    return datetime.combine(on, clock, tzinfo=zone).astimezone(UTC).astimezone(zone)


def _days(text: str, near: date | None) -> tuple[list[tuple[int, date]], str]:
    """[(place, day)] in order, and the text with the days blanked out."""
    found: list[tuple[int, date]] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            if on := _day(match, near):
                found.append((match.start(), on))
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    return sorted(found), text


def _day(match: re.Match[str], near: date | None) -> date | None:
    month = _MONTHS.get(match["month"][:3].lower()) or (int(match["month"]) if match["month"].isdigit() else 0)
    day = int(match["day"])
    written = match["year"]
    try:
        if written:
            return date(int(written) if len(written) == 4 else 2000 + int(written), month, day)
        if near is None:
            return date(2000, month, day)
        this_year = date(near.year, month, day)
        return this_year if this_year >= near - timedelta(days=7) else date(near.year + 1, month, day)
    except ValueError:
        return None


def _times(text: str) -> list[_Time]:
    found: list[_Time] = []
    for match in _CLOCK.finditer(text):
        if word := match["word"]:
            found.append(_Time(match.start(), 0 if word.lower() == "midnight" else 720, known=True))
            continue
        hour, minute, half = int(match["hour"]), match["minute"], match["half"]
        bare = _BARE_RANGE.match(text, match.start())
        if half is None and minute is None and not bare:
            continue
        known = half is not None or hour == 0 or hour > 12 or (match["hour"][0] == "0" and half is None)
        if half is not None and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half in "pP" else 0)
        found.append(_Time(match.start(), hour * 60 + int(minute or 0), known))
    return _halves_lent(found)


def _halves_lent(times: Sequence[_Time]) -> list[_Time]:
    """“2–6 PM” is 14 to 18, “11–2 PM” 11 to 14; hours with no half at all are by day."""
    lent = list(times)
    for place, each in enumerate(lent):
        if each.known:
            continue
        minutes = each.minutes % 720
        following = lent[place + 1] if place + 1 < len(lent) else None
        before = lent[place - 1] if place else None
        if following and following.known:
            back = (following.minutes - minutes) % 720 or 720
            minutes = (following.minutes - back) % 1440
        elif before and before.known:
            minutes = (before.minutes + ((minutes - before.minutes) % 720 or 720)) % 1440
        elif minutes < EARLIEST_BARE_HOUR * 60:
            minutes += 720
        lent[place] = _Time(each.at, minutes, known=True)
    return lent
