"""The Calendar API, spoken by the vendor's client to a server on a real socket."""

import io
import json
import logging
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from googleapiclient.discovery import build

from charters.calendars.google import calendar_api, transport
from charters.calendars.google import credentials as google_credentials
from charters.calendars.google.calendar_api import Changed, Missing, ReconnectNeeded, Refused
from charters.management.commands import google as google_command
from charters.models import GoogleGrant
from jada.core import env
from jada.core.errors import AdapterError
from tests.fakes import google_server as fake
from tests.fakes.google_server import CLIENT, REFRESH_TOKEN, Google

pytestmark = pytest.mark.django_db
SAMPLE = (Path(__file__).parents[3] / "charters/demo/jada-internal.ics").read_bytes()
ALVAREZ = "jada0004sample"


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    """A calendar `primary` with the sample season; pauses are short."""
    monkeypatch.setattr(transport, "FIRST_PAUSE", 0.005)
    monkeypatch.setattr(google_command, "MINUTES", 0.2)
    google_credentials.forget_tokens()
    with fake.google_server() as serving:
        serving.load(SAMPLE)
        settings.GOOGLE_API_ENDPOINT = serving.address
        settings.GOOGLE_CREDENTIALS = serving.credentials()
        yield serving
        transport.forget_connections()
    google_credentials.forget_tokens()


def ids(answer: calendar_api.Answer) -> set[str]:
    return {item["id"] for item in answer.items}


def failure(sync_token: str = "") -> AdapterError:
    with pytest.raises(AdapterError) as raised:
        calendar_api.read("primary", sync_token=sync_token)
    return raised.value


# -- reading ---------------------------------------------


def test_a_first_read_gives_every_event_and_the_calendars_zone(server: Google) -> None:
    answer = calendar_api.read("primary")
    assert (len(answer.items), answer.full, answer.timezone, answer.role) == (25, True, "America/Los_Angeles", "owner")


def test_series_are_read_as_written_without_a_time_window(server: Google) -> None:
    calendar_api.read("primary")
    query = server.asked("events.list")[0].query
    assert (query["singleEvents"], {"timeMin", "timeMax", "orderBy"} & set(query)) == ("false", set())


def test_pages_are_followed_to_the_last(server: Google) -> None:
    server.page_size = 10
    assert (len(calendar_api.read("primary").items), len(server.asked("events.list"))) == (25, 3)


def test_a_token_gives_what_changed_and_deleted_events_too(server: Google) -> None:
    token = calendar_api.read("primary").sync_token
    server.edit(ALVAREZ, summary="Alvarez Sail")
    server.delete("jada0000sample")
    answer = calendar_api.read("primary", sync_token=token)
    statuses = {item["id"]: item["status"] for item in answer.items}
    assert (statuses, answer.full) == ({ALVAREZ: "confirmed", "jada0000sample": "cancelled"}, False)


def test_no_change_is_one_request(server: Google) -> None:
    token = calendar_api.read("primary").sync_token
    server.requests.clear()
    assert (calendar_api.read("primary", sync_token=token).items, len(server.requests)) == ([], 1)


def test_both_kinds_of_read_ask_with_the_same_parameters(server: Google) -> None:
    calendar_api.read("primary", sync_token=calendar_api.read("primary").sync_token)
    first, second = (request.query for request in server.asked("events.list"))
    assert first == {name: value for name, value in second.items() if name != "syncToken"}


def test_an_expired_token_is_answered_with_a_full_read(server: Google) -> None:
    token = calendar_api.read("primary").sync_token
    server.forget_sync_tokens()
    answer = calendar_api.read("primary", sync_token=token)
    assert (len(answer.items), answer.full) == (25, True)
    assert calendar_api.read("primary", sync_token=answer.sync_token).full is False


def test_a_token_that_never_was_one_is_answered_with_a_full_read(server: Google) -> None:
    assert calendar_api.read("primary", sync_token="nonsense").full is True


