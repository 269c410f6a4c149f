"""A WSGI application on a free port of 127.0.0.1, and the troubles that may stand between it and who asks."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    Trouble = Callable[[WSGIApplication], WSGIApplication]


class _Handler(MotoRequestHandler):
    """Keeps the spelling of S3's metadata, as moto's does; says nothing; answers at once (no Nagle, no delayed ACK)."""

    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 the base class names it so
        """Silence."""


@contextmanager
def serving(application: "WSGIApplication") -> Iterator[str]:
    """The address of the application, in a thread for each connection; it ends with the block."""
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


class Troubles:
    """What the next requests of an operation get instead of their answer."""

    def __init__(self) -> None:
        self._waiting: list[tuple[str, Trouble]] = []
        self._lock = threading.Lock()

    def add(self, operation: str, trouble: "Trouble", times: int = 1) -> None:
        """The next `times` requests of the operation ('' for any) meet this."""
        with self._lock:
            self._waiting += [(operation, trouble)] * times

    def around(self, operation: str, application: "WSGIApplication") -> "WSGIApplication":
        """The application, or the trouble that waits for this operation."""
        with self._lock:
            for place, (awaited, trouble) in enumerate(self._waiting):
                if awaited in ("", operation):
                    del self._waiting[place]
                    return trouble(application)
        return application


def answering(status: str, body: str, headers: dict[str, str] | None = None) -> "Trouble":
    """This answer, and the application never hears of the request."""

    def trouble(application: "WSGIApplication") -> "WSGIApplication":
        def respond(environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
            body_of(environ)  # or the next request on this connection would begin with it
            return answer(
                environ, start_response, status, {"Content-Type": "text/xml", **(headers or {})}, body.encode()
            )

        return respond

    return trouble


def dropped(application: "WSGIApplication") -> "WSGIApplication":
    """The connection ends before the request is heard."""

    def respond(environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        raise ConnectionResetError

    return respond


def lost(application: "WSGIApplication") -> "WSGIApplication":
    """What was asked for is done, and the connection ends before the answer."""

    def respond(environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        done: Any = application(environ, lambda *args: lambda written: None)
        b"".join(done)
        if hasattr(done, "close"):
            done.close()
        return list(dropped(application)(environ, start_response))

    return respond


def body_of(environ: "WSGIEnvironment") -> bytes:
    """The request's body, all of it."""
    return bytes(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))


def answer(
    environ: "WSGIEnvironment", start_response: "StartResponse", status: str, headers: dict[str, str], body: bytes
) -> list[bytes]:
    """A whole answer; to HEAD its headers alone. 304 has no body, and so no length of one (RFC 9110, 15.4.5)."""
    length = [] if status.startswith("304") else [("Content-Length", str(len(body)))]
    start_response(status, [*length, *headers.items()])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
