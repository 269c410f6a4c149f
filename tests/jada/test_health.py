"""`GET /healthz/`: fit to serve, or not, and soon said."""

import socket
import time
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client

from tests.factories import CalendarFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def nobody() -> int:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ask(client: Client) -> tuple[int, dict[str, str]]:
    """The answer, which takes no longer than a probe waits."""
    started = time.monotonic()
    response = client.get("/healthz/")
    assert time.monotonic() - started < 3.5
    return response.status_code, response.json()


def test_all_is_well(client: Client) -> None:
    assert ask(client) == (200, {"database": "well", "broker": "well", "calendars": "well"})


def test_a_broker_that_is_down_leaves_us_fit_to_serve(client: Client, settings: pytest.FixtureRequest) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{nobody()}/0"  # type: ignore[attr-defined]
    assert ask(client) == (200, {"database": "well", "broker": "down", "calendars": "well"})


def test_a_broker_that_says_nothing_is_down(client: Client, settings: pytest.FixtureRequest, silent: int) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{silent}/0"  # type: ignore[attr-defined]
    assert ask(client) == (200, {"database": "well", "broker": "down", "calendars": "well"})


def test_a_database_that_is_down_makes_us_unfit(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", str(nobody()))
    assert ask(client) == (503, {"database": "down", "broker": "well", "calendars": "unknown"})


def test_a_database_that_says_nothing_makes_us_unfit_soon(
    client: Client, monkeypatch: pytest.MonkeyPatch, silent: int
) -> None:
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", str(silent))
    assert ask(client) == (503, {"database": "down", "broker": "well", "calendars": "unknown"})


@pytest.mark.django_db(transaction=True)
def test_a_calendar_that_cannot_be_read_is_counted_and_not_named(client: Client) -> None:
    CalendarFactory.create(error="The calendar's address answers with an error (404).")
    assert ask(client) == (200, {"database": "well", "broker": "well", "calendars": "1 cannot be read"})


def test_the_answer_is_kept_by_no_cache_and_changed_by_nobody(client: Client) -> None:
    assert "no-store" in client.get("/healthz/")["Cache-Control"]
    assert client.post("/healthz/").status_code == 405
