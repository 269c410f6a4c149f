"""A corrected crew, written into the description that a person typed.

`rewrite` changes recognised crew lines and nothing else (docs/operations.md, "Reading a calendar"). It goes one
name at a time: of the ways a person might write that change the first is taken that the reader understands as
meant and that leaves every other fact as it was. What no way fits is raised as `CannotRewrite`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from charters.calendars.crew_lines import (
    BETWEEN_NAMES,
    DASHED_ROLE,
    NO_CREW,
    REMARK,
    ROLE_WORD,
    CrewLabel,
    is_a_name,
    is_placeholder,
    item_end,
    nobody_yet,
    read_crew,
    same_name,
)
from charters.calendars.description import DESCRIPTION_LIMIT, CrewName, Description, Mention, mentions, read_description
from charters.calendars.html_text import TracedLine, traced_lines
from charters.calendars.written_lines import (
    emphasis,
    with_line_after,
    with_line_before,
    with_only_line,
    with_words,
    without_line,
)

LABELS = {"captain": "Captain:", "mate": "Mate:", "deckhand": "Deckhand:", "crew": "Crew:"}
CREW_LIMIT = 30
"""More names than these nobody writes; each costs some readings."""
EFFORT_LIMIT = 200_000
"""So many characters times names take some seconds to write."""
WAYS_LIMIT = 16
"""As many ways are tried to make one change."""

_BEHIND_NAME = re.compile(r"\.?\s?(?:\?|\((?:[^()]{0,200})\)|\[(?:[^\[\]]{0,200})\])")
_CONTACT = re.compile(
    r"[ ,:–-]{0,3}(?:\b(?:cell|ph(?:one)?|tel|mobile|call|text|@)\b[ .:]{0,2})?"
    r"(?:\+?\(?[0-9][0-9()\-. /]{6,18}[0-9]|[\w.+%-]{1,64}@[\w.-]{1,253}\w)",
    re.IGNORECASE,
)
_PARTED_BEFORE = re.compile(r"(?:\s?(?:\bw/|[;,/&+|])\s?|\s[-–—]\s|\s(?:and|with)\s)\Z", re.IGNORECASE)
_DOUBT_BEFORE = re.compile(r"\b(?:maybe|possibly|probably|perhaps|likely|tentatively) \Z", re.IGNORECASE)
_AS_ROLE = re.compile(rf" as {ROLE_WORD.pattern}", re.IGNORECASE)
_MARK = re.compile(r"[-•*·–—] ?")
_NOTHING_LEFT = " •*·-–—.,;:/&+|!()"


class CannotRewrite(Exception):  # noqa: N818  # it is shown to people in these words
    """The description cannot be changed safely by a program; says why, for the person who does it by hand."""


def rewrite(description: str, *, captain: str | None, crew: Sequence[tuple[str, str]]) -> str:
    """Give the description with its crew lines changed to name ``captain`` and ``crew``, (name, role) in order.

    What comes back is read by `read_description` as exactly these; where it already is, nothing is changed.
    Raises `CannotRewrite` when that cannot be had without touching what is not a crew line.
    """
    wanted = tuple(CrewName(name, role) for name, role in crew)
    said = read_description(description)
    if said.captain == captain and said.crew == wanted:
        return description
    _refuse_the_impossible(description, captain, wanted)
    reason = ""
    for way in (_name_by_name, _in_other_order, _crew_afresh):
        try:
            rewritten = way(description, captain, wanted)
        except CannotRewrite as stuck:
            reason = reason or str(stuck)
            continue
        now = read_description(rewritten)
        if now.captain == captain and now.crew == wanted and _rest(now) == _rest(said):
            return rewritten
    raise CannotRewrite(reason or "The crew lines cannot be put into this order by a program.")


def _refuse_the_impossible(description: str, captain: str | None, wanted: Sequence[CrewName]) -> None:
    if len(description) > DESCRIPTION_LIMIT or len(description) * len(wanted) > EFFORT_LIMIT:
        raise CannotRewrite("The description is too long to be corrected by a program.")
    names = [*([captain] if captain is not None else []), *(person.name for person in wanted)]
    for name in names:
        if not is_a_name(name):
            raise CannotRewrite(f"“{name[:80]}” would not be read as a name in the calendar.")
    for name, times in Counter(map(same_name, names)).items():
        if times > 1:
            raise CannotRewrite(f"“{name[:80]}” is named more than once.")
    for person in wanted:
        if person.role not in LABELS or person.role == "captain":
            raise CannotRewrite(f"“{person.role[:80]}” is no role that can be written into the calendar.")
    text = _Text(description)
    lines = [read_crew(line.text) for line in text.lines]
    counts = len(names), len(text.captains) + len(text.crew), sum(line is not NO_CREW for line in lines)
    if max(counts) > CREW_LIMIT:
        raise CannotRewrite("There are too many crew lines to be corrected by a program.")
    for said in lines:
        if said.questions and not said.labels and not said.named:
            raise CannotRewrite(f"{said.questions[0]}.")


def _rest(said: Description) -> tuple[object, ...]:
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


class _Text:
    """A description with its lines and the names in force."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = traced_lines(text)
        self.captains, self.crew = mentions(line.text for line in self.lines)
        self.said = read_description(text)

    def clause(self, mention: Mention) -> "_Clause":
        clauses = self.clauses(mention.line)
        return next((clause for clause in reversed(clauses) if clause.start <= mention.start), clauses[0])

    def clauses(self, number: int) -> "list[_Clause]":
        line = self.lines[number].text
        labels = read_crew(line).labels
        here = sorted((m for m in (*self.captains, *self.crew) if m.line == number), key=lambda mention: mention.start)
        edges = [*(label.start for label in labels), len(line)]
        if not labels:
            return [_Clause(number, line, None, 0, 0, len(line), here)]
        return [
            _Clause(number, line, label, label.start, label.end, end, [m for m in here if label.start <= m.start < end])
            for label, end in zip(labels, edges[1:], strict=True)
        ]

    def replaced(self, number: int, start: int, end: int, words: str) -> str | None:
        return with_words(self.text, self.lines, number, start, end, words)

    def without_line(self, number: int) -> str | None:
        return without_line(self.text, self.lines, number)


