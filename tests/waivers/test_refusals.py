"""Every field that is wrong is named, all at once, and nothing is written (docs/operations.md: 422)."""

import json
from typing import Any

import pytest

from tests.waivers.samples import Door, adult, guardian, minor, png, token_in
from waivers.models import Waiver

pytestmark = pytest.mark.django_db

DOT = {"strokes": [[{"x": 5, "y": 5, "t": 0}, {"x": 5, "y": 5, "t": 9}]]}
CHILD = {"name": "Robin", "date_of_birth": "2016-08-01"}


def point(x: Any = 1, y: Any = 2, t: Any = 3) -> dict[str, Any]:
    return {"x": x, "y": y, "t": t}


def test_an_empty_form_names_everything_that_is_missing(token: str, door: Door) -> None:
    assert door.refused({"token": token}) == [
        "submission_key",
        "name",
        "date_of_birth",
        "signature",
        "agreed",
    ]


def test_an_empty_object_names_the_token_too(token: str, door: Door) -> None:
    assert door.refused({}) == ["token", "submission_key", "name", "date_of_birth", "signature", "agreed"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "…"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": 5}, "name"),
        ({"name": "Quinn\nHarper"}, "name"),
        ({"name": "Quinn\x00Harper"}, "name"),
        ({"name": "Quinn \ud800"}, "name"),
        ({"name": "see www.example.com"}, "name"),
        ({"email": "", "phone": ""}, "email"),
        ({"email": None, "phone": None}, "email"),
        ({"email": "quinn@"}, "email"),
        ({"email": "quinn@example.com\r\nBcc: all@example.com"}, "email"),
        ({"email": ["quinn@example.com"]}, "email"),
        ({"phone": "12"}, "phone"),
        ({"phone": "call me"}, "phone"),
        ({"phone": 6195550001}, "phone"),
        ({"date_of_birth": ""}, "date_of_birth"),
        ({"date_of_birth": "07/24/1985"}, "date_of_birth"),
        ({"date_of_birth": "1985-02-30"}, "date_of_birth"),
        ({"date_of_birth": "1899-12-31"}, "date_of_birth"),
        ({"date_of_birth": "2026-05-29"}, "date_of_birth"),
        ({"date_of_birth": 19850724}, "date_of_birth"),
        ({"agreed": False}, "agreed"),
        ({"agreed": None}, "agreed"),
        ({"agreed": "true"}, "agreed"),
        ({"submission_key": ""}, "submission_key"),
        ({"submission_key": "k" * 65}, "submission_key"),
        ({"submission_key": "a\tb"}, "submission_key"),
        ({"submission_key": 7}, "submission_key"),
        ({"minors": "Robin"}, "minors"),
        ({"minors": ["Robin"]}, "minors.0"),
        ({"minors": [CHILD] * 21}, "minors"),
        ({"minors": [{"name": "", "date_of_birth": "2016-08-01"}]}, "minors.0.name"),
        ({"minors": [{"name": "Robin"}]}, "minors.0.date_of_birth"),
        ({"minors": [CHILD, {"name": "Alex", "date_of_birth": "2008-05-30"}]}, "minors.1.date_of_birth"),
        ({"minors": [{"name": "QUINN harper", "date_of_birth": "2016-08-01"}]}, "minors.0.name"),
        ({"minors": [CHILD, CHILD]}, "minors.1.name"),
        ({"guardian": "mother"}, "guardian"),
        ({"guardian": {"name": "Ann Harper"}}, "guardian.name"),
        ({"guardian": {"signature": {"typed": "Ann Harper"}}}, "guardian.signature"),
        ({"minors": [CHILD], "guardian": {"name": "Ann Harper"}}, "guardian.name"),
    ],
)
def test_an_adults_form_is_refused(token: str, door: Door, change: dict[str, Any], field: str) -> None:
    assert field in door.refused(adult(token, **change))
    assert Waiver.objects.count() == 0


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        {},
        [],
        7,
        "Quinn Harper",
        {"typed": ""},
        {"typed": "Someone Else"},
        {"typed": ["Quinn Harper"]},
        {"strokes": []},
        {"strokes": [[]]},
        {"strokes": "x"},
        {"strokes": ["x"]},
        {"strokes": [["x"]]},
        {"strokes": [[point(x="1")]]},
        {"strokes": [[point(x=True), point(x=9)]]},
        {"strokes": [[point(t=-1), point(x=90)]]},
        {"strokes": [[point(x=10**400), point()]]},
        {"strokes": [[point(x=number) for number in range(10_001)]]},
        {"strokes": [[point()]] * 301},
        DOT,
        {"strokes": [[point(), point(x=40)]], "typed": "Quinn Harper"},
        "data:image/png;base64,",
        "data:image/png;base64,AAAA",
        "data:image/png;base64,not base64!",
        "data:image/jpeg;base64,AAAA",
        png(ink=False),
        png(3000, 3000),
        png() + "A" * 410_000,
    ],
)
def test_what_is_no_signature_is_refused(token: str, door: Door, signature: object) -> None:
    assert door.refused(adult(token, signature=signature)) == ["signature"]
    assert Waiver.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"minors": [CHILD]}, ["minors"]),
        ({"guardian": {"name": "Quinn Harper"}}, ["guardian.email"]),
        ({"guardian": {"name": "quinn jr.", "email": "q@example.com"}}, ["guardian.name"]),
        ({"guardian": {"name": "Quinn Harper", "email": "q@"}}, ["guardian.email"]),
        ({"guardian": {"name": "Quinn Harper", "phone": "1"}}, ["guardian.phone"]),
        ({"guardian": {"signature": png()}}, ["guardian.name", "guardian.relationship"]),
        (
            {"guardian": {"name": "Quinn Harper", "signature": {"typed": "Quinn Jr."}}},
            ["guardian.signature", "guardian.relationship"],
        ),
        ({"guardian": {"name": "Q H", "relationship": "x" * 61, "email": "q@example.com"}}, ["guardian.relationship"]),
    ],
)
def test_a_minors_form_is_refused(token: str, door: Door, change: dict[str, Any], fields: list[str]) -> None:
    assert door.refused(minor(token, **change)) == fields
    assert Waiver.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"signature": None}, ["signature"]),
        ({"relationship": ""}, ["relationship"]),
        ({"agreed": False}, ["agreed"]),
        ({"name": "Quinn Jr."}, ["name"]),
        ({"signature": {"typed": "Quinn Jr."}}, ["signature"]),
        ({"email": "x", "phone": "y"}, ["email", "phone"]),
        ({"submission_key": "k" * 65}, ["submission_key"]),
    ],
)
def test_a_guardians_form_is_refused(token: str, door: Door, change: dict[str, Any], fields: list[str]) -> None:
    link = token_in(door.sign(minor(token))["guardian_url"])
    assert door.refused(guardian(link, **change)) == fields
    assert Waiver.objects.get().status == "PENDING_GUARDIAN"


