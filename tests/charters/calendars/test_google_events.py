"""Events from the API, laid out by the one expander as the feed of the same calendar would be."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charters.calendars.feed import Feed, cut, text
from charters.calendars.google.events import feed, groups, merge_items
from charters.calendars.occurrences import Occurrence, UnreadableEvent, lay_out
from tests.fakes.google_server import items_from_feed

SAMPLE = (Path(__file__).parents[3] / "charters/demo/jada-internal.ics").read_bytes()
HOME = "America/Los_Angeles"
THURSDAY = datetime(2026, 5, 28, 19, 0, tzinfo=UTC)
Item = dict[str, Any]


@pytest.fixture(autouse=True)
def thursday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: THURSDAY)


def laid_out(pieces: Feed) -> dict[str, list[Occurrence]]:
    found = {}
    for uid, piece in pieces.pieces.items():
        occasions, _ = lay_out(uid, text(piece), zones=text(pieces.zones), zone=ZoneInfo(HOME))
        found[uid] = sorted(occasions, key=lambda each: each.starts_at)
    return {uid: occasions for uid, occasions in found.items() if occasions}


def as_feed(items: list[Item]) -> Feed:
    return feed(merge_items({}, items), timezone=HOME)


def ics(*events: str) -> bytes:
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nX-WR-TIMEZONE:{HOME}\n{body}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def event(**fields: Any) -> Item:
    start, end = {"dateTime": "2026-05-30T18:30:00-07:00"}, {"dateTime": "2026-05-30T20:30:00-07:00"}
    return {"id": "quinn", "iCalUID": "quinn@google.com", "status": "confirmed", "start": start, "end": end} | fields


def only(items: list[Item]) -> list[Occurrence]:
    return next(iter(laid_out(as_feed(items)).values()))


# -- the same whichever way it was read ---------------------------------------------


def test_the_sample_season_is_the_same_read_both_ways() -> None:
    both = laid_out(as_feed(items_from_feed(SAMPLE))), laid_out(cut(SAMPLE))
    assert both[0] == both[1]
    assert len(both[0]) == 25


WEEKLY = f"""
UID:weekly@google.com
DTSTART;TZID={HOME}:20261019T170000
DTEND;TZID={HOME}:20261019T190000
RRULE:FREQ=WEEKLY;COUNT=6
SUMMARY:Whale Watching (public)
"""
MOVED = f"""
UID:weekly@google.com
DTSTART;TZID={HOME}:20261027T180000
DTEND;TZID={HOME}:20261027T200000
RECURRENCE-ID;TZID={HOME}:20261026T170000
SUMMARY:Whale Watching\\, moved
"""
DAYS = """
UID:days@google.com
DTSTART;VALUE=DATE:20260601
DTEND;VALUE=DATE:20260603
RRULE:FREQ=MONTHLY;COUNT=3
EXDATE;VALUE=DATE:20260701
SUMMARY:Maintenance
"""
DATES = f"""
UID:dates@google.com
DTSTART;TZID={HOME}:20260601T170000
DTEND;TZID={HOME}:20260601T190000
RDATE;TZID={HOME}:20260605T170000,20260609T170000
SUMMARY:Rady Shell Concert Sail
"""
IN_UTC = """
UID:utc@google.com
DTSTART:20261030T230000Z
DTEND:20261031T010000Z
RRULE:FREQ=DAILY;COUNT=4
SUMMARY:Hold
"""


@pytest.mark.parametrize(
    "events",
    [
        (WEEKLY,),
        (WEEKLY, MOVED),
        (MOVED,),
        (DAYS,),
        (DATES,),
        (WEEKLY.replace("COUNT=6", "COUNT=2\nEXDATE;TZID=" + HOME + ":20261026T170000"),),
    ],
    ids=["across the clock's change", "one moved", "one of a series we do not see", "whole days", "dates", "left out"],
)
def test_a_series_is_the_same_read_both_ways(events: tuple[str, ...]) -> None:
    content = ics(*events)
    assert laid_out(as_feed(items_from_feed(content))) == laid_out(cut(content)) != {}


def test_an_instance_deleted_in_the_calendar_is_what_its_feed_leaves_out() -> None:
    items = items_from_feed(ics(WEEKLY))
    original = {"dateTime": "2026-10-26T17:00:00-07:00", "timeZone": HOME}
    bare = {"id": "x1", "recurringEventId": items[0]["id"], "originalStartTime": original, "status": "cancelled"}
    left_out = WEEKLY + f"EXDATE;TZID={HOME}:20261026T170000\n"
    assert laid_out(as_feed([bare, *items])) == laid_out(cut(ics(left_out)))


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=60).map(str.strip)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1))


@given(summary=TEXTS, description=TEXTS, location=TEXTS, moment=MOMENTS, hours=st.integers(0, 30))
def test_any_words_at_any_hour_come_through(
    summary: str, description: str, location: str, moment: datetime, hours: int
) -> None:
    start = moment.replace(second=0, microsecond=0, tzinfo=UTC)
    end = start + timedelta(hours=hours)
    there = ZoneInfo(HOME)
    item = event(summary=summary, description=description, location=location)
    item |= {"start": {"dateTime": start.astimezone(there).isoformat(), "timeZone": HOME}}
    item |= {"end": {"dateTime": end.astimezone(there).isoformat()}}
    [found] = only([item])
    assert found == Occurrence("quinn@google.com", "", summary, description, location, start, end, False, False)


def test_words_cannot_become_lines_of_the_calendar() -> None:
    [found] = only(
        [event(summary="x\r\nEND:VEVENT\r\nBEGIN:VEVENT\nRRULE:FREQ=DAILY\x00", iCalUID="a\nRRULE:FREQ=DAILY")]
    )
    assert (found.original_start, found.summary) == ("", "x\nEND:VEVENT\nBEGIN:VEVENT\nRRULE:FREQ=DAILY")


def test_a_time_without_offset_is_in_the_calendars_zone() -> None:
    [found] = only([event(start={"dateTime": "2026-05-30T18:30:00"})])
    assert found.starts_at == datetime(2026, 5, 31, 1, 30, tzinfo=UTC)


def test_an_event_without_words_or_uid_is_known_by_its_id() -> None:
    item = event()
    del item["iCalUID"]
    assert list(as_feed([item]).pieces) == ["quinn@google.com"]


@pytest.mark.parametrize(
    "fields",
    [
        {"start": None},
        {"start": {}},
        {"start": {"dateTime": "soon"}},
        {"start": {"date": "2026-02-30"}},
        {"end": {"date": 3}},
    ],
)
def test_a_broken_event_is_set_aside_by_itself(fields: Item) -> None:
    pieces = as_feed([event(**fields), event(id="other", iCalUID="other@google.com")]).pieces
    with pytest.raises(UnreadableEvent):
        lay_out("quinn@google.com", text(pieces["quinn@google.com"]), zones="", zone=ZoneInfo(HOME))
    assert len(pieces) == 2


@given(
    st.dictionaries(
        st.sampled_from(
            ["start", "end", "recurrence", "status", "iCalUID", "summary", "originalStartTime", "recurringEventId"]
        ),
        st.none()
        | st.text(max_size=9)
        | st.integers()
        | st.lists(st.text(max_size=9), max_size=2)
        | st.dictionaries(
            st.sampled_from(["date", "dateTime", "timeZone"]), st.none() | st.text(max_size=9) | st.integers()
        ),
    )
)
def test_nothing_that_an_event_says_stops_the_others(fields: Item) -> None:
    assert "fine@google.com" in as_feed([{"id": "odd"} | fields, event(id="fine", iCalUID="fine@google.com")]).pieces


# -- deltas ---------------------------------------------


def version(key: str, number: int, **fields: Any) -> Item:
    return event(
        id=key, iCalUID=f"{key}@google.com", updated=f"2026-05-01T12:00:{number:02d}.000Z", sequence=number, **fields
    )


SERIES = [
    version("series", 1, recurrence=["RRULE:FREQ=DAILY;COUNT=3"]),
    version("series", 2, recurrence=["RRULE:FREQ=DAILY;COUNT=5"]),
    version("series", 3, status="cancelled"),
    version("one", 1) | {"recurringEventId": "series", "originalStartTime": {"dateTime": "2026-05-31T18:30:00-07:00"}},
    version("one", 2, status="cancelled")
    | {"recurringEventId": "series", "originalStartTime": {"dateTime": "2026-05-31T18:30:00-07:00"}},
    version("single", 1),
    version("single", 2, status="cancelled"),
    version("single", 3, summary="Back again"),
]


@given(st.permutations(SERIES), st.lists(st.sampled_from(SERIES)), st.integers(0, 8))
def test_any_order_of_deltas_gives_the_same_state(order: list[Item], repeated: list[Item], place: int) -> None:
    state = merge_items(merge_items({}, order[:place]), order[place:] + repeated)
    assert state == merge_items({}, SERIES)
    assert list(groups(state)) == ["single@google.com"]


def test_a_delta_names_what_it_changes_and_nothing_else() -> None:
    stored = merge_items({}, [version("a", 1), version("b", 1)])
    assert merge_items(stored, [version("b", 2)]) == {"a": version("a", 1), "b": version("b", 2)}
    assert stored["b"] == version("b", 1)


def test_a_deleted_event_is_gone_and_its_words_are_forgotten() -> None:
    state = merge_items({"a": version("a", 1)}, [version("a", 2, status="cancelled", description="Quinn 619-555-0001")])
    assert (as_feed(list(state.values())).pieces, "description" in state["a"]) == ({}, False)


def test_a_deleted_series_takes_its_exceptions_along_and_brings_them_back() -> None:
    moved = SERIES[3]
    gone = merge_items({}, [SERIES[0], moved, SERIES[2]])
    assert groups(gone) == {}
    back = merge_items(gone, [version("series", 4, recurrence=["RRULE:FREQ=DAILY;COUNT=3"])])
    assert [len(group) for group in groups(back).values()] == [2]


def test_a_deletion_that_says_nothing_but_its_id_is_believed() -> None:
    assert groups(merge_items({"a": version("a", 5)}, [{"id": "a", "status": "cancelled"}])) == {}


def test_the_same_version_again_is_the_one_that_came_last() -> None:
    assert merge_items({"a": version("a", 1)}, [version("a", 1, summary="Later")])["a"]["summary"] == "Later"
