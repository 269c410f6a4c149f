"""The REST API, line by line of docs/operations.md, “HTTP”."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from charters.adding import add_event
from charters.calendars.merge import merge
from charters.calendars.occurrences import Occurrence
from charters.calendars.reading import Directory, read
from charters.models import Calendar, Charter, GuestPage, Override, Vessel
from charters.overrides import override
from jada import api_schemas
from jada.core import tokens
from jada.core.models import ApiAccess, ApiToken
from tests.charters.conflicting import text_of
from tests.factories import CrewMemberFactory, GuestFactory, GuestPageFactory

pytestmark = pytest.mark.django_db

THURSDAY = datetime(2026, 5, 28, 18, tzinfo=UTC)
SATURDAY = "2026-05-30"
QUINN = "quinn-saturday-2026-05-30"
DANIKA = "danika-saturday-2026-05-30"
NEW = {
    "title": "Kim 40th Birthday",
    "starts_at": "2026-06-06T14:00:00-07:00",
    "ends_at": "2026-06-06T17:00:00-07:00",
    "description": "Captain: Gene\nMate: Sam\nGuests: 12\narrive by 1:30 PM\nkim@example.com",
}
EVENING = {"starts_at": "2026-05-30T17:00:00-07:00", "ends_at": "2026-05-30T19:00:00-07:00"}
BOOKING = {
    "confirmation_code": "XHQGMDH",
    "title": "Boatsetter: Jonathan Afternoon Sail",
    "starts_at": "2026-05-31T13:00:00-07:00",
    "ends_at": "2026-05-31T16:00:00-07:00",
    "guest": {"name": "Jonathan Reyes", "email": "jonathan@example.com", "phone": "+1-619-555-0103"},
    "guest_count": 6,
}


class Program:
    """A program that uses the API with a token."""

    def __init__(self, token: str | None) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {token}"} if token else None)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        answer = self.raw(method, path, b"" if body is None else json.dumps(body), **headers)
        return answer.status_code, json.loads(answer.content) if answer.content else None

    def raw(self, method: str, path: str, body: bytes | str = b"", **headers: str) -> HttpResponse:
        return self.client.generic(method, path, body, content_type="application/json", headers=headers)

    def events(self, query: str = f"?from={SATURDAY}&to={SATURDAY}") -> list[dict[str, Any]]:
        status, answer = self("GET", f"/calendar/events{query}")
        assert status == 200, answer
        return answer["events"]

    def event(self, reference: str) -> dict[str, Any]:
        return next(each for each in self.events("?from=2026-01-01&to=2027-01-01") if each["id"] == reference)


@pytest.fixture(autouse=True)
def _thursday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: THURSDAY)


@pytest.fixture
def program() -> Program:
    return Program(tokens.create("dispatch script"))


@pytest.fixture
def vessel() -> Vessel:
    return Vessel.objects.get(slug="jada")


@pytest.fixture
def calendar(vessel: Vessel) -> Calendar:
    return Calendar.objects.create(name="JADA Internal", ical_address="https://c.example.com/a.ics", vessel=vessel)


Say = Callable[..., Charter]


@pytest.fixture
def say(calendar: Calendar) -> Say:
    """Has the calendar say something, as a sync does."""

    def sync(
        title: str = "Quinn Sunset Sail",
        text: str = "Captain: Darrell\nCrew: Gene, Sarah\nGuests: 4\nquinn@example.com 619-555-0001",
        *,
        starts: str = "2026-05-30T18:30:00-07:00",
        ends: str = "2026-05-30T20:30:00-07:00",
        uid: str = "",
        cancelled: bool = False,
    ) -> Charter:
        occurrence = Occurrence(
            uid or title,
            "",
            title,
            text,
            "",
            datetime.fromisoformat(starts),
            datetime.fromisoformat(ends),
            all_day=False,
            cancelled=cancelled,
        )
        directory = Directory.load()
        reading = read(occurrence, zone=_zone(calendar), directory=directory)
        merge(calendar, [reading], looked_at=[occurrence.uid], directory=directory)
        return Charter.objects.get(calendar=calendar, uid=occurrence.uid)

    return sync


def _zone(calendar: Calendar) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(calendar.timezone)


def fields_of(answer: tuple[int, Any]) -> list[str]:
    status, body = answer
    assert status == 422, body
    assert all(each["message"] for each in body["detail"])
    return [each["field"] for each in body["detail"]]


# -- who may ask -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", [None, "", "jada_wrong", "\u00e9\u00ff"])
def test_without_a_token_nothing_is_told(token: str | None, say: Say) -> None:
    say()
    answer = Program(token).raw("GET", "/calendar/events")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert list(json.loads(answer.content)) == ["detail"]
    assert b"Quinn" not in answer.content


def test_another_scheme_than_bearer_is_refused() -> None:
    answer = Client().get("/calendar/events", headers={"Authorization": f"Basic {tokens.create('basic')}"})
    assert answer.status_code == 401


def test_a_revoked_token_looks_like_an_unknown_one(program: Program) -> None:
    tokens.revoke("dispatch script")
    assert program("GET", "/calendar/events") == Program("jada_unknown")("GET", "/calendar/events")


def test_a_reading_token_changes_nothing(say: Say) -> None:
    reader = Program(tokens.create("reader", ["calendar:read"]))
    say()
    assert reader.events()[0]["id"] == QUINN
    answer = reader("DELETE", f"/calendar/event/{QUINN}")
    assert answer == (403, {"detail": "This token has no scope calendar:write."})
    assert Charter.objects.get().status == "confirmed"


def test_a_writing_token_reads_nothing() -> None:
    assert Program(tokens.create("writer", ["calendar:write"]))("GET", "/calendar/events")[0] == 403


def test_a_token_is_kept_as_a_hash_alone() -> None:
    text = tokens.create("dispatch script")
    row = ApiToken.objects.values().get()
    assert text not in str(row)
    assert len(bytes(row["hash"])) == 32


def test_a_use_is_noted_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    text = tokens.create("dispatch script")
    tokens.find(text)
    for seconds, noted in ((59, 0), (61, 61)):
        later = THURSDAY + timedelta(seconds=seconds)
        monkeypatch.setattr("django.utils.timezone.now", lambda later=later: later)
        tokens.find(text)
        assert ApiToken.objects.get().last_used_at == THURSDAY + timedelta(seconds=noted)


def test_a_writing_request_leaves_a_row_without_its_query_and_content(program: Program, say: Say) -> None:
    say()
    program("GET", "/calendar/events?q=secret")
    program("PATCH", f"/calendar/event/{QUINN}?correct=secret", {"captain": "secret"})
    program("DELETE", f"/calendar/event/{QUINN}")
    rows = ApiAccess.objects.order_by("id").values_list("token__name", "method", "path", "status")
    address = f"/calendar/event/{QUINN}"
    assert list(rows) == [("dispatch script", "PATCH", address, 422), ("dispatch script", "DELETE", address, 204)]


def test_the_command_makes_a_token_once(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("tokens", "create", "slack bot", "--scope", "calendar:read", "--json")
    (text,) = json.loads(capsys.readouterr().out).values()
    found = tokens.find(text)
    assert found is not None
    assert (found.name, found.scopes) == ("slack bot", ["calendar:read"])
    call_command("tokens", "list", "--json")
    listed = capsys.readouterr().out
    assert text not in listed
    assert [each["name"] for each in json.loads(listed)] == ["slack bot"]
    call_command("tokens", "revoke", "slack bot")
    assert tokens.find(text) is None


# -- reading ---------------------------------------------------------------------------------------------


def test_an_event_is_as_the_contract_says(program: Program, say: Say) -> None:
    for name in ("Darrell", "Gene"):
        CrewMemberFactory(name=name)
    charter = say()
    page = GuestPageFactory(charter=charter, state=GuestPage.State.VERIFIED)
    GuestFactory(charter=charter, waiver_status="SIGNED")
    GuestFactory(charter=charter, waiver_status="PENDING_GUARDIAN")
    assert program.events() == [
        {
            "id": QUINN,
            "title": "Quinn Sunset Sail",
            "event_type": "sunset_sail",
            "status": "confirmed",
            "date": "2026-05-30",
            "starts_at": "2026-05-30T18:30:00-07:00",
            "ends_at": "2026-05-30T20:30:00-07:00",
            "duration_minutes": 120,
            "arrive_by": "2026-05-30T18:15:00-07:00",
            "vessel": "jada",
            "captain": "Darrell",
            "crew": [
                {"name": "Gene", "role": "crew", "source": "calendar"},
                {"name": "Sarah", "role": "crew", "source": "calendar"},
            ],
            "guest": {"name": "Quinn", "email": "quinn@example.com", "phone": "+16195550001"},
            "guest_count": 4,
            "sources": dict.fromkeys(
                [
                    *("title", "event_type", "starts_at", "ends_at", "arrive_by", "captain", "crew", "guest_name"),
                    *("guest_email", "guest_phone", "guest_count", "guest", "vessel", "status"),
                ],
                "calendar",
            ),
            "waivers": {"required": 4, "signed": 1, "pending": 2, "pending_guardian": 1},
            "page_url": page.url,
            "page_state": "verified",
            "conflicts": charter.questions,
            "updated_at": "2026-05-28T11:00:00.000000-07:00",
        }
    ]
    assert len(charter.questions) == 1  # nobody is called Sarah yet


def test_what_is_no_charter_has_neither_guest_nor_page_nor_waivers(program: Program, say: Say) -> None:
    say("Maintenance - haul out", "Call Bob 619-555-0002")
    (event,) = program.events()
    assert (event["event_type"], event["guest"]) == ("maintenance", {"name": None, "email": None, "phone": None})
    assert (event["page_url"], event["page_state"], event["captain"]) == (None, "none", None)
    assert event["waivers"] == {"required": 0, "signed": 0, "pending": 0, "pending_guardian": 0}


def test_times_carry_the_offset_of_their_own_day(program: Program, say: Say) -> None:
    say(starts="2026-11-28T15:00:00-08:00", ends="2026-11-28T17:00:00-08:00")
    (event,) = program.events("?from=2026-11-28&to=2026-11-28")
    assert event["starts_at"] == "2026-11-28T15:00:00-08:00"


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("", True),
        ("?from=&to=&q=", True),
        ("?from=2026-05-30&to=2026-05-30", True),
        ("?from=2026-05-31&to=2026-05-31", False),
        ("?from=2026-05-29&to=2026-05-29", False),
        ("?from=2026-05-29&to=2026-05-30T18:30:00-07:00", True),
        ("?from=2026-05-29&to=2026-05-31T01:29:59Z", False),
        ("?from=2026-05-30T20:29:00-07:00&to=2026-06-01", True),
        ("?from=2026-05-30T20:30:00-07:00&to=2026-06-01", False),
        ("?from=2026-05-30T18:30:00%2B00:00&to=2026-05-30T23:59", True),
        ("?from=2026-02-01", False),
    ],
)
def test_what_is_under_way_from_the_first_to_the_last_moment_is_found(
    program: Program, say: Say, query: str, there: bool
) -> None:
    say()
    assert [each["id"] for each in program.events(query)] == [QUINN] * there


def test_an_offset_whose_plus_was_not_encoded_is_understood(program: Program, say: Say) -> None:
    say()
    assert len(program.events("?from=2026-05-31T01:30:00+00:00&to=2026-05-31T01:30:00+00:00")) == 1


def test_by_itself_it_is_today_to_ninety_days_ahead(program: Program, say: Say) -> None:
    for number, day in enumerate(("2026-05-27", "2026-05-28", "2026-08-26", "2026-08-27")):
        say(uid=str(number), starts=f"{day}T18:30:00-07:00", ends=f"{day}T20:30:00-07:00")
    assert [each["date"] for each in program.events("")] == ["2026-05-28", "2026-08-26"]


def test_cancelled_events_are_among_them_and_all_stand_by_their_start(program: Program, say: Say) -> None:
    say()
    say("Danika Private Charter", starts="2026-05-30T15:00:00-07:00", ends="2026-05-30T19:00:00-07:00")
    program("DELETE", f"/calendar/event/{DANIKA}")
    assert [(each["id"], each["status"]) for each in program.events()] == [(DANIKA, "cancelled"), (QUINN, "confirmed")]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("quinn", True),
        ("sunset DARRELL", True),
        ("sarah", True),
        ("saturday-2026", True),
        ("abc1234", True),
        ("danika", False),
        ("quinn danika", False),
        ("%", False),
        ("_", False),
    ],
)
def test_words_are_looked_for_in_title_guest_reference_crew_and_code(
    program: Program, say: Say, words: str, found: bool
) -> None:
    say(text="Captain: Darrell\nCrew: Sarah\nBoatsetter confirmation code: ABC1234")
    status, answer = program("GET", "/calendar/events?" + _query(q=words))
    assert (status, len(answer["events"])) == (200, int(found))


def _query(**values: str) -> str:
    from urllib.parse import urlencode

    return urlencode(values)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=tomorrow", "from"),
        ("from=2026-02-30", "from"),
        ("to=2026-05-30T25:00", "to"),
        ("from=9999-12-31", "from"),
        ("from=0001-01-01", "from"),
        ("from=2026-05-30&to=2026-05-29", "to"),
        ("from=2026-01-01&to=2028-02-01", "to"),
        ("q=%00", "q"),
        ("q=" + "a" * 201, "q"),
        ("from=1780000000", "from"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_its_field(program: Program, query: str, field: str) -> None:
    assert fields_of(program("GET", f"/calendar/events?{query}")) == [field]


def test_as_many_queries_for_thirty_events_as_for_one(program: Program, say: Say) -> None:
    def queries(to: str, found: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert len(program.events(f"?from={SATURDAY}&to={to}")) == found
        return len(seen)

    for number in range(30):
        charter = say(uid=str(number), starts=f"2026-05-30T18:{number:02}:00-07:00")
        GuestPageFactory(charter=charter)
        GuestFactory(charter=charter)
        Override.objects.create(charter=charter, field="captain", value="Gene")
    program.events()  # notes the use of the token
    one, thirty = queries("2026-05-30T18:00:00-07:00", 1), queries(SATURDAY, 30)
    # The token, the charters, what goes on around them; the copies that say who is on two trips at once.
    assert (one, thirty) == (4, 4)


def test_as_many_queries_for_thirty_events_full_of_conflicts_as_for_one(program: Program, say: Say) -> None:
    def queries(to: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            first = program.events(f"?from={SATURDAY}&to={to}")[0]
        assert [words.split()[0] for words in first["conflicts"]] == [
            *(
                "“Quinn",
                "Darrell,",
                "“Quinn",
                "“Quinn",
                "Overlaps",
                "Gene",
                "5",
                "Darrell's",
                "Boatsetter",
                "The",
            ),
            *("“Crew:", "“Crew:"),
        ]
        return len(seen)

    Vessel.objects.update(passenger_limit=2)
    CrewMemberFactory(name="Darrell", licence_expires=THURSDAY.date())
    say("Gene unavailable", uid="away", starts="2026-05-30T19:00:00-07:00", ends="2026-05-30T23:00:00-07:00")
    for number in range(30):
        charter = say(uid=str(number), starts=f"2026-05-30T18:{number:02}:00-07:00")
        override(charter=charter, facts={"guest_count": 5}, by="ana")
        Charter.objects.filter(pk=charter.pk).update(booking_facts={"platform": "boatsetter", "guest_count": 3})
    program.events()  # notes the use of the token
    # Besides the three: bookings, overrides, the calendars' copies; crew, docks and what is no name.
    assert (queries("2026-05-30T18:00:00-07:00"), queries(SATURDAY)) == (9, 9)


def test_a_captain_in_two_places_is_a_conflict_of_both(program: Program, say: Say) -> None:
    other = Vessel.objects.create(slug="aurora", name="Aurora", brand=Vessel.objects.get().brand)
    say()
    program("POST", "/calendar/add-event", NEW | {"vessel": other.slug, "description": "Captain: Darrell"} | EVENING)
    first, second = program.events()
    assert first["conflicts"][0] == "Darrell is also on “Quinn Sunset Sail” on JADA, 6:30–8:30 PM."
    assert second["conflicts"][0] == "Darrell is also on “Kim 40th Birthday” on Aurora, 5–7 PM."


# -- adding ----------------------------------------------------------------------------------------------


def test_an_added_event_is_the_offices_own(program: Program) -> None:
    status, event = program("POST", "/calendar/add-event", NEW)
    assert status == 201
    assert event == program.event("kim-saturday-2026-06-06")
    assert (event["event_type"], event["vessel"], event["captain"]) == ("private", "jada", "Gene")
    assert (event["arrive_by"], event["guest_count"]) == ("2026-06-06T13:30:00-07:00", 12)
    assert event["guest"] == {"name": "Kim", "email": "kim@example.com", "phone": None}
    assert event["crew"] == [{"name": "Sam", "role": "mate", "source": "staff"}]
    assert set(event["sources"].values()) == {"staff"}
    assert Charter.objects.get().calendar is None


def test_adding_it_again_adds_nothing(program: Program) -> None:
    first = program("POST", "/calendar/add-event", NEW)
    same_moment = NEW | {"starts_at": "2026-06-06T21:00:00Z", "description": "other words"}
    assert program("POST", "/calendar/add-event", same_moment) == first
    assert Charter.objects.count() == 1


def test_it_is_the_same_after_it_was_moved(program: Program) -> None:
    program("POST", "/calendar/add-event", NEW)
    program("PATCH", "/calendar/event/kim-saturday-2026-06-06", {"ends_at": "2026-06-06T18:00:00-07:00"})
    status, event = program("POST", "/calendar/add-event", NEW)
    assert (status, event["ends_at"], Charter.objects.count()) == (201, "2026-06-06T18:00:00-07:00", 1)


def test_one_that_was_cancelled_can_be_added_anew(program: Program) -> None:
    program("POST", "/calendar/add-event", NEW)
    program("DELETE", "/calendar/event/kim-saturday-2026-06-06")
    status, event = program("POST", "/calendar/add-event", NEW)
    assert (status, event["id"], event["status"]) == (201, "kim-saturday-2026-06-06-2", "confirmed")


def test_the_same_idempotency_key_is_the_same_event(program: Program) -> None:
    first = program("POST", "/calendar/add-event", NEW, **{"Idempotency-Key": "a"})
    assert program("POST", "/calendar/add-event", NEW | {"title": "Lee"}, **{"Idempotency-Key": "a"}) == first
    status, other = program("POST", "/calendar/add-event", NEW, **{"Idempotency-Key": "b"})
    assert (status, other["id"]) == (201, "kim-saturday-2026-06-06-2")


def test_two_of_one_name_on_one_day_are_told_apart(program: Program) -> None:
    program("POST", "/calendar/add-event", NEW)
    _, second = program("POST", "/calendar/add-event", NEW | {"ends_at": "2026-06-06T18:00:00-07:00"})
    assert second["id"] == "kim-saturday-2026-06-06-2"


def test_a_type_that_is_named_wins_over_the_title(program: Program) -> None:
    _, event = program("POST", "/calendar/add-event", NEW | {"event_type": "sunset_sail"})
    assert (event["title"], event["event_type"]) == ("Kim 40th Birthday", "sunset_sail")
    _, hold = program("POST", "/calendar/add-event", NEW | {"event_type": "hold", "title": "Kim maybe"})
    assert (hold["event_type"], hold["captain"], hold["guest"]["email"]) == ("hold", None, None)
    _, trip = program("POST", "/calendar/add-event", NEW | {"event_type": "private", "title": "Crew training"})
    assert (trip["event_type"], trip["captain"]) == ("private", "Gene")


def test_an_added_event_is_shown_where_it_overlaps(program: Program, say: Say) -> None:
    say()
    _, event = program(
        "POST",
        "/calendar/add-event",
        NEW | {"starts_at": "2026-05-30T17:00:00-07:00", "ends_at": "2026-05-30T19:00:00-07:00"},
    )
    assert event["conflicts"][0].startswith("“Kim 40th Birthday” (5–7 PM) overlaps “Quinn Sunset Sail” (")


def test_the_bell_rings_for_what_was_added(
    program: Program, rung: list[list[int]], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        program("POST", "/calendar/add-event", NEW)
    assert rung == [[Charter.objects.get().pk]]


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The charters that the bell was rung for."""
    heard: list[list[int]] = []
    monkeypatch.setattr("jada.core.bell._send", lambda task, keys: heard.append(keys))
    return heard


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": " "}, "title"),
        ({"title": "a" * 301}, "title"),
        ({"title": "Kim\x00"}, "title"),
        ({"title": "Kim\ud800"}, "title"),
        ({"title": None}, "title"),
        ({"title": ["Kim"]}, "title"),
        ({"starts_at": "2026-06-06"}, "starts_at"),
        ({"starts_at": 1780000000}, "starts_at"),
        ({"starts_at": "9999-12-31T23:59:59-14:00"}, "starts_at"),
        ({"ends_at": "2026-06-06T13:00:00-07:00"}, "ends_at"),
        ({"ends_at": "2027-06-06T13:00:00-07:00"}, "ends_at"),
        ({"description": "a\x00b"}, "description"),
        ({"event_type": "party"}, "event_type"),
        ({"vessel": "titanic"}, "vessel"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_entry_is_refused_by_its_field(program: Program, change: dict[str, Any], field: str) -> None:
    assert fields_of(program("POST", "/calendar/add-event", NEW | change)) == [field]
    assert Charter.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"[]", 422),
        (b'"a"', 422),
        (b"null", 422),
        (b'{"title": NaN}', 400),
        (b"\xff\xfe", 400),
        (b"[" * 200_000, 400),
        (b'{"title": "' + b"a" * 1_100_000 + b'"}', 413),
        (b'{"title": "' + b"a" * 3_000_000 + b'"}', 413),
    ],
)
@pytest.mark.parametrize("address", ["POST add-event", "POST sync-platform", f"PATCH event/{QUINN}"])
def test_a_hostile_body_is_refused_in_words(
    program: Program, settings: Settings, address: str, body: bytes, status: int
) -> None:
    settings.DEBUG = False
    method, path = address.split()
    answer = program.raw(method, f"/calendar/{path}", body)
    assert (answer.status_code, list(json.loads(answer.content))) == (status, ["detail"])


