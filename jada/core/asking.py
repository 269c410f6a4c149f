"""Looks that somebody asks for in the admin: asked in a row, carried out by a worker, read back from the row.

A look reads calendars and public addresses and may take minutes, so no request waits for it. The row says what is to be
done and the task carries its key alone (docs/architecture.md, rule 1): without a broker the sweep finds it, and a
worker that dies leaves a lease that runs out.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from jada.core import locks
from jada.core.bell import DEAD
from jada.core.clock import now
from jada.core.models import AskedLook, Run
from jada.core.reconcile import Change, Report, Scope, plan, reconcile

logger = logging.getLogger(__name__)

# Longer than a layer may be silent: two minutes of Google, ten seconds of a feed. Progress renews it.
LEASE = timedelta(seconds=300)
RENEW_EVERY = 1.0  # seconds
# A look that was begun so often and never ended is not begun again.
MOST_TRIES = 3
# A plan is worth reading for so long; then the world has moved on.
FRESH = timedelta(minutes=10)
# The sweep leaves a look to the workers for so long.
WORKERS_FIRST = timedelta(seconds=10)
MOST_CHANGES_A_LAYER = 200
NEVER_ENDED = f"It was begun {MOST_TRIES} times and never came to an end. The worker's log may say why."
UNEXPECTED = "An unexpected error; the log has it whole."
KEPT = ("layer", "charter", "field", "expected", "actual", "action", "state", "reason")


def ask(
    *, kind: AskedLook.Kind, by: User | None, charter: str = "", charter_key: int | None = None
) -> tuple[AskedLook, bool]:
    """Ask for a look at one charter (its reference and primary key), or at everything: (the look, whether it is new).

    While one is open about the same, of whichever kind, it is the answer. What ended before is forgotten.
    """
    with transaction.atomic():
        look, new = AskedLook.objects.get_or_create(
            charter=charter,
            ended_at=None,
            defaults={"kind": kind, "charter_key": charter_key, "asked_by": by, "asked_at": now()},
        )
        AskedLook.objects.filter(charter=charter, ended_at__isnull=False).delete()
        transaction.on_commit(lambda: _ring(look.pk), robust=True)
    return look, new


def latest(charter: str = "") -> AskedLook | None:
    """The look at this charter, or at everything, that is under way or ended within `FRESH`."""
    looks = AskedLook.objects.filter(charter=charter).select_related("asked_by", "run")
    return looks.exclude(ended_at__lt=now() - FRESH).first()


def carry_out(key: int) -> None:
    """Carry one out, unless it ended or another worker is at it. Its result is written under our claim."""
    open_looks = AskedLook.objects.filter(pk=key, ended_at=None)
    with transaction.atomic():
        fence = locks.claim(open_looks, seconds=int(LEASE.total_seconds())).get(key)
    if fence is None:
        return
    look = open_looks.get()
    ours = locks.held(open_looks, key, fence)
    if fence > MOST_TRIES:
        _end(ours, trouble=NEVER_ENDED)
        return
    try:
        _carry_out(look, ours)
    except Exception:  # the outermost loop: whoever asked is told that there will be no answer
        logger.exception("The look %s failed.", key)
        _end(ours, trouble=UNEXPECTED)


def carry_out_waiting() -> None:
    """For the sweep: what no worker has taken up, or has died over."""
    waiting = AskedLook.objects.filter(ended_at=None, asked_at__lt=now() - WORKERS_FIRST)
    for key in waiting.exclude(lease_until__gte=Now()).values_list("pk", flat=True):
        carry_out(key)


@shared_task(name="jada.core.asking.asked")
def asked(key: int) -> None:
    """The bell's end: carry out the look of this primary key."""
    carry_out(key)


def changes_in(look: AskedLook) -> list[Change]:
    """What a plan found: so many of each layer as were kept."""
    return [Change(**row) for row in look.report.get("changes", ())]


def _carry_out(look: AskedLook, ours: "models.QuerySet[AskedLook]") -> None:
    charters = None if look.charter_key is None else frozenset([look.charter_key])
    if look.kind == AskedLook.Kind.PLAN:
        # As `reconcile --plan` looks; nothing is written or waited for, so nobody is kept from their work.
        _end(ours, report=_kept(plan(Scope(charters=charters, audit=True, by_hand=True, progress=_Progress(ours)))))
        return
    # Of one charter the calendar is read too (by hand), or what the plan showed of it would stay undone.
    done = reconcile(Scope(charters=charters, audit=True, by_hand=charters is not None, progress=_Progress(ours)))
    assert done.run  # an audit always leaves one
    run = Run.objects.get(pk=done.run)
    run.asked_by, run.about = look.asked_by, look.charter
    run.save(update_fields=["asked_by", "about"])
    _end(ours, run=run)


def _end(ours: "models.QuerySet[AskedLook]", **result: Any) -> None:
    ours.update(ended_at=now(), lease_until=None, **result)


def _kept(report: Report) -> dict[str, Any]:
    return {
        "changes": [{name: getattr(change, name) for name in KEPT} for change in _first(report.changes)],
        "summary": report.summary(),
        "failures": report.failures,
        "durations": report.durations,
    }


def _first(changes: Iterable[Change]) -> Iterable[Change]:
    """So many of each layer; those that need a person before those that mend themselves."""
    seen: Counter[str] = Counter()
    for change in sorted(changes, key=lambda change: change.state not in {"failed", "held"}):
        seen[change.layer] += 1
        if seen[change.layer] <= MOST_CHANGES_A_LAYER:
            yield change


class _Progress:
    """Writes down how far a layer is, about once a second, and keeps the lease alive with it."""

    def __init__(self, ours: "models.QuerySet[AskedLook]") -> None:
        self._ours = ours
        self._told_at = 0.0

    def __call__(self, layer: str, done: int, total: int) -> None:
        if time.monotonic() - self._told_at < RENEW_EVERY:
            return
        self._told_at = time.monotonic()
        self._ours.update(progress={"layer": layer, "done": done, "total": total}, lease_until=Now() + LEASE)


def _ring(key: int) -> None:
    try:
        asked.apply_async(args=(key,), retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        logger.warning(DEAD, type(error).__name__)
