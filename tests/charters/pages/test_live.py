"""What is wrong with a page that is live, in words."""

from typing import Any

import pytest

from charters.pages.facts import Facts, digest
from charters.pages.render import render, render_moved
from tests.charters.pages.live_pages import CREW, DANIKA, PUBLISHED, facts_of, found, page_of
from tests.charters.pages.samples import CODE, at

ELSEWHERE = "https://guests.example.com/2026-06-06/Danika-token.html"


def edited(*changes: tuple[str, str], facts: Facts = DANIKA) -> bytes:
    """The page as somebody edited it: each (what stood there, what stands there now), wherever it stands."""
    page = page_of(facts).decode()
    for old, new in changes:
        assert old in page
        page = page.replace(old, new)
    return page.encode()


# -- findings: the page that should be there -----------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"status": "cancelled"},
        {"status": "cancelled", "all_day": True},
        {"crew": []},
        {"signed": 12},
        {"named": 4, "signed": 2, "pending_guardian": 1},
        {"ends_at": at("2026-06-01 08:00")},
        {"guest_name": "<b>O'Brien & “Muñoz”</b>"},
    ],
)
def test_nothing_is_wrong_with_the_page_that_should_be_there(given: dict[str, Any]) -> None:
    facts = facts_of(**given)
    assert found(page_of(facts), facts) == []


def test_when_it_was_published_does_not_matter() -> None:
    page = render(DANIKA, digest=digest(DANIKA), published_at=at("2026-01-02 03:04"))
    assert found(page) == []


# -- findings: an older copy -----------------------------------------------


@pytest.mark.parametrize(
    ("of_before", "words_"),
    [
        (
            {
                "starts_at": at("2026-05-30 14:00"),
                "ends_at": at("2026-05-30 18:00"),
                "arrive_by": at("2026-05-30 14:00"),
            },
            ["arrive by 2:00 PM, should be 2:45 PM", "start 2 PM, should be 3 PM", "end 6 PM, should be 7 PM"],
        ),
        (
            {
                "starts_at": at("2026-05-31 15:00"),
                "ends_at": at("2026-05-31 19:00"),
                "arrive_by": at("2026-05-31 14:45"),
            },
            ["date Sun 31 May, should be Sat 30 May"],
        ),
        ({"ends_at": at("2026-05-30 20:00")}, ["end 8 PM, should be 7 PM", "on board “5 hours”, should be “4 hours”"]),
        ({"arrive_by": at("2026-05-30 12:00")}, ["arrive by noon, should be 2:45 PM"]),
        ({"arrive_by": at("2026-05-29 14:45")}, ["arrive by 2:45 PM, the day before, should be 2:45 PM, the same day"]),
        (
            {"crew": [("captain", "Darrell"), ("deckhand", "Angelia")]},
            ["captain Darrell, should be Gene", "deckhand Angelia, should be Sam and Ann"],
        ),
        ({"crew": []}, ["no captain, should be Gene", "no deckhand, should be Sam and Ann"]),
        ({"crew": [*CREW, ("mate", "Ed")]}, ["mate Ed, should be none"]),
        ({"status": "cancelled"}, ["it says cancelled, the trip sails"]),
        ({"party": "Quinn"}, ["guest Quinn, should be Danika"]),
        (
            {"event_type": "sunset_sail"},
            ["trip “Sunset sail on JADA”, should be “Private charter on JADA”"],
        ),
        (
            {"signed": 3},
            ["waivers “3 of 12 have signed.”, should be “None of the 12 have signed yet.”"],
        ),
        ({"pk": 8}, ["the waiver link is not this trip's", "the calendar link is not this trip's"]),
    ],
    ids=lambda value: None if isinstance(value, list) else "-".join(value),
)
def test_an_older_copy_is_told_with_both_values(of_before: dict[str, Any], words_: list[str]) -> None:
    assert found(page_of(facts_of(**of_before))) == words_


def test_a_copy_of_before_the_cancellation() -> None:
    assert found(page_of(DANIKA), facts_of(status="cancelled")) == ["it says the trip sails, it is cancelled"]


def test_another_dock_is_told_whole() -> None:
    facts = DANIKA | {"dock": DANIKA["dock"] | {"name": "", "address": "Pier 6"}}
    assert found(page_of(facts)) == [
        "dock “Pier 6”, should be “Harbor Island West 1880 Harbor Island Dr, San Diego, CA 92101”"
    ]


def test_another_map_is_told() -> None:
    facts = DANIKA | {"dock": DANIKA["dock"] | {"map_url": "https://maps.example/pier-6"}}
    assert found(page_of(facts)) == ["the map link is not this trip's"]


def test_another_office_is_told_by_its_number() -> None:
    facts = DANIKA | {"brand": DANIKA["brand"] | {"phone": "+16195550199"}}
    assert found(page_of(facts)) == ["phone (619) 555-0199, should be (619) 555-0100"]


def test_a_copy_of_before_other_directions_says_where_it_differs() -> None:
    facts = DANIKA | {"dock": DANIKA["dock"] | {"directions": "By the other gate."}}
    assert found(page_of(facts)) == ["it is an older copy, with other words under “Where to board”"]


