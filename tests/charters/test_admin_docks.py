"""Docks in the admin: what guests are told of them."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from charters.models import Dock, GuestPage
from tests.factories import CharterFactory, DockFactory, GuestPageFactory

NOTES = dict.fromkeys(Dock.NOTES, "")


def save(client: Client, dock: Dock, **notes: str) -> str:
    """What the office sees after it saved these notes and no others."""
    sent = {"name": dock.name, "address": dock.address, **NOTES, **notes}
    return client.post(f"/admin/charters/dock/{dock.pk}/change/", sent, follow=True).content.decode()


def test_the_list_says_what_guests_are_told(admin_client: Client) -> None:
    DockFactory(parking="Free after 5 PM.", aboard="No glass.")

    assert "Parking, what may come aboard" in admin_client.get("/admin/charters/dock/").content.decode()


def test_the_list_says_when_guests_are_told_nothing(admin_client: Client) -> None:
    dock = DockFactory(**NOTES)
    shown = admin_client.get("/admin/charters/dock/").content.decode()

    assert dock.name in shown
    assert "–" in shown.partition(dock.address)[2]


def test_a_note_is_kept_and_has_the_pages_written_anew(admin_client: Client) -> None:
    dock = DockFactory()
    page = GuestPageFactory(charter=CharterFactory(dock=dock), state=GuestPage.State.VERIFIED)
    save(admin_client, dock, gate="Gate B.", photo_url="https://example.com/gate.jpg")
    dock.refresh_from_db()
    page.refresh_from_db()

    assert (dock.gate, dock.photo_url, page.state) == ("Gate B.", "https://example.com/gate.jpg", "stale")


@pytest.mark.parametrize("address", ["http://example.com/gate.jpg", "javascript:alert(1)", "gate.jpg"])
def test_a_picture_needs_an_address_that_a_phone_can_trust(admin_client: Client, address: str) -> None:
    dock = DockFactory()

    assert "Enter a valid URL." in save(admin_client, dock, photo_url=address)
    dock.refresh_from_db()
    assert dock.photo_url == ""


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_takes_as_many_queries_however_many_docks(admin_client: Client, number: int) -> None:
    DockFactory.create_batch(number)
    admin_client.get("/admin/charters/dock/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        admin_client.get("/admin/charters/dock/")

    assert len(asked) == 5
