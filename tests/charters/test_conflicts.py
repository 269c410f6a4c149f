"""Where facts contradict each other, in words. Times are on Saturday 30 May 2026, on the Pacific coast."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_django import DjangoAssertNumQueries

from charters.conflicts import conflicts
from charters.models import CalendarEvent, Charter, Vessel
from tests.factories import CharterFactory, GuestFactory, VesselFactory

pytestmark = pytest.mark.django_db
PACIFIC = ZoneInfo("America/Los_Angeles")


@pytest.fixture
def vessel() -> Vessel:
    """Fifteen minutes of turnaround, 36 passengers."""
    return VesselFactory.create(name="JADA", passenger_limit=36)


def sail(vessel: Vessel, title: str, start: str, end: str, **facts: Any) -> Charter:
    starts_at, ends_at = (datetime.fromisoformat(f"2026-05-30T{hour}").replace(tzinfo=PACIFIC) for hour in (start, end))
    times = {"starts_at": starts_at, "ends_at": ends_at, "arrive_by": starts_at - timedelta(minutes=15)}
    return CharterFactory.create(vessel=vessel, title=title, **times | facts)


def said() -> dict[str, list[str]]:
    """{title: sentences} of every charter."""
    charters = list(Charter.objects.with_relations().order_by("pk"))
    found = conflicts(charters)
    return {charter.title: found[charter.pk] for charter in charters if charter.pk in found}


def test_a_charter_that_ends_while_others_board_is_a_conflict_of_both(vessel: Vessel) -> None:
    sail(vessel, "Danika Private Charter", "15:00", "19:00")
    sail(vessel, "Quinn Sunset Sail", "18:30", "20:30")
    assert said() == {
        "Danika Private Charter": ["Overlaps Quinn Sunset Sail on JADA, whose guests board from 6:15 PM."],
        "Quinn Sunset Sail": ["Overlaps Danika Private Charter on JADA, which ends at 7 PM."],
    }


def test_with_its_turnaround_kept_there_is_no_conflict(vessel: Vessel) -> None:
    sail(vessel, "Danika Private Charter", "14:00", "18:00")
    sail(vessel, "Quinn Sunset Sail", "18:30", "20:30")
    assert said() == {"Danika Private Charter": [], "Quinn Sunset Sail": []}


def test_a_minute_less_than_the_turnaround_is_a_conflict(vessel: Vessel) -> None:
    sail(vessel, "Danika Private Charter", "14:00", "18:01")
    sail(vessel, "Quinn Sunset Sail", "18:30", "20:30")
    assert said()["Quinn Sunset Sail"] == ["Overlaps Danika Private Charter on JADA, which ends at 6:01 PM."]


def test_a_vessel_without_turnaround_needs_none() -> None:
    quick = VesselFactory.create(turnaround_minutes=0)
    sail(quick, "Danika", "14:00", "18:15")
    sail(quick, "Quinn", "18:30", "20:30")
    assert said() == {"Danika": [], "Quinn": []}


def test_another_vessel_is_no_conflict(vessel: Vessel) -> None:
    sail(vessel, "Danika", "15:00", "19:00")
    sail(VesselFactory.create(), "Quinn", "18:30", "20:30")
    assert said() == {"Danika": [], "Quinn": []}


def test_a_cancelled_charter_is_in_nobodys_way(vessel: Vessel) -> None:
    sail(vessel, "Danika", "15:00", "19:00", status="cancelled")
    sail(vessel, "Quinn", "18:30", "20:30")
    assert said() == {"Quinn": []}


def test_a_charter_that_waits_for_a_word_still_sails(vessel: Vessel) -> None:
    sail(vessel, "Danika", "15:00", "19:00", status="cancelling")
    sail(vessel, "Quinn", "18:30", "20:30")
    assert said()["Quinn"] == ["Overlaps Danika on JADA, which ends at 7 PM."]


def test_maintenance_takes_up_the_vessel(vessel: Vessel) -> None:
    sail(vessel, "Haul out", "16:00", "20:00", event_type="maintenance")
    sail(vessel, "Quinn", "15:00", "19:00")
    assert said()["Quinn"] == ["Overlaps Haul out on JADA, 4–8 PM."]


@pytest.mark.parametrize("kind", ["crew", "unavailable"])
def test_people_take_up_no_vessel(vessel: Vessel, kind: str) -> None:
    sail(vessel, "Darrell unavailable", "00:00", "23:00", event_type=kind)
    sail(vessel, "Quinn", "18:30", "20:30")
    assert said()["Quinn"] == []


def test_what_lasts_into_the_day_names_the_day_it_ends(vessel: Vessel) -> None:
    two_days = {"ends_at": datetime(2026, 6, 1, 12, tzinfo=PACIFIC), "event_type": "maintenance"}
    sail(vessel, "Haul out", "08:00", "09:00", **two_days)
    sail(vessel, "Quinn", "18:30", "20:30")
    assert said()["Quinn"] == ["Overlaps Haul out on JADA, which ends at noon on Mon 1 Jun."]


def test_a_party_over_the_limit(vessel: Vessel) -> None:
    sail(vessel, "Quinn", "18:30", "20:30", guest_count=37)
    assert said()["Quinn"] == ["37 guests are expected; JADA may carry 36."]


@pytest.mark.parametrize("guests", [None, 36])
def test_a_party_within_the_limit(vessel: Vessel, guests: int | None) -> None:
    sail(vessel, "Quinn", "18:30", "20:30", guest_count=guests)
    assert said()["Quinn"] == []


def test_guests_told_to_come_after_departure(vessel: Vessel) -> None:
    sail(vessel, "Quinn", "18:30", "20:30", arrive_by=datetime(2026, 5, 30, 18, 45, tzinfo=PACIFIC))
    assert said()["Quinn"] == ["Guests are told to arrive by 6:45 PM, after the departure at 6:30 PM."]


def test_the_texts_questions_come_last(vessel: Vessel) -> None:
    sail(vessel, "Quinn", "18:30", "20:30", guest_count=40, questions=["Who is “Zoë”?"])
    assert said()["Quinn"] == ["40 guests are expected; JADA may carry 36.", "Who is “Zoë”?"]


def test_an_event_that_cannot_be_read_any_more(vessel: Vessel) -> None:
    quinn = sail(vessel, "Quinn", "18:30", "20:30", uid="a")
    CalendarEvent.objects.create(
        calendar=quinn.calendar, uid="a", digest=b"", source="", reason="The event has no start."
    )
    assert said()["Quinn"] == [
        "Its event in the calendar cannot be read; what was read before stands. The event has no start."
    ]


def test_no_charters_no_conflicts() -> None:
    assert conflicts([]) == {}


def test_thirty_charters_ask_as_often_as_two(vessel: Vessel, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(30):
        sail(vessel, f"Sail {number}", "18:30", "20:30", uid=str(number))
    charters = list(Charter.objects.with_relations())
    with django_assert_num_queries(4):
        conflicts(charters)
    with django_assert_num_queries(4):
        conflicts(charters[:2])


def test_a_fact_set_by_hand_is_shown_with_the_calendars_until_that_catches_up(vessel: Vessel) -> None:
    trip = sail(vessel, "Danika", "16:00", "20:00", sources={"starts_at": "override", "guest_count": "override"})
    charter = Charter.objects.filter(pk=trip.pk)
    earlier = (trip.starts_at - timedelta(hours=1)).isoformat()
    charter.update(guest_count=8, calendar_facts={"starts_at": earlier, "guest_count": 8})
    assert said() == {"Danika": ["The start is 4 PM by hand; the calendar says 3 PM."]}
    charter.update(calendar_facts={"starts_at": trip.starts_at.isoformat(), "guest_count": 8})
    assert said() == {"Danika": []}


def test_more_signatures_than_the_vessel_may_carry_are_a_conflict(vessel: Vessel) -> None:
    Vessel.objects.filter(pk=vessel.pk).update(passenger_limit=1)
    trip = sail(vessel, "Danika", "15:00", "19:00", guest_count=1)
    GuestFactory.create_batch(2, charter=trip, waiver_status="SIGNED")
    counted = list(Charter.objects.with_relations().with_waiver_counts())
    assert conflicts(counted) == {trip.pk: ["2 guests have signed; JADA may carry 1."]}
