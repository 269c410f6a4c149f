"""The reference Sunday: Jonathan's charter as its calendar has it, on Thursday 21 May 2026."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from charters.calendars.facts import COLUMNS, MOMENTS
from charters.models import Charter, Vessel
from tests.factories import CharterFactory, VesselFactory

HOME = ZoneInfo("America/Los_Angeles")
Move = Callable[[datetime], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Move:
    def move(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return move


@pytest.fixture
def jada(db: None, at: Move) -> Vessel:
    at(datetime(2026, 5, 21, 17, 0, tzinfo=UTC))
    Vessel.objects.all().delete()
    vessel: Vessel = VesselFactory(slug="jada", name="JADA", brand__phone="+16195550100")
    return vessel


def charter_of_a_calendar(vessel: Vessel, *moment: int, code: str = "", hours: int = 4, **columns: Any) -> Charter:
    """A charter whose facts are what its calendar says."""
    starts_at = datetime(*moment, tzinfo=HOME)  # type: ignore[arg-type,misc]
    columns = {"title": "Jonathan Afternoon Sail", "party": "Jonathan", "guest_name": "Jonathan"} | columns
    charter: Charter = CharterFactory(
        vessel=vessel, starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours), **columns
    )
    facts = {name: getattr(charter, name) for name in COLUMNS}
    facts |= {name: facts[name].isoformat() for name in MOMENTS}
    facts |= {"captain": None, "crew": [], "confirmation_code": code, "platform": ""}
    sources = {name: "calendar" for name, value in facts.items() if value not in (None, "", [])}
    Charter.objects.filter(pk=charter.pk).update(calendar_facts=facts, sources=sources)
    charter.refresh_from_db()
    return charter


@pytest.fixture
def jonathan(jada: Vessel) -> Charter:
    """With the code in its description; no telephone and no e-mail anywhere."""
    return charter_of_a_calendar(jada, 2026, 5, 31, 13, 30, code="XHQGMDH", reference="jonathan-sunday-2026-05-31")
