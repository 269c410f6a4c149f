"""A trip that departed keeps its facts; what its calendar says of it afterwards is kept beside them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from charters.calendars.after_departure import said_since
from charters.models import Calendar, Charter, GuestPage
from charters.overrides import cancel
from tests.charters.calendars.conftest import Move
from tests.charters.calendars.feeds import rows
from tests.charters.calendars.saying import HOUR, START, event, fields, say
from tests.factories import GuestPageFactory

TEXT = "Captain: Darrell\nMate: Gene\nDeckhand: Sam\nGuests: 4"


@pytest.fixture
def sailed(calendar: Calendar, at: Move) -> Charter:
    """Quinn's trip, one hour after it departed."""
    say(calendar, event(text=TEXT))
    at(START + HOUR)
    return Charter.objects.get()


def since(charter: Charter) -> Any:
    charter.refresh_from_db()
    return charter.said_since


def test_an_edit_after_departure_is_kept_beside_the_facts(calendar: Calendar, sailed: Charter) -> None:
    before = Charter.objects.values("starts_at", "guest_count", "calendar_facts", "sources", "updated_at").get()
    changes = say(calendar, event(text=TEXT.replace("4", "9").replace("Darrell", "Sarah")))
    assert (changes, since(sailed)) == ([], {"guest_count": 9, "captain": "Sarah"})
    assert Charter.objects.values(*before).get() == before


def test_a_moved_hour_is_kept_too(calendar: Calendar, sailed: Charter) -> None:
    say(calendar, event(text=TEXT, at=START + 24 * HOUR))
    assert {name: datetime.fromisoformat(said) for name, said in since(sailed).items()} == {
        "starts_at": START + 24 * HOUR,
        "ends_at": START + 26 * HOUR,
    }


def test_back_to_what_it_was_it_says_nothing(calendar: Calendar, sailed: Charter) -> None:
    say(calendar, event(text=TEXT.replace("4", "9")))
    say(calendar, event(text=TEXT))
    assert since(sailed) == {}


@pytest.mark.parametrize(
    "text",
    [
        TEXT + "\nthey loved it",
        TEXT.replace("Darrell", "DARRELL"),
        "Captain: Darrell\nDeckhand: Sam\nMate: Gene\nGuests: 4",
    ],
)
def test_what_means_the_same_is_no_news(calendar: Calendar, sailed: Charter, text: str) -> None:
    before = rows("charters_charter")
    say(calendar, event(text=text))
    assert rows("charters_charter") == before


def test_a_retyped_title_is_no_news(calendar: Calendar, sailed: Charter) -> None:
    say(calendar, event(title="Quinn sunset sail!", text=TEXT))
    assert since(sailed) == {}


def test_removed_from_the_calendar(calendar: Calendar, sailed: Charter) -> None:
    changes = say(calendar, looked_at=["quinn@google.com"])
    assert (changes, since(sailed), sailed.status) == ([], {"cancelled": True}, "confirmed")


def test_cancelled_in_the_calendar(calendar: Calendar, sailed: Charter) -> None:
    say(calendar, event(text="", cancelled=True))
    assert since(sailed) == {"cancelled": True}


def test_removed_and_put_back(calendar: Calendar, sailed: Charter) -> None:
    say(calendar, looked_at=["quinn@google.com"])
    say(calendar, event(text=TEXT))
    assert since(sailed) == {}


def test_the_page_stays_as_it_is(calendar: Calendar, sailed: Charter) -> None:
    GuestPageFactory.create(charter=sailed, state=GuestPage.State.VERIFIED)
    say(calendar, event(text=TEXT.replace("4", "9")))
    assert GuestPage.objects.get().state == GuestPage.State.VERIFIED


def test_the_same_look_twice_writes_once(calendar: Calendar, sailed: Charter) -> None:
    say(calendar, looked_at=["quinn@google.com"])
    before = rows("charters_charter")
    say(calendar, looked_at=["quinn@google.com"])
    assert rows("charters_charter") == before


