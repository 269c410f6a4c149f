"""A caching edge that stands for CloudFront: it serves stale copies for ever, until it is told otherwise.

`edge_server(origin)` gives an `Edge` with two faces at one address. Below any path: what its origin has, or had when it
was first asked, whatever Cache-Control says; a query string is no way around the cache (managed policy
CachingOptimized). Below /2020-05-31/: the API for invalidations (tests/fakes/cloudfront_api.py). A forgotten or an
ineffective invalidation therefore fails a test.
"""

import gzip
import hashlib
import mimetypes
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.fakes.aws_server import API, EDGE, session
from tests.fakes.cloudfront_api import CloudFront, Invalidation
from tests.fakes.loopback import answer, serving

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

DISTRIBUTION = "EJADAFAKE00001"
LOCATIONS = ("SFO53-C1", "LAX50-P2")
ERROR_SECONDS = 10.0  # AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
# S3's answers carry more; these are what a phone may notice.
PASSED_ON = frozenset(
    {"content-type", "content-disposition", "content-language", "content-encoding", "cache-control", "etag", "expires"}
    | {"last-modified", "x-amz-version-id", "x-amz-website-redirect-location"}
)
COMPRESSED_FROM, COMPRESSED_TO = 1_000, 10_000_000  # bytes; DeveloperGuide/ServingCompressedFiles.html


@dataclass(frozen=True)
class Answer:
    """What the origin said."""

    status: int
    headers: dict[str, str]
    body: bytes


Origin = Callable[[str], Answer]


@dataclass(frozen=True)
class Copy:
    """An answer in one location's cache; `at` is of the edge's clock, in seconds."""

    answer: Answer
    at: float


@dataclass(frozen=True)
class Served:
    """One answer to a phone."""

    method: str
    path: str
    location: str
    x_cache: str
    status: int


@dataclass
class Location:
    """One place of the edge, with a cache of its own."""

    name: str
    copies: dict[str, Copy] = field(default_factory=dict)
    purges: int = 0
    deaf: bool = False  # purges complete without reaching it: an edge that says “done” and lies


class Edge:
    """The distribution: what it holds and was asked. `api` has the invalidations, their delay and their troubles."""

    def __init__(
        self, origin: Origin, distribution: str, locations: tuple[str, ...], completes_after: float | None
    ) -> None:
        self.address = ""
        self.origin = origin
        self.distribution = distribution
        self.error_seconds = ERROR_SECONDS
        self.api = CloudFront(distribution, self._purge, completes_after)
        self.locations = {name: Location(name) for name in locations}
        self.served: list[Served] = []
        self.fetched: list[str] = []  # paths asked of the origin
        self._turn = 0
        self._lock = threading.RLock()

    def _purge(self, invalidation: Invalidation) -> None:
        with self._lock:
            for location in self.locations.values():
                if not location.deaf:
                    location.purges += 1
                    location.copies = {p: c for p, c in location.copies.items() if not invalidation.covers(p)}

    # -- the wire ---------------------------------------------------------------------------------------------------

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        """Answer a phone, or a call of the API."""
        if environ["PATH_INFO"].startswith(API):
            return self.api(environ, start_response)
        method, path = environ["REQUEST_METHOD"], environ["REQUEST_URI"].partition("?")[0]
        location = self._location(environ)
        if method not in {"GET", "HEAD"}:
            found, x_cache, age = Answer(403, {"content-type": "text/html"}, b"Not configured."), "Error", None
        else:
            found, x_cache, age = self._found(location, path)
        headers = {
            **found.headers,
            "X-Cache": f"{x_cache} from cloudfront",
            "Via": "1.1 fake.cloudfront.net (CloudFront)",
            "X-Amz-Cf-Pop": location.name,
        }
        if age is not None:
            headers["Age"] = str(int(age))
        with self._lock:
            self.served.append(Served(method, path, location.name, headers["X-Cache"], found.status))
        return _to_viewer(environ, start_response, found, headers)

    def _location(self, environ: "WSGIEnvironment") -> Location:
        """As the phone asks (`X-Edge-Location`), else each in turn."""
        with self._lock:
            if named := environ.get("HTTP_X_EDGE_LOCATION"):
                return self.locations[named]
            self._turn += 1
            return list(self.locations.values())[self._turn % len(self.locations)]

    def _found(self, location: Location, path: str) -> tuple[Answer, str, float | None]:
        """The answer, how it came about, and for a cached one its age in seconds."""
        self.api.settle()
        with self._lock:
            copy, purges = location.copies.get(path), location.purges
            age = self.api.now() - copy.at if copy else 0.0
            if copy and (copy.answer.status < 400 or age < self.error_seconds):
                return copy.answer, "Hit" if copy.answer.status < 400 else "Error", age
            self.fetched.append(path)
        at, found = self.api.now(), self.origin(path)
        with self._lock:
            # What was on its way when a purge came is passed on and not kept.
            if location.purges == purges:
                location.copies[path] = Copy(found, at)
        return found, "Miss" if found.status < 400 else "Error", None


