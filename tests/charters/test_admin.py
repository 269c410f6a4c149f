"""The office's pages: facts are set by hand, with their reason, and nothing else is written."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from charters.calendars.facts import COLUMNS, MOMENTS
from charters.models import Calendar, Charter, CrewAssignment, CrewMember, Guest, GuestPage, Override
from tests.factories import (
    CalendarFactory,
    CharterFactory,
    CrewMemberFactory,
    DockFactory,
    GuestFactory,
    GuestPageFactory,
    VesselFactory,
)

pytestmark = pytest.mark.django_db


def charter_of_a_calendar(**columns: Any) -> Charter:
    """A charter whose facts are what its calendar says, with captain Gene and a verified page."""
    charter: Charter = CharterFactory(**({"guest_count": 4, "guest_name": "Quinn"} | columns))
    facts = {name: getattr(charter, name) for name in COLUMNS}
    facts |= {name: facts[name].isoformat() for name in MOMENTS} | {"captain": "Gene", "crew": []}
    sources = {name: "calendar" for name, value in facts.items() if value not in (None, "", [])}
    Charter.objects.filter(pk=charter.pk).update(calendar_facts=facts, sources=sources)
    CrewAssignment.objects.create(charter=charter, role="captain", name="Gene", source="calendar")
    GuestPageFactory(charter=charter, state=GuestPage.State.VERIFIED)
    charter.refresh_from_db()
    return charter


def address_of(charter: Charter) -> str:
    return f"/admin/charters/charter/{charter.pk}/change/"


def as_shown(client: Client, charter: Charter) -> dict[str, str]:
    """What a browser would send back, had nobody typed anything."""
    context = client.get(address_of(charter)).context
    form, guests = context["adminform"].form, context["inline_admin_formsets"][0].formset
    sent: dict[str, str] = {}
    for part in (form, *form.crew.forms, *guests.initial_forms):
        for bound in part:
            value = bound.value()
            if value in (None, False):
                value = ""
            sent[bound.html_name] = str(value)
            sent[bound.html_initial_name] = str(value)
    for management in (form.crew.management_form, guests.management_form):
        sent |= {bound.html_name: str(bound.value()) for bound in management}
    return {name: value for name, value in sent.items() if value or not name.endswith("DELETE")}


def logged_in(client: Client, *permissions: str) -> Client:
    user = User.objects.create_user("ana", password="pass-word-1", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return client


def test_saving_without_an_edit_changes_nothing(admin_client: Client) -> None:
    charter = charter_of_a_calendar()
    answer = admin_client.post(address_of(charter), as_shown(admin_client, charter))
    assert answer.status_code == 302
    assert not Override.objects.exists()
    assert GuestPage.objects.get().state == "verified"


def test_an_edited_fact_becomes_an_override_with_its_reason(admin_client: Client) -> None:
    charter = charter_of_a_calendar()
    sent = as_shown(admin_client, charter) | {"guest_count": "6", "why": "Two more are coming"}
    admin_client.post(address_of(charter), sent)
    charter.refresh_from_db()
    override = Override.objects.get()
    assert (override.field, override.value, override.by, override.why) == (
        "guest_count",
        6,
        "admin",
        "Two more are coming",
    )
    assert (charter.guest_count, charter.sources["guest_count"]) == (6, "override")
    assert GuestPage.objects.get().state == "stale"


def test_hours_are_edited_where_the_charter_sails(admin_client: Client) -> None:
    charter = charter_of_a_calendar(calendar__timezone="America/New_York")
    later = (charter.ends_at + timedelta(hours=1)).astimezone(charter.zone)
    sent = as_shown(admin_client, charter) | {"ends_at": f"{later:%Y-%m-%dT%H:%M}"}
    admin_client.post(address_of(charter), sent)
    charter.refresh_from_db()
    assert charter.ends_at == later
    assert list(Override.objects.values_list("field", flat=True)) == ["ends_at"]


def test_a_fact_the_calendar_changed_meanwhile_is_not_taken_for_an_edit(admin_client: Client) -> None:
    charter = charter_of_a_calendar()
    sent = as_shown(admin_client, charter) | {"guest_name": "Quinn Alvarez"}
    facts = charter.calendar_facts | {"guest_count": 9}
    Charter.objects.filter(pk=charter.pk).update(guest_count=9, calendar_facts=facts)
    admin_client.post(address_of(charter), sent)
    charter.refresh_from_db()
    assert (charter.guest_name, charter.guest_count) == ("Quinn Alvarez", 9)
    assert list(Override.objects.values_list("field", flat=True)) == ["guest_name"]


def test_the_crew_list_becomes_an_override_of_captain_and_crew(admin_client: Client) -> None:
    charter = charter_of_a_calendar()
    crew = {"crew-0-name": "Darrell", "crew-1-name": "Sam", "crew-1-role": "mate"}
    admin_client.post(address_of(charter), as_shown(admin_client, charter) | crew)
    assert dict(Override.objects.values_list("field", "value")) == {"captain": "Darrell", "crew": [["Sam", "mate"]]}
    assert list(CrewAssignment.objects.values_list("name", "role")) == [("Darrell", "captain"), ("Sam", "mate")]


def test_a_captain_the_calendar_named_meanwhile_stays(admin_client: Client) -> None:
    charter = charter_of_a_calendar()
    sent = as_shown(admin_client, charter) | {"crew-1-name": "Sam", "crew-1-role": "mate"}
    Charter.objects.filter(pk=charter.pk).update(calendar_facts=charter.calendar_facts | {"captain": "Darrell"})
    charter.crew_assignments.update(name="Darrell")
    admin_client.post(address_of(charter), sent)
    assert list(CrewAssignment.objects.values_list("name", "role")) == [("Darrell", "captain"), ("Sam", "mate")]


def test_two_captains_are_asked_about_and_nothing_typed_is_lost(admin_client: Client) -> None:
    charter = charter_of_a_calendar()
    crew = {"crew-1-name": "Darrell", "crew-1-role": "captain"}
    answer = admin_client.post(address_of(charter), as_shown(admin_client, charter) | crew)
    page = answer.content.decode()
    assert "Only one can be captain: Gene or Darrell?" in page
    assert 'value="Darrell"' in page
    assert not Override.objects.exists()


def test_hours_that_run_backwards_are_refused_in_words(admin_client: Client) -> None:
    charter = charter_of_a_calendar()
    earlier = (charter.starts_at - timedelta(hours=3)).astimezone(charter.zone)
    typed = {"ends_at": f"{earlier:%Y-%m-%dT%H:%M}", "why": "A slip"}
    page = admin_client.post(address_of(charter), as_shown(admin_client, charter) | typed).content.decode()
    assert "The trip would end before it starts." in page
    assert 'value="A slip"' in page
    assert not Override.objects.exists()


def test_the_facts_of_a_departed_trip_are_frozen(admin_client: Client) -> None:
    charter = charter_of_a_calendar()
    sent = as_shown(admin_client, charter) | {"guest_count": "6"}
    Charter.objects.filter(pk=charter.pk).update(starts_at=charter.starts_at - timedelta(days=4))
    page = admin_client.post(address_of(charter), sent).content.decode()
    assert "The trip has departed; its facts are frozen." in page
    assert not Override.objects.exists()


def test_both_values_are_shown_and_the_calendar_can_be_believed_again(admin_client: Client) -> None:
    charter = charter_of_a_calendar()
    admin_client.post(address_of(charter), as_shown(admin_client, charter) | {"guest_count": "6", "why": "Two more"})
    page = admin_client.get(address_of(charter)).content.decode()
    assert "The calendar says 4." in page
    assert "Two more" in page
    admin_client.post(address_of(charter), as_shown(admin_client, charter) | {"clear_guest_count": "on"})
    charter.refresh_from_db()
    assert (charter.guest_count, Override.objects.count()) == (4, 0)


def test_a_guest_added_makes_the_page_stale(admin_client: Client) -> None:
    charter = charter_of_a_calendar()
    guest = {"guests-TOTAL_FORMS": "1", "guests-0-name": "Robin", "guests-0-is_minor": "on"}
    admin_client.post(address_of(charter), as_shown(admin_client, charter) | guest)
    robin = Guest.objects.get()
    assert (robin.name, robin.is_minor, robin.waiver_status) == ("Robin", True, "PENDING")
    assert GuestPage.objects.get().state == "stale"


def test_who_has_signed_stays_on_the_list(admin_client: Client) -> None:
    charter = charter_of_a_calendar()
    GuestFactory(charter=charter, name="Robin", waiver_status="SIGNED")
    sent = as_shown(admin_client, charter) | {"guests-0-DELETE": "on"}
    assert "Robin has signed a waiver" in admin_client.post(address_of(charter), sent).content.decode()
    assert Guest.objects.count() == 1


def test_looking_is_not_enough_to_edit(client: Client) -> None:
    charter = charter_of_a_calendar()
    logged_in(client, "view_charter")
    assert client.get(address_of(charter)).status_code == 200
    assert client.post(address_of(charter), {"guest_count": "6"}).status_code == 403
    assert not Override.objects.exists()


def test_charters_are_neither_added_nor_deleted_by_hand(admin_client: Client) -> None:
    charter = charter_of_a_calendar()
    assert admin_client.get("/admin/charters/charter/add/").status_code == 403
    assert admin_client.post(f"/admin/charters/charter/{charter.pk}/delete/").status_code == 403


def test_the_list_takes_as_many_queries_for_thirty_charters_as_for_one(
    admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    charter_of_a_calendar()
    admin_client.get("/admin/charters/charter/")
    with django_assert_max_num_queries(8) as one:
        admin_client.get("/admin/charters/charter/")
    for _ in range(29):
        charter_of_a_calendar()
    with django_assert_max_num_queries(8) as thirty:
        page = admin_client.get("/admin/charters/charter/").content.decode()
    assert page.count("Quinn Sunset Sail") == 30
    assert len(thirty) == len(one)


@pytest.mark.parametrize("room", ["calendar", "vessel", "dock", "crewmember", "contact", "brand"])
def test_every_list_opens(admin_client: Client, room: str) -> None:
    charter_of_a_calendar()
    assert admin_client.get(f"/admin/charters/{room}/").status_code == 200


def test_a_secret_address_is_not_shown_to_who_may_only_look(client: Client) -> None:
    calendar = CalendarFactory(ical_address="https://calendar.example.com/private-0123/basic.ics")
    logged_in(client, "view_calendar")
    for address in ("/admin/charters/calendar/", f"/admin/charters/calendar/{calendar.pk}/change/"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "private-0123" not in answer.content.decode()


@pytest.mark.parametrize("address", ["http://calendar.example.com/a.ics", "webcal://x/a.ics", "file:///etc/passwd"])
def test_a_calendar_is_read_over_https_alone(admin_client: Client, address: str) -> None:
    vessel = VesselFactory()
    sent = {"name": "Office", "ical_address": address, "timezone": "America/Los_Angeles", "vessel": vessel.pk}
    page = admin_client.post("/admin/charters/calendar/add/", sent).content.decode()
    assert "It must be an address that begins with https://." in page
    assert not Calendar.objects.exists()


def test_editing_a_calendar_leaves_what_the_worker_writes(admin_client: Client) -> None:
    calendar = CalendarFactory(etag="seen", error="Cut off")
    address = f"/admin/charters/calendar/{calendar.pk}/change/"
    sent = {
        "name": "Office",
        "ical_address": calendar.ical_address,
        "timezone": calendar.timezone,
        "vessel": calendar.vessel_id,
    }
    assert admin_client.post(address, sent).status_code == 302
    calendar.refresh_from_db()
    assert (calendar.name, calendar.etag, calendar.error) == ("Office", "seen", "Cut off")


def test_a_calendar_with_charters_is_kept_and_says_why(admin_client: Client) -> None:
    calendar = charter_of_a_calendar().calendar
    assert calendar is not None
    address = f"/admin/charters/calendar/{calendar.pk}/delete/"
    answer = admin_client.post(address, {"post": "yes"}, follow=True)
    assert "whose record is kept, so it cannot be deleted" in answer.content.decode()
    assert Calendar.objects.filter(pk=calendar.pk).exists()


def test_a_dock_renamed_has_its_pages_written_anew_and_no_others(admin_client: Client) -> None:
    dock = DockFactory()
    here = charter_of_a_calendar(dock=dock)
    elsewhere = charter_of_a_calendar()
    sent = {"name": "Dock 7", "address": dock.address, "directions": ""}
    admin_client.post(f"/admin/charters/dock/{dock.pk}/change/", sent)
    states = dict(GuestPage.objects.values_list("charter", "state"))
    assert states == {here.pk: "stale", elsewhere.pk: "verified"}


def test_a_crew_member_renamed_has_their_pages_written_anew(admin_client: Client) -> None:
    charter = charter_of_a_calendar()
    member: CrewMember = CrewMemberFactory(name="Gene")
    charter.crew_assignments.update(member=member)
    sent = {"name": "Gene Ortiz", "aliases": "", "role": "captain", "phone": "", "email": "", "active": "on"}
    assert admin_client.post(f"/admin/charters/crewmember/{member.pk}/change/", sent).status_code == 302
    assert GuestPage.objects.get().state == "stale"
