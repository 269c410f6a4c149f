"""Google's Calendar API v3, spoken and nothing decided (developers.google.com/calendar/api/v3/reference).

Each call is one question of the vendor's client, carried by `transport`; what an answer means for a charter is
decided elsewhere. No call belongs inside a transaction.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from charters.calendars.google.credentials import CALENDAR_SCOPES, SERVICE, ReconnectNeeded, access
from charters.calendars.google.transport import (
    MOST_BYTES,
    STRANGE,
    TOO_LARGE,
    Changed,
    Missing,
    Refused,
    execute,
    service,
)
from jada.core.clock import now
from jada.core.errors import AdapterError

__all__ = [
    "WRITERS",
    "Answer",
    "Changed",
    "Channel",
    "Missing",
    "ReconnectNeeded",
    "Refused",
    "access_role",
    "event_id",
    "get_event",
    "insert_event",
    "patch_event",
    "read",
    "stop_channel",
    "watch",
]

MOST_EVENTS = 20_000
PAGE_EVENTS = 2_500  # the most that Google gives at once
READ_SECONDS = 90.0  # a whole read, all pages; less than a calendar's lease
# What is stored of an event; attendees and conference links stay with Google.
ITEM_FIELDS = (
    "id,status,iCalUID,etag,updated,sequence,summary,description,location,start,end,recurrence,recurringEventId,"
    "originalStartTime,eventType"
)
LIST_FIELDS = f"nextPageToken,nextSyncToken,timeZone,accessRole,items({ITEM_FIELDS})"
WRITERS = frozenset({"owner", "writer", "writerWithoutPrivateAccess"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a read gave: all events (`full`) or those that changed since the token; `sync_token` is for the next read.

    Deleted events are among the items, `status` cancelled. `role` is our right on the calendar ('' when not said),
    `read_at` when we began to ask: what it says was so then.
    """

    items: list[dict[str, Any]]
    full: bool
    sync_token: str
    timezone: str
    role: str = ""
    read_at: datetime = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class Channel:
    """A push channel as Google opened it; `expires_at` is None when Google names no end."""

    id: str
    resource_id: str
    expires_at: datetime | None


class _TokenExpired(Exception):  # noqa: N818 caught in `read`
    """Google asks for a full read."""


def read(calendar_id: str, *, sync_token: str = "") -> Answer:
    """Every event, or with a sync token those changed since: series as they are written, of all times.

    A token that Google no longer takes is answered with a full read
    (developers.google.com/calendar/api/guides/sync). The parameters are the same for both kinds, as that page demands;
    deleted events are asked for in both. Raises AdapterError and its kinds: a read is whole or it fails.
    """
    if sync_token:
        try:
            return _pages(calendar_id, sync_token)
        except _TokenExpired:
            pass
    try:
        return _pages(calendar_id, "")
    except _TokenExpired:
        raise AdapterError(STRANGE, service=SERVICE) from None


