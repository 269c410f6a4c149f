"""The one place that says what time it is, so that a test can move it. Leases use the database's clock instead."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return timezone.now()
