"""Answers to “who is this?”: a name on a crew list that leads to no crew member, or to several.

An answer about a name holds wherever it is written: as an alias of a crew member, as a crew member of its own, or as
words that are no name. Of a name that several members bear, it holds for one trip, as an override.
"""

from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db import connection, transaction

from charters.calendars.copies import understand_anew
from charters.calendars.merge import reapply
from charters.calendars.reading import Directory
from charters.models import Charter, CrewAssignment, CrewMember, NotAPerson
from charters.models.people import Role, plain_name
from charters.overrides import override
from jada.core.bell import ring
from jada.core.clock import now
from jada.core.errors import JadaError

# So many trips follow an answer at once, the soonest first; the others at the look that the bell asks for.
AT_ONCE = 200
# A guess is offered from this likeness on (`difflib`, 1.0: the same letters).
LIKELY = 0.6


class NameRefused(JadaError):  # noqa: N818 reads as what happened
    """The answer cannot be taken; the text says why."""


@dataclass(frozen=True, slots=True)
class Guesses:
    """The active crew members, the likeliest first; `likely` says whether the first is worth proposing.

    `several` says that more than one of them goes by the name.
    """

    members: list[CrewMember]
    likely: bool
    several: bool


def guesses(name: str, role: str, members: list[CrewMember]) -> Guesses:
    """Who of the active `members` may be meant by a name on a crew list; who usually sails in that role comes first."""
    plain = plain_name(name)
    alike = {member.pk: _likeness(plain, member) for member in members}
    ranked = sorted(members, key=lambda member: (-alike[member.pk], member.role != role, member.name))
    bearers = sum(_bears(each, name) for each in members) or sum(_first_name(each.name) == plain for each in members)
    return Guesses(ranked, bool(ranked) and alike[ranked[0].pk] >= LIKELY, bearers > 1)


def is_member(*, name: str, member: CrewMember, by: str, charter: Charter | None = None) -> None:
    """“This is Gene.” The name becomes an alias of the member; of several who bear it, Gene is meant on this trip.

    The same answer again changes nothing. Raises NameRefused when the name is another member's, or several members'
    and `charter` is not given or does not name it; OverrideRefused when that trip has departed.
    """
    with transaction.atomic():
        _one_at_a_time()
        directory = Directory.load()
        known = directory.member(name)
        if known is None and plain_name(name) in directory.ambiguous:
            _mean_on_one_trip(charter, name, member, directory, by=by)
            return
        if known not in (None, member.pk):
            raise NameRefused(f"“{name}” is {CrewMember.objects.get(pk=known)} already.")
        if known is None:
            locked = CrewMember.objects.select_for_update().get(pk=member.pk)
            if not locked.active:
                raise NameRefused(f"{locked} is not in the crew any more. Make the crew member active first.")
            locked.aliases = [*locked.aliases, _as_written(name)]
            locked.save(update_fields=["aliases"])
        _settle(name)


def new_member(*, name: str, role: str) -> CrewMember:
    """“A new crew member.” Returns the member, or who is called so already; raises NameRefused for one who left."""
    with transaction.atomic():
        _one_at_a_time()
        written = _as_written(name)
        directory = Directory.load()
        known = directory.member(written)
        if known is not None:
            return CrewMember.objects.get(pk=known)
        if plain_name(written) in directory.ambiguous:
            raise NameRefused(f"Several crew members go by “{written}”: say which of them it is.")
        former = [each for each in CrewMember.objects.filter(active=False) if _bears(each, written)]
        if former:
            raise NameRefused(f"{former[0]} was in the crew before. Make the crew member active again instead.")
        member = CrewMember.objects.create(name=written, role=role if role in Role.values else Role.CREW)
        _settle(written)
        return member


def not_a_person(*, name: str, by: str) -> None:
    """“That is no name.” The words are left out of every crew list that is read from a text.

    The same again changes nothing. Raises NameRefused for the name of a crew member.
    """
    with transaction.atomic():
        _one_at_a_time()
        plain, directory = plain_name(name), Directory.load()
        if plain in directory.members or plain in directory.ambiguous:
            raise NameRefused(f"“{name}” is the name of a crew member.")
        NotAPerson.objects.get_or_create(plain=plain[:80], defaults={"by": by[:150], "at": now()})
        _settle(name)


def _one_at_a_time() -> None:
    """Two answers about one name, given at the same moment, do not make it two people's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('crew names', 0))")


def _as_written(name: str) -> str:
    return " ".join(name.split())[:80]


def _bears(member: CrewMember, name: str) -> bool:
    return plain_name(name) in {plain_name(each) for each in (member.name, *member.aliases)}


def _first_name(name: str) -> str:
    return plain_name(name).split(" ")[0]


def _likeness(plain: str, member: CrewMember) -> float:
    spellings = {plain_name(each) for each in (member.name, *member.aliases)} | {_first_name(member.name)}
    return max(SequenceMatcher(None, plain, each).ratio() for each in spellings)


def _mean_on_one_trip(charter: Charter | None, name: str, member: CrewMember, directory: Directory, *, by: str) -> None:
    if charter is None:
        raise NameRefused(f"Several crew members go by “{name}”: say on which trip it is {member}.")
    if directory.member(member.name) != member.pk:
        raise NameRefused(f"Another crew member goes by “{member}” too: give one of them another name first.")
    locked = Charter.objects.select_for_update().get(pk=charter.pk)
    rows = list(CrewAssignment.objects.filter(charter=locked))
    meant = [row for row in rows if plain_name(row.name) == plain_name(name)]
    if not meant and not any(row.member_id == member.pk for row in rows):
        raise NameRefused(f"“{name}” is not on this crew list any more.")
    facts: dict[str, object] = {}
    if any(row.role == Role.CAPTAIN for row in meant):
        facts["captain"] = member.name
    if any(row.role != Role.CAPTAIN for row in meant):
        listed = [row for row in rows if row.role != Role.CAPTAIN]
        facts["crew"] = [[member.name if row in meant else row.name, row.role] for row in listed]
    if facts:
        override(charter=locked, facts=facts, by=by, why=f"“{name}” is {member} on this trip.")


def _settle(name: str) -> None:
    """Whatever names these words follows: a few trips now, the others at the next look."""
    plain = plain_name(name)
    directory = Directory.load()
    if plain in directory.members:
        NotAPerson.objects.filter(plain=plain).delete()
    open_names = CrewAssignment.objects.filter(member=None, charter__starts_at__gt=now()).order_by("charter__starts_at")
    named = [charter for charter, each in open_names.values_list("charter", "name") if plain_name(each) == plain]
    soonest = list(dict.fromkeys(named))[:AT_ONCE]
    understand_anew(soonest, directory=directory)
    if plain in directory.members:
        # Trips that no calendar knows, and those whose event cannot be read at present.
        left = CrewAssignment.objects.filter(member=None, charter__in=soonest).values_list("charter", "name")
        for charter in Charter.objects.filter(pk__in={key for key, each in left if plain_name(each) == plain}):
            reapply(charter, directory=directory)
    ring()
