"""Two layers: the page in the bucket against the record, and the public address against the page."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from django.conf import settings
from django.db.models import Case, Q, QuerySet, Value, When

from charters.models import Charter, GuestPage
from charters.pages import life, store
from charters.pages.addresses import make_pages
from charters.pages.edge import CONNECTIONS, Served, served
from charters.pages.facts import TEMPLATE_VERSION, Facts, differences, digest, in_words, page_facts, refusal
from charters.pages.render import digest_in, render
from jada.core import locks
from jada.core.clock import now
from jada.core.errors import AdapterError
from jada.core.reconcile import APPLIED, CREATE, FAILED, HELD, PLANNED, UPDATE, Change, Scope

State = GuestPage.State
LEASE_SECONDS = 60
# Pages are claimed, put and settled so many at a time: what a killed worker leaves is small and soon free again.
BATCH = 200
NEWER_TEMPLATE = "the same facts, in a newer template"
# How often a public address that still shows another copy is asked again before the page is called failed.
PATIENCE = (0.1, 0.3, 0.8, 2.0)
# A batch that the store or the edge holds up is broken off in time to be settled under its lease.
MOST_SECONDS = LEASE_SECONDS / 2


@dataclass(slots=True)
class Work:
    """A page to be put or looked at, under our claim."""

    page: GuestPage
    fence: int
    facts: Facts
    digest: str


class _Walk(threading.local):
    """What one thread's walk has failed at: it claims those no more, for the engine tries nothing twice in one run."""

    failed: frozenset[int] = frozenset()


class PageLayer:
    """Renders what differs and puts it. Soonest trips first."""

    name = "page"

    def __init__(self) -> None:
        self._walk = _Walk()

    def observe(self, scope: Scope) -> list[tuple[GuestPage, str]] | None:
        """In an audit, what is wrong in the bucket, in words."""
        self._walk.failed = frozenset()
        if not scope.audit:
            return None
        pages = list(_in_scope(GuestPage.objects.exclude(digest=""), scope).only("pk", "path", "digest"))
        findings = _each(pages, lambda page: _finding(page, store.read(page.path)), scope, self.name)
        return [(page, words) for page, words in findings if words]

    def plan(self, scope: Scope, seen: list[tuple[GuestPage, str]] | None) -> list[Change]:
        """What is to be put; pages whose facts are as published after all are settled at once."""
        make_pages(_in_scope(Charter.objects.charters().active().filter(page=None), scope, by="pk"))
        if seen is not None:
            for page, words in seen:
                life.lost(page.pk, page.digest, words)
            _mark_drift(scope)
        changes: list[Change] = []
        passed = set(self._walk.failed)
        while True:  # until there is something to put: neither held nor unchanged pages hide those behind them
            pages = _wanting(scope).exclude(pk__in=passed)
            keys = list(pages.values_list("pk", flat=True)[: None if scope.dry else BATCH])
            fences = dict.fromkeys(keys, 0) if scope.dry else _claim(keys)
            changes += _page_changes(keys, fences)
            passed.update(keys)
            if len(keys) < BATCH or any(change.state == PLANNED and not change.busy for change in changes):
                return changes

    def assume(self, scope: Scope, changes: list[Change]) -> None:
        """As if put."""
        life.assume_published([(change.work.page.pk, change.work.facts, change.work.digest) for change in changes])

    def carry_out(self, scope: Scope, changes: list[Change]) -> None:
        """Render, put, settle."""
        broken_off = time.monotonic() + MOST_SECONDS
        puts = _each(changes, lambda change: _put(change.work, broken_off), scope, self.name)
        done: list[life.Published] = []
        for change, problem in puts:
            work: Work = change.work
            if problem:
                change.state, change.reason = FAILED, problem
                life.settle_failed({work.page.pk: problem}, {work.page.pk: work.fence})
                self._walk.failed |= {work.page.pk}
            else:
                change.state = APPLIED
                done.append(life.Published(work.page.pk, work.fence, work.facts, work.digest))
        life.settle_published(done, template_version=TEMPLATE_VERSION)


