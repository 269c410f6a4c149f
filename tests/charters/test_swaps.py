"""A captain's swap, two hours before departure. Quinn's: captain Darrell, mate Gene, deckhand Marcus."""

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from charters.crew import swaps
from charters.crew.swaps import Place, SwapRefused, TakerTaken
from charters.models import Charter, CrewMember, GuestPage, Override
from charters.overrides import cancel
from jada.core import clock
from jada.core.reconcile import Change
from tests.charters.crewed import aboard, at, pool, sail
from tests.factories import CrewMemberFactory, GuestPageFactory

pytestmark = pytest.mark.django_db
DARRELL, GENE, MARCUS = Place("captain", "Darrell"), Place("mate", "Gene"), Place("deckhand", "Marcus")


@pytest.fixture(autouse=True)
def two_hours_before() -> Iterator[None]:
    clock.stop_at(at("16:30"))
    yield
    clock.stop_at(None)


@pytest.fixture
def crew() -> dict[str, CrewMember]:
    return pool()


@pytest.fixture
def quinn(crew: dict[str, CrewMember]) -> Charter:
    return sail()


def hand_over(charter: Charter, giver: str, place: Place, taker: str, **asked: Any) -> list[Change]:
    named = {each.name: each for each in CrewMember.objects.all()}
    return swaps.swap(
        charter=charter, giver=named[giver], place=place, taker=named[taker], why="My boat is stuck.", **asked
    )


def refused(charter: Charter, giver: str, place: Place, taker: str) -> str:
    """The words of a refusal; nothing was changed."""
    before = aboard(charter), list(Override.objects.values())
    with pytest.raises(SwapRefused) as raised:
        hand_over(charter, giver, place, taker)
    assert (aboard(charter), list(Override.objects.values())) == before
    return str(raised.value)


# -- what a swap does ----------------------------------------------------------------------------------------


def test_a_mate_hands_over_their_place(quinn: Charter) -> None:
    changes = hand_over(quinn, "Gene", GENE, "Sam")
    assert [change.field for change in changes] == ["crew"]
    assert aboard(quinn) == [("Darrell", "captain"), ("Sam", "mate"), ("Marcus", "deckhand")]


def test_a_captain_hands_over_the_command(quinn: Charter) -> None:
    hand_over(quinn, "Darrell", DARRELL, "Sarah")
    assert aboard(quinn) == [("Sarah", "captain"), ("Gene", "mate"), ("Marcus", "deckhand")]


def test_a_captain_may_swap_another_place_of_the_trip(quinn: Charter) -> None:
    hand_over(quinn, "Darrell", MARCUS, "Angelia")
    assert aboard(quinn) == [("Darrell", "captain"), ("Gene", "mate"), ("Angelia", "deckhand")]


def test_a_captain_may_swap_a_name_nobody_knows(crew: dict[str, CrewMember]) -> None:
    charter = sail(crew=[("Ishmael", "deckhand")])
    hand_over(charter, "Darrell", Place("deckhand", "Ishmael"), "Marcus")
    assert aboard(charter) == [("Darrell", "captain"), ("Marcus", "deckhand")]


def test_the_others_keep_their_names_as_the_office_wrote_them(crew: dict[str, CrewMember]) -> None:
    CrewMember.objects.filter(name="Marcus").update(aliases=["Marky"])
    charter = sail(crew=[("Gene", "mate"), ("marky", "deckhand")])
    hand_over(charter, "Gene", GENE, "Sam")
    assert aboard(charter) == [("Darrell", "captain"), ("Sam", "mate"), ("marky", "deckhand")]


def test_it_is_kept_by_whom_when_and_why(quinn: Charter) -> None:
    hand_over(quinn, "Gene", GENE, "Sam")
    kept = Override.objects.get()
    assert (kept.field, kept.value, kept.by, kept.why, kept.at) == (
        "crew",
        [["Sam", "mate"], ["Marcus", "deckhand"]],
        "Gene's own page",
        "My boat is stuck.",
        at("16:30"),
    )


def test_the_guest_page_is_out_of_date_at_once(quinn: Charter) -> None:
    GuestPageFactory.create(charter=quinn, state="verified")
    hand_over(quinn, "Darrell", DARRELL, "Sarah")
    assert GuestPage.objects.get().state == "stale"


def test_the_same_swap_twice_changes_nothing(quinn: Charter) -> None:
    hand_over(quinn, "Gene", GENE, "Sam")
    once = list(Override.objects.values())
    assert hand_over(quinn, "Gene", GENE, "Sam") == []
    assert list(Override.objects.values()) == once


