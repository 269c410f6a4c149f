"""Event and override become the charter: the one writer of a charter's facts.

`merge` takes what a calendar says now of some UIDs and writes the difference, in a handful of statements however
many events there are. Deltas merge, they never replace (docs/architecture.md, rule 4): what is not named stays.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from charters.calendars import moved, references
from charters.calendars.adoption import adoptions, lock_making, without_calendar
from charters.calendars.after_departure import REMOVED, out_of_sight, said_since
from charters.calendars.differences import LAYER, adopted, crew_changes, entered, field_changes, gone
from charters.calendars.facts import COLUMNS, NOTHING, TOLD, in_force
from charters.calendars.reading import Directory, Reading
from charters.calendars.records import VESSEL, Records, Row, crew_rows, new_row
from charters.calendars.same_fact import same_fact
from charters.calendars.text.titles import NOT_CHARTERS
from charters.calendars.writing import Writing, another_guest
from charters.models import Calendar, Charter, Vessel
from jada.core import bulk
from jada.core.clock import now
from jada.core.reconcile import Change

__all__ = ["GONE", "LAYER", "create_without_calendar", "merge", "reapply"]

# What the calendar said of a trip's status when its event was not there (`Override.calendar_said`).
GONE = "cancelled"


def merge(
    calendar: Calendar,
    readings: Sequence[Reading],
    *,
    looked_at: Sequence[str],
    directory: Directory,
    edited: Collection[str] | None = None,
    gone: Collection[str] = (),
) -> list[Change]:
    """Write what `readings` say of the UIDs `looked_at`; an occasion of theirs that no reading names has vanished.

    Inside a transaction. A charter that vanished or was cancelled becomes `cancelling` and waits for a person; other
    events go at once. The facts of a trip that has departed are frozen: what its calendar says since is kept beside
    them. `edited` are the UIDs whose text is another than at the last look (None: all); what is only understood
    otherwise is no news of a past trip. `gone` are UIDs that left the calendar in this look, whose events may stand
    under another now; those that do not are for a later call. Returns the changes, all applied.
    """
    lock_making()
    orphans = without_calendar(readings)
    return _Merge(calendar, looked_at, directory, edited).run(readings, orphans, gone)


class _Merge:
    """One batch of a calendar's events against their records."""

    def __init__(
        self, calendar: Calendar, looked_at: Sequence[str], directory: Directory, edited: Collection[str] | None
    ) -> None:
        self.calendar, self.directory, self.edited = calendar, directory, edited
        self.records = Records.lock(calendar, looked_at)
        self.writing, self.moment = Writing(), now()

    def run(self, readings: Sequence[Reading], orphans: Sequence[Row], gone: Collection[str]) -> list[Change]:
        changes: list[Change] = []
        fresh: list[Reading] = []
        for reading in readings:
            row = self.records.take(reading)
            if row is not None:
                changes += self._known(row, reading)
            elif not reading.facts["cancelled"]:
                fresh.append(reading)
        fresh = self._follow(fresh, gone, changes)
        changes += self._adopt_or_enter(fresh, orphans)
        for row in self.records.rows.values():
            changes += self._vanish(row, None)
        self.writing.write()
        return changes

    def _follow(self, fresh: list[Reading], gone: Collection[str], changes: list[Change]) -> list[Reading]:
        """Trips whose event has another identity since this look; returns the readings that are none of theirs."""
        rows = self.records.rows
        at_another_hour, left = moved.to_another_hour(fresh, rows.values(), self.records.zone)
        for _, row in at_another_hour:
            del rows[row["uid"], row["original_start"]]
        elsewhere = moved.records_of(self.calendar, gone, left)
        under_another_uid, left = moved.to_another_uid(left, [*rows.values(), *elsewhere])
        for _, row in under_another_uid:
            rows.pop((row["uid"], row["original_start"]), None)
        self.records.load([row["id"] for _, row in under_another_uid if row["uid"] in gone])
        for reading, row in at_another_hour + under_another_uid:
            changes += self._known(row, reading)
        return left

    def _known(self, row: Row, reading: Reading) -> Iterator[Change]:
        if reading.facts["cancelled"]:
            yield from self._vanish(row, reading)
        elif _frozen(row, self.moment):
            self._said_after_departure(row, reading.facts, uid=reading.uid, original_start=reading.original_start)
        else:
            yield from _revise(row, self._said(reading), self.records, self.directory, self.writing, self.moment)

    def _said(self, reading: Reading) -> Row:
        return {
            "calendar_facts": reading.facts,
            "questions": reading.questions,
            "uid": reading.uid,
            "original_start": reading.original_start,
            # Back in the calendar: no longer waiting, unless a person said that it is cancelled.
            "status": Charter.Status.CONFIRMED.value,
            **self.records.standing,
        }

    def _said_after_departure(self, row: Row, facts: Mapping[str, Any], **identity: str) -> None:
        revised = row | identity
        if self._edited(revised):
            if row["status"] != Charter.Status.CANCELLED:
                revised["said_since"] = said_since(row["calendar_facts"], facts)
        elif not row["said_since"] and facts != row["calendar_facts"]:
            # The same text, understood better: what is in force stays, later edits are compared with this.
            revised["calendar_facts"] = facts
        if revised != row:
            self.writing.changed.append(revised)

    def _edited(self, row: Row) -> bool:
        return self.edited is None or row["uid"] in self.edited

    def _adopt_or_enter(self, readings: list[Reading], orphans: Sequence[Row]) -> Iterator[Change]:
        found = adoptions(self.calendar, readings, orphans)
        self.records.load([row["id"] for row in found.values()])
        for place, row in found.items():
            yield from self._adopt(row, readings[place])
        left = [reading for place, reading in enumerate(readings) if place not in found]
        if left:
            yield from self._enter(left)

    def _adopt(self, row: Row, reading: Reading) -> Iterator[Change]:
        """From here on it is the calendar's; what the office and the booking said stays behind its word."""
        yield adopted(row, self.calendar.name)
        if _frozen(row, self.moment):
            identity = {"uid": reading.uid, "original_start": reading.original_start, "calendar_facts": reading.facts}
            self.writing.changed.append(row | {"calendar_id": self.calendar.pk} | identity)
            return
        for name in self.records.overrides.get(row["id"], {}):
            if name != "status":
                self.writing.said.append((row["id"], name, reading.facts.get(name)))
        yield from _revise(row, self._said(reading), self.records, self.directory, self.writing, self.moment)

    def _enter(self, readings: list[Reading]) -> Iterator[Change]:
        readings.sort(key=lambda reading: (reading.starts_at, reading.uid))
        zone = self.records.zone
        wanted = [references.base(each.slug, each.starts_at.astimezone(zone).date()) for each in readings]
        used = references.taken(wanted)
        for reading, base, key in zip(readings, wanted, bulk.allocate_ids(Charter, len(readings)), strict=True):
            facts, sources = in_force(reading.facts, {})
            row = new_row(key, references.free(base, used), facts, sources, self.directory, self.moment) | {
                "calendar_id": self.calendar.pk,
                "uid": reading.uid,
                "original_start": reading.original_start,
                "vessel_id": self.calendar.vessel_id,
                "calendar_facts": reading.facts,
                "questions": reading.questions,
            }
            self.writing.created.append(row)
            self.writing.crew += crew_rows(key, facts, sources, self.directory)
            yield entered(row, zone)

    def _vanish(self, row: Row, reading: Reading | None) -> Iterator[Change]:
        """What departed stays as it was; a charter waits for a word; anything else goes at once."""
        if row["event_type"] in NOT_CHARTERS:
            if row["ends_at"] > self.moment:
                self.writing.gone.append(row["id"])
                yield gone(row)
            return
        if _frozen(row, self.moment):
            seen = reading is not None or not out_of_sight(row["original_start"], row["starts_at"], self.moment)
            if seen and self._edited(row):
                self._said_after_departure(row, row["calendar_facts"] | REMOVED)
            return
        said = reading.facts if reading else row["calendar_facts"] | REMOVED
        if row["status"] == Charter.Status.CONFIRMED:
            # Shown as held by the layer, on this and every later look, until somebody confirms.
            self.writing.changed.append(row | {"status": Charter.Status.CANCELLING.value, "calendar_facts": said})
        elif not row["calendar_facts"].get("cancelled"):
            # Cancelled by a person before; now the calendar agrees, and has it “again” if it ever comes back.
            self.writing.changed.append(row | {"calendar_facts": said})
            self.writing.said.append((row["id"], "status", GONE))


