"""The reference weekend's charters in the database, as the calendar gave them, and looks at their pages."""

import json
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.serializers.json import DjangoJSONEncoder

from charters.models import Charter, GuestPage
from charters.overrides import override
from charters.pages.render import digest_in
from jada.core.reconcile import Change, Report, Scope, reconcile
from tests.charters.pages.samples import at
from tests.factories import CalendarFactory, CharterFactory, VesselFactory

THURSDAY = datetime(2026, 5, 28, 19, 0, tzinfo=UTC)
ONE_LATER = at("2026-05-30 15:00")
PAGES = frozenset({"page", "edge"})


def danika(**facts: Any) -> Charter:
    """Danika's charter, 2–6 PM on Saturday, before the correction to 3–7 PM; `facts` are other facts of hers."""
    said = {
        "title": "Danika Private Charter",
        "event_type": "private",
        "party": "Danika",
        "starts_at": at("2026-05-30 14:00"),
        "ends_at": at("2026-05-30 18:00"),
        "all_day": False,
        "arrive_by": at("2026-05-30 13:45"),
        "place": "",
        "guest_name": "Danika Alvarez",
        "guest_email": "danika@example.com",
        "guest_phone": "",
        "guest_count": 12,
    }
    records = {name: facts.pop(name) for name in ("vessel", "calendar", "reference") if name in facts}
    said |= facts
    written = json.loads(json.dumps(said | {"captain": "", "crew": []}, cls=DjangoJSONEncoder))
    return CharterFactory.create(**said, calendar_facts=written, sources={"starts_at": "calendar"}, **records)


def fleet(number: int) -> list[Charter]:
    """So many charters on one vessel."""
    vessel = VesselFactory.create(name="JADA")
    calendar = CalendarFactory.create(vessel=vessel)
    return [danika(vessel=vessel, calendar=calendar) for _ in range(number)]


def sails_later(charter: Charter) -> list[Change]:
    """Somebody in the office moves it to three o'clock."""
    return override(charter=charter, facts={"starts_at": ONE_LATER}, by="ana")


def look(**scope: Any) -> Report:
    """A quick look at the pages, unless `scope` says otherwise."""
    return reconcile(Scope(**{"layers": PAGES, **scope}))


def by_hand(*options: str) -> tuple[int, dict[str, Any]]:
    """`manage.py reconcile --json` for the two layers: its exit code and what it printed."""
    printed = StringIO()
    try:
        call_command("reconcile", "--json", "--layer", "page", "--layer", "edge", *options, stdout=printed)
    except SystemExit as end:
        return int(str(end.code)), json.loads(printed.getvalue())
    return 0, json.loads(printed.getvalue())


def outcomes(report: Report) -> list[tuple[str, str, str]]:
    """(layer, action, state) of each change."""
    return [(change.layer, change.action, change.state) for change in report.changes]


def page_of(charter: Charter) -> GuestPage:
    return GuestPage.objects.get(charter=charter)


def is_of(page: GuestPage, content: bytes) -> bool:
    """Whether these bytes are the page as its row says that it was published."""
    return digest_in(content) == page.digest != ""
