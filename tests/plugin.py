"""Embedded servers for the test suite, in a folder of its own, before Django's settings are read.

A plugin (`-p tests.plugin`) and not a conftest: pytest-django reads DATABASES while pytest loads its first
conftests. DATABASE_URL and REDIS_URL, when set, are believed, and the servers behind them used.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jada.core.embedded import Membership


def _is_set(name: str) -> bool:
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Point JADA_VAR at a temporary folder and start there what no variable names."""
    options = early_config.known_args_namespace
    if getattr(options, "help", False) or getattr(options, "version", False):
        return
    if getattr(options, "numprocesses", None) and "PYTEST_XDIST_WORKER" not in os.environ:
        return  # it runs no test itself: each of its workers comes here, and has servers of its own
    var = Path(tempfile.mkdtemp(prefix="jada-tests-"))
    os.environ["JADA_VAR"] = str(var)
    from jada.core.embedded import EmbeddedError, join  # nothing of ours before JADA_VAR is set

    database, broker = not _is_set("DATABASE_URL"), not _is_set("REDIS_URL")
    membership = None
    if database or broker:
        try:
            membership = join(var, durable=False, database=database, broker=broker)
        except EmbeddedError as error:
            shutil.rmtree(var, ignore_errors=True)
            raise pytest.UsageError(str(error)) from error
    early_config.add_cleanup(lambda: _end(var, membership))


def _end(var: Path, membership: "Membership | None") -> None:
    if membership is not None and membership.leave():
        membership.wait_gone(30)
    shutil.rmtree(var, ignore_errors=True)
