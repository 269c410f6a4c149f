"""The crew on their phones, two of them, without a script: a place is handed over and taken."""

import pytest
from playwright.sync_api import Browser, Page, expect

from scripts.stage import Stage

pytestmark = pytest.mark.browser


def page_of(stage: Stage, chromium: Browser, name: str) -> Page:
    """A crew member's own page on a phone that runs no scripts."""
    asked = (
        "from charters.crew.links import crew_url; from charters.models import CrewMember; "
        f"print(crew_url(CrewMember.objects.get(name={name!r})))"
    )
    shown = stage.manage("shell", "-v0", "-c", asked)
    page = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False).new_page()
    page.goto(shown.stdout.strip().splitlines()[-1])
    return page


def test_a_place_changes_hands(stage: Stage, chromium: Browser) -> None:
    sam, angelia = page_of(stage, chromium, "Sam"), page_of(stage, chromium, "Angelia")
    trip = "Jonathan Afternoon Sail"
    expect(angelia.get_by_role("article").filter(has_text=trip)).to_have_count(0)

    sam.get_by_role("article").filter(has_text=trip).get_by_role("link", name="Swap").click()
    sam.get_by_label("Angelia").check()
    sam.get_by_label("Why?").fill("My car will not start")
    sam.get_by_role("button", name="Next").click()
    sam.get_by_role("button", name="Yes, swap").click()
    expect(sam.get_by_role("status")).to_contain_text("Done. The crew is now: captain Gene, mate Angelia.")
    expect(sam.get_by_role("article").filter(has_text=trip)).to_have_count(0)

    angelia.reload()
    expect(angelia.get_by_role("article").filter(has_text=trip)).to_contain_text("Mate")
