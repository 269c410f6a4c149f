"""Facts set by hand against what the calendar says: both values, until the calendar has caught up."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from charters.calendars.facts import MOMENTS, UNSTATED
from charters.calendars.reading import Directory
from charters.calendars.same_fact import same_fact
from charters.conflicts.neighbours import Hand, Neighbour
from charters.conflicts.quotes import Finding, cut
from charters.models import Charter, Override
from charters.models.people import plain_name
from charters.overrides import asks_which
from charters.pages.words import clock, day, listed, phone

LABELS: Mapping[str, str] = {
    "starts_at": "The start",
    "ends_at": "The end",
    "arrive_by": "The arrival",
    "captain": "The captain",
    "crew": "The crew",
    "guest_count": "The number of guests",
    "guest_name": "The guest",
    "guest_email": "The guest's e-mail",
    "guest_phone": "The guest's phone",
}
_PEOPLE = frozenset({"captain", "crew"})
# The calendar's text has a line for these; hours are the event's own.
_IN_THE_TEXT = frozenset({"captain", "crew", "guest_count", "arrive_by"})

Facts = Mapping[str, Any]


def overrides_of(charters: Iterable[Charter]) -> dict[int, dict[str, Override]]:
    """{charter's key: {fact: override}}; one query, and none when nothing was set by hand."""
    keys = [charter.pk for charter in charters if "override" in charter.sources.values()]
    found: dict[int, dict[str, Override]] = {}
    if keys:
        for override in Override.objects.filter(charter__in=keys, field__in=LABELS):
            found.setdefault(override.charter_id, {})[override.field] = override
    return found


def set_by_hand(
    charter: Charter, known: Neighbour, overrides: Mapping[str, Override], directory: Callable[[], Directory]
) -> Iterable[Finding]:
    """Each fact set by hand of which the calendar says something else; asked about when it has changed there since.

    `directory` is loaded only to see whether two names are one person's.
    """
    for name, label in LABELS.items():
        if charter.sources.get(name) != "override":
            continue
        ours, theirs, override = _held(charter, known, name), charter.calendar_facts.get(name), overrides.get(name)
        asked = override is not None and asks_which(override, charter.calendar_facts)
        if (theirs in UNSTATED and not asked) or _same(name, ours, theirs, known, directory):
            continue
        said, calendar = in_words(name, ours, charter), in_words(name, theirs, charter)
        nobody = ours in UNSTATED and name in _PEOPLE
        by_hand = f"No {name} by hand" if nobody else f"{label} is {said} by hand"
        words = f"{by_hand}; the calendar {'now ' if asked else ''}says {calendar}"
        quoted = name if name in _IN_THE_TEXT and theirs not in UNSTATED else ""
        where = {"beside" if nobody else "instead": calendar}
        yield Finding(f"{words}: keep which?" if asked else f"{words}.", quoted, theirs, **where)


def in_words(name: str, value: Any, charter: Charter) -> str:
    """A fact's value, of the JSON of `Charter.calendar_facts`, as a sentence holds it; “nothing” for none."""
    if value in UNSTATED:
        return "nobody" if name in _PEOPLE else "nothing"
    if name in MOMENTS:
        at = datetime.fromisoformat(value).astimezone(charter.zone)
        return clock(at) if at.date() == charter.date else f"{day(at)}, {clock(at)}"
    if name == "crew":
        return cut(listed([who if role == "crew" else f"{who} ({role})" for who, role in value]))
    if name == "event_type":
        return str(Charter.EventType(value).label)
    return phone(value) if name == "guest_phone" else cut(str(value))


def _held(charter: Charter, known: Neighbour, name: str) -> Any:
    """What is in force, as `Charter.calendar_facts` would write it."""
    if name in MOMENTS:
        return getattr(charter, name).isoformat()
    if name == "captain":
        return known.captain.shown if known.captain else None
    if name == "crew":
        return [[hand.shown, hand.role] for hand in _crew(known)]
    return getattr(charter, name)


def _crew(known: Neighbour) -> list[Hand]:
    return [hand for hand in known.crew if hand.role != "captain"]


def _same(name: str, ours: Any, theirs: Any, known: Neighbour, directory: Callable[[], Directory]) -> bool:
    if same_fact(name, ours, theirs):
        return True
    if name == "captain" and known.captain and theirs:
        return known.captain.person == _person(theirs, directory())
    if name == "crew":
        captain = known.captain.person if known.captain else None
        said = {(_person(who, directory()), role) for who, role in theirs or ()}
        return {(hand.person, hand.role) for hand in _crew(known)} == {each for each in said if each[0] != captain}
    return False


def _person(name: str, directory: Directory) -> int | str:
    found = directory.member(name)
    return plain_name(name) if found is None else found
