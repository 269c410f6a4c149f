"""A fact was set by hand and the calendar was edited afterwards: keep which?"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User

from charters.admin.timeline import timeline
from charters.models import Calendar, Charter, GuestPage, Override
from charters.overrides import OverrideRefused, asks_which, cancel, keep_ours, override, take_calendars
from tests.charters.calendars.conftest import Move, at, calendar, server
from tests.charters.calendars.saying import HOUR, START, event, say
from tests.factories import CharterFactory, GuestPageFactory

__all__ = ["at", "calendar", "server"]
TEXT = "Captain: Darrell\nMate: Gene\nDeckhand: Sam\nGuests: 4"
Says = Callable[..., None]


@pytest.fixture
def says(calendar: Calendar) -> Says:
    """Has the calendar say this of Quinn's trip."""

    def look(text: str = TEXT, **other: Any) -> None:
        say(calendar, event(text=text, **other))

    return look


@pytest.fixture
def quinn(says: Says) -> Charter:
    says()
    return Charter.objects.get()


def put(charter: Charter, **facts: Any) -> None:
    override(charter=charter, facts=facts, by="office", why="She called.")


def asked() -> list[str]:
    facts = Charter.objects.get().calendar_facts
    return [each.field for each in Override.objects.order_by("field") if asks_which(each, facts)]


# -- when it is asked ----------------------------------------------------------------------------------------------


def test_what_the_calendar_said_is_kept_when_a_fact_is_set(quinn: Charter) -> None:
    put(quinn, captain="Sarah", guest_email="quinn@example.com")
    assert dict(Override.objects.values_list("field", "calendar_said")) == {
        "captain": {"value": "Darrell"},
        "guest_email": {"value": ""},
    }


def test_a_charter_in_no_calendar_does_not_know(db: None) -> None:
    charter = CharterFactory.create(calendar=None, staff_facts=STAFF)
    put(charter, guest_count=6)
    assert Override.objects.get().calendar_said is None
    assert not asks_which(Override.objects.get(), {"guest_count": 9})


def test_it_is_not_asked_while_the_calendar_says_what_it_said(quinn: Charter, says: Says) -> None:
    put(quinn, captain="Sarah", crew=[], guest_count=6, starts_at=START + HOUR / 2)
    says(TEXT + "\nthey bring a cake")
    assert asked() == []


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({"captain": "Sarah"}, TEXT.replace("Darrell", "Marcus")),
        ({"captain": "Sarah"}, TEXT.replace("Captain: Darrell\n", "")),
        ({"guest_count": 6}, TEXT.replace("4", "9")),
        ({"crew": [["Marcus", "mate"]]}, TEXT.replace("Sam", "Sarah")),
        ({"crew": [["Marcus", "mate"]]}, TEXT.replace("Mate: Gene", "Deckhand: Gene")),
        ({"guest_email": "quinn@example.com"}, TEXT + "\nq@example.com"),
        ({"arrive_by": START - HOUR}, TEXT + "\narrive by 6 PM"),
    ],
)
def test_it_is_asked_when_the_calendar_says_something_else_now(
    quinn: Charter, says: Says, facts: dict[str, Any], text: str
) -> None:
    put(quinn, **facts)
    says(text)
    assert asked() == list(facts)


def test_a_moved_event_asks_about_the_hours(quinn: Charter, says: Says) -> None:
    put(quinn, starts_at=START + HOUR, ends_at=START + 3 * HOUR)
    says(at=START + 2 * HOUR)
    assert asked() == ["ends_at", "starts_at"]


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({"captain": "sarah"}, TEXT.replace("Darrell", "Sarah")),
        ({"crew": [["SAM", "deckhand"], ["Zoe", "mate"]]}, TEXT.replace("Gene", "Zoë")),
        ({"guest_count": 9}, TEXT.replace("4", "9")),
        ({"crew": []}, "Captain: Darrell\nGuests: 4"),
    ],
)
def test_it_is_not_asked_when_the_calendar_has_caught_up(
    quinn: Charter, says: Says, facts: dict[str, Any], text: str
) -> None:
    put(quinn, **facts)
    says(text)
    assert asked() == []


