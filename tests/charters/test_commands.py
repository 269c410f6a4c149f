"""`manage.py calendar`: adding, listing, watching, confirming."""

import json
import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from charters.calendars.google import push
from charters.models import Brand, Calendar, Charter, Override, PushChannel, Vessel
from tests.charters.calendars.conftest import at, calendar, google, server
from tests.charters.calendars.feeds import event, feed, look
from tests.fakes import feed_server as fake
from tests.fakes.feed_server import FeedServer
from tests.fakes.google_server import Google
from tests.fakes.resolver import resolver

__all__ = ["at", "calendar", "google", "server"]
ADDRESS = "https://calendar.google.com/calendar/ical/secret/basic.ics"
PUBLIC = "https://calendar.google.com/calendar/ical/office%40example.com/public/basic.ics"


@pytest.fixture(autouse=True)
def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Google's name is found, on the public network, and nobody is asked."""
    monkeypatch.setattr("jada.core.fetch.socket.getaddrinfo", resolver({"calendar.google.com": "142.250.1.1"}))


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


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://127.0.0.1/a.ics", "the address lies on a private network."),
        ("https://169.254.169.254/latest/meta-data", "the address lies on a private network."),
        ("https://2130706433/a.ics", "the address lies on a private network."),
        ("https://[::1]/a.ics", "the address lies on a private network."),
        ("https://localhost/a.ics", "the address lies on a private network."),
        ("https://inside.example.com/a.ics", "the address lies on a private network."),
        ("https://user:p@calendar.google.com/a.ics", "the address names no host, or carries a login."),
        ("https://calendar.google.com/a b.ics", "there is a space in the address."),
        ("https://calendar google.com/a.ics", "there is a space in the address."),
    ],
)
def test_what_no_look_would_go_to_is_refused_at_once(
    vessel: Vessel, monkeypatch: pytest.MonkeyPatch, address: str, words: str
) -> None:
    names = {"calendar.google.com": "142.250.1.1", "inside.example.com": "10.0.0.7"}
    monkeypatch.setattr("jada.core.fetch.socket.getaddrinfo", resolver(names))
    assert (refusal("add", "A", "--ical", address), Calendar.objects.count()) == (f"--ical: {words}", 0)


def test_a_host_that_is_not_found_now_is_a_warning(vessel: Vessel) -> None:
    _, said = warned("add", "JADA", "--ical", "https://elsewhere.example.com/a.ics")
    assert (said, Calendar.objects.count()) == (
        "Warning: The host's name cannot be found. It is added all the same, and looked for at each look.\n",
        1,
    )


def test_a_name_twice_is_refused(vessel: Vessel) -> None:
    run("add", "JADA", "--ical", ADDRESS)
    assert refusal("add", "JADA", "--ical", ADDRESS) == "NAME: there is a calendar “JADA” already."


def test_plain_http_is_taken_where_private_hosts_are_allowed(vessel: Vessel, settings: pytest.FixtureRequest) -> None:
    settings.ALLOW_PRIVATE_CALENDAR_HOSTS = True  # type: ignore[attr-defined]
    run("add", "JADA", "--ical", "http://127.0.0.1:9000/basic.ics")
    assert Calendar.objects.get().ical_address == "http://127.0.0.1:9000/basic.ics"


def warned(*arguments: str) -> tuple[str, str]:
    """What is printed, and what is warned of."""
    printed, said = StringIO(), StringIO()
    call_command("calendar", *arguments, stdout=printed, stderr=said)
    return printed.getvalue(), said.getvalue()


def test_a_google_calendar_is_added(vessel: Vessel) -> None:
    printed = json.loads(run("add", "JADA", "--google", " abc@group.calendar.google.com ", "--json"))
    assert list(Calendar.objects.values_list("google_id", "ical_address")) == [("abc@group.calendar.google.com", "")]
    assert printed["source"] == "google"


def test_a_feed_beside_a_google_calendar_is_its_fallback(vessel: Vessel) -> None:
    printed = json.loads(run("add", "JADA", "--google", "primary", "--ical", ADDRESS, "--json"))
    assert list(Calendar.objects.values_list("google_id", "ical_address")) == [("primary", ADDRESS)]
    assert printed["source"] == "google"


def test_a_calendar_that_is_nowhere_is_refused(vessel: Vessel) -> None:
    assert refusal("add", "JADA") == "Say where it is: --ical URL, --google CALENDAR_ID, or both."


@pytest.mark.parametrize("google_id", [" ", "two words", "naïve@example.com", "x" * 301, "tab\there", "nul\x00"])
def test_what_cannot_be_an_id_of_googles_is_refused(vessel: Vessel, google_id: str) -> None:
    words = "--google: it is no calendar's id; Google shows it under Settings › the calendar › Integrate calendar."
    assert (refusal("add", "A", "--google", google_id), Calendar.objects.count()) == (words, 0)