class _Clause(NamedTuple):
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
        rest = self.line[place:stop].strip(_NOTHING_LEFT)
        if rest and not rest[0].isdigit() and not ROLE_WORD.match(rest):
            raise CannotRewrite(f"“{self.line[:120]}” says more than who sails.")
        return place if rest and not ROLE_WORD.match(rest) else stop


def _behind(line: str, place: int, stop: int) -> int:
    while place < stop:
        found = (
            _BEHIND_NAME.match(line, place, stop)
            or _CONTACT.match(line, place, stop)
            or DASHED_ROLE.match(line, place)
            or _AS_ROLE.match(line, place, stop)
        )
        if not found or found.end() == place:
            break
        place = found.end()
    return place


Ways = Iterator[str | None]
Judge = Callable[[_Text], bool]


def _first_good(text: _Text, ways: Ways, good: Judge, *, else_say: str) -> _Text:
    for written in islice(ways, WAYS_LIMIT):
        if written is None or written == text.text:
            continue
        changed = _Text(written)
        if _rest(changed.said) == _rest(text.said) and good(changed):
            return changed
    raise CannotRewrite(else_say)


# The three ways of the whole.


def _name_by_name(description: str, captain: str | None, wanted: Sequence[CrewName]) -> str:
    before = _Text(description)
    text = _with_captain(before, captain)
    harmless = _harmless_repeats(before, wanted, captain)
    for _ in range(3 * CREW_LIMIT):
        wrong = [m for m in text.crew if CrewName(m.name, m.role) not in wanted and (m.name, m.role) not in harmless]
        missing = [person for person in wanted if person not in text.said.crew]
        if wrong:
            stands_in = next((person for person in missing if person.role == wrong[0].role), None)
            text = _with_stand_in(text, wrong[0], stands_in) if stands_in else _without(text, wrong[0])
        elif missing:
            text = _with_added(text, missing[0], wanted)
        else:
            return text.text
    raise CannotRewrite("The crew lines are too entangled to be corrected by a program.")


def _in_other_order(description: str, captain: str | None, wanted: Sequence[CrewName]) -> str:
    """The same duties filled by the same people, each name in the place of another."""
    text = _Text(_name_by_name(description, captain, wanted))
    if [m.role for m in text.crew] != [person.role for person in wanted]:
        raise CannotRewrite("")
    for place, person in enumerate(wanted):
        if text.crew[place].name != person.name:
            mention = text.crew[place]
            clause = text.clause(mention)
            bare = item_end(clause.line, mention.start, clause.end) == mention.end
            written = text.replaced(mention.line, mention.start, mention.end, person.name) if bare else None
            if written is None:
                raise CannotRewrite("")
            text = _Text(written)
            if len(text.crew) != len(wanted):
                raise CannotRewrite("")
    return text.text


