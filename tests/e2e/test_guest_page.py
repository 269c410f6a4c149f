"""The guest page in a browser: how little it loads, who can read it, how it prints, and the waiver in its frame."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import LazySettings
from playwright.sync_api import Browser, BrowserContext, Page, expect

from charters.models import Vessel
from charters.pages.facts import digest, page_facts
from charters.pages.render import render, render_moved
from scripts.stage import READY_SECONDS, ROOT, environment, free_port
from tests.charters.pages.samples import at, charter, jada
from tests.conftest import browser as chromium_path
from tests.e2e.conftest import FLAGS
from tests.e2e.finger import sign
from tests.fakes.page_server import PageServer, page_server, stored

pytestmark = pytest.mark.browser

SIZES = [(390, 844), (1280, 900)]
SENTENCE = "A deckhand meets you where the path ends, and waves. "
NOTES = {
    "directions": SENTENCE,
    "parking": SENTENCE * 9,
    "gate": SENTENCE,
    "accessibility": SENTENCE,
    "late_policy": SENTENCE * 2,
    "aboard": SENTENCE,
    "photo_url": "https://example.com/gate.jpg",
}
CREW = [("captain", "Gene"), ("mate", "Sam"), ("deckhand", "Zoë"), ("deckhand", "Marcus")]
PAGES: dict[str, dict[str, Any]] = {
    "waiting": {"signed": 2, "pending_guardian": 1},
    "signed": {"signed": 12},
    "cancelled": {"status": "cancelled"},
}
# All that axe calls serious or critical, and AAA's contrast: it is read in sunlight.
RULES = {"rules": {"color-contrast-enhanced": {"enabled": True}}}
WAIVER = b"<!doctype html><html lang=en><title>Waiver</title><main><h1>Waiver</h1></main>"


def everything() -> Vessel:
    """JADA at a dock of which everything is told."""
    vessel = jada()
    for name, text in NOTES.items():
        setattr(vessel.dock, name, text)
    return vessel


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """A server of pages, with a waiver for their frame."""
    folder = tmp_path_factory.mktemp("pages")
    with page_server(folder) as server:
        kept = stored(folder)
        server.answer = lambda handler: _waiver(handler) if handler.path.startswith("/w/") else kept(handler)
        yield server


def _waiver(handler: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Content-Length", str(len(WAIVER)))
    handler.end_headers()
    handler.wfile.write(WAIVER)


@pytest.fixture
def address(site: PageServer, settings: LazySettings) -> Callable[[str], str]:
    """Where the page of a kind is, with everything on it filled in."""
    settings.BASE_URL = site.address

    def put(kind: str) -> str:
        facts = page_facts(charter(vessel=everything(), event_type="whale_watching", crew=CREW, **PAGES[kind]))
        html = render(facts, digest=digest(facts), published_at=at("2026-05-30 14:10"))
        (site.folder / f"{kind}.html").write_bytes(html)
        return f"{site.address}/{kind}.html"

    return put


@pytest.fixture(params=SIZES, ids=["phone", "desk"])
def screen(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A phone's screen and a desk's."""
    width, height = request.param
    context = chromium.new_context(viewport={"width": width, "height": height})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("kind", PAGES)
def test_axe_finds_nothing_serious(screen: Page, address: Callable[[str], str], kind: str) -> None:
    screen.goto(address(kind))

    found = Axe().run(screen, options=RULES).response["violations"]

    assert [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in {"serious", "critical"}] == []


def test_axe_finds_nothing_serious_where_a_page_has_moved(screen: Page, site: PageServer) -> None:
    moved = render_moved(f"{site.address}/elsewhere.html", brand="JADA").replace(b'http-equiv="refresh"', b'name="x"')
    (site.folder / "moved.html").write_bytes(moved)
    screen.goto(f"{site.address}/moved.html")

    assert [each["id"] for each in Axe().run(screen, options=RULES).response["violations"]] == []


@pytest.mark.parametrize(("kind", "frames"), [("waiting", 1), ("signed", 0), ("cancelled", 0)])
def test_a_page_is_one_request_of_less_than_30_kb_before_its_waiver(
    screen: Page, address: Callable[[str], str], kind: str, frames: int
) -> None:
    asked: list[str] = []
    screen.on("request", lambda request: asked.append(request.url))
    page = address(kind)
    answer = screen.goto(page, wait_until="networkidle")
    screen.mouse.wheel(0, 10_000)
    screen.wait_for_load_state("networkidle")

    assert answer is not None
    assert len(answer.body()) < 30_000
    assert asked[0] == page
    assert [re.sub(r"/w/.*", "/w/", url.removeprefix(page.rpartition("/")[0])) for url in asked[1:]] == ["/w/"] * frames


@pytest.mark.parametrize("kind", PAGES)
def test_nothing_is_wider_than_the_screen(screen: Page, address: Callable[[str], str], kind: str) -> None:
    screen.goto(address(kind))

    assert screen.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("kind", PAGES)
