"""Where the facts contradict each other or leave something open, in words, for the board, the events and the plan.

Whom a sentence is for decides when it is told:

- to come: everything below;
- under way: what concerns the vessel and its people now (overlaps, more guests than it may carry, papers that have run
  out). Its facts are frozen and nobody can answer a question about them any more;
- departed, over or not: what the calendar was changed to since;
- cancelled: only that its calendar still has it, until its day has come.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from charters.bookings.disagreements import conflicts_from_bookings
from charters.calendars.reading import Directory, open_questions
from charters.conflicts import clashes, record, whom
from charters.conflicts.after_trip import changed_since
from charters.conflicts.by_hand import overrides_of, set_by_hand
from charters.conflicts.neighbours import Neighbour, Person, neighbours
from charters.conflicts.quotes import Finding, cut, lines_of, with_short_quotes
from charters.models import CalendarEvent, Charter, Override
from charters.overrides import came_back
from jada.core.clock import now

LONGEST_REASON = 160
STILL_HAS_IT = "It is cancelled here, but its calendar still has it."
HAS_IT_AGAIN = "It is cancelled here, but its calendar has it again."
Event = tuple[int | None, str]
"""A calendar's key and a UID."""


def conflicts(charters: Sequence[Charter], around: Mapping[int, Neighbour] | None = None) -> dict[int, list[str]]:
    """{charter's key: sentences}, most pressing first; a charter that ended or is cancelled stands there if it has any.

    One query, and at most eight more for what is there to be said, however many charters there are. They need their
    `calendar` (or its zone set) and, for the signatures, `with_waiver_counts()`. `around` are their `neighbours`, where
    they have been read already.
    """
    moment = now()
    ahead = [each for each in charters if each.status != Charter.Status.CANCELLED and each.ends_at > moment]
    if around is None:
        around = neighbours(ahead)
    found = _found_ahead([each for each in ahead if each.pk in around], around, moment)
    found |= _cancelled_here_alone(charters, moment)
    for charter in charters:
        if charter.status == Charter.Status.CANCELLED:
            continue
        if charter.starts_at <= moment and charter.said_since:
            found.setdefault(charter.pk, []).extend(filter(None, [changed_since(charter)]))
    return found


def _cancelled_here_alone(charters: Sequence[Charter], moment: datetime) -> dict[int, list[str]]:
    """Of those that a person cancelled and their calendar has; one query when there are any."""
    cancelled = [charter for charter in charters if charter.status == Charter.Status.CANCELLED]
    keys = [charter.pk for charter in cancelled if _still_in_its_calendar(charter, moment)]
    words = Override.objects.filter(charter__in=keys, field="status") if keys else ()
    again = {word.charter_id for word in words if came_back(word)}
    return {key: [HAS_IT_AGAIN if key in again else STILL_HAS_IT] for key in keys}


def _still_in_its_calendar(charter: Charter, moment: datetime) -> bool:
    said = charter.calendar_facts if charter.calendar_id and charter.starts_at > moment else {}
    return bool(said) and not said.get("cancelled")


@dataclass(slots=True)
class _Sentences:
    """What was found of one charter. `pressing` stands before what the bookings say, `asked` behind it."""

    aside: list[str] = field(default_factory=list)
    pressing: list[Finding] = field(default_factory=list)
    asked: list[Finding] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)

    @property
    def quoted(self) -> bool:
        """Whether a line of the calendar's text is wanted."""
        return any(finding.fact for finding in (*self.pressing, *self.asked))


