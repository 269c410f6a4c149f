"""Signed is frozen, and says so when it is not (docs/architecture.md, rule 9)."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from charters.models import Charter
from tests.waivers.samples import STROKES, THURSDAY, Door, Move, adult, guardian, minor, token_in
from waivers.documents import current_text, sections
from waivers.evidence import verify
from waivers.models import SignedIsFrozenError, Waiver, WaiverText

pytestmark = pytest.mark.django_db

SHOWN = {
    "brand": "JADA",
    "vessel": "JADA",
    "when": "Sat 30 May, 6:30–8:30 PM",
    "date": "2026-05-30",
    "starts_at": "2026-05-30T18:30:00-07:00",
    "ends_at": "2026-05-30T20:30:00-07:00",
    "place": "Harbor Island dock, 1880 Harbor Island Dr",
}


def signed(door: Door, token: str, key: str = "quinn-1") -> Waiver:
    return Waiver.objects.get(public_id=door.sign(adult(token, submission_key=key))["waiver_id"])


@contextmanager
def trigger_aside() -> Iterator[None]:
    """As somebody with the database's password would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE waivers_waiver DISABLE TRIGGER signed_is_frozen")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE waivers_waiver ENABLE TRIGGER signed_is_frozen")


def tamper(**columns: Any) -> None:
    with trigger_aside():
        Waiver.objects.update(**columns)


def verified() -> tuple[int, Any]:
    """Exit status and report of `waivers verify --json`."""
    out = StringIO()
    try:
        call_command("waivers", "verify", "--json", stdout=out)
    except SystemExit as end:
        return int(str(end.code)), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_the_record_holds_what_the_signer_saw_and_gave(token: str, door: Door) -> None:
    door.client.defaults["HTTP_USER_AGENT"] = "Phone/1.0"
    waiver = signed(door, token)
    text = current_text()
    assert json.loads(waiver.record) == {
        "format": 1,
        "waiver_id": str(waiver.public_id),
        "charter": "quinn-saturday-2026-05-30",
        "text": {"version": 1, "digest": text.digest},
        "participant": {
            "name": "Quinn Harper",
            "email": "quinn@example.com",
            "phone": "+16195550001",
            "date_of_birth": "1985-07-24",
            "signature": STROKES,
            "agreed": True,
            "saw": SHOWN,
            "link": "waiver-charter",
            "signed_at": "2026-05-28T19:00:00+00:00",
            "ip": "127.0.0.1",
            "user_agent": "Phone/1.0",
        },
        "minors": [],
        "guardian": {
            "name": "",
            "relationship": "",
            "email": "",
            "phone": "",
            "signature": None,
            "agreed": False,
        },
        "signed_at": "2026-05-28T19:00:00+00:00",
        "chain": {"position": 1, "previous_digest": ""},
    }
    assert waiver.record_digest == hashlib.sha256(waiver.record.encode()).hexdigest()
    assert token not in waiver.record
    assert "Proposal" not in waiver.record


def test_a_guardian_and_a_minor_each_keep_what_they_saw(charter: Charter, token: str, door: Door, at: Move) -> None:
    pending = door.sign(minor(token))
    at(THURSDAY + timedelta(days=1))
    Charter.objects.update(starts_at=charter.starts_at + timedelta(minutes=30))
    door.sign(guardian(token_in(pending["guardian_url"]), phone="619 555 0001"))
    record = json.loads(Waiver.objects.get().record)
    seen = [record[who]["saw"]["when"] for who in ("participant", "guardian")]
    assert seen == ["Sat 30 May, 6:30–8:30 PM", "Sat 30 May, 7–8:30 PM"]
    assert [record[who]["signed_at"] for who in ("participant", "guardian")] == [
        "2026-05-28T19:00:00+00:00",
        "2026-05-29T19:00:00+00:00",
    ]
    assert record["guardian"]["link"] == "guardian"
    assert record["guardian"]["phone"] == "+16195550001"
    assert verify(Waiver.objects.get()) == []


def test_a_half_signed_waiver_has_no_record_yet(token: str, door: Door) -> None:
    door.sign(minor(token))
    waiver = Waiver.objects.get()
    assert (waiver.record, waiver.record_digest, waiver.chain_position, waiver.signed_at) == ("", "", None, None)
    assert verified() == (0, {"checked": 0, "failed": []})


def test_records_chain_in_the_order_of_their_signatures(token: str, door: Door) -> None:
    link = token_in(door.sign(minor(token))["guardian_url"])
    first, second = signed(door, token, "a"), signed(door, token, "b")
    third = Waiver.objects.get(public_id=door.sign(guardian(link))["waiver_id"])
    assert [waiver.chain_position for waiver in (first, second, third)] == [1, 2, 3]
    assert [waiver.previous_digest for waiver in (first, second, third)] == [
        "",
        first.record_digest,
        second.record_digest,
    ]
    assert verified() == (0, {"checked": 3, "failed": []})


