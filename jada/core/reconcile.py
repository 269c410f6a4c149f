"""The engine: every layer compares what should be with what is, and the difference is a plan, applied and verified.

A layer is walked in three steps (docs/architecture.md, rule 2: claim, commit, call, settle):

1. `observe`: the network is read, outside any transaction;
2. `plan`: one short transaction compares, writes what lives in the database alone, and claims the rest;
3. `carry_out`: after the commit the network is called and each result settled under its claim.

`--plan` runs the same `observe` and `plan` for all layers in one transaction that is rolled back, with
`assume` in the place of `carry_out`, so that a layer sees the consequences of the ones above it.
"""

import json
import logging
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any, Protocol

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from jada.core import bulk
from jada.core.clock import now
from jada.core.errors import JadaError
from jada.core.forgetting import forget_old
from jada.core.models import Run, StoredChange

logger = logging.getLogger(__name__)

CREATE, UPDATE, DELETE, SEND = "create", "update", "delete", "send"
PLANNED, APPLIED, HELD, FAILED = "planned", "applied", "held", "failed"
# A layer is walked again while its last walk did something and something is left (a fact that changed meanwhile).
ROUNDS = 200
# How long `reconcile` by hand waits for rows that another worker is at, in seconds.
WAIT_FOR_OTHERS = 30.0


@dataclass(slots=True)
class Change:
    """One difference between what should be (`expected`) and what is (`actual`), JSON values both."""

    layer: str
    charter: str
    field: str
    expected: Any
    actual: Any
    action: str
    state: str = PLANNED
    reason: str = ""
    # The layer's own handle on its work; of no meaning to others.
    work: Any = None
    # Another worker holds the row: it, not we, will carry this out.
    busy: bool = False

    def as_json(self) -> dict[str, Any]:
        """The change as `reconcile --json` prints it."""
        return {
            "layer": self.layer,
            "charter": self.charter,
            "field": self.field,
            "expected": self.expected,
            "actual": self.actual,
            "action": self.action,
            "state": self.state,
        }


@dataclass(frozen=True, slots=True)
class Scope:
    """What to look at, and how closely.

    `charters`: primary keys, or None for all. `layers`: names, or None for all. `audit`: ask the bucket and the public
    addresses too. `dry`: plan only. `by_hand`: somebody waits for the result, so wait for other workers' rows.
    """

    charters: frozenset[int] | None = None
    layers: frozenset[str] | None = None
    audit: bool = False
    dry: bool = False
    by_hand: bool = False
    progress: "Progress" = field(default=lambda layer, done, total: None)


class Progress(Protocol):
    """Told how far a layer is, for a progress bar."""

    def __call__(self, layer: str, done: int, total: int) -> None: ...


class Layer(Protocol):
    """One step of the pipeline; the module's docstring says when each part runs."""

    name: str

    def observe(self, scope: Scope) -> Any:
        """Read the world outside (no transaction, no write but a lease); what comes back goes to `plan`."""

    def plan(self, scope: Scope, seen: Any) -> list[Change]:
        """Compare, inside a transaction; write what lives in the database alone, claim the rest unless `scope.dry`.

        `seen` is None when the layer is walked again in one run: the world outside was read already.
        """

    def assume(self, scope: Scope, changes: list[Change]) -> None:
        """Record the changes as if carried out, for the layers below to see (rolled back afterwards)."""

    def carry_out(self, scope: Scope, changes: list[Change]) -> None:
        """Do what was claimed, settle it, and set each change's `state` and `reason`."""


@dataclass(slots=True)
class Report:
    """What a run saw and did."""

    changes: list[Change]
    layers: list[str]
    failures: dict[str, str] = field(default_factory=dict)
    # How long each layer took, in seconds, and the primary key of the run that was kept, if one was.
    durations: dict[str, float] = field(default_factory=dict)
    run: int | None = None

    def summary(self) -> dict[str, dict[str, int]]:
        """{layer: {planned, applied, held, failed}}."""
        counts = {name: dict.fromkeys((PLANNED, APPLIED, HELD, FAILED), 0) for name in self.layers}
        for change in self.changes:
            counts[change.layer][change.state] += 1
        return counts

    def broke(self, layer: str, reason: str) -> None:
        """The layer itself failed: a change like any other, so that every reader of the report sees why."""
        self.failures[layer] = reason
        self.changes.append(Change(layer, "", "layer", "working", reason, UPDATE, FAILED, reason))

    @property
    def exit_code(self) -> int:
        """0: nothing left to do; 2: changes are planned or held; 1: a layer failed (shared by every caller)."""
        states = {change.state for change in self.changes}
        if self.failures or FAILED in states:
            return 1
        return 2 if states & {PLANNED, HELD} else 0


@cache
def _layers(paths: tuple[str, ...]) -> list[Layer]:
    return [import_string(path)() for path in paths]


