"""A crew member's trips, as their own page and calendar say them.

Captain and crew are staff: the title is shown to them. Of guests they see the party and its size, the captain the
number of whoever booked; no e-mail, no other guest's name (docs/domain.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef

from charters.crew import hours as crew_hours
from charters.crew.swaps import refusal_of
from charters.models import Charter, CrewAssignment, CrewMember, Dock
from charters.models.charter import CharterQuerySet
from charters.pages import words
from charters.pages.facts import first_name, place
from jada.core.clock import now

SOON = timedelta(days=60)
# The page stays small on one bar of signal: beyond these, trips are lines that lead to a page of their own.
MOST_IN_FULL, MOST_LINES = 14, 40


@dataclass(frozen=True, slots=True)
class Trip:
    """One trip of a member's: `mine` is their line of its crew list, `clashes` what else they have at its hours."""

    charter: Charter
    mine: CrewAssignment
    others: list[CrewAssignment]
    clashes: list[str] = field(default_factory=list)

    @property
    def crew(self) -> list[CrewAssignment]:
        """The whole crew list, in its order."""
        return list(self.charter.crew_assignments.all())

    @property
    def day(self) -> str:
        """“Today, Sat 30 May”, where it sails."""
        return day_in_words(self.charter)

    @property
    def hours(self) -> str:
        """“3–7 PM”, where it sails."""
        charter = self.charter
        if charter.all_day:
            return "Hours not known yet"
        return words.hours(charter.starts_at.astimezone(charter.zone), charter.ends_at.astimezone(charter.zone))

    @property
    def guests_from(self) -> str:
        """“2:45 PM”, when the guests are to be there; with its day when that is another; '' when nobody knows."""
        if self.charter.all_day:
            return ""
        at = self.charter.arrive_by.astimezone(self.charter.zone)
        return words.clock(at) if at.date() == self.charter.date else f"{words.day(at)}, {words.clock(at)}"

    @property
    def party(self) -> str:
        """“Quinn, party of 4”, “22 guests”: the first name or the party, and how many."""
        name, count = first_name(self.charter.guest_name) or self.charter.party, self.charter.guest_count
        if not count:
            return name
        return f"{name}, party of {count}" if name else "1 guest" if count == 1 else f"{count} guests"

    @property
    def dock(self) -> Dock | None:
        """Where guests board; a place that is no dock of ours stands as it is written. None while it is undecided."""
        return place(self.charter)

    @property
    def guest_phone(self) -> str:
        """The number of whoever booked: for the captain alone."""
        return self.charter.guest_phone if self.mine.role == "captain" else ""

    @property
    def guest_to_call(self) -> str:
        """Whom the captain calls at that number."""
        return first_name(self.charter.guest_name) or self.charter.party or "the guest"

    @property
    def is_cancelled(self) -> bool:
        """A person has said so."""
        return self.charter.status == Charter.Status.CANCELLED

    @property
    def is_vanished(self) -> bool:
        """Gone from the calendar, and nobody has said yet what that means."""
        return self.charter.status == Charter.Status.CANCELLING

    @property
    def can_swap(self) -> bool:
        """Whether its places can still be handed over."""
        return not refusal_of(self.charter)


def trips_of(member: CrewMember) -> CharterQuerySet:
    """The charters with the member on their crew list, with all that is said of them."""
    aboard = CrewAssignment.objects.filter(charter=OuterRef("pk"), member=member)
    return Charter.objects.with_relations().charters().filter(Exists(aboard))


def upcoming_trips(member: CrewMember) -> tuple[list[Trip], list[Trip]]:
    """Those that have not ended, by start, in six queries at most.

    First those of the next sixty days, as many as the page holds in full, with what clashes with them; then the rest.
    """
    charters = list(trips_of(member).upcoming())
    horizon = now() + SOON
    near = min(MOST_IN_FULL, sum(each.starts_at < horizon for each in charters))
    soon, later = charters[:near], charters[near:]
    return _with_clashes(member, soon), [_trip(each, member, []) for each in later]


def recent_trips(member: CrewMember, *, since: datetime) -> list[Trip]:
    """Those that ended after an aware moment, by start, without what clashes with them; three queries."""
    charters = trips_of(member).filter(ends_at__gt=since).order_by("starts_at", "reference")
    return [_trip(each, member, []) for each in charters]


def trip_of(member: CrewMember, key: int) -> Trip | None:
    """One of the member's trips, past ones too; None when they are not on it."""
    charter = trips_of(member).filter(pk=key).first()
    if charter is None:
        return None
    return _with_clashes(member, [charter])[0]


def by_day(trips: Iterable[Trip]) -> list[tuple[str, list[Trip]]]:
    """(“Today, Sat 30 May”, its trips), in their order."""
    days: dict[str, list[Trip]] = {}
    for trip in trips:
        days.setdefault(trip.day, []).append(trip)
    return list(days.items())


def day_in_words(charter: Charter) -> str:
    """“Today, Sat 30 May”, “Tomorrow, …”, else the day alone; with its year when that is another."""
    today: date = now().astimezone(charter.zone).date()
    on = charter.date
    near = {today: "Today, ", today + timedelta(days=1): "Tomorrow, "}.get(on, "")
    return f"{near}{words.day(on)}{'' if on.year == today.year else f' {on.year}'}"


def _with_clashes(member: CrewMember, charters: list[Charter]) -> list[Trip]:
    taken = crew_hours.taken([each for each in charters if each.status != Charter.Status.CANCELLED])
    said = {key: members.get(member.pk, []) for key, members in taken.items()}
    return [_trip(each, member, [f"You are {what}." for what in said.get(each.pk, [])]) for each in charters]


def _trip(charter: Charter, member: CrewMember, clashes: list[str]) -> Trip:
    lines = list(charter.crew_assignments.all())
    mine = next(each for each in lines if each.member_id == member.pk)
    return Trip(charter, mine, [each for each in lines if each.member_id != member.pk], clashes)
