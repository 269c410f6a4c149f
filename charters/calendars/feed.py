"""A feed's bytes, cut into one piece per UID without parsing a line of them (RFC 5545).

Ten thousand events are cut and digested in about 50 ms; only the pieces whose digest changed are parsed
(docs/architecture.md, rule 4). Nothing here raises but `FeedError`, whose text is shown to the office.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from jada.core.errors import JadaError

MOST_BYTES = 20_000_000
MOST_EVENTS = 20_000
BEGIN, END = b"\nBEGIN:VEVENT\n", b"\nEND:VEVENT"
CLOSING = b"\nEND:VCALENDAR"
UID = re.compile(rb"\nUID(?:;[^:\n]*)?:([^\n]*(?:\n[ \t][^\n]*)*)", re.IGNORECASE)
FOLD = re.compile(rb"\n[ \t]")
# Names may be written in small letters too (RFC 5545, section 1.2); nobody does, so it is looked into last.
ZONE = re.compile(rb"(?<=\n)BEGIN:VTIMEZONE\n.*?\nEND:VTIMEZONE(?=\n)", re.DOTALL)
SHOUTED = re.compile(rb"\n(?:BEGIN|END):VEVENT(?=\n)", re.IGNORECASE)
IDENTIFYING = re.compile(rb"\n(?:DTSTART|SUMMARY)[;:][^\n]*", re.IGNORECASE)
DIGEST_BYTES = 16
LONGEST_UID = 500  # an index holds it; Google's have 26 signs


class FeedError(JadaError):
    """The feed cannot be believed; the last good records stay."""


@dataclass(slots=True)
class Feed:
    """`zones` are the VTIMEZONEs wherever they stand; `pieces` maps a UID to its components."""

    zones: bytes
    pieces: dict[str, bytes]

    def digests(self) -> Iterator[tuple[str, bytes]]:
        """Each UID with the digest of its piece."""
        for uid, piece in self.pieces.items():
            yield uid, digest(piece)


def cut(content: bytes) -> Feed:
    """The feed's pieces. Raises FeedError when it is empty, cut off, no calendar, or too large."""
    if len(content) > MOST_BYTES:
        raise FeedError("The feed is larger than 20 MB.")
    lines = content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").strip() + b"\n"
    if lines == b"\n":
        raise FeedError("The feed is empty.")
    if lines[:15].upper() != b"BEGIN:VCALENDAR":
        kind = (
            "a web page" if b"<html" in lines[:2000].lower() or b"<!doctype" in lines[:200].lower() else "no calendar"
        )
        raise FeedError(f"The address answered with {kind}, not with an iCal feed.")
    if not lines.rstrip().endswith(CLOSING):
        raise FeedError("The feed is cut off: it does not end with END:VCALENDAR.")
    parts = (lines if BEGIN in lines else SHOUTED.sub(lambda line: line[0].upper(), lines)).split(BEGIN)
    if len(parts) - 1 > MOST_EVENTS:
        raise FeedError(f"The feed holds more than {MOST_EVENTS:,} events.")
    pieces: dict[str, list[bytes]] = {}
    for part in parts[1:]:
        body, end, _ = part.partition(END)
        if not end:
            raise FeedError("The feed is cut off: an event does not end.")
        component = b"\n" + body + b"\n"
        pieces.setdefault(_uid(component), []).append(component)
    return Feed(zones=_zones(lines), pieces={uid: BEGIN.join(each) for uid, each in pieces.items()})


def _zones(lines: bytes) -> bytes:
    return b"\n".join(ZONE.findall(lines)) if b"\nBEGIN:VTIMEZONE\n" in lines else b""


def _uid(component: bytes) -> str:
    found = UID.search(component)
    uid = text(FOLD.sub(b"", found[1])).strip() if found else ""
    if len(uid) > LONGEST_UID:
        return f"long-uid-{digest(uid.encode()).hex()}"
    # RFC 5545 demands one. Without it an event is known by its start and title, never by its place in the feed:
    # a new event before it must not put one guest's facts on another's page.
    return uid or f"without-uid-{digest(b''.join(IDENTIFYING.findall(component))).hex()}"


def digest(piece: bytes) -> bytes:
    """Of a piece with its DTSTAMP lines left out: Google renews them at each download."""
    start = piece.find(b"\nDTSTAMP")
    while start >= 0:
        end = piece.find(b"\n", start + 1)
        piece = piece[:start] + piece[end:]
        start = piece.find(b"\nDTSTAMP", start)
    return blake2b(piece, digest_size=DIGEST_BYTES).digest()


def components(piece: str) -> list[str]:
    """The bodies of a piece's VEVENTs, unfolded."""
    return [re.sub("\n[ \t]", "", body) for body in piece.split(BEGIN.decode())]


def text(content: bytes) -> str:
    """UTF-8, else Windows' Latin-1 (old exports); NUL bytes, which Postgres refuses, are dropped."""
    try:
        decoded = content.decode("utf-8")
    except UnicodeDecodeError:
        unfolded = FOLD.sub(b"", content)  # a fold may fall inside a letter (RFC 5545, section 3.1)
        try:
            decoded = unfolded.decode("utf-8")
        except UnicodeDecodeError:
            decoded = unfolded.decode("cp1252", errors="replace")
    return decoded.replace("\x00", "")
