"""What a page states, read out of its bytes."""

import pytest

from charters.pages import live
from charters.pages.facts import digest
from charters.pages.live import Hour
from charters.pages.render import render_moved
from tests.charters.pages.live_pages import DANIKA, facts_of, page_of
from tests.charters.pages.samples import CODE

ELSEWHERE = "https://guests.example.com/2026-06-06/Danika-token.html"


def test_a_page_states_its_facts() -> None:
    page = live.read(page_of(DANIKA))

    assert (page.digest, page.published) == (digest(DANIKA), "2026-05-30T14:10:00-07:00")
    assert (page.date, page.arrive_by, page.start, page.end) == (
        Hour("2026-05-30", "Saturday, 30 May 2026"),
        Hour("2026-05-30T14:45:00-07:00", "2:45 PM"),
        Hour("2026-05-30T15:00:00-07:00", "3 PM"),
        Hour("2026-05-30T19:00:00-07:00", "7 PM"),
    )
    assert (page.guest, page.trip, page.captain, page.crew) == (
        "Danika",
        "Private charter on JADA",
        "Gene",
        {"deckhand": "Sam and Ann"},
    )
    assert page.dock == "Harbor Island West 1880 Harbor Island Dr, San Diego, CA 92101"
    assert page.signed == "None of the 12 have signed yet."
    assert page.told == {"On board": "4 hours"}
    assert page.phones == ("+16195550100",)
    assert page.photo_code == CODE
    assert page.links == {
        "waiver": (DANIKA["waiver_url"],),
        "calendar": (DANIKA["ics_url"],),
        "photos": (DANIKA["photo_url"],),
        "map": (DANIKA["dock"]["map_url"],),
    }
    assert (page.ours, page.cancelled, page.leads_to) == (True, False, "")


def test_the_page_of_a_cancelled_trip_says_so_and_when_it_was_planned() -> None:
    page = live.read(page_of(facts_of(status="cancelled")))

    assert (page.cancelled, page.arrive_by, page.captain) == (True, None, "")
    assert (page.date, page.start, page.end) == (
        Hour("2026-05-30", "Saturday, 30 May 2026"),
        Hour("2026-05-30T15:00:00-07:00", "3 PM"),
        Hour("2026-05-30T19:00:00-07:00", "7 PM"),
    )


def test_a_captain_who_will_be_named_soon_is_none() -> None:
    assert live.read(page_of(facts_of(crew=[]))).captain == ""


def test_an_hour_is_known_by_the_words_before_it_else_by_its_place() -> None:
    by_words = b"<p>We sail at <time>3 PM</time>, so please arrive by <time>2:45 PM</time>; back at <time>7 PM</time>."
    by_place = b"<p><time>2:45 PM</time> <time>3 PM</time> <time>7 PM</time>"

    for page in (live.read(by_words), live.read(by_place)):
        assert (page.arrive_by, page.start, page.end) == (Hour("", "2:45 PM"), Hour("", "3 PM"), Hour("", "7 PM"))


def test_a_page_that_moved_says_where_it_leads() -> None:
    page = live.read(render_moved(ELSEWHERE, brand="JADA"))

    assert (page.moved, page.leads_to) == (True, ELSEWHERE)


def test_a_page_that_somebody_else_made_to_lead_away_has_not_moved() -> None:
    foreign = render_moved(ELSEWHERE, brand="JADA").replace(b"guests.example.com", b"evil.example.com")
    page = live.read(foreign)

    assert (page.moved, page.leads_to) == (False, ELSEWHERE.replace("guests", "evil"))


@pytest.mark.parametrize(
    ("content", "leads_to"),
    [
        ("0; url=https://a.example/b", "https://a.example/b"),
        ("5;URL='https://a.example/b'", "https://a.example/b"),
        ("0, url = /b ", "/b"),
        ("30", ""),
        ("", ""),
    ],
)
def test_a_refresh_leads_where_it_names_an_address(content: str, leads_to: str) -> None:
    assert live.read(f'<meta http-equiv="Refresh" content="{content}">'.encode()).leads_to == leads_to


def test_what_is_a_right_is_not_in_its_representation() -> None:
    page = repr(live.read(page_of(DANIKA)))

    token = DANIKA["waiver_url"].rstrip("/").rpartition("/")[2]
    assert [right for right in (CODE, token) if right in page] == []
