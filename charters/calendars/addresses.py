"""What a person may give as a calendar: checked once, for the command line and the admin alike."""

from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from jada.core.errors import JadaError

LONGEST = 500


class CalendarRefused(JadaError):  # noqa: N818 reads as what happened
    """It cannot be a calendar's; the text says why."""


def checked_address(address: str) -> str:
    """The address of an iCal feed: https, plain http only where private hosts are allowed (docs/operations.md).

    Raises CalendarRefused, whose text never repeats the address: it is a secret.
    """
    address = address.strip()
    try:
        parts = urlsplit(address)
        schemes = {"https", "http"} if settings.ALLOW_PRIVATE_CALENDAR_HOSTS else {"https"}
        usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or len(address) > LONGEST:
        raise CalendarRefused("it must be an address that begins with https://.")
    return address


def checked_zone(name: str) -> str:
    """A time zone's name, such as America/Los_Angeles. Raises CalendarRefused."""
    try:
        return ZoneInfo(name.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CalendarRefused(f"“{name}” is no time zone, such as America/Los_Angeles.") from error
