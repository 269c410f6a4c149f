"""What the words in an event's description say about its charter.

Crew, party size, arrival and contact are written into the description as loosely structured text
(docs/domain.md, "Before this system"); the rules of reading are those of docs/operations.md, "Reading a
calendar". Each line is read by itself and the lines are then put together, the later over the earlier
where the office corrects itself. Nothing here knows who the crew are, and nothing is ever raised.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from charters.calendars.clock_times import ClockTime, TimesOfLine, hours_disagree, read_times, resolve
from charters.calendars.contact_lines import NO_CONTACT, ContactLine, read_contact
from charters.calendars.crew_lines import (
    NO_CREW,
    CrewLine,
    NamedForDuty,
    read_bare_names,
    read_crew,
    same_name,
)
from charters.calendars.html_text import DESCRIPTION_LIMIT, description_lines
from charters.calendars.party_size import PartySize, mentions_minors, read_party_size

__all__ = [
    "DESCRIPTION_LIMIT",
    "ClockTime",
    "CrewName",
    "Description",
    "hours_disagree",
    "read_description",
    "resolve",
]

_VESSEL = re.compile(
    r"(?<![\w'’-])(?:(?:vessel|boat|yacht) ?[:=] ?(?!tb[cda]\b)([^\W\d_][\w'’-]*(?: [\w'’-]+){0,3})"
    r"|aboard the ((?-i:[A-Z])[\w'’-]*(?: (?-i:[A-Z])[\w'’-]*){0,3}))",
    re.IGNORECASE,
)
_CACHED_LINE = 200  # longer lines are rare and never the same twice


@dataclass(frozen=True, slots=True)
class CrewName:
    """One of the crew as written, never the captain; ``role`` is mate, deckhand or crew."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Description:
    """The facts of one event description.

    Names are as written; ``email`` is in small letters, ``phone`` in E.164. ``hours`` are those the text
    claims, to be compared with the event's own by `hours_disagree`. ``vessel_words`` are what the text calls the
    boat, as written. ``questions`` are words for staff that quote the ambiguous line, ``unread`` the lines of
    which nothing was made.
    """

    captain: str | None = None
    crew: tuple[CrewName, ...] = ()
    guest_count: int | None = None
    arrive_by: ClockTime | None = None
    hours: tuple[ClockTime, ClockTime] | None = None
    email: str | None = None
    phone: str | None = None
    platform: str = ""
    confirmation_code: str | None = None
    minors: bool = False
    vessel_words: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    crew: CrewLine
    party: PartySize
    times: TimesOfLine
    contact: ContactLine
    minors: bool
    vessel_words: tuple[str, ...]
    read: bool


def read_description(text: str) -> Description:
    """Read an event description, plain or HTML, as far as its first ``DESCRIPTION_LIMIT`` characters."""
    lines = [
        _read_line(line) if len(line) <= _CACHED_LINE else _read_line.__wrapped__(line)
        for line in description_lines(text)
    ]
    if not lines:
        return _NOTHING
    questions: list[str] = [question for line in lines for question in _questions_of(line)]
    unread: list[str] = []
    captain, crew = _put_crew_together(lines, questions, unread)
    arrive_by = _last_and_plainest_arrival(lines, questions)
    email, phone, platform, code = _put_contact_together(lines, questions)
    return Description(
        captain=captain,
        crew=crew,
        guest_count=_party_size(lines, questions),
        arrive_by=arrive_by,
        hours=_only_hours(lines, questions),
        email=email,
        phone=phone,
        platform=platform,
        confirmation_code=code,
        minors=any(line.minors for line in lines),
        vessel_words=tuple(dict.fromkeys(word for line in lines for word in line.vessel_words)),
        questions=tuple(dict.fromkeys(questions)) if questions else (),
        unread=tuple(unread),
    )


_NOTHING = Description()


@lru_cache(maxsize=8192)
def _read_line(line: str) -> _Line:
    crew, party = read_crew(line), read_party_size(line)
    times, contact = read_times(line), read_contact(line)
    minors = mentions_minors(line)
    vessel_words = tuple(found[1] or found[2] for found in _VESSEL.finditer(line))
    read = bool(
        crew.understood
        or party.weight
        or party.questions
        or times.arrive_by
        or times.hours
        or times.questions
        or contact.understood
        or minors
        or (vessel_words and _VESSEL.match(line))
        or crew.questions
    )
    return _Line(line, crew, party, times, contact, minors, vessel_words, read or not any(map(str.isalnum, line)))


def _questions_of(line: _Line) -> Iterator[str]:
    yield from line.crew.questions
    yield from line.times.questions


class Mention(NamedTuple):
    """A name in force: the line it stands on, counted from 0, and its place in that line.

    ``role`` is the one it has in the whole: of several captains on one line only the first is one.
    """

    name: str
    role: str
    line: int
    start: int
    end: int


def mentions(lines: Iterable[str]) -> tuple[list[Mention], list[Mention]]:
    """The captains and the crew that the lines of a description name, as `read_description` takes them."""
    return _mentions([_read_line(line) for line in lines], [])


