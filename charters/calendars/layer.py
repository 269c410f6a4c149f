"""The first layer: what the calendars say against our records."""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from charters.bookings import gmail
from charters.bookings.gmail import Fetched
from charters.bookings.match import look_again
from charters.bookings.receive import forget_bodies
from charters.calendars import feed as feeds
from charters.calendars.feed import Feed, FeedError
from charters.calendars.google import copies as google_copies
from charters.calendars.google.calendar_api import Answer
from charters.calendars.google.events import Item
from charters.calendars.merge import LAYER, merge
from charters.calendars.occurrences import AHEAD, UnreadableEvent, lay_out
from charters.calendars.reading import Directory, Reading, read
from charters.calendars.sources import Seen, look
from charters.models import Calendar, CalendarEvent, Charter
from jada.core import bulk, locks
from jada.core.bell import ring
from jada.core.clock import now
from jada.core.reconcile import DELETE, FAILED, HELD, UPDATE, WAIT_FOR_OTHERS, Change, Scope

logger = logging.getLogger(__name__)

# Longer than the longest read: two minutes of Google, ten seconds of the feed.
LEASE_SECONDS = 240
# Events are understood and written in batches, so that memory does not grow with the feed.
BATCH = 1_000
# A recurring event is laid out anew when its horizon has come this much nearer.
HORIZON_SLACK = timedelta(days=7)
UNEXPECTED = "An unexpected error; the log has it whole."
BUSY = f"Another worker has been reading it for {WAIT_FOR_OTHERS:g} seconds."


@dataclass(frozen=True, slots=True)
class Outside:
    """What one look found outside: the calendars, and the mails about their bookings."""

    calendars: list[Seen]
    mail: Fetched | None = None


class CalendarLayer:
    """Reads each calendar under its lease and merges what changed; then what booking mails say of its charters."""

    name = LAYER

    def observe(self, scope: Scope) -> Outside:
        """Read calendars and mailbox. A bell that names charters is about records: it reads neither."""
        if scope.charters is not None and not scope.by_hand:
            return Outside([])
        calendars = Calendar.objects.filter(stopped_at=None).select_related("vessel__brand")
        mail = None
        if scope.charters is None:
            mail = gmail.fetch(dry=scope.dry, patient=scope.by_hand or scope.audit)
        else:
            calendars = calendars.filter(charters__in=scope.charters).distinct()
        if scope.dry:
            return Outside([look(calendar, None, by_hand=scope.by_hand) for calendar in calendars], mail)
        fences = _lease([calendar.pk for calendar in calendars], wait=scope.by_hand)
        calendars = calendars.all()  # as they stand now: whoever had the lease has moved the cursor
        seen = [
            look(calendar, fences[calendar.pk], by_hand=scope.by_hand)
            for calendar in calendars
            if calendar.pk in fences
        ]
        if scope.by_hand:  # whoever waits for the result is told of what could not be looked at
            seen += [Seen(calendar, None, error=BUSY) for calendar in calendars if calendar.pk not in fences]
        return Outside(seen, mail)

    def plan(self, scope: Scope, seen: Outside | None) -> list[Change]:
        """Merge what was read; a calendar that could not be read keeps its records and says why."""
        if seen is None:
            return []
        changes: list[Change] = []
        directory = Directory.load() if seen.calendars else None
        for each in seen.calendars:
            if each.error or directory is None:
                changes.append(_failure(each, scope))
            else:
                changes += _merged(each, directory, scope)
        changes += _booked(seen.mail, scope, moved=bool(changes))
        changes += _waiting(scope)
        return changes

    def assume(self, scope: Scope, changes: list[Change]) -> None:
        """Nothing: what the calendar changes is all in the records."""

    def carry_out(self, scope: Scope, changes: list[Change]) -> None:
        """Nothing: what the calendar changes is all in the records."""


def _merged(seen: Seen, directory: Directory, scope: Scope) -> list[Change]:
    """One calendar's changes. Whatever is wrong with it, the others proceed and its lease ends."""
    try:
        with transaction.atomic():
            return _Sync(seen, directory, scope).run()
    except FeedError as error:
        seen.error = seen.nor_the_feed(str(error))
    except Exception:  # the outermost loop over calendars
        seen.error = UNEXPECTED
        logger.exception("The calendar %s could not be merged.", seen.calendar.pk)
    return [_failure(seen, scope)]


def _booked(mail: Fetched | None, scope: Scope, *, moved: bool) -> list[Change]:
    """Booking mails, old and new, find their trips after the calendar was merged."""
    if scope.audit and not scope.dry:
        forget_bodies()
    if mail is not None:
        gmail.take_in(mail)
    again = moved or scope.by_hand or scope.audit or (mail is not None and mail.mails)
    return look_again() if again and scope.charters is None else []


