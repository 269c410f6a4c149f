"""One .eml a style: what each platform's mail says, however it came to us."""

from contextlib import suppress
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charters.bookings.letters import MailUnreadable
from charters.bookings.mail import BookingMail, NotABooking, read_mail
from tests.charters.bookings.samples import letter, mail

HOME = ZoneInfo("America/Los_Angeles")

# (file, platform, kind, code, start, end, vessel, name, e-mail, phone, party)
STYLES: list[tuple[Any, ...]] = [
    (
        "boatsetter-forwarded-jonathan",
        *("boatsetter", "confirmation", "XHQGMDH", (2026, 5, 31, 13, 30), (2026, 5, 31, 17, 30)),
        *("JADA - Classic 1938 Sailing Yacht", "Jonathan Reyes", "jonathan.reyes@example.com", "+16195550142", 6),
    ),
    (
        "boatsetter-html-table",
        *("boatsetter", "confirmation", "BSKQ7731", (2026, 7, 17, 17, 30), (2026, 7, 17, 20, 30)),
        *("JADA", "Taylor Brooks", "taylor.brooks@example.com", "+16195550143", 8),
    ),
    (
        "boatsetter-change",
        *("boatsetter", "change", "XHQGMDH", (2026, 5, 31, 14, 0), (2026, 5, 31, 18, 0)),
        *("", "Jonathan Reyes", "", "", 8),
    ),
    (
        "boatsetter-cancellation",
        *("boatsetter", "cancellation", "XHQGMDH", None, None),
        *("", "Jonathan Reyes", "", "", None),
    ),
    (
        "boatsetter-quoted-apple",
        *("boatsetter", "confirmation", "BS-92KD41", (2026, 6, 20, 11, 0), (2026, 6, 20, 14, 0)),
        *("", "Robin Castillo", "", "+16195550144", 5),
    ),
    (
        "boatsetter-outlook",
        *("boatsetter", "confirmation", "QWNRTZP", (2026, 6, 27, 15, 0), (2026, 6, 27, 19, 0)),
        *("JADA", "Priya Natarajan", "priya.n@example.com", "+16195550145", 10),
    ),
    (
        "boatsetter-attached",
        *("boatsetter", "confirmation", "ZXCVBNM2", (2026, 7, 11, 16, 0), (2026, 7, 11, 18, 30)),
        *("JADA", "Morgan Lee", "", "+16195550146", 12),
    ),
    (
        "boatsetter-nameless",
        *("boatsetter", "confirmation", "NAMEAAA", (2026, 6, 27, 15, 0), (2026, 6, 27, 19, 0)),
        *("JADA", "", "", "", 7),
    ),
    (
        "getmyboat-accepted",
        *("getmyboat", "confirmation", "GMB-20417", (2026, 7, 18, 13, 0), (2026, 7, 18, 17, 0)),
        *("Sunset Sail on JADA", "Chris Okafor", "chris.okafor@example.com", "+16195550147", 9),
    ),
    (
        "getmyboat-forwarded-html",
        *("getmyboat", "confirmation", "GMB-30981", (2026, 6, 27, 10, 0), (2026, 6, 27, 13, 0)),
        *("JADA", "Zoë Muñoz", "", "+442079460958", 4),
    ),
    (
        "getmyboat-change",
        *("getmyboat", "change", "GMB-20417", (2026, 7, 18, 14, 0), (2026, 7, 18, 18, 0)),
        *("", "", "", "", 11),
    ),
    (
        "getmyboat-cancellation",
        *("getmyboat", "cancellation", "GMB-20417", None, None),
        *("", "Chris Okafor", "", "", None),
    ),
    (
        "getmyboat-on-wrote",
        *("getmyboat", "confirmation", "GMB-41102", (2026, 7, 3, 18, 0), (2026, 7, 3, 20, 0)),
        *("", "Dana Kim", "dana.kim@example.com", "+16195550148", 2),
    ),
]


