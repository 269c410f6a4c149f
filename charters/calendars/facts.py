"""Which value of a fact is in force: override, calendar, booking, staff (docs/domain.md, precedence).

Pure: what the calendar, a booking and the office say and what was overridden go in, the facts in force and their
sources come out.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from charters.calendars.text.titles import NOT_CHARTERS
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


# Of a guest's own name, e-mail and phone a booking knows better than the calendar.
CONTACT = frozenset({"guest_name", "guest_email", "guest_phone"})
# As Google Calendar shows an event that nobody has given a title.
UNTITLED = "(No title)"
# What a column holds when nobody states the fact.
UNSTATED: tuple[Any, ...] = (None, "", [])
EMPTY: Mapping[str, Any] = {
    "title": UNTITLED,
    **dict.fromkeys(("party", "place", "guest_name", "guest_email", "guest_phone"), ""),
    "all_day": False,
}
NOTHING: Mapping[str, Any] = {}


def in_force(
    calendar: Mapping[str, Any],
    overrides: Mapping[str, Any],
    booking: Mapping[str, Any] = NOTHING,
    staff: Mapping[str, Any] = NOTHING,
) -> tuple[dict[str, Any], dict[str, str]]:
    """The facts in force (moments as aware datetimes) and {fact: source}.

    One of calendar, booking and staff has to state title, type and hours. Arrive-by is `ARRIVE_LEAD_MINUTES` before
    the start when nobody names it.
    """
    usual = [each for each in ((calendar, "calendar"), (booking, "booking"), (staff, "staff")) if each[0]]
    contact = sorted(usual, key=lambda each: each[1] != "booking") if booking else usual
    facts: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for name in FACTS:
        if name in overrides:
            value, source = overrides[name], "override"
        else:
            value, source = _first_stated(name, contact if name in CONTACT else usual)
        facts[name] = datetime.fromisoformat(value) if name in MOMENTS and isinstance(value, str) else value
        # Nobody, set by hand, is somebody's word as much as a name is.
        if name in overrides or (source and value not in UNSTATED):
            sources[name] = source
    if facts["arrive_by"] is None:
        # Of a whole day nobody knows yet when it starts: least of all that guests come on the evening before.
        hourless = facts["all_day"] and sources["starts_at"] != "override"
        lead = 0 if hourless or facts["event_type"] in NOT_CHARTERS else settings.ARRIVE_LEAD_MINUTES
        facts["arrive_by"] = facts["starts_at"] - timedelta(minutes=lead)
        sources["arrive_by"] = sources["starts_at"]
    if facts["captain"]:
        captain = plain_name(facts["captain"])
        facts["crew"] = [each for each in facts["crew"] or [] if plain_name(each[0]) != captain]
    facts["crew"] = facts["crew"] or []
    # An override of one end must not turn the trip inside out; the other end follows.
    if facts["ends_at"] < facts["starts_at"]:
        facts["ends_at"] = facts["starts_at"] + _usual_length([said for said, _ in usual])
    return facts, sources


def _usual_length(said: Sequence[Mapping[str, Any]]) -> timedelta:
    """By the first that states both ends: a booking mail may name a start alone."""
    for facts in said:
        if facts.get("starts_at") and facts.get("ends_at"):
            return datetime.fromisoformat(facts["ends_at"]) - datetime.fromisoformat(facts["starts_at"])
    return timedelta(0)


def _first_stated(name: str, said: Sequence[tuple[Mapping[str, Any], str]]) -> tuple[Any, str]:
    for facts, source in said:
        value = facts.get(name)
        if value not in UNSTATED:
            return value, source
    return EMPTY.get(name), ""
