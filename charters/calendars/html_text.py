"""The lines of an event description, whether it was typed as plain text or in Google's own editor.

Google hands a description over as HTML when its editor was used and as plain text when it was not, and
never says which (docs/domain.md, "Before this system"). So only tags that editor is known to write are
taken for tags: "3 < 4 guests" and "Quinn <quinn@example.com>" are a person's words and stay.
"""

import html
import re
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

_NEW_LINE = frozenset(str.split("br p div li ul ol tr table hr blockquote pre h1 h2 h3 h4 h5 h6 html-blob html body"))
_NEW_WORD = frozenset(["td", "th"])
_GONE = frozenset(str.split("s strike del style script head title"))
_INLINE = frozenset(
    str.split("b i u em strong span a font small big sub sup code mark ins tbody thead wbr meta img o:p")
)
_KNOWN = _NEW_LINE | _NEW_WORD | _GONE | _INLINE


def description_lines(text: str) -> list[str]:
    """Give the non-empty lines of a description, each with single spaces and without its markup.

    ``text`` is the description as the calendar has it; what stands beyond ``DESCRIPTION_LIMIT``
    characters is not looked at. Struck-out text is left out: whoever struck it took it back.
    """
    text = text[:DESCRIPTION_LIMIT]
    if _SIGN_OF_HTML.search(text):
        text = _ENTITY.sub(_unescape, _without_tags(text))
    if not text.isascii() or not text.isprintable():
        text = _INVISIBLE.sub("", text)
    return [" ".join(words) for line in text.splitlines() if (words := line.split())]


def _unescape(entity: re.Match[str]) -> str:
    # html.unescape also takes "&notify" for "¬ify"; a person's ampersand is only an entity when it is
    # closed by a semicolon and known by its name.
    written = entity[0]
    return html.unescape(written) if written[1] == "#" or written[1:] in html5 else written


def _without_comments(text: str) -> str:
    kept: list[str] = []
    position = 0
    while (start := text.find("<!--", position)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept.append(text[position:start])
        position = end + 3
    return "".join(kept) + text[position:]


def _without_tags(text: str) -> str:
    text = _without_comments(text)
    # An opening tag that nothing closes strikes nothing out: better to read too much than to lose the rest.
    last_end = {tag[2].lower(): tag.start() for tag in _TAG.finditer(text) if tag[1]}
    kept: list[str] = []
    position = struck = 0
    struck_spans: list[bool] = []
    address = ""
    for tag in _TAG.finditer(text):
        name, closing = tag[2].lower(), bool(tag[1])
        if name not in _KNOWN:
            continue
        if not struck:
            kept.append(text[position : tag.start()])
        position = tag.end()
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
                if address.lower() not in kept[-1].lower():
                    kept.append(f" {address} ")
                address = ""
        if name in _NEW_LINE and not struck:
            kept.append("\n")
        elif name in _NEW_WORD:
            kept.append(" ")
    if not struck:
        kept.append(text[position:])
    return "".join(kept)
