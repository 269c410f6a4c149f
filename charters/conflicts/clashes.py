"""Two events at once on one vessel, or with one person: a sweep over the events by their start."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from zoneinfo import ZoneInfo

from charters.calendars.reading import Directory
from charters.calendars.text.titles import NOT_CHARTERS
from charters.conflicts import whom
from charters.conflicts.neighbours import Neighbour, Person
from charters.conflicts.quotes import in_brackets, lines_naming, quoted, title
from charters.models import Charter
from charters.pages.words import clock, day, day_and_hours, duration, hours, listed

ABSENCE, CREW = Charter.EventType.UNAVAILABLE.value, Charter.EventType.CREW.value
# They take up people, not the vessel.
NOT_ON_THE_VESSEL = frozenset({ABSENCE, CREW})
# So many are named in a sentence each; the rest is a number.
MOST_NAMED = 3
# Nor is an event compared with more others: a calendar full of repeats must not take minutes.
MOST_COMPARED = 30
# A call for all hands is laid beside so many people at most.
LARGEST_CREW = 200


def on_vessels(events: Iterable[Neighbour]) -> dict[int, list[int]]:
    """{event: others} nearer to it on its vessel than the turnaround allows, by start.

    A vessel is busy from the guests' arrival to the end, and then for its turnaround.
    """
    fleet: dict[int, list[Neighbour]] = {}
    for event in events:
        if event.event_type not in NOT_ON_THE_VESSEL:
            fleet.setdefault(event.vessel, []).append(event)
    found: dict[int, list[int]] = {}
    for aboard in fleet.values():
        for one, other in _at_once(aboard, turnaround=aboard[0].turnaround):
            found.setdefault(one.key, []).append(other.key)
            found.setdefault(other.key, []).append(one.key)
    return found


def of_people(
    events: Collection[Neighbour], texts: Mapping[int, Sequence[str]], directory: Directory | None
) -> dict[int, dict[int, dict[Person, str]]]:
    """{event: {other: {who: name}}} of people who are wanted at both, from the guests' arrival to the end.

    `texts` are the lines of the crew events' descriptions by their keys; `directory` is there when an event is about
    people and not about a trip.
    """
    wanted: dict[Person, list[Neighbour]] = {}
    names: dict[tuple[int, Person], str] = {}
    everyone: list[Neighbour] = []
    for event in events:
        persons = _wanted_at(event, texts.get(event.key, ()), directory)
        if not persons and event.event_type == CREW and whom.calls_everyone(event, texts.get(event.key, ())):
            everyone.append(event)
        for person, name in persons.items():
            wanted.setdefault(person, []).append(event)
            names[event.key, person] = name
    if everyone and len(wanted) <= LARGEST_CREW:
        for theirs in wanted.values():
            theirs += everyone
    found: dict[int, dict[int, dict[Person, str]]] = {}
    for person, theirs in wanted.items():
        for one, other in _at_once(theirs) if len(theirs) > 1 else ():
            if one.event_type == ABSENCE == other.event_type:
                continue
            name = names.get((one.key, person)) or names.get((other.key, person)) or ""
            if name:
                found.setdefault(one.key, {}).setdefault(other.key, {})[person] = names.get((one.key, person), name)
                found.setdefault(other.key, {}).setdefault(one.key, {})[person] = names.get((other.key, person), name)
    return found


def _wanted_at(event: Neighbour, lines: Sequence[str], directory: Directory | None) -> Mapping[Person, str]:
    aboard: dict[Person, str] = {hand.person: hand.shown for hand in event.crew}
    if directory is not None and event.event_type == ABSENCE:
        aboard |= whom.away(event, directory)
    elif directory is not None and event.event_type == CREW:
        aboard |= whom.called(event, lines, directory)
    return aboard


def _at_once(
    events: Sequence[Neighbour], turnaround: timedelta = timedelta(0)
) -> Iterator[tuple[Neighbour, Neighbour]]:
    """Each two of them that overlap, once; the earlier first."""
    under_way: list[tuple[datetime, int, Neighbour]] = []
    for number, event in enumerate(sorted(events, key=lambda each: each.boards)):
        while under_way and under_way[0][0] <= event.boards:
            heappop(under_way)
        for free, _, other in under_way[:MOST_COMPARED]:
            if other.boards < event.ends_at + turnaround and free > event.boards:
                yield other, event
        heappush(under_way, (event.ends_at + turnaround, number, event))


def in_words(
    charter: Neighbour,
    zone: ZoneInfo,
    others: Sequence[Neighbour],
    shared: Mapping[int, Mapping[Person, str]],
    texts: Mapping[int, Sequence[str]],
) -> Iterator[str]:
    """The sentences of one event. `others` are on its vessel or share people with it; `shared` names those people.

    `texts` are the lines of the others' descriptions by their keys: what puts these people aboard there is quoted.
    """
    aboard = [other for other in others if other.key not in shared or _same_vessel(charter, other)]
    elsewhere = [other for other in others if other.key in shared and not _same_vessel(charter, other)]
    for other in aboard[:MOST_NAMED]:
        yield _overlap(charter, other, zone)
        if names := list(shared.get(other.key, {}).values()):
            yield in_brackets(f"{_who(names)} also on “{title(other.title)}”.", _lines_of(other, shared, texts))
    if more := len(aboard[MOST_NAMED:]):
        yield f"Overlaps {_or_more(more, aboard)} more on {charter.vessel_name}."
    for other in elsewhere[:MOST_NAMED]:
        sentence = _shared(charter, other, _who(list(shared[other.key].values())), zone)
        yield in_brackets(sentence, _lines_of(other, shared, texts))
    if more := len(elsewhere[MOST_NAMED:]):
        yield f"Its crew is wanted at {_or_more(more, elsewhere)} more events at these hours."


def _same_vessel(charter: Neighbour, other: Neighbour) -> bool:
    return charter.vessel == other.vessel and not {charter.event_type, other.event_type} & NOT_ON_THE_VESSEL


def _who(names: Sequence[str]) -> str:
    """“Gene is”, “Gene and Sam are”."""
    return f"{listed([title(name) for name in names])} {'is' if len(names) == 1 else 'are'}"


def _or_more(more: int, of: Sequence[object]) -> str:
    return f"at least {more}" if len(of) >= MOST_COMPARED else str(more)


def _lines_of(other: Neighbour, shared: Mapping[int, Mapping[Person, str]], texts: Mapping[int, Sequence[str]]) -> str:
    """The lines by which the calendar puts the shared people aboard the other; '' for those set there by hand."""
    persons = shared.get(other.key, {})
    names = [hand.name for hand in other.crew if hand.person in persons and hand.source == "calendar"]
    return quoted(lines_naming(names, texts.get(other.key, ()))) if names else ""


def _overlap(charter: Neighbour, other: Neighbour, zone: ZoneInfo) -> str:
    """Both titles with what makes them collide: the hours, the later one's boarding, the vessel's turnaround."""
    ours, theirs = _when(charter, charter, zone), _when(charter, other, zone)
    if other.boards < charter.boards:
        ours, theirs = ours + _boarding(charter, zone), theirs + _turnaround(other, charter)
    else:
        ours, theirs = ours + _turnaround(charter, other), theirs + _boarding(other, zone)
    return f"“{title(charter.title)}” ({ours}) overlaps “{title(other.title)}” ({theirs}) on {charter.vessel_name}."


def _boarding(later: Neighbour, zone: ZoneInfo) -> str:
    boards = later.boards < later.starts_at and not later.all_day and later.event_type not in NOT_CHARTERS
    return f", guests board from {clock(later.boards.astimezone(zone))}" if boards else ""


def _turnaround(earlier: Neighbour, later: Neighbour) -> str:
    """Named where it is what is lacking."""
    return f", then {duration(earlier.turnaround)} of turnaround" if earlier.ends_at <= later.boards else ""


def _shared(charter: Neighbour, other: Neighbour, who: str, zone: ZoneInfo) -> str:
    if other.event_type == ABSENCE:
        return f"{who} on this trip, but the calendar says “{title(other.title)}” ({_when(charter, other, zone)})."
    if charter.event_type == ABSENCE:
        return f"{who} on “{title(other.title)}”, {_day_and_hours(other, zone)}."
    if other.event_type == CREW:
        return f"{who} also at “{title(other.title)}”, {_when(charter, other, zone)}."
    aboard = f" on {other.vessel_name}" if other.vessel != charter.vessel else ""
    return f"{who} also on “{title(other.title)}”{aboard}, {_when(charter, other, zone)}."


def _when(charter: Neighbour, other: Neighbour, zone: ZoneInfo) -> str:
    """“2–6 PM”, of another day with its name; “all day” and “until Tue 23 Jun” of whole days."""
    if other.all_day:
        last = _last_day(other, zone)
        return "all day" if last <= _date(charter, zone) else f"until {day(last)}"
    start, end = other.starts_at.astimezone(zone), other.ends_at.astimezone(zone)
    return hours(start, end) if start.date() == _date(charter, zone) else day_and_hours(start, end)


def _day_and_hours(event: Neighbour, zone: ZoneInfo) -> str:
    start, end = event.starts_at.astimezone(zone), event.ends_at.astimezone(zone)
    return day(start) if event.all_day else day_and_hours(start, end)


def _date(event: Neighbour, zone: ZoneInfo) -> date:
    return event.starts_at.astimezone(zone).date()


def _last_day(event: Neighbour, zone: ZoneInfo) -> date:
    return (max(event.ends_at, event.starts_at + timedelta(seconds=1)) - timedelta(seconds=1)).astimezone(zone).date()
