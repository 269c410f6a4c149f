"""Charters as rows: read under lock for a merge, and made out of facts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from charters.calendars.facts import COLUMNS
from charters.calendars.occurrences import original_start
from charters.calendars.reading import Directory, Reading
from charters.models import Calendar, Charter, CrewAssignment, Override

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
    "said_since",
    "questions",
    "entered_as",
    "created_at",
    "updated_at",
    "told_facts_changed_at",
)
JSON_COLUMNS = frozenset({"sources", "calendar_facts", "booking_facts", "staff_facts", "said_since", "questions"})
CREW_COLUMNS = ("charter_id", "position", "role", "name", "member_id", "source")
VESSEL = "vessel__slug"

Row = dict[str, Any]
CrewRow = tuple[Any, ...]
Key = tuple[str, str]


@dataclass
class Records:
    """The records of some UIDs as they stand, locked, with their overrides and crew."""

    rows: dict[Key, Row]
    zone: ZoneInfo
    # What their calendar says now that no single event says.
    standing: Row = field(default_factory=dict)
    overrides: dict[int, dict[str, Any]] = field(default_factory=dict)
    # What the calendar said of an overridden fact: {charter: {fact: {"value": …}, or None when that is not known}}.
    said_then: dict[int, dict[str, Any]] = field(default_factory=dict)
    crew: dict[int, list[CrewRow]] = field(default_factory=dict)

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
        standing = {"calendar_id": calendar.pk, "vessel_id": calendar.vessel_id, VESSEL: calendar.vessel.slug}
        records = cls(rows, ZoneInfo(calendar.timezone), standing)
        records.load([row["id"] for row in rows.values()])
        return records

    @classmethod
    def lock_one(cls, charter: Charter) -> "Records":
        """The record of one charter."""
        row = Charter.objects.select_for_update(of=("self",)).values(*STORED, VESSEL).get(pk=charter.pk)
        records = cls({(row["uid"], row["original_start"]): row}, charter.zone)
        records.load([row["id"]])
        return records

    def take(self, reading: Reading) -> Row | None:
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

    def load(self, keys: Sequence[int]) -> None:
        """The overrides and the crew of these charters; two queries, none for none."""
        if not keys:
            return
        overrides = Override.objects.filter(charter__in=keys).values_list("charter", "field", "value", "calendar_said")
        for charter, name, value, said in overrides:
            self.overrides.setdefault(charter, {})[name] = value
            self.said_then.setdefault(charter, {})[name] = said
        crew = CrewAssignment.objects.filter(charter__in=keys).order_by("charter", "position")
        for row in crew.values_list(*CREW_COLUMNS):
            self.crew.setdefault(row[0], []).append(row)

    def _own_day(self, facts: dict[str, Any]) -> str:
        starts_at = datetime.fromisoformat(facts["starts_at"])
        return original_start(starts_at.astimezone(self.zone).date() if facts["all_day"] else starts_at, self.zone)


def new_row(
    key: int, reference: str, facts: dict[str, Any], sources: dict[str, str], directory: Directory, moment: datetime
) -> Row:
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
        "said_since": {},
        "questions": [],
        "entered_as": "",
        "created_at": moment,
        "updated_at": moment,
        "told_facts_changed_at": None,
    }


def crew_rows(key: int, facts: dict[str, Any], sources: dict[str, str], directory: Directory) -> list[CrewRow]:
    """The crew list of the charter `key`, in the order of `CREW_COLUMNS`."""
    captain = facts["captain"] if facts["captain"] and not directory.is_no_person(facts["captain"]) else None
    listed = [(captain, "captain", sources.get("captain"))] if captain else []
    listed += [(name, role, sources.get("crew")) for name, role in facts["crew"] if not directory.is_no_person(name)]
    members = [directory.member(name) for name, _, _ in listed]
    commands = members[0] if captain else None
    # The captain under another name or alias is not listed twice.
    known = [
        (*each, member)
        for place, (each, member) in enumerate(zip(listed, members, strict=True))
        if not place or commands is None or member != commands
    ]
    return [(key, position, role, name, member, source) for position, (name, role, source, member) in enumerate(known)]
