"""A platform's mail becomes a booking: what it says, in our words. Whether it is believed is `trust`'s to say.

Nothing is looked up and nothing is written here. What a person typed (a guest's name, a vessel's words) comes out
on one line, without control characters.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from charters.bookings.boatsetter import BOATSETTER
from charters.bookings.fields import CONFIRMATION, Platform, Stated, kind_of, read_fields
from charters.bookings.forwards import Inner, bare_subject, unwrap
from charters.bookings.getmyboat import GETMYBOAT
from charters.bookings.letters import Letter, MailUnreadable, one_line, open_letter
from charters.bookings.text_lines import html_lines, plain_lines
from charters.contacts import normal_email, normal_phone

PLATFORMS = (BOATSETTER, GETMYBOAT)
BY_SLUG = {platform.slug: platform for platform in PLATFORMS}
_ANY_PLATFORM = re.compile(
    r"[@.](?:" + "|".join(re.escape(domain) for platform in PLATFORMS for domain in platform.domains) + r")$"
)


class NotABooking(MailUnreadable):
    """A mail that can be read and speaks of no booking: a message, a payout, a review."""


@dataclass(frozen=True, slots=True)
class BookingMail:
    """What one mail says. Moments are aware and in the operator's zone; '' and None where it is silent."""

    platform: str
    kind: str
    confirmation_code: str
    starts_at: datetime | None
    ends_at: datetime | None
    vessel_words: str
    guest_name: str
    guest_email: str
    guest_phone: str
    party: int | None
    message_id: str
    sent_at: datetime | None
    text: str = ""

    @property
    def platform_name(self) -> str:
        """“Boatsetter”."""
        return BY_SLUG[self.platform].name

    def facts(self) -> dict[str, Any]:
        """As `BookingMessage.facts` keeps them, moments as ISO text; what the mail leaves open is left out."""
        stated = {
            "starts_at": self.starts_at.isoformat() if self.starts_at else "",
            "ends_at": self.ends_at.isoformat() if self.ends_at else "",
            "guest_name": self.guest_name,
            "guest_email": self.guest_email,
            "guest_phone": self.guest_phone,
            "guest_count": self.party,
            "vessel_words": self.vessel_words,
            "as_of": self.sent_at.isoformat() if self.sent_at else "",
        }
        return {name: value for name, value in stated.items() if value not in (None, "")}


def read_mail(raw: bytes) -> BookingMail:
    """Read one .eml. Raises MailUnreadable, or NotABooking when it is a mail of another kind."""
    return read_letter(open_letter(raw))


def read_letter(letter: Letter) -> BookingMail:
    """Read an opened mail, or the one that it forwards."""
    zone = ZoneInfo(settings.TIME_ZONE)
    direct = platform_of(letter.sender)
    inner = letter
    if direct is None and letter.attached is not None:
        # Forwarded as an attachment: the words above it are the office's.
        inner = letter.attached
    forms = [lines for lines in (plain_lines(inner.plain), html_lines(inner.html)) if any(lines)]
    if not forms:
        raise NotABooking("It has no text.")
    if direct or platform_of(inner.sender):
        insides = [Inner(lines, inner.sender, inner.subject, inner.sent_at) for lines in forms]
    else:
        insides = [unwrap(lines, wanted=_ANY_PLATFORM, zone=zone) for lines in forms]
    platform = direct or _platform_inside(insides, inner)
    subject = bare_subject(next((each.subject for each in insides if each.subject), "") or inner.subject)
    kinds = [kind_of(platform, subject, each.lines) for each in insides]
    sent_at = next((each.sent_at for each in insides if each.sent_at), None) or inner.sent_at or letter.sent_at
    stated = Stated()
    for each in insides:
        stated = stated.or_else(read_fields(platform, each.lines, subject=subject, zone=zone, near=sent_at))
    # A mail with all of a booking in it and no word of what became of it is an itinerary.
    whole = CONFIRMATION if stated.code and stated.starts_at and None not in kinds else ""
    kind = next(filter(None, kinds), "") or whole
    if not kind:
        raise NotABooking(f"“{subject[:80]}” speaks of no booking that is made, changed or cancelled.")
    if not stated.code and stated.starts_at is None:
        raise MailUnreadable(f"Neither a confirmation code nor a time was found in “{subject[:80]}”.")
    return BookingMail(
        platform=platform.slug,
        kind=kind,
        confirmation_code=stated.code[:40],
        starts_at=stated.starts_at,
        ends_at=stated.ends_at,
        vessel_words=one_line(stated.vessel_words)[:200],
        guest_name=one_line(stated.guest_name)[:120],
        guest_email=normal_email(stated.guest_email),
        guest_phone=normal_phone(stated.guest_phone),
        party=stated.party,
        message_id=letter.message_id,
        sent_at=sent_at.astimezone(zone) if sent_at else None,
        text="\n".join([subject, "", *(line.replace("\t", " | ") for line in insides[0].lines)])[:100_000],
    )


def platform_of(address: str) -> Platform | None:
    """The platform that owns the address's domain."""
    return next((platform for platform in PLATFORMS if address and platform.is_its_address(address)), None)


def _platform_inside(insides: list[Inner], letter: Letter) -> Platform:
    for inner in insides:
        if found := platform_of(inner.sender):
            return found
    told = " ".join([letter.subject, *(line for inner in insides for line in inner.lines[:200])])[:50_000]
    named = [platform for platform in PLATFORMS if platform.words.search(told)]
    if len(named) != 1:
        raise NotABooking("It names no platform that we know." if not named else "It names several platforms.")
    return named[0]
