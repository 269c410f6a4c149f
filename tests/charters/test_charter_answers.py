"""A charter's page asks, and one tap answers: who a name is, which value stays, what the calendar is told."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from charters.calendars import corrections
from charters.models import Calendar, Charter, Correction, CrewMember, NotAPerson, Override
from charters.overrides import override
from tests.charters.calendars.conftest import Move, at, calendar, server
from tests.charters.calendars.feeds import event, feed, look
from tests.factories import CrewMemberFactory
from tests.fakes import feed_server as fake
from tests.fakes.feed_server import FeedServer

__all__ = ["Move", "at", "calendar", "server"]
TEXT = "Captain: Darrell\\nCrew: Gen\\, Cooler\\nGuests: 4\\nCake on board\\, please keep upright!"


@pytest.fixture
def quinn(calendar: Calendar, server: FeedServer) -> Charter:
    """Darrell and Gene are crew members; Gen and Cooler are names that lead to nobody."""
    CrewMemberFactory.create(name="Darrell", role="captain")
    CrewMemberFactory.create(name="Gene", role="mate")
    return says(server, TEXT)


def says(server: FeedServer, text: str) -> Charter:
    """The calendar's text is this from now on."""
    server.answer = fake.whole(feed(event(DESCRIPTION=text)))
    look()
    return Charter.objects.get()


def page_of(client: Client, charter: Charter) -> str:
    return client.get(f"/admin/charters/charter/{charter.pk}/change/").content.decode()


def tap(client: Client, charter: Charter, question: str, **answer: object) -> str:
    """What the page says after an answer."""
    said = client.post(f"/admin/charters/charter/{charter.pk}/{question}/", answer, follow=True)
    return " ".join(str(each) for each in said.context["messages"])


