"""The board: one place that says whether Saturday is ready (docs/domain.md, the dispatcher).

Everything on it is read here, in the same number of queries for one charter and for thirty.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.utils import timezone

from charters.calendars.text.titles import NOT_CHARTERS
from charters.conflicts import conflicts
from charters.models import Calendar, Charter
from charters.pages import words
from dispatch.messages import lights
from jada.banners import Banner, banners
from jada.core.clock import now
from jada.lights import ASK, BAD, GOOD, QUIET, Lamp, change_address, lamps

# So many trips are shown; the list of charters has them all.
MOST_CHARTERS = 150
# Maintenance and the like are shown so far ahead, and beside any trip of their day.
BLOCKS_AHEAD = timedelta(days=14)
FRIDAY, SATURDAY, SUNDAY = 4, 5, 6
SUMMED_UP = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A charter with its lights, or a slim line for what blocks the vessel or a person."""

    key: int
    day: date
    hours: str
    title: str
    details: str
    href: str
    sails: bool
    lamps: tuple[Lamp, ...] = ()
    conflicts: tuple[str, ...] = ()
    cancelling: bool = False
    under_way: bool = False

    @property
    def needs_a_person(self) -> bool:
        """Something will not mend itself."""
        return self.cancelling or bool(self.conflicts) or any(lamp.tone in {ASK, BAD} for lamp in self.lamps)

    @property
    def ready(self) -> bool:
        """Nothing is left to do but what guests and the clock do."""
        return not self.needs_a_person and all(lamp.tone in {GOOD, QUIET} for lamp in self.lamps)


@dataclass(frozen=True, slots=True)
class Day:
    """What happens on one day, by hour."""

    on: date
    name: str
    distance: str
    rows: tuple[Row, ...]

    @property
    def sailing(self) -> int:
        """How many charters sail."""
        return sum(row.sails for row in self.rows)

    @property
    def ready(self) -> int:
        """How many of them are ready."""
        return sum(row.sails and row.ready for row in self.rows)

    @property
    def long_name(self) -> str:
        """“Saturday 28 November”."""
        return words.long_day(self.on).replace(",", "").rpartition(" ")[0]


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter with its count."""

    name: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Board:
    """All that the template shows."""

    choices: tuple[Choice, ...]
    days: tuple[Day, ...]
    summary: tuple[Day, ...]
    banners: tuple[Banner, ...]
    last_read: str
    has_calendars: bool
    more: int

    @property
    def chosen(self) -> str:
        """The filter in force."""
        return next(choice.name for choice in self.choices if choice.chosen)

    @property
    def digest(self) -> str:
        """Says whether a look ten seconds later would show anything else."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


def read(chosen: str = "all") -> Board:
    """The board as it stands, narrowed to a filter of `FILTERS` (an unknown name means all that is upcoming)."""
    today = timezone.localdate(now())
    calendars = list(Calendar.objects.all())
    rows, more = _rows(today)
    choices = _choices(rows, today, chosen if chosen in FILTERS else "all")
    keep = FILTERS[next(choice.name for choice in choices if choice.chosen)][1]
    days = tuple(_days([row for row in rows if keep(row, today)], today))
    return Board(
        choices=choices,
        days=days,
        summary=tuple(day for day in _days(rows, today) if day.sailing)[:SUMMED_UP],
        # Nobody misses the looks at what is read no more, nor is to mend anything of it.
        banners=tuple(banners([calendar for calendar in calendars if calendar.stopped_at is None])),
        last_read=_last_read(calendars),
        has_calendars=bool(calendars),
        more=more,
    )


def this_weekend(today: date) -> tuple[date, date]:
    """Friday to Sunday: the one we are in, else the next."""
    friday = today + timedelta(days=FRIDAY - today.weekday())
    return friday, friday + timedelta(days=2)


def _in_the_weekend(row: Row, today: date) -> bool:
    first, last = this_weekend(today)
    return max(first, today) <= row.day <= last


