"""The lines of an event description, whether it was typed as plain text or in Google's own editor.

Google hands a description over as HTML when its editor was used and as plain text when it was not, and
never says which (docs/domain.md, "Before this system"). So only tags that editor is known to write are
taken for tags: "3 < 4 guests" and "Quinn <quinn@example.com>" are a person's words and stay.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html.entities import html5
from urllib.parse import unquote

DESCRIPTION_LIMIT = 20_000
"""Only this many characters of a description are read; a person wrote nothing useful beyond them."""

_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]{0,15})((?:\s[^<>]*)?)/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_ADDRESS = re.compile(r"""href\s{0,3}=\s{0,3}["']?(?:mailto|tel):([^"'?\s>]{1,254})""", re.IGNORECASE)
_LINE_THROUGH = re.compile(r"text-decoration[a-z-]{0,10}\s{0,3}:[^;\"']{0,40}line-through", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SIGN_OF_HTML = re.compile(r"<[/a-z!]|&[#a-z]", re.IGNORECASE)

_WORD = re.compile(r"\S+")

_NEW_LINE = frozenset(str.split("br p div li ul ol tr table hr blockquote pre h1 h2 h3 h4 h5 h6 html-blob html body"))
_NEW_WORD = frozenset(["td", "th"])
_GONE = frozenset(str.split("s strike del style script head title"))
_INLINE = frozenset(
    str.split("b i u em strong span a font small big sub sup code mark ins tbody thead wbr meta img o:p")
)
_KNOWN = _NEW_LINE | _NEW_WORD | _GONE | _INLINE


Edit = tuple[int, int, str]
"""A piece of text, from and to, and what is read in its place."""


def description_lines(text: str) -> list[str]:
    """Give the non-empty lines of a description, each with single spaces and without its markup.

    ``text`` is the description as the calendar has it; what stands beyond ``DESCRIPTION_LIMIT``
    characters is not looked at. Struck-out text is left out: whoever struck it took it back.
    """
    text = text[:DESCRIPTION_LIMIT]
    for stage in _stages(text):
        text = _edited(text, stage(text))
    return [" ".join(words) for line in text.splitlines() if (words := line.split())]


@dataclass(frozen=True, slots=True)
class TracedLine:
    """One of the lines of `description_lines` with the places it was read from.

    ``origins`` holds for each character of ``text`` the spans of the description that it stands for: one for a
    letter or an entity, several for a space, none for an address taken out of a link. ``start`` and ``end``
    enclose all between the two breaks beside the line, tags and struck-out words included; ``visible`` are the
    spans in there that are read. A break is a newline or a tag that makes one; None at either end of the text.
    """

    text: str
    origins: tuple[tuple[tuple[int, int], ...], ...]
    start: int
    end: int
    visible: tuple[tuple[int, int], ...]
    left: tuple[int, int] | None
    right: tuple[int, int] | None


def traced_lines(description: str) -> list[TracedLine]:
    """Give the lines of `description_lines`, made by the same stages, with the places they were read from."""
    text = description[:DESCRIPTION_LIMIT]
    spans = [(place, place + 1) for place in range(len(text))]
    for stage in _stages(text):
        edits = list(stage(text))
        spans = _moved(spans, edits, keep_place=stage is not _tags)
        text = _edited(text, edits)
    lines: list[TracedLine] = []
    left: tuple[int, int] | None = None
    position = 0
    for raw in text.splitlines(keepends=True):
        body = raw.splitlines()[0]
        stop = position + len(body)
        right = (spans[stop][0], spans[position + len(raw) - 1][1]) if len(raw) > len(body) else None
        if words := [(word[0], word.start() + position) for word in _WORD.finditer(body)]:
            origins: list[tuple[tuple[int, int], ...]] = []
            behind = position
            for word, at in words:
                if origins:
                    origins.append(tuple(spans[behind:at]))
                origins += [(span,) if span[0] < span[1] else () for span in spans[at : at + len(word)]]
                behind = at + len(word)
            lines.append(
                TracedLine(
                    text=" ".join(word for word, _ in words),
                    origins=tuple(origins),
                    start=left[1] if left else 0,
                    end=right[0] if right else min(len(description), DESCRIPTION_LIMIT),
                    visible=tuple(span for span in spans[position:stop] if span[0] < span[1]),
                    left=left,
                    right=right,
                )
            )
        left = right
        position += len(raw)
    return lines


def _stages(text: str) -> Iterator[Callable[[str], Iterable[Edit]]]:
    """What is done to a description before it falls into lines; each stage sees what the one before made."""
    if _SIGN_OF_HTML.search(text):
        yield from (_comments, _tags, _entities)
    if not text.isascii() or not text.isprintable() or "&" in text:
        yield _invisible


def _edited(text: str, edits: Iterable[Edit]) -> str:
    kept: list[str] = []
    position = 0
    for start, end, instead in edits:
        kept += (text[position:start], instead)
        position = end
    return "".join(kept) + text[position:] if position else text


def _moved(spans: list[tuple[int, int]], edits: Iterable[Edit], *, keep_place: bool) -> list[tuple[int, int]]:
    """The places of an edited text's characters. What a tag is read as has none, unless it is a new line."""
    moved: list[tuple[int, int]] = []
    position = 0
    for start, end, instead in edits:
        moved += spans[position:start]
        place = spans[start][0], spans[end - 1][1]
        moved += [place if keep_place or instead == "\n" else (place[0], place[0])] * len(instead)
        position = end
    return moved + spans[position:]


def _comments(text: str) -> Iterator[Edit]:
    position = 0
    while (start := text.find("<!--", position)) >= 0 and (end := text.find("-->", start)) >= 0:
        position = end + 3
        yield start, position, ""


def _entities(text: str) -> Iterator[Edit]:
    # html.unescape also takes "&notify" for "¬ify"; a person's ampersand is only an entity when it is
    # closed by a semicolon and known by its name.
    for entity in _ENTITY.finditer(text):
        written = entity[0]
        if written[1] == "#" or written[1:] in html5:
            yield entity.start(), entity.end(), html.unescape(written)


def _invisible(text: str) -> Iterator[Edit]:
    for sign in _INVISIBLE.finditer(text):
        yield sign.start(), sign.end(), ""


def _tags(text: str) -> Iterator[Edit]:
    # An opening tag that nothing closes strikes nothing out: better to read too much than to lose the rest.
    last_end = {tag[2].lower(): tag.start() for tag in _TAG.finditer(text) if tag[1]}
    position = struck = 0
    struck_spans: list[bool] = []
    address = ""
    for tag in _TAG.finditer(text):
        name, closing = tag[2].lower(), bool(tag[1])
        if name not in _KNOWN:
            continue
        words = "" if struck else text[position : tag.start()]
        if struck and position < tag.start():
            yield position, tag.start(), ""
        position = tag.end()
        instead = ""
        if name in _GONE:
            if closing:
                struck = max(0, struck - 1)
            elif last_end.get(name, -1) > tag.start():
                struck += 1
        elif name == "span":
            if not closing:
                struck_spans.append(bool(_LINE_THROUGH.search(tag[3])) and last_end.get(name, -1) > tag.start())
                struck += struck_spans[-1]
            elif struck_spans:
                struck = max(0, struck - struck_spans.pop())
        elif name == "a":
            if not closing:
                found = _ADDRESS.search(tag[3])
                address = unquote(found[1]) if found else ""
            elif address and not struck:
                # The link's words may be "mail me": its address is then known from the link alone.
                if address.lower() not in words.lower():
                    instead = f" {address} "
                address = ""
        if name in _NEW_LINE and not struck:
            instead = "\n"
        elif name in _NEW_WORD:
            instead = " "
        yield tag.start(), tag.end(), instead
    if struck and position < len(text):
        yield position, len(text), ""
