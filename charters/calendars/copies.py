"""The stored copies of the calendars' events, read once more without asking anybody outside."""

from collections.abc import Collection
from zoneinfo import ZoneInfo

from django.db import transaction

from charters.calendars.merge import merge
from charters.calendars.occurrences import Occurrence, UnreadableEvent, lay_out
from charters.calendars.reading import Directory, read
from charters.models import Calendar, CalendarEvent, Charter
from jada.core.reconcile import Change


def occurrence_of(charter: Charter) -> Occurrence | None:
    """The occasion a charter was read from, in one query; None without a calendar or a readable copy."""
    calendar = charter.calendar
    if calendar is None:
        return None
    copies = CalendarEvent.objects.filter(calendar=calendar, uid=charter.uid, reason="")
    for source in copies.values_list("source", flat=True):
        for each in _occurrences(calendar, charter.uid, source) or ():
            if each.original_start == charter.original_start:
                return each
    return None


def understand_anew(charters: Collection[int], *, directory: Directory) -> list[Change]:
    """Read the copies that these charters were made from by what is known now; returns the changes, all applied.

    Waits for whoever is reading one of their calendars: an older copy must not win over what it has just brought. A
    copy that cannot be read leaves its charters as they are.
    """
    made_from: dict[int, set[str]] = {}
    events = Charter.objects.filter(pk__in=charters, calendar__isnull=False).values_list("calendar", "uid")
    for key, uid in events:
        made_from.setdefault(key or 0, set()).add(uid)
    changes: list[Change] = []
    with transaction.atomic():
        calendars = Calendar.objects.filter(pk__in=made_from).select_related("vessel").order_by("pk")
        for calendar in calendars.select_for_update(of=("self",)):
            changes += _understand(calendar, made_from[calendar.pk], directory)
    return changes


def _understand(calendar: Calendar, uids: set[str], directory: Directory) -> list[Change]:
    copies = CalendarEvent.objects.filter(calendar=calendar, uid__in=uids, reason="").values_list("uid", "source")
    laid_out = {uid: _occurrences(calendar, uid, source) for uid, source in copies.order_by("pk")}
    readable = {uid: occurrences for uid, occurrences in laid_out.items() if occurrences is not None}
    zone = ZoneInfo(calendar.timezone)
    readings = [read(each, zone=zone, directory=directory) for found in readable.values() for each in found]
    return merge(calendar, readings, looked_at=list(readable), directory=directory)


def _occurrences(calendar: Calendar, uid: str, source: str) -> list[Occurrence] | None:
    try:
        return lay_out(uid, source, zones=calendar.zones, zone=ZoneInfo(calendar.timezone))[0]
    except UnreadableEvent:
        return None
