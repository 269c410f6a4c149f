"""The office reads waivers and changes none (docs/architecture.md, rule 9)."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from charters.models import Charter
from tests.waivers.samples import THURSDAY, Door, Move, adult, minor
from waivers.models import Waiver

pytestmark = pytest.mark.django_db

LIST = "/admin/waivers/waiver/"


@pytest.fixture
def office(charter: Charter) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("office", "office@example.com", "secret"))
    return client


def names(response: object) -> list[str]:
    return [waiver.name for waiver in response.context["cl"].queryset.order_by("name")]  # type: ignore[attr-defined]


def test_the_list_says_who_signed_for_what(token: str, door: Door, office: Client) -> None:
    door.sign(adult(token, minors=[{"name": "Robin", "date_of_birth": "2016-08-01"}]))
    content = office.get(LIST).content.decode()
    assert "Quinn Harper and Robin" in content
    assert "Sat 30 May, 6:30–8:30 PM" in content


def test_the_list_filters_by_status_and_weekend(token: str, door: Door, office: Client, at: Move) -> None:
    door.sign(adult(token))
    door.sign(minor(token))
    assert names(office.get(LIST, {"status__exact": "SIGNED"})) == ["Quinn Harper"]
    assert names(office.get(LIST, {"sails": "weekend"})) == ["Quinn Harper", "Quinn Jr."]
    at(THURSDAY - timedelta(days=7))
    assert names(office.get(LIST, {"sails": "weekend"})) == []
    assert names(office.get(LIST, {"sails": "past"})) == []


def test_a_waiver_is_shown_and_has_no_button_to_change_it(token: str, door: Door, office: Client) -> None:
    door.sign(adult(token))
    waiver = Waiver.objects.get()
    response = office.get(f"{LIST}{waiver.pk}/change/")
    content = response.content.decode()
    assert response.status_code == 200
    assert waiver.record_digest in content
    assert "drawn in one stroke" in content
    assert 'name="_save"' not in content


def test_nobody_adds_changes_or_deletes_one(token: str, door: Door, office: Client) -> None:
    door.sign(adult(token))
    waiver = Waiver.objects.get()
    answers = [
        office.get(f"{LIST}add/"),
        office.post(f"{LIST}{waiver.pk}/change/", {"name": "X"}),
        office.post(f"{LIST}{waiver.pk}/delete/", {"post": "yes"}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert Waiver.objects.get().name == "Quinn Harper"


def test_the_list_asks_as_much_for_thirty_as_for_one(token: str, door: Door, office: Client) -> None:
    door.sign(adult(token))
    office.get(LIST)
    with CaptureQueriesContext(connection) as for_one:
        office.get(LIST)
    for number in range(29):
        door.sign(adult(token, submission_key=str(number), name=f"Guest {'abcdefghijklmnopqrstuvwxyzäöü'[number]}"))
    with CaptureQueriesContext(connection) as for_thirty:
        office.get(LIST)
    assert len(for_thirty) == len(for_one)
