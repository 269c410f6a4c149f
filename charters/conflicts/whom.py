"""Whom an event that takes up people is about: “Darrell unavailable”, “Crew training – Gene and Sarah”."""

import re
from collections.abc import Iterable, Iterator, Sequence

from charters.calendars.reading import Directory
from charters.calendars.text.crew_words import NEVER_NAMES, ROLE_WORD
from charters.conflicts.neighbours import Neighbour, Person
from charters.conflicts.quotes import title
from charters.models.people import plain_name

LONGEST_NAME = 4  # words
MOST_WORDS = 40
# What says that somebody is away; what stands before it is the name, else what stands behind it ("Vacation: Gene").
_AWAY = re.compile(
    r"\b(?:un(?:avail\w*|able)|not\s+(?:available|here|working|in)|no\s+show|on\s+(?:a\s+)?(?:vacation|leave|pto|holiday)"
    r"|out|off|away|sick|ill|vacation|holiday|leave|n/a|na|busy|gone|travell?ing|ooo|pto|call(?:s|ed)?|day\s+off"
    r"|block(?:ed)?|closed|black\s?out)\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s+(?:and|y)\s+|\s*[&+,/;]\s*", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){0,3}")
_NO_PERSON = NEVER_NAMES | {"boat", "vessel", "yacht", "office", "dock", "marina", "sailing", "sailings", "charters"}
_ALL = re.compile(r"\ball[\s-]+(?:crew|hands|staff)\b|\b(?:whole|entire|full)\s+crew\b|\beveryone\b", re.IGNORECASE)


def away(event: Neighbour, directory: Directory) -> dict[Person, str]:
    """{who: name as written} of an absence's title; names that are no crew member's are among them."""
    before, _, after = _split(event.title)
    for part in (before, after):
        if found := dict(_members_in(part, directory)) or dict(_strangers_in(part)):
            return found
    return {}


def called(event: Neighbour, lines: Sequence[str], directory: Directory) -> dict[Person, str]:
    """{who: name as written} of the crew members whom a crew event names, in its title or these lines of its text."""
    texts = [event.title, *lines]
    return {person: name for text in texts for person, name in _members_in(text, directory)}


def calls_everyone(event: Neighbour, lines: Sequence[str]) -> bool:
    """Whether a crew event is for all hands, in so many words."""
    return any(_ALL.search(text) for text in (event.title, *lines))


def questions(event: Neighbour, directory: Directory) -> list[str]:
    """What to ask about names in front of an absence that lead to no crew member, quoting the title."""
    before, _, _ = _split(event.title)
    if any(_members_in(before, directory)):
        return []
    asked = (directory.question(name, title(event.title)) for _, name in _strangers_in(before))
    return [question for question in asked if question]


def _split(title: str) -> tuple[str, str, str]:
    found = _AWAY.search(title)
    return (title[: found.start()], found[0], title[found.end() :]) if found else (title, "", "")


def _members_in(text: str, directory: Directory) -> Iterator[tuple[Person, str]]:
    """The longest names first, each word once."""
    words = [_bare(word) for word in re.split(r"[\s,;:/&+()“”\"–—]+", text)][:MOST_WORDS]
    first = 0
    while first < len(words):
        for last in range(min(first + LONGEST_NAME, len(words)), first, -1):
            name = " ".join(words[first:last])
            member = directory.member(name) if name else None
            if member is not None:
                yield member, name
                first = last - 1
                break
        first += 1


def _strangers_in(text: str) -> Iterator[tuple[Person, str]]:
    for part in _BETWEEN.split(ROLE_WORD.sub(" ", text)):
        name = " ".join(_names_of(part))
        if _NAME.fullmatch(name):
            yield plain_name(name), name


def _names_of(part: str) -> Iterable[str]:
    words = (_bare(word) for word in part.split())
    return (word for word in words if word and plain_name(word) not in _NO_PERSON)


def _bare(word: str) -> str:
    return word.removesuffix("'s").removesuffix("’s").strip(" .,:;!?-–—'’()[]“”\"")
