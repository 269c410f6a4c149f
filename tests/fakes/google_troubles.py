"""How Google misbehaves: errors, dropped connections, late, slow, cut-off and inflated answers.

A responder takes the handler of `tests.fakes.google_server` and answers in its place.
"""

import gzip
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.fakes.google_answers import Request, refusal

if TYPE_CHECKING:
    from tests.fakes.google_server import GoogleHandler

Responder = Callable[["GoogleHandler"], None]


class Troubles:
    """What goes wrong at the next requests, and those that came."""

    edit: Callable[..., Any]
    lock: threading.RLock

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Request] = []
        self._troubles: list[tuple[str, Responder]] = []
        self._before: list[tuple[str, Callable[[], Any]]] = []

    def trouble(self, operation: str, respond: Responder, times: int = 1) -> None:
        """The next `times` requests of an operation ('' for any), such as `events.list`, get this instead."""
        self._troubles += [(operation, respond)] * times

    def before(self, operation: str, act: Callable[[], Any], times: int = 1) -> None:
        """Run `act` before the next requests of an operation are answered: the world moves while we look."""
        self._before += [(operation, act)] * times

    def change_before_patch(self, event_id: str, times: int = 1, calendar_id: str = "primary", **fields: Any) -> None:
        """Somebody edits the event just before our patch arrives: 412."""
        act = partial(self.edit, event_id, calendar_id, **(fields or {"colorId": "5"}))
        self.before("events.patch", act, times)

    def asked(self, operation: str) -> list[Request]:
        """The requests of one operation."""
        return [request for request in self.requests if request.operation == operation]

    def take_trouble(self, operation: str) -> Responder | None:
        """For the handler: what to do instead, if anything."""
        with self.lock:
            for place, (name, act) in enumerate(self._before):
                if name in ("", operation):
                    del self._before[place]
                    act()
                    break
            for place, (name, respond) in enumerate(self._troubles):
                if name in ("", operation):
                    del self._troubles[place]
                    return respond
        return None


def error(status: int, reason: str = "backendError", **headers: str) -> Responder:
    """An error in Google's JSON; `Retry_After="3"` becomes a header."""
    return lambda handler: handler.answer(*refusal(status, reason, "Of Quinn, quinn@example.com"), **headers)


def rate_limited() -> Responder:
    """403, and yet it may be tried again."""
    return error(403, "rateLimitExceeded")


def hang_up() -> Responder:
    """The connection ends without an answer."""

    def respond(handler: "GoogleHandler") -> None:
        handler.close_connection = True

    return respond


def cut_off() -> Responder:
    """Half an answer; its length was promised whole."""

    def respond(handler: "GoogleHandler") -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b'{"items": [')
        handler.close_connection = True

    return respond


def after(seconds: float) -> Responder:
    """The right answer, late."""

    def respond(handler: "GoogleHandler") -> None:
        handler.google.over.wait(seconds)
        handler.serve()

    return respond


def drip(seconds: float = 60.0, every: float = 0.02) -> Responder:
    """A byte now and then."""

    def respond(handler: "GoogleHandler") -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        until = time.monotonic() + seconds
        while time.monotonic() < until and not handler.google.over.wait(every):
            handler.wfile.write(b" ")
            handler.wfile.flush()

    return respond


def raw(content: bytes, status: int = 200, kind: str = "application/json", **headers: str) -> Responder:
    """These very bytes."""
    return lambda handler: handler.answer_bytes(status, content, kind, **headers)


def bomb(inflated: int) -> Responder:
    """A few kilobytes that grow to `inflated` bytes."""
    return raw(gzip.compress(bytes(inflated)), Content_Encoding="gzip")


def without(name: str) -> Responder:
    """The right answer, without one of its members."""

    def respond(handler: "GoogleHandler") -> None:
        handler.left_out = name
        handler.serve()

    return respond
