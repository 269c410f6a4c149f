"""The same person found twice is one contact, and what was made one can be parted again."""

import pytest

from charters.bookings.receive import receive
from charters.contacts import MergeRefused, keep, merge, normal_email, normal_phone, undo
from charters.models import Charter, Contact, ContactMerge
from tests.charters.bookings.samples import mail

pytestmark = pytest.mark.django_db
PHONE = "+16195550161"


def person(name: str = "Quinn", email: str = "", phone: str = "", origin: str = "calendar") -> Contact:
    contact = keep(name=name, email=email, phone=phone, origin=origin)
    assert contact is not None
    return contact


def rows() -> list[tuple[str, str, str]]:
    return list(Contact.objects.order_by("email", "phone").values_list("name", "email", "phone"))


@pytest.mark.parametrize(
    ("written", "normal"),
    [(" Quinn@Example.COM ", "quinn@example.com"), ("<q@example.com>", "q@example.com"), ("quinn", ""), ("", "")],
)
def test_an_address_in_its_one_form(written: str, normal: str) -> None:
    assert normal_email(written) == normal


@pytest.mark.parametrize(
    ("written", "normal"),
    [("(619) 555-0161", PHONE), ("+1-619-555-0001", "+16195550001"), ("+44 20 7946 0958", "+442079460958"), ("12", "")],
)
def test_a_number_in_its_one_form(written: str, normal: str) -> None:
    assert normal_phone(written) == normal


def test_one_by_e_mail_whatever_its_case() -> None:
    person(email="quinn@example.com")
    person(email="Quinn@Example.com", phone="619-555-0161")
    assert rows() == [("Quinn", "quinn@example.com", PHONE)]


def test_one_by_telephone() -> None:
    person(email="quinn@example.com", phone=PHONE)
    person(name="", phone=PHONE)
    assert rows() == [("Quinn", "quinn@example.com", PHONE)]


def test_an_e_mail_learned_later_joins_the_telephone() -> None:
    person(phone=PHONE)
    person(email="quinn@example.com", phone=PHONE)
    assert rows() == [("Quinn", "quinn@example.com", PHONE)]


def test_a_second_e_mail_of_the_same_name_and_telephone_is_the_same_person_and_can_be_parted() -> None:
    first = person(email="quinn@example.com", phone=PHONE)
    assert person(name="Quinn Alvarez", email="q.alvarez@example.com", phone=PHONE) == first
    assert person(name="", email="q.alvarez@example.com") == first
    undo(ContactMerge.objects.get())
    assert {email for _, email, _ in rows()} == {"quinn@example.com", "q.alvarez@example.com"}


def test_two_people_may_share_a_telephone() -> None:
    person(email="quinn@example.com", phone=PHONE)
    person(name="Robin", email="robin@example.com", phone=PHONE)
    assert Contact.objects.count() == 2


def test_who_cannot_be_reached_is_no_contact() -> None:
    assert keep(name="Quinn", email="", phone="", origin="calendar") is None


def test_a_marketplace_guest_is_marked_and_one_we_knew_is_not() -> None:
    assert person(email="new@example.com", origin="boatsetter").marketplace
    person(email="old@example.com", origin="calendar")
    assert not person(email="old@example.com", origin="boatsetter").marketplace


def test_the_guest_of_a_booking_mail_is_marked(jonathan: Charter) -> None:
    receive(mail("boatsetter-forwarded-jonathan"))
    contact = Contact.objects.get()
    assert (contact.name, contact.email, contact.phone, contact.marketplace, contact.origin) == (
        "Jonathan Reyes",
        "jonathan.reyes@example.com",
        "+16195550142",
        True,
        "boatsetter",
    )


def test_a_merge_is_undone_whole() -> None:
    winner, loser = person(email="quinn@example.com"), person(name="Q", phone=PHONE, origin="getmyboat")
    before = list(Contact.objects.order_by("pk").values())
    merged = merge(winner, loser, "ana")
    assert rows() == [("Quinn", "quinn@example.com", PHONE)]
    assert not Contact.objects.get().marketplace
    undo(merged)
    assert list(Contact.objects.order_by("pk").values()) == before


def test_a_merged_address_that_turns_up_again_is_the_winners() -> None:
    winner, loser = person(email="quinn@example.com"), person(email="q@example.com")
    merge(winner, loser, "ana")
    assert person(email="q@example.com") == winner
    assert Contact.objects.count() == 1


def test_the_winner_of_the_winner_is_found() -> None:
    first, second, third = (person(email=f"{name}@example.com") for name in "abc")
    inner = merge(second, third, "ana")
    outer = merge(first, second, "ana")
    assert person(email="c@example.com") == first
    with pytest.raises(MergeRefused, match="undo that first"):
        undo(inner)
    undo(outer)
    undo(inner)
    assert [email for _, email, _ in rows()] == ["a@example.com", "b@example.com", "c@example.com"]


def test_a_merge_is_undone_once() -> None:
    merged = merge(person(email="a@example.com"), person(email="b@example.com"), "ana")
    undo(merged)
    with pytest.raises(MergeRefused, match="undone already"):
        undo(merged)


def test_a_contact_cannot_be_merged_with_itself() -> None:
    contact = person(email="a@example.com")
    with pytest.raises(MergeRefused):
        merge(contact, contact, "ana")
