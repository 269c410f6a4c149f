"""What a primary guest is told, when, and how often."""

import re
import threading
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client

from charters.models import Charter, Guest, GuestPage
from charters.overrides import confirm_cancelled, override
from dispatch.messages import MessageLayer, lights
from dispatch.models import Delivery
from dispatch.outbox import send_due
from jada.core.reconcile import Report, Scope, plan, reconcile
from tests.charters.pages.sailing import THURSDAY, danika, sails_later
from tests.charters.pages.samples import at as clock_on
from tests.dispatch.conftest import Move
from tests.factories import DockFactory, GuestFactory, GuestPageFactory, VesselFactory
from tests.fakes.mail_sink import MailSink

pytestmark = pytest.mark.django_db

# Danika's trip is at 2 PM on Saturday in San Diego: her message is due at 2 PM on Thursday.
DUE = THURSDAY + timedelta(hours=2)
ONLY_MESSAGES = frozenset({"message"})


def sailing(**facts: Any) -> Charter:
    """Danika's charter; its page was seen at its public address."""
    charter = danika(**facts)
    GuestPageFactory.create(charter=charter, state="verified")
    return charter


def look(**scope: Any) -> Report:
    return reconcile(Scope(layers=ONLY_MESSAGES, **scope))


def seen(charter: Charter) -> None:
    """A look at the pages later."""
    GuestPage.objects.filter(charter=charter).update(state="verified")


def told() -> list[str]:
    """The subjects of what was sent, in order."""
    return list(Delivery.objects.order_by("pk").values_list("subject", flat=True))


def light(charter: Charter) -> tuple[str, str]:
    (each,) = lights(list(Charter.objects.filter(pk=charter.pk).with_relations())).values()
    return each.state, each.words


FIRST = "Your trip on JADA, Sat 30 May, 2–6 PM"
CHANGED = "Changed: your trip on JADA, Sat 30 May, 3–6 PM"


@pytest.fixture
def charter() -> Charter:
    dock = DockFactory.create(name="Harbor Island West", address="1880 Harbor Island Dr")
    return sailing(vessel=VesselFactory.create(name="JADA", dock=dock, brand__name="Queen of San Diego"), calendar=None)


# -- when ------------------------------------------------------------------------------------------------------------


def test_nothing_is_said_more_than_48_hours_before(charter: Charter, at: Move) -> None:
    at(DUE - timedelta(seconds=1))
    assert (look().changes, told()) == ([], [])


def test_48_hours_before_it_is_said_once(charter: Charter, at: Move, sink: MailSink) -> None:
    at(DUE)
    assert [(each.action, each.state) for each in look().changes] == [("send", "applied")]
    assert (look().changes, [mail["Subject"] for mail in sink.taken]) == ([], [FIRST])


def test_the_lead_is_a_setting(charter: Charter, settings: Any) -> None:
    settings.BOARDING_LEAD_HOURS = 51
    look()
    assert told() == [FIRST]


def test_a_plan_says_who_would_be_told_and_tells_nobody(charter: Charter, at: Move) -> None:
    at(DUE)
    (change,) = plan(Scope(layers=ONLY_MESSAGES)).changes
    assert (change.expected, change.actual, change.state, told()) == (
        "Told: Sat 30 May, 2–6 PM, arrive by 1:45 PM",
        None,
        "planned",
        [],
    )


@pytest.mark.parametrize("state", ["none", "stale", "published", "failed"])
def test_it_waits_until_the_page_was_seen(charter: Charter, at: Move, state: str) -> None:
    at(DUE)
    GuestPage.objects.update(state=state)
    assert (look().changes, light(charter)) == ([], ("waiting", "Waits for the page"))
    seen(charter)
    look()
    assert told() == [FIRST]


def test_without_a_page_nothing_is_said(at: Move) -> None:
    danika()
    at(DUE)
    assert (look().exit_code, told()) == (0, [])


def test_no_address_is_no_failure(at: Move) -> None:
    charter = sailing(guest_email="")
    at(DUE)
    assert (look().exit_code, told(), light(charter)) == (0, [], ("none", "No e-mail address"))


@pytest.mark.parametrize("status", ["cancelled", "cancelling"])
def test_a_trip_that_is_off_or_in_question_is_not_announced(charter: Charter, at: Move, status: str) -> None:
    at(DUE)
    Charter.objects.update(status=status)
    assert (look().changes, told()) == ([], [])


def test_a_trip_that_has_departed_is_not_announced(charter: Charter, at: Move) -> None:
    at(charter.starts_at)
    assert (look().changes, told(), light(charter)) == ([], [], ("none", "Never sent"))


def test_a_trip_without_hours_is_not_announced(at: Move) -> None:
    sailing(all_day=True)
    at(DUE)
    assert (look().changes, told()) == ([], [])


def test_what_is_no_charter_is_not_announced(at: Move) -> None:
    sailing(event_type="hold")
    at(DUE)
    assert (look().changes, told()) == ([], [])


# -- a change -----------------------------------------------------------------------------------------------------


