"""A server on loopback that speaks Calendar API v3, Gmail API v1 and OAuth's token endpoint, and lies when told to.

`google_server()` gives a `Google` to arrange: `add`, `edit`, `delete` events, `trouble` the next requests, read
`requests` afterwards. What it knows of the wire comes from developers.google.com/calendar/api/v3/reference,
.../gmail/api/reference/rest and RFC 6749; the vendor's client checks it in tests/charters/calendars/test_google.py.
"""

import base64
import gzip
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit
from zoneinfo import ZoneInfo

import icalendar

Item = dict[str, Any]
Responder = Callable[["_Handler"], None]

CLIENT = {"client_id": "client.apps.example.com", "client_secret": "client-secret-never-to-be-seen"}
REFRESH_TOKEN = "refresh-token-never-to-be-seen"
EVENT_KIND = "calendar#event"
FROM = re.compile(r"from:(\([^)]*\)|\{[^}]*\}|\S+)")
GUARANTEED_OF_A_CANCELLED_EXCEPTION = ("id", "recurringEventId", "originalStartTime")


@dataclass
class Request:
    """A request as it came."""

    operation: str
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class FakeCalendar:
    """One calendar: its events by id, and in which version each last changed."""

    timezone: str = "America/Los_Angeles"
    role: str = "owner"
    listed: bool = True  # in the account's calendar list
    items: dict[str, Item] = field(default_factory=dict)
    changed_in: dict[str, int] = field(default_factory=dict)
    version: int = 0
    # Sync tokens that name an older version get 410.
    oldest_token: int = 0


@dataclass
class Mail:
    """One message in the mailbox."""

    id: str
    raw: bytes
    received_at: datetime


