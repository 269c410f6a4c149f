"""Where facts contradict each other, in words. Times are on Saturday 30 May 2026, on the Pacific coast."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from charters.conflicts import conflicts
from charters.models import CalendarEvent, Charter, Vessel
from jada.core import clock
from tests.charters.conflicting import AFTERWARDS, PACIFIC, THURSDAY, aboard, at, event, said, sail, text_of
from tests.factories import CrewMemberFactory, GuestFactory, VesselFactory

pytestmark = pytest.mark.django_db
QUINN = "“Quinn” (6:30–8:30 PM, guests board from 6:15 PM)"


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    clock.stop_at(THURSDAY)
    yield
    clock.stop_at(None)


@pytest.fixture
def vessel() -> Vessel:
    """Fifteen minutes of turnaround, 36 passengers."""
    return VesselFactory.create(name="JADA", passenger_limit=36)


def test_a_charter_that_ends_while_others_board_is_a_conflict_of_both(vessel: Vessel) -> None:
    sail(vessel, "Danika Private Charter", "15:00", "19:00")
    sail(vessel, "Quinn Sunset Sail", "18:30", "20:30")
    danika, quinn = "“Danika Private Charter” (3–7 PM)", "“Quinn Sunset Sail” (6:30–8:30 PM, guests board from 6:15 PM)"
    assert said() == {
        "Danika Private Charter": [f"{danika} overlaps {quinn} on JADA."],
        "Quinn Sunset Sail": [f"{quinn} overlaps {danika} on JADA."],
    }


def test_with_its_turnaround_kept_there_is_no_conflict(vessel: Vessel) -> None:
    sail(vessel, "Danika Private Charter", "14:00", "18:00")
    sail(vessel, "Quinn Sunset Sail", "18:30", "20:30")
    assert said() == {}


def test_a_minute_less_than_the_turnaround_is_a_conflict(vessel: Vessel) -> None:
    sail(vessel, "Danika Private Charter", "14:00", "18:01")
    sail(vessel, "Quinn", "18:30", "20:30")
    assert said()["Quinn"] == [
        f"{QUINN} overlaps “Danika Private Charter” (2–6:01 PM, then 15 minutes of turnaround) on JADA."
    ]


def test_a_vessel_without_turnaround_needs_none() -> None:
    quick = VesselFactory.create(turnaround_minutes=0)
    sail(quick, "Danika", "14:00", "18:15")
    sail(quick, "Quinn", "18:30", "20:30")
    assert said() == {}


def test_another_vessel_is_no_conflict(vessel: Vessel) -> None:
    sail(vessel, "Danika", "15:00", "19:00")
    sail(VesselFactory.create(), "Quinn", "18:30", "20:30")
    assert said() == {}


def test_a_cancelled_charter_is_in_nobodys_way(vessel: Vessel) -> None:
    sail(vessel, "Danika", "15:00", "19:00", status="cancelled")
    sail(vessel, "Quinn", "18:30", "20:30")
    assert said() == {}


def test_a_charter_that_waits_for_a_word_still_sails(vessel: Vessel) -> None:
    sail(vessel, "Danika", "15:00", "19:00", status="cancelling")
    sail(vessel, "Quinn", "18:30", "20:30")
    assert said()["Quinn"] == [f"{QUINN} overlaps “Danika” (3–7 PM) on JADA."]


def test_maintenance_takes_up_the_vessel(vessel: Vessel) -> None:
    sail(vessel, "Haul out", "16:00", "20:00", event_type="maintenance")
    sail(vessel, "Quinn", "15:00", "19:00")
    assert said()["Quinn"] == ["“Quinn” (3–7 PM) overlaps “Haul out” (4–8 PM) on JADA."]


@pytest.mark.parametrize("kind", ["crew", "unavailable"])
def test_people_take_up_no_vessel(vessel: Vessel, kind: str) -> None:
    CrewMemberFactory.create(name="Darrell")
    event(vessel, "Darrell unavailable", "00:00", "23:00", event_type=kind)
    sail(vessel, "Quinn", "18:30", "20:30")
    assert said() == {}


def test_what_lasts_into_the_day_names_the_day_it_ends(vessel: Vessel) -> None:
    two_days = {"ends_at": datetime(2026, 6, 1, 12, tzinfo=PACIFIC), "event_type": "maintenance"}
    sail(vessel, "Haul out", "08:00", "09:00", **two_days)
    sail(vessel, "Quinn", "18:30", "20:30")
    assert said()["Quinn"] == [f"{QUINN} overlaps “Haul out” (8 AM – Mon 1 Jun, noon) on JADA."]


def test_what_lasts_whole_days_has_no_hours(vessel: Vessel) -> None:
    two_days = {"starts_at": at("00:00"), "ends_at": at("00:00", "2026-06-01"), "all_day": True}
    event(vessel, "Haul out", "00:00", "00:00", event_type="maintenance", **two_days)
    sail(vessel, "Quinn", "18:30", "20:30")
    assert said()["Quinn"] == [f"{QUINN} overlaps “Haul out” (until Sun 31 May) on JADA."]


def test_a_party_over_the_limit(vessel: Vessel) -> None:
    sail(vessel, "Quinn", "18:30", "20:30", guest_count=37)
    assert said()["Quinn"] == ["37 guests are expected; JADA may carry 36."]


@pytest.mark.parametrize("guests", [None, 36])
def test_a_party_within_the_limit(vessel: Vessel, guests: int | None) -> None:
    sail(vessel, "Quinn", "18:30", "20:30", guest_count=guests)
    assert said() == {}


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


def test_with_nothing_to_say_it_is_one_query(vessel: Vessel, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    sail(vessel, "Quinn", "18:30", "20:30", uid="a")
    charters = list(Charter.objects.with_relations())
    with django_assert_num_queries(1):
        assert list(conflicts(charters).values()) == [[]]


def test_thirty_charters_with_all_there_is_to_say_ask_as_often_as_two(
    vessel: Vessel, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    darrell = CrewMemberFactory.create(name="Darrell")
    event(vessel, "Darrell unavailable", "00:00", "23:00", event_type="unavailable")
    text_of(event(vessel, "Crew training", "00:00", "23:00", event_type="crew"), "All crew")
    for number in range(30):
        by_hand = {"sources": {"captain": "override"}, "calendar_facts": {"captain": "Zo\u00eb"}}
        trip = sail(
            vessel, f"Sail {number}", "18:30", "20:30", guest_count=40, booking_facts={"guest_count": 4}, **by_hand
        )
        aboard(trip, darrell)
        text_of(trip, "Captain: Zo\u00eb\nGuests: 40")
    charters = list(Charter.objects.with_relations().charters().order_by("pk"))
    # What is around, bookings, overrides, the calendars' copies of crew events and of trips; crew, docks and what is
    # no name.
    with django_assert_num_queries(8):
        thirty = conflicts(charters)
    with django_assert_num_queries(8):
        two = conflicts(charters[:2])
    assert two == {charter.pk: thirty[charter.pk] for charter in charters[:2]}


def test_more_signatures_than_the_vessel_may_carry_are_a_conflict(vessel: Vessel) -> None:
    Vessel.objects.filter(pk=vessel.pk).update(passenger_limit=1)
    trip = sail(vessel, "Danika", "15:00", "19:00", guest_count=1)
    GuestFactory.create_batch(2, charter=trip, waiver_status="SIGNED")
    counted = list(Charter.objects.with_relations().with_waiver_counts())
    assert conflicts(counted) == {trip.pk: ["2 guests have signed; JADA may carry 1."]}


def test_a_party_over_the_limit_quotes_the_line_that_counts_it(vessel: Vessel) -> None:
    trip = sail(vessel, "Quinn", "18:30", "20:30", guest_count=40, sources={"guest_count": "calendar"})
    text_of(trip, "Captain: Gene\nGuests: 40, two of them vegan")
    assert said()["Quinn"] == ["40 guests are expected; JADA may carry 36 (“Guests: 40, two of them vegan”)."]


def test_a_late_arrival_quotes_its_line(vessel: Vessel) -> None:
    late = at("18:45")
    facts = {"starts_at": at("18:30").isoformat(), "arrive_by": late.isoformat()}
    trip = sail(
        vessel, "Quinn", "18:30", "20:30", arrive_by=late, sources={"arrive_by": "calendar"}, calendar_facts=facts
    )
    text_of(trip, "Captain: Gene\narrive by 6:45 PM")
    assert said()["Quinn"] == [
        "Guests are told to arrive by 6:45 PM, after the departure at 6:30 PM (“arrive by 6:45 PM”)."
    ]


def test_an_overlong_line_is_cut_when_it_is_quoted(vessel: Vessel) -> None:
    trip = sail(vessel, "Quinn", "18:30", "20:30", guest_count=40, sources={"guest_count": "calendar"})
    text_of(trip, "Guests: 40 " + "and more words " * 50)
    (sentence,) = said()["Quinn"]
    assert sentence == (
        "40 guests are expected; JADA may carry 36 "
        "(“Guests: 40 and more words and more words and more words and more words and more…”)."
    )


def test_an_overlong_line_in_a_question_of_the_text_is_cut_too(vessel: Vessel) -> None:
    question = f"“Crew: {'Gene or Sam, ' * 40}” does not say plainly who sails"
    sail(vessel, "Quinn", "18:30", "20:30", questions=[question])
    (sentence,) = said()["Quinn"]
    assert sentence.startswith("“Crew: Gene or Sam, ")
    assert sentence.endswith("…” does not say plainly who sails")
    assert len(sentence) < 120


def test_a_trip_without_a_captain_is_asked_about(vessel: Vessel) -> None:
    event(vessel, "Quinn", "18:30", "20:30")
    assert said() == {"Quinn": ["Nobody is named as captain: who takes this trip?"]}


def test_where_the_text_speaks_of_a_captain_that_is_quoted(vessel: Vessel) -> None:
    trip = event(vessel, "Quinn", "18:30", "20:30", calendar_facts={"captain": None})
    text_of(trip, "Guests: 4\nCaptain: TBD")
    assert said() == {"Quinn": ["Nobody is named as captain: who takes this trip (“Captain: TBD”)?"]}


@pytest.mark.parametrize("kind", ["maintenance", "hold", "crew"])
def test_what_is_no_trip_needs_no_captain(vessel: Vessel, kind: str) -> None:
    event(vessel, "Bottom clean", "10:00", "12:00", event_type=kind)
    assert said() == {}


def licensed(trip: Charter, until: date) -> None:
    aboard(trip, CrewMemberFactory.create(name="Gene", licence_expires=until), role="captain")


def test_a_captains_licence_that_ends_the_day_before(vessel: Vessel) -> None:
    licensed(sail(vessel, "Quinn", "18:30", "20:30"), date(2026, 5, 29))
    assert said() == {"Quinn": ["Gene's licence is good until Fri 29 May 2026 only."]}


def test_on_its_last_day_a_licence_is_good(vessel: Vessel) -> None:
    licensed(sail(vessel, "Quinn", "18:30", "20:30"), date(2026, 5, 30))
    assert said() == {}


def test_a_trip_past_midnight_needs_a_licence_for_the_next_day(vessel: Vessel) -> None:
    licensed(sail(vessel, "Quinn", "18:30", "20:30", ends_at=at("01:00", "2026-05-31")), date(2026, 5, 30))
    assert said() == {"Quinn": ["Gene's licence is good until Sat 30 May 2026 only."]}


def test_a_trip_until_midnight_does_not(vessel: Vessel) -> None:
    licensed(sail(vessel, "Quinn", "18:30", "20:30", ends_at=at("00:00", "2026-05-31")), date(2026, 5, 30))
    assert said() == {}


def test_a_mates_licence_is_nobodys_affair(vessel: Vessel) -> None:
    aboard(sail(vessel, "Quinn", "18:30", "20:30"), CrewMemberFactory.create(licence_expires=date(2020, 1, 1)))
    assert said() == {}


def test_a_vessels_certificate_that_has_run_out_on_the_day(vessel: Vessel) -> None:
    Vessel.objects.update(certificate_expires=date(2026, 5, 29))
    sail(vessel, "Quinn", "18:30", "20:30")
    event(vessel, "Bottom clean", "10:00", "12:00", event_type="maintenance")
    assert said() == {"Quinn": ["JADA's certificate is good until Fri 29 May 2026 only."]}


def test_a_name_that_was_settled_is_not_asked_about_any_more(vessel: Vessel) -> None:
    question = "“Mate: Zoë”: no crew member is called Zoë. Who is this?"
    trip = sail(vessel, "Quinn", "18:30", "20:30", questions=[question])
    row = aboard(trip, "Zoë")
    assert said() == {"Quinn": [question]}
    row.member = CrewMemberFactory.create(name="Zoë")
    row.save()
    assert said() == {}


def test_a_calendar_full_of_repeats_names_three_and_counts_the_rest(vessel: Vessel) -> None:
    for number in range(8):
        sail(vessel, f"Sail {number}", f"18:0{number}", "20:30")
    assert said()["Sail 0"] == [
        *(
            f"“Sail 0” (6–8:30 PM) overlaps “Sail {other}” (6:0{other}–8:30 PM, guests board from 5:4{5 + other} PM)"
            " on JADA."
            for other in (1, 2, 3)
        ),
        "Overlaps 4 more on JADA.",
    ]


def test_a_long_title_is_cut(vessel: Vessel) -> None:
    sail(vessel, "Danika " * 40, "14:00", "19:00")
    sail(vessel, "Quinn", "18:30", "20:30")
    (sentence,) = said()["Quinn"]
    assert sentence == f"{QUINN} overlaps “{('Danika ' * 40)[:47].rstrip()}…” (2–7 PM) on JADA."


# -- for whom ---------------------------------------------------------------------------------------------


def everything_wrong(vessel: Vessel) -> Charter:
    """More guests than the vessel may carry, a late arrival, nobody in command and a question."""
    late, facts = at("19:00"), {"guest_count": 40, "arrive_by": at("19:00").isoformat()}
    return event(
        vessel, "Quinn", "18:30", "20:30", arrive_by=late, guest_count=40, questions=["Who?"], calendar_facts=facts
    )


def test_under_way_only_what_concerns_the_vessel_now_is_told(vessel: Vessel) -> None:
    everything_wrong(vessel)
    clock.stop_at(at("19:00"))
    assert said() == {"Quinn": ["40 guests are expected; JADA may carry 36."]}


def test_a_trip_that_is_over_raises_no_alarm(vessel: Vessel) -> None:
    everything_wrong(vessel)
    sail(vessel, "Danika", "15:00", "19:00")
    clock.stop_at(AFTERWARDS)
    assert said() == {}


def test_of_a_cancelled_one_only_that_its_calendar_has_it(vessel: Vessel) -> None:
    Charter.objects.filter(pk=everything_wrong(vessel).pk).update(status="cancelled")
    assert said() == {"Quinn": ["It is cancelled here, but its calendar still has it."]}
    clock.stop_at(AFTERWARDS)
    assert said() == {}


# -- changed after the trip -------------------------------------------------------------------------------


def changed(vessel: Vessel, **since: object) -> list[str]:
    trip = event(vessel, "Quinn", "18:30", "20:30")
    said_before = {"starts_at": at("18:30").isoformat(), "captain": "Gene", "guest_count": 4, "crew": [["Sam", "mate"]]}
    Charter.objects.filter(pk=trip.pk).update(calendar_facts=said_before, said_since=since)
    clock.stop_at(AFTERWARDS)
    return said()["Quinn"]


def test_a_past_trip_that_the_calendar_changed_is_told_with_both_values(vessel: Vessel) -> None:
    assert changed(vessel, starts_at=at("17:30").isoformat(), captain="Darrell") == [
        "Changed in the calendar after the trip: the start from 6:30 PM to 5:30 PM; the captain from Gene to Darrell."
    ]


def test_what_the_calendar_took_back_is_nobody_and_nothing(vessel: Vessel) -> None:
    assert changed(vessel, captain=None, crew=[], guest_count=None) == [
        "Changed in the calendar after the trip: the captain from Gene to nobody; the crew from Sam (mate) to nobody; "
        "the number of guests from 4 to nothing."
    ]


def test_a_past_trip_that_left_the_calendar(vessel: Vessel) -> None:
    assert changed(vessel, cancelled=True) == ["It was removed from the calendar after the trip."]


def test_a_past_trip_that_came_back_into_the_calendar(vessel: Vessel) -> None:
    assert changed(vessel, cancelled=False) == ["It is back in the calendar since the trip."]


def test_a_past_trip_of_which_much_was_changed_names_every_fact(vessel: Vessel) -> None:
    assert changed(vessel, event_type="hold", captain="Sam", guest_count=6, guest_name="Kim", place="Dock 2") == [
        "Changed in the calendar after the trip: the type from nothing to hold; the place from nothing to Dock 2; "
        "the captain from Gene to Sam; the guest from nothing to Kim; the number of guests from 4 to 6."
    ]