def test_an_id_of_three_hundred_signs_is_taken(vessel: Vessel) -> None:
    run("add", "A", "--google", "x" * 300)
    assert Calendar.objects.get().google_id == "x" * 300


def test_a_google_calendar_twice_is_refused(vessel: Vessel) -> None:
    run("add", "JADA", "--google", "primary")
    assert refusal("add", "Other", "--google", "primary") == "--google: “JADA” is that calendar already."


def test_a_feed_that_anyone_can_read_is_warned_of_and_the_json_stays_json(vessel: Vessel) -> None:
    printed, said = warned("add", "JADA", "--ical", PUBLIC, "--json")
    assert json.loads(printed)["name"] == "JADA"
    assert said == (
        "Warning: Anyone can read this feed, and guests' phone numbers are in it: it is the calendar's public address. "
        "Use the secret one, and take the calendar's public access away: Google Calendar › Settings › the calendar › "
        "“Secret address in iCal format”.\n"
    )


def test_a_secret_feed_is_not_warned_of(vessel: Vessel) -> None:
    assert warned("add", "JADA", "--ical", ADDRESS)[1] == ""


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


def test_the_list_says_where_each_calendar_is_read(vessel: Vessel) -> None:
    run("add", "A", "--ical", ADDRESS)
    run("add", "B", "--google", "primary")
    run("add", "C", "--google", "second", "--ical", ADDRESS)
    listed = json.loads(run("list", "--json"))
    assert [(each["name"], each["source"]) for each in listed] == [("A", "ical"), ("B", "google"), ("C", "google")]


def test_an_empty_list_says_how_to_begin(db: None) -> None:
    assert (
        run("list") == "There is no calendar yet: `manage.py calendar add NAME --ical URL` (or --google CALENDAR_ID).\n"
    )
    assert run("list", "--json") == "[]\n"


# -- watch ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def announcing(google: Google, settings: Any) -> Google:
    """A Google with the calendar `primary`; we are at a public address."""
    google.calendar("primary")
    settings.BASE_URL = "https://jada.example.com"
    return google


def test_watching_says_until_when(vessel: Vessel, announcing: Google) -> None:
    run("add", "JADA", "--google", "primary")
    assert re.fullmatch(r"JADA: Google announces changes until \w{3} \d+ \w{3}, [\d:]+ [AP]M\.\n", run("watch"))
    assert [asked.body["address"] for asked in announcing.asked("events.watch")] == [
        "https://jada.example.com/hooks/google/"
    ]


def test_watching_is_told_as_json(vessel: Vessel, announcing: Google) -> None:
    run("add", "JADA", "--google", "primary")
    (told,) = json.loads(run("watch", "--json"))
    row = PushChannel.objects.get()
    assert row.expires_at is not None
    assert told == {
        "id": Calendar.objects.get().pk,
        "name": "JADA",
        "open_until": row.expires_at.isoformat(),
        "error": None,
    }


def test_watching_again_opens_nothing_more(vessel: Vessel, announcing: Google) -> None:
    run("add", "JADA", "--google", "primary")
    assert run("watch", "--json") == run("watch", "--json")
    assert len(announcing.asked("events.watch")) == 1


def test_what_could_not_be_opened_is_printed_with_its_reason_and_fails(vessel: Vessel, announcing: Google) -> None:
    run("add", "A", "--google", "unknown")
    run("add", "B", "--google", "primary")
    printed = StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("calendar", "watch", "--json", stdout=printed)
    first, second = json.loads(printed.getvalue())
    assert str(raised.value) == "Google announces no changes of “A”. Without it a change waits for the next look."
    assert first["error"] == "Google knows no such calendar, event or message (or shows it to others only)."
    assert (raised.value.returncode, second["error"]) == (1, None)


def test_an_address_that_google_cannot_reach_is_said_and_tried_all_the_same(
    vessel: Vessel, announcing: Google, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BASE_URL = "http://127.0.0.1:8000"
    monkeypatch.setattr(push, "GOOGLE", announcing.address)  # as if the fake were Google itself
    run("add", "JADA", "--google", "primary")
    assert warned("watch")[1] == (
        "Google announces changes to a public https address only, and BASE_URL is http://127.0.0.1:8000. "
        "The clock finds changes without it. Google is asked all the same.\n"
    )
    assert len(announcing.asked("events.watch")) == 1


def test_feeds_alone_leave_nothing_to_watch(vessel: Vessel, announcing: Google) -> None:
    run("add", "JADA", "--ical", ADDRESS)
    assert run("watch") == "There is no Google calendar: `manage.py calendar add NAME --google CALENDAR_ID`.\n"
    assert run("watch", "--json") == "[]\n"


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