def test_a_calendar_edited_between_pages_is_seen_at_the_next_read(server: Google) -> None:
    server.page_size = 20
    server.trouble("events.list", fake.after(0))
    server.before("events.list", lambda: None)
    server.before("events.list", lambda: server.edit("jada0000sample", summary="Quinn Sail"))
    token = calendar_api.read("primary").sync_token
    assert ids(calendar_api.read("primary", sync_token=token)) == {"jada0000sample"}


def test_attendees_are_not_carried_away(server: Google) -> None:
    server.edit(ALVAREZ, attendees=[{"email": "guest@example.com"}])
    assert [item for item in calendar_api.read("primary").items if "attendees" in item] == []


def test_an_empty_calendar(server: Google) -> None:
    server.calendar("empty")
    assert calendar_api.read("empty").items == []


def test_a_read_whose_last_page_names_no_token_was_cut_off(server: Google) -> None:
    server.trouble("events.list", fake.without("nextSyncToken"))
    assert str(failure()) == "Google's answer was cut off: its last page is missing."


def test_pages_that_go_in_a_circle_end(server: Google) -> None:
    circle = json.dumps({"items": [], "nextPageToken": "again"}).encode()
    server.trouble("events.list", fake.raw(circle), times=3)
    assert str(failure()) == transport.STRANGE


@pytest.mark.parametrize("content", [b"<html>Sign in</html>", b"[]", b'{"items": 3}', b'{"items": [3]}', b"\xff\xfe"])
def test_an_answer_of_another_kind_is_no_calendar(server: Google, content: bytes) -> None:
    server.trouble("events.list", fake.raw(content))
    assert str(failure()) == transport.STRANGE


def test_more_than_20_000_events(server: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_api, "MOST_EVENTS", 24)
    assert (failure().permanent, str(failure())) == (True, "The calendar holds more than 24 events.")


def test_a_few_bytes_that_grow_to_more_than_20_mb(server: Google) -> None:
    server.trouble("events.list", fake.bomb(30_000_000))
    assert str(failure()) == "Google's answer is larger than 20 MB."


