"""Contacts are merged after a look and parted again; the crew's papers, spellings and own links are at hand."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from charters.contacts import keep
from charters.crew.links import crew_url
from charters.models import Contact, ContactMerge, CrewMember, NotAPerson, Vessel
from jada.core.clock import now
from tests.factories import CrewMemberFactory, VesselFactory

pytestmark = pytest.mark.django_db
CONTACTS, MERGES = "/admin/charters/contact/", "/admin/charters/contactmerge/"


def contact(name: str, email: str = "", phone: str = "", origin: str = "calendar") -> Contact:
    made = keep(name=name, email=email, phone=phone, origin=origin)
    assert made is not None
    return made


@pytest.fixture
def quinns() -> tuple[Contact, Contact]:
    """Quinn by e-mail from the calendar, and by telephone from Boatsetter."""
    by_mail = contact("Quinn", email="quinn@example.com")
    return by_mail, contact("Quinn Alvarez", phone="+16195550001", origin="boatsetter")


def choose(client: Client, *contacts: Contact) -> Any:
    sent = {"action": "merge_two", "_selected_action": [each.pk for each in contacts]}
    return client.post(CONTACTS, sent, follow=True)


def messages(answer: Any) -> list[str]:
    return [str(each) for each in answer.context["messages"]]


def logged_in(client: Client, *permissions: str) -> Client:
    user = User.objects.create_user("ana", password="pass-word-1", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return client


# -- contacts -------------------------------------------------------------------------------------------------------


def test_two_are_shown_with_what_comes_out_before_anything_is_done(
    admin_client: Client, quinns: tuple[Contact, Contact]
) -> None:
    columns = [dict(card) for _, card in choose(admin_client, *quinns).context["columns"]]
    assert columns[2] == {
        "Name": "Quinn",
        "E-mail": "quinn@example.com",
        "Phone": columns[1]["Phone"],
        "First met": "Calendar",
        "Marketing": "ours",
    }
    assert (Contact.objects.count(), ContactMerge.objects.count()) == (2, 0)


@pytest.mark.parametrize("number", [1, 3])
def test_two_are_needed(admin_client: Client, quinns: tuple[Contact, Contact], number: int) -> None:
    chosen = [*quinns, contact("Robin", email="robin@example.com")][:number]
    assert messages(choose(admin_client, *chosen)) == ["Choose the two contacts that are one person."]


def test_two_become_one_and_are_parted_again(admin_client: Client, quinns: tuple[Contact, Contact]) -> None:
    kept, lost = quinns
    answer = admin_client.post(f"{CONTACTS}{kept.pk}/merge/{lost.pk}/", follow=True)
    assert messages(answer) == ["Quinn is one contact now."]
    assert list(Contact.objects.values_list("name", "phone")) == [("Quinn", "+16195550001")]
    merged = ContactMerge.objects.get()
    assert merged.by == "admin"
    parted = admin_client.post(f"{MERGES}{merged.pk}/undo/", follow=True)
    assert messages(parted) == ["Quinn Alvarez is a contact of its own again."]
    assert list(Contact.objects.order_by("pk").values_list("name", "phone")) == [
        ("Quinn", ""),
        ("Quinn Alvarez", "+16195550001"),
    ]


def test_an_undone_merge_is_not_undone_twice(admin_client: Client, quinns: tuple[Contact, Contact]) -> None:
    admin_client.post(f"{CONTACTS}{quinns[0].pk}/merge/{quinns[1].pk}/", follow=True)
    undo = f"{MERGES}{ContactMerge.objects.get().pk}/undo/"
    admin_client.post(undo, follow=True)
    assert messages(admin_client.post(undo, follow=True)) == ["It was undone already."]
    assert "Undone" in admin_client.get(MERGES).content.decode()


def test_one_contact_is_not_merged_with_itself(admin_client: Client, quinns: tuple[Contact, Contact]) -> None:
    key = quinns[0].pk
    assert admin_client.post(f"{CONTACTS}{key}/merge/{key}/").status_code == 404


def test_who_may_only_look_merges_and_parts_nothing(client: Client, quinns: tuple[Contact, Contact]) -> None:
    logged_in(client, "view_contact")
    assert client.post(f"{CONTACTS}{quinns[0].pk}/merge/{quinns[1].pk}/").status_code == 403
    assert client.get(MERGES).status_code == 200
    assert client.post(f"{MERGES}1/undo/").status_code == 403
    assert Contact.objects.count() == 2


def test_an_undo_is_not_a_link(admin_client: Client) -> None:
    assert admin_client.get(f"{MERGES}1/undo/").status_code == 405


def test_the_merges_name_both(admin_client: Client, quinns: tuple[Contact, Contact]) -> None:
    admin_client.post(f"{CONTACTS}{quinns[0].pk}/merge/{quinns[1].pk}/")
    page = admin_client.get(MERGES).content.decode()
    assert ("Quinn Alvarez" in page, f'href="{CONTACTS}{quinns[0].pk}/change/"' in page, "Undo" in page) == (
        True,
        True,
        True,
    )


@pytest.mark.parametrize("address", [CONTACTS, MERGES])
def test_thirty_take_as_many_queries_as_one(admin_client: Client, address: str) -> None:
    counts = []
    for rows in (1, 30):
        for number in range(rows):
            kept = contact("Quinn", email=f"quinn{rows}-{number}@example.com")
            ContactMerge.objects.create(winner_key=kept.pk, lost={"name": "Q"}, by="ana", at=now())
        admin_client.get(address)
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_marketplaces_guests_are_found_by_mark_and_origin(
    admin_client: Client, quinns: tuple[Contact, Contact]
) -> None:
    for chosen in ("marketplace__exact=1", "origin=boatsetter"):
        found = admin_client.get(f"{CONTACTS}?{chosen}").context["cl"].result_list
        assert [each.name for each in found] == ["Quinn Alvarez"]


# -- the crew -------------------------------------------------------------------------------------------------------


def saved(client: Client, member: CrewMember, **fields: str) -> Any:
    sent = {"name": member.name, "aliases": "", "role": "captain", "phone": "", "email": "", "active": "on"}
    return client.post(f"/admin/charters/crewmember/{member.pk}/change/", sent | fields)


def test_spellings_are_entered_one_a_line(admin_client: Client) -> None:
    gene = CrewMemberFactory.create(name="Gene")
    saved(admin_client, gene, aliases="Eugene \r\n  Gene  O.\r\n\r\neugene, Skip")
    gene.refresh_from_db()
    assert gene.aliases == ["Eugene", "Gene O.", "Skip"]


def test_a_spelling_too_long_for_a_crew_list_is_refused(admin_client: Client) -> None:
    gene = CrewMemberFactory.create(name="Gene")
    assert "is longer than 80 letters" in saved(admin_client, gene, aliases="x" * 81).content.decode()


def test_spellings_left_as_they_are_are_no_edit(admin_client: Client) -> None:
    gene = CrewMemberFactory.create(name="Gene", aliases=["Eugene", "Skip"])
    saved(admin_client, gene, aliases="Eugene\r\nSkip", licence_expires="2027-05-31")
    gene.refresh_from_db()
    assert (gene.aliases, str(gene.licence_expires)) == (["Eugene", "Skip"], "2027-05-31")


@pytest.mark.parametrize(("days", "state"), [(-1, "over"), (0, "soon"), (59, "soon"), (90, "good")])
def test_papers_that_run_out_are_seen_in_the_lists(admin_client: Client, days: int, state: str) -> None:
    last_day = (now() + timedelta(days=days)).astimezone().date()
    CrewMemberFactory.create(name="Gene", licence_expires=last_day)
    Vessel.objects.all().delete()
    VesselFactory.create(certificate_expires=last_day)
    crew = admin_client.get("/admin/charters/crewmember/").context["cl"]
    fleet = admin_client.get("/admin/charters/vessel/").context["cl"]
    shown = [crew.model_admin.licence(each)[0] for each in crew.result_list]
    assert shown + [fleet.model_admin.certificate(each)[0] for each in fleet.result_list] == [state, state]


def test_a_members_own_link_is_there_to_copy(admin_client: Client) -> None:
    gene = CrewMemberFactory.create(name="Gene")
    page = admin_client.get(f"/admin/charters/crewmember/{gene.pk}/change/").content.decode()
    gene.refresh_from_db()
    assert f'readonly value="{crew_url(gene)}"' in page


def test_a_link_that_was_lost_is_replaced(admin_client: Client, client: Client) -> None:
    member = CrewMemberFactory()
    old = crew_url(member)
    sent = {"action": "new_link", "_selected_action": [member.pk]}
    told = messages(admin_client.post("/admin/charters/crewmember/", sent, follow=True))
    assert told == [f"The old link of {member.name} opens nothing any more. The new one is on their own entry."]
    member.refresh_from_db()
    new = crew_url(member)
    assert [client.get(urlsplit(link).path).status_code for link in (old, new)] == [404, 200]


def test_the_link_is_not_shown_to_who_may_only_look(client: Client) -> None:
    gene = CrewMemberFactory.create(name="Gene")
    address = crew_url(gene)
    page = logged_in(client, "view_crewmember").get(f"/admin/charters/crewmember/{gene.pk}/change/").content.decode()
    assert ("Gene" in page, address in page) == (True, False)


def test_somebody_who_left_has_no_link(admin_client: Client) -> None:
    gene = CrewMemberFactory.create(name="Gene", active=False)
    page = admin_client.get(f"/admin/charters/crewmember/{gene.pk}/change/").content.decode()
    assert "/crew/" not in page


def test_words_that_are_no_name_can_be_taken_back(admin_client: Client) -> None:
    said = NotAPerson.objects.create(plain="cooler", by="ana", at=now())
    assert "cooler" in admin_client.get("/admin/charters/notaperson/").content.decode()
    admin_client.post(f"/admin/charters/notaperson/{said.pk}/delete/", {"post": "yes"})
    assert not NotAPerson.objects.exists()
