"""Old runs and looks are forgotten, a few at a time: an audit, so at the latest the nightly one, begins each clean."""

from datetime import timedelta

from django.db import transaction

from jada.core.clock import now
from jada.core.models import AskedLook, Run

# A trip is booked a year ahead at most, and its timeline is made of these.
KEEP_RUNS = timedelta(days=400)
# What a plan found is out of date in minutes, and names guests.
KEEP_LOOKS = timedelta(days=1)
# Small transactions, and no night in which nothing else is done: what is left over goes at the next audit.
BATCH = 100
MOST_BATCHES = 50


def forget_old() -> int:
    """Delete runs older than `KEEP_RUNS` with their changes, and looks that ended a day ago; returns how many runs."""
    AskedLook.objects.filter(ended_at__lt=now() - KEEP_LOOKS).delete()
    old = Run.objects.filter(started_at__lt=now() - KEEP_RUNS).order_by("started_at")
    forgotten = 0
    for _ in range(MOST_BATCHES):
        with transaction.atomic():
            keys = list(old.values_list("pk", flat=True)[:BATCH])
            Run.objects.filter(pk__in=keys).delete()
        forgotten += len(keys)
        if len(keys) < BATCH:
            break
    return forgotten