class Google:
    """What the server holds and how it behaves. `address` is what GOOGLE_API_ENDPOINT is set to."""

    def __init__(self) -> None:
        self.address = ""
        self.calendars: dict[str, FakeCalendar] = {}
        self.mail: list[Mail] = []
        self.requests: list[Request] = []
        self.channels: dict[str, dict[str, Any]] = {}
        self.page_size = 2_500
        self.compress = True
        self.refresh_token = REFRESH_TOKEN
        self.scope = ""
        self.revoked = False
        self.token_seconds = 3_600
        self._tokens: set[str] = set()
        self._issued = 0
        self._codes: set[str] = set()
        self._troubles: list[tuple[str, Responder]] = []
        self._before: list[tuple[str, Callable[[], Any]]] = []
        self._pages: dict[str, list[Item]] = {}
        self._clock = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
        self.lock = threading.RLock()
        self.over = threading.Event()

    # -- credentials ----------------------------------------------------------------------------------

    def credentials(self) -> dict[str, str]:
        """An authorised-user file for this server."""
        return {
            "type": "authorized_user",
            **CLIENT,
            "refresh_token": self.refresh_token,
            "token_uri": f"{self.address}/token",
        }

    def client_file(self) -> dict[str, Any]:
        """A desktop application's client file."""
        addresses = {"auth_uri": f"{self.address}/o/oauth2/auth", "token_uri": f"{self.address}/token"}
        return {"installed": {**CLIENT, **addresses, "redirect_uris": ["http://localhost"]}}

    def expire_tokens(self) -> None:
        """Every access token given so far gets 401 from now on."""
        self._tokens.clear()

    def revoke(self) -> None:
        """The office withdrew its consent: `invalid_grant` at the next refresh, and no token works."""
        self.revoked = True
        self.expire_tokens()

    # -- a calendar's events --------------------------------------------------------------------------

    def calendar(self, calendar_id: str = "primary") -> FakeCalendar:
        """The calendar, made at the first mention."""
        return self.calendars.setdefault(calendar_id, FakeCalendar())

    def load(self, content: bytes, calendar_id: str = "primary") -> list[Item]:
        """Fill the calendar with a feed's events."""
        return [self.put(item, calendar_id) for item in items_from_feed(content)]

    def put(self, item: Item, calendar_id: str = "primary") -> Item:
        """Add an event, or replace it; its etag, `updated` and `sequence` move on."""
        with self.lock:
            calendar = self.calendar(calendar_id)
            calendar.version += 1
            self._clock += timedelta(seconds=1)
            key = item["id"]
            known = calendar.items.get(key)
            item = {
                "kind": EVENT_KIND,
                "status": "confirmed",
                "iCalUID": f"{item.get('recurringEventId', key)}@google.com",
                "created": _stamp(self._clock),
                "sequence": known["sequence"] + 1 if known else 0,
                **item,
                "updated": _stamp(self._clock),
                "etag": f'"{int(self._clock.timestamp() * 2_000)}"',
            }
            calendar.items[key] = item
            calendar.changed_in[key] = calendar.version
            return item

    def edit(self, event_id: str, calendar_id: str = "primary", **fields: Any) -> Item:
        """Change an event as somebody at the calendar would."""
        known = self.calendar(calendar_id).items[event_id]
        changed = {name: value for name, value in (known | fields).items() if value is not None}
        return self.put(changed | {"sequence": known["sequence"] + 1}, calendar_id)

    def delete(self, event_id: str, calendar_id: str = "primary") -> Item:
        """Delete an event; of an instance of a series little more than its place stays."""
        known = self.calendar(calendar_id).items[event_id]
        if "recurringEventId" in known:
            known = {name: known[name] for name in GUARANTEED_OF_A_CANCELLED_EXCEPTION}
        return self.put({**known, "status": "cancelled"}, calendar_id)

    def cancel_instance(self, series_id: str, original: Item, calendar_id: str = "primary") -> Item:
        """Delete one occasion of a series that was never edited by itself."""
        key = f"{series_id}_{_plain_stamp(original)}"
        bare = {"id": key, "recurringEventId": series_id, "originalStartTime": original, "status": "cancelled"}
        return self.put(bare, calendar_id)

    def forget_sync_tokens(self, calendar_id: str = "primary") -> None:
        """Tokens given so far get 410, those to come work."""
        calendar = self.calendar(calendar_id)
        calendar.version += 1
        calendar.oldest_token = calendar.version

    # -- a mailbox --------------------------------------------------------------------------------------

    def receive(self, raw: bytes, received_at: datetime | None = None) -> Mail:
        """A message arrives."""
        mail = Mail(f"mail{len(self.mail):012x}", raw, received_at or datetime.now(UTC))
        self.mail.append(mail)
        return mail

    # -- misbehaviour -------------------------------------------------------------------------------------

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

    # -- OAuth ----------------------------------------------------------------------------------------------

    def authorised(self, header: str) -> bool:
        """Whether a request carries a token that still works."""
        return header.removeprefix("Bearer ") in self._tokens

    def consent(self, query: dict[str, str]) -> str:
        """Where the browser is sent after somebody agreed."""
        self._issued += 1
        code = f"code-{self._issued}"
        self._codes.add(code)
        self.scope = self.scope or query.get("scope", "")
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query.get('state', '')})}"

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """An answer of the token endpoint (RFC 6749, section 5; RFC 7523 for service accounts)."""
        kind = form.get("grant_type", "")
        lasting: dict[str, Any] = {}
        if kind == "authorization_code":
            if form.get("code") not in self._codes:
                return 400, {"error": "invalid_grant", "error_description": "Malformed auth code."}
            self._codes.discard(form["code"])
            lasting = {"refresh_token": self.refresh_token}
        elif kind == "refresh_token":
            if form.get("client_secret") != CLIENT["client_secret"]:
                return 401, {"error": "invalid_client", "error_description": "Unauthorized"}
            if self.revoked or form.get("refresh_token") != self.refresh_token:
                return 400, {"error": "invalid_grant", "error_description": "Token of quinn@example.com was revoked."}
        elif kind.endswith(":jwt-bearer"):
            claims = json.loads(base64.urlsafe_b64decode(form["assertion"].split(".")[1] + "=="))
            if not str(claims.get("aud")).endswith("/token") or self.revoked:
                return 400, {"error": "invalid_grant", "error_description": "Invalid JWT."}
        else:
            return 400, {"error": "unsupported_grant_type"}
        with self.lock:
            self._issued += 1
            token = f"access-token-never-to-be-seen-{self._issued}"
            self._tokens.add(token)
        scope = {"scope": self.scope} if self.scope else {}
        return 200, {"access_token": token, "expires_in": self.token_seconds, "token_type": "Bearer"} | lasting | scope

    # -- Calendar -----------------------------------------------------------------------------------------------

    def list_events(self, calendar: FakeCalendar, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """A page of the events, or of those changed since a sync token."""
        if query.get("syncToken") and {"timeMin", "timeMax", "q", "orderBy", "updatedMin", "iCalUID"} & set(query):
            return _error(400, "invalid", "Sync token cannot be combined with a filter")
        with self.lock:
            page_token = query.get("pageToken", "")
            if page_token:
                if page_token not in self._pages:
                    return _error(400, "invalid", "Invalid page token value.")
                rest, next_sync = self._pages[page_token], page_token.split("~")[1]
            else:
                since = _version_of(query.get("syncToken", ""))
                if since is None:
                    return _error(400, "invalid", "Invalid sync token value.")
                if query.get("syncToken") and since < calendar.oldest_token:
                    return _error(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.")
                deleted = query.get("showDeleted") == "true" or bool(query.get("syncToken"))
                order = sorted(calendar.changed_in, key=lambda key: calendar.changed_in[key])
                rest = [calendar.items[key] for key in order if calendar.changed_in[key] > since]
                rest = [item for item in rest if deleted or _stands(item) or "recurringEventId" in item]
                next_sync = f"sync-{calendar.version}"
            size = min(int(query.get("maxResults", 250)), self.page_size)
            page, rest = rest[:size], rest[size:]
            answer: dict[str, Any] = {
                "kind": "calendar#events",
                "etag": f'"p{calendar.version}"',
                "summary": "JADA Internal",
                "timeZone": calendar.timezone,
                "accessRole": calendar.role,
                "items": page,
            }
            if rest:
                answer["nextPageToken"] = f"page-{len(self._pages)}~{next_sync}"
                self._pages[answer["nextPageToken"]] = rest
            else:
                answer["nextSyncToken"] = next_sync
            return 200, _narrowed(answer, query.get("fields", ""))

    def insert_event(
        self, calendar: FakeCalendar, calendar_id: str, body: Item, query: dict[str, str]
    ) -> tuple[int, dict[str, Any]]:
        """A new event; 409 when its id was used before."""
        if calendar.role not in {"owner", "writer"}:
            return _error(403, "forbidden", "You need to have writer access to this calendar.")
        key = body.get("id") or f"made{calendar.version:08d}"
        if not 5 <= len(key) <= 1024 or set(key) - set("0123456789abcdefghijklmnopqrstuv"):
            return _error(400, "invalid", "Invalid resource id value.")
        if key in calendar.items:
            return _error(409, "duplicate", "The requested identifier already exists.")
        return 200, self.put({**body, "id": key}, calendar_id)

    def event(self, calendar: FakeCalendar, event_id: str) -> Item | None:
        """An event by its id, or the occasion of a series that has never been touched by itself."""
        series_id, _, stamp = event_id.rpartition("_")
        series = calendar.items.get(series_id)
        if event_id in calendar.items or series is None or "recurrence" not in series:
            return calendar.items.get(event_id)
        starts, ends = (datetime.fromisoformat(series[name]["dateTime"]) for name in ("start", "end"))
        begins = datetime.strptime(stamp, "%Y%m%dT%H%M%S%z")
        original = {"dateTime": begins.isoformat()}
        hours = {"start": original, "end": {"dateTime": (begins + (ends - starts)).isoformat()}}
        occasion = {name: value for name, value in series.items() if name != "recurrence"}
        return {**occasion, "id": event_id, "recurringEventId": series_id, "originalStartTime": original, **hours}

    def patch_event(
        self, calendar: FakeCalendar, calendar_id: str, event_id: str, body: Item, if_match: str
    ) -> tuple[int, dict[str, Any]]:
        """The event with some fields changed, null for removed ones; 412 when it is no longer the one that was read."""
        if calendar.role not in {"owner", "writer"}:
            return _error(403, "forbidden", "You need to have writer access to this calendar.")
        with self.lock:
            known = self.event(calendar, event_id)
            if known is None:
                return _error(404, "notFound", "Not Found")
            if if_match not in ("", "*", known["etag"]):
                return _error(412, "conditionNotMet", "Precondition Failed")
            calendar.items.setdefault(event_id, known)  # an occasion becomes an exception when it is changed
            return 200, self.edit(event_id, calendar_id, **body)


# -- how to misbehave ----------------------------------------------------------------------------------------------


def error(status: int, reason: str = "backendError", **headers: str) -> Responder:
    """An error in Google's JSON; `Retry_After="3"` becomes a header."""
    return lambda handler: handler.answer(*_error(status, reason, "Of Quinn, quinn@example.com"), **headers)


def rate_limited() -> Responder:
    """403, and yet it may be tried again."""
    return error(403, "rateLimitExceeded")


def hang_up() -> Responder:
    """The connection ends without an answer."""

    def respond(handler: "_Handler") -> None:
        handler.close_connection = True

    return respond


def cut_off() -> Responder:
    """Half an answer; its length was promised whole."""

    def respond(handler: "_Handler") -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b'{"items": [')
        handler.close_connection = True

    return respond


def after(seconds: float) -> Responder:
    """The right answer, late."""

    def respond(handler: "_Handler") -> None:
        handler.google.over.wait(seconds)
        handler.serve()

    return respond


def drip(seconds: float = 60.0, every: float = 0.02) -> Responder:
    """A byte now and then."""

    def respond(handler: "_Handler") -> None:
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

    def respond(handler: "_Handler") -> None:
        handler.left_out = name
        handler.serve()

    return respond


# -- the server -------------------------------------------------------------------------------------------------------


class _Handler(BaseHTTPRequestHandler):
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
            self.answer(*_error(401, "authError", "Invalid Credentials"))
        elif operation.startswith(("messages", "users")):
            self.answer(*self._mail(operation))
        elif operation == "channels.stop":
            known = self.google.channels.get(self.body["id"], {}).get("resourceId") == self.body["resourceId"]
            if known:
                del self.google.channels[self.body["id"]]
                self.answer_bytes(204, b"", "text/html")
            else:
                self.answer(*_error(404, "notFound", "Channel not found for project."))
        else:
            self.answer(*self._calendar(operation))

    def _calendar(self, operation: str) -> tuple[int, dict[str, Any]]:
        google = self.google
        calendar_id = self.parts[5] if operation == "calendarList.get" else self.parts[3]
        calendar = google.calendars.get(calendar_id)
        if calendar is None or (operation == "calendarList.get" and not calendar.listed):
            return _error(404, "notFound", "Not Found")
        match operation:
            case "events.list":
                return google.list_events(calendar, self.query)
            case "events.get":
                item = google.event(calendar, self.parts[5])
                return (200, item) if item else _error(404, "notFound", "Not Found")
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
        return _error(404, "notFound", "Not Found")

    def _watch(self, calendar_id: str) -> tuple[int, dict[str, Any]]:
        if self.body["id"] in self.google.channels:
            return _error(400, "channelIdNotUnique", "Channel id not unique")
        seconds = int(self.body.get("params", {}).get("ttl", 604_800))
        opened = {
            "kind": "api#channel",
            "id": self.body["id"],
            "resourceId": f"resource-of-{calendar_id}",
            "resourceUri": f"{self.google.address}/calendar/v3/calendars/{calendar_id}/events?alt=json",
            "token": self.body.get("token", ""),
            "expiration": str(int((time.time() + seconds) * 1000)),
        }
        self.google.channels[self.body["id"]] = opened | {"address": self.body["address"]}
        return 200, opened

    def _mail(self, operation: str) -> tuple[int, dict[str, Any]]:
        mailbox = self.google.mail
        if operation == "users.getProfile":
            return 200, {"emailAddress": "office@sailjada.com", "messagesTotal": len(mailbox), "historyId": "1"}
        if operation == "messages.get":
            found = [mail for mail in mailbox if mail.id == self.parts[5]]
            return (200, _message(found[0], self.query.get("format", "full"))) if found else _error(404, "notFound", "")
        wanted = [mail for mail in mailbox if _matches(mail, self.query.get("q", ""))]
        wanted.sort(key=lambda mail: mail.received_at, reverse=True)
        start = int(self.query.get("pageToken", "0"))
        end = start + min(int(self.query.get("maxResults", 100)), 500, self.google.page_size)
        answer: dict[str, Any] = {"resultSizeEstimate": len(wanted)}
        if wanted[start:end]:
            answer["messages"] = [{"id": mail.id, "threadId": mail.id} for mail in wanted[start:end]]
        if wanted[end:]:
            answer["nextPageToken"] = str(end)
        return 200, answer

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

    class Handler(_Handler):
        pass

    Handler.google = google

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, request: Any, client_address: Any) -> None:
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