class EdgeLayer:
    """Fetches what was put at its public address: only then is it true for a guest."""

    name = "edge"

    def __init__(self) -> None:
        self._walk = _Walk()

    def observe(self, scope: Scope) -> dict[int, Served] | None:
        """In an audit, what every public address serves."""
        self._walk.failed = frozenset()
        if not scope.audit:
            return None
        pages = list(_in_scope(GuestPage.objects.filter(state=State.VERIFIED), scope).only("pk", "path"))
        return {page.pk: seen for page, seen in _each(pages, lambda page: served(page.url), scope, self.name)}

    def plan(self, scope: Scope, seen: dict[int, Served] | None) -> list[Change]:
        """Pages whose public address has not been seen to show them."""
        for page in GuestPage.objects.filter(pk__in=seen or {}, state=State.VERIFIED).only("pk", "digest"):
            if seen and seen[page.pk].digest != page.digest:
                reason = seen[page.pk].reason or "The public address shows another copy."
                life.doubt(page.pk, reason)
        pages = _in_scope(GuestPage.objects.filter(state__in=[State.PUBLISHED, State.FAILED]).exclude(digest=""), scope)
        pages = _soonest_first(pages.exclude(pk__in=self._walk.failed))
        keys = list(pages.values_list("pk", flat=True)[: None if scope.dry else BATCH])
        fences = dict.fromkeys(keys, 0) if scope.dry else _claim(keys)
        return [
            Change(
                self.name,
                page.charter.reference,
                "page",
                in_words(page.facts),
                page.reason or None,
                UPDATE,
                work=Work(page, fences.get(page.pk, 0), page.facts, page.digest),
                busy=page.pk not in fences,
            )
            for page in _ordered(keys)
        ]

    def assume(self, scope: Scope, changes: list[Change]) -> None:
        """As if seen."""
        life.assume_verified([change.work.page.pk for change in changes])

    def carry_out(self, scope: Scope, changes: list[Change]) -> None:
        """Ask each address, a few times if need be, and settle."""
        verified: dict[int, str] = {}
        fences = {change.work.page.pk: change.work.fence for change in changes}
        broken_off = time.monotonic() + MOST_SECONDS
        for change, problem in _each(changes, lambda change: _verify(change.work, broken_off), scope, self.name):
            page = change.work.page
            if problem:
                change.state, change.reason = FAILED, problem
                life.settle_unseen({page.pk: problem}, fences)
                self._walk.failed |= {page.pk}
            else:
                change.state = APPLIED
                verified[page.pk] = change.work.digest
        life.settle_verified(verified, fences)


# -- which pages ------------------------------------------------------------------------------------------

Rows = TypeVar("Rows", bound="QuerySet[GuestPage] | QuerySet[Charter]")


def _in_scope(rows: Rows, scope: Scope, *, by: str = "charter") -> Rows:
    return rows if scope.charters is None else rows.filter(**{f"{by}__in": scope.charters})  # type: ignore[return-value]


def _wanting(scope: Scope) -> "QuerySet[GuestPage]":
    wanting = Q(state__in=[State.NONE, State.STALE, State.FAILED]) | ~Q(template_version=TEMPLATE_VERSION)
    pages = GuestPage.objects.filter(wanting).exclude(state=State.WITHDRAWN)
    return _soonest_first(_in_scope(pages, scope))


def _soonest_first(pages: "QuerySet[GuestPage]") -> "QuerySet[GuestPage]":
    """And those that failed before come last, so that they hold up nobody."""
    failed_before = Case(When(reason="", then=Value(0)), default=Value(1))
    past = Case(When(charter__ends_at__lt=now(), then=Value(1)), default=Value(0))
    return pages.order_by(failed_before, past, "charter__starts_at", "pk")


def _claim(keys: Sequence[int]) -> dict[int, int]:
    fences = locks.claim(GuestPage.objects.filter(pk__in=keys), seconds=LEASE_SECONDS)
    if len(fences) < len(keys):
        locks.ring_again(GuestPage.objects.filter(pk__in=[key for key in keys if key not in fences]))
    return fences


def _ordered(keys: Sequence[int]) -> Iterator[GuestPage]:
    pages = GuestPage.objects.select_related("charter").in_bulk(list(keys))
    return (pages[key] for key in keys)


# -- the page against the record ----------------------------------------------------------------------------