# -- setting by hand -------------------------------------------------------------------------------------


def test_a_fact_set_by_hand_is_an_override_on_a_read_only_calendar_too(program: Program, say: Say) -> None:
    GuestPageFactory(charter=say(), state=GuestPage.State.VERIFIED)
    status, event = program(
        "PATCH",
        f"/calendar/event/{QUINN}",
        {
            "captain": "Gene",
            "crew": [{"name": "Sam", "role": "mate"}],
            "starts_at": "2026-05-30T19:00:00-07:00",
            "ends_at": "2026-05-30T21:00:00-07:00",
            "arrive_by": "2026-05-30T18:40:00-07:00",
            "guest_count": 7,
        },
    )
    assert status == 200
    assert event == program.event(QUINN)
    assert (event["captain"], event["crew"]) == ("Gene", [{"name": "Sam", "role": "mate", "source": "override"}])
    assert (event["starts_at"], event["arrive_by"]) == ("2026-05-30T19:00:00-07:00", "2026-05-30T18:40:00-07:00")
    assert (event["guest_count"], event["duration_minutes"]) == (7, 120)
    assert {name for name, source in event["sources"].items() if source == "override"} == {
        *("captain", "crew", "starts_at", "ends_at", "arrive_by", "guest_count")
    }
    assert event["page_state"] == "stale"
    assert set(Override.objects.values_list("by", flat=True)) == {"API token dispatch script"}


