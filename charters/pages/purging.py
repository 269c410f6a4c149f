"""What the edge must forget before a page is true for a guest: stored as a wish, asked for once, waited for.

As few invalidations as may be: one for all pages of a walk, one wildcard for a day on which several pages changed. Each
wish is stored, with its CallerReference, before it is asked: a worker that dies asks again under the same reference,
which purges nothing twice (docs/architecture.md, rule 2).
"""

import hashlib
import logging
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce

from charters.models import GuestPage, Invalidation
from charters.models.page import address
from charters.pages import cloudfront
from charters.pages.cloudfront import MOST_PATHS, MOST_WILDCARDS, public_path
from jada.core.clock import now
from jada.core.errors import AdapterError

logger = logging.getLogger(__name__)

# From so many changed pages a day's folder is forgotten whole: it counts as one path, each page as one of its own.
WILDCARD_FROM = 2
# An invalidation that CloudFront has not completed by then is not counted against its limits any more.
LOST_AFTER = timedelta(hours=1)
# Long enough for the month's budget and for a question about last week.
KEPT = timedelta(days=90)
# One publication is asked for so often at most: an edge that keeps its copy after all needs a person.
MOST_PURGES = 3
POLLS = (0.0, 0.1, 0.2, 0.4, 0.8, 1.5, 2.0)
STILL_FORGETTING = "The edge is still forgetting the copy of before."
BUSY = "The edge is busy with earlier invalidations; it is asked again."


@dataclass(frozen=True, slots=True)
class Unpurged:
    """Why a page's old copies may still be served; `lasting` when asking again will not help."""

    words: str
    lasting: bool = False


def purge(pages: Sequence[GuestPage], fences: Mapping[int, int], *, until: float) -> dict[int, Unpurged]:
    """Have the edge forget what it kept of these pages, and wait; {page: why not yet}. No transaction.

    The pages are ours by `fences`; `until` is of `time.monotonic`. A page whose publication was purged is not asked for
    again: `forget_again` makes another wish of it.
    """
    found: dict[int, Unpurged] = {}
    wishes = _wishes(pages, fences)
    for wish in {wish.pk: wish for wish in wishes.values()}.values():
        if not wish.asked_at and (trouble := _ask(wish)):
            found |= dict.fromkeys(_of(wishes, wish), trouble)
    open_wishes = {wish.pk: wish for wish in wishes.values() if wish.asked_at and not wish.completed_at}
    for pause in _pauses(until):
        if not open_wishes:
            break
        time.sleep(pause)
        for wish in list(open_wishes.values()):
            if _completed(wish):
                del open_wishes[wish.pk]
    for wish in open_wishes.values():
        found |= dict.fromkeys(_of(wishes, wish), Unpurged(STILL_FORGETTING))
    return found


def forget_again(pages: Iterable[int], fences: Mapping[int, int]) -> None:
    """The edge served the old copy after all: these pages are wished for once more, under a new reference."""
    for key in pages:
        GuestPage.objects.filter(pk=key, fence=fences[key]).update(purge=None)


def forget_strangers(paths: Sequence[str]) -> str:
    """Have the edge forget what lay where pages are kept and was no page of ours; why not, in words, or ''.

    The wish is stored first; one that could not be asked for is asked for at the next audit (`ask_what_is_left`).
    """
    if not settings.CLOUDFRONT_DISTRIBUTION_ID or not paths:
        return ""
    # CloudFront takes no tilde (`charters.pages.cloudfront.public_path`): then its folder is forgotten whole.
    named = {path if "~" not in path else f"{path.rpartition('/')[0].partition('~')[0]}*" for path in paths}
    public = sorted({public_path(address(path)) for path in named})
    with transaction.atomic():
        for first in range(0, len(public), MOST_PATHS):
            part = public[first : first + MOST_PATHS]
            Invalidation.objects.create(reference=f"jada-strangers-{uuid.uuid4().hex}", paths=part, wanted_at=now())
    return ask_what_is_left()


def ask_what_is_left() -> str:
    """Ask for the wishes of no page that were not asked for yet; why that failed, in words, or ''."""
    words = ""
    for wish in Invalidation.objects.filter(asked_at=None, pages=None).order_by("pk"):
        if trouble := _ask(wish):
            words = trouble.words
            if trouble.lasting:
                wish.delete()  # asked again, it would be refused again
    return words


def forget_old_wishes() -> None:
    """Wishes of long ago name pages that are long withdrawn, and count for no budget any more."""
    Invalidation.objects.filter(wanted_at__lt=now() - KEPT).delete()


def paths_this_month() -> int:
    """How many paths were asked for since the first of the month; CloudFront's bill counts them so."""
    first = now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    asked = Invalidation.objects.filter(wanted_at__gte=first, asked_at__isnull=False)
    total: int = asked.aggregate(total=Coalesce(Sum("paths__len"), 0))["total"]
    return total


# -- wishes --------------------------------------------------------------------------------------------------


