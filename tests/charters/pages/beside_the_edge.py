"""Phones that keep asking a caching edge for one page, and all that each of them was served."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import urllib3

from charters.pages.render import digest_in
from tests.fakes.edge_server import LOCATIONS


@dataclass(frozen=True)
class Answer:
    """What a phone was served; it began to ask at `asked`, by `time.monotonic`."""

    asked: float
    location: str
    status: int
    digest: str | None


@dataclass
class Phones:
    """The answers, in the order in which they came."""

    answers: list[Answer] = field(default_factory=list)

    def since(self, moment: float, *, until: float) -> set[str | None]:
        """The digests that were served to those who asked between the two moments."""
        return {each.digest for each in list(self.answers) if moment <= each.asked < until}


@contextmanager
def phones_asking(url: str) -> Iterator[Phones]:
    """Two phones at each place of the edge, asking without a pause until the block ends."""
    phones, over = Phones(), threading.Event()

    def ask(location: str) -> None:
        pool = urllib3.PoolManager(retries=False)
        while not over.is_set():
            asked = time.monotonic()
            answer = pool.request("GET", url, headers={"X-Edge-Location": location})
            phones.answers.append(Answer(asked, location, answer.status, digest_in(answer.data)))
            time.sleep(0.005)
        pool.clear()

    threads = [threading.Thread(target=ask, args=(location,)) for location in LOCATIONS * 2]
    for thread in threads:
        thread.start()
    try:
        yield phones
    finally:
        over.set()
        for thread in threads:
            thread.join()
