"""Each line of a description read by itself, and what a label says of the line below it.

Pasted booking mails put a label and its value on two lines ("Guests", "6"); replies quote what somebody else
wrote before ("> Captain: Darrell").
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from charters.calendars.text.clock_times import NO_TIMES, TimesOfLine, read_times
from charters.calendars.text.contact_lines import NO_CONTACT, ContactLine, read_contact
from charters.calendars.text.crew_lines import CrewLine, read_crew, read_simple_crew
from charters.calendars.text.party_size import NO_PARTY_SIZE, PartySize, mentions_minors, read_party_size

_VESSEL = re.compile(
    r"(?<![\w'’-])(?:(?:vessel|boat|yacht)(?: ?[:=] ?| [-–—] (?=(?-i:[A-Z])))(?!tb[cda]\b)"
    r"([^\W\d_][\w'’-]*(?: [\w'’-]+){0,3})"
    r"|aboard the ((?-i:[A-Z])[\w'’-]*(?: (?:of )?(?-i:[A-Z])[\w'’-]*){0,3}))",
    re.IGNORECASE,
)
_VESSEL_HINT = re.compile(r"boat|yacht|vessel|aboard")
# A label that stands alone, and what its value on the next line may look like.
_PARTY_LABEL = r"(?:guests?|number of guests|(?:party|group) size|passengers|head ?count)"
_CODE_LABEL = r"(?:confirmation|conf\.?|booking|reservation) ?(?:code|number|id|reference|no\.?|#)?"
_TIME_LABEL = r"(?:arriv(?:e|al)(?: by| time)?|boarding(?: time)?|check-?in(?: time)?)"
_ALONE = re.compile(
    rf"(?:(?P<party>{_PARTY_LABEL})|(?P<adults>adults?:? ?\d{{1,3}})|(?P<code>{_CODE_LABEL})|(?P<time>{_TIME_LABEL}))"
    r"[:#]?",
    re.IGNORECASE,
)
_VALUES = {
    "party": re.compile(r"\d{1,3}"),
    "adults": re.compile(r"(?:child(?:ren)?|kids?|minors?|infants?)\b.{0,12}", re.IGNORECASE),
    "code": re.compile(r"#?(?=[A-Z-]*\d|[A-Z]{6})[A-Z0-9][A-Z0-9-]{4,23}"),
    "time": re.compile(r"\d.{0,12}"),
}
_LETTER_OR_FIGURE = re.compile(r"[^\W_]")
_LONGEST_LABEL = 24
_CACHED_LINE = 200  # longer lines are rare and never the same twice


class ReadLine(NamedTuple):
    """What one line says; ``read`` tells that something was made of it, ``stands_alone`` which label it is all of."""

    text: str
    crew: CrewLine
    party: PartySize
    times: TimesOfLine
    contact: ContactLine
    minors: bool
    vessel_words: tuple[str, ...]
    read: bool
    stands_alone: str

    @property
    def quoted(self) -> bool:
        """Whether it is quoted from an earlier message."""
        return self.text[0] == ">"


def read_lines(texts: Iterable[str]) -> list[ReadLine]:
    """Read the lines of `description_lines`, in order."""
    lines = [_read_line(text) if len(text) <= _CACHED_LINE else _read_line.__wrapped__(text) for text in texts]
    for number, line in enumerate(lines[:-1]):
        if line.stands_alone:
            value = lines[number + 1]
            if _VALUES[line.stands_alone].fullmatch(value.text):
                lines[number : number + 2] = _read_together(line, value)
    return lines


def _read_together(label: ReadLine, value: ReadLine) -> tuple[ReadLine, ReadLine]:
    between = ", " if label.stands_alone == "adults" else ": "
    both = _read_line(label.text.rstrip(":# ") + between + value.text)
    if not both.read:
        return label, value
    joined = value._replace(party=both.party, times=both.times, contact=both.contact, minors=both.minors, read=True)
    return label._replace(party=NO_PARTY_SIZE, read=True), joined


@lru_cache(maxsize=8192)
def _read_line(line: str) -> ReadLine:
    if (simple := read_simple_crew(line)) and not mentions_minors(line):
        # A duty, a colon and one name: nothing else can be said in such a line.
        return ReadLine(line, simple, NO_PARTY_SIZE, NO_TIMES, NO_CONTACT, False, (), True, "")
    crew, party = read_crew(line), read_party_size(line)
    times, contact = read_times(line), read_contact(line)
    minors = mentions_minors(line)
    vessel_words: tuple[str, ...] = ()
    if _VESSEL_HINT.search(line.lower()):
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
        or not _LETTER_OR_FIGURE.search(line)
    )
    alone = _ALONE.fullmatch(line) if len(line) <= _LONGEST_LABEL else None
    return ReadLine(
        line, crew, party, times, contact, minors, vessel_words, read, (alone.lastgroup or "") if alone else ""
    )
