"""The queue in the admin, and `manage.py mail import`."""

import io
import json
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from charters.bookings.receive import receive
from charters.models import BookingMessage, Charter, Vessel
from tests.charters.bookings.conftest import charter_of_a_calendar
from tests.charters.bookings.samples import MAILS, letter, mail

pytestmark = pytest.mark.django_db
QUEUE = "/admin/charters/bookingmessage/"
PRIYA = "Reservation code: BSP{:04}\nBoat: JADA\nRenter: Priya Natarajan\nWhen: Jun 27, 2026 3 PM - 7 PM"


def waiting(number: int = 0) -> BookingMessage:
    message = receive(letter(PRIYA.format(number), message_id=f"<{number}@boatsetter.com>")).message
    assert message is not None
    return message


@pytest.fixture
def quinn(jada: Vessel) -> Charter:
    return charter_of_a_calendar(jada, 2026, 6, 27, 15, 0, title="Quinn Sail", party="Quinn", guest_name="Quinn")


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def test_it_is_this_trip_in_one_tap(admin_client: Client, quinn: Charter) -> None:
    message = waiting()
    tap = f"{QUEUE}{message.pk}/trip/{quinn.pk}/"
    assert f'formaction="{tap}"' in text(admin_client.get(f"{QUEUE}?state__exact=waiting"))
    assert f'action="{tap}"' in text(admin_client.get(f"{QUEUE}{message.pk}/change/"))
    assert admin_client.get(tap).status_code == 405
    assert "It is Quinn Sail." in text(admin_client.post(tap, follow=True))
    message.refresh_from_db()
    assert (message.state, message.charter, message.reason) == ("matched", quinn, "admin said so.")
    assert "does not wait for a word any more" in text(admin_client.post(tap, follow=True))


def test_looking_is_not_enough_to_answer(client: Client, quinn: Charter) -> None:
    message = waiting()
    user = User.objects.create_user("ana", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_bookingmessage"))
    client.force_login(user)
    assert "formaction" not in text(client.get(QUEUE))
    assert client.post(f"{QUEUE}{message.pk}/trip/{quinn.pk}/").status_code == 403
    assert client.post(f"{QUEUE}upload/", {}).status_code == 403
    message.refresh_from_db()
    assert message.state == "waiting"


def test_a_refused_mail_is_believed_by_a_person_and_a_cancellation_answered(
    admin_client: Client, jonathan: Charter
) -> None:
    forged, cancelled = receive(mail("forged-dmarc")).message, receive(mail("boatsetter-cancellation")).message
    assert forged
    assert cancelled
    for message, button, tap in ((forged, "Believe it", "believe"), (cancelled, "The trip sails", "sails")):
        assert button in text(admin_client.get(f"{QUEUE}{message.pk}/change/"))
        admin_client.post(f"{QUEUE}{message.pk}/{tap}/")
    assert set(BookingMessage.objects.values_list("state", flat=True)) == {"matched"}


def test_files_are_added_and_each_is_answered_for(admin_client: Client, jonathan: Charter) -> None:
    files = [
        SimpleUploadedFile("jonathan.eml", mail("boatsetter-forwarded-jonathan")),
        SimpleUploadedFile("broken.eml", b"hello"),
    ]
    page = text(admin_client.post(f"{QUEUE}upload/", {"files": files}, follow=True))
    assert "jonathan.eml: Boatsetter booking XHQGMDH: known to jonathan-sunday-2026-05-31." in page
    assert "broken.eml: It is not an e-mail" in page


def test_what_a_mail_says_is_escaped(admin_client: Client, jada: Vessel) -> None:
    body = "Confirmation code: BSX0001\nStart: Jul 1, 2026 1 PM\n<img src=x onerror=alert(1)>"
    message = receive(letter(body)).message
    assert message
    page = text(admin_client.get(f"{QUEUE}{message.pk}/change/"))
    assert "&lt;img src=x" in page
    assert "<img src=x" not in page


def test_the_queue_takes_as_many_queries_for_thirty_mails_as_for_one(
    admin_client: Client, quinn: Charter, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    waiting()
    admin_client.get(QUEUE)
    with django_assert_max_num_queries(12) as one:
        admin_client.get(QUEUE)
    for number in range(1, 30):
        waiting(number)
    with django_assert_max_num_queries(12) as thirty:
        page = text(admin_client.get(QUEUE))
    assert page.count("formaction") == 30
    assert len(thirty) == len(one)


def imported(*files: Path | str) -> tuple[str, int]:
    out = io.StringIO()
    try:
        call_command("mail", "import", *map(str, files), stdout=out)
    except SystemExit as end:
        return out.getvalue(), int(end.code or 0)
    return out.getvalue(), 0


def test_the_command_says_one_line_a_file(jonathan: Charter) -> None:
    file = MAILS / "boatsetter-forwarded-jonathan.eml"
    told, code = imported(file)
    assert (told, code) == (
        f"{file}: Boatsetter booking XHQGMDH: known to jonathan-sunday-2026-05-31. By the code XHQGMDH.\n",
        0,
    )
    assert "Known already." in imported(file)[0]


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_read(jonathan: Charter, tmp_path: Path) -> None:
    file = MAILS / "boatsetter-forwarded-jonathan.eml"
    told, code = imported(tmp_path / "none.eml", file)
    assert (len(told.splitlines()), code, BookingMessage.objects.count()) == (2, 1, 1)


def test_the_command_prints_json(jonathan: Charter) -> None:
    out = io.StringIO()
    call_command("mail", "import", str(MAILS / "boatsetter-cancellation.eml"), "--json", stdout=out)
    (result,) = json.loads(out.getvalue())
    assert (result["state"], result["code"], result["charter"]) == (
        "cancellation_shown",
        "XHQGMDH",
        "jonathan-sunday-2026-05-31",
    )
