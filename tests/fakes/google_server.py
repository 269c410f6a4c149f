"""A server on loopback that speaks Calendar API v3, Gmail API v1 and OAuth's token endpoint, and lies when told to.

`google_server()` gives a `Google` to arrange: `put`, `edit`, `delete` events, `trouble` the next requests, read
`requests` afterwards. What it knows of the wire comes from developers.google.com/calendar/api/v3/reference,
.../gmail/api/reference/rest and RFC 6749; the vendor's client checks it in tests/charters/calendars/test_google.py.
"""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.fakes.google_answers import Answer, Request, refusal
from tests.fakes.google_calendars import Calendars, FakeCalendar
from tests.fakes.google_items import Item, items_from_feed
from tests.fakes.google_mailbox import Mail, Mailbox
from tests.fakes.google_oauth import CLIENT, REFRESH_TOKEN, Accounts
from tests.fakes.google_troubles import (
    Responder,
    Troubles,
    after,
    bomb,
    cut_off,
    drip,
    error,
    hang_up,
    rate_limited,
    raw,
    without,
)

__all__ = [
    "CLIENT",
    "REFRESH_TOKEN",
    "FakeCalendar",
    "Google",
    "GoogleHandler",
    "Item",
    "Mail",
    "Request",
    "Responder",
    "after",
    "bomb",
    "cut_off",
    "drip",
    "error",
    "google_server",
    "hang_up",
    "items_from_feed",
    "rate_limited",
    "raw",
    "without",
]


class Google(Accounts, Calendars, Mailbox, Troubles):
    """What the server holds and how it behaves. `address` is what GOOGLE_API_ENDPOINT is set to."""

    def __init__(self) -> None:
        super().__init__()
        self.address = ""
        self.page_size = 2_500
        self.compress = True
        self.lock = threading.RLock()
        self.over = threading.Event()


class GoogleHandler(BaseHTTPRequestHandler):
    """One request, answered rightly by `serve` or otherwise by a responder."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    google: Google
    left_out = ""
    body: Any = None
    query: dict[str, str] = {}
    parts: list[str] = []

    def do_GET(self) -> None:
        self._take()

    def do_POST(self) -> None:
        self._take()

    def do_PATCH(self) -> None:
        self._take()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class names it so
        """Silence."""

    def _take(self) -> None:
        self.left_out = ""
        split = urlsplit(self.path)
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.query = {name: values[-1] for name, values in parse_qs(split.query).items()}
        self.parts = [unquote(part) for part in split.path.strip("/").split("/")]
        if self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            self.body = {name: values[-1] for name, values in parse_qs(content.decode()).items()}
        else:
            self.body = json.loads(content) if content else None
        operation = self._operation()
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.google.requests.append(Request(operation, self.command, split.path, self.query, headers, self.body))
        trouble = self.google.take_trouble(operation)
        if trouble is not None:
            trouble(self)
        else:
            self.serve()

    def _operation(self) -> str:
        match (self.command, self.parts):
            case ("POST", ["token"]):
                return "token"
            case ("GET", ["o", "oauth2", "auth"]):
                return "consent"
            case ("GET", ["calendar", "v3", "calendars", _, "events"]):
                return "events.list"
            case ("POST", ["calendar", "v3", "calendars", _, "events"]):
                return "events.insert"
            case ("POST", ["calendar", "v3", "calendars", _, "events", "watch"]):
                return "events.watch"
            case ("GET", ["calendar", "v3", "calendars", _, "events", _]):
                return "events.get"
            case ("PATCH", ["calendar", "v3", "calendars", _, "events", _]):
                return "events.patch"
            case ("GET", ["calendar", "v3", "calendars", _]):
                return "calendars.get"
            case ("GET", ["calendar", "v3", "users", "me", "calendarList", _]):
                return "calendarList.get"
            case ("POST", ["calendar", "v3", "channels", "stop"]):
                return "channels.stop"
            case ("GET", ["gmail", "v1", "users", _, "profile"]):
                return "users.getProfile"
            case ("GET", ["gmail", "v1", "users", _, "messages"]):
                return "messages.list"
            case ("GET", ["gmail", "v1", "users", _, "messages", _]):
                return "messages.get"
        return "unknown"

    def serve(self) -> None:
        """The right answer."""
        operation = self._operation()
        if operation == "consent":
            self.send_response(302)
            self.send_header("Location", self.google.consent(self.query))
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif operation == "token":
            self.answer(*self.google.token(self.body))
        elif not self.google.authorised(self.headers.get("Authorization", "")):
            self.answer(*refusal(401, "authError", "Invalid Credentials"))
        elif operation.startswith(("messages", "users")):
            self.answer(*self.google.answer_mail(operation, self.parts[-1], self.query))
        elif operation == "channels.stop":
            if self.google.stop_channel(self.body):
                self.answer_bytes(204, b"", "text/html")
            else:
                self.answer(*refusal(404, "notFound", "Channel not found for project."))
        else:
            self.answer(*self._calendar(operation))

    def _calendar(self, operation: str) -> Answer:
        google = self.google
        calendar_id = self.parts[5] if operation == "calendarList.get" else self.parts[3]
        calendar = google.calendars.get(calendar_id)
        if calendar is None or (operation == "calendarList.get" and not calendar.listed):
            return refusal(404, "notFound", "Not Found")
        match operation:
            case "events.list":
                return google.list_events(calendar, self.query)
            case "events.get":
                item = google.event(calendar, self.parts[5])
                return (200, item) if item else refusal(404, "notFound", "Not Found")
            case "events.insert":
                return google.insert_event(calendar, calendar_id, self.body, self.query)
            case "events.patch":
                if_match = self.headers.get("If-Match", "")
                return google.patch_event(calendar, calendar_id, self.parts[5], self.body, if_match)
            case "events.watch":
                return self._watch(calendar_id)
            case "calendarList.get":
                entry = {"id": calendar_id, "timeZone": calendar.timezone, "accessRole": calendar.role}
                return 200, {"kind": "calendar#calendarListEntry", **entry}
            case "calendars.get":
                return 200, {"kind": "calendar#calendar", "id": calendar_id, "timeZone": calendar.timezone}
        return refusal(404, "notFound", "Not Found")

    def _watch(self, calendar_id: str) -> Answer:
        return self.google.watch(calendar_id, self.body)

    def answer(self, status: int, content: dict[str, Any], **headers: str) -> None:
        """JSON, under gzip for whoever takes it."""
        content = {name: value for name, value in content.items() if name != self.left_out}
        body = json.dumps(content).encode()
        if self.google.compress and "gzip" in self.headers.get("Accept-Encoding", ""):
            body, headers = gzip.compress(body), headers | {"Content_Encoding": "gzip"}
        self.answer_bytes(status, body, "application/json; charset=UTF-8", **headers)

    def answer_bytes(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        """Bytes as they are."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def google_server() -> Iterator[Google]:
    """A server on a free port of 127.0.0.1; it ends with the block, late answers included."""
    google = Google()

    class Handler(GoogleHandler):
        pass

    Handler.google = google

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handlerefusal(self, request: Any, client_address: Any) -> None:
            """A client that hung up is not our error."""

    with Server(("127.0.0.1", 0), Handler) as server:
        google.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield google
        finally:
            google.over.set()
            server.shutdown()
            thread.join()