def test_what_was_set_by_hand_outlives_a_sync(program: Program, say: Say) -> None:
    say()
    program("PATCH", f"/calendar/event/{QUINN}", {"captain": "Gene"})
    say(text="Captain: Sarah")
    assert program.event(QUINN)["captain"] == "Gene"


def test_null_believes_the_calendar_again_and_what_is_not_named_stays(program: Program, say: Say) -> None:
    say()
    program("PATCH", f"/calendar/event/{QUINN}", {"captain": "Gene", "guest_count": 7})
    _, event = program("PATCH", f"/calendar/event/{QUINN}", {"captain": None})
    assert (event["captain"], event["guest_count"]) == ("Darrell", 7)


def test_nothing_to_change_changes_nothing(program: Program, say: Say) -> None:
    say()
    before = program.event(QUINN)
    assert program("PATCH", f"/calendar/event/{QUINN}", {}) == (200, before)


def test_a_name_that_nobody_bears_is_carried_and_asked_about(program: Program, say: Say) -> None:
    for name in ("Darrell", "Gene", "Sarah"):
        CrewMemberFactory(name=name)
    say()
    _, event = program("PATCH", f"/calendar/event/{QUINN}", {"captain": "Zoë"})
    assert event["captain"] == "Zoë"
    assert [words for words in event["conflicts"] if "“Zoë”" in words]


