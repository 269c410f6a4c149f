"""Event and override become the charter: the one writer of a charter's facts.

`merge` takes what a calendar says now of some UIDs and writes the difference, in a handful of statements however
many events there are. Deltas merge, they never replace (docs/architecture.md, rule 4): what is not named stays.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from charters.calendars import references
from charters.calendars.facts import COLUMNS, NOTHING, TOLD, in_force
from charters.calendars.occurrences import original_start
from charters.calendars.reading import Directory, Reading
from charters.calendars.titles import NOT_CHARTERS
from charters.models import Calendar, Charter, CrewAssignment, Override, Vessel
from charters.pages.life import mark_stale
from jada.core import bulk
from jada.core.clock import now
from jada.core.reconcile import APPLIED, CREATE, DELETE, UPDATE, Change

LAYER = "calendar"
STORED = (
    "id",
    "reference",
    *COLUMNS,
    "status",
    "calendar_id",
    "uid",
    "original_start",
    "vessel_id",
    "dock_id",
    "sources",
    "calendar_facts",
    "booking_facts",
    "staff_facts",
    "questions",
    "created_at",
    "updated_at",
    "told_facts_changed_at",
)
JSON_COLUMNS = frozenset({"sources", "calendar_facts", "booking_facts", "staff_facts", "questions"})
CREW_COLUMNS = ("charter_id", "position", "role", "name", "member_id", "source")
# An event's fields as its JSON names them; the parts of a guest travel together.
VESSEL = "vessel__slug"
EVENT_FIELDS = {"guest_name": "guest", "guest_email": "guest", "guest_phone": "guest", VESSEL: "vessel"}
GUEST_PARTS = ("guest_name", "guest_email", "guest_phone")
SUMMARY = ("title", "event_type", "starts_at", "ends_at", "guest_count")
QUIET = frozenset({"party", "all_day"})  # follow from the title and the hours, which are reported

Key = tuple[str, str]


@dataclass
class Records:
    """The records of some UIDs as they stand, locked, with their overrides and crew."""

    rows: dict[Key, dict[str, Any]]
    zone: ZoneInfo
    # What their calendar says now that no single event says.
    standing: dict[str, Any] = field(default_factory=dict)
    overrides: dict[int, dict[str, Any]] = field(default_factory=dict)
    crew: dict[int, list[tuple[Any, ...]]] = field(default_factory=dict)

    @classmethod
    def lock(cls, calendar: Calendar, uids: Sequence[str]) -> "Records":
        """Three queries at most."""
        rows = {
            (row["uid"], row["original_start"]): row
            for row in Charter.objects.filter(calendar=calendar, uid__in=uids)
            .order_by("pk")
            .select_for_update(of=("self",))
            .values(*STORED, VESSEL)
        }
        standing = {"vessel_id": calendar.vessel_id, VESSEL: calendar.vessel.slug}
        records = cls(rows, ZoneInfo(calendar.timezone), standing)
        keys = [row["id"] for row in rows.values()]
        if keys:
            records._load(keys)
        return records

    @classmethod
    def lock_one(cls, charter: Charter) -> "Records":
        """The record of one charter."""
        row = Charter.objects.select_for_update(of=("self",)).values(*STORED, VESSEL).get(pk=charter.pk)
        records = cls({(row["uid"], row["original_start"]): row}, charter.zone)
        records._load([row["id"]])
        return records

    def take(self, reading: Reading) -> dict[str, Any] | None:
        """The record that `reading` is about, taken out; what is left in the end has vanished.

        An event that begins to repeat, or no longer does, stays the charter it was on its own day.
        """
        uid, original = reading.uid, reading.original_start
        row = self.rows.pop((uid, original), None)
        if row is not None:
            return row
        if not original:
            return self.rows.pop((uid, self._own_day(reading.facts)), None)
        once = self.rows.get((uid, ""))
        if once is not None and self._own_day(once["calendar_facts"]) == original:
            return self.rows.pop((uid, ""))
        return None

    def _own_day(self, facts: dict[str, Any]) -> str:
        starts_at = datetime.fromisoformat(facts["starts_at"])
        return original_start(starts_at.astimezone(self.zone).date() if facts["all_day"] else starts_at, self.zone)

    def _load(self, keys: list[int]) -> None:
        for charter, name, value in Override.objects.filter(charter__in=keys).values_list("charter", "field", "value"):
            self.overrides.setdefault(charter, {})[name] = value
        crew = CrewAssignment.objects.filter(charter__in=keys).order_by("charter", "position")
        for row in crew.values_list(*CREW_COLUMNS):
            self.crew.setdefault(row[0], []).append(row)


@dataclass
class Writing:
    """What one merge is about to write."""

    created: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    crew: list[tuple[Any, ...]] = field(default_factory=list)
    recrewed: list[int] = field(default_factory=list)
    stale: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)


def merge(
    calendar: Calendar, readings: Sequence[Reading], *, looked_at: Sequence[str], directory: Directory
) -> list[Change]:
    """Write what `readings` say of the UIDs `looked_at`; an occasion of theirs that no reading names has vanished.

    Inside a transaction. A charter that vanished or was cancelled becomes `cancelling` and waits for a person; other
    events go at once. The facts of a trip that has departed are frozen. Returns the changes, all applied.
    """
    records = Records.lock(calendar, looked_at)
    writing, moment = Writing(), now()
    changes: list[Change] = []
    fresh: list[Reading] = []
    for reading in readings:
        row = records.take(reading)
        if row is None:
            if not reading.facts["cancelled"]:
                fresh.append(reading)
        elif reading.facts["cancelled"]:
            changes += _vanish(row, writing, moment, reading)
        elif not _frozen(row, moment):
            said = {
                "calendar_facts": reading.facts,
                "questions": reading.questions,
                "original_start": reading.original_start,
                # Back in the calendar: no longer waiting, unless a person said that it is cancelled.
                "status": Charter.Status.CONFIRMED.value,
                **records.standing,
            }
            changes += _revise(row, said, records, directory, writing, moment)
    changes += _create(calendar, fresh, records.zone, directory, writing, moment)
    for row in records.rows.values():
        changes += _vanish(row, writing, moment, None)
    _write(writing)
    return changes


def reapply(charter: Charter, *, directory: Directory) -> list[Change]:
    """Bring one charter's facts in line with its overrides, inside a transaction; `charters.overrides` calls it."""
    records = Records.lock_one(charter)
    row = next(iter(records.rows.values()))
    writing = Writing()
    changes = list(_revise(row, {}, records, directory, writing, now()))
    _write(writing)
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

    The facts have the names of `Charter.calendar_facts`. Returns its key. IntegrityError when another transaction
    took its reference at this moment.
    """
    facts, sources = in_force(NOTHING, NOTHING, booking, staff)
    base = references.base(slug, facts["starts_at"].astimezone(ZoneInfo(settings.TIME_ZONE)).date())
    reference = references.free(base, references.taken([base]))
    (key,) = bulk.allocate_ids(Charter, 1)
    row = _new_row(key, reference, facts, sources, directory, now()) | {
        "uid": uid,
        "vessel_id": vessel.pk,
        "booking_facts": dict(booking),
        "staff_facts": dict(staff),
        "questions": list(questions),
    }
    _write(Writing(created=[row], crew=_crew_rows(key, facts, sources, directory)))
    return key


def _frozen(row: dict[str, Any], moment: datetime) -> bool:
    return row["event_type"] not in NOT_CHARTERS and row["starts_at"] <= moment


def _create(
    calendar: Calendar,
    readings: list[Reading],
    zone: ZoneInfo,
    directory: Directory,
    writing: Writing,
    moment: datetime,
) -> Iterator[Change]:
    if not readings:
        return
    readings.sort(key=lambda reading: (reading.starts_at, reading.uid))
    wanted = [references.base(each.slug, each.starts_at.astimezone(zone).date()) for each in readings]
    used = references.taken(wanted)
    for reading, base, key in zip(readings, wanted, bulk.allocate_ids(Charter, len(readings)), strict=True):
        facts, sources = in_force(reading.facts, {})
        row = _new_row(key, references.free(base, used), facts, sources, directory, moment) | {
            "calendar_id": calendar.pk,
            "uid": reading.uid,
            "original_start": reading.original_start,
            "vessel_id": calendar.vessel_id,
            "calendar_facts": reading.facts,
            "questions": reading.questions,
        }
        writing.created.append(row)
        writing.crew += _crew_rows(key, facts, sources, directory)
        summary = {name: _json(facts[name], zone) for name in SUMMARY}
        yield Change(LAYER, row["reference"], "event", summary, None, CREATE, APPLIED)


def _new_row(
    key: int, reference: str, facts: dict[str, Any], sources: dict[str, str], directory: Directory, moment: datetime
) -> dict[str, Any]:
    """A confirmed charter's row, but for its vessel and where it comes from."""
    return {name: facts[name] for name in COLUMNS} | {
        "id": key,
        "reference": reference,
        "status": Charter.Status.CONFIRMED.value,
        "calendar_id": None,
        "original_start": "",
        "dock_id": directory.dock(facts["place"]),
        "sources": sources,
        "calendar_facts": {},
        "booking_facts": {},
        "staff_facts": {},
        "questions": [],
        "created_at": moment,
        "updated_at": moment,
        "told_facts_changed_at": None,
    }


