"""The lines of a mail's text, from its plain or its HTML form. A table's cells are parted by tabs."""

import html
import re
import unicodedata

_TAG = re.compile(r"<(/?)([a-z][a-z0-9:]{0,15})([^<>]{0,8000})>|<![a-z\[][^<>]{0,2000}>", re.IGNORECASE)
_NEW_LINE = frozenset(
    str.split("br p div li ul ol tr table hr blockquote pre h1 h2 h3 h4 h5 h6 body section article dt dd")
)
_NEW_CELL = frozenset(["td", "th"])
_UNSEEN = frozenset(str.split("head style script title"))
_LINE_END = re.compile(r"\r\n?|[\n\v\f\x85\u2028\u2029]")
LONGEST_LINE = 1_000
MOST_LINES = 5_000


def plain_lines(text: str) -> list[str]:
    """Each line with single spaces between its words and tabs between its cells; empty lines stay, they part blocks."""
    return [_tidy(line) for line in _LINE_END.split(text)[:MOST_LINES]]


def html_lines(text: str) -> list[str]:
    """The lines that a reader of the HTML would see, about."""
    return plain_lines(html.unescape(_without_tags(_without_comments(text))))


def _tidy(line: str) -> str:
    line = line[:LONGEST_LINE]
    if not (line.isascii() and line.isprintable()):
        line = "".join(_seen(sign) for sign in line)
    cells = [" ".join(cell.split()) for cell in line.split("\t")]
    return "\t".join(cell for cell in cells if cell)


def _seen(sign: str) -> str:
    if sign == "\t":
        return sign
    category = unicodedata.category(sign)
    return "" if category == "Cf" else " " if category[0] in "CZ" else sign


def _without_comments(text: str) -> str:
    kept: list[str] = []
    position = 0
    while (start := text.find("<!--", position)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept.append(text[position:start])
        position = end + 3
    return "".join(kept) + text[position:]


def _without_tags(text: str) -> str:
    kept: list[str] = []
    position = 0
    unseen = ""
    for tag in _TAG.finditer(text):
        words = text[position : tag.start()]
        if not unseen:
            # A line break in the source of HTML is a space; what parts lines is a tag.
            kept.append(_LINE_END.sub(" ", words).replace("\t", " "))
        position = tag.end()
        name, closing = (tag[2] or "").lower(), bool(tag[1])
        if unseen:
            unseen = "" if closing and name == unseen else unseen
        elif name in _UNSEEN and not closing and text.find(f"</{name}", position) >= 0:
            unseen = name
        elif name in _NEW_LINE:
            kept.append("\n")
        elif name in _NEW_CELL:
            kept.append("\t")
    if not unseen:
        kept.append(_LINE_END.sub(" ", text[position:]).replace("\t", " "))
    return "".join(kept)