def test_of_a_cancelled_trip_nothing_is_news(calendar: Calendar, at: Move) -> None:
    say(calendar, event(text=TEXT))
    cancel(charter=Charter.objects.get(), by="office")
    at(START + HOUR)
    say(calendar, looked_at=["quinn@google.com"])
    assert Charter.objects.get().said_since == {}


def test_one_that_was_gone_before_it_departed_is_no_news(calendar: Calendar, at: Move) -> None:
    say(calendar, event(text=TEXT))
    say(calendar, looked_at=["quinn@google.com"])
    at(START + HOUR)
    say(calendar, looked_at=["quinn@google.com"])
    assert (Charter.objects.get().status, Charter.objects.get().said_since) == ("cancelling", {})


def test_a_series_that_is_not_laid_out_so_far_back_has_lost_nothing(calendar: Calendar, at: Move) -> None:
    weeks = [event("w", at=START + n * 168 * HOUR, original=f"{n}") for n in range(2)]
    say(calendar, *weeks)
    at(START + timedelta(days=370))
    say(calendar, weeks[1])
    assert list(Charter.objects.values_list("said_since", flat=True)) == [{}, {}]


def test_an_occasion_taken_out_of_a_series_after_it_sailed(calendar: Calendar, at: Move) -> None:
    weeks = [event("w", at=START + n * 168 * HOUR, original=f"{n}") for n in range(2)]
    say(calendar, *weeks)
    at(START + timedelta(days=20))
    say(calendar, weeks[1])
    assert list(Charter.objects.order_by("starts_at").values_list("said_since", flat=True)) == [{"cancelled": True}, {}]


# -- the same text, understood otherwise ---------------------------------------------------------------------------


def test_a_better_reading_of_the_same_text_is_no_news(calendar: Calendar, sailed: Charter) -> None:
    say(calendar, event(text=TEXT.replace("4", "5")), edited=())
    assert (since(sailed), sailed.guest_count, sailed.calendar_facts["guest_count"]) == ({}, 4, 5)


def test_later_edits_are_compared_with_the_better_reading(calendar: Calendar, sailed: Charter) -> None:
    say(calendar, event(text=TEXT.replace("4", "5")), edited=())
    say(calendar, event(text=TEXT.replace("4", "5").replace("Gene", "Sarah")), edited=["quinn@google.com"])
    assert list(since(sailed)) == ["crew"]


def test_a_news_stays_news_when_it_is_read_anew(calendar: Calendar, sailed: Charter) -> None:
    say(calendar, event(text=TEXT.replace("4", "9")))
    say(calendar, event(text=TEXT.replace("4", "9")), edited=())
    assert since(sailed) == {"guest_count": 9}


def test_an_occasion_that_another_reader_leaves_out_is_no_news(calendar: Calendar, sailed: Charter) -> None:
    say(calendar, looked_at=["quinn@google.com"], edited=())
    assert (since(sailed), "cancelled" in sailed.calendar_facts and sailed.calendar_facts["cancelled"]) == ({}, False)


def test_cancelled_by_a_person_afterwards_its_facts_still_stay(calendar: Calendar, sailed: Charter) -> None:
    say(calendar, event(text=TEXT.replace("4", "5")), edited=())
    changes = cancel(charter=sailed, by="office")
    sailed.refresh_from_db()
    assert (fields(changes), sailed.status, sailed.guest_count) == ([(sailed.reference, "status")], "cancelled", 4)


def test_what_differs_is_named_by_the_calendars_names() -> None:
    before = {"starts_at": "2026-05-31T01:30:00+00:00", "captain": None, "crew": [], "cancelled": False}
    after = {"starts_at": "2026-05-30T18:30:00-07:00", "captain": "Gene", "crew": [], "cancelled": False}
    assert said_since(before, after) == {"captain": "Gene"}
