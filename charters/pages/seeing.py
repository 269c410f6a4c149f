"""What phones are served at the public addresses, compared with what was put."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from django.conf import settings

from charters.models import GuestPage
from charters.models.page import address
from charters.pages import edge, life, live
from charters.pages.edge import CONNECTIONS, Served
from charters.pages.facts import Facts
from charters.pages.publishing import Work
from charters.pages.render import moved_digest
from jada.core.errors import AdapterError
from jada.core.reconcile import APPLIED, DELETE, FAILED, HELD, Change, Scope

LAYER = "edge"
# How often a public address that still shows another copy is asked again before the page is called failed.
PATIENCE = (0.1, 0.3, 0.8)
MOST_SECONDS = 60.0  # for one look at a batch
AUDITED_AT_ONCE = 200  # whose contents are in memory
OLDER_COPY = "The public address still shows an older copy."
ANOTHER_COPY = "The public address shows another copy."
NOT_ASKED = "The public address was not asked: those before it took too long."
LEADS_NOWHERE = "Its address of before does not lead to it."


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as its addresses serve it: `wrong` in words, or ''; `through` in the edge's; `copy`: another is served."""

    wrong: str
    through: str = ""
    content: bytes = b""
    copy: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is wrong, in words, with what phones are served of the page that was put as `digest`."""

    digest: str
    words: str


def look(changes: Sequence[Change], scope: Scope, fences: Mapping[int, int]) -> list[Change]:
    """Ask each page's addresses, a few times if need be, and settle what was seen, states and reasons set.

    Returns those that phones are served another copy of, which are left to be settled.
    """
    broken_off = time.monotonic() + MOST_SECONDS
    seen: dict[int, Seen] = {}

    def ask(change: Change) -> Seen:
        return _patiently(change.work, broken_off, gone=change.action == DELETE)

    with ThreadPoolExecutor(max_workers=CONNECTIONS, thread_name_prefix=LAYER) as pool:
        for done, (change, each) in enumerate(zip(changes, pool.map(ask, changes), strict=True), 1):
            seen[change.work.page.pk] = each
            change.reason = each.wrong
            change.state = APPLIED if not each.wrong else HELD if each.wrong == NOT_ASKED else FAILED
            scope.progress(LAYER, done, len(changes))
    right = {key: each.through for key, each in seen.items() if not each.wrong}
    gone = [change.work.page.pk for change in changes if change.action == DELETE and change.state == APPLIED]
    digests = {change.work.page.pk: change.work.digest for change in changes if change.work.page.pk in right}
    life.settle_verified({key: digests[key] for key in right if key not in gone}, dict(fences), through=right)
    life.settle_gone(gone, fences)
    wrong = {key: each.wrong for key, each in seen.items() if each.wrong and not each.copy}
    life.settle_held({key: words for key, words in wrong.items() if words == NOT_ASKED}, fences)
    life.settle_unseen({key: words for key, words in wrong.items() if words != NOT_ASKED}, fences)
    return [change for change in changes if seen[change.work.page.pk].copy]


def _patiently(work: Work, broken_off: float, *, gone: bool) -> Seen:
    seen = Seen(NOT_ASKED)
    for pause in (*PATIENCE, None):
        if time.monotonic() > broken_off:
            break
        seen = _gone(work.page) if gone else _shown(work)
        if not seen.wrong:
            break
        if pause is not None:
            time.sleep(pause)
    return seen


def _shown(work: Work) -> Seen:
    """What a phone is served of the page, and of its addresses of before."""
    served = _wrong(work.page, work.digest, OLDER_COPY)
    if not served.wrong and (words := _edited(work.page, served.content, work.facts)):
        return Seen(words, served.through, served.content, copy=True)
    return served


def _wrong(page: GuestPage, digest: str, otherwise: str) -> Seen:
    """What is wrong at the page's addresses: at its own `otherwise`, when it shows another copy."""
    seen = _served(page.url)
    if seen.digest != digest:
        return Seen(seen.reason or otherwise, seen.through, seen.content, copy=bool(seen.content))
    for path in page.former:
        before = _served(address(path))
        if before.digest != moved_digest(page.url):
            return Seen(before.reason or LEADS_NOWHERE, before.through, copy=bool(before.content))
    return Seen("", seen.through, seen.content)


def _as_put(page: GuestPage, content: bytes) -> bool:
    """Byte for byte; the ETag of what was put in one part is its MD5, unless the bucket encrypts with keys of KMS."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest() == page.etag


def _edited(page: GuestPage, content: bytes, facts: Facts) -> str:
    """What the copy says otherwise than the facts it was put with, though it bears their digest; '' for nothing."""
    return "" if _as_put(page, content) else "; ".join(live.findings(live.read(content), facts))


def _gone(page: GuestPage) -> Seen:
    for path in page.paths:
        try:
            seen = edge.gone(address(path))
        except AdapterError as error:
            return Seen(str(error))
        if seen.reason:
            return Seen(seen.reason, seen.through, copy=bool(seen.content))
    return Seen("")


def _served(url: str) -> Served:
    try:
        return edge.served(url)
    except AdapterError as error:
        return Served(None, str(error))


# -- in an audit -------------------------------------------------------------------------------------------


def audit(pages: Sequence[GuestPage], scope: Scope) -> dict[int, Doubt]:
    """{page: what is wrong with what phones are served}, asked once each, at a rate that disturbs no guest."""
    found: dict[int, Doubt] = {}
    done = 0

    def ask(page: GuestPage) -> Seen:
        return _wrong(page, page.digest, ANOTHER_COPY)

    rate = settings.GUEST_PAGES_CHECKS_PER_SECOND
    asked = edge.spread(pages, per_second=rate, act=ask, threads=CONNECTIONS)
    while batch := list(islice(asked, AUDITED_AT_ONCE)):
        found |= _doubts([(page, seen) for page, seen in batch if seen.wrong or not _as_put(page, seen.content)])
        done += len(batch)
        scope.progress(LAYER, done, len(pages))
    return found


def _doubts(suspicious: Sequence[tuple[GuestPage, Seen]]) -> dict[int, Doubt]:
    """What those say that are not, byte for byte, what was put, against what they should."""
    facts = dict(GuestPage.objects.filter(pk__in=[page.pk for page, _ in suspicious]).values_list("pk", "facts"))
    found: dict[int, Doubt] = {}
    for page, seen in suspicious:
        words = _edited(page, seen.content, facts[page.pk]) if seen.content and page.pk in facts else ""
        if words := words or seen.wrong:
            found[page.pk] = Doubt(page.digest, words)
    return found