def _crew_afresh(description: str, captain: str | None, wanted: Sequence[CrewName]) -> str:
    """All crew taken out and written again in order."""
    text = _Text(_name_by_name(description, captain, ()))
    for person in wanted:
        text = _with_added(text, person, wanted)
    return text.text


def _harmless_repeats(before: _Text, wanted: Iterable[CrewName], captain: str | None) -> set[tuple[str, str]]:
    """What the text says twice of somebody who stays: it was no trouble and is left."""
    stay = {same_name(person.name) for person in wanted if person in before.said.crew}
    if captain is not None and before.said.captain == captain:
        stay.add(same_name(captain))
    return {(m.name, m.role) for m in before.crew if same_name(m.name) in stay}


# The captain.


def _with_captain(text: _Text, captain: str | None) -> _Text:
    if text.said.captain == captain:
        return text
    if captain is None:
        while text.captains:
            text = _without(text, text.captains[-1])
        return text
    old = text.said.captain

    def good(changed: _Text) -> bool:
        before = _people(text.crew) - Counter([same_name(captain)])
        after = _people(changed.crew) - Counter([same_name(captain)])
        return changed.said.captain == captain and before == after

    if old is None:
        return _first_good(
            text, _ways_to_add_a_captain(text, captain), good, else_say="No place for the captain's name was found."
        )
    mention = text.captains[-1]
    text = _first_good(
        text,
        _ways_to_replace(text, mention, captain),
        good,
        else_say=f"“{text.lines[mention.line].text[:120]}” cannot be changed by a program.",
    )
    # Earlier captains that the text still names would contradict the new one.
    while len(text.captains) > 1:
        text = _without(text, text.captains[0])
    return text


def _ways_to_add_a_captain(text: _Text, captain: str) -> Ways:
    yield from _ways_to_fill(text, "captain", captain)
    numbers = _crew_lines(text)
    if not numbers:
        yield _at_the_beginning(text, "captain", captain)
    for number in numbers[:1]:
        yield with_line_before(text.text, text.lines, number, _new_line(text, number, "captain", captain))
    for number in reversed(numbers):
        yield with_line_after(text.text, text.lines, number, _new_line(text, number, "captain", captain))


# One of the crew, or the captain: taken out, replaced, added.


def _people(named: Iterable[Mention]) -> Counter[str]:
    return Counter(same_name(mention.name) for mention in named)


def _without(text: _Text, mention: Mention) -> _Text:
    key = same_name(mention.name)
    captain = mention.role == "captain"
    stay = [(m.name, m.role) for m in text.crew if m is not mention]
    captains = [m.name for m in text.captains if m is not mention]

    def good(changed: _Text) -> bool:
        return (
            [(m.name, m.role) for m in changed.crew] == stay
            and [m.name for m in changed.captains] == captains
            and (captain or changed.said.captain == text.said.captain)
        )

    clause = text.clause(mention)
    return _first_good(
        text,
        _ways_to_remove(text, clause, mention),
        good,
        else_say=f"“{clause.line[:120]}”: {mention.name if key else 'the name'} cannot be taken out by a program.",
    )


