"""The first layer: what a calendar's feed says becomes records, whatever the feed looks like."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from charters import demo
from charters.calendars.layer import CalendarLayer
from charters.conflicts import conflicts
from charters.models import Calendar, CalendarEvent, Charter, Contact, CrewAssignment, CrewMember, GuestPage
from charters.overrides import override
from jada.core.reconcile import Scope, reconcile
from tests.charters.calendars.conftest import THURSDAY, Move
from tests.charters.calendars.feeds import event, feed, look, rows
from tests.factories import CalendarFactory, CrewMemberFactory, GuestFactory, GuestPageFactory, VesselFactory
from tests.fakes import feed_server as fake
from tests.fakes.feed_server import FeedServer

RECORDS = ("charters_charter", "charters_calendarevent", "charters_crewassignment", "charters_guestpage")
QUINN = "quinn-saturday-2026-05-30"
DANIKA = event("danika", "Danika Private Charter", "20260530T210000Z")


def references() -> list[str]:
    return list(Charter.objects.order_by("starts_at", "reference").values_list("reference", flat=True))


def statuses() -> dict[str, str]:
    return dict(Charter.objects.values_list("reference", "status"))


# -- the sample feed -----------------------------------------------------------------------------------------

SAMPLE = [
    ("danika-saturday-2026-05-30", "private"),
    ("quinn-saturday-2026-05-30", "sunset_sail"),
    ("jonathan-sunday-2026-05-31", "afternoon_sail"),
    ("ocean-beach-club-sunday-2026-05-31", "whale_watching"),
    ("rady-shell-friday-2026-06-05", "concert_sail"),
    ("whale-watching-sunday-2026-06-07", "whale_watching"),
    ("nguyen-friday-2026-06-12", "sunset_sail"),
    ("alvarez-sunday-2026-06-14", "private"),
    ("maintenance-tuesday-2026-06-16", "maintenance"),
    ("obrien-munoz-friday-2026-06-19", "private"),
    ("hold-peterson-saturday-2026-06-20", "hold"),
    ("darrell-unavailable-sunday-2026-06-21", "unavailable"),
    ("peterson-saturday-2026-06-27", "afternoon_sail"),
    ("fourth-of-july-saturday-2026-07-04", "private"),
    ("rady-shell-friday-2026-07-10", "concert_sail"),
    ("kim-saturday-2026-07-11", "private"),
    ("crew-training-monday-2026-07-13", "crew"),
    ("smith-wednesday-2026-07-15", "private"),
    ("taylor-friday-2026-07-17", "sunset_sail"),
    ("okafor-saturday-2026-07-18", "afternoon_sail"),
    ("rady-shell-friday-2026-08-07", "concert_sail"),
    ("qualtech-thursday-2026-08-13", "private"),
    ("harbor-tour-wednesday-2026-09-09", "private"),
    ("harvest-moon-saturday-2026-09-26", "private"),
]


def test_the_sample_feed_gives_the_references_and_types_of_the_contract(calendar: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(demo.SAMPLE.read_bytes())
    look()
    once = Charter.objects.filter(original_start="").order_by("starts_at", "reference")
    assert list(once.values_list("reference", "event_type")) == SAMPLE


def test_the_sample_feeds_weekly_clean_is_22_mondays(calendar: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(demo.SAMPLE.read_bytes())
    look()
    cleans = Charter.objects.exclude(original_start="").order_by("starts_at")
    mondays = [datetime(2026, 5, 4) + timedelta(weeks=week) for week in range(22)]
    assert list(cleans.values_list("reference", "event_type")) == [
        (f"weekly-bottom-clean-monday-{monday:%Y-%m-%d}", "maintenance") for monday in mondays
    ]


def test_the_feeds_text_becomes_the_facts(calendar: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(demo.SAMPLE.read_bytes())
    look()
    quinn = Charter.objects.get(reference=QUINN)
    assert (quinn.title, quinn.party, quinn.guest_email, quinn.guest_phone, quinn.guest_count, quinn.calendar) == (
        "Quinn Sunset Sail",
        "Quinn",
        "quinn@example.com",
        "+16195550001",
        4,
        calendar,
    )
    assert (quinn.starts_at, quinn.ends_at, quinn.arrive_by) == (
        datetime(2026, 5, 31, 1, 30, tzinfo=UTC),
        datetime(2026, 5, 31, 3, 30, tzinfo=UTC),
        datetime(2026, 5, 31, 1, 15, tzinfo=UTC),
    )
    assert list(quinn.crew_assignments.values_list("name", "role", "source")) == [
        ("Darrell", "captain", "calendar"),
        ("Gene", "crew", "calendar"),
        ("Sarah", "crew", "calendar"),
    ]


def test_an_occasion_is_in_the_title_alone(calendar: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(demo.SAMPLE.read_bytes())
    look()
    nguyen = Charter.objects.get(reference__startswith="nguyen")
    assert (nguyen.title, nguyen.party, nguyen.guest_name) == ("Nguyen Proposal Sunset Sail", "Nguyen", "Nguyen")


# -- nothing changed, something changed ------------------------------------------------------------------------


def test_an_unchanged_feed_writes_no_row(calendar: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(demo.SAMPLE.read_bytes())
    look()
    before = rows(*RECORDS)
    server.answer = fake.whole(demo.SAMPLE.read_bytes().replace(b"DTSTAMP:20261120", b"DTSTAMP:20261121"))
    look()
    assert rows(*RECORDS) == before


def test_after_a_look_the_plan_has_nothing_to_do(calendar: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(demo.SAMPLE.read_bytes())
    look()
    assert (look("--plan").code, look("--plan").changes) == (0, [])


def test_an_unchanged_feed_is_asked_for_with_its_validators(calendar: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(feed(event()), ETag='"1"')
    look()
    assert look().code == 0
    assert [request.get("if-none-match") for request in server.requests] == [None, '"1"']
    assert references() == [QUINN]


def test_a_moved_event_gives_exactly_its_changes(calendar: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(feed(event(), DANIKA))
    look()
    server.answer = fake.whole(feed(event(), event("danika", "Danika Private Charter", "20260530T220000Z")))
    assert look().changes == [
        {
            "layer": "calendar",
            "charter": "danika-saturday-2026-05-30",
            "field": field,
            "expected": f"2026-05-30T{expected}:00-07:00",
            "actual": f"2026-05-30T{actual}:00-07:00",
            "action": "update",
            "state": "applied",
        }
        for field, expected, actual in [
            ("starts_at", "15:00", "14:00"),
            ("ends_at", "17:00", "16:00"),
            ("arrive_by", "14:45", "13:45"),
        ]
    ]


def test_a_move_to_another_day_keeps_the_reference(calendar: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(feed(event()))
    look()
    server.answer = fake.whole(feed(event(start="20260607T013000Z", title="Quinn-Smith Sunset Sail")))
    look()
    assert list(Charter.objects.values_list("reference", "title")) == [(QUINN, "Quinn-Smith Sunset Sail")]


def test_a_moved_event_makes_its_page_stale_and_no_other(calendar: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(feed(event(), DANIKA))
    look()
    for charter in Charter.objects.all():
        GuestPageFactory.create(charter=charter, state="verified")
    server.answer = fake.whole(feed(event(), event("danika", "Danika Private Charter", "20260530T220000Z")))
    look()
    assert dict(GuestPage.objects.values_list("charter__reference", "state")) == {
        QUINN: "verified",
        "danika-saturday-2026-05-30": "stale",
    }


def test_a_changed_crew_is_told_as_captain_and_crew(calendar: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(feed(event(DESCRIPTION="Captain: Darrell\\nMate: Angelia")))
    look()
    server.answer = fake.whole(feed(event(DESCRIPTION="Captain: Gene")))
    changes = look().changes
    assert [(each["field"], each["actual"], each["expected"]) for each in changes] == [
        ("captain", "Darrell", "Gene"),
        ("crew", [{"name": "Angelia", "role": "mate", "source": "calendar"}], []),
    ]


def test_equal_references_are_numbered(calendar: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(feed(event("a"), event("b", start="20260530T190000Z"), event("c")))
    look()
    server.answer = fake.whole(feed(event("a"), event("b", start="20260530T190000Z"), event("c"), event("d")))
    look()
    assert list(Charter.objects.order_by("uid").values_list("uid", "reference")) == [
        ("a", f"{QUINN}-2"),
        ("b", QUINN),
        ("c", f"{QUINN}-3"),
        ("d", f"{QUINN}-4"),
    ]


def test_one_uid_in_two_calendars_is_two_charters(calendar: Calendar, server: FeedServer) -> None:
    CalendarFactory.create(ical_address=server.address, vessel=calendar.vessel)
    server.answer = fake.whole(feed(event()))
    look()
    assert references() == [QUINN, f"{QUINN}-2"]


def test_one_uid_written_twice_is_one_charter(calendar: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(feed(event(), event()))
    assert look().code == 0
    assert references() == [QUINN]


@pytest.mark.parametrize(
    "title",
    [
        "",
        " ",
        "⛵🎉",
        "Quinn " * 2_000,
        "<script>alert(1)</script>",
        "Robert'); DROP TABLE charters_charter;--",
        "𝔔\u202e Quinn",
    ],
)
def test_a_hostile_title_is_carried(calendar: Calendar, server: FeedServer, title: str) -> None:
    server.answer = fake.whole(feed(event(title=title)))
    assert look("--layer", "calendar", "--layer", "page").code == 0
    assert [charter.title for charter in Charter.objects.all()] == [title.strip()[:300] or "(No title)"]


@pytest.mark.parametrize(
    "guests", ["Guests: 99999999999999999999", "Guests: -5", "Guests: 0", "Guests: ⁵", "pax " * 3_000]
)
def test_a_party_that_cannot_be_is_not_believed(calendar: Calendar, server: FeedServer, guests: str) -> None:
    server.answer = fake.whole(feed(event(DESCRIPTION=guests)))
    assert look().code == 0
    assert Charter.objects.get().guest_count in {None, 0}


def test_texts_of_any_length_are_cut_to_what_the_record_holds(calendar: Calendar, server: FeedServer) -> None:
    long = "x" * 10_000
    lines = {"DESCRIPTION": f"Captain: {'Gene ' * 100}\\n{long}@example.com\\n{long}", "LOCATION": long}
    server.answer = fake.whole(feed(event("u" * 10_000, **lines)))
    assert look().code == 0
    assert Charter.objects.get().place == long[:300]


# -- feeds that cannot be believed -----------------------------------------------------------------------------

GOOD = feed(event(), DANIKA)
GONE = "The feed is gone from its address (the server says it does not exist)."
HOSTILE = {
    "empty": (fake.whole(b""), "The feed is empty."),
    "cut off": (fake.cut_off(GOOD), "The connection broke off before the feed was whole."),
    "cut off quietly": (fake.cut_off_quietly(GOOD), "The feed is cut off: it does not end with END:VCALENDAR."),
    "not a calendar": (fake.web_page(), "The address answered with a web page, not with an iCal feed."),
    "too large": (fake.whole(bytes(20_000_001)), "The feed is larger than 20 MB."),
    "too large decoded": (fake.bomb(20_000_001), "The feed is larger than 20 MB."),
    "too slow": (fake.drip(GOOD), "The feed took longer than 0.2 seconds."),
    "gone": (fake.status(404), GONE),
    "gone for good": (fake.status(410), GONE),
    "broken": (fake.status(500), "The server answered with an error (500)."),
}


@pytest.fixture
def loaded(calendar: Calendar, server: FeedServer, settings: pytest.FixtureRequest) -> Calendar:
    """Two charters, read well; the next read may take a fifth of a second."""
    settings.CALENDAR_SECONDS = 0.2  # type: ignore[attr-defined]
    server.answer = fake.whole(GOOD)
    look("--layer", "calendar", "--layer", "page")
    return calendar


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_feed_is_a_failure_and_leaves_the_records(loaded: Calendar, server: FeedServer, kind: str) -> None:
    before = rows(*RECORDS)
    server.answer, reason = HOSTILE[kind]
    seen = look()
    loaded.refresh_from_db()
    assert (seen.code, seen.summary["calendar"], loaded.error) == (
        1,
        {"planned": 0, "applied": 0, "held": 0, "failed": 1},
        reason,
    )
    assert rows(*RECORDS) == before


def test_a_feed_on_a_private_address_is_a_failure(loaded: Calendar, settings: pytest.FixtureRequest) -> None:
    settings.ALLOW_PRIVATE_CALENDAR_HOSTS = False  # type: ignore[attr-defined]
    Calendar.objects.update(ical_address="https://127.0.0.1/basic.ics")
    before = rows(*RECORDS)
    assert look().code == 1
    assert Calendar.objects.get().error == "The address lies on a private network."
    assert rows(*RECORDS) == before


@pytest.mark.parametrize("kind", HOSTILE)
def test_below_a_hostile_feed_pages_are_still_published(loaded: Calendar, server: FeedServer, kind: str) -> None:
    GuestPage.objects.update(state="stale", digest="")
    server.answer, _ = HOSTILE[kind]
    seen = look("--quick", "--layer", "calendar", "--layer", "page")
    assert (seen.code, seen.summary["page"]) == (1, {"planned": 0, "applied": 2, "held": 0, "failed": 0})
    assert set(GuestPage.objects.values_list("state", flat=True)) == {"published"}


def test_a_failure_is_one_change_that_names_the_calendar(loaded: Calendar, server: FeedServer) -> None:
    server.answer = fake.status(404)
    assert look().changes == [
        {
            "layer": "calendar",
            "charter": "",
            "field": "feed",
            "expected": "readable",
            "actual": f"JADA Internal: {GONE}",
            "action": "update",
            "state": "failed",
        }
    ]


def test_a_failing_plan_leaves_no_trace(loaded: Calendar, server: FeedServer) -> None:
    server.answer = fake.status(404)
    before = rows()
    assert look("--plan").code == 1
    assert rows() == before


def test_a_feed_that_is_well_again_clears_the_reason(loaded: Calendar, server: FeedServer) -> None:
    server.answer = fake.status(500)
    look()
    server.answer = fake.whole(GOOD)
    assert look().code == 0
    assert Calendar.objects.get().error == ""


def test_one_calendars_failure_does_not_stop_another(loaded: Calendar, server: FeedServer) -> None:
    Calendar.objects.update(ical_address=server.address + "?gone")
    CalendarFactory.create(name="Z", ical_address=server.address, vessel=loaded.vessel)
    served, gone = fake.whole(feed(event("kim", "Kim 40th Birthday"))), fake.status(404)
    server.answer = lambda request: (gone if request.path.endswith("?gone") else served)(request)
    assert look().code == 1
    assert references() == ["danika-saturday-2026-05-30", "kim-saturday-2026-05-30", QUINN]


def test_a_feed_without_events_cancels_nothing_by_itself(loaded: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(feed())
    assert look().code == 2
    assert set(statuses().values()) == {"cancelling"}


# -- vanished and cancelled ------------------------------------------------------------------------------------

WITHOUT = feed(DANIKA)
CANCELLED = feed(event(STATUS="CANCELLED"), DANIKA)
HELD = (QUINN, "status", "delete", "held")


@pytest.mark.parametrize("gone", [WITHOUT, CANCELLED], ids=["vanished", "cancelled"])
def test_a_charter_that_went_waits_for_a_word(loaded: Calendar, server: FeedServer, gone: bytes) -> None:
    server.answer = fake.whole(gone)
    seen = look()
    assert (seen.code, seen.fields()) == (2, [HELD])
    assert statuses() == {QUINN: "cancelling", "danika-saturday-2026-05-30": "confirmed"}


@pytest.mark.parametrize("gone", [WITHOUT, CANCELLED], ids=["vanished", "cancelled"])
def test_a_charter_that_waits_is_held_at_every_look(loaded: Calendar, server: FeedServer, gone: bytes) -> None:
    server.answer = fake.whole(gone)
    look()
    assert (look().fields(), look("--plan").fields()) == ([HELD], [HELD])


@pytest.mark.parametrize("gone", [WITHOUT, CANCELLED], ids=["vanished", "cancelled"])
def test_a_charter_that_waits_keeps_its_page(loaded: Calendar, server: FeedServer, gone: bytes) -> None:
    before = rows("charters_guestpage")
    server.answer = fake.whole(gone)
    look()
    assert rows("charters_guestpage") == before


@pytest.mark.parametrize("gone", [WITHOUT, CANCELLED], ids=["vanished", "cancelled"])
def test_a_charter_that_is_back_is_confirmed_by_itself(loaded: Calendar, server: FeedServer, gone: bytes) -> None:
    server.answer = fake.whole(gone)
    look()
    server.answer = fake.whole(GOOD)
    assert (look().fields(), look().code) == ([(QUINN, "status", "update", "applied")], 0)
    assert statuses()[QUINN] == "confirmed"


@pytest.mark.parametrize("gone", [WITHOUT, CANCELLED], ids=["vanished", "cancelled"])
def test_a_word_makes_it_cancelled_for_good(loaded: Calendar, server: FeedServer, gone: bytes) -> None:
    server.answer = fake.whole(gone)
    look()
    call_command("calendar", "confirm", QUINN)
    assert look().code == 0
    server.answer = fake.whole(feed(event(start="20260531T023000Z"), DANIKA))
    look()
    assert statuses()[QUINN] == "cancelled"


def test_an_override_does_not_bring_a_vanished_charter_back(loaded: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(WITHOUT)
    look()
    override(charter=Charter.objects.get(reference=QUINN), facts={"captain": "Gene"}, by="office")
    assert (statuses()[QUINN], look().code) == ("cancelling", 2)


def test_a_failed_read_after_a_vanishing_changes_nothing(loaded: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(WITHOUT)
    look()
    server.answer = fake.status(500)
    assert look().code == 1
    assert statuses()[QUINN] == "cancelling"


def test_a_cancelled_event_never_seen_before_makes_no_charter(calendar: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(CANCELLED)
    look()
    assert references() == ["danika-saturday-2026-05-30"]


@pytest.mark.parametrize("gone", [WITHOUT, CANCELLED], ids=["vanished", "cancelled"])
def test_a_past_charter_vanishes_and_only_that_is_kept(
    loaded: Calendar, server: FeedServer, at: Move, gone: bytes
) -> None:
    at(datetime(2026, 5, 31, 1, 30, tzinfo=UTC))  # the minute of departure
    before = {charter["reference"]: charter for charter in Charter.objects.values()}
    server.answer = fake.whole(gone)
    assert (look().code, look().changes) == (0, [])
    before[QUINN]["said_since"] = {"cancelled": True}
    assert {charter["reference"]: charter for charter in Charter.objects.values()} == before


def test_a_past_charters_facts_are_frozen(loaded: Calendar, server: FeedServer, at: Move) -> None:
    at(datetime(2026, 5, 31, 1, 30, tzinfo=UTC))
    server.answer = fake.whole(feed(event(start="20260531T040000Z", DESCRIPTION="Captain: Gene"), DANIKA))
    assert look().changes == []
    assert Charter.objects.get(reference=QUINN).starts_at == datetime(2026, 5, 31, 1, 30, tzinfo=UTC)


def test_a_charter_still_ahead_by_a_minute_is_not_frozen(loaded: Calendar, server: FeedServer, at: Move) -> None:
    at(datetime(2026, 5, 31, 1, 29, tzinfo=UTC))
    server.answer = fake.whole(feed(event(start="20260531T040000Z"), DANIKA))
    look()
    assert Charter.objects.get(reference=QUINN).starts_at == datetime(2026, 5, 31, 4, 0, tzinfo=UTC)


def test_a_first_read_brings_past_charters_too(calendar: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(feed(event(start="20260502T013000Z")))
    look()
    assert references() == ["quinn-friday-2026-05-01"]


HAUL_OUT = event("yard", "Maintenance - haul out", "20260616T140000Z")


@pytest.mark.parametrize("gone", [feed(), feed(HAUL_OUT.replace("END:VEVENT", "STATUS:CANCELLED\r\nEND:VEVENT"))])
def test_maintenance_goes_at_once(calendar: Calendar, server: FeedServer, gone: bytes) -> None:
    server.answer = fake.whole(feed(HAUL_OUT))
    look()
    server.answer = fake.whole(gone)
    seen = look()
    assert (seen.code, seen.fields()) == (0, [("maintenance-tuesday-2026-06-16", "event", "delete", "applied")])
    assert references() == []


def test_past_maintenance_stays_on_record(calendar: Calendar, server: FeedServer, at: Move) -> None:
    server.answer = fake.whole(feed(HAUL_OUT))
    look()
    at(datetime(2026, 6, 17, tzinfo=UTC))
    server.answer = fake.whole(feed())
    assert look().changes == []
    assert references() == ["maintenance-tuesday-2026-06-16"]


def test_a_trip_turned_into_maintenance_keeps_its_guests_when_it_goes(loaded: Calendar, server: FeedServer) -> None:
    GuestFactory.create(charter=Charter.objects.get(reference=QUINN), name="Quinn")
    server.answer = fake.whole(feed(event(title="Maintenance - engine"), DANIKA))
    look()
    server.answer = fake.whole(WITHOUT)
    assert look().code == 0
    assert statuses()[QUINN] == "cancelled"


# -- repeating events ------------------------------------------------------------------------------------------

WEEKLY = {"RRULE": "FREQ=WEEKLY;COUNT=3"}


def test_a_single_event_that_begins_to_repeat_stays_the_charter_it_was(loaded: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(feed(event(**WEEKLY), DANIKA))
    assert (look().code, references()) == (
        0,
        ["danika-saturday-2026-05-30", QUINN, "quinn-saturday-2026-06-06", "quinn-saturday-2026-06-13"],
    )


def test_an_event_that_repeats_no_longer_stays_the_charter_it_was(calendar: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(feed(event(**WEEKLY)))
    look()
    server.answer = fake.whole(feed(event()))
    assert look().code == 2
    assert statuses() == {
        QUINN: "confirmed",
        "quinn-saturday-2026-06-06": "cancelling",
        "quinn-saturday-2026-06-13": "cancelling",
    }


def test_an_excluded_week_waits_for_a_word(calendar: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(feed(event(**WEEKLY)))
    look()
    server.answer = fake.whole(feed(event(**WEEKLY, EXDATE="20260607T013000Z")))
    assert look().fields() == [("quinn-saturday-2026-06-06", "status", "delete", "held")]


def test_a_week_moved_by_itself_keeps_its_reference(calendar: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(feed(event(**WEEKLY)))
    look()
    moved = event(start="20260608T013000Z", RECURRENCE_ID="20260607T013000Z")
    server.answer = fake.whole(feed(event(**WEEKLY), moved))
    fields = [(each["charter"], each["field"]) for each in look().changes]
    assert fields == [("quinn-saturday-2026-06-06", each) for each in ("starts_at", "ends_at", "arrive_by")]


def test_a_series_is_laid_out_further_as_time_passes(calendar: Calendar, server: FeedServer, at: Move) -> None:
    server.answer = fake.whole(feed(event("clean", "Weekly bottom clean", RRULE="FREQ=WEEKLY")), ETag='"1"')
    look()
    known = set(references())
    at(THURSDAY + timedelta(days=14))
    look()
    assert sorted(set(references()) - known) == [
        "weekly-bottom-clean-saturday-2027-11-27",
        "weekly-bottom-clean-saturday-2027-12-04",
    ]


MARS = (
    "BEGIN:VTIMEZONE\r\nTZID:Mars\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0300\r\n"
    "TZOFFSETTO:+0300\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)


def test_the_feeds_own_zones_are_remembered_with_its_copies(calendar: Calendar, server: FeedServer) -> None:
    lines = "UID:a\r\nDTSTART;TZID=Mars:20260601T183000\r\nDTEND;TZID=Mars:20260601T203000\r\nSUMMARY:Quinn Sail\r\n"
    content = feed(f"BEGIN:VEVENT\r\n{lines}DESCRIPTION:Captain: Gene\r\nEND:VEVENT\r\n", before=MARS)
    server.answer = fake.whole(content, ETag='"1"')
    look()
    CrewMemberFactory.create(name="Gene")
    assert look().fields() == []
    assert Charter.objects.get().starts_at == datetime(2026, 6, 1, 15, 30, tzinfo=UTC)


# -- crew --------------------------------------------------------------------------------------------------------

ZOE = "“Deckhand: Zoë”: no crew member is called Zoë. Who is this?"


def test_a_name_nobody_knows_is_carried_and_asked_about(calendar: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(feed(event(DESCRIPTION="Deckhand: Zoë")))
    assert look().code == 0
    assert list(CrewAssignment.objects.values_list("name", "member")) == [("Zoë", None)]
    assert Charter.objects.get().questions == [ZOE]
    assert CrewMember.objects.count() == 0


def test_a_new_crew_member_answers_the_question_though_the_feed_is_the_same(
    calendar: Calendar, server: FeedServer
) -> None:
    server.answer = fake.whole(feed(event(DESCRIPTION="Deckhand: Zoë")), ETag='"1"')
    look()
    zoe = CrewMemberFactory.create(name="Zoe Miller")
    look()
    assert list(CrewAssignment.objects.values_list("name", "member")) == [("Zoë", zoe.pk)]
    assert Charter.objects.get().questions == []


def test_a_name_of_two_people_is_asked_about(calendar: Calendar, server: FeedServer) -> None:
    CrewMemberFactory.create(name="Sam Hill")
    CrewMemberFactory.create(name="Sam Lake")
    server.answer = fake.whole(feed(event(DESCRIPTION="Mate: Sam")))
    look()
    assert Charter.objects.get().questions == ["“Mate: Sam”: Sam could be several crew members. Who is meant?"]


# -- unreadable events -----------------------------------------------------------------------------------------


def test_an_unreadable_event_is_set_aside_and_the_others_proceed(loaded: Calendar, server: FeedServer) -> None:
    broken = event(DTEND="20260530T000000Z")
    server.answer = fake.whole(feed(broken, event("danika", "Danika Private Charter", "20260530T220000Z")))
    assert {each["charter"] for each in look().changes} == {"danika-saturday-2026-05-30"}
    assert Charter.objects.get(reference=QUINN).starts_at == datetime(2026, 5, 31, 1, 30, tzinfo=UTC)
    assert list(CalendarEvent.objects.exclude(reason="").values_list("uid", "reason")) == [
        ("quinn", "The event ends before it starts.")
    ]


def test_a_field_that_cannot_be_read_is_named_on_the_board_in_words(loaded: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(feed(event(DTSTART="tomorrow"), DANIKA))
    look()
    quinn = Charter.objects.get(reference=QUINN)
    assert conflicts([quinn])[quinn.pk][0] == (
        "Its event in the calendar cannot be read; what was read before stands. "
        "Its start (DTSTART) is not understood: “tomorrow”."
    )


def test_an_event_that_can_be_read_again_is_no_longer_set_aside(loaded: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(feed(event(DTEND="20260530T000000Z"), DANIKA))
    look()
    server.answer = fake.whole(GOOD)
    look()
    assert not CalendarEvent.objects.exclude(reason="").exists()


def test_an_unreadable_event_that_vanishes_waits_for_a_word(loaded: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(feed(event(DTEND="20260530T000000Z"), DANIKA))
    look()
    server.answer = fake.whole(WITHOUT)
    assert look().fields() == [HELD]


# -- the calendar's own settings -------------------------------------------------------------------------------


def test_a_calendars_new_vessel_takes_its_charters_along(loaded: Calendar) -> None:
    Calendar.objects.update(vessel=VesselFactory.create(slug="jada-two"))
    assert [(each["charter"], each["field"], each["actual"], each["expected"]) for each in look().changes] == [
        (QUINN, "vessel", "queen", "jada-two"),
        ("danika-saturday-2026-05-30", "vessel", "queen", "jada-two"),
    ]
    assert set(Charter.objects.values_list("vessel__slug", flat=True)) == {"jada-two"}


def test_a_calendars_new_zone_moves_its_whole_days(calendar: Calendar, server: FeedServer) -> None:
    off = "BEGIN:VEVENT\r\nUID:off\r\nDTSTART;VALUE=DATE:20260621\r\nSUMMARY:Darrell unavailable\r\nEND:VEVENT\r\n"
    server.answer = fake.whole(feed(event(), off), ETag='"1"')
    look()
    Calendar.objects.update(timezone="America/New_York")
    assert [(each["charter"], each["field"]) for each in look().changes] == [
        ("darrell-unavailable-sunday-2026-06-21", field) for field in ("starts_at", "ends_at", "arrive_by")
    ]


@pytest.mark.parametrize("zone", ["America/Argentina/ComodRivadavia", "Pacific/Kiritimati"])
def test_a_zone_of_any_length_is_kept(calendar: Calendar, server: FeedServer, zone: str) -> None:
    Calendar.objects.update(timezone=zone)
    server.answer = fake.whole(GOOD)
    assert look().code == 0


def test_a_person_found_twice_is_one_contact(calendar: Calendar, server: FeedServer) -> None:
    first = event("a", DESCRIPTION="Quinn@Example.com 619-555-0001")
    server.answer = fake.whole(feed(first, event("b", DESCRIPTION="quinn@example.com"), event("c")))
    look()
    look()
    assert list(Contact.objects.values_list("email", "phone")) == [("quinn@example.com", "+16195550001")]


# -- scope, plan, cost, company ----------------------------------------------------------------------------------


def test_a_plan_changes_no_row_at_all(loaded: Calendar, server: FeedServer) -> None:
    moved = event("danika", "Danika Private Charter", "20260530T220000Z", DESCRIPTION="Captain: Gene")
    server.answer = fake.whole(feed(moved, HAUL_OUT, event("kim", "Kim 40th Birthday")), ETag='"9"')
    before = rows()
    seen = look("--plan", "--layer", "calendar", "--layer", "page")
    assert rows() == before
    assert (seen.code, seen.summary["calendar"]) == (2, {"planned": 6, "applied": 0, "held": 1, "failed": 0})


def test_a_plan_says_what_the_walk_then_does(loaded: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(feed(event(start="20260531T023000Z"), DANIKA, event("kim", "Kim 40th Birthday")))
    planned, done = look("--plan"), look()
    assert [{**each, "state": "applied"} for each in planned.changes] == done.changes


def test_one_charter_asked_for_is_the_only_one_changed(loaded: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(feed(event(start="20260531T023000Z")), ETag='"9"')
    assert {each["charter"] for each in look("--charter", QUINN).changes} == {QUINN}
    assert look().fields() == [("danika-saturday-2026-05-30", "status", "delete", "held")]


def test_a_bell_for_charters_reads_no_calendar(loaded: Calendar, server: FeedServer) -> None:
    asked = len(server.requests)
    reconcile(Scope(charters=frozenset(Charter.objects.values_list("pk", flat=True)), layers=frozenset({"calendar"})))
    assert len(server.requests) == asked


def many(count: int, hour: int, title: str = "Quinn Sunset Sail") -> bytes:
    return feed(*(event(f"u{each}", title, f"202606{each % 28 + 1:02}T{hour}0000Z") for each in range(count)))


@pytest.mark.parametrize("title", ["Quinn Sunset Sail", "Maintenance"])
def test_a_sync_asks_as_often_for_100_events_as_for_10(calendar: Calendar, server: FeedServer, title: str) -> None:
    asked: dict[str, set[int]] = {"new": set(), "moved": set(), "unchanged": set(), "vanished": set()}
    for count in (10, 100):
        for kind, content in [
            ("new", many(count, 16, title)),
            ("moved", many(count, 17, title)),
            ("unchanged", many(count, 17, title)),
            ("vanished", feed()),
        ]:
            server.answer = fake.whole(content)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                reconcile(Scope(layers=frozenset({"calendar"})))
            asked[kind].add(len(queries))
        Charter.objects.all().delete()
    assert {kind: len(counts) for kind, counts in asked.items()} == dict.fromkeys(asked, 1)


def test_a_look_does_not_ring_for_itself(loaded: Calendar) -> None:
    look()
    assert Calendar.objects.filter(look_again=False, lease_until=None).exists()


def test_whoever_read_earlier_and_lost_the_lease_writes_nothing(loaded: Calendar, server: FeedServer) -> None:
    layer, scope = CalendarLayer(), Scope()
    server.answer = fake.whole(feed())
    seen = layer.observe(scope)
    Calendar.objects.update(fence=loaded.fence + 10)
    assert layer.plan(scope, seen) == []
    assert set(statuses().values()) == {"confirmed"}


@pytest.mark.django_db(transaction=True)
def test_two_looks_at_once_create_nothing_twice(calendar: Calendar, server: FeedServer) -> None:
    server.answer = fake.whole(many(200, 16))
    together = threading.Barrier(4)

    def walk() -> None:
        together.wait()
        reconcile(Scope(layers=frozenset({"calendar"}), by_hand=True))
        connection.close()

    workers = [threading.Thread(target=walk) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (Charter.objects.count(), CalendarEvent.objects.count()) == (200, 200)
    assert Calendar.objects.get().error == ""


def test_a_file_outside_the_demo_folder_is_refused(calendar: Calendar, tmp_path: Path) -> None:
    (tmp_path / "feed.ics").write_bytes(GOOD)
    Calendar.objects.update(ical_address=(tmp_path / "feed.ics").as_uri())
    assert look().code == 1
    assert Calendar.objects.get().error == "A calendar's file must lie in the demo folder."
