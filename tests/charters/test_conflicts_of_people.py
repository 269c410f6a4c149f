"""The crew in two places at once. Times are on Saturday 30 May 2026, on the Pacific coast."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from charters.models import Charter, CrewMember, Vessel
from jada.core import clock
from tests.charters.conflicting import PACIFIC, THURSDAY, aboard, at, event, said, sail, text_of
from tests.factories import CrewMemberFactory, VesselFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    clock.stop_at(THURSDAY)
    yield
    clock.stop_at(None)


@pytest.fixture
def jada() -> Vessel:
    return VesselFactory.create(name="JADA")


@pytest.fixture
def aurora() -> Vessel:
    return VesselFactory.create(name="Aurora")


@pytest.fixture
def gene() -> CrewMember:
    return CrewMemberFactory.create(name="Gene", aliases=["Eugene"])


@pytest.fixture
def quinn(jada: Vessel, gene: CrewMember) -> Charter:
    """Gene mates for Quinn, 6:30 to 8:30 PM; her guests come at 6:15."""
    trip = sail(jada, "Quinn", "18:30", "20:30")
    aboard(trip, gene)
    return trip


def test_a_crew_member_on_two_vessels_is_a_conflict_of_both(quinn: Charter, aurora: Vessel, gene: CrewMember) -> None:
    aboard(sail(aurora, "Kim", "16:00", "18:30"), gene, role="captain")
    assert said() == {
        "Quinn": ["Gene is also on “Kim” on Aurora, 4–6:30 PM."],
        "Kim": ["Gene is also on “Quinn” on JADA, 6:30–8:30 PM."],
    }


def test_who_steps_from_one_trip_onto_the_next_is_in_one_place(
    quinn: Charter, aurora: Vessel, gene: CrewMember
) -> None:
    aboard(sail(aurora, "Kim", "16:00", "18:15"), gene)
    assert said() == {}


def test_on_the_same_vessel_the_hours_are_told_once(quinn: Charter, jada: Vessel, gene: CrewMember) -> None:
    sam = CrewMemberFactory.create(name="Sam")
    danika = sail(jada, "Danika", "15:00", "19:00")
    for trip in (danika, quinn):
        aboard(trip, sam)
    aboard(danika, gene)
    assert said()["Danika"] == [
        "“Danika” (3–7 PM) overlaps “Quinn” (6:30–8:30 PM, guests board from 6:15 PM) on JADA.",
        "Sam and Gene are also on “Quinn”.",
    ]


def test_a_name_that_is_no_crew_members_cannot_be_in_two_places_either(jada: Vessel, aurora: Vessel) -> None:
    aboard(sail(jada, "Quinn", "18:30", "20:30"), "Zoë")
    aboard(sail(aurora, "Kim", "16:00", "19:00"), "zoe")
    assert said()["Quinn"][0] == "Zoë is also on “Kim” on Aurora, 4–7 PM."


def test_a_cancelled_trip_takes_nobody(quinn: Charter, aurora: Vessel, gene: CrewMember) -> None:
    aboard(sail(aurora, "Kim", "16:00", "19:00", status="cancelled"), gene)
    assert said() == {}


# -- away -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "Gene unavailable",
        "Gene's day off",
        "Eugene – not available",
        "Captain Gene out of town",
        "Unavailable: Gene",
        "Vacation - Gene",
        "Zoë & Gene unavailable",
        "GENE UNAVAILABLE (dentist)",
    ],
)
def test_a_member_who_is_away_that_day(quinn: Charter, jada: Vessel, title: str) -> None:
    whole_day = {"starts_at": at("00:00"), "ends_at": at("00:00", "2026-05-31"), "all_day": True}
    event(jada, title, "00:00", "00:00", event_type="unavailable", **whole_day)
    assert said()["Quinn"] == [f"Gene is on this trip, but the calendar says “{title}” (all day)."]


def test_the_absence_says_which_trip_it_is_about(quinn: Charter, jada: Vessel) -> None:
    event(jada, "Gene unavailable", "17:00", "19:00", event_type="unavailable")
    assert said() == {
        "Quinn": ["Gene is on this trip, but the calendar says “Gene unavailable” (5–7 PM)."],
        "Gene unavailable": ["Gene is on “Quinn”, Sat 30 May, 6:30–8:30 PM."],
    }


def test_a_whole_day_lasts_until_its_own_midnight(quinn: Charter, jada: Vessel) -> None:
    day_before = {"starts_at": at("00:00", "2026-05-29"), "ends_at": at("00:00"), "all_day": True}
    event(jada, "Gene unavailable", "00:00", "00:00", event_type="unavailable", **day_before)
    assert said() == {}


def test_days_away_name_the_last_one(quinn: Charter, jada: Vessel) -> None:
    days = {"starts_at": at("00:00", "2026-05-29"), "ends_at": datetime(2026, 6, 3, tzinfo=PACIFIC), "all_day": True}
    event(jada, "Gene unavailable", "00:00", "00:00", event_type="unavailable", **days)
    assert said()["Quinn"] == ["Gene is on this trip, but the calendar says “Gene unavailable” (until Tue 2 Jun)."]


def test_somebody_else_who_is_away_is_no_conflict(quinn: Charter, jada: Vessel) -> None:
    CrewMemberFactory.create(name="Darrell")
    event(jada, "Darrell unavailable", "17:00", "23:00", event_type="unavailable")
    assert said() == {}


def test_a_name_that_leads_to_nobody_is_asked_about(quinn: Charter, jada: Vessel) -> None:
    event(jada, "Zed unavailable", "17:00", "23:00", event_type="unavailable")
    assert said() == {
        "Zed unavailable": ["“Zed unavailable”: no crew member is called Zed. Who is this?"],
    }


def test_a_name_of_several_is_asked_about_and_accuses_nobody(quinn: Charter, jada: Vessel) -> None:
    for surname in ("Ito", "Roy"):
        aboard(quinn, CrewMemberFactory.create(name=f"Sam {surname}"))
    event(jada, "Sam unavailable", "17:00", "23:00", event_type="unavailable")
    assert said() == {
        "Sam unavailable": ["“Sam unavailable”: Sam could be several crew members. Who is meant?"],
    }


@pytest.mark.parametrize(
    "title", ["Closed for the holidays", "Boat unavailable", "No charters", "Unavailable", "Blocked"]
)
def test_what_names_nobody_asks_nothing(quinn: Charter, jada: Vessel, title: str) -> None:
    event(jada, title, "17:00", "23:00", event_type="unavailable")
    assert said() == {}


# -- crew events ------------------------------------------------------------------------------------------


def test_training_that_names_its_people(quinn: Charter, jada: Vessel) -> None:
    event(jada, "Crew training - Gene and Sam", "17:00", "19:00", event_type="crew")
    assert said() == {
        "Quinn": ["Gene is also at “Crew training - Gene and Sam”, 5–7 PM."],
        "Crew training - Gene and Sam": ["Gene is also on “Quinn”, 6:30–8:30 PM."],
    }


def test_training_whose_text_names_its_people(quinn: Charter, jada: Vessel) -> None:
    text_of(event(jada, "Crew training", "17:00", "19:00", event_type="crew"), "MOB drills.\nWith Gene, Sam")
    assert said()["Quinn"] == ["Gene is also at “Crew training”, 5–7 PM."]


def test_all_crew_is_everybody(quinn: Charter, jada: Vessel) -> None:
    text_of(event(jada, "Crew training", "17:00", "19:00", event_type="crew"), "All crew. MOB drills.")
    assert said()["Quinn"] == ["Quinn's captain and Gene are also at “Crew training”, 5–7 PM."]


def test_training_that_names_nobody_takes_nobody(quinn: Charter, jada: Vessel) -> None:
    text_of(event(jada, "Crew training", "17:00", "19:00", event_type="crew"), "MOB drills.")
    assert said() == {}
