"""A charter that was made without a calendar turns up in one: it is one charter, not two."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from charters.adding import add_event
from charters.bookings.platform_push import PushedBooking, sync_platform
from charters.models import Calendar, Charter, Contact, GuestPage, Override
from charters.overrides import asks_which, cancel, override
from tests.charters.calendars.conftest import Move
from tests.charters.calendars.saying import HOUR, START, event, fields, say
from tests.factories import GuestPageFactory, VesselFactory

JONATHAN = "jonathan-saturday-2026-05-30"
QUINN = "quinn-saturday-2026-05-30"


@pytest.fixture(autouse=True)
def _only_her(calendar: Calendar) -> None:
    """The calendar's vessel is the first one: bookings are entered on it."""
    calendar.vessel.__class__.objects.exclude(pk=calendar.vessel_id).delete()


def enter(title: str = "Quinn Sunset Sail", text: str = "Captain: Gene", **other: Any) -> Charter:
    at = other.pop("at", START)
    return add_event(title=title, starts_at=at, ends_at=at + 2 * HOUR, description=text, **other)


def book(code: str = "XHQGMDH", name: str = "Jonathan Reyes", **other: Any) -> Charter:
    said = {"title": f"Boatsetter: {name.split()[0]} Sail", "starts_at": START, "ends_at": START + 2 * HOUR} | other
    sync_platform("boatsetter", [PushedBooking(code, guest_name=name, guest_phone="+16195550103", **said)])
    return Charter.objects.get(booking_facts__confirmation_code=code)


def references() -> list[str]:
    return list(Charter.objects.order_by("reference").values_list("reference", flat=True))


# -- which one ---------------------------------------------------------------------------------------------------


def test_a_booking_is_its_event_by_the_code_whatever_hour_and_name_it_has(calendar: Calendar) -> None:
    before = book()
    moved = event("a", "Charter", "Boatsetter confirmation code: XHQGMDH", at=START + 72 * HOUR)
    changes = say(calendar, moved)
    adopted = Charter.objects.get()
    assert (adopted.pk, adopted.reference, adopted.calendar, adopted.uid) == (before.pk, JONATHAN, calendar, "a")
    assert fields(changes)[0] == (JONATHAN, "calendar")
    assert (adopted.starts_at, adopted.sources["starts_at"]) == (START + 72 * HOUR, "calendar")


def test_the_codes_spelling_does_not_matter(calendar: Calendar) -> None:
    sync_platform("getmyboat", [PushedBooking("GMB-20417", "Okafor Sail", START, START + HOUR)])
    say(calendar, event("a", "Okafor", "GetMyBoat GMB20417", at=START + 72 * HOUR))
    assert Charter.objects.get().calendar == calendar


@pytest.mark.parametrize(
    ("title", "starts_at", "hours"),
    [
        ("Quinn Sunset Sail", START, 2),
        ("Quinn Alvarez Sail", START, 3),
        ("QUINN - private", START, 1),
        ("Quinn Sunset Sail", START + HOUR / 2, 2),
        ("Quinn Sunset Sail", START - HOUR, 4),
    ],
)
def test_an_entered_trip_is_its_event_by_guest_and_hours(
    calendar: Calendar, title: str, starts_at: datetime, hours: float
) -> None:
    before = enter()
    say(calendar, event("a", title, at=starts_at, hours=hours))
    assert [(each.pk, each.uid) for each in Charter.objects.all()] == [(before.pk, "a")]


@pytest.mark.parametrize(
    ("title", "starts_at"),
    [
        ("Danika Sunset Sail", START),
        ("Quinn Sunset Sail", START + 2 * HOUR),
        ("Quinn Sunset Sail", START + 24 * HOUR),
        ("Whale Watching (public)", START),
        ("Hold - Quinn?", START),
    ],
)
def test_what_is_another_trip_is_entered_beside_it(calendar: Calendar, title: str, starts_at: datetime) -> None:
    enter()
    say(calendar, event("a", title, at=starts_at))
    assert list(Charter.objects.order_by("pk").values_list("calendar", flat=True)) == [None, calendar.pk]


def test_another_code_is_another_booking(calendar: Calendar) -> None:
    book()
    say(calendar, event("a", "Jonathan Sail", "Boatsetter confirmation code: ZZZ9999"))
    assert Charter.objects.count() == 2


def test_another_platform_is_another_booking(calendar: Calendar) -> None:
    book()
    say(calendar, event("a", "GetMyBoat: Jonathan Sail"))
    assert Charter.objects.count() == 2


