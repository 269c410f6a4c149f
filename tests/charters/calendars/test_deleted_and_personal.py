"""What the API said is deleted, and what is somebody's own: a feed that knows neither changes nothing."""

from datetime import timedelta
from typing import Any

import pytest

from charters.models import Calendar, Charter
from tests.charters.calendars.conftest import THURSDAY, Move
from tests.charters.calendars.feeds import event, feed, look
from tests.charters.calendars.test_layer_google import danika, fail, item, statuses
from tests.fakes import feed_server as feeds
from tests.fakes.feed_server import FeedServer
from tests.fakes.google_server import Google

QUINN = "quinn-saturday-2026-05-30"
PERSONAL = ["workingLocation", "focusTime", "birthday", "outOfOffice"]


def delete_with_the_id_alone(google: Google, key: str) -> None:
    """All that Google promises of a deleted event."""
    google.delete(key)
    google.calendar().items[key] = {"id": key, "status": "cancelled"}


@pytest.fixture
def deleted(both_ways: Calendar, google: Google, server: FeedServer) -> str:
    """Quinn's event was deleted, and we know; the LAST-MODIFIED of the feeds that still hold it."""
    updated = google.put(item())["updated"]
    look()
    delete_with_the_id_alone(google, "quinn")
    look()
    assert statuses() == {QUINN: "cancelling"}
    fail(google)
    return f"{updated[:19].replace('-', '').replace(':', '')}Z"


def quinn(modified: str) -> bytes:
    return feed(event("quinn@google.com", "Quinn Sunset Sail", LAST_MODIFIED=modified))


def test_a_stale_feed_does_not_undo_a_deletion_without_a_date(deleted: str, server: FeedServer) -> None:
    server.answer = feeds.whole(quinn(deleted))
    look()
    assert statuses() == {QUINN: "cancelling"}


def test_a_feed_in_which_it_was_put_back_since_is_believed(deleted: str, server: FeedServer) -> None:
    server.answer = feeds.whole(quinn("20260529T120000Z"))
    look()
    assert statuses() == {QUINN: "confirmed"}


def test_when_it_is_put_back_the_api_is_believed(deleted: str, google: Google) -> None:
    google._troubles.clear()
    google.calendar().items.clear()
    google.put(item())
    look()
    assert statuses() == {QUINN: "confirmed"}


@pytest.mark.parametrize("kind", PERSONAL)
def test_what_is_somebodys_own_is_no_charter(both_ways: Calendar, google: Google, kind: str) -> None:
    google.put(item("home1", "Home", eventType=kind))
    google.put(danika(eventType="default"))
    look()
    assert list(statuses()) == ["danika-saturday-2026-05-30"]


@pytest.mark.parametrize("kind", PERSONAL)
def test_the_fallback_feed_makes_none_of_it_either(
    both_ways: Calendar, google: Google, server: FeedServer, kind: str
) -> None:
    google.put(item("home1", "Home", eventType=kind))
    look()
    fail(google, 5)
    server.answer = feeds.whole(feed(event("home1@google.com", "Home")))
    assert (look().changes, look().changes, statuses()) == ([], [], {})


def test_an_absence_whose_title_names_who_counts_whichever_way_it_is_read(
    both_ways: Calendar, google: Google, server: FeedServer
) -> None:
    away: dict[str, Any] = {"eventType": "outOfOffice"}
    google.put(item("away1", "Darrell unavailable", **away))
    look()
    fail(google, 5)
    server.answer = feeds.whole(feed(event("away1@google.com", "Darrell unavailable")))
    assert look().changes == []
    assert list(Charter.objects.values_list("event_type", "status")) == [("unavailable", "confirmed")]


def test_what_gmail_entered_may_be_a_booking(both_ways: Calendar, google: Google) -> None:
    google.put(item(eventType="fromGmail"))
    look()
    assert statuses() == {QUINN: "confirmed"}


def test_an_occasion_taken_out_without_a_date_stays_out(
    both_ways: Calendar, google: Google, server: FeedServer, at: Move
) -> None:
    weekly = {"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=2"]}
    updated = google.put(item(**weekly))["updated"]
    look()
    google.cancel_instance("quinn", {"dateTime": "2026-06-07T01:30:00Z"})
    key = "quinn_20260607T013000Z"
    bare = google.calendar().items[key]
    google.calendar().items[key] = {name: each for name, each in bare.items() if name != "updated"}
    at(THURSDAY + timedelta(minutes=5))
    look()
    before = statuses()
    fail(google)
    stamp = f"{updated[:19].replace('-', '').replace(':', '')}Z"
    server.answer = feeds.whole(
        feed(event("quinn@google.com", "Quinn Sunset Sail", RRULE="FREQ=WEEKLY;COUNT=2", LAST_MODIFIED=stamp))
    )
    look()
    assert (statuses(), "cancelling" in before.values()) == (before, True)
