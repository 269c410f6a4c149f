"""A platform's mail inside another: forwarded by the office, as an attachment, in line or quoted.

What stands above the forwarding line is the office's own and is not read: its signature holds its own telephone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from charters.bookings.moments import read_moments

_QUOTED = re.compile(r"^(?:[>|]\s?)+")
_FORWARDED = re.compile(
    r"^-{3,}\s?(?:forwarded message|original message|original appointment)(?:\sfrom.{0,80})?\s?-{0,}$"
    r"|^begin forwarded message:?$|^_{10,}$",
    re.IGNORECASE,
)
_WROTE = re.compile(r"^on .{6,160}\bwrote:$", re.IGNORECASE)
_HEADER = re.compile(r"^(?P<name>from|date|sent|subject|to|cc|reply-to)\s?:\s?(?P<value>.*)$", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+%-]{1,64}@[A-Za-z0-9.-]{3,190}")
_SUBJECT_MARKS = re.compile(r"^(?:\s*(?:fwd?|re|aw|wg|tr)\s*:|\s*\[[^\]]{1,30}\])+\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Inner:
    """The mail inside: what its own headers say as far as they were copied, and its lines."""

    lines: list[str]
    sender: str = ""
    subject: str = ""
    sent_at: datetime | None = None


def bare_subject(subject: str) -> str:
    """Without “Fwd:”, “Re:” and mailing-list marks."""
    return _SUBJECT_MARKS.sub("", subject).strip()


def unwrap(lines: Sequence[str], *, wanted: re.Pattern[str], zone: ZoneInfo) -> Inner:
    """The mail inside `lines`: the innermost whose sender's address `wanted` finds, else the innermost of all.

    Without any forwarding line the whole text is taken for it, for somebody may have pasted it.
    """
    bare = [_QUOTED.sub("", line).strip(" ") for line in lines]
    found: list[Inner] = []
    for place, line in enumerate(bare):
        plain = line.replace("*", "").strip()
        if _FORWARDED.match(plain):
            found.append(_after(bare, place + 1, zone))
        elif _WROTE.match(_joined(bare, place)):
            address = _ADDRESS.search(_joined(bare, place))
            below = place + (1 if plain.lower().endswith("wrote:") else 2)
            found.append(Inner(bare[below:], address[0].lower() if address else ""))
        elif _HEADER.match(plain) and plain.lower().startswith("from") and _is_a_head(bare, place):
            found.append(_after(bare, place, zone))
    ours = [inner for inner in found if wanted.search(inner.sender)]
    return (ours or [inner for inner in found if inner.sender] or [Inner(bare)])[-1]


def _joined(lines: Sequence[str], place: int) -> str:
    """“On … wrote:” is often broken in two."""
    line = lines[place].replace("*", "").strip()
    if not line.lower().startswith("on ") or line.lower().endswith("wrote:") or place + 1 >= len(lines):
        return line
    return f"{line} {lines[place + 1].strip()}"


def _is_a_head(lines: Sequence[str], place: int) -> bool:
    """Outlook forwards without any line: From, Sent, To and Subject simply follow each other."""
    return len({found["name"].lower() for line in lines[place : place + 6] if (found := _header(line))}) >= 3


def _header(line: str) -> re.Match[str] | None:
    return _HEADER.match(line.replace("*", "").replace("\t", " ").strip())


def _after(lines: Sequence[str], place: int, zone: ZoneInfo) -> Inner:
    head: dict[str, str] = {}
    last = ""
    while place < len(lines):
        found = _header(lines[place])
        if found and found["name"].lower() not in head:
            last = found["name"].lower()
            head[last] = found["value"].strip()
        elif not lines[place] and not ({"subject", "from"} <= set(head) and _ends_here(lines, place)):
            pass
        elif lines[place] and last and not found:
            # A long list of recipients goes on in the next line.
            head[last] += f" {lines[place]}"
        else:
            break
        place += 1
    address = _ADDRESS.search(head.get("from", ""))
    sent = head.get("date") or head.get("sent") or ""
    return Inner(
        list(lines[place:]), address[0].lower() if address else "", head.get("subject", ""), _sent_at(sent, zone)
    )


def _ends_here(lines: Sequence[str], place: int) -> bool:
    following = next((line for line in lines[place:] if line), "")
    return _header(following) is None


def _sent_at(written: str, zone: ZoneInfo) -> datetime | None:
    try:
        moment = parsedate_to_datetime(written)
        if moment.tzinfo:
            return moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        pass
    start, _ = read_moments(written, zone=zone, near=None)
    return start.astimezone(UTC) if start else None