def _mentions(lines: Iterable[_Line], unread: list[str]) -> tuple[list[Mention], list[Mention]]:
    captains: list[Mention] = []
    crew: list[Mention] = []
    open_role = ""
    for number, line in enumerate(lines):
        found = line.crew
        if found is NO_CREW:
            if open_role and not line.read and (names := read_bare_names(line.text, open_role)):
                # The names of "Crew:" stand below it, as Google's editor lists them.
                named: tuple[NamedForDuty, ...] = names
            else:
                if not line.read:
                    unread.append(line.text)
                open_role = ""
                continue
        else:
            open_role = found.open_role
            named = found.named
            if not line.read:
                unread.append(line.text)
            if "captain" in found.replaces:
                captains.clear()
            if "crew" in found.replaces:
                crew.clear()
        captain_on_this_line = False
        for name, role, start, end in named:
            if role != "captain":
                crew.append(Mention(name, role, number, start, end))
            elif captain_on_this_line:
                crew.append(Mention(name, "crew", number, start, end))
            else:
                captain_on_this_line = True
                captains.append(Mention(name, role, number, start, end))
    return captains, crew


def _put_crew_together(
    lines: Iterable[_Line], questions: list[str], unread: list[str]
) -> tuple[str | None, tuple[CrewName, ...]]:
    captains, crew = _mentions(lines, unread)
    captain = captains[-1].name if captains else None
    if len(captains) > 1 and len({same_name(mention.name) for mention in captains}) > 1:
        written = ", ".join(dict.fromkeys(mention.name for mention in captains))
        questions.append(f"The text names several captains ({written}); the last is taken")
    return captain, _without_repeats(crew, captain)


def _without_repeats(crew: Iterable[Mention], captain: str | None) -> tuple[CrewName, ...]:
    """Each person once, in order of first mention and in the most telling role; never the captain."""
    at_the_helm = same_name(captain) if captain is not None else None
    known: dict[str, CrewName] = {}
    for name, role, *_ in crew:
        key = same_name(name)
        if key == at_the_helm:
            continue
        before = known.get(key)
        if before is None or (before.role == "crew" and role != "crew"):
            known[key] = CrewName(before.name if before else name, role)
    return tuple(known.values())


def _party_size(lines: Iterable[_Line], questions: list[str]) -> int | None:
    best: PartySize | None = None
    differing = False
    for line in lines:
        party = line.party
        if not party.weight:
            questions.extend(party.questions)
            continue
        if best is None or party.weight > best.weight or (party.weight == 4 == best.weight):
            best, differing = party, False
        elif party.weight == best.weight and party.count != best.count:
            # Of two counts the larger is the safer one for the vessel's passenger limit.
            best = max(best, party, key=lambda size: size.count or 0)
            differing = party.weight > 1
    if best is None:
        return None
    questions.extend(best.questions)
    if differing:
        questions.append(f"The text gives different numbers of guests; {best.count} are reckoned with")
    return best.count


def _last_and_plainest_arrival(lines: Iterable[_Line], questions: list[str]) -> ClockTime | None:
    best: TimesOfLine | None = None
    for line in lines:
        times = line.times
        if times.arrive_by is None:
            continue
        if best is None or times.arrive_rank > best.arrive_rank:
            best = times
        elif times.arrive_rank == best.arrive_rank and times.arrive_by != best.arrive_by:
            questions.append(f"The text gives several times of arrival; the last is used: “{line.text}”")
            best = times
    return best.arrive_by if best else None


def _only_hours(lines: Iterable[_Line], questions: list[str]) -> tuple[ClockTime, ClockTime] | None:
    hours: tuple[ClockTime, ClockTime] | None = None
    for line in lines:
        claimed = line.times.hours
        if claimed is None:
            continue
        if hours is not None and claimed != hours:
            questions.append(f"The text gives different hours; the last are used: “{line.text}”")
        hours = claimed
    return hours


def _put_contact_together(
    lines: Iterable[_Line], questions: list[str]
) -> tuple[str | None, str | None, str, str | None]:
    found = [line.contact for line in lines if line.contact is not NO_CONTACT]
    if not found:
        return None, None, "", None
    emails = list(dict.fromkeys(contact.email for contact in found if contact.email))
    phones = list(dict.fromkeys(phone for contact in found for phone in contact.phones))
    codes = list(dict.fromkeys(contact.code for contact in found if contact.code))
    for several, what in (
        (emails, "e-mail addresses"),
        (phones, "telephone numbers"),
        (codes, "confirmation codes"),
    ):
        if len(several) > 1:
            questions.append(f"The text gives several {what} ({', '.join(several)}); the first is taken")
    platform = next(
        (contact.platform for contact in found if contact.platform and contact.code),
        next((contact.platform for contact in found if contact.platform), ""),
    )
    return (
        emails[0] if emails else None,
        phones[0] if phones else None,
        platform,
        codes[0] if codes else None,
    )
