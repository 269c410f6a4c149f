"""Who of the crew is taken at the hours of a trip: by another trip, a crew event, an absence the calendar knows of."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from charters.calendars.reading import Directory
from charters.conflicts import whom
from charters.conflicts.neighbours import Neighbour, neighbours
from charters.conflicts.quotes import title
from charters.models import Charter
from charters.pages.words import hours

ABSENCE, CREW = Charter.EventType.UNAVAILABLE.value, Charter.EventType.CREW.value
Taken = dict[int, dict[int, list[str]]]


def taken(charters: Sequence[Charter]) -> Taken:
    """{trip: {crew member's key: what else they do at its hours}}, each to follow “Sarah is …”.

    An event takes its people from its guests' arrival to its end; a cancelled one takes nobody. Four queries at most,
    one when nothing but trips goes on.
    """
    around = neighbours(charters)
    directory = Directory.load() if any(each.event_type in {ABSENCE, CREW} for each in around.values()) else Directory()
    people = {each.key: [who for who in _people(each, directory) if isinstance(who, int)] for each in around.values()}
    found: Taken = {}
    for charter in charters:
        others = found.setdefault(charter.pk, {})
        for event in around.values():
            if event.cancelled or event.key == charter.pk or not _at_once(charter, event):
                continue
            for member in people[event.key]:
                others.setdefault(member, []).append(_in_words(event, charter.zone))
    return found


def _people(event: Neighbour, directory: Directory) -> Iterable[int | str]:
    if event.event_type == ABSENCE:
        return whom.away(event, directory)
    if event.event_type == CREW:
        return whom.called(event, (), directory)
    return dict.fromkeys(hand.person for hand in event.crew)


def _at_once(charter: Charter, event: Neighbour) -> bool:
    return event.boards < charter.ends_at and event.ends_at > min(charter.arrive_by, charter.starts_at)


def _in_words(event: Neighbour, zone: ZoneInfo) -> str:
    if event.event_type == ABSENCE:
        return f"away: the calendar says “{title(event.title)}”"
    start, end = event.starts_at.astimezone(zone), event.ends_at.astimezone(zone)
    return f"on {title(event.title)}, {'all day' if event.all_day else hours(start, end)}"
