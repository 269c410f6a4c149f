"""What a person may give as a calendar: checked once, for the command line and the admin alike."""

import re
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from charters.models import Calendar
from jada.core.errors import JadaError
from jada.core.fetch import FetchError, check_host, named

LONGEST = 500
GOOGLE_ID = re.compile(r"[!-~]{1,300}")  # printable ASCII without spaces
SPACE = re.compile(r"[\s\x00-\x1f\x7f]")
LOCAL = re.compile(r"(^|\.)localhost\.?$")  # RFC 6761, section 6.3: always this machine
PUBLIC_FEED = (
    "Anyone can read this feed, and guests' phone numbers are in it: it is the calendar's public address. "
    "Use the secret one, and take the calendar's public access away: Google Calendar › Settings › the calendar › "
    "“Secret address in iCal format”."
)


class CalendarRefused(JadaError):  # noqa: N818 reads as what happened
    """It cannot be a calendar's; the text says why."""


def checked_address(address: str) -> str:
    """The address of an iCal feed: https, plain http only where private hosts are allowed (docs/operations.md).

    Whatever a look would refuse without asking anybody is refused now, in the same words; no network. Raises
    CalendarRefused, whose text never repeats the address: it is a secret.
    """
    address = address.strip()
    private = settings.ALLOW_PRIVATE_CALENDAR_HOSTS
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ({"https", "http"} if private else {"https"}) and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or len(address) > LONGEST:
        raise CalendarRefused("it must be an address that begins with https://.")
    if SPACE.search(address):
        raise CalendarRefused("there is a space in the address.")
    try:
        named(address, private=private)
    except FetchError as error:
        raise CalendarRefused(_within_a_sentence(error)) from error
    if not private and LOCAL.search(parts.hostname or ""):
        raise CalendarRefused("the address lies on a private network.")
    return address


def doubt(address: str) -> str:
    """What stands against a checked address at this moment, '' for nothing: its host may be found later.

    Looks the host's name up; no transaction may be open. Raises CalendarRefused when it leads where no look goes.
    """
    try:
        check_host(address, private=settings.ALLOW_PRIVATE_CALENDAR_HOSTS)
    except FetchError as error:
        if error.permanent:
            raise CalendarRefused(_within_a_sentence(error)) from error
        return str(error)
    return ""


def _within_a_sentence(error: FetchError) -> str:
    words = str(error)
    return words[0].lower() + words[1:]


def checked_google_id(google_id: str, *, besides: Calendar | None = None) -> str:
    """The id of one of Google's calendars, known to no other calendar than `besides`. Raises CalendarRefused."""
    google_id = google_id.strip()
    if not GOOGLE_ID.fullmatch(google_id):
        raise CalendarRefused(
            "it is no calendar's id; Google shows it under Settings › the calendar › Integrate calendar."
        )
    known = Calendar.objects.filter(google_id=google_id).first()
    if known is not None and known != besides:
        raise CalendarRefused(f"“{known.name}” is that calendar already.")
    return google_id


def checked_zone(name: str) -> str:
    """A time zone's name, such as America/Los_Angeles. Raises CalendarRefused."""
    try:
        return ZoneInfo(name.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CalendarRefused(f"“{name}” is no time zone, such as America/Los_Angeles.") from error
