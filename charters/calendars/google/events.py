"""Events as the Calendar API writes them, as the pieces that a feed of the same calendar would hold.

One expander then lays out both, and an occasion has the same identity whichever way it was read: calendar, iCalUID,
original start (docs/architecture.md, rule 4). Nothing here raises over an event: one that cannot be written becomes a
piece that `lay_out` refuses, and is set aside by itself
(developers.google.com/calendar/api/v3/reference/events; .../calendar/api/concepts/events-calendars#recurring_events).
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from charters.calendars.feed import BEGIN, LONGEST_UID, Feed, digest
from charters.calendars.text.titles import read_title

Item = dict[str, Any]

REPEATS = re.compile(r"(RRULE|EXRULE|RDATE|EXDATE)[;:]", re.IGNORECASE)
# What no iCalendar text may hold (RFC 5545, section 3.1); a line feed is written as \n.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
TEXTS = (("SUMMARY", "summary"), ("DESCRIPTION", "description"), ("LOCATION", "location"))
# What is kept of a deleted event: that it is, and of which series (Google promises no more than this).
OF_A_DELETED = ("id", "status", "iCalUID", "updated", "sequence", "recurringEventId", "originalStartTime", "eventType")
# Events of a person's own calendar that are never a trip and keep nobody ashore.
PERSONAL = frozenset({"workingLocation", "focusTime", "birthday"})
ABSENCE = "outOfOffice"


def merge_items(stored: Mapping[str, Item], delta: Iterable[Item]) -> dict[str, Item]:
    """The calendar's events by their id, after a delta (for a full read, `stored` is empty).

    For each id the later version stays, by `updated` and then `sequence`, in whatever order they come; of two that
    say the same the one that came last. A deleted event stays as a gravestone, so that an older version does
    not bring it back; `feed` passes over it and, if it was a series, over its exceptions.
    """
    merged = dict(stored)
    for item in delta:
        key = item.get("id")
        if not isinstance(key, str) or not key:
            continue
        known = merged.get(key)
        if known is None or not _older(item, known):
            merged[key] = {name: item[name] for name in OF_A_DELETED if name in item} if _deleted(item) else item
    return merged


def _older(item: Item, known: Item) -> bool:
    """Whether the item was superseded before it came. Without its time it is believed to be the latest."""
    new, old = _updated(item), _updated(known)
    if new is None or old is None:
        return False
    return (new, _sequence(item)) < (old, _sequence(known))


def _updated(item: Item) -> datetime | None:
    try:
        moment = datetime.fromisoformat(item["updated"])
    except (KeyError, TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _sequence(item: Item) -> int:
    number = item.get("sequence", 0)
    return number if isinstance(number, int) else 0


def _deleted(item: Item) -> bool:
    return item.get("status") == "cancelled"


def feed(items: Mapping[str, Item], *, timezone: str) -> Feed:
    """The calendar's events as a feed's pieces; it has no VTIMEZONEs, for Google names zones by their IANA names.

    `timezone` is the calendar's own (the list's `timeZone`), for a time that names none.
    """
    pieces = {uid: piece(uid, group, timezone=timezone).encode() for uid, group in groups(items).items()}
    return Feed(zones=b"", pieces={uid: content for uid, content in pieces.items() if content})


def is_personal(item: Item) -> bool:
    """Whether an event is somebody's own and no business of the boat's, by its `eventType`.

    An absence counts when its title says so (“Darrell unavailable”): it then reads the same through the feed, which
    names no type. Untitled, it says of nobody whom it is about. What Gmail entered by itself (`fromGmail`) may be a
    booking: in doubt it is a charter.
    """
    kind = item.get("eventType")
    if kind == ABSENCE:
        return read_title(str(item.get("summary") or "")).event_type != "unavailable"
    return kind in PERSONAL


def groups(items: Mapping[str, Item]) -> dict[str, list[Item]]:
    """The events by their UID: a series with its exceptions, in the order of their ids."""
    found: dict[str, list[Item]] = {}
    for key in sorted(items):
        item = items[key]
        series = items.get(str(item.get("recurringEventId", "")))
        if (series is not None and _deleted(series)) or (_deleted(item) and not item.get("recurringEventId")):
            continue
        if is_personal(series or item):
            continue
        found.setdefault(uid_of(item, series), []).append(item)
    return found


def uid_of(item: Item, series: Item | None = None) -> str:
    """The UID of an event's piece.

    Google's own events have the iCalUID `<id>@google.com`; a cancelled exception may come without one.
    """
    named = (series or item).get("iCalUID") or item.get("iCalUID")
    uid = CONTROL.sub("", str(named or f"{item.get('recurringEventId') or item['id']}@google.com")).replace("\n", "")
    uid = uid.strip()
    return uid if len(uid) <= LONGEST_UID else f"long-uid-{digest(uid.encode()).hex()}"


def piece(uid: str, items: Iterable[Item], *, timezone: str) -> str:
    """The VEVENTs of one UID's events, in the form of `feed.cut`'s pieces; '' when there is nothing to show.

    A cancelled exception becomes an EXDATE of its series, as in Google's own export: it is then missing in both, and
    the facts last known of it are not overwritten by the little that the API says of a deleted event.
    """
    listed = list(items)
    series = [item for item in listed if not item.get("recurringEventId") and not _deleted(item)]
    exceptions = [item for item in listed if item.get("recurringEventId")]
    exceptions.sort(key=lambda item: (str(item.get("originalStartTime", "")), str(item.get("id", ""))))
    zone = _series_zone(series, timezone)
    gone = [item for item in exceptions if _deleted(item)]
    components = [_component(uid, item, zone, _recurrence(item, gone, zone)) for item in series]
    components += [
        _component(uid, item, zone, [_moment("RECURRENCE-ID", item.get("originalStartTime"), zone, local=True)])
        for item in exceptions
        if not _deleted(item)
    ]
    return BEGIN.decode().join(components)


def _series_zone(series: list[Item], timezone: str) -> ZoneInfo:
    """The zone in which the series repeats: its start's own, else the calendar's."""
    start = series[0].get("start") if series else None
    named = start.get("timeZone") if isinstance(start, dict) else None
    return _zone(str(named or "")) or _zone(timezone) or ZoneInfo("UTC")


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None


def _recurrence(item: Item, gone: list[Item], zone: ZoneInfo) -> list[str]:
    said = item.get("recurrence")
    lines = [_line(line) for line in said if isinstance(line, str)] if isinstance(said, list) else []
    lines = [line for line in lines if REPEATS.match(line)]
    return lines + (
        [_moment("EXDATE", each.get("originalStartTime"), zone, local=True) for each in gone] if lines else []
    )


def _component(uid: str, item: Item, zone: ZoneInfo, repeating: list[str]) -> str:
    # A series repeats by the clock on its wall; what happens once is exact in UTC, on the day the clocks change too.
    local = bool(repeating) and not item.get("recurringEventId")
    lines = [
        f"UID:{uid}",
        _moment("DTSTART", item.get("start"), zone, local=local),
        _moment("DTEND", item.get("end"), zone, local=local),
        *repeating,
        f"STATUS:{_line(str(item.get('status') or 'confirmed')).upper()}",
        *(f"{name}:{_escaped(item[key])}" for name, key in TEXTS if isinstance(item.get(key), str)),
    ]
    return "".join(f"\n{line}" for line in lines if line) + "\n"


def _moment(name: str, said: Any, zone: ZoneInfo, *, local: bool) -> str:
    """A property of a start, an end or an original start; '' when there is none, what was said when it is no time."""
    if not isinstance(said, dict):
        return ""
    day, moment = said.get("date"), said.get("dateTime")
    try:
        if day:
            return f"{name};VALUE=DATE:{date.fromisoformat(day):%Y%m%d}"
        if not moment:
            return ""
        parsed = datetime.fromisoformat(moment)
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=_zone(str(said.get("timeZone") or "")) or zone)
        if local and zone.key not in {"UTC", "Etc/UTC"}:
            return f"{name};TZID={zone.key}:{parsed.astimezone(zone):%Y%m%dT%H%M%S}"
        return f"{name}:{parsed.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    except (TypeError, ValueError, OverflowError):
        return f"{name}:{_line(str(day or moment))[:40]}"


def _line(text: str) -> str:
    return CONTROL.sub("", text).replace("\n", "")


def _escaped(text: str) -> str:
    """RFC 5545, section 3.3.11."""
    text = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(sign, written)
    return text
