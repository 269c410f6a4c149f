"""The party, the times, the contact and the code that a description gives."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from charters.calendars.text.description import DESCRIPTION_LIMIT, ClockTime, hours_disagree, read_description, resolve
from tests.charters.calendars.described import at, either

SAN_DIEGO = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("12 guests", 12),
        ("Guests - 6", 6),
        ("Guests 6", 6),
        ("party of twenty", 20),
        ("party of twenty-four", 24),
        ("a dozen guests", 12),
        ("group of 14", 14),
        ("Guests: 6 (4 adults, 2 kids)", 6),
        ("Guests: 4 adults, 2 kids", 6),
        ("4 adults and 2 children", 6),
        ("Guests: 4 + 2 kids", 6),
        ("Max 12 guests", 12),
        ("Guests: 6\n2 guests are vegetarian", 6),
        ("Guests: 6\nUpdated guests: 8", 8),
        ("Guests: TBD", None),
        ("Guests: Quinn, Linh", None),
        ("Boat holds 49", None),
        ("$500 guest deposit", None),
        ("5/30 guests confirmed", None),
        ("619-555-0144 guest", None),
        ("Crew of 3", None),
        ("999 guests", 999),
    ],
)
def test_the_party_is_counted(text: str, count: int | None) -> None:
    description = read_description(text)
    assert (description.guest_count, description.questions) == (count, ())


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Guests: 6-8", 8),
        ("10 to 12 people", 12),
        ("about 20 guests", 20),
        ("Guests: 4?", 4),
        ("20+ guests", 20),
        ("12 guests\nparty: 10\nGuests: 14", 14),
        ("Guests: 0", None),
        ("1000 guests", None),
    ],
)
def test_an_unsure_count_is_asked_about(text: str, count: int | None) -> None:
    description = read_description(text)
    assert (description.guest_count, len(description.questions)) == (count, 1)


@pytest.mark.parametrize(
    ("text", "arrive_by"),
    [
        ("arrive by 1:45 PM", at(13, 45)),
        ("Arrive by 1:45pm.", at(13, 45)),
        ("Arrival: 1.45 p.m.", at(13, 45)),
        ("arrival time 13:45", at(13, 45)),
        ("arrive by 5", either(5)),
        ("Please arrive no later than 5:15", either(5, 15)),
        ("Guests arrive at noon", at(12)),
        ("arrive by 12:15 AM", at(0, 15)),
        ("1:45 PM arrival", at(13, 45)),
        ("17:00 check-in", at(17)),
        ("Check in @ 4:40p", at(16, 40)),
        ("be at the dock by 2:45", either(2, 45)),
        ("Arrive by 1645", at(16, 45)),
        ("Boarding 2:00p, arrive 1:45p", at(13, 45)),
        ("Boarding 2:00p\narrive 1:45p", at(13, 45)),
        ("Crew arrive by 12:00, guests arrive 1:45 PM", at(13, 45)),
        ("Caterers arrive 15:30", None),
        ("Crew arrival 1:00", None),
        ("AV check 10:00", None),
        ("Cake on board 14:00", None),
        ("arrive by 5/30", None),
        ("all aboard", None),
    ],
)
def test_the_guests_arrival_is_found(text: str, arrive_by: ClockTime | None) -> None:
    description = read_description(text)
    assert (description.arrive_by, description.questions) == (arrive_by, ())


@pytest.mark.parametrize(
    ("text", "arrive_by"),
    [
        ("arrive 30 min early", None),
        ("arrive 1:30-1:45 PM", at(13, 30)),
        ("Arrival window 2:30-2:45pm", at(14, 30)),
        ("arrive by 1:45 PM\narrive by 2:45 PM", at(14, 45)),
    ],
)
def test_an_unclear_arrival_is_asked_about(text: str, arrive_by: ClockTime | None) -> None:
    description = read_description(text)
    assert (description.arrive_by, len(description.questions)) == (arrive_by, 1)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("2-6pm paid", (at(14), at(18))),
        ("3–7 PM", (at(15), at(19))),
        ("2:00 PM - 6:00 PM", (at(14), at(18))),
        ("from 2 to 6pm", (at(14), at(18))),
        ("14:00-18:00", (at(14), at(18))),
        ("10-2pm", (at(10), at(14))),
        ("9-12pm", (at(9), at(12))),
        ("11am-1", (at(11), at(13))),
        ("9pm-1am", (at(21), at(1))),
        ("2-6 paid", (either(2), either(6))),
        ("2:30-6:00", (either(2, 30), either(6))),
        ("was 2-6pm, now 3-7pm", (at(15), at(19))),
        ("Bar open 3-5pm", None),
        ("Guests: 6-8", None),
        ("619-555-0144", None),
        ("ages 8-11", None),
    ],
)
def test_the_hours_a_text_claims_are_found(text: str, hours: tuple[ClockTime, ClockTime] | None) -> None:
    assert read_description(text).hours == hours


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("+1-619-555-0001", "+16195550001"),
        ("call (858) 555-0177", "+18585550177"),
        ("Phone: 1 619 555 0001", "+16195550001"),
        ("6195550001", "+16195550001"),
        ("UK +44 20 7946 0958", "+442079460958"),
        ("Gene 619-555-0190 (captain)", None),
        ("Captain: Gene 619-555-0190", None),
        ("Captain: Gene 619-555-0190; guest 619-555-0001", "+16195550001"),
        ("JADA office: 619-555-0100", None),
        ("619-555-0100 (office)", None),
        ("order 1234567890123", None),
        ("555-0144", None),
        ("Or dial: (US) +1 619-555-8901 PIN: 123456789#", None),
        ("2026-05-30 14:00", None),
    ],
)
def test_the_guests_telephone_is_found(text: str, phone: str | None) -> None:
    assert read_description(text).phone == phone


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("Quinn.O'Brien+sail@Mail.Example.co.uk", "quinn.o'brien+sail@mail.example.co.uk"),
        ("e-mail: quinn@example.com.", "quinn@example.com"),
        ("office@sailjada.com", None),
        ("noreply@boatsetter.com", None),
        ("quinn@example", None),
        ("Captain: Gene gene@example.com", None),
    ],
)
def test_the_guests_address_is_found(text: str, email: str | None) -> None:
    assert read_description(text).email == email


@pytest.mark.parametrize(
    ("text", "platform", "code"),
    [
        ("Boatsetter XHQGMDH", "boatsetter", "XHQGMDH"),
        ("Boatsetter booking #XHQGMDH", "boatsetter", "XHQGMDH"),
        ("via Boatsetter, confirmation code: XHQGMDH", "boatsetter", "XHQGMDH"),
        ("GetMyBoat GMB-48213", "getmyboat", "GMB-48213"),
        ("gmb-48213", "getmyboat", "GMB-48213"),
        ("Get My Boat 48213A", "getmyboat", "48213A"),
        ("Conf. code QPLMNTR", "", "QPLMNTR"),
        ("confirmation #ABC123", "", "ABC123"),
        ("Confirmation #abc123", "", "ABC123"),
        ("confirmation sent", "", None),
        ("Boatsetter PAID", "boatsetter", None),
        ("BOATSETTER BOOKING", "boatsetter", None),
        ("confirmed", "", None),
        ("booking 2026-05-30", "", None),
    ],
)
def test_platform_and_confirmation_code_are_found(text: str, platform: str, code: str | None) -> None:
    description = read_description(text)
    assert (description.platform, description.confirmation_code) == (platform, code)


@pytest.mark.parametrize(
    ("text", "minors"),
    [
        ("Quinn Jr. is 16", True),
        ("two children under 10", True),
        ("her 15 year old son", True),
        ("guardian to sign", True),
        ("no minors", False),
        ("no kids, adults only", False),
        ("Linh is 40", False),
        ("baby shower", False),
    ],
)
def test_minors_are_noticed(text: str, minors: bool) -> None:
    assert read_description(text).minors is minors


@pytest.mark.parametrize(
    ("clock", "start", "expected"),
    [
        (at(13, 45), (2026, 5, 30, 14, 0), (2026, 5, 30, 13, 45)),
        (either(11, 45), (2026, 6, 27, 12, 0), (2026, 6, 27, 11, 45)),
        (either(5), (2026, 6, 5, 17, 30), (2026, 6, 5, 17, 0)),
        (either(8, 40), (2026, 6, 7, 9, 0), (2026, 6, 7, 8, 40)),
        (either(12, 45), (2026, 6, 7, 13, 0), (2026, 6, 7, 12, 45)),
        (either(2), (2026, 6, 7, 14, 0), (2026, 6, 7, 14, 0)),
        (at(23, 45), (2026, 6, 7, 0, 30), (2026, 6, 6, 23, 45)),
        (either(11, 45), (2026, 6, 7, 0, 30), (2026, 6, 6, 23, 45)),
        (at(19), (2026, 5, 30, 18, 30), (2026, 5, 30, 19, 0)),
        (either(2, 45), (2026, 5, 30, 14, 0), (2026, 5, 30, 14, 45)),
        (at(2, 30), (2026, 3, 8, 4, 0), (2026, 3, 8, 3, 30)),
    ],
)
def test_a_clock_time_finds_its_day_and_half(
    clock: ClockTime, start: tuple[int, int, int, int, int], expected: tuple[int, int, int, int, int]
) -> None:
    found = resolve(clock, datetime(*start, tzinfo=SAN_DIEGO))
    assert found.isoformat() == datetime(*expected, tzinfo=SAN_DIEGO).isoformat()


@pytest.mark.parametrize(
    ("hours", "disagree"),
    [
        ((at(14), at(18)), False),
        ((either(2), either(6)), False),
        ((at(15), at(19)), True),
        ((at(14), at(18, 30)), True),
        ((at(2), at(6)), True),
        ((either(3), either(7)), True),
    ],
)
def test_hours_are_compared_with_the_events_own(hours: tuple[ClockTime, ClockTime], disagree: bool) -> None:
    starts_at = datetime(2026, 5, 30, 14, tzinfo=SAN_DIEGO)
    ends_at = datetime(2026, 5, 30, 18, tzinfo=SAN_DIEGO)
    assert hours_disagree(hours, starts_at, ends_at) is disagree


def test_only_the_beginning_of_an_endless_description_is_read() -> None:
    text = "Captain: Gene\n" + "x" * DESCRIPTION_LIMIT + "\nMate: Sam"
    assert read_description(text).crew == ()


def test_letters_that_only_look_alike_are_no_words_of_ours() -> None:
    text = "party of sıx, ſix guests, mıdnight arrival, Kids"
    assert read_description(text).guest_count is None
