"""What an office leaves to be filled in, and the names and words that only look like it."""

import pytest

from charters.pages.placeholders import is_undecided, placeholder_in, unfilled


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{{ name }}", "{{ name }}"),
        ("Hello {{guest.first_name|title}}!", "{{guest.first_name|title}}"),
        ("Hello {{ name", "{{"),
        ("{% if phone %}", "{% if phone %}"),
        ("Dear {name},", "{name}"),
        ("${guest_name}", "${guest_name}"),
        ("%(dock)s", "%(dock)s"),
        ("%FIRST_NAME%", "%FIRST_NAME%"),
        ("Dear $first_name,", "$first_name"),
        ("#REF!", "#REF!"),
        ("[GUEST]", "[GUEST]"),
        ("[guest's name]", "[guest's name]"),
        ("[Guest Name]", "[Guest Name]"),
        ("[ insert dock here ]", "[ insert dock here ]"),
        ("<name>", "<name>"),
        ("<Captain_Name>", "<Captain_Name>"),
        ("«First Name»", "«First Name»"),
        ("Gate code: ____", "____"),
        ("Gate code: xxxx", "xxxx"),
        ("TODO: parking", "TODO"),
        ("Lorem ipsum dolor", "Lorem ipsum"),
        ("[object Object]", "[object Object]"),
    ],
)
def test_what_was_left_to_be_filled_in_is_found_as_it_is_written(text: str, found: str):
    assert placeholder_in(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Kim [VIP]",
        "The [red] gate, then left -> dock C",
        "Gate [B]",
        "Parking is $20 a day, US$ or card",
        "Slip #12, gate # 4",
        "50% off parking, 100% of it",
        "O'Brien / Muñoz",
        "La «Belle Époque»",
        "Alexxa Foxx",
        "B & B Sailing <3",
        "Party of 4 (Smith)",
        "Todo el día, Isla de Todos Santos",
        "Xochitl",
        "",
    ],
)
def test_peoples_own_words_are_left_alone(text: str):
    assert placeholder_in(text) == ""


@pytest.mark.parametrize(
    "name",
    [
        *("TBD", "tba", " T.B.D. ", "TBD?", "(TBD)", "[TBD]", "XX", "xxx"),
        *("???", "n/a", "NA", "-", "—", "None", "NaN", "null", ""),
        *("Full Name", "(guest name)", "GUEST_NAME", "Insert name here", "Name of guest", "Client name"),
        *("Guest TBD", "Captain TBD", "TBD captain", "Captain needed", "Dock TBD", "Location: TBC", "none yet"),
    ],
)
def test_a_name_that_says_nothing_is_undecided(name: str):
    assert is_undecided(name)


@pytest.mark.parametrize(
    "name",
    ["Nan", "Null", "Ana", "Tad", "Guest of Honor", "Name Nguyen", "X. Ample", "Na Li", "Guest", "Tim Day", "Na"],
)
def test_a_name_that_looks_like_nothing_is_somebodys(name: str):
    assert not is_undecided(name)


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<p>Hello, {{ facts.guest }}</p>", "an unfilled placeholder: “{{” stands on the page"),
        ("<p>{% if late %}</p>", "an unfilled placeholder: “{%” stands on the page"),
        ("<dd> None </dd>", "a value on the page is “None”"),
        ("<dd>nan</dd>", "a value on the page is “nan”"),
        ('<a href="tel:None">Call us</a>', "a value on the page is “None”"),
        ('<time datetime=""></time>', "a time on the page is empty"),
        ('<a href="sms:undefined?&amp;body=x">', "a value on the page is “undefined”"),
        ("<p>Steps: None</p>", ""),
        ("<p>None of the 12 have signed yet.</p><dd>Nan</dd><style>a{b{}}</style>", ""),
    ],
)
def test_a_rendered_page_is_looked_at_before_it_is_put(html: str, reason: str):
    assert unfilled(html.encode()) == reason
