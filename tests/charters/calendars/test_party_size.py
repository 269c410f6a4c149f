"""How many guests one line speaks of, and what is asked when it says it twice."""

import pytest

from charters.calendars.text.description import read_description
from charters.calendars.text.party_size import read_party_size


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("Guests: 4 adults, 3 children", 7),
        ("Passengers: 4 adults, 3 children", 7),
        ("5 adults, 1 child", 6),
        ("Adults: 4, children: 2, infants: 1", 7),
        ("Adults: 4; kids 2; babies: 1", 7),
        ("Adults: 4, children: 0, infants: 0", 4),
        ("Guests: 4 (+2 children)", 6),
        ("Guests: 4 plus 2 children", 6),
        ("4 guests plus 2 infants", 6),
        ("Guests: 4 plus 2 crew", 4),
        ("Guests: 6 (4 adults, 2 children)", 6),
        # Said twice the same way, it is said once.
        ("Guests: 6. Party of 6", 6),
        ("Guests: 4. Updated guests: 7", 7),
        ("Updated guests: 4. Guests: 7", 4),
        ("12 guests, all 12 guests paid", 12),
        # What the boat carries, and who is among the guests, are no second count.
        ("8 guests (boat holds 49 passengers)", 8),
        ("8 guests, 49 passengers max", 8),
        ("12 guests incl. 4 people from Ohio", 12),
        ("Guests: 12, including a party of 4", 12),
    ],
)
def test_everybody_is_counted(line: str, count: int) -> None:
    size = read_party_size(line)
    assert (size.count, size.questions) == (count, ())


@pytest.mark.parametrize(
    ("line", "count", "question"),
    [
        (
            "Guests: 4. Guests: 7",
            7,
            "The text gives different numbers of guests, “Guests: 4” and “Guests: 7”; 7 are reckoned with.",
        ),
        (
            "Guests: 7 / party of 4 / pax: 5",
            7,
            "The text gives different numbers of guests, “Guests: 7”, “party of 4” and “pax: 5”; 7 are reckoned with.",
        ),
        (
            "4 guests. 7 guests",
            7,
            "The text gives different numbers of guests, “4 guests” and “7 guests”; 7 are reckoned with.",
        ),
        (
            "Party of five. Guests: 7",
            7,
            "“Party of five. Guests: 7” gives different numbers of guests; 7 are reckoned with.",
        ),
        (
            "Guests: 4-6. Guests: 5",
            6,
            "The text gives different numbers of guests, “Guests: 4-6” and “Guests: 5”; 6 are reckoned with.",
        ),
    ],
)
def test_two_counts_in_one_line_are_asked_about_and_the_higher_is_reckoned_with(
    line: str, count: int, question: str
) -> None:
    description = read_description(line)
    assert (description.guest_count, description.questions) == (count, (question,))