def test_a_copy_of_another_style_is_an_older_copy() -> None:
    page = render(DANIKA, digest="0" * 64, published_at=PUBLISHED)
    assert found(page) == ["it is an older copy"]


# -- findings: what a hand did -----------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words_"),
    [
        ([("2:45", "2:00")], ["arrive by 2:00 PM, should be 2:45 PM"]),
        ([(">3 PM<", ">16:00<")], ["start 4 PM, should be 3 PM"]),
        ([(">3 PM<", ">15:00<")], ["its text was edited by hand, under “Hello, Danika”"]),
        ([(">3 PM<", ">soon<")], ["start “soon”, should be 3 PM"]),
        ([("T14:45", "T13:45")], ["arrive by 1:45 PM where machines read it, should be 2:45 PM"]),
        ([('"2026-05-30T14:45:00-07:00"', '"later"')], ["arrive by no hour where machines read it, should be 2:45 PM"]),
        ([("T19:00:00-07:00", "T19:00:00-08:00")], ["end 7 PM in another zone where machines read it, should be 7 PM"]),
        ([("Saturday, 30 May 2026", "Sunday, 31 May 2026")], ["date “Sunday, 31 May 2026”, should be Sat 30 May"]),
        ([("Captain</dt><dd>Gene", "Captain</dt><dd>Darrell")], ["captain Darrell, should be Gene"]),
        ([("Hello, Danika", "Welcome")], ["no guest, should be Danika"]),
        ([("Sign the waiver", "Sign here")], ["its text was edited by hand, under “Waiver”"]),
        ([("Sign the waiver", "Sign now"), ("Your photos", "Photos")], ["its text was edited by hand, under “Waiver”"]),
        ([("</main>", "<h2>Gate code</h2><p>4711</p></main>")], ["its text was edited by hand, under “Who to call”"]),
        ([("<title>", "<title>!")], ["its text was edited by hand"]),
        ([("</body>", "</body><!-- me -->")], ["its text was edited by hand"]),
        ([(CODE, "WXYZ-2345-EFGH-6789")], ["the photo link is not this trip's", "the photo code is not this trip's"]),
        ([(f'class="code">{CODE}', 'class="code">')], ["the photo code is missing"]),
        ([("/w/", "/x/")], ["the waiver link is not this trip's"]),
        ([('class="qr"', 'class="q"')], ["the QR code is missing"]),
        ([("tel:+1", "tel:+2")], ["phone (619) 555-0100 and +261 95550100, should be (619) 555-0100"]),
    ],
)
def test_what_a_hand_did_is_told_in_words(changes: list[tuple[str, str]], words_: list[str]) -> None:
    assert found(edited(*changes)) == words_


def test_an_edited_page_that_lost_its_marks_is_still_read() -> None:
    page = edited(("jada:digest", "x"), ("jada:published", "y"), ("2:45", "2:00"))
    assert found(page) == ["arrive by 2:00 PM, should be 2:45 PM"]


def test_a_page_cut_short_says_what_is_missing() -> None:
    page = page_of(DANIKA)
    said = found(page[: page.index(b"<h2>Your crew")])
    assert said == [
        "no captain, should be Gene",
        "no deckhand, should be Sam and Ann",
        "no waivers, should be “None of the 12 have signed yet.”",
        "the waiver link is missing",
        "the photo link is missing",
        "the calendar link is missing",
        "the photo code is missing",
        "the QR code is missing",
    ]


@pytest.mark.parametrize(
    "page", [b"", b"<!doctype html><title>This domain is parked</title>", b"\x89PNG\r\n\x1a\n\x00\xff", b'{"a": 1}']
)
def test_what_is_no_page_of_ours_is_called_that(page: bytes) -> None:
    assert found(page) == ["it is no page of ours"]


def test_a_trip_that_makes_no_page_any_more_is_told_with_its_reason() -> None:
    facts = facts_of(all_day=True)
    assert found(page_of(DANIKA), facts) == [
        "the trip makes no page now: no hours: the calendar has it as an all-day event"
    ]


@pytest.mark.parametrize("facts", [{}, DANIKA | {"dock": {"name": "", "address": "Pier 6", "map_url": ""}}])
def test_facts_that_an_earlier_release_stored_make_another_copy(facts: Facts) -> None:
    assert found(page_of(DANIKA), facts) == ["it is an older copy"]


def test_a_page_that_leads_away_is_called_that() -> None:
    assert found(render_moved(ELSEWHERE, brand="JADA")) == ["it leads to another address"]


@pytest.mark.parametrize("right", [CODE, "https://jada.example/w/AAAAAAAAAAAAAAAAAAAAA1/", "BCtEI1fFpY7Kcllgt49WWA"])
def test_a_right_that_stands_where_a_name_belongs_is_not_repeated(right: str) -> None:
    page = edited(("Captain</dt><dd>Gene", f"Captain</dt><dd>{right}"))
    assert found(page)[0] == "captain …, should be Gene"


def test_what_a_stranger_wrote_is_short_and_of_one_line() -> None:
    page = edited(("Captain</dt><dd>Gene", f"Captain</dt><dd>Darrell\n\u202e{'x ' * 5_000}"))
    (said,) = found(page)
    assert (len(said) < 350, said.isprintable()) == (True, True)
