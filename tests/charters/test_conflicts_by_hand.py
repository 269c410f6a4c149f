"""Facts set by hand against the calendar's, both values in words. Times are on Saturday 30 May 2026."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from charters.models import Charter, Override, Vessel
from jada.core import clock
from tests.charters.conflicting import AFTERWARDS, THURSDAY, aboard, at, said, sail, text_of
from tests.factories import CrewMemberFactory, VesselFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    clock.stop_at(THURSDAY)
    yield
    clock.stop_at(None)


@pytest.fixture
def vessel() -> Vessel:
    return VesselFactory.create(name="JADA", passenger_limit=36)


def by_hand(vessel: Vessel, calendar: dict[str, Any], **facts: Any) -> Charter:
    """A trip at 4 PM of which these facts were set by hand; the calendar says something else of some."""
    sources = dict.fromkeys([*calendar, *facts], "override")
    said_there = {"starts_at": at("16:00").isoformat()} | calendar
    return sail(vessel, "Danika", "16:00", "20:00", sources=sources, calendar_facts=said_there, **facts)


def test_a_fact_set_by_hand_is_shown_with_the_calendars_until_that_catches_up(vessel: Vessel) -> None:
    trip = by_hand(vessel, {"starts_at": at("15:00").isoformat(), "guest_count": 8}, guest_count=8)
    assert said() == {"Danika": ["The start is 4 PM by hand; the calendar says 3 PM."]}
    Charter.objects.filter(pk=trip.pk).update(calendar_facts={"starts_at": trip.starts_at.isoformat()})
    assert said() == {}


def test_another_day_is_named(vessel: Vessel) -> None:
    by_hand(vessel, {"starts_at": at("15:00", "2026-05-31").isoformat()})
    assert said() == {"Danika": ["The start is 4 PM by hand; the calendar says Sun 31 May, 3 PM."]}


def test_a_captain_quotes_the_line_of_the_text(vessel: Vessel) -> None:
    trip = by_hand(vessel, {"captain": "Darrell"})
    aboard(trip, CrewMemberFactory.create(name="Gene"), role="captain")
    assert said() == {"Danika": ["The captain is Gene by hand; the calendar says Darrell."]}
    text_of(trip, "Guests: 4\nCaptain: Darrell (confirmed)")
    assert said() == {"Danika": ["The captain is Gene by hand; the calendar says “Captain: Darrell (confirmed)”."]}


def test_the_same_captain_by_another_name_is_no_contradiction(vessel: Vessel) -> None:
    gene = CrewMemberFactory.create(name="Gene", aliases=["Eugene"])
    aboard(by_hand(vessel, {"captain": "eugene"}), gene, role="captain")
    assert said() == {}


def test_a_crew_quotes_the_line_of_the_text(vessel: Vessel) -> None:
    trip = by_hand(vessel, {"crew": [["Darrell", "crew"], ["Angelia", "crew"]]})
    aboard(trip, CrewMemberFactory.create(name="Sam"))
    assert said() == {"Danika": ["The crew is Sam (mate) by hand; the calendar says Darrell and Angelia."]}
    text_of(trip, "Crew: Darrell, Angelia")
    assert said() == {"Danika": ["The crew is Sam (mate) by hand; the calendar says “Crew: Darrell, Angelia”."]}


def test_the_same_crew_in_another_order_and_by_other_names_is_no_contradiction(vessel: Vessel) -> None:
    trip = by_hand(vessel, {"crew": [["Sammy", "mate"], ["Marcus", "deckhand"]]})
    aboard(trip, CrewMemberFactory.create(name="Marcus"), role="deckhand")
    aboard(trip, CrewMemberFactory.create(name="Sam", aliases=["Sammy"]))
    assert said() == {}


def test_nobody_aboard_by_hand(vessel: Vessel) -> None:
    by_hand(vessel, {"crew": [["Sam", "mate"]]})
    assert said() == {"Danika": ["No crew by hand; the calendar says Sam (mate)."]}


def test_a_guests_phone_is_read_out(vessel: Vessel) -> None:
    by_hand(vessel, {"guest_phone": "+16195550001"}, guest_phone="+16195550002")
    assert said() == {"Danika": ["The guest's phone is (619) 555-0002 by hand; the calendar says (619) 555-0001."]}


def test_an_overlong_value_is_cut(vessel: Vessel) -> None:
    by_hand(vessel, {"crew": [[f"Sailor {number}", "deckhand"] for number in range(40)]})
    (sentence,) = said()["Danika"]
    assert sentence.startswith("No crew by hand; the calendar says Sailor 0 (deckhand), Sailor 1 (deckhand)")
    assert len(sentence) < 140


def overridden(trip: Charter, field: str, value: Any, then: Any) -> None:
    Override.objects.create(charter=trip, field=field, value=value, by="ana", calendar_said={"value": then})


def test_a_fact_that_the_calendar_changed_after_it_was_set_asks_keep_which(vessel: Vessel) -> None:
    trip = by_hand(vessel, {"starts_at": at("17:00").isoformat()})
    overridden(trip, "starts_at", at("16:00").isoformat(), at("15:00").isoformat())
    assert said() == {"Danika": ["The start is 4 PM by hand; the calendar now says 5 PM: keep which?"]}


def test_as_the_calendar_said_when_it_was_set_nothing_is_asked(vessel: Vessel) -> None:
    trip = by_hand(vessel, {"starts_at": at("15:00").isoformat()})
    overridden(trip, "starts_at", at("16:00").isoformat(), at("15:00").isoformat())
    assert said() == {"Danika": ["The start is 4 PM by hand; the calendar says 3 PM."]}


def test_what_the_calendar_took_back_since_is_asked_about(vessel: Vessel) -> None:
    trip = by_hand(vessel, {"guest_count": None}, guest_count=8)
    overridden(trip, "guest_count", 8, 6)
    assert said() == {"Danika": ["The number of guests is 8 by hand; the calendar now says nothing: keep which?"]}


def test_after_departure_there_is_nothing_to_keep(vessel: Vessel) -> None:
    by_hand(vessel, {"starts_at": at("15:00").isoformat()})
    clock.stop_at(at("16:00") + timedelta(minutes=1))
    assert said() == {}
    clock.stop_at(AFTERWARDS)
    assert said() == {}
