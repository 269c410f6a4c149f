"""Many people met at once become the contacts that they would be one by one."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charters.contacts import Person, keep, keep_all, merge, undo
from charters.models import Calendar, Contact, ContactMerge
from tests.charters.bookings.conftest import Move
from tests.charters.calendars.saying import HOUR, START, event, say
from tests.factories import CalendarFactory

pytestmark = pytest.mark.django_db
PHONE, OTHER = "+16195550161", "+16195550162"
EMAILS = ["", "quinn@example.com", "Quinn@Example.com ", "q.alvarez@example.com", "robin@example.com", "no address"]
NAMES = ["", "Quinn", "quinn Alvarez", "Robin", " Zoë "]
ORIGINS = ["calendar", "boatsetter", "getmyboat", "office", ""]
PEOPLE = st.builds(
    Person,
    name=st.sampled_from(NAMES),
    email=st.sampled_from(EMAILS),
    phone=st.sampled_from(["", PHONE, "(619) 555-0161", OTHER, "12"]),
    origin=st.sampled_from(ORIGINS),
)
# Who is merged with whom before the others are met: places in the list of contacts.
MERGES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.booleans()), max_size=3)


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


def state(found: Sequence[int | None]) -> tuple[Any, ...]:
    """All that is known in the end and whose each person's contact is, without keys and times."""
    contacts = {each.pk: _said(each) for each in Contact.objects.order_by("pk")}
    merges = [
        (contacts.get(each.winner_key), each.lost["email"], each.lost["name"], each.by, each.undone_at is None)
        for each in ContactMerge.objects.order_by("pk")
    ]
    return sorted(contacts.values()), merges, [contacts.get(key) if key else None for key in found]


def _said(contact: Contact) -> tuple[str, str, str, str, bool]:
    return contact.name, contact.email, contact.phone, contact.origin, contact.marketplace


def _as_before(known: Sequence[Person], merges: Sequence[tuple[int, int, bool]]) -> None:
    for person in known:
        keep(**person._asdict())
    for winner, loser, undone in merges:
        contacts = list(Contact.objects.order_by("pk"))
        if winner != loser and max(winner, loser) < len(contacts):
            merged = merge(contacts[winner], contacts[loser], "ana")
            if undone:
                undo(merged)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(PEOPLE, max_size=4), MERGES, st.lists(PEOPLE, max_size=6))
def test_together_is_one_by_one(known: list[Person], merges: list[tuple[int, int, bool]], people: list[Person]) -> None:
    with rehearsal():
        _as_before(known, merges)
        with rehearsal():
            one_by_one = state([contact.pk if (contact := keep(**each._asdict())) else None for each in people])
        together = state(keep_all(people))
    assert together == one_by_one


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(PEOPLE, max_size=4), MERGES, st.lists(PEOPLE, max_size=5))
def test_met_again_nothing_changes(
    known: list[Person], merges: list[tuple[int, int, bool]], people: list[Person]
) -> None:
    with rehearsal():
        _as_before(known, merges)
        first = keep_all(people)
        with rehearsal():
            keep_all(people)
            settled = state([])
        keep_all(people)
        assert state([]) == settled
        assert len(first) == len(people)


def test_whoever_cannot_be_reached_is_nobodys_contact() -> None:
    assert keep_all([Person("Quinn", "no address", "12", "calendar"), Person("", "", "", "")]) == [None, None]


# -- as a calendar meets them --------------------------------------------------------------------------------------


@pytest.fixture
def calendar(at: Move) -> Calendar:
    at(START - 72 * HOUR)
    return CalendarFactory.create()


def meet(calendar: Calendar, *texts: str, first: int = 0, title: str = "Quinn Sail") -> None:
    say(
        calendar,
        *(event(f"{first + place}", title, text, at=START + place * 24 * HOUR) for place, text in enumerate(texts)),
    )


def test_an_address_that_was_merged_away_is_the_winners_in_the_calendar_too(calendar: Calendar) -> None:
    winner, loser = (keep(name="Quinn", email=f"{each}@example.com", phone="", origin="office") for each in "ab")
    assert winner is not None
    assert loser is not None
    merge(winner, loser, "ana")
    meet(calendar, "b@example.com")
    assert list(Contact.objects.values_list("email", flat=True)) == ["a@example.com"]


def test_blanks_of_a_known_contact_are_filled_from_the_calendar(calendar: Calendar) -> None:
    keep(name="", email="quinn@example.com", phone="", origin="")
    meet(calendar, "quinn@example.com 619-555-0161")
    assert _said(Contact.objects.get()) == ("Quinn", "quinn@example.com", PHONE, "calendar", False)


def test_a_marketplaces_guest_is_marked_where_the_calendar_names_the_platform(calendar: Calendar) -> None:
    meet(calendar, "Boatsetter confirmation code: XHQGMDH\nquinn@example.com", "robin@example.com")
    assert dict(Contact.objects.values_list("email", "marketplace")) == {
        "quinn@example.com": True,
        "robin@example.com": False,
    }


def test_another_guest_on_the_same_trip_is_met(calendar: Calendar) -> None:
    meet(calendar, "quinn@example.com")
    meet(calendar, "robin@example.com", title="Robin Sail")
    assert set(Contact.objects.values_list("name", flat=True)) == {"Quinn", "Robin"}


def test_a_moved_hour_brings_no_contact_back(calendar: Calendar) -> None:
    meet(calendar, "quinn@example.com")
    Contact.objects.all().delete()
    say(calendar, event("0", "Quinn Sail", "quinn@example.com", at=START + HOUR))
    assert Contact.objects.count() == 0


def statements(calendar: Calendar, guests: int, first: int) -> int:
    with CaptureQueriesContext(connection) as seen:
        meet(
            calendar,
            *(f"guest{first + place}@example.com 619-555-{first + place:04}" for place in range(guests)),
            first=first,
        )
    return len(seen)


def test_as_many_statements_for_two_hundred_guests_as_for_one(calendar: Calendar) -> None:
    assert statements(calendar, 1, first=0) == statements(calendar, 200, first=10)
    assert Contact.objects.count() == 201


def test_as_many_statements_for_two_hundred_known_guests_as_for_one() -> None:
    def statements(people: list[Person]) -> int:
        keep_all([each._replace(origin="") for each in people])
        with CaptureQueriesContext(connection) as seen:
            keep_all([*people, *(each._replace(email=f"x{each.email}") for each in people)])
        return len(seen)

    def guests(first: int, count: int) -> list[Person]:
        each = range(first, first + count)
        return [Person("Quinn", f"g{place}@example.com", f"+1619555{place:04}", "calendar") for place in each]

    assert statements(guests(0, 1)) == statements(guests(10, 200))
    assert (Contact.objects.count(), ContactMerge.objects.count()) == (201, 201)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("email", ["quinn@example.com", ""])
def test_two_who_meet_a_new_person_at_the_same_moment_make_one_contact(email: str) -> None:
    met, asked = Event(), Event()

    def first() -> None:
        with transaction.atomic():
            keep(name="Quinn", email=email, phone="" if email else PHONE, origin="calendar")
            met.set()
            asked.wait(0.3)  # the other one waits for us
        connection.close()

    with ThreadPoolExecutor(1) as other:
        done = other.submit(first)
        met.wait(5)
        found = keep(name="Quinn", email=email, phone=PHONE, origin="boatsetter")
        done.result()
    assert [found] == list(Contact.objects.all())
    assert _said(Contact.objects.get()) == ("Quinn", email, PHONE, "calendar", False)
