"""POST /waivers: who signs, and what becomes of it (docs/operations.md)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from charters.models import Charter, GuestPage
from charters.public_links import guest_waiver_url
from dispatch.models import Delivery
from tests.factories import CharterFactory, GuestFactory, GuestPageFactory
from tests.waivers.samples import Door, adult, guardian, minor, png, token_in
from waivers.links import charter_waiver_url
from waivers.models import Waiver

pytestmark = pytest.mark.django_db


def statuses(charter: Charter) -> dict[str, str]:
    return dict(charter.guests.values_list("name", "waiver_status"))


def test_an_adult_signs(charter: Charter, token: str, door: Door) -> None:
    answer = door.sign(adult(token))
    waiver = Waiver.objects.get()
    assert answer == {"waiver_id": str(waiver.public_id), "status": "SIGNED"}
    assert statuses(charter) == {"Quinn Harper": "SIGNED"}
    assert (waiver.email, waiver.phone) == ("quinn@example.com", "+16195550001")


def test_the_same_submission_again_is_the_same_waiver(token: str, door: Door) -> None:
    first = door.sign(adult(token))
    again = door.sign(adult(token, name="Somebody Else"))
    assert again == first
    assert Waiver.objects.count() == 1


def test_a_key_counts_for_its_own_charter_only(token: str, door: Door) -> None:
    other = CharterFactory.create()
    GuestPageFactory.create(charter=other)
    first = door.sign(adult(token))
    second = door.sign(adult(token_in(charter_waiver_url(other))))
    assert first["waiver_id"] != second["waiver_id"]
    assert Waiver.objects.count() == 2


def test_a_second_signature_is_a_new_record_of_the_same_guest(charter: Charter, token: str, door: Door) -> None:
    door.sign(adult(token))
    door.sign(adult(token, submission_key="quinn-2"))
    assert Waiver.objects.count() == 2
    assert statuses(charter) == {"Quinn Harper": "SIGNED"}


def test_a_named_guest_is_found_by_plain_name(charter: Charter, token: str, door: Door) -> None:
    guest = GuestFactory.create(charter=charter, name="Zoë  Harper")
    door.sign(adult(token, name="zoe harper"))
    assert Waiver.objects.get().guest == guest
    assert charter.guests.count() == 1


def test_a_guest_of_the_same_name_with_another_address_is_somebody_else(
    charter: Charter, token: str, door: Door
) -> None:
    GuestFactory.create(charter=charter, name="Quinn Harper", email="other@example.com")
    door.sign(adult(token))
    assert sorted(charter.guests.values_list("email", "waiver_status")) == [
        ("other@example.com", "PENDING"),
        ("quinn@example.com", "SIGNED"),
    ]


def test_a_son_of_the_same_name_is_told_from_his_father_by_his_birthday(
    charter: Charter, token: str, door: Door
) -> None:
    door.sign(adult(token, name="Sam Lee"))
    door.sign(minor(token, name="Sam Lee", guardian={"name": "Ann Lee", "email": "ann@example.com"}))
    assert sorted(charter.guests.values_list("is_minor", "waiver_status")) == [
        (False, "SIGNED"),
        (True, "PENDING_GUARDIAN"),
    ]


def test_a_guest_link_signs_for_that_guest(charter: Charter, page: GuestPage, door: Door) -> None:
    guest = GuestFactory.create(charter=charter, name="Quinn", is_primary=True)
    door.sign(adult(token_in(guest_waiver_url(guest))))
    assert Waiver.objects.get().guest == guest
    assert statuses(charter) == {"Quinn": "SIGNED"}


def test_each_minor_an_adult_signs_for_is_a_signed_guest(charter: Charter, token: str, door: Door) -> None:
    GuestFactory.create(charter=charter, name="Quinn Jr.")
    children = [
        {"name": "Quinn Jr.", "date_of_birth": "2010-02-11"},
        {"name": "Robin", "date_of_birth": "2016-08-01"},
    ]
    door.sign(adult(token, minors=children, guardian={"relationship": "mother"}))
    assert statuses(charter) == {"Quinn Harper": "SIGNED", "Quinn Jr.": "SIGNED", "Robin": "SIGNED"}
    assert sorted(charter.guests.values_list("name", "is_minor")) == [
        ("Quinn Harper", False),
        ("Quinn Jr.", True),
        ("Robin", True),
    ]
    assert Waiver.objects.get().minors == children


def test_a_minor_alone_waits_for_the_guardian_who_is_written_to(charter: Charter, token: str, door: Door) -> None:
    answer = door.sign(minor(token))
    waiver = Waiver.objects.get()
    assert answer == {
        "waiver_id": str(waiver.public_id),
        "status": "PENDING_GUARDIAN",
        "guardian_url": answer["guardian_url"],
    }
    assert statuses(charter) == {"Quinn Jr.": "PENDING_GUARDIAN"}
    mail = Delivery.objects.get()
    assert (mail.kind, mail.recipient, mail.charter) == ("guardian", "quinn@example.com", charter)
    assert mail.subject == "Please sign for Quinn Jr.: sailing on Sat 30 May"
    assert answer["guardian_url"] in mail.text
    assert "Proposal" not in mail.text


def test_a_minor_who_names_no_guardian_gets_the_link_to_pass_on(token: str, door: Door) -> None:
    answer = door.sign(minor(token, guardian=None))
    assert sorted(answer) == ["guardian_url", "status", "waiver_id"]
    assert Delivery.objects.count() == 0


def test_a_repeated_submission_of_a_minor_writes_no_second_mail(token: str, door: Door) -> None:
    first = door.sign(minor(token))
    assert door.sign(minor(token)) == first
    assert Delivery.objects.count() == 1


def test_a_guardian_who_is_there_signs_at_once(charter: Charter, token: str, door: Door) -> None:
    mother = {"name": "Quinn Harper", "relationship": "mother", "signature": {"typed": "Quinn Harper"}}
    answer = door.sign(minor(token, guardian=mother))
    assert answer["status"] == "SIGNED"
    assert sorted(answer) == ["status", "waiver_id"]
    assert statuses(charter) == {"Quinn Jr.": "SIGNED"}


def test_the_guardian_signs_at_their_link(charter: Charter, token: str, door: Door) -> None:
    pending = door.sign(minor(token))
    answer = door.sign(guardian(token_in(pending["guardian_url"])))
    assert answer == {"waiver_id": pending["waiver_id"], "status": "SIGNED"}
    assert statuses(charter) == {"Quinn Jr.": "SIGNED"}
    waiver = Waiver.objects.get()
    assert (waiver.guardian_name, waiver.guardian_relationship) == ("Quinn Harper", "mother")


def test_the_guardian_may_send_their_fields_under_guardian(token: str, door: Door) -> None:
    link = token_in(door.sign(minor(token, guardian=None))["guardian_url"])
    nested = {"name": "Ann Harper", "relationship": "aunt", "signature": {"typed": "Ann Harper"}}
    assert door.sign({"token": link, "guardian": nested})["status"] == "SIGNED"


def test_a_guardians_repeated_submission_is_the_same_waiver_and_another_one_is_a_conflict(
    token: str, door: Door
) -> None:
    link = token_in(door.sign(minor(token))["guardian_url"])
    first = door.sign(guardian(link, submission_key="mother-1"))
    assert door.sign(guardian(link, submission_key="mother-1")) == first
    words = {"detail": "This waiver has been signed already. Nothing more is needed."}
    assert door.send(guardian(link, submission_key="mother-2")) == (409, words)
    assert door.send(guardian(link)) == (409, words)


def test_a_newer_form_of_a_minor_ends_the_older_guardians_link(charter: Charter, token: str, door: Door) -> None:
    older = door.sign(minor(token, guardian={"name": "Wrong Person", "email": "wrong@example.com"}))
    newer = door.sign(minor(token, submission_key="junior-2"))
    gone = {"detail": "This link has expired. Ask the office for a new one."}
    assert door.send(guardian(token_in(older["guardian_url"]))) == (404, gone)
    assert door.sign(guardian(token_in(newer["guardian_url"])))["status"] == "SIGNED"
    assert sorted(Waiver.objects.values_list("status", flat=True)) == ["SIGNED", "VOID"]


def test_a_half_signed_form_takes_no_signature_away(charter: Charter, token: str, door: Door) -> None:
    mother = {"name": "Quinn Harper", "relationship": "mother", "signature": {"typed": "Quinn Harper"}}
    door.sign(minor(token, guardian=mother))
    assert door.sign(minor(token, submission_key="junior-2"))["status"] == "PENDING_GUARDIAN"
    assert statuses(charter) == {"Quinn Jr.": "SIGNED"}


def test_who_turns_18_on_the_day_signs_alone(token: str, door: Door) -> None:
    assert door.sign(adult(token, date_of_birth="2008-05-30"))["status"] == "SIGNED"


def test_who_turns_18_the_day_after_does_not(token: str, door: Door) -> None:
    assert door.sign(adult(token, date_of_birth="2008-05-31", guardian=None))["status"] == "PENDING_GUARDIAN"


def test_the_day_is_the_one_where_the_charter_sails(charter: Charter, token: str, door: Door) -> None:
    assert charter.starts_at.date() == datetime(2026, 5, 31, tzinfo=UTC).date()
    assert door.sign(adult(token, date_of_birth="2008-05-31", guardian=None))["status"] == "PENDING_GUARDIAN"


def test_a_drawn_a_typed_and_a_pictured_signature_are_taken(token: str, door: Door) -> None:
    picture = png()
    door.sign(adult(token))
    door.sign(adult(token, submission_key="b", signature={"typed": "  quinn   HARPER "}))
    door.sign(adult(token, submission_key="c", signature=picture))
    kept = list(Waiver.objects.order_by("id").values_list("signature", flat=True))
    assert kept == [
        {"strokes": [[{"x": 10, "y": 40, "t": 0}, {"x": 60.5, "y": 12, "t": 84}, {"x": 140, "y": 44, "t": 170}]]},
        {"typed": "quinn HARPER"},
        {"png": picture},
    ]


@pytest.mark.parametrize(
    "strokes", [[[{"x": 1, "y": 2}, {"x": 50, "y": 2}]], [[[1, 2], [50, 2]]], [[1, 2], [50, 2]]], ids=str
)
def test_a_client_that_knows_no_times_may_still_send_strokes(token: str, door: Door, strokes: Any) -> None:
    door.sign(adult(token, signature={"strokes": strokes}))
    assert Waiver.objects.get().signature == {"strokes": [[{"x": 1, "y": 2}, {"x": 50, "y": 2}]]}


def test_a_signature_makes_the_page_stale(page: GuestPage, token: str, door: Door) -> None:
    door.sign(adult(token))
    page.refresh_from_db()
    assert page.state == "stale"


def test_no_cookie_is_set_and_none_is_needed(token: str, door: Door) -> None:
    door.sign(adult(token))
    assert door.client.cookies == {}