def take_event(calendar_key: int, item: Item) -> None:
    """Merge one event as Google answered to our own write, inside a transaction: its echo then brings nothing new."""
    calendar = Calendar.objects.select_for_update(of=("self",)).select_related("vessel__brand").get(pk=calendar_key)
    if calendar.read_from != Calendar.Source.GOOGLE:
        return  # read through the feed since: the next answer of the API is compared whole
    answer = Answer([item], full=False, sync_token=calendar.sync_token, timezone=calendar.google_zone)
    _Sync(Seen(calendar, None, answer), Directory.load(), Scope()).take_answer(answer)


def _lease(keys: list[int], *, wait: bool) -> dict[int, int]:
    patience = time.monotonic() + (WAIT_FOR_OTHERS if wait else 0)
    fences: dict[int, int] = {}
    while True:
        with transaction.atomic():
            fences |= locks.claim(_others(keys, fences), seconds=LEASE_SECONDS)
            if len(fences) == len(keys) or time.monotonic() >= patience:
                locks.ring_again(_others(keys, fences))
                return fences
        time.sleep(0.1)


def _others(keys: list[int], fences: dict[int, int]) -> "QuerySet[Calendar]":
    return Calendar.objects.filter(pk__in=[key for key in keys if key not in fences])


def _failure(seen: Seen, scope: Scope) -> Change:
    if not scope.dry:
        _settle(seen, error=seen.error, **seen.patience, **({"needs_login": True} if seen.needs_login else {}))
    what = "calendar" if seen.calendar.google_id else "feed"
    return Change(LAYER, "", what, "readable", f"{seen.calendar.name}: {seen.error}", UPDATE, FAILED, seen.error)


def _ours(seen: Seen) -> bool:
    row = Calendar.objects.select_for_update().filter(pk=seen.calendar.pk, fence=seen.fence or 0)
    return bool(row.values_list("pk"))


def _settle(seen: Seen, **values: Any) -> None:
    """Write the outcome under our claim; whoever rang meanwhile gets another look."""
    row = Calendar.objects.select_for_update().filter(pk=seen.calendar.pk, fence=seen.fence or 0)
    if any(row.values_list("look_again", flat=True)):
        ring()
    row.update(lease_until=None, look_again=False, **values)


def _waiting(scope: Scope) -> Iterator[Change]:
    """Charters that vanished from their calendar: held, on every look, until somebody confirms."""
    rows = Charter.objects.filter(status=Charter.Status.CANCELLING).order_by("starts_at", "reference")
    if scope.charters is not None:
        rows = rows.filter(pk__in=scope.charters)
    for reference in rows.values_list("reference", flat=True):
        yield Change(
            LAYER,
            reference,
            "status",
            Charter.Status.CANCELLED.value,
            Charter.Status.CANCELLING.value,
            DELETE,
            HELD,
            "It is gone from the calendar: confirm that it is cancelled, or put it back.",
        )