def _ways_to_remove(text: _Text, clause: _Clause, mention: Mention) -> Ways:
    number, line = clause.number, clause.line
    stop = clause.item_end(mention)
    place = clause.named.index(mention)
    between = BETWEEN_NAMES.match(line, stop)
    behind = between.end() if between else stop
    before = _PARTED_BEFORE.search(line[: mention.start])
    if len(clause.named) > 1:
        if place + 1 < len(clause.named):
            yield text.replaced(number, mention.start, behind, "")
            if place == 0:
                # "Capt. Gene, Sam": without Gene the label is no longer Sam's.
                yield text.replaced(number, clause.start, behind, "")
                yield text.replaced(number, clause.start, behind, LABELS[clause.named[1].role] + " ")
        elif before:
            yield text.replaced(number, before.start(), stop, "")
        yield text.replaced(number, clause.named[place - 1].end if place else mention.start, stop, "")
        return
    start = clause.start if clause.label else mention.start
    if not (line[:start] + line[stop:]).strip(_NOTHING_LEFT):
        without = text.without_line(number)
        if without is not None and number and not clause.label and not _listed(text, number + 1):
            heading = read_crew(text.lines[number - 1].text)
            if heading.open_role and len(heading.labels) == 1:
                # The last name below "Crew:" goes, and so does its heading.
                yield _Text(without).without_line(number - 1)
        yield without
    else:
        parted = _PARTED_BEFORE.search(line[:start])
        after = re.compile(r"[.;,/&+| ]*").match(line, stop)
        if parted:
            yield text.replaced(number, parted.start(), stop, "")
        if after:
            yield text.replaced(number, start, after.end(), "")
        yield text.replaced(number, start, stop, "")
    # "Updated crew: Gene" without Gene must go on replacing what stands above it.
    if clause.label:
        yield text.replaced(number, mention.start, stop, "TBD" if clause.label.role == "captain" else "none")


def _listed(text: _Text, number: int) -> bool:
    """Whether a line holds names below a heading."""
    return any(mention.line == number for mention in (*text.captains, *text.crew)) and not any(
        clause.label for clause in text.clauses(number)
    )


def _with_stand_in(text: _Text, mention: Mention, person: CrewName) -> _Text:
    people = _people(text.crew) - Counter([same_name(mention.name)]) + Counter([same_name(person.name)])

    def good(changed: _Text) -> bool:
        return (
            _people(changed.crew) == people
            and person in changed.said.crew
            and _stay(text, changed, mention.name)
            and changed.said.captain == text.said.captain
        )

    try:
        return _first_good(text, _ways_to_stand_in(text, mention, person.name), good, else_say="")
    except CannotRewrite:
        return _without(text, mention)


def _ways_to_stand_in(text: _Text, mention: Mention, name: str) -> Ways:
    """A remark in brackets was about the one who goes ("Sam (till 5)"), unless it says the duty."""
    clause = text.clause(mention)
    remark = REMARK.match(clause.line, mention.end, clause.end)
    if remark and not ROLE_WORD.search(remark[1]):
        yield text.replaced(mention.line, mention.start, remark.end(), name)
    yield from _ways_to_replace(text, mention, name)


def _stay(text: _Text, changed: _Text, but: str) -> bool:
    key = same_name(but)
    return all(person in changed.said.crew for person in text.said.crew if same_name(person.name) != key)


def _ways_to_replace(text: _Text, mention: Mention, name: str) -> Ways:
    """Only the name changes; doubts about the other person and the telephone number behind the name go with it."""
    clause = text.clause(mention)
    start, stop = mention.start, mention.end
    if doubt := _DOUBT_BEFORE.search(clause.line, clause.names_start, start):
        start = doubt.start()
    if clause.line[stop : stop + 2].strip()[:1] == "?":
        stop = clause.line.index("?", stop) + 1
    while stop < clause.end:
        remark = REMARK.match(clause.line, stop, clause.end)
        theirs = (remark if remark and _CONTACT.search(remark[1]) else None) or _CONTACT.match(
            clause.line, stop, clause.end
        )
        if not theirs:
            break
        stop = theirs.end()
    yield text.replaced(mention.line, start, stop, name)
    yield text.replaced(mention.line, mention.start, mention.end, name)


def _with_added(text: _Text, person: CrewName, wanted: Sequence[CrewName]) -> _Text:
    people = _people(text.crew) + Counter([same_name(person.name)])
    order = [same_name(other.name) for other in wanted]

    def good(changed: _Text) -> bool:
        return (
            _people(changed.crew) == people
            and person in changed.said.crew
            and _stay(text, changed, "")
            and changed.said.captain == text.said.captain
        )

    def in_order(changed: _Text) -> bool:
        places = [order.index(key) for key in map(same_name, (p.name for p in changed.said.crew)) if key in order]
        return good(changed) and places == sorted(places)

    for judge in (in_order, good):
        try:
            return _first_good(text, _ways_to_add(text, person, wanted), judge, else_say="")
        except CannotRewrite:
            continue
    raise CannotRewrite(f"No place for {person.name} ({person.role}) was found in the crew lines.")


