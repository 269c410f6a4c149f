"""In an audit: all that lies where pages are kept, against all that should. Listed, never asked for one by one."""

import re
from dataclasses import dataclass

from django.db.models import Q

from charters.models import GuestPage
from charters.pages import live, store
from charters.pages.facts import page_facts
from charters.pages.publishing import loaded
from charters.pages.wanting import State, in_scope
from jada.core.reconcile import Scope

MISSING = "It is missing where pages are kept."
LEADS_NOWHERE = "Its address of before does not lead to it."
# What a guest could be served as a page: anything in a day's folder, and HTML anywhere. A robots.txt or an icon that
# somebody keeps beside the pages is none of our business.
OURS = re.compile(r"\d{4}-\d\d-\d\d/.+|.*\.html?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """`wrong`: pages of which something is missing or another copy lies there, with the reason in words.

    `strangers`: what lies there and belongs to no page.
    """

    wrong: list[tuple[GuestPage, str]]
    strangers: list[str]


def look(scope: Scope) -> Found:
    """List the store once and compare. No transaction; raises AdapterError."""
    kept = store.listing()
    pages = list(in_scope(GuestPage.objects.exclude(digest=""), scope).order_by("pk"))
    wrong = [(page, words) for page in pages if (words := _wrong(page, kept))]
    if scope.charters is not None:
        return Found(wrong, [])
    known = {
        path for page in GuestPage.objects.exclude(state=State.WITHDRAWN).only("path", "former") for path in page.paths
    }
    strangers = sorted(path for path in kept if path not in known and OURS.fullmatch(path))
    return Found(wrong, strangers)


def _wrong(page: GuestPage, kept: dict[str, str]) -> str:
    etag = kept.get(page.path)
    if etag is None:
        return MISSING
    if etag != page.etag and (words := _read(page)):
        return words
    return "" if all(kept.get(path) == etag for path, etag in page.former.items()) else LEADS_NOWHERE


def _read(page: GuestPage) -> str:
    """What the copy that lies there says, against what it should: read only when its ETag is not the one we put."""
    content = store.read(page.path)
    if content is None:
        return MISSING
    said = live.read(content)
    if not page.etag and said.digest == page.digest:
        return ""  # put before ETags were kept
    charter = next(iter(loaded(Q(page=page.pk))))
    return "; ".join(live.findings(said, page_facts(charter))) or "Its text was edited by hand."