def logged_in(client: Client, *permissions: str) -> Client:
    user = User.objects.create_user("ana", password="pass-word-1", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return client


def deeds(client: Client, charter: Charter) -> list[str]:
    """What people did, as the timeline tells it."""
    lines = client.get(f"/admin/charters/charter/{charter.pk}/change/").context["timeline"]
    return [line.words for line in lines if line.who == "admin"]


# -- names ----------------------------------------------------------------------------------------------------------


def test_each_unsettled_name_is_asked_about_once_with_its_line(admin_client: Client, quinn: Charter) -> None:
    shown = admin_client.get(f"/admin/charters/charter/{quinn.pk}/change/").context
    asked = [(each.name, each.sentence, each.guesses.likely) for each in shown["names_asked"]]
    assert asked == [
        ("Gen", "“Crew: Gen, Cooler”: no crew member is called Gen. Who is this?", True),
        ("Cooler", "“Crew: Gen, Cooler”: no crew member is called Cooler. Who is this?", False),
    ]
    assert [sentence for sentence in shown["conflicts"] if "Who is this" in sentence] == []


def test_this_is_a_crew_member(admin_client: Client, quinn: Charter) -> None:
    gene = CrewMember.objects.get(name="Gene")
    assert tap(admin_client, quinn, "name", name="Gen", answer="member", member=gene.pk) == "“Gen” is Gene."
    gene.refresh_from_db()
    assert (gene.aliases, deeds(admin_client, quinn)) == (["Gen"], ["“Gen” on the crew list is Gene"])
    assert "no crew member is called Gen." not in page_of(admin_client, quinn)


def test_a_new_crew_member_sails_as_the_list_says(admin_client: Client, quinn: Charter) -> None:
    said = tap(admin_client, quinn, "name", name="Cooler", answer="new")
    assert said == "Cooler is in the crew now. Add a phone and an e-mail there."
    assert CrewMember.objects.get(name="Cooler").role == "crew"
    assert deeds(admin_client, quinn) == ["“Cooler” is a new crew member"]


def test_that_is_no_name(admin_client: Client, quinn: Charter) -> None:
    tap(admin_client, quinn, "name", name="Cooler", answer="nobody")
    assert list(NotAPerson.objects.values_list("plain", "by")) == [("cooler", "admin")]
    assert list(quinn.crew_assignments.values_list("name", flat=True)) == ["Darrell", "Gen"]


def test_a_second_tap_changes_nothing_and_says_so(admin_client: Client, quinn: Charter) -> None:
    tap(admin_client, quinn, "name", name="Cooler", answer="nobody")
    said = tap(admin_client, quinn, "name", name="Cooler", answer="new")
    assert said == "Nobody asks who “Cooler” is any more; nothing was changed."
    assert not CrewMember.objects.filter(name="Cooler").exists()


@pytest.mark.parametrize("member", ["", "0", "x", "9" * 30])
def test_without_a_choice_it_is_asked_for(admin_client: Client, quinn: Charter, member: str) -> None:
    said = tap(admin_client, quinn, "name", name="Gen", answer="member", member=member)
    assert said == "Choose who “Gen” is first."


def test_one_goes_back_to_where_one_came_from(admin_client: Client, quinn: Charter) -> None:
    sent = {"name": "Cooler", "answer": "nobody", "next": "/admin/?show=needs-me"}
    answer = admin_client.post(f"/admin/charters/charter/{quinn.pk}/name/", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/admin/?show=needs-me")


def test_never_to_another_site(admin_client: Client, quinn: Charter) -> None:
    sent = {"name": "Cooler", "answer": "nobody", "next": "https://evil.example/"}
    answer = admin_client.post(f"/admin/charters/charter/{quinn.pk}/name/", sent)
    assert answer["Location"] == f"/admin/charters/charter/{quinn.pk}/change/"


@pytest.mark.parametrize("question", ["confirm", "name", "which", "send", "withdraw"])
def test_looking_at_an_answer_answers_nothing(admin_client: Client, quinn: Charter, question: str) -> None:
    assert admin_client.get(f"/admin/charters/charter/{quinn.pk}/{question}/").status_code == 405


@pytest.mark.parametrize("question", ["confirm", "name", "which", "send", "withdraw"])
def test_a_foreign_page_answers_nothing(quinn: Charter, question: str) -> None:
    client = Client(enforce_csrf_checks=True)
    logged_in(client, "view_charter", "change_charter", "change_crewmember", "add_crewmember")
    assert client.post(f"/admin/charters/charter/{quinn.pk}/{question}/", {"name": "Gen"}).status_code == 403


@pytest.mark.parametrize("answer", ["member", "new", "nobody"])
@pytest.mark.parametrize("rights", [["view_charter", "change_charter"], ["view_charter", "change_crewmember"]])
def test_who_may_not_change_the_crew_does_not_answer(
    client: Client, quinn: Charter, answer: str, rights: list[str]
) -> None:
    logged_in(client, *rights)
    gene = CrewMember.objects.get(name="Gene")
    sent = {"name": "Gen", "answer": answer, "member": gene.pk}
    assert client.post(f"/admin/charters/charter/{quinn.pk}/name/", sent).status_code == 403
    assert (CrewMember.objects.count(), NotAPerson.objects.count()) == (2, 0)


def test_who_may_not_answer_sees_the_question_without_buttons(client: Client, quinn: Charter) -> None:
    page = page_of(logged_in(client, "view_charter"), quinn)
    assert "no crew member is called Gen." in page
    assert "New crew member" not in page


def test_a_name_of_several_is_settled_for_this_trip(
    admin_client: Client, calendar: Calendar, server: FeedServer
) -> None:
    hill, _ = CrewMemberFactory.create(name="Sam Hill"), CrewMemberFactory.create(name="Sam Lake")
    trip = says(server, "Captain: Sam\\nGuests: 4")
    page = page_of(admin_client, trip)
    assert ("Holds for this trip" in page, "Not a person" in page) == (True, False)
    tap(admin_client, trip, "name", name="Sam", answer="member", member=hill.pk)
    assert list(Override.objects.values_list("field", "value", "by")) == [("captain", "Sam Hill", "admin")]
    assert "Who is meant?" not in page_of(admin_client, trip)


def test_a_name_set_by_hand_is_asked_about_but_is_not_read_from_a_text(admin_client: Client, quinn: Charter) -> None:
    override(charter=quinn, facts={"captain": "Zoë", "crew": []}, by="ana")
    page = page_of(admin_client, quinn)
    assert "“Zoë” is on the crew list: which crew member is this?" in page
    assert "Not a person" not in page


def test_after_departure_nobody_is_asked(admin_client: Client, quinn: Charter, at: Move) -> None:
    at(quinn.starts_at + timedelta(hours=1))
    shown = admin_client.get(f"/admin/charters/charter/{quinn.pk}/change/").context
    assert (shown["names_asked"], list(shown["not_understood"])) == ([], [])


def test_twelve_names_take_as_many_queries_as_one(admin_client: Client, calendar: Calendar, server: FeedServer) -> None:
    counts = []
    for names in (1, 12):
        CrewMemberFactory.create(name=f"Sailor No{'x' * names}")
        trip = says(
            server, f"Captain: Darrell\\nCrew: {', '.join('Abcdefghijklm'[: each + 2] for each in range(names))}"
        )
        page_of(admin_client, trip)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = page_of(admin_client, trip)
        counts.append((page.count("Who is this?"), len(queries)))
    assert [each for each, _ in counts] == [2, 13]
    assert counts[0][1] == counts[1][1]


# -- what the text leaves open --------------------------------------------------------------------------------------


def test_what_was_not_understood_is_quoted(admin_client: Client, quinn: Charter) -> None:
    shown = admin_client.get(f"/admin/charters/charter/{quinn.pk}/change/").context["not_understood"]
    assert shown == ["Not understood: “Cake on board, please keep upright!”"]


def test_that_nobody_is_captain_is_said_once(admin_client: Client, calendar: Calendar, server: FeedServer) -> None:
    trip = says(server, "Nothing but words")
    shown = admin_client.get(f"/admin/charters/charter/{trip.pk}/change/").context
    assert shown["not_understood"] == ["No guest count found.", "Not understood: “Nothing but words”"]
    assert len([sentence for sentence in shown["conflicts"] if "captain" in sentence]) == 1


def test_of_a_series_each_occasion_has_its_own_text(
    admin_client: Client, calendar: Calendar, server: FeedServer
) -> None:
    series = event("every", DESCRIPTION="Captain: Gene\\nGuests: 2\\nthe usual", RRULE="FREQ=WEEKLY;COUNT=2")
    other = event("every", start="20260607T013000Z", DESCRIPTION="Captain: Gene\\nGuests: 2\\na cake")
    other = other.replace("SUMMARY", "RECURRENCE-ID:20260607T013000Z\r\nSUMMARY")
    server.answer = fake.whole(feed(series, other))
    look()
    pages = [f"/admin/charters/charter/{each.pk}/change/" for each in Charter.objects.order_by("starts_at")]
    shown = [admin_client.get(each).context["not_understood"] for each in pages]
    assert shown == [["Not understood: “the usual”"], ["Not understood: “a cake”"]]


# -- keep which? ----------------------------------------------------------------------------------------------------


@pytest.fixture
def edited(quinn: Charter, server: FeedServer) -> Charter:
    """Five guests by hand, four in the calendar then, nine now."""
    override(charter=quinn, facts={"guest_count": 5}, by="ana")
    return says(server, TEXT.replace("Guests: 4", "Guests: 9"))


def facts(client: Client, charter: Charter) -> dict[str, dict[str, str] | None]:
    shown = client.get(f"/admin/charters/charter/{charter.pk}/change/").context["facts"]
    return {each["name"]: each["which"] for each in shown if each["which"]}


def test_both_values_stand_beside_the_fact(admin_client: Client, edited: Charter) -> None:
    assert facts(admin_client, edited) == {"guest_count": {"ours": "5", "calendar": "9"}}


def test_ours_stays(admin_client: Client, edited: Charter) -> None:
    assert tap(admin_client, edited, "which", ours="guest_count") == "The number of guests stays as it was set by hand."
    edited.refresh_from_db()
    assert (edited.guest_count, facts(admin_client, edited), len(deeds(admin_client, edited))) == (5, {}, 1)


def test_the_calendars_is_taken(admin_client: Client, edited: Charter) -> None:
    assert tap(admin_client, edited, "which", calendars="guest_count") == "The number of guests is the calendar's now."
    edited.refresh_from_db()
    assert (edited.guest_count, Override.objects.count(), len(deeds(admin_client, edited))) == (9, 0, 1)


def test_a_fact_that_is_not_set_by_hand_any_more_is_no_question(admin_client: Client, edited: Charter) -> None:
    tap(admin_client, edited, "which", calendars="guest_count")
    assert "not set by hand any more" in tap(admin_client, edited, "which", ours="guest_count")


@pytest.mark.parametrize("answer", [{}, {"ours": "status"}, {"calendars": "title"}])
def test_what_is_no_fact_is_not_asked_about(admin_client: Client, edited: Charter, answer: dict[str, str]) -> None:
    assert admin_client.post(f"/admin/charters/charter/{edited.pk}/which/", answer).status_code == 404


# -- send to calendar -----------------------------------------------------------------------------------------------


def sending(client: Client, charter: Charter) -> object:
    return client.get(f"/admin/charters/charter/{charter.pk}/change/").context["sending"]


def test_nothing_by_hand_nothing_to_send(admin_client: Client, quinn: Charter) -> None:
    assert sending(admin_client, quinn) is None


def test_what_the_calendar_says_already_is_not_offered(admin_client: Client, quinn: Charter) -> None:
    override(charter=quinn, facts={"captain": "darrell", "guest_count": 6}, by="ana")
    assert sending(admin_client, quinn) is None


def test_what_was_set_by_hand_is_sent_with_one_tap(admin_client: Client, quinn: Charter) -> None:
    override(charter=quinn, facts={"captain": "Gene", "ends_at": quinn.ends_at + timedelta(hours=1)}, by="ana")
    assert "Send to calendar" in page_of(admin_client, quinn)
    said = tap(admin_client, quinn, "send", fact=["captain", "ends_at", "guest_count"])
    assert said == "The captain and the end: on the way to the calendar."
    assert list(Correction.objects.values_list("facts", "by", "sent_at")) == [(["captain", "ends_at"], "admin", None)]
    assert deeds(admin_client, quinn) == ["Sends the captain and the end to the calendar"]


def test_it_waits_and_can_be_taken_back(admin_client: Client, quinn: Charter) -> None:
    override(charter=quinn, facts={"captain": "Gene"}, by="ana")
    tap(admin_client, quinn, "send", fact=["captain"])
    page = page_of(admin_client, quinn)
    assert ("On the way to the calendar: the captain." in page, "Send to calendar" in page) == (True, False)
    assert tap(admin_client, quinn, "withdraw") == "The calendar is left as it is."
    assert not Correction.objects.exists()
    assert "Nothing waits to be sent any more" in tap(admin_client, quinn, "withdraw")


def test_what_is_held_shows_the_reason_and_both_values(admin_client: Client, quinn: Charter) -> None:
    override(charter=quinn, facts={"captain": "Gene"}, by="ana")
    tap(admin_client, quinn, "send", fact=["captain"])
    look("--layer", "calendar", "--layer", "correction")
    page = page_of(admin_client, quinn)
    assert corrections.READ_ONLY in page
    assert "Captain: <b>Gene</b> here, <b>Darrell</b> in the calendar" in page
    assert "Do not send after all" in page


def test_what_was_sent_says_when_and_for_whom(admin_client: Client, quinn: Charter, at: Move) -> None:
    override(charter=quinn, facts={"captain": "Gene"}, by="ana")
    corrections.ask(charter=quinn, facts=["captain"], by="ana")
    says_the_same = {**quinn.calendar_facts, "captain": "Gene"}
    Charter.objects.filter(pk=quinn.pk).update(calendar_facts=says_the_same)
    Correction.objects.update(sent_at=quinn.starts_at - timedelta(days=1))
    assert "Sent to the calendar: the captain, Fri 29 May, 6:30 PM, for ana." in page_of(admin_client, quinn)


def test_a_refusal_is_said_in_words(admin_client: Client, quinn: Charter) -> None:
    assert tap(admin_client, quinn, "send", fact=["captain"]) == "None of these facts is set by hand."


@pytest.mark.parametrize("question", ["which", "send", "withdraw"])
def test_looking_is_not_enough_to_answer(client: Client, edited: Charter, question: str) -> None:
    logged_in(client, "view_charter")
    sent = {"ours": "guest_count", "fact": "captain"}
    assert client.post(f"/admin/charters/charter/{edited.pk}/{question}/", sent).status_code == 403


# -- the timeline ---------------------------------------------------------------------------------------------------


def test_what_every_look_finds_again_is_told_once(admin_client: Client, quinn: Charter) -> None:
    override(charter=quinn, facts={"captain": "Gene"}, by="ana")
    corrections.ask(charter=quinn, facts=["captain"], by="ana")
    for _ in range(3):
        look("--layer", "calendar", "--layer", "correction")
    lines = admin_client.get(f"/admin/charters/charter/{quinn.pk}/change/").context["timeline"]
    assert len([line for line in lines if line.state == "held"]) == 1