def test_a_known_name_is_given_as_the_pool_has_it(program: Program, say: Say) -> None:
    CrewMemberFactory(name="Gene", aliases=["Eugene"])
    say()
    _, event = program("PATCH", f"/calendar/event/{QUINN}", {"captain": "eugene"})
    assert event["captain"] == "Gene"
    assert not [words for words in event["conflicts"] if "“eugene”" in words]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"guest_count": 0}, "guest_count"),
        ({"guest_count": "7"}, "guest_count"),
        ({"guest_count": 1000}, "guest_count"),
        ({"guest_count": True}, "guest_count"),
        ({"crew": [{"name": "Gene", "role": "captain"}]}, "crew.0.role"),
        ({"crew": [{"name": ""}]}, "crew.0.name"),
        ({"crew": [{"name": "Gene"}, {"name": "gene"}]}, "crew"),
        ({"crew": "Gene"}, "crew"),
        ({"starts_at": "2026-05-30T23:00:00-07:00"}, "starts_at"),
        ({"ends_at": "2026-05-30T10:00:00-07:00"}, "ends_at"),
        ({"captain": "a" * 81}, "captain"),
        ({"captain": "\ud800"}, "captain"),
        ({"title": "Other"}, "title"),
    ],
)
def test_a_bad_change_is_refused_by_its_field(program: Program, say: Say, change: Any, field: str) -> None:
    say()
    assert fields_of(program("PATCH", f"/calendar/event/{QUINN}", change)) == [field]
    assert Override.objects.count() == 0


