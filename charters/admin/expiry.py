"""How a licence or certificate with an end is shown in a list."""

from datetime import date, timedelta

from django.utils import timezone

from charters.pages import words
from jada.core.clock import now

# unfold's labels, by the state.
LABELS = {"over": "danger", "soon": "warning", "good": "success"}

# Renewing takes weeks: so long before the end the list says so.
SOON = timedelta(days=60)


def good_until(last_day: date | None) -> tuple[str, str] | None:
    """(over, soon or good; “Sat 30 May 2026”) of the last day on which it is good, None when nobody has entered it."""
    if last_day is None:
        return None
    today = timezone.localdate(now())
    state = "over" if last_day < today else "soon" if last_day < today + SOON else "good"
    return state, f"{words.day(last_day)} {last_day.year}"
