"""Descriptions that nobody would type: read in linear time, and without ever raising."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charters.calendars.text.description import DESCRIPTION_LIMIT, Description, read_description
from tests.charters.calendars.described import crew, deck, mate

HOSTILE = [
    "a", " ", "(", "<", "&", "@", "1", "-", ",", "\n", "\x00", "a@", "1-", "(1", "<s>", "</s>", "<a ", "<!--",
    "&#", "crew:", "crew ", "Captain G", "guests ", "1 to ", "1+", "arrive by ", "arrive at 1-", "from 1:00-",
    "6 guests + ", "conf code ", "booking #", "A-", "A, ", "and ", "A (", "no ", "one ", "Gene or ", "x\n",
    "é", "🎂",
    '<span style="text-decoration: ', "1234567 ", "+1 619 555 0001 ", "office ", "Mate:\nA\n",
    "Captain Gene Mate ", "Gene capt, ", "Adults: 1 kids 1 ", "2-6pm → ", "arrive at 5 A", "> Captain: A\n",
    "Guests\n6\n",
    "Crew:\nA 619-555-0190\n", "619-555-0190/", "captain & ", "(arrive ", "Sam (out) → ", "⚓", "<td>", "Boatsetter (",
    "Crew: A\nA b out\n", "Mate: A\nA 619-555-0190\n", "> 619-555-0190\n> a\n", "capt a, 1 / ",
]  # fmt: skip


def seconds(text: str) -> float:
    """The processor's, the best of three."""
    taken = []
    for _ in range(3):
        began = time.process_time()
        read_description(text)
        taken.append(time.process_time() - began)
    return min(taken)


@pytest.mark.parametrize("before", ["", "Captain: "])
@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_text_is_read_in_linear_time(unit: str, before: str) -> None:
    short, long = (before + unit * (size // len(unit)) for size in (DESCRIPTION_LIMIT // 8, DESCRIPTION_LIMIT))
    # Eight times as much text; were it quadratic, 64 times the time. What takes a hundredth of a second is no matter.
    assert seconds(long) < max(24 * seconds(short), 0.01)


@pytest.mark.parametrize("unit", HOSTILE)
def test_of_a_megabyte_only_the_beginning_costs_time(unit: str) -> None:
    began = time.process_time()
    read_description(unit * (1_000_000 // len(unit)))
    assert time.process_time() - began < 1.0


FRAGMENTS = st.sampled_from(
    [
        "Captain",
        "captain:",
        "Crew:",
        "Updated",
        "crew:",
        "Mate",
        "deckhands",
        "Gene",
        "O'Brien",
        "Zoë",
        "TBD",
        "n/a",
        "?",
        "-",
        "/",
        ";",
        ",",
        "&",
        "and",
        "(",
        ")",
        "[",
        "guests",
        "6-8",
        "6",
        "12",
        "party",
        "of",
        "five",
        "arrive",
        "by",
        "boarding",
        "1:45",
        "PM",
        "2-6pm",
        "paid",
        "@",
        "a@b.co",
        "619-555-0100",
        "<br>",
        "<s>",
        "</s>",
        "&nbsp;",
        "\n",
        "office",
        "#",
    ]
)


@given(st.one_of(st.text(max_size=400), st.lists(FRAGMENTS, max_size=40).map(" ".join)))
@settings(max_examples=400, deadline=None)
def test_nothing_is_ever_raised(text: str) -> None:
    assert isinstance(read_description(text), Description)


NAMES = st.sampled_from(
    [
        "Gene",
        "Sam",
        "Sarah",
        "Marcus",
        "Darrell",
        "Angelia",
        "Zoë",
        "Mary Ann",
        "O'Brien",
        "Jean-Luc",
        "J. Smith",
        "Ana de la Cruz",
    ]
)


@given(st.lists(NAMES, min_size=4, max_size=8, unique=True), st.sampled_from([", ", " / ", " & ", "; ", " and "]))
@settings(deadline=None)
def test_names_in_canonical_form_come_back(names: list[str], between: str) -> None:
    captain, first, second, *others = names
    text = f"Captain: {captain}\nMate: {first}\nDeckhand: {second}\nCrew: {between.join(others)}"
    assert read_description(text) == Description(captain=captain, crew=mate(first) + deck(second) + crew(*others))
