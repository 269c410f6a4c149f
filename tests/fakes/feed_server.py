"""An HTTP server that serves a calendar feed, and every way we know of serving one badly.

A real server on a real socket: what reads it must speak HTTP. `answer` says what the next requests get, each of
`Answers` builds one, and `requests` keeps what was asked.
"""

import gzip
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

CALENDAR = "text/calendar; charset=UTF-8"

Respond = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class FeedServer:
    """A feed's address, what it answers and what it was asked."""

    address: str
    answer: Respond
    requests: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def feed_server(content: bytes = b"", *, certificate: Path | None = None) -> Iterator[FeedServer]:
    """A server on a free port of 127.0.0.1; it ends with the block, held-up answers included.

    With a `certificate` (a PEM file, its key inside) it speaks TLS.
    """
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        ended = over

        def do_GET(self) -> None:
            feed.requests.append({"path": self.path, **{name.lower(): value for name, value in self.headers.items()}})
            self.close_connection = True
            feed.answer(self)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class names it so
            """Silence."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A reader that hung up is not our error."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https" if certificate else "http"
        feed = FeedServer(f"{scheme}://127.0.0.1:{server.server_port}/basic.ics", whole(content))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield feed
        finally:
            over.set()
            server.shutdown()
            thread.join()


def self_made_certificate(folder: Path, name: str) -> Path:
    """A PEM file with a key and its own certificate for `name`: trusted by whoever is told to, and by nobody else."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    moment = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(moment - timedelta(hours=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / f"{name}.pem"
    file.write_bytes(key.private_bytes(*plain) + made.public_bytes(serialization.Encoding.PEM))
    return file


def whole(content: bytes, **headers: str) -> Respond:
    """The content, and the validators in `headers`: a request that carries one of them gets 304."""

    def respond(request: BaseHTTPRequestHandler) -> None:
        known = {request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")}
        if known & set(headers.values()):
            _send(request, b"", status=304, **headers)
        else:
            _send(request, content, **headers)

    return respond


def status(code: int) -> Respond:
    """A bare status, such as 404, 410 or 500."""
    return lambda request: _send(request, b"", status=code)


def web_page() -> Respond:
    """What a sign-in page looks like to a program: HTML with status 200."""
    page = b"<!DOCTYPE html><html><title>Sign in</title></html>"
    return lambda request: _send(request, page, **{"Content-Type": "text/html"})


def zipped(content: bytes, encoding: str = "gzip") -> Respond:
    """The content under gzip."""
    return lambda request: _send(request, gzip.compress(content), **{"Content-Encoding": encoding})


def zipped_badly() -> Respond:
    """Said to be gzip, and is not."""
    return lambda request: _send(request, b"no gzip at all", **{"Content-Encoding": "gzip"})


def bomb(inflated: int) -> Respond:
    """A few kilobytes that grow to `inflated` bytes."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = deflate.compress(bytes(inflated)) + deflate.flush()
    return lambda request: _send(request, packed, **{"Content-Encoding": "gzip"})


def cut_off(content: bytes) -> Respond:
    """Half of the content; its length was promised whole."""

    def respond(request: BaseHTTPRequestHandler) -> None:
        _send(request, content[: len(content) // 2], **{"Content-Length": str(len(content))})

    return respond


def cut_off_quietly(content: bytes) -> Respond:
    """Half of the content as if that were all."""
    return lambda request: _send(request, content[: len(content) // 2])


def drip(content: bytes, every: float = 0.05) -> Respond:
    """A byte now and then, for as long as anybody listens: each pause is short, the whole takes for ever."""

    def respond(request: Any) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        for place in range(len(content)):
            if request.ended.is_set():
                return
            request.wfile.write(content[place : place + 1])
            request.wfile.flush()
            time.sleep(every)

    return respond


def drip_headers(every: float = 0.05) -> Respond:
    """Headers that never end."""

    def respond(request: Any) -> None:
        request.send_response(200)
        request.flush_headers()
        while not request.ended.is_set():
            request.wfile.write(b"X")
            request.wfile.flush()
            time.sleep(every)

    return respond


def hang_up_then(later: Respond) -> Respond:
    """The first connection ends without an answer; whoever connects anew gets `later`."""
    met: list[BaseHTTPRequestHandler] = []

    def respond(request: BaseHTTPRequestHandler) -> None:
        met.append(request)
        if len(met) > 1:
            later(request)

    return respond


def redirect(to: str, code: int = 302) -> Respond:
    """Elsewhere."""
    return lambda request: _send(request, b"", status=code, Location=to)


def redirect_times(times: int, then: Respond) -> Respond:
    """Elsewhere on this server `times` times, then an answer."""
    left = list(range(times))

    def respond(request: BaseHTTPRequestHandler) -> None:
        if left:
            _send(request, b"", status=301, Location=f"/hop/{left.pop()}")
        else:
            then(request)

    return respond


def _send(request: BaseHTTPRequestHandler, body: bytes, *, status: int = 200, **headers: str) -> None:
    request.send_response(status)
    for name, value in ({"Content-Type": CALENDAR, "Content-Length": str(len(body))} | headers).items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)
