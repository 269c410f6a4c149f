"""Deltas commute: in whatever order, twice or together the versions of a calendar's events come, the season is one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charters.calendars.facts import COLUMNS
from charters.calendars.layer import take_event
from charters.models import Calendar, Charter
from tests.charters.calendars.conftest import THURSDAY, Move
from tests.factories import CalendarFactory, CrewMemberFactory, DockFactory

Item = dict[str, Any]


def version(key: str, number: int, day: int = 30, hour: int = 15, **said: Any) -> Item:
    """The event `key` as it was after its `number`th edit, two hours long, in May 2026."""
    return {
        "id": key,
        "iCalUID": f"{key}@google.com",
        "status": "confirmed",
        "updated": f"2026-05-01T12:00:{number:02d}.000Z",
        "sequence": number,
        "summary": f"{key.capitalize()} Sunset Sail",
        "start": {"dateTime": f"2026-05-{day}T{hour}:00:00-07:00"},
        "end": {"dateTime": f"2026-05-{day}T{hour + 2}:00:00-07:00"},
    } | said


def occasion(key: str, number: int, day: int, hour: int = 15, **said: Any) -> Item:
    """One occasion of the daily series “whales”, which sails at 15:00."""
    original = {"dateTime": f"2026-05-{day}T15:00:00-07:00"}
    of_the_series = {"recurringEventId": "whales", "originalStartTime": original, "iCalUID": "whales@google.com"}
    return version(key, number, day, hour, **said) | of_the_series


DAILY = ["RRULE:FREQ=DAILY;COUNT=3"]
VERSIONS = [
    version("quinn", 1, description="Captain: Darrell\nCrew: Gene"),
    version("quinn", 2, hour=17, description="Captain: Gene\nGuests: 4\nquinn@example.com", location="Dock B"),
    version("danika", 1),
    version("danika", 2, status="cancelled"),
    version("danika", 3, day=31, description="619-555-0161"),
    version("hauling", 1, summary="Maintenance - haul out"),
    version("hauling", 2, status="cancelled"),
    version("kim", 1),
    version("kim", 2, status="cancelled"),
    version("taylor", 1),
    version("taylor", 2, recurrence=DAILY, description="Guests: 6"),
    version("lee", 1, recurrence=DAILY),
    version("lee", 2, description="Guests: 8"),
    version("smith", 1, summary="Hold - Smith?"),
    version("smith", 2, summary="Smith Private Charter"),
    version("whales", 1, day=29, recurrence=["RRULE:FREQ=DAILY;COUNT=2"]),
    version("whales", 2, day=29, recurrence=DAILY, description="Captain: Sarah"),
    occasion("whales_30", 1, 30, 16),
    occasion("whales_30", 2, 30, 17, description="Captain: Marcus"),
    occasion("whales_31", 1, 31, 16),
    occasion("whales_31", 2, 31, status="cancelled"),
]


class _RolledBack(Exception):  # noqa: N818 the end of a rehearsal
    pass


@contextmanager
def rehearsal() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
            raise _RolledBack
    except _RolledBack:
        pass


@pytest.fixture
def calendar(db: None, at: Move) -> Calendar:
    """One that is read through Google's API."""
    at(THURSDAY)
    CrewMemberFactory.create(name="Gene")
    DockFactory.create(address="Dock B")
    return CalendarFactory.create(google_id="office@example.com", read_from="google", google_zone="America/Los_Angeles")


def season(calendar: Calendar, versions: Sequence[Item]) -> dict[tuple[str, str], Any]:
    """What sails once these versions came, one delta each: facts in force, sources and crew of what is confirmed.

    References are made of what was seen first, and what is gone may wait for a word or never have been seen.
    """
    with rehearsal():
        for item in versions:
            take_event(calendar.pk, item)
        sailing = Charter.objects.filter(status="confirmed").prefetch_related("crew_assignments")
        return {(each.uid.removesuffix("@google.com"), each.original_start): _facts(each) for each in sailing}


def _facts(charter: Charter) -> dict[str, Any]:
    columns = (*COLUMNS, "dock_id", "vessel_id", "sources", "calendar_facts", "questions", "said_since")
    crew = [(each.role, each.name, each.member_id, each.source) for each in charter.crew_assignments.all()]
    return {name: getattr(charter, name) for name in columns} | {"crew": crew}


@pytest.fixture
def as_made(calendar: Calendar) -> dict[tuple[str, str], Any]:
    """The season, had each version come when it was made."""
    return season(calendar, VERSIONS)


def test_in_the_order_they_were_made_it_is_this_season(as_made: dict[tuple[str, str], Any]) -> None:
    assert {key: (each["starts_at"].isoformat()[5:16], each["guest_count"]) for key, each in as_made.items()} == {
        ("quinn", ""): ("05-31T00:00", 4),
        ("danika", ""): ("05-31T22:00", None),
        ("taylor", "20260530T220000Z"): ("05-30T22:00", 6),
        ("taylor", "20260531T220000Z"): ("05-31T22:00", 6),
        ("taylor", "20260601T220000Z"): ("06-01T22:00", 6),
        ("lee", ""): ("05-30T22:00", 8),
        ("smith", ""): ("05-30T22:00", None),
        ("whales", "20260529T220000Z"): ("05-29T22:00", None),
        ("whales", "20260530T220000Z"): ("05-31T00:00", None),
    }


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.permutations(VERSIONS), st.lists(st.sampled_from(VERSIONS), max_size=4))
def test_in_any_order_it_is_the_same_season(
    calendar: Calendar, as_made: dict[tuple[str, str], Any], order: list[Item], again: list[Item]
) -> None:
    assert season(calendar, [*order, *again]) == as_made


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.permutations(VERSIONS))
def test_all_of_it_again_changes_nothing(calendar: Calendar, order: list[Item]) -> None:
    with rehearsal():
        for item in order:
            take_event(calendar.pk, item)
        before = list(Charter.objects.order_by("pk").values())
        for item in order:
            take_event(calendar.pk, item)
        assert list(Charter.objects.order_by("pk").values()) == before
