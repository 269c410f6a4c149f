"""The engine, walked over small layers of our own."""

import json
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, ClassVar

import pytest
from django.core.management import CommandError, call_command

from charters.models import Charter
from jada.core.errors import AdapterError
from jada.core.models import Run, StoredChange
from jada.core.reconcile import APPLIED, FAILED, HELD, PLANNED, UPDATE, Change, Scope, plan, reconcile
from tests.factories import CharterFactory

pytestmark = pytest.mark.django_db
FAKES = [f"{__name__}.{name}" for name in ("First", "Second")]


@dataclass
class Script:
    """What a layer finds at each look, and what came of carrying it out; `raises` where it is to break."""

    finds: list[list[Change]] = field(default_factory=list)
    ends: str = APPLIED
    raises: dict[str, Exception] = field(default_factory=dict)
    called: list[str] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)


class Scripted:
    """A layer that does as its script says."""

    name: ClassVar[str]
    script: ClassVar[Script]

    def observe(self, scope: Scope) -> str:
        self._step("observe", scope)
        return "seen"

    def plan(self, scope: Scope, seen: str | None) -> list[Change]:
        self._step(f"plan {seen}", scope)
        return self.script.finds.pop(0) if self.script.finds else []

    def assume(self, scope: Scope, changes: list[Change]) -> None:
        self._step("assume", scope)

    def carry_out(self, scope: Scope, changes: list[Change]) -> None:
        self._step("carry_out", scope)
        for change in changes:
            change.state = self.script.ends

    def _step(self, name: str, scope: Scope) -> None:
        self.script.called.append(name)
        self.script.scopes.append(scope)
        if name.partition(" ")[0] in self.script.raises:
            raise self.script.raises[name.partition(" ")[0]]


class First(Scripted):
    name = "first"
    script = Script()


class Second(Scripted):
    name = "second"
    script = Script()


@pytest.fixture(autouse=True)
def scripts(settings: pytest.FixtureRequest) -> tuple[Script, Script]:
    settings.RECONCILE_LAYERS = FAKES  # type: ignore[attr-defined]
    First.script, Second.script = Script(), Script()
    return First.script, Second.script


def change(layer: str = "first", state: str = PLANNED, **other: Any) -> Change:
    return Change(layer, other.pop("charter", "quinn"), "starts_at", "15:00", "14:00", UPDATE, state, **other)


def run(*options: str) -> tuple[int, dict[str, Any]]:
    printed = StringIO()
    try:
        call_command("reconcile", "--json", *options, stdout=printed)
    except SystemExit as end:
        return int(str(end.code)), json.loads(printed.getvalue())
    return 0, json.loads(printed.getvalue())


NOTHING = {"planned": 0, "applied": 0, "held": 0, "failed": 0}


# -- exit codes and JSON -------------------------------------------------------------------------------------------


def test_nothing_to_do_is_0(scripts: tuple[Script, Script]) -> None:
    assert run() == (0, {"changes": [], "summary": {"first": NOTHING, "second": NOTHING}})


def test_what_was_applied_is_0_and_printed_as_the_contract_says(scripts: tuple[Script, Script]) -> None:
    scripts[0].finds = [[change(reason="why", work=object())]]
    assert run() == (
        0,
        {
            "changes": [
                {
                    "layer": "first",
                    "charter": "quinn",
                    "field": "starts_at",
                    "expected": "15:00",
                    "actual": "14:00",
                    "action": "update",
                    "state": "applied",
                }
            ],
            "summary": {"first": NOTHING | {"applied": 1}, "second": NOTHING},
        },
    )


@pytest.mark.parametrize(("ends", "code"), [(APPLIED, 0), (PLANNED, 2), (HELD, 2), (FAILED, 1)])
def test_the_exit_code_says_what_is_left(scripts: tuple[Script, Script], ends: str, code: int) -> None:
    scripts[0].finds, scripts[0].ends = [[change()]], ends
    assert (run()[0], StoredChange.objects.get().state) == (code, ends)


def test_a_failure_outweighs_what_is_held(scripts: tuple[Script, Script]) -> None:
    scripts[0].finds = [[change(state=HELD), change(state=FAILED, charter="kim")]]
    assert run()[0] == 1


