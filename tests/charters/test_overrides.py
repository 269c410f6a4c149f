"""Facts set by hand, and what the calendar says meanwhile."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from charters.models import Calendar, Charter, CrewMember, GuestPage, Override
from charters.overrides import OverrideRefused, confirm_cancelled, override
from tests.charters.calendars.conftest import Move, at, calendar, server
from tests.charters.calendars.feeds import event, feed, look
from tests.factories import CrewMemberFactory, GuestPageFactory
from tests.fakes import feed_server as fake
from tests.fakes.feed_server import FeedServer

__all__ = ["at", "calendar", "server"]
START = datetime(2026, 5, 31, 1, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEXT = "Captain: Darrell\\nMate: Gene\\nDeckhand: Sam\\nGuests: 4\\narrive by 6 PM"


@pytest.fixture
def quinn(calendar: Calendar, server: FeedServer) -> Charter:
    """Read from the calendar: half past six to half past eight, Darrell, Gene and Sam, four guests."""
    server.answer = fake.whole(feed(event(DESCRIPTION=TEXT)))
    look()
    return Charter.objects.get()


def put(charter: Charter, **facts: Any) -> list[tuple[str, Any, Any]]:
    changes = override(charter=charter, facts=facts, by="office", why="She called.")
    charter.refresh_from_db()
    return [(change.field, change.actual, change.expected) for change in changes]


def crew(charter: Charter) -> list[tuple[str, str, str]]:
    return list(charter.crew_assignments.values_list("name", "role", "source"))


def test_an_override_wins_over_the_calendar(quinn: Charter) -> None:
    assert put(quinn, guest_count=6) == [("guest_count", 4, 6)]
    assert (quinn.guest_count, quinn.sources["guest_count"], quinn.calendar_facts["guest_count"]) == (6, "override", 4)


def test_an_override_survives_a_look_at_the_same_feed(quinn: Charter) -> None:
    put(quinn, guest_count=6)
    assert look().changes == []
    assert Charter.objects.get().guest_count == 6


def test_an_override_survives_a_change_of_the_calendar(quinn: Charter, server: FeedServer) -> None:
    put(quinn, guest_count=6)
    server.answer = fake.whole(feed(event(DESCRIPTION=TEXT.replace("Guests: 4", "Guests: 9"))))
    assert look().changes == []
    assert (Charter.objects.get().guest_count, Charter.objects.get().calendar_facts["guest_count"]) == (6, 9)


def test_a_cleared_override_gives_the_calendars_fact_back(quinn: Charter) -> None:
    put(quinn, guest_count=6)
    assert put(quinn, guest_count=None) == [("guest_count", 6, 4)]
    assert (quinn.guest_count, quinn.sources["guest_count"], Override.objects.count()) == (4, "calendar", 0)


def test_other_facts_stay_the_calendars(quinn: Charter, server: FeedServer) -> None:
    put(quinn, guest_count=6)
    server.answer = fake.whole(feed(event(start="20260531T023000Z", DESCRIPTION=TEXT)))
    look()
    assert Charter.objects.get().starts_at == START + HOUR


def test_the_same_override_again_changes_nothing(quinn: Charter) -> None:
    put(quinn, guest_count=6)
    assert put(quinn, guest_count=6) == []
    assert Override.objects.count() == 1


def test_an_override_knows_by_whom_when_and_why(quinn: Charter, at: Move) -> None:
    put(quinn, guest_count=6)
    at(START - HOUR)
    put(quinn, guest_count=7)
    kept = Override.objects.get()
    assert (kept.value, kept.by, kept.why, kept.at) == (7, "office", "She called.", START - HOUR)


def test_an_override_makes_the_page_stale_in_its_transaction(quinn: Charter) -> None:
    GuestPageFactory.create(charter=quinn, state="verified")
    put(quinn, starts_at=START + HOUR, ends_at=START + 3 * HOUR)
    assert GuestPage.objects.get().state == "stale"


# -- hours -----------------------------------------------------------------------------------------------------


def test_arrive_by_stays_what_the_text_says(quinn: Charter) -> None:
    put(quinn, starts_at=START - HOUR / 4)
    assert quinn.arrive_by == datetime(2026, 5, 31, 1, 0, tzinfo=UTC)


def test_arrive_by_follows_an_overridden_start_when_the_text_names_none(quinn: Charter, server: FeedServer) -> None:
    server.answer = fake.whole(feed(event()))
    look()
    put(quinn, starts_at=START + HOUR)
    assert (quinn.arrive_by, quinn.sources["arrive_by"]) == (START + HOUR * 3 / 4, "override")


def test_arrive_by_may_be_overridden_itself(quinn: Charter) -> None:
    put(quinn, arrive_by=START - HOUR)
    assert (quinn.arrive_by, quinn.sources["arrive_by"]) == (START - HOUR, "override")


def test_when_the_calendar_moves_past_an_overridden_end_the_length_is_kept(quinn: Charter, server: FeedServer) -> None:
    put(quinn, ends_at=START + HOUR)
    server.answer = fake.whole(feed(event(start="20260601T013000Z")))
    look()
    quinn.refresh_from_db()
    assert (quinn.starts_at, quinn.ends_at) == (START + 24 * HOUR, START + 26 * HOUR)


# -- crew ------------------------------------------------------------------------------------------------------


def test_a_captain_by_hand_replaces_the_captain_alone(quinn: Charter) -> None:
    put(quinn, captain="Sarah")
    assert crew(quinn) == [
        ("Sarah", "captain", "override"),
        ("Gene", "mate", "calendar"),
        ("Sam", "deckhand", "calendar"),
    ]


@pytest.mark.parametrize("name", ["Gene", "gene", " GENE "])
def test_a_mate_made_captain_is_no_longer_in_the_crew(quinn: Charter, name: str) -> None:
    put(quinn, captain=name)
    assert [role for _, role, _ in crew(quinn)] == ["captain", "deckhand"]


def test_a_mate_made_captain_under_another_name_is_no_longer_in_the_crew(quinn: Charter) -> None:
    CrewMemberFactory.create(name="Eugene Boyd", aliases=["Gene"])
    put(quinn, captain="Eugene Boyd")
    assert [role for _, role, _ in crew(quinn)] == ["captain", "deckhand"]


def test_a_crew_by_hand_replaces_the_crew_and_not_the_captain(quinn: Charter) -> None:
    put(quinn, crew=[["Marcus", "deckhand"]])
    assert crew(quinn) == [("Darrell", "captain", "calendar"), ("Marcus", "deckhand", "override")]


def test_a_crew_may_be_nobody(quinn: Charter) -> None:
    put(quinn, crew=[])
    assert crew(quinn) == [("Darrell", "captain", "calendar")]


def test_a_name_nobody_knows_makes_no_crew_member(quinn: Charter) -> None:
    put(quinn, captain="Ishmael")
    assert CrewMember.objects.count() == 0


# -- refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"title": "x", "status": "cancelled"}, "These facts cannot be set by hand: status, title."),
        ({"starts_at": START + 5 * HOUR}, "The trip would end before it starts."),
        ({"ends_at": START - HOUR}, "The trip would end before it starts."),
        (
            {"crew": [["Gene", "captain"]]},
            "A crew member is mate, deckhand or crew; the captain is a fact of its own.",
        ),
        ({"guest_count": 1_000}, "The party must be between 1 and 999."),
        ({"guest_count": -1}, "The party must be between 1 and 999."),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(quinn: Charter, facts: dict[str, Any], words: str) -> None:
    with pytest.raises(OverrideRefused) as raised:
        put(quinn, **facts)
    assert (str(raised.value), Override.objects.count()) == (words, 0)


def test_a_trip_that_has_departed_is_frozen(quinn: Charter, at: Move) -> None:
    at(START)
    with pytest.raises(OverrideRefused, match=r"^The trip has departed; its facts are frozen\.$"):
        put(quinn, guest_count=6)


# -- the word that it is cancelled -------------------------------------------------------------------------------


def test_a_word_is_kept_as_an_override(quinn: Charter) -> None:
    changes = confirm_cancelled(charter=quinn, by="office")
    assert [(change.field, change.actual, change.expected) for change in changes] == [
        ("status", "confirmed", "cancelled")
    ]
    assert list(Override.objects.values_list("field", "value", "by")) == [("status", "cancelled", "office")]


def test_a_word_outlasts_whatever_the_calendar_says(quinn: Charter, server: FeedServer) -> None:
    confirm_cancelled(charter=quinn, by="office")
    server.answer = fake.whole(feed(event(start="20260531T023000Z")))
    look()
    assert Charter.objects.get().status == "cancelled"


def test_an_override_leaves_a_cancelled_trip_cancelled(quinn: Charter) -> None:
    confirm_cancelled(charter=quinn, by="office")
    put(quinn, guest_count=6)
    assert quinn.status == "cancelled"
