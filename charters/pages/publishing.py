"""The page in the store against the record: what differs, and its putting."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from django.db.models import Q

from charters.models import Charter, GuestPage
from charters.pages import life, store
from charters.pages.facts import TEMPLATE_VERSION, Facts, differences, digest, in_words, page_facts, refusal
from charters.pages.render import moved_digest, render, render_moved
from charters.pages.store import Put
from jada.core.clock import now
from jada.core.errors import AdapterError
from jada.core.reconcile import APPLIED, CREATE, FAILED, HELD, UPDATE, Change, Scope

LAYER = "page"
NEWER_TEMPLATE = "the same facts, in a newer template"


@dataclass(slots=True)
class Work:
    """A page to be put or looked at, under our claim."""

    page: GuestPage
    fence: int
    facts: Facts
    digest: str


def loaded(which: Q) -> Iterable[Charter]:
    """Charters with all that their pages say."""
    return Charter.objects.filter(which).with_relations().with_waiver_counts().order_by("pk")


def page_changes(keys: Sequence[int], fences: dict[int, int]) -> Iterator[Change]:
    """What is to be put of these pages; those whose facts are as published after all are settled at once.

    Those without a fence are another worker's. Inside a transaction.
    """
    charters = {charter.page.pk: charter for charter in loaded(Q(page__in=keys))}
    unchanged: dict[int, int] = {}
    put: list[int] = []
    for key in keys:
        charter = charters[key]
        page, facts = charter.page, page_facts(charter)
        work = Work(page, fences.get(page.pk, 0), facts, digest(facts))
        refused = refusal(facts)
        if page.pk not in fences:
            yield Change(LAYER, charter.reference, "page", in_words(facts), None, UPDATE, work=work, busy=True)
        elif refused:
            life.settle_refused(page.pk, work.fence, f"The page cannot be published: {refused}.")
            yield Change(LAYER, charter.reference, "page", in_words(facts), None, CREATE, HELD, refused)
        elif work.digest == page.digest and page.template_version == TEMPLATE_VERSION:
            unchanged[page.pk] = work.fence
        else:
            put.append(page.pk)
            yield _change(charter, work)
    life.settle_unchanged(unchanged, template_version=TEMPLATE_VERSION)
    life.begin_put(put)


def _change(charter: Charter, work: Work) -> Change:
    page, facts = work.page, work.facts
    actual = reason = None
    if page.published_at:
        # What an audit found in the store says more than what we once put there.
        actual = page.reason if page.reason and not page.digest else in_words(page.facts)
        reason = differences(page.facts, facts) or NEWER_TEMPLATE
    expected = in_words(facts) if actual != in_words(facts) else f"{actual}; {reason}"
    _follow(charter, work)
    action = UPDATE if page.published_at else CREATE
    return Change(LAYER, charter.reference, "page", expected, actual, action, reason=reason or "", work=work)


def _follow(charter: Charter, work: Work) -> None:
    """To another day: the address names the day, so the page goes there and the old address leads to it."""
    page = work.page
    path = f"{charter.date:%Y-%m-%d}/{page.path.partition('/')[2]}"
    if path != page.path and life.move(page.pk, work.fence, path):
        page.refresh_from_db(fields=["path", "former"])


def put(changes: Sequence[Change], scope: Scope, *, broken_off: float) -> set[int]:
    """Render and store the pages, and what leads to them from where they were; settle. Returns those that failed."""
    wanted = {put.path: change for change in changes for put in _puts(change.work)}
    etags: dict[str, str] = {}
    problems: dict[int, str] = {}

    def told(done: int) -> None:
        scope.progress(LAYER, done, len(wanted))

    puts = [put for change in changes for put in _puts(change.work)]
    for each, outcome in store.put_many(puts, broken_off=broken_off, progress=told):
        if isinstance(outcome, AdapterError):
            problems[wanted[each.path].work.page.pk] = str(outcome)
        else:
            etags[each.path] = outcome
    done: list[life.Published] = []
    for change in changes:
        work: Work = change.work
        page = work.page
        if problem := problems.get(page.pk):
            change.state, change.reason = FAILED, problem
        else:
            change.state = APPLIED
            former = {path: etags[path] for path in page.former}
            done.append(life.Published(page.pk, work.fence, work.facts, work.digest, etags[page.path], former))
    life.settle_failed(problems, {change.work.page.pk: change.work.fence for change in changes})
    life.settle_published(done, template_version=TEMPLATE_VERSION)
    return set(problems)


def _puts(work: Work) -> Iterator[Put]:
    page = work.page
    yield Put(page.path, partial(_rendered, work), work.digest)
    for path in page.former:
        leading_on = partial(render_moved, page.url, brand=work.facts["brand"]["name"])
        yield Put(path, leading_on, moved_digest(page.url))


def _rendered(work: Work) -> bytes:
    return render(work.facts, digest=work.digest, published_at=now())
