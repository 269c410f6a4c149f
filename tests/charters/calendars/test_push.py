"""Google says that something changed: channels are opened, renewed and stopped, and what comes on them rings a bell."""

import io
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client, RequestFactory

from charters import hooks, tasks
from charters.calendars.google import credentials, push
from charters.models import Calendar, PushChannel
from jada.core import bell, clock
from jada.core import tasks as core_tasks
from jada.core.clock import now
from tests.factories import CalendarFactory
from tests.fakes import google_server as fake
from tests.fakes.broker import NOBODY, broker_at
from tests.fakes.google_server import Google

pytestmark = pytest.mark.django_db
HOOK = "http://127.0.0.1:8000/hooks/google/"


@pytest.fixture
def server(google: Google, settings: Any) -> Iterator[Google]:
    """A Google with calendars `primary` and `second`. The clock runs again afterwards."""
    google.calendar("primary")
    google.calendar("second")
    settings.BASE_URL = "http://127.0.0.1:8000"
    yield google
    clock.stop_at(None)


@pytest.fixture
def calendar(server: Google) -> Calendar:
    found: Calendar = CalendarFactory(name="JADA Internal", google_id="primary", ical_address="")
    return found


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    """The embedded broker, which nobody listens at, with an empty queue."""
    client = redis.Redis.from_url(django_settings.REDIS_URL)
    client.delete("celery", bell.WAITING)
    yield client
    client.delete("celery", bell.WAITING)
    client.close()


def later(**ahead: float) -> None:
    clock.stop_at(now() + timedelta(**ahead))


def opened(server: Google) -> list[dict[str, Any]]:
    """What was asked to be opened, in order."""
    return [request.body for request in server.asked("events.watch")]


def short_lived(seconds: float) -> fake.Responder:
    """Google gives a shorter time than was asked for."""

    def respond(handler: Any) -> None:
        handler.body["params"]["ttl"] = str(int(seconds))
        handler.serve()

    return respond


def announcement(server: Google, **headers: str) -> dict[str, str]:
    """The headers of what Google sends on the one channel that was opened last."""
    channel = server.channels[opened(server)[-1]["id"]]
    return {
        "X-Goog-Channel-ID": channel["id"],
        "X-Goog-Channel-Token": channel["token"],
        "X-Goog-Resource-ID": channel["resourceId"],
        "X-Goog-Resource-State": "exists",
        "X-Goog-Message-Number": "10",
    } | {f"X-Goog-{name.replace('_', '-')}": value for name, value in headers.items()}


def announced(client: Client, headers: dict[str, str]) -> int:
    return client.post("/hooks/google/", headers=headers).status_code


def looks(broker: redis.Redis, *, expected: int) -> int:
    """How many looks wait in the queue; a ring is sent beside the answer, so it is waited for, and for no more."""
    until = time.monotonic() + 2
    while broker.llen("celery") < expected and time.monotonic() < until:
        time.sleep(0.01)
    while any(thread.name == "bell" for thread in threading.enumerate()) and time.monotonic() < until:
        time.sleep(0.01)
    found: int = broker.llen("celery")
    return found


# -- opening, renewing, stopping ------------------------------------------------------------------------


def test_a_channel_is_opened_for_a_google_calendar_at_our_hook(server: Google, calendar: Calendar) -> None:
    CalendarFactory(name="A feed")
    (watched,) = push.open_or_renew()
    (asked,) = opened(server)
    assert (asked["type"], asked["address"], asked["params"]) == ("web_hook", HOOK, {"ttl": "604800"})
    assert (watched.calendar, watched.error) == (calendar, "")
    assert watched.open_until is not None
    assert abs(watched.open_until - now() - timedelta(days=7)) < timedelta(minutes=1)


def test_a_token_is_kept_as_its_digest_alone(server: Google, calendar: Calendar) -> None:
    push.open_or_renew()
    token = opened(server)[0]["token"]
    row = PushChannel.objects.values().get()
    assert (len(token), len(row["token_digest"])) == (43, 32)
    assert [value for value in row.values() if token in str(value)] == []


