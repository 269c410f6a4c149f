"""`manage.py reconcile` ends with what contradicts itself in the trips to come, whatever the exit code says."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command

from charters.management.commands.reconcile import MOST_DOUBTFUL
from charters.models import Charter, Vessel
from jada.core import clock
from tests.charters.conflicting import AFTERWARDS, THURSDAY, event, sail
from tests.factories import VesselFactory

pytestmark = pytest.mark.django_db
ASKED = "Nobody is named as captain: who takes this trip?"


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    clock.stop_at(THURSDAY)
    yield
    clock.stop_at(None)


@pytest.fixture
def vessel() -> Vessel:
    return VesselFactory.create(name="JADA")


def printed(**options: Any) -> str:
    """What the message layer alone prints, which has nothing to do: any other exit code than 0 would raise."""
    out = io.StringIO()
    call_command("reconcile", layer=["message"], stdout=out, **options)
    return out.getvalue()


def needs_a_look(**options: Any) -> list[list[str]]:
    _, _, section = printed(**options).partition("Needs a look")
    return [
        [part.strip() for part in line.split("  ") if part.strip()] for line in section.splitlines() if line.strip()
    ]


def test_a_trip_to_come_stands_there_with_its_sentences(vessel: Vessel) -> None:
    sail(vessel, "Danika", "15:00", "19:00", reference="danika")
    event(vessel, "Quinn", "18:30", "20:30", reference="quinn")
    danika, quinn = "“Danika” (3–7 PM)", "“Quinn” (6:30–8:30 PM, guests board from 6:15 PM)"
    assert needs_a_look() == [
        ["danika", f"{danika} overlaps {quinn} on JADA."],
        ["quinn", f"{quinn} overlaps {danika} on JADA."],
        [ASKED],
    ]


def test_only_the_charter_that_was_asked_for(vessel: Vessel) -> None:
    for name in ("danika", "quinn"):
        event(VesselFactory.create(), name.title(), "18:30", "20:30", reference=name)
    assert needs_a_look(charter="quinn") == [["quinn", ASKED]]


def test_without_a_doubt_there_is_no_section(vessel: Vessel) -> None:
    sail(vessel, "Quinn", "18:30", "20:30")
    assert "Needs a look" not in printed()


def test_a_trip_that_is_over_needs_nobody(vessel: Vessel) -> None:
    event(vessel, "Quinn", "18:30", "20:30")
    Charter.objects.update(said_since={"cancelled": True})
    clock.stop_at(AFTERWARDS)
    assert "Needs a look" not in printed()


def test_a_long_list_ends_in_a_number() -> None:
    for number in range(MOST_DOUBTFUL + 2):
        event(VesselFactory.create(), f"Sail {number}", "18:30", "20:30")
    *_, last = needs_a_look()
    assert last == ["… and 2 more on the board."]


def test_a_plan_says_only_what_would_change(vessel: Vessel) -> None:
    event(vessel, "Quinn", "18:30", "20:30")
    assert "Needs a look" not in printed(plan=True)


def test_json_says_nothing_of_it(vessel: Vessel) -> None:
    event(vessel, "Quinn", "18:30", "20:30")
    assert sorted(json.loads(printed(json=True))) == ["changes", "summary"]
