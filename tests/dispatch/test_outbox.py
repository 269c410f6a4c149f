"""Claim, deliver, settle: at least once, and no more often than need be."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from charters.models import Charter
from dispatch import outbox
from dispatch.channels.email import KEPT
from dispatch.models import Delivery
from tests.charters.pages.sailing import THURSDAY, danika
from tests.dispatch.conftest import Move
from tests.fakes.mail_sink import MailSink

pytestmark = pytest.mark.django_db
FOUR_HUNDRED_DAYS = timedelta(days=400)


def written(charter: Charter | None = None, **facts: Any) -> Delivery:
    """A message of no particular version, unless told otherwise."""
    facts = {
        "kind": "guardian",
        "recipient": "danika@example.com",
        "facts_digest": "d",
        "subject": "Please sign",
        "text": "Hello Zoë",
    } | facts
    return outbox.enqueue(charter=charter or danika(), **facts)


def stands(delivery: Delivery) -> tuple[str, str]:
    delivery.refresh_from_db()
    return delivery.state, delivery.reason


def wait(delivery: Delivery) -> timedelta:
    delivery.refresh_from_db()
    return delivery.not_before - THURSDAY


def killed(delivery: Delivery, attempts: int = 1) -> None:
    """Its sender died, and its lease has run out."""
    Delivery.objects.filter(pk=delivery.pk).update(
        state="sending", attempts=attempts, lease_until=Now() - timedelta(seconds=1)
    )


# -- sent ----------------------------------------------------------------------------------------------------------


def test_a_message_is_sent_once(sink: MailSink) -> None:
    delivery = written(html="<p>Hello Zoë</p>")
    assert (outbox.send_due(), outbox.send_due()) == (1, 0)
    assert (stands(delivery), delivery.sent_at, delivery.attempts) == (("sent", ""), THURSDAY, 1)
    assert [(mail["To"], mail["Subject"]) for mail in sink.taken] == [("danika@example.com", "Please sign")]


def test_a_mail_says_who_wrote_it_which_it_is_and_that_nobody_need_answer(sink: MailSink) -> None:
    delivery = written()
    outbox.send_due()
    (mail,) = sink.taken
    assert (mail["From"], mail["X-JADA-Message"], mail["Auto-Submitted"]) == (
        "JADA <office@sailjada.com>",
        f"{delivery.pk}.1",
        "auto-generated",
    )


def test_a_mail_has_its_text_and_its_html(sink: MailSink) -> None:
    written(html="<p>Hello Zoë</p>")
    outbox.send_due()
    (mail,) = sink.taken
    parts = [mail.get_body((kind,)).get_content().strip() for kind in ("plain", "html")]  # type: ignore[union-attr]
    assert parts == ["Hello Zoë", "<p>Hello Zoë</p>"]


def test_the_versions_of_a_message_are_numbered() -> None:
    charter = danika()
    numbers = [written(charter).number, written(charter).number, written(charter, recipient="q@example.com").number]
    assert numbers == [1, 2, 1]


def test_without_a_mail_server_a_message_is_kept_in_the_database() -> None:
    delivery = written()
    outbox.send_due()
    assert stands(delivery) == ("sent", KEPT)


def test_a_message_whose_time_has_not_come_waits(sink: MailSink, at: Move) -> None:
    delivery = written()
    Delivery.objects.update(not_before=THURSDAY + timedelta(hours=1))
    assert outbox.send_due() == 0
    at(THURSDAY + timedelta(hours=1))
    assert (outbox.send_due(), stands(delivery)) == (1, ("sent", ""))


# -- not sent ------------------------------------------------------------------------------------------------------


def test_a_refused_address_fails_for_good(sink: MailSink, at: Move) -> None:
    sink.recipient_answer = "550 No such user"
    delivery = written()
    outbox.send_due()
    assert stands(delivery) == ("failed", "The mail server refuses the address.")
    at(THURSDAY + timedelta(days=1))
    assert outbox.send_due() == 0


def test_a_refused_message_fails_for_good(sink: MailSink) -> None:
    sink.message_answer = "554 We take no such words"
    delivery = written()
    outbox.send_due()
    assert stands(delivery) == ("failed", "The mail server refused the message (554).")


@pytest.mark.parametrize("answer", ["recipient_answer", "message_answer"])
def test_a_message_that_is_put_off_is_tried_again_later(sink: MailSink, at: Move, answer: str) -> None:
    setattr(sink, answer, "451 Try again later")
    delivery = written()
    assert (outbox.send_due(), outbox.send_due()) == (1, 0)
    assert (stands(delivery)[0], wait(delivery)) == ("pending", timedelta(seconds=30))
    setattr(sink, answer, "250 OK")
    at(THURSDAY + timedelta(seconds=30))
    assert (outbox.send_due(), stands(delivery)) == (1, ("sent", ""))


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 2), (3, 4), (6, 32)])
def test_each_wait_is_twice_as_long(sink: MailSink, attempts: int, minutes: int) -> None:
    sink.recipient_answer = "451 Try again later"
    delivery = written()
    Delivery.objects.update(attempts=attempts)
    outbox.send_due()
    assert wait(delivery) == timedelta(minutes=minutes)


def test_a_mail_server_that_is_not_there_is_asked_again(sink: MailSink, settings: Any) -> None:
    settings.EMAIL_PORT = 9
    delivery = written()
    outbox.send_due()
    assert stands(delivery) == ("pending", "The mail server cannot be reached.")


def test_an_address_that_no_mail_can_carry_stops_nobody_elses(sink: MailSink, at: Move) -> None:
    charter = danika()
    bad = written(charter, subject="Please\nsign")
    good = written(charter, recipient="quinn@example.com")
    outbox.send_due()
    assert (stands(bad), stands(good)[0]) == (("failed", "The message cannot be written as mail."), "sent")


def test_after_eight_tries_a_message_is_set_aside(sink: MailSink, at: Move) -> None:
    sink.recipient_answer = "451 Try again later"
    delivery = written()
    for day in range(8):
        at(THURSDAY + timedelta(days=day))
        outbox.send_due()
    assert (stands(delivery), delivery.attempts) == (("set_aside", "The mail server refuses the address."), 8)
    at(THURSDAY + FOUR_HUNDRED_DAYS)
    assert outbox.send_due() == 0


def test_a_person_may_have_a_stuck_message_sent_again(sink: MailSink) -> None:
    sink.recipient_answer = "550 No such user"
    delivery = written()
    outbox.send_due()
    sink.recipient_answer = "250 OK"
    assert (outbox.retry(delivery), outbox.send_due(), stands(delivery)) == (True, 1, ("sent", ""))


def test_nobody_may_have_a_sent_message_sent_again(sink: MailSink) -> None:
    delivery = written()
    outbox.send_due()
    assert (outbox.retry(delivery), outbox.send_due()) == (False, 0)


# -- perhaps sent ---------------------------------------------------------------------------------------------------


def test_a_message_that_was_perhaps_taken_goes_again(sink: MailSink, at: Move) -> None:
    sink.hangs_up_after_data = True
    delivery = written()
    outbox.send_due()
    assert stands(delivery) == ("unknown", "The mail server broke off before it answered.")
    sink.hangs_up_after_data = False
    at(THURSDAY + timedelta(seconds=30))
    outbox.send_due()
    assert (stands(delivery), len(sink.taken)) == (("sent", ""), 2)


def test_a_repeat_carries_the_same_number(sink: MailSink, at: Move) -> None:
    sink.hangs_up_after_data = True
    delivery = written()
    outbox.send_due()
    at(THURSDAY + timedelta(seconds=30))
    outbox.send_due()
    assert [mail["X-JADA-Message"] for mail in sink.taken] == [f"{delivery.pk}.1"] * 2


def test_a_message_whose_sender_was_killed_goes_again(sink: MailSink) -> None:
    delivery = written()
    killed(delivery)
    outbox.send_due()
    assert (stands(delivery), delivery.attempts, len(sink.taken)) == (("sent", ""), 2, 1)


def test_a_message_that_somebody_is_sending_is_left_to_them(sink: MailSink) -> None:
    Delivery.objects.filter(pk=written().pk).update(state="sending", lease_until=Now() + timedelta(seconds=60))
    assert (outbox.send_due(), sink.taken) == (0, [])


def test_a_message_that_kills_its_senders_is_set_aside(sink: MailSink) -> None:
    delivery = written()
    killed(delivery, attempts=8)
    assert (outbox.send_due(), stands(delivery)) == (
        0,
        ("set_aside", "Nobody who tried to send it lived to say what came of it."),
    )


@pytest.mark.django_db(transaction=True)
def test_a_sender_that_was_overtaken_settles_nothing(sink: MailSink) -> None:
    delivery = written()

    def overtaken() -> None:
        Delivery.objects.update(fence=99)
        connection.close()

    sink.meanwhile = overtaken
    outbox.send_due()
    assert stands(delivery)[0] == "sending"


@pytest.mark.django_db(transaction=True)
def test_senders_at_once_send_each_message_once(sink: MailSink) -> None:
    charter = danika()
    for number in range(12):
        written(charter, recipient=f"guest-{number}@example.com")
    together, tried = threading.Barrier(2), []

    def work() -> None:
        together.wait()
        tried.append(outbox.send_due())
        connection.close()

    senders = [threading.Thread(target=work) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(mail["To"] for mail in sink.taken) == sorted(f"guest-{number}@example.com" for number in range(12))
    assert (sum(tried), set(Delivery.objects.values_list("state", "attempts"))) == (12, {("sent", 1)})


# -- no longer true -----------------------------------------------------------------------------------------------


def test_an_older_boarding_message_does_not_follow_the_newer_one(sink: MailSink, at: Move) -> None:
    charter = danika()
    sink.recipient_answer = "451 Try again later"
    old = written(charter, kind="boarding", subject="2 PM")
    outbox.send_due()
    new = written(charter, kind="boarding", subject="3 PM")
    sink.recipient_answer = "250 OK"
    at(THURSDAY + timedelta(hours=1))
    outbox.send_due()
    assert (stands(old)[0], stands(new)[0], [mail["Subject"] for mail in sink.taken]) == ("overtaken", "sent", ["3 PM"])


def test_two_minors_of_one_guardian_are_two_messages(sink: MailSink) -> None:
    charter = danika()
    written(charter, subject="Please sign for Ana")
    written(charter, subject="Please sign for Ben")
    outbox.send_due()
    assert [mail["Subject"] for mail in sink.taken] == ["Please sign for Ana", "Please sign for Ben"]


@pytest.mark.parametrize("facts", [{"status": "cancelled"}, {"starts_at": THURSDAY}], ids=["cancelled", "departed"])
def test_a_boarding_message_that_was_held_up_is_not_sent_when_the_trip_is_off(
    sink: MailSink, facts: dict[str, Any]
) -> None:
    delivery = written(kind="boarding")
    Charter.objects.update(**facts)
    assert (outbox.send_due(), stands(delivery)[0], sink.taken) == (0, "overtaken", [])


def test_while_a_trip_is_in_question_its_boarding_message_waits(sink: MailSink) -> None:
    delivery = written(kind="boarding")
    Charter.objects.update(status="cancelling")
    assert (outbox.send_due(), stands(delivery)[0]) == (0, "pending")
    Charter.objects.update(status="confirmed")
    assert (outbox.send_due(), stands(delivery)[0]) == (1, "sent")