def test_a_page_prints_on_one_sheet(chromium: Browser, address: Callable[[str], str], kind: str, paper: str) -> None:
    page = chromium.new_page()
    page.goto(address(kind))
    printed = page.pdf(format=paper)
    page.close()

    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_what_is_folded_on_the_screen_is_open_on_paper(chromium: Browser, address: Callable[[str], str]) -> None:
    page = chromium.new_page()
    page.goto(address("waiting"))
    parking = page.locator(".notes details p")
    expect(parking).to_be_hidden()
    page.emulate_media(media="print")

    expect(parking).to_be_visible()
    expect(page.locator("iframe")).to_be_hidden()
    expect(page.locator(".qr")).to_be_visible()
    page.close()


def test_the_old_address_of_a_moved_trip_leads_to_the_new_one(
    screen: Page, site: PageServer, address: Callable[[str], str]
) -> None:
    new = address("waiting")
    (site.folder / "old.html").write_bytes(render_moved(new, brand="JADA"))
    screen.goto(f"{site.address}/old.html")

    screen.wait_for_url(new)
    assert screen.title() != "Your page has moved"


# -- the page on one site, the waiver on another, and a browser that keeps cookies out of frames ----------------------


@pytest.fixture(scope="module")
def page_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of Quinn's page in a copy whose pages have another site than its waivers."""
    var, port = tmp_path_factory.mktemp("apart"), free_port()
    printed = var / "printed.txt"
    apart = {"BASE_URL": f"http://127.0.0.1:{port}", "GUEST_PAGES_URL": f"http://localhost:{port}/pages"}
    with printed.open("w") as output:
        command = [sys.executable, "-m", "jada.run"]
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(var, port) | apart, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        deadline = time.monotonic() + READY_SECONDS
        while not re.search(r"^Ready\.", printed.read_text(), re.MULTILINE):
            assert process.poll() is None, printed.read_text()
            assert time.monotonic() < deadline, printed.read_text()
            time.sleep(0.1)
        found = re.search(r"^guest page (\S+)", printed.read_text(), re.MULTILINE)
        assert found is not None
        yield found[1]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


@contextmanager
def browser_that(chromium: Browser, folder: Path, *, blocks: bool) -> Iterator[BrowserContext]:
    """A browser whose owner forbids third-party cookies, or lets them be; a private window would forbid them anyway."""
    preferences = {"profile": {"block_third_party_cookies": blocks, "cookie_controls_mode": int(blocks)}}
    (folder / "Default").mkdir()
    (folder / "Default" / "Preferences").write_text(json.dumps(preferences))
    context = chromium.browser_type.launch_persistent_context(
        folder,
        executable_path=chromium_path(),
        args=FLAGS,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    context.set_default_timeout(15_000)
    yield context
    context.close()


KEEP_A_COOKIE = "document.cookie = 'kept=1; SameSite=None; Secure; Path=/'; document.cookie"


def test_a_guest_signs_in_the_frame_with_third_party_cookies_blocked(
    page_elsewhere: str, chromium: Browser, tmp_path: Path
) -> None:
    with browser_that(chromium, tmp_path, blocks=True) as strict:
        signs_in_the_frame(strict.new_page(), page_elsewhere)

        assert strict.cookies() == []


def signs_in_the_frame(page: Page, page_elsewhere: str) -> None:
    """Quinn signs, on a page whose waiver is another site's and can keep no cookie."""
    page.goto(page_elsewhere)
    frame = page.frame_locator("iframe[title=Waiver]")
    frame.get_by_label("Full name").first.fill("Quinn Harper")
    inside = next(each for each in page.frames if "/w/" in each.url)
    assert (page_elsewhere.split("/")[2].split(":")[0], inside.url.split("/")[2].split(":")[0]) == (
        "localhost",
        "127.0.0.1",
    )
    assert inside.evaluate(KEEP_A_COOKIE) == ""
    frame.get_by_label("Date of birth").first.fill("1984-02-29")
    frame.get_by_label("E-mail").first.fill("quinn@example.com")
    frame.get_by_label(re.compile("I have read the text above")).check()
    sign(page, frame.locator("[data-canvas]").last)
    frame.get_by_role("button", name="Sign the waiver").click()

    expect(frame.locator("body")).to_contain_text("Quinn Harper, your waiver is signed.")


def test_the_browser_that_blocks_is_not_the_one_that_keeps(
    page_elsewhere: str, chromium: Browser, tmp_path: Path
) -> None:
    """The proof of the test above: where its owner lets cookies be, the same frame does keep one."""
    with browser_that(chromium, tmp_path, blocks=False) as lenient:
        page = lenient.new_page()
        page.goto(page_elsewhere)
        page.frame_locator("iframe[title=Waiver]").get_by_label("Full name").first.wait_for()
        inside = next(each for each in page.frames if "/w/" in each.url)

        assert inside.evaluate(KEEP_A_COOKIE) == "kept=1"


def test_no_other_site_can_frame_the_waiver(page_elsewhere: str, site: PageServer, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(page_elsewhere)
    waiver = page.locator("iframe[title=Waiver]").get_attribute("src")
    (site.folder / "foreign.html").write_text(f'<!doctype html><iframe src="{waiver}"></iframe>')
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(f"{site.address}/foreign.html", wait_until="networkidle")

    assert [text for text in refused if "frame-ancestors" in text] != []
    assert page.frame_locator("iframe").get_by_label("Full name").count() == 0
    page.close()
