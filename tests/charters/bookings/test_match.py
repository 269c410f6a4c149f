"""A mail finds its trip by code, then by time and vessel; what is not plain waits, and no mail cancels anything."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from charters.adding import add_event
from charters.bookings.applying import apply_booking
from charters.bookings.disagreements import conflicts_from_bookings
from charters.bookings.letters import MailUnreadable
from charters.bookings.match import answer, believe, look_again, still_sails
from charters.bookings.receive import forget_bodies, receive
from charters.bookings.suggestions import suggestions
from charters.models import BookingMessage, Charter, Contact, Vessel
from charters.overrides import override
from tests.charters.bookings.conftest import HOME, Move, charter_of_a_calendar
from tests.charters.bookings.samples import letter, mail
from tests.factories import VesselFactory

pytestmark = pytest.mark.django_db
PRIYA = "Reservation code: BSP1234\nBoat: JADA\nRenter: Priya Natarajan\nWhen: Jun 27, 2026 3 PM - 7 PM"


def state() -> str:
    return BookingMessage.objects.get().state


def sentences(charter: Charter) -> list[str]:
    found = Charter.objects.with_relations().get(pk=charter.pk)
    return conflicts_from_bookings([found]).get(charter.pk, [])


def take(name: str) -> BookingMessage:
    message = receive(mail(name)).message
    assert message is not None
    return message


# -- by code ---------------------------------------------------------------------------------------------


def test_jonathans_telephone_comes_from_the_forwarded_mail_by_its_code(jonathan: Charter) -> None:
    take("boatsetter-forwarded-jonathan")
    jonathan.refresh_from_db()
    assert (jonathan.guest_name, jonathan.guest_email, jonathan.guest_phone) == (
        "Jonathan Reyes",
        "jonathan.reyes@example.com",
        "+16195550142",
    )
    assert jonathan.sources["guest_phone"] == "booking"
    assert (jonathan.guest_count, jonathan.sources["guest_count"]) == (6, "booking")
    assert jonathan.starts_at == datetime(2026, 5, 31, 13, 30, tzinfo=HOME)


def test_the_same_mail_twice_changes_nothing(jonathan: Charter) -> None:
    receive(mail("boatsetter-forwarded-jonathan"))
    before = Charter.objects.values().get(pk=jonathan.pk)
    again = receive(mail("boatsetter-forwarded-jonathan"))
    assert not again.new
    assert Charter.objects.values().get(pk=jonathan.pk) == before
    assert (BookingMessage.objects.count(), Contact.objects.count()) == (1, 1)


def test_the_codes_spelling_does_not_matter(jada: Vessel) -> None:
    charter = charter_of_a_calendar(jada, 2026, 7, 18, 13, 0, code="GMB20417", guest_name="", party="", title="Okafor")
    take("getmyboat-accepted")
    charter.refresh_from_db()
    assert charter.guest_phone == "+16195550147"


def test_a_code_that_the_office_wrote_finds_its_trip(jada: Vessel) -> None:
    starts_at = datetime(2026, 6, 2, 13, 30, tzinfo=HOME)
    entered = add_event(
        title="Jonathan Sail",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=4),
        description="Boatsetter confirmation code: XHQGMDH",
    )
    take("boatsetter-forwarded-jonathan")
    entered.refresh_from_db()
    assert (entered.guest_phone, entered.starts_at) == ("+16195550142", datetime(2026, 5, 31, 13, 30, tzinfo=HOME))


def test_an_override_wins_over_a_booking(jonathan: Charter) -> None:
    override(charter=jonathan, facts={"guest_phone": "+16195550177"}, by="ana")
    take("boatsetter-forwarded-jonathan")
    jonathan.refresh_from_db()
    assert (jonathan.guest_phone, jonathan.sources["guest_phone"]) == ("+16195550177", "override")


def test_the_facts_of_a_departed_trip_stay(jonathan: Charter, at: Move) -> None:
    at(datetime(2026, 6, 2, tzinfo=UTC))
    take("boatsetter-forwarded-jonathan")
    jonathan.refresh_from_db()
    assert (jonathan.guest_phone, state()) == ("", "matched")


# -- changes and cancellations ---------------------------------------------------------------------------


def test_a_change_leaves_the_calendars_hours_and_says_what_differs(jonathan: Charter) -> None:
    take("boatsetter-forwarded-jonathan")
    take("boatsetter-change")
    jonathan.refresh_from_db()
    assert jonathan.starts_at == datetime(2026, 5, 31, 13, 30, tzinfo=HOME)
    assert (jonathan.guest_count, jonathan.guest_phone) == (8, "+16195550142")
    assert sentences(jonathan) == [
        "Boatsetter says 2–6 PM, the trip is 1:30–5:30 PM: the calendar's hours are used.",
    ]


def test_an_older_mail_read_later_does_not_undo_a_newer_one(jonathan: Charter) -> None:
    take("boatsetter-change")
    take("boatsetter-forwarded-jonathan")
    jonathan.refresh_from_db()
    assert (jonathan.guest_count, jonathan.guest_phone) == (8, "+16195550142")
    assert jonathan.booking_facts["starts_at"] == "2026-05-31T14:00:00-07:00"


def test_a_party_that_differs_is_said(jonathan: Charter) -> None:
    override(charter=jonathan, facts={"guest_count": 4}, by="ana")
    take("boatsetter-forwarded-jonathan")
    assert sentences(jonathan) == ["Boatsetter says 6 people, the trip is for 4."]


def test_a_cancellation_is_shown_and_cancels_nothing(jonathan: Charter) -> None:
    message = take("boatsetter-cancellation")
    jonathan.refresh_from_db()
    assert (jonathan.status, message.state) == ("confirmed", "cancellation_shown")
    assert sentences(jonathan) == [
        "Boatsetter wrote on Thu 21 May that the booking XHQGMDH is cancelled; the trip still stands until somebody "
        "cancels it."
    ]


def test_a_persons_word_ends_the_question(jonathan: Charter) -> None:
    still_sails(message=take("boatsetter-cancellation"), by="ana")
    assert (sentences(jonathan), state()) == ([], "matched")


def test_a_cancelled_trip_ends_the_question_too(jonathan: Charter) -> None:
    take("boatsetter-cancellation")
    Charter.objects.update(status=Charter.Status.CANCELLED)
    look_again()
    assert (sentences(jonathan), state()) == ([], "matched")


def test_conflicts_take_one_query_for_all(
    jonathan: Charter, jada: Vessel, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    take("boatsetter-forwarded-jonathan")
    take("boatsetter-cancellation")
    for day in range(1, 10):
        charter_of_a_calendar(jada, 2026, 6, day, 13, 0)
    charters = list(Charter.objects.with_relations())
    with django_assert_num_queries(1):
        assert list(conflicts_from_bookings(charters)) == [jonathan.pk]


# -- by time and vessel ----------------------------------------------------------------------------------


def test_without_a_code_in_the_calendar_time_and_vessel_decide(jada: Vessel) -> None:
    charter = charter_of_a_calendar(jada, 2026, 6, 27, 13, 30, title="Afternoon Sail", party="", guest_name="")
    charter_of_a_calendar(jada, 2026, 6, 27, 18, 30, title="Sunset Sail", party="", guest_name="")
    receive(letter(PRIYA))
    charter.refresh_from_db()
    assert (charter.guest_name, charter.sources["guest_name"]) == ("Priya Natarajan", "booking")


def test_two_hours_and_no_more(jada: Vessel) -> None:
    charter_of_a_calendar(jada, 2026, 6, 27, 12, 59, title="Afternoon Sail", party="", guest_name="")
    receive(letter(PRIYA))
    assert state() == "waiting"


def test_of_several_the_guests_first_name_decides(jada: Vessel) -> None:
    charter_of_a_calendar(jada, 2026, 6, 27, 14, 0, title="Kim Sail", party="Kim", guest_name="Kim")
    priya = charter_of_a_calendar(jada, 2026, 6, 27, 16, 0, title="Priya Sail", party="Priya", guest_name="Priya")
    receive(letter(PRIYA))
    assert BookingMessage.objects.get().charter == priya


def test_several_without_a_name_wait(jada: Vessel) -> None:
    for hour in (14, 16):
        charter_of_a_calendar(jada, 2026, 6, 27, hour, 0, title="Afternoon Sail", party="", guest_name="")
    receive(letter(PRIYA))
    assert (state(), Contact.objects.count()) == ("waiting", 0)


def test_another_vessel_at_its_time_is_not_it(jada: Vessel) -> None:
    other = VesselFactory(slug="queen", name="Queen")
    charter_of_a_calendar(other, 2026, 6, 27, 15, 0, title="Afternoon Sail", party="", guest_name="")
    receive(letter(PRIYA))
    assert state() == "waiting"


def test_another_guests_trip_is_never_given_away_by_time_alone(jada: Vessel) -> None:
    quinn = charter_of_a_calendar(jada, 2026, 6, 27, 15, 0, title="Quinn Sail", party="Quinn", guest_name="Quinn")
    receive(letter(PRIYA))
    quinn.refresh_from_db()
    message = BookingMessage.objects.get()
    assert (quinn.guest_name, message.state) == ("Quinn", "waiting")
    assert message.reason == "The trip at its time is Quinn's, the mail speaks of Priya Natarajan."


def kid_sails(jada: Vessel) -> Charter:
    return charter_of_a_calendar(jada, 2026, 6, 27, 15, 0, title="Kid0 Sail", party="Kid0", guest_name="Kid0")


def test_a_sentence_without_a_name_leaves_the_calendars_name(jada: Vessel) -> None:
    kid = kid_sails(jada)
    receive(letter("Your booking is confirmed!\nConfirmation code: NAMEAAA\nWhen: Jun 27, 2026 3 PM - 7 PM"))
    kid.refresh_from_db()
    assert (kid.guest_name, kid.sources["guest_name"], state()) == ("Kid0", "calendar", "matched")


def test_a_verb_that_an_earlier_reader_took_for_a_name_is_never_shown_in_the_queue(jada: Vessel) -> None:
    kid_sails(jada)
    receive(letter(PRIYA))
    BookingMessage.objects.update(facts=BookingMessage.objects.get().facts | {"guest_name": "is"})
    look_again()
    message = BookingMessage.objects.get()
    assert (message.facts.get("guest_name"), message.reason) == (None, "By its time and vessel.")


def test_a_verb_that_an_earlier_reader_took_for_a_name_is_given_to_no_trip(jada: Vessel) -> None:
    kid = kid_sails(jada)
    receive(letter(PRIYA))
    BookingMessage.objects.update(facts=BookingMessage.objects.get().facts | {"guest_name": "been"})
    answer(message=BookingMessage.objects.get(), charter=kid, by="ana")
    kid.refresh_from_db()
    assert (kid.guest_name, kid.booking_facts.get("guest_name")) == ("Kid0", None)


def test_a_trip_that_bears_another_code_is_not_it(jada: Vessel) -> None:
    charter_of_a_calendar(jada, 2026, 6, 27, 15, 0, title="Afternoon Sail", party="", guest_name="", code="OTHER99")
    receive(letter(PRIYA))
    assert state() == "waiting"


# -- the queue -------------------------------------------------------------------------------------------


def test_a_waiting_mail_finds_the_trip_that_the_calendar_learns_of_later(jada: Vessel) -> None:
    receive(letter(PRIYA))
    charter = charter_of_a_calendar(jada, 2026, 6, 27, 15, 0, title="Priya Sail", party="Priya", guest_name="Priya")
    look_again()
    assert (state(), BookingMessage.objects.get().charter) == ("matched", charter)


def test_three_suggestions_best_first_in_words(jada: Vessel) -> None:
    for day, hour, name in ((27, 15, "Quinn"), (27, 19, "Priya"), (26, 15, "Kim"), (28, 15, "Lee"), (29, 15, "Ito")):
        charter_of_a_calendar(jada, 2026, 6, day, hour, 0, title=f"{name} Sail", party=name, guest_name=name)
    receive(letter(PRIYA))
    found = suggestions(BookingMessage.objects.all())[BookingMessage.objects.get().pk]
    assert [(each.charter.party, each.why) for each in found] == [
        ("Priya", "the same day, 4 hours later, on JADA, the name fits"),
        ("Quinn", "at the same hour, on JADA"),
        ("Kim", "1 day earlier, on JADA"),
    ]


def test_a_persons_word_gives_the_mail_to_its_trip(jada: Vessel) -> None:
    quinn = charter_of_a_calendar(jada, 2026, 6, 27, 15, 0, title="Quinn Sail", party="Quinn", guest_name="Quinn")
    receive(letter(f"{PRIYA}\nPhone: 619-555-0160"))
    answer(message=BookingMessage.objects.get(), charter=quinn, by="ana")
    quinn.refresh_from_db()
    assert (quinn.guest_phone, BookingMessage.objects.get().reason) == ("+16195550160", "ana said so.")


def test_a_refused_mail_reaches_no_trip_until_somebody_believes_it(jonathan: Charter) -> None:
    message = take("forged-dmarc")
    jonathan.refresh_from_db()
    assert (message.state, jonathan.guest_phone) == ("refused", "")
    believe(message=message, by="ana")
    jonathan.refresh_from_db()
    assert jonathan.guest_phone == "+16195550191"


def test_a_forged_mail_does_not_keep_the_true_one_out(jonathan: Charter) -> None:
    true = mail("boatsetter-forwarded-jonathan")
    receive(true.replace(b"dmarc=pass", b"dmarc=fail"))
    assert state() == "refused"
    receive(true)
    assert state() == "matched"


def test_a_platforms_mail_that_cannot_be_read_waits_for_a_person(jada: Vessel) -> None:
    received = receive(letter("Your booking is confirmed. See the app."))
    assert (received.unreadable, state()) == (True, "waiting")
    look_again()
    assert "Neither a confirmation code nor a time" in BookingMessage.objects.get().reason


def test_a_mail_about_something_else_leaves_no_trace(jada: Vessel) -> None:
    with pytest.raises(MailUnreadable):
        receive(mail("boatsetter-message"))
    assert not BookingMessage.objects.exists()


def test_our_own_number_in_a_forward_is_no_guests(jonathan: Charter) -> None:
    receive(letter("Confirmation code: XHQGMDH\nPhone: 619-555-0100"))
    jonathan.refresh_from_db()
    assert (jonathan.guest_phone, Contact.objects.count()) == ("", 0)


def test_facts_may_be_set_without_a_mail(jonathan: Charter) -> None:
    starts_at = datetime(2026, 5, 31, 13, 30, tzinfo=HOME)
    facts = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=4), "guest_phone": "+16195550149"}
    changes = apply_booking(charter=jonathan, facts=facts, platform="boatsetter", code="XHQGMDH")
    assert [(change.field, change.expected) for change in changes] == [("guest", {"phone": "+16195550149"})]
    assert apply_booking(charter=jonathan, facts=facts, platform="boatsetter", code="XHQGMDH") == []


def test_texts_are_forgotten_after_thirty_days_and_facts_stay(jonathan: Charter, at: Move) -> None:
    message = take("boatsetter-forwarded-jonathan")
    at(datetime(2026, 6, 20, 16, 0, tzinfo=UTC))
    assert (forget_bodies(), "619" in message.body) == (0, True)
    at(datetime(2026, 6, 20, 18, 0, tzinfo=UTC))
    assert (forget_bodies(), forget_bodies()) == (1, 0)
    message.refresh_from_db()
    assert (message.body, message.facts["guest_phone"]) == ("", "+16195550142")
