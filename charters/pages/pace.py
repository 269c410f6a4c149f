"""Several things at once, as many as the network's slowness makes worth while and the other side bears."""

import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

FIRST, FEWEST = 8, 2
# The shortest wait is measured, the usual one is longer.
SLACK = 2.0
# Work shorter than this is none: a thread's clock does not show it.
LEAST_WORK = 1e-5


class Pace:
    """How many at once: as many as one processor can feed while the others wait, never more than `most`.

    Python's threads share a processor. When something keeps it busy for 1 ms and then waits for 30, thirty threads use
    all of it; after a wait of 1 ms, two do, and more would only stand in each other's way. The shortest work and the
    shortest wait are what counts: the first to be done open connections, and waits grow with the threads that contend
    for the processor, and would ask for yet more threads.

    A wish to slow down halves the number; it grows again by one each time that all have gone well once.
    """

    def __init__(self, *, most: int) -> None:
        self.most = most
        self._borne: float = most
        self._shortest_wait = self._shortest_work = math.inf
        self._since_slowed = most

    def learn(self, *, took: float, worked: float, slowed: bool) -> None:
        """Something took so many seconds, and the processor for `worked` of them; `slowed`: we are asked for less."""
        self._shortest_wait = min(self._shortest_wait, max(0.0, took - worked))
        self._shortest_work = min(self._shortest_work, max(LEAST_WORK, worked))
        self._since_slowed += 1
        if not slowed:
            self._borne = min(self.most, self._borne + 1 / self._borne)
        elif self._since_slowed >= self._borne:  # those that were under way at that moment are one wish
            self._borne = max(1.0, self.threads / 2)
            self._since_slowed = 0

    @property
    def threads(self) -> int:
        """How many are to be under way now."""
        useful = FIRST
        if self._shortest_work < math.inf:
            useful = FEWEST + math.floor(SLACK * self._shortest_wait / self._shortest_work)
        return max(1, min(self.most, useful, int(self._borne)))


@dataclass(frozen=True, slots=True)
class _Done(Generic[Item, Result]):
    item: Item
    result: Result
    took: float
    worked: float
    slowed: bool


@contextmanager
def _on_one_core() -> Iterator[None]:
    """The calling thread stays on one core while the block lasts, as do the threads that it starts.

    One of them at a time runs Python anyway; handed over from core to core, the right to do so cost half as much again
    as all their work (bench/publishing.py). Only Linux lets us.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)  # of the calling thread
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


class _Crew(Generic[Item, Result]):
    """Threads that take one item after the other; their number follows the pace."""

    def __init__(self, items: Sequence[Item], act: Callable[[Item], tuple[Result, bool]], pace: Pace) -> None:
        self._waiting, self._left = iter(items), len(items)
        self._act, self._pace = act, pace
        self._lock = threading.Lock()
        self._at_work = 0
        self._threads: list[threading.Thread] = []
        self.results: SimpleQueue[_Done[Item, Result] | BaseException] = SimpleQueue()

    def call_more(self) -> None:
        """Up to the pace, and no more than there is to do."""
        while True:
            with self._lock:
                if self._at_work >= self._pace.threads or self._left <= 0:
                    return
                self._at_work += 1
            thread = threading.Thread(target=self._work, name="pages", daemon=True)
            self._threads.append(thread)
            thread.start()

    def dismiss(self) -> None:
        """Nothing more is begun; returns when what was begun has ended."""
        with self._lock:
            self._left = 0
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        try:
            while self._may_go_on():
                with self._lock:
                    if self._left <= 0:
                        break
                    self._left -= 1
                    item = next(self._waiting)
                began, busy = time.perf_counter(), time.thread_time()
                result, slowed = self._act(item)
                took, worked = time.perf_counter() - began, time.thread_time() - busy
                self.results.put(_Done(item, result, took, worked, slowed))
        except BaseException as error:  # noqa: BLE001 - raised again where the results are awaited
            self.results.put(error)

    def _may_go_on(self) -> bool:
        with self._lock:
            if self._at_work <= self._pace.threads:
                return True
            self._at_work -= 1
            return False


def at_once(
    items: Sequence[Item], act: Callable[[Item], tuple[Result, bool]], *, pace: Pace
) -> Iterator[tuple[Item, Result]]:
    """Each item with what `act` made of it, in the order of completion; `act` also says whether we shall slow down.

    `act` runs in threads of its own, which have ended when the iterator has, or is closed. What it raises is raised
    here, and nothing more is begun.
    """
    crew = _Crew(items, act, pace)
    with _on_one_core():
        try:
            crew.call_more()
            for _ in items:
                done = crew.results.get()
                if isinstance(done, BaseException):
                    raise done
                pace.learn(took=done.took, worked=done.worked, slowed=done.slowed)
                crew.call_more()
                yield done.item, done.result
        finally:
            crew.dismiss()
