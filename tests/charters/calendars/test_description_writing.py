"""Writing a corrected crew into a description: only the crew lines change, everything else stays as typed."""

import pytest

from charters.calendars.text.description import DESCRIPTION_LIMIT, read_description
from charters.calendars.text.description_writing import CannotRewrite, rewrite
from tests.charters.calendars.rewrites import REWRITES, Crew, crew, mate, named


@pytest.mark.parametrize(("text", "captain", "others", "expected"), REWRITES)
def test_only_the_crew_lines_change(text: str, captain: str | None, others: Crew, expected: str) -> None:
    assert rewrite(text, captain=captain, crew=others) == expected


@pytest.mark.parametrize(("text", "captain", "others", "expected"), REWRITES)
def test_what_was_written_is_read_as_meant(text: str, captain: str | None, others: Crew, expected: str) -> None:
    said = read_description(expected)
    assert (said.captain, sorted(said.crew, key=str)) == (captain, named(others))


@pytest.mark.parametrize("text", [text for text, *_ in REWRITES])
def test_nothing_changes_where_nothing_is_to_change(text: str) -> None:
    said = read_description(text)
    assert rewrite(text, captain=said.captain, crew=[(person.name, person.role) for person in said.crew]) == text


@pytest.mark.parametrize(
    ("text", "captain", "others", "words"),
    [
        ("Captain/Mate: Gene / Sam", "Gene", (), "“Captain/Mate: Gene / Sam” does not say who has which duty."),
        ("Captain Sarah arriving late", None, (), "“Captain Sarah arriving late” says more than who sails."),
        (
            "Gene capt / Sarah mate / 14 ppl",
            "Gene",
            (),
            "“Gene capt / Sarah mate / 14 ppl”: Sarah cannot be taken out by a program.",
        ),
        ("Captain: Gene", "Gene", mate("<b>"), "“<b>” would not be read as a name in the calendar."),
        ("Captain: Gene", "TBD", (), "“TBD” would not be read as a name in the calendar."),
        ("Captain: Gene", "Sam\nMate: Al", (), "“Sam\nMate: Al” would not be read as a name in the calendar."),
        ("Captain: Gene", "Gene", mate("gene"), "“gene” is named more than once."),
        ("Captain: Gene", "Gene", crew("Sam", role="cook"), "“cook” is no role that can be written into the calendar."),
        ("x" * (DESCRIPTION_LIMIT + 1), "Gene", (), "The description is too long to be corrected by a program."),
        ("Crew: Sam\n" * 50, "Gene", (), "There are too many crew lines to be corrected by a program."),
    ],
)
def test_what_cannot_be_written_safely_is_left_to_a_person(
    text: str, captain: str | None, others: Crew, words: str
) -> None:
    with pytest.raises(CannotRewrite) as caught:
        rewrite(text, captain=captain, crew=others)
    assert str(caught.value) == words


# June 14 of docs/domain.md: the calendar lists Darrell and Angelia; Gene is to be captain, Angelia is not coming.
JUNE_14 = "Captain: Darrell\nMate: Angelia\nGuests: 8\nCake on board, please keep upright!\nalvarez.family@example.com"
CORRECTED_14 = "Captain: Gene\nGuests: 8\nCake on board, please keep upright!\nalvarez.family@example.com"
CONTACT_14 = '<a href="mailto:alvarez.family@example.com">alvarez.family@example.com</a>'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (JUNE_14, CORRECTED_14),
        (JUNE_14.replace("\n", "\r\n") + "\r\n", CORRECTED_14.replace("\n", "\r\n") + "\r\n"),
        (JUNE_14.replace("\n", "<br>"), CORRECTED_14.replace("\n", "<br>")),
        (
            "<p>Captain: Darrell</p><p>Mate: Angelia</p><p>Guests: 8</p>"
            f"<p>Cake on board, please keep&nbsp;<b>upright</b>!</p><p>{CONTACT_14}</p>",
            "<p>Captain: Gene</p><p>Guests: 8</p>"
            f"<p>Cake on board, please keep&nbsp;<b>upright</b>!</p><p>{CONTACT_14}</p>",
        ),
        (
            "<b>Captain:</b>&nbsp;Darrell<br><b>Mate:</b>&nbsp;Angelia<br>"
            f"<i>Cake</i> &amp; ice  &lt;3<br>{CONTACT_14}",
            f"<b>Captain:</b>&nbsp;Gene<br><i>Cake</i> &amp; ice  &lt;3<br>{CONTACT_14}",
        ),
        (
            "<ul><li>Captain: Darrell</li><li>Mate: Angelia</li><li>Guests: 8 <s>(10)</s></li></ul>",
            "<ul><li>Captain: Gene</li><li>Guests: 8 <s>(10)</s></li></ul>",
        ),
        (
            "<html-blob><u>Crew</u><br>Captain Darrell, Mate Angelia<br><br>8 guests &nbsp;</html-blob>",
            "<html-blob><u>Crew</u><br>Captain Gene<br><br>8 guests &nbsp;</html-blob>",
        ),
        ("Crew: Darrell (captain), Angelia\nGuests:\t8  ", "Crew: Gene (captain)\nGuests:\t8  "),
    ],
)
def test_june_14_is_corrected_byte_for_byte(text: str, expected: str) -> None:
    assert rewrite(text, captain="Gene", crew=()) == expected


@pytest.mark.parametrize("text", [text for text, *_ in REWRITES])
def test_the_same_crew_in_another_order_is_no_change(text: str) -> None:
    said = read_description(text)
    assert rewrite(text, captain=said.captain, crew=[(each.name, each.role) for each in reversed(said.crew)]) == text
