"""Whether words of a mail are somebody's name, and where a mail's sentences name the guest.

A guest is greeted by it, so no name is better than a wrong one (then the calendar's stays): a name is told by its
shape, capitalised words, and holds none of the words that these mails are made of.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from charters.bookings.ordinary_words import BORNE_TOO, NAMES_WITH_A_LABEL, ORDINARY

_PARTICLES = frozenset(
    str.split("de la las los del della van von der den ter da das do dos du di y e bin ibn binti bint al el ben")
)
_INITIALS = r"(?:[^\W\d_a-z]\.-?){1,4}"
_SHORT = r"(?:Jr|Sr|Dr|Mr|Mrs|Ms|Mx|St|Ste|Prof|Rev)\."
_WORD = rf"(?:{_INITIALS}|{_SHORT}|(?:[dl]['’]|(?:al|el)-)?[^\W\d_a-z][\w'’‘ʼ-]*)"
_ONE_NAME = rf"{_WORD}(?: (?:(?:{'|'.join(sorted(_PARTICLES))})\b|{_WORD})){{0,5}}"
# Capitalised words, of one person or of two; `read_name` judges what is found.
_NAME = rf"{_ONE_NAME}(?: (?:and|&|\+) {_ONE_NAME})?"

_MOST_WORDS = 8
_JOINTS = frozenset(["and", "&", "+"])
_LETTER = r"[^\W\d_]"
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"  # scripts without capitals have letters that are no small ones
_SHAPE = re.compile(
    rf"{_INITIALS}|{_SHORT}|[2-9](?:nd|rd|th)"
    # “Reyes”, “O'Brien”, “Anne-Marie”, “d'Angelo”, “REYES”, “Kid0”
    rf"|(?:[dl]['’]|(?:al|el)-)?{_CAPITAL}(?:{_LETTER}|['’‘ʼ-](?={_LETTER})){{0,39}}(?:(?<=[a-z])\d{{1,3}})?"
)
_AROUND = " .:'\"“”!?*"
_KEEPS_ITS_DOT = re.compile(rf"(?<![^\W_])(?:{_LETTER}|Jr|Sr)\.$")

# “Your guest Chris Okafor has booked”: what stands in front of the name is not of it.
_IN_FRONT = frozenset(
    str.split("your the our a guest renter customer client traveler traveller charterer congratulations")
)
_PLACES = re.compile(
    r"\b(?:san diego|mission (?:bay|beach)|shelter island|point loma|coronado|la jolla|harbor|california|long beach"
    r"|rady shell|queen of|marina del)\b",
    re.IGNORECASE,
)
_CONTRACTED = re.compile(r"['’‘ʼ](?:re|ve|ll|d|m|t|s)$", re.IGNORECASE)
_CUT = re.compile(r"[,(<\t|]| - | – | — ")

_BEHIND = r"(?= (?:on|for|has|have|was|is|at|aboard)\b|[,.!–-]| [–-]|$)"
_SENTENCES = (
    # “New booking from Robin Castillo”; a trip is from a place.
    re.compile(rf"(?:[Bb]ooking|[Rr]eservation|[Rr]ental) (?:from|by|with|for|of) (?P<name>{_NAME}){_BEHIND}"),
    re.compile(rf"(?:[Cc]harter|[Tt]rip|[Ee]xperience|[Oo]ffer) (?:by|with|for|of) (?P<name>{_NAME}){_BEHIND}"),
    # “Taylor Brooks has booked your boat”
    re.compile(
        rf"(?<![\w'’-])(?P<name>{_NAME}) (?P<has>(?:has |have )?(?:just )?)"
        r"(?P<verb>booked|accepted|paid|reserved|cancell?ed|rescheduled|confirmed|changed)\b(?! by\b)"
        r"(?: (?:(?:your|the) (?:boat|yacht|vessel)|a (?:trip|charter) (?:on|aboard)"
        r"|your (?:offer|booking) (?:for|on)))?"
        r"(?: [“\"']?(?P<vessel>[A-Z][\w'’ -]{1,60}?)[”\"']?(?= (?:for|on|from)\b|[,.]))?"
    ),
)
_AN_OBJECT = re.compile(r" (?:your|the|a|an|this|that|their|his|her|our|and)\b")
_IN_SUBJECT = re.compile(
    r"\b(?i:confirmed|approved|booked|booking|reservation|cancell?ed|changed|updated)!?\s?[:–-]\s?"
    rf"(?P<name>{_NAME})(?= (?:on|for|at)\b|\s?[,(–-]|$)"
)


def read_name(written: str) -> str:
    """The name that stands in what follows “Renter:”, as it is written there; '' when it is none.

    Two persons joined by “and” or “&” are one name; what follows a comma, a bracket or a dash is left out.
    """
    written = " ".join(unicodedata.normalize("NFC", _CUT.split(written, maxsplit=1)[0]).split())
    written = written.strip(_AROUND) + ("." if _KEEPS_ITS_DOT.search(written.rstrip(" :'\"“”!?*")) else "")
    words = written.split()
    if not 1 <= len(words) <= _MOST_WORDS or len(written) > 80 or _PLACES.search(written):
        return ""
    return written if _is_of_names(words) and not _all_ordinary(words) else ""


class Named(NamedTuple):
    """The guest as a sentence names them, and the boat if it does that too; '' for what it leaves open."""

    name: str = ""
    vessel_words: str = ""


def name_in_sentences(lines: Iterable[str], *, subject: str, code: str, vessel_words: str) -> Named:
    """The guest whom the mail's sentences name, else its subject.

    The mail's code and boat stand where a name may stand; neither is taken for one.
    """
    taken = _Taken(set(_bare(code)), set(_bare(vessel_words)))
    for line in lines:
        for match in _told(line):
            name = _without_front(match["name"])
            if _stands_for_a_guest(name, match) and not taken.by(name):
                return Named(name, match.groupdict().get("vessel") or "")
    in_subject = _IN_SUBJECT.search(subject)
    name = read_name(in_subject["name"]) if in_subject else ""
    # “Booking confirmed: XHQGMDH” names a code.
    if name.isupper() or name.casefold() in NAMES_WITH_A_LABEL or taken.by(name):
        return Named()
    return Named(name)


class _Taken(NamedTuple):
    code: set[str]
    boat: set[str]

    def by(self, name: str) -> bool:
        words = set(_bare(name))
        return bool(words & self.code) or words <= self.boat


def _told(line: str) -> Iterator[re.Match[str]]:
    line = unicodedata.normalize("NFC", line)
    for pattern in _SENTENCES:
        yield from pattern.finditer(line)


def _without_front(found: str) -> str:
    words = found.split()
    while words and words[0].casefold() in _IN_FRONT:
        words.pop(0)
    return read_name(" ".join(words))


def _stands_for_a_guest(name: str, match: re.Match[str]) -> bool:
    """A single word in a sentence must do more to be believed than one behind “Renter:”."""
    if not name or " " in name:
        return bool(name)
    if name.casefold() in NAMES_WITH_A_LABEL or name.isupper():
        return False  # “a trip for June”, “reservation NAMEBBB confirmed”
    said = match.groupdict()
    # “Weather changed”
    return not said.get("verb") or bool(said["has"] or _AN_OBJECT.match(match.string, match.end("verb")))


def _is_of_names(words: Sequence[str]) -> bool:
    people: list[list[str]] = [[]]
    for word in words:
        if word.casefold() in _JOINTS:
            people.append([])
        else:
            people[-1].append(word)
    return len(people) <= 2 and all(map(_is_one_person, people))


def _is_one_person(words: Sequence[str]) -> bool:
    told = [word for word in words if word not in _PARTICLES]
    if not told or words[-1] in _PARTICLES or told[0][0].isdigit():
        return False
    return all(_SHAPE.fullmatch(_composed(word)) and not _is_ordinary(word) for word in told)


def _composed(word: str) -> str:
    """Without the marks for which no composed letter exists, as in Devanagari and Thai."""
    return word if word.isascii() else "".join(sign for sign in word if unicodedata.category(sign)[0] != "M")


def _is_ordinary(word: str) -> bool:
    plain = word.casefold().rstrip(".")
    return plain in ORDINARY or bool(_CONTRACTED.search(plain)) or any(part in ORDINARY for part in plain.split("-"))


def _all_ordinary(words: Sequence[str]) -> bool:
    return all(word.casefold().rstrip(".") in BORNE_TOO | _JOINTS | _PARTICLES for word in words)


def _bare(words: str) -> list[str]:
    return re.findall(r"[^\W_]+", words.casefold())
