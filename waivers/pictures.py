"""A picture that a stranger sent, made harmless: decoded within bounds and written anew, without what came with it."""

import io
import struct
from typing import BinaryIO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from jada.core.errors import JadaError

# By content, not by name. HEIF is among them only where Pillow has learnt it from a plugin.
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
MOST_PIXELS = 50_000_000  # a phone's 48 megapixels, and no more: decoded, that is 150 MB
LONGEST_SIDE = 2560  # pixels
QUALITY = 85
# What Pillow's readers raise at bytes that are no picture, or a broken one.
_BROKEN = (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, EOFError, TypeError, struct.error)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class PictureRefused(JadaError):  # noqa: N818 reads as what happened
    """The file is no picture that we can keep; the text says why, and follows the file's name."""


def made_anew(file: BinaryIO) -> bytes:
    """The picture as JPEG, upright, at most `LONGEST_SIDE` long, with its pixels alone: no EXIF, no place.

    Raises PictureRefused.
    """
    try:
        with Image.open(file, formats=_known_formats()) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise PictureRefused("has too many pixels. Please send a smaller copy")
            return _as_jpeg(picture)
    except _BOMBS as error:
        raise PictureRefused("has too many pixels. Please send a smaller copy") from error
    except UnidentifiedImageError as error:
        raise PictureRefused("is no picture that we can read. Please send it as JPEG, PNG or WebP") from error
    except _BROKEN as error:
        raise PictureRefused("is damaged or incomplete. Please send it once more") from error


def thumbnail(file: BinaryIO, longest_side: int) -> bytes:
    """A small copy of a kept picture, as JPEG."""
    with Image.open(file, formats=("JPEG",)) as picture:
        picture.draft("RGB", (longest_side, longest_side))
        picture.thumbnail((longest_side, longest_side))
        return _written(picture)


def _known_formats() -> list[str]:
    Image.init()
    return [each for each in FORMATS if each in Image.OPEN]


def _as_jpeg(picture: Image.Image) -> bytes:
    # JPEG is decoded at a half, a quarter or an eighth where that is enough: ten times as fast.
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    picture.load()
    profile = picture.info.get("icc_profile")
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return _written(_on_white(_in_srgb(upright, profile)))


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """In the colours of a screen: a phone's wider ones would look dull without their profile, which is left out."""
    if not profile or picture.mode not in {"RGB", "CMYK"}:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        shown = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return picture
    return shown or picture


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    paper = Image.new("RGB", clear.size, "white")
    paper.paste(clear, mask=clear.getchannel("A"))
    return paper


def _written(picture: Image.Image) -> bytes:
    """Its pixels on a new sheet: nothing that the file said besides is taken along."""
    sheet = Image.new("RGB", picture.size)
    sheet.paste(picture)
    kept = io.BytesIO()
    sheet.save(kept, "JPEG", quality=QUALITY, optimize=True)
    return kept.getvalue()
