"""The one place that says what time it is, so that a test can move it. Leases use the database's clock instead."""

from datetime import datetime

from django.utils import timezone

_stopped_at: datetime | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _stopped_at or timezone.now()


def stop_at(moment: datetime | None) -> None:
    """For tests and rehearsals: `now` stands still at this aware moment, in every thread; None lets it run again."""
    global _stopped_at
    _stopped_at = moment
