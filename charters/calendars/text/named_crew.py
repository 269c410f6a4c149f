"""Who sails according to a whole description: its crew lines put together, the later over the earlier."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from charters.calendars.text.crew_lines import NO_CREW
from charters.calendars.text.name_lists import NamedForDuty, read_bare_names, read_names_with_numbers, same_name
from charters.calendars.text.quoting import quote
from charters.calendars.text.read_lines import ReadLine, read_lines

_BEFORE_A_NUMBER = re.compile(
    r"[-–•* ]*(?:(?:call|text|call/text) )?(?P<name>[^\W\d_][^\d@(+:,;/|]{0,60}?)(?:['’]s)?"
    r"(?: ?\(?(?:cell|phone|ph|tel|mobile|number)\b\.?\)?)? ?[:–-]? ?\+?\(?\d",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(?:sick|out|off|removed?|instead|swap(?:s|ped)?|replac(?:e|es|ed|ing)|cover(?:s|ing)?|switch(?:ed)?"
    r"|cancel(?:s|led|ed)?|not coming|no longer|can(?:not|['’]?t)|won['’]?t|unavailable|added|dropped)\b"
)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class CrewName:
    """One of the crew as written, never the captain; ``role`` is mate, deckhand or crew."""

    name: str
    role: str


class Mention(NamedTuple):
    """A name in force: the line it stands on, counted from 0, and its place in that line.

    ``role`` is the one it has in the whole: of several captains on one line only the first is one.
    """

    name: str
    role: str
    line: int
    start: int
    end: int


@dataclass(slots=True)
class NamedCrew:
    """The captains and the crew in force; ``listed`` are the lines that are names below a heading, and nothing else."""

    captains: list[Mention]
    crew: list[Mention]
    listed: set[int]

    @property
    def captain(self) -> str | None:
        """The captain: the last one named."""
        return self.captains[-1].name if self.captains else None

    def without_repeats(self) -> tuple[CrewName, ...]:
        """Each of the crew once, in order of first mention and in the most telling role; never the captain."""
        at_the_helm = same_name(self.captains[-1].name) if self.captains else None
        known: dict[str, CrewName] = {}
        for name, role, *_ in self.crew:
            key = same_name(name)
            if key == at_the_helm:
                continue
            before = known.get(key)
            if before is None or (before.role == "crew" and role != "crew"):
                known[key] = CrewName(before.name if before else name, role)
        return tuple(known.values())

    def by_name(self) -> dict[str, str]:
        """Each name as written, by `same_name` of the whole and of its first word."""
        names: dict[str, str] = {}
        for each in (*self.captains, *self.crew):
            whole = same_name(each.name)
            names.setdefault(whole, each.name)
            names.setdefault(whole.split()[0], each.name)
        return names


def one_reached(line: ReadLine, names: Mapping[str, str]) -> str | None:
    """Who of the crew it is whose number a line gives: "Gene 619-555-0190" below "Captain: Gene"."""
    if line.crew is not NO_CREW or not (before := _BEFORE_A_NUMBER.match(line.text)):
        return None
    return names.get(same_name(before["name"]))


def change_told(text: str, names: Mapping[str, str]) -> str | None:
    """A question about a sentence that moves one of the crew: "Sam is sick", "Angelia out, Gene in"."""
    if not names or not _CHANGE.search(text.lower()):
        return None
    if any(word in names for word in _WORD.findall(same_name(text))):
        return f"{quote(text)} may change who sails; it was not followed"
    return None


def mentions(texts: Iterable[str]) -> tuple[list[Mention], list[Mention]]:
    """The captains and the crew that the lines of a description name, as `read_description` takes them."""
    named = named_crew(read_lines(texts))
    return named.captains, named.crew


def named_crew(lines: Sequence[ReadLine]) -> NamedCrew:
    """Put the crew lines of a description together."""
    captains: list[Mention] = []
    crew: list[Mention] = []
    listed: set[int] = set()
    open_role = ""
    for number, line in enumerate(lines):
        found = line.crew
        if not found.labels and open_role and (names := _names_in_a_list(lines, number, open_role, listed)):
            # The names of "Crew:" stand below it, as Google's editor lists them.
            named: tuple[NamedForDuty, ...] = names
            listed.add(number)
        elif found is NO_CREW:
            open_role = ""
            continue
        else:
            open_role, named = found.open_role, found.named
            if found.replaces:
                captains = [mention for mention in captains if mention.role not in found.replaces]
                crew = [mention for mention in crew if mention.role not in found.replaces]
        captain_on_this_line = False
        for name, role, start, end in named:
            if role != "captain":
                crew.append(Mention(name, role, number, start, end))
            elif captain_on_this_line:
                crew.append(Mention(name, "crew", number, start, end))
            else:
                captain_on_this_line = True
                captains.append(Mention(name, role, number, start, end))
    if any(line.quoted for line in lines):
        captains, crew = _in_force(captains, lines), _in_force(crew, lines)
    return NamedCrew(captains, crew, listed)


def _names_in_a_list(
    lines: Sequence[ReadLine], number: int, role: str, listed: set[int]
) -> tuple[NamedForDuty, ...] | None:
    line = lines[number]
    if line.crew.named:
        return line.crew.named
    if not line.read:
        return read_bare_names(line.text, role)
    if not line.contact.understood:
        return None
    # One name with a number below an empty "Captain:" is the guest's; several are the crew's own numbers.
    names = read_names_with_numbers(line.text, role)
    above = number - 1 in listed and lines[number - 1].contact.understood
    below = number + 1 < len(lines) and read_names_with_numbers(lines[number + 1].text, role)
    return names if names and (above or below) else None


def _in_force(named: list[Mention], lines: Sequence[ReadLine]) -> list[Mention]:
    """What a reply quotes is in force only where the reply itself says nothing."""
    own = [mention for mention in named if not lines[mention.line].quoted]
    return own or named