def test_a_departed_trip_is_frozen(program: Program, say: Say) -> None:
    charter = say()
    Charter.objects.filter(pk=charter.pk).update(starts_at=THURSDAY - timedelta(hours=1))
    status, answer = program("PATCH", f"/calendar/event/{QUINN}", {"captain": "Gene"})
    assert (status, answer) == (409, {"detail": "The trip has departed; its facts are frozen."})


@pytest.mark.parametrize("reference", ["nobody", "a%00b", "%ed%a0%80", "quinn%27--", "a" * 300])
@pytest.mark.parametrize(("method", "body"), [("PATCH", {}), ("DELETE", None)])
def test_an_event_that_is_not_there(program: Program, method: str, body: Any, reference: str) -> None:
    answer = program(method, f"/calendar/event/{reference}", body)
    assert answer == (404, {"detail": "There is no such event."})


def test_another_method_is_refused_in_json(program: Program) -> None:
    answer = program.raw("PUT", f"/calendar/event/{QUINN}")
    assert (answer.status_code, answer["Allow"]) == (405, "DELETE, PATCH")
    assert list(json.loads(answer.content)) == ["detail"]


# -- nobody by hand --------------------------------------------------------------------------------------


def test_nobody_as_captain_is_a_fact_set_by_hand_and_a_conflict_with_the_calendar(program: Program, say: Say) -> None:
    CrewMemberFactory(name="Sarah")
    text_of(say(text="Captain: Sarah\nGuests: 4"), "Captain: Sarah\nGuests: 4")
    _, event = program("PATCH", f"/calendar/event/{QUINN}", {"captain": ""})
    assert (event["captain"], event["sources"]["captain"]) == (None, "override")
    assert event["conflicts"] == [
        "No captain by hand; the calendar says Sarah (“Captain: Sarah”).",
        "Nobody is named as captain: who takes this trip?",
    ]


