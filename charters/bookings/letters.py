"""An e-mail as bytes, opened with care: what arrives here is written by anybody (RFC 5322, RFC 2045, RFC 2047).

Bounds come before parsing, for the standard parser has none: ten megabytes, so many lines, parts and layers. A
header that cannot be decoded is shown as it stands; control characters never survive, so no header can be
smuggled into what we write ourselves.
"""

import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime
from hashlib import blake2b

from jada.core.errors import JadaError

LARGEST_MAIL = 10 * 1024 * 1024
LONGEST_HEADERS = 512 * 1024
LONGEST_HEADER = 2_000
LONGEST_TEXT = 300_000  # characters of either form of the text
MOST_LINES = 400_000
MOST_PARTS = 2_000
MOST_CONTAINERS = 60
DEEPEST = 10

_CONTAINER = re.compile(rb"^content-type:\s{0,80}(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_BOUNDARY = re.compile(rb"(?:^|[\r\n])--")
_ONE_ADDRESS = re.compile(
    r"(?:\"(?P<quoted>(?:[^\"\\]|\\.)*)\"|(?P<phrase>[^<>\",;@\\]*))\s*<(?P<inside>[^<>\s@,;()\"]+@[A-Za-z0-9.-]+)>\s*"
    r"|(?P<bare>[^<>\s@,;()\"]+@[A-Za-z0-9.-]+)\s*"
)
_TEXT_CODECS = re.compile(
    r"utf-?(?:8|16|32)(?:-?[bl]e)?|utf-8-sig|ascii|iso8859-\d{1,2}|latin-?1|cp\d{3,5}|koi8-[rut]|gb2312|gbk|gb18030"
    r"|big5(?:hkscs)?|shift_jis(?:_2004|x0213)?|euc_(?:jp|kr)|iso2022_(?:jp|kr)(?:_\w+)?|mac-\w+|johab|tis-620"
)
# What the standard library may raise on a header or a body that somebody broke on purpose.
BROKEN = (ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError, binascii.Error)


class MailUnreadable(JadaError):  # noqa: N818 reads as what happened
    """The file is no mail we can read; the text says why."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail. `sender` is the one address in From, in small letters, and '' when there is none or are several.

    `results` are its Authentication-Results headers, topmost first. `attached` is the first mail inside it.
    """

    sender: str
    sender_name: str
    subject: str
    message_id: str
    sent_at: datetime | None
    results: tuple[str, ...]
    plain: str
    html: str
    attached: "Letter | None" = None


def open_letter(raw: bytes) -> Letter:
    """Read one .eml. Raises MailUnreadable when it is too large, too deep or not a mail."""
    if len(raw) > LARGEST_MAIL:
        raise MailUnreadable("It is larger than 10 MB.")
    if raw.count(b"\n") + raw.count(b"\r") > 2 * MOST_LINES:
        raise MailUnreadable("It has more lines than any mail.")
    if len(_CONTAINER.findall(raw)) > MOST_CONTAINERS:
        raise MailUnreadable("Its parts are nested too deeply.")
    if len(_BOUNDARY.findall(raw)) > MOST_PARTS:
        raise MailUnreadable("It has too many parts.")
    ends = re.search(rb"\r?\n\r?\n|\r\r", raw)
    if (ends.start() if ends else len(raw)) > LONGEST_HEADERS:
        raise MailUnreadable("Its headers are longer than any mail's.")
    try:
        message = message_from_bytes(raw)
    except BROKEN as error:
        raise MailUnreadable("It is not an e-mail.") from error
    headers = _headers(message)
    if not headers.get("from"):
        raise MailUnreadable("It is not an e-mail: it names no sender.")
    return _letter(message, headers, _made_up_id(raw), 0)


def _letter(message: "Message[str, str]", headers: dict[str, list[str]], made_up_id: str, depth: int) -> Letter:
    senders = headers.get("from", [])
    sender, name = _one_address(senders[0]) if len(senders) == 1 else ("", "")
    plain: list[str] = []
    html: list[str] = []
    attached: list[Letter] = []
    for part, layer in _parts(message, depth):
        kind = _kind(part)
        if kind == "message/rfc822" and part.is_multipart():
            inner = part.get_payload()
            if not attached and isinstance(inner, list) and inner and isinstance(inner[0], Message):
                attached.append(_letter(inner[0], _headers(inner[0]), made_up_id, layer + 1))
        elif kind in {"text/plain", "text/html"} and not _is_a_file(part):
            (plain if kind == "text/plain" else html).append(_text(part))
    return Letter(
        sender=sender,
        sender_name=name or (_decoded(senders[0]) if senders else ""),
        subject=_decoded(headers.get("subject", [""])[0]),
        message_id=_id(headers.get("message-id", [""])[0]) or made_up_id,
        sent_at=_moment(headers.get("date", [""])[0]),
        results=tuple(_one_line(value) for value in headers.get("authentication-results", [])),
        plain="\n".join(plain)[:LONGEST_TEXT],
        html="\n".join(html)[:LONGEST_TEXT],
        attached=attached[0] if attached else None,
    )


def _parts(message: "Message[str, str]", depth: int) -> "Iterator[tuple[Message[str, str], int]]":
    """The leaves, with the mails inside unopened; the layers beyond `DEEPEST` are left out."""
    # The payload of a leaf is not asked for here: that would decode it by whatever charset it claims.
    payload = message.get_payload() if message.is_multipart() else None
    if _kind(message).startswith("multipart/") and isinstance(payload, list):
        if depth < DEEPEST:
            for part in payload:
                if isinstance(part, Message):
                    yield from _parts(part, depth + 1)
    elif _kind(message) != "message/rfc822" or depth < DEEPEST:
        yield message, depth


def _kind(part: "Message[str, str]") -> str:
    try:
        return part.get_content_type()
    except BROKEN:
        return ""


def _headers(message: "Message[str, str]") -> dict[str, list[str]]:
    """By name in small letters, as received: bytes that are not ASCII are taken for UTF-8, else Latin-1."""
    found: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        found.setdefault(name.lower(), []).append(_unmasked(str(value)))
    return found


def _unmasked(value: str) -> str:
    if value.isascii():
        return value
    octets = value.encode("ascii", "surrogateescape")
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def _one_address(header: str) -> tuple[str, str]:
    """(address, name) of a header that holds exactly one address; ('', '') of any other: it could be read two ways."""
    written = " ".join(header.split())
    found = _ONE_ADDRESS.fullmatch(written) if len(written) <= LONGEST_HEADER else None
    if not found:
        return "", ""
    name = found["quoted"] if found["quoted"] is not None else found["phrase"] or ""
    return (found["inside"] or found["bare"]).lower().rstrip("."), _decoded(name).strip(" \"'")


def _decoded(header: str) -> str:
    """Encoded words in plain text, on one line."""
    written = " ".join(header.split())[:LONGEST_HEADER]
    try:
        pieces = decode_header(written)
    except (HeaderParseError, *BROKEN):
        return one_line(written)
    return one_line(
        "".join(_in_charset(piece, charset) if isinstance(piece, bytes) else piece for piece, charset in pieces)
    )


def one_line(text: str) -> str:
    """Without control and invisible characters, with single spaces."""
    seen = "".join(" " if unicodedata.category(sign)[0] == "C" and sign != "\u200d" else sign for sign in text)
    return " ".join(seen.split())


def _one_line(text: str) -> str:
    return one_line(text[: 4 * LONGEST_HEADER])


def _text(part: "Message[str, str]") -> str:
    try:
        payload = part.get_payload(decode=True)
    except BROKEN:
        return ""
    try:
        charset = part.get_content_charset()
    except BROKEN:
        charset = None
    return _in_charset(payload, charset) if isinstance(payload, bytes) else ""


def _in_charset(octets: bytes, charset: str | None) -> str:
    """By its charset when that is one of text; else UTF-8, else Windows-1252 with what cannot be read replaced."""
    octets = octets[: 4 * LONGEST_TEXT]
    for name in (charset, "utf-8"):
        try:
            known = codecs.lookup(name or "utf-8").name
            if _TEXT_CODECS.fullmatch(known):
                return octets.decode(known).replace("\x00", "")
        except BROKEN:
            continue
    return octets.decode("cp1252", "replace").replace("\x00", "")


def _is_a_file(part: "Message[str, str]") -> bool:
    try:
        return part.get_content_disposition() == "attachment"
    except BROKEN:
        return True


def _id(header: str) -> str:
    written = one_line(header[:LONGEST_HEADER]).strip("<> ")
    if len(written) > 200:
        return f"long-{blake2b(written.encode(), digest_size=16).hexdigest()}"
    return written


def _made_up_id(raw: bytes) -> str:
    return f"without-id-{blake2b(raw, digest_size=16).hexdigest()}"


def _moment(header: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(_one_line(header))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (OverflowError, *BROKEN):
        return None
