"""The page in the store against the record: what differs, and its putting."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from django.db.models import Q

from charters.models import Charter, GuestPage
from charters.models.page import address
from charters.pages import life, store
from charters.pages.facts import TEMPLATE_VERSION, Facts, differences, digest, in_words, page_facts, refusal
from charters.pages.render import moved_digest, render, render_moved
from charters.pages.store import Put
from charters.pages.wanting import in_scope
from jada.core.clock import now
from jada.core.errors import AdapterError
from jada.core.reconcile import APPLIED, CREATE, FAILED, HELD, UPDATE, Change, Scope

LAYER = "page"
COMPARED_AT_ONCE = 1_000
UNSAID = ("sources", "calendar_facts", "booking_facts", "staff_facts", "said_since", "questions")
NEWER_TEMPLATE = "the same facts, in a newer template"


@dataclass(slots=True)
class Work:
    """A page under our claim, with what it says or should say."""

    page: GuestPage
    fence: int
    facts: Facts
    digest: str


@dataclass(slots=True)
class Putting(Work):
    """A page to be put at `path`; what lies at its `former` paths is to lead there."""

    path: str
    former: list[str]


def loaded(which: Q) -> Iterable[Charter]:
    """Charters with all that their pages say, for a thousand of them at a time.

    Each vessel, dock and crew member is made once and shared, and what pages do not say is not parsed: that is half of
    what it costs.
    """
    shared = ("vessel__brand", "vessel__dock", "dock", "calendar", "crew_assignments__member")
    charters = Charter.objects.filter(which).select_related("page").prefetch_related(*shared)
    return charters.with_waiver_counts().defer(*UNSAID).order_by("pk")


def page_changes(keys: Sequence[int], fences: dict[int, int]) -> Iterator[Change]:
    """What is to be put of these pages; those whose facts are as published after all are settled at once.

    Those without a fence are another worker's. Inside a transaction.
    """
    charters = {charter.page.pk: charter for charter in loaded(Q(page__in=keys))}
    unchanged: dict[int, int] = {}
    held: dict[int, str] = {}
    changed: list[int] = []
    for charter in (charters[key] for key in keys if key in charters):  # the others were deleted meanwhile
        page, facts = charter.page, page_facts(charter)
        path = page.path_on(charter.date)
        left = [page.path] if page.published_at else []
        former = [each for each in dict.fromkeys([*page.former, *left]) if each != path]
        work = Putting(page, fences.get(page.pk, 0), facts, digest(facts), path, former)
        refused = refusal(facts)
        if page.pk not in fences:
            yield Change(LAYER, charter.reference, "page", in_words(facts), None, UPDATE, work=work, busy=True)
        elif refused:
            held[page.pk] = f"The page cannot be published: {refused}."
            yield Change(LAYER, charter.reference, "page", in_words(facts), None, CREATE, HELD, refused)
        elif work.digest == page.digest and page.template_version == TEMPLATE_VERSION:
            unchanged[page.pk] = work.fence
        else:
            changed.append(page.pk)
            yield _change(charter, work)
    life.settle_held(held, fences)
    life.settle_unchanged(unchanged, template_version=TEMPLATE_VERSION)
    life.begin_put(changed)


def _change(charter: Charter, work: Putting) -> Change:
    page, facts = work.page, work.facts
    actual = reason = None
    if page.published_at:
        # What an audit found in the store says more than what we once put there.
        found = page.reason if page.state == GuestPage.State.STALE and not page.digest else ""
        actual = found or in_words(page.facts)
        reason = "; ".join(filter(None, [found, differences(page.facts, facts)])) or NEWER_TEMPLATE
    expected = in_words(facts) if actual != in_words(facts) else f"{actual}; {reason}"
    action = UPDATE if page.published_at else CREATE
    return Change(LAYER, charter.reference, "page", expected, actual, action, reason=reason or "", work=work)


def drifted(scope: Scope) -> dict[int, str]:
    """{charter: digest of its page} of settled pages whose facts are others by now, whether or not anybody said so."""
    settled = GuestPage.objects.filter(state__in=[GuestPage.State.PUBLISHED, GuestPage.State.VERIFIED])
    remaining = iter(list(in_scope(settled, scope).order_by("pk").values_list("charter", "digest")))
    found: dict[int, str] = {}
    while batch := dict(islice(remaining, COMPARED_AT_ONCE)):
        for charter in loaded(Q(pk__in=list(batch))):
            if digest(page_facts(charter)) != batch[charter.pk]:
                found[charter.pk] = batch[charter.pk]
    return found


def put(changes: Sequence[Change], scope: Scope, *, broken_off: float) -> set[int]:
    """Render and store the pages, and what leads to them from where they were; settle. Returns those that failed."""
    owners = {each.path: change for change in changes for each in _puts(change.work)}
    etags: dict[str, str] = {}
    problems: dict[int, str] = {}

    def told(done: int) -> None:
        scope.progress(LAYER, done, len(owners))

    puts = [each for change in changes for each in _puts(change.work)]
    for each, outcome in store.put_many(puts, broken_off=broken_off, progress=told):
        if isinstance(outcome, AdapterError):
            problems[owners[each.path].work.page.pk] = str(outcome)
        else:
            etags[each.path] = outcome
    done: list[life.Published] = []
    for change in changes:
        work: Putting = change.work
        key = work.page.pk
        if problem := problems.get(key):
            change.state, change.reason = FAILED, problem
        else:
            change.state = APPLIED
            former = {path: etags[path] for path in work.former}
            done.append(life.Published(key, work.fence, work.path, work.facts, work.digest, etags[work.path], former))
    life.settle_failed(problems, {change.work.page.pk: change.work.fence for change in changes})
    life.settle_published(done, template_version=TEMPLATE_VERSION)
    return set(problems)


def _puts(work: Putting) -> Iterator[Put]:
    """The page itself, and what leads to it from where it was."""
    yield Put(work.path, partial(_rendered, work), work.digest)
    url = address(work.path)
    for path in work.former:
        yield Put(path, partial(render_moved, url, brand=work.facts["brand"]["name"]), moved_digest(url))


def _rendered(work: Putting) -> bytes:
    return render(work.facts, digest=work.digest, published_at=now())
