"""A UID's components, laid out as occasions. The clock stands on 1 May 2026."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charters.calendars.feed import cut
from charters.calendars.occurrences import Occurrence, UnreadableEvent, lay_out

PACIFIC = ZoneInfo("America/Los_Angeles")
WEEKLY = "DTSTART;TZID=America/Los_Angeles:20260504T070000\nDTEND;TZID=America/Los_Angeles:20260504T080000\n"
MARS = (
    "BEGIN:VTIMEZONE\nTZID:Mars\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0300\nTZOFFSETTO:+0300\n"
    "END:STANDARD\nEND:VTIMEZONE"
)


@pytest.fixture(autouse=True)
def first_of_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 5, 1, tzinfo=UTC))


def piece(*events: str) -> str:
    """As `cut` hands it on."""
    bodies = "".join(f"BEGIN:VEVENT\nUID:a\n{event.strip()}\nEND:VEVENT\n" for event in events)
    feed = cut(f"BEGIN:VCALENDAR\n{bodies}END:VCALENDAR\n".encode())
    return feed.pieces["a"].decode()


def occasions(*events: str, zones: str = "", zone: ZoneInfo = PACIFIC) -> list[Occurrence]:
    return lay_out("a", piece(*events), zones=zones, zone=zone)[0]


def times(*events: str, zones: str = "", zone: ZoneInfo = PACIFIC) -> list[tuple[str, str]]:
    return [
        (f"{each.starts_at:%Y-%m-%d %H:%M}", f"{each.ends_at:%Y-%m-%d %H:%M}")
        for each in occasions(*events, zones=zones, zone=zone)
    ]


def originals(*events: str) -> list[str]:
    return [each.original_start for each in occasions(*events)]


def refusal(*events: str) -> str:
    with pytest.raises(UnreadableEvent) as raised:
        occasions(*events)
    return str(raised.value)


# -- once ----------------------------------------------------------------------------------------------------


def test_an_event_in_utc() -> None:
    event = "DTSTART:20260531T013000Z\nDTEND:20260531T033000Z\nSUMMARY:Quinn Sunset Sail\nLOCATION:Dock\\, 2\n"
    assert occasions(event + "DESCRIPTION:Captain: Gene\\nMate: Sam\\; \\\\o/\nSTATUS:CONFIRMED") == [
        Occurrence(
            uid="a",
            original_start="",
            summary="Quinn Sunset Sail",
            description="Captain: Gene\nMate: Sam; \\o/",
            location="Dock, 2",
            starts_at=datetime(2026, 5, 31, 1, 30, tzinfo=UTC),
            ends_at=datetime(2026, 5, 31, 3, 30, tzinfo=UTC),
            all_day=False,
            cancelled=False,
        )
    ]


def test_an_event_that_happens_once_needs_no_laying_out_again() -> None:
    assert lay_out("a", piece("DTSTART:20260531T013000Z"), zones="", zone=PACIFIC)[1] is None


@pytest.mark.parametrize(
    "parameters",
    [
        ";TZID=America/Los_Angeles",
        ';TZID="America/Los_Angeles"',
        ";tzid=America/Los_Angeles",
        ";VALUE=DATE-TIME;TZID=America/Los_Angeles",
        ";TZID=America/Los_Angeles;VALUE=DATE-TIME",
        ";TZID=Pacific Standard Time",
        "",
        ";VALUE=DATE-TIME",
    ],
)
def test_a_time_of_the_pacific_coast_however_written(parameters: str) -> None:
    event = f"DTSTART{parameters}:20260530T183000\nDTEND{parameters}:20260530T203000"
    assert times(event) == [("2026-05-31 01:30", "2026-05-31 03:30")]


def test_a_floating_time_is_the_calendars() -> None:
    event = "DTSTART:20260530T183000\nDTEND:20260530T203000"
    assert times(event, zone=ZoneInfo("Europe/Berlin")) == [("2026-05-30 16:30", "2026-05-30 18:30")]


def test_a_zone_that_nobody_knows_is_taken_for_the_calendars() -> None:
    assert times("DTSTART;TZID=Mars:20260530T183000\nDTEND;TZID=Mars:20260530T203000") == [
        ("2026-05-31 01:30", "2026-05-31 03:30")
    ]


def test_a_zone_that_the_feed_defines_is_believed() -> None:
    assert times("DTSTART;TZID=Mars:20260530T183000\nDTEND;TZID=Mars:20260530T203000", zones=MARS) == [
        ("2026-05-30 15:30", "2026-05-30 17:30")
    ]


def test_a_zone_that_one_feed_defines_is_unknown_to_the_next() -> None:
    event = "DTSTART;TZID=Mars:20260530T183000\nDTEND;TZID=Mars:20260530T203000"
    here, elsewhere, nowhere = MARS, MARS.replace("+0300", "+0500"), ""
    starts = [times(event, zones=zones)[0][0] for zones in (here, elsewhere, nowhere)]
    assert starts == ["2026-05-30 15:30", "2026-05-30 13:30", "2026-05-31 01:30"]


def test_a_whole_day_is_the_calendars_day() -> None:
    event = "DTSTART;VALUE=DATE:20260621\nDTEND;VALUE=DATE:20260624"
    assert times(event) == [("2026-06-21 07:00", "2026-06-24 07:00")]
    assert occasions(event)[0].all_day


def test_a_day_without_an_end_is_one_day() -> None:
    assert times("DTSTART;VALUE=DATE:20260621") == [("2026-06-21 07:00", "2026-06-22 07:00")]


def test_a_moment_without_an_end_ends_at_once() -> None:
    assert times("DTSTART:20260531T013000Z") == [("2026-05-31 01:30", "2026-05-31 01:30")]


def test_a_duration_gives_the_end() -> None:
    assert times("DTSTART:20260531T013000Z\nDURATION:PT2H30M") == [("2026-05-31 01:30", "2026-05-31 04:00")]


@pytest.mark.parametrize("end", ["DURATION:PT0S", "DTEND:20260531T013000Z"])
def test_an_event_of_no_length_ends_at_once(end: str) -> None:
    assert times(f"DTSTART:20260531T013000Z\n{end}") == [("2026-05-31 01:30", "2026-05-31 01:30")]


def test_an_alarms_own_times_are_not_the_events() -> None:
    alarm = "BEGIN:VALARM\nTRIGGER:-PT30M\nDURATION:PT5M\nDESCRIPTION:Ring\nSUMMARY:Ring\nEND:VALARM\n"
    event = f"{alarm}DTSTART:20260531T013000Z\nDTEND:20260531T033000Z\nSUMMARY:Quinn"
    assert [(each.summary, each.description) for each in occasions(event)] == [("Quinn", "")]
    assert times(event) == [("2026-05-31 01:30", "2026-05-31 03:30")]


def test_a_title_with_parameters() -> None:
    event = 'DTSTART:20260531T013000Z\nSUMMARY;LANGUAGE=en;ALTREP="https://x:1/":Quinn: sail'
    assert occasions(event)[0].summary == "Quinn: sail"


def test_names_in_small_letters() -> None:
    assert occasions("dtstart:20260531T013000Z\nsummary:Quinn")[0].summary == "Quinn"


@pytest.mark.parametrize("status", ["STATUS:CANCELLED", "status:cancelled", "STATUS;X-WHY=weather:CANCELLED"])
def test_a_cancelled_event(status: str) -> None:
    assert occasions(f"DTSTART:20260531T013000Z\n{status}")[0].cancelled


def test_a_long_title_with_emoji_is_whole() -> None:
    assert occasions(f"DTSTART:20260531T013000Z\nSUMMARY:{'⛵' * 10_000}")[0].summary == "⛵" * 10_000


# -- the clocks change -----------------------------------------------------------------------------------------


def test_an_hour_that_the_clocks_skip_is_read_as_the_hour_after() -> None:
    assert times("DTSTART;TZID=America/Los_Angeles:20270314T023000") == [("2027-03-14 10:30", "2027-03-14 10:30")]


def test_an_hour_that_comes_twice_is_the_first() -> None:
    assert times("DTSTART;TZID=America/Los_Angeles:20261101T013000") == [("2026-11-01 08:30", "2026-11-01 08:30")]


@pytest.mark.parametrize("end", ["", "\nDTEND;VALUE=DATE:20261102"])
def test_a_day_of_25_hours_ends_at_midnight(end: str) -> None:
    assert times(f"DTSTART;VALUE=DATE:20261101{end}") == [("2026-11-01 07:00", "2026-11-02 08:00")]


def test_a_weekly_event_keeps_its_hour_when_the_clocks_change() -> None:
    event = (
        "DTSTART;TZID=America/Los_Angeles:20261026T070000\nDTEND;TZID=America/Los_Angeles:20261026T080000\n"
        "RRULE:FREQ=WEEKLY;COUNT=2"
    )
    assert times(event) == [("2026-10-26 14:00", "2026-10-26 15:00"), ("2026-11-02 15:00", "2026-11-02 16:00")]


# -- repeating -------------------------------------------------------------------------------------------------


def test_a_weekly_event_is_known_by_its_original_starts() -> None:
    assert originals(f"{WEEKLY}RRULE:FREQ=WEEKLY;COUNT=3") == [
        "20260504T140000Z",
        "20260511T140000Z",
        "20260518T140000Z",
    ]


def test_a_weekly_whole_day_is_known_by_its_days() -> None:
    assert originals("DTSTART;VALUE=DATE:20260504\nRRULE:FREQ=WEEKLY;COUNT=2") == ["20260504", "20260511"]


def test_the_last_week_of_until_counts() -> None:
    assert len(originals(f"{WEEKLY}RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20260930T065959Z")) == 22


def test_an_excluded_day_is_left_out() -> None:
    event = f"{WEEKLY}RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;TZID=America/Los_Angeles:20260511T070000"
    assert originals(event) == ["20260504T140000Z", "20260518T140000Z"]


def test_an_added_day_is_there() -> None:
    event = f"{WEEKLY}RRULE:FREQ=WEEKLY;COUNT=1\nRDATE;TZID=America/Los_Angeles:20260506T070000"
    assert originals(event) == ["20260504T140000Z", "20260506T140000Z"]


MOVED = (
    "RECURRENCE-ID;TZID=America/Los_Angeles:20260511T070000\nDTSTART;TZID=America/Los_Angeles:20260512T090000\n"
    "DTEND;TZID=America/Los_Angeles:20260512T100000\nSUMMARY:Tuesday for once"
)


def test_a_moved_week_keeps_its_original_start() -> None:
    found = occasions(f"{WEEKLY}RRULE:FREQ=WEEKLY;COUNT=2\nSUMMARY:Clean", MOVED)
    assert [(each.original_start, f"{each.starts_at:%d %H:%M}", each.summary) for each in found] == [
        ("20260504T140000Z", "04 14:00", "Clean"),
        ("20260511T140000Z", "12 16:00", "Tuesday for once"),
    ]


def test_a_moved_week_may_stand_before_its_series() -> None:
    found = occasions(MOVED, f"{WEEKLY}RRULE:FREQ=WEEKLY;COUNT=2\nSUMMARY:Clean")
    assert [each.original_start for each in found] == ["20260504T140000Z", "20260511T140000Z"]


def test_a_cancelled_week_is_cancelled_alone() -> None:
    cancelled = f"{MOVED}\nSTATUS:CANCELLED"
    found = occasions(f"{WEEKLY}RRULE:FREQ=WEEKLY;COUNT=2", cancelled)
    assert [each.cancelled for each in found] == [False, True]


def test_a_week_whose_series_is_elsewhere_is_known_by_its_original_start() -> None:
    assert originals(MOVED) == ["20260511T140000Z"]


def test_a_repeating_event_says_how_far_it_was_laid_out() -> None:
    until = lay_out("a", piece(f"{WEEKLY}RRULE:FREQ=WEEKLY"), zones="", zone=PACIFIC)[1]
    assert until == datetime(2027, 10, 31, tzinfo=UTC)


def test_an_endless_event_is_laid_out_18_months_ahead() -> None:
    assert originals(f"{WEEKLY}RRULE:FREQ=WEEKLY")[-1] == "20271025T140000Z"


def test_an_old_series_is_laid_out_from_a_year_ago() -> None:
    event = "DTSTART:20150105T140000Z\nDTEND:20150105T150000Z\nRRULE:FREQ=WEEKLY"
    assert originals(event)[0] == "20250505T140000Z"


def test_one_uid_written_twice_is_one_event() -> None:
    event = "DTSTART:20260531T013000Z\nDTEND:20260531T033000Z\nSUMMARY:Quinn"
    assert originals(event, event) == ["20260531T013000Z"]


# -- one moved, and all that follow (RFC 5545, section 3.2.13) ---------------------------------------------------

FROM_HERE = (
    "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=America/Los_Angeles:20260511T070000\n"
    "DTSTART;TZID=America/Los_Angeles:20260512T073000\nDTEND;TZID=America/Los_Angeles:20260512T090000\nSUMMARY:Later"
)


def moved(*events: str) -> list[tuple[str, str, str, str]]:
    """Place in the series, start and end, title."""
    return [
        (each.original_start, f"{each.starts_at:%m-%d %H:%M}", f"{each.ends_at:%H:%M}", each.summary)
        for each in occasions(*events)
    ]


def test_all_that_follow_are_moved_alike_and_keep_their_places() -> None:
    assert moved(f"{WEEKLY}RRULE:FREQ=WEEKLY;COUNT=4\nSUMMARY:Clean", FROM_HERE) == [
        ("20260504T140000Z", "05-04 14:00", "15:00", "Clean"),
        ("20260511T140000Z", "05-12 14:30", "16:00", "Later"),
        ("20260518T140000Z", "05-19 14:30", "16:00", "Later"),
        ("20260525T140000Z", "05-26 14:30", "16:00", "Later"),
    ]


def test_what_follows_may_be_written_in_small_letters() -> None:
    written = FROM_HERE.replace("THISANDFUTURE", "ThisAndFuture")
    assert moved(f"{WEEKLY}RRULE:FREQ=WEEKLY;COUNT=3", written)[2:] == [
        ("20260518T140000Z", "05-19 14:30", "16:00", "Later")
    ]


def test_one_among_those_that_follow_may_be_moved_by_itself() -> None:
    alone = (
        "RECURRENCE-ID;TZID=America/Los_Angeles:20260518T070000\nDTSTART;TZID=America/Los_Angeles:20260520T100000\n"
        "DTEND;TZID=America/Los_Angeles:20260520T110000\nSUMMARY:Alone"
    )
    assert moved(f"{WEEKLY}RRULE:FREQ=WEEKLY;COUNT=4", FROM_HERE, alone)[1:] == [
        ("20260511T140000Z", "05-12 14:30", "16:00", "Later"),
        ("20260518T140000Z", "05-20 17:00", "18:00", "Alone"),
        ("20260525T140000Z", "05-26 14:30", "16:00", "Later"),
    ]


def test_those_that_follow_may_be_moved_a_second_time() -> None:
    again = (
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=America/Los_Angeles:20260525T070000\n"
        "DTSTART;TZID=America/Los_Angeles:20260525T060000\nDTEND;TZID=America/Los_Angeles:20260525T070000\nSUMMARY:Early"
    )
    assert moved(f"{WEEKLY}RRULE:FREQ=WEEKLY;COUNT=5", FROM_HERE, again)[2:] == [
        ("20260518T140000Z", "05-19 14:30", "16:00", "Later"),
        ("20260525T140000Z", "05-25 13:00", "14:00", "Early"),
        ("20260601T140000Z", "06-01 13:00", "14:00", "Early"),
    ]


def test_one_that_is_excluded_stays_excluded_when_all_are_moved() -> None:
    series = f"{WEEKLY}RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;TZID=America/Los_Angeles:20260518T070000"
    assert [place for place, *_ in moved(series, FROM_HERE)] == [
        "20260504T140000Z",
        "20260511T140000Z",
        "20260525T140000Z",
    ]


def test_all_from_one_on_may_be_cancelled() -> None:
    found = occasions(f"{WEEKLY}RRULE:FREQ=WEEKLY;COUNT=3", f"{FROM_HERE}\nSTATUS:CANCELLED")
    assert [(each.original_start, each.cancelled) for each in found] == [
        ("20260504T140000Z", False),
        ("20260511T140000Z", True),
        ("20260518T140000Z", True),
    ]


def test_a_move_keeps_its_hour_on_the_wall_when_the_clocks_change() -> None:
    series = (
        "DTSTART;TZID=America/Los_Angeles:20261019T070000\nDTEND;TZID=America/Los_Angeles:20261019T080000\n"
        "RRULE:FREQ=WEEKLY;COUNT=3"
    )
    from_here = (
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20261026T140000Z\n"
        "DTSTART;TZID=America/Los_Angeles:20261026T073000\nDTEND;TZID=America/Los_Angeles:20261026T083000"
    )
    assert [each[:3] for each in moved(series, from_here)] == [
        ("20261019T140000Z", "10-19 14:00", "15:00"),
        ("20261026T140000Z", "10-26 14:30", "15:30"),
        ("20261102T150000Z", "11-02 15:30", "16:30"),
    ]


def test_whole_days_are_moved_by_days() -> None:
    series = "DTSTART;VALUE=DATE:20260504\nRRULE:FREQ=WEEKLY;COUNT=3"
    from_here = "RECURRENCE-ID;VALUE=DATE;RANGE=THISANDFUTURE:20260511\nDTSTART;VALUE=DATE:20260513"
    assert [(each.original_start, f"{each.starts_at:%m-%d}") for each in occasions(series, from_here)] == [
        ("20260504", "05-04"),
        ("20260511", "05-13"),
        ("20260518", "05-20"),
    ]


def test_all_that_follow_moved_from_hours_to_whole_days_is_set_aside() -> None:
    to_days = "RECURRENCE-ID;RANGE=THISANDFUTURE:20260511T140000Z\nDTSTART;VALUE=DATE:20260511"
    assert refusal(f"{WEEKLY}RRULE:FREQ=WEEKLY;COUNT=3", to_days) == (
        "Some of its occasions are whole days and others hours, and all from one on are moved (RANGE)."
    )


def test_a_change_of_all_that_went_before_is_set_aside() -> None:
    written = FROM_HERE.replace("THISANDFUTURE", "THISANDPRIOR")
    assert refusal(f"{WEEKLY}RRULE:FREQ=WEEKLY;COUNT=3", written) == (
        "It changes all occasions before one of them (RANGE=THISANDPRIOR), which no calendar does any more."
    )


# -- unreadable ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("SUMMARY:x", "The event has no start."),
        ("DTSTART:20260531T013000Z\nDTEND:20260531T003000Z", "The event ends before it starts."),
        ("DTSTART:20261331T013000Z", "Its start (DTSTART) is not understood: “20261331T013000Z”."),
        ("DTSTART:20260531T990000Z", "Its start (DTSTART) is not understood: “20260531T990000Z”."),
        ("DTSTART:20260531T013000Z\nDTEND:20261231T003000Z", "The event lasts longer than 60 days."),
        ("DTSTART:19690531T013000Z", "The event lies in the year 1969."),
        (
            "DTSTART:99991231T235959\nDTEND:99991231T235959",
            "Its start (DTSTART) is not understood: “99991231T235959”.",
        ),
        ("DTSTART:20260531T013000Z\nDURATION:-PT2H", "The event ends before it starts."),
        (f"{WEEKLY}RRULE:FREQ=WEEKLY;COUNT=2\nDTEND:20260504T130000Z", "It has more than one end (DTEND)."),
        ("DTSTART:20260504T140000Z\nDTEND:20260504T130000Z\nRRULE:FREQ=DAILY", "The event ends before it starts."),
        ("DTSTART:20260504T140000Z\nDURATION:-P1D\nRRULE:FREQ=DAILY", "The event ends before it starts."),
    ],
)
def test_an_event_that_cannot_be_says_why(event: str, words: str) -> None:
    assert refusal(event) == words


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("DTSTART:tomorrow", "start (DTSTART) is not understood: “tomorrow”"),
        ("DTSTART:", "start (DTSTART) is not understood: it is empty"),
        ("DTSTART:PT2H", "start (DTSTART) is not understood: “PT2H”"),
        ("DTSTART:20260531T013000Z\nDTEND:later", "end (DTEND) is not understood: “later”"),
        ("DTSTART:20260531T013000Z\nDURATION:long", "duration (DURATION) is not understood: “long”"),
        ("DTSTART:20260531T013000Z\nRECURRENCE-ID:x", "place in its series (RECURRENCE-ID) is not understood: “x”"),
        (f"{WEEKLY}RRULE:FREQ=DAILY\nEXDATE:x", "list of excluded days (EXDATE) is not understood: “x”"),
        (f"{WEEKLY}RDATE:x", "list of added days (RDATE) is not understood: “x”"),
        (f"{WEEKLY}RRULE:FREQ=NOW", "rule of repetition (RRULE) is not understood: “FREQ=NOW”"),
        (f"{WEEKLY}RRULE:FREQ=DAILY;UNTIL=x", "rule of repetition (RRULE) is not understood: “FREQ=DAILY;UNTIL=x”"),
        (f"{WEEKLY}RRULE:COUNT=2", "rule of repetition (RRULE) is not understood: “COUNT=2”"),
    ],
)
def test_the_field_that_is_not_understood_is_named_and_quoted(event: str, words: str) -> None:
    assert refusal(event) == f"Its {words}."


def test_no_reason_names_anything_of_ours() -> None:
    assert (
        refusal("DTSTART:20260531T013000Z\nDURATION:PT1H\nEND:X")
        == "It is not written as calendars write their events."
    )


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=5",
        "FREQ=HOURLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;BYHOUR=1,2;BYMINUTE=1,2",
    ],
)
def test_a_rule_that_would_never_end_is_refused(rule: str) -> None:
    assert refusal(f"{WEEKLY}RRULE:{rule}") == "The event repeats more often than once a day."


LINE = st.sampled_from(
    [
        *["DTSTART:", "DTSTART;TZID=", "DTEND:", "DURATION:", "RRULE:FREQ=WEEKLY;", "EXDATE:", "RECURRENCE-ID:"],
        *[
            "SUMMARY:",
            "STATUS:",
            "BEGIN:",
            "END:",
            "RDATE:",
            "20260531T013000Z",
            "20260531",
            "PT2H",
            "VALARM",
            "\n",
            ";",
        ],
        "COUNT=2",
    ]
)


@given(st.one_of(st.text(max_size=100), st.lists(st.one_of(LINE, st.text(max_size=4)), max_size=12).map("".join)))
def test_any_text_is_laid_out_or_unreadable(body: str) -> None:
    for source in (f"\n{body}\n", f"\nDTSTART:20260531T013000Z\n{body}\n", f"\nDTSTART:20260531\nRRULE:{body}\n"):
        try:
            lay_out("a", source, zones="", zone=PACIFIC)
        except UnreadableEvent:
            continue


@given(st.text(max_size=100))
def test_any_zones_are_read_or_make_the_event_unreadable(zones: str) -> None:
    try:
        lay_out("a", "\nDTSTART;TZID=Mars:20260530T183000\n", zones=f"BEGIN:VTIMEZONE\n{zones}\n", zone=PACIFIC)
    except UnreadableEvent:
        return
