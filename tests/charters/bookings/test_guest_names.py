"""Whom a booking mail names: a guest is greeted by it, so no name is better than a wrong one."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charters.bookings.guest_names import read_name
from charters.bookings.mail import read_mail
from charters.bookings.ordinary_words import BORNE_TOO, ORDINARY
from tests.charters.bookings.samples import letter

BOATSETTER = "Boatsetter <no-reply@boatsetter.com>"
GETMYBOAT = "GetMyBoat <no-reply@getmyboat.com>"


def named(written: str, *, subject: str = "Booking confirmed", sender: str = BOATSETTER) -> str:
    """The guest of a mail that says this."""
    return read_mail(letter(f"Start: May 31, 2026 1 PM\n{written}", subject=subject, sender=sender)).guest_name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        # With a name, as Boatsetter says it.
        ("Taylor Brooks has booked your boat.", "Taylor Brooks"),
        ("Your guest Chris Okafor has booked JADA for Sunday.", "Chris Okafor"),
        ("Renter Jonathan Reyes has cancelled the trip.", "Jonathan Reyes"),
        ("Congratulations! Zoë Muñoz just booked JADA.", "Zoë Muñoz"),
        ("Congratulations, you have a new booking from Robin Castillo.", "Robin Castillo"),
        ("New booking from Robin Castillo. Congratulations!", "Robin Castillo"),
        ("Your booking with Anne-Marie O'Brien has been confirmed.", "Anne-Marie O'Brien"),
        ("Your trip with Jonathan R. has been confirmed.", "Jonathan R."),
        ("You have a booking from J. R. Reyes for May 31.", "J. R. Reyes"),
        ("Your booking from Ana de la Cruz is confirmed.", "Ana de la Cruz"),
        ("Your booking from ANA PÉREZ is confirmed.", "ANA PÉREZ"),
        ("Your booking from Ana and Luis Pérez is confirmed.", "Ana and Luis Pérez"),
        ("Ana Pérez & Luis Pérez have booked your boat.", "Ana Pérez & Luis Pérez"),
        ("Jonathan has rescheduled the trip.", "Jonathan"),
        ("The reservation of Łukasz Żak has been cancelled.", "Łukasz Żak"),
        ("Test Kid0 has booked your boat.", "Test Kid0"),
        # Without one.
        ("Your booking is confirmed!\nConfirmation code: NAMEAAA", ""),
        ("Booking NAMEBBB has been confirmed", ""),
        ("Reservation NAMEBBB confirmed.", ""),
        ("Your reservation NAMEBBB has just been cancelled.", ""),
        ("Your booking has been cancelled.", ""),
        ("The renter has cancelled the trip.", ""),
        ("The Renter has cancelled the trip.", ""),
        ("We have confirmed your booking.", ""),
        ("We've cancelled this booking.", ""),
        ("You booked a trip.", ""),
        ("Boatsetter has changed your booking.", ""),
        ("Captain Gene has confirmed the trip.", ""),
        ("Payment accepted. Deposit paid.", ""),
        ("Weather changed the plan.", ""),
        ("Great News! Your Booking Is confirmed", ""),
        ("Your Trip Has Been confirmed", ""),
        ("YOUR BOOKING IS CONFIRMED", ""),
        ("Your charter for Saturday is confirmed.", ""),
        ("Your trip for June is confirmed.", ""),
        ("Boat: JADA\nYour booking for JADA is confirmed.", ""),
        ("Boat: Queen Anne\nYour booking for Queen Anne is confirmed.", ""),
        ("Your trip from San Diego on Sunday is confirmed.", ""),
        ("Your reservation for Mission Bay is confirmed.", ""),
        ("Everything has been paid and confirmed.", ""),
        ("Balance Due paid. Credit Card accepted.", ""),
        ("Meeting Point changed to the marina.", ""),
        ("The Reyes Family has booked your boat.", ""),
        ("Good Morning! Crew List confirmed.", ""),
    ],
)
def test_boatsetters_sentences_name_the_guest_or_nobody(written: str, name: str) -> None:
    assert named(written) == name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Great news! Chris Okafor accepted your offer and paid in full.", "Chris Okafor"),
        ("Chris Okafor cancelled the booking (GMB-20417).", "Chris Okafor"),
        ("Seán Ó Briain has paid for your offer.", "Seán Ó Briain"),
        ("Your offer for Dana Kim has been accepted.", "Dana Kim"),
        ("Your experience with Mr. van der Berg is confirmed.", "Mr. van der Berg"),
        ("You have a new reservation from María José Núñez.", "María José Núñez"),
        ("Your booking is confirmed.", ""),
        ("Booking GMB-20417 has been confirmed", ""),
        ("Your booking has been confirmed", ""),
        ("Your offer was accepted and has been paid.", ""),
        ("Your experience Sunset Sail is confirmed.", ""),
        ("Your offer for Sunset Sail has been accepted.", ""),
        ("GetMyBoat cancelled the booking (GMB-20417).", ""),
        ("The traveler has cancelled the booking.", ""),
        ("This reservation was cancelled.", ""),
    ],
)
def test_getmyboats_sentences_name_the_guest_or_nobody(written: str, name: str) -> None:
    assert named(written, sender=GETMYBOAT) == name


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("Booking confirmed: Jonathan on Sunday, May 31", "Jonathan"),
        ("Booking Confirmed – Zoë Muñoz", "Zoë Muñoz"),
        ("New booking: Dana Kim", "Dana Kim"),
        ("Booking confirmed: XHQGMDH", ""),
        ("Booking confirmed: Sunday", ""),
        ("Booking confirmed: June", ""),
        ("Booking confirmed: Sunset Cruise", ""),
        ("Booking confirmed: Your trip is booked", ""),
        ("Booking XHQGMDH has been confirmed", ""),
        ("Booking cancelled: by the renter", ""),
    ],
)
def test_a_subject_names_the_guest_or_nobody(subject: str, name: str) -> None:
    assert named("See the app.", subject=subject) == name


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Renter: Jonathan Reyes", "Jonathan Reyes"),
        ("Renter: JONATHAN REYES", "JONATHAN REYES"),
        ("Renter: Test Kid0", "Test Kid0"),
        ("Renter: Zoë-Marie d'Angelo", "Zoë-Marie d'Angelo"),
        ("Renter: A. Nguyen", "A. Nguyen"),
        ("Renter: An Nguyen", "An Nguyen"),
        ("Renter: Quinn Nguyen Jr.", "Quinn Nguyen Jr."),
        ("Renter: Jonathan Reyes 3rd", "Jonathan Reyes 3rd"),
        ("Renter: Quinn & Linh Nguyen", "Quinn & Linh Nguyen"),
        ("Renter: Grace Young (first trip)", "Grace Young"),
        ("Renter: Marina Price", "Marina Price"),
        ("Renter: Will", "Will"),
        ("Renter: 李明", "李明"),
        ("Renter: प्रिया", "प्रिया"),
        ("Renter: is confirmed", ""),
        ("Renter: not provided", ""),
        ("Renter: See below", ""),
        ("Renter: N/A", ""),
        ("Renter: Hidden until the trip", ""),
        ("Renter: Quinn's party", ""),
        ("Renter: 619-555-0144", ""),
        ("Renter: BSKQ7731", ""),
        ("Renter: View Booking Details", ""),
        ("Contact: Boatsetter Support", ""),
    ],
)
def test_a_label_names_the_guest_or_nobody(label: str, name: str) -> None:
    assert named(f"Your booking is confirmed!\n{label}") == name


def test_accents_written_with_marks_of_their_own_are_composed() -> None:
    assert read_name(unicodedata.normalize("NFD", "Zoë Muñoz")) == "Zoë Muñoz"


CASED = st.sampled_from([str.lower, str.capitalize, str.upper])
SAID = st.sampled_from(
    [
        "{} has booked your boat.",
        "Your booking from {} is confirmed.",
        "Your {} is confirmed.",
        "Booking {} has been confirmed",
        "{} cancelled the booking.",
        "Renter: {}",
        "Guest name\n{}",
    ]
)


@settings(max_examples=300, deadline=None)
@given(SAID, st.lists(st.tuples(st.sampled_from(sorted(ORDINARY | BORNE_TOO)), CASED), min_size=1, max_size=4))
def test_ordinary_words_are_never_a_name(said: str, written: list[tuple[str, Callable[[str], str]]]) -> None:
    words = " ".join(case(word) for word, case in written)
    assert named(said.format(words), subject="See the itinerary") == ""


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=120))
def test_whatever_is_written_no_word_of_a_name_is_an_ordinary_one(written: str) -> None:
    assert ORDINARY.isdisjoint(read_name(written).casefold().split())
