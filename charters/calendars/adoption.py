"""A charter that was made without a calendar turns up in one: which event is it?

The office enters a trip through the API, or a platform names a booking, before anybody has put it into the calendar.
When it is there, its record becomes the event's, and keeps reference, page, waivers and overrides. By its UID, else
by confirmation code, else by vessel, hours and guest; whatever could be meant twice stays as it is.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Func, Q, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Upper

from charters.calendars.reading import Reading
from charters.calendars.records import STORED, VESSEL, Row
from charters.calendars.text.titles import NOT_CHARTERS
from charters.models import Calendar, Charter
from charters.same_trip import bare_words, plain_code, same_guest

# Whoever makes records without a calendar, or takes them into one, waits for the one who does so at this moment.
_ONE_AT_A_TIME = 0x4A414441


def lock_making() -> None:
    """From here to the end of the transaction nobody else makes or adopts a record without a calendar.

    Taken before any charter is locked (pg_advisory_xact_lock).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])


def without_calendar(readings: Sequence[Reading]) -> list[Row]:
    """The records without a calendar that some of these events could be, locked; one query, or two if there are any."""
    standing = [reading for reading in readings if not reading.facts["cancelled"]]
    rows = Charter.objects.filter(calendar=None)
    if not (standing and rows.exists()):
        return []
    codes = {code for reading in standing if (code := plain_code(reading.facts["confirmation_code"]))}
    first = min(reading.starts_at for reading in standing)
    last = max(_ends_at(reading) for reading in standing)
    wanted = Q(starts_at__lte=last, ends_at__gte=first) | Q(uid__in={reading.uid for reading in standing})
    if codes:
        rows = rows.annotate(**{name: _code_in(f"{name}_facts") for name in ("booking", "staff")})
        wanted |= Q(booking__in=codes) | Q(staff__in=codes)
    locked = rows.filter(wanted).order_by("pk").select_for_update(of=("self",))
    return list(locked.values(*STORED, VESSEL))


def _code_in(facts: str) -> Func:
    written = Upper(KT(f"{facts}__confirmation_code"))
    signs = (Value("[^[:alnum:]]"), Value(""), Value("g"))
    return Func(written, *signs, function="regexp_replace", output_field=TextField())


def adoptions(calendar: Calendar, readings: Sequence[Reading], rows: Sequence[Row]) -> dict[int, Row]:
    """{place in `readings`: its record}. Each record and each event once; the surer sign first."""
    found: dict[int, Row] = {}
    left = dict(enumerate(readings)) if rows else {}
    orphans = {row["id"]: row for row in rows}
    for pairs in (_by_uid, _by_code, _by_start, _by_hours):
        for place, key in _plain(pairs(left, orphans.values(), calendar)):
            found[place] = orphans.pop(key)
            del left[place]
    return found


Left = dict[int, Reading]
Pairs = Iterable[tuple[int, int]]


def _plain(pairs: Pairs) -> list[tuple[int, int]]:
    """Those in which neither the event nor the record could be another."""
    listed = list(pairs)
    places, keys = Counter(place for place, _ in listed), Counter(key for _, key in listed)
    return [(place, key) for place, key in listed if places[place] == keys[key] == 1]


def _by_uid(left: Left, rows: Iterable[Row], calendar: Calendar) -> Pairs:
    """One event has one UID: this alone finds a cancelled record, too."""
    return _paired(left, rows, lambda reading: reading.uid, lambda row: row["uid"])


def _by_code(left: Left, rows: Iterable[Row], calendar: Calendar) -> Pairs:
    codes = _paired(
        left, rows, lambda each: plain_code(each.facts["confirmation_code"]), lambda row: plain_code(_code(row))
    )
    return _possible(codes, left, rows)


def _by_start(left: Left, rows: Iterable[Row], calendar: Calendar) -> Pairs:
    aboard = [row for row in rows if row["vessel_id"] == calendar.vessel_id]
    starts = _paired(left, aboard, lambda reading: reading.starts_at, lambda row: row["starts_at"])
    return _possible(starts, left, aboard, alike=_same_people)


def _by_hours(left: Left, rows: Iterable[Row], calendar: Calendar) -> Pairs:
    aboard = [row for row in rows if row["vessel_id"] == calendar.vessel_id]
    hours = (
        (place, row["id"])
        for place, reading in left.items()
        for starts_at, ends_at in [(reading.starts_at, _ends_at(reading))]
        for row in aboard
        if row["starts_at"] < ends_at and starts_at < row["ends_at"]
    )
    return _possible(hours, left, aboard, alike=_same_people)


def _paired(
    left: Left,
    rows: Iterable[Row],
    of_reading: Callable[[Reading], Hashable],
    of_row: Callable[[Row], Hashable],
) -> Pairs:
    keys: dict[Hashable, list[int]] = {}
    for row in rows:
        if sign := of_row(row):
            keys.setdefault(sign, []).append(row["id"])
    return ((place, key) for place, reading in left.items() for key in keys.get(of_reading(reading), ()))


def _possible(
    pairs: Pairs, left: Left, rows: Iterable[Row], *, alike: Callable[[Reading, Row], bool] = lambda reading, row: True
) -> Pairs:
    """Those that nothing speaks against: another code, another platform, a trip and no trip, a cancelled record."""
    by_key = {row["id"]: row for row in rows}
    for place, key in pairs:
        reading, row = left[place], by_key[key]
        if row["status"] == Charter.Status.CANCELLED or _no_trip(reading.facts) != _no_trip(row):
            continue
        if _differ(plain_code(reading.facts["confirmation_code"]), plain_code(_code(row))):
            continue
        if not _differ(reading.facts["platform"], _said(row, "platform")) and alike(reading, row):
            yield place, key


def _same_people(reading: Reading, row: Row) -> bool:
    """The same guest; where neither names one, the same title."""
    theirs, ours = reading.facts["guest_name"] or reading.facts["party"], row["guest_name"] or row["party"]
    if theirs or ours:
        return same_guest(theirs, ours)
    return bare_words(reading.facts["title"]) == bare_words(row["title"])


def _differ(one: str, other: str) -> bool:
    return bool(one and other and one != other)


def _no_trip(facts: dict[str, Any]) -> bool:
    return facts["event_type"] in NOT_CHARTERS


def _said(row: Row, name: str) -> str:
    return str(row["booking_facts"].get(name) or row["staff_facts"].get(name) or "")


def _code(row: Row) -> str:
    return _said(row, "confirmation_code")


def _ends_at(reading: Reading) -> datetime:
    return datetime.fromisoformat(reading.facts["ends_at"])
