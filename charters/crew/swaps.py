"""A captain's swap, two hours before departure: one of the crew takes over another's place (docs/domain.md).

It ends in overrides, with who, when and why, so that no later sync undoes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from charters.calendars.reading import Directory
from charters.crew import hours as crew_hours
from charters.models import Charter, CrewAssignment, CrewMember, Override
from charters.models.people import plain_name
from charters.overrides import override
from jada.core.errors import JadaError
from jada.core.reconcile import Change

# Who may take which place; deckhands and crew stand in for each other.
RANKS: Mapping[str, int] = {"captain": 2, "mate": 1}


class SwapRefused(JadaError):  # noqa: N818 reads as what happened
    """The place cannot be handed over so; the text says why, and nothing was changed."""


class TakerTaken(SwapRefused):
    """The taker has something else at these hours: to be asked a second time."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a crew list: the role, and the name in it as it is carried."""

    role: str
    name: str

    @classmethod
    def of(cls, line: CrewAssignment) -> "Place":
        """The place that this line is."""
        return cls(line.role, line.name)


def swap(
    *,
    charter: Charter,
    giver: CrewMember,
    place: Place,
    taker: CrewMember,
    why: str,
    although_taken: bool = False,
) -> list[Change]:
    """Have `taker` sail in `place`, because `giver` says so; roles stay. One transaction, then a bell.

    One's own place may be handed over, and by the trip's captain any; the taker's usual role must be that of the
    place or a higher one. Until departure. Returns the changes: none when it was done already. Raises SwapRefused
    in words; TakerTaken when the taker has something else at these hours, unless `although_taken`.
    """
    with transaction.atomic():
        # Two swaps at once: the second waits here, then sees what the first has made.
        charter = Charter.objects.select_for_update().get(pk=charter.pk)
        lines = list(charter.crew_assignments.select_related("member"))
        line = next((each for each in lines if _is(each, place)), None)
        if line is None and _is_done(charter, giver, place, taker, lines):
            return []
        leaving = _checked(charter, giver, place, line, lines)
        _check_taker(charter, leaving, taker, lines)
        objections = [] if although_taken else reasons_against(charter, leaving, taker, lines)
        if objections:
            raise TakerTaken(f"{taker.name} is {'; and '.join(objections)}.")
        return _set(charter, leaving, taker, lines, by=page_of(giver), why=why)


def unfit(member: CrewMember, role: str, on: date) -> str:
    """Why the member may not take a place on that day, to follow their name; else ''.

    Their usual role has to be that of the place or a higher one, and a captain's licence good.
    """
    if not member.active or RANKS.get(member.role, 0) < RANKS.get(role, 0):
        return f"does not sail as {role} with us"
    expired = role == "captain" and member.licence_expires and member.licence_expires < on
    return "may not command on that day" if expired else ""


def reasons_against(
    charter: Charter, leaving: CrewAssignment, taker: CrewMember, lines: list[CrewAssignment]
) -> list[str]:
    """What the taker has besides at the hours of the trip, each to follow “Sarah is …”."""
    taken = crew_hours.taken([charter])[charter.pk]
    return [*aboard_already(leaving, taker, lines), *taken.get(taker.pk, [])]


def aboard_already(leaving: CrewAssignment, taker: CrewMember, lines: list[CrewAssignment]) -> list[str]:
    """One of the crew may take the command; then their own place is open."""
    own = next((each for each in lines if each.member_id == taker.pk), None)
    if own is None or leaving.role != "captain":
        return []
    return [f"aboard as {own.role} already, and that place would be open"]


def refusal_of(charter: Charter) -> str:
    """Why nobody's place can be swapped on this trip any more, in words; else ''."""
    if charter.status == Charter.Status.CANCELLED or not charter.is_charter:
        return "This trip is cancelled: there is no place to hand over."
    return "This trip has departed: its crew stays as it was." if charter.has_departed else ""


def page_of(member: CrewMember) -> str:
    """Who a swap is by, as overrides and the timeline say it."""
    return f"{member.name}'s own page"


def swapped_by(member: CrewMember, charter_key: int) -> bool:
    """Whether a swap of this member's is in force on the trip."""
    return Override.objects.filter(charter=charter_key, field__in=["captain", "crew"], by=page_of(member)).exists()


def _is(line: CrewAssignment, place: Place) -> bool:
    return line.role == place.role and plain_name(line.name) == plain_name(place.name)


def _is_done(charter: Charter, giver: CrewMember, place: Place, taker: CrewMember, lines: list[CrewAssignment]) -> bool:
    """The same form sent twice: nobody of that name has the place any more, and the taker has it by this giver."""
    has_it = any(each.member_id == taker.pk and each.role == place.role for each in lines)
    return has_it and swapped_by(giver, charter.pk)


def _checked(
    charter: Charter, giver: CrewMember, place: Place, line: CrewAssignment | None, lines: list[CrewAssignment]
) -> CrewAssignment:
    """The line to be handed over. Raises SwapRefused."""
    own = next((each for each in lines if each.member_id == giver.pk), None)
    if own is None:
        raise SwapRefused(
            "You are not on this trip any more: somebody has changed the crew. Nothing was changed by you."
        )
    refusal = refusal_of(charter)
    if refusal:
        raise SwapRefused(refusal)
    if line is None:
        raise SwapRefused(
            f"{place.name} is not {place.role} on this trip any more: somebody has changed the crew. "
            "Nothing was changed by you."
        )
    if line.member_id != giver.pk and own.role != "captain":
        raise SwapRefused("Only the captain may hand over somebody else's place.")
    return line


def _check_taker(charter: Charter, leaving: CrewAssignment, taker: CrewMember, lines: list[CrewAssignment]) -> None:
    if leaving.member_id == taker.pk:
        raise SwapRefused(f"{taker.name} has this place already.")
    refusal = unfit(taker, leaving.role, charter.date)
    if refusal:
        raise SwapRefused(f"{taker.name} {refusal}. Choose somebody else or ask the office.")
    if leaving.role != "captain" and any(each.member_id == taker.pk for each in lines):
        raise SwapRefused(f"{taker.name} is aboard this trip already. Choose somebody else or ask the office.")
    if Directory.load().member(taker.name) != taker.pk:
        raise SwapRefused(f"“{taker.name}” could be several crew members. Ask the office to make this swap.")


def _set(
    charter: Charter,
    leaving: CrewAssignment,
    taker: CrewMember,
    lines: list[CrewAssignment],
    *,
    by: str,
    why: str,
) -> list[Change]:
    if leaving.role != "captain":
        named = [[taker.name if each is leaving else each.name, each.role] for each in lines if each.role != "captain"]
        return override(charter=charter, facts={"crew": named}, by=by, why=why)
    changes = override(charter=charter, facts={"captain": taker.name}, by=by, why=why)
    crew = [each for each in charter.crew_assignments.all() if each.role != "captain"]
    # A captain who also stands on the list of the crew leaves it too.
    staying = [each for each in crew if leaving.member_id is None or each.member_id != leaving.member_id]
    if len(staying) < len(crew):
        changes += override(
            charter=charter, facts={"crew": [[each.name, each.role] for each in staying]}, by=by, why=why
        )
    return changes
