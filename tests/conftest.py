"""What the whole suite shares: browser tests are run, or named and counted as a failure."""

import os
import shutil

import pytest
from django.conf import settings

LEFT_OUT = pytest.StashKey[list[str]]()


def browser() -> str | None:
    """Chromium's path: what `scripts/chromium.sh` found, else the system's."""
    named = os.environ.get("CHROMIUM", "").strip()
    return named or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session", autouse=True)
def _passwords_are_hashed_quickly() -> None:
    """A third of a second each time somebody logs in is right for the office, and of no use to a test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a browser its tests are skipped here and named at the end."""
    config.stash[LEFT_OUT] = []
    if browser():
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="no Chromium"))
            config.stash[LEFT_OUT].append(item.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run that left tests out is not a good run."""
    if session.config.stash.get(LEFT_OUT, []) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was left out."""
    left_out = terminalreporter.config.stash.get(LEFT_OUT, [])
    if left_out:
        terminalreporter.section("left out: no Chromium could be had")
        for name in left_out:
            terminalreporter.line(name)
