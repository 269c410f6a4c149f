"""Bookings as a platform's own export has them: matched to a charter by code, then by guest and hours, else entered.

What a booking says is kept whole in `Charter.booking_facts`; which of it is in force is for
`charters.calendars.facts` to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from django.db.models import F

from charters.adding import first_vessel, made_uid
from charters.bookings.trips import bearing_code, code_of, platform_of
from charters.calendars.adoption import lock_making
from charters.calendars.merge import create_without_calendar, reapply
from charters.calendars.reading import Directory
from charters.calendars.text.titles import NOT_CHARTERS, read_title
from charters.models import Charter
from charters.same_trip import same_guest
from jada.core.bell import ring

Platform = Literal["boatsetter", "getmyboat"]
CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"


@dataclass(frozen=True, slots=True)
class PushedBooking:
    """One booking: moments are aware, the phone number E.164; '' and None where the platform does not say."""

    confirmation_code: str
    title: str
    starts_at: datetime
    ends_at: datetime
    guest_name: str = ""
    guest_email: str = ""
    guest_phone: str = ""
    guest_count: int | None = None


def sync_platform(platform: Platform, bookings: Sequence[PushedBooking]) -> dict[str, int]:
    """Bring our charters in line with a platform's bookings, inside a transaction; {created, updated, unchanged}.

    A booking is never taken back by its absence, a cancelled charter is not revived, and the facts of a trip that
    has departed stay as they are.
    """
    lock_making()
    directory = Directory.load()
    counts = dict.fromkeys((CREATED, UPDATED, UNCHANGED), 0)
    touched: list[int] = []
    for booking in bookings:
        charter = _known(platform, booking) or _alike(booking)
        facts = _facts(platform, booking)
        if charter is None:
            touched.append(_create(platform, booking, facts, directory))
            counts[CREATED] += 1
        elif charter.has_departed or charter.booking_facts == facts:
            counts[UNCHANGED] += 1
        else:
            Charter.objects.filter(pk=charter.pk).update(booking_facts=facts)
            reapply(charter, directory=directory)
            touched.append(charter.pk)
            counts[UPDATED] += 1
    if touched:
        ring(charters=touched)
    return counts


def _facts(platform: Platform, booking: PushedBooking) -> dict[str, Any]:
    """By the names of `Charter.calendar_facts`; a booking is a trip with guests, whatever its title says."""
    title = read_title(booking.title)
    return {
        "title": booking.title,
        "event_type": "private" if title.event_type in NOT_CHARTERS else title.event_type,
        "party": title.party or booking.guest_name[:80],
        "starts_at": booking.starts_at.astimezone(UTC).isoformat(),
        "ends_at": booking.ends_at.astimezone(UTC).isoformat(),
        "guest_name": booking.guest_name or title.party,
        "guest_email": booking.guest_email,
        "guest_phone": booking.guest_phone,
        "guest_count": booking.guest_count,
        "platform": platform,
        "confirmation_code": booking.confirmation_code,
    }


def _create(platform: Platform, booking: PushedBooking, facts: dict[str, Any], directory: Directory) -> int:
    return create_without_calendar(
        vessel=first_vessel(),
        uid=made_uid("booking", platform, booking.confirmation_code),
        slug=read_title(booking.title).slug,
        directory=directory,
        booking=facts,
    )


def _known(platform: Platform, booking: PushedBooking) -> Charter | None:
    """By its confirmation code, which the calendar's text or an earlier booking names.

    One that is in a calendar comes before one that was entered because it was not there yet, a later one first.
    """
    found = bearing_code(booking.confirmation_code).order_by(F("calendar").asc(nulls_last=True), "-starts_at")
    return next((each for each in found if platform_of(each) in ("", platform)), None)


def _alike(booking: PushedBooking) -> Charter | None:
    """The one charter under way in these hours whose guest has this name and that no other code claims."""
    meanwhile = Charter.objects.charters().active().filter(starts_at__lt=booking.ends_at, ends_at__gt=booking.starts_at)
    found = [each for each in meanwhile if not code_of(each) and _of_this_guest(each, booking)]
    return found[0] if len(found) == 1 else None


def _of_this_guest(charter: Charter, booking: PushedBooking) -> bool:
    theirs = booking.guest_name or read_title(booking.title).party
    return same_guest(charter.guest_name or charter.party, theirs)
