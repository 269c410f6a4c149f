"""New booking mails from the office's Gmail (developers.google.com/gmail/api/reference/rest/v1/users.messages).

`fetch` asks with `q`, newest first and page by page, outside any transaction; `take_in` keeps what came, oldest first,
and moves the cursor with it, so that after a crash or a failure half-way it reads on where it stopped. Gmail's `after:`
is to the second and its index may lag: a day is asked for again and what was seen is skipped by its id, so that no
mail is fetched twice.
"""

import base64
import binascii
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction

from charters.bookings.letters import MailUnreadable
from charters.bookings.mail import PLATFORMS
from charters.bookings.receive import receive
from charters.bookings.trust import office_addresses
from charters.calendars.google import patience
from charters.calendars.google.credentials import MAIL_SCOPES, access, source
from charters.calendars.google.transport import Missing, execute, service
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
MOST_BYTES_A_LOOK = 50_000_000
LEASE_SECONDS = 600
# Looks follow each other closely when saves and pushes ring; the mailbox is asked this often at most.
PAUSE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as Gmail gave it: `at` in milliseconds since 1970; `raw` is None when it is not in the form promised."""

    key: str
    at: int
    raw: bytes | None


@dataclass(slots=True)
class Fetched:
    """What is new in the mailbox, oldest first. `left` says that more waits for the next look; `error`, in words,
    that Google failed half-way, `patience` when it may be asked again. Without a `fence` it was read for a plan alone.
    """

    mailbox: Mailbox
    fence: int | None
    mails: list[Mail] = field(default_factory=list)
    left: bool = False
    error: str = ""
    patience: dict[str, Any] = field(default_factory=lambda: patience.WELL)


def fetch(*, dry: bool = False, patient: bool = True) -> Fetched | None:
    """Ask the mailbox for what is new, under its lease, outside any transaction; `dry` for a plan: nothing is written.

    None when no Google account is connected, when another worker is reading, while Google is to be left alone, and,
    unless `patient`, when it was asked a moment ago. A failure is in `Fetched.error`: what was read before it counts.
    """
    if not source():
        return None
    mailbox = Mailbox.objects.filter(name=MAILBOX).first() or Mailbox(name=MAILBOX)
    if not patient and mailbox.last_read_at and now() - mailbox.last_read_at < PAUSE:
        return None
    if patience.why_not_now(mailbox, by_hand=patient):
        return None
    fence = None
    if not dry:
        mailbox, _ = Mailbox.objects.get_or_create(name=MAILBOX)
        with transaction.atomic():
            fence = claim(Mailbox.objects.filter(pk=mailbox.pk), seconds=LEASE_SECONDS).get(mailbox.pk)
        if fence is None:
            return None
        mailbox.refresh_from_db()
    fetched = Fetched(mailbox, fence)
    try:
        _ask_for_new(fetched)
    except AdapterError as error:
        fetched.error, fetched.patience = str(error), patience.after(mailbox, error)
    except BaseException:
        _settle(fetched, error="An unexpected error; the log has it whole.")
        raise
    return fetched


def take_in(fetched: Fetched) -> int:
    """Keep the mails and move the cursor, inside a transaction; how many are new to us.

    They wait there for `charters.bookings.match.look_again`. Nothing when our lease was lost to another worker.
    """
    mailbox = fetched.mailbox
    if fetched.fence is not None:
        ours = held(Mailbox.objects.select_for_update(), mailbox.pk, fetched.fence)
        if not ours.values_list("pk"):
            return 0
    kept = sum(_take(mail) for mail in fetched.mails)
    for mail in fetched.mails:
        mailbox.newest = max(mailbox.newest, mail.at)
        mailbox.seen[mail.key] = mail.at or mailbox.newest
    oldest = mailbox.newest - 2 * OVERLAP_SECONDS * 1000
    seen = {key: at for key, at in mailbox.seen.items() if at >= oldest}
    read = {} if fetched.error else {"last_read_at": now()}
    _settle(fetched, error=fetched.error, newest=mailbox.newest, seen=seen, **read, **fetched.patience)
    return kept


def query(newest: int) -> str:
    """Gmail's search: from the platforms or the office (braces: any of them), since a day before `newest` (ms)."""
    platforms = [domain for platform in PLATFORMS for domain in platform.domains]
    addresses = [*office_addresses(), *Brand.objects.exclude(email="").values_list("email", flat=True)]
    office = sorted({address.lower().removeprefix("@") for address in addresses if address})
    since = f"after:{newest // 1000 - OVERLAP_SECONDS}" if newest else f"newer_than:{FIRST_READ_DAYS}d"
    return f"{{{' '.join(f'from:{each}' for each in (*platforms, *office))}}} smaller:10M {since}"


def _ask_for_new(fetched: Fetched) -> None:
    messages = service("gmail", "v1").users().messages()
    mailbox = fetched.mailbox
    new = [key for key in _ids(messages, query(mailbox.newest)) if key not in mailbox.seen]
    new.reverse()
    size = 0
    for key in new:
        if len(fetched.mails) == MOST_A_LOOK or size > MOST_BYTES_A_LOOK:
            fetched.left = True
            return
        try:
            answer = _ask(messages.get(userId="me", id=key, format="raw"))
        except Missing:
            continue  # deleted since it was listed
        mail = Mail(key, _milliseconds(answer), _raw(key, answer))
        size += len(mail.raw or b"")
        fetched.mails.append(mail)


def _raw(key: str, answer: dict[str, Any]) -> bytes | None:
    try:
        return base64.urlsafe_b64decode(str(answer.get("raw", "")).encode() + b"==")
    except (binascii.Error, ValueError):
        logger.warning("The mail %s is not in the form Gmail promises.", key)
        return None


def _ids(messages: Any, wanted: str) -> Iterator[str]:
    """Newest first, as Gmail lists them, each once."""
    seen: set[str] = set()
    token = ""
    for _ in range(MOST_PAGES):
        page = _ask(messages.list(userId="me", q=wanted, maxResults=PAGE, **({"pageToken": token} if token else {})))
        for each in page.get("messages") or []:
            key = str(each.get("id", ""))
            if key and key not in seen:
                seen.add(key)
                yield key
        token = page.get("nextPageToken") or ""
        if not token:
            return


def _take(mail: Mail) -> int:
    """One mail, whatever is in it: what cannot be read is logged by its id and must not stop the others."""
    if mail.raw is None:
        return 0
    try:
        with transaction.atomic():
            return int(receive(mail.raw, match=False).new)
    except MailUnreadable as reason:
        logger.info("The mail %s is no booking: %s", mail.key, reason)
    except Exception:  # the outermost loop over what anybody may send us: the next mail is read all the same
        logger.exception("The mail %s could not be taken in.", mail.key)
    return 0


def _milliseconds(mail: dict[str, Any]) -> int:
    written = str(mail.get("internalDate", ""))
    return int(written) if written.isdigit() and len(written) < 16 else 0


def _settle(fetched: Fetched, **columns: Any) -> None:
    if fetched.fence is not None:
        held(Mailbox.objects.all(), fetched.mailbox.pk, fetched.fence).update(lease_until=None, **columns)


def _ask(request: Any) -> dict[str, Any]:
    return execute(request, access(MAIL_SCOPES))