# -- the same events, as the API writes them ----------------------------------------------------------------


def items_from_feed(content: bytes) -> list[Item]:
    """A feed's VEVENTs as the API's events (developers.google.com/calendar/api/v3/reference/events#resource)."""
    calendar = icalendar.Calendar.from_ical(content)
    timezone = str(calendar.get("X-WR-TIMEZONE", "America/Los_Angeles"))
    return [_item(event, timezone) for event in calendar.events]


def _item(event: icalendar.Event, timezone: str) -> Item:
    uid = str(event["UID"])
    key = uid.removesuffix("@google.com")
    if set(key) - set("0123456789abcdefghijklmnopqrstuv") or len(key) < 5:
        key = blake2b(uid.encode(), digest_size=16).hexdigest()
    lines = event.to_ical().decode().replace("\r\n ", "").split("\r\n")
    recurrence = [line for line in lines if line.startswith(("RRULE", "EXDATE", "RDATE"))]
    item: Item = {
        "id": key,
        "iCalUID": uid,
        "status": str(event.get("STATUS", "CONFIRMED")).lower(),
        "start": _time(event["DTSTART"].dt, timezone),
        "end": _time(event.end, timezone),
    }
    for name in ("SUMMARY", "DESCRIPTION", "LOCATION"):
        if event.get(name):
            item[name.lower()] = str(event[name])
    if recurrence:
        item["recurrence"] = recurrence
    if event.get("RECURRENCE-ID"):
        original = _time(event["RECURRENCE-ID"].dt, timezone)
        item |= {"id": f"{key}_{_plain_stamp(original)}", "recurringEventId": key, "originalStartTime": original}
    return item