@pytest.mark.parametrize("step", ["observe", "plan", "carry_out"])
@pytest.mark.parametrize("error", [AdapterError("The store is shut."), ZeroDivisionError()], ids=["known", "unknown"])
def test_a_layer_that_breaks_does_not_stop_the_others(
    scripts: tuple[Script, Script], step: str, error: Exception
) -> None:
    scripts[0].raises, scripts[1].finds = {step: error}, [[change("second")]]
    code, printed = run()
    assert (code, printed["summary"]) == (1, {"first": NOTHING | {"failed": 1}, "second": NOTHING | {"applied": 1}})


def test_a_known_failure_is_kept_in_its_words(scripts: tuple[Script, Script]) -> None:
    scripts[0].raises = {"observe": AdapterError("The store is shut.")}
    assert reconcile(Scope()).failures == {"first": "The store is shut."}


def test_an_unknown_failure_is_kept_without_its_words(scripts: tuple[Script, Script]) -> None:
    scripts[0].raises = {"observe": ValueError("postgres://jada:secret@host")}
    assert reconcile(Scope()).failures == {"first": "An unexpected error; the log has it whole."}


# -- the plan --------------------------------------------------------------------------------------------------


def test_a_plan_assumes_and_carries_nothing_out(scripts: tuple[Script, Script]) -> None:
    scripts[0].finds = [[change()]]
    assert run("--plan")[0] == 2
    assert scripts[0].called == ["observe", "plan seen", "assume"]


def test_a_plan_says_planned_of_what_the_database_did_at_once(scripts: tuple[Script, Script]) -> None:
    scripts[0].finds = [[change(state=APPLIED), change(state=HELD, charter="kim")]]
    assert [each.state for each in plan(Scope()).changes] == [PLANNED, HELD]


def test_a_plan_leaves_no_run(scripts: tuple[Script, Script]) -> None:
    scripts[0].finds = [[change()]]
    plan(Scope(audit=True))
    assert (Run.objects.count(), StoredChange.objects.count()) == (0, 0)


def test_a_plan_tells_its_layers_that_it_is_dry(scripts: tuple[Script, Script]) -> None:
    run("--plan")
    assert {scope.dry for scope in scripts[0].scopes} == {True}


def test_in_a_plan_too_the_other_layers_go_on(scripts: tuple[Script, Script]) -> None:
    scripts[0].raises, scripts[1].finds = {"plan": AdapterError("No.")}, [[change("second")]]
    code, printed = run("--plan")
    assert (code, printed["summary"]["second"]) == (1, NOTHING | {"planned": 1})


# -- the walk ----------------------------------------------------------------------------------------------------


def test_a_layer_is_looked_at_again_while_it_does_something(scripts: tuple[Script, Script]) -> None:
    scripts[0].finds = [[change()], [change(charter="kim")]]
    reconcile(Scope())
    assert scripts[0].called == [
        "observe",
        "plan seen",
        "carry_out",
        "plan None",
        "carry_out",
        "plan None",
        "carry_out",
    ]


def test_what_could_not_be_settled_is_not_tried_again_in_one_run(scripts: tuple[Script, Script]) -> None:
    scripts[0].finds = [[change(state=FAILED), change(charter="kim")], [change(state=FAILED)]]
    assert [(each.charter, each.state) for each in reconcile(Scope()).changes] == [("quinn", FAILED), ("kim", APPLIED)]


def test_another_workers_row_is_left_to_it(scripts: tuple[Script, Script]) -> None:
    scripts[0].finds = [[change(busy=True)]]
    assert reconcile(Scope()).changes == []


def test_by_hand_another_workers_row_is_waited_for(scripts: tuple[Script, Script]) -> None:
    scripts[0].finds = [[change(busy=True)], [change(busy=True)]]
    assert run() == (0, {"changes": [], "summary": {"first": NOTHING, "second": NOTHING}})
    assert scripts[0].called.count("plan None") == 2


def test_a_run_and_its_changes_are_remembered(scripts: tuple[Script, Script]) -> None:
    scripts[0].finds = [[change(reason="It moved."), change(charter="kim", state=HELD)]]
    reconcile(Scope())
    assert (Run.objects.get().summary["first"], Run.objects.get().failed) == (
        NOTHING | {"applied": 1, "held": 1},
        False,
    )
    assert list(StoredChange.objects.order_by("pk").values_list("charter", "expected", "actual", "reason")) == [
        ("quinn", "15:00", "14:00", "It moved."),
        ("kim", "15:00", "14:00", ""),
    ]