def test_an_empty_crew_is_a_fact_set_by_hand_and_a_conflict_with_the_calendar(program: Program, say: Say) -> None:
    for name in ("Sarah", "Gene"):
        CrewMemberFactory(name=name)
    text_of(say(text="Captain: Sarah\nCrew: Gene\nGuests: 4"), "Captain: Sarah\nCrew: Gene\nGuests: 4")
    _, event = program("PATCH", f"/calendar/event/{QUINN}", {"crew": []})
    assert (event["crew"], event["sources"]["crew"]) == ([], "override")
    assert event["conflicts"] == ["No crew by hand; the calendar says Gene (“Crew: Gene”)."]


def test_null_believes_the_calendar_again_after_nobody(program: Program, say: Say) -> None:
    CrewMemberFactory(name="Darrell")
    say(text="Captain: Darrell\nGuests: 4")
    program("PATCH", f"/calendar/event/{QUINN}", {"captain": ""})
    _, event = program("PATCH", f"/calendar/event/{QUINN}", {"captain": None})
    assert (event["captain"], event["sources"]["captain"], event["conflicts"]) == ("Darrell", "calendar", [])


# -- cancelling ------------------------------------------------------------------------------------------


def test_a_cancelled_event_stays_and_no_sync_revives_it(program: Program, say: Say) -> None:
    GuestPageFactory(charter=say(), state=GuestPage.State.VERIFIED)
    assert program("DELETE", f"/calendar/event/{QUINN}") == (204, None)
    at = Override.objects.get().at
    assert program("DELETE", f"/calendar/event/{QUINN}") == (204, None)
    say(text="Captain: Sarah")
    event = program.event(QUINN)
    assert (event["status"], event["page_state"], event["sources"]["status"]) == ("cancelled", "stale", "override")
    assert (Override.objects.get().at, Override.objects.get().by) == (at, "API token dispatch script")