def _time(moment: date | datetime, timezone: str) -> Item:
    if not isinstance(moment, datetime):
        return {"date": moment.isoformat()}
    zone = getattr(moment.tzinfo, "key", None)
    named = zone if zone and zone != "UTC" else timezone
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(named))
    return {"dateTime": moment.astimezone(ZoneInfo(named)).isoformat(), "timeZone": named}


def _plain_stamp(said: Item) -> str:
    if "date" in said:
        return str(said["date"]).replace("-", "")
    return f"{datetime.fromisoformat(said['dateTime']).astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _version_of(token: str) -> int | None:
    if not token:
        return 0
    number = token.removeprefix("sync-")
    return int(number) if token.startswith("sync-") and number.isdigit() else None


def _stands(item: Item) -> bool:
    return item["status"] != "cancelled"


def _narrowed(answer: dict[str, Any], fields: str) -> dict[str, Any]:
    """`fields=a,b,items(c,d)`: a partial answer (developers.google.com/calendar/api/guides/performance#partial)."""
    if not fields:
        return answer
    outer, _, inner = fields.partition("items(")
    members = {name for name in outer.split(",") if name} | ({"items"} if inner else set())
    narrowed = {name: value for name, value in answer.items() if name in members}
    if inner:
        wanted = set(inner.rstrip(")").split(","))
        narrowed["items"] = [
            {name: value for name, value in item.items() if name in wanted} for item in narrowed.get("items", [])
        ]
    return narrowed


