"""One change of a crew: the captain named, somebody taken out, put in another's place, or added.

Of the ways to write it the first is taken that the reader understands as meant and that leaves every other fact as
it was.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice

from charters.calendars.text.crew_wordings import (
    Ways,
    ways_to_add,
    ways_to_add_a_captain,
    ways_to_remove,
    ways_to_replace,
    ways_to_stand_in,
)
from charters.calendars.text.name_lists import same_name
from charters.calendars.text.named_crew import CrewName, Mention
from charters.calendars.text.named_text import CannotRewrite, NamedText, people_of, rest_of

WAYS_LIMIT = 16
"""As many ways are tried to make one change."""

Judge = Callable[[NamedText], bool]


def first_good(text: NamedText, ways: Ways, good: Judge, *, else_say: str) -> NamedText:
    """The first way that leaves the other facts alone and that `good` approves. Raises `CannotRewrite`."""
    for written in islice(ways, WAYS_LIMIT):
        if written is None or written == text.text:
            continue
        changed = NamedText(written)
        if rest_of(changed.said) == rest_of(text.said) and good(changed):
            return changed
    raise CannotRewrite(else_say)


def with_captain(text: NamedText, captain: str | None) -> NamedText:
    """The text with this captain, or none. Raises `CannotRewrite`."""
    if text.said.captain == captain:
        return text
    if captain is None:
        while text.captains:
            text = without(text, text.captains[-1])
        return text
    old = text.said.captain

    def good(changed: NamedText) -> bool:
        before = people_of(text.crew) - Counter([same_name(captain)])
        after = people_of(changed.crew) - Counter([same_name(captain)])
        return changed.said.captain == captain and before == after

    if old is None:
        return first_good(
            text, ways_to_add_a_captain(text, captain), good, else_say="No place for the captain's name was found."
        )
    mention = text.captains[-1]
    text = first_good(
        text,
        ways_to_replace(text, mention, captain),
        good,
        else_say=f"“{text.lines[mention.line].text[:120]}” cannot be changed by a program.",
    )
    # Earlier captains that the text still names would contradict the new one.
    while len(text.captains) > 1:
        text = without(text, text.captains[0])
    return text


def without(text: NamedText, mention: Mention) -> NamedText:
    """The text without one name. Raises `CannotRewrite`."""
    key = same_name(mention.name)
    captain = mention.role == "captain"
    stay = [(m.name, m.role) for m in text.crew if m is not mention]
    captains = [m.name for m in text.captains if m is not mention]

    def good(changed: NamedText) -> bool:
        return (
            [(m.name, m.role) for m in changed.crew] == stay
            and [m.name for m in changed.captains] == captains
            and (captain or changed.said.captain == text.said.captain)
        )

    clause = text.clause(mention)
    return first_good(
        text,
        ways_to_remove(text, clause, mention),
        good,
        else_say=f"“{clause.line[:120]}”: {mention.name if key else 'the name'} cannot be taken out by a program.",
    )


def with_stand_in(text: NamedText, mention: Mention, person: CrewName) -> NamedText:
    """The text with somebody in another's place, else without that one. Raises `CannotRewrite`."""
    people = people_of(text.crew) - Counter([same_name(mention.name)]) + Counter([same_name(person.name)])

    def good(changed: NamedText) -> bool:
        return (
            people_of(changed.crew) == people
            and person in changed.said.crew
            and _stay(text, changed, mention.name)
            and changed.said.captain == text.said.captain
        )

    try:
        return first_good(text, ways_to_stand_in(text, mention, person.name), good, else_say="")
    except CannotRewrite:
        return without(text, mention)


def _stay(text: NamedText, changed: NamedText, but: str) -> bool:
    key = same_name(but)
    return all(person in changed.said.crew for person in text.said.crew if same_name(person.name) != key)


def with_added(text: NamedText, person: CrewName, wanted: Sequence[CrewName]) -> NamedText:
    """The text with one more of the crew, in the order of ``wanted`` where it can be had. Raises `CannotRewrite`."""
    people = people_of(text.crew) + Counter([same_name(person.name)])
    order = [same_name(other.name) for other in wanted]

    def good(changed: NamedText) -> bool:
        return (
            people_of(changed.crew) == people
            and person in changed.said.crew
            and _stay(text, changed, "")
            and changed.said.captain == text.said.captain
        )

    def in_order(changed: NamedText) -> bool:
        places = [order.index(key) for key in map(same_name, (p.name for p in changed.said.crew)) if key in order]
        return good(changed) and places == sorted(places)

    for judge in (in_order, good):
        try:
            return first_good(text, ways_to_add(text, person, wanted), judge, else_say="")
        except CannotRewrite:
            continue
    raise CannotRewrite(f"No place for {person.name} ({person.role}) was found in the crew lines.")
