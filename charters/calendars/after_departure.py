"""What the calendar says of a trip after it departed: kept beside the facts, which are frozen (rule 5)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from charters.calendars.occurrences import BEHIND
from charters.calendars.same_fact import same_fact

# A retyped title is no news after the trip.
MATERIAL = (
    "event_type",
    "starts_at",
    "ends_at",
    "arrive_by",
    "place",
    "captain",
    "crew",
    "guest_name",
    "guest_email",
    "guest_phone",
    "guest_count",
)
REMOVED: Mapping[str, Any] = {"cancelled": True}


def said_since(frozen: Mapping[str, Any], says: Mapping[str, Any]) -> dict[str, Any]:
    """What the calendar says now that differs from what it said at departure, by the names of `calendar_facts`.

    {} when it says the same. Of an event that was cancelled or removed since: {"cancelled": True}.
    """
    was_cancelled, is_cancelled = bool(frozen.get("cancelled")), bool(says.get("cancelled"))
    if is_cancelled:
        return {} if was_cancelled else dict(REMOVED)
    since = {name: says.get(name) for name in MATERIAL if not same_fact(name, frozen.get(name), says.get(name))}
    return since | ({"cancelled": False} if was_cancelled else {})


def out_of_sight(original_start: str, starts_at: datetime, moment: datetime) -> bool:
    """Whether a series is no longer laid out as far back as this occasion of it, which has then not vanished."""
    return bool(original_start) and starts_at <= moment - BEHIND + timedelta(days=1)
