import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from scripts.stage import Stage, start
from tests.conftest import browser as chromium_path

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The reference weekend, running."""
    running = start(tmp_path_factory.mktemp("stage"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the session."""
    # Playwright's loop lives in this thread; no test here touches the database itself.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    """A guest's phone: 390 px wide, touched with a finger."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def desk(chromium: Browser, stage: Stage) -> Iterator[BrowserContext]:
    """The office's screen, logged in."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    page = context.new_page()
    login = stage.printed(r"^admin (\S+) login (\S+) password (\S+)")
    page.goto(login[1])
    page.fill("[name=username]", login[2])
    page.fill("[name=password]", login[3])
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/admin/")
    page.close()
    yield context
    context.close()
