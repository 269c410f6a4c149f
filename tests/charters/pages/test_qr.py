"""The QR code of a page's photo link: what segno draws, drawn faster."""

import re

import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from charters.pages import qr
from charters.pages.qr import qr_svg
from tests.charters.pages.samples import CODE

SITE = "https://sail.sailjada.com"
CODES = st.from_regex(r"[A-Z2-9]{4}(-[A-Z2-9]{4}){3}", fullmatch=True)


def modules(svg: str) -> list[list[int]]:
    """The dark and light modules that its strokes draw, without the white around them."""
    size = int(re.findall(r'viewBox="0 0 (\d+)', svg)[0]) - 8
    drawn = [[0] * size for _ in range(size)]
    for row, strokes in re.findall(r"M4 (\d+)\.5((?:h\d+|m\d+ 0)*)", svg):
        across = 0
        for kind, length in re.findall(r"([hm])(\d+)", strokes):
            if kind == "h":
                drawn[int(row) - 4][across : across + int(length)] = [1] * int(length)
            across += int(length)
    return drawn


def by_segno(*segments: str) -> list[list[int]]:
    return [list(row) for row in segno.make_qr(list(segments), error="m", mask=2).matrix]  # type: ignore[arg-type]


@settings(deadline=None)  # what the codes have in common is learned once
@given(CODES)
def test_every_code_is_drawn_as_segno_draws_it(code: str):
    qr._family(f"{SITE}/".upper(), "p", len(f"/{code}/"))._drawn = qr._FEW  # from here on it draws by itself
    qr_svg.cache_clear()

    assert modules(qr_svg(f"{SITE}/p/{code}/")) == by_segno(f"{SITE}/".upper(), "p", f"/{code}/")


def test_the_first_symbols_are_segnos_own_and_the_same_as_the_later_ones():
    qr._family.cache_clear()
    qr_svg.cache_clear()
    first = qr_svg(f"{SITE}/p/{CODE}/")
    for number in range(qr._FEW):
        qr_svg(f"{SITE}/p/ABCD-2345-EFGH-{number + 1000}/")
    qr_svg.cache_clear()

    assert qr_svg(f"{SITE}/p/{CODE}/") == first
    assert modules(first) == by_segno(f"{SITE}/".upper(), "p", f"/{CODE}/")


def test_an_address_that_is_no_code_of_ours_is_drawn_as_it_is():
    assert modules(qr_svg(f"{SITE}/p/über-uns/")) == by_segno(f"{SITE}/".upper(), "p", "/über-uns/")


def test_it_is_small_and_leaves_the_path_as_it_is():
    drawn = qr_svg(f"{SITE}/p/{CODE}/")

    assert 'viewBox="0 0 37 37"' in drawn  # version 3, 29 modules, and four of white on each side
    assert drawn != qr_svg(f"{SITE}/P/{CODE}/")