def said(booking: BookingMail) -> tuple[Any, ...]:
    return (
        booking.platform,
        booking.kind,
        booking.confirmation_code,
        booking.starts_at,
        booking.ends_at,
        booking.vessel_words,
        booking.guest_name,
        booking.guest_email,
        booking.guest_phone,
        booking.party,
    )


@pytest.mark.parametrize("style", STYLES, ids=[style[0] for style in STYLES])
def test_each_style_is_read(style: tuple[Any, ...]) -> None:
    name, platform, kind, code, start, end, *rest = style
    moments = [datetime(*each, tzinfo=HOME) if each else None for each in (start, end)]
    assert said(read_mail(mail(name))) == (platform, kind, code, *moments, *rest)


def test_the_forwarded_mail_is_as_old_as_the_platform_sent_it() -> None:
    assert read_mail(mail("boatsetter-forwarded-jonathan")).sent_at == datetime(2026, 5, 12, 9, 14, tzinfo=HOME)


def test_a_guests_message_that_quotes_a_booking_is_no_booking() -> None:
    with pytest.raises(NotABooking):
        read_mail(mail("boatsetter-message"))


@pytest.mark.parametrize(
    "subject",
    ["New booking request from Eve", "You have a new inquiry", "Your payout is on its way", "Leave a review for Eve"],
)
def test_talk_of_what_is_no_booking_yet_is_none(subject: str) -> None:
    with pytest.raises(NotABooking):
        read_mail(letter("Confirmation code: XHQGMDH\nStart: May 31, 2026 1 PM", subject=subject))


def test_an_approved_request_is_a_booking() -> None:
    body = "Confirmation code: XHQGMDH\nStart: May 31, 2026 1 PM"
    assert read_mail(letter(body, subject="Booking request approved")).kind == "confirmation"


def test_help_lines_and_our_own_number_are_no_guests() -> None:
    body = "Confirmation code: XHQGMDH\nSupport: 619-555-0188\nOffice 619-555-0100\nCall us at 888-555-0100"
    assert read_mail(letter(body)).guest_phone == ""


@pytest.mark.parametrize(
    ("written", "start", "end"),
    [
        ("When: Sun, May 31, 2026 2-6pm", (14, 0), (18, 0)),
        ("Date: 5/31/26\nTime: 11 AM to 2 PM", (11, 0), (14, 0)),
        ("Start: 2026-05-31T14:00:00-07:00\nDuration: 3h 30m", (14, 0), (17, 30)),
        ("Start: May 31, 2026 5:00 PM EDT\nEnd: May 31, 2026 9:00 PM EDT", (14, 0), (18, 0)),
        ("Date: Sunday 31st May\nStart time: 2:00 PM\nEnd time: 6:00 PM", (14, 0), (18, 0)),
        ("Old time: May 30, 2026 9 AM\nNew time: May 31, 2026 2:00 PM - 6:00 PM", (14, 0), (18, 0)),
    ],
)
def test_days_and_hours_as_people_write_them(written: str, start: tuple[int, int], end: tuple[int, int]) -> None:
    booking = read_mail(letter(f"Confirmation code: XHQGMDH\n{written}"))
    assert booking.starts_at == datetime(2026, 5, 31, *start, tzinfo=HOME)
    assert booking.ends_at == datetime(2026, 5, 31, *end, tzinfo=HOME)