def test_the_same_swap_twice_is_done_even_when_the_trip_has_departed(quinn: Charter) -> None:
    hand_over(quinn, "Gene", GENE, "Sam")
    clock.stop_at(at("18:30"))
    assert hand_over(quinn, "Gene", GENE, "Sam") == []


def test_whoever_took_over_can_hand_it_back(quinn: Charter) -> None:
    hand_over(quinn, "Darrell", DARRELL, "Sarah")
    hand_over(quinn, "Sarah", Place("captain", "Sarah"), "Darrell")
    assert aboard(quinn)[0] == ("Darrell", "captain")


def test_a_captain_who_also_stands_in_the_crew_list_leaves_it_too(crew: dict[str, CrewMember]) -> None:
    charter = sail(crew=[("Darrell", "crew"), ("Gene", "mate")])
    hand_over(charter, "Darrell", DARRELL, "Sarah")
    assert aboard(charter) == [("Sarah", "captain"), ("Gene", "mate")]


def test_a_second_swap_keeps_the_first(quinn: Charter) -> None:
    hand_over(quinn, "Gene", GENE, "Sam")
    hand_over(quinn, "Marcus", MARCUS, "Angelia")
    assert aboard(quinn) == [("Darrell", "captain"), ("Sam", "mate"), ("Angelia", "deckhand")]


# -- who may ---------------------------------------------------------------------------------------------------


def test_until_departure(quinn: Charter) -> None:
    clock.stop_at(at("18:29"))
    hand_over(quinn, "Gene", GENE, "Sam")
    assert aboard(quinn)[1] == ("Sam", "mate")


def test_not_after_departure(quinn: Charter) -> None:
    clock.stop_at(at("18:30"))
    assert refused(quinn, "Gene", GENE, "Sam") == "This trip has departed: its crew stays as it was."


def test_not_on_a_cancelled_trip(quinn: Charter) -> None:
    cancel(charter=quinn, by="office")
    assert refused(quinn, "Gene", GENE, "Sam") == "This trip is cancelled: there is no place to hand over."


def test_a_trip_that_vanished_still_sails(quinn: Charter) -> None:
    Charter.objects.update(status="cancelling")
    hand_over(quinn, "Gene", GENE, "Sam")
    assert aboard(quinn)[1] == ("Sam", "mate")


def test_not_by_somebody_who_is_not_on_it(quinn: Charter) -> None:
    said = refused(quinn, "Angelia", GENE, "Sam")
    assert said == "You are not on this trip any more: somebody has changed the crew. Nothing was changed by you."


def test_not_anothers_place(quinn: Charter) -> None:
    said = refused(quinn, "Gene", MARCUS, "Sam")
    assert said == "Only the captain may hand over somebody else's place."


def test_not_the_command_by_a_mate(quinn: Charter) -> None:
    said = refused(quinn, "Gene", DARRELL, "Sarah")
    assert said == "Only the captain may hand over somebody else's place."


def test_not_a_place_that_has_changed_hands(quinn: Charter) -> None:
    said = refused(quinn, "Darrell", Place("mate", "Angelia"), "Sam")
    assert said == (
        "Angelia is not mate on this trip any more: somebody has changed the crew. Nothing was changed by you."
    )


@pytest.mark.parametrize(
    ("giver", "place", "taker"),
    [("Darrell", DARRELL, "Sam"), ("Darrell", DARRELL, "Marcus"), ("Gene", GENE, "Marcus")],
)
def test_not_to_a_lower_role(quinn: Charter, giver: str, place: Place, taker: str) -> None:
    assert refused(quinn, giver, place, taker) == (
        f"{taker} does not sail as {place.role} with us. Choose somebody else or ask the office."
    )


def test_not_to_somebody_who_has_left(quinn: Charter) -> None:
    CrewMember.objects.filter(name="Sam").update(active=False)
    assert refused(quinn, "Gene", GENE, "Sam") == (
        "Sam does not sail as mate with us. Choose somebody else or ask the office."
    )


def test_not_to_a_captain_whose_licence_has_run_out(quinn: Charter) -> None:
    CrewMember.objects.filter(name="Sarah").update(licence_expires=date(2026, 5, 29))
    assert refused(quinn, "Darrell", DARRELL, "Sarah") == (
        "Sarah may not command on that day. Choose somebody else or ask the office."
    )


