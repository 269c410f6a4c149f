"""An AWS endpoint on loopback: moto's S3 behind a door that counts, takes its time, and fails when told to.

`aws_server()` gives an `Aws`: make buckets, set `latency`, `trouble` the next requests of an operation, read `requests`
afterwards. With `cloudfront` set to a distribution's API (tests/fakes/edge_server.py), one address speaks both, as a
single AWS_ENDPOINT_URL wants it. Moto's own CloudFront, which answers otherwise, purges nothing.
"""

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

import boto3
import urllib3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from tests.fakes.loopback import Troubles, answer, answering, dropped, lost, serving

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from mypy_boto3_s3 import S3Client

    from tests.fakes.loopback import Trouble

__all__ = [
    "Aws",
    "access_denied",
    "aws_process",
    "aws_server",
    "counted",
    "dropped",
    "lost",
    "no_such_bucket",
    "session",
    "slow_down",
]

REGION: Final = "us-west-2"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}
# The edge fetches its misses from the bucket too; those are neither counted, nor delayed, nor troubled.
EDGE = "Amazon CloudFront"
API = "/2020-05-31/"
COUNTED = "/fake-counts"
ROOT = Path(__file__).resolve().parents[2]
# Subresources of a bucket whose GET lists what is in it (docs.aws.amazon.com/AmazonS3/latest/API).
LISTS = frozenset({"list-type", "prefix", "marker", "delimiter", "max-keys", "encoding-type", "versions"})


class Aws:
    """The endpoint: where it is, what it was asked, how it behaves."""

    def __init__(self) -> None:
        self.address = ""
        self.latency = 0.0  # seconds, for each request
        # How often: LIST, PUT, COPY, GET, HEAD, DELETE of objects, DELETE_MANY, BUCKET for what concerns a bucket's
        # settings, CLOUDFRONT.
        self.requests: Counter[str] = Counter()
        self.cloudfront: WSGIApplication | None = None
        self._troubles = Troubles()
        self._s3 = DomainDispatcherApplication(create_backend_app)
        self._lock = threading.Lock()

    def reset(self) -> None:
        """As new: no buckets, nothing counted, nothing amiss."""
        forgotten = urllib3.request("POST", f"{self.address}/moto-api/reset", headers={"User-Agent": EDGE})
        assert forgotten.status == 200, forgotten.data
        self.latency, self.cloudfront, self._troubles = 0.0, None, Troubles()
        self.requests.clear()

    def environment(self) -> dict[str, str]:
        """What boto3 reads to find this server."""
        return {"AWS_ENDPOINT_URL": self.address, **CREDENTIALS}

    def client(self) -> "S3Client":
        """A client of this server, whatever the environment says; the caller closes it."""
        return session().client("s3", endpoint_url=self.address)

    def make_bucket(self, name: str, *, versioned: bool = False) -> str:
        """A new, empty bucket; its requests are not counted."""
        client = self.client()
        client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        if versioned:
            client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        client.close()
        self.requests["BUCKET"] -= 2 if versioned else 1
        self.requests += Counter()  # without what is zero again
        return name

    def trouble(self, operation: str, trouble: "Trouble", times: int = 1) -> None:
        """The next `times` requests of an operation, as `requests` names it ('' for any), meet this instead."""
        self._troubles.add(operation, trouble, times)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterator[bytes]":
        """Answer a request, after the latency."""
        behind: WSGIApplication = self._s3
        if environ["PATH_INFO"] == COUNTED:
            with self._lock:
                counts = json.dumps(self.requests).encode()
                self.requests.clear()
            return iter(answer(environ, start_response, "200 OK", {"Content-Type": "application/json"}, counts))
        if environ.get("HTTP_USER_AGENT", "").startswith(EDGE):
            return iter(behind(environ, start_response))
        operation = _operation(environ)
        if operation == "CLOUDFRONT" and self.cloudfront is not None:
            behind = self.cloudfront
        with self._lock:
            self.requests[operation] += 1
        if self.latency:
            time.sleep(self.latency)
        return iter(self._troubles.around(operation, behind)(environ, start_response))


@contextmanager
def aws_server(*, latency: float = 0.0) -> Iterator[Aws]:
    """A server with no buckets; what moto holds is forgotten before and after."""
    aws = Aws()
    with serving(aws) as aws.address:
        aws.reset()
        aws.latency = latency
        yield aws
        aws.reset()


@contextmanager
def aws_process(*, latency: float = 0.0) -> Iterator[str]:
    """The address of such a server in a process of its own: a benchmark's client then has its processor to itself."""
    command = [sys.executable, "-m", __name__, str(latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.close()  # and so it ends, as it does when its owner dies


def counted(address: str) -> Counter[str]:
    """What a server, in whichever process, was asked since this was last called."""
    return Counter(urllib3.request("GET", f"{address}{COUNTED}", headers={"User-Agent": EDGE}).json())


@cache
def session() -> boto3.Session:
    """Test credentials, whatever the environment says; one for all, for a session's first client is slow to make."""
    return boto3.Session(CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"], region_name=REGION)


def _operation(environ: "WSGIEnvironment") -> str:
    path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
    if path.startswith(API):
        return "CLOUDFRONT"
    of_object = len(path.strip("/").split("/", 1)) == 2
    query = set(parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    if of_object:
        return "COPY" if "HTTP_X_AMZ_COPY_SOURCE" in environ else str(method)
    if method == "GET" and query <= LISTS | {"continuation-token", "start-after", "fetch-owner", "key-marker"}:
        return "LIST"
    return "DELETE_MANY" if method == "POST" and "delete" in query else "BUCKET"


def _error(status: str, code: str, message: str) -> "Trouble":
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return answering(status, body)


# docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
slow_down = _error("503 Slow Down", "SlowDown", "Please reduce your request rate.")
access_denied = _error("403 Forbidden", "AccessDenied", "Access Denied")
no_such_bucket = _error("404 Not Found", "NoSuchBucket", "The specified bucket does not exist")


if __name__ == "__main__":
    with aws_server(latency=float(sys.argv[1])) as server:
        sys.stdout.write(f"{server.address}\n")
        sys.stdout.flush()
        sys.stdin.read()
