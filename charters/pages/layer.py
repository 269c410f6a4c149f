"""Two layers: the page in the bucket against the record, and the public address against the page."""

import threading
import time
from collections.abc import Iterable, Sequence
from itertools import islice

from django.conf import settings
from django.db.models import Q

from charters.models import GuestPage
from charters.pages import bucket_audit, life, purging, seeing, store
from charters.pages.addresses import make_pages
from charters.pages.bucket_audit import Found
from charters.pages.facts import digest, in_words, page_facts
from charters.pages.publishing import Work, loaded, page_changes, put
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
BATCH = 200
# A batch that the store or the edge holds up is broken off in time to be settled under its lease.
MOST_SECONDS = LEASE_SECONDS / 2
# One invalidation covers them all, and is waited for once.
EDGE_BATCH = 3_000
EDGE_LEASE_SECONDS = 300
# How long an invalidation is waited for: by somebody who looks on, and by a worker, who comes back to it.
PATIENCE_BY_HAND, PATIENCE = 120.0, 8.0
STRANGER = "No page of ours: it is removed."


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
            for page, words in seen.wrong:
                life.lost(page.pk, page.digest, words)
            _mark_drift(scope)
            changes += [_stranger(path) for path in seen.strangers]
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
        puts = [change.work for change in changes if change.action != DELETE]
        life.assume_published([(work.page.pk, work.facts, work.digest) for work in puts])

    def carry_out(self, scope: Scope, changes: list[Change]) -> None:
        """Render, put, settle; remove what is to go."""
        broken_off = time.monotonic() + MOST_SECONDS
        going = [change for change in changes if change.action == DELETE]
        coming = [change for change in changes if change.action != DELETE]
        if coming:
            self._walk.failed |= put(coming, scope, broken_off=broken_off)
        if going:
            self._remove(going)

    def _remove(self, changes: Sequence[Change]) -> None:
        pages = [change.work for change in changes if isinstance(change.work, Work)]
        strangers = [change.work for change in changes if isinstance(change.work, str)]
        try:
            store.remove([*strangers, *(path for work in pages for path in work.page.paths)])
            problem = ""
        except AdapterError as error:
            problem = str(error)
        for work in pages:
            if problem:
                life.settle_waiting({work.page.pk: problem}, {work.page.pk: work.fence})
                self._walk.failed |= {work.page.pk}
            else:
                life.settle_withdrawn(work.page.pk, work.fence)
        not_forgotten = "" if problem else purging.forget_strangers(strangers)
        for change in changes:
            trouble = problem or (not_forgotten if isinstance(change.work, str) else "")
            change.state, change.reason = (FAILED, trouble) if trouble else (APPLIED, change.reason)


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
        wanted = {
            key: gone
            for gone, pages in ((False, to_see(scope)), (True, to_see_gone(scope)))
            for key in pages.exclude(pk__in=self._walk.failed).values_list("pk", flat=True)[
                : None if scope.dry else EDGE_BATCH
            ]
        }
        fences = claim(list(wanted), seconds=EDGE_LEASE_SECONDS, dry=scope.dry)
        return [
            Change(
                self.name,
                page.charter.reference,
                "page",
                None if wanted[page.pk] else in_words(page.facts),
                "withdrawn, but not seen to be gone" if wanted[page.pk] else page.reason or None,
                DELETE if wanted[page.pk] else UPDATE,
                work=Work(page, fences.get(page.pk, 0), page.facts, page.digest),
                busy=page.pk not in fences,
            )
            for page in ordered(list(wanted))
        ]

    def assume(self, scope: Scope, changes: list[Change]) -> None:
        """As if seen."""
        life.assume_verified([change.work.page.pk for change in changes if change.action != DELETE])

    def carry_out(self, scope: Scope, changes: list[Change]) -> None:
        """Purge, wait, look, settle. What an old copy is still served of is purged once more, and looked at again."""
        until = time.monotonic() + (PATIENCE_BY_HAND if scope.by_hand else self._patience)
        fences = {change.work.page.pk: change.work.fence for change in changes}
        left = self._purged(changes, fences, until)
        stale = seeing.look(left, scope, fences)
        if settings.CLOUDFRONT_DISTRIBUTION_ID and stale:
            again = [change for change in stale if change.work.page.purges < purging.MOST_PURGES]
            purging.forget_again([change.work.page.pk for change in again], fences)
            left = self._purged(again, fences, until)
            stale = [change for change in stale if change not in again] + list(seeing.look(left, scope, fences))
        for change in stale:
            change.state = FAILED
            life.settle_unseen({change.work.page.pk: change.reason}, fences)
        self._walk.failed |= {change.work.page.pk for change in changes if change.state != APPLIED}

    def _purged(self, changes: Sequence[Change], fences: dict[int, int], until: float) -> list[Change]:
        """Those whose old copies the edge has forgotten; the others are settled as waiting, or as failed."""
        if not settings.CLOUDFRONT_DISTRIBUTION_ID:
            return list(changes)
        kept = purging.purge([change.work.page for change in changes], fences, until=until)
        done: list[Change] = []
        for change in changes:
            key = change.work.page.pk
            if key not in kept:
                done.append(change)
                continue
            change.state, change.reason = FAILED if kept[key].lasting else HELD, kept[key].words
            life.settle_waiting({key: kept[key].words}, fences)
        return done


def _stranger(path: str) -> Change:
    return Change("page", "", "page", None, path, DELETE, reason=STRANGER, work=path)


def _mark_drift(scope: Scope) -> None:
    """In an audit, every record's facts are compared, whether or not anybody said that they changed."""
    settled = GuestPage.objects.filter(state__in=[State.PUBLISHED, State.VERIFIED])
    rows = in_scope(settled, scope).order_by("pk").values_list("charter", "digest")
    remaining = iter(list(rows))
    while batch := dict(islice(remaining, BATCH * 5)):
        charters = loaded(Q(pk__in=list(batch)))
        drifted = [charter.pk for charter in charters if digest(page_facts(charter)) != batch[charter.pk]]
        life.mark_stale(drifted)
