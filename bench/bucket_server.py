"""A light stand-in for S3, in a process of its own: every request takes 30 ms and hardly any processor.

Moto would spend more on a request than the client that is measured. This one knows what a page's way needs, of
docs.aws.amazon.com/AmazonS3/latest/API: PutObject, GetObject, DeleteObject, DeleteObjects, ListObjectsV2 (1,000 a
page). Path-style addresses, one bucket, no signatures checked. Invalidations of CloudFront are complete at once.
`/counts` tells what was asked since it was last called.
"""

import asyncio
import hashlib
import json
import subprocess
import sys
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[1]
PAGE = 1_000
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
COUNTS = "/counts"
CLOUDFRONT = "/2020-05-31/"
INVALIDATED = (
    b'<?xml version="1.0" encoding="UTF-8"?><Invalidation xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">'
    b"<Id>I1</Id><Status>Completed</Status><CreateTime>2026-05-28T19:00:00Z</CreateTime></Invalidation>"
)
Answer = tuple[int, dict[str, str], bytes]
Kept = dict[str, tuple[bytes, str, str]]


@contextmanager
def bucket_server(*, latency: float) -> Iterator[str]:
    """The address of a server whose requests take `latency` seconds; it ends with the block, or with its owner."""
    command = [sys.executable, "-m", __name__, str(latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.close()


def counted(address: str) -> Counter[str]:
    """What the server was asked since this was last called, by method; LIST for a bucket's, CLOUDFRONT."""
    with urllib.request.urlopen(f"{address}{COUNTS}") as answer:
        return Counter(json.load(answer))


class Objects:
    """What is kept: {key: (content, ETag, when it was put)} of each bucket."""

    def __init__(self) -> None:
        self.buckets: defaultdict[str, Kept] = defaultdict(dict)
        self.requests: Counter[str] = Counter()

    def answer(self, method: str, target: str, body: bytes) -> Answer:
        """A request's status, headers and body."""
        parts = urlsplit(target)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        asked = "CLOUDFRONT" if parts.path.startswith(CLOUDFRONT) else "LIST" if "list-type" in query else method
        self.requests[asked] += 1
        kept = self.buckets[bucket]
        if method == "PUT":
            etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
            kept[key] = (body, etag, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.000Z}")
            return 200, {"ETag": etag}, b""
        if method == "DELETE":
            kept.pop(key, None)
            return 204, {}, b""
        if method == "POST" and "delete" in query:
            return 200, {}, _delete_many(kept, body)
        if parts.path.startswith(CLOUDFRONT):
            return 201 if method == "POST" else 200, {"Content-Type": "text/xml"}, INVALIDATED
        if "list-type" in query:
            return 200, {"Content-Type": "application/xml"}, _list(kept, query)
        if key in kept:
            return 200, {"ETag": kept[key][1]}, kept[key][0]
        return 404, {}, b"<Error><Code>NoSuchKey</Code></Error>"


def _delete_many(kept: Kept, body: bytes) -> bytes:
    keys = [each.text or "" for each in ElementTree.fromstring(body).iter() if each.tag.endswith("Key")]
    for key in keys:
        kept.pop(key, None)
    return b"<DeleteResult/>"


def _list(kept: Kept, query: dict[str, str]) -> bytes:
    prefix, after = query.get("prefix", ""), query.get("continuation-token", "")
    keys = sorted(key for key in kept if key.startswith(prefix) and key > after)
    coded = query.get("encoding-type") == "url"
    more = len(keys) > PAGE
    entries = "".join(
        f"<Contents><Key>{quote(key) if coded else escape(key)}</Key>"
        f"<LastModified>{kept[key][2]}</LastModified><ETag>{escape(kept[key][1])}</ETag>"
        f"<Size>{len(kept[key][0])}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        for key in keys[:PAGE]
    )
    token = f"<NextContinuationToken>{escape(keys[PAGE - 1])}</NextContinuationToken>" if more else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"{'<EncodingType>url</EncodingType>' if coded else ''}<KeyCount>{min(PAGE, len(keys))}</KeyCount>"
        f"<MaxKeys>{PAGE}</MaxKeys><IsTruncated>{str(more).lower()}</IsTruncated>{entries}{token}"
        "</ListBucketResult>"
    ).encode()


class Connection(asyncio.Protocol):
    """One client's connection, one request after the other."""

    def __init__(self, objects: Objects, latency: float) -> None:
        self.objects, self.latency = objects, latency
        self.received = bytearray()
        self.told_to_go_on = False
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody calls."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer what is whole."""
        arrived = time.monotonic()
        self.received += data
        head_ends = self.received.find(b"\r\n\r\n") + 4
        if head_ends < 4:
            return
        request, *lines = self.received[: head_ends - 4].decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        whole = head_ends + int(headers.get("content-length", 0))
        if len(self.received) < whole:
            if "expect" in headers and not self.told_to_go_on:
                self.told_to_go_on = True
                self.transport.write(CONTINUE)
            return
        body = bytes(self.received[head_ends:whole])
        del self.received[:whole]
        self.told_to_go_on = False
        method, target, _ = request.split(" ")
        if target == COUNTS:
            counts = json.dumps(self.objects.requests).encode()
            self.objects.requests.clear()
            self._reply((200, {"Content-Type": "application/json"}, counts))
            return
        answer = self.objects.answer(method, target, body)
        left = self.latency - (time.monotonic() - arrived)
        asyncio.get_running_loop().call_later(max(0.0, left), self._reply, answer)

    def _reply(self, answer: Answer) -> None:
        status, headers, body = answer
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {status} -\r\nServer: bench\r\nContent-Length: {len(body)}\r\n{lines}\r\n"
        if not self.transport.is_closing():
            self.transport.write(head.encode() + body)


async def _serve(latency: float) -> None:
    loop, objects = asyncio.get_running_loop(), Objects()
    server = await loop.create_server(lambda: Connection(objects, latency), "127.0.0.1", 0, backlog=256)
    sys.stdout.write(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
