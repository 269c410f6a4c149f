"""The weekend that must work, in one `reconcile` against servers that speak Google's protocols (docs/domain.md)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from charters import demo
from charters.calendars.google import credentials as google_credentials
from charters.calendars.google import transport
from charters.models import Charter, Vessel
from jada.core import tokens
from tests.charters.bookings.samples import mail
from tests.charters.calendars.feeds import Look, look
from tests.factories import CrewMemberFactory
from tests.fakes.google_server import Google, google_server
from tests.fakes.page_server import page_server

pytestmark = pytest.mark.django_db
THURSDAY = datetime(2026, 5, 28, 18, tzinfo=UTC)
QUINN, DANIKA = "quinn-saturday-2026-05-30", "danika-saturday-2026-05-30"
JONATHAN, ALVAREZ = "jonathan-sunday-2026-05-31", "alvarez-sunday-2026-06-14"
QUINNS_ID, DANIKAS_ID, ALVAREZ_ID = "jada0000sample", "jada0001sample", "jada0004sample"
LAYERS = ("--layer", "calendar", "--layer", "correction", "--layer", "page", "--layer", "edge")


@pytest.fixture
def google(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Google]:
    """JADA's calendar before its corrections, read once; its pages are served on loopback."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: THURSDAY)
    monkeypatch.setattr(transport, "FIRST_PAUSE", 0.005)
    google_credentials.forget_tokens()
    for name in ("Gene", "Darrell", "Sarah", "Marcus", "Sam"):
        CrewMemberFactory.create(name=name)
    with google_server() as serving, page_server(tmp_path) as pages:
        serving.load(demo.SAMPLE.read_bytes())
        settings.GOOGLE_API_ENDPOINT, settings.GOOGLE_CREDENTIALS = serving.address, serving.credentials()
        settings.GUEST_PAGES_FOLDER, settings.GUEST_PAGES_URL = tmp_path, pages.address
        settings.STORAGES = settings.STORAGES | {
            "pages": {
                "BACKEND": "charters.pages.store.PageFolder",
                "OPTIONS": {"location": tmp_path, "base_url": f"{pages.address}/"},
            }
        }
        call_command("calendar", "add", "JADA Internal", "--google", "primary")
        assert look(*LAYERS).code == 0
        serving.requests.clear()
        yield serving
        transport.forget_connections()
    google_credentials.forget_tokens()


def the_week(google: Google) -> Look:
    """What happened until Friday: Danika moves, Jonathan's mail is forwarded, June 14 is corrected. Then one run."""
    hours = {"start": {"dateTime": "2026-05-30T15:00:00-07:00"}, "end": {"dateTime": "2026-05-30T19:00:00-07:00"}}
    known = google.calendar().items[DANIKAS_ID]["description"]
    words = known.replace("2-6pm", "3-7pm").replace("1:45 PM", "2:45 PM").replace("TBD", "Gene")
    google.edit(DANIKAS_ID, description=words, **hours)
    google.receive(mail("boatsetter-forwarded-jonathan"), THURSDAY)
    program = Client(headers={"Authorization": f"Bearer {tokens.create('office')}"})
    answer = program.patch(
        f"/calendar/event/{ALVAREZ}?correct=true",
        json.dumps({"captain": "Gene", "crew": []}),
        content_type="application/json",
    )
    assert answer.status_code == 200
    return look(*LAYERS)


def crew_of(charter: Charter) -> list[tuple[str, str]]:
    return [(each.role, each.name) for each in charter.crew_assignments.all()]


def hours_of(charter: Charter) -> list[str]:
    moments = (charter.arrive_by, charter.starts_at, charter.ends_at)
    return [f"{moment.astimezone(charter.zone):%H:%M}" for moment in moments]


def test_quinn_goes_right(google: Google) -> None:
    the_week(google)
    quinn = Charter.objects.get(reference=QUINN)
    assert hours_of(quinn) == ["18:15", "18:30", "20:30"]
    assert crew_of(quinn) == [("captain", "Darrell"), ("crew", "Gene"), ("crew", "Sarah")]
    assert (quinn.guest_email, quinn.guest_phone, quinn.guest_count) == ("quinn@example.com", "+16195550001", 4)


def test_danika_goes_right_and_her_page_says_so(google: Google, settings: Any) -> None:
    the_week(google)
    danika = Charter.objects.select_related("page").get(reference=DANIKA)
    assert hours_of(danika) == ["14:45", "15:00", "19:00"]
    assert (crew_of(danika), danika.page.state) == ([("captain", "Gene")], "verified")
    page = (settings.GUEST_PAGES_FOLDER / danika.page.path).read_text()
    assert '<time datetime="2026-05-30T15:00:00-07:00">3 PM</time>' in page


def test_jonathans_phone_is_in_the_forwarded_mail(google: Google) -> None:
    assert Charter.objects.get(reference=JONATHAN).guest_phone == ""
    the_week(google)
    jonathan = Charter.objects.get(reference=JONATHAN)
    assert (jonathan.guest_phone, jonathan.sources["guest_phone"]) == ("+16195550142", "booking")


def test_june_14_reaches_the_calendar_under_if_match_with_the_rest_untouched(google: Google) -> None:
    before = google.calendar().items[ALVAREZ_ID]
    the_week(google)
    (patch,) = google.asked("events.patch")
    after = google.calendar().items[ALVAREZ_ID]
    assert patch.headers["if-match"] == before["etag"]
    assert before["description"].replace("Darrell", "Gene").replace("\nMate: Angelia", "") == after["description"]
    assert {name: after[name] for name in ("summary", "start", "end")} == {
        name: before[name] for name in ("summary", "start", "end")
    }


def test_it_is_one_run_and_the_next_has_nothing_to_do(google: Google) -> None:
    done = the_week(google)
    assert (done.code, {change["state"] for change in done.changes}) == (0, {"applied"})
    assert {change["charter"] for change in done.changes} == {DANIKA, JONATHAN, ALVAREZ}
    assert look(*LAYERS).changes == []


def test_danika_overlaps_quinns_boarding_and_it_is_said(google: Google) -> None:
    the_week(google)
    program = Client(headers={"Authorization": f"Bearer {tokens.create('board')}"})
    found = program.get("/calendar/events", {"from": "2026-05-30", "to": "2026-05-30"}).json()["events"]
    said = {event["id"]: event["conflicts"] for event in found}
    name = Vessel.objects.get().name
    danika, quinn = "“Danika Private Charter” (3–7 PM)", "“Quinn Sunset Sail” (6:30–8:30 PM, guests board from 6:15 PM)"
    assert f"{danika} overlaps {quinn} on {name}." in said[DANIKA]
    assert f"{quinn} overlaps {danika} on {name}." in said[QUINN]
