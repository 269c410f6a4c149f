"""/w/<token>/ as people see it: without script, and in a frame that gets no cookies."""

import html
import json
import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils.datastructures import MultiValueDict

from charters.models import Charter
from charters.public_links import guest_waiver_url
from dispatch.models import Delivery
from tests.factories import GuestFactory
from tests.waivers.samples import STROKES, Door, Move, minor, token_in
from waivers.models import Waiver

pytestmark = pytest.mark.django_db


class Browser:
    """Fills the form in as it was served, without script."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)

    def open(self, token: str) -> HttpResponse:
        return self.client.get(f"/w/{token}/")

    def send(self, token: str, **typed: Any) -> HttpResponse:
        """Every input of the page as it stands, and what is typed."""
        return self.client.post(f"/w/{token}/", {**inputs(self.open(token)), **typed})


def inputs(response: HttpResponse) -> dict[str, Any]:
    """Names and values of the page's text and hidden inputs."""
    values = MultiValueDict[str, str]()
    for tag in re.findall(r"<input\b[^>]*>", response.content.decode()):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") != "checkbox" and "name" in attributes:
            values.appendlist(attributes["name"], html.unescape(attributes.get("value", "")))
    return dict(values.lists())


def errors(response: HttpResponse) -> list[str]:
    """The fields that the page's list of problems leads to."""
    listed = re.search(r'<div class="problems".*?</div>', response.content.decode(), re.DOTALL)
    return re.findall(r'href="#([\w-]+)"', listed[0]) if listed else []


QUINN = {
    "name": "Quinn Harper",
    "date_of_birth": "1985-07-24",
    "email": "quinn@example.com",
    "typed_signature": "Quinn Harper",
    "agreed": "yes",
}
JUNIOR = {
    "name": "Quinn Jr.",
    "date_of_birth": "2010-02-11",
    "typed_signature": "Quinn Jr.",
    "agreed": "yes",
    "guardian_name": "Quinn Harper",
    "guardian_email": "quinn@example.com",
}


@pytest.fixture
def browser() -> Browser:
    return Browser()


def test_the_form_says_when_and_on_what_but_not_why(token: str, browser: Browser) -> None:
    content = browser.open(token).content.decode()
    assert "Sat 30 May, 6:30–8:30 PM" in content
    assert "Harbor Island dock" in content
    assert "Proposal" not in content
    assert "Quinn" not in content


def test_an_adult_signs_without_script(charter: Charter, token: str, browser: Browser) -> None:
    response = browser.send(token, **QUINN)
    assert response.status_code == 200
    assert "Quinn Harper, your waiver is signed." in response.content.decode()
    waiver = Waiver.objects.get()
    assert (waiver.status, waiver.signature) == ("SIGNED", {"typed": "Quinn Harper"})


