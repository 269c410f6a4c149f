"""Which value of a fact is in force: override, calendar, booking, staff (docs/domain.md, precedence).

Pure: what the calendar says and what was overridden go in, the facts in force and their sources come out.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from charters.calendars.titles import NOT_CHARTERS
from charters.models.people import plain_name

# What the calendar and an override may both state, by the columns of Charter; the crew lives in rows of its own.
COLUMNS = (
    "title",
    "event_type",
    "party",
    "starts_at",
    "ends_at",
    "all_day",
    "arrive_by",
    "place",
    "guest_name",
    "guest_email",
    "guest_phone",
    "guest_count",
)
FACTS = (*COLUMNS, "captain", "crew")
# A person may set these (contract of the calendar's REST actions, and the change page).
OVERRIDABLE = (
    "captain",
    "crew",
    "starts_at",
    "ends_at",
    "arrive_by",
    "guest_count",
    "guest_name",
    "guest_email",
    "guest_phone",
)
# A guest is told of a change to one of these.
TOLD = frozenset({"starts_at", "ends_at", "arrive_by", "place"})
MOMENTS = frozenset({"starts_at", "ends_at", "arrive_by"})


def in_force(calendar: Mapping[str, Any], overrides: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The facts in force (moments as aware datetimes) and {fact: source}.

    Arrive-by is `ARRIVE_LEAD_MINUTES` before the start when nobody names it.
    """
    facts: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for name in FACTS:
        value, source = (overrides[name], "override") if name in overrides else (calendar.get(name), "calendar")
        facts[name] = datetime.fromisoformat(value) if name in MOMENTS and isinstance(value, str) else value
        if value not in (None, "", []):
            sources[name] = source
    if facts["arrive_by"] is None:
        lead = 0 if facts["event_type"] in NOT_CHARTERS else settings.ARRIVE_LEAD_MINUTES
        facts["arrive_by"] = facts["starts_at"] - timedelta(minutes=lead)
        sources["arrive_by"] = sources["starts_at"]
    if facts["captain"]:
        captain = plain_name(facts["captain"])
        facts["crew"] = [each for each in facts["crew"] or [] if plain_name(each[0]) != captain]
    facts["crew"] = facts["crew"] or []
    # An override of one end must not turn the trip inside out; the other end follows.
    if facts["ends_at"] < facts["starts_at"]:
        facts["ends_at"] = facts["starts_at"] + (
            datetime.fromisoformat(calendar["ends_at"]) - datetime.fromisoformat(calendar["starts_at"])
        )
    return facts, sources
