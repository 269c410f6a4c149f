"""What a calendar says and what was set by hand, merged: pure facts first, then the writing."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from charters.calendars.facts import in_force
from charters.calendars.merge import merge
from charters.calendars.occurrences import Occurrence
from charters.calendars.reading import Directory, read
from charters.models import Calendar, Charter
from tests.charters.calendars.conftest import Move
from tests.charters.calendars.test_reading import understood
from tests.factories import DockFactory

START = datetime(2026, 5, 31, 1, 30, tzinfo=UTC)


def facts(description: str = "", **overrides: Any) -> tuple[dict[str, Any], dict[str, str]]:
    return in_force(understood(description).facts, overrides)


# -- which value is in force -------------------------------------------------------------------------------------


def test_the_calendars_value_is_in_force_until_one_is_set_by_hand() -> None:
    assert [facts("Guests: 6")[0]["guest_count"], facts("Guests: 6", guest_count=8)[0]["guest_count"]] == [6, 8]


def test_each_fact_knows_its_source() -> None:
    _, sources = facts("Captain: Gene\nMate: Sam\nGuests: 6", guest_count=8, captain="Sarah")
    assert {name: sources[name] for name in ("starts_at", "captain", "crew", "guest_count")} == {
        "starts_at": "calendar",
        "captain": "override",
        "crew": "calendar",
        "guest_count": "override",
    }


def test_what_nobody_said_has_no_source() -> None:
    _, sources = facts()
    assert {"captain", "crew", "guest_email", "guest_count"} & set(sources) == set()


def test_arrive_by_is_a_quarter_of_an_hour_before_the_start_when_nobody_names_it() -> None:
    assert facts()[0]["arrive_by"] == START - timedelta(minutes=15)


def test_the_lead_is_a_setting(settings: Any) -> None:
    settings.ARRIVE_LEAD_MINUTES = 40
    assert facts()[0]["arrive_by"] == START - timedelta(minutes=40)


def test_nobody_arrives_early_for_maintenance() -> None:
    said = understood(summary="Maintenance").facts
    assert in_force(said, {})[0]["arrive_by"] == START


def whole_day(**overrides: Any) -> dict[str, Any]:
    return in_force(understood().facts | {"all_day": True}, overrides)[0]


def test_of_a_whole_day_nobody_arrives_on_the_day_before() -> None:
    assert whole_day()["arrive_by"] == START


def test_a_whole_day_that_was_given_a_start_has_an_arrival_before_it() -> None:
    noon = START + timedelta(hours=17)
    assert whole_day(starts_at=noon.isoformat())["arrive_by"] == noon - timedelta(minutes=15)


def test_what_nobody_gave_a_title_is_shown_as_google_shows_it() -> None:
    said, sources = in_force(understood(summary="").facts, {})
    assert (said["title"], "title" in sources) == ("(No title)", False)


def test_what_the_calendar_gives_no_title_has_the_bookings() -> None:
    assert in_force(understood(summary="").facts, {}, {"title": "Jonathan Sail"})[0]["title"] == "Jonathan Sail"


def test_the_captain_is_not_in_the_crew() -> None:
    assert facts("Crew: Zoë, Sam", captain="zoe")[0]["crew"] == [["Sam", "crew"]]


def test_a_trip_never_runs_backwards() -> None:
    moved = facts(starts_at=(START + timedelta(hours=5)).isoformat())[0]
    assert moved["ends_at"] - moved["starts_at"] == timedelta(hours=2)


# -- the writing ---------------------------------------------------------------------------------------------------


def say(calendar: Calendar, *uids: str, at: datetime = START, **other: Any) -> list[tuple[str, str]]:
    """Merge one occasion for each uid; the changes as (reference, field)."""
    readings = [
        read(
            Occurrence(uid, "", "Quinn Sail", "", other.get("place", ""), at, at + timedelta(hours=2), False, False),
            zone=ZoneInfo(calendar.timezone),
            directory=Directory.load(),
        )
        for uid in uids
    ]
    looked_at = other.get("looked_at", uids)
    changes = merge(calendar, readings, looked_at=looked_at, directory=Directory.load())
    return [(change.charter, change.field) for change in changes]


def test_what_is_not_looked_at_stays(calendar: Calendar) -> None:
    say(calendar, "a", "b")
    assert say(calendar, "a") == []
    assert set(Charter.objects.values_list("status", flat=True)) == {"confirmed"}


def test_what_is_looked_at_and_not_said_has_vanished(calendar: Calendar) -> None:
    say(calendar, "a", "b")
    say(calendar, "a", looked_at=["a", "b"])
    assert dict(Charter.objects.values_list("uid", "status")) == {"a": "confirmed", "b": "cancelling"}


def test_another_calendars_events_are_not_ours(calendar: Calendar) -> None:
    other = Calendar.objects.create(name="Other", ical_address="https://example.com/", vessel=calendar.vessel)
    say(calendar, "a")
    say(other, looked_at=["a"])
    assert Charter.objects.get().status == "confirmed"


def test_a_changed_hour_is_remembered_as_told(calendar: Calendar, at: Move) -> None:
    say(calendar, "a")
    at(START - timedelta(hours=5))
    say(calendar, "a", at=START + timedelta(hours=1))
    assert Charter.objects.get().told_facts_changed_at == START - timedelta(hours=5)


def test_a_first_reading_is_no_change_to_be_told(calendar: Calendar) -> None:
    say(calendar, "a")
    assert Charter.objects.get().told_facts_changed_at is None


def test_a_known_place_is_our_dock(calendar: Calendar) -> None:
    dock = DockFactory.create(address="5 Harbor Drive, San Diego")
    say(calendar, "a", place="5 harbor drive San Diego")
    assert Charter.objects.get().dock == dock


def test_a_place_is_the_last_change_to_be_told(calendar: Calendar) -> None:
    say(calendar, "a")
    assert say(calendar, "a", place="Elsewhere") == [("quinn-saturday-2026-05-30", "place")]
    assert Charter.objects.get().told_facts_changed_at is not None


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Tokyo"])
def test_the_references_day_is_the_calendars(calendar: Calendar, zone: str) -> None:
    calendar.timezone = zone
    say(calendar, "a")
    day = {"America/Los_Angeles": "saturday-2026-05-30", "Asia/Tokyo": "sunday-2026-05-31"}[zone]
    assert Charter.objects.get().reference == f"quinn-{day}"
