"""One look at a calendar: through Google's API, through its iCal feed, or through the feed because the API failed."""

from dataclasses import dataclass

from charters.calendars import ical
from charters.calendars.feed import FeedError
from charters.calendars.google import calendar_api
from charters.calendars.google.calendar_api import ReconnectNeeded
from charters.models import Calendar
from jada.core.errors import AdapterError

INSTEAD = "Its iCal feed was read instead."


@dataclass(slots=True)
class Seen:
    """One calendar as just read: neither `answer` nor `content` when nothing changed since the last good read.

    `error` says why it could not be read at all, `trouble` why not in the way it should.
    """

    calendar: Calendar
    fence: int | None
    answer: calendar_api.Answer | None = None
    content: bytes | None = None
    etag: str = ""
    last_modified: str = ""
    error: str = ""
    trouble: str = ""
    needs_login: bool = False

    @property
    def read_from(self) -> str:
        """What was asked in the end."""
        return Calendar.Source.GOOGLE if self.answer is not None else Calendar.Source.ICAL


def look(calendar: Calendar, fence: int | None) -> Seen:
    """Read a calendar: no transaction, 100 seconds at most. Never raises over what a server does."""
    if not calendar.google_id:
        return _through_feed(calendar, fence)
    try:
        answer = calendar_api.read(calendar.google_id, sync_token=calendar.sync_token)
    except AdapterError as error:
        said, needs_login = str(error), isinstance(error, ReconnectNeeded)
        if not calendar.ical_address:
            return Seen(calendar, fence, error=said, needs_login=needs_login)
        seen = _through_feed(calendar, fence)
        seen.needs_login = needs_login
        if seen.error:
            seen.error = f"{said} Nor could its iCal feed be read: {seen.error}"
        else:
            seen.trouble = f"{said} {INSTEAD}"
        return seen
    return Seen(calendar, fence, answer=answer)


def _through_feed(calendar: Calendar, fence: int | None) -> Seen:
    try:
        answer = ical.read(calendar)
    except (FeedError, AdapterError) as error:
        return Seen(calendar, fence, error=str(error))
    return Seen(calendar, fence, content=answer.content, etag=answer.etag, last_modified=answer.last_modified)