def _revise(
    row: dict[str, Any],
    said: dict[str, Any],
    records: Records,
    directory: Directory,
    writing: Writing,
    moment: datetime,
) -> Iterator[Change]:
    """`said` is what the calendar says now, by column; nothing, when only overrides changed."""
    key = row["id"]
    overrides = records.overrides.get(key, {})
    revised = row | said
    facts, sources = in_force(revised["calendar_facts"], overrides, revised["booking_facts"], revised["staff_facts"])
    revised |= {name: facts[name] for name in COLUMNS}
    revised |= {"dock_id": directory.dock(facts["place"]), "sources": sources}
    revised["status"] = overrides.get("status", revised["status"])
    before, after = records.crew.get(key, []), _crew_rows(key, facts, sources, directory)
    if revised == row and before == after:
        return
    differing = {name for name in (*COLUMNS, VESSEL, "status", "dock_id") if revised[name] != row[name]}
    if before != after:
        writing.recrewed.append(key)
        writing.crew += after
        yield from _crew_changes(row["reference"], before, after)
    yield from _field_changes(row, revised, differing, records.zone)
    if differing or before != after:
        writing.stale.append(key)
        revised["updated_at"] = moment
    if differing & (TOLD | {"dock_id"}):
        revised["told_facts_changed_at"] = moment
    writing.changed.append(revised)


