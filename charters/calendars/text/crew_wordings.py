"""The ways in which a person might write a change of one name, the likeliest first.

Each is the whole description so changed, or None where it cannot be had without touching another line. Which one
is read as meant, `charters.calendars.text.crew_changes` finds out.
"""

import re
from collections.abc import Iterator, Sequence

from charters.calendars.text.crew_labels import CrewLabel, nobody_yet
from charters.calendars.text.crew_lines import read_crew
from charters.calendars.text.crew_words import ROLE_WORD
from charters.calendars.text.html_text import TracedLine
from charters.calendars.text.name_lists import BETWEEN_NAMES, REMARK, is_placeholder, item_end, same_name
from charters.calendars.text.named_crew import CrewName, Mention
from charters.calendars.text.named_text import CONTACT, CannotRewrite, Clause, NamedText, says_nothing
from charters.calendars.text.written_lines import emphasis, with_line_after, with_line_before, with_only_line

LABELS = {"captain": "Captain:", "mate": "Mate:", "deckhand": "Deckhand:", "crew": "Crew:"}

_PARTED_BEFORE = re.compile(r"(?:\s?(?:\bw/|[;,/&+|])\s?|\s[-–—]\s|\s(?:and|with)\s)\Z", re.IGNORECASE)
_DOUBT_BEFORE = re.compile(r"\b(?:maybe|possibly|probably|perhaps|likely|tentatively) \Z", re.IGNORECASE)
_MARK = re.compile(r"[-•*·–—] ?")

Ways = Iterator[str | None]


def ways_to_add_a_captain(text: NamedText, captain: str) -> Ways:
    """Where nobody is captain: in an empty place, else in a line of its own."""
    yield from ways_to_fill(text, "captain", captain)
    numbers = _crew_lines(text)
    if not numbers:
        yield _at_the_beginning(text, "captain", captain)
    for number in numbers[:1]:
        yield with_line_before(text.text, text.lines, number, _new_line(text, number, "captain", captain))
    for number in reversed(numbers):
        yield with_line_after(text.text, text.lines, number, _new_line(text, number, "captain", captain))


def ways_to_remove(text: NamedText, clause: Clause, mention: Mention) -> Ways:
    """Without the name, with its item, its label or its line where nothing else is left of them."""
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
    others_wanted = line[behind : clause.end].strip(" .,;:/&+|•·()-–—")
    if clause.label and others_wanted and between and is_placeholder(others_wanted):
        # "Crew: Sam, TBD": the other one is still to be found.
        yield text.replaced(number, mention.start, behind, "")
    if says_nothing(line[:start] + line[stop:]):
        without = text.without_line(number)
        if without is not None and number and not clause.label and not _listed(text, number + 1):
            heading = read_crew(text.lines[number - 1].text)
            if heading.open_role and len(heading.labels) == 1:
                # The last name below "Crew:" goes, and so does its heading.
                yield NamedText(without).without_line(number - 1)
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


def _listed(text: NamedText, number: int) -> bool:
    """Whether a line holds names below a heading."""
    return any(mention.line == number for mention in (*text.captains, *text.crew)) and not any(
        clause.label for clause in text.clauses(number)
    )


def ways_to_stand_in(text: NamedText, mention: Mention, name: str) -> Ways:
    """A remark in brackets was about the one who goes ("Sam (till 5)"), unless it says the duty."""
    clause = text.clause(mention)
    remark = REMARK.match(clause.line, mention.end, clause.end)
    if remark and not ROLE_WORD.search(remark[1]):
        yield text.replaced(mention.line, mention.start, remark.end(), name)
    yield from ways_to_replace(text, mention, name)


def ways_to_replace(text: NamedText, mention: Mention, name: str) -> Ways:
    """Only the name changes; doubts about the other person and the telephone number behind the name go with it."""
    clause = text.clause(mention)
    start, stop = mention.start, mention.end
    if doubt := _DOUBT_BEFORE.search(clause.line, clause.names_start, start):
        start = doubt.start()
    if clause.line[stop : stop + 2].strip()[:1] == "?":
        stop = clause.line.index("?", stop) + 1
    while stop < clause.end:
        remark = REMARK.match(clause.line, stop, clause.end)
        theirs = (remark if remark and CONTACT.search(remark[1]) else None) or CONTACT.match(
            clause.line, stop, clause.end
        )
        if not theirs:
            break
        stop = theirs.end()
    yield text.replaced(mention.line, start, stop, name)
    yield text.replaced(mention.line, mention.start, mention.end, name)


def ways_to_add(text: NamedText, person: CrewName, wanted: Sequence[CrewName]) -> Ways:
    """In an empty place, in the list of those with the same role, else in a line of its own beside the others."""
    yield from ways_to_fill(text, person.role, person.name)
    at = wanted.index(person)
    places = {same_name(mention.name): mention for mention in reversed(text.crew)}
    known = [places[key] for key in map(same_name, (p.name for p in reversed(wanted[:at]))) if key in places]
    later = [places[key] for key in map(same_name, (p.name for p in wanted[at + 1 :])) if key in places]
    for mention in [mention for mention in known if mention.role == person.role][:1]:
        yield from ways_to_follow(text, mention, person)
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


def ways_to_follow(text: NamedText, mention: Mention, person: CrewName) -> Ways:
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


def ways_to_fill(text: NamedText, role: str, name: str) -> Ways:
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
                # "Captain: TBA - Deckhand: Marcus": the dash parts them.
                if said := line[clause.names_start : stop].rstrip(" -–—"):
                    stop = clause.names_start + len(said)
                apart = "" if line[clause.names_start - 1] == " " else " "
                yield text.replaced(number, clause.names_start, stop, apart + name)


def _crew_lines(text: NamedText) -> list[int]:
    named = {mention.line for mention in (*text.captains, *text.crew)}
    return [number for number, line in enumerate(text.lines) if number in named or read_crew(line.text).understood]


def _new_line(text: NamedText, beside: int, role: str, name: str) -> str:
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


def _at_the_beginning(text: NamedText, role: str, name: str) -> str | None:
    words = f"{LABELS[role]} {name}"
    if text.lines:
        return with_line_before(text.text, text.lines, 0, words)
    return with_only_line(text.text, words)
