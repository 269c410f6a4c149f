"""A feed from bytes to database, against parsing it whole with icalendar and `update_or_create` per event."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.feeds import CREW, feed
from bench.ground import Row, clock

EVENTS = 10_000
SIZES = (100, 1_000, 10_000)


def rows(var: Path) -> Iterator[Row]:
    """The rows of docs/benchmarks.md, “Calendar”."""
    _people()
    calendar = _calendar(var)
    write, sync = _writer(var), _sync
    write(feed(EVENTS))
    peer_calendar = _calendar(var, "peer")
    peer_first = clock(lambda: _peer(peer_calendar, feed(EVENTS)))
    ours_first = clock(lambda: sync(calendar))
    yield Row(f"first load of {EVENTS:,} events", ours_first, peer_first, 4)

    again = feed(EVENTS, stamp="20261121T090000Z")
    peer_again = clock(lambda: _peer(peer_calendar, again))
    write(again)
    before = _row_versions()
    ours_again = clock(lambda: sync(calendar), times=5)
    if _row_versions() != before:
        raise AssertionError("a look at an unchanged feed wrote rows")
    yield Row(f"nothing changed in {EVENTS:,} events (but every DTSTAMP)", ours_again, peer_again, 200)

    moved = iter(range(100))
    peer_moved = clock(lambda: _peer(peer_calendar, feed(EVENTS, moved=EVENTS // 100)))
    versions = [feed(EVENTS, moved=EVENTS // 100 if each % 2 == 0 else 0) for each in range(4)]
    ours_moved = clock(lambda: sync(calendar), times=4, before=lambda: write(versions[next(moved)]))
    yield Row(f"1 % changed of {EVENTS:,} events", ours_moved, peer_moved, 100)

    each = {}
    for size in SIZES:
        write(feed(size))
        fresh = _calendar(var, f"of {size}")
        each[size] = clock(lambda fresh=fresh: sync(fresh)) / size
    yield Row("cost of one event: 10,000 against 1,000 (linear)", each[10_000], each[1_000], 1.5, at_most=True)
    yield Row("cost of one event: 10,000 against 100 (linear)", each[10_000], each[100], 1.5, at_most=True)
    yield Row("peak memory of the first load above idle", _peak_memory(var), 60, 1, unit="MB", at_most=True)


def _people() -> None:
    from charters.models import CrewMember

    for name in CREW:
        CrewMember.objects.get_or_create(name=name)


def _calendar(var: Path, name: str = "bench") -> int:
    from charters.models import Calendar, Vessel

    address = (var / "demo" / "bench.ics").as_uri()
    vessel = Vessel.objects.get(slug="jada")
    return Calendar.objects.create(name=name, ical_address=address, vessel=vessel).pk


def _writer(var: Path):  # type: ignore[no-untyped-def]
    (var / "demo").mkdir(exist_ok=True)
    return (var / "demo" / "bench.ics").write_bytes


def _sync(calendar: int) -> None:
    """What a worker does at a look, for one calendar: read the bytes, compare, write the difference, settle."""
    from django.db import transaction

    from charters.calendars.layer import CalendarLayer
    from charters.models import Calendar
    from jada.core.reconcile import Scope

    layer, others = CalendarLayer(), Calendar.objects.exclude(pk=calendar)
    parked = dict(others.values_list("pk", "lease_until"))
    others.update(lease_until="2100-01-01T00:00:00Z")
    scope = Scope()
    try:
        seen = layer.observe(scope)
        with transaction.atomic():
            changes = layer.plan(scope, seen)
    finally:
        others.filter(pk__in=parked).update(lease_until=None)
    failed = [change.reason for change in changes if change.state == "failed"]
    if failed or len(seen.calendars) != 1:
        raise AssertionError(failed)


def _peer(calendar: int, content: bytes) -> None:
    """What one would write in an afternoon: icalendar, then `update_or_create` for each event."""
    import icalendar

    from charters.models import Charter, Vessel

    vessel = Vessel.objects.get(slug="jada")
    for event in icalendar.Calendar.from_ical(content).walk("VEVENT"):
        uid = str(event["UID"])
        Charter.objects.update_or_create(
            calendar_id=calendar,
            uid=uid,
            original_start="",
            defaults={
                "reference": f"peer-{uid}",
                "title": str(event["SUMMARY"]),
                "place": str(event.get("LOCATION", "")),
                "event_type": "private",
                "vessel": vessel,
                "starts_at": event.start,
                "ends_at": event.end,
                "arrive_by": event.start,
                "calendar_facts": {"description": str(event.get("DESCRIPTION", ""))},
            },
        )


def _row_versions() -> list[tuple[str, int]]:
    """The newest transaction that wrote a charter's or an event's row."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'charter', max(xmin::text::bigint) FROM charters_charter UNION ALL "
            "SELECT 'event', max(xmin::text::bigint) FROM charters_calendarevent ORDER BY 1"
        )
        return cursor.fetchall()


def _peak_memory(var: Path) -> float:
    """MB by which a process of its own grows at its peak while it loads the feed the first time."""
    script = f"""
import pathlib, re
import django
django.setup()
from bench.calendar_sync import _calendar, _sync
from charters.models import Calendar
calendar = _calendar(pathlib.Path({str(var)!r}), "of memory")
list(Calendar.objects.all())
status, peak = pathlib.Path("/proc/self/status"), re.compile(r"VmHWM:\\s+(\\d+) kB")
pathlib.Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here (proc(5))
idle = int(peak.search(status.read_text())[1])
_sync(calendar)
print((int(peak.search(status.read_text())[1]) - idle) / 1024)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])
