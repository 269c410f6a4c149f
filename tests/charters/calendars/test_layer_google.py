"""The first layer over Google's API: deltas merge, the feed steps in, and nothing vanishes because a read failed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from charters import demo
from charters.calendars.layer import CalendarLayer
from charters.models import Calendar, CalendarEvent, Charter, GoogleEvent
from jada.core.reconcile import Scope, reconcile
from tests.charters.calendars.feeds import event, feed, look, rows
from tests.factories import CalendarFactory
from tests.fakes import feed_server as feeds
from tests.fakes import google_server as fake
from tests.fakes.feed_server import FeedServer
from tests.fakes.google_server import Google

QUINN = "quinn-saturday-2026-05-30"
DANIKA = "danika-saturday-2026-05-30"
CONFIRMED, CANCELLING = Charter.Status.CONFIRMED.value, Charter.Status.CANCELLING.value


def item(key: str = "quinn", title: str = "Quinn Sunset Sail", start: str = "2026-05-31T01:30:00Z", **said: Any) -> Any:
    """An event of two hours, as somebody makes it in Google's own calendar."""
    begins = datetime.fromisoformat(start)
    hours = {"start": {"dateTime": start}, "end": {"dateTime": (begins + timedelta(hours=2)).isoformat()}}
    return {"id": key, "summary": title, **hours, **said}


def danika(**said: Any) -> Any:
    return item("danika", "Danika Private Charter", "2026-05-30T21:00:00Z", **said)


def facts() -> list[tuple[Any, ...]]:
    """Everything the records say, whichever way it was read."""
    return list(
        Charter.objects.order_by("starts_at", "reference").values_list(
            "reference", "uid", "original_start", "title", "starts_at", "ends_at", "guest_phone", "status"
        )
    )


def statuses() -> dict[str, str]:
    return dict(Charter.objects.values_list("reference", "status"))


def state_of(calendar: Calendar) -> tuple[str, str, bool]:
    calendar.refresh_from_db()
    return calendar.error, calendar.read_from, calendar.needs_login


# -- the same events, whichever way ---------------------------------------------------------------------------


def test_the_api_and_the_feed_give_the_same_records(calendar: Calendar, server: FeedServer, google: Google) -> None:
    server.answer = feeds.whole(demo.SAMPLE.read_bytes())
    look()
    through_feed = facts()
    Charter.objects.all().delete()
    CalendarEvent.objects.all().delete()
    google.load(demo.SAMPLE.read_bytes())
    Calendar.objects.filter(pk=calendar.pk).update(google_id="primary")
    look()
    assert facts() == through_feed


def test_a_calendar_that_moves_from_the_feed_to_the_api_changes_nothing(
    calendar: Calendar, server: FeedServer, google: Google
) -> None:
    server.answer = feeds.whole(demo.SAMPLE.read_bytes())
    look()
    google.load(demo.SAMPLE.read_bytes())
    Calendar.objects.filter(pk=calendar.pk).update(google_id="primary")
    assert look().changes == []


def test_nothing_changed_is_one_request_and_leaves_the_records_alone(both_ways: Calendar, google: Google) -> None:
    google.load(demo.SAMPLE.read_bytes())
    look()
    google.requests.clear()
    before = rows("charters_charter", "charters_calendarevent", "charters_googleevent")
    assert look().changes == []
    assert len(google.asked("events.list")) == 1
    assert rows("charters_charter", "charters_calendarevent", "charters_googleevent") == before


def test_a_delta_costs_the_same_beside_five_events_and_beside_two_hundred(both_ways: Calendar, google: Google) -> None:
    google.put(item())
    for number in range(5):
        google.put(item(f"other{number}", start="2026-06-10T01:30:00Z"))
    look()

    def queries(title: str) -> int:
        google.edit("quinn", summary=title)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            reconcile(Scope(layers=frozenset({"calendar"})))
        return len(captured)

    few = queries("Quinn Sunset Sail (deposit)")
    for number in range(200):
        google.put(item(f"more{number}", start="2026-07-10T01:30:00Z"))
    look()
    assert queries("Quinn Sunset Sail (paid)") == few


# -- deltas ------------------------------------------------------------------------------------------------------


def test_a_delta_moves_the_charter_it_names_and_no_other(both_ways: Calendar, google: Google) -> None:
    google.put(item())
    google.put(danika())
    look()
    google.edit("danika", start={"dateTime": "2026-05-30T22:00:00Z"}, end={"dateTime": "2026-05-31T02:00:00Z"})
    assert look().fields() == [
        (DANIKA, "starts_at", "update", "applied"),
        (DANIKA, "ends_at", "update", "applied"),
        (DANIKA, "arrive_by", "update", "applied"),
    ]
    assert statuses() == {DANIKA: CONFIRMED, QUINN: CONFIRMED}


def test_a_deleted_event_waits_for_a_word_and_comes_back_by_itself(both_ways: Calendar, google: Google) -> None:
    google.put(item())
    look()
    google.delete("quinn")
    gone = look()
    assert (gone.code, statuses()) == (2, {QUINN: CANCELLING})
    google.edit("quinn", status="confirmed")
    assert (look().code, statuses()) == (0, {QUINN: CONFIRMED})