def test_an_open_channel_is_left_alone(server: Google, calendar: Calendar) -> None:
    push.open_or_renew()
    later(days=5.9)
    push.open_or_renew()
    assert (len(opened(server)), PushChannel.objects.count()) == (1, 1)


def test_a_day_before_it_ends_the_new_channel_is_opened_and_then_the_old_one_stopped(
    server: Google, calendar: Calendar
) -> None:
    push.open_or_renew()
    later(days=6.1)
    push.open_or_renew()
    first, second = (asked["id"] for asked in opened(server))
    calls = [each.operation for each in server.requests if each.operation in {"events.watch", "channels.stop"}]
    assert calls == ["events.watch", "events.watch", "channels.stop"]
    assert [each.body["id"] for each in server.asked("channels.stop")] == [first]
    assert [channel.channel_id for channel in PushChannel.objects.all()] == [second]


def test_a_short_channel_is_renewed_in_half_its_life(server: Google, calendar: Calendar) -> None:
    server.trouble("events.watch", short_lived(3_600))
    push.open_or_renew()
    later(minutes=25)
    push.open_or_renew()
    assert len(opened(server)) == 1
    later(minutes=10)
    push.open_or_renew()
    assert len(opened(server)) == 2


def test_the_channel_of_a_deleted_calendar_is_stopped(server: Google, calendar: Calendar) -> None:
    push.open_or_renew()
    calendar.delete()
    assert PushChannel.objects.count() == 1
    assert push.open_or_renew() == []
    assert (server.channels, PushChannel.objects.count()) == ({}, 0)


def test_the_channel_of_a_calendar_that_is_no_longer_googles_is_stopped(server: Google, calendar: Calendar) -> None:
    push.open_or_renew()
    Calendar.objects.update(google_id="", ical_address="https://calendar.example.com/basic.ics")
    push.open_or_renew()
    assert (server.channels, PushChannel.objects.count()) == ({}, 0)


def test_a_calendar_that_is_another_one_of_googles_gets_another_channel(server: Google, calendar: Calendar) -> None:
    push.open_or_renew()
    push.let_go(calendar)
    Calendar.objects.update(google_id="second")
    push.open_or_renew()
    assert [channel["resourceId"] for channel in server.channels.values()] == ["resource-of-second"]
    assert list(PushChannel.objects.values_list("resource_id", flat=True)) == ["resource-of-second"]


def test_a_calendar_changed_while_its_channel_is_opened_does_not_keep_it(server: Google, calendar: Calendar) -> None:
    """`let_go` came before our row was there to be let go."""
    ((channel, token),) = push._claim(by_hand=False)
    Calendar.objects.filter(pk=calendar.pk).update(google_id="second")
    push._open(channel, token)
    assert list(PushChannel.objects.values_list("calendar", flat=True)) == [None]


def test_a_channel_stays_on_record_until_google_was_told(server: Google, calendar: Calendar) -> None:
    push.open_or_renew()
    calendar.delete()
    server.trouble("channels.stop", fake.error(503), times=5)
    push.open_or_renew()
    assert PushChannel.objects.count() == 1
    push.open_or_renew()
    assert (server.channels, PushChannel.objects.count()) == ({}, 0)


def test_a_channel_that_google_no_longer_knows_is_stopped_already(server: Google, calendar: Calendar) -> None:
    push.open_or_renew()
    calendar.delete()
    server.channels.clear()
    push.open_or_renew()
    assert PushChannel.objects.count() == 0


def test_a_channel_that_has_ended_is_forgotten(server: Google, calendar: Calendar) -> None:
    push.open_or_renew()
    calendar.delete()
    server.revoke()
    later(days=7.1)
    push.open_or_renew()
    assert PushChannel.objects.count() == 0


