"""“Connect Google”: a login in the browser, from the admin to Google and back."""

import logging
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.test import Client

from charters.calendars.google import calendar_api as calendar_api
from charters.calendars.google import credentials as google_credentials
from charters.models import GoogleGrant
from tests.charters.calendars.conftest import google
from tests.factories import CalendarFactory
from tests.fakes import google_server as fake
from tests.fakes.google_server import CLIENT, REFRESH_TOKEN, Google

__all__ = ["google"]
pytestmark = pytest.mark.django_db
PAGE = "/admin/charters/calendar/google/"
BACK = "/admin/charters/calendar/google/back/"


@pytest.fixture
def revoked(google: Google, settings: Any) -> Google:
    """The login that the settings name is gone; the application it was made for is not."""
    google.calendar()
    settings.BASE_URL = "https://jada.example.com"
    settings.GOOGLE_CREDENTIALS = google.credentials() | {
        "refresh_token": "withdrawn",
        "auth_uri": f"{google.address}/o/oauth2/auth",
    }
    return google


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def consent(address: str) -> str:
    """What the person's browser does at Google: it agrees, and is sent back; returns where to."""
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        opener.open(address, timeout=5)
    except urllib.error.HTTPError as answer:
        with answer:
            return str(answer.headers["Location"])
    raise AssertionError("Google sends nobody back")


def sent_back(client: Client) -> str:
    """Begin at our page, agree at Google's; our address with the code, as the browser would open it."""
    parts = urlsplit(consent(client.post(PAGE)["Location"]))
    return f"{parts.path}?{parts.query}"


def said(client: Client, address: str) -> tuple[str, list[str]]:
    """Where we are led, and what is said there."""
    answer = client.get(address)
    return answer["Location"], [str(message) for message in get_messages(answer.wsgi_request)]


def logged_in(client: Client, *permissions: str) -> Client:
    user = User.objects.create_user("ana", password="pass-word-1", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return client


def test_a_login_begins_at_google_with_an_address_of_ours_to_come_back_to(
    admin_client: Client, revoked: Google
) -> None:
    address = urlsplit(admin_client.post(PAGE)["Location"])
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{revoked.address}/o/oauth2/auth"
    assert {name: asked[name] for name in ("redirect_uri", "access_type", "prompt", "response_type", "client_id")} == {
        "redirect_uri": f"https://jada.example.com{BACK}",
        "access_type": "offline",
        "prompt": "consent",
        "response_type": "code",
        "client_id": CLIENT["client_id"],
    }
    assert asked["scope"].split() == [*google_credentials.CALENDAR_SCOPES, *google_credentials.MAIL_SCOPES]


def test_a_login_is_kept_and_the_calendar_no_longer_waits(admin_client: Client, revoked: Google) -> None:
    calendar = CalendarFactory(google_id="primary", needs_login=True)
    assert said(admin_client, sent_back(admin_client)) == (
        "/admin/charters/calendar/",
        ["Google is connected. The calendars are being read now."],
    )
    calendar.refresh_from_db()
    assert calendar.needs_login is False
    assert (google_credentials.source(), calendar_api.read("primary").items) == ("grant", [])
    assert [value for value in GoogleGrant.objects.values().get().values() if str(value) == REFRESH_TOKEN] == []


def test_the_code_is_exchanged_with_its_verifier(admin_client: Client, revoked: Google) -> None:
    admin_client.get(sent_back(admin_client))
    (asked,) = revoked.asked("token")
    assert asked.body["redirect_uri"] == f"https://jada.example.com{BACK}"
    assert (asked.body["grant_type"], len(asked.body["code_verifier"])) == ("authorization_code", 64)


def test_who_connected_is_in_the_calendars_history(admin_client: Client, revoked: Google) -> None:
    calendar = CalendarFactory(google_id="primary", needs_login=True)
    admin_client.get(sent_back(admin_client))
    assert (
        "Connected Google again."
        in admin_client.get(f"/admin/charters/calendar/{calendar.pk}/history/").content.decode()
    )


def test_what_was_not_allowed_is_said(admin_client: Client, revoked: Google) -> None:
    revoked.scope = google_credentials.CALENDAR_SCOPES[0]
    assert said(admin_client, sent_back(admin_client))[1][1:] == [
        "Not allowed: reading booking mail. Connect again and tick its box to change that."
    ]


def test_a_login_that_was_not_begun_here_is_refused(admin_client: Client, revoked: Google) -> None:
    admin_client.post(PAGE)
    forged = f"{BACK}?code=code-of-somebody-else&state=guessed"
    assert said(admin_client, forged) == (PAGE, ["This login was not begun here, or was used already. Begin it again."])
    assert (revoked.asked("token"), GoogleGrant.objects.count()) == ([], 0)


def test_an_answer_counts_once(admin_client: Client, revoked: Google) -> None:
    address = sent_back(admin_client)
    admin_client.get(address)
    assert said(admin_client, address)[1][-1] == "This login was not begun here, or was used already. Begin it again."
    assert len(revoked.asked("token")) == 1


@pytest.mark.parametrize("state", ["", "é", "x" * 10_000])
def test_a_strange_state_is_no_error_page(admin_client: Client, revoked: Google, state: str) -> None:
    admin_client.post(PAGE)
    assert admin_client.get(BACK, {"state": state, "code": "c"}).status_code == 302


def test_a_person_who_says_no_is_told_so(admin_client: Client, revoked: Google) -> None:
    state = parse_qs(urlsplit(admin_client.post(PAGE)["Location"]).query)["state"][0]
    assert said(admin_client, f"{BACK}?error=access_denied&state={state}") == (
        PAGE,
        ["Google did not give a login: it was refused, or broke off. Try again."],
    )
    assert GoogleGrant.objects.count() == 0


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (fake.hang_up(), "Google's login server did not answer as it should."),
        (fake.raw(b"<html>", 500), "Google's login server did not answer as it should."),
        (fake.raw(b"[]"), "Google's login server did not answer as it should."),
        (fake.raw(b"x" * 200_000), "Google's login server did not answer as it should."),
        (fake.raw(b"[" * 90_000), "Google's login server did not answer as it should."),
        (
            fake.raw(b'{"error": "invalid_grant", "error_description": "Of quinn@example.com"}', 400),
            "Google did not give a login: it was refused, or broke off. Try again.",
        ),
        (
            fake.raw(b'{"error": "invalid_client"}', 401),
            "Google does not know the application that our login belongs to: check the client in GOOGLE_CREDENTIALS.",
        ),
        (
            fake.raw(b'{"error": "redirect_uri_mismatch"}', 400),
            "Google does not take the address that it would send you back to. It must be listed with the client.",
        ),
        (
            fake.without("refresh_token"),
            "Google gave no lasting login. Remove JADA from the account's connections, and try again.",
        ),
    ],
)
def test_an_exchange_that_fails_is_told_in_words_and_changes_nothing(
    admin_client: Client, revoked: Google, trouble: fake.Responder, words: str
) -> None:
    calendar = CalendarFactory(google_id="primary", needs_login=True)
    address = sent_back(admin_client)
    revoked.trouble("token", trouble)
    assert said(admin_client, address) == (PAGE, [words])
    calendar.refresh_from_db()
    assert (calendar.needs_login, GoogleGrant.objects.count()) == (True, 0)


