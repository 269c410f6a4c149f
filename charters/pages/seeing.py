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
from jada.core.reconcile import APPLIED, DELETE, Change, Scope

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
class Asked:
    """A page as its addresses serve it: `wrong` in words, or ''; `content` unless it is what was put."""

    page: GuestPage
    wrong: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is wrong, in words, with what phones are served of the page that was put as `digest`."""

    digest: str
    words: str


def look(changes: Sequence[Change], scope: Scope, fences: Mapping[int, int]) -> list[Change]:
    """Ask each page's addresses, a few times if need be; settle what is right. Returns the others, reasons set."""
    broken_off = time.monotonic() + MOST_SECONDS
    verified: dict[int, str] = {}
    through: dict[int, str] = {}
    stale: list[Change] = []

    def ask(change: Change) -> tuple[str, str]:
        return _patiently(change.work, broken_off, gone=change.action == DELETE)

    with ThreadPoolExecutor(max_workers=CONNECTIONS, thread_name_prefix=LAYER) as pool:
        for done, (change, (wrong, way)) in enumerate(zip(changes, pool.map(ask, changes), strict=True), 1):
            work: Work = change.work
            if wrong:
                change.reason = wrong
                stale.append(change)
            else:
                change.state = APPLIED
                through[work.page.pk] = way
                if change.action != DELETE:
                    verified[work.page.pk] = work.digest
            scope.progress(LAYER, done, len(changes))
    life.settle_verified(verified, dict(fences), through=through)
    life.settle_gone([key for key in through if key not in verified], fences)
    return stale


def _patiently(work: Work, broken_off: float, *, gone: bool) -> tuple[str, str]:
    wrong, way = NOT_ASKED, ""
    for pause in (*PATIENCE, None):
        if time.monotonic() > broken_off:
            break
        if gone:
            wrong, way = _gone(work.page)
        else:
            wrong, way, content = _wrong(work.page, work.digest, OLDER_COPY)
            wrong = wrong or _edited(work.page, content, work.facts)
        if not wrong:
            break
        if pause is not None:
            time.sleep(pause)
    return wrong, way


def _wrong(page: GuestPage, digest: str, otherwise: str) -> tuple[str, str, bytes]:
    """What is wrong at the page's addresses, '' for nothing; the edge's own words; what was served."""
    seen = _served(page.url)
    if seen.digest != digest:
        return seen.reason or otherwise, seen.through, seen.content
    for path in page.former:
        if _served(address(path)).digest != moved_digest(page.url):
            return LEADS_NOWHERE, seen.through, b""
    return "", seen.through, seen.content


def _as_put(page: GuestPage, content: bytes) -> bool:
    """Byte for byte; the ETag of what was put in one part is its MD5, unless the bucket encrypts with keys of KMS."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest() == page.etag


def _edited(page: GuestPage, content: bytes, facts: Facts) -> str:
    """What the copy says otherwise than the facts it was put with, though it bears their digest; '' for nothing."""
    return "" if _as_put(page, content) else "; ".join(live.findings(live.read(content), facts))


def _gone(page: GuestPage) -> tuple[str, str]:
    for path in page.paths:
        try:
            seen = edge.gone(address(path))
        except AdapterError as error:
            return str(error), ""
        if seen.reason:
            return seen.reason, seen.through
    return "", ""


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

    def ask(page: GuestPage) -> Asked:
        wrong, _, content = _wrong(page, page.digest, ANOTHER_COPY)
        return Asked(page, wrong, b"" if not wrong and _as_put(page, content) else content)

    rate = settings.GUEST_PAGES_CHECKS_PER_SECOND
    asked = (each for _, each in edge.spread(pages, per_second=rate, act=ask, threads=CONNECTIONS))
    while batch := list(islice(asked, AUDITED_AT_ONCE)):
        found |= _doubts([each for each in batch if each.wrong or each.content])
        done += len(batch)
        scope.progress(LAYER, done, len(pages))
    return found


def _doubts(suspicious: Sequence[Asked]) -> dict[int, Doubt]:
    """What those say that are not, byte for byte, what was put, against what they should."""
    facts = dict(GuestPage.objects.filter(pk__in=[each.page.pk for each in suspicious]).values_list("pk", "facts"))
    found: dict[int, Doubt] = {}
    for each in suspicious:
        key = each.page.pk
        words = _edited(each.page, each.content, facts[key]) if each.content and key in facts else ""
        if words := words or each.wrong:
            found[key] = Doubt(each.page.digest, words)
    return found