def test_a_channel_that_another_worker_is_opening_is_left_to_it(server: Google, calendar: Calendar) -> None:
    push._claim(by_hand=False)
    (watched,) = push.open_or_renew(by_hand=True)
    assert (opened(server), watched.open_until, watched.error) == ([], None, push.BEING_OPENED)


def test_the_work_of_a_worker_that_died_is_taken_up(server: Google, calendar: Calendar) -> None:
    push._claim(by_hand=False)
    PushChannel.objects.update(opened_at=datetime.now(UTC) - timedelta(minutes=3))
    (watched,) = push.open_or_renew()
    assert (len(opened(server)), watched.error) == (1, "")
    assert watched.open_until is not None


@pytest.mark.django_db(transaction=True)
def test_two_workers_open_one_channel(server: Google, calendar: Calendar) -> None:
    server.trouble("events.watch", fake.after(0.2))
    workers = [threading.Thread(target=_work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (len(opened(server)), len(server.channels), PushChannel.objects.count()) == (1, 1, 1)


def _work() -> None:
    from django.db import connection

    try:
        tasks.keep_channels()
    finally:
        connection.close()


def test_thirty_calendars_take_as_many_queries_as_one(server: Google, django_assert_num_queries: Any) -> None:
    CalendarFactory(google_id="primary")
    push.open_or_renew()
    with django_assert_num_queries(10):
        push.open_or_renew()
    for number in range(29):
        server.calendar(f"calendar-{number}")
        CalendarFactory(google_id=f"calendar-{number}")
    push.open_or_renew()
    with django_assert_num_queries(10):
        assert len(push.open_or_renew()) == 30


# -- what goes wrong --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (
            fake.error(400, "pushWebhookUrlNotHttps"),
            f"Google does not take {HOOK} as an address to announce changes at: it must be reached over https.",
        ),
        (
            fake.error(400, "pushNotSupportedForRequestedResource"),
            "Google announces no changes of this calendar; it is one of those (holidays, say) that it never does.",
        ),
        (fake.error(403, "forbidden"), "Google does not allow it: the connected account lacks the right."),
        (fake.error(404, "notFound"), "Google knows no such calendar, event or message (or shows it to others only)."),
    ],
)
def test_a_refusal_is_kept_in_words_and_leaves_no_channel(
    server: Google, calendar: Calendar, trouble: fake.Responder, words: str
) -> None:
    server.trouble("events.watch", trouble)
    (watched,) = push.open_or_renew()
    calendar.refresh_from_db()
    assert (watched.open_until, watched.error, calendar.push_error) == (None, words, words)
    assert PushChannel.objects.count() == 0


def test_the_words_go_when_it_went_well(server: Google, calendar: Calendar) -> None:
    server.trouble("events.watch", fake.error(403, "forbidden"))
    push.open_or_renew()
    push.open_or_renew()
    calendar.refresh_from_db()
    assert calendar.push_error == ""


def test_one_calendar_that_is_refused_does_not_keep_the_next_from_being_opened(server: Google) -> None:
    CalendarFactory(name="A", google_id="unknown")
    CalendarFactory(name="B", google_id="primary")
    first, second = push.open_or_renew()
    assert (first.open_until is None, second.open_until is None) == (True, False)


def test_a_channel_whose_renewal_is_refused_stays_open(server: Google, calendar: Calendar) -> None:
    push.open_or_renew()
    later(days=6.5)
    server.trouble("events.watch", fake.error(403, "forbidden"))
    (watched,) = push.open_or_renew()
    assert (watched.open_until is None, len(server.channels), PushChannel.objects.count()) == (False, 1, 1)


def test_a_channel_whose_opening_was_never_answered_is_known_by_its_first_announcement(
    server: Google, calendar: Calendar, client: Client
) -> None:
    server.trouble("events.watch", opened_without_an_answer(), times=5)
    (watched,) = push.open_or_renew()
    assert (watched.open_until, watched.error) == (None, "The connection to Google broke off.")
    assert announced(client, announcement(server, Resource_State="sync")) == 204
    (again,) = push.open_or_renew()
    assert again.open_until is not None
    assert list(PushChannel.objects.values_list("resource_id", flat=True)) == ["resource-of-primary"]