def _vanish(row: dict[str, Any], writing: Writing, moment: datetime, reading: Reading | None) -> Iterator[Change]:
    """What departed stays as it was; a charter waits for a word; anything else goes at once."""
    if row["ends_at" if row["event_type"] in NOT_CHARTERS else "starts_at"] <= moment:
        return
    if row["event_type"] in NOT_CHARTERS:
        writing.gone.append(row["id"])
        yield Change(LAYER, row["reference"], "event", None, row["title"], DELETE, APPLIED)
        return
    said = reading.facts if reading else row["calendar_facts"] | {"cancelled": True}
    if row["status"] == Charter.Status.CONFIRMED:
        # Shown as held by the layer, on this and every later look, until somebody confirms.
        writing.changed.append(row | {"status": Charter.Status.CANCELLING.value, "calendar_facts": said})
    elif not row["calendar_facts"].get("cancelled"):
        # Cancelled by a person before; now the calendar agrees.
        writing.changed.append(row | {"calendar_facts": said})


def _crew_rows(key: int, facts: dict[str, Any], sources: dict[str, str], directory: Directory) -> list[tuple[Any, ...]]:
    captain = [(facts["captain"], "captain", sources.get("captain"))] if facts["captain"] else []
    commands = directory.member(facts["captain"]) if captain else None
    crew = [(name, role, sources.get("crew")) for name, role in facts["crew"]]
    # The captain under another name or alias is not listed twice.
    listed = [*captain, *(each for each in crew if commands is None or directory.member(each[0]) != commands)]
    return [
        (key, position, role, name, directory.member(name), source)
        for position, (name, role, source) in enumerate(listed)
    ]


