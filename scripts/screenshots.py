"""`make screenshots`: the pictures of the README, of a real running copy, at 390 px and 1280 px."""

import json
import os
import re
import shutil
import sys
import tempfile
import urllib.request
import uuid
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from scripts.stage import ROOT, Stage, start

PICTURES = ROOT / "docs" / "pictures"
SIZES = ((390, 844), (1280, 900))
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SIGNERS = (("Quinn Harper", "1984-02-29"), ("Robin Vale", "1990-07-04"))


def main() -> int:
    """Start a copy, give the weekend some life, take the pictures."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        sys.stderr.write("No Chromium could be found, so there is nothing to take pictures with.\n")
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    stage = start(Path(tempfile.mkdtemp(prefix="jada-pictures-")))
    try:
        links = _links(stage)
        for name, birth in SIGNERS:
            _sign(stage, links["waiver"], name, birth)
        _move_danika(stage.feed)
        stage.manage("reconcile")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            for width, height in SIZES:
                _take(browser, stage, links, width, height)
            _edit_by_hand(stage)  # after the others: what guests read in them is right
            for width, height in SIZES:
                _take_plan(browser, stage, width, height)
            browser.close()
    finally:
        stage.stop()
        shutil.rmtree(stage.var, ignore_errors=True)
    return 0


def _links(stage: Stage) -> dict[str, str]:
    """Quinn's page and waiver."""
    asked = (
        "from charters.models import GuestPage; from charters.public_links import waiver_url; "
        "page = GuestPage.objects.select_related('charter').get(charter__reference__startswith='quinn-'); "
        "print(page.url, waiver_url(page.charter, page))"
    )
    shown = stage.manage("shell", "-v0", "-c", asked)
    page, waiver = shown.stdout.split()[-2:]
    return {"page": page, "waiver": waiver}


def _sign(stage: Stage, waiver: str, name: str, birth: str) -> None:
    body = {
        "token": waiver.rstrip("/").rpartition("/")[2],
        "submission_key": str(uuid.uuid4()),
        "name": name,
        "email": f"{name.split()[0].lower()}@example.com",
        "date_of_birth": birth,
        "signature": {"typed": name},
        "agreed": True,
    }
    request = urllib.request.Request(
        f"http://127.0.0.1:{stage.port}/waivers",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=10).close()


def _move_danika(feed: Path) -> None:
    """From 2–6 PM to 3–7 PM, as the office did: the overlap with Quinn shows on the board."""
    text = feed.read_text(encoding="utf-8")
    start = text[: text.index("UID:jada0001sample")].rindex("BEGIN:VEVENT")
    later = re.sub(
        r"(DTSTART|DTEND):(\d{8}T)(\d\d)", lambda at: f"{at[1]}:{at[2]}{int(at[3]) + 1:02d}", text[start:], count=2
    )
    feed.write_text(text[:start] + later, encoding="utf-8", newline="")


def _take(browser: Browser, stage: Stage, links: dict[str, str], width: int, height: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    for name, address in (("guest-page", links["page"]), ("waiver", links["waiver"])):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        # A whole guest page fits the eye; of a long waiver the first screens say enough.
        page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=name == "guest-page")
    _log_in(page, stage)
    page.screenshot(path=PICTURES / f"board-{width}.png", full_page=False)
    context.close()


def _take_plan(browser: Browser, stage: Stage, width: int, height: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    _log_in(page, stage)
    page.goto(f"http://127.0.0.1:{stage.port}/admin/plan/")
    page.click("button[value=look]")
    page.wait_for_selector("text=should be 6:15 PM")
    page.screenshot(path=PICTURES / f"plan-{width}.png", full_page=True)
    context.close()


def _log_in(page: Page, stage: Stage) -> None:
    """To the board."""
    login = stage.printed(r"^admin (\S+) login (\S+) password (\S+)")
    page.goto(login[1])
    page.fill("[name=username]", login[2])
    page.fill("[name=password]", login[3])
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/admin/")
    page.wait_for_load_state("networkidle")


def _edit_by_hand(stage: Stage) -> None:
    """Somebody meant well: Quinn's page asks for six o'clock, and the plan says so."""
    (page,) = (stage.var / "pages").glob("*/quinn-*.html")
    page.write_text(page.read_text(encoding="utf-8").replace("6:15", "6:00"), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