def test_it_is_a_conflict_while_the_calendar_still_has_it(program: Program, say: Say, calendar: Calendar) -> None:
    uid = say().uid
    program("DELETE", f"/calendar/event/{QUINN}")
    assert program.event(QUINN)["conflicts"] == ["It is cancelled here, but its calendar still has it."]
    merge(calendar, [], looked_at=[uid], directory=Directory.load())
    assert (program.event(QUINN)["status"], program.event(QUINN)["conflicts"]) == ("cancelled", [])


def test_what_came_back_after_the_word_is_in_its_calendar_again(program: Program, say: Say, calendar: Calendar) -> None:
    uid = say().uid
    merge(calendar, [], looked_at=[uid], directory=Directory.load())
    program("DELETE", f"/calendar/event/{QUINN}")
    say()
    assert program.event(QUINN)["conflicts"] == ["It is cancelled here, but its calendar has it again."]


def test_what_left_after_the_word_and_came_back_is_in_its_calendar_again(
    program: Program, say: Say, calendar: Calendar
) -> None:
    uid = say().uid
    program("DELETE", f"/calendar/event/{QUINN}")
    merge(calendar, [], looked_at=[uid], directory=Directory.load())
    say()
    assert program.event(QUINN)["conflicts"] == ["It is cancelled here, but its calendar has it again."]


def test_deleting_confirms_one_that_vanished(program: Program, say: Say) -> None:
    say()
    say(cancelled=True)
    assert program.event(QUINN)["status"] == "cancelling"
    program("DELETE", f"/calendar/event/{QUINN}")
    assert program.event(QUINN)["status"] == "cancelled"


# -- platforms -------------------------------------------------------------------------------------------


def push(program: Program, *bookings: Any, platform: str = "boatsetter") -> Any:
    status, answer = program("POST", "/calendar/sync-platform", {"platform": platform, "events": list(bookings)})
    assert status == 200, answer
    return answer


def test_a_booking_we_do_not_know_is_entered_once(program: Program) -> None:
    assert push(program, BOOKING) == {"created": 1, "updated": 0, "unchanged": 0}
    assert push(program, BOOKING) == {"created": 0, "updated": 0, "unchanged": 1}
    event = program.event("jonathan-sunday-2026-05-31")
    assert event["guest"] == {"name": "Jonathan Reyes", "email": "jonathan@example.com", "phone": "+16195550103"}
    assert event["sources"]["guest"] == event["sources"]["starts_at"] == event["sources"]["status"] == "booking"


def test_the_same_booking_twice_in_one_body_is_one(program: Program) -> None:
    assert push(program, BOOKING, BOOKING) == {"created": 1, "updated": 0, "unchanged": 1}


def test_a_booking_is_known_by_its_code_and_knows_the_guest_better_than_the_calendar(
    program: Program, say: Say
) -> None:
    text = "Boatsetter confirmation code: XHQGMDH\nold@example.com\nCaptain: Gene"
    say("Jonathan Afternoon Sail", text, starts="2026-05-31T14:00:00-07:00", ends="2026-05-31T17:00:00-07:00")
    assert push(program, BOOKING | {"confirmation_code": "xhqgmdh"}) == {"created": 0, "updated": 1, "unchanged": 0}
    event = program.event("jonathan-sunday-2026-05-31")
    assert event["guest"] == {"name": "Jonathan Reyes", "email": "jonathan@example.com", "phone": "+16195550103"}
    assert (event["starts_at"], event["sources"]["starts_at"]) == ("2026-05-31T14:00:00-07:00", "calendar")
    assert (event["guest_count"], event["sources"]["guest_count"]) == (6, "booking")
    assert (event["captain"], event["title"]) == ("Gene", "Jonathan Afternoon Sail")
    say("Jonathan Afternoon Sail", text, starts="2026-05-31T15:00:00-07:00", ends="2026-05-31T17:00:00-07:00")
    assert program.event(event["id"])["guest"] == event["guest"]


def test_without_a_code_in_the_calendar_it_is_known_by_guest_and_hours(program: Program, say: Say) -> None:
    say("Jonathan Afternoon Sail", "", starts="2026-05-31T13:30:00-07:00", ends="2026-05-31T16:00:00-07:00")
    say("Quinn Afternoon Sail", "", starts="2026-05-31T13:30:00-07:00", ends="2026-05-31T16:00:00-07:00")
    assert push(program, BOOKING) == {"created": 0, "updated": 1, "unchanged": 0}
    assert push(program, BOOKING) == {"created": 0, "updated": 0, "unchanged": 1}
    assert program.event("jonathan-sunday-2026-05-31")["guest"]["phone"] == "+16195550103"


def test_another_day_or_another_code_is_another_booking(program: Program, say: Say) -> None:
    say("Jonathan Afternoon Sail", "", starts="2026-05-30T13:00:00-07:00", ends="2026-05-30T16:00:00-07:00")
    say(
        "Jonathan Sunset Sail",
        "Boatsetter confirmation code: OTHER99",
        starts="2026-05-31T13:00:00-07:00",
        ends="2026-05-31T16:00:00-07:00",
    )
    assert push(program, BOOKING)["created"] == 1


