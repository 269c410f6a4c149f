"""Which pages there is work for: to be put, to be seen, to be taken away; and who is at it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db.models import Case, Q, QuerySet, Value, When

from charters.models import Charter, GuestPage
from charters.pages.facts import TEMPLATE_VERSION
from jada.core import locks
from jada.core.clock import now
from jada.core.reconcile import Scope

State = GuestPage.State
Rows = TypeVar("Rows", bound="QuerySet[GuestPage] | QuerySet[Charter]")


def in_scope(rows: Rows, scope: Scope, *, by: str = "charter") -> Rows:
    """Narrowed to the scope's charters."""
    return rows if scope.charters is None else rows.filter(**{f"{by}__in": scope.charters})  # type: ignore[return-value]


def kept_since() -> datetime:
    """Trips that ended before have no page any more: `GUEST_PAGES_KEEP_DAYS` after the trip it is withdrawn."""
    return now() - timedelta(days=settings.GUEST_PAGES_KEEP_DAYS)


def without_page(scope: Scope) -> "QuerySet[Charter]":
    """Trips that are to have a page and have no row for one."""
    charters = Charter.objects.charters().active().filter(page=None, ends_at__gte=kept_since())
    return in_scope(charters, scope, by="pk")


def to_put(scope: Scope) -> "QuerySet[GuestPage]":
    """Pages that are not as their record says, soonest trips first; those that failed to be seen are put already."""
    not_put = Q(state__in=[State.NONE, State.STALE]) | Q(state=State.FAILED, digest="")
    wanting = not_put | ~Q(template_version=TEMPLATE_VERSION)
    pages = GuestPage.objects.filter(wanting, charter__ends_at__gte=kept_since()).exclude(state=State.WITHDRAWN)
    return soonest_first(in_scope(pages, scope))


def to_withdraw(scope: Scope) -> "QuerySet[GuestPage]":
    """Pages of trips that are long over."""
    pages = GuestPage.objects.filter(charter__ends_at__lt=kept_since()).exclude(state=State.WITHDRAWN)
    return in_scope(pages, scope).order_by("charter__ends_at", "pk")


def to_see(scope: Scope) -> "QuerySet[GuestPage]":
    """Pages whose public address was not seen to show them, soonest trips first."""
    pages = GuestPage.objects.filter(state__in=[State.PUBLISHED, State.FAILED]).exclude(digest="")
    return soonest_first(in_scope(pages, scope))


def to_see_gone(scope: Scope) -> "QuerySet[GuestPage]":
    """Withdrawn pages that a phone may still be served."""
    pages = GuestPage.objects.filter(state=State.WITHDRAWN, verified_at=None, withdrawn_at__isnull=False)
    return in_scope(pages, scope).order_by("pk")


def soonest_first(pages: "QuerySet[GuestPage]") -> "QuerySet[GuestPage]":
    """And those that failed before come last, so that they hold up nobody."""
    failed_before = Case(When(reason="", then=Value(0)), default=Value(1))
    past = Case(When(charter__ends_at__lt=now(), then=Value(1)), default=Value(0))
    return pages.order_by(failed_before, past, "charter__starts_at", "pk")


def claim(keys: Sequence[int], *, seconds: int, dry: bool) -> dict[int, int]:
    """{page: fencing number} of the free ones; whoever is at the others looks once more. A plan claims nothing."""
    if dry:
        return dict.fromkeys(keys, 0)
    fences = locks.claim(GuestPage.objects.filter(pk__in=keys), seconds=seconds)
    if len(fences) < len(keys):
        locks.ring_again(GuestPage.objects.filter(pk__in=[key for key in keys if key not in fences]))
    return fences


def ordered(keys: Sequence[int]) -> Iterator[GuestPage]:
    """The pages in the order of their keys, each with its charter; without those that were deleted meanwhile."""
    pages = GuestPage.objects.select_related("charter").in_bulk(list(keys))
    return (pages[key] for key in keys if key in pages)
