"""An occasion as we understand it: the facts the calendar states, and the questions its text leaves open."""

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from charters.calendars.occurrences import Occurrence
from charters.calendars.text.clock_times import hours_disagree, resolve
from charters.calendars.text.description import Description, mentions, read_description
from charters.calendars.text.html_text import description_lines
from charters.calendars.text.titles import NOT_CHARTERS, read_title
from charters.models import CrewMember, Dock, NotAPerson
from charters.models.people import plain_name
from charters.pages.words import hours

# Raised whenever the parser reads the same text otherwise: stored copies are then parsed again.
PARSER_VERSION = "4"
# How the reference of an event begins that has no title.
NO_TITLE = "no-title"
# A quoted line is cut to this length, around the name it is about.
QUOTE_LIMIT = 80
_UNKNOWN, _SEVERAL = "no crew member is called {}. Who is this?", "{} could be several crew members. Who is meant?"
_ABOUT_A_NAME = re.compile(
    "|".join(f"”: {re.escape(words).replace(re.escape('{}'), '(.+)')}" for words in (_UNKNOWN, _SEVERAL)),
    re.DOTALL,
)


@dataclass(slots=True)
class Reading:
    """`facts` are JSON values by the names of `Charter.calendar_facts`; (uid, original_start) is the identity."""

    uid: str
    original_start: str
    slug: str
    starts_at: datetime
    facts: dict[str, Any]
    questions: list[str]


@dataclass
class Directory:
    """Who and where the office's names are. Its `digest` says when stored copies must be read again."""

    members: dict[str, int] = field(default_factory=dict)
    ambiguous: set[str] = field(default_factory=set)
    docks: dict[str, int] = field(default_factory=dict)
    # Words on crew lists that somebody said are no name.
    not_persons: set[str] = field(default_factory=set)

    @classmethod
    def load(cls) -> "Directory":
        """Three queries. A first name is an alias by itself while only one member bears it."""
        directory = cls(
            docks={_plain_place(dock.address): dock.pk for dock in Dock.objects.all()},
            not_persons=set(NotAPerson.objects.values_list("plain", flat=True)),
        )
        first_names: dict[str, list[int]] = {}
        for member in CrewMember.objects.filter(active=True).order_by("pk"):
            for name in {plain_name(each) for each in (member.name, *member.aliases)}:
                directory._add(name, member.pk)
            first_names.setdefault(plain_name(member.name).split(" ")[0], []).append(member.pk)
        for name, keys in first_names.items():
            if name not in directory.members and name not in directory.ambiguous:
                for key in keys:
                    directory._add(name, key)
        return directory

    def _add(self, name: str, key: int) -> None:
        if name in self.ambiguous or self.members.get(name, key) != key:
            self.members.pop(name, None)
            self.ambiguous.add(name)
        else:
            self.members[name] = key

    def member(self, name: str) -> int | None:
        """The crew member's key, or None for a name that is nobody's or several people's."""
        return self.members.get(plain_name(name))

    def dock(self, place: str) -> int | None:
        """The dock's key for a “Where” line."""
        return self.docks.get(_plain_place(place))

    def is_no_person(self, name: str) -> bool:
        """Whether somebody said that these words are no name; a crew member who bears it is a person all the same."""
        plain = plain_name(name)
        return plain in self.not_persons and plain not in self.members and plain not in self.ambiguous

    def question(self, name: str, line: str) -> str | None:
        """What to ask about a name on a crew list, if anything; `line` is quoted."""
        plain = plain_name(name)
        if plain in self.members:
            return None
        return f"“{line}”: {(_SEVERAL if plain in self.ambiguous else _UNKNOWN).format(name)}"

    @cached_property
    def digest(self) -> str:
        """Of everything here, the parser's version and the settings it reads by."""
        parts = [
            PARSER_VERSION,
            settings.ARRIVE_LEAD_MINUTES,
            sorted(self.members.items()),
            sorted(self.ambiguous),
            sorted(self.docks.items()),
            sorted(self.not_persons),
        ]
        return blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()


def open_questions(questions: Sequence[str], unsettled: Collection[str]) -> list[str]:
    """The stored `questions`, without those about names settled since, and one for each name that none is about.

    `unsettled` are the names on the crew list in force that lead to no crew member. A name set by hand was never read
    from a text, and an override may have replaced one that was.
    """
    about = {question: name_asked_about(question) for question in questions}
    still = [question for question, name in about.items() if not name or name in unsettled]
    asked = {about[question] for question in still}
    new = [f"“{name}” is on the crew list: which crew member is this?" for name in unsettled if name not in asked]
    return [*still, *dict.fromkeys(new)]


def name_asked_about(question: str) -> str:
    """The name on a crew list that a stored question is about, '' for a question about anything else."""
    found = _ABOUT_A_NAME.search(question)
    return next(filter(None, found.groups())) if found else ""