def test_a_guardian_nobody_named_gives_their_name(token: str, door: Door) -> None:
    link = token_in(door.sign(minor(token, guardian=None))["guardian_url"])
    assert door.refused(guardian(link)) == ["name"]


def test_a_refusal_speaks_in_words(token: str, door: Door) -> None:
    status, answer = door.send(minor(token, guardian={"name": "Quinn Harper"}))
    words = "Please give the guardian's e-mail address or phone number, so that they can sign."
    assert (status, answer) == (422, {"detail": [{"field": "guardian.email", "message": words}]})


@pytest.mark.parametrize("sent", ["A" * 22, "short", "../../etc", "ä" * 22, "A" * 5000, "\x00" * 22, "\ud800" * 22])
def test_an_unknown_token_looks_like_an_expired_one(token: str, door: Door, sent: str) -> None:
    gone = {"detail": "This link has expired. Ask the office for a new one."}
    assert door.send(adult(sent)) == (404, gone)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"name": NaN}', 400),
        (b"[" * 100_000, 400),
        (b'{"a":' * 100_000, 400),
        (b"1" * 5000, 400),
        (b"[]", 422),
        (b'"text"', 422),
        (b"null", 422),
        (b'{"token": {"$ne": 1}}', 422),
        (b'{"token": "' + b"x" * 1_000_001 + b'"}', 413),
        (b"x" * 3_000_000, 413),
    ],
)
def test_a_hostile_body_is_answered_kindly(db: None, door: Door, body: bytes, status: int) -> None:
    answered, answer = door.send_bytes(body)
    assert answered == status
    assert list(answer) == ["detail"]


def test_a_field_may_be_a_nested_monster(token: str, door: Door) -> None:
    monster = json.loads("[" * 200 + "]" * 200)
    text = ["submission_key", "name", "email", "phone", "date_of_birth"]
    wrong = dict.fromkeys([*text, "minors", "signature", "agreed", "guardian"], monster)
    assert door.refused({"token": token, **wrong}) == [*text, "minors.0", "signature", "agreed", "guardian"]


def test_other_methods_are_not_taken(db: None, door: Door) -> None:
    assert door.client.get("/waivers").status_code == 405
