"""The states of a page, moved under a claim or not at all."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from charters.models import GuestPage
from charters.pages import life
from tests.charters.pages.sailing import danika
from tests.factories import GuestPageFactory

pytestmark = pytest.mark.django_db
State = GuestPage.State


def page(state: str, **columns: object) -> GuestPage:
    return GuestPageFactory.create(charter=danika(), state=state, fence=7, **columns)


def stands(kept: GuestPage) -> tuple[str, str, str]:
    kept.refresh_from_db()
    return kept.state, kept.digest, kept.verified_digest


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("none", "none"),
        ("published", "stale"),
        ("verified", "stale"),
        ("failed", "stale"),
        ("stale", "stale"),
        ("withdrawn", "withdrawn"),
    ],
)
def test_a_changed_fact_makes_a_page_stale_unless_there_is_none_to_be(before: str, after: str) -> None:
    kept = page(before)
    life.mark_stale([kept.charter_id])
    assert stands(kept)[0] == after


def test_no_charters_are_no_pages() -> None:
    page("verified")
    assert life.mark_stale([]) == 0


def test_a_put_page_is_published_and_not_yet_seen() -> None:
    kept = page("stale", digest="old", verified_digest="old")
    life.settle_published([life.Published(kept.pk, 7, kept.path, {"start": "3"}, "new")], template_version="t")
    assert stands(kept) == ("published", "new", "")


def test_a_put_page_whose_facts_changed_meanwhile_stays_stale() -> None:
    kept = page("verified", digest="old")
    life.mark_stale([kept.charter_id])
    life.settle_published([life.Published(kept.pk, 7, kept.path, {}, "new")], template_version="t")
    assert stands(kept)[0] == "stale"


def test_a_put_under_a_lost_claim_puts_the_page_in_doubt() -> None:
    kept = page("verified", digest="theirs", verified_digest="theirs")
    life.settle_published([life.Published(kept.pk, 6, kept.path, {}, "ours")], template_version="t")
    assert stands(kept)[:2] == ("stale", "")


def test_a_withdrawn_page_that_was_put_all_the_same_is_withdrawn_again() -> None:
    kept = page("withdrawn")
    life.settle_published([life.Published(kept.pk, 6, kept.path, {}, "ours")], template_version="t")
    assert stands(kept)[:2] == ("stale", "")


def test_what_is_being_put_is_nothing_we_know() -> None:
    kept = page("stale", digest="old", verified_digest="old")
    life.begin_put([kept.pk])
    assert stands(kept) == ("stale", "", "")


@pytest.mark.parametrize(("seen", "after"), [("d", "verified"), ("", "published")])
def test_unchanged_facts_are_as_true_as_before(seen: str, after: str) -> None:
    kept = page("stale", digest="d", verified_digest=seen)
    life.settle_unchanged({kept.pk: 7}, template_version="t")
    assert stands(kept)[0] == after


@pytest.mark.parametrize(
    ("before", "seen", "after"),
    [
        ("published", "d", "verified"),
        ("failed", "d", "verified"),
        ("published", "other", "published"),
        ("stale", "d", "stale"),
        ("withdrawn", "d", "withdrawn"),
    ],
)
def test_only_a_published_page_that_was_seen_as_it_is_becomes_verified(before: str, seen: str, after: str) -> None:
    kept = page(before, digest="d")
    life.settle_verified({kept.pk: seen}, {kept.pk: 7})
    assert stands(kept)[0] == after


def test_under_a_lost_claim_nothing_is_verified() -> None:
    kept = page("published", digest="d")
    life.settle_verified({kept.pk: "d"}, {kept.pk: 6})
    assert stands(kept) == ("published", "d", "")


def test_under_a_lost_claim_nothing_fails() -> None:
    kept = page("published", digest="d")
    life.settle_failed({kept.pk: "No."}, {kept.pk: 6})
    life.settle_unseen({kept.pk: "No."}, {kept.pk: 6})
    assert stands(kept)[0] == "published"


def test_a_page_that_is_lost_is_out_of_date() -> None:
    kept = page("verified", digest="d", verified_digest="d")
    life.lost(kept.pk, "d", "It is missing where pages are kept.")
    assert (stands(kept)[:2], kept.reason) == (("stale", ""), "It is missing where pages are kept.")


def test_a_page_that_was_put_anew_since_is_not_lost() -> None:
    kept = page("verified", digest="new", verified_digest="new")
    life.lost(kept.pk, "d", "Another copy lies where pages are kept.")
    assert stands(kept) == ("verified", "new", "new")


def test_only_a_verified_page_is_doubted() -> None:
    kept, stale = page("verified", digest="d", verified_digest="d"), page("stale", digest="d", verified_digest="d")
    life.doubt(kept.pk, "d", "Other.")
    life.doubt(stale.pk, "d", "Other.")
    assert (stands(kept), stands(stale)) == (("published", "d", ""), ("stale", "d", "d"))


def test_a_page_that_was_put_anew_since_is_not_doubted() -> None:
    kept = page("verified", digest="new", verified_digest="new")
    life.doubt(kept.pk, "d", "Other.")
    assert stands(kept) == ("verified", "new", "new")


def test_what_is_doubted_is_another_publication_to_the_edge() -> None:
    kept = page("verified", digest="d", verified_digest="d", publication=3, purges=2)
    life.doubt(kept.pk, "d", "Other.")
    kept.refresh_from_db()
    assert (kept.publication, kept.purges) == (4, 0)


def test_a_changed_fact_takes_the_claim_from_whoever_waits_for_the_edge() -> None:
    waiting, being_put = page("published", digest="d"), page("stale")
    for kept in (waiting, being_put):
        GuestPage.objects.filter(pk=kept.pk).update(lease_until=Now() + timedelta(minutes=5))
    life.mark_stale([waiting.charter_id, being_put.charter_id])
    for kept in (waiting, being_put):
        kept.refresh_from_db()
    assert (waiting.fence, waiting.lease_until) == (8, None)
    assert (being_put.fence, being_put.lease_until is None) == (7, False)