def reapply(charter: Charter, *, directory: Directory) -> list[Change]:
    """Bring one charter's facts in line with its overrides, inside a transaction; `charters.overrides` calls it.

    Of a trip that has departed only the status follows.
    """
    records = Records.lock_one(charter)
    row = next(iter(records.rows.values()))
    writing, moment = Writing(), now()
    if _frozen(row, moment):
        changes = list(_settle_status(row, records, writing, moment))
    else:
        changes = list(_revise(row, {}, records, directory, writing, moment))
    writing.write()
    return changes


def create_without_calendar(
    *,
    vessel: Vessel,
    uid: str,
    slug: str,
    directory: Directory,
    staff: Mapping[str, Any] = NOTHING,
    booking: Mapping[str, Any] = NOTHING,
    questions: Sequence[str] = (),
) -> int:
    """Make a charter that no calendar knows from what the office or a booking says, inside a transaction.

    The facts have the names of `Charter.calendar_facts`. `uid` says for good as what it was entered, in whatever
    calendar it turns up later. Returns its key. IntegrityError when another transaction took its reference at this
    moment.
    """
    facts, sources = in_force(NOTHING, NOTHING, booking, staff)
    base = references.base(slug, facts["starts_at"].astimezone(ZoneInfo(settings.TIME_ZONE)).date())
    reference = references.free(base, references.taken([base]))
    (key,) = bulk.allocate_ids(Charter, 1)
    row = new_row(key, reference, facts, sources, directory, now()) | {
        "uid": uid,
        "entered_as": uid,
        "vessel_id": vessel.pk,
        "booking_facts": dict(booking),
        "staff_facts": dict(staff),
        "questions": list(questions),
    }
    Writing(created=[row], crew=crew_rows(key, facts, sources, directory)).write()
    return key


