"""A signature as it arrives: a PNG data URL, {"strokes": …} or {"typed": "Name"} (docs/operations.md).

It is kept as {"png": data URL}, {"strokes": [[{x, y, t}, …], …]} (t in ms since the first touch) or
{"typed": name}.
"""

import base64
import binascii
import io
import math
import warnings
from collections.abc import Mapping
from typing import Any

from PIL import Image

from charters.models.people import plain_name
from waivers.refusals import FieldRefusedError

MOST_PNG_BYTES = 300 * 1024
MOST_PIXELS = 4_000_000
MOST_STROKES = 300
MOST_POINTS = 10_000
FARTHEST = 100_000  # in a coordinate
LONGEST = 86_400_000  # a day, in ms
# Smaller than this a picture is nobody's canvas, and one colour says nothing about it.
LEAST_CANVAS = 8
_PNG = "data:image/png;base64,"
_UNSIGNED = "Please sign: draw your signature or type your name."
_FORMS = "A signature is a PNG data URL, {“strokes”: …} or {“typed”: “Name”}."
_ENDLESS = "This drawing is too long. Please clear it and sign again."

Signature = dict[str, Any]


def read_signature(given: object, *, signer: str) -> Signature:
    """The signature in the form it is kept; `signer` is the name a typed one must match.

    Raises FieldRefusedError in words for the signer.
    """
    if given is None or given == "" or given == {}:
        raise FieldRefusedError(_UNSIGNED)
    if isinstance(given, str):
        return {"png": _read_png(given)}
    if isinstance(given, Mapping):
        forms = [form for form in ("typed", "strokes") if given.get(form) not in (None, "", [])]
        if not forms:
            raise FieldRefusedError(_UNSIGNED)
        if forms == ["typed"]:
            return {"typed": _read_typed(given["typed"], signer)}
        if forms == ["strokes"]:
            return {"strokes": _read_strokes(given["strokes"])}
    raise FieldRefusedError(_FORMS)


def _read_typed(given: object, signer: str) -> str:
    if not isinstance(given, str) or len(given) > 200:
        raise FieldRefusedError(_FORMS)
    typed = " ".join(given.split())
    if not typed:
        raise FieldRefusedError(_UNSIGNED)
    if not signer or plain_name(typed) != plain_name(signer):
        raise FieldRefusedError("The typed signature must be your name as you wrote it above.")
    return typed


def _read_strokes(given: object) -> list[list[dict[str, float]]]:
    if isinstance(given, list) and given and all(_looks_like_point(each) for each in given):
        given = [given]  # one stroke, not wrapped in a list of its own
    if not isinstance(given, list) or not all(isinstance(stroke, list) for stroke in given):
        raise FieldRefusedError(_FORMS)
    if len(given) > MOST_STROKES or sum(map(len, given)) > MOST_POINTS:
        raise FieldRefusedError(_ENDLESS)
    strokes = [[_read_point(point) for point in stroke] for stroke in given if stroke]
    across = [point["x"] for stroke in strokes for point in stroke]
    down = [point["y"] for stroke in strokes for point in stroke]
    if not across:
        raise FieldRefusedError(_UNSIGNED)
    if max(max(across) - min(across), max(down) - min(down)) < 1:
        raise FieldRefusedError("That is only a dot. Please sign with your name.")
    return strokes


def _looks_like_point(given: object) -> bool:
    return isinstance(given, Mapping) or (
        isinstance(given, list) and len(given) in {2, 3} and all(isinstance(each, int | float) for each in given)
    )


def _read_point(given: object) -> dict[str, float]:
    """A point, {x, y, t} or [x, y, t], coordinates to a hundredth; a client may not know the time of it."""
    if isinstance(given, list) and len(given) in {2, 3}:
        given = dict(zip("xyt", given, strict=False))
    if not isinstance(given, Mapping):
        raise FieldRefusedError(_FORMS)
    point = {axis: _read_number(given.get(axis)) for axis in ("x", "y", *(["t"] if "t" in given else []))}
    if abs(point["x"]) > FARTHEST or abs(point["y"]) > FARTHEST or not 0 <= point.get("t", 0) <= LONGEST:
        raise FieldRefusedError(_FORMS)
    return point


def _read_number(given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or abs(given) > LONGEST:
        raise FieldRefusedError(_FORMS)
    if not math.isfinite(given):
        raise FieldRefusedError(_FORMS)
    return round(given, 2)


def _read_png(given: str) -> str:
    if not given.startswith(_PNG):
        raise FieldRefusedError(_FORMS)
    if len(given) > len(_PNG) + 4 * math.ceil(MOST_PNG_BYTES / 3):
        raise FieldRefusedError("The picture of the signature is larger than 300 kB.")
    try:
        content = base64.b64decode(given.removeprefix(_PNG), validate=True)
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            blank = _is_blank(content)
    except (
        binascii.Error,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise FieldRefusedError("The picture of the signature is not a PNG we can read.") from error
    if blank:
        raise FieldRefusedError("The picture of the signature is blank. Please sign.")
    return given


def _is_blank(content: bytes) -> bool:
    """Whether it shows one colour only on white paper. Raises ValueError for a picture of many pixels."""
    with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
        if image.width * image.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        if max(image.size) < LEAST_CANVAS:
            image.load()
            return False
        ink = image.convert("RGBA")
    paper = Image.new("RGBA", ink.size, "white")
    channels = Image.alpha_composite(paper, ink).convert("RGB").split()
    return all(low == high for low, high in (channel.getextrema() for channel in channels))
