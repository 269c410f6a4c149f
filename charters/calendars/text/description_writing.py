"""A corrected crew, written into the description that a person typed.

`rewrite` changes recognised crew lines and nothing else (docs/operations.md, "Reading a calendar"). It goes one
name at a time: of the ways a person might write that change the first is taken that the reader understands as
meant and that leaves every other fact as it was. What no way fits is raised as `CannotRewrite`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from charters.calendars.text.crew_changes import with_added, with_captain, with_stand_in, without
from charters.calendars.text.crew_lines import NO_CREW, read_crew
from charters.calendars.text.crew_wordings import LABELS
from charters.calendars.text.description import DESCRIPTION_LIMIT, CrewName, Description, read_description
from charters.calendars.text.name_lists import is_a_name, same_name
from charters.calendars.text.named_text import CannotRewrite, NamedText, rest_of

__all__ = ["CREW_LIMIT", "EFFORT_LIMIT", "CannotRewrite", "rewrite"]

CREW_LIMIT = 30
"""More names than these nobody writes; each costs some readings."""
EFFORT_LIMIT = 200_000
"""So many characters times names take some seconds to write."""


def rewrite(description: str, *, captain: str | None, crew: Sequence[tuple[str, str]]) -> str:
    """Give the description with its crew lines changed to name ``captain`` and ``crew``, each (name, role).

    What comes back is read by `read_description` as exactly these; where it already is, nothing is changed. The
    order of the crew is no fact: a text that names the same people in another order stays as it is.
    Raises `CannotRewrite` when that cannot be had without touching what is not a crew line.
    """
    wanted = tuple(CrewName(name, role) for name, role in crew)
    said = read_description(description)
    if _names(said, captain, wanted):
        return description
    _refuse_the_impossible(description, captain, wanted)
    reason = ""
    for way in (_name_by_name, _crew_afresh):
        try:
            rewritten = way(description, captain, wanted)
        except CannotRewrite as stuck:
            reason = reason or str(stuck)
            continue
        now = read_description(rewritten)
        if _names(now, captain, wanted) and rest_of(now) == rest_of(said):
            return rewritten
    raise CannotRewrite(reason or "The crew lines are too entangled to be corrected by a program.")


def _names(said: Description, captain: str | None, wanted: Sequence[CrewName]) -> bool:
    return said.captain == captain and Counter(said.crew) == Counter(wanted)


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
    text = NamedText(description)
    lines = [read_crew(line.text) for line in text.lines]
    counts = len(names), len(text.captains) + len(text.crew), sum(line is not NO_CREW for line in lines)
    if max(counts) > CREW_LIMIT:
        raise CannotRewrite("There are too many crew lines to be corrected by a program.")
    for said in lines:
        if said.questions and not said.labels and not said.named:
            raise CannotRewrite(f"{said.questions[0]}.")


def _name_by_name(description: str, captain: str | None, wanted: Sequence[CrewName]) -> str:
    before = NamedText(description)
    text = with_captain(before, captain)
    harmless = _harmless_repeats(before, wanted, captain)
    for _ in range(3 * CREW_LIMIT):
        wrong = [m for m in text.crew if CrewName(m.name, m.role) not in wanted and (m.name, m.role) not in harmless]
        missing = [person for person in wanted if person not in text.said.crew]
        if wrong:
            stands_in = next((person for person in missing if person.role == wrong[0].role), None)
            text = with_stand_in(text, wrong[0], stands_in) if stands_in else without(text, wrong[0])
        elif missing:
            text = with_added(text, missing[0], wanted)
        else:
            return text.text
    raise CannotRewrite("The crew lines are too entangled to be corrected by a program.")


def _crew_afresh(description: str, captain: str | None, wanted: Sequence[CrewName]) -> str:
    """All crew taken out and written again."""
    text = NamedText(_name_by_name(description, captain, ()))
    for person in wanted:
        text = with_added(text, person, wanted)
    return text.text


def _harmless_repeats(before: NamedText, wanted: Iterable[CrewName], captain: str | None) -> set[tuple[str, str]]:
    """What the text says twice of somebody who stays: it was no trouble and is left."""
    stay = {same_name(person.name) for person in wanted if person in before.said.crew}
    if captain is not None and before.said.captain == captain:
        stay.add(same_name(captain))
    return {(m.name, m.role) for m in before.crew if same_name(m.name) in stay}
