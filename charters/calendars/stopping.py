"""A calendar that the office has read no more: asked nothing, written nothing, its records kept as they are.

Its charters do not vanish, and what they say can still be set by hand. `Calendar.stopped_at` is written here alone.
"""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from charters.calendars.google import push
from charters.models import Calendar
from charters.pages import words
from jada.core.bell import ring, ring_channels
from jada.core.clock import now

# Nobody is to mend what is read no more; whoever reads it at this moment settles nothing.
_AT_REST: dict[str, Any] = {
    "error": "",
    "needs_login": False,
    "push_error": "",
    "fence": F("fence") + 1,
    "lease_until": None,
    "look_again": False,
}


def stop(calendar: Calendar) -> bool:
    """Read it no more, and have Google told to announce nothing; False when that was so already."""
    with transaction.atomic():
        if not Calendar.objects.filter(pk=calendar.pk, stopped_at=None).update(stopped_at=now(), **_AT_REST):
            return False
        push.let_go(calendar)
        ring_channels()
    return True


def resume(calendar: Calendar) -> bool:
    """Take it up again where it was left: what changed meanwhile is found now. False when it is read already."""
    with transaction.atomic():
        stopped = Calendar.objects.filter(pk=calendar.pk, stopped_at__isnull=False)
        if not stopped.update(stopped_at=None, not_before=None, failures=0):
            return False
        ring()
        ring_channels()
    return True


def since(calendar: Calendar) -> str:
    """“Thu 28 May, noon”: from when it was read no more; '' while it is read."""
    if calendar.stopped_at is None:
        return ""
    at = timezone.localtime(calendar.stopped_at)
    return f"{words.day(at.date())}, {words.clock(at)}"


def what_stays(calendar: Calendar) -> str:
    """What becomes of its events, as the answer to `stop`. One query."""
    count = calendar.charters.active().upcoming().count()
    stay = "1 upcoming event stays as it is" if count == 1 else f"{count} upcoming events stay as they are"
    return f"“{calendar.name}” is read no more; its {stay}."