def test_one_occasion_of_a_series_is_cancelled_and_one_is_moved(both_ways: Calendar, google: Google) -> None:
    google.put(
        item("whales", "Whale Watching (public)", "2026-05-31T21:00:00Z", recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"])
    )
    look()
    google.cancel_instance("whales", {"dateTime": "2026-06-07T21:00:00Z"})
    moved = item("whales_20260614T210000Z", "Whale Watching (public)", "2026-06-14T23:00:00Z")
    google.put({**moved, "recurringEventId": "whales", "originalStartTime": {"dateTime": "2026-06-14T21:00:00Z"}})
    look()
    assert statuses() == {
        "whale-watching-sunday-2026-05-31": CONFIRMED,
        "whale-watching-sunday-2026-06-07": CANCELLING,
        "whale-watching-sunday-2026-06-14": CONFIRMED,
    }
    assert Charter.objects.get(reference="whale-watching-sunday-2026-06-14").starts_at == datetime(
        2026, 6, 14, 23, tzinfo=UTC
    )


def test_an_expired_token_is_answered_with_a_full_read_that_cancels_nothing(
    both_ways: Calendar, google: Google
) -> None:
    google.put(item())
    google.put(danika())
    look()
    google.forget_sync_tokens()
    google.edit("quinn", summary="Quinn Sunset Sail (paid)")
    assert look().fields() == [(QUINN, "title", "update", "applied")]
    assert statuses() == {DANIKA: CONFIRMED, QUINN: CONFIRMED}
    assert look().changes == []


def test_what_was_erased_before_a_full_read_is_missed(both_ways: Calendar, google: Google) -> None:
    google.put(item())
    google.put(danika())
    look()
    google.forget_sync_tokens()
    del google.calendar().items["danika"], google.calendar().changed_in["danika"]
    look()
    assert statuses() == {DANIKA: CANCELLING, QUINN: CONFIRMED}


def test_a_plan_moves_no_cursor(both_ways: Calendar, google: Google) -> None:
    google.put(item())
    look()
    google.edit("quinn", summary="Quinn Sunset Sail (paid)")
    planned = look("--plan")
    assert planned.fields() == [(QUINN, "title", "update", "planned")]
    assert look().fields() == [(QUINN, "title", "update", "applied")]


def test_a_look_at_one_charter_leaves_the_others_to_the_next(both_ways: Calendar, google: Google) -> None:
    google.put(item())
    google.put(danika())
    look()
    google.edit("quinn", summary="Quinn Sunset Sail (paid)")
    google.edit("danika", summary="Danika Private Charter (paid)")
    assert look("--charter", QUINN).fields() == [(QUINN, "title", "update", "applied")]
    assert look().fields() == [(DANIKA, "title", "update", "applied")]


def test_a_new_reading_of_names_reaches_events_that_no_delta_names(both_ways: Calendar, google: Google) -> None:
    google.put(item(description="Captain: Gene"))
    look()
    Calendar.objects.update(parsed_with="by an older reader")
    CalendarEvent.objects.update(source=CalendarEvent.objects.get().source.replace("Gene", "Sarah"))
    assert look().fields() == [(QUINN, "captain", "update", "applied")]


@pytest.mark.parametrize("words", ["Captain: Gene\x00", "Captain: Gene\ud83d", "\u202eCaptain: Gene"])
def test_text_that_no_database_takes_does_not_stop_the_others(both_ways: Calendar, google: Google, words: str) -> None:
    google.put(item(description=words))
    google.put(danika())
    look()
    assert statuses() == {DANIKA: CONFIRMED, QUINN: CONFIRMED}


def test_one_unreadable_event_is_set_aside_and_the_others_proceed(both_ways: Calendar, google: Google) -> None:
    google.put(item())
    look()
    google.edit("quinn", start={"dateTime": "someday"})
    google.put(danika())
    look()
    assert statuses() == {DANIKA: CONFIRMED, QUINN: CONFIRMED}
    assert CalendarEvent.objects.exclude(reason="").values_list("uid", flat=True).get() == "quinn@google.com"


# -- the feed as the fallback --------------------------------------------------------------------------------------


def live(uid: str = "quinn", title: str = "Quinn Sunset Sail", modified: str = "", **lines: str) -> str:
    stamps = {"LAST_MODIFIED": modified} if modified else {}
    return event(f"{uid}@google.com", title, **stamps, **lines)


def fail(google: Google, times: int = 40) -> None:
    google.trouble("events.list", fake.error(503), times)


def test_the_feed_steps_in_while_the_api_fails(both_ways: Calendar, server: FeedServer, google: Google) -> None:
    google.put(item())
    look()
    fail(google)
    server.answer = feeds.whole(feed(live(title="Quinn Sunset Sail (paid)")))
    assert look().fields() == [(QUINN, "title", "update", "applied")]
    error, read_from, needs_login = state_of(both_ways)
    assert (read_from, needs_login) == ("ical", False)
    assert error == "Google is busy or asks us to slow down; it is asked again later. Its iCal feed was read instead."


def test_when_the_api_comes_back_nothing_is_there_twice(
    both_ways: Calendar, server: FeedServer, google: Google
) -> None:
    google.load(demo.SAMPLE.read_bytes())
    look()
    before = facts()
    fail(google, 5)
    server.answer = feeds.whole(demo.SAMPLE.read_bytes())
    during = look()
    after = look()
    assert (during.changes, after.changes) == ([], [])
    assert facts() == before
    assert state_of(both_ways) == ("", "google", False)


def test_what_changed_at_google_during_the_failure_is_seen_afterwards(
    both_ways: Calendar, server: FeedServer, google: Google
) -> None:
    google.put(item())
    look()
    fail(google, 5)
    server.answer = feeds.whole(feed(live(title="Quinn Sunset Sail (from the feed)")))
    look()
    assert look().fields() == [(QUINN, "title", "update", "applied")]
    assert Charter.objects.get(reference=QUINN).title == "Quinn Sunset Sail"


def test_an_old_copy_of_the_feed_takes_nothing_back(both_ways: Calendar, server: FeedServer, google: Google) -> None:
    """Google serves a feed from its cache for hours: here from before Quinn was moved and Danika was entered."""
    google.put(danika())
    google.put(item())
    look()
    first = google.calendar().items["danika"]["updated"], google.calendar().items["quinn"]["updated"]
    stamps = [datetime.fromisoformat(each).strftime("%Y%m%dT%H%M%SZ") for each in first]
    google.edit("quinn", summary="Quinn Sunset Sail (moved)")
    google.put(item("nguyen", "Nguyen Proposal Sunset Sail", "2026-06-13T01:30:00Z"))
    look()
    fail(google)
    old = feed(
        live(modified=stamps[1]),
        live("danika", "Danika Private Charter", stamps[0], DTSTART="20260530T210000Z", DTEND="20260530T230000Z"),
    )
    server.answer = feeds.whole(old)
    assert look().changes == []
    assert Charter.objects.get(reference=QUINN).title == "Quinn Sunset Sail (moved)"


def test_without_a_feed_a_failing_api_is_a_failed_look_that_keeps_the_season(
    both_ways: Calendar, google: Google
) -> None:
    google.put(item())
    look()
    Calendar.objects.update(ical_address="")
    fail(google)
    failed = look()
    assert (failed.code, failed.summary["calendar"]["failed"], statuses()) == (1, 1, {QUINN: CONFIRMED})


@pytest.mark.parametrize(
    "respond", [fake.hang_up(), fake.cut_off(), fake.raw(b"<html>"), fake.without("nextSyncToken")]
)
def test_a_broken_answer_makes_nothing_cancelling(both_ways: Calendar, google: Google, respond: Any) -> None:
    google.put(item())
    look()
    Calendar.objects.update(ical_address="")
    google.trouble("events.list", respond, 40)
    assert (look().code, statuses()) == (1, {QUINN: CONFIRMED})


# -- a login that is gone ----------------------------------------------------------------------------------------------


def test_a_revoked_login_marks_the_calendar_and_asks_once(
    both_ways: Calendar, server: FeedServer, google: Google
) -> None:
    CalendarFactory.create(google_id="second", ical_address="")
    google.put(item())
    google.calendar("second")
    look()
    google.revoke()
    google.requests.clear()
    server.answer = feeds.whole(feed(live()))
    look()
    error, read_from, needs_login = state_of(both_ways)
    assert (read_from, needs_login) == ("ical", True)
    assert error.startswith("Google no longer accepts our login: it was revoked or has expired. Reconnect")
    assert [request.operation for request in google.requests].count("token") == 1


def test_a_new_login_clears_the_mark(both_ways: Calendar, google: Google, settings: Any) -> None:
    google.put(item())
    google.revoke()
    look()
    google.revoked = False
    settings.GOOGLE_CREDENTIALS = google.credentials() | {
        "refresh_token": google.refresh_token,
        "quota_project_id": "x",
    }
    assert look().code == 0
    assert state_of(both_ways) == ("", "google", False)


def test_the_copies_are_those_of_the_calendar(both_ways: Calendar, google: Google) -> None:
    google.put(item())
    google.put(danika())
    google.delete("danika")
    look()
    kept = {row.event_id: (row.uid, row.item["status"]) for row in GoogleEvent.objects.all()}
    assert kept == {"quinn": ("quinn@google.com", "confirmed"), "danika": ("", "cancelled")}


def test_two_readings_of_one_calendar_do_not_meet(both_ways: Calendar, google: Google) -> None:
    google.put(item())
    layer, scope = CalendarLayer(), Scope()
    seen = layer.observe(scope)
    assert layer.observe(scope).calendars == []
    assert [change.action for change in layer.plan(scope, seen)] == ["create"]