@pytest.mark.parametrize(
    ("written", "party"),
    [
        ("Guests: 4 adults, 3 children", 7),
        ("Passengers: 4 adults, 3 children", 7),
        ("Guests: 5 adults, 1 child", 6),
        ("5 adults, 1 child", 6),
        ("Guests: 9 (7 adults, 2 children)", 9),
        ("Guests: 4 adults\nChildren: 3", 7),
        ("Adults: 4\nChildren: 3", 7),
        ("Adults\n4\nChildren\n3\nInfants\n1", 8),
        ("Adults (13+): 4\nChildren (2-12): 2\nInfants: 1", 7),
        ("Adults\t4\nKids\t2", 6),
        ("You welcome 4 adults and 2 kids.", 6),
        ("Group size\t8 guests", 8),
        ("Guest: 6", 6),
        ("Party size: 6-8", 8),
        ("Guests: up to 12", 12),
        ("Guests: 4. Guests: 7", 7),
        ("Guests: 9 → 11", 11),
        ("Previous details\nGuests: 6 adults, 2 children\nNew details\nGuests: 4 adults, 1 child", 5),
        ("Number of children: 3", None),
        ("Guests: see the app", None),
    ],
)
def test_everybody_of_the_party_is_counted_children_too(written: str, party: int | None) -> None:
    assert read_mail(letter(f"Confirmation code: XHQGMDH\n{written}")).party == party


def test_a_mail_with_neither_code_nor_time_says_so() -> None:
    with pytest.raises(MailUnreadable, match="Neither a confirmation code nor a time"):
        read_mail(letter("Your booking is confirmed. See the app."))


# -- hostile mails -------------------------------------------------------------------------------------------


def test_a_huge_mail_is_refused() -> None:
    with pytest.raises(MailUnreadable, match="larger than 10 MB"):
        read_mail(letter("x" * 10_500_000))


def test_parts_within_parts_are_bounded() -> None:
    nested = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(500))
    with pytest.raises(MailUnreadable, match="nested too deeply"):
        read_mail(b"From: no-reply@boatsetter.com\n" + nested.encode())


def test_mails_within_mails_are_bounded() -> None:
    inner = "Content-Type: message/rfc822\n\nFrom: a@example.com\n" * 50
    with pytest.raises(MailUnreadable):
        read_mail(b"From: office@sailjada.com\n" + inner.encode() + b"\nBooking confirmed: XHQGMDH")


def test_a_hundred_thousand_parts_are_refused_before_they_are_made() -> None:
    parts = b"From: no-reply@boatsetter.com\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 100_000
    with pytest.raises(MailUnreadable, match="too many parts"):
        read_mail(parts)


@pytest.mark.parametrize("charset", ["nonsense", "unicode_escape", "zlib", "utf-7", "idna", "\x00", "utf-8'en'"])
def test_a_charset_that_is_none_of_text_reads_as_text(charset: str) -> None:
    raw = letter("Confirmation code: XHQGMDH\nRenter: Zoë Muñoz").replace(
        b"charset=utf-8", f"charset={charset}".encode()
    )
    assert read_mail(raw).guest_name == "Zoë Muñoz"


def test_a_line_break_cannot_be_smuggled_in_by_an_encoded_word() -> None:
    subject = "=?utf-8?q?Booking_confirmed:_XHQGMDH=0D=0ABcc:_all@example.com?="
    text = read_mail(letter("Confirmation code: XHQGMDH", subject=subject)).text
    assert text.splitlines()[0] == "Booking confirmed: XHQGMDH Bcc: all@example.com"


def test_a_name_with_markup_or_an_address_is_no_name() -> None:
    assert read_mail(letter("Confirmation code: XHQGMDH\nRenter: <script>alert(1)</script>")).guest_name == ""


def test_what_is_no_mail_says_so() -> None:
    for raw in (b"", b"\x00\xff\x00", b"hello", b"\n\n\n"):
        with pytest.raises(MailUnreadable, match="not an e-mail"):
            read_mail(raw)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["boatsetter-forwarded-jonathan", "boatsetter-attached"]), st.data())
def test_nothing_but_a_refusal_is_ever_raised(noise: bytes, name: str, data: st.DataObject) -> None:
    raw = mail(name)
    at = data.draw(st.integers(0, len(raw)))
    with suppress(MailUnreadable):
        read_mail(raw[:at] + noise + raw[at:])
