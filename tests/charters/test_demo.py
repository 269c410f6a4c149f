"""The reference weekend, moved to where it is upcoming."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from charters import demo
from charters.models import Brand, Calendar, Charter, CrewMember, Dock, Vessel

SAMPLE = demo.SAMPLE.read_text(encoding="utf-8")


def moved(line: str, weeks: int) -> str:
    return demo.moved(f"BEGIN:VEVENT\r\n{line}\r\n", timedelta(weeks=weeks)).split()[1]


# -- the feed ----------------------------------------------------------------------------------------------------


def test_the_original_weekend_is_the_feed_as_it_is() -> None:
    assert demo.moved(SAMPLE, timedelta(0)) == SAMPLE


def test_a_moved_feed_moves_back() -> None:
    week = timedelta(weeks=30)
    assert demo.moved(demo.moved(SAMPLE, week), -week) == SAMPLE


@pytest.mark.parametrize(
    ("line", "weeks", "later"),
    [
        ("DTSTART:20260531T013000Z", 1, "DTSTART:20260607T013000Z"),
        ("DTSTART:20260531T013000Z", 26, "DTSTART:20261129T023000Z"),
        ("DTEND;TZID=America/Los_Angeles:20260504T080000", 26, "DTEND;TZID=America/Los_Angeles:20261102T080000"),
        ("DTSTART;VALUE=DATE:20260621", 26, "DTSTART;VALUE=DATE:20261220"),
        (
            "RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20260930T065959Z",
            10,
            "RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20261209T075959Z",
        ),
    ],
)
def test_hours_stay_what_the_clock_showed_across_a_change_of_the_clocks(line: str, weeks: int, later: str) -> None:
    assert moved(line, weeks) == later


@pytest.mark.parametrize("line", ["DTSTAMP:20261120T210801Z", "CREATED:20261120T210801Z", "SUMMARY:20260531T013000Z"])
def test_other_dates_stay(line: str) -> None:
    assert moved(line, 26) == line


def test_the_zones_own_dates_stay_on_their_sundays() -> None:
    later = demo.moved(SAMPLE, timedelta(weeks=26))
    assert later[: later.index("BEGIN:VEVENT")] == SAMPLE[: SAMPLE.index("BEGIN:VEVENT")]


# -- the command -------------------------------------------------------------------------------------------------


@pytest.fixture
def installed(db: None, tmp_path: Path, settings: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the migrations install, and a folder of our own; Thursday 28 May 2026."""
    settings.CALENDAR_FILES = tmp_path / "demo"  # type: ignore[attr-defined]
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 5, 28, 19, tzinfo=UTC))
    brand, _ = Brand.objects.get_or_create(slug="jada", defaults={"name": "JADA"})
    Vessel.objects.get_or_create(slug="jada", defaults={"name": "JADA", "brand": brand})


def load(*options: str) -> str:
    printed = StringIO()
    call_command("demo", *options, stdout=printed)
    return printed.getvalue()


def test_the_weekend_is_loaded_and_counted(installed: None) -> None:
    assert load("--saturday", "2026-05-30").startswith("20 charters around Saturday 30 May 2026, read from file:///")


def test_the_demo_twice_adds_nothing(installed: None) -> None:
    load("--saturday", "2026-05-30")
    before = [model.objects.count() for model in (Calendar, Charter, CrewMember, Vessel, Brand, Dock)]
    changed = list(Charter.objects.order_by("pk").values_list("pk", "reference", "updated_at"))
    load("--saturday", "2026-05-30")
    assert [model.objects.count() for model in (Calendar, Charter, CrewMember, Vessel, Brand, Dock)] == before
    assert list(Charter.objects.order_by("pk").values_list("pk", "reference", "updated_at")) == changed


def test_what_the_office_changed_stays(installed: None) -> None:
    load("--saturday", "2026-05-30")
    CrewMember.objects.filter(name="Gene").update(phone="+16195559999")
    Vessel.objects.filter(slug="jada").update(passenger_limit=12)
    load("--saturday", "2026-05-30")
    assert (CrewMember.objects.get(name="Gene").phone, Vessel.objects.get(slug="jada").passenger_limit) == (
        "+16195559999",
        12,
    )


def test_guests_are_told_of_the_dock_until_the_office_writes_its_own(installed: None) -> None:
    dock, _ = Dock.objects.get_or_create(
        address="1880 Harbor Island Dr, San Diego, CA 92101", defaults={"name": "Harbor Island dock"}
    )
    Vessel.objects.filter(slug="jada").update(dock=dock)
    load("--saturday", "2026-05-30")
    dock.refresh_from_db()
    assert {name: getattr(dock, name) for name in demo.DOCK} == demo.DOCK
    Dock.objects.update(parking="", gate="Gate C")
    load("--saturday", "2026-05-30")
    dock.refresh_from_db()
    assert (dock.parking, dock.gate) == ("", "Gate C")


def test_in_winter_the_sunset_sail_still_leaves_at_half_past_six(installed: None) -> None:
    load("--saturday", "2026-11-28")
    quinn = Charter.objects.get(reference="quinn-saturday-2026-11-28")
    assert f"{quinn.starts_at.astimezone(quinn.zone):%a %H:%M}" == "Sat 18:30"


def test_a_day_that_is_no_saturday_is_refused(installed: None) -> None:
    with pytest.raises(CommandError, match=r"^Sunday, 31 May 2026 is no Saturday\.$"):
        load("--saturday", "2026-05-31")


def test_a_date_that_is_none_is_refused(installed: None) -> None:
    with pytest.raises(CommandError, match="argument --saturday: invalid"):
        load("--saturday", "soon")


@pytest.mark.parametrize(
    ("today", "saturday"),
    [
        (datetime(2026, 5, 28, 19, tzinfo=UTC), date(2026, 6, 6)),
        (datetime(2026, 5, 30, 19, tzinfo=UTC), date(2026, 6, 6)),
        (datetime(2026, 5, 31, 6, 59, tzinfo=UTC), date(2026, 6, 6)),
        (datetime(2026, 5, 31, 7, 0, tzinfo=UTC), date(2026, 6, 13)),
    ],
)
def test_the_saturday_is_at_least_a_week_ahead(
    monkeypatch: pytest.MonkeyPatch, today: datetime, saturday: date
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: today)
    assert demo.saturday_ahead() == saturday