def _ways_to_add(text: _Text, person: CrewName, wanted: Sequence[CrewName]) -> Ways:
    yield from _ways_to_fill(text, person.role, person.name)
    at = wanted.index(person)
    places = {same_name(mention.name): mention for mention in reversed(text.crew)}
    known = [places[key] for key in map(same_name, (p.name for p in reversed(wanted[:at]))) if key in places]
    later = [places[key] for key in map(same_name, (p.name for p in wanted[at + 1 :])) if key in places]
    for mention in [mention for mention in known if mention.role == person.role][:1]:
        yield from _ways_to_follow(text, mention, person)
    for mention in [mention for mention in later if mention.role == person.role][:1]:
        yield text.replaced(mention.line, mention.start, mention.start, f"{person.name}, ")
    for mention in known[:1]:
        line = _new_line(text, mention.line, person.role, person.name)
        yield with_line_after(text.text, text.lines, mention.line, line)
    for mention in later[:1]:
        line = _new_line(text, mention.line, person.role, person.name)
        yield with_line_before(text.text, text.lines, mention.line, line)
    numbers = _crew_lines(text)
    for number in reversed(numbers):
        yield with_line_after(text.text, text.lines, number, _new_line(text, number, person.role, person.name))
    if not numbers:
        yield _at_the_beginning(text, person.role, person.name)


def _ways_to_follow(text: _Text, mention: Mention, person: CrewName) -> Ways:
    clause = text.clause(mention)
    if clause.label is None and len(clause.named) == 1 and text.clauses(mention.line)[0].label is None:
        # A name alone on its line, below "Crew:": the next one gets a line as well.
        mark = _MARK.match(clause.line)
        bullet = mark[0] if mark else ""
        yield with_line_after(text.text, text.lines, mention.line, bullet + person.name)
    try:
        stop = clause.item_end(mention)
    except CannotRewrite:
        stop = item_end(clause.line, mention.start, clause.end)
    stop = mention.start + len(clause.line[mention.start : stop].rstrip(" .!"))
    stop = max(stop, mention.end)
    place = clause.named.index(mention)
    between = BETWEEN_NAMES.search(clause.line, clause.named[place - 1].end, mention.start) if place else None
    parted = between[0] if between else ", "
    yield text.replaced(mention.line, stop, stop, f"{parted}{person.name}")
    yield text.replaced(mention.line, stop, stop, f", {person.name}")
    yield text.replaced(mention.line, stop, stop, f"{parted}{person.name} ({person.role})")


def _ways_to_fill(text: _Text, role: str, name: str) -> Ways:
    """In the place of "TBD", of nothing behind a label, or of a line that says there is nobody yet."""
    for number in range(len(text.lines) - 1, -1, -1):
        line = text.lines[number].text
        if nobody_yet(line) == role:
            yield text.replaced(number, 0, len(line), f"{LABELS[role]} {name}")
        for clause in text.clauses(number):
            if clause.label is None or clause.label.role != role or clause.named:
                continue
            stop = item_end(line, clause.names_start, clause.end)
            if is_placeholder(line[clause.names_start : stop]):
                apart = "" if line[clause.names_start - 1] == " " else " "
                yield text.replaced(number, clause.names_start, stop, apart + name)


def _crew_lines(text: _Text) -> list[int]:
    named = {mention.line for mention in (*text.captains, *text.crew)}
    return [number for number, line in enumerate(text.lines) if number in named or read_crew(line.text).understood]


def _new_line(text: _Text, beside: int, role: str, name: str) -> str:
    """A new crew line that looks like the one beside it: with its bullet, its label as bold as that one's."""
    line = text.lines[beside]
    label = next(iter(read_crew(line.text).labels), None)
    bullet, tags = "", ("", "")
    if label:
        mark = _MARK.fullmatch(line.text[: label.start])
        bullet = mark[0] if mark else ""
        tags = _label_emphasis(text.text, line, label)
    return f"{bullet}{tags[0]}{LABELS[role]}{tags[1]} {name}"


def _label_emphasis(text: str, line: TracedLine, label: CrewLabel) -> tuple[str, str]:
    return emphasis(text, line, label.start, label.start + len(line.text[label.start : label.end].rstrip()))


def _at_the_beginning(text: _Text, role: str, name: str) -> str | None:
    words = f"{LABELS[role]} {name}"
    if text.lines:
        return with_line_before(text.text, text.lines, 0, words)
    return with_only_line(text.text, words)
