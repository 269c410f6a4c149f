"""What a link opens, and until when (docs/architecture.md, rule 8)."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import override_settings

from charters.models import Charter, Guest, GuestPage
from charters.public_links import guest_waiver_url, waiver_url
from jada.core import links as tokens
from tests.factories import GuestFactory
from tests.waivers.samples import Door, Move, minor, token_in
from waivers.links import Kind, charter_waiver_url, find, guardian_url
from waivers.models import Waiver

pytestmark = pytest.mark.django_db


def test_the_partys_link_opens_the_charter(charter: Charter, page: GuestPage) -> None:
    link = find(token_in(charter_waiver_url(charter)))
    assert link is not None
    assert (link.kind, link.charter, link.guest, link.waiver) == (Kind.CHARTER, charter, None, None)


def test_a_guests_link_is_stored_when_it_is_first_written(charter: Charter) -> None:
    guest = GuestFactory.create(charter=charter)
    assert guest.link_lookup is None
    url = guest_waiver_url(guest)
    link = find(token_in(url))
    assert link is not None
    assert (link.kind, link.charter, link.guest) == (Kind.GUEST, charter, guest)
    assert guest_waiver_url(Guest.objects.get(pk=guest.pk)) == url


def test_a_guardians_link_opens_the_minors_waiver(charter: Charter, token: str, door: Door) -> None:
    url = door.sign(minor(token))["guardian_url"]
    waiver = Waiver.objects.get()
    link = find(token_in(url))
    assert link is not None
    assert (link.kind, link.waiver, link.charter) == (Kind.GUARDIAN, waiver, charter)
    assert guardian_url(waiver) == url


def test_links_are_good_until_two_days_after_the_trip(charter: Charter, token: str, door: Door, at: Move) -> None:
    guardians = token_in(door.sign(minor(token))["guardian_url"])
    at(charter.ends_at + timedelta(days=2))
    assert [find(each) is not None for each in (token, guardians)] == [True, True]
    at(charter.ends_at + timedelta(days=2, seconds=1))
    assert [find(each) for each in (token, guardians)] == [None, None]


def test_a_raised_generation_revokes_at_once(charter: Charter, page: GuestPage, token: str) -> None:
    guest = GuestFactory.create(charter=charter)
    own = token_in(guest_waiver_url(guest))
    Guest.objects.update(link_generation=2)
    GuestPage.objects.update(link_generation=2)
    assert [find(each) for each in (token, own)] == [None, None]
    fresh = Guest.objects.get(pk=guest.pk)
    assert find(token_in(guest_waiver_url(fresh))) is not None


def test_nobody_signs_for_a_cancelled_trip(charter: Charter, token: str) -> None:
    Charter.objects.update(status=Charter.Status.CANCELLED)
    assert find(token) is None


def test_a_trip_that_waits_for_the_offices_word_still_takes_signatures(charter: Charter, token: str) -> None:
    Charter.objects.update(status=Charter.Status.CANCELLING)
    assert find(token) is not None


def test_a_new_key_changes_no_link_that_is_out(charter: Charter, page: GuestPage, token: str) -> None:
    guest = GuestFactory.create(charter=charter)
    own = guest_waiver_url(guest)
    with override_settings(LINK_KEYS=["n" * 40, *settings.LINK_KEYS]):
        assert waiver_url(charter, page) == charter_waiver_url(charter)
        assert token_in(waiver_url(charter, page)) == token
        assert guest_waiver_url(Guest.objects.get(pk=guest.pk)) == own
        assert find(token) is not None
    with override_settings(LINK_KEYS=["n" * 40]):
        assert find(token) is None


def test_a_photo_code_opens_no_waiver(page: GuestPage) -> None:
    assert find(page.photo_code) is None
    assert find(tokens.token("photos", page.charter_id)) is None
