"""How often a correction that could not be written is tried: when something changed, else after a growing pause.

A write that Google refused, or that somebody was faster than, meets the same refusal a second later. So it is tried
again when the wish, the event's version, our right or the login is another, when somebody looks by hand, or when the
pause is over.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from hashlib import blake2b
from typing import Any

from charters.calendars.google.credentials import login_in_force
from charters.models import Calendar, Correction
from jada.core.clock import now

FIRST_PAUSE = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=1)
MOST_TRIES = 1_000  # the pause has long stopped growing


def attempt(row: Correction, calendar: Calendar, *, etag: str, wished: Mapping[str, Any]) -> str:
    """A digest of all that a try depends on: another one may go differently. One query.

    `etag` is our copy's ('' for none), `wished` the values to be written.
    """
    parts = [etag, row.at.isoformat(), wished, calendar.google_id, calendar.google_role, login_in_force()]
    return blake2b(json.dumps(parts, sort_keys=True, default=str).encode(), digest_size=16).hexdigest()


def too_early(row: Correction, attempted: str, *, by_hand: bool) -> bool:
    """Whether the very same was tried in vain a while ago, and nobody asks for it."""
    return not by_hand and row.tried_as == attempted and row.not_before is not None and now() < row.not_before


def after_hold(row: Correction, attempted: str) -> dict[str, Any]:
    """The columns to keep after a try in vain."""
    tries = min(row.tries + 1, MOST_TRIES) if row.tried_as == attempted else 1
    grown: timedelta = FIRST_PAUSE * 2 ** min(tries - 1, 10)
    return {"tried_as": attempted, "tries": tries, "not_before": now() + min(grown, LONGEST_PAUSE)}
