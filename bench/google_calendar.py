"""A calendar read through Google's API, and how soon a push there is a row here, against a server on loopback."""

import json
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from bench.feeds import feed
from bench.ground import Row, clock, worker

EVENTS = 10_000
SEASON = 400
PUSHES = 40
BUDGET = 1.0  # seconds from the push to the row, p95
PATIENCE = 20.0
HOOK = "/hooks/google/"


def rows(var: Path) -> Iterator[Row]:
    """The rows of docs/benchmarks.md, “Google Calendar”."""
    from django.conf import settings

    from charters.models import Calendar, Charter, Vessel
    from jada.core.reconcile import Scope, reconcile
    from tests.fakes.google_server import google_server

    Charter.objects.all().delete()
    Calendar.objects.all().delete()
    with google_server() as google:
        google.load(feed(EVENTS))
        settings.GOOGLE_API_ENDPOINT, settings.GOOGLE_CREDENTIALS = google.address, google.credentials()
        Calendar.objects.create(name="google", google_id="primary", vessel=Vessel.objects.get(slug="jada"))

        def look() -> None:
            report = reconcile(Scope(layers=frozenset({"calendar"})))
            if report.exit_code != 0:
                raise AssertionError([change.reason for change in report.changes if change.reason])

        first = clock(look)
        if Charter.objects.count() != EVENTS:
            raise AssertionError(Charter.objects.count())
        google.requests.clear()
        again = clock(look, times=5)
        asked = len(google.asked("events.list")) / 5
        yield Row(
            f"nothing changed in {EVENTS:,} events: requests to the calendar", asked, 1, 1, "requests", at_most=True
        )
        yield Row(f"nothing changed in {EVENTS:,} events, against reading them all", again, first, 100)

    Charter.objects.all().delete()
    Calendar.objects.all().delete()
    with google_server() as google, _pages_served():
        google.load(feed(SEASON))
        settings.GOOGLE_API_ENDPOINT, settings.GOOGLE_CREDENTIALS = google.address, google.credentials()
        Calendar.objects.create(name="pushed", google_id="primary", vessel=Vessel.objects.get(slug="jada"))
        reconcile(Scope())
        taken = list(_pushes(google))
    p95 = statistics.quantiles(taken, n=20)[-1]
    yield Row(f"from a push to the row, a season of {SEASON}: p95, against 1 s", p95, BUDGET, 1, at_most=True)


@contextmanager
def _pages_served() -> Iterator[None]:
    """The pages' public address answers, so that the worker's other layers have their usual work."""
    from django.conf import settings

    from jada.core.folder_server import FolderServer

    server = FolderServer(settings.GUEST_PAGES_FOLDER, settings.GUEST_PAGES_URL, "no-cache")
    try:
        yield
    finally:
        server.close()


def _pushes(google) -> Iterator[float]:  # type: ignore[no-untyped-def]
    """Seconds from the hook's request until the row says what the calendar says; a real worker in between."""
    from django.test import Client

    from charters.calendars.google import push
    from charters.models import Charter

    push.open_or_renew()
    (channel,) = google.channels.values()
    announced = {
        "X-Goog-Channel-ID": channel["id"],
        "X-Goog-Channel-Token": channel["token"],
        "X-Goog-Resource-ID": channel["resourceId"],
        "X-Goog-Resource-State": "exists",
        "Host": "127.0.0.1",
    }
    charter = Charter.objects.filter(starts_at__gt=datetime.now().astimezone()).order_by("starts_at")[50]
    event_id = charter.uid.removesuffix("@google.com")
    item = next(
        item for item in google.calendar().items.values() if item["iCalUID"] == charter.uid or item["id"] == event_id
    )
    starts = datetime.fromisoformat(item["start"]["dateTime"])
    ends = datetime.fromisoformat(item["end"]["dateTime"])
    known = {"GOOGLE_API_ENDPOINT": google.address, "GOOGLE_CREDENTIALS": json.dumps(google.credentials())}
    with worker(known):
        for number in range(PUSHES + 1):
            moved = timedelta(minutes=number + 1)
            google.edit(
                item["id"],
                start={"dateTime": (starts + moved).isoformat()},
                end={"dateTime": (ends + moved).isoformat()},
            )
            begun = time.perf_counter()
            answer = Client().post(HOOK, headers=announced)
            if answer.status_code != 204:
                raise AssertionError(answer.status_code)
            while not Charter.objects.filter(pk=charter.pk, starts_at=starts + moved).exists():
                if time.perf_counter() - begun > PATIENCE:
                    raise AssertionError(f"push {number} never became a row")
                time.sleep(0.002)
            if number:  # the first one waits for the worker to start
                yield time.perf_counter() - begun