class _Sync:
    """One calendar's read, against its stored copies."""

    def __init__(self, seen: Seen, directory: Directory, scope: Scope) -> None:
        self.seen, self.calendar, self.directory, self.scope = seen, seen.calendar, directory, scope
        self.zone = ZoneInfo(self.calendar.timezone)
        # Asked for a few charters, the other events wait for the next look, and so do the validators.
        self.only: set[str] | None = None
        if scope.charters is not None:
            self.only = set(Charter.objects.filter(pk__in=scope.charters).values_list("uid", flat=True))
        # The feed's VTIMEZONEs; those last read when its bytes are the same.
        self.zones = self.calendar.zones
        self.changes: list[Change] = []
        # UIDs that left in this look; a trip may stand under another one now.
        self.gone: set[str] = set()

    def run(self) -> list[Change]:
        """Everything that changed: in the feed, in what we parse by, in how far we must see ahead.

        Nothing when our lease ran out and another worker, who read later, took the calendar over.
        """
        if not (self.scope.dry or _ours(self.seen)):
            return []
        if self.seen.answer is not None:
            self.take_answer(self.seen.answer)
        elif self.seen.content is not None:
            self._take_feed(feeds.cut(self.seen.content))
        elif self._understood_otherwise():
            self._understand_again()
        if self.only is None:
            self._see_further()
        self._keep()
        return self.changes

    def _parsed_with(self) -> str:
        """By what the copies are understood: names and settings, zones, whose events they are."""
        parts = (self.directory.digest, self.zones, self.calendar.timezone, str(self.calendar.vessel_id))
        return feeds.digest("\n".join(parts).encode()).hex()

    def _understood_otherwise(self) -> bool:
        return self.calendar.parsed_with != self._parsed_with()

    def _understand_again(self) -> None:
        copies = CalendarEvent.objects.filter(calendar=self.calendar)
        self._merge_copies(copies if self.only is None else copies.filter(uid__in=self.only))

    def take_answer(self, answer: Answer) -> None:
        """What Google's API gave: a delta touches the pieces it names, all else is compared whole."""
        self.zones = ""  # Google names zones by their IANA names
        taken = google_copies.take_in(self.calendar, answer, keep=self.only is None)
        if taken.whole:
            self._merge_whole(taken.feed, again=self._understood_otherwise())
            return
        known = CalendarEvent.objects.filter(calendar=self.calendar)
        if taken.feed.pieces or taken.gone:
            stored = dict(known.filter(uid__in=[*taken.feed.pieces, *taken.gone]).values_list("uid", "digest"))
            changed = [uid for uid, each in taken.feed.digests() if stored.get(uid) != each]
            self._merge_feed(taken.feed, changed, stored.keys() & taken.gone)
        if self._understood_otherwise():
            self._understand_again()

    def _take_feed(self, feed: Feed) -> None:
        self.zones = feeds.text(feed.zones)
        if self.calendar.google_id:
            feed = google_copies.without_personal(self.calendar, feed)
        self._merge_whole(feed, again=self._understood_otherwise())

    def _merge_whole(self, feed: Feed, *, again: bool) -> None:
        stored = dict(CalendarEvent.objects.filter(calendar=self.calendar).values_list("uid", "digest"))
        changed = list(feed.pieces) if again else [uid for uid, each in feed.digests() if stored.get(uid) != each]
        gone = stored.keys() - feed.pieces.keys()
        if self.calendar.google_id and self.seen.answer is None:
            late = google_copies.superseded(self.calendar, feed, gone.union(changed))
            changed, gone = [uid for uid in changed if uid not in late], gone - late
        self._merge_feed(feed, changed, gone)

    def _merge_feed(self, feed: Feed, changed: list[str], gone: set[str]) -> None:
        if self.only is not None:
            changed, gone = [uid for uid in changed if uid in self.only], gone & self.only
        self.gone = gone
        self._merge_pieces(((uid, feeds.text(feed.pieces[uid])) for uid in changed), len(changed), digests=feed)
        if gone:
            self._forget(list(gone))

    def _merge_copies(self, events: Any) -> None:
        copies = events.order_by("pk").values_list("uid", "source")
        self._merge_pieces(copies.iterator(chunk_size=BATCH), 0, digests=None)

    def _merge_pieces(self, pieces: Iterable[tuple[str, str]], total: int, *, digests: Feed | None) -> None:
        pieces, done = iter(pieces), 0
        while batch := list(islice(pieces, BATCH)):
            self._merge_batch(batch, digests)
            done += len(batch)
            self.scope.progress(LAYER, done, max(total, done))

    def _merge_batch(self, batch: Sequence[tuple[str, str]], digests: Feed | None) -> None:
        readings: list[Reading] = []
        rows: list[tuple[Any, ...]] = []
        readable: list[str] = []
        for uid, source in batch:
            reason, until = "", None
            try:
                occurrences, until = lay_out(uid, source, zones=self.zones, zone=self.zone)
                readings += [read(each, zone=self.zone, directory=self.directory) for each in occurrences]
                readable.append(uid)
            except UnreadableEvent as error:
                reason = str(error)  # set aside: the charters of the last good copy stay (rule 4)
            if digests is not None:
                digest = feeds.digest(digests.pieces[uid])
                rows.append((self.calendar.pk, uid, digest, source, reason, until))
            elif until is not None:
                CalendarEvent.objects.filter(calendar=self.calendar, uid=uid).update(expanded_until=until)
        columns = ("calendar_id", "uid", "digest", "source", "reason", "expanded_until")
        if rows:
            bulk.upsert(CalendarEvent, columns, rows, by=("calendar_id", "uid"))
        self.changes += merge(self.calendar, readings, looked_at=readable, directory=self.directory, gone=self.gone)

    def _forget(self, uids: list[str]) -> None:
        for start in range(0, len(uids), BATCH):
            batch = uids[start : start + BATCH]
            self.changes += merge(self.calendar, [], looked_at=batch, directory=self.directory)
            CalendarEvent.objects.filter(calendar=self.calendar, uid__in=batch).delete()

    def _see_further(self) -> None:
        nearer = now() + AHEAD - HORIZON_SLACK
        self._merge_copies(CalendarEvent.objects.filter(calendar=self.calendar, expanded_until__lt=nearer))

    def _keep(self) -> None:
        if self.scope.dry:
            return
        seen = self.seen
        values: dict[str, Any] = {"error": seen.trouble, "needs_login": seen.needs_login, "last_sync_at": now()}
        values |= seen.patience
        if self.only is None:
            values |= {"parsed_with": self._parsed_with(), "zones": self.zones, "read_from": seen.read_from}
            if seen.answer is not None:
                # The feed's validators speak of what was read before this: the fallback reads it whole.
                values |= {"etag": "", "last_modified": "", "sync_token": seen.answer.sync_token}
                values |= {"google_zone": google_copies.zone_of(self.calendar, seen.answer)[:60]}
                values |= {"google_role": seen.answer.role[:40]}
            elif seen.content is not None:
                values |= {"etag": seen.etag, "last_modified": seen.last_modified}
        _settle(seen, **values)
