"""A UID's components, laid out as the occasions on which they happen.

An event that happens once, in UTC, in a known zone or on whole days, is read here: nine in ten of the office's.
Whatever repeats, or writes its times in another way, goes through icalendar and recurring-ical-events.
"""

import re
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from icalendar.timezone import tzp
from recurring_ical_events.occurrence import Occurrence as LaidOut
from recurring_ical_events.selection.name import ComponentsWithName

from charters.calendars.faults import (
    ENDS_BEFORE_ITS_START,
    NO_START,
    WITHOUT_SENSE,
    fault_of,
    moves_what_follows,
    not_understood,
    rule_not_understood,
)
from charters.calendars.feed import components
from jada.core.clock import now
from jada.core.errors import JadaError

# Recurring events are laid out this far around today (docs/architecture.md: 18 months ahead).
AHEAD = timedelta(days=548)
BEHIND = timedelta(days=366)
MOST_OCCASIONS = 2_000
LONGEST = timedelta(days=60)

WANTED = re.compile(
    r"^(DTSTART|DTEND|DURATION|SUMMARY|DESCRIPTION|LOCATION|STATUS|RRULE|RDATE|EXDATE|RECURRENCE-ID|BEGIN|END)([;:].*)$",
    re.MULTILINE | re.IGNORECASE,
)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$")
# icalendar keeps the zones a feed defines for the process's life: the next feed must not inherit them.
ZONES = threading.Lock()
REPEATING = frozenset({"RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "DURATION"})


class UnreadableEvent(JadaError):  # noqa: N818 it is the event that is at fault
    """An event that cannot be read; its last good record stays, and this text says why."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One occasion: `original_start` is '' for an event that happens once, else where the series puts it, in UTC."""

    uid: str
    original_start: str
    summary: str
    description: str
    location: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    cancelled: bool


class _InItsSeries(LaidOut):  # type: ignore[misc] # the library is untyped
    """An occasion that keeps its own place when an earlier one was moved together with all that follow.

    The library shifts each of them rightly (RFC 5545, section 3.2.13), but gives all the place of the one moved.
    """

    def as_component(self, keep_recurrence_attributes: bool) -> icalendar.Event:
        """The occasion as a VEVENT whose RECURRENCE-ID is where the series itself puts it."""
        event: icalendar.Event = super().as_component(keep_recurrence_attributes)
        if self._adapter.this_and_future and self.start != self._adapter.start:
            event["RECURRENCE-ID"] = icalendar.vDDDTypes(self.start - self._adapter.move_recurrences_by)
        return event


def lay_out(uid: str, piece: str, *, zones: str, zone: ZoneInfo) -> tuple[list[Occurrence], datetime | None]:
    """The occasions of one UID, and how far a repeating one was laid out (None for one that happens once).

    `zones` are the feed's VTIMEZONEs; `zone` is that of floating times and whole days.
    Raises UnreadableEvent.
    """
    bodies = components(piece)
    if len(bodies) == 1:
        once = _once(uid, bodies[0], zone)
        if once is not None:
            return [once], None
    return _repeating(uid, piece, zones, zone)


def _once(uid: str, body: str, zone: ZoneInfo) -> Occurrence | None:
    found: dict[str, str] = {}
    nested = 0
    for name, rest in WANTED.findall(body):
        name = name.upper()
        if name == "BEGIN":
            nested += 1
        elif name == "END":
            nested -= 1
        elif not nested:
            if name in REPEATING:
                return None
            found.setdefault(name, rest)
    if "DTSTART" not in found:
        raise UnreadableEvent(NO_START)
    start = _moment("DTSTART", found["DTSTART"], zone)
    end = _moment("DTEND", found["DTEND"], zone) if "DTEND" in found else start
    if start is None or end is None:
        return None
    starts_at, all_day = start
    if "DTEND" in found:
        ends_at = end[0]
    else:
        next_midnight = starts_at.astimezone(zone) + timedelta(days=1)  # of the clock on the wall
        ends_at = next_midnight.astimezone(UTC) if all_day else starts_at
    return _checked(
        Occurrence(
            uid=uid,
            original_start="",
            summary=_text(found.get("SUMMARY", "")),
            description=_text(found.get("DESCRIPTION", "")),
            location=_text(found.get("LOCATION", "")),
            starts_at=starts_at,
            ends_at=ends_at,
            all_day=all_day,
            cancelled=_text(found.get("STATUS", "")).strip().upper() == "CANCELLED",
        )
    )


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name.strip('"'))
    except (KeyError, ValueError, OSError):
        return None


def _moment(name: str, rest: str, zone: ZoneInfo) -> tuple[datetime, bool] | None:
    """The UTC moment in `;TZID=…:20260530T183000`, and whether it is a whole day; None: let icalendar try."""
    parameters, _, value = rest.rpartition(":")
    match = STAMP.match(value.strip())
    if not match:
        return None
    if parameters and parameters.upper() not in {";VALUE=DATE", ";VALUE=DATE-TIME"}:
        named = re.fullmatch(r";TZID=([^;:]+)", parameters, re.IGNORECASE)
        found = _zone(named[1]) if named else None
        if found is None:
            return None
        zone = found
    year, month, day, hour, minute, second, utc = match.groups()
    try:
        if hour is None:
            local = datetime(int(year), int(month), int(day), tzinfo=zone)
        else:
            local = datetime(
                int(year),
                int(month),
                int(day),
                int(hour),
                int(minute),
                min(int(second), 59),
                tzinfo=UTC if utc else zone,
            )
        return local.astimezone(UTC), hour is None
    except (ValueError, OverflowError) as error:
        raise UnreadableEvent(not_understood(name, value)) from error


def _text(rest: str) -> str:
    value = rest[1:] if rest.startswith(":") else _after_parameters(rest)
    if "\\" not in value:
        return value.rstrip("\n")
    return ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def _after_parameters(rest: str) -> str:
    quoted = False
    for place, sign in enumerate(rest):
        if sign == '"':
            quoted = not quoted
        elif sign == ":" and not quoted:
            return rest[place + 1 :]
    return ""


def _checked(occurrence: Occurrence) -> Occurrence:
    if occurrence.ends_at < occurrence.starts_at:
        raise UnreadableEvent(ENDS_BEFORE_ITS_START)
    if occurrence.ends_at - occurrence.starts_at > LONGEST:
        raise UnreadableEvent("The event lasts longer than 60 days.")
    if not 2000 <= occurrence.starts_at.year <= 2100:
        raise UnreadableEvent(f"The event lies in the year {occurrence.starts_at.year}.")
    return occurrence


def _repeating(uid: str, piece: str, zones: str, zone: ZoneInfo) -> tuple[list[Occurrence], datetime]:
    today = now()
    until = today + AHEAD
    events = "".join(f"BEGIN:VEVENT\n{body.strip()}\nEND:VEVENT\n" for body in components(piece))
    source = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//JADA//EN\n{zones.strip()}\n{events}END:VCALENDAR\n"
    try:
        with ZONES:
            tzp.use_default()
            calendar = icalendar.Calendar.from_ical(source)
            if fault := fault_of(calendar, lambda moment: _aware(moment, zone)):
                raise UnreadableEvent(fault)
            found = _laid_out(uid, calendar, today - BEHIND, until, zone)
        return list({each.original_start: each for each in found}.values()), until  # one UID written twice: the last
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise UnreadableEvent(WITHOUT_SENSE) from error


def _laid_out(
    uid: str, calendar: icalendar.Calendar, since: datetime, until: datetime, zone: ZoneInfo
) -> list[Occurrence]:
    for event in filter(moves_what_follows, calendar.events):
        event["RECURRENCE-ID"].params["RANGE"] = "THISANDFUTURE"  # the library knows it in capitals alone
    selected = [ComponentsWithName("VEVENT", occurrence=_InItsSeries)]
    try:
        occasions = recurring_ical_events.of(calendar, components=selected).between(since, until)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise UnreadableEvent(rule_not_understood(calendar)) from error
    if len(occasions) > MOST_OCCASIONS:
        raise UnreadableEvent(f"The event repeats more than {MOST_OCCASIONS:,} times.")
    repeats = len(calendar.events) > 1 or any(
        event.get("RRULE") or event.get("RDATE") or event.get("RECURRENCE-ID") for event in calendar.events
    )
    return [_occasion(uid, event, zone, repeats=repeats) for event in occasions]


def _occasion(uid: str, event: icalendar.Event, zone: ZoneInfo, *, repeats: bool) -> Occurrence:
    start, end = event.start, event.end
    original = event.get("RECURRENCE-ID")
    return _checked(
        Occurrence(
            uid=uid,
            original_start=original_start(start if original is None else original.dt, zone) if repeats else "",
            summary=str(event.get("SUMMARY", "")),
            description=str(event.get("DESCRIPTION", "")),
            location=str(event.get("LOCATION", "")),
            starts_at=_aware(start, zone),
            ends_at=_aware(end, zone),
            all_day=not isinstance(start, datetime),
            cancelled=str(event.get("STATUS", "")).upper() == "CANCELLED",
        )
    )


def _aware(moment: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(), tzinfo=zone)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC)


def original_start(moment: date | datetime, zone: ZoneInfo) -> str:
    """How a series' own moment is written down: in UTC, or the day alone."""
    if isinstance(moment, datetime):
        return f"{_aware(moment, zone):%Y%m%dT%H%M%SZ}"
    return f"{moment:%Y%m%d}"
