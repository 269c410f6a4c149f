"""What a guest's phone is served at a page's public address."""

import time
from dataclasses import dataclass
from functools import cache

import urllib3

from charters.pages.render import digest_in
from jada.core.errors import AdapterError

SECONDS = 5.0
MOST_BYTES = 1_000_000
CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Served:
    """The digest a phone would see, or None with the reason in words."""

    digest: str | None
    reason: str = ""


@cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(maxsize=CONNECTIONS, retries=False, timeout=urllib3.Timeout(SECONDS))


def served(url: str) -> Served:
    """Fetch a public address as a phone does. Raises AdapterError when the edge itself cannot be reached."""
    try:
        response = _pool().request("GET", url, preload_content=False, headers={"User-Agent": "JADA-verify/1"})
        content = _read(response)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise AdapterError("The public address of the pages does not answer.", service="edge") from error
    if response.status == 404:
        return Served(None, "The public address says that there is no such page.")
    if response.status != 200:
        return Served(None, f"The public address answers with an error ({response.status}).")
    digest = digest_in(content)
    return Served(digest, "" if digest else "The public address serves something that is no page of ours.")


def _read(response: urllib3.BaseHTTPResponse) -> bytes:
    """The body, at most `MOST_BYTES`, within `SECONDS` of its own: a server that drips holds nobody up."""
    content, until = bytearray(), time.monotonic() + SECONDS
    try:
        while part := response.read1(65_536, decode_content=True):
            content += part
            if len(content) > MOST_BYTES or time.monotonic() > until:
                raise urllib3.exceptions.ReadTimeoutError(None, None, "The answer does not end.")  # type: ignore[arg-type]
    except BaseException:
        response.close()
        raise
    response.release_conn()
    return bytes(content)