def _wishes(pages: Sequence[GuestPage], fences: Mapping[int, int]) -> dict[int, Invalidation]:
    """{page: the wish that covers its publication}, made where there is none, in one transaction."""
    with transaction.atomic():
        rows = GuestPage.objects.select_for_update(of=("self",)).select_related("purge")
        ours = [page for page in rows.filter(pk__in=[page.pk for page in pages]) if page.fence == fences.get(page.pk)]
        found = {page.pk: page.purge for page in ours if page.purge}
        for group in _groups([page for page in ours if not page.purge]):
            wish, _ = Invalidation.objects.get_or_create(
                reference=_reference(group), defaults={"paths": _paths(group), "wanted_at": now()}
            )
            for page in group:
                page.purge, page.purges = wish, page.purges + 1
                found[page.pk] = wish
            GuestPage.objects.bulk_update(group, ["purge", "purges"])
    return found


def _of(wishes: Mapping[int, Invalidation], wish: Invalidation) -> list[int]:
    return [key for key, each in wishes.items() if each.pk == wish.pk]


def _groups(pages: Sequence[GuestPage]) -> Iterable[list[GuestPage]]:
    """So many pages as one request may name: their paths and their days' wildcards are within the limits."""
    group: list[GuestPage] = []
    count = 0
    for page in sorted(pages, key=lambda page: page.path):
        if count + len(page.paths) > MOST_PATHS:
            yield group
            group, count = [], 0
        group.append(page)
        count += len(page.paths)
    if group:
        yield group


def _reference(pages: Sequence[GuestPage]) -> str:
    """Of the pages and their publications: the same facts put again are another publication."""
    each = [f"{page.pk}-{page.publication}-{page.purges + 1}" for page in pages]
    if len(each) == 1:
        return f"jada-{each[0]}"
    return f"jada-{len(each)}-{hashlib.sha256('.'.join(each).encode()).hexdigest()[:32]}"


def _paths(pages: Sequence[GuestPage]) -> list[str]:
    """Public paths; the days on which most changed as wildcards, as far as these may be in progress at once."""
    by_day: dict[str, list[str]] = {}
    for path in (path for page in pages for path in page.paths):
        by_day.setdefault(path.rpartition("/")[0], []).append(path)
    free = max(0, MOST_WILDCARDS - _in_progress()[1])
    whole = sorted((day for day in by_day if len(by_day[day]) >= WILDCARD_FROM), key=lambda day: -len(by_day[day]))
    wild = set(whole[:free])
    named = [path for day, paths in by_day.items() if day not in wild for path in paths]
    return [public_path(address(path)) for path in (*(f"{day}/*" for day in sorted(wild)), *named)]


def _in_progress() -> tuple[int, int]:
    """(paths, wildcards) that CloudFront is at: its limits count what is in progress."""
    rows = Invalidation.objects.filter(asked_at__gt=now() - LOST_AFTER, completed_at=None).values_list(
        "paths", flat=True
    )
    paths = [path for each in rows for path in each]
    wild = sum(path.endswith("*") for path in paths)
    return len(paths) - wild, wild


# -- asked and waited for ----------------------------------------------------------------------------------


def _ask(wish: Invalidation) -> Unpurged | None:
    paths, wild = _in_progress()
    wanted_wild = sum(path.endswith("*") for path in wish.paths)
    if paths + len(wish.paths) - wanted_wild > MOST_PATHS or wild + wanted_wild > MOST_WILDCARDS:
        return Unpurged(BUSY)
    distribution = settings.CLOUDFRONT_DISTRIBUTION_ID
    try:
        made = cloudfront.create(distribution=distribution, paths=wish.paths, reference=wish.reference)
    except AdapterError as error:
        logger.warning("The edge was not asked to forget %d paths: %s", len(wish.paths), error)
        return Unpurged(str(error), lasting=error.permanent)
    wish.edge_id, wish.asked_at = made.id, now()
    wish.completed_at = wish.asked_at if made.done else None
    wish.save(update_fields=["edge_id", "asked_at", "completed_at"])
    return None


def _completed(wish: Invalidation) -> bool:
    try:
        done = cloudfront.completed(distribution=settings.CLOUDFRONT_DISTRIBUTION_ID, invalidation_id=wish.edge_id)
    except AdapterError as error:
        if error.permanent:  # it is unknown by now: wish again
            logger.warning("The invalidation %s is lost: %s", wish.edge_id, error)
            GuestPage.objects.filter(purge=wish).update(purge=None)
        return False
    if done:
        wish.completed_at = now()
        wish.save(update_fields=["completed_at"])
    return done


def _pauses(until: float, clock: Callable[[], float] = time.monotonic) -> Iterable[float]:
    """Longer and longer, to the end of our patience."""
    tried = 0
    while (left := until - clock()) > 0:
        yield min(POLLS[min(tried, len(POLLS) - 1)], left)
        tried += 1
