"""Where each fact of a charter comes from, in words, with both values where they differ (rule 5)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from charters.calendars.facts import MOMENTS
from charters.models import Charter, Override
from charters.pages import words

SOURCES = {
    "calendar": "From the calendar",
    "booking": "From the booking",
    "staff": "From the office",
    "override": "Set by hand",
}


@dataclass(frozen=True, slots=True)
class Provenance:
    """`source` is calendar, override, booking, staff or '' for a fact nobody gave; `calendar` is the other value."""

    source: str
    words: str
    calendar: str = ""


def provenance(charter: Charter, name: str, overrides: dict[str, Override]) -> Provenance:
    """Who a fact is from; `overrides` are the charter's, by name. Makes no query."""
    override = overrides.get(name)
    if override is None:
        return _without_override(charter, name)
    at = override.at.astimezone(charter.zone)
    text = f"Set by hand by {override.by}, {words.day(at.date())}, {words.clock(at)}"
    other = fact_in_words(charter, name, charter.calendar_facts.get(name))
    same = other == fact_in_words(charter, name, override.value)
    return Provenance(
        "override",
        f"{text}: {override.why}" if override.why else text,
        "" if charter.calendar is None else "The calendar says the same." if same else f"The calendar says {other}.",
    )


def _without_override(charter: Charter, name: str) -> Provenance:
    source = charter.sources.get(name, "")
    if name == "arrive_by" and charter.calendar_facts.get(name) is None and source == "calendar":
        return Provenance(source, "Reckoned from the start; the calendar names no time")
    if not source:
        return Provenance("", "Nobody has said")
    return Provenance(source, SOURCES.get(source, SOURCES["staff"]))


def fact_in_words(charter: Charter, name: str, value: Any) -> str:
    """A fact as it is read out, where the charter sails: “Sat 28 Nov, 3 PM”, “Gene and Sarah (mate)”, “nothing”."""
    if value in (None, "", []):
        return "nothing"
    if name in MOMENTS:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        local = moment.astimezone(charter.zone)
        return f"{words.day(local.date())}, {words.clock(local)}"
    if name == "crew":
        return words.listed([member if role == "crew" else f"{member} ({role})" for member, role in value])
    return words.phone(value) if name == "guest_phone" else str(value)
