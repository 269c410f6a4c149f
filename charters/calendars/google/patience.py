"""When Google may be asked again about one calendar or mailbox: what it wished, what failed, which login it refused.

The row remembers (`charters.models.asking`), so that every worker, push and look by hand knows
(developers.google.com/calendar/api/guides/errors). A wish of Google's (Retry-After, RFC 9110, section 10.2.3) binds
everybody. Our own pause after failures grows from look to look; whoever looks by hand may try after the first failure
at once, and then once a minute. A refused login waits for another one, or for somebody who tries by hand.
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from charters.calendars.google.credentials import (
    LOGIN_GONE,
    NOT_BELIEVED,
    REFUSALS,
    SERVICE,
    ReconnectNeeded,
    login_in_force,
)
from charters.models import Calendar, Mailbox
from charters.pages.words import clock, day
from jada.core.clock import now
from jada.core.errors import AdapterError

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=10)
BY_HAND = timedelta(minutes=1)
MOST_FAILURES = 1_000  # the pause has long stopped growing
WISHED = "Google asks us to wait until {}."
FAILED_BEFORE = "Google did not answer as it should; it is asked again at {}."

# The columns of a row after an answer: nothing is held against asking again.
WELL: dict[str, Any] = {"not_before": None, "failures": 0, "refused_login": ""}


def why_not_now(row: Calendar | Mailbox, *, by_hand: bool = False) -> AdapterError | None:
    """Why Google is not to be asked about it now, in words; None when it may be. No network.

    A ReconnectNeeded when the login in force is the one that Google refused.
    """
    if row.refused_login and not by_hand and row.refused_login == login_in_force():
        words = (LOGIN_GONE, NOT_BELIEVED, *REFUSALS.values())
        return ReconnectNeeded(next((each for each in words if row.error.startswith(each)), LOGIN_GONE))
    moment, until = now(), row.not_before
    if until is None or until <= moment:
        return None
    if row.failures == 0:
        return AdapterError(WISHED.format(_in_words(until, row)), service=SERVICE)
    if by_hand and (row.failures == 1 or moment >= until - _pause(row.failures) + BY_HAND):
        return None
    return AdapterError(FAILED_BEFORE.format(_in_words(until, row)), service=SERVICE)


def after(row: Calendar | Mailbox, error: AdapterError) -> dict[str, Any]:
    """The columns to keep after a failure: until when nobody asks, and whom Google refused. No network.

    What Google refused for good (a calendar it does not know) is no reason to wait: one question a look finds it so.
    """
    if isinstance(error, ReconnectNeeded):
        return {"refused_login": login_in_force()}
    if error.retry_after:
        return {"not_before": now() + timedelta(seconds=error.retry_after), "failures": 0}
    if error.permanent:
        return {}
    failures = min(row.failures + 1, MOST_FAILURES)
    return {"not_before": now() + _pause(failures), "failures": failures}


def note(calendar_key: int, error: AdapterError) -> None:
    """Keep what Google said to a write: the next look at the calendar respects it. Two queries; no network."""
    calendar = Calendar.objects.filter(pk=calendar_key).first()
    if calendar is not None and (columns := after(calendar, error)):
        Calendar.objects.filter(pk=calendar_key).update(**columns)


def _pause(failures: int) -> timedelta:
    grown: timedelta = FIRST_PAUSE * 2 ** min(failures - 1, 10)
    return min(grown, LONGEST_PAUSE)


def _in_words(until: datetime, row: Calendar | Mailbox) -> str:
    """“5:40 PM”, with its day when that is another; never earlier than meant."""
    zone = ZoneInfo(row.timezone if isinstance(row, Calendar) else settings.TIME_ZONE)
    local = (until + timedelta(seconds=59)).astimezone(zone).replace(second=0, microsecond=0)
    today = now().astimezone(zone).date()
    return clock(local) if local.date() == today else f"{day(local.date())}, {clock(local)}"
