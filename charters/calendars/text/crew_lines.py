"""Who sails a charter, as written: "Captain: Gene", "Capt. Gene / mate Sam", "Updated crew: Gene".

Whether a name belongs to a member of the crew is not known here: names come back as written.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from charters.calendars.text.crew_labels import CrewLabel, labels_of
from charters.calendars.text.crew_words import NEVER_NAMES, ROLE_WORD, SOMETHING_ELSE, names_a_duty, role_of
from charters.calendars.text.name_lists import (
    NamedForDuty,
    is_placeholder,
    leading_name,
    names_behind_a_label,
    read_names_with_roles,
    without_pictures,
)
from charters.calendars.text.quoting import quote

_SIMPLE = re.compile(
    r"(?P<role>Captain|Capt|Skipper|Mate|First mate|Deckhands?|Crew): (?P<name>[A-Z][a-z]+(?: [A-Z][a-z]+)?)"
)
_PLUS_CREW = re.compile(r" ?(?:\+|w/|with\b|plus\b)", re.IGNORECASE)
_ABSENT = frozenset(["out", "off", "sick", "unavailable", "cancelled", "canceled", "backup", "standby"])
_DOUBTFUL = frozenset(["maybe", "possibly", "probably", "tentative", "tentatively", "pending", "unconfirmed", "if"])


class CrewLine(NamedTuple):
    """What one line says of the crew.

    ``labels`` are in the line's order; a label's names stand between it and the next, or the line's end.
    ``replaces`` holds the roles whose earlier lines it puts out of force ("Updated crew:": all but the
    captain's). ``open_role`` is set by a label with nothing behind it, whose names stand on the next lines.
    ``understood`` is also true of "Mate: TBD" and "no mate yet", which name nobody.
    """

    named: tuple[NamedForDuty, ...] = ()
    labels: tuple[CrewLabel, ...] = ()
    replaces: tuple[str, ...] = ()
    open_role: str = ""
    understood: bool = False
    questions: tuple[str, ...] = ()


NO_CREW = CrewLine()


def read_crew(line: str) -> CrewLine:
    """Read captain, mate, deckhands and crew from one line of a description, as far as it names them."""
    if not names_a_duty(line):
        return NO_CREW
    if (simple := read_simple_crew(line)) is not None:
        return simple
    plain = without_pictures(line)
    labels = labels_of(plain)
    if labels.joint:
        return CrewLine(questions=(f"{quote(line)} does not say who has which duty",))
    if not labels.found:
        named = read_names_with_roles(plain)
        return CrewLine(named=named, understood=bool(named) or labels.nobody)
    reading = _Reading(line)
    ends = [*(label.start for label in labels.found[1:]), len(line)]
    for label, end in zip(labels.found, ends, strict=True):
        if label.role:
            reading.take(label, plain[label.end : end], last=end == len(line))
    return CrewLine(
        tuple(reading.named),
        labels.found,
        tuple(reading.replaces),
        reading.open_role,
        labels.nobody or reading.understood,
        tuple(reading.questions),
    )


def read_simple_crew(line: str) -> CrewLine | None:
    """What the long way would make of "Captain: Gene", in a fifth of its time: most crew lines are such."""
    simple = _SIMPLE.fullmatch(line)
    if not simple or not NEVER_NAMES.isdisjoint(simple["name"].casefold().split()):
        return None
    role, start, end = role_of(simple["role"]), *simple.span("name")
    label = CrewLabel(role, 0, start, signed=True, first_only=role != "crew" and simple["role"][-1] not in "sS")
    return CrewLine((NamedForDuty(simple["name"], role, start, end),), (label,), understood=True)


class _Reading:
    """The names of one line, gathered label by label."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.named: list[NamedForDuty] = []
        self.replaces: list[str] = []
        self.questions: list[str] = []
        self.open_role = ""
        self.understood = False
        self.within_crew_list = False

    def take(self, label: CrewLabel, text: str, *, last: bool) -> None:
        """Read the names behind one label."""
        role = label.role
        self.replaces += label.replaces
        # "Crew: mate Marcus, Joe": within a crew list a single role is one person's alone.
        alone = role == "captain" or (label.first_only and self.within_crew_list)
        names = list(self._names(text, label.end, signed=label.signed))
        captains = 0
        for place, named in enumerate(names):
            duty = named.role or (role if place == 0 or not (alone or label.with_crew) else "crew")
            captains += duty == "captain" or (role == "captain" and not named.role)
            self.named.append(named if named.role else named._replace(role=duty))
        plus_crew = len(names) > 1 and _PLUS_CREW.match(self.line, names[0].end)
        if role == "captain" and captains > 1 and not (self.within_crew_list or label.with_crew or plus_crew):
            self.questions.append(f"{quote(self.line)} names more than one captain; the first is taken")
        if label.signed and last and not names and not text.strip(" .-–—"):
            self.open_role = role
        self.understood = self.understood or label.signed or bool(names) or is_placeholder(text)
        self.within_crew_list = self.within_crew_list or role == "crew"

    def _names(self, text: str, offset: int, *, signed: bool) -> Iterator[NamedForDuty]:
        for item in names_behind_a_label(text, offset):
            if not item.text:
                if item.undecided:
                    self.questions.append(f"{quote(self.line)} does not decide who sails")
                continue
            words = item.text.split()
            name, rest = leading_name(words)
            if not name:
                first = words[0].strip(".,:;!?").casefold()
                # "Captain: Gene, 12 guests, arrive 1:45": the line has gone on to something else.
                if first[:1].isdigit() or first in SOMETHING_ELSE:
                    return
                if any(map(str.isalpha, first)) and first not in NEVER_NAMES:
                    self.questions.append(f"{quote(self.line)} does not say plainly who sails")
                continue
            role = item.role or _role_behind(rest)
            if rest and not role and not signed and not _is_remark(rest[0]):
                # "Captain Morgan rum": without a colon only a plain name is believed.
                self.questions.append(f"{quote(self.line)} may name one of the crew")
                return
            if rest and not role and len(rest) > 1 and name[0].islower():
                self.questions.append(f"{quote(self.line)} does not say plainly who sails")
                continue
            first_behind = rest[0].strip(".,!?").casefold() if rest else ""
            if first_behind in _ABSENT and len(rest) == 1:
                continue
            if item.doubtful or first_behind in _DOUBTFUL:
                self.questions.append(f"{quote(self.line)} is not sure of {name}")
            if first_behind == "then":
                self.questions.append(f"{quote(self.line)} names somebody else for later; {name} is taken")
            yield item.named(name, role)


def _role_behind(rest: list[str]) -> str:
    said = rest[1:] if rest[:1] == ["as"] else rest  # "Gene as captain"
    return role_of(said[0].strip(".")) if said and ROLE_WORD.fullmatch(said[0].strip(".")) else ""


def _is_remark(word: str) -> bool:
    bare = word.strip(".,:;!?").casefold()
    return bare in NEVER_NAMES or bare.endswith(("ing", "ed")) or not bare.isalpha()
