"""`manage.py reconcile`: the whole pipeline by hand, or its plan."""

import json
import sys
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from charters.change_words import in_words
from charters.models import Charter
from charters.needs_a_look import doubtful
from charters.set_aside import without_a_charter
from jada.core.reconcile import (
    APPLIED,
    CREATE,
    DELETE,
    FAILED,
    HELD,
    PLANNED,
    SEND,
    Change,
    Report,
    Scope,
    layers,
)
from jada.core.reconcile import plan as make_plan
from jada.core.reconcile import reconcile as walk

COLOURS = {PLANNED: "cyan", APPLIED: "green", HELD: "yellow", FAILED: "bold red"}
SIGNS = {CREATE: "+", "update": "~", DELETE: "-", SEND: ">"}
LONGEST_LISTING = 200
PIPED_WIDTH = 200
# Of the trips to come that contradict themselves so many are named.
MOST_DOUBTFUL = 20


class Command(BaseCommand):
    help = (
        "Compare every layer with what should be, and repair the difference. Exit code 0: nothing left to do; "
        "2: changes are planned or held; 1: a layer failed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", action="store_true", help="Show what would change; change nothing.")
        parser.add_argument("--quick", action="store_true", help="Compare records with stored digests alone.")
        names = [layer.name for layer in layers()]
        parser.add_argument("--layer", action="append", choices=names, metavar="L", help=f"Only: {', '.join(names)}.")
        parser.add_argument("--charter", metavar="REF", help="Only this charter.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(
            file=cast("IO[str]", self.stdout._out), highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH
        )
        with _bar(shown=not options["json"] and sys.stderr.isatty()) as progress:
            scope = Scope(
                charters=_charters(options["charter"]),
                layers=frozenset(options["layer"]) if options["layer"] else None,
                audit=not options["quick"],
                by_hand=True,
                progress=_Bars(progress),
            )
            report = make_plan(scope) if options["plan"] else walk(scope)
        if options["json"]:
            changes = [change.as_json() for change in report.changes]
            self.stdout.write(json.dumps({"changes": changes, "summary": report.summary()}, ensure_ascii=False))
        else:
            _print(console, report, planned=options["plan"])
            if not options["plan"]:
                _print_conflicts(console, scope)
        if report.exit_code:
            sys.exit(report.exit_code)


def _charters(reference: str | None) -> frozenset[int] | None:
    if reference is None:
        return None
    keys = frozenset(Charter.objects.filter(reference=reference).values_list("pk", flat=True))
    if not keys:
        raise CommandError(f"--charter: there is no charter “{reference}”.")
    return keys


def _bar(*, shown: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not shown,
    )


class _Bars:
    """One progress bar a layer, shown only where work is long enough to be waited for."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.tasks: dict[str, Any] = {}

    def __call__(self, layer: str, done: int, total: int) -> None:
        if layer not in self.tasks:
            self.tasks[layer] = self.progress.add_task(layer, total=total)
        self.progress.update(self.tasks[layer], completed=done, total=total)


def _print(console: Console, report: Report, *, planned: bool) -> None:
    for layer in report.layers:
        # A layer that failed as a whole says so in a sentence of its own.
        changes = [change for change in report.changes if change.layer == layer and change.field != "layer"]
        if changes:
            console.print(_table(layer, changes))
            if len(changes) > LONGEST_LISTING:
                console.print(f"… and {len(changes) - LONGEST_LISTING:,} more.")
        if layer in report.failures:
            console.print(f"[bold red]{layer} failed:[/] {escape(report.failures[layer])}")
    if not report.changes and not report.failures:
        console.print("[green]Nothing to do:[/] every layer is as it should be.")
        return
    counts = report.summary()
    words = [
        f"{layer}: " + ", ".join(f"[{COLOURS[state]}]{count} {state}[/]" for state, count in states.items() if count)
        for layer, states in counts.items()
        if any(states.values())
    ]
    console.print(f"{'Plan' if planned else 'Done'} – {'; '.join(words)}.")


def _print_conflicts(console: Console, scope: Scope) -> None:
    """What contradicts itself in the trips to come, and what cannot be read: for a person, whatever the exit code says.

    After a plan the records stand as before it, and would contradict what it just printed.
    """
    found = doubtful(scope.charters)
    # Whoever asks for one charter is told of that one.
    aside, more_aside = without_a_charter() if scope.charters is None else ([], 0)
    if not found and not aside:
        return
    table = Table(
        title="Needs a look", title_justify="left", title_style="bold", box=None, pad_edge=False, show_header=False
    )
    for each in found[:MOST_DOUBTFUL]:
        for place, sentence in enumerate(each.sentences):
            table.add_row("" if place else escape(each.charter.reference), escape(sentence))
    calendar = ""
    for event in aside:
        table.add_row("" if event.calendar == calendar else escape(event.calendar), escape(event.sentence))
        calendar = event.calendar
    if more_aside:
        table.add_row("", f"and {more_aside} more that cannot be read.")
    console.print(table)
    if len(found) > MOST_DOUBTFUL:
        console.print(f"… and {len(found) - MOST_DOUBTFUL} more on the board.")


def _table(layer: str, changes: list[Change]) -> Table:
    table = Table(title=layer, title_justify="left", title_style="bold", box=None, pad_edge=False, show_header=False)
    for change in changes[:LONGEST_LISTING]:
        expected, actual = in_words(change.expected), in_words(change.actual)
        what = (
            change.reason
            if change.reason and change.field == "page"
            else f"{actual} → {expected}"
            if actual
            else expected
        )
        if change.state in {HELD, FAILED} and change.reason not in what:
            what = f"{what} – {change.reason}"
        table.add_row(
            SIGNS.get(change.action, "~"),
            escape(change.charter or "–"),
            change.field,
            escape(what),
            f"[{COLOURS[change.state]}]{change.state}[/]",
        )
    return table
