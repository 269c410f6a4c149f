"""How many puts at a time: what the latency makes worth while, what the bucket bears."""

import threading
import time

import pytest

from charters.pages.pace import Pace, at_once


def paced(*, work: float, wait: float, times: int = 1) -> Pace:
    pace = Pace(most=32)
    for _ in range(times):
        pace.learn(took=work + wait, worked=work, slowed=False)
    return pace


def test_nothing_is_known_at_first() -> None:
    assert Pace(most=32).threads == 8


@pytest.mark.parametrize(("wait", "threads"), [(0.0, 2), (0.001, 3), (0.005, 9), (0.03, 32), (2.0, 32)])
def test_the_threads_follow_the_latency(wait: float, threads: int) -> None:
    assert paced(work=0.0014, wait=wait).threads == threads


def test_the_first_puts_which_open_connections_do_not_slow_those_after_them() -> None:
    pace = paced(work=0.02, wait=0.03, times=8)
    assert pace.threads == 5
    pace.learn(took=0.0314, worked=0.0014, slowed=False)
    assert pace.threads == 32


def test_waits_that_grow_as_threads_contend_call_for_no_more_of_them() -> None:
    pace = paced(work=0.0014, wait=0.001)
    for _ in range(100):
        pace.learn(took=0.1, worked=0.0014, slowed=False)
    assert pace.threads == 3


def test_there_are_never_more_threads_than_connections() -> None:
    pace = Pace(most=4)
    assert pace.threads == 4


def test_a_wish_to_slow_down_halves_them_once_for_all_that_were_under_way() -> None:
    pace = paced(work=0.001, wait=0.03)
    for _ in range(10):
        pace.learn(took=0.031, worked=0.001, slowed=True)
    assert pace.threads == 16


def test_when_all_goes_well_again_one_more_is_tried() -> None:
    pace = paced(work=0.001, wait=0.03)
    pace.learn(took=0.031, worked=0.001, slowed=True)
    for _ in range(17):
        pace.learn(took=0.031, worked=0.001, slowed=False)
    assert pace.threads == 17


def test_one_is_always_under_way() -> None:
    pace = paced(work=0.001, wait=0.03)
    for _ in range(1_000):
        pace.learn(took=0.031, worked=0.001, slowed=True)
    assert pace.threads == 1


def test_each_item_comes_back_with_what_became_of_it() -> None:
    done = at_once(range(100), lambda number: (number * number, False), pace=Pace(most=32))
    assert sorted(done) == [(number, number * number) for number in range(100)]


def test_the_quicker_is_done_first() -> None:
    done = at_once([0.2, 0.0], lambda seconds: (time.sleep(seconds), False), pace=Pace(most=2))
    assert [seconds for seconds, _ in done] == [0.0, 0.2]


def test_no_more_are_under_way_than_the_pace_says() -> None:
    lock, under_way, most = threading.Lock(), 0, 0

    def act(number: int) -> tuple[None, bool]:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.002)
        with lock:
            under_way -= 1
        return None, False

    assert len(list(at_once(range(60), act, pace=Pace(most=3)))) == 60
    assert most == 3


def test_what_breaks_in_a_thread_is_raised_where_it_is_awaited_and_nothing_more_is_begun() -> None:
    begun: list[int] = []

    def act(number: int) -> tuple[None, bool]:
        begun.append(number)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(at_once(range(100), act, pace=Pace(most=1)))
    assert begun == [0]


def test_threads_have_ended_when_nobody_wants_more() -> None:
    done = at_once(range(100), lambda number: (time.sleep(0.001), False), pace=Pace(most=8))
    next(done)
    done.close()
    assert [thread for thread in threading.enumerate() if thread.name == "pages"] == []


def test_nothing_to_do_is_done() -> None:
    assert list(at_once([], lambda item: (item, False), pace=Pace(most=8))) == []