def _to_viewer(
    environ: "WSGIEnvironment", start_response: "StartResponse", found: Answer, headers: dict[str, str]
) -> list[bytes]:
    body, etag = found.body, headers.get("etag", "")
    if (
        "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
        and headers.get("content-type", "").startswith("text/")
        and "content-encoding" not in headers
        and COMPRESSED_FROM <= len(body) <= COMPRESSED_TO
    ):
        body = gzip.compress(body, mtime=0)
        headers |= {"content-encoding": "gzip", "Vary": "Accept-Encoding"}
        if etag:
            headers["etag"] = f"W/{etag.removeprefix('W/')}"
    known = {each.strip().removeprefix("W/") for each in environ.get("HTTP_IF_NONE_MATCH", "").split(",")}
    if found.status == 200 and etag.removeprefix("W/") in known - {""}:
        return answer(environ, start_response, "304 Not Modified", headers, b"")
    return answer(environ, start_response, f"{found.status} {'OK' if found.status == 200 else 'Error'}", headers, body)


@contextmanager
def edge_server(
    origin: Origin,
    *,
    distribution: str = DISTRIBUTION,
    locations: tuple[str, ...] = LOCATIONS,
    completes_after: float | None = 0.0,
) -> Iterator[Edge]:
    """An empty edge before the origin; invalidations complete after as many seconds, None: when told to."""
    edge = Edge(origin, distribution, locations, completes_after)
    with ExitStack() as ending:
        if isinstance(origin, BucketOrigin):
            ending.callback(origin.close)
        edge.address = ending.enter_context(serving(edge))
        yield edge


# -- origins ----------------------------------------------------------------------------------------------------------


class BucketOrigin:
    """A private bucket, read with signed requests as origin access control does; `origin_path` is its folder."""

    def __init__(self, endpoint: str, bucket: str, origin_path: str = "") -> None:
        self._bucket, self._folder = bucket, f"{origin_path.strip('/')}/".removeprefix("/")
        config = Config(user_agent=EDGE, retries={"total_max_attempts": 1}, max_pool_connections=32)
        self._client: Any = session().client("s3", endpoint_url=endpoint, config=config)

    def __call__(self, path: str) -> Answer:
        """What the bucket holds at a public path."""
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=self._folder + unquote(path).removeprefix("/"))
        except ClientError as error:
            code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
            return Answer(status, {"content-type": "application/xml"}, f"<Error><Code>{code}</Code></Error>".encode())
        except BotoCoreError:
            return Answer(502, {"content-type": "text/html"}, b"The origin does not answer.")
        with found["Body"] as body:
            content = body.read()
        headers = found["ResponseMetadata"]["HTTPHeaders"]
        kept = {name: each for name, each in headers.items() if name in PASSED_ON or name.startswith("x-amz-meta-")}
        return Answer(200, kept, content)

    def close(self) -> None:
        """End its connections."""
        self._client.close()


def folder_origin(folder: Path) -> Origin:
    """What lies in a folder."""

    def fetch(path: str) -> Answer:
        file = folder / unquote(path).removeprefix("/")
        try:
            content = file.read_bytes()
        except OSError:
            return Answer(404, {"content-type": "text/html"}, b"No such page.")
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        etag = hashlib.md5(content, usedforsecurity=False).hexdigest()
        return Answer(200, {"content-type": kind, "etag": f'"{etag}"'}, content)

    return fetch
