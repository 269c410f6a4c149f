"""The public address of the guest pages: a web server over the pages' folder, and every way it may let a phone down.

A real server on a real socket. `answer` says what a request gets, each of the functions below builds one, and
`requests` keeps the paths that were asked for.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Respond = Callable[[Any], None]


@dataclass
class PageServer:
    """The pages' folder, their public address, what it answers and what it was asked."""

    folder: Path
    address: str
    answer: Respond
    requests: list[str] = field(default_factory=list)


@contextmanager
def page_server(folder: Path) -> Iterator[PageServer]:
    """A server on a free port of 127.0.0.1; it ends with the block, held-up answers included."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        ended = over

        def do_GET(self) -> None:
            site.requests.append(self.path)
            site.answer(self)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class names it so
            """Silence."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A reader that hung up is not our error."""

    with Server(("127.0.0.1", 0), Handler) as server:
        site = PageServer(folder, f"http://127.0.0.1:{server.server_port}", stored(folder))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            over.set()
            server.shutdown()
            thread.join()


def stored(folder: Path) -> Respond:
    """What lies in the folder at this moment."""

    def respond(request: Any) -> None:
        file = folder / request.path.lstrip("/")
        send(request, file.read_bytes()) if file.is_file() else send(request, b"No such page.", status=404)

    return respond


def copy(content: bytes) -> Respond:
    """Always this: a cache that was never told, or somebody else's page."""
    return lambda request: send(request, content)


def status(code: int) -> Respond:
    """A bare status."""
    return lambda request: send(request, b"", status=code)


def only_for(part: str, this: Respond, others: Respond) -> Respond:
    """`this` for the paths that hold `part`."""
    return lambda request: this(request) if part in request.path else others(request)


def in_turn(*answers: Respond) -> Respond:
    """One after another; the last one stays."""
    left = list(answers)
    return lambda request: (left.pop(0) if len(left) > 1 else left[0])(request)


def after(act: Callable[[], None], then: Respond) -> Respond:
    """Something happens in the world while a phone waits for its answer."""

    def respond(request: Any) -> None:
        act()
        then(request)

    return respond


def drop(request: Any) -> None:
    """The connection ends without a word."""
    request.close_connection = True


def cut_off(content: bytes) -> Respond:
    """Half of the content; its length was promised whole."""

    def respond(request: Any) -> None:
        request.close_connection = True
        request.send_response(200)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content[: len(content) // 2])

    return respond


def hang(request: Any) -> None:
    """No answer for as long as the test lasts."""
    request.close_connection = True
    request.ended.wait()


def drip(request: Any) -> None:
    """A byte now and then, for ever."""
    request.close_connection = True
    request.send_response(200)
    request.end_headers()
    while not request.ended.is_set():
        request.wfile.write(b" ")
        request.wfile.flush()
        time.sleep(0.02)


def send(request: Any, body: bytes, *, status: int = 200) -> None:
    """A whole answer."""
    request.send_response(status)
    request.send_header("Content-Type", "text/html; charset=utf-8")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