def test_another_vessel_is_another_trip(calendar: Calendar) -> None:
    enter(vessel=VesselFactory.create())
    say(calendar, event("a"))
    assert Charter.objects.count() == 2


def test_a_trip_without_a_name_is_known_by_its_title(calendar: Calendar) -> None:
    enter("Whale Watching (public)", "")
    say(calendar, event("a", "Whale watching - public"))
    assert Charter.objects.get().uid == "a"


def test_maintenance_is_adopted_too(calendar: Calendar) -> None:
    enter("Maintenance - haul out", "")
    say(calendar, event("a", "Maintenance: haul out"))
    assert Charter.objects.get().uid == "a"


def test_one_occasion_of_a_series_is_the_trip_that_was_entered(calendar: Calendar) -> None:
    enter("Whale Watching (public)", "")
    days = [event("w", "Whale Watching (public)", at=START + n * 168 * HOUR, original=f"2026060{n}") for n in range(3)]
    say(calendar, *days)
    assert Charter.objects.order_by("starts_at").values_list("reference", "original_start")[0] == (
        "whale-watching-saturday-2026-05-30",
        "20260600",
    )
    assert Charter.objects.count() == 3


# -- never when two could be meant, never a cancelled one ----------------------------------------------------------


def test_two_entered_trips_that_could_be_meant_stay_both(calendar: Calendar) -> None:
    enter()
    enter("Quinn Private Charter")
    say(calendar, event("a"))
    assert Charter.objects.filter(calendar=None).count() == 2


def test_two_events_that_could_be_meant_are_both_entered(calendar: Calendar) -> None:
    enter()
    say(calendar, event("a"), event("b"))
    assert sorted(Charter.objects.values_list("uid", flat=True).exclude(calendar=None)) == ["a", "b"]
    assert Charter.objects.filter(calendar=None).count() == 1


def test_of_two_the_one_at_the_same_hour_is_meant(calendar: Calendar) -> None:
    enter()
    later = enter(at=START + HOUR)
    say(calendar, event("a", at=START + HOUR))
    assert Charter.objects.get(uid="a").pk == later.pk


def test_a_code_on_two_trips_is_told_apart_by_the_hour(calendar: Calendar) -> None:
    book()
    text = "Boatsetter confirmation code: XHQGMDH"
    say(calendar, event("a", "Jonathan Sail", text), event("b", "Jonathan Sail", text, at=START + 24 * HOUR))
    assert Charter.objects.get(reference=JONATHAN).uid == "a"


def test_a_cancelled_one_stays_cancelled_and_alone(calendar: Calendar) -> None:
    cancel(charter=enter(), by="office")
    say(calendar, event("a"))
    assert list(Charter.objects.order_by("pk").values_list("status", "calendar")) == [
        ("cancelled", None),
        ("confirmed", calendar.pk),
    ]


def test_a_cancelled_one_of_the_same_uid_is_the_event_and_stays_cancelled(calendar: Calendar) -> None:
    made = enter()
    cancel(charter=made, by="office")
    say(calendar, event(made.uid, "Another title"))
    adopted = Charter.objects.get()
    assert (adopted.calendar, adopted.status) == (calendar, "cancelled")


def test_an_event_cancelled_before_it_was_seen_takes_nothing(calendar: Calendar) -> None:
    enter()
    say(calendar, event("a", cancelled=True))
    assert Charter.objects.get().calendar is None


def test_a_calendars_own_charter_is_nobody_elses(calendar: Calendar) -> None:
    other = Calendar.objects.create(name="Other", ical_address="https://example.com/", vessel=calendar.vessel)
    say(other, event("b"))
    say(calendar, event("a"))
    assert Charter.objects.count() == 2


# -- what stays and what is taken ------------------------------------------------------------------------------------


def test_reference_page_and_overrides_stay(calendar: Calendar) -> None:
    made = enter()
    page = GuestPageFactory.create(charter=made, state=GuestPage.State.VERIFIED)
    override(charter=made, facts={"guest_count": 7}, by="office")
    say(calendar, event("a", text="Guests: 4"))
    adopted = Charter.objects.get()
    assert (adopted.reference, adopted.page, adopted.guest_count) == (QUINN, page, 7)
    assert Override.objects.get().charter == adopted


