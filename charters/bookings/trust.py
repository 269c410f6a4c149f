"""Which mail is believed (docs/operations.md, “Reading a calendar”).

Mail from a known platform, unless our own mail host found `dmarc=fail`; and what the office itself forwards, likewise.
A sender's name is anybody's to choose: only the address in From counts, and only the topmost
Authentication-Results that bears our mail host's name (RFC 8601, section 5: others may be forged).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings

from charters.bookings.letters import Letter
from charters.bookings.mail import platform_of

# Google Workspace's name in Authentication-Results, and the domains that the office writes from.
OWN_MAIL_HOSTS = ("mx.google.com",)
OFFICE_ADDRESSES = ("@sailjada.com", "@queenofsandiego.com")

_INNERMOST_COMMENT = re.compile(r"\([^()]*\)")
_DMARC = re.compile(r"\s*dmarc\s*=\s*(?P<result>[a-z]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Trust:
    """The verdict, and why in words fit for the queue."""

    believed: bool
    why: str


def judge(letter: Letter, *, office: Iterable[str] = ()) -> Trust:
    """Whether the letter is believed; `office` are addresses of ours besides the setting's (brands' own)."""
    platform = platform_of(letter.sender)
    ours = platform is None and is_office(letter.sender, office)
    if not letter.sender:
        return Trust(False, "Its sender is not one plain address.")
    if platform is None and not ours:
        named = f"“{letter.sender_name[:60]}” " if letter.sender_name else ""
        return Trust(
            False, f"It comes from {named}<{letter.sender[:120]}>, which is neither a platform nor the office."
        )
    who = f"{platform.name}" if platform else "the office"
    if dmarc(letter) == "fail":
        return Trust(
            False, f"It says that it is from {who} ({letter.sender[:120]}), but our mail host found that forged."
        )
    return Trust(True, f"From {platform.name}." if platform else "Forwarded by the office.")


def dmarc(letter: Letter) -> str:
    """What our own mail host says: “pass”, “fail”, …; '' when it says nothing."""
    hosts = {host.lower() for host in getattr(settings, "OWN_MAIL_HOSTS", OWN_MAIL_HOSTS)}
    for header in letter.results:
        bare = _without_comments(header)
        host, _, results = bare.partition(";")
        if (host.split() or [""])[0].lower() not in hosts:
            continue
        found = [match["result"].lower() for part in results.split(";") if (match := _DMARC.match(part))]
        return "fail" if "fail" in found else found[0] if found else ""
    return ""


def is_office(address: str, more: Iterable[str] = ()) -> bool:
    """Whether an address is the office's: listed by itself or by its domain (“@sailjada.com”)."""
    address = address.lower()
    own = {each.strip().lower() for each in (*office_addresses(), *more)} - {"", "@"}
    return bool(address) and (address in own or f"@{address.rpartition('@')[2]}" in own)


def office_addresses() -> list[str]:
    """The setting's, and the sender of our own mail."""
    return [*getattr(settings, "OFFICE_ADDRESSES", OFFICE_ADDRESSES), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]]


def _without_comments(header: str) -> str:
    """Comments nest (RFC 5322, section 3.2.2); a quoted string may hold a semicolon."""
    header = re.sub(r'"[^"]*"', '""', header)
    for _ in range(20):
        shorter = _INNERMOST_COMMENT.sub(" ", header)
        if shorter == header:
            break
        header = shorter
    return header
