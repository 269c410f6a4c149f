"""What a ring sets in motion, and a ring that nobody hears."""

import logging
import socket
import time
from datetime import timedelta

import pytest
from django.db import transaction

from charters.models import GuestPage
from dispatch import tasks as dispatch_tasks
from dispatch.models import Delivery
from jada.core import clock, tasks
from jada.core.bell import ring, ring_outbox
from jada.core.models import Run
from tests.charters.pages.conftest import site, thursday
from tests.charters.pages.sailing import THURSDAY, danika, fleet, page_of
from tests.fakes.broker import NOBODY, broker_at
from tests.fakes.page_server import PageServer

__all__ = ["site", "thursday"]
pytestmark = pytest.mark.django_db


def test_a_look_done_twice_changes_nothing_the_second_time(site: PageServer) -> None:
    danika(calendar=None)
    tasks.look()
    before = (list(GuestPage.objects.values()), Run.objects.count(), list(site.requests))
    tasks.look()
    assert (list(GuestPage.objects.values()), Run.objects.count(), list(site.requests)) == before


def test_a_look_at_one_charter_leaves_the_others(site: PageServer) -> None:
    this, other = fleet(2)
    tasks.look([this.pk])
    assert list(GuestPage.objects.values_list("charter", "state")) == [(this.pk, "verified")]
    assert other.pk != this.pk


def test_a_look_at_a_charter_that_is_gone_does_nothing(site: PageServer) -> None:
    tasks.look([404])
    assert Run.objects.count() == 0


def test_an_audit_done_twice_changes_nothing_the_second_time(site: PageServer) -> None:
    charter = danika(calendar=None)
    tasks.audit()
    published = page_of(charter).published_at
    tasks.audit()
    assert (page_of(charter).published_at, page_of(charter).state) == (published, "verified")


def test_a_send_done_twice_sends_once(site: PageServer) -> None:
    danika(calendar=None)
    clock.stop_at(THURSDAY + timedelta(hours=3))
    tasks.look()
    dispatch_tasks.send_due()
    dispatch_tasks.send_due()
    assert list(Delivery.objects.values_list("state", "attempts")) == [("sent", 1)]


# -- the bell ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_ring_without_a_broker_neither_raises_nor_takes_long(caplog: pytest.LogCaptureFixture) -> None:
    started = time.monotonic()
    with caplog.at_level(logging.WARNING, logger="jada.core.bell"), broker_at(NOBODY), transaction.atomic():
        ring(charters=[1])
        ring_outbox()
    assert time.monotonic() - started < 2
    assert caplog.messages == ["The bell could not be rung (OperationalError); the sweep will find the work."] * 2


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_says_nothing_holds_nobody_up_for_long(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        started = time.monotonic()
        with broker_at(silent.getsockname()[1]), transaction.atomic():
            ring()
    assert time.monotonic() - started < 6
    assert caplog.messages == ["The bell could not be rung (OperationalError); the sweep will find the work."]


@pytest.mark.django_db(transaction=True)
def test_a_ring_of_a_transaction_that_is_rolled_back_is_silent(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), broker_at(NOBODY), transaction.atomic():
        ring()
        transaction.set_rollback(True)
    assert caplog.messages == []
