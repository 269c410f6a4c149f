"""The second layer: what the office sends to the calendar, overrides and new events, against what the calendar says.

A `Correction` is wanted until the calendar says the same; it is written once, under If-Match, and what cannot be
written is held with its reason (docs/domain.md, “Reading a calendar”; docs/architecture.md, rule 7).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from charters.calendars.correction_pauses import after_hold, attempt, too_early
from charters.calendars.correction_targets import copies, etag_held, event_wanted
from charters.calendars.correction_writing import Held, write
from charters.calendars.entries import enter, entry, uid_in_google, writable_calendar
from charters.calendars.google import patience
from charters.calendars.google.calendar_api import ITEM_FIELDS, WRITERS
from charters.calendars.google.events import Item
from charters.calendars.layer import take_event
from charters.calendars.same_fact import same_fact
from charters.models import Calendar, Charter, Correction, CrewAssignment, NotAPerson, Override
from charters.overrides import asks_which
from jada.core import locks
from jada.core.bell import ring
from jada.core.clock import now
from jada.core.errors import AdapterError, JadaError
from jada.core.reconcile import APPLIED, CREATE, FAILED, HELD, UPDATE, Change, Scope

LAYER = "correction"
# What a program may write into somebody's event; everything else of it is theirs.
CORRECTABLE = ("captain", "crew", "starts_at", "ends_at")
# Not a fact: the whole of an event that was entered here and is in no calendar yet.
EVENT = "event"
LEASE_SECONDS = 300
MOST_A_WALK = 100
READ_ONLY = "The calendar is read through its iCal feed, which cannot be written: change it there by hand."
NO_RIGHT = "The connected Google account may not write in this calendar: change it there by hand."
NOT_READ = "The calendar could not be read through Google's API, so nothing is written to it now."
STOPPED = "The calendar is read no more, so nothing is written to it: take it up again, or do not send."
KEEP_WHICH = "The calendar was edited after the fact was set by hand: keep which?"


class CorrectionRefused(JadaError):  # noqa: N818 reads as what happened
    """There is nothing to send; the text says why."""


@dataclass(slots=True)
class Work:
    """A claimed correction, and what writes it: it answers with the event as it then stands.

    `attempt` is the digest of what the try depends on.
    """

    correction: Correction
    calendar_key: int
    fence: int
    write: Callable[[], Item]
    attempt: str


def ask(*, charter: Charter, facts: Sequence[str], by: str) -> None:
    """Have overrides of these facts written into the charter's calendar; the bell rings after the commit.

    Names of `CORRECTABLE`; others are left out. Raises CorrectionRefused when none is left, one is not overridden, the
    charter is in no calendar, or has departed.
    """
    names = [name for name in CORRECTABLE if name in facts]
    if not names:
        raise CorrectionRefused("The captain, the crew, the start and the end can be sent to the calendar.")
    if charter.has_departed:
        raise CorrectionRefused("The trip has departed; its facts are frozen.")
    with transaction.atomic():
        set_by_hand = set(charter.overrides.filter(field__in=names).values_list("field", flat=True))
        if not set_by_hand:
            raise CorrectionRefused("None of these facts is set by hand.")
        row = Correction.objects.select_for_update().filter(charter=charter, sent_at=None).first()
        together = set_by_hand | set(row.facts if row else ())
        if charter.calendar_id is None and EVENT not in together:
            raise CorrectionRefused("This trip is in no calendar.")
        Correction.objects.update_or_create(
            charter=charter,
            defaults={
                "facts": [name for name in (EVENT, *CORRECTABLE) if name in together],
                "by": by[:150],
                "at": now(),
                "reason": "",
                "sent_at": None,
            },
        )
        ring(charters=[charter.pk])


def enter_later(*, charter: Charter, by: str) -> None:
    """Have an event that was just entered here inserted into its vessel's calendar, if there is one to write in."""
    if writable_calendar(charter.vessel) is None:
        return
    charter.uid = uid_in_google(charter.pk, charter.entered_as)
    charter.save(update_fields=["uid"])
    Correction.objects.create(charter=charter, facts=[EVENT], by=by[:150], at=now())


