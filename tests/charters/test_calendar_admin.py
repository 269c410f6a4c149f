"""The office's page of calendars: where each is, how it is read, what is to be done about it."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from charters.calendars.google import push
from charters.models import Calendar, PushChannel
from jada.core.clock import now
from tests.charters.calendars.conftest import google
from tests.factories import CalendarFactory, VesselFactory
from tests.fakes.google_server import Google

__all__ = ["google"]
pytestmark = pytest.mark.django_db
FEED = "https://calendar.google.com/calendar/ical/office/private-0123/basic.ics"
NOWHERE = "Say where the calendar is: its Google calendar id, its iCal address, or both."


def added(client: Client, **sent: str) -> Any:
    """The form of a new calendar, sent."""
    vessel = VesselFactory()
    form = {"name": "Office", "timezone": "America/Los_Angeles", "vessel": vessel.pk} | sent
    return client.post("/admin/charters/calendar/add/", form)


def changed(client: Client, calendar: Calendar, **sent: str) -> Any:
    """The form of a calendar, sent with some fields changed; what the form does not name stays on the page."""
    form = {
        "name": calendar.name,
        "google_id": calendar.google_id,
        "ical_address": calendar.ical_address,
        "timezone": calendar.timezone,
        "vessel": calendar.vessel_id,
    }
    answer = client.post(page_of(calendar), form | sent)
    calendar.refresh_from_db()
    return answer


def page_of(calendar: Calendar) -> str:
    return f"/admin/charters/calendar/{calendar.pk}/change/"


def field(client: Client, calendar: Calendar, name: str) -> str:
    """What a read-only field of the page says."""
    form = client.get(page_of(calendar)).context["adminform"]
    every = [each for fieldset in form for line in fieldset for each in line if each.is_readonly]
    return next(str(each.contents()) for each in every if each.field["name"] == name)


def a_channel(calendar: Calendar, **columns: Any) -> PushChannel:
    ends = {"opened_at": now(), "expires_at": now() + timedelta(days=7)}
    return PushChannel.objects.create(calendar=calendar, channel_id="c", token_digest=b"", **(ends | columns))


# -- the form ---------------------------------------------------------------------------------------------


def test_a_google_calendar_needs_no_feed(admin_client: Client) -> None:
    assert added(admin_client, google_id=" office@example.com ", invite_crew="on").status_code == 302
    assert list(Calendar.objects.values_list("google_id", "ical_address", "invite_crew")) == [
        ("office@example.com", "", True)
    ]


def test_a_calendar_may_have_both(admin_client: Client) -> None:
    added(admin_client, google_id="office@example.com", ical_address=FEED)
    assert list(Calendar.objects.values_list("google_id", "ical_address")) == [("office@example.com", FEED)]


def test_a_calendar_that_is_nowhere_is_refused_once(admin_client: Client) -> None:
    form = added(admin_client).context["adminform"].form
    assert (form.errors, Calendar.objects.count()) == ({"google_id": [NOWHERE], "ical_address": [NOWHERE]}, 0)


def test_an_address_that_is_refused_is_not_called_missing_too(admin_client: Client) -> None:
    form = added(admin_client, ical_address="ftp://example.com/a.ics").context["adminform"].form
    assert form.errors == {"ical_address": ["It must be an address that begins with https://."]}


def test_the_same_google_calendar_twice_is_refused_in_words(admin_client: Client) -> None:
    CalendarFactory(name="JADA Internal", google_id="primary")
    form = added(admin_client, google_id="primary").context["adminform"].form
    assert form.errors == {"google_id": ["“JADA Internal” is that calendar already."]}


def test_an_id_with_a_space_is_refused_in_words(admin_client: Client) -> None:
    form = added(admin_client, google_id="two words").context["adminform"].form
    assert form.errors == {
        "google_id": ["It is no calendar's id; Google shows it under Settings › the calendar › Integrate calendar."]
    }


def test_a_calendar_saved_as_it_is_keeps_what_the_worker_wrote(admin_client: Client) -> None:
    known = {"sync_token": "sync-1", "read_from": "google", "parsed_with": "p", "etag": "e", "fence": 4}
    calendar = CalendarFactory(google_id="primary", **known)
    assert changed(admin_client, calendar).status_code == 302
    assert {name: getattr(calendar, name) for name in known} == known


def test_another_google_calendar_is_read_from_its_beginning(admin_client: Client) -> None:
    calendar = CalendarFactory(
        google_id="primary",
        sync_token="sync-1",
        read_from="google",
        google_zone="Europe/Berlin",
        google_role="owner",
        parsed_with="p",
        needs_login=True,
        push_error="Refused.",
        etag="e",
    )
    changed(admin_client, calendar, google_id="second")
    names = ("google_id", "sync_token", "read_from", "google_zone", "google_role", "parsed_with", "push_error", "etag")
    assert [getattr(calendar, name) for name in names] == ["second", "", "", "", "", "", "", "e"]
    assert calendar.needs_login is False


def test_another_feed_is_read_from_its_beginning(admin_client: Client) -> None:
    calendar = CalendarFactory(etag="e", last_modified="m", parsed_with="p")
    changed(admin_client, calendar, ical_address=FEED)
    assert (calendar.etag, calendar.last_modified, calendar.parsed_with) == ("", "", "")


@pytest.mark.parametrize("sent", [{"google_id": "second"}, {"ical_address": FEED}])
def test_a_worker_that_reads_the_old_place_at_this_moment_settles_nothing(
    admin_client: Client, sent: dict[str, str]
) -> None:
    calendar = CalendarFactory(google_id="primary", fence=4, lease_until=now() + timedelta(minutes=2))
    changed(admin_client, calendar, **sent)
    assert (calendar.fence, calendar.lease_until) == (5, None)


def test_a_secret_address_beside_a_google_id_is_shown_to_editors_alone(client: Client) -> None:
    calendar = CalendarFactory(google_id="primary", ical_address=FEED)
    user = User.objects.create_user("ana", password="pass-word-1", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_calendar"))
    client.force_login(user)
    assert "private-0123" not in client.get(page_of(calendar)).content.decode()


# -- channels ---------------------------------------------------------------------------------------------


def test_another_google_calendar_lets_its_channel_go(admin_client: Client) -> None:
    calendar = CalendarFactory(google_id="primary")
    channel = a_channel(calendar, resource_id="r")
    changed(admin_client, calendar, google_id="second")
    channel.refresh_from_db()
    assert channel.calendar_id is None


@pytest.mark.django_db(transaction=True)
def test_the_channel_of_a_calendar_deleted_in_the_admin_is_stopped(admin_client: Client, google: Google) -> None:
    google.calendar("primary")
    calendar = CalendarFactory(google_id="primary")
    push.open_or_renew()
    answer = admin_client.post(f"/admin/charters/calendar/{calendar.pk}/delete/", {"post": "yes"})
    assert (answer.status_code, PushChannel.objects.count(), len(google.channels)) == (302, 1, 1)
    push.open_or_renew()
    assert (PushChannel.objects.count(), google.channels) == (0, {})


# -- what the pages say -----------------------------------------------------------------------------------


def test_the_page_says_until_when_google_announces(admin_client: Client) -> None:
    calendar = CalendarFactory(google_id="primary")
    a_channel(calendar, resource_id="r")
    assert field(admin_client, calendar, "announced").startswith("Google announces them at once (renewed before ")


def test_the_page_says_why_google_announces_nothing(admin_client: Client) -> None:
    calendar = CalendarFactory(google_id="primary", push_error="Google refused.")
    assert field(admin_client, calendar, "announced") == "Found by the clock. Google refused."


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "From its iCal feed"),
        ({"google_id": "a", "ical_address": ""}, "Through Google"),
        ({"google_id": "a"}, "Through Google, else from its iCal feed"),
        ({"google_id": "a", "read_from": "ical"}, "Through Google; last time from its iCal feed, because that failed"),
    ],
)
def test_the_page_says_where_it_is_read(admin_client: Client, columns: dict[str, str], words: str) -> None:
    assert field(admin_client, CalendarFactory(**columns), "is_read") == words


def test_a_calendar_that_needs_a_login_says_so_in_the_list_and_on_its_page(admin_client: Client) -> None:
    calendar = CalendarFactory(name="JADA Internal", google_id="primary", needs_login=True, error="Revoked.")
    listed = admin_client.get("/admin/charters/calendar/").content.decode()
    assert "Needs a login" in listed
    assert "log in before “JADA Internal” can be read" in listed
    for page in (listed, admin_client.get(page_of(calendar)).content.decode()):
        assert 'href="/admin/charters/calendar/google/">Connect Google' in page


def test_the_page_of_a_public_feed_explains_the_secret_address(admin_client: Client) -> None:
    public = CalendarFactory(ical_address="https://calendar.google.com/calendar/ical/a/public/basic.ics")
    secret = CalendarFactory(ical_address=FEED)
    assert "Anyone can read this feed" in admin_client.get(page_of(public)).content.decode()
    assert "Anyone can read this feed" not in admin_client.get(page_of(secret)).content.decode()


def test_the_list_takes_as_many_queries_for_thirty_calendars_as_for_one(
    admin_client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    CalendarFactory(google_id="first", needs_login=True)
    with django_assert_num_queries(6):
        admin_client.get("/admin/charters/calendar/")
    for number in range(29):
        CalendarFactory(google_id=f"calendar-{number}")
    with django_assert_num_queries(6):
        admin_client.get("/admin/charters/calendar/")
