"""Google's calendars: events by id, versions, sync tokens, If-Match, push channels.

What it knows comes from developers.google.com/calendar/api/v3/reference.
"""

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes.google_answers import Answer, refusal
from tests.fakes.google_items import Item, items_from_feed, plain_stamp

EVENT_KIND = "calendar#event"
GUARANTEED_OF_A_CANCELLED_EXCEPTION = ("id", "recurringEventId", "originalStartTime")


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


class Calendars:
    """All calendars of the account, and who is told of their changes."""

    address: str
    lock: threading.RLock
    page_size: int

    def __init__(self) -> None:
        super().__init__()
        self.calendars: dict[str, FakeCalendar] = {}
        self.channels: dict[str, dict[str, Any]] = {}
        self._pages: dict[str, list[Item]] = {}
        self._clock = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)

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
        key = f"{series_id}_{plain_stamp(original)}"
        bare = {"id": key, "recurringEventId": series_id, "originalStartTime": original, "status": "cancelled"}
        return self.put(bare, calendar_id)

    def forget_sync_tokens(self, calendar_id: str = "primary") -> None:
        """Tokens given so far get 410, those to come work."""
        calendar = self.calendar(calendar_id)
        calendar.version += 1
        calendar.oldest_token = calendar.version

    def list_events(self, calendar: FakeCalendar, query: dict[str, str]) -> Answer:
        """A page of the events, or of those changed since a sync token."""
        if query.get("syncToken") and {"timeMin", "timeMax", "q", "orderBy", "updatedMin", "iCalUID"} & set(query):
            return refusal(400, "invalid", "Sync token cannot be combined with a filter")
        with self.lock:
            page_token = query.get("pageToken", "")
            if page_token:
                if page_token not in self._pages:
                    return refusal(400, "invalid", "Invalid page token value.")
                rest, next_sync = self._pages[page_token], page_token.split("~")[1]
            else:
                since = _version_of(query.get("syncToken", ""))
                if since is None:
                    return refusal(400, "invalid", "Invalid sync token value.")
                if query.get("syncToken") and since < calendar.oldest_token:
                    return refusal(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.")
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

    def insert_event(self, calendar: FakeCalendar, calendar_id: str, body: Item, query: dict[str, str]) -> Answer:
        """A new event; 409 when its id was used before."""
        if calendar.role not in {"owner", "writer"}:
            return refusal(403, "forbidden", "You need to have writer access to this calendar.")
        key = body.get("id") or f"made{calendar.version:08d}"
        if not 5 <= len(key) <= 1024 or set(key) - set("0123456789abcdefghijklmnopqrstuv"):
            return refusal(400, "invalid", "Invalid resource id value.")
        if key in calendar.items:
            return refusal(409, "duplicate", "The requested identifier already exists.")
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

    def patch_event(self, calendar: FakeCalendar, calendar_id: str, event_id: str, body: Item, if_match: str) -> Answer:
        """The event with some fields changed, null for removed ones; 412 when it is no longer the one that was read."""
        if calendar.role not in {"owner", "writer"}:
            return refusal(403, "forbidden", "You need to have writer access to this calendar.")
        with self.lock:
            known = self.event(calendar, event_id)
            if known is None:
                return refusal(404, "notFound", "Not Found")
            if if_match not in ("", "*", known["etag"]):
                return refusal(412, "conditionNotMet", "Precondition Failed")
            calendar.items.setdefault(event_id, known)  # an occasion becomes an exception when it is changed
            return 200, self.edit(event_id, calendar_id, **body)

    def watch(self, calendar_id: str, body: Item) -> Answer:
        """A push channel."""
        if body["id"] in self.channels:
            return refusal(400, "channelIdNotUnique", "Channel id not unique")
        seconds = int(body.get("params", {}).get("ttl", 604_800))
        opened = {
            "kind": "api#channel",
            "id": body["id"],
            "resourceId": f"resource-of-{calendar_id}",
            "resourceUri": f"{self.address}/calendar/v3/calendars/{calendar_id}/events?alt=json",
            "token": body.get("token", ""),
            "expiration": str(int((time.time() + seconds) * 1000)),
        }
        self.channels[body["id"]] = opened | {"address": body["address"]}
        return 200, opened

    def stop_channel(self, body: Item) -> bool:
        """Whether there was such a channel; it is gone now."""
        if self.channels.get(body["id"], {}).get("resourceId") != body["resourceId"]:
            return False
        del self.channels[body["id"]]
        return True


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