def test_a_moment_in_another_offset_is_the_same(quinn: Charter) -> None:
    put(quinn, starts_at=START + HOUR)
    same = (START + HOUR).isoformat().replace("02:30:00+00:00", "02:30:00Z")
    assert not asks_which(Override.objects.get(), quinn.calendar_facts | {"starts_at": same})


def test_after_it_caught_up_the_old_value_is_an_edit_like_any_other(quinn: Charter, says: Says) -> None:
    """Sent to the calendar, and then edited back there."""
    put(quinn, captain="Sarah")
    says(TEXT.replace("Darrell", "Sarah"))
    says(TEXT)
    assert asked() == ["captain"]


def test_set_by_hand_again_it_is_no_longer_asked(quinn: Charter, says: Says) -> None:
    put(quinn, captain="Sarah")
    says(TEXT.replace("Darrell", "Marcus"))
    put(quinn, captain="Sarah")
    assert (asked(), Override.objects.get().calendar_said) == ([], {"value": "Marcus"})


def test_a_cancellation_by_hand_is_never_asked_about(quinn: Charter, says: Says) -> None:
    cancel(charter=quinn, by="office")
    says(TEXT.replace("4", "9"))
    assert (asked(), Override.objects.get().calendar_said) == ([], None)


# -- ours ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def in_doubt(quinn: Charter, says: Says) -> Charter:
    """Sarah by hand, Darrell before, Marcus in the calendar now."""
    put(quinn, captain="Sarah")
    says(TEXT.replace("Darrell", "Marcus"))
    quinn.refresh_from_db()
    return quinn


def captain(charter: Charter) -> str:
    found = Charter.objects.get(pk=charter.pk).captain
    return found.name if found else ""


def test_ours_stays_and_is_not_asked_again(in_doubt: Charter, says: Says) -> None:
    keep_ours(charter=in_doubt, field="captain", by="ana")
    says(TEXT.replace("Darrell", "Marcus") + "\na cake")
    assert (captain(in_doubt), asked()) == ("Sarah", [])


def test_the_next_edit_asks_again(in_doubt: Charter, says: Says) -> None:
    keep_ours(charter=in_doubt, field="captain", by="ana")
    says()
    assert asked() == ["captain"]


def test_who_kept_ours_is_known_and_why_it_was_set_stays(in_doubt: Charter, at: Move) -> None:
    at(START - HOUR)
    keep_ours(charter=in_doubt, field="captain", by="ana")
    kept = Override.objects.get()
    assert (kept.by, kept.at, kept.why) == ("ana", START - HOUR, "She called.")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (keep_ours, "captain: ours stays, whatever the calendar says"),
        (take_calendars, "captain: the calendar's, not ours"),
    ],
)
def test_the_answer_stands_in_the_timeline(in_doubt: Charter, answer: Callable[..., Any], words: str) -> None:
    User.objects.create_user("ana", first_name="Ana")
    answer(charter=in_doubt, field="captain", by="ana")
    assert [(line.who, line.words) for line in timeline(in_doubt)] == [("Ana", words)]


def test_a_programs_answer_is_in_its_own_log(in_doubt: Charter) -> None:
    keep_ours(charter=in_doubt, field="captain", by="API token dispatch")
    assert LogEntry.objects.count() == 0


# -- the calendar's ------------------------------------------------------------------------------------------------


def test_the_calendars_is_applied(in_doubt: Charter) -> None:
    GuestPageFactory.create(charter=in_doubt, state=GuestPage.State.VERIFIED)
    changes = take_calendars(charter=in_doubt, field="captain", by="ana")
    assert [(each.field, each.actual, each.expected) for each in changes] == [("captain", "Sarah", "Marcus")]
    assert (captain(in_doubt), Override.objects.count(), GuestPage.objects.get().state) == ("Marcus", 0, "stale")


