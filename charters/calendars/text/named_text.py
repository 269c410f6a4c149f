"""A description as the writer sees it: its lines, the names in force, and where in the text each item stands."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from charters.calendars.text.crew_labels import CrewLabel
from charters.calendars.text.crew_lines import read_crew
from charters.calendars.text.crew_words import ROLE_WORD
from charters.calendars.text.description import Description, read_description
from charters.calendars.text.html_text import traced_lines
from charters.calendars.text.name_lists import DASHED_ROLE, item_end, same_name
from charters.calendars.text.named_crew import Mention, mentions
from charters.calendars.text.written_lines import with_words, without_line

CONTACT = re.compile(
    r"[ ,:–-]{0,3}(?:\b(?:cell|ph(?:one)?|tel|mobile|call|text|@)\b[ .:]{0,2})?"
    r"(?:\+?\(?[0-9][0-9()\-. /]{6,18}[0-9]|[\w.+%-]{1,64}@[\w.-]{1,253}\w)",
    re.IGNORECASE,
)
_BEHIND_NAME = re.compile(r"\.?\s?(?:\?|\((?:[^()]{0,200})\)|\[(?:[^\[\]]{0,200})\])")
_AS_ROLE = re.compile(rf" as {ROLE_WORD.pattern}", re.IGNORECASE)
_HOURS_BEHIND = re.compile(r" ?@? ?\d{1,2}(?::\d\d)? ?[ap]m?\b(?: ?[-–] ?\d{1,2}(?::\d\d)? ?[ap]m?\b)?", re.IGNORECASE)
_NUMBERING = re.compile(r"\W*\d{1,2}[.)]")


def says_nothing(rest: str) -> bool:
    """Tell whether what is left of a line without its names is a mark, a number of a list, an emoji at most."""
    return not any(map(str.isalnum, _NUMBERING.sub("", rest, count=1)))


class CannotRewrite(Exception):  # noqa: N818  # it is shown to people in these words
    """The description cannot be changed safely by a program; says why, for the person who does it by hand."""


def rest_of(said: Description) -> tuple[object, ...]:
    """What a corrected crew must leave as it was."""
    return (
        said.guest_count,
        said.arrive_by,
        said.hours,
        said.email,
        said.phone,
        said.platform,
        said.confirmation_code,
        said.minors,
        said.vessel_words,
    )


class NamedText:
    """A description with its lines and the names in force."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = traced_lines(text)
        self.captains, self.crew = mentions(line.text for line in self.lines)
        self.said = read_description(text)

    def clause(self, mention: Mention) -> "Clause":
        """The clause in which a name stands."""
        clauses = self.clauses(mention.line)
        return next((clause for clause in reversed(clauses) if clause.start <= mention.start), clauses[0])

    def clauses(self, number: int) -> "list[Clause]":
        """The clauses of a line, at least one."""
        line = self.lines[number].text
        labels = read_crew(line).labels
        here = sorted((m for m in (*self.captains, *self.crew) if m.line == number), key=lambda mention: mention.start)
        edges = [*(label.start for label in labels), len(line)]
        if not labels:
            return [Clause(number, line, None, 0, 0, len(line), here)]
        return [
            Clause(number, line, label, label.start, label.end, end, [m for m in here if label.start <= m.start < end])
            for label, end in zip(labels, edges[1:], strict=True)
        ]

    def replaced(self, number: int, start: int, end: int, words: str) -> str | None:
        """The text with other words in a line, from and to; None where that would touch another line."""
        return with_words(self.text, self.lines, number, start, end, words)

    def without_line(self, number: int) -> str | None:
        """The text without a line; None where that would touch another."""
        return without_line(self.text, self.lines, number)


class Clause(NamedTuple):
    """A label with its names, or a line of names without one."""

    number: int
    line: str
    label: CrewLabel | None
    start: int
    names_start: int
    end: int
    named: list[Mention]

    def item_end(self, mention: Mention) -> int:
        """Where the item of a name ends: behind its remark in brackets, its role and its telephone number.

        Raises `CannotRewrite` for further words, which might be about somebody else.
        """
        stop = item_end(self.line, mention.start, self.end)
        place = _behind(self.line, mention.end, stop)
        rest = self.line[place:stop].strip(" •*·-–—.,;:/&+|!()")
        if says_nothing(rest):
            return stop
        if rest and not rest[0].isdigit() and not ROLE_WORD.match(rest):
            raise CannotRewrite(f"“{self.line[:120]}” says more than who sails.")
        return place if rest and not ROLE_WORD.match(rest) else stop


def _behind(line: str, place: int, stop: int) -> int:
    while place < stop:
        found = (
            _BEHIND_NAME.match(line, place, stop)
            or CONTACT.match(line, place, stop)
            or _HOURS_BEHIND.match(line, place, stop)
            or DASHED_ROLE.match(line, place)
            or _AS_ROLE.match(line, place, stop)
        )
        if not found or found.end() == place:
            break
        place = found.end()
    return place


def people_of(named: Iterable[Mention]) -> Counter[str]:
    """How often each person is named, however the name is spelled."""
    return Counter(same_name(mention.name) for mention in named)