def _plain_place(place: str) -> str:
    return " ".join(place.casefold().replace(",", " ").split())


def read(occurrence: Occurrence, *, zone: ZoneInfo, directory: Directory) -> Reading:
    """Understand one occasion. Never raises: what cannot be understood becomes a question."""
    title = read_title(occurrence.summary)
    said = read_description(occurrence.description)
    local_start, local_end = occurrence.starts_at.astimezone(zone), occurrence.ends_at.astimezone(zone)
    guests = title.event_type not in NOT_CHARTERS
    captain, crew = _who_sails(said, occurrence.description, directory) if guests else (None, [])
    arrive_by = resolve(said.arrive_by, local_start) if said.arrive_by and not occurrence.all_day else None
    facts = {
        "title": occurrence.summary.strip()[:300],
        "event_type": title.event_type,
        "party": title.party[:120],
        "starts_at": occurrence.starts_at.isoformat(),
        "ends_at": occurrence.ends_at.isoformat(),
        "all_day": occurrence.all_day,
        "arrive_by": arrive_by.isoformat() if arrive_by and guests else None,
        "place": occurrence.location.strip()[:300],
        "captain": captain,
        "crew": crew,
        "guest_name": title.party[:120] if guests else "",
        "guest_email": (said.email or "")[:254] if guests else "",
        "guest_phone": (said.phone or "")[:20] if guests else "",
        "guest_count": said.guest_count if guests else None,
        "platform": said.platform or title.platform,
        "confirmation_code": said.confirmation_code or "",
        "cancelled": occurrence.cancelled,
    }
    questions = list(_questions(facts, said, occurrence, local_start, local_end, directory)) if guests else []
    slug = title.slug if facts["title"] else NO_TITLE
    return Reading(occurrence.uid, occurrence.original_start, slug, occurrence.starts_at, facts, questions)


def _who_sails(said: Description, text: str, directory: Directory) -> tuple[str | None, list[list[str]]]:
    """The captain and [[name, role], …] as written, without the words that are no names."""
    captain = said.captain
    if captain and directory.is_no_person(captain):
        captains, _ = mentions(description_lines(text))
        captain = next((each.name for each in reversed(captains) if not directory.is_no_person(each.name)), None)
    crew = [[each.name[:80], each.role] for each in said.crew if not directory.is_no_person(each.name)]
    return captain[:80] if captain else None, crew


def _questions(
    facts: dict[str, Any],
    said: Description,
    occurrence: Occurrence,
    starts_at: datetime,
    ends_at: datetime,
    directory: Directory,
) -> Iterable[str]:
    if not facts["title"]:
        yield "What is this event? It has no title."
    yield from _plain_questions(said, directory)
    names = list(filter(None, [facts["captain"], *(each[0] for each in facts["crew"])]))
    unsettled = [name for name in names if directory.member(name) is None]
    if unsettled:
        quotes = _lines_that_name(unsettled, occurrence.description)
        yield from filter(None, (directory.question(name, quotes.get(plain_name(name), name)) for name in unsettled))
    if occurrence.all_day:
        yield "The calendar has this trip as a whole day: when does it start?"
    elif said.hours and hours_disagree(said.hours, starts_at, ends_at):
        written = hours(*(resolve(each, starts_at) for each in said.hours))
        yield f"The text says {written}, the event itself {hours(starts_at, ends_at)}: the event's hours are used."


def _plain_questions(said: Description, directory: Directory) -> Iterable[str]:
    """Those of the text itself; a doubt about words that are no name is settled."""
    if not directory.not_persons:
        return said.questions
    nobody_commands = bool(said.captain and directory.is_no_person(said.captain))
    return [each for each in said.questions if not _settled(each, directory, nobody_commands=nobody_commands)]


def _settled(question: str, directory: Directory, *, nobody_commands: bool) -> bool:
    _, doubt, name = question.rpartition(" is not sure of ")
    if doubt:
        return directory.is_no_person(name)
    return nobody_commands and question.startswith("The text names several captains")


def _lines_that_name(names: Collection[str], text: str) -> dict[str, str]:
    """{plain name: the line in force that names it, cut around the name}."""
    lines = list(description_lines(text))
    wanted = {plain_name(name) for name in names}
    captains, crew = mentions(lines)
    found: dict[str, str] = {}
    for each in (*crew, *captains):
        if (plain := plain_name(each.name[:80])) in wanted:
            found[plain] = _cut_around(lines[each.line], each.start, each.end)
    return found


def _cut_around(line: str, start: int, end: int) -> str:
    if len(line) <= QUOTE_LIMIT:
        return line
    room = QUOTE_LIMIT - 2  # an ellipsis on either side
    first = max(0, min(start - (room - (end - start)) // 2, len(line) - room))
    cut = line[first : first + room].strip()
    return f"{'…' if first else ''}{cut}{'…' if first + room < len(line) else ''}"
