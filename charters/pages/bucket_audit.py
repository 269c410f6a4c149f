"""In an audit: all that lies where pages are kept, against all that should. Listed, never asked for one by one."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from charters.models import GuestPage
from charters.pages import edge, live, publishing, store
from charters.pages.wanting import State, in_scope
from jada.core.reconcile import Scope

MISSING = "It is missing where pages are kept."
LEADS_NOWHERE = "Its address of before does not lead to it."
A_DAYS = re.compile(r"\d{4}-\d\d-\d\d/.+")
A_PAGE = re.compile(r".*\.html?", re.IGNORECASE)
MOST_READ = 100  # pages beside the days' folders, to see whether they are ours
READERS = 8


@dataclass(frozen=True, slots=True)
class Found:
    """`wrong`: pages of which something is missing or another copy lies there, with the reason in words.

    `strangers`: what lies there and belongs to no page. `drifted`: as `publishing.drifted` gives it.
    """

    wrong: list[tuple[GuestPage, str]]
    strangers: list[str]
    drifted: dict[int, str]


def look(scope: Scope) -> Found:
    """List the store once and compare. No transaction; raises AdapterError."""
    drifted = publishing.drifted(scope)
    settled = in_scope(GuestPage.objects.exclude(digest=""), scope).order_by("pk")
    before = dict(settled.values_list("pk", "publication"))
    kept = store.listing()
    # Of a page that was put while we listed nothing can be said.
    still = [page for page in settled if before.get(page.pk) == page.publication]
    suspicious = [page for page in still if not _is_as_put(page, kept)]
    read = edge.spread(suspicious, per_second=None, act=lambda page: _wrong(page, kept), threads=READERS)
    wrong = sorted(((page, words) for page, words in read if words), key=lambda each: each[0].pk)
    return Found(wrong, _strangers(kept) if scope.charters is None else [], drifted)


def still_strangers(paths: Sequence[str]) -> set[str]:
    """Those of these paths that are no page's, present or former, and no page's that is being put."""
    return set(paths) - _ours(paths)


def _ours(paths: Iterable[str]) -> set[str]:
    asked = set(paths)
    files = {path.rpartition("/")[2]: path for path in asked}
    found: set[str] = set()
    for page in GuestPage.objects.exclude(state=State.WITHDRAWN).only("path", "former", "digest").iterator(2_000):
        found.update(path for path in page.paths if path in asked)
        # To another day it is on its way: there it lies before its row says so.
        if not page.digest and (way := files.get(page.path.rpartition("/")[2])):
            found.add(way)
    return found


def _strangers(kept: dict[str, str]) -> list[str]:
    """What a guest could be served as a page of ours: all in the days' folders, elsewhere what bears our mark.

    The 404.html, the robots.txt and the pages of others that somebody keeps beside ours are none of our business.
    """
    unknown = sorted(still_strangers(list(kept)))
    beside = [path for path in unknown if A_PAGE.fullmatch(path) and not A_DAYS.fullmatch(path)][:MOST_READ]
    marked = edge.spread(beside, per_second=None, act=_bears_our_mark, threads=READERS)
    ours = {path for path, is_ours in marked if is_ours}
    return [path for path in unknown if A_DAYS.fullmatch(path) or path in ours]


def _bears_our_mark(path: str) -> bool:
    content = store.read(path)
    return content is not None and live.read(content).ours


def _is_as_put(page: GuestPage, kept: dict[str, str]) -> bool:
    wanted = {page.path: page.etag, **page.former}
    return all(kept.get(path) == etag for path, etag in wanted.items())


def _wrong(page: GuestPage, kept: dict[str, str]) -> str:
    """What is wrong with the copy that lies there, in words, or ''; read, for its ETag is not the one we put."""
    content = store.read(page.path)
    if content is None:
        return MISSING
    if hashlib.md5(content, usedforsecurity=False).hexdigest() != page.etag and (
        said := live.findings(live.read(content), page.facts)
    ):
        return "; ".join(said)
    return "" if all(kept.get(path) == etag for path, etag in page.former.items()) else LEADS_NOWHERE
