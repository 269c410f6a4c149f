"""The life of a guest page: the one place that moves `GuestPage.state`.

none ──► published ──► verified        a fact changed: ──► stale ──► published …
   └──────► failed ◄───┘   │           failed: not put (then its digest is ''), or not seen; tried again at each look
              published ◄──┘           an audit saw phones served something else
Some time after the trip, from any of them: ──► withdrawn, for good.

A page whose `digest` is '' is one of which nobody knows what lies where it is kept: it is being put, or was lost.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, F, Q, Value, When

from charters.models import GuestPage
from charters.public_links import PARTY
from jada.core import links
from jada.core.bulk import as_json
from jada.core.clock import now

State = GuestPage.State
NOBODY: Mapping[int, str] = {}


def mark_stale(charters: Iterable[int]) -> int:
    """A fact of these charters changed: their pages are out of date. In the transaction that changes the fact.

    A page that is being put at this moment is looked at once more by its worker (`look_again`). From one that waits for
    the edge the claim is taken: what it waits for is of no use any more, and nobody should wait for it in turn.
    """
    keys = list(charters)
    if not keys:
        return 0
    being_put = Q(digest="")
    return (
        GuestPage.objects.filter(charter__in=keys)
        .exclude(state=State.WITHDRAWN)
        .update(
            state=Case(When(state=State.NONE, then=Value(State.NONE)), default=Value(State.STALE)),
            look_again=True,
            lease_until=Case(When(being_put, then=F("lease_until")), default=None),
            fence=Case(When(being_put, then=F("fence")), default=F("fence") + 1),
        )
    )


def mark_drifted(pages: Mapping[int, str]) -> None:
    """{charter: digest its page had} of pages that an audit found to say other facts than the record."""
    now_as_then = GuestPage.objects.filter(charter__in=pages).values_list("charter", "digest")
    mark_stale(charter for charter, digest in now_as_then if digest == pages[charter])


def begin_put(keys: Iterable[int]) -> None:
    """From here until it is settled nobody knows what is stored: a worker that dies leaves a page that is put again.

    It is another publication, though its facts may be those of the last but one: the edge must forget what it keeps.
    """
    GuestPage.objects.filter(pk__in=list(keys)).update(
        digest="", verified_digest="", publication=F("publication") + 1, purge=None, purges=0
    )


@dataclass(frozen=True, slots=True)
class Published:
    """A page that was put at `path`, with the store's ETags: settled only while `fence` is still ours.

    `former` are its addresses of before and the ETags of what leads on from there.
    """

    page: int
    fence: int
    path: str
    facts: dict[str, Any]
    digest: str
    etag: str = ""
    former: dict[str, str] = field(default_factory=dict)


def settle_published(pages: Sequence[Published], *, template_version: str) -> None:
    """Record what was put. A page whose facts changed meanwhile stays stale.

    One whose claim was lost may now lie in the store as we put it, over what the next worker put: it is put again.
    """
    if not pages:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE charters_guestpage AS page SET
                facts = put.facts::jsonb, digest = put.digest, template_version = %s, published_at = %s,
                lease_until = NULL, reason = '', verified_digest = '', verified_at = NULL,
                path = put.path, etag = put.etag, former = put.former::jsonb,
                state = CASE WHEN page.look_again THEN 'stale' ELSE 'published' END, look_again = false
            FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
              AS put (id, fence, path, facts, digest, etag, former)
            WHERE page.id = put.id AND page.fence = put.fence
            RETURNING page.id
            """,
            [
                template_version,
                now(),
                [each.page for each in pages],
                [each.fence for each in pages],
                [each.path for each in pages],
                [as_json(each.facts) for each in pages],
                [each.digest for each in pages],
                [each.etag for each in pages],
                [as_json(each.former) for each in pages],
            ],
        )
        settled = {key for (key,) in cursor.fetchall()}
    # Whoever has them now settles nothing either. One that was withdrawn meanwhile lies there again: likewise.
    GuestPage.objects.filter(pk__in={each.page for each in pages} - settled).update(
        state=State.STALE, digest="", look_again=True, lease_until=None, fence=F("fence") + 1
    )


def settle_unchanged(pages: dict[int, int], *, template_version: str) -> None:
    """The facts are as published after all: {page: fence} go back to what they were, and nothing is put."""
    if not pages:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE charters_guestpage AS page SET
                template_version = %s, lease_until = NULL, reason = '',
                state = CASE WHEN page.look_again THEN 'stale'
                             WHEN page.verified_digest = page.digest THEN 'verified' ELSE 'published' END
            FROM unnest(%s::bigint[], %s::bigint[]) AS kept (id, fence)
            WHERE page.id = kept.id AND page.fence = kept.fence
            """,
            [template_version, list(pages), list(pages.values())],
        )


def settle_verified(digests: dict[int, str], fences: dict[int, int], *, through: Mapping[int, str] = NOBODY) -> None:
    """{page: digest seen at the public address}: a page that was put anew meanwhile is not verified by an old copy.

    `through` says in the edge's own words where the answer came from.
    """
    if not digests:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE charters_guestpage AS page SET
                verified_digest = seen.digest, verified_at = %s, lease_until = NULL, reason = '',
                seen_through = seen.through,
                state = CASE WHEN page.state IN ('published', 'failed') AND page.digest = seen.digest
                             THEN 'verified' ELSE page.state END
            FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[]) AS seen (id, fence, digest, through)
            WHERE page.id = seen.id AND page.fence = seen.fence
            """,
            [
                now(),
                list(digests),
                [fences[key] for key in digests],
                list(digests.values()),
                [through.get(key, "")[:120] for key in digests],
            ],
        )


