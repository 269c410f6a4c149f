"""HTML that anybody may have written, as a small tree: bounded, and never an error.

The parser is the standard library's. Over tags that never end it takes quadratic time, over numbers that never end it
raises; neither is found in a page that a browser shows, so both are taken out before it sees them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

MOST_BYTES = 200_000  # a page of ours has 30 kB at most
MOST_PIECES = 5_000  # elements and texts; a page of ours has 300
DEEPEST = 32  # elements inside one another; what is deeper belongs to the last of them
LONGEST_TEXT = 300  # characters of one element's text
_READ_FOR_TEXT = 10 * LONGEST_TEXT  # line breaks and indents included

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_NO_TAG = re.compile(r"<(?=!\[|[^<>]*(?:<|\Z))")  # never closed, or one of SGML's marked sections
_ENDLESS_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,}")
_EMPTY = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
_SILENT = frozenset({"script", "style", "template", "title"})
_IN_LINE = frozenset(
    {"a", "abbr", "b", "bdi", "code", "em", "i", "mark", "small", "span", "strong", "sub", "sup", "time", "u"}
)
# What ends an open element without a word (HTML Living Standard, 13.1.2.4), as far as people leave it out.
_ENDS = {"dt": {"dt", "dd"}, "dd": {"dt", "dd"}, "li": {"li"}, "p": {"p"}}


@dataclass(slots=True)
class Element:
    """A tag, its attributes, and what is in it, in its order."""

    tag: str
    attributes: dict[str, str]
    children: "list[Element | str]" = field(default_factory=list)

    def all(self) -> "Iterator[Element | str]":
        """Everything in it, as it is read; a text that nobody sees is left out."""
        way = [iter(self.children)]
        while way:
            for child in way[-1]:
                yield child
                if isinstance(child, Element) and child.tag not in _SILENT:
                    way.append(iter(child.children))
                    break
            else:
                way.pop()

    def elements(self, *tags: str) -> "Iterator[Element]":
        """Those of these tags in it, as they are read; without a tag, every one."""
        return (each for each in self.all() if isinstance(each, Element) and (not tags or each.tag in tags))

    def has_class(self, name: str) -> bool:
        """Whether it is of a CSS class."""
        return name in self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        """Its words with single spaces between them, cut where they get long."""
        words, length = [], 0
        for each in self.all():
            words.append(each if isinstance(each, str) else "" if each.tag in _IN_LINE else " ")
            length += 1 + len(words[-1])
            if length > _READ_FOR_TEXT:
                break
        return readable("".join(words))


def parse(html: bytes) -> Element:
    """The root above everything in the first `MOST_BYTES` of a document in UTF-8."""
    builder = _Builder()
    builder.feed(_tame(html[:MOST_BYTES].decode("utf-8", "replace")))
    builder.close()
    return builder.open[0]


def readable(text: str, most: int = LONGEST_TEXT) -> str:
    """The text without line breaks, control characters and what turns the direction of writing; cut with “…”."""
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return words if len(words) <= most else f"{words[: most - 1]}…"


def _tame(text: str) -> str:
    """Each step is linear: comments are looked for where one ends, and a tag's end up to the next beginning."""
    before, end, after = text.rpartition("-->")
    text = _COMMENT.sub("", before + end) + after
    return _ENDLESS_NUMBER.sub(" ", _NO_TAG.sub("&lt;", text))


class _Builder(HTMLParser):
    """Builds the tree; `open` is the way from the root to where we are."""

    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]
        self._pieces = 0

    def _put(self, piece: Element | str) -> bool:
        """Whether there was still room for it."""
        self._pieces += 1
        if self._pieces > MOST_PIECES:
            return False
        self.open[-1].children.append(piece)
        return True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.open[-1].tag in _ENDS.get(tag, ()):
            self.open.pop()
        # Of an attribute that stands twice, the first counts.
        element = Element(tag, {name: value or "" for name, value in reversed(attrs)})
        if self._put(element) and tag not in _EMPTY and len(self.open) < DEEPEST:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self.open) - 1, 0, -1):
            if self.open[depth].tag == tag:
                del self.open[depth:]
                return

    def handle_data(self, data: str) -> None:
        self._put(data)
