"""QR codes of photo links: segno knows the standard, this knows what our symbols have in common.

Photo links of one address differ in their code alone, and the modules of a QR symbol of one version, mask and
layout are affine in its data over GF(2): Reed–Solomon check words are linear (ISO/IEC 18004, 7.5), a mask is a fixed
pattern (7.8). So where a process draws many, segno draws one symbol and, for each bit of a code, what that bit flips:
0.1 s. Each symbol is then the exclusive or of a few numbers, where drawing it anew takes most of a page's time.
"""

from functools import cache, cached_property, lru_cache
from typing import Any
from urllib.parse import urlsplit

import segno
from django.utils.safestring import SafeString, mark_safe

QUIET_ZONE = 4  # modules of white around a symbol (ISO/IEC 18004, 6.3.8)
_MASK = 2  # any of the eight is readable; trying all of them takes five times as long
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"  # by value; a pair makes 11 bits, one alone 6 (7.4.4)
_VALUES = {sign: value for value, sign in enumerate(_SIGNS)}
_BASE = "A"  # every bit of a pair of them, and of one alone, can be flipped and is a sign still
_SLICE = 10  # modules of a row that are drawn at once
_FEW = 30  # symbols that are drawn one by one before it is worth while to learn what they have in common


@lru_cache(maxsize=4096)
def qr_svg(url: str) -> SafeString:
    """A QR code of an address as an SVG element, one unit a module.

    Scheme, host and photo code are written in capitals, which QR packs tighter than small letters; an address
    means the same in capitals up to its path (RFC 3986, 6.2.2.1), and the rest of the path stays as it is.
    """
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    before, slash, code = url[len(origin) :].rstrip("/").rpartition("/")
    words = f"{origin}/".upper(), before.lstrip("/"), f"{slash}{code}/"
    if not _VALUES.keys() >= set(words[2]):  # not one of our codes
        return _svg(*_symbol(*words))
    return _svg(*_family(*words[:2], len(words[2])).symbol(words[2]))


class _Family:
    """The symbols of all codes of one length behind one address. A symbol is a number, a bit a module, row by row."""

    def __init__(self, origin: str, before: str, length: int) -> None:
        self._address = origin, before
        self._pairs = _pairs(_BASE * length)
        self._drawn = 0

    def symbol(self, code: str) -> tuple[int, int]:
        """The symbol of a code, and the length of its rows."""
        if self._drawn < _FEW:
            self._drawn += 1
            return _symbol(*self._address, code)
        made, size = self._base
        for pair, flips in zip(_pairs(code), self._flips, strict=True):
            value = _value(pair) ^ _value(_BASE * len(pair))
            for bit, flip in enumerate(flips):
                if value >> bit & 1:
                    made ^= flip
        return made, size

    @cached_property
    def _base(self) -> tuple[int, int]:
        return _symbol(*self._address, "".join(self._pairs))

    @cached_property
    def _flips(self) -> list[list[int]]:
        """For each pair of signs, what each bit of its value flips, lowest first."""
        return [self._flipped(place, pair) for place, pair in enumerate(self._pairs)]

    def _flipped(self, place: int, pair: str) -> list[int]:
        before, after = "".join(self._pairs[:place]), "".join(self._pairs[place + 1 :])
        others = [_signs(_value(pair) ^ 1 << bit, len(pair)) for bit in range(11 if len(pair) == 2 else 6)]
        return [_symbol(*self._address, f"{before}{other}{after}")[0] ^ self._base[0] for other in others]


_family = lru_cache(maxsize=16)(_Family)


def _symbol(*segments: str) -> tuple[int, int]:
    """As segno draws it: the modules as one number, and the length of a row."""
    of: Any = list(segments)  # segno takes a list, unlike its stub
    matrix = segno.make_qr(of, error="m", mask=_MASK).matrix
    return int("".join(str(module) for row in matrix for module in row), 2), len(matrix)


def _pairs(text: str) -> list[str]:
    return [text[start : start + 2] for start in range(0, len(text), 2)]


def _value(pair: str) -> int:
    return _VALUES[pair[0]] * len(_SIGNS) + _VALUES[pair[1]] if len(pair) == 2 else _VALUES[pair]


def _signs(value: int, length: int) -> str:
    first, second = divmod(value, len(_SIGNS))
    return _SIGNS[first] + _SIGNS[second] if length == 2 else _SIGNS[second]


def _svg(symbol: int, size: int) -> SafeString:
    """One stroke a row, as high as a module."""
    modules = f"{symbol:0{size * size}b}"
    rows = [
        f"M{QUIET_ZONE} {number + QUIET_ZONE}.5"
        + "".join([_stroke(row[start : start + _SLICE]) for start in range(0, size, _SLICE)])
        for number, row in enumerate(modules[at : at + size] for at in range(0, size * size, size))
    ]
    edge = size + 2 * QUIET_ZONE
    return mark_safe(  # noqa: S308 - numbers only
        f'<svg class="qr" viewBox="0 0 {edge} {edge}" role="img" aria-label="QR code of the photo page" '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{edge}v{edge}H0z"/>'
        f'<path stroke="#000" d="{"".join(rows)}"/></svg>'
    )


@cache
def _stroke(modules: str) -> str:
    """Dark modules drawn, light ones passed over: “110” is “h2m1 0”; at most a thousand and a few such slices."""
    drawn, start = "", 0
    while start < len(modules):
        end = start + 1
        while end < len(modules) and modules[end] == modules[start]:
            end += 1
        drawn += f"h{end - start}" if modules[start] == "1" else f"m{end - start} 0"
        start = end
    return drawn
