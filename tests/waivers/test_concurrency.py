"""Two signatures at the same moment."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from charters.models import Charter
from tests.waivers.samples import Door, adult, guardian, minor, token_in
from waivers.evidence import verify_all
from waivers.models import Waiver

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 8


def together(send: Callable[[int], tuple[int, Any]]) -> list[tuple[int, Any]]:
    """What AT_ONCE threads are answered that all start at one moment."""
    start = threading.Barrier(AT_ONCE)
    answers: list[tuple[int, Any]] = []

    def run(number: int) -> None:
        start.wait()
        try:
            answers.append(send(number))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[number]) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_one_submission_sent_many_times_at_once_signs_once(charter: Charter, token: str) -> None:
    answers = together(lambda number: Door().send(adult(token)))
    waiver = Waiver.objects.get()
    assert answers == [(201, {"waiver_id": str(waiver.public_id), "status": "SIGNED"})] * AT_ONCE
    assert charter.guests.count() == 1


def test_signatures_at_once_make_one_chain(charter: Charter, token: str) -> None:
    answers = together(
        lambda number: Door().send(adult(token, submission_key=str(number), name=f"Guest {'abcdefgh'[number]}"))
    )
    assert [status for status, _ in answers] == [201] * AT_ONCE
    chain = list(verify_all())
    assert [waiver.chain_position for waiver, _ in chain] == list(range(1, AT_ONCE + 1))
    assert [problems for _, problems in chain] == [[]] * AT_ONCE
    assert charter.guests.count() == AT_ONCE


def test_a_guardian_who_signs_twice_at_once_signs_once(charter: Charter, token: str, door: Door) -> None:
    link = token_in(door.sign(minor(token))["guardian_url"])
    answers = together(lambda number: Door().send(guardian(link, submission_key=str(number))))
    assert sorted(status for status, _ in answers) == [201] + [409] * (AT_ONCE - 1)
    assert Waiver.objects.get().status == "SIGNED"