def withdraw(*, charter: Charter, by: str) -> bool:
    """Do not send it after all: the overrides stay with us. False when it was sent already, or never asked for."""
    return bool(Correction.objects.filter(charter=charter, sent_at=None).delete()[0])


class CorrectionLayer:
    """Writes what is wanted, each event once; reads nothing that the layer above has not read."""

    name = LAYER

    def observe(self, scope: Scope) -> bool:
        """Nothing outside is looked at: True says that this is the first walk of a run."""
        return True

    def plan(self, scope: Scope, seen: bool | None) -> list[Change]:
        """What the calendar does not say yet. A second walk in one run tries nothing twice."""
        rows = list(_wanted(scope)) if seen else []
        if not rows:
            return []
        events = copies(rows)
        no_persons = frozenset(NotAPerson.objects.values_list("plain", flat=True))
        changes: list[Change] = []
        ready: dict[int, tuple[Work, list[Change]]] = {}
        for row in rows:
            entered = EVENT in row.facts and row.charter.calendar_id is None
            differing = {} if entered else _differing(row)
            if not (entered or differing):
                _finish(row)
                continue
            theirs = [_entering(row)] if entered else list(_changes(row, differing))
            changes += theirs
            calendar = writable_calendar(row.charter.vessel) if entered else row.charter.calendar
            if calendar is None:  # of an event entered here: there was one when it was entered
                _hold(row, NO_RIGHT if entered else READ_ONLY, theirs)
                continue
            obstacle = "" if entered else _obstacle(row, differing)
            if obstacle := obstacle or _waiting(calendar, by_hand=scope.by_hand):
                _hold(row, obstacle, theirs)
                continue
            act: Callable[[], Item]
            wished: dict[str, Any]
            if entered:
                act, wished = partial(enter, entry(row.charter, calendar)), {EVENT: row.charter.title}
            else:
                act = partial(write, event_wanted(row, calendar, events, no_persons))
                wished = {name: each.value for name, each in differing.items()}
            tried = attempt(row, calendar, etag=etag_held(row, calendar, events), wished=wished)
            if row.reason and too_early(row, tried, by_hand=scope.by_hand):
                _hold(row, row.reason, theirs)
            elif len(ready) < MOST_A_WALK:
                ready[row.pk] = Work(row, calendar.pk, 0, act, tried), theirs
        fences = _claim(list(ready), dry=scope.dry)
        for key, (work, theirs) in ready.items():
            work.fence = fences.get(key, 0)
            for change in theirs:
                change.work, change.busy = work, key not in fences
        return changes

    def assume(self, scope: Scope, changes: list[Change]) -> None:
        """Nothing: the records hold the overrides already."""

    def carry_out(self, scope: Scope, changes: list[Change]) -> None:
        """Write each event and settle it; a Google that does not answer is not asked again in this walk."""
        works = {change.work.correction.pk: change.work for change in changes}
        silent: dict[int, str] = {}
        for done, work in enumerate(works.values(), 1):
            theirs = [change for change in changes if change.work is work]
            calendar = work.calendar_key
            state, reason = (FAILED, silent[calendar]) if calendar in silent else _carried_out(work)
            if state == FAILED:
                silent[calendar] = reason
                _settle(work, reason=reason)
            for change in theirs:
                change.state, change.reason = state, reason
            scope.progress(LAYER, done, len(works))


def _carried_out(work: Work) -> tuple[str, str]:
    try:
        item = work.write()
    except Held as reason:
        _settle(work, reason=str(reason), **after_hold(work.correction, work.attempt))
        return HELD, str(reason)
    except AdapterError as error:
        patience.note(work.calendar_key, error)
        return FAILED, str(error)
    kept = {name: item[name] for name in ITEM_FIELDS.split(",") if name in item}
    with transaction.atomic():
        take_event(work.calendar_key, kept)
        left = [name for name in work.correction.facts if name != EVENT] if EVENT in work.correction.facts else []
        _settle(work, reason="", facts=left or work.correction.facts, sent_at=None if left else now())
    return APPLIED, ""


