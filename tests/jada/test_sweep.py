"""`manage.py sweep`: what is due is done, broker or none."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from charters.models import Charter, GuestPage
from dispatch import outbox
from dispatch.models import Delivery
from jada.core import clock
from tests.charters.pages.conftest import site, thursday
from tests.charters.pages.sailing import THURSDAY, danika, page_of, sails_later
from tests.fakes.broker import NOBODY, broker_at
from tests.fakes.page_server import PageServer

__all__ = ["site", "thursday"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_broker() -> Iterator[None]:
    """Whoever rings finds nobody."""
    with broker_at(NOBODY):
        yield


def test_a_new_charter_is_published_and_its_guest_is_told(site: PageServer) -> None:
    charter = danika(calendar=None)
    clock.stop_at(THURSDAY + timedelta(hours=3))
    call_command("sweep", "--once")
    assert page_of(charter).state == "verified"
    assert list(Delivery.objects.values_list("kind", "state")) == [("boarding", "sent")]


def test_a_change_that_nobody_rang_for_is_found(site: PageServer, caplog: pytest.LogCaptureFixture) -> None:
    charter = danika(calendar=None)
    call_command("sweep", "--once")
    with caplog.at_level(logging.WARNING, logger="jada.core.bell"):
        sails_later(charter)
    assert caplog.messages == ["The bell could not be rung (OperationalError); the sweep will find the work."]
    assert page_of(charter).state == "stale"
    call_command("sweep", "--once")
    assert (page_of(charter).state, page_of(charter).facts["start"]) == ("verified", "2026-05-30T15:00:00-07:00")


def test_a_message_that_waits_is_sent(site: PageServer) -> None:
    outbox.enqueue(
        kind="guardian",
        charter=danika(calendar=None),
        recipient="quinn@example.com",
        facts_digest="d",
        subject="Please sign",
        text="Hello",
    )
    call_command("sweep", "--once")
    assert Delivery.objects.get().state == "sent"


def test_nothing_due_is_nothing_done(site: PageServer, tmp_path: Path) -> None:
    call_command("sweep", "--once")
    assert (Charter.objects.count(), GuestPage.objects.count(), Delivery.objects.count()) == (0, 0, 0)
    assert list(tmp_path.iterdir()) == []
