"""A mail comes in, by Gmail, by upload or as a file: opened, judged, read, kept once and given to its trip."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from charters.bookings.letters import Letter, MailUnreadable, open_letter
from charters.bookings.mail import BY_SLUG, BookingMail, NotABooking, platform_of, read_letter
from charters.bookings.match import settle
from charters.bookings.trust import Trust, judge
from charters.models import BookingMessage, Brand
from jada.core.clock import now

BODIES_KEPT = timedelta(days=30)
State = BookingMessage.State


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one mail. `message` is None for a mail that is no booking; `unreadable` asks for a person."""

    message: BookingMessage | None
    new: bool
    words: str
    unreadable: bool = False


def receive(raw: bytes, *, match: bool = True) -> Received:
    """Take one .eml in. The same mail twice changes nothing, but one refused before and believed now is taken anew.

    Without `match` it waits for the next `charters.bookings.match.look_again`, which says what it changed.
    Raises MailUnreadable when it is no mail; NotABooking when it speaks of no booking.
    """
    letter = open_letter(raw)
    trust = judge(letter, office=Brand.objects.exclude(email="").values_list("email", flat=True))
    known = BookingMessage.objects.filter(message_id=letter.message_id).first()
    if known is not None and (known.state != State.REFUSED or not trust.believed):
        return Received(known, False, f"Known already. {in_words(known)}", unreadable=not known.kind)
    booking: BookingMail | None = None
    problem = ""
    try:
        booking = read_letter(letter)
    except NotABooking:
        if trust.believed:
            raise
        raise NotABooking(trust.why) from None
    except MailUnreadable as unreadable:
        problem = str(unreadable)
    return _keep(letter, trust, booking, problem, match=match)


def _keep(letter: Letter, trust: Trust, booking: BookingMail | None, problem: str, *, match: bool) -> Received:
    sender = platform_of(letter.sender)
    columns: dict[str, Any] = {
        "state": State.WAITING if trust.believed else State.REFUSED,
        "reason": (problem if trust.believed and problem else trust.why)[:400],
        "platform": sender.slug if sender else "",
        "received_at": now(),
        "body": "",
    }
    if booking is not None:
        columns |= {
            "platform": booking.platform,
            "kind": booking.kind,
            "code": booking.confirmation_code,
            "facts": booking.facts(),
            "body": booking.text,
        }
    with transaction.atomic():
        message, new = BookingMessage.objects.select_for_update().get_or_create(
            message_id=letter.message_id, defaults=columns
        )
        if not new:
            if message.state != State.REFUSED or not trust.believed:
                return Received(message, False, f"Known already. {in_words(message)}")
            for name, value in columns.items():
                setattr(message, name, value)
            message.save(update_fields=list(columns))
        if match:
            settle(message)
        message.refresh_from_db()
    return Received(message, True, in_words(message), unreadable=booking is None and trust.believed)


def in_words(message: BookingMessage) -> str:
    """“Boatsetter booking XHQGMDH: known to jonathan-sunday-2026-05-31. By the code XHQGMDH.”"""
    name = BY_SLUG[message.platform].name if message.platform in BY_SLUG else "Unknown platform"
    what = " ".join(filter(None, [name, message.get_kind_display() if message.kind else "mail", message.code]))
    trip = message.charter.reference if message.charter else ""
    became = {
        State.WAITING: "waiting for somebody to say which trip it is",
        State.MATCHED: f"known to {trip}",
        State.CANCELLATION_SHOWN: f"shown at {trip} for a person to decide",
        State.REFUSED: "not believed",
    }[State(message.state)]
    return f"{what}: {became}. {message.reason}".strip()


def forget_bodies() -> int:
    """Empty the texts of mails received over thirty days ago; what was read from them stays. Returns how many."""
    return BookingMessage.objects.filter(received_at__lt=now() - BODIES_KEPT).exclude(body="").update(body="")
