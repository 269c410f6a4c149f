"""The stored copies of a Google calendar's events, and the pieces of a feed that are made of them.

A delta names what changed and nothing else; with the copies it becomes the whole pieces that it touches
(docs/architecture.md, rule 4: deltas merge, they never replace).
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q

from charters.calendars.feed import Feed
from charters.calendars.google.calendar_api import Answer
from charters.calendars.google.events import ABSENCE, PERSONAL, Item, feed, groups, is_personal, merge_items, uid_of
from charters.models import Calendar, GoogleEvent
from jada.core import bulk

COLUMNS = ("calendar_id", "event_id", "uid", "series_id", "item")
LAST_MODIFIED = re.compile(rb"\nLAST-MODIFIED[^:\n]*:(\d{8}T\d{6}Z)", re.IGNORECASE)
BATCH = 1_000
AS_NEW_AS_CAN_BE = "~"  # behind all digits
# Ours, in the copy of a deleted event: when we read that it is deleted, and the `updated` of the version before.
READ_AT, UPDATED_BEFORE = "jadaReadAt", "jadaUpdatedBefore"


@dataclass(frozen=True, slots=True)
class Taken:
    """What an answer came to: the pieces it touches, or all when `whole`, and the UIDs it leaves without one."""

    feed: Feed
    gone: frozenset[str]
    whole: bool


def take_in(calendar: Calendar, answer: Answer, *, keep: bool) -> Taken:
    """Merge an answer into the copies, inside a transaction; without `keep` nothing is written.

    All pieces are made anew after a full read, after a time in which the feed was read instead, and when the calendar
    moved to another zone; else those of the events that the answer names.
    """
    zone = zone_of(calendar, answer)
    said = [_storable(item) for item in answer.items]
    if answer.full:
        items = _dated(merge_items({}, said), {}, answer.read_at)
        if keep:
            GoogleEvent.objects.filter(calendar=calendar).delete()
            _write(calendar, items, items)
        return Taken(feed(items, timezone=zone), frozenset(), whole=True)
    if calendar.read_from != Calendar.Source.GOOGLE or zone != calendar.google_zone:
        before = _stored(calendar)
        items = _dated(merge_items(before, said), before, answer.read_at)
        if keep:
            _write(calendar, items, _named(said))
        return Taken(feed(items, timezone=zone), frozenset(), whole=True)
    if not said:
        return Taken(Feed(b"", {}), frozenset(), whole=False)
    before = _touched(calendar, said)
    items = _dated(merge_items(before, said), before, answer.read_at)
    if keep:
        _write(calendar, items, _named(said))
    pieces = feed(items, timezone=zone)
    return Taken(pieces, frozenset(groups(before)) - frozenset(pieces.pieces), whole=False)


def _dated(items: dict[str, Item], before: Mapping[str, Item], read_at: datetime) -> dict[str, Item]:
    """The events, with our own date on what was just deleted: Google promises no more of it than its id."""
    for key, item in items.items():
        known = before.get(key)
        if item.get("status") != "cancelled" or item is known:
            continue
        since = known or {}
        told_before = since.get(UPDATED_BEFORE) or since.get("updated")
        items[key] = item | {READ_AT: read_at.isoformat()} | ({UPDATED_BEFORE: told_before} if told_before else {})
    return items


def zone_of(calendar: Calendar, answer: Answer) -> str:
    """The zone of times that name none, by its IANA name."""
    return answer.timezone or calendar.google_zone or calendar.timezone


def _storable(item: Item) -> Item:
    """Without what no text column takes: NULs and halves of surrogate pairs, which JSON may spell out."""
    written = json.dumps(item)
    return _plain(item) if "\\u0000" in written or "\\ud" in written else item


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "ignore").decode()
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {_plain(name): _plain(each) for name, each in value.items()}
    return value


def _named(items: Iterable[Item]) -> set[str]:
    return {item["id"] for item in items if isinstance(item.get("id"), str)}


def _stored(calendar: Calendar, *which: Q) -> dict[str, Item]:
    rows = GoogleEvent.objects.filter(*which, calendar=calendar).values_list("event_id", "item")
    return dict(rows.iterator(chunk_size=BATCH))


def _touched(calendar: Calendar, items: list[Item]) -> dict[str, Item]:
    """The copies of the events named, of their series and exceptions, and of whatever shares a UID with one of them."""
    keys = _named(items) | {str(item["recurringEventId"]) for item in items if item.get("recurringEventId")}
    near = _stored(calendar, Q(event_id__in=keys) | Q(series_id__in=keys))
    uids = frozenset(groups(near)) | frozenset(groups(merge_items(near, items)))
    return near | _stored(calendar, Q(uid__in=uids))


def _write(calendar: Calendar, items: dict[str, Item], named: Collection[str]) -> None:
    uids = {item["id"]: uid for uid, group in groups(items).items() for item in group}
    rows = (
        (
            calendar.pk,
            key,
            uids.get(key, ""),  # a gravestone has none
            str(items[key].get("recurringEventId") or ""),
            bulk.as_json(items[key]),
        )
        for key in sorted(named)
        if key in items
    )
    bulk.upsert(GoogleEvent, COLUMNS, rows, by=("calendar_id", "event_id"))


def superseded(calendar: Calendar, feed_read: Feed, uids: Collection[str]) -> set[str]:
    """Of the UIDs, those of which Google told us something newer than this feed of the same calendar.

    The feed is the fallback while the API fails, and Google serves it from a cache that may be hours old. What it
    says of an event counts from the event's LAST-MODIFIED; what it leaves out, from the newest one in the feed. A feed
    none of whose events was modified when the API says so keeps another time than Google's: it is believed.
    """
    newest = max((_modified(piece) for piece in feed_read.pieces.values()), default="")
    late: set[str] = set()
    same_time = False
    for uid, item in GoogleEvent.objects.filter(calendar=calendar).values_list("uid", "item").iterator(BATCH):
        uid = uid or uid_of(item)
        piece, told = feed_read.pieces.get(uid), _told(item)
        said = _modified(piece) if piece is not None else newest
        same_time |= piece is not None and said in {told, _stamp(item.get(UPDATED_BEFORE))} - {""}
        if uid in uids and said < told:
            late.add(uid)
    return late if same_time or not feed_read.pieces else set()


def _modified(piece: bytes) -> str:
    """A piece's latest LAST-MODIFIED, comparable as text; one without is taken for as new as can be."""
    return max((each.decode() for each in LAST_MODIFIED.findall(piece)), default=AS_NEW_AS_CAN_BE)


def _told(item: Item) -> str:
    """When Google last changed it, as LAST-MODIFIED writes it; of a deletion without a date, when we read of it."""
    return _stamp(item.get("updated")) or _stamp(item.get(READ_AT))


def _stamp(moment: Any) -> str:
    try:
        return f"{datetime.fromisoformat(str(moment)).astimezone(UTC):%Y%m%dT%H%M%SZ}"
    except (ValueError, OverflowError):
        return ""


def without_personal(calendar: Calendar, feed_read: Feed) -> Feed:
    """The feed without what we know, from the API, to be somebody's own: a feed names no `eventType`."""
    kinds = Q(item__eventType__in=[*PERSONAL, ABSENCE])
    own = {uid_of(item) for item in _stored(calendar, kinds).values() if is_personal(item)}
    kept = {uid: piece for uid, piece in feed_read.pieces.items() if uid not in own}
    return Feed(feed_read.zones, kept)
