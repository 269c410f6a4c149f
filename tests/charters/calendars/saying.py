"""Has a calendar say something, as a look at it does."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from charters.calendars.merge import merge
from charters.calendars.occurrences import Occurrence
from charters.calendars.reading import Directory, Reading, read
from charters.models import Calendar
from jada.core.reconcile import Change

# 18:30 on Saturday 30 May 2026 on the Pacific coast.
START = datetime(2026, 5, 31, 1, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def event(
    uid: str = "quinn@google.com",
    title: str = "Quinn Sunset Sail",
    text: str = "",
    *,
    at: datetime = START,
    hours: float = 2,
    original: str = "",
    place: str = "",
    cancelled: bool = False,
) -> Occurrence:
    """One occasion."""
    return Occurrence(uid, original, title, text, place, at, at + hours * HOUR, False, cancelled)


def understood(calendar: Calendar, *events: Occurrence) -> list[Reading]:
    """As the reader takes them."""
    directory = Directory.load()
    return [read(each, zone=ZoneInfo(calendar.timezone), directory=directory) for each in events]


def say(
    calendar: Calendar,
    *events: Occurrence,
    looked_at: Sequence[str] | None = None,
    edited: Collection[str] | None = None,
) -> list[Change]:
    """Merge what these events, or the UIDs `looked_at` without them, say now."""
    uids = list({each.uid for each in events}) if looked_at is None else looked_at
    readings = understood(calendar, *events)
    return merge(calendar, readings, looked_at=uids, directory=Directory.load(), edited=edited)


def fields(changes: Sequence[Change]) -> list[tuple[str, str]]:
    """(charter, field) of each."""
    return [(each.charter, each.field) for each in changes]
