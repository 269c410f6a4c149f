"""Public link tokens and the codes that are typed by hand."""

import re

import pytest

from jada.core import links

KEYS = ["a" * 32, "b" * 32]


@pytest.fixture(autouse=True)
def keys(settings: pytest.FixtureRequest) -> None:
    settings.LINK_KEYS = KEYS  # type: ignore[attr-defined]


def test_a_token_is_22_signs_fit_for_an_address() -> None:
    assert re.fullmatch(r"[\w-]{22}", links.token("page", 7), re.ASCII)


def test_a_token_can_be_written_again() -> None:
    assert links.token("page", 7, 2) == links.token("page", 7, 2)


def test_tokens_differ_by_purpose_identity_generation_and_key(settings: pytest.FixtureRequest) -> None:
    tokens = {links.token("page", 7), links.token("crew", 7), links.token("page", 8), links.token("page", 7, 2)}
    settings.LINK_KEYS = KEYS[1:]  # type: ignore[attr-defined]
    assert len(tokens | {links.token("page", 7)}) == 5


def test_the_newest_key_makes_the_token(settings: pytest.FixtureRequest) -> None:
    made = links.token("page", 7)
    settings.LINK_KEYS = KEYS[:1]  # type: ignore[attr-defined]
    assert links.token("page", 7) == made


def test_a_code_is_four_fours_without_look_alikes() -> None:
    codes = "".join(links.code("photos", number) for number in range(300))
    assert re.fullmatch(r"(?:[2-9A-HJKMNP-TW-Z]{4}-){3}[2-9A-HJKMNP-TW-Z]{4}", links.code("photos", 1))
    assert set(codes) - {"-"} == set(links.CODE_ALPHABET)


@pytest.mark.parametrize(
    "typed", ["abcd2345efgh6789", " ABCD 2345 EFGH 6789 ", "abcd-2345–efgh.6789", "ABCD2345EFGH6789xx"]
)
def test_a_typed_code_is_read_however_it_is_spaced(typed: str) -> None:
    assert links.plain_code(typed) == "ABCD-2345-EFGH-6789"


def test_what_a_row_keeps_is_no_link() -> None:
    assert (len(links.lookup("token")), links.lookup("token") == links.lookup("other")) == (32, False)
