"""A run as it was kept, for those who show it."""

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from jada.core.models import Run, StoredChange

MOST_CHANGES_A_LAYER = 200


def changes_of(run: Run) -> "QuerySet[StoredChange]":
    """Its changes in the order they were found, so many of each layer; one query."""
    place = Window(RowNumber(), partition_by=F("layer"), order_by="pk")
    return run.changes.annotate(place=place).filter(place__lte=MOST_CHANGES_A_LAYER).order_by("pk")


def seconds(run: Run) -> float:
    """How long it took as a whole."""
    return (run.finished_at - run.started_at).total_seconds()
