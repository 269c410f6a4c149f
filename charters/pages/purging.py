"""What the edge must forget before a page is true for a guest: stored as a wish, asked for once, waited for.

As few invalidations as may be: one for all pages of a walk, one wildcard for a day on which several pages changed. Each
wish is stored, with its CallerReference, before it is asked: a worker that dies asks again under the same reference,
which purges nothing twice (docs/decisions/0007-invalidations-are-wishes.md).
"""

import logging
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from charters.models import GuestPage, Invalidation
from charters.models.page import address
from charters.pages import cloudfront
from charters.pages.cloudfront import MOST_PATHS, MOST_WILDCARDS, NeverAcceptedError, NotKnownError, public_path
from jada.core.clock import now
from jada.core.errors import AdapterError

logger = logging.getLogger(__name__)

# From so many changed pages a day's folder is forgotten whole: it counts as one path, each page as one of its own.
WILDCARD_FROM = 2
# An invalidation that CloudFront has not completed by then counts against its limits no more, and is wished for anew.
LOST_AFTER = timedelta(hours=1)
# Long enough for the month's budget and for a question about last week.
KEPT = timedelta(days=90)
# One publication is asked for so often at most: an edge that keeps its copy after all needs a person.
MOST_PURGES = 3
POLLS = (0.1, 0.2, 0.4, 0.8, 1.5, 2.0)
STRANGERS = "jada-strangers-"
STILL_FORGETTING = "The edge is still forgetting the copy of before."
BUSY = "The edge is busy with earlier invalidations; it is asked again."


@dataclass(frozen=True, slots=True)
class Unpurged:
    """Why a page's old copies may still be served; `lasting` when asking again will not help, else after `pause` s."""

    words: str
    lasting: bool = False
    pause: float = 0.0


OVERTAKEN = Unpurged("Its facts changed meanwhile, or another worker is at it.")


def purge(pages: Sequence[GuestPage], fences: Mapping[int, int], *, until: float) -> dict[int, Unpurged]:
    """Have the edge forget what it kept of these pages, and wait; {page: why not yet}. No transaction.

    The pages are ours by `fences`; `until` is of `time.monotonic`. A page whose publication was purged is not asked for
    again: `forget_again` makes another wish of it.
    """
    wished = _wishes(pages, fences)
    waiting = {wish.pk: wish for wish in wished.values() if wish and not wish.completed_at}
    why: dict[int, Unpurged] = {}
    not_before: dict[int, float] = {}
    for pause in _pauses(until):
        time.sleep(pause)
        for key, wish in list(waiting.items()):
            if time.monotonic() < not_before.get(key, 0.0):
                continue
            trouble = _step(wish)
            if trouble:
                why[key], not_before[key] = trouble, time.monotonic() + trouble.pause
            else:
                why.pop(key, None)
            if not trouble or trouble.lasting:
                del waiting[key]
        if not waiting:
            break
    found = {page.pk: OVERTAKEN for page in pages if page.pk not in wished}
    return found | {key: why[wish.pk] for key, wish in wished.items() if wish and wish.pk in why}


def forget_again(pages: Sequence[int]) -> None:
    """The edge served the old copy after all: these pages are wished for once more, under a new reference."""
    GuestPage.objects.filter(pk__in=pages).exclude(state=GuestPage.State.STALE).update(purge=None)


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
            _wish(f"{STRANGERS}{uuid.uuid4().hex}", public[first : first + MOST_PATHS])
    return ask_what_is_left()


def ask_what_is_left() -> str:
    """Ask for the wishes about strangers that were not asked for yet; why that failed, in words, or ''."""
    words = ""
    for wish in Invalidation.objects.filter(asked_at=None, reference__startswith=STRANGERS).order_by("pk"):
        if trouble := _ask(wish):
            words = trouble.words
    return words


def forget_old_wishes() -> None:
    """Delete wishes of long ago, whose pages are withdrawn, and those never asked for, whose pages were put again."""
    overtaken = Q(asked_at=None, pages=None) & ~Q(reference__startswith=STRANGERS)
    Invalidation.objects.filter(Q(wanted_at__lt=now() - KEPT) | overtaken).delete()


def paths_this_month() -> int:
    """How many paths were asked for since the first of the month; CloudFront's bill counts them so."""
    first = now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    asked = Invalidation.objects.filter(wanted_at__gte=first, asked_at__isnull=False)
    total: int = asked.aggregate(total=Coalesce(Sum("paths__len"), 0))["total"]
    return total


# -- wishes --------------------------------------------------------------------------------------------------