def layers(scope: Scope | None = None) -> list[Layer]:
    """The pipeline of `settings.RECONCILE_LAYERS`, top to bottom, narrowed to the scope's layers."""
    every = _layers(tuple(settings.RECONCILE_LAYERS))
    return [layer for layer in every if scope is None or scope.layers is None or layer.name in scope.layers]


def plan(scope: Scope) -> Report:
    """What every layer would change, the consequences further down included; changes nothing."""
    scope = replace(scope, dry=True)
    report = Report([], [layer.name for layer in layers(scope)])
    seen: dict[str, Any] = {}
    for layer in layers(scope):
        _guarded(report, layer, partial(_observe, seen, layer, scope))
    with transaction.atomic():
        for layer in layers(scope):
            if layer.name in seen:
                _guarded(report, layer, partial(_assume, report, layer, scope, seen[layer.name]))
        transaction.set_rollback(True)
    for change in report.changes:
        if change.state == APPLIED:
            change.state = PLANNED
    return report


def reconcile(scope: Scope) -> Report:
    """Walk every layer: compare, apply, verify. A failure in one layer is held there; the others go on."""
    started = now()
    report = Report([], [layer.name for layer in layers(scope)])
    for layer in layers(scope):
        _guarded(report, layer, partial(_walk, report, layer, scope))
    _remember(report, scope, started)
    return report


def _guarded(report: Report, layer: Layer, step: Callable[[], None]) -> None:
    began = time.monotonic()
    try:
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            step()
    except JadaError as error:
        report.broke(layer.name, str(error))
        logger.warning("The layer %s failed: %s", layer.name, error)
    except Exception:  # the outermost loop: one layer's fault must not stop the others
        report.broke(layer.name, "An unexpected error; the log has it whole.")
        logger.exception("The layer %s failed.", layer.name)
    finally:
        took = report.durations.get(layer.name, 0.0) + time.monotonic() - began
        report.durations[layer.name] = round(took, 3)


def _observe(seen: dict[str, Any], layer: Layer, scope: Scope) -> None:
    seen[layer.name] = layer.observe(scope)


def _assume(report: Report, layer: Layer, scope: Scope, seen: Any) -> None:
    changes = layer.plan(scope, seen)
    layer.assume(scope, [change for change in changes if change.state == PLANNED])
    report.changes += changes


def _walk(report: Report, layer: Layer, scope: Scope) -> None:
    seen = layer.observe(scope)
    left: set[tuple[str, str]] = set()  # what we could not settle: seen once, not tried again in this run
    patience = time.monotonic() + WAIT_FOR_OTHERS
    for _ in range(ROUNDS):
        with transaction.atomic():
            changes = layer.plan(scope, seen)
        seen = None
        ours = [change for change in changes if not change.busy and (change.charter, change.field) not in left]
        layer.carry_out(scope, [change for change in ours if change.state == PLANNED])
        report.changes += ours
        left |= {(change.charter, change.field) for change in ours if change.state != APPLIED}
        if any(change.state == APPLIED for change in ours):
            continue
        if not (scope.by_hand and any(change.busy for change in changes) and time.monotonic() < patience):
            return
        time.sleep(0.1)


def _remember(report: Report, scope: Scope, started: Any) -> None:
    """Keep the run and its changes; a quick look that found nothing, or nothing new to do, leaves no trace."""
    if not scope.audit and (not report.changes or _is_the_last_again(report)):
        return
    with transaction.atomic():
        run = Run.objects.create(
            started_at=started,
            finished_at=now(),
            depth=Run.Depth.AUDIT if scope.audit else Run.Depth.QUICK,
            summary=report.summary() | ({"failures": report.failures} if report.failures else {}),
            failed=report.exit_code == 1,
            durations=report.durations,
        )
        bulk.copy_in(StoredChange, STORED, _stored(run, report.changes))
    report.run = run.pk
    if scope.audit:
        forget_old()


def _is_the_last_again(report: Report) -> bool:
    """What waits for a person is found every few seconds: that is the last run still."""
    if len(report.changes) > MOST_COMPARED or any(change.state == APPLIED for change in report.changes):
        return False
    last = Run.objects.order_by("-started_at").first()
    if last is None or last.depth != Run.Depth.QUICK:
        return False
    found = [{name: getattr(change, name) for name in STORED[1:]} for change in report.changes]
    kept = last.changes.values(*STORED[1:])[: MOST_COMPARED + 1]
    if sorted(json.dumps(each, sort_keys=True) for each in found) != sorted(
        json.dumps(each, sort_keys=True) for each in kept
    ):
        return False
    Run.objects.filter(pk=last.pk).update(again_at=now())
    report.run = last.pk
    return True


MOST_COMPARED = 200
STORED = ("run_id", "layer", "charter", "field", "expected", "actual", "action", "state", "reason")


def _stored(run: Run, changes: Iterable[Change]) -> Iterable[tuple[Any, ...]]:
    for change in changes:
        yield (
            run.pk,
            change.layer,
            change.charter,
            change.field,
            bulk.as_json(change.expected),
            bulk.as_json(change.actual),
            change.action,
            change.state,
            change.reason,
        )
