"""Leases, judged by the database's clock."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now

from charters.models import Calendar
from jada.core import locks
from tests.factories import CalendarFactory, VesselFactory

pytestmark = pytest.mark.django_db


def claim(*, limit: int | None = None) -> dict[int, int]:
    with transaction.atomic():
        claimed: dict[int, int] = locks.claim(Calendar.objects.all(), seconds=60, limit=limit)
        return claimed


@pytest.fixture
def row() -> Calendar:
    return CalendarFactory.create()


def test_a_free_row_is_claimed_under_a_new_number(row: Calendar) -> None:
    assert claim() == {row.pk: row.fence + 1}


def test_a_claimed_row_is_not_claimed_again(row: Calendar) -> None:
    claim()
    assert claim() == {}


def test_a_lease_runs_out_by_the_databases_clock(row: Calendar) -> None:
    claim()
    Calendar.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert claim() == {row.pk: row.fence + 2}


def test_a_lease_lasts_its_seconds(row: Calendar) -> None:
    claim()
    assert Calendar.objects.filter(
        lease_until__gt=Now() + timedelta(seconds=58), lease_until__lt=Now() + timedelta(seconds=61)
    ).exists()


def test_no_more_are_claimed_than_asked_for(row: Calendar) -> None:
    CalendarFactory.create()
    assert claim(limit=1) == {row.pk: 1}


def test_nothing_to_claim_is_nothing() -> None:
    assert claim() == {}


def test_a_claim_settles_while_its_number_is_the_latest(row: Calendar) -> None:
    number = claim()[row.pk]
    assert locks.held(Calendar.objects.all(), row.pk, number).update(lease_until=None) == 1


def test_an_overtaken_claim_settles_nothing(row: Calendar) -> None:
    number = claim()[row.pk]
    Calendar.objects.update(lease_until=None)
    claim()
    assert locks.held(Calendar.objects.all(), row.pk, number).update(lease_until=None) == 0


def test_a_ring_reaches_whoever_is_at_work(row: Calendar) -> None:
    claim()
    assert locks.ring_again(Calendar.objects.all()) == 1
    assert Calendar.objects.get().look_again


def test_a_ring_at_a_free_row_reaches_nobody(row: Calendar) -> None:
    assert locks.ring_again(Calendar.objects.all()) == 0
    assert not Calendar.objects.get().look_again


def test_a_new_claim_forgets_an_old_ring(row: Calendar) -> None:
    Calendar.objects.update(look_again=True)
    claim()
    assert not Calendar.objects.get().look_again


@pytest.mark.django_db(transaction=True)
def test_workers_that_claim_at_once_pass_each_other_by() -> None:
    vessel = VesselFactory.create()
    for _ in range(40):
        CalendarFactory.create(vessel=vessel)
    together, claims = threading.Barrier(4), []

    def work() -> None:
        together.wait()
        for _ in range(10):
            claims.extend(claim(limit=1).items())
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(claims) == [(key, 1) for key in Calendar.objects.order_by("pk").values_list("pk", flat=True)]
