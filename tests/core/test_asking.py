"""Looks that somebody asks for, over a small layer of our own."""

import logging
from typing import Any, ClassVar

import pytest
from django.contrib.auth.models import User

from jada.core import asking
from jada.core.asking import MOST_CHANGES_A_LAYER, UNEXPECTED, ask, carry_out, changes_in, latest
from jada.core.models import AskedLook, Run
from jada.core.reconcile import APPLIED, FAILED, HELD, PLANNED, UPDATE, Change, Scope

pytestmark = pytest.mark.django_db
Kind = AskedLook.Kind


class Script:
    """What the layer finds, and what happens while it looks."""

    name = "first"
    finds: ClassVar[list[Change]] = []
    meanwhile: ClassVar[Any] = None
    scopes: ClassVar[list[Scope]] = []

    def observe(self, scope: Scope) -> None:
        self.scopes.append(scope)
        if Script.meanwhile:
            Script.meanwhile(scope)

    def plan(self, scope: Scope, seen: None) -> list[Change]:
        found, Script.finds = Script.finds, []
        return found

    def assume(self, scope: Scope, changes: list[Change]) -> None:
        """Nothing below."""

    def carry_out(self, scope: Scope, changes: list[Change]) -> None:
        for change in changes:
            change.state = APPLIED


@pytest.fixture(autouse=True)
def script(settings: Any) -> None:
    settings.RECONCILE_LAYERS = [f"{__name__}.Script"]
    Script.finds, Script.meanwhile, Script.scopes = [], None, []


def change(number: int = 1, state: str = PLANNED) -> Change:
    return Change("first", f"quinn-{number}", "starts_at", "15:00", "14:00", UPDATE, state, "why")


def done(kind: Kind, **about: Any) -> AskedLook:
    look, _ = ask(kind=kind, by=None, **about)
    carry_out(look.pk)
    look.refresh_from_db()
    return look


def test_a_plan_is_read_back_as_it_was_found() -> None:
    Script.finds = [change()]
    look = done(Kind.PLAN)
    assert changes_in(look) == [change()]
    assert look.report["summary"] == {"first": {"planned": 1, "applied": 0, "held": 0, "failed": 0}}


def test_a_plan_leaves_no_run() -> None:
    Script.finds = [change()]
    done(Kind.PLAN)
    assert Run.objects.count() == 0


def test_of_a_long_plan_what_needs_a_person_is_kept_first() -> None:
    Script.finds = [*map(change, range(MOST_CHANGES_A_LAYER)), change(998, HELD), change(999, FAILED)]
    kept = changes_in(done(Kind.PLAN))
    assert len(kept) == MOST_CHANGES_A_LAYER
    assert [each.charter for each in kept[:3]] == ["quinn-998", "quinn-999", "quinn-0"]


def test_a_repair_is_a_run_of_whoever_asked(admin_user: User) -> None:
    Script.finds = [change()]
    look, _ = ask(kind=Kind.REPAIR, by=admin_user, charter="quinn-1", charter_key=7)
    carry_out(look.pk)
    run = Run.objects.get()
    assert (run.asked_by, run.about, run.depth, list(run.durations)) == (admin_user, "quinn-1", "audit", ["first"])
    assert [each.state for each in run.changes.all()] == ["applied"]


@pytest.mark.parametrize(
    ("about", "charters", "by_hand"), [({}, None, False), ({"charter": "q", "charter_key": 7}, frozenset({7}), True)]
)
def test_a_repair_audits_and_reads_the_calendar_of_the_one_charter(
    about: dict[str, Any], charters: frozenset[int] | None, by_hand: bool
) -> None:
    done(Kind.REPAIR, **about)
    (scope,) = Script.scopes
    assert (scope.audit, scope.dry, scope.charters, scope.by_hand) == (True, False, charters, by_hand)


def test_one_is_open_for_each_charter_and_one_for_everything() -> None:
    first, new = ask(kind=Kind.PLAN, by=None)
    again, as_new = ask(kind=Kind.REPAIR, by=None)
    other, other_new = ask(kind=Kind.PLAN, by=None, charter="quinn-1", charter_key=7)
    assert (again.pk, again.kind, new, as_new, other_new) == (first.pk, "plan", True, False, True)
    assert latest("quinn-1") == other


def test_how_far_it_is_is_written_down_and_keeps_the_lease() -> None:
    seen: list[AskedLook] = []

    def meanwhile(scope: Scope) -> None:
        AskedLook.objects.update(lease_until=None)
        scope.progress("first", 120, 10_000)
        seen.append(AskedLook.objects.get())

    Script.meanwhile = meanwhile
    done(Kind.PLAN)
    assert seen[0].progress == {"layer": "first", "done": 120, "total": 10_000}
    assert seen[0].lease_until is not None


def test_a_worker_whose_claim_is_lost_writes_nothing() -> None:
    Script.meanwhile = lambda scope: AskedLook.objects.update(fence=2)
    look = done(Kind.PLAN)
    assert (look.ended_at, look.report) == (None, {})


def test_what_goes_wrong_altogether_is_told_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    Script.finds = [Change("of another layer", "q", "f", 1, 2, UPDATE)]  # no summary can count it
    with caplog.at_level(logging.ERROR, logger=asking.__name__):
        look = done(Kind.PLAN)
    assert (look.trouble, look.ended_at is not None) == (UNEXPECTED, True)
    assert caplog.messages == [f"The look {look.pk} failed."]


def test_a_look_that_is_gone_is_no_error() -> None:
    carry_out(404)
    assert AskedLook.objects.count() == 0