def opened_without_an_answer() -> fake.Responder:
    """Google opens the channel, and the connection ends."""

    def respond(handler: Any) -> None:
        handler._watch("primary")
        handler.close_connection = True

    return respond


def test_a_first_try_that_was_never_answered_is_not_taken_for_a_refusal(server: Google, calendar: Calendar) -> None:
    server.trouble("events.watch", opened_without_an_answer())
    push.open_or_renew()
    assert list(PushChannel.objects.values_list("resource_id", "channel_id")) == [("", opened(server)[0]["id"])]


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "http://jada.example.com", "https://localhost:8000"])
def test_what_google_would_refuse_is_not_tried_by_the_clock(
    server: Google, calendar: Calendar, settings: Any, address: str
) -> None:
    settings.BASE_URL = address
    settings.GOOGLE_API_ENDPOINT = push.GOOGLE
    (watched,) = push.open_or_renew()
    assert (server.requests, PushChannel.objects.count()) == ([], 0)
    assert watched.error == (
        f"Google announces changes to a public https address only, and BASE_URL is {address}. "
        "The clock finds changes without it."
    )


def test_a_public_https_address_can_be_reached(settings: Any) -> None:
    settings.BASE_URL = "https://jada.example.com"
    assert push.why_unreachable() == ""


def test_a_calendar_that_waits_for_a_login_is_tried_by_hand_alone(server: Google, calendar: Calendar) -> None:
    Calendar.objects.update(needs_login=True)
    push.open_or_renew()
    assert server.requests == []
    push.open_or_renew(by_hand=True)
    assert len(opened(server)) == 1


def test_a_revoked_login_is_told_and_asks_once(server: Google, calendar: Calendar) -> None:
    server.revoke()
    (watched,) = push.open_or_renew()
    assert watched.error == credentials.LOGIN_GONE
    assert (len(server.asked("token")), opened(server)) == (1, [])


# -- the hook -----------------------------------------------------------------------------------------------


def test_a_push_queues_a_quick_look_at_everything(
    server: Google, calendar: Calendar, client: Client, broker: redis.Redis
) -> None:
    push.open_or_renew()
    assert announced(client, announcement(server)) == 204
    assert looks(broker, expected=1) == 1
    (message,) = (json.loads(each) for each in broker.lrange("celery", 0, -1))
    assert (message["headers"]["task"], message["headers"]["argsrepr"]) == ("jada.core.tasks.look", "()")


@pytest.mark.parametrize(
    "wrong",
    [
        {"Channel_Token": "wrong"},
        {"Channel_Token": ""},
        {"Channel_Token": "é"},
        {"Channel_ID": "00000000-0000-0000-0000-000000000000"},
        {"Channel_ID": ""},
        {"Channel_ID": "x" * 5_000},
        {"Channel_ID": "nul\x00"},
    ],
)
def test_a_wrong_channel_or_token_is_refused_and_starts_nothing(
    server: Google, calendar: Calendar, client: Client, broker: redis.Redis, wrong: dict[str, str]
) -> None:
    push.open_or_renew()
    headers = announcement(server, **wrong)
    assert client.post("/hooks/google/", **as_environ(headers)).status_code == 403
    assert looks(broker, expected=0) == 0


def as_environ(headers: dict[str, str]) -> dict[str, Any]:
    return {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}


def test_a_push_without_headers_is_refused(client: Client) -> None:
    assert announced(client, {}) == 403