def _settle(work: Work, **values: Any) -> None:
    row = locks.held(Correction.objects.all(), work.correction.pk, work.fence)
    row.update(lease_until=None, look_again=False, **values)


# -- what is wanted ----------------------------------------------------------------------------------------


def _wanted(scope: Scope) -> "QuerySet[Correction]":
    rows = Correction.objects.filter(sent_at=None, charter__starts_at__gt=now())
    rows = rows.exclude(charter__status=Charter.Status.CANCELLED)
    if scope.charters is not None:
        rows = rows.filter(charter__in=scope.charters)
    crew = CrewAssignment.objects.select_related("member")
    return (
        rows.select_related("charter__calendar__vessel", "charter__vessel")
        .prefetch_related("charter__overrides", Prefetch("charter__crew_assignments", crew))
        .order_by("charter__starts_at", "pk")
    )


def _differing(row: Correction) -> dict[str, Override]:
    """The overrides to send that the calendar does not say yet; one that was cleared meanwhile is not sent."""
    said = row.charter.calendar_facts
    asked = [each for each in row.charter.overrides.all() if each.field in row.facts]
    return {each.field: each for each in asked if not same_fact(each.field, each.value, said.get(each.field))}


def _finish(row: Correction) -> None:
    """The calendar says it, whoever wrote it."""
    Correction.objects.filter(pk=row.pk).update(sent_at=now(), reason="")


def _changes(row: Correction, differing: Mapping[str, Override]) -> Iterator[Change]:
    said, reference = row.charter.calendar_facts, row.charter.reference
    names = [name for name in ("captain", "crew") if name in differing]
    if names:
        expected = {name: _people(name, differing[name].value) for name in names}
        actual = {name: _people(name, said.get(name)) for name in names}
        yield Change(LAYER, reference, "description", expected, actual, UPDATE)
    for name in ("starts_at", "ends_at"):
        if name in differing:
            yield Change(LAYER, reference, name, differing[name].value, said.get(name), UPDATE)


def _entering(row: Correction) -> Change:
    charter = row.charter
    return Change(LAYER, charter.reference, "event", {"title": charter.title}, None, CREATE)


def _people(name: str, value: Any) -> Any:
    return value or None if name == "captain" else [{"name": each, "role": role} for each, role in value or ()]


def _obstacle(row: Correction, differing: Mapping[str, Override]) -> str:
    """Why it cannot be written as things stand; '' when it can."""
    charter, calendar = row.charter, row.charter.calendar
    if calendar is not None and calendar.stopped_at is not None:
        return STOPPED
    if calendar is None or not calendar.google_id:
        return READ_ONLY
    if calendar.google_role and calendar.google_role not in WRITERS:
        return NO_RIGHT
    if calendar.read_from != Calendar.Source.GOOGLE:
        return NOT_READ
    if any(asks_which(each, charter.calendar_facts) for each in differing.values()):
        return KEEP_WHICH
    return ""


def _waiting(calendar: Calendar, *, by_hand: bool) -> str:
    """Why Google is not to be asked about the calendar now; '' when it may be."""
    error = patience.why_not_now(calendar, by_hand=by_hand)
    return str(error) if error else ""


def _hold(row: Correction, reason: str, changes: list[Change]) -> None:
    for change in changes:
        change.state, change.reason = HELD, reason
    if row.reason != reason:
        Correction.objects.filter(pk=row.pk).update(reason=reason)


def _claim(keys: list[int], *, dry: bool) -> dict[int, int]:
    if dry:
        return dict.fromkeys(keys, 0)
    return locks.claim(Correction.objects.filter(pk__in=keys), seconds=LEASE_SECONDS)
