"""The life of a guest page: the one place that moves `GuestPage.state`.

none ──► published ──► verified        a fact changed: ──► stale ──► published …
   └───────► failed ◄──────┘           (tried again at the next look)
Some time after the trip, from any of them: ──► withdrawn, for good.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Case, F, Value, When

from charters.models import GuestPage
from charters.public_links import PARTY
from jada.core import links
from jada.core.bulk import as_json
from jada.core.clock import now

State = GuestPage.State
NOBODY: Mapping[int, str] = {}


def mark_stale(charters: Iterable[int]) -> int:
    """A fact of these charters changed: their pages are out of date. In the transaction that changes the fact.

    A page that is being published at this moment is looked at once more by its worker (`look_again`).
    """
    keys = list(charters)
    if not keys:
        return 0
    pages = GuestPage.objects.filter(charter__in=keys).exclude(state=State.WITHDRAWN)
    out_of_date = Case(When(state=State.NONE, then=Value(State.NONE)), default=Value(State.STALE))
    return pages.update(state=out_of_date, look_again=True)


def begin_put(keys: Iterable[int]) -> None:
    """From here until it is settled nobody knows what is stored: a worker that dies leaves a page that is put again.

    It is another publication, though its facts may be those of the last but one: the edge must forget what it keeps.
    """
    GuestPage.objects.filter(pk__in=list(keys)).update(
        digest="", verified_digest="", publication=F("publication") + 1, purge=None, purges=0
    )


def move(key: int, fence: int, path: str) -> bool:
    """The trip moved to another day: the page goes to `path`, and what was put before will lead there.

    False when the claim was lost.
    """
    page = GuestPage.objects.filter(pk=key, fence=fence).first()
    if page is None:
        return False
    left = {page.path: ""} if page.publication else {}
    page.former = {former: etag for former, etag in (page.former | left).items() if former != path}
    page.path = path
    page.save(update_fields=["former", "path"])
    return True


@dataclass(frozen=True, slots=True)
class Published:
    """A page that was put, with the store's ETags: settled only while `fence` is still ours."""

    page: int
    fence: int
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
                etag = put.etag, former = put.former::jsonb,
                state = CASE WHEN page.look_again THEN 'stale' ELSE 'published' END, look_again = false
            FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])
              AS put (id, fence, facts, digest, etag, former)
            WHERE page.id = put.id AND page.fence = put.fence
            RETURNING page.id
            """,
            [
                template_version,
                now(),
                [each.page for each in pages],
                [each.fence for each in pages],
                [as_json(each.facts) for each in pages],
                [each.digest for each in pages],
                [each.etag for each in pages],
                [as_json(each.former) for each in pages],
            ],
        )
        settled = {key for (key,) in cursor.fetchall()}
    overtaken = GuestPage.objects.filter(pk__in={each.page for each in pages} - settled)
    overtaken.exclude(state=State.WITHDRAWN).update(state=State.STALE, digest="", look_again=True)


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


def settle_failed(reasons: dict[int, str], fences: dict[int, int]) -> None:
    """{page: why it could not be put, in words}: it is tried again at the next look."""
    for key, reason in reasons.items():
        GuestPage.objects.filter(pk=key, fence=fences[key]).update(state=State.FAILED, reason=reason, lease_until=None)


def settle_unseen(reasons: dict[int, str], fences: dict[int, int]) -> None:
    """{page: why its public address does not show it, in words}; one that is out of date by now stays so."""
    failed = Case(When(state=State.PUBLISHED, then=Value(State.FAILED)), default=F("state"))
    for key, reason in reasons.items():
        GuestPage.objects.filter(pk=key, fence=fences[key]).update(state=failed, reason=reason, lease_until=None)


def settle_waiting(reasons: Mapping[int, str], fences: Mapping[int, int]) -> None:
    """{page: what is waited for, in words}: nothing is known yet, the next look goes on."""
    for key, reason in reasons.items():
        GuestPage.objects.filter(pk=key, fence=fences[key]).update(reason=reason, lease_until=None)


def settle_withdrawn(key: int, fence: int) -> None:
    """It was removed where pages are kept: its facts go here too, and its links open nothing any more."""
    page = GuestPage.objects.filter(pk=key, fence=fence).first()
    if page is None:
        return
    generation = page.link_generation + 1
    code = links.code("photos", page.charter_id, generation)
    GuestPage.objects.filter(pk=key, fence=fence).update(
        state=State.WITHDRAWN,
        withdrawn_at=now(),
        facts={},
        digest="",
        etag="",
        verified_digest="",
        # Never put: the edge has nothing to forget, and nobody need look.
        verified_at=None if page.publication else now(),
        publication=F("publication") + 1,
        purge=None,
        purges=0,
        reason="",
        lease_until=None,
        link_generation=generation,
        photo_code=code,
        photo_lookup=links.lookup(code),
        waiver_lookup=links.lookup(links.token(PARTY, page.charter_id, generation)),
    )


def settle_gone(keys: Iterable[int], fences: Mapping[int, int]) -> None:
    """A withdrawn page's addresses answer with nothing."""
    for key in keys:
        GuestPage.objects.filter(pk=key, fence=fences[key], state=State.WITHDRAWN).update(
            verified_at=now(), reason="", former={}, lease_until=None
        )


def settle_refused(key: int, fence: int, reason: str) -> None:
    """The facts make no page: what was published before stays, out of date, with the reason in words."""
    GuestPage.objects.filter(pk=key, fence=fence).update(reason=reason, lease_until=None)


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