def test_a_changed_column_is_found(token: str, door: Door) -> None:
    waiver = signed(door, token)
    tamper(name="Somebody Else")
    assert verify(Waiver.objects.get()) == ["participant differs from the record"]
    failed = {
        "waiver_id": str(waiver.public_id),
        "charter": "quinn-saturday-2026-05-30",
        "problems": ["participant differs from the record"],
    }
    assert verified() == (2, {"checked": 1, "failed": [failed]})


def test_a_changed_record_is_found_though_its_digest_was_changed_with_it(token: str, door: Door) -> None:
    first, second = signed(door, token, "a"), signed(door, token, "b")
    forged = first.record.replace("Quinn Harper", "Somebody Else")
    with trigger_aside():
        Waiver.objects.filter(pk=first.pk).update(
            name="Somebody Else", record=forged, record_digest=hashlib.sha256(forged.encode()).hexdigest()
        )
    assert verify(Waiver.objects.get(pk=first.pk)) == []
    assert verify(second) == ["the record before it is not the one it was signed after"]


def test_a_record_taken_out_is_missed(token: str, door: Door) -> None:
    first, second = signed(door, token, "a"), signed(door, token, "b")
    with trigger_aside():
        Waiver.objects.filter(pk=first.pk)._raw_delete("default")
    assert verify(second) == ["the record before it is missing"]


def test_unreadable_evidence_is_found(token: str, door: Door) -> None:
    waiver = signed(door, token)
    tamper(record="nonsense")
    assert verify(Waiver.objects.get(pk=waiver.pk)) == [
        "the record does not match its digest",
        "everything differs from the record",
    ]


def test_the_report_for_people_names_each_that_fails(token: str, door: Door) -> None:
    waiver = signed(door, token)
    tamper(name="Somebody Else")
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("waivers", "verify", stdout=out)
    assert end.value.code == 2
    assert out.getvalue().splitlines() == [
        f"{waiver.public_id} (quinn-saturday-2026-05-30): participant differs from the record",
        "1 checked, 1 failed",
    ]


def test_the_model_refuses_to_change_or_delete_a_signed_waiver(token: str, door: Door) -> None:
    waiver = signed(door, token)
    with pytest.raises(SignedIsFrozenError):
        waiver.save()
    with pytest.raises(SignedIsFrozenError):
        waiver.delete()


@pytest.mark.parametrize(
    "change", [{"name": "X"}, {"status": "PENDING_GUARDIAN"}, {"record": "{}"}, {"guardian_name": "X"}, {"minors": [1]}]
)
def test_the_database_refuses_to_change_a_signed_waiver(token: str, door: Door, change: dict[str, Any]) -> None:
    signed(door, token)
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        Waiver.objects.update(**change)


def test_the_database_refuses_to_delete_a_signed_waiver(token: str, door: Door) -> None:
    signed(door, token)
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        Waiver.objects.all().delete()
    Waiver.objects.update(status="VOID")
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        Waiver.objects.update(status="SIGNED")
    assert verify(Waiver.objects.get()) == []


def test_a_text_is_never_changed(charter: Charter) -> None:
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        WaiverText.objects.update(body="You agree to everything.")
    with pytest.raises(SignedIsFrozenError):
        current_text().save()


@pytest.mark.parametrize(
    "change", [{"status": "SIGNED"}, {"link_lookup": None}, {"record": "{}"}, {"submission_key": ""}]
)
def test_the_database_refuses_what_must_never_be(token: str, door: Door, change: dict[str, Any]) -> None:
    door.sign(minor(token))
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiver.objects.update(**change)


def test_a_charter_and_a_guest_with_a_waiver_stay(charter: Charter, token: str, door: Door) -> None:
    signed(door, token)
    with pytest.raises(ProtectedError):
        charter.guests.all().delete()
    with pytest.raises(ProtectedError):
        charter.delete()


def test_the_first_text_comes_with_the_migrations(db: None) -> None:
    text = WaiverText.objects.get(version=1)
    assert text.digest == hashlib.sha256(text.body.encode()).hexdigest()
    assert [section.heading for section in sections(text.body)] == [
        "",
        "What you are about to do",
        "The risks",
        "You accept them",
        "What you promise",
        "Your health",
        "What you give up",
        "Your things",
        "When plans change",
        "If you sign for a minor",
        "The law, and your signature",
    ]
