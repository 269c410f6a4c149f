"""Where pages are put: a bucket, or a folder for development, through Django's storages (`STORAGES["pages"]`).

Paths are as in `GuestPage.path`, below the bucket's prefix. An ETag is without its quotes. Every function raises
AdapterError, in words; none belongs inside a transaction.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.core.files.storage import storages

from charters.pages import bucket, folder
from charters.pages.folder import PageFolder
from charters.pages.pace import at_once
from jada.core.errors import AdapterError

if TYPE_CHECKING:
    from storages.backends.s3 import S3Storage

__all__ = ["CONTENT_TYPE", "PageFolder", "Put", "listing", "put", "put_many", "read", "remove"]

CONTENT_TYPE = bucket.CONTENT_TYPE
MOST_BYTES = 1_000_000
MOST_LISTED = 200_000


@dataclass(frozen=True, slots=True)
class Put:
    """A page to be put; `make` renders it when its turn has come, in any thread, and asks no database."""

    path: str
    make: Callable[[], bytes]
    digest: str


def put(path: str, content: bytes, *, digest: str) -> str:
    """Store a page, `digest` (of its facts) beside it as metadata; its ETag as a listing will show it."""
    kept = _kept()
    if isinstance(kept, PageFolder):
        return folder.put(kept, path, content)
    return bucket.put(bucket.bucket_of(kept), path, content, digest=digest)[0]


def put_many(
    pages: Sequence[Put], *, broken_off: float, progress: Callable[[int], None]
) -> Iterator[tuple[Put, str | AdapterError]]:
    """Render and store pages; each with its ETag, or why it was not put, in the order of completion.

    Several at once, as many as the bucket's latency makes worth while (`charters.pages.pace`). After `broken_off`, by
    `time.monotonic`, no more are begun, and those left say so. `progress` is told how many are done. An
    AdapterError of `make` is handed back like any other; what else it raises is raised here.
    """
    kept = _kept()
    results: Iterator[tuple[Put, str | AdapterError]]
    if isinstance(kept, PageFolder):
        own = kept  # one after the other: a disk is not waited for
        results = ((page, _outcome(page, broken_off, lambda page: (_to_folder(own, page), False))[0]) for page in pages)
    else:
        of = bucket.bucket_of(kept)
        results = at_once(
            pages,
            lambda page: _outcome(page, broken_off, lambda page: _to_bucket(of, page)),
            pace=of.pace,
        )
    for done, result in enumerate(results, 1):
        progress(done)
        yield result


def read(path: str) -> bytes | None:
    """The stored page, None when there is none."""
    kept = _kept()
    if isinstance(kept, PageFolder):
        return folder.read(kept, path, most=MOST_BYTES)
    return bucket.read(bucket.bucket_of(kept), path, most=MOST_BYTES)


def listing() -> dict[str, str]:
    """{path: ETag} of all that is kept, whoever put it; a bucket is asked once for each thousand."""
    kept = _kept()
    each = folder.listing(kept) if isinstance(kept, PageFolder) else bucket.listing(bucket.bucket_of(kept))
    found: dict[str, str] = {}
    for path, etag in each:
        found[path] = etag
        if len(found) > MOST_LISTED:
            raise AdapterError(
                f"More than {MOST_LISTED:,} files lie where pages are kept: too many to be looked through. "
                "Give the pages a place of their own (GUEST_PAGES_PREFIX).",
                service="store",
                permanent=True,
            )
    return found


def remove(paths: Sequence[str], *, history: bool = True) -> dict[str, str]:
    """Delete pages; {path: why it was refused, in words}. Absent ones are fine.

    With `history` every earlier version of them goes too; without, a bucket that keeps versions keeps those.
    """
    kept = _kept()
    if isinstance(kept, PageFolder):
        return folder.remove(kept, paths)
    return bucket.remove(bucket.bucket_of(kept), paths, history=history)


def _kept() -> "PageFolder | S3Storage":
    return cast("PageFolder | S3Storage", storages["pages"])


def _outcome(page: Put, broken_off: float, store: Callable[[Put], tuple[str, bool]]) -> tuple[str | AdapterError, bool]:
    if time.monotonic() > broken_off:
        return AdapterError("The page was not put: those before it took too long.", service="store"), False
    try:
        return store(page)
    except AdapterError as error:
        return error, error.retry_after is not None


def _to_folder(kept: PageFolder, page: Put) -> str:
    return folder.put(kept, page.path, page.make())


def _to_bucket(of: bucket.Bucket, page: Put) -> tuple[str, bool]:
    return bucket.put(of, page.path, page.make(), digest=page.digest)
