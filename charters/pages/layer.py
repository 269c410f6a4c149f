"""Two layers: the page in the bucket against the record, and the public address against the page."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from charters.models import GuestPage
from charters.pages import bucket_audit, life, purging, seeing, store
from charters.pages.addresses import make_pages
from charters.pages.bucket_audit import Found
from charters.pages.facts import in_words
from charters.pages.publishing import Putting, Work, page_changes, put
from charters.pages.purging import Unpurged
from charters.pages.seeing import Doubt
from charters.pages.wanting import (
    State,
    claim,
    in_scope,
    ordered,
    to_put,
    to_see,
    to_see_gone,
    to_withdraw,
    without_page,
)
from jada.core.errors import AdapterError
from jada.core.reconcile import APPLIED, DELETE, FAILED, HELD, PLANNED, UPDATE, Change, Scope

LEASE_SECONDS = 60
# Pages are claimed, put and settled so many at a time: what a killed worker leaves is small and soon free again.
BATCH = 400
# A batch that the store or the edge holds up is broken off in time to be settled under its lease.
MOST_SECONDS = LEASE_SECONDS / 2
# One invalidation covers them all, and is waited for once.
EDGE_BATCH = 3_000
EDGE_LEASE_SECONDS = 300
# How long an invalidation is waited for: by somebody who looks on, and by a worker, who comes back to it.
PATIENCE_BY_HAND, PATIENCE = 120.0, 8.0


class _Walk(threading.local):
    """What one thread's walk has failed at: it claims those no more, for the engine tries nothing twice in one run."""

    failed: frozenset[int] = frozenset()


class PageLayer:
    """Renders what differs and puts it, soonest trips first; takes away what is long over or was never ours."""

    name = "page"

    def __init__(self) -> None:
        self._walk = _Walk()

    def observe(self, scope: Scope) -> Found | None:
        """In an audit, what is wrong where pages are kept, in words."""
        self._walk.failed = frozenset()
        if not scope.audit:
            return None
        if not scope.dry and settings.CLOUDFRONT_DISTRIBUTION_ID:
            purging.forget_old_wishes()
            purging.ask_what_is_left()
        return bucket_audit.look(scope)

    def plan(self, scope: Scope, seen: Found | None) -> list[Change]:
        """What is to be put; pages whose facts are as published after all are settled at once."""
        make_pages(without_page(scope))
        changes: list[Change] = []
        if seen is not None:
            life.mark_drifted(seen.drifted)
            for page, words in seen.wrong:
                life.lost(page.pk, page.digest, words)
            strangers = bucket_audit.still_strangers(seen.strangers) if seen.strangers else set()
            changes += [_stranger(path) for path in sorted(strangers)]
        changes += self._farewells(scope)
        passed = set(self._walk.failed)
        while True:  # until there is something to put: neither held nor unchanged pages hide those behind them
            pages = to_put(scope).exclude(pk__in=passed)
            keys = list(pages.values_list("pk", flat=True)[: None if scope.dry else BATCH])
            fences = claim(keys, seconds=LEASE_SECONDS, dry=scope.dry)
            changes += page_changes(keys, fences)
            passed.update(keys)
            if len(keys) < BATCH or any(change.state == PLANNED and not change.busy for change in changes):
                return changes

    def _farewells(self, scope: Scope) -> Iterable[Change]:
        pages = to_withdraw(scope).exclude(pk__in=self._walk.failed)
        keys = list(pages.values_list("pk", flat=True)[: None if scope.dry else BATCH])
        fences = claim(keys, seconds=LEASE_SECONDS, dry=scope.dry)
        for page in ordered(keys):
            work = Work(page, fences.get(page.pk, 0), {}, "")
            said = in_words(page.facts) if page.facts else "not published"
            busy = page.pk not in fences
            yield Change(self.name, page.charter.reference, "page", None, said, DELETE, work=work, busy=busy)

    def assume(self, scope: Scope, changes: list[Change]) -> None:
        """As if put."""
        puts = [change.work for change in changes if isinstance(change.work, Putting)]
        life.assume_published([(work.page.pk, work.facts, work.digest) for work in puts])

    def carry_out(self, scope: Scope, changes: list[Change]) -> None:
        """Remove what is to go; render, put, settle."""
        broken_off = time.monotonic() + MOST_SECONDS
        _remove_strangers([change for change in changes if isinstance(change.work, Stranger)])
        going = [change for change in changes if change.action == DELETE and isinstance(change.work, Work)]
        self._walk.failed |= _withdraw(going)
        coming = [change for change in changes if isinstance(change.work, Putting)]
        if coming:
            self._walk.failed |= put(coming, scope, broken_off=broken_off)


@dataclass(frozen=True, slots=True)
class Stranger:
    """What lies where pages are kept and is none."""

    path: str


def _stranger(path: str) -> Change:
    reason = f"“{path}” is no page of ours: it is removed."
    return Change("page", "", "page", None, path, DELETE, reason=reason, work=Stranger(path))