def test_a_code_of_the_other_platform_is_another_booking(program: Program) -> None:
    push(program, BOOKING)
    other = BOOKING | {"starts_at": "2026-06-01T13:00:00-07:00", "ends_at": "2026-06-01T16:00:00-07:00"}
    assert push(program, other, platform="getmyboat")["created"] == 1


def test_what_was_set_by_hand_wins_over_a_booking(program: Program) -> None:
    push(program, BOOKING)
    program("PATCH", "/calendar/event/jonathan-sunday-2026-05-31", {"guest_count": 9})
    assert push(program, BOOKING | {"guest_count": 7})["updated"] == 1
    event = program.event("jonathan-sunday-2026-05-31")
    assert (event["guest_count"], event["sources"]["guest_count"]) == (9, "override")


def test_a_booking_that_moved_moves_the_event_we_made_of_it(program: Program) -> None:
    push(program, BOOKING)
    GuestPageFactory(charter=Charter.objects.get(), state=GuestPage.State.VERIFIED)
    push(program, BOOKING | {"starts_at": "2026-05-31T12:00:00-07:00"})
    event = program.event("jonathan-sunday-2026-05-31")
    assert (event["starts_at"], event["page_state"]) == ("2026-05-31T12:00:00-07:00", "stale")


def test_a_booking_of_the_offices_own_entry_knows_better(program: Program) -> None:
    program("POST", "/calendar/add-event", NEW)
    booking = BOOKING | {key: NEW[key] for key in ("starts_at", "ends_at")}
    push(program, booking | {"guest": {"name": "Kim Lee", "email": None, "phone": "619-555-0107"}})
    event = program.event("kim-saturday-2026-06-06")
    assert event["guest"] == {"name": "Kim Lee", "email": "kim@example.com", "phone": "+16195550107"}
    assert event["guest_count"] == 6


def test_a_cancelled_event_is_not_revived_by_its_booking(program: Program) -> None:
    push(program, BOOKING)
    program("DELETE", "/calendar/event/jonathan-sunday-2026-05-31")
    assert push(program, BOOKING | {"guest_count": 2})["created"] == 0
    assert program.event("jonathan-sunday-2026-05-31")["status"] == "cancelled"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"confirmation_code": ""}, "events.0.confirmation_code"),
        ({"confirmation_code": "a b"}, "events.0.confirmation_code"),
        ({"guest": {"email": "nobody"}}, "events.0.guest.email"),
        ({"guest": {"phone": "call me"}}, "events.0.guest.phone"),
        ({"guest": {"name": "\ud800"}}, "events.0.guest.name"),
        ({"ends_at": "2026-05-30T00:00:00Z"}, "events.0.ends_at"),
        ({"guest_count": -1}, "events.0.guest_count"),
    ],
)
def test_a_bad_booking_is_refused_and_nothing_is_written(program: Program, change: Any, field: str) -> None:
    body = {"platform": "boatsetter", "events": [BOOKING | change]}
    assert fields_of(program("POST", "/calendar/sync-platform", body)) == [field]
    assert fields_of(program("POST", "/calendar/sync-platform", body | {"platform": "airbnb"})) == ["platform", field]
    assert Charter.objects.count() == 0


# -- docs ------------------------------------------------------------------------------------------------


def test_the_docs_load_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert b"//" not in page.content.replace(b"http://www.w3.org", b"")
    assert "'unsafe-inline'" in page["Content-Security-Policy"]
    assert "http" not in page["Content-Security-Policy"]


def test_the_schema_names_every_request_of_the_contract(client: Client) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    assert {path: sorted(methods) for path, methods in paths.items()} == {
        "/calendar/events": ["get"],
        "/calendar/add-event": ["post"],
        "/calendar/event/{id}": ["delete", "patch"],
        "/calendar/sync-platform": ["post"],
    }


def test_the_api_knows_the_event_types_of_charters() -> None:
    assert set(api_schemas.EventType.__args__) == set(Charter.EventType.values)


def test_the_admin_shows_tokens_and_takes_them_back(admin_client: Client, program: Program) -> None:
    program("POST", "/calendar/add-event", NEW)
    token = ApiToken.objects.get()
    page = admin_client.get(f"/admin/core/apitoken/{token.pk}/change/").content.decode()
    assert "/calendar/add-event" in page
    admin_client.post("/admin/core/apitoken/", {"action": "take_back", "_selected_action": [token.pk]})
    assert program("GET", "/calendar/events")[0] == 401
    assert admin_client.get("/admin/core/apitoken/add/").status_code == 403


def test_two_programs_at_once_are_told_apart_by_the_database() -> None:
    facts = {"starts_at": THURSDAY + timedelta(days=3), "ends_at": THURSDAY + timedelta(days=3, hours=2)}
    made = [add_event(title=title, **facts).reference for title in ("Lee Sunset Sail", "Lee Afternoon Sail")]
    assert made == ["lee-sunday-2026-05-31", "lee-sunday-2026-05-31-2"]