def test_a_login_server_that_drips_is_broken_off(
    admin_client: Client, revoked: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("charters.calendars.google.login.ANSWER_SECONDS", 0.2)
    monkeypatch.setattr("charters.calendars.google.login.CONNECT_SECONDS", 0.2)
    address = sent_back(admin_client)
    revoked.trouble("token", fake.drip())
    assert said(admin_client, address) == (PAGE, ["Google's login server did not answer as it should."])


def test_the_stored_logins_client_serves_when_the_settings_name_none(
    admin_client: Client, google: Google, settings: Any
) -> None:
    settings.GOOGLE_CREDENTIALS = None
    google_credentials.keep_grant(**CLIENT, refresh_token="old", token_uri=f"{google.address}/token", scopes=[])
    address = urlsplit(admin_client.post(PAGE)["Location"])
    assert (address.netloc, parse_qs(address.query)["client_id"]) == ("accounts.google.com", [CLIENT["client_id"]])


def test_a_browser_may_be_led_to_google_from_the_page(admin_client: Client, revoked: Google) -> None:
    policy = admin_client.get(PAGE)["Content-Security-Policy"]
    (rule,) = (each for each in policy.split("; ") if each.startswith("form-action"))
    assert rule == f"form-action 'self' {revoked.address}"


def test_without_an_application_the_page_says_how_to_set_one_up(
    admin_client: Client, google: Google, settings: Any
) -> None:
    settings.GOOGLE_CREDENTIALS = None
    settings.BASE_URL = "https://jada.example.com"
    page = admin_client.get(PAGE).content.decode()
    assert "First, an application that may ask" in page
    assert f"https://jada.example.com{BACK}" in page
    assert "manage.py google login --client FILE --port 8765" in page
    assert admin_client.post(PAGE).status_code == 200


def test_a_service_account_needs_no_login(admin_client: Client, google: Google, settings: Any) -> None:
    settings.GOOGLE_CREDENTIALS = {"type": "service_account", "client_email": "jada@example.iam.gserviceaccount.com"}
    page = admin_client.get(PAGE).content.decode()
    assert "jada@example.iam.gserviceaccount.com" in page
    assert "Log in to Google" not in page


def test_secrets_are_on_no_page_and_in_no_log(
    admin_client: Client, revoked: Google, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        address = sent_back(admin_client)
        admin_client.get(address)
        shown = admin_client.get(PAGE).content.decode()
    secrets = [CLIENT["client_secret"], REFRESH_TOKEN, "access-token-never-to-be-seen"]
    assert [secret for secret in secrets if secret in shown + caplog.text] == []


@pytest.mark.parametrize("address", [PAGE, BACK])
def test_looking_at_calendars_is_not_enough(client: Client, revoked: Google, address: str) -> None:
    logged_in(client, "view_calendar")
    assert client.get(address).status_code == 403
    assert client.post(PAGE).status_code == 403


def test_whoever_may_change_calendars_may_connect(client: Client, revoked: Google) -> None:
    logged_in(client, "view_calendar", "change_calendar")
    assert said(client, sent_back(client))[0] == "/admin/charters/calendar/"


def test_a_login_never_begins_by_a_link(admin_client: Client, revoked: Google) -> None:
    answer = admin_client.get(PAGE)
    assert (answer.status_code, "google_login" in admin_client.session) == (200, False)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(username="admin"))
    assert strict.post(PAGE).status_code == 403


def test_the_way_back_is_a_link_alone(admin_client: Client, revoked: Google) -> None:
    assert admin_client.post(BACK).status_code == 405
