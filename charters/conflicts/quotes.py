"""The line of the calendar's text that a contradiction comes from, verbatim and cut to a length one can read."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from charters.calendars.feed import components
from charters.calendars.occurrences import ESCAPED
from charters.calendars.text.clock_times import read_times, resolve
from charters.calendars.text.description import mentions
from charters.calendars.text.html_text import description_lines
from charters.calendars.text.named_crew import Mention
from charters.calendars.text.party_size import read_party_size
from charters.models import Charter
from charters.models.people import plain_name
from charters.pages.words import listed

LONGEST_QUOTE = 80
LONGEST_TITLE = 48
MOST_LINES = 200
MOST_QUOTED = 3
# Its parameters may hold a colon within quotes (RFC 5545, section 3.1).
_DESCRIPTION = re.compile(r'^DESCRIPTION(?:;(?:"[^"\n]*"|[^":\n])*)?:(.*)$', re.MULTILINE | re.IGNORECASE)
_CAPTAIN = re.compile(r"\b(?:captain|capt|skipper|cap)\b", re.IGNORECASE)
_LONG_QUOTE = re.compile(rf"“([^“”]{{{LONGEST_QUOTE + 1},}})”")


@dataclass(frozen=True, slots=True)
class Finding:
    """A contradiction in words, and the fact whose lines in the calendar's text are to be quoted with it, if any.

    `value` is what the calendar says of the fact. `instead` is the part of the words that the lines replace, `beside`
    the part that they stand behind in brackets; without either they stand before the last sign. `unsaid` are the words
    when the text was read and has no such line.
    """

    words: str
    fact: str = ""
    value: Any = None
    instead: str = ""
    beside: str = ""
    unsaid: str = ""

    def told(self, charter: Charter, lines: Sequence[str] | None) -> str:
        """The sentence, quoting these lines of the calendar's text; None when there is no text that could be read."""
        if not self.fact or lines is None:
            return self.words
        quote = quoted(lines_saying(self.fact, self.value, lines, charter))
        if not quote:
            return self.unsaid or self.words
        if self.instead:
            before, _, after = self.words.rpartition(self.instead)
            return f"{before}{quote}{after}"
        if self.beside:
            before, _, after = self.words.rpartition(self.beside)
            return f"{before}{self.beside} ({quote}){after}"
        return in_brackets(self.words, quote)


def quoted(lines: Sequence[str]) -> str:
    """“Mate: Sam” and “Deckhand: Gene”: the first few; '' for none."""
    return listed([f"“{cut(line)}”" for line in lines[:MOST_QUOTED]])


def in_brackets(sentence: str, quote: str) -> str:
    """A sentence with what it comes from before its last sign, where there is anything to quote."""
    return f"{sentence[:-1]} ({quote}){sentence[-1]}" if quote else sentence


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


def lines_saying(fact: str, value: Any, lines: Sequence[str], charter: Charter) -> list[str]:
    """The lines that say this of the fact, as the reader of descriptions takes them; of several captains the last."""
    return _LINES[fact](value, lines, charter)


def lines_naming(names: Collection[str], lines: Sequence[str]) -> list[str]:
    """The lines that put these people aboard, each person's last one, in the order of the text."""
    return _naming(names, [mention for mentioned in mentions(lines) for mention in mentioned], lines)


def _naming(names: Collection[str], mentioned: Sequence[Mention], lines: Sequence[str]) -> list[str]:
    wanted = {plain_name(name) for name in names}
    last = {key: each.line for each in mentioned if (key := plain_name(each.name)) in wanted}
    return list(dict.fromkeys(lines[number] for number in sorted(last.values())))


def _captain(value: Any, lines: Sequence[str], charter: Charter) -> list[str]:
    """Of nobody: what the text says of a captain, else whom it names at all."""
    captains, crew = mentions(lines)
    if value:
        return _naming([value], captains, lines)
    of_a_captain = [line for line in lines if _CAPTAIN.search(line)][:1]
    return of_a_captain or _naming([each.name for each in crew], crew, lines)


def _crew(value: Any, lines: Sequence[str], charter: Charter) -> list[str]:
    return _naming([name for name, _ in value], mentions(lines)[1], lines)


def _guest_count(value: Any, lines: Sequence[str], charter: Charter) -> list[str]:
    return [line for line in lines if read_party_size(line).count == value][:1]


def _arrive_by(value: Any, lines: Sequence[str], charter: Charter) -> list[str]:
    start = datetime.fromisoformat(charter.calendar_facts["starts_at"]).astimezone(charter.zone)
    arrive_by = datetime.fromisoformat(value)
    clocks = ((line, read_times(line).arrive_by) for line in lines)
    return [line for line, clock in clocks if clock and resolve(clock, start) == arrive_by][:1]


_LINES: Mapping[str, Callable[[Any, Sequence[str], Charter], list[str]]] = {
    "captain": _captain,
    "crew": _crew,
    "guest_count": _guest_count,
    "arrive_by": _arrive_by,
}