def test_a_quick_look_that_finds_nothing_leaves_no_trace(scripts: tuple[Script, Script]) -> None:
    reconcile(Scope())
    assert Run.objects.count() == 0


def test_an_audit_that_finds_nothing_is_remembered(scripts: tuple[Script, Script]) -> None:
    reconcile(Scope(audit=True))
    assert Run.objects.get().depth == "audit"


def held(reason: str) -> list[Change]:
    return [change(state=HELD, reason=reason)]


def test_what_waits_for_a_person_is_one_run_however_often_it_is_found(scripts: tuple[Script, Script]) -> None:
    scripts[0].finds = [held("No place."), held("No place."), held("No place.")]
    for _ in range(3):
        reconcile(Scope())
    assert (Run.objects.count(), StoredChange.objects.count()) == (1, 1)
    assert Run.objects.get().again_at is not None


def test_another_reason_is_another_run(scripts: tuple[Script, Script]) -> None:
    scripts[0].finds = [held("No place."), held("No arrival time.")]
    for _ in range(2):
        reconcile(Scope())
    assert Run.objects.count() == 2


def test_the_same_work_done_again_is_another_run(scripts: tuple[Script, Script]) -> None:
    scripts[0].finds = [[change()], [], [change()], []]
    for _ in range(2):
        reconcile(Scope())
    assert Run.objects.count() == 2


# -- the command's scope -----------------------------------------------------------------------------------------


def test_by_hand_is_an_audit_of_everything(scripts: tuple[Script, Script]) -> None:
    run()
    scope = scripts[0].scopes[0]
    assert (scope.audit, scope.by_hand, scope.dry, scope.charters, scope.layers) == (True, True, False, None, None)


def test_quick_is_no_audit(scripts: tuple[Script, Script]) -> None:
    run("--quick")
    assert not scripts[0].scopes[0].audit


def test_one_layer_is_walked_alone(scripts: tuple[Script, Script]) -> None:
    assert run("--layer", "second") == (0, {"changes": [], "summary": {"second": NOTHING}})
    assert scripts[0].called == []


def test_several_layers_may_be_named(scripts: tuple[Script, Script]) -> None:
    assert list(run("--layer", "second", "--layer", "first")[1]["summary"]) == ["first", "second"]


def test_a_layer_nobody_knows_is_refused(scripts: tuple[Script, Script]) -> None:
    with pytest.raises(CommandError, match="invalid choice: 'third'"):
        call_command("reconcile", "--layer", "third")


def test_one_charter_is_named_by_its_reference(scripts: tuple[Script, Script]) -> None:
    charter: Charter = CharterFactory.create(reference="quinn-saturday-2026-05-30")
    run("--charter", "quinn-saturday-2026-05-30")
    assert scripts[0].scopes[0].charters == {charter.pk}


def test_a_charter_nobody_knows_is_refused(scripts: tuple[Script, Script]) -> None:
    with pytest.raises(CommandError, match=r"^--charter: there is no charter “nobody”"):
        run("--charter", "nobody")


def test_people_read_a_failure_and_a_change_in_words(scripts: tuple[Script, Script]) -> None:
    scripts[0].finds, scripts[1].raises = (
        [[change(charter="[bold]quinn")]],
        {"plan": AdapterError("The [store] is shut.")},
    )
    printed = StringIO()
    with pytest.raises(SystemExit):
        call_command("reconcile", stdout=printed)
    lines = [" ".join(line.split()) for line in printed.getvalue().splitlines()]
    assert lines == [
        "first",
        "~ [bold]quinn starts_at 14:00 → 15:00 applied",
        "second failed: The [store] is shut.",
        "Done – first: 1 applied; second: 1 failed.",
    ]


def test_people_read_that_there_is_nothing_to_do(scripts: tuple[Script, Script]) -> None:
    printed = StringIO()
    call_command("reconcile", stdout=printed)
    assert printed.getvalue() == "Nothing to do: every layer is as it should be.\n"