def test_a_changed_hour_is_told_when_it_has_settled(charter: Charter, at: Move) -> None:
    at(DUE)
    look()
    sails_later(charter)
    seen(charter)
    at(DUE + timedelta(seconds=299))
    look()
    assert (told(), light(charter)) == ([FIRST], ("waiting", "A change settles until Thu 28 May, 2:05 PM"))
    at(DUE + timedelta(seconds=300))
    look()
    assert told() == [FIRST, CHANGED]


def test_a_change_waits_for_its_page(charter: Charter, at: Move) -> None:
    at(DUE)
    look()
    sails_later(charter)
    at(DUE + timedelta(seconds=300))
    look()
    assert told() == [FIRST]


def test_within_three_hours_of_departure_a_change_settles_in_a_minute(charter: Charter, at: Move) -> None:
    at(DUE)
    look()
    noon = clock_on("2026-05-30 12:00").astimezone(ZoneInfo("UTC"))
    at(noon)
    sails_later(charter)
    seen(charter)
    at(noon + timedelta(seconds=59))
    look()
    assert told() == [FIRST]
    at(noon + timedelta(seconds=60))
    look()
    assert told() == [FIRST, CHANGED]


def test_a_change_before_the_message_is_no_change_to_the_guest(charter: Charter, at: Move) -> None:
    sails_later(charter)
    seen(charter)
    at(DUE + timedelta(hours=1))
    look()
    assert told() == ["Your trip on JADA, Sat 30 May, 3–6 PM"]


@pytest.mark.parametrize(
    "facts",
    [{"captain": "Gene"}, {"guest_count": 8}, {"guest_phone": "+16195550001"}, {"guest_name": "Danika Alvares"}],
    ids=lambda facts: next(iter(facts)),
)
def test_what_does_not_move_a_guest_is_no_news(charter: Charter, at: Move, facts: dict[str, Any]) -> None:
    at(DUE)
    look()
    override(charter=charter, facts=facts, by="ana")
    seen(charter)
    at(DUE + timedelta(hours=1))
    assert (look().changes, told()) == ([], [FIRST])


def test_who_was_told_hears_at_once_that_it_sails_a_week_later(charter: Charter, at: Move) -> None:
    at(DUE)
    look()
    week = timedelta(days=7)
    override(
        charter=charter, facts={"starts_at": charter.starts_at + week, "ends_at": charter.ends_at + week}, by="ana"
    )
    seen(charter)
    at(DUE + timedelta(minutes=5))
    look()
    assert told() == [FIRST, "Changed: your trip on JADA, Sat 6 Jun, 2–6 PM"]


def test_a_typo_in_the_title_is_no_news(charter: Charter, at: Move) -> None:
    at(DUE)
    look()
    Charter.objects.update(title="Danika Privat Charter")
    at(DUE + timedelta(hours=1))
    assert (look().changes, told()) == ([], [FIRST])


def test_another_place_is_news(charter: Charter, at: Move) -> None:
    at(DUE)
    look()
    Charter.objects.update(place="B Street Pier", told_facts_changed_at=DUE)
    at(DUE + timedelta(minutes=5))
    look()
    assert told() == [FIRST, "Changed: your trip on JADA, Sat 30 May, 2–6 PM"]
    assert "B Street Pier" in Delivery.objects.latest("pk").text


def test_there_and_back_again_after_both_were_told_is_told_again(charter: Charter, at: Move) -> None:
    at(DUE)
    look()
    sails_later(charter)
    seen(charter)
    at(DUE + timedelta(minutes=5))
    look()
    override(charter=charter, facts={"starts_at": None}, by="ana")
    seen(charter)
    at(DUE + timedelta(minutes=10))
    look()
    assert told() == [FIRST, CHANGED, "Changed: your trip on JADA, Sat 30 May, 2–6 PM"]
    assert list(Delivery.objects.order_by("pk").values_list("number", flat=True)) == [1, 2, 3]


def test_there_and_back_again_before_it_settled_is_never_told(charter: Charter, at: Move) -> None:
    at(DUE)
    look()
    sails_later(charter)
    override(charter=charter, facts={"starts_at": None}, by="ana")
    seen(charter)
    at(DUE + timedelta(hours=1))
    look()
    assert told() == [FIRST]


def test_a_corrected_address_is_told_from_the_beginning(charter: Charter, at: Move) -> None:
    at(DUE)
    look()
    override(charter=charter, facts={"guest_email": "Alvarez@Example.com"}, by="ana")
    seen(charter)
    look()
    assert list(Delivery.objects.order_by("pk").values_list("recipient", "subject", "number")) == [
        ("danika@example.com", FIRST, 1),
        ("alvarez@example.com", FIRST, 1),
    ]


def test_who_never_got_the_first_is_not_told_that_it_changed(charter: Charter, at: Move, sink: MailSink) -> None:
    at(DUE)
    sink.recipient_answer = "451 Try again later"
    look()
    sails_later(charter)
    seen(charter)
    sink.recipient_answer = "250 OK"
    at(DUE + timedelta(minutes=5))
    look()
    assert [mail["Subject"] for mail in sink.taken] == ["Your trip on JADA, Sat 30 May, 3–6 PM"]


