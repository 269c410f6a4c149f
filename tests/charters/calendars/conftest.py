"""A calendar whose feed a test writes, on Thursday 28 May 2026."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from charters.models import Calendar
from tests.factories import CalendarFactory, VesselFactory
from tests.fakes.feed_server import FeedServer, feed_server

Move = Callable[[datetime], None]
THURSDAY = datetime(2026, 5, 28, 19, 0, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Move:
    """Moves the clock (jada.core.clock asks Django's)."""

    def move(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return move


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as serving:
        yield serving


@pytest.fixture
def calendar(db: None, at: Move, server: FeedServer, settings: pytest.FixtureRequest) -> Calendar:
    """It asks `server`, which is on a private network."""
    settings.ALLOW_PRIVATE_CALENDAR_HOSTS = True  # type: ignore[attr-defined]
    at(THURSDAY)
    vessel = VesselFactory.create(slug="queen", name="Queen", brand__name="JADA")
    return CalendarFactory.create(name="JADA Internal", ical_address=server.address, vessel=vessel)
