"""New booking mails from the office's Gmail (developers.google.com/gmail/api/reference/rest/v1/users.messages).

Asked with `q`, newest first and page by page; taken oldest first, with the cursor moved after each mail, so that
after a crash it reads on where it stopped. Gmail's `after:` is to the second and its index may lag: a day is asked for
again and what was seen is skipped by its id, so that no mail is fetched twice.
"""

import base64
import binascii
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from charters.bookings.letters import MailUnreadable
from charters.bookings.mail import PLATFORMS
from charters.bookings.receive import forget_bodies, receive
from charters.bookings.trust import office_addresses
from charters.calendars.google_credentials import MAIL_SCOPES, access
from charters.calendars.google_transport import Missing, execute, service
from charters.models import Brand, Mailbox
from jada.core.clock import now
from jada.core.errors import AdapterError
from jada.core.locks import claim, held

logger = logging.getLogger(__name__)

MAILBOX = "gmail"
OVERLAP_SECONDS = 86_400
FIRST_READ_DAYS = 180
PAGE = 100
MOST_PAGES = 100
MOST_A_LOOK = 200  # the rest is read by the next look
LEASE_SECONDS = 600
Ask = Callable[[Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the mailbox did; `left` says that more waits for the next."""

    fetched: int = 0
    kept: int = 0
    left: bool = False


def read_new(*, service: Callable[[], Any] | None = None, ask: Ask | None = None) -> Look:
    """Read what is new in the mailbox; no request outside a lease, no network inside a transaction.

    `service` builds the vendor's Gmail client and `ask` sends one of its requests; by default those of
    `charters.calendars.google_transport`, under GOOGLE_API_ENDPOINT. Raises AdapterError and its kinds; what was read
    before the failure stays read.
    """
    mailbox, _ = Mailbox.objects.get_or_create(name=MAILBOX)
    with transaction.atomic():
        fence = claim(Mailbox.objects.filter(pk=mailbox.pk), seconds=LEASE_SECONDS).get(mailbox.pk)
    if fence is None:
        return Look()
    mailbox.refresh_from_db()
    messages = (service or _gmail)().users().messages()
    forget_bodies()
    try:
        look = _read(mailbox, fence, messages, ask or _ask)
    except AdapterError as error:
        _settle(mailbox, fence, error=str(error))
        raise
    except BaseException:
        _settle(mailbox, fence, error="An unexpected error; the log has it whole.")
        raise
    _settle(mailbox, fence, error="", last_read_at=now())
    return look


def query(newest: int) -> str:
    """Gmail's search: from the platforms or the office (braces: any of them), since a day before `newest` (ms)."""
    platforms = [domain for platform in PLATFORMS for domain in platform.domains]
    addresses = [*office_addresses(), *Brand.objects.exclude(email="").values_list("email", flat=True)]
    office = sorted({address.lower().removeprefix("@") for address in addresses if address})
    since = f"after:{newest // 1000 - OVERLAP_SECONDS}" if newest else f"newer_than:{FIRST_READ_DAYS}d"
    return f"{{{' '.join(f'from:{each}' for each in (*platforms, *office))}}} smaller:10M {since}"


def _read(mailbox: Mailbox, fence: int, messages: Any, ask: Ask) -> Look:
    new = [key for key in _ids(messages, ask, query(mailbox.newest)) if key not in mailbox.seen]
    new.reverse()
    kept = 0
    for key in new[:MOST_A_LOOK]:
        try:
            mail = ask(messages.get(userId="me", id=key, format="raw"))
        except Missing:
            continue  # deleted since it was listed
        kept += _take(key, mail)
        if not _move_on(mailbox, fence, key, _milliseconds(mail)):
            return Look(len(new), kept, left=True)  # somebody else's lease now
    return Look(min(len(new), MOST_A_LOOK), kept, left=len(new) > MOST_A_LOOK)


def _ids(messages: Any, ask: Ask, wanted: str) -> Iterator[str]:
    """Newest first, as Gmail lists them, each once."""
    seen: set[str] = set()
    token = ""
    for _ in range(MOST_PAGES):
        page = ask(messages.list(userId="me", q=wanted, maxResults=PAGE, **({"pageToken": token} if token else {})))
        for each in page.get("messages") or []:
            key = str(each.get("id", ""))
            if key and key not in seen:
                seen.add(key)
                yield key
        token = page.get("nextPageToken") or ""
        if not token:
            return


def _take(key: str, mail: dict[str, Any]) -> int:
    """One mail, whatever is in it: what cannot be read is logged by its id and must not stop the others."""
    try:
        raw = base64.urlsafe_b64decode(str(mail.get("raw", "")).encode() + b"==")
        return int(receive(raw).new)
    except MailUnreadable as reason:
        logger.info("The mail %s is no booking: %s", key, reason)
    except (binascii.Error, ValueError):
        logger.warning("The mail %s is not in the form Gmail promises.", key)
    return 0


def _milliseconds(mail: dict[str, Any]) -> int:
    written = str(mail.get("internalDate", ""))
    return int(written) if written.isdigit() and len(written) < 16 else 0


def _move_on(mailbox: Mailbox, fence: int, key: str, at: int) -> bool:
    """Remember one mail; ids that `after:` no longer lets through are forgotten."""
    newest = max(mailbox.newest, at)
    mailbox.newest = newest
    mailbox.seen[key] = at or newest
    oldest = newest - 2 * OVERLAP_SECONDS * 1000
    seen = {each: moment for each, moment in mailbox.seen.items() if moment >= oldest or each == key}
    mailbox.seen = seen
    return bool(held(Mailbox.objects.all(), mailbox.pk, fence).update(newest=newest, seen=seen))


def _settle(mailbox: Mailbox, fence: int, **columns: Any) -> None:
    held(Mailbox.objects.all(), mailbox.pk, fence).update(lease_until=None, **columns)


def _gmail() -> Any:
    return service("gmail", "v1")


def _ask(request: Any) -> dict[str, Any]:
    return execute(request, access(MAIL_SCOPES))
