"""Dates and hours as people say them."""

from datetime import date, datetime, time, timedelta

import pytest
from django.template import Context, Template
from django.test import override_settings

from charters.pages import words
from tests.charters.pages.samples import at, charter


def test_days_are_short_or_long():
    assert words.day(date(2026, 5, 30)) == "Sat 30 May"
    assert words.long_day(date(2026, 5, 30)) == "Saturday, 30 May 2026"


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        (time(14, 45), "2:45 PM"),
        (time(15), "3 PM"),
        (time(8, 5), "8:05 AM"),
        (time(12), "noon"),
        (time(12, 30), "12:30 PM"),
        (time(0), "midnight"),
        (time(0, 30), "12:30 AM"),
    ],
)
def test_a_clock_is_read_out(clock: time, said: str):
    assert words.clock(clock) == said


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2026-05-30 15:00", "2026-05-30 19:00", "3–7 PM"),
        ("2026-05-30 18:30", "2026-05-30 20:30", "6:30–8:30 PM"),
        ("2026-05-30 11:00", "2026-05-30 14:00", "11 AM–2 PM"),
        ("2026-05-30 09:30", "2026-05-30 11:00", "9:30–11 AM"),
        ("2026-05-30 10:00", "2026-05-30 12:00", "10 AM–noon"),
        ("2026-05-30 12:00", "2026-05-30 14:00", "noon–2 PM"),
        ("2026-05-30 20:00", "2026-05-31 00:00", "8 PM–midnight"),
        ("2026-05-30 22:00", "2026-05-31 01:00", "10 PM–1 AM"),
        ("2026-05-30 22:00", "2026-05-31 07:00", "10 PM – Sun 31 May, 7 AM"),
        ("2026-05-30 05:00", "2026-05-31 05:30", "5 AM – Sun 31 May, 5:30 AM"),
        ("2026-06-16 07:00", "2026-06-18 16:00", "7 AM – Thu 18 Jun, 4 PM"),
        ("2026-05-30 15:00", "2026-05-30 15:00", "3 PM"),
    ],
)
def test_hours_name_a_half_of_the_day_once_and_a_day_when_it_is_another(start: str, end: str, said: str):
    assert words.hours(at(start), at(end)) == said


def test_an_hour_that_the_clocks_repeat_is_an_hour():
    first, second = at("2026-11-01 01:30"), at("2026-11-01 01:30").replace(fold=1)

    assert words.hours(first, second) == "1:30–1:30 AM"


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(hours=4), "4 hours"),
        (timedelta(hours=2, minutes=30), "2 hours 30 minutes"),
        (timedelta(hours=1, minutes=1), "1 hour 1 minute"),
        (timedelta(minutes=45), "45 minutes"),
        (timedelta(days=2, hours=9), "2 days 9 hours"),
        (timedelta(0), ""),
    ],
)
def test_a_duration_is_said_in_hours_and_minutes(length: timedelta, said: str):
    assert words.duration(length) == said


def test_people_names_and_phones():
    assert [words.people(1), words.people(12)] == ["1 person", "12 people"]
    assert words.listed([]) == ""
    assert words.listed(["Gene"]) == "Gene"
    assert words.listed(["Gene", "Sarah", "Sam"]) == "Gene, Sarah and Sam"
    assert words.phone("+16195550100") == "(619) 555-0100"
    assert words.phone("+442079460958") == "+44 20 7946 0958"
    assert words.phone("ask Gene") == "ask Gene"


@override_settings(TIME_ZONE="America/Los_Angeles")
def test_templates_say_the_same():
    template = Template(
        "{% load people_words %}{{ charter|when }}; {{ charter|arrival }}; {{ moment|day }}; "
        "{{ moment|clock }}; {{ moment|long_day }}; {{ length|duration }}; "
        "{{ count|people }}; {{ number|phone }}"
    )
    context = {
        "charter": charter(),
        "moment": datetime.fromisoformat("2026-05-31T01:30:00+00:00"),
        "length": timedelta(hours=4),
        "count": 12,
        "number": "+16195550100",
    }

    assert template.render(Context(context)) == (
        "Sat 30 May, 3–7 PM; 2:45 PM; Sat 30 May; 6:30 PM; Saturday, 30 May 2026; 4 hours; 12 people; (619) 555-0100"
    )
