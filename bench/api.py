"""A month of events over the REST API, against Django's own `values()` of the same rows written as JSON."""

import json
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.feeds import CREW, feed
from bench.ground import Row

SEASON = 2_000  # four a day, more than a year of them
BUDGET = 0.050  # seconds, p95
ROUNDS = 100
SERIES = 3


def rows(var: Path) -> Iterator[Row]:
    """The rows of docs/benchmarks.md, “API”."""
    from django.core.serializers.json import DjangoJSONEncoder
    from django.test import Client

    from charters.models import Calendar, Charter, CrewMember, Vessel
    from charters.pages.addresses import make_pages
    from jada.core import tokens
    from jada.core.reconcile import Scope, reconcile
    from jada.wsgi import keep_what_is_loaded

    Charter.objects.all().delete()
    Calendar.objects.all().delete()
    for name in CREW:
        CrewMember.objects.get_or_create(name=name)
    (var / "demo").mkdir(exist_ok=True)
    file = var / "demo" / "api.ics"
    file.write_bytes(feed(SEASON))
    Calendar.objects.create(name="api", ical_address=file.as_uri(), vessel=Vessel.objects.get(slug="jada"))
    reconcile(Scope(layers=frozenset({"calendar"})))
    make_pages(Charter.objects.filter(page=None))

    first = Charter.objects.order_by("starts_at")[SEASON // 4].date
    month = {"from": f"{first:%Y-%m-01}", "to": f"{first:%Y-%m-28}"}
    program = Client(headers={"Authorization": f"Bearer {tokens.create('bench')}", "Host": "127.0.0.1"})

    def ours() -> int:
        answer = program.get("/calendar/events", month)
        if answer.status_code != 200:
            raise AssertionError(answer.content[:200])
        return len(json.loads(answer.content)["events"])

    def peer() -> int:
        found = Charter.objects.filter(starts_at__date__range=(month["from"], month["to"])).values()
        return len(json.loads(json.dumps(list(found), cls=DjangoJSONEncoder)))

    keep_what_is_loaded()
    if not 100 <= ours() <= peer() + 4:
        raise AssertionError((ours(), peer()))
    # In turn, and the quietest series counts: what else the machine does is not measured here.
    series = [(_p95(ours), _p95(peer)) for _ in range(SERIES)]
    slow, bare = min(each for each, _ in series), min(each for _, each in series)
    what = f"GET /calendar/events: a month of {ours()} events"
    yield Row(f"{what}, p95, against 50 ms", slow, BUDGET, 1, at_most=True)
    yield Row(f"{what}, p95, against values() of the bare rows", slow, bare, 6, at_most=True)


def _p95(act: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return statistics.quantiles(taken, n=20)[-1]