def _pages(calendar_id: str, sync_token: str) -> Answer:
    items: list[dict[str, Any]] = []
    timezone, role, began = "", "", now()
    for page in _each_page(calendar_id, sync_token):
        found = page.get("items", [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise AdapterError(STRANGE, service=SERVICE)
        items += found
        if sum(each.get("status") != "cancelled" for each in items) > MOST_EVENTS:
            raise AdapterError(f"The calendar holds more than {MOST_EVENTS:,} events.", service=SERVICE, permanent=True)
        timezone, role = str(page.get("timeZone") or timezone), str(page.get("accessRole") or role)
    return Answer(items, not sync_token, str(page["nextSyncToken"]), timezone, role, began)


def _each_page(calendar_id: str, sync_token: str) -> Iterator[dict[str, Any]]:
    """Pages to the last, which carries the next sync token: without one the read was cut off."""
    until, size, seen = time.monotonic() + READ_SECONDS, 0, set()
    page_token = ""
    while True:
        tokens = {"syncToken": sync_token, "pageToken": page_token}
        request = _events().list(
            calendarId=calendar_id,
            singleEvents=False,
            showDeleted=True,
            maxResults=PAGE_EVENTS,
            fields=LIST_FIELDS,
            **{name: value for name, value in tokens.items() if value},
        )
        try:
            page = _ask(request)
        except Refused as refusal:
            # 410: the token is too old. 400: it is none, or was made for other parameters.
            if refusal.status in ({400, 410} if sync_token else {410}):
                raise _TokenExpired from None
            raise
        yield page
        size += len(str(page))
        page_token = page.get("nextPageToken") or ""
        if not page_token:
            break
        if page_token in seen:
            raise AdapterError(STRANGE, service=SERVICE)
        if size > MOST_BYTES:
            raise AdapterError(TOO_LARGE, service=SERVICE, permanent=True)
        if time.monotonic() > until:
            raise AdapterError("Reading the calendar takes too long.", service=SERVICE)
        seen.add(page_token)
    if not page.get("nextSyncToken"):
        raise AdapterError("Google's answer was cut off: its last page is missing.", service=SERVICE)


def get_event(calendar_id: str, event_id: str) -> dict[str, Any]:
    """One event as it stands, all fields. Raises Missing; a deleted one may also come back with status cancelled."""
    return _ask(_events().get(calendarId=calendar_id, eventId=event_id))


def patch_event(
    calendar_id: str, event_id: str, body: dict[str, Any], *, etag: str, notify: bool = False
) -> dict[str, Any]:
    """Change the fields in `body` if the event still is the one with this etag; the event as it then stands.

    `notify` lets Google write to its attendees. Raises Changed (412), Missing, Refused
    (developers.google.com/calendar/api/guides/version-resources).
    A try whose answer was lost is repeated and then finds its own change: Changed, and the next read shows it.
    """
    request = _events().patch(
        calendarId=calendar_id, eventId=event_id, body=body, sendUpdates="all" if notify else "none"
    )
    request.headers["If-Match"] = etag
    return _ask(request)


def insert_event(calendar_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Add an event under the id in `body` (`event_id` makes one); the event that is there when it was added before."""
    try:
        return _ask(_events().insert(calendarId=calendar_id, body=body, sendUpdates="none"))
    except Refused as refusal:
        if refusal.status != 409:
            raise
    return get_event(calendar_id, body["id"])


def event_id(*parts: str) -> str:
    """An id for `insert_event`: the same parts give the same id, so that a repeat is harmless.

    Google takes 5 to 1,024 of the signs 0-9 and a-v (developers.google.com/calendar/api/v3/reference/events/insert).
    """
    return "jada" + blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


def watch(calendar_id: str, *, channel_id: str, token: str, address: str, seconds: int) -> Channel:
    """Have each change announced at `address` for as long (developers.google.com/calendar/api/guides/push).

    `channel_id` and `token` are ours, and come back with each announcement. Google may shorten the time.
    """
    body = {
        "id": channel_id,
        "type": "web_hook",
        "address": address,
        "token": token,
        "params": {"ttl": str(seconds)},
    }
    opened = _ask(_events().watch(calendarId=calendar_id, body=body))
    try:
        ends = int(opened["expiration"]) / 1000 if opened.get("expiration") else None
        expires_at = datetime.fromtimestamp(ends, UTC) if ends is not None else None
        return Channel(channel_id, str(opened["resourceId"]), expires_at)
    except (KeyError, ValueError, TypeError, OverflowError, OSError):
        raise AdapterError(STRANGE, service=SERVICE) from None


def stop_channel(channel_id: str, resource_id: str) -> None:
    """Have nothing more announced; a channel that Google no longer knows is stopped already."""
    try:
        _ask(service("calendar", "v3").channels().stop(body={"id": channel_id, "resourceId": resource_id}))
    except Missing:
        return


def access_role(calendar_id: str) -> str:
    """Our right on the calendar: one of WRITERS, `reader`, `freeBusyReader`, or '' when Google does not say.

    A calendar that was shared without being added to the account's list (a service account's never is) is asked itself.
    """
    try:
        entry = _ask(service("calendar", "v3").calendarList().get(calendarId=calendar_id, fields="accessRole"))
    except Missing:
        entry = _ask(_events().list(calendarId=calendar_id, maxResults=1, fields="accessRole"))
    return str(entry.get("accessRole", ""))


def _events() -> Any:
    return service("calendar", "v3").events()


def _ask(request: Any) -> dict[str, Any]:
    return execute(request, access(CALENDAR_SCOPES))
