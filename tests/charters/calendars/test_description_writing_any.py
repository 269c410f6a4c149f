"""Writing a corrected crew into any description: it is read as meant, and all else stays byte for byte."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from charters.calendars.text.description import read_description
from charters.calendars.text.description_writing import CannotRewrite, rewrite
from charters.calendars.text.html_text import description_lines, traced_lines
from charters.calendars.text.named_crew import mentions
from tests.charters.calendars.rewrites import Crew, named

NAMES = st.sampled_from(["Gene", "Sam", "Sarah", "Marcus", "Zoë", "Mary Ann", "O'Brien", "J. Smith", "Ana de la Cruz"])
NOTES = st.sampled_from(
    [
        "Guests: 6",
        "arrive by 1:45 PM",
        "  Cake\ton board,  keep upright! ",
        "quinn@example.com &lt;home&gt;",
        "Call Quinn\u00a0619-555-0001",
        "",
        "<s>Mate: Al</s>",
        "<i>R&amp;D</i> dinner",
        "<!-- Captain: Al -->",
    ]
)
CREW_LINES = st.one_of(
    st.tuples(
        st.sampled_from(["Captain: ", "Capt. ", "Skipper - ", "<b>Captain:</b> ", "Captain: <s>Al</s> "]), NAMES
    ).map("".join),
    st.tuples(
        st.sampled_from(["Crew: ", "Mate: ", "Deckhands: ", "Updated crew: ", "<b>Crew:</b>&nbsp;"]),
        st.lists(NAMES, min_size=1, max_size=3, unique=True).map(", ".join),
    ).map("".join),
    st.tuples(NAMES, NAMES).map(" / mate ".join).map("Captain {}".format),
    st.tuples(NAMES, NAMES).map(lambda pair: f"{pair[0]} (captain), {pair[1]} (mate)"),
    st.sampled_from(["Captain: TBD", "Mate: ?", "no mate yet", "Crew:", "Deckhand: n/a"]),
)
LINES = st.lists(st.one_of(CREW_LINES, NOTES), max_size=6)
TEXTS = st.one_of(
    st.tuples(st.sampled_from(["\n", "\r\n", "<br>", "<br />\n"]), LINES).map(lambda both: both[0].join(both[1])),
    LINES.map(lambda lines: "".join(f"<p>{line}</p>" for line in lines)),
    LINES.map(lambda lines: "<ul>" + "".join(f"<li>{line}</li>\n" for line in lines) + "</ul>"),
)
WANTED = st.tuples(
    st.one_of(st.none(), NAMES),
    st.lists(
        st.tuples(NAMES, st.sampled_from(["mate", "deckhand", "crew"])), max_size=4, unique_by=lambda person: person[0]
    ),
).map(lambda both: (both[0], tuple(person for person in both[1] if person[0] != both[0])))


@given(TEXTS, WANTED)
@settings(max_examples=300, deadline=None)
def test_parsing_what_was_written_gives_what_was_meant(text: str, wanted: tuple[str | None, Crew]) -> None:
    captain, others = wanted
    rewritten = rewrite(text, captain=captain, crew=others)
    said = read_description(rewritten)
    assert (said.captain, sorted(said.crew, key=str)) == (captain, named(others))
    assert rewrite(rewritten, captain=captain, crew=others) == rewritten


@given(TEXTS, WANTED)
@settings(max_examples=300, deadline=None)
def test_lines_that_name_no_crew_stay_byte_for_byte(text: str, wanted: tuple[str | None, Crew]) -> None:
    captain, others = wanted
    rewritten = rewrite(text, captain=captain, crew=others)
    assert _other_lines(rewritten) == _other_lines(text)
    assert [text.count(struck) for struck in ("<s>", "Al</s>", "<!-- Captain: Al -->")] == [
        rewritten.count(struck) for struck in ("<s>", "Al</s>", "<!-- Captain: Al -->")
    ]


def _other_lines(text: str) -> list[str]:
    words = ("Guests", "arrive", "Cake", "quinn@", "Call", "R&D")
    return [text[line.start : line.end] for line in traced_lines(text) if line.text.startswith(words)]


PIECES = st.sampled_from(
    [
        *str.split(
            "Captain: Crew: Updated crew: Mate deckhands Gene O'Brien Zoë TBD n/a ? - / ; , & and ( ) [ ] guests"
            " or maybe Sam (captain) (mate) w/ no yet 6-8 • ... ! > → ⚓ plus tbd Backup Film Captain & co-captain Capt"
            " (out) (maybe) 1. 1pm is will be <br> <p> </p> <b> </b> <s> </s> <li> </li> <ul> </ul>"
            " &nbsp; &amp; <!-- --> <span> </span> </a> <td> a@b.co 619-555-0100 arrive by 1:45"
        ),
        "\n",
        "\r\n",
        "\u200b",
        "\x0b",
        '<a href="mailto:x@y.co">',
        '<span style="text-decoration:line-through">',
    ]
)
ANY_TEXT = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=30).map(" ".join))


@given(ANY_TEXT, st.one_of(WANTED, st.tuples(st.text(max_size=9), st.lists(st.tuples(st.text(max_size=9), NAMES)))))
@settings(max_examples=500, deadline=None)
def test_whatever_was_typed_it_is_rewritten_as_meant_or_refused(
    text: str, wanted: tuple[str | None, list[tuple[str, str]]]
) -> None:
    captain, others = wanted
    try:
        rewritten = rewrite(text, captain=captain, crew=others)
    except CannotRewrite:
        return
    said = read_description(rewritten)
    assert (said.captain, sorted(said.crew, key=str)) == (captain, named(others))


@given(ANY_TEXT)
@settings(max_examples=500, deadline=None)
def test_traced_lines_are_the_lines_that_are_read(text: str) -> None:
    lines = traced_lines(text)
    assert [line.text for line in lines] == description_lines(text)
    assert all(len(line.text) == len(line.origins) for line in lines)
    assert all(line.start <= start < end <= line.end for line in lines for start, end in line.visible)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_a_mention_is_found_where_it_was_typed(text: str) -> None:
    lines = description_lines(text)
    captains, others = mentions(lines)
    assume(captains or others)
    assert all(lines[found.line][found.start : found.end] == found.name for found in (*captains, *others))