def _error(status: int, reason: str, message: str) -> tuple[int, dict[str, Any]]:
    errors = [{"domain": "global", "reason": reason, "message": message}]
    return status, {"error": {"errors": errors, "code": status, "message": message}}


def _message(mail: Mail, form: str) -> dict[str, Any]:
    message: dict[str, Any] = {
        "id": mail.id,
        "threadId": mail.id,
        "labelIds": ["INBOX"],
        "historyId": "1",
        "internalDate": str(int(mail.received_at.timestamp() * 1000)),
        "sizeEstimate": len(mail.raw),
    }
    if form == "raw":
        message["raw"] = base64.urlsafe_b64encode(mail.raw).decode()
    return message


def _matches(mail: Mail, query: str) -> bool:
    """The words of Gmail's search that we know: `after:` and `before:` in epoch seconds, `from:` (any of them)."""
    sender = next(
        (line for line in mail.raw.decode("utf-8", "replace").splitlines() if line[:5].lower() == "from:"), ""
    )
    senders = [
        each.lower() for found in FROM.findall(query) for each in re.split(r"[\s|]+|OR", found.strip("(){}")) if each
    ]
    for name, value in re.findall(r"\b(after|before):(\d+)(?!\S)", query):
        inside = mail.received_at.timestamp() > int(value)
        if inside != (name == "after"):
            return False
    return not senders or any(each in sender.lower() for each in senders)
