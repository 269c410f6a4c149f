"""A whole series moved to another hour, an event under another UID: the trips stay the trips they were."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from charters.calendars.reading import Directory
from charters.conflicts import conflicts
from charters.models import Calendar, Charter, GuestPage, Override
from charters.overrides import cancel, override
from tests.charters.calendars.conftest import Move
from tests.charters.calendars.feeds import event, feed, look
from tests.charters.calendars.saying import START, say
from tests.charters.calendars.saying import event as occasion
from tests.factories import GuestPageFactory
from tests.fakes import feed_server as fake
from tests.fakes.feed_server import FeedServer
from tests.fakes.google_server import Google

FIRST, SECOND, THIRD = (f"quinn-saturday-2026-{day}" for day in ("05-30", "06-06", "06-13"))
HOURS = ("starts_at", "ends_at", "arrive_by")
CONFIRMED, CANCELLING, CANCELLED = "confirmed", "cancelling", "cancelled"
WEEKLY = {"RRULE": "FREQ=WEEKLY;COUNT=3"}
BEFORE, AFTER = event(**WEEKLY), event(start="20260531T020000Z", **WEEKLY)


@pytest.fixture
def weekly(calendar: Calendar, server: FeedServer) -> Calendar:
    """Three Saturdays at 18:30, read from the feed."""
    server.answer = fake.whole(feed(BEFORE))
    look()
    return calendar


def records() -> list[tuple[str, str, str]]:
    """(reference, status, start in UTC) of each, by start."""
    return [(each.reference, each.status, f"{each.starts_at:%m-%d %H:%M}") for each in Charter.objects.all()]


def read(server: FeedServer, *events: str) -> list[tuple[str, str]]:
    server.answer = fake.whole(feed(*events))
    return [(each["charter"], each["field"]) for each in look().changes]


# -- another hour ----------------------------------------------------------------------------------------------


def test_a_series_moved_to_another_hour_is_the_same_trips_moved(weekly: Calendar, server: FeedServer) -> None:
    changed = read(server, AFTER)
    assert records() == [
        (FIRST, CONFIRMED, "05-31 02:00"),
        (SECOND, CONFIRMED, "06-07 02:00"),
        (THIRD, CONFIRMED, "06-14 02:00"),
    ]
    assert changed == [(reference, field) for reference in (FIRST, SECOND, THIRD) for field in HOURS]


def test_after_the_move_a_look_has_nothing_to_do(weekly: Calendar, server: FeedServer) -> None:
    read(server, AFTER)
    assert read(server, AFTER) == []


def test_a_moved_trip_is_known_by_where_its_series_puts_it_now(weekly: Calendar, server: FeedServer) -> None:
    read(server, AFTER)
    assert list(Charter.objects.values_list("original_start", flat=True)) == [
        "20260531T020000Z",
        "20260607T020000Z",
        "20260614T020000Z",
    ]


def test_page_and_overrides_go_along(weekly: Calendar, server: FeedServer) -> None:
    charter = Charter.objects.get(reference=SECOND)
    GuestPageFactory.create(charter=charter, state=GuestPage.State.VERIFIED)
    override(charter=charter, facts={"guest_count": 7}, by="office")
    read(server, AFTER)
    there = Charter.objects.get(reference=SECOND)
    assert (there.pk, there.status, there.guest_count, there.page.state) == (charter.pk, CONFIRMED, 7, "stale")
    assert f"{there.starts_at:%m-%d %H:%M}" == "06-07 02:00"
    assert Override.objects.get().charter == there


def test_a_trip_confirmed_as_cancelled_stays_cancelled_and_says_that_its_calendar_has_it_again(
    weekly: Calendar, server: FeedServer
) -> None:
    read(server, event(**WEEKLY, EXDATE="20260607T013000Z"))
    call_command("calendar", "confirm", SECOND)
    read(server, AFTER)
    assert [status for _, status, _ in records()] == [CONFIRMED, CANCELLED, CONFIRMED]
    charter = Charter.objects.get(reference=SECOND)
    assert conflicts([charter]) == {charter.pk: ["It is cancelled here, but its calendar has it again."]}


def test_a_trip_cancelled_here_alone_stays_cancelled_when_its_series_moves(
    weekly: Calendar, server: FeedServer
) -> None:
    cancel(charter=Charter.objects.get(reference=SECOND), by="office")
    read(server, AFTER)
    assert [(reference, status) for reference, status, _ in records()] == [
        (FIRST, CONFIRMED),
        (SECOND, CANCELLED),
        (THIRD, CONFIRMED),
    ]


def test_a_trip_that_waits_for_a_word_is_confirmed_when_its_series_has_it_again(
    weekly: Calendar, server: FeedServer
) -> None:
    read(server, event(**WEEKLY, EXDATE="20260607T013000Z"))
    read(server, AFTER)
    assert [(reference, status) for reference, status, _ in records()] == [
        (FIRST, CONFIRMED),
        (SECOND, CONFIRMED),
        (THIRD, CONFIRMED),
    ]


def test_a_series_entered_anew_under_its_uid_is_the_same_trips(weekly: Calendar, server: FeedServer) -> None:
    read(server)
    read(server, AFTER)
    assert [(reference, status) for reference, status, _ in records()] == [
        (FIRST, CONFIRMED),
        (SECOND, CONFIRMED),
        (THIRD, CONFIRMED),
    ]


def test_a_single_event_entered_anew_under_its_uid_is_the_same_trip(calendar: Calendar, server: FeedServer) -> None:
    read(server, event())
    read(server)
    read(server, event(start="20260531T020000Z"))
    assert records() == [(FIRST, CONFIRMED, "05-31 02:00")]


def test_a_single_event_that_moves_and_begins_to_repeat_stays_the_trip_it_was(
    calendar: Calendar, server: FeedServer
) -> None:
    read(server, event())
    read(server, AFTER)
    assert [(reference, status) for reference, status, _ in records()] == [
        (FIRST, CONFIRMED),
        (SECOND, CONFIRMED),
        (THIRD, CONFIRMED),
    ]


def test_whole_days_that_are_given_hours_stay_the_trips_they_were(calendar: Calendar, server: FeedServer) -> None:
    days = event(**WEEKLY).replace("DTSTART:20260531T013000Z", "DTSTART;VALUE=DATE:20260530")
    read(server, days.replace("DTEND:20260531T033000Z", "DTEND;VALUE=DATE:20260531"))
    read(server, AFTER)
    assert [(reference, status) for reference, status, _ in records()] == [
        (FIRST, CONFIRMED),
        (SECOND, CONFIRMED),
        (THIRD, CONFIRMED),
    ]


def test_a_series_moved_to_another_day_waits_for_a_word(weekly: Calendar, server: FeedServer) -> None:
    read(server, event(start="20260601T013000Z", **WEEKLY))
    assert [(reference, status) for reference, status, _ in records()] == [
        (FIRST, CANCELLING),
        ("quinn-sunday-2026-05-31", CONFIRMED),
        (SECOND, CANCELLING),
        ("quinn-sunday-2026-06-07", CONFIRMED),
        (THIRD, CANCELLING),
        ("quinn-sunday-2026-06-14", CONFIRMED),
    ]


def test_two_that_come_on_one_day_are_not_taken_for_the_one_that_went(weekly: Calendar, server: FeedServer) -> None:
    read(server, event(start="20260531T020000Z", **WEEKLY, RDATE="20260531T220000Z,20260530T170000Z"))
    assert [each for each in records() if "05-3" in each[0]] == [
        ("quinn-saturday-2026-05-30-2", CONFIRMED, "05-30 17:00"),
        (FIRST, CANCELLING, "05-31 01:30"),
        ("quinn-saturday-2026-05-30-3", CONFIRMED, "05-31 02:00"),
        ("quinn-sunday-2026-05-31", CONFIRMED, "05-31 22:00"),
    ]


def test_of_two_that_went_on_one_day_none_is_taken_for_the_one_that_comes(
    calendar: Calendar, server: FeedServer
) -> None:
    read(server, event(**WEEKLY, RDATE="20260530T170000Z"))
    read(server, AFTER)
    assert [each for each in records() if "05-30" in each[0]] == [
        (FIRST, CANCELLING, "05-30 17:00"),
        (f"{FIRST}-2", CANCELLING, "05-31 01:30"),
        (f"{FIRST}-3", CONFIRMED, "05-31 02:00"),
    ]


def test_another_event_on_the_same_day_is_another_trip(weekly: Calendar, server: FeedServer) -> None:
    read(server, event("danika", "Danika Private Charter", "20260531T020000Z", **WEEKLY))
    assert [status for reference, status, _ in records() if reference.startswith("quinn")] == [CANCELLING] * 3


def test_of_a_trip_that_departed_the_facts_stay_and_no_second_one_is_made(
    weekly: Calendar, server: FeedServer, at: Move
) -> None:
    at(datetime(2026, 6, 1, 19, 0, tzinfo=UTC))
    read(server, AFTER)
    assert records() == [
        (FIRST, CONFIRMED, "05-31 01:30"),
        (SECOND, CONFIRMED, "06-07 02:00"),
        (THIRD, CONFIRMED, "06-14 02:00"),
    ]
    assert Charter.objects.get(reference=FIRST).said_since == {
        "starts_at": "2026-05-31T02:00:00+00:00",
        "ends_at": "2026-05-31T04:00:00+00:00",
    }


def test_moved_there_and_back_everything_is_as_it_was(weekly: Calendar, server: FeedServer, at: Move) -> None:
    at(datetime(2026, 6, 1, 19, 0, tzinfo=UTC))
    before = list(Charter.objects.values("reference", "original_start", "starts_at", "status", "said_since"))
    read(server, AFTER)
    read(server, BEFORE)
    assert list(Charter.objects.values("reference", "original_start", "starts_at", "status", "said_since")) == before


def test_all_from_one_date_on_moved_by_their_feed_are_the_same_trips_moved(
    weekly: Calendar, server: FeedServer
) -> None:
    later = event(start="20260607T020000Z", **{"RECURRENCE_ID;RANGE=THISANDFUTURE": "20260607T013000Z"})
    changed = read(server, BEFORE, later)
    assert records() == [
        (FIRST, CONFIRMED, "05-31 01:30"),
        (SECOND, CONFIRMED, "06-07 02:00"),
        (THIRD, CONFIRMED, "06-14 02:00"),
    ]
    assert changed == [(reference, field) for reference in (SECOND, THIRD) for field in HOURS]


# -- through Google's API ---------------------------------------------------------------------------------------


def times(hour: str) -> dict[str, Any]:
    zone = "America/Los_Angeles"
    start = datetime.fromisoformat(f"2026-05-30T{hour}:00")
    return {
        "start": {"dateTime": f"{start.isoformat()}-07:00", "timeZone": zone},
        "end": {"dateTime": f"{(start + timedelta(hours=2)).isoformat()}-07:00", "timeZone": zone},
    }


def test_all_events_moved_in_google_are_the_same_trips_moved(both_ways: Calendar, google: Google) -> None:
    google.put({"id": "quinn", "summary": "Quinn Sail", "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=3"], **times("15:30")})
    look()
    override(charter=Charter.objects.get(reference=SECOND), facts={"guest_count": 7}, by="office")
    google.edit("quinn", **times("16:00"))
    assert look().code == 0
    assert records() == [
        (FIRST, CONFIRMED, "05-30 23:00"),
        (SECOND, CONFIRMED, "06-06 23:00"),
        (THIRD, CONFIRMED, "06-13 23:00"),
    ]
    assert Charter.objects.get(reference=SECOND).guest_count == 7


def test_this_and_following_moved_in_google_are_the_same_trips_moved(both_ways: Calendar, google: Google) -> None:
    google.put({"id": "quinn", "summary": "Quinn Sail", "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=3"], **times("15:30")})
    look()
    google.edit("quinn", recurrence=["RRULE:FREQ=WEEKLY;COUNT=1"])
    later = {
        name: {**said, "dateTime": said["dateTime"].replace("05-30", "06-06")} for name, said in times("16:00").items()
    }
    half = "quinn_R20260606T223000"
    google.put({"id": half, "summary": "Quinn Sail", "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=2"], **later})
    assert look().code == 0
    assert records() == [
        (FIRST, CONFIRMED, "05-30 22:30"),
        (SECOND, CONFIRMED, "06-06 23:00"),
        (THIRD, CONFIRMED, "06-13 23:00"),
    ]


# -- another UID ------------------------------------------------------------------------------------------------


def without_uid(written: str) -> str:
    return written.replace("UID:quinn\r\n", "")


@pytest.mark.parametrize("later", [without_uid(event()), event("imported")], ids=["without a UID", "another UID"])
def test_the_same_event_under_another_uid_is_the_same_trip(calendar: Calendar, server: FeedServer, later: str) -> None:
    read(server, event())
    made = Charter.objects.get()
    assert read(server, later) == []
    assert (Charter.objects.get().pk, records()) == (made.pk, [(FIRST, CONFIRMED, "05-31 01:30")])
    assert read(server, event()) == []


def test_a_series_under_another_uid_is_the_same_trips(weekly: Calendar, server: FeedServer) -> None:
    override(charter=Charter.objects.get(reference=SECOND), facts={"guest_count": 7}, by="office")
    assert read(server, without_uid(BEFORE)) == []
    assert Charter.objects.get(reference=SECOND).guest_count == 7


def test_another_title_under_another_uid_is_another_trip(calendar: Calendar, server: FeedServer) -> None:
    read(server, event())
    read(server, event("imported", "Quinn Charter"))
    assert records() == [
        (FIRST, CANCELLING, "05-31 01:30"),
        (f"{FIRST}-2", CONFIRMED, "05-31 01:30"),
    ]


def test_two_alike_under_other_uids_are_not_taken_for_the_one_that_went(calendar: Calendar, server: FeedServer) -> None:
    read(server, event())
    read(server, event("one"), event("two"))
    assert [status for _, status, _ in records()] == [CANCELLING, CONFIRMED, CONFIRMED]


def test_an_event_beside_one_that_stays_is_another_trip(calendar: Calendar, server: FeedServer) -> None:
    read(server, event())
    read(server, event(), event("imported"))
    assert [status for _, status, _ in records()] == [CONFIRMED, CONFIRMED]


def test_an_event_that_went_at_an_earlier_look_is_not_taken_for_it(calendar: Calendar, server: FeedServer) -> None:
    read(server, event())
    read(server)
    read(server, event("imported"))
    assert [status for _, status, _ in records()] == [CANCELLING, CONFIRMED]


# -- the cost ---------------------------------------------------------------------------------------------------


def statements(calendar: Calendar, trips: int, first: int) -> int:
    """Of moving a series by half an hour."""
    uid = f"series {first}"

    def series(shift: timedelta) -> list[Any]:
        days = [START + shift + timedelta(days=first + each) for each in range(trips)]
        return [occasion(uid, at=day, original=f"{day:%Y%m%dT%H%M%SZ}") for day in days]

    say(calendar, *series(timedelta(0)))
    Directory.load()
    with CaptureQueriesContext(connection) as seen:
        say(calendar, *series(timedelta(minutes=30)))
    assert Charter.objects.filter(uid=uid, status=CONFIRMED).count() == trips
    return len(seen)


def test_as_many_statements_for_thirty_moved_as_for_one(calendar: Calendar) -> None:
    assert statements(calendar, 1, first=0) == statements(calendar, 30, first=10)
