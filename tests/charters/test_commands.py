"""`manage.py calendar`: adding, listing, confirming."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from charters.models import Brand, Calendar, Charter, Override, Vessel
from tests.charters.calendars.conftest import at, calendar, server
from tests.charters.calendars.feeds import event, feed, look
from tests.fakes import feed_server as fake
from tests.fakes.feed_server import FeedServer

__all__ = ["at", "calendar", "server"]
ADDRESS = "https://calendar.google.com/calendar/ical/secret/basic.ics"


@pytest.fixture
def vessel(db: None) -> Vessel:
    """What the migrations install."""
    brand, _ = Brand.objects.get_or_create(slug="jada", defaults={"name": "JADA"})
    found, _ = Vessel.objects.get_or_create(slug="jada", defaults={"name": "JADA", "brand": brand})
    return found


def run(*arguments: str) -> str:
    printed = StringIO()
    call_command("calendar", *arguments, stdout=printed)
    return printed.getvalue()


def refusal(*arguments: str) -> str:
    with pytest.raises(CommandError) as raised:
        run(*arguments)
    return str(raised.value)


# -- add -----------------------------------------------------------------------------------------------------------


def test_a_calendar_is_added(vessel: Vessel) -> None:
    run("add", " JADA Internal ", "--ical", ADDRESS)
    assert list(Calendar.objects.values_list("name", "ical_address", "timezone", "vessel__slug")) == [
        ("JADA Internal", ADDRESS, "America/Los_Angeles", "jada")
    ]


def test_a_calendar_may_have_a_zone_and_a_vessel_of_its_own(vessel: Vessel) -> None:
    Vessel.objects.create(slug="two", name="Two", brand=vessel.brand)
    run("add", "Two", "--ical", ADDRESS, "--timezone", "Europe/Berlin", "--vessel", "two")
    assert list(Calendar.objects.values_list("timezone", "vessel__slug")) == [("Europe/Berlin", "two")]


def test_what_was_added_is_printed_as_json(vessel: Vessel) -> None:
    printed: dict[str, Any] = json.loads(run("add", "JADA", "--ical", ADDRESS, "--json"))
    assert printed == {
        "id": Calendar.objects.get().pk,
        "name": "JADA",
        "source": "ical",
        "last_sync": None,
        "error": None,
    }


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["", "--ical", ADDRESS], "NAME: between 1 and 80 characters."),
        (["x" * 81, "--ical", ADDRESS], "NAME: between 1 and 80 characters."),
        (["A", "--ical", "http://example.com/a.ics"], "--ical: it must be an address that begins with https://."),
        (["A", "--ical", "file:///etc/passwd"], "--ical: it must be an address that begins with https://."),
        (["A", "--ical", "https://"], "--ical: it must be an address that begins with https://."),
        (["A", "--ical", "https://[::1/"], "--ical: it must be an address that begins with https://."),
        (["A", "--ical", ADDRESS + "x" * 500], "--ical: it must be an address that begins with https://."),
        (
            ["A", "--ical", ADDRESS, "--timezone", "Mars"],
            "--timezone: “Mars” is no time zone, such as America/Los_Angeles.",
        ),
        (["A", "--ical", ADDRESS, "--vessel", "none"], "--vessel: there is no vessel “none”; there is jada."),
    ],
)
def test_what_cannot_be_a_calendar_is_refused(vessel: Vessel, arguments: list[str], words: str) -> None:
    assert (refusal("add", *arguments), Calendar.objects.count()) == (words, 0)


def test_a_name_twice_is_refused(vessel: Vessel) -> None:
    run("add", "JADA", "--ical", ADDRESS)
    assert refusal("add", "JADA", "--ical", ADDRESS) == "NAME: there is a calendar “JADA” already."


def test_plain_http_is_taken_where_private_hosts_are_allowed(vessel: Vessel, settings: pytest.FixtureRequest) -> None:
    settings.ALLOW_PRIVATE_CALENDAR_HOSTS = True  # type: ignore[attr-defined]
    run("add", "JADA", "--ical", "http://127.0.0.1:9000/basic.ics")
    assert Calendar.objects.get().ical_address == "http://127.0.0.1:9000/basic.ics"


# -- list ----------------------------------------------------------------------------------------------------------


def test_the_list_says_how_the_last_sync_went(calendar: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(feed(event()))
    look()
    server.answer = fake.status(404)
    look()
    assert json.loads(run("list", "--json")) == [
        {
            "id": calendar.pk,
            "name": "JADA Internal",
            "source": "ical",
            "last_sync": "2026-05-28T19:00:00+00:00",
            "error": "The feed is gone from its address (the server says it does not exist).",
        }
    ]


def test_the_list_is_read_in_words_and_never_shows_the_secret_address(calendar: Calendar, server: FeedServer) -> None:
    assert run("list") == "JADA Internal: well (never read yet)\n"


def test_an_empty_list_says_how_to_begin(db: None) -> None:
    assert run("list") == "There is no calendar yet: `manage.py calendar add NAME --ical URL`.\n"
    assert run("list", "--json") == "[]\n"


# -- confirm -------------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(calendar: Calendar, server: FeedServer) -> Charter:
    """Quinn's, gone from the calendar; Kim's is still in it."""
    kim = event("kim", "Kim 40th Birthday", "20260530T210000Z")
    server.answer = fake.whole(feed(event(), kim))
    look()
    server.answer = fake.whole(feed(kim))
    look()
    return Charter.objects.get(status="cancelling")


def test_a_waiting_charter_is_confirmed_as_cancelled(waiting: Charter) -> None:
    assert run("confirm", waiting.reference) == "quinn-saturday-2026-05-30 is cancelled.\n"
    waiting.refresh_from_db()
    assert (waiting.status, Override.objects.get().by) == ("cancelled", "the command line")


def test_all_that_wait_are_confirmed_and_no_other(waiting: Charter) -> None:
    run("confirm", "--all")
    assert dict(Charter.objects.values_list("reference", "status")) == {
        "quinn-saturday-2026-05-30": "cancelled",
        "kim-saturday-2026-05-30": "confirmed",
    }


def test_a_charter_that_does_not_wait_is_refused_and_nothing_is_confirmed(waiting: Charter) -> None:
    assert (
        refusal("confirm", waiting.reference, "kim-saturday-2026-05-30")
        == "These do not wait for a word: kim-saturday-2026-05-30."
    )
    assert Override.objects.count() == 0


def test_nobody_named_is_refused(waiting: Charter) -> None:
    assert refusal("confirm") == "Name the charters, or say --all."