def test_an_unknown_channel_is_compared_as_a_known_one(
    server: Google, calendar: Calendar, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    push.open_or_renew()
    compared: list[tuple[int, int]] = []

    def compare(first: bytes, second: bytes) -> bool:
        compared.append((len(first), len(second)))
        return first == second

    monkeypatch.setattr("hmac.compare_digest", compare)
    for channel_id in (PushChannel.objects.get().channel_id, "unknown", "nul\x00"):
        with django_assert_num_queries(1):
            assert push.recognise(channel_id=channel_id, token="wrong") is None
    assert compared == [(32, 32)] * 3


def test_the_first_message_of_a_channel_needs_no_look(
    server: Google, calendar: Calendar, client: Client, broker: redis.Redis
) -> None:
    push.open_or_renew()
    assert announced(client, announcement(server, Resource_State="sync")) == 204
    assert looks(broker, expected=0) == 0


def test_a_push_of_a_calendar_that_is_gone_starts_nothing(
    server: Google, calendar: Calendar, client: Client, broker: redis.Redis
) -> None:
    push.open_or_renew()
    calendar.delete()
    assert announced(client, announcement(server)) == 204
    assert looks(broker, expected=0) == 0


def test_a_thousand_pushes_queue_one_look(
    server: Google, calendar: Calendar, client: Client, broker: redis.Redis
) -> None:
    push.open_or_renew()
    headers = announcement(server)
    assert {announced(client, headers) for _ in range(1_000)} == {204}
    assert looks(broker, expected=1) == 1


def test_a_push_that_comes_after_a_look_began_queues_the_next(
    server: Google, calendar: Calendar, client: Client, broker: redis.Redis
) -> None:
    push.open_or_renew()
    announced(client, announcement(server))
    looks(broker, expected=1)
    core_tasks.look()
    announced(client, announcement(server))
    assert looks(broker, expected=2) == 2


def test_a_look_at_one_charter_is_not_what_a_push_waits_for(
    server: Google, calendar: Calendar, client: Client, broker: redis.Redis
) -> None:
    push.open_or_renew()
    announced(client, announcement(server))
    looks(broker, expected=1)
    core_tasks.look([404])
    announced(client, announcement(server))
    assert looks(broker, expected=2) == 1


def test_with_the_broker_dead_the_hook_answers_at_once_and_a_later_push_is_heard(
    server: Google, calendar: Calendar, client: Client, broker: redis.Redis
) -> None:
    push.open_or_renew()
    headers = announcement(server)
    with broker_at(NOBODY):
        started = time.monotonic()
        assert announced(client, headers) == 204
        assert time.monotonic() - started < 0.5
        assert looks(broker, expected=0) == 0
    announced(client, headers)
    assert looks(broker, expected=1) == 1


def test_a_broker_that_cannot_be_reached_at_all_does_not_hold_the_hook_up(
    server: Google, calendar: Calendar, client: Client, settings: Any
) -> None:
    push.open_or_renew()
    settings.REDIS_URL = "redis://192.0.2.1:6379/0"  # TEST-NET-1: nobody answers
    started = time.monotonic()
    assert {announced(client, announcement(server)) for _ in range(20)} == {204}
    assert time.monotonic() - started < 1
    while any(thread.name == "bell" for thread in threading.enumerate()):
        time.sleep(0.01)


def test_the_body_of_a_push_is_never_read(server: Google, calendar: Calendar) -> None:
    push.open_or_renew()

    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise AssertionError("the body was read")

    request = RequestFactory().post("/hooks/google/", **as_environ(announcement(server, Resource_State="sync")))
    request.META |= {"CONTENT_LENGTH": "1000000000000"}
    request._stream = Endless()  # type: ignore[attr-defined]
    assert hooks.google(request).status_code == 204


def test_a_push_needs_no_form_of_ours(server: Google, calendar: Calendar) -> None:
    push.open_or_renew()
    assert announced(Client(enforce_csrf_checks=True), announcement(server, Resource_State="sync")) == 204


@pytest.mark.parametrize("method", ["get", "put", "head", "options"])
def test_the_hook_takes_posts_alone(client: Client, method: str) -> None:
    assert getattr(client, method)("/hooks/google/").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_the_sweep_opens_channels_without_a_broker(server: Google, calendar: Calendar) -> None:
    with broker_at(NOBODY):
        call_command("sweep", "--once")
    assert len(server.channels) == 1