FILTERS: dict[str, tuple[str, Callable[[Row, date], bool]]] = {
    "weekend": ("This weekend", _in_the_weekend),
    "not-ready": ("Not ready", lambda row, today: row.sails and not row.ready),
    "needs-me": ("Needs me", lambda row, today: row.needs_a_person),
    "all": ("All upcoming", lambda row, today: True),
}


def _choices(rows: Iterable[Row], today: date, chosen: str) -> tuple[Choice, ...]:
    charters = [row for row in rows if row.sails]
    return tuple(
        Choice(name, label, sum(keep(row, today) for row in charters), name == chosen)
        for name, (label, keep) in FILTERS.items()
    )


def _rows(today: date) -> tuple[list[Row], int]:
    """What is upcoming, by start, and how many charters there are beyond those shown."""
    upcoming = Charter.objects.active().upcoming()
    charters = list(upcoming.charters().with_relations().with_waiver_counts()[:MOST_CHARTERS])
    blocks = list(upcoming.filter(event_type__in=NOT_CHARTERS).select_related("calendar")[:MOST_CHARTERS])
    more = upcoming.charters().count() - len(charters) if len(charters) == MOST_CHARTERS else 0
    told, contradictions = lights(charters), conflicts(charters)
    several = len({charter.vessel_id for charter in (*charters, *blocks)}) > 1
    rows = [
        _charter(
            charter,
            tuple(lamps(charter, told[charter.pk])),
            tuple(contradictions.get(charter.pk, ())),
            today,
            name_vessel=several,
        )
        for charter in charters
    ]
    sailing = {row.day for row in rows}
    slim = [_block(block, today) for block in blocks]
    rows += [row for row in slim if row.day in sailing or row.day <= today + BLOCKS_AHEAD]
    # Within a day in the order of the clock; `sorted` keeps what starts together in the order of the query.
    moments = {charter.pk: charter.starts_at for charter in (*charters, *blocks)}
    return sorted(rows, key=lambda row: (row.day, moments[row.key])), more


def _charter(
    charter: Charter, lit: tuple[Lamp, ...], contradictions: tuple[str, ...], today: date, *, name_vessel: bool
) -> Row:
    arrive = words.clock(charter.arrive_by.astimezone(charter.zone))
    guests = f"{charter.guest_count} guests" if charter.guest_count != 1 else "1 guest"
    details = [
        "" if charter.all_day else f"Arrive {arrive}",
        guests if charter.guest_count else "How many guests?",
    ]
    return Row(
        key=charter.pk,
        day=max(charter.date, today),
        hours=_hours(charter),
        title=charter.title,
        details=" · ".join(filter(None, details)),
        href=change_address(charter),
        sails=True,
        lamps=lit,
        conflicts=contradictions,
        cancelling=charter.status == Charter.Status.CANCELLING,
        under_way=charter.has_departed,
    )


def _block(block: Charter, today: date) -> Row:
    return Row(
        key=block.pk,
        day=max(block.date, today),
        hours=_hours(block),
        title=block.title,
        details=str(Charter.EventType(block.event_type).label),
        href=change_address(block),
        sails=False,
    )


def _hours(charter: Charter) -> str:
    start, end = charter.starts_at.astimezone(charter.zone), charter.ends_at.astimezone(charter.zone)
    if not charter.all_day:
        return words.hours(start, end)
    last = (end - timedelta(seconds=1)).date()
    return "All day" if last <= start.date() else f"Until {words.day(last)}"


def _days(rows: list[Row], today: date) -> Iterable[Day]:
    for on, group in groupby(rows, key=lambda row: row.day):
        yield Day(on, words.day(on), _distance(on, today), tuple(group))


def _distance(on: date, today: date) -> str:
    days = (on - today).days
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def _last_read(calendars: list[Calendar]) -> str:
    """“Fri 20 Nov, 10:51 PM”, of the calendar read last; '' before the first."""
    moments = [calendar.last_sync_at for calendar in calendars if calendar.last_sync_at]
    if not moments:
        return ""
    latest = timezone.localtime(max(moments))
    on = "today" if latest.date() == timezone.localdate(now()) else words.day(latest.date())
    return f"{on}, {words.clock(latest)}"
