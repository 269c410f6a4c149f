"""A calendar whose feed a test writes, on Thursday 28 May 2026."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from charters.calendars.google import credentials as google_credentials
from charters.calendars.google import transport
from charters.models import Calendar
from tests.factories import CalendarFactory, VesselFactory
from tests.fakes.feed_server import FeedServer, feed_server
from tests.fakes.google_server import Google, google_server

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


@pytest.fixture
def google(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    """A Google that knows our login; its calendars are empty, pauses between tries are short."""
    monkeypatch.setattr(transport, "FIRST_PAUSE", 0.005)
    google_credentials.forget_tokens()
    with google_server() as serving:
        settings.GOOGLE_API_ENDPOINT = serving.address
        settings.GOOGLE_CREDENTIALS = serving.credentials()
        yield serving
        transport.forget_connections()
    google_credentials.forget_tokens()


@pytest.fixture
def both_ways(calendar: Calendar, google: Google) -> Calendar:
    """The calendar `primary` of Google's, with the feed of `server` to fall back on."""
    google.calendar()
    calendar.google_id = "primary"
    calendar.save(update_fields=["google_id"])
    return calendar
