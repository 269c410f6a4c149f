"""One look at a calendar: through Google's API, through its iCal feed, or through the feed because the API failed."""

from dataclasses import dataclass, field
from typing import Any

from charters.calendars import ical
from charters.calendars.feed import FeedError
from charters.calendars.google import calendar_api, patience
from charters.calendars.google.calendar_api import ReconnectNeeded
from charters.models import Calendar
from jada.core.errors import AdapterError

INSTEAD = "Its iCal feed was read instead."
NOR = "Nor could its iCal feed be read: {}"


@dataclass(slots=True)
class Seen:
    """One calendar as just read: neither `answer` nor `content` when nothing changed since the last good read.

    `error` says why it could not be read at all, `trouble` why not in the way it should. `patience` are the columns
    that say when Google may be asked again (`charters.calendars.google.patience`).
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
    patience: dict[str, Any] = field(default_factory=dict)

    def nor_the_feed(self, reason: str) -> str:
        """Why nothing could be read, when it is the feed that cannot be understood."""
        google = self.trouble.removesuffix(INSTEAD).strip()
        return f"{google} {NOR.format(reason)}" if google else reason

    @property
    def read_from(self) -> str:
        """What was asked in the end."""
        return Calendar.Source.GOOGLE if self.answer is not None else Calendar.Source.ICAL


def look(calendar: Calendar, fence: int | None, *, by_hand: bool = False) -> Seen:
    """Read a calendar: no transaction, 100 seconds at most. Never raises over what a server does.

    Google is left alone while it must be, and the feed is read meanwhile; `by_hand` somebody waits for the answer.
    """
    if not calendar.google_id:
        return _through_feed(calendar, fence)
    kept: dict[str, Any] = {}
    error = patience.why_not_now(calendar, by_hand=by_hand)
    if error is None:
        try:
            answer = calendar_api.read(calendar.google_id, sync_token=calendar.sync_token)
        except AdapterError as failure:
            error, kept = failure, patience.after(calendar, failure)
        else:
            return Seen(calendar, fence, answer=answer, patience=patience.WELL)
    said, needs_login = str(error), isinstance(error, ReconnectNeeded)
    if not calendar.ical_address:
        return Seen(calendar, fence, error=said, needs_login=needs_login, patience=kept)
    seen = _through_feed(calendar, fence)
    seen.needs_login, seen.patience = needs_login, kept
    if seen.error:
        seen.error = f"{said} {NOR.format(seen.error)}"
    else:
        seen.trouble = f"{said} {INSTEAD}"
    return seen


def _through_feed(calendar: Calendar, fence: int | None) -> Seen:
    try:
        answer = ical.read(calendar)
    except (FeedError, AdapterError) as error:
        return Seen(calendar, fence, error=str(error))
    return Seen(calendar, fence, content=answer.content, etag=answer.etag, last_modified=answer.last_modified)