def _crew_changes(reference: str, before: list[tuple[Any, ...]], after: list[tuple[Any, ...]]) -> Iterator[Change]:
    old, new = _crew_fields(before), _crew_fields(after)
    for name in ("captain", "crew"):
        if old[name] != new[name]:
            yield Change(LAYER, reference, name, new[name], old[name], UPDATE, APPLIED)


def _crew_fields(rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    captains = [name for _, _, role, name, _, _ in rows if role == "captain"]
    crew = [{"name": name, "role": role, "source": source} for _, _, role, name, _, source in rows if role != "captain"]
    return {"captain": captains[0] if captains else None, "crew": crew}


def _field_changes(
    row: dict[str, Any], revised: dict[str, Any], differing: set[str], zone: ZoneInfo
) -> Iterator[Change]:
    told: set[str] = set()
    for name in (*COLUMNS, VESSEL, "status"):
        label = EVENT_FIELDS.get(name, name)
        if name not in differing or name in QUIET or label in told:
            continue
        told.add(label)
        if label == "guest":
            parts = [part for part in GUEST_PARTS if part in differing]
            expected: Any = {part.removeprefix("guest_"): revised[part] for part in parts}
            actual: Any = {part.removeprefix("guest_"): row[part] for part in parts}
        else:
            expected, actual = _json(revised[name], zone), _json(row[name], zone)
        yield Change(LAYER, row["reference"], label, expected, actual, UPDATE, APPLIED)


def _json(value: Any, zone: ZoneInfo) -> Any:
    return value.astimezone(zone).isoformat() if isinstance(value, datetime) else value


def _tuples(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        yield tuple(bulk.as_json(row[name]) if name in JSON_COLUMNS else row[name] for name in STORED)


def _write(writing: Writing) -> None:
    if writing.created:
        bulk.copy_in(Charter, STORED, _tuples(writing.created))
    if writing.changed:
        bulk.upsert(Charter, STORED, _tuples(writing.changed), by=("id",))
    if writing.recrewed:
        CrewAssignment.objects.filter(charter__in=writing.recrewed).delete()
    if writing.crew:
        bulk.copy_in(CrewAssignment, CREW_COLUMNS, writing.crew)
    if writing.gone:
        # One that was a trip with guests once keeps its record: signatures hang on it.
        Charter.objects.filter(pk__in=writing.gone, page=None, guests=None).delete()
        Charter.objects.filter(pk__in=writing.gone).update(status=Charter.Status.CANCELLED)
    mark_stale(writing.stale)
    _keep_contacts(
        [row["id"] for row in (*writing.created, *writing.changed) if row["guest_email"] or row["guest_phone"]]
    )


def _keep_contacts(charters: list[int]) -> None:
    """The same person found twice is one contact: by e-mail in lower case, else by phone (docs/domain.md)."""
    if not charters:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO charters_contact (name, email, phone, created_at)
            SELECT DISTINCT ON (lower(guest_email)) guest_name, lower(guest_email), guest_phone, now()
            FROM charters_charter WHERE id = ANY(%s) AND guest_email <> ''
            ON CONFLICT (email) WHERE NOT email = '' DO NOTHING
            """,
            [charters],
        )
        cursor.execute(
            """
            INSERT INTO charters_contact (name, email, phone, created_at)
            SELECT DISTINCT ON (guest_phone) guest_name, '', guest_phone, now()
            FROM charters_charter AS charter WHERE id = ANY(%s) AND guest_email = '' AND guest_phone <> ''
              AND NOT EXISTS (SELECT 1 FROM charters_contact AS known WHERE known.phone = charter.guest_phone)
            ON CONFLICT (phone) WHERE email = '' AND NOT phone = '' DO NOTHING
            """,
            [charters],
        )
