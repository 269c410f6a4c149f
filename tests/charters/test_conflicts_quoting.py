"""Each contradiction quotes the lines it comes from. Times are on Saturday 30 May 2026, on the Pacific coast."""

from collections.abc import Iterator
from datetime import date

import pytest

from charters.models import Vessel
from jada.core import clock
from tests.charters.conflicting import THURSDAY, aboard, event, said, sail, text_of
from tests.factories import CrewMemberFactory, VesselFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    clock.stop_at(THURSDAY)
    yield
    clock.stop_at(None)


@pytest.fixture
def jada() -> Vessel:
    return VesselFactory.create(name="JADA", passenger_limit=36)


@pytest.fixture
def aurora() -> Vessel:
    return VesselFactory.create(name="Aurora")


def test_an_overlap_quotes_both_titles_with_their_hours(jada: Vessel) -> None:
    sail(jada, "Danika Private Charter", "15:00", "19:00")
    sail(jada, "Quinn Sunset Sail", "18:30", "20:30")
    assert said() == {
        "Danika Private Charter": [
            "“Danika Private Charter” (3–7 PM) overlaps “Quinn Sunset Sail” "
            "(6:30–8:30 PM, guests board from 6:15 PM) on JADA."
        ],
        "Quinn Sunset Sail": [
            "“Quinn Sunset Sail” (6:30–8:30 PM, guests board from 6:15 PM) overlaps “Danika Private Charter” "
            "(3–7 PM) on JADA."
        ],
    }


def test_an_overlap_by_the_turnaround_alone_names_it(jada: Vessel) -> None:
    sail(jada, "Danika", "14:00", "18:01")
    sail(jada, "Quinn", "18:30", "20:30")
    assert said()["Quinn"] == [
        "“Quinn” (6:30–8:30 PM, guests board from 6:15 PM) overlaps “Danika” "
        "(2–6:01 PM, then 15 minutes of turnaround) on JADA."
    ]


def test_who_is_elsewhere_too_is_quoted_by_the_line_of_the_other_trip(jada: Vessel, aurora: Vessel) -> None:
    gene = CrewMemberFactory.create(name="Gene")
    quinn, kim = sail(jada, "Quinn", "18:30", "20:30"), sail(aurora, "Kim", "16:00", "18:30")
    aboard(quinn, gene)
    aboard(kim, gene, role="captain")
    text_of(quinn, "Guests: 4\nMate: Gene")
    text_of(kim, "Captain: Gene")
    assert said() == {
        "Quinn": ["Gene is also on “Kim” on Aurora, 4–6:30 PM (“Captain: Gene”)."],
        "Kim": ["Gene is also on “Quinn” on JADA, 6:30–8:30 PM (“Mate: Gene”)."],
    }


def test_two_who_are_elsewhere_too_are_quoted_line_by_line(jada: Vessel) -> None:
    trips = sail(jada, "Quinn", "18:30", "20:30"), sail(jada, "Danika", "15:00", "19:00")
    for name in ("Sam", "Gene"):
        member = CrewMemberFactory.create(name=name)
        for trip in trips:
            aboard(trip, member)
    text_of(trips[0], "Mate: Sam\nDeckhand: Gene")
    assert said()["Danika"][1] == "Sam and Gene are also on “Quinn” (“Mate: Sam” and “Deckhand: Gene”)."


def test_who_was_put_aboard_by_hand_has_no_line_to_quote(jada: Vessel, aurora: Vessel) -> None:
    gene = CrewMemberFactory.create(name="Gene")
    quinn, kim = sail(jada, "Quinn", "18:30", "20:30"), sail(aurora, "Kim", "16:00", "18:30")
    aboard(quinn, gene)
    row = aboard(kim, gene)
    row.source = "override"
    row.save()
    text_of(kim, "Mate: Gene")
    assert said()["Quinn"] == ["Gene is also on “Kim” on Aurora, 4–6:30 PM."]


def test_nobody_in_command_quotes_the_crew_lines_there_are(jada: Vessel) -> None:
    trip = event(jada, "Quinn", "18:30", "20:30", calendar_facts={"captain": None})
    text_of(trip, "Mate: Sam\nGuests: 4\nDeckhand: Marcus")
    assert said() == {
        "Quinn": ["Nobody is named as captain: who takes this trip (“Mate: Sam” and “Deckhand: Marcus”)?"]
    }


@pytest.mark.parametrize("text", ["Guests: 4", ""])
def test_nobody_in_command_where_the_description_names_nobody(jada: Vessel, text: str) -> None:
    text_of(event(jada, "Quinn", "18:30", "20:30", calendar_facts={"captain": None}), text)
    assert said() == {"Quinn": ["Nobody is named as captain, and the description names nobody: who takes this trip?"]}


def test_a_licence_that_has_run_out_quotes_the_line_that_names_the_captain(jada: Vessel) -> None:
    trip = sail(jada, "Quinn", "18:30", "20:30")
    aboard(trip, CrewMemberFactory.create(name="Gene", licence_expires=date(2026, 5, 29)), role="captain")
    text_of(trip, "Captain: Gene")
    assert said() == {"Quinn": ["Gene's licence is good until Fri 29 May 2026 only (“Captain: Gene”)."]}