def settle_failed(reasons: Mapping[int, str], fences: Mapping[int, int]) -> None:
    """{page: why it could not be put, in words}: it is tried again at the next look."""
    _settle_because(reasons, fences, state="'failed'")


def settle_unseen(reasons: Mapping[int, str], fences: Mapping[int, int]) -> None:
    """{page: why its public address does not show it, in words}; one that is out of date by now stays so."""
    _settle_because(reasons, fences, state="CASE WHEN page.state = 'published' THEN 'failed' ELSE page.state END")


def settle_held(reasons: Mapping[int, str], fences: Mapping[int, int]) -> None:
    """{page: what it waits for, in words}: what is published stays, the next look goes on."""
    _settle_because(reasons, fences, state="page.state")


def _settle_because(reasons: Mapping[int, str], fences: Mapping[int, int], *, state: str) -> None:
    if not reasons:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE charters_guestpage AS page SET reason = told.reason, lease_until = NULL, state = {state}
            FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS told (id, fence, reason)
            WHERE page.id = told.id AND page.fence = told.fence
            """,  # noqa: S608 - `state` is one of the three above
            [list(reasons), [fences[key] for key in reasons], list(reasons.values())],
        )


def settle_withdrawn(fences: Mapping[int, int]) -> None:
    """{page: fence}: they were removed where pages are kept. Their facts go too, and their links open nothing more."""
    with transaction.atomic():
        pages = GuestPage.objects.select_for_update().filter(pk__in=fences).order_by("pk")
        ours = [page for page in pages if page.fence == fences[page.pk]]
        for page in ours:
            _withdraw(page)
        GuestPage.objects.bulk_update(ours, WITHDRAWN)


WITHDRAWN = [
    *("state", "withdrawn_at", "facts", "digest", "etag", "verified_digest", "verified_at", "publication", "purge"),
    *("purges", "reason", "lease_until", "link_generation", "photo_code", "photo_lookup", "waiver_lookup"),
]


def _withdraw(page: GuestPage) -> None:
    page.state, page.withdrawn_at, page.facts = State.WITHDRAWN, now(), {}
    page.digest = page.etag = page.verified_digest = page.reason = ""
    # Never put: the edge has nothing to forget, and nobody need look.
    page.verified_at = None if page.publication else now()
    page.publication, page.purge, page.purges, page.lease_until = page.publication + 1, None, 0, None
    page.link_generation += 1
    page.photo_code = links.code("photos", page.charter_id, page.link_generation)
    page.photo_lookup = links.lookup(page.photo_code)
    page.waiver_lookup = links.lookup(links.token(PARTY, page.charter_id, page.link_generation))


def settle_gone(keys: Sequence[int], fences: Mapping[int, int]) -> None:
    """A withdrawn page's addresses answer with nothing."""
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE charters_guestpage AS page SET verified_at = %s, reason = '', former = '{}', lease_until = NULL
            FROM unnest(%s::bigint[], %s::bigint[]) AS seen (id, fence)
            WHERE page.id = seen.id AND page.fence = seen.fence AND page.state = 'withdrawn'
            """,
            [now(), list(keys), [fences[key] for key in keys]],
        )


def lost(key: int, digest: str, reason: str) -> None:
    """The stored page is not the one of `digest` that we put there: it is put again."""
    pages = GuestPage.objects.filter(pk=key, digest=digest).exclude(state=State.WITHDRAWN)
    pages.update(state=State.STALE, digest="", reason=reason)


def doubt(key: int, digest: str, reason: str) -> None:
    """The public address was seen to show something else than the page of `digest`: it is verified again.

    To the edge, which must forget what it has, that is another publication.
    """
    GuestPage.objects.filter(pk=key, digest=digest, state=State.VERIFIED).update(
        state=State.PUBLISHED,
        verified_digest="",
        reason=reason,
        publication=F("publication") + 1,
        purge=None,
        purges=0,
    )


def assume_published(pages: Iterable[tuple[int, dict[str, Any], str]]) -> None:
    """For a plan that is rolled back: (page, facts, digest) as if put, so that the edge shows its share."""
    for key, facts, digest in pages:
        GuestPage.objects.filter(pk=key).update(facts=facts, digest=digest, verified_digest="", state=State.PUBLISHED)


def assume_verified(keys: Iterable[int]) -> None:
    """For a plan that is rolled back: as if seen at the public address, so that messages show theirs."""
    GuestPage.objects.filter(pk__in=list(keys)).update(verified_digest=F("digest"), state=State.VERIFIED)
