"""The line of the calendar's text that a contradiction comes from, verbatim and cut to a length one can read."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from charters.calendars.feed import components
from charters.calendars.occurrences import ESCAPED
from charters.calendars.text.clock_times import read_times, resolve
from charters.calendars.text.description import mentions
from charters.calendars.text.html_text import description_lines
from charters.calendars.text.party_size import read_party_size
from charters.models import Charter
from charters.models.people import plain_name

LONGEST_QUOTE = 80
LONGEST_TITLE = 48
MOST_LINES = 200
# Its parameters may hold a colon within quotes (RFC 5545, section 3.1).
_DESCRIPTION = re.compile(r'^DESCRIPTION(?:;(?:"[^"\n]*"|[^":\n])*)?:(.*)$', re.MULTILINE | re.IGNORECASE)
_CAPTAIN = re.compile(r"\b(?:captain|capt|skipper|cap)\b", re.IGNORECASE)
_LONG_QUOTE = re.compile(rf"“([^“”]{{{LONGEST_QUOTE + 1},}})”")


@dataclass(frozen=True, slots=True)
class Finding:
    """A contradiction in words, and the fact whose line in the calendar's text is to be quoted with it, if any.

    `value` is what the calendar says of the fact. `instead` is the part of the words that the line replaces; without
    it the line stands in brackets before the last sign.
    """

    words: str
    fact: str = ""
    value: Any = None
    instead: str = ""

    def told(self, charter: Charter, lines: Sequence[str]) -> str:
        """The sentence, with its line where these lines of the calendar's text have it."""
        line = line_of(self.fact, self.value, lines, charter) if self.fact and lines else ""
        if not line:
            return self.words
        quote = f"“{cut(line)}”"
        if self.instead:
            before, _, after = self.words.rpartition(self.instead)
            return f"{before}{quote}{after}"
        return f"{self.words[:-1]} ({quote}){self.words[-1]}"


def cut(text: str, longest: int = LONGEST_QUOTE) -> str:
    """At most `longest` signs of a text."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def title(words: str) -> str:
    """An event's title as a sentence holds it."""
    return cut(" ".join(words.split()), LONGEST_TITLE)


def with_short_quotes(sentence: str) -> str:
    """A sentence whose quotations are cut where they are longer than one can read."""
    return _LONG_QUOTE.sub(lambda quote: f"“{cut(quote[1])}”", sentence)


def lines_of(source: str) -> list[str]:
    """The lines of the descriptions in a stored copy (`CalendarEvent.source`), a series' exceptions included."""
    lines: list[str] = []
    for body in components(source):
        for written in _DESCRIPTION.findall(body):
            text = ESCAPED.sub(lambda sign: "\n" if sign[1] in "nN" else sign[1], written)
            lines += description_lines(text)
            if len(lines) >= MOST_LINES:
                return lines[:MOST_LINES]
    return lines


def line_of(fact: str, value: Any, lines: Sequence[str], charter: Charter) -> str:
    """The line that says this of the fact, as the reader of descriptions takes it; '' when none does."""
    return _LINES[fact](value, lines, charter)


def _captain(value: Any, lines: Sequence[str], charter: Charter) -> str:
    if not value:
        return next((line for line in lines if _CAPTAIN.search(line)), "")
    captains, _ = mentions(lines)
    wanted = plain_name(value)
    return next((lines[each.line] for each in reversed(captains) if plain_name(each.name) == wanted), "")


def _crew(value: Any, lines: Sequence[str], charter: Charter) -> str:
    _, crew = mentions(lines)
    wanted = {plain_name(name) for name, _ in value}
    return next((lines[each.line] for each in reversed(crew) if plain_name(each.name) in wanted), "")


def _guest_count(value: Any, lines: Sequence[str], charter: Charter) -> str:
    return next((line for line in lines if read_party_size(line).count == value), "")


def _arrive_by(value: Any, lines: Sequence[str], charter: Charter) -> str:
    start = datetime.fromisoformat(charter.calendar_facts["starts_at"]).astimezone(charter.zone)
    arrive_by = datetime.fromisoformat(value)
    clocks = ((line, read_times(line).arrive_by) for line in lines)
    return next((line for line, clock in clocks if clock and resolve(clock, start) == arrive_by), "")


_LINES: Mapping[str, Callable[[Any, Sequence[str], Charter], str]] = {
    "captain": _captain,
    "crew": _crew,
    "guest_count": _guest_count,
    "arrive_by": _arrive_by,
}