def test_many_pages_of_more_than_20_mb_in_all(server: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    server.page_size = 5
    monkeypatch.setattr(calendar_api, "MOST_BYTES", 5_000)
    assert str(failure()) == "Google's answer is larger than 20 MB."


# -- troubles that pass ---------------------------------------------


@pytest.mark.parametrize(
    "trouble",
    [
        fake.rate_limited(),
        fake.error(403, "userRateLimitExceeded"),
        fake.error(403, "quotaExceeded"),
        fake.error(429, "rateLimitExceeded"),
        fake.error(500),
        fake.error(503),
        fake.raw(b"Bad gateway", 502, "text/html"),
        fake.hang_up(),
        fake.cut_off(),
    ],
)
def test_a_trouble_that_passes_is_waited_out(server: Google, trouble: Any) -> None:
    server.trouble("events.list", trouble, times=2)
    assert (len(calendar_api.read("primary").items), len(server.asked("events.list"))) == (25, 3)


def test_a_trouble_that_stays_is_given_up_after_five_tries(server: Google) -> None:
    server.trouble("events.list", fake.error(503), times=50)
    error = failure()
    assert (len(server.asked("events.list")), error.permanent, str(error)) == (5, False, transport.TRY_LATER)
    assert error.retry_after is None


def test_retry_after_is_waited_for(server: Google) -> None:
    server.trouble("events.list", fake.error(429, Retry_After="1"))
    started = time.monotonic()
    calendar_api.read("primary")
    assert 1.0 <= time.monotonic() - started < 2.0


@pytest.mark.parametrize("name", ["seconds", "date"])
def test_a_longer_retry_after_is_left_to_the_clock(server: Google, name: str) -> None:
    dated = format_datetime(datetime.now(UTC) + timedelta(seconds=3_600), usegmt=True)
    server.trouble("events.list", fake.error(503, Retry_After="3600" if name == "seconds" else dated))
    error = failure()
    assert len(server.asked("events.list")) == 1
    assert error.retry_after == pytest.approx(3_600, abs=5)


def test_an_unreadable_retry_after_is_none(server: Google) -> None:
    server.trouble("events.list", fake.error(503, Retry_After="soon"))
    assert len(calendar_api.read("primary").items) == 25


def test_a_server_that_answers_too_late(server: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr(transport, "PATIENCE_SECONDS", 0.5)
    server.trouble("events.list", fake.after(5), times=9)
    started = time.monotonic()
    assert str(failure()) == transport.TOO_SLOW
    assert time.monotonic() - started < 1.5


def test_a_server_that_drips(server: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "PATIENCE_SECONDS", 0.4)
    server.trouble("events.list", fake.drip(), times=9)
    started = time.monotonic()
    assert str(failure()) == transport.TOO_SLOW
    assert time.monotonic() - started < 1.5


def test_a_slow_page_is_waited_for(server: Google) -> None:
    server.trouble("events.list", fake.after(0.3))
    assert len(calendar_api.read("primary").items) == 25


def test_nobody_there(server: Google, settings: Any) -> None:
    calendar_api.read("primary")
    settings.GOOGLE_API_ENDPOINT = "http://127.0.0.1:1"
    error = failure()
    assert (str(error), error.permanent) == (transport.UNREACHABLE, False)


def test_a_redirect_is_not_followed(server: Google) -> None:
    server.trouble("events.list", fake.raw(b"", 302, Location="http://127.0.0.1:1/"))
    assert failure().permanent


# -- logins ---------------------------------------------


def test_an_expired_access_token_is_renewed_once(server: Google) -> None:
    calendar_api.read("primary")
    server.expire_tokens()
    calendar_api.read("primary")
    operations = [request.operation for request in server.requests]
    assert operations == ["token", "events.list", "events.list", "token", "events.list"]


def test_an_access_token_serves_until_it_expires(server: Google) -> None:
    calendar_api.read("primary")
    calendar_api.get_event("primary", ALVAREZ)
    assert len(server.asked("token")) == 1


def test_threads_share_one_renewal(server: Google) -> None:
    calendar_api.read("primary")
    server.expire_tokens()
    threads = [threading.Thread(target=_get_without_database, args=(server,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.asked("token")) == 2


def _get_without_database(server: Google) -> None:
    access = google_credentials._access(json.dumps(server.credentials(), sort_keys=True), calendar_api.CALENDAR_SCOPES)
    request = transport.service("calendar", "v3").events().get(calendarId="primary", eventId=ALVAREZ)
    assert transport.execute(request, access)["id"] == ALVAREZ


def test_a_revoked_login_asks_for_a_new_one_and_is_not_tried_again(server: Google) -> None:
    calendar_api.read("primary")
    server.revoke()
    server.requests.clear()
    error = failure()
    assert isinstance(error, ReconnectNeeded)
    assert (str(error), error.permanent) == (google_credentials.LOGIN_GONE, True)
    assert [request.operation for request in server.requests] == ["events.list", "token"]


def test_a_login_that_is_renewed_and_still_not_believed(server: Google) -> None:
    server.trouble("events.list", fake.error(401, "authError"), times=9)
    error = failure()
    assert (type(error), str(error)) == (ReconnectNeeded, google_credentials.NOT_BELIEVED)
    assert len(server.asked("events.list")) == 2


def test_a_client_that_google_does_not_know(server: Google, settings: Any) -> None:
    settings.GOOGLE_CREDENTIALS = server.credentials() | {"client_secret": "another"}
    assert str(failure()) == google_credentials.CLIENT_UNKNOWN


def test_no_login_at_all(server: Google, settings: Any) -> None:
    settings.GOOGLE_CREDENTIALS = None
    assert (str(failure()), server.requests) == (google_credentials.NO_LOGIN, [])


@pytest.mark.parametrize("trouble", [fake.hang_up(), fake.error(500), fake.raw(b"<html>", 200), fake.raw(b"", 404)])
def test_a_login_server_that_fails_does_not_end_the_login(server: Google, trouble: Any) -> None:
    server.trouble("token", trouble, times=3)
    error = failure()
    assert (str(error), error.permanent) == (google_credentials.NO_TOKEN, False)


def test_a_service_account_asks_its_own_token_uri(server: Google, settings: Any) -> None:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    settings.GOOGLE_CREDENTIALS = {
        "type": "service_account",
        "client_email": "robot@project.example.com",
        "private_key": pem,
        "token_uri": f"{server.address}/token",
    }
    assert len(calendar_api.read("primary").items) == 25
    assert server.asked("token")[0].body["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"


def test_nothing_secret_or_personal_is_said_or_logged(server: Google, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    said = []
    for trouble in (fake.error(403, "forbidden"), fake.raw(b"quinn@example.com", 403), fake.raw(b"quinn@example.com")):
        server.trouble("events.list", trouble)
        said.append(failure())
    server.revoke()
    said.append(failure())
    told = "".join(f"{error!r}{error.__cause__!r}" for error in said) + caplog.text
    assert [word for word in ("quinn", "Quinn", "never-to-be-seen", "client.apps") if word in told] == []


# -- the right to do it ---------------------------------------------


def test_a_calendar_we_may_not_see(server: Google) -> None:
    server.trouble("events.list", fake.error(403, "forbidden"))
    error = failure()
    assert (type(error), error.permanent, len(server.asked("events.list"))) == (Refused, True, 1)


def test_a_calendar_that_is_not_there(server: Google) -> None:
    with pytest.raises(Missing):
        calendar_api.read("nobody@example.com")


def test_our_role_on_a_calendar(server: Google) -> None:
    server.calendar().role = "reader"
    assert calendar_api.access_role("primary") == "reader"


def test_our_role_on_a_calendar_that_is_not_in_our_list(server: Google) -> None:
    server.calendar().listed = False
    assert calendar_api.access_role("primary") == "owner"


# -- writing ---------------------------------------------


def test_a_patch_changes_its_fields_and_leaves_the_others(server: Google) -> None:
    event = calendar_api.get_event("primary", ALVAREZ)
    after = calendar_api.patch_event("primary", ALVAREZ, {"description": "Captain: Gene"}, etag=event["etag"])
    same = {name: value for name, value in event.items() if name not in {"description", "etag", "updated", "sequence"}}
    assert after["description"] == "Captain: Gene"
    assert {name: after[name] for name in same} == same
    assert server.asked("events.patch")[0].headers["if-match"] == event["etag"]


def test_a_patch_of_an_event_that_changed_meanwhile(server: Google) -> None:
    event = calendar_api.get_event("primary", ALVAREZ)
    server.change_before_patch(ALVAREZ)
    with pytest.raises(Changed):
        calendar_api.patch_event("primary", ALVAREZ, {"description": "Captain: Gene"}, etag=event["etag"])
    assert server.calendar().items[ALVAREZ]["description"] == event["description"]


def test_a_patch_where_we_may_only_read(server: Google) -> None:
    server.calendar().role = "reader"
    with pytest.raises(Refused) as raised:
        calendar_api.patch_event("primary", ALVAREZ, {}, etag="*")
    assert (raised.value.status, raised.value.reasons) == (403, frozenset({"forbidden"}))


def test_nobody_is_written_to_unless_asked(server: Google) -> None:
    calendar_api.patch_event("primary", ALVAREZ, {}, etag="*")
    calendar_api.patch_event("primary", ALVAREZ, {}, etag="*", notify=True)
    assert [request.query["sendUpdates"] for request in server.asked("events.patch")] == ["none", "all"]


def new_event(*parts: str) -> dict[str, Any]:
    moment = {"dateTime": "2026-06-01T18:00:00-07:00"}
    return {"id": calendar_api.event_id(*parts), "summary": "Kim Sunset Sail", "start": moment, "end": moment}


def test_an_event_added_twice_is_there_once(server: Google) -> None:
    first, second = (calendar_api.insert_event("primary", new_event("sync-platform", "XHQGMDH")) for _ in range(2))
    assert (first, len(server.calendar().items)) == (second, 26)


def test_an_event_whose_first_answer_was_lost_is_there_once(server: Google) -> None:
    server.trouble("events.insert", fake.hang_up())
    server.before("events.insert", lambda: server.put(new_event("one")))
    assert calendar_api.insert_event("primary", new_event("one"))["summary"] == "Kim Sunset Sail"


def test_an_event_id_is_one_that_google_takes() -> None:
    found = calendar_api.event_id("a", "b")
    assert found == calendar_api.event_id("a", "b") != calendar_api.event_id("ab")
    assert set(found) <= set("0123456789abcdefghijklmnopqrstuv")


# -- push ---------------------------------------------


def test_a_channel_is_opened_and_stopped(server: Google) -> None:
    address = "https://sail.example.com/hooks/google/"
    channel = calendar_api.watch("primary", channel_id="c-1", token="t", address=address, seconds=3_600)
    assert channel.expires_at is not None
    assert abs(channel.expires_at - datetime.now(UTC) - timedelta(hours=1)) < timedelta(seconds=10)
    assert (server.channels["c-1"]["address"], server.channels["c-1"]["token"]) == (address, "t")
    calendar_api.stop_channel(channel.id, channel.resource_id)
    assert server.channels == {}


def test_a_channel_that_is_gone_is_stopped(server: Google) -> None:
    calendar_api.stop_channel("c-1", "nothing")
    assert len(server.asked("channels.stop")) == 1


# -- the fake is what it says ---------------------------------------------


def test_the_vendors_own_transport_reads_the_fake(server: Google) -> None:
    from google.oauth2.credentials import Credentials

    parts = server.credentials()
    parts.pop("type")
    credentials = Credentials(token=None, **parts)  # type: ignore[no-untyped-call]
    options = {"api_endpoint": f"{server.address}/calendar/v3/"}
    with build("calendar", "v3", credentials=credentials, client_options=options) as client:
        server.page_size, events, token = 20, [], None
        while True:
            page = client.events().list(calendarId="primary", pageToken=token or "").execute()
            events += page["items"]
            token = page.get("nextPageToken")
            if not token:
                break
    assert len(events) == 25


def test_mail_is_found_by_query_and_read_raw(server: Google) -> None:
    old, new = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 20, tzinfo=UTC)
    server.receive(b"From: news@boatsetter.com\r\n\r\nold", old)
    booking = server.receive(b"From: bookings@boatsetter.com\r\n\r\nnew", new)
    server.receive(b"From: friend@example.com\r\n\r\nhello", new)
    messages = transport.service("gmail", "v1").users().messages()
    access = google_credentials.access(google_credentials.MAIL_SCOPES)
    query = f"from:(boatsetter.com) after:{int(old.timestamp())}"
    found = transport.execute(messages.list(userId="me", q=query), access)
    assert [each["id"] for each in found["messages"]] == [booking.id]
    read = transport.execute(messages.get(userId="me", id=booking.id, format="raw"), access)
    assert read["raw"] == "RnJvbTogYm9va2luZ3NAYm9hdHNldHRlci5jb20NCg0KbmV3"
    assert server.asked("messages.get")[0].path == f"/gmail/v1/users/me/messages/{booking.id}"


def test_mail_comes_in_pages(server: Google) -> None:
    for number in range(3):
        server.receive(b"Subject: %d\r\n\r\n" % number)
    messages = transport.service("gmail", "v1").users().messages()
    access = google_credentials.access(google_credentials.MAIL_SCOPES)
    first = transport.execute(messages.list(userId="me", maxResults=2), access)
    second = transport.execute(messages.list(userId="me", maxResults=2, pageToken=first["nextPageToken"]), access)
    assert (len(first["messages"]), len(second["messages"]), "nextPageToken" in second) == (2, 1, False)


# -- manage.py google ---------------------------------------------


def log_in(server: Google, capsys: pytest.CaptureFixture[str], folder: Path) -> str:
    """Runs the command and plays the browser: opens the address that it prints."""
    (folder / "client.json").write_text(json.dumps(server.client_file()))
    told = io.StringIO()
    failures: list[BaseException] = []

    def browse() -> None:
        try:
            until = time.monotonic() + 10
            printed = ""
            while "/o/oauth2/auth" not in printed and time.monotonic() < until:
                printed += capsys.readouterr().out
                time.sleep(0.02)
            address = next(word for word in printed.split() if "/o/oauth2/auth" in word)
            with urllib.request.urlopen(address, timeout=5) as page:
                assert b"JADA is connected" in page.read()
        except BaseException as error:  # noqa: BLE001 told to the test below
            failures.append(error)

    browser = threading.Thread(target=browse)
    browser.start()
    call_command("google", "login", "--client", str(folder / "client.json"), stdout=told)
    browser.join()
    assert failures == []
    return told.getvalue()


def test_a_login_is_kept_sealed_and_used(
    server: Google, settings: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settings.GOOGLE_CREDENTIALS = None
    told = log_in(server, capsys, tmp_path)
    row = GoogleGrant.objects.values().get()
    assert told.startswith("Connected.")
    assert [value for value in row.values() if str(value) in {REFRESH_TOKEN, CLIENT["client_secret"]}] == []
    assert len(calendar_api.read("primary").items) == 25
    assert server.asked("consent")[0].query["access_type"] == "offline"


def test_a_login_wins_over_the_credentials_it_was_made_under_and_over_no_others(
    server: Google, settings: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settings.GOOGLE_CREDENTIALS = server.credentials() | {"refresh_token": "withdrawn"}
    log_in(server, capsys, tmp_path)
    assert (google_credentials.source(), len(calendar_api.read("primary").items)) == ("grant", 25)
    settings.GOOGLE_CREDENTIALS = server.credentials()
    assert google_credentials.source() == "environment"


def test_a_login_that_may_not_do_everything_says_so(
    server: Google, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    server.scope = google_credentials.CALENDAR_SCOPES[0]
    assert "Not allowed: reading booking mail." in log_in(server, capsys, tmp_path)


def test_a_login_without_a_client_is_refused(server: Google, settings: Any) -> None:
    settings.GOOGLE_CREDENTIALS = None
    with pytest.raises(CommandError, match="--client FILE"):
        call_command("google", "login")


def test_a_stored_login_whose_key_is_gone(server: Google, settings: Any) -> None:
    google_credentials.keep_grant(**CLIENT, refresh_token=REFRESH_TOKEN, token_uri=f"{server.address}/token", scopes=[])
    settings.FIELD_KEYS = ["another key, of at least 32 characters"]
    error = failure()
    assert isinstance(error, ReconnectNeeded)
    assert "FIELD_KEYS" in str(error)


def test_a_status_and_a_logout(server: Google, settings: Any) -> None:
    settings.GOOGLE_CREDENTIALS = None
    google_credentials.keep_grant(**CLIENT, refresh_token=REFRESH_TOKEN, token_uri=f"{server.address}/token", scopes=[])
    told = io.StringIO()
    call_command("google", "status", "--json", stdout=told)
    assert json.loads(told.getvalue())["source"] == "grant"
    call_command("google", "logout", stdout=io.StringIO())
    assert google_credentials.source() == ""


# -- GOOGLE_CREDENTIALS -------------------------------------------------------------


def test_credentials_come_from_a_file_or_as_json(
    server: Google, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    written = json.dumps({name: part for name, part in server.credentials().items() if name != "type"}, indent=2)
    (tmp_path / "token.json").write_text(written)
    read = []
    for value in (written, str(tmp_path / "token.json")):
        monkeypatch.setenv("GOOGLE_CREDENTIALS", value)
        read.append(env.credentials("GOOGLE_CREDENTIALS"))
    assert read == [server.credentials(), server.credentials()]


@pytest.mark.parametrize(
    "value", ["/no/such/file", "{", '{"type": "authorized_user"}', '{"refresh_token": "kept quiet"}', '{"type": "x"}']
)
def test_malformed_credentials_are_refused_without_being_said(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_CREDENTIALS", value)
    with pytest.raises(ImproperlyConfigured, match=r"^GOOGLE_CREDENTIALS: ") as raised:
        env.credentials("GOOGLE_CREDENTIALS")
    assert "kept quiet" not in str(raised.value)
