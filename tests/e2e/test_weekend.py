"""The reference weekend as its people meet it: a guest on a phone, a guardian on another, the office at its desk."""

import re

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from scripts.stage import Stage
from tests.e2e.finger import sign

pytestmark = pytest.mark.browser


def trip(board: Page, title: str) -> Locator:
    """A charter's row on the board."""
    return board.locator("article.board-row", has=board.get_by_role("heading", name=title))


def guest_page(stage: Stage, phone: BrowserContext, reference: str) -> Page:
    """The public page of a charter of the demo, opened on a phone."""
    pages = f"GuestPage.objects.filter(charter__reference__startswith={reference!r})"
    shown = stage.manage("shell", "-v0", "-c", f"from charters.models import GuestPage; print({pages}.get().url)")
    page = phone.new_page()
    page.goto(shown.stdout.strip().splitlines()[-1])
    return page


def test_an_adult_signs_by_finger_and_the_boards_light_and_the_pages_count_follow(
    stage: Stage, phone: BrowserContext, desk: BrowserContext
) -> None:
    board = desk.new_page()
    board.goto(stage.printed(r"^board (\S+)")[1])
    row = trip(board, "Quinn Sunset Sail")
    expect(row.locator("[title^=Waivers]")).to_contain_text("0/4")

    page = guest_page(stage, phone, "quinn-")
    expect(page.locator("body")).to_contain_text("None of the 4 have signed yet")
    page.get_by_role("link", name="Sign the waiver").click()
    page.get_by_label("Full name").first.fill("Quinn Harper")
    page.get_by_label("Date of birth").first.fill("1984-02-29")
    page.get_by_label("E-mail").first.fill("quinn@example.com")
    page.get_by_label(re.compile("I have read the text above")).check()
    sign(page, page.locator("[data-canvas]").last)
    page.get_by_role("button", name="Sign the waiver").click()
    expect(page.locator("body")).to_contain_text("Quinn Harper, your waiver is signed.")

    expect(row.locator("[title^=Waivers]")).to_contain_text("1/4", timeout=20_000)
    again = guest_page(stage, phone, "quinn-")
    expect(again.locator("body")).to_contain_text("1 of 4 has signed")


def test_a_minor_signs_and_the_guardian_signs_by_finger_at_the_link(
    stage: Stage, phone: BrowserContext, desk: BrowserContext
) -> None:
    page = guest_page(stage, phone, "nguyen-")
    page.get_by_role("link", name="Sign the waiver").click()
    page.get_by_label("Full name").first.fill("Linh Nguyen Jr.")
    page.get_by_label("Date of birth").first.fill("2012-05-01")
    page.get_by_label("E-mail").first.fill("junior@example.com")
    guardian = page.locator("[data-guardian]")
    guardian.get_by_label("name").first.fill("Thanh Nguyen")
    guardian.get_by_label("E-mail").fill("thanh.nguyen@example.com")
    page.get_by_label(re.compile("I have read the text above")).check()
    sign(page, page.locator("[data-canvas]").last)
    page.get_by_role("button", name="Sign the waiver").click()
    expect(page.locator("body")).to_contain_text("your parent or guardian has to sign too")

    page.get_by_role("link", name="Guardian signs now").click()
    expect(page.locator("h1")).to_have_text("Sign for Linh Nguyen Jr.")
    page.get_by_label("How are you related to Linh Nguyen Jr.?").fill("father")
    page.get_by_label(re.compile("I am the parent or legal guardian")).check()
    sign(page, page.locator("[data-canvas]").last)
    page.get_by_role("button", name=re.compile("Sign for")).click()
    expect(page.locator("body")).to_contain_text("waiver is complete")

    board = desk.new_page()
    board.goto(stage.printed(r"^board (\S+)")[1] + "?show=all")
    row = trip(board, "Nguyen Proposal Sunset Sail")
    expect(row.locator("[title^=Waivers]")).to_contain_text("1/2", timeout=20_000)


def test_danikas_moved_hour_is_planned_exactly_published_and_its_overlap_named(
    stage: Stage, phone: BrowserContext, desk: BrowserContext
) -> None:
    before = stage.feed.read_text(encoding="utf-8")
    danika = before[: before.index("UID:jada0001sample")].rindex("BEGIN:VEVENT")
    hours = re.compile(r"(DTSTART|DTEND):(\d{8}T)(\d\d)")
    moved = hours.sub(lambda at: f"{at[1]}:{at[2]}{int(at[3]) + 1:02d}", before[danika:], count=2)
    stage.feed.write_text(before[:danika] + moved, encoding="utf-8", newline="")

    planned = stage.manage("reconcile", "--plan")
    assert planned.returncode == 2
    lines = [line.split() for line in planned.stdout.splitlines() if "danika-" in line]
    assert [(line[2]) for line in lines] == ["starts_at", "ends_at", "page", "page"]
    assert "2–6 PM → 3–7 PM" in planned.stdout

    applied = stage.manage("reconcile")
    assert applied.returncode == 0
    settled = stage.manage("reconcile", "--plan")
    assert (settled.returncode, settled.stdout.strip()) == (0, "Nothing to do: every layer is as it should be.")

    page = guest_page(stage, phone, "danika-")
    expect(page.locator("time").nth(2)).to_have_text("3 PM")
    expect(page.locator("time").nth(3)).to_have_text("7 PM")
    board = desk.new_page()
    board.goto(stage.printed(r"^board (\S+)")[1])
    expect(trip(board, "Danika Private Charter")).to_contain_text("overlaps “Quinn Sunset Sail”")