def test_a_form_sent_twice_signs_once(token: str, browser: Browser) -> None:
    form = {**inputs(browser.open(token)), **QUINN}
    first, again = (browser.client.post(f"/w/{token}/", form) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert Waiver.objects.count() == 1


def test_an_adult_signs_for_the_minors_in_the_rows(charter: Charter, token: str, browser: Browser) -> None:
    rows = {"minor_name": ["", "Robin", "Alex"], "minor_date_of_birth": ["", "2016-08-01", "2012-03-09"]}
    response = browser.send(token, **QUINN, **rows)
    assert "It is good for Robin and Alex too." in response.content.decode()
    assert sorted(charter.guests.values_list("name", "waiver_status")) == [
        ("Alex", "SIGNED"),
        ("Quinn Harper", "SIGNED"),
        ("Robin", "SIGNED"),
    ]


def test_a_refused_form_keeps_what_was_typed_and_drawn(token: str, browser: Browser) -> None:
    rows = {"minor_name": ["", "Robin", ""], "minor_date_of_birth": ["", "2001-01-01", ""]}
    drawn = json.dumps(STROKES)
    typed = {**QUINN, "name": "Quinn <b>Harper</b>", "email": "quinn@", "typed_signature": "", "signature": drawn}
    response = browser.send(token, **typed, **rows)
    assert response.status_code == 422
    assert errors(response) == ["f-email", "f-minors-0-date_of_birth"]
    kept = inputs(response)
    assert kept["name"] == ["Quinn <b>Harper</b>"]
    assert kept["email"] == ["quinn@"]
    assert kept["minor_name"] == ["Robin", "", ""]
    assert kept["minor_date_of_birth"] == ["2001-01-01", "", ""]
    assert json.loads(kept["signature"][0]) == STROKES
    assert 'name="agreed" value="yes" checked' in response.content.decode()
    assert "<b>Harper" not in response.content.decode()
    assert Waiver.objects.count() == 0


def test_an_empty_form_names_each_field(token: str, browser: Browser) -> None:
    assert errors(browser.send(token)) == ["f-name", "f-date_of_birth", "f-signature", "f-agreed"]


def test_each_problem_leads_to_an_input_that_says_it(token: str, browser: Browser) -> None:
    response = browser.send(token, **{**JUNIOR, "guardian_email": "", "name": ""})
    content = response.content.decode()
    assert errors(response) == ["f-name", "f-guardian-email", "f-signature"]
    for target in errors(response):
        assert f'id="{target}"' in content
        assert f'id="{target}-error"' in content


def test_a_minor_is_told_who_signs_next(token: str, browser: Browser) -> None:
    content = browser.send(token, **JUNIOR).content.decode()
    url = Delivery.objects.get().text.split("http")[1].split()[0]
    assert "We are writing to <strong>quinn@example.com</strong>" in content
    assert f"http{url}" in content


def test_a_guardian_beside_the_minor_signs_on_the_same_form(token: str, browser: Browser) -> None:
    mother = {"guardian_relationship": "mother", "guardian_typed_signature": "Quinn Harper"}
    browser.send(token, **JUNIOR, **mother)
    assert Waiver.objects.get().status == "SIGNED"


def test_a_guardian_signs_at_their_link(token: str, browser: Browser, door: Door) -> None:
    link = token_in(door.sign(minor(token))["guardian_url"])
    content = browser.open(link).content.decode()
    assert "Sign for Quinn Jr." in content
    assert "2010" not in content
    typed = {"relationship": "mother", "typed_signature": "Quinn Harper"}
    refused = browser.send(link, **typed)
    assert (refused.status_code, errors(refused)) == (422, ["f-agreed"])
    done = browser.send(link, **typed, agreed="yes")
    assert "Quinn Jr.’s waiver is complete." in done.content.decode()
    assert "Quinn Jr.’s waiver is complete." in browser.open(link).content.decode()


def test_a_guests_own_link_knows_their_name_and_that_they_signed(charter: Charter, browser: Browser) -> None:
    guest = GuestFactory.create(charter=charter, name="Quinn", email="quinn@example.com")
    link = token_in(guest_waiver_url(guest))
    assert inputs(browser.open(link))["name"] == ["Quinn"]
    browser.send(link, **QUINN)
    assert "You have signed on Thu 28 May." in browser.open(link).content.decode()


def test_nobody_signs_what_has_changed_since_they_opened_it(charter: Charter, token: str, browser: Browser) -> None:
    form = {**inputs(browser.open(token)), **QUINN}
    Charter.objects.update(starts_at=charter.starts_at + timedelta(minutes=30))
    response = browser.client.post(f"/w/{token}/", form)
    content = response.content.decode()
    assert response.status_code == 422
    assert "The trip or the text has changed since you opened this page." in content
    assert "Sat 30 May, 7–8:30 PM" in content
    again = browser.client.post(f"/w/{token}/", {**inputs(response), **QUINN})
    assert again.status_code == 200


def test_an_expired_link_says_so_kindly(charter: Charter, token: str, browser: Browser, at: Move) -> None:
    at(charter.ends_at + timedelta(days=3))
    expired, unknown = browser.open(token), browser.open("A" * 22)
    assert (expired.status_code, unknown.status_code) == (404, 404)
    assert expired.content == unknown.content
    assert "This link has expired. Ask the office for a new one." in expired.content.decode()


def test_the_form_lives_in_a_frame_of_the_guest_page_only(token: str, browser: Browser) -> None:
    response = browser.open(token)
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert policy["frame-ancestors"].startswith("'self' http")
    assert "X-Frame-Options" not in response
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    assert browser.client.cookies == {}
    assert "Set-Cookie" not in response
    assert re.findall(r"<script(?![^>]*src)|<style|style=|\son\w+=", response.content.decode()) == []


def test_no_token_is_logged(charter: Charter, token: str, browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    browser.open(token)
    browser.send(token, name="Quinn Harper")
    browser.client.put(f"/w/{token}/")
    browser.client.post(f"/w/{token}/", b"broken", content_type="multipart/form-data; boundary=")
    browser.open(token[:-1] + "A")
    assert [record.message for record in caplog.records if "/w/" in record.message] == []
    assert "Quinn" not in caplog.text


def test_a_broken_body_brings_the_form_back(token: str, browser: Browser) -> None:
    sent = browser.client.post(f"/w/{token}/", b"broken", content_type="multipart/form-data; boundary=")
    assert sent.status_code == 400
    assert "What was sent could not be read." in sent.content.decode()