def _remove_strangers(changes: Sequence[Change]) -> None:
    """In a bucket that keeps versions they stay as history: we cannot know what they were to somebody."""
    if not changes:
        return
    # Somebody may have made it a page's since they were listed.
    paths = sorted(bucket_audit.still_strangers([change.work.path for change in changes]))
    try:
        refused = store.remove(paths, history=False)
    except AdapterError as error:
        refused = dict.fromkeys(paths, str(error))
    not_forgotten = purging.forget_strangers([path for path in paths if path not in refused])
    for change in changes:
        trouble = refused.get(change.work.path) or not_forgotten
        change.state, change.reason = (FAILED, trouble) if trouble else (APPLIED, change.reason)


def _withdraw(changes: Sequence[Change]) -> set[int]:
    """Take pages away with all that was kept of them; returns those that could not be."""
    works: list[Work] = [change.work for change in changes]
    try:
        refused = store.remove([path for work in works for path in work.page.paths]) if works else {}
    except AdapterError as error:
        refused = {path: str(error) for work in works for path in work.page.paths}
    why = {work.page.pk: next((refused[path] for path in work.page.paths if path in refused), "") for work in works}
    fences = {work.page.pk: work.fence for work in works}
    kept = {key: words for key, words in why.items() if words}
    life.settle_held(kept, fences)
    life.settle_withdrawn({key: fence for key, fence in fences.items() if key not in kept})
    for change in changes:
        words = why[change.work.page.pk]
        change.state, change.reason = (FAILED, words) if words else (APPLIED, change.reason)
    return set(kept)


class EdgeLayer:
    """Has the edge forget what was before and fetches what was put at its public address: only then is it true."""

    name = "edge"

    def __init__(self, patience: float = PATIENCE) -> None:
        self._walk = _Walk()
        self._patience = patience

    def observe(self, scope: Scope) -> dict[int, Doubt] | None:
        """In an audit, what every public address serves, asked at the rate of `GUEST_PAGES_CHECKS_PER_SECOND`."""
        self._walk.failed = frozenset()
        if not scope.audit:
            return None
        pages = in_scope(GuestPage.objects.filter(state=State.VERIFIED), scope)
        verified = list(pages.only("pk", "path", "former", "digest", "etag"))
        return seeing.audit(verified, scope)

    def plan(self, scope: Scope, seen: dict[int, Doubt] | None) -> list[Change]:
        """Pages whose public address has not been seen to show them, or to show nothing any more."""
        for key, doubt in (seen or {}).items():
            life.doubt(key, doubt.digest, doubt.words)
        return [
            *self._claimed(to_see(scope), scope, _to_be_seen),
            *self._claimed(to_see_gone(scope), scope, _to_be_gone),
        ]

    def _claimed(
        self, pages: "QuerySet[GuestPage]", scope: Scope, change: Callable[[GuestPage], Change]
    ) -> Iterator[Change]:
        keys = list(
            pages.exclude(pk__in=self._walk.failed).values_list("pk", flat=True)[: None if scope.dry else EDGE_BATCH]
        )
        fences = claim(keys, seconds=EDGE_LEASE_SECONDS, dry=scope.dry)
        for page in ordered(keys):
            made = change(page)
            made.work = Work(page, fences.get(page.pk, 0), page.facts, page.digest)
            made.busy = page.pk not in fences
            yield made

    def assume(self, scope: Scope, changes: list[Change]) -> None:
        """As if seen."""
        life.assume_verified([change.work.page.pk for change in changes if change.action != DELETE])

    def carry_out(self, scope: Scope, changes: list[Change]) -> None:
        """Purge, wait, look, settle. What an old copy is still served of is purged once more, and looked at again."""
        until = time.monotonic() + (PATIENCE_BY_HAND if scope.by_hand else self._patience)
        stale = self._purge_and_look(changes, scope, until)
        again = [change for change in stale if change.work.page.purges < purging.MOST_PURGES]
        if again and settings.CLOUDFRONT_DISTRIBUTION_ID:
            purging.forget_again([change.work.page.pk for change in again])
            self._purge_and_look(again, scope, until)
        still = {change.work.page.pk: change.reason for change in stale if change.state == FAILED}
        life.settle_unseen(still, _fences(stale))
        self._walk.failed |= {change.work.page.pk for change in changes if change.state != APPLIED}

    def _purge_and_look(self, changes: Sequence[Change], scope: Scope, until: float) -> list[Change]:
        """Those that phones are served an old copy of; all others are settled."""
        fences = _fences(changes)
        unpurged: Mapping[int, Unpurged] = {}
        if settings.CLOUDFRONT_DISTRIBUTION_ID:
            unpurged = purging.purge([change.work.page for change in changes], fences, until=until)
        for change in changes:
            if why := unpurged.get(change.work.page.pk):
                change.state, change.reason = FAILED if why.lasting else HELD, why.words
        life.settle_unseen({key: why.words for key, why in unpurged.items() if why.lasting}, fences)
        life.settle_held({key: why.words for key, why in unpurged.items() if not why.lasting}, fences)
        return seeing.look([change for change in changes if change.work.page.pk not in unpurged], scope, fences)


def _fences(changes: Iterable[Change]) -> dict[int, int]:
    return {change.work.page.pk: change.work.fence for change in changes}


def _to_be_seen(page: GuestPage) -> Change:
    return Change("edge", page.charter.reference, "page", in_words(page.facts), page.reason or None, UPDATE)


def _to_be_gone(page: GuestPage) -> Change:
    return Change("edge", page.charter.reference, "page", None, "withdrawn, but not seen to be gone", DELETE)