def test_the_bell_rings(
    in_doubt: Charter, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    rung: list[list[int]] = []
    monkeypatch.setattr("jada.core.bell._send", lambda task, keys: rung.append(keys))
    with django_capture_on_commit_callbacks(execute=True):
        take_calendars(charter=in_doubt, field="captain", by="ana")
    assert rung == [[in_doubt.pk]]


# -- refusals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [keep_ours, take_calendars])
def test_a_trip_that_has_departed_is_frozen(in_doubt: Charter, at: Move, answer: Callable[..., Any]) -> None:
    at(START)
    with pytest.raises(OverrideRefused, match=r"^The trip has departed; its facts are frozen\.$"):
        answer(charter=in_doubt, field="captain", by="ana")
    assert Override.objects.get().calendar_said == {"value": "Darrell"}


@pytest.mark.parametrize("answer", [keep_ours, take_calendars])
@pytest.mark.parametrize("field", ["guest_count", "status", "nonsense"])
def test_what_is_not_set_by_hand_is_refused(in_doubt: Charter, answer: Callable[..., Any], field: str) -> None:
    cancel(charter=in_doubt, by="office")
    with pytest.raises(OverrideRefused, match=r"^This fact is not set by hand any more; nothing was changed\.$"):
        answer(charter=in_doubt, field=field, by="ana")


# -- a charter in no calendar --------------------------------------------------------------------------------------

STAFF = {
    "title": "Kim 40th Birthday",
    "event_type": "private",
    "party": "Kim",
    "starts_at": START.isoformat(),
    "ends_at": (START + 2 * HOUR).isoformat(),
    "guest_name": "Kim",
    "guest_count": 12,
}
MAIL = {"guest_phone": "+16195550147", "platform": "boatsetter", "starts_at": START.isoformat()}


def kim(staff: dict[str, Any], booking: dict[str, Any]) -> Charter:
    hours = {"starts_at": START, "ends_at": START + 2 * HOUR}
    return CharterFactory.create(calendar=None, staff_facts=staff, booking_facts=booking, guest_count=12, **hours)


@pytest.fixture(params=[(STAFF, {}), ({}, STAFF), (STAFF, MAIL)], ids=["entered", "booked", "entered, then a mail"])
def alone(db: None, at: Move, request: pytest.FixtureRequest) -> Charter:
    at(START - 48 * HOUR)
    return kim(*request.param)


def hours(charter: Charter) -> tuple[timedelta, timedelta]:
    charter.refresh_from_db()
    return charter.starts_at - START, charter.ends_at - START


@pytest.mark.parametrize(
    ("facts", "moved"),
    [
        ({"starts_at": START + HOUR}, (1, 2)),
        ({"ends_at": START + HOUR}, (0, 1)),
        ({"starts_at": START + HOUR, "ends_at": START + 5 * HOUR}, (1, 5)),
    ],
)
def test_without_a_calendar_either_end_can_be_moved_and_put_back(
    alone: Charter, facts: dict[str, datetime], moved: tuple[int, int]
) -> None:
    put(alone, **facts)
    assert hours(alone) == (moved[0] * HOUR, moved[1] * HOUR)
    put(alone, **dict.fromkeys(facts))
    assert hours(alone) == (0 * HOUR, 2 * HOUR)


def test_without_a_calendar_an_end_before_a_start_put_back_follows(alone: Charter) -> None:
    put(alone, starts_at=START - 5 * HOUR, ends_at=START - 4 * HOUR)
    put(alone, starts_at=None)
    assert hours(alone) == (0 * HOUR, 2 * HOUR)


def test_without_a_calendar_a_fact_is_set_and_given_back(alone: Charter) -> None:
    found = []
    for count in (7, None):
        put(alone, guest_count=count)
        alone.refresh_from_db()
        found.append(alone.guest_count)
    assert found == [7, 12]


def test_a_length_that_nobody_states_is_none_at_all(db: None, at: Move) -> None:
    at(START - 48 * HOUR)
    staff = {name: value for name, value in STAFF.items() if name != "starts_at"}
    charter = kim(staff, MAIL)
    put(charter, starts_at=START - 5 * HOUR, ends_at=START - 4 * HOUR)
    put(charter, starts_at=None)
    assert hours(charter) == (0 * HOUR, 0 * HOUR)