def test_a_trip_that_is_on_again_is_announced_after_all(charter: Charter, at: Move, sink: MailSink) -> None:
    at(DUE)
    sink.recipient_answer = "451 Try again later"
    look()
    confirm_cancelled(charter=charter, by="ana")
    sink.recipient_answer = "250 OK"
    at(DUE + timedelta(minutes=5))
    look()
    send_due()
    Charter.objects.update(status="confirmed")
    seen(charter)
    look()
    assert [mail["Subject"] for mail in sink.taken] == [FIRST]


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_look_at_once_tell_a_guest_once(charter: Charter, at: Move) -> None:
    at(DUE)
    together = threading.Barrier(4)

    def work() -> None:
        together.wait()
        look()
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert told() == [FIRST]


# -- what ------------------------------------------------------------------------------------------------------------


def mail_of(charter: Charter, at: Move) -> Delivery:
    at(DUE)
    look()
    return Delivery.objects.get(charter=charter)


@pytest.mark.parametrize("part", ["text", "html"])
def test_it_says_where_and_when_and_whom_to_call(charter: Charter, at: Move, part: str) -> None:
    words = getattr(mail_of(charter, at), part)
    page = GuestPage.objects.get()
    wanted = [
        "Hello Danika,",
        "Sat 30 May, 2–6 PM",
        "1:45 PM",
        "Harbor Island West",
        "1880 Harbor Island Dr",
        "https://maps.google.com/?q=1880%20Harbor%20Island%20Dr",
        page.url,
        page.photo_code,
        f"/p/{page.photo_code}/",
        "+16195550100",
        "Queen of San Diego",
    ]
    assert [each for each in wanted if each not in words] == []


def test_its_waiver_link_is_the_guests_own_and_opens(charter: Charter, at: Move, client: Client) -> None:
    links = set(re.findall(r"/w/[A-Za-z0-9_-]{22}/", mail_of(charter, at).text))
    (guest,) = Guest.objects.all()
    assert (guest.name, guest.is_primary, len(links)) == ("Danika Alvarez", True, 1)
    assert client.get(links.pop()).status_code == 200


def test_it_tells_no_secret_and_no_other_guest(at: Move) -> None:
    charter = sailing(title="Nguyen Proposal Sunset Sail", guest_name="Kim Nguyen", party="Nguyen")
    GuestFactory.create(charter=charter, name="Tran Ashford", email="tran@example.com", phone="+16195550077")
    mail = mail_of(charter, at)
    everything = " ".join([mail.subject, mail.text, mail.html])
    assert re.findall(r"Proposal|Ashford|Tran|tran@example|5550077|Nguyen", everything) == []


def test_a_name_cannot_write_html(at: Move) -> None:
    mail = mail_of(sailing(guest_name="<b>Danika</b>"), at)
    assert "<b>" not in mail.html


def test_a_repeated_message_says_that_something_changed(charter: Charter, at: Move) -> None:
    at(DUE)
    look()
    sails_later(charter)
    seen(charter)
    at(DUE + timedelta(minutes=5))
    look()
    first, second = Delivery.objects.order_by("pk")
    said = "Something about your trip has changed."
    assert (said in first.text, said in second.text, said in second.html) == (False, True, True)


# -- what the board shows --------------------------------------------------------------------------------------------


def test_the_light_says_when_it_is_due_and_that_it_was_sent(charter: Charter, at: Move) -> None:
    assert light(charter) == ("due", "Due Thu 28 May, 2 PM")
    at(DUE)
    assert light(charter) == ("waiting", "Due now")
    look()
    assert light(charter) == ("sent", "Sent Thu 28 May, 2 PM")


def test_the_light_says_that_it_is_being_sent(charter: Charter, at: Move, sink: MailSink) -> None:
    at(DUE)
    sink.recipient_answer = "451 Try again later"
    assert look().exit_code == 2
    assert light(charter) == ("waiting", "Being sent")


def test_the_light_says_why_it_failed_and_the_look_holds_it(charter: Charter, at: Move, sink: MailSink) -> None:
    at(DUE)
    sink.recipient_answer = "550 No such user"
    assert look().exit_code == 1
    assert light(charter) == ("failed", "The mail server refuses the address.")
    assert [(each.state, each.reason) for each in look().changes] == [("held", "The mail server refuses the address.")]


def test_lights_cost_one_query_for_any_number(at: Move, django_assert_num_queries: Any) -> None:
    for _ in range(5):
        sailing()
    charters = list(Charter.objects.with_relations())
    with django_assert_num_queries(1):
        lights(charters)


def test_looking_costs_three_questions_when_all_are_told(
    charter: Charter, at: Move, django_assert_num_queries: Any
) -> None:
    at(DUE)
    look()
    layer = MessageLayer()
    with django_assert_num_queries(3):  # the charters, their crews, what they were told
        assert layer.plan(Scope(), None) == []