def test_what_the_calendar_leaves_open_is_still_the_offices(calendar: Calendar) -> None:
    enter(text="Captain: Gene\nGuests: 12")
    say(calendar, event("a", text="Captain: Darrell"))
    adopted = Charter.objects.get()
    assert adopted.captain is not None
    assert (adopted.captain.name, adopted.guest_count) == ("Darrell", 12)
    assert {name: adopted.sources[name] for name in ("captain", "guest_count")} == {
        "captain": "calendar",
        "guest_count": "staff",
    }


def test_the_guest_is_still_the_bookings(calendar: Calendar) -> None:
    book()
    say(calendar, event("a", "Jonathan Sail", "619-555-0199"))
    adopted = Charter.objects.get()
    assert (adopted.guest_name, adopted.guest_phone, adopted.sources["guest_phone"]) == (
        "Jonathan Reyes",
        "+16195550103",
        "booking",
    )


def test_a_look_that_says_the_same_again_changes_nothing(calendar: Calendar) -> None:
    enter()
    say(calendar, event("a"))
    assert say(calendar, event("a")) == []


def test_it_vanishes_like_any_other(calendar: Calendar) -> None:
    enter()
    say(calendar, event("a"))
    say(calendar, looked_at=["a"])
    assert Charter.objects.get().status == "cancelling"


def test_entered_again_after_its_event_turned_up_it_is_the_same(calendar: Calendar) -> None:
    made = enter()
    say(calendar, event("a"))
    assert enter() == made
    assert references() == [QUINN]


def test_pushed_again_after_its_event_turned_up_it_is_the_same(calendar: Calendar) -> None:
    made = book()
    say(calendar, event("a", "Jonathan Sail"))
    assert book() == made
    assert references() == [JONATHAN]


def test_an_override_set_before_is_asked_about_when_the_calendar_is_edited_after(calendar: Calendar) -> None:
    made = enter()
    override(charter=made, facts={"captain": "Sarah"}, by="office")
    asked = []
    for text in ("Captain: Gene", "Captain: Darrell"):
        say(calendar, event("a", text=text))
        asked.append(asks_which(Override.objects.get(), Charter.objects.get().calendar_facts))
    assert asked == [False, True]


def test_of_a_trip_that_departed_the_facts_stay(calendar: Calendar, at: Move) -> None:
    made = enter()
    at(START + HOUR)
    say(calendar, event("a", text="Captain: Darrell\nGuests: 4"))
    adopted = Charter.objects.get()
    assert (adopted.pk, adopted.calendar, adopted.guest_count, adopted.said_since) == (made.pk, calendar, None, {})
    assert adopted.captain is not None
    assert adopted.captain.name == "Gene"


def test_the_guest_of_a_booking_without_a_calendar_is_a_marketplaces(calendar: Calendar) -> None:
    book()
    contact = Contact.objects.get()
    assert (contact.name, contact.marketplace, contact.origin) == ("Jonathan Reyes", True, "boatsetter")


# -- the cost --------------------------------------------------------------------------------------------------------


def statements(calendar: Calendar, trips: int, first: int) -> int:
    moments = [START + timedelta(days=first + each) for each in range(trips)]
    for moment in moments:
        enter(at=moment)
    events = [event(f"{first}-{place}", at=moment) for place, moment in enumerate(moments)]
    with CaptureQueriesContext(connection) as seen:
        say(calendar, *events)
    assert Charter.objects.filter(calendar=None).count() == 0
    return len(seen)


def test_as_many_statements_for_thirty_as_for_one(calendar: Calendar) -> None:
    assert statements(calendar, 1, first=0) == statements(calendar, 30, first=10)


def test_a_calendar_alone_costs_one_question(calendar: Calendar) -> None:
    with CaptureQueriesContext(connection) as seen:
        say(calendar, event("a"))
    assert len([each for each in seen if '"calendar_id" IS NULL' in each["sql"]]) == 1


@pytest.mark.django_db(transaction=True)
def test_a_booking_entered_while_its_event_is_read_is_one_charter(calendar: Calendar) -> None:
    entered, read = Event(), Event()

    def enters() -> None:
        with transaction.atomic():
            book()
            entered.set()
            read.wait(0.3)  # it cannot be: the reader waits for us
        connection.close()

    with ThreadPoolExecutor(1) as office:
        booked = office.submit(enters)
        entered.wait(5)
        with transaction.atomic():
            say(calendar, event("a", "Jonathan Sail"))
            read.set()
        booked.result()
    assert [(each.reference, each.uid) for each in Charter.objects.all()] == [(JONATHAN, "a")]
