"""An event that vanished and one that appeared, of one calendar and seen in one look: are they the same trip?

Google gives every date of a series a new original start when the whole series is moved to another hour; a feed may
leave out a UID that it had. The record then follows its event, and keeps reference, page, waivers and overrides.
Whatever could be meant twice stays as it is: one waits for a word, the other is new.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from charters.calendars.reading import Reading
from charters.calendars.records import STORED, VESSEL, Row
from charters.models import Calendar, Charter

Followed = tuple[list[tuple[Reading, Row]], list[Reading]]
"""Each event with its record, and the events that are left."""

# Google cuts a series in two when “this and following” are changed: the second half is <id>_R<its first start>.
_SECOND_HALF = re.compile(r"_R\d{8}(?:T\d{6}Z?)?(?=@google\.com$)")


def to_another_hour(readings: Sequence[Reading], rows: Iterable[Row], zone: ZoneInfo) -> Followed:
    """Of one UID, on one day of the `zone`, the only event come and the only record gone.

    What went in this look comes before what was gone already, a trip that was confirmed as cancelled among them.
    """
    gone: dict[Hashable, list[Row]] = defaultdict(list)
    gone_before: dict[Hashable, list[Row]] = defaultdict(list)
    for row in rows:
        key = _series(row["uid"]), _day(row["original_start"], row["calendar_facts"], zone)
        (gone if _there_before(row) else gone_before)[key].append(row)
    if not (gone or gone_before):
        return [], list(readings)
    keys = [(_series(each.uid), _day(each.original_start, each.facts, zone)) for each in readings]
    return _followed(readings, keys, {key: gone.get(key) or gone_before.get(key, []) for key in keys})


def to_another_uid(readings: Sequence[Reading], rows: Iterable[Row]) -> Followed:
    """Of the same start and title, the only event come and the only record that went in this look."""
    gone: dict[Hashable, list[Row]] = defaultdict(list)
    for row in rows:
        if _there_before(row):
            gone[_start_and_title(row["calendar_facts"])].append(row)
    return _followed(readings, [_start_and_title(each.facts) for each in readings], gone)


def records_of(calendar: Calendar, uids: Collection[str], readings: Sequence[Reading]) -> list[Row]:
    """The records of `uids`, which are gone, that one of the readings starts with, locked; one query, if need be."""
    if not (uids and readings):
        return []
    starts = {reading.facts["starts_at"] for reading in readings}
    rows = Charter.objects.filter(calendar=calendar, uid__in=uids, calendar_facts__starts_at__in=starts)
    return list(rows.order_by("pk").select_for_update(of=("self",)).values(*STORED, VESSEL))


def _followed(
    readings: Sequence[Reading], keys: Sequence[Hashable], gone: Mapping[Hashable, Sequence[Row]]
) -> Followed:
    come = Counter(keys)
    found: list[tuple[Reading, Row]] = []
    left: list[Reading] = []
    for reading, key in zip(readings, keys, strict=True):
        rows = gone.get(key, ())
        if come[key] == len(rows) == 1:
            found.append((reading, rows[0]))
        else:
            left.append(reading)
    return found, left


def _there_before(row: Row) -> bool:
    """Whether its calendar had it at the last look."""
    return not row["calendar_facts"].get("cancelled")


def _series(uid: str) -> str:
    return _SECOND_HALF.sub("", uid)


def _day(original_start: str, facts: dict[str, Any], zone: ZoneInfo) -> date:
    """The day on which a series puts it; of what happens once, its own."""
    try:
        moment = datetime.fromisoformat(original_start)
    except ValueError:
        moment = datetime.fromisoformat(facts["starts_at"])
    return moment.astimezone(zone).date() if moment.tzinfo else moment.date()


def _start_and_title(facts: dict[str, Any]) -> Hashable:
    return facts["starts_at"], facts["title"]
