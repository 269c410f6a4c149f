"""Google is left alone when it asks for it, when it fails, and while a new login is wanted; the feed is read then."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from charters.calendars.google import credentials as google_credentials
from charters.calendars.google import push
from charters.models import Calendar, Charter, Mailbox
from jada.core.reconcile import Scope, reconcile
from tests.charters.calendars.conftest import THURSDAY, Move
from tests.charters.calendars.feeds import event, feed, look
from tests.charters.calendars.test_layer_google import item
from tests.fakes import feed_server as feeds
from tests.fakes import google_server as fake
from tests.fakes.feed_server import FeedServer
from tests.fakes.google_server import Google

QUINN = "quinn-saturday-2026-05-30"


@pytest.fixture
def read_once(both_ways: Calendar, google: Google) -> Calendar:
    """A calendar in which all is well."""
    google.put(item())
    look()
    google.requests.clear()
    return both_ways


def pushed() -> None:
    """What an announcement sets in motion, and the clock."""
    reconcile(Scope(layers=frozenset({"calendar"})))


def later(seconds: float) -> datetime:
    return THURSDAY + timedelta(seconds=seconds)


def troubled(google: Google, times: int = 100, **headers: str) -> None:
    google.trouble("events.list", fake.error(503, **headers), times)


# -- Google's own wish -------------------------------------------------------------------------------------------------


def test_a_wish_to_wait_is_honoured_by_every_push(read_once: Calendar, google: Google, at: Move) -> None:
    troubled(google, Retry_After="600")
    for seconds in (0, 2, 4, 599):
        at(later(seconds))
        pushed()
    assert len(google.asked("events.list")) == 1


def test_when_the_wish_is_over_google_is_asked_again(read_once: Calendar, google: Google, at: Move) -> None:
    troubled(google, 1, Retry_After="600")
    pushed()
    at(later(601))
    pushed()
    read_once.refresh_from_db()
    assert (len(google.asked("events.list")), read_once.not_before, read_once.error) == (2, None, "")


def test_the_feed_is_read_meanwhile(read_once: Calendar, google: Google, server: FeedServer, at: Move) -> None:
    troubled(google, 1, Retry_After="600")
    pushed()
    server.answer = feeds.whole(feed(event("quinn@google.com", "Quinn Sunset Sail (paid)")))
    at(later(300))
    pushed()
    assert Charter.objects.get(reference=QUINN).title == "Quinn Sunset Sail (paid)"


def test_a_look_by_hand_waits_too_and_says_until_when(read_once: Calendar, google: Google) -> None:
    Calendar.objects.update(ical_address="")
    troubled(google, 1, Retry_After="600")
    pushed()
    failed = look()
    assert (failed.code, [change["actual"] for change in failed.changes]) == (
        1,
        ["JADA Internal: Google asks us to wait until 12:10 PM."],
    )
    assert len(google.asked("events.list")) == 1


def test_a_wish_of_another_day_names_the_day(read_once: Calendar, google: Google) -> None:
    Calendar.objects.update(ical_address="", not_before=datetime(2026, 5, 29, 18, 0, tzinfo=UTC))
    assert look().changes[0]["actual"] == "JADA Internal: Google asks us to wait until Fri 29 May, 11 AM."


def test_no_channel_is_opened_before_it_either(read_once: Calendar, google: Google, settings: Any) -> None:
    settings.BASE_URL = "https://jada.example.com"
    troubled(google, 1, Retry_After="600")
    pushed()
    push.open_or_renew()
    push.open_or_renew(by_hand=True)
    assert google.asked("events.watch") == []


# -- our own pauses ----------------------------------------------------------------------------------------------------


def test_without_a_wish_the_pauses_grow_from_look_to_look(read_once: Calendar, google: Google, at: Move) -> None:
    troubled(google)
    asked = []
    for seconds in range(0, 2_400, 30):
        at(later(seconds))
        google.requests.clear()
        pushed()
        if google.asked("events.list"):
            asked.append(seconds)
    assert asked == [0, 30, 90, 210, 450, 930, 1530, 2130]


def test_a_success_starts_the_pauses_anew(read_once: Calendar, google: Google, at: Move) -> None:
    Calendar.objects.update(failures=5, not_before=later(-1))
    pushed()
    troubled(google, 5)
    pushed()
    read_once.refresh_from_db()
    assert (read_once.failures, read_once.not_before) == (1, later(30))


def test_by_hand_google_is_asked_once_a_minute(read_once: Calendar, google: Google, at: Move) -> None:
    Calendar.objects.update(failures=4, not_before=later(240))
    asked = []
    for seconds in (0, 59, 60):
        at(later(seconds))
        google.requests.clear()
        look()
        asked.append(len(google.asked("events.list")))
    assert asked == [0, 0, 1]


# -- a login that is gone ----------------------------------------------------------------------------------------------


def test_a_revoked_login_is_not_sent_again(read_once: Calendar, google: Google, at: Move) -> None:
    google.revoke()
    pushed()
    google.requests.clear()
    for seconds in (2, 4, 120, 3_600):
        at(later(seconds))
        pushed()
    assert google.requests == []


def test_another_process_leaves_it_alone_too(read_once: Calendar, google: Google) -> None:
    google.revoke()
    pushed()
    google_credentials.forget_tokens()
    google.requests.clear()
    pushed()
    assert google.requests == []


def test_the_calendar_goes_on_saying_what_is_to_be_done(
    read_once: Calendar, google: Google, server: FeedServer
) -> None:
    server.answer = feeds.whole(feed(event("quinn@google.com")))
    google.revoke()
    for _ in range(2):
        pushed()
    read_once.refresh_from_db()
    assert (read_once.needs_login, read_once.error) == (
        True,
        f"{google_credentials.LOGIN_GONE} Its iCal feed was read instead.",
    )


def test_the_feed_is_read_while_a_login_is_wanted(read_once: Calendar, google: Google, server: FeedServer) -> None:
    google.revoke()
    pushed()
    server.answer = feeds.whole(feed(event("quinn@google.com", "Quinn Sunset Sail (paid)")))
    pushed()
    assert Charter.objects.get(reference=QUINN).title == "Quinn Sunset Sail (paid)"


def test_a_dead_access_token_is_forgotten(read_once: Calendar, google: Google) -> None:
    google.revoke()
    for _ in range(2):
        look()  # by hand: the login's server may be asked, nobody else with a dead token
    carried = [each.operation for each in google.requests if "authorization" in each.headers]
    assert carried == ["messages.list"]


def test_another_login_is_tried_at_once(read_once: Calendar, google: Google, settings: Any) -> None:
    google.revoke()
    pushed()
    google.revoked = False
    settings.GOOGLE_CREDENTIALS = google.credentials() | {"quota_project_id": "x"}
    pushed()
    read_once.refresh_from_db()
    assert (read_once.needs_login, read_once.refused_login, read_once.error) == (False, "", "")


def test_the_mailbox_is_left_alone_as_well(read_once: Calendar, google: Google, at: Move) -> None:
    google.revoke()
    pushed()
    at(later(300))
    google.requests.clear()
    pushed()
    assert (google.asked("messages.list"), Mailbox.objects.get().refused_login != "") == ([], True)
