"""What happened to a charter, newest first: the changes runs found and what people did (docs/architecture.md)."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils.dateparse import parse_datetime

from charters.models import Charter
from charters.pages import words
from jada.core.models import StoredChange

NEWEST = 60
LAYERS = {
    "calendar": ("event", "Calendar"),
    "correction": ("edit_calendar", "Correction"),
    "page": ("web", "Guest page"),
    "edge": ("public", "Online"),
    "message": ("mail", "Message"),
    "work_order": ("cleaning_services", "Cleaning"),
}
# What is not done is found again by each look, until it is done.
AGAIN = ("held", "failed")
TOLD_ONCE = ("layer", "field", "expected", "actual", "state", "reason")
_LABELS = {"starts_at": "start", "ends_at": "end", "arrive_by": "arrive by", "guest_count": "guests"}


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline; `state` is that of the change, '' for what a person did."""

    at: datetime
    when: str
    icon: str
    who: str
    words: str
    state: str = ""


def timeline(charter: Charter) -> list[Happening]:
    """The newest happenings, in three queries; what every look finds again (held, failed) is told once."""
    found = StoredChange.objects.filter(charter=charter.reference).select_related("run")
    again = found.filter(state__in=AGAIN).order_by(*TOLD_ONCE, "-id").distinct(*TOLD_ONCE)
    changes = [*found.exclude(state__in=AGAIN)[:NEWEST], *again]
    deeds = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Charter), object_id=str(charter.pk)
    ).select_related("user")[:NEWEST]
    lines = [_change(change, charter.zone) for change in changes] + [_deed(deed, charter.zone) for deed in deeds]
    return list(islice(sorted(lines, key=lambda line: line.at, reverse=True), NEWEST))


def _change(change: StoredChange, zone: ZoneInfo) -> Happening:
    icon, layer = LAYERS.get(change.layer, ("sync", change.layer))
    said = _difference(change, zone)
    if change.reason and change.state != "applied":
        said = f"{said} ({change.reason})"
    return Happening(change.run.finished_at, _when(change.run.finished_at, zone), icon, layer, said, change.state)


def _deed(deed: LogEntry, zone: ZoneInfo) -> Happening:
    name = deed.user.get_short_name() or deed.user.get_username()
    return Happening(deed.action_time, _when(deed.action_time, zone), "person", name, deed.get_change_message())


def _difference(change: StoredChange, zone: ZoneInfo) -> str:
    if change.field == "event":
        return "Taken into the records" if change.expected else "Gone from the calendar"
    if change.layer in {"page", "edge", "message"}:
        return str(change.expected or change.actual or change.action)
    label = _LABELS.get(change.field, change.field.replace("_", " "))
    return f"{label}: {_said(change.actual, zone)} → {_said(change.expected, zone)}"


def _said(value: Any, zone: ZoneInfo) -> str:
    if value in (None, "", [], {}):
        return "none"
    if isinstance(value, list):
        return words.listed([_said(each, zone) for each in value])
    if isinstance(value, dict):
        return str(value["name"]) if "role" in value else ", ".join(_said(each, zone) for each in value.values())
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        return str(value)
    return _when(moment, zone)


def _when(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{words.day(local.date())}, {words.clock(local)}"
