"""The ground every benchmark stands on: servers of its own, an empty database, a stopwatch, a row of the table."""

import gc
import os
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One comparison: `ours` and `peer` in seconds (or MB), `bar` the least (or most) ratio that is good enough."""

    what: str
    ours: float
    peer: float
    bar: float
    unit: str = "s"
    at_most: bool = False

    @property
    def ratio(self) -> float:
        """Peer over ours; for `at_most` ours over peer."""
        return self.ours / self.peer if self.at_most else self.peer / self.ours

    @property
    def passed(self) -> bool:
        """Whether the bar is met."""
        return self.ratio <= self.bar if self.at_most else self.ratio >= self.bar

    def line(self) -> str:
        """A line of the table."""
        sign = "≤" if self.at_most else "≥"
        verdict = "ok" if self.passed else "MISSED"
        return (
            f"| {self.what} | {self.ours:.4g} {self.unit} | {self.peer:.4g} {self.unit} "
            f"| {self.ratio:.3g} × | {sign} {self.bar:g} × | {verdict} |"
        )


def clock(act: Callable[[], object], *, times: int = 1, before: Callable[[], object] = lambda: None) -> float:
    """Seconds that `act` takes: the median of `times` runs."""
    taken = []
    for _ in range(times):
        before()
        gc.collect()
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


@contextmanager
def own_servers() -> Iterator[Path]:
    """Embedded servers in a folder of their own and Django set up on an empty, migrated database."""
    from jada.core.embedded import join

    var = Path(tempfile.mkdtemp(prefix="jada-bench-"))
    # As in production: with DEBUG, Django keeps every statement.
    os.environ |= {"JADA_VAR": str(var), "DEBUG": "false"}
    os.environ |= {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "LINK_KEYS", "FIELD_KEYS")}
    os.environ["DJANGO_SETTINGS_MODULE"] = "jada.settings"
    membership = join(var)
    try:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield var
    finally:
        membership.leave()
        membership.wait_gone(30)
        shutil.rmtree(var, ignore_errors=True)


@contextmanager
def worker(environment: dict[str, str]) -> Iterator[None]:
    """The worker that `make run` starts, with these variables besides our own, as long as the block lasts."""
    command = [sys.executable, "-m", "celery", "-A", "jada", "worker", "-P", "threads", "-c", "4", "-l", "ERROR"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, env=os.environ | environment, stdout=quiet, stderr=quiet)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
