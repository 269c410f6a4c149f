"""Times that the API takes: in order, and with the offset that says which clock they are read from."""

from typing import Any

import pytest

from charters.models import Charter, Override
from tests.jada.test_api import BOOKING, NEW, Program, _thursday, program

__all__ = ["_thursday", "program"]
KIM = "kim-saturday-2026-06-06"
pytestmark = pytest.mark.django_db
OFFSET = "Please say the time's offset from UTC too, as in 2026-05-30T15:00:00-07:00."


@pytest.fixture
def kim(program: Program) -> None:
    """Entered, from 2 to 5 PM."""
    assert program("POST", "/calendar/add-event", NEW)[0] == 201


def refused(answer: tuple[int, Any]) -> tuple[int, list[tuple[str, str]]]:
    status, body = answer
    return status, [(each["field"], each["message"]) for each in body["detail"]]


def test_an_event_that_ends_when_it_starts_is_refused(program: Program) -> None:
    answer = program("POST", "/calendar/add-event", NEW | {"ends_at": NEW["starts_at"]})
    assert refused(answer) == (422, [("ends_at", "The event would end at the moment it starts.")])
    assert Charter.objects.count() == 0


@pytest.mark.parametrize("field", ["starts_at", "ends_at"])
def test_a_time_without_an_offset_is_refused_when_entering(program: Program, field: str) -> None:
    naive = str(NEW[field]).removesuffix("-07:00")
    assert refused(program("POST", "/calendar/add-event", NEW | {field: naive})) == (422, [(field, OFFSET)])


@pytest.mark.parametrize("field", ["starts_at", "ends_at", "arrive_by"])
def test_a_time_without_an_offset_is_refused_when_changing(kim: None, program: Program, field: str) -> None:
    answer = program("PATCH", f"/calendar/event/{KIM}", {field: "2026-05-30T18:00:00"})
    assert (refused(answer), Override.objects.count()) == ((422, [(field, OFFSET)]), 0)


def test_a_time_without_an_offset_is_refused_of_a_platform(program: Program) -> None:
    body = {"platform": "boatsetter", "events": [BOOKING | {"starts_at": "2026-05-31T13:00:00"}]}
    assert refused(program("POST", "/calendar/sync-platform", body)) == (422, [("events.0.starts_at", OFFSET)])


@pytest.mark.parametrize(
    "given", [{"ends_at": "2026-06-06T14:00:00-07:00"}, {"starts_at": "2026-06-06T17:00:00-07:00"}]
)
def test_a_trip_cannot_be_changed_to_take_no_time(kim: None, program: Program, given: dict[str, str]) -> None:
    answer = program("PATCH", f"/calendar/event/{KIM}", given)
    expected = [(*given, "The trip would end at the moment it starts.")]
    assert (refused(answer), Override.objects.count()) == ((422, expected), 0)


def test_what_is_looked_for_may_be_a_time_of_the_offices_clock(kim: None, program: Program) -> None:
    found = program.events("?from=2026-06-06T16:00:00&to=2026-06-06T16:30:00")
    assert [each["id"] for each in found] == [KIM]