def test_a_licence_is_good_on_its_last_day(quinn: Charter) -> None:
    CrewMember.objects.filter(name="Sarah").update(licence_expires=date(2026, 5, 30))
    hand_over(quinn, "Darrell", DARRELL, "Sarah")
    assert aboard(quinn)[0] == ("Sarah", "captain")


def test_not_to_somebody_aboard(quinn: Charter) -> None:
    said = refused(quinn, "Marcus", MARCUS, "Gene")
    assert said == "Gene is aboard this trip already. Choose somebody else or ask the office."


def test_not_to_oneself(quinn: Charter) -> None:
    assert refused(quinn, "Gene", GENE, "Gene") == "Gene has this place already."


def test_not_to_a_name_that_could_be_two(quinn: Charter) -> None:
    CrewMemberFactory.create(name="Samuel", aliases=["Sam"], role="mate")
    said = refused(quinn, "Gene", GENE, "Sam")
    assert said == "“Sam” could be several crew members. Ask the office to make this swap."


# -- asked twice -----------------------------------------------------------------------------------------------


def test_whoever_is_on_another_trip_is_asked_about_twice(quinn: Charter) -> None:
    sail("Danika Private Charter", "17:00", "19:00", captain="Sarah", crew=[("Sam", "mate")])
    said = refused(quinn, "Gene", GENE, "Sam")
    assert said == "Sam is on Danika Private Charter, 5–7 PM."


def test_asked_twice_it_is_done(quinn: Charter) -> None:
    sail("Danika Private Charter", "17:00", "19:00", captain="Sarah", crew=[("Sam", "mate")])
    hand_over(quinn, "Gene", GENE, "Sam", although_taken=True)
    assert aboard(quinn)[1] == ("Sam", "mate")


def test_a_trip_that_ends_as_the_guests_arrive_takes_nobody(quinn: Charter) -> None:
    sail("Danika Private Charter", "17:00", "18:15", captain="Sarah", crew=[("Sam", "mate")])
    hand_over(quinn, "Gene", GENE, "Sam")
    assert aboard(quinn)[1] == ("Sam", "mate")


def test_a_cancelled_trip_takes_nobody(quinn: Charter) -> None:
    cancel(charter=sail("Danika", "17:00", "19:00", captain="Sarah", crew=[("Sam", "mate")]), by="office")
    hand_over(quinn, "Gene", GENE, "Sam")
    assert aboard(quinn)[1] == ("Sam", "mate")


@pytest.mark.parametrize(
    "title", ["Sam unavailable", "Unavailable: SAM", "Angelia/Sam on vacation", "Sam's away", "Sammy unavailable"]
)
def test_whoever_is_away_is_asked_about_twice(quinn: Charter, title: str) -> None:
    CrewMember.objects.filter(name="Sam").update(aliases=["Sammy"])
    away = {"event_type": "unavailable", "all_day": True, "captain": None, "crew": ()}
    sail(title, "00:00", "23:59", **away)
    with pytest.raises(TakerTaken) as raised:
        hand_over(quinn, "Gene", GENE, "Sam")
    assert str(raised.value) == f"Sam is away: the calendar says “{title}”."


def test_anothers_absence_takes_nobody_else(quinn: Charter) -> None:
    sail("Angelia unavailable", "00:00", "23:59", event_type="unavailable", captain=None, crew=())
    hand_over(quinn, "Gene", GENE, "Sam")
    assert aboard(quinn)[1] == ("Sam", "mate")


def test_one_of_the_crew_may_take_the_command_when_asked_twice(quinn: Charter) -> None:
    said = refused(quinn, "Darrell", DARRELL, "Gene")
    assert said == "Gene is aboard as mate already, and that place would be open."
    hand_over(quinn, "Darrell", DARRELL, "Gene", although_taken=True)
    assert aboard(quinn) == [("Gene", "captain"), ("Marcus", "deckhand")]


# -- two at once -----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_swaps_at_once_one_wins_and_the_other_is_told(quinn: Charter) -> None:
    told: list[str] = []

    def second() -> None:
        try:
            hand_over(quinn, "Darrell", GENE, "Angelia")
        except SwapRefused as refusal:
            told.append(str(refusal))
        finally:
            connection.close()

    with transaction.atomic():
        hand_over(quinn, "Gene", GENE, "Sam")
        other = threading.Thread(target=second)
        other.start()
        other.join(timedelta(milliseconds=500).total_seconds())
        waited = other.is_alive()
    other.join(10)
    assert waited
    assert told == [
        "Gene is not mate on this trip any more: somebody has changed the crew. Nothing was changed by you."
    ]
    assert aboard(quinn)[1] == ("Sam", "mate")
