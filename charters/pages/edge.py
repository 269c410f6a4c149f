"""What a guest's phone is served at a page's public address.

It is asked as a phone asks: no query, no condition and no header that would lead around a cache.
"""

import re
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import TypeVar

import urllib3

from charters.pages.markup import readable
from charters.pages.render import digest_in
from jada.core.errors import AdapterError

SECONDS = 5.0
MOST_BYTES = 1_000_000
CONNECTIONS = 8
NO_PAGE = "The public address says that there is no such page."
NOT_OURS = "The public address serves something that is no page of ours."
STILL_THERE = "The public address still shows the page."
# A bucket that may be read but not listed refuses what is not there (AmazonS3/latest/API/API_GetObject.html).
GONE = frozenset({403, 404, 410})

_ASKING = {"User-Agent": "JADA-verify/1", "Accept-Encoding": "gzip"}
_AGE = re.compile(r"[0-9]{1,9}")  # seconds (RFC 9111, 5.1)
_LONGEST_WORDS = 80

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Served:
    """The digest a phone would see, or None with the reason in words.

    `content` is what came with a 200; `through` how the edge came by it: “Hit from cloudfront, 312 s old”, '' when it
    does not say; `status` that of HTTP, 0 for no answer.
    """

    digest: str | None
    reason: str = ""
    content: bytes = field(default=b"", repr=False)
    through: str = ""
    status: int = 0


@cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(maxsize=CONNECTIONS, retries=False, timeout=urllib3.Timeout(SECONDS))


def served(url: str) -> Served:
    """Fetch a public address as a phone does. Raises AdapterError when the edge itself cannot be reached."""
    try:
        response = _pool().request("GET", url, preload_content=False, headers=_ASKING)
        content = _read(response)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise AdapterError("The public address of the pages does not answer.", service="edge") from error
    status, through = response.status, _through(response.headers)
    if status in {404, 410}:
        return Served(None, NO_PAGE, through=through, status=status)
    if status != 200:
        reason = f"The public address answers with an error ({status})."
        return Served(None, reason, through=through, status=status)
    digest = digest_in(content)
    return Served(digest, "" if digest else NOT_OURS, content, through, status)


def gone(url: str) -> Served:
    """What an address serves that should serve nothing any more: `reason` is '' when it does not.

    403, 404 and 410 say so; an error of the edge proves nothing. Raises AdapterError as `served`.
    """
    seen = served(url)
    reason = "" if seen.status in GONE else STILL_THERE if seen.digest else seen.reason
    return Served(seen.digest, reason, seen.content, seen.through, seen.status)


def spread(
    items: Sequence[Item], *, per_second: float | None, act: Callable[[Item], Result], threads: int
) -> Iterator[tuple[Item, Result]]:
    """Each item with what `act` made of it, in the order of completion; no more than `per_second` are begun a second.

    They are begun at even distances, so that an audit is never a rush; None: as fast as may be. `act` runs in `threads`
    threads, which have ended when the iterator has, or is closed. What it raises is raised here, and nothing more is
    begun.
    """
    turns = _Turns(0.0 if per_second is None else 1 / per_second)

    def begin(item: Item) -> tuple[Item, Result] | None:
        return (item, act(item)) if turns.take() else None

    waiting = iter(items)
    under_way: set[Future[tuple[Item, Result] | None]] = set()
    with ThreadPoolExecutor(max_workers=threads, thread_name_prefix="edge") as pool:
        try:
            while True:
                # Few are handed out ahead: pages that nobody has looked at yet do not pile up.
                more = islice(waiting, 2 * threads - len(under_way))
                under_way |= {pool.submit(begin, item) for item in more}
                if not under_way:
                    return
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for each in done:
                    if found := each.result():
                        yield found
        finally:
            turns.end()
            for each in under_way:
                each.cancel()


class _Turns:
    """A bucket of one token, filled anew every `every` seconds: whoever takes it may begin."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._next = time.monotonic()
        self._lock = threading.Lock()
        self._over = threading.Event()

    def take(self) -> bool:
        """Wait for one's turn; False when there are no more."""
        with self._lock:
            turn = max(self._next, time.monotonic())
            self._next = turn + self._every
        return not self._over.wait(max(0.0, turn - time.monotonic()))

    def end(self) -> None:
        """Who still waits waits no longer, and does not begin."""
        self._over.set()


def _through(headers: urllib3.HTTPHeaderDict) -> str:
    """Where the answer came from, in the edge's own words, and how long ago it had it from the bucket."""
    age = headers.get("Age", "").strip()
    said = [readable(headers.get("X-Cache", ""), _LONGEST_WORDS), f"{int(age)} s old" if _AGE.fullmatch(age) else ""]
    return ", ".join(filter(None, said))


def _read(response: urllib3.BaseHTTPResponse) -> bytes:
    """The body, at most `MOST_BYTES`, within `SECONDS` of its own: a server that drips holds nobody up.

    It is decompressed here: urllib3 would go on reading, past our time, for as long as nothing comes out.
    """
    content, until = bytearray(), time.monotonic() + SECONDS
    try:
        while part := response.read1(65_536, decode_content=False):
            content += part
            if len(content) > MOST_BYTES or time.monotonic() > until:
                raise urllib3.exceptions.ReadTimeoutError(None, None, "The answer does not end.")  # type: ignore[arg-type]
    except BaseException:
        response.close()
        raise
    response.release_conn()
    return _inflated(content) if response.headers.get("Content-Encoding", "").lower() == "gzip" else bytes(content)


def _inflated(content: bytearray) -> bytes:
    inflater = zlib.decompressobj(wbits=31)  # with the header of gzip
    try:
        inflated = inflater.decompress(content, MOST_BYTES)
    except zlib.error as error:
        raise urllib3.exceptions.DecodeError(error) from error
    if not inflater.eof:
        raise urllib3.exceptions.DecodeError("The answer does not end.")
    return inflated
