"""What the office is told of a description that was not understood."""

import pytest

from charters.calendars.lint import lint
from charters.calendars.text.description import read_description


@pytest.mark.parametrize(
    ("text", "event_type", "expected"),
    [
        ("Captain: Gene\nGuests: 6", "sunset_sail", ()),
        ("", "private", ("No captain found.", "No guest count found.")),
        ("Captain: TBD\n6 guests", "whale_watching", ("No captain found.",)),
        ("Captain: Gene", "concert_sail", ("No guest count found.",)),
        (
            "Captain: Gene\nCake on board, please keep upright!\nGuests: 8",
            "private",
            ("Not understood: “Cake on board, please keep upright!”",),
        ),
        ("Captain: Gene\n6 guests\nring\nring", "private", ("Not understood: “ring”",)),
        ("diver: Joe", "maintenance", ()),
        ("All crew. MOB drills.", "crew", ()),
        ("not confirmed, waiting for deposit", "hold", ()),
    ],
)
def test_what_is_missing_or_not_understood_is_said(text: str, event_type: str, expected: tuple[str, ...]) -> None:
    assert lint(read_description(text), event_type) == expected


def test_a_long_line_is_quoted_with_80_characters_at_most() -> None:
    description = read_description("Captain: Gene\n6 guests\n" + "word " * 40)
    assert lint(description, "private") == ("Not understood: “" + ("word " * 40)[:79].rstrip() + "…”",)


def test_five_lines_at_most_are_quoted() -> None:
    notes = "\n".join(f"note {letter}" for letter in "abcdefgh")
    description = read_description(f"Captain: Gene\n6 guests\n{notes}")
    assert lint(description, "private") == tuple(f"Not understood: “note {letter}”" for letter in "abcde")