def _wishes(pages: Sequence[GuestPage], fences: Mapping[int, int]) -> dict[int, Invalidation | None]:
    """{page: the wish that covers its publication}, made where there is none; None where there were enough."""
    with transaction.atomic():
        rows = GuestPage.objects.filter(pk__in=[page.pk for page in pages]).select_related("purge").order_by("pk")
        ours = [page for page in rows.select_for_update(of=("self",)) if page.fence == fences.get(page.pk)]
        lost = now() - LOST_AFTER
        for page in ours:
            if page.purge and not page.purge.completed_at and page.purge.asked_at and page.purge.asked_at < lost:
                page.purge = None
        found = {page.pk: page.purge for page in ours}
        for group in _groups([page for page in ours if not page.purge and page.purges < MOST_PURGES]):
            wish = _wish(_reference(group), _paths(group))
            keys = [page.pk for page in group]
            GuestPage.objects.filter(pk__in=keys).update(purge=wish, purges=F("purges") + 1)
            found |= dict.fromkeys(keys, wish)
    return found


def _wish(reference: str, paths: list[str]) -> Invalidation:
    return Invalidation.objects.create(reference=reference, paths=paths, wanted_at=now())


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
    """Of the first page and its publication, for who reads it at AWS: the same facts put again are another publication.

    Its last part is of this wish alone: a database that was restored counts its publications once more, and CloudFront
    remembers every reference it has seen.
    """
    first = pages[0]
    others = f"-and-{len(pages) - 1}" if len(pages) > 1 else ""
    return f"jada-{first.pk}-{first.publication}-{first.purges + 1}{others}-{uuid.uuid4().hex[:12]}"


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


# -- asked and waited for ----------------------------------------------------------------------------------


def _step(wish: Invalidation) -> Unpurged | None:
    """Ask, or ask how far it is; why it is not done yet, or None."""
    if not wish.asked_at and (trouble := _ask(wish)):
        return trouble
    return None if wish.completed_at else _look_up(wish)


def _ask(wish: Invalidation) -> Unpurged | None:
    if not _is_room_for(wish):
        return Unpurged(BUSY)
    distribution = settings.CLOUDFRONT_DISTRIBUTION_ID
    try:
        made = cloudfront.create(distribution=distribution, paths=wish.paths, reference=wish.reference)
    except AdapterError as error:
        logger.warning("The edge was not asked to forget %d paths: %s", len(wish.paths), error)
        if isinstance(error, NeverAcceptedError):
            Invalidation.objects.filter(pk=wish.pk).delete()  # asked again, it would be refused again
        return Unpurged(str(error), error.permanent, error.retry_after or 0.0)
    wish.edge_id, wish.asked_at = made.id, now()
    wish.completed_at = wish.asked_at if made.done else None
    wish.save(update_fields=["edge_id", "asked_at", "completed_at"])
    return None


def _is_room_for(wish: Invalidation) -> bool:
    """Whether CloudFront's limits leave room; those that nobody waits for are looked up before it is called busy."""

    def fits() -> bool:
        paths, wild = _in_progress()
        more_wild = sum(path.endswith("*") for path in wish.paths)
        return paths + len(wish.paths) - more_wild <= MOST_PATHS and wild + more_wild <= MOST_WILDCARDS

    return fits() or any(_look_up(other) is None and fits() for other in _under_way().order_by("asked_at"))


def _under_way() -> QuerySet[Invalidation]:
    return Invalidation.objects.filter(asked_at__gt=now() - LOST_AFTER, completed_at=None)


def _in_progress() -> tuple[int, int]:
    """(paths, wildcards) that CloudFront is at: its limits count what is in progress."""
    paths = [path for each in _under_way().values_list("paths", flat=True) for path in each]
    wild = sum(path.endswith("*") for path in paths)
    return len(paths) - wild, wild


def _look_up(wish: Invalidation) -> Unpurged | None:
    """Why an invalidation that was asked for is not complete, or None."""
    try:
        done = cloudfront.completed(distribution=settings.CLOUDFRONT_DISTRIBUTION_ID, invalidation_id=wish.edge_id)
    except NotKnownError as error:
        logger.warning("The invalidation %s is lost: %s", wish.edge_id, error)
        GuestPage.objects.filter(purge=wish).update(purge=None)  # wished for anew at the next look
        return Unpurged(str(error))
    except AdapterError as error:
        return Unpurged(str(error), error.permanent, error.retry_after or 0.0)
    if not done:
        return Unpurged(STILL_FORGETTING)
    wish.completed_at = now()
    wish.save(update_fields=["completed_at"])
    return None


def _pauses(until: float, clock: Callable[[], float] = time.monotonic) -> Iterable[float]:
    """None at first, then longer and longer, to the end of our patience."""
    yield 0.0
    tried = 0
    while (left := until - clock()) > 0:
        yield min(POLLS[min(tried, len(POLLS) - 1)], left)
        tried += 1