def _frozen(row: Row, moment: datetime) -> bool:
    return row["event_type"] not in NOT_CHARTERS and row["starts_at"] <= moment


def _revise(
    row: Row, said: Row, records: Records, directory: Directory, writing: Writing, moment: datetime
) -> Iterator[Change]:
    """`said` is what the calendar says now, by column; nothing, when only overrides changed."""
    key = row["id"]
    overrides = records.overrides.get(key, {})
    revised = row | said
    facts, sources = in_force(revised["calendar_facts"], overrides, revised["booking_facts"], revised["staff_facts"])
    revised |= {name: facts[name] for name in COLUMNS}
    revised |= {"dock_id": directory.dock(facts["place"]), "sources": sources}
    revised["status"] = overrides.get("status", revised["status"])
    before, after = records.crew.get(key, []), crew_rows(key, facts, sources, directory)
    if revised == row and before == after:
        return
    _catch_up(row, revised, records, writing)
    differing = {name for name in (*COLUMNS, VESSEL, "status", "dock_id") if revised[name] != row[name]}
    if before != after:
        writing.recrewed.append(key)
        writing.crew += after
        yield from crew_changes(row["reference"], before, after)
    yield from field_changes(row, revised, differing, records.zone)
    if differing or before != after:
        writing.stale.append(key)
        revised["updated_at"] = moment
    if differing & (TOLD | {"dock_id"}):
        revised["told_facts_changed_at"] = moment
    if another_guest(differing):
        writing.met.append(revised)
    writing.changed.append(revised)


def _settle_status(row: Row, records: Records, writing: Writing, moment: datetime) -> Iterator[Change]:
    status = records.overrides.get(row["id"], {}).get("status", row["status"])
    if status == row["status"]:
        return
    revised = row | {"status": status, "updated_at": moment}
    yield from field_changes(row, revised, {"status"}, records.zone)
    writing.stale.append(row["id"])
    writing.changed.append(revised)


def _catch_up(row: Row, revised: Row, records: Records, writing: Writing) -> None:
    """From when the calendar says what was set by hand, each later edit asks “keep which?”, back to the old one too."""
    says = revised["calendar_facts"]
    if says == row["calendar_facts"]:
        return
    then = records.said_then.get(row["id"], {})
    for name, value in records.overrides.get(row["id"], {}).items():
        if name == "status" or not same_fact(name, says.get(name), value):
            continue
        if not (then[name] and same_fact(name, then[name]["value"], says.get(name))):
            writing.said.append((row["id"], name, says.get(name)))
