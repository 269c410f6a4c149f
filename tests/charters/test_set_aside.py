"""Events that could not be read are told where somebody looks: `reconcile` and `calendar list`."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from charters.models import Calendar, CalendarEvent
from tests.charters.calendars.conftest import at, calendar, server
from tests.charters.calendars.feeds import event, feed, look
from tests.factories import CalendarFactory, CharterFactory
from tests.fakes import feed_server as fake
from tests.fakes.feed_server import FeedServer

__all__ = ["at", "calendar", "server"]
pytestmark = pytest.mark.django_db
REASON = "The event has no start."


def set_aside(calendar: Calendar, uid: str, title: str = "Kim Sail\\, sunset", reason: str = REASON) -> None:
    source = f"\nSUMMARY:{title}\n" if title else "\n"
    CalendarEvent.objects.create(calendar=calendar, uid=uid, digest=b"", source=source, reason=reason)


def printed(*arguments: str, **options: object) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def needs_a_look(**options: object) -> list[str]:
    """The section that `reconcile` ends with, each line's columns joined by a bar."""
    _, _, section = printed("reconcile", layer=["message"], **options).partition("Needs a look")
    lines = [[part.strip() for part in line.split("  ") if part.strip()] for line in section.splitlines()]
    return [" | ".join(parts) for parts in lines if parts]


def listed() -> str:
    return printed("calendar", "list").partition(" (never")[0]


# -- reconcile --------------------------------------------------------------------------------------------


def test_an_event_of_a_feed_that_cannot_be_read_needs_a_look(calendar: Calendar, server: FeedServer) -> None:
    broken = event("kim", "Kim Sail").replace("DTSTART:20260531T013000Z", "DTSTART:tomorrow")
    server.answer = fake.whole(feed(broken, event("out", "Haul out")))
    look()
    reason = CalendarEvent.objects.get(uid="kim").reason
    assert needs_a_look() == [f"JADA Internal | “Kim Sail” cannot be read. {reason}"]


def test_one_whose_charter_says_so_itself_stands_there_once() -> None:
    kim = CharterFactory(reference="kim", uid="kim", title="Kim Sail")
    set_aside(kim.calendar, "kim")
    assert needs_a_look() == [
        f"kim | Its event in the calendar cannot be read; what was read before stands. {REASON}",
        "Nobody is named as captain: who takes this trip?",
    ]


def test_more_than_three_end_in_a_number() -> None:
    calendar = CalendarFactory(name="JADA Internal")
    for number in range(5):
        set_aside(calendar, str(number), title="")
    assert needs_a_look() == [
        f"JADA Internal | An event without a title cannot be read. {REASON}",
        f"An event without a title cannot be read. {REASON}",
        f"An event without a title cannot be read. {REASON}",
        "and 2 more that cannot be read.",
    ]


def test_asked_for_one_charter_nothing_else_is_told() -> None:
    kim = CharterFactory(reference="kim", event_type="maintenance")
    set_aside(kim.calendar, "other")
    assert needs_a_look(charter="kim") == []


# -- calendar list ----------------------------------------------------------------------------------------


def test_the_list_says_what_could_not_be_read() -> None:
    calendar = CalendarFactory(name="JADA Internal")
    set_aside(calendar, "a")
    set_aside(calendar, "b", title="", reason="It repeats for ever.")
    assert listed() == (
        "JADA Internal: well, but 2 events could not be read: “Kim Sail, sunset” (The event has no start) and "
        "an event without a title (It repeats for ever)."
    )


def test_programs_read_it_as_the_calendars_error() -> None:
    calendar = CalendarFactory(name="JADA Internal")
    CalendarFactory(name="Well")
    set_aside(calendar, "a")
    assert [(each["name"], each["error"]) for each in json.loads(printed("calendar", "list", "--json"))] == [
        ("JADA Internal", "1 event could not be read: “Kim Sail, sunset” (The event has no start)."),
        ("Well", None),
    ]


def test_a_calendar_that_fails_says_so_first() -> None:
    set_aside(CalendarFactory(name="JADA Internal", error="The feed is gone."), "a")
    assert listed() == (
        "JADA Internal: The feed is gone. 1 event could not be read: “Kim Sail, sunset” (The event has no start)."
    )
