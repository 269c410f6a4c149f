"""What a merge changed, as the changes of a plan that a person reads."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from charters.calendars.facts import COLUMNS
from charters.calendars.records import VESSEL, CrewRow, Row
from jada.core.reconcile import APPLIED, CREATE, DELETE, UPDATE, Change

LAYER = "calendar"
# An event's fields as its JSON names them; the parts of a guest travel together.
EVENT_FIELDS = {"guest_name": "guest", "guest_email": "guest", "guest_phone": "guest", VESSEL: "vessel"}
GUEST_PARTS = ("guest_name", "guest_email", "guest_phone")
SUMMARY = ("title", "event_type", "starts_at", "ends_at", "guest_count")
QUIET = frozenset({"party", "all_day"})  # follow from the title and the hours, which are reported


def entered(row: Row, zone: ZoneInfo) -> Change:
    """An event that was not known."""
    summary = {name: _json(row[name], zone) for name in SUMMARY}
    return Change(LAYER, row["reference"], "event", summary, None, CREATE, APPLIED)


def gone(row: Row) -> Change:
    """An event that went at once, without a word."""
    return Change(LAYER, row["reference"], "event", None, row["title"], DELETE, APPLIED)


def adopted(row: Row, calendar: str) -> Change:
    """A record that was made without a calendar turned up in the calendar of this name."""
    return Change(LAYER, row["reference"], "calendar", calendar, None, UPDATE, APPLIED)


def crew_changes(reference: str, before: list[CrewRow], after: list[CrewRow]) -> Iterator[Change]:
    """Another captain, another crew."""
    old, new = _crew_fields(before), _crew_fields(after)
    for name in ("captain", "crew"):
        if old[name] != new[name]:
            yield Change(LAYER, reference, name, new[name], old[name], UPDATE, APPLIED)


def _crew_fields(rows: list[CrewRow]) -> dict[str, Any]:
    captains = [name for _, _, role, name, _, _ in rows if role == "captain"]
    crew = [{"name": name, "role": role, "source": source} for _, _, role, name, _, source in rows if role != "captain"]
    return {"captain": captains[0] if captains else None, "crew": crew}


def field_changes(row: Row, revised: Row, differing: set[str], zone: ZoneInfo) -> Iterator[Change]:
    """One change for each fact that differs, moments in the zone people read them in."""
    told: set[str] = set()
    for name in (*COLUMNS, VESSEL, "status"):
        label = EVENT_FIELDS.get(name, name)
        if name not in differing or name in QUIET or label in told:
            continue
        told.add(label)
        if label == "guest":
            parts = [part for part in GUEST_PARTS if part in differing]
            expected: Any = {part.removeprefix("guest_"): revised[part] for part in parts}
            actual: Any = {part.removeprefix("guest_"): row[part] for part in parts}
        else:
            expected, actual = _json(revised[name], zone), _json(row[name], zone)
        yield Change(LAYER, row["reference"], label, expected, actual, UPDATE, APPLIED)


def _json(value: Any, zone: ZoneInfo) -> Any:
    return value.astimezone(zone).isoformat() if isinstance(value, datetime) else value
