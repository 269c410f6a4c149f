"""The mailbox, read by the vendor's client from a server on a real socket."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from charters.bookings import gmail
from charters.bookings.match import look_again
from charters.calendars.google import credentials as google_credentials
from charters.calendars.google import transport
from charters.models import BookingMessage, Charter, Mailbox
from tests.charters.bookings.samples import letter, mail
from tests.fakes import google_server as fake
from tests.fakes.google_server import Google

pytestmark = pytest.mark.django_db
MAY = datetime(2026, 5, 12, 17, 0, tzinfo=UTC)


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    monkeypatch.setattr(transport, "FIRST_PAUSE", 0.005)
    google_credentials.forget_tokens()
    with fake.google_server() as serving:
        settings.GOOGLE_API_ENDPOINT = serving.address
        settings.GOOGLE_CREDENTIALS = serving.credentials()
        yield serving
        transport.forget_connections()
    google_credentials.forget_tokens()


def read_new() -> tuple[int, int] | None:
    """(how many mails came, how many were new to us); None when the mailbox was not asked."""
    fetched = gmail.fetch()
    if fetched is None:
        return None
    with transaction.atomic():
        kept = gmail.take_in(fetched)
        look_again()
    return len(fetched.mails), kept


def booking(number: int) -> bytes:
    return letter(
        f"Confirmation code: BSX{number:04}\nStart: Jul 1, 2026 1 PM", message_id=f"<{number}@boatsetter.com>"
    )


def test_jonathans_forwarded_mail_reaches_his_trip(jonathan: Charter, server: Google) -> None:
    server.receive(mail("boatsetter-forwarded-jonathan"), MAY)
    assert read_new() == (1, 1)
    jonathan.refresh_from_db()
    assert jonathan.guest_phone == "+16195550142"


def test_nothing_is_read_twice(jonathan: Charter, server: Google) -> None:
    server.receive(mail("boatsetter-forwarded-jonathan"), MAY)
    server.receive(mail("boatsetter-message"), MAY)
    read_new()
    assert (read_new(), read_new()) == ((0, 0), (0, 0))
    assert len(server.asked("messages.get")) == 2


def test_a_later_look_asks_from_the_cursor_on(jonathan: Charter, server: Google) -> None:
    server.receive(booking(1), MAY)
    read_new()
    server.receive(booking(2), MAY + timedelta(hours=1))
    assert read_new() == (1, 1)
    asked = [request.query["q"] for request in server.asked("messages.list")]
    assert "newer_than:180d" in asked[0]
    assert f"after:{int(MAY.timestamp()) - 86_400}" in asked[1]
    assert "from:boatsetter.com from:getmyboat.com" in asked[1]


def test_pages_are_followed_and_mails_are_taken_oldest_first(jonathan: Charter, server: Google) -> None:
    server.page_size = 3
    for number in range(8):
        server.receive(booking(number), MAY + timedelta(minutes=number))
    assert read_new() == (8, 8)
    assert len(server.asked("messages.list")) == 3
    codes = list(BookingMessage.objects.order_by("pk").values_list("code", flat=True))
    assert codes == [f"BSX{number:04}" for number in range(8)]


def test_after_a_failure_it_reads_on_where_it_stopped(jonathan: Charter, server: Google) -> None:
    for number in range(3):
        server.receive(booking(number), MAY + timedelta(minutes=number))
    server.before("messages.get", lambda: server.trouble("messages.get", fake.error(403, "insufficientPermissions")))
    read_new()
    assert Mailbox.objects.get().error != ""
    read_new()
    assert (BookingMessage.objects.count(), Mailbox.objects.get().error) == (3, "")


def test_a_mail_deleted_meanwhile_stops_nothing(jonathan: Charter, server: Google) -> None:
    server.receive(booking(1), MAY)
    server.receive(booking(2), MAY)
    server.trouble("messages.get", fake.error(404, "notFound"))
    assert read_new() == (1, 1)


def test_a_broken_mail_stops_nothing(jonathan: Charter, server: Google) -> None:
    server.receive(b"From: no-reply@boatsetter.com\n\n\x00\xff", MAY)
    server.receive(booking(2), MAY + timedelta(minutes=1))
    assert read_new() == (2, 1)


def test_more_than_a_look_can_take_is_left_for_the_next(
    jonathan: Charter, server: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gmail, "MOST_A_LOOK", 2)
    for number in range(3):
        server.receive(booking(number), MAY + timedelta(minutes=number))
    assert (read_new(), read_new()) == ((2, 2), (1, 1))


def test_who_comes_second_leaves_the_mailbox_alone(jonathan: Charter, server: Google) -> None:
    server.receive(booking(1), MAY)
    Mailbox.objects.create(name="gmail", lease_until=datetime.now(UTC) + timedelta(minutes=5))
    assert read_new() is None
    assert server.asked("messages.list") == []


def test_a_plan_reads_and_writes_nothing(jonathan: Charter, server: Google) -> None:
    server.receive(mail("boatsetter-forwarded-jonathan"), MAY)
    fetched = gmail.fetch(dry=True)
    assert fetched is not None
    assert (len(fetched.mails), fetched.fence, Mailbox.objects.count()) == (1, None, 0)


def test_a_look_in_a_hurry_leaves_a_mailbox_that_was_just_asked(jonathan: Charter, server: Google) -> None:
    read_new()
    server.requests.clear()
    assert (gmail.fetch(patient=False), server.requests) == (None, [])


def test_without_a_google_account_nothing_is_asked(jonathan: Charter, server: Google, settings: Any) -> None:
    settings.GOOGLE_CREDENTIALS = None
    assert (read_new(), server.requests) == (None, [])
