"""The add-to-calendar file, and pages served from their folder."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from icalendar import Calendar

from charters.models import Brand, Charter, CrewAssignment, Dock, GuestPage, Vessel
from charters.pages.icalendar_file import charter_ics
from jada.core import links
from tests.charters.pages.samples import CODE, at, charter

pytestmark = pytest.mark.urls("charters.urls")
MADE = datetime(2026, 5, 1, tzinfo=UTC)


def event_of(ics: bytes) -> dict[str, Any]:
    (event,) = Calendar.from_ical(ics).walk("VEVENT")
    return {name: value.to_ical().decode() for name, value in event.property_items() if name not in {"BEGIN", "END"}}


def test_the_file_says_what_the_page_says(settings: LazySettings):
    settings.GUEST_PAGES_URL = "https://guests.example.com"
    event = event_of(charter_ics(charter(created_at=MADE, told_facts_changed_at=MADE + timedelta(minutes=2))))

    assert event.pop("UID").endswith(f"@{settings.BASE_HOST}")
    assert event == {
        "SEQUENCE": "120",
        "DTSTAMP": "20260501T000200Z",
        "DTSTART": "20260530T220000Z",
        "DTEND": "20260531T020000Z",
        "SUMMARY": "Sail on JADA",
        "LOCATION": r"Harbor Island West\, 1880 Harbor Island Dr\, San Diego\, CA 92101",
        "DESCRIPTION": r"Arrive by 2:45 PM.\nPark in the marina's lot.\nGate B is opened for you.\n"
        r"Your page\, always up to date: https://guests.example.com/2026-05-30/Danika-token.html\n"
        r"JADA office: (619) 555-0100",
        "URL": "https://guests.example.com/2026-05-30/Danika-token.html",
        "STATUS": "CONFIRMED",
    }


def test_the_occasion_and_the_reference_stay_with_the_office():
    ics = charter_ics(charter(title="Nguyen Proposal Sunset Sail", guest_name="Danika Reyes", questions=["asthma"]))

    leaks = [b"Proposal", b"Nguyen", b"Reyes", b"asthma", b"danika-saturday"]
    assert [leak for leak in leaks if leak in ics] == []


def test_a_moved_trip_is_the_same_event_with_a_higher_sequence():
    first = event_of(charter_ics(charter(created_at=MADE)))
    moved = event_of(
        charter_ics(
            charter(
                created_at=MADE,
                told_facts_changed_at=MADE + timedelta(hours=1),
                arrive_by=at("2026-05-30 14:30"),
            )
        )
    )

    assert moved["UID"] == first["UID"] != event_of(charter_ics(charter(pk=8)))["UID"]
    assert (first["SEQUENCE"], moved["SEQUENCE"]) == ("0", "3600")
    assert event_of(charter_ics(charter(), sequence=4))["SEQUENCE"] == "4"


def test_a_cancelled_trip_is_cancelled_in_the_guests_calendar():
    event = event_of(charter_ics(charter(status="cancelled")))

    assert (event["SUMMARY"], event["STATUS"]) == ("Cancelled: Sail on JADA", "CANCELLED")
    assert event["DESCRIPTION"].startswith(r"This trip is cancelled.\nYour page")


def test_a_trip_without_hours_takes_the_day():
    event = event_of(
        charter_ics(charter(all_day=True, ends_at=at("2026-05-31 00:00"), starts_at=at("2026-05-30 00:00")))
    )

    assert (event["DTSTART"], event["DTEND"]) == ("20260530", "20260531")


def saved(**facts: Any) -> tuple[Charter, str]:
    """A charter in the database and the token of its party."""
    vessel = Vessel.objects.create(
        slug="schooner",
        name="JADA",
        brand=Brand.objects.create(slug="sister", name="JADA"),
        dock=Dock.objects.create(name="Harbor Island West", address="1880 Harbor Island Dr"),
    )
    made = Charter.objects.create(
        reference="danika-saturday-2099-05-30",
        title="Danika Private Charter",
        event_type="private",
        vessel=vessel,
        **{
            "starts_at": at("2099-05-30 15:00"),
            "ends_at": at("2099-05-30 19:00"),
            "arrive_by": at("2099-05-30 14:45"),
        }
        | facts,
    )
    CrewAssignment.objects.create(charter=made, role="captain", name="Gene")
    token = links.token("waiver-charter", made.pk)
    GuestPage.objects.create(
        charter=made,
        path="2099-05-30/Danika-token.html",
        photo_code=CODE,
        photo_lookup=links.lookup(CODE),
        waiver_lookup=links.lookup(token),
    )
    return made, token


@pytest.mark.django_db
def test_the_waivers_token_opens_the_file(client: Client, django_assert_num_queries: Any):
    _, token = saved()

    with django_assert_num_queries(2):
        answer = client.get(f"/g/{token}.ics")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="schooner-2099-05-30.ics"'
    assert answer["Cache-Control"] == "no-store"
    assert event_of(answer.content)["DTSTART"] == "20990530T220000Z"


@pytest.mark.django_db
def test_an_unknown_a_revoked_and_an_expired_link_look_the_same(client: Client):
    made, token = saved()
    unknown = client.get("/g/AAAAAAAAAAAAAAAAAAAAAA.ics")
    GuestPage.objects.update(link_generation=2)
    revoked = client.get(f"/g/{token}.ics")
    GuestPage.objects.update(link_generation=1)
    Charter.objects.filter(pk=made.pk).update(starts_at=at("2020-05-30 15:00"), ends_at=at("2020-05-30 19:00"))
    expired = client.get(f"/g/{token}.ics")

    assert [answer.status_code for answer in (unknown, revoked, expired)] == [404, 404, 404]
    assert "We cannot find this page" in unknown.content.decode()
    without_nonces = {answer.content.split(b"<style")[1].partition(b">")[2] for answer in (unknown, revoked, expired)}
    assert len(without_nonces) == 1


@pytest.fixture
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    pages = tmp_path / "pages"
    (pages / "2026-05-30").mkdir(parents=True)
    (pages / "2026-05-30" / "Quinn-token.html").write_text("<p>Hello, Quinn</p>")
    (pages / "2026-05-30" / ".draft.html").write_text("not yet")
    (tmp_path / "secret.html").write_text("secret")
    (pages / "link.html").symlink_to(tmp_path / "secret.html")
    settings.GUEST_PAGES_FOLDER = pages
    return pages


def test_a_kept_page_is_served_as_the_bucket_would(client: Client, folder: Path, settings: LazySettings):
    settings.GUEST_PAGES_CACHE_CONTROL = "max-age=60"
    answer = client.get("/pages/2026-05-30/Quinn-token.html")

    assert (answer.status_code, answer.content) == (200, b"<p>Hello, Quinn</p>")
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert answer["Cache-Control"] == "max-age=60"
    assert "Content-Security-Policy" not in answer


def test_a_copy_that_is_still_good_is_not_sent_again(client: Client, folder: Path):
    first = client.get("/pages/2026-05-30/Quinn-token.html")
    again = client.get("/pages/2026-05-30/Quinn-token.html", headers={"if-none-match": first["ETag"]})
    (folder / "2026-05-30" / "Quinn-token.html").write_text("<p>Hallo, Quinn</p>")
    changed = client.get("/pages/2026-05-30/Quinn-token.html", headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert (again["ETag"], again["Cache-Control"]) == (first["ETag"], "no-cache")
    assert (changed.status_code, changed.content) == (200, b"<p>Hallo, Quinn</p>")


@pytest.mark.parametrize(
    "path",
    [
        "nobody.html",
        "2026-05-30/",
        "2026-05-30",
        "2026-05-30/.draft.html",
        "../secret.html",
        "2026-05-30/../../secret.html",
        "%2e%2e/secret.html",
        "/etc/passwd",
        "link.html",
        "a%00b.html",
        "x" * 300,
    ],
)
def test_nothing_else_is_served(client: Client, folder: Path, path: str):
    answer = client.get(f"/pages/{path}")

    assert answer.status_code == 404
    assert "We cannot find this page" in answer.content.decode()


def test_pages_in_a_bucket_are_not_served_here(client: Client, folder: Path, settings: LazySettings):
    settings.GUEST_PAGES_FOLDER = None

    assert client.get("/pages/2026-05-30/Quinn-token.html").status_code == 404
