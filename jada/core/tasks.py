"""What a ring and the clock set in motion. Each task may run twice, or not at all: the rows say what is to be done."""

from celery import shared_task

from jada.core import bell
from jada.core.reconcile import Scope, reconcile


@shared_task(name="jada.core.tasks.look")
def look(charters: list[int] | None = None) -> None:
    """A quick look: at these charters, or, when none are named, at everything, calendars included."""
    if not charters:
        bell.heard()  # before anything is read
    reconcile(Scope(charters=frozenset(charters) if charters else None))


@shared_task(name="jada.core.tasks.audit")
def audit() -> None:
    """The nightly audit: bucket and public addresses too."""
    reconcile(Scope(audit=True))