def _finding(page: GuestPage, content: bytes | None) -> str:
    if content is None:
        return "It is missing where pages are kept."
    return "" if digest_in(content) == page.digest else "Another copy lies where pages are kept."


def _mark_drift(scope: Scope) -> None:
    """In an audit, every record's facts are compared, whether or not anybody said that they changed."""
    settled = GuestPage.objects.filter(state__in=[State.PUBLISHED, State.VERIFIED])
    rows = _in_scope(settled, scope).order_by("pk").values_list("charter", "digest")
    remaining = iter(list(rows))
    while batch := dict(islice(remaining, BATCH * 5)):
        charters = _loaded(Q(pk__in=list(batch)))
        drifted = [charter.pk for charter in charters if digest(page_facts(charter)) != batch[charter.pk]]
        life.mark_stale(drifted)


def _loaded(which: Q) -> Iterable[Charter]:
    return Charter.objects.filter(which).with_relations().with_waiver_counts().order_by("pk")


def _page_changes(keys: Sequence[int], fences: dict[int, int]) -> Iterator[Change]:
    charters = {charter.page.pk: charter for charter in _loaded(Q(page__in=keys))}
    unchanged: dict[int, int] = {}
    put: list[int] = []
    for key in keys:
        charter = charters[key]
        page, facts = charter.page, page_facts(charter)
        work = Work(page, fences.get(page.pk, 0), facts, digest(facts))
        refused = refusal(facts)
        if page.pk not in fences:
            yield Change("page", charter.reference, "page", in_words(facts), None, UPDATE, work=work, busy=True)
        elif refused:
            life.settle_refused(page.pk, work.fence, f"The page cannot be published: {refused}.")
            yield Change("page", charter.reference, "page", in_words(facts), None, CREATE, HELD, refused)
        elif work.digest == page.digest and page.template_version == TEMPLATE_VERSION:
            unchanged[page.pk] = work.fence
        else:
            put.append(page.pk)
            actual = (
                (in_words(page.facts) if page.digest or not page.reason else page.reason) if page.published_at else None
            )
            reason = (differences(page.facts, facts) or NEWER_TEMPLATE) if page.published_at else ""
            action = UPDATE if page.published_at else CREATE
            expected = in_words(facts) if actual != in_words(facts) else f"{actual}; {reason}"
            yield Change("page", charter.reference, "page", expected, actual, action, reason=reason, work=work)
    life.settle_unchanged(unchanged, template_version=TEMPLATE_VERSION)
    life.begin_put(put)


def _put(work: Work, broken_off: float) -> str:
    if time.monotonic() > broken_off:
        return "The page was not put: those before it took too long."
    try:
        store.put(work.page.path, render(work.facts, digest=work.digest, published_at=now()))
    except AdapterError as error:
        return str(error)
    return ""


# -- the public address against the page --------------------------------------------------------------------


def _verify(work: Work, broken_off: float) -> str:
    seen = Served(None, "The public address was not asked: those before it took too long.")
    for pause in (*PATIENCE, None):
        if time.monotonic() > broken_off:
            break
        try:
            seen = served(work.page.url)
        except AdapterError as error:
            seen = Served(None, str(error))
        if seen.digest == work.digest:
            return ""
        if pause is not None:
            time.sleep(pause)
    return seen.reason or "The public address still shows an older copy."


Item = TypeVar("Item")
Result = TypeVar("Result")


def _each(items: Sequence[Item], act: Callable[[Item], Result], scope: Scope, layer: str) -> list[tuple[Item, Result]]:
    """`act` on each, several at a time where the network is what takes the time; progress is told."""
    results: list[tuple[Item, Result]] = []
    threads = 1 if layer == "page" and settings.GUEST_PAGES_FOLDER else CONNECTIONS
    if threads == 1 or len(items) < 2:
        outcomes: Iterable[Result] = map(act, items)
        for item, outcome in zip(items, outcomes, strict=True):
            results.append((item, outcome))
            scope.progress(layer, len(results), len(items))
        return results
    with ThreadPoolExecutor(max_workers=threads, thread_name_prefix=layer) as pool:
        for item, outcome in zip(items, pool.map(act, items), strict=True):
            results.append((item, outcome))
            scope.progress(layer, len(results), len(items))
    return results
