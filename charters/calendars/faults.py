"""What keeps an event from being laid out, in words: which of its fields, and what stands there."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import icalendar

ENDS_BEFORE_ITS_START = "The event ends before it starts."
NO_START = "The event has no start."
WITHOUT_SENSE = "It is not written as calendars write their events."
FIELDS: Mapping[str, str] = {
    "DTSTART": "start",
    "DTEND": "end",
    "DURATION": "duration",
    "RECURRENCE-ID": "place in its series",
    "RRULE": "rule of repetition",
    "EXRULE": "rule of exclusion",
    "RDATE": "list of added days",
    "EXDATE": "list of excluded days",
}
_ONCE: Mapping[str, type] = {"DTSTART": date, "DTEND": date, "RECURRENCE-ID": date, "DURATION": timedelta}
_LONGEST_QUOTE = 40

Aware = Callable[[date | datetime], datetime]
Properties = Mapping[str, Any]
"""An event's, by name; what stands several times is a list."""


def not_understood(name: str, value: str) -> str:
    """That the field `name` of an event holds what is no value of its kind."""
    value = value.strip()
    return (
        f"Its {FIELDS[name]} ({name}) is not understood: {f'“{value[:_LONGEST_QUOTE]}”' if value else 'it is empty'}."
    )


def fault_of(calendar: icalendar.Calendar, aware: Aware) -> str:
    """The first reason why the calendar's events cannot be laid out, or ''.

    `aware` makes a floating time or a whole day a moment.
    """
    return next((fault for event in calendar.events for fault in _faults(event, aware)), "") or _mixed(calendar)


def rule_not_understood(calendar: icalendar.Calendar) -> str:
    """What to say when the events could not be laid out though each of their fields is of its kind."""
    rules = [rule for event in calendar.events for rule in _each(event.get("RRULE"))]
    return not_understood("RRULE", rules[0].to_ical().decode()) if rules else WITHOUT_SENSE


def _faults(component: icalendar.Event, aware: Aware) -> Iterator[str]:
    event: Properties = component
    for name, _ in component.errors:
        if name and name in FIELDS:
            yield not_understood(name, next((str(each) for each in _each(event.get(name)) if _broken(each)), ""))
    if "DTSTART" not in event:
        yield NO_START
        return
    for name, kind in _ONCE.items():
        values = _each(event.get(name))
        if len(values) > 1:
            yield f"It has more than one {FIELDS[name]} ({name})."
        elif values and not isinstance(values[0].dt, kind):
            yield not_understood(name, values[0].to_ical().decode())
    yield from _backwards(event, aware)
    yield from _endless(event)
    if "RECURRENCE-ID" in event and str(event["RECURRENCE-ID"].params.get("RANGE", "")).upper() == "THISANDPRIOR":
        yield "It changes all occasions before one of them (RANGE=THISANDPRIOR), which no calendar does any more."


def _backwards(event: Properties, aware: Aware) -> Iterator[str]:
    """RFC 5545, sections 3.8.2.2 and 3.8.2.5: an end is later than the start, a duration positive."""
    if "DTEND" in event:
        if aware(event["DTEND"].dt) < aware(event["DTSTART"].dt):
            yield ENDS_BEFORE_ITS_START
    elif "DURATION" in event and event["DURATION"].dt < timedelta(0):
        yield ENDS_BEFORE_ITS_START


def _endless(event: Properties) -> Iterator[str]:
    """A rule that repeats within a day, or never moves on, would be laid out for minutes, or for ever."""
    for name in ("RRULE", "EXRULE"):
        for rule in _each(event.get(name)):
            within_a_day = str(rule.get("FREQ", [""])[0]).upper() in {"HOURLY", "MINUTELY", "SECONDLY"}
            hours = any(len(rule.get(part, ())) > 1 for part in ("BYHOUR", "BYMINUTE", "BYSECOND"))
            if within_a_day or hours or rule.get("INTERVAL", [1])[0] < 1:
                yield "The event repeats more often than once a day."


def _mixed(calendar: icalendar.Calendar) -> str:
    """From hours to whole days, or back, is no shift by so and so long."""
    events: list[Properties] = list(calendar.events)
    moving = [event for event in events if moves_what_follows(event)]
    if moving:
        series = [event for event in events if "RECURRENCE-ID" not in event]
        moments = [
            event[name].dt for event in series + moving for name in ("DTSTART", "RECURRENCE-ID") if name in event
        ]
        if len({isinstance(moment, datetime) for moment in moments}) > 1:
            return "Some of its occasions are whole days and others hours, and all from one on are moved (RANGE)."
    return ""


def moves_what_follows(event: Properties) -> bool:
    """Whether an occasion takes all that follow along (RFC 5545, section 3.2.13)."""
    place = event.get("RECURRENCE-ID")
    return place is not None and str(place.params.get("RANGE", "")).upper() == "THISANDFUTURE"


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _broken(value: Any) -> bool:
    return isinstance(value, icalendar.vBroken)