def _found_ahead(
    charters: Sequence[Charter], around: Mapping[int, Neighbour], moment: datetime
) -> dict[int, list[str]]:
    """Of charters that have not ended and are not cancelled."""
    directory = cache(Directory.load)
    to_come = [charter for charter in charters if charter.starts_at > moment]
    booked = conflicts_from_bookings(
        [each for each in to_come if each.booking_facts or around[each.pk].booking_cancelled]
    )
    by_hand = overrides_of(to_come)
    own = {
        charter.pk: _own(charter, around[charter.pk], by_hand.get(charter.pk, {}), directory, moment)
        for charter in charters
    }
    crew_events = [event for event in around.values() if event.event_type == clashes.CREW and not event.cancelled]
    lines: dict[Event, list[str]] = _lines([(event.calendar, event.uid) for event in crew_events])
    texts = {event.key: lines.get((event.calendar, event.uid), []) for event in crew_events}
    met = _met(charters, around, texts, directory)
    lines |= _lines(
        [
            *((charter.calendar_id, charter.uid) for charter in charters if own[charter.pk].quoted),
            *((around[key].calendar, around[key].uid) for each in met.values() for key in each.shared),
        ]
    )
    found: dict[int, list[str]] = {}
    for charter in charters:
        sentences, told = own[charter.pk], lines.get((charter.calendar_id, charter.uid))
        found[charter.pk] = list(
            dict.fromkeys(
                [
                    *sentences.aside,
                    *_at_once(charter, around, met.get(charter.pk), lines),
                    *(finding.told(charter, told) for finding in sentences.pressing),
                    *booked.get(charter.pk, ()),
                    *(finding.told(charter, told) for finding in sentences.asked),
                    *map(with_short_quotes, sentences.questions),
                ]
            )
        )
    return found


def _own(
    charter: Charter,
    known: Neighbour,
    overrides: Mapping[str, Override],
    directory: Callable[[], Directory],
    moment: datetime,
) -> _Sentences:
    sentences = _Sentences(pressing=[*record.too_many(charter, known), *record.run_out(charter, known)])
    if charter.starts_at > moment:
        sentences.aside += _set_aside(known.set_aside)
        sentences.asked += [
            *set_by_hand(charter, known, overrides, directory),
            *record.late_arrival(charter),
            *record.no_captain(charter, known),
        ]
        unsettled = [hand.name for hand in known.crew if hand.member is None]
        sentences.questions += open_questions(charter.questions, unsettled)
        if known.event_type == clashes.ABSENCE:
            sentences.questions += whom.questions(known, directory())
    return sentences


def _set_aside(reason: str) -> Iterable[str]:
    if reason:
        yield f"Its event in the calendar cannot be read; what was read before stands. {cut(reason, LONGEST_REASON)}"


def _lines(events: Collection[Event]) -> dict[Event, list[str]]:
    """{event: the lines of its text} of the calendars' stored copies; one query when any is wanted."""
    wanted = {event for event in events if event[1]}
    if not wanted:
        return {}
    copies = CalendarEvent.objects.filter(calendar__in={each for each, _ in wanted}, uid__in={uid for _, uid in wanted})
    rows = copies.filter(reason="").values_list("calendar", "uid", "source")
    return {(calendar, uid): lines_of(source) for calendar, uid, source in rows if (calendar, uid) in wanted}


@dataclass(frozen=True, slots=True)
class _Met:
    """What else goes on at these hours: `others` by their start, `shared` with whom of the crew."""

    others: Sequence[Neighbour]
    shared: Mapping[int, Mapping[Person, str]]


def _met(
    charters: Sequence[Charter],
    around: Mapping[int, Neighbour],
    texts: Mapping[int, Sequence[str]],
    directory: Callable[[], Directory],
) -> dict[int, _Met]:
    """What else their vessels and their people do at these hours."""
    events = [event for event in around.values() if not event.cancelled]
    about_people = any(event.event_type in clashes.NOT_ON_THE_VESSEL for event in events)
    on_vessels = clashes.on_vessels(events)
    of_people = clashes.of_people(events, texts, directory() if about_people else None)
    order = {key: place for place, key in enumerate(around)}
    found: dict[int, _Met] = {}
    for charter in charters:
        others, shared = on_vessels.get(charter.pk, ()), of_people.get(charter.pk, {})
        if others or shared:
            by_start = [around[key] for key in sorted({*others, *shared}, key=order.__getitem__)]
            found[charter.pk] = _Met(by_start, shared)
    return found


def _at_once(
    charter: Charter, around: Mapping[int, Neighbour], met: _Met | None, lines: Mapping[Event, Sequence[str]]
) -> Iterable[str]:
    if met is None:
        return ()
    texts = {each.key: lines.get((each.calendar, each.uid), ()) for each in met.others if each.key in met.shared}
    return clashes.in_words(around[charter.pk], charter.zone, met.others, met.shared, texts)
