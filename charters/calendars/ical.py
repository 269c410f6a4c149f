"""The iCal feed of a calendar, read from its address (fast, cacheable, no login that expires)."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

from charters.calendars.feed import MOST_BYTES, FeedError
from charters.models import Calendar
from jada.core.fetch import Answer, fetch


def read(calendar: Calendar) -> Answer:
    """The feed's bytes, or an Answer without content when it is as it was. Raises FeedError or FetchError."""
    if calendar.ical_address.startswith("file:"):
        return _from_file(calendar.ical_address)
    return fetch(
        calendar.ical_address,
        private=settings.ALLOW_PRIVATE_CALENDAR_HOSTS,
        etag=calendar.etag,
        last_modified=calendar.last_modified,
        seconds=settings.CALENDAR_SECONDS,
    )


def _from_file(address: str) -> Answer:
    """A feed in the demo's folder and nowhere else: the reference weekend, open to an editor."""
    path = Path(unquote(urlsplit(address).path)).resolve()
    if not path.is_relative_to(settings.CALENDAR_FILES.resolve()):
        raise FeedError("A calendar's file must lie in the demo folder.")
    try:
        with path.open("rb") as file:
            return Answer(file.read(MOST_BYTES + 1), "", "")
    except OSError as error:
        raise FeedError("The feed's file cannot be read.") from error
