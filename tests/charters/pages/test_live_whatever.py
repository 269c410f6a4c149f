"""Whatever lies at an address is read; and nothing is found in a page that should be there."""

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charters.pages import live, words
from charters.pages.facts import Facts, refusal
from jada.core.errors import AdapterError
from tests.charters.pages.live_pages import DANIKA, found, page_of
from tests.charters.pages.samples import CODE

PIECES = st.sampled_from(
    [
        *(
            "<",
            ">",
            "</",
            "<!--",
            "-->",
            "<![CDATA[",
            "<?",
            "<!",
            "&",
            "&#",
            "&#x",
            ";",
            '"',
            "'",
            "=",
            " ",
            "\n",
            "\0",
        ),
        *("<h1>", "<h1>Hello, ", "<h2>cancelled", "<dl>", "<dt>Captain", "<dd>", "</dl>", "<p>", "<div>", "</div>"),
        *("<time datetime=", "<time>", "</time>", "arrive by ", "2:45 PM", "25:99", "2026-05-30", "T14:45:00-07:00"),
        *(
            '<meta http-equiv=refresh content="0;url=',
            '<meta name="jada:published" content="',
            "9999-12-31T23:59-14:00",
        ),
        *("<a href=tel:", "<a href='/w/", "<iframe src=x>", "<address>", "<svg class=qr>", "<path d=", CODE, "\ud800"),
        f'<meta name="jada:digest" content="{"a" * 64}">',
    ]
)
MARKUP = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=40).map(
    lambda pieces: "".join(pieces).encode("utf-8", "surrogatepass")
)


@given(st.one_of(st.binary(max_size=300), MARKUP))
def test_it_never_raises(page: bytes) -> None:
    said = found(page)
    assert said == [each for each in said if each.isprintable()] != []


@given(st.data())
def test_a_mutilated_page_never_raises(data: st.DataObject) -> None:
    page = page_of(DANIKA)
    first, last = sorted(data.draw(st.tuples(*2 * [st.integers(0, len(page))])))
    mutilated = page[:first] + data.draw(MARKUP) + page[last:]
    assert (found(mutilated) == []) is (mutilated == page)


@pytest.mark.parametrize(
    "page",
    [
        b"<b>" * 60_000,
        b"<h1>" * 30 + b"<b>" * 60_000,
        b"<dl>" * 12 + b"<dt>a<dd>" * 20 + b"<dd><i>" * 8 + b"<dt>x<dd>" * 20_000,
        b"<svg class=qr>" * 30 + b"<path d=a>" * 20_000,
        b"<" * 200_000,
        b"<!--" * 50_000,
        b"<?" * 100_000,
        b"<a " + b"x='" * 60_000,
        b"&#" + b"9" * 199_000,
        b'<meta http-equiv=refresh content="0' + b" ;" * 60_000 + b'">',
        b"arrive by " * 10_000 + b"<time>" * 15_000,
    ],
    ids=lambda page: page[:12].decode(),
)
def test_a_hostile_page_holds_nobody_up(page: bytes) -> None:
    started = time.process_time()
    found(page)
    assert time.process_time() - started < 2


def makes_a_page(facts: Facts) -> bool:
    """Some words are refused on a page (charters.pages.placeholders)."""
    try:
        page_of(facts)
    except AdapterError:
        return False
    return not refusal(facts)


TEXT = st.text(max_size=40)
NAMES = st.text(st.characters(categories=["L", "Zs", "P", "S"]), min_size=1, max_size=30)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31))


@st.composite
def generated_facts(draw: st.DrawFn) -> Facts:
    """Facts as `page_facts` gives them, of any trip."""
    zone = ZoneInfo(draw(st.sampled_from(["America/Los_Angeles", "Europe/Madrid", "Asia/Kathmandu"])))
    start = draw(MOMENTS).replace(second=0, microsecond=0, tzinfo=zone)
    length = timedelta(minutes=draw(st.integers(1, 60 * 40)))
    arrive_by = start - timedelta(minutes=draw(st.integers(0, 180)))
    required = draw(st.integers(1, 40))
    crew = [
        {"role": role, "name": name}
        for role, name in draw(
            st.lists(st.tuples(st.sampled_from(["mate", "deckhand", "crew", "chef"]), NAMES), max_size=4)
        )
    ]
    dock = {name: draw(TEXT) for name in DANIKA["dock"]} | {"address": draw(NAMES)}
    return DANIKA | {
        "guest": draw(TEXT),
        "status": draw(st.sampled_from(["confirmed", "cancelled"])),
        "timezone": zone.key,
        "date": start.date().isoformat(),
        "arrive_by": arrive_by.isoformat(timespec="seconds"),
        "start": start.isoformat(timespec="seconds"),
        "end": (start + length).isoformat(timespec="seconds"),
        "duration": words.duration(length),
        "vessel": draw(NAMES),
        "dock": dock,
        "captain": draw(st.one_of(st.just(""), NAMES)),
        "crew": crew,
        "waivers": DANIKA["waivers"]
        | {"required": required, "signed": draw(st.integers(0, 41)), "pending_guardian": draw(st.integers(0, 3))},
        "bring": draw(st.lists(NAMES, max_size=3)),
    }


@settings(max_examples=60, deadline=None)
@given(generated_facts().filter(makes_a_page))
def test_nothing_is_wrong_with_the_page_of_any_facts(facts: Facts) -> None:
    assert found(page_of(facts), facts) == []


@settings(max_examples=60, deadline=None)
@given(generated_facts().filter(makes_a_page))
def test_a_page_states_the_hours_of_any_facts(facts: Facts) -> None:
    page = live.read(page_of(facts))
    sails = facts["status"] == "confirmed"

    assert page.cancelled is not sails
    marks = {name: hour.mark for name in ("date", "arrive_by", "start", "end") if (hour := getattr(page, name))}
    assert marks == {
        name: facts[name] for name in ("date", "arrive_by", "start", "end") if sails or name != "arrive_by"
    }


@settings(max_examples=60, deadline=None)
@given(generated_facts().filter(makes_a_page))
def test_a_hand_that_changes_no_fact_of_any_page_is_all_that_is_told(facts: Facts) -> None:
    assert found(page_of(facts) + b"<!-- me -->", facts) == ["its text was edited by hand"]
