"""A crew member's own page and calendar, on Saturday 30 May 2026 at half past four, Pacific time."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from charters.crew.links import crew_url
from charters.models import Charter, CrewMember, Dock, Override
from charters.overrides import cancel, override
from jada.core import clock
from tests.charters.crewed import aboard, at, pool, sail
from tests.factories import DockFactory, VesselFactory

pytestmark = pytest.mark.django_db
WHY = "My boat is stuck."


@pytest.fixture(autouse=True)
def two_hours_before() -> Iterator[None]:
    clock.stop_at(at("16:30"))
    yield
    clock.stop_at(None)


@pytest.fixture
def crew() -> dict[str, CrewMember]:
    return pool()


@pytest.fixture
def quinn(crew: dict[str, CrewMember]) -> Charter:
    """Captain Darrell, mate Gene, deckhand Marcus."""
    dock = DockFactory.create(name="Harbor Island West", address="1880 Harbor Island Dr")
    return sail(
        title="Quinn Proposal Sunset Sail",
        guest_name="Quinn Harper",
        guest_email="quinn@example.com",
        guest_phone="+16195550001",
        guest_count=4,
        vessel=VesselFactory.create(name="Queen", dock=dock),
    )


def path_of(member: CrewMember, rest: str = "") -> str:
    return crew_url(member).removeprefix(settings.BASE_URL) + rest


def text(response: Any) -> str:
    """What a person reads, in single spaces."""
    main = re.sub(r"<[^>]+>", " ", response.content.decode().partition("<body>")[2])
    return " ".join(unescape(main).split())


def shown(member: CrewMember) -> str:
    return text(Client().get(path_of(member)))


# -- the link ----------------------------------------------------------------------------------------------------


def test_the_link_is_the_same_each_time_it_is_written(crew: dict[str, CrewMember]) -> None:
    assert crew_url(crew["Gene"]) == crew_url(CrewMember.objects.get(name="Gene"))


def test_a_link_outlives_a_new_key(crew: dict[str, CrewMember], settings: Any) -> None:
    address = path_of(crew["Gene"])
    settings.LINK_KEYS = ["a-new-key", *settings.LINK_KEYS]
    assert (Client().get(address).status_code, path_of(crew["Gene"])) == (200, address)


def revoke(member: CrewMember) -> None:
    CrewMember.objects.filter(pk=member.pk).update(link_generation=2)


def retire(member: CrewMember) -> None:
    CrewMember.objects.filter(pk=member.pk).update(active=False)


@pytest.mark.parametrize("end", [revoke, retire])
@pytest.mark.parametrize("rest", ["", "trip/1/", "swap/1/"])
def test_a_link_that_is_over_looks_like_one_that_never_was(quinn: Charter, end: Any, rest: str) -> None:
    gene = CrewMember.objects.get(name="Gene")
    address = path_of(gene, rest)
    end(gene)
    over, never = Client().get(address), Client().get(f"/crew/{'A' * 22}/{rest}")
    assert (over.status_code, text(over)) == (404, text(never))


def test_a_feed_that_is_over_is_not_found(crew: dict[str, CrewMember]) -> None:
    address = path_of(crew["Gene"]).rstrip("/") + ".ics"
    retire(crew["Gene"])
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("rest", ["", "nobody"])
def test_nothing_of_it_is_kept_or_told_on(quinn: Charter, rest: str) -> None:
    address = path_of(CrewMember.objects.get(name="Gene")) if not rest else f"/crew/{rest}/"
    headers = Client().get(address).headers
    assert (headers["Referrer-Policy"], headers["X-Robots-Tag"], "no-store" in headers["Cache-Control"]) == (
        "no-referrer",
        "noindex",
        True,
    )


def test_a_refused_link_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    Client().get(f"/crew/{'A' * 22}/")
    assert caplog.records == []


# -- the page ----------------------------------------------------------------------------------------------------


def test_the_captain_reads_all_that_is_needed(quinn: Charter) -> None:
    said = shown(CrewMember.objects.get(name="Darrell"))
    assert said.partition(" In your phone's calendar")[0] == (
        "Darrell's trips Next: Today, Sat 30 May, 6:30–8:30 PM Today, Sat 30 May Captain 6:30–8:30 PM "
        "Quinn Proposal Sunset Sail Guests from 6:15 PM Party Quinn, party of 4 Call Quinn (619) 555-0001 "
        "Vessel Queen Dock Harbor Island West 1880 Harbor Island Dr Mate Gene (619) 555-0111 "
        "Deckhand Marcus (619) 555-0115 Swap"
    )


def test_the_guests_number_is_the_captains_alone(quinn: Charter) -> None:
    page = Client().get(path_of(CrewMember.objects.get(name="Gene"))).content.decode()
    assert ("tel:+16195550110" in page, "555-0001" in page, "6195550001" in page) == (True, False, False)


@pytest.mark.parametrize("name", ["Darrell", "Gene"])
def test_no_address_and_no_surname_of_a_guest(quinn: Charter, name: str) -> None:
    quinn.guests.create(name="Robin Vale", email="robin@example.com", phone="+16195550002")
    page = Client().get(path_of(CrewMember.objects.get(name=name))).content.decode()
    assert [leak for leak in ("quinn@", "Harper", "Robin", "robin@", "5550002", quinn.reference) if leak in page] == []


def test_a_trip_of_others_is_not_shown(quinn: Charter) -> None:
    assert "Quinn" not in shown(CrewMember.objects.get(name="Sarah"))


def test_a_trip_that_is_over_is_not_shown(quinn: Charter) -> None:
    clock.stop_at(at("20:30"))
    assert "No trips ahead of you. When the office puts you on a trip" in shown(CrewMember.objects.get(name="Gene"))


def test_trips_stand_under_their_days(crew: dict[str, CrewMember]) -> None:
    sail(day="2026-05-30")
    sail(day="2026-05-31")
    sail("Danika", "10:00", "12:00", day="2026-05-31")
    sail(day="2026-06-02")
    page = Client().get(path_of(crew["Gene"])).content.decode()
    assert re.findall(r"<h[23]>([^<]+)", page)[:7] == [
        "Today, Sat 30 May",
        "6:30–8:30 PM",
        "Tomorrow, Sun 31 May",
        "10 AM–noon",
        "6:30–8:30 PM",
        "Tue 2 Jun",
        "6:30–8:30 PM",
    ]


def test_what_is_more_than_sixty_days_away_is_a_line(crew: dict[str, CrewMember]) -> None:
    sail(day="2026-07-28")
    far = sail(day="2027-07-30")
    page = Client().get(path_of(crew["Gene"])).content.decode()
    assert re.findall(r'<li><a href="([^"]+)">([^<]+)', page) == [(f"trip/{far.pk}/", "Fri 30 Jul 2027, 6:30–8:30 PM")]
    assert "Later: 1 trip<" in page


def test_a_line_leads_to_the_trip_in_full(crew: dict[str, CrewMember]) -> None:
    far = sail(day="2026-08-30")
    said = text(Client().get(path_of(crew["Gene"], f"trip/{far.pk}/")))
    assert said.startswith("All your trips Sun 30 Aug Mate 6:30–8:30 PM Quinn Sunset Sail Guests from 6:15 PM")


def test_a_trip_of_others_has_no_page(quinn: Charter) -> None:
    sarah = CrewMember.objects.get(name="Sarah")
    answer = Client().get(path_of(sarah, f"trip/{quinn.pk}/"))
    assert (answer.status_code, text(answer)) == (
        404,
        "Not possible now You are not on this trip any more: somebody has changed the crew. Your trips as they are now",
    )


def test_two_trips_at_once_are_said_on_both(crew: dict[str, CrewMember]) -> None:
    sail()
    sail("Danika Private Charter", "17:00", "19:00", captain="Sarah", crew=[("Gene", "mate")])
    page = Client().get(path_of(crew["Gene"])).content.decode()
    assert re.findall(r'class="warn">([^<]+)', page) == [
        "You are on Quinn Sunset Sail, 6:30–8:30 PM.",
        "You are on Danika Private Charter, 5–7 PM.",
    ]


def test_an_absence_is_said(quinn: Charter) -> None:
    away = {"event_type": "unavailable", "all_day": True, "captain": None, "crew": ()}
    sail("Gene unavailable", "17:00", "23:00", **away)
    assert "You are away: the calendar says “Gene unavailable”." in shown(CrewMember.objects.get(name="Gene"))
    assert "unavailable" not in shown(CrewMember.objects.get(name="Darrell"))


def test_a_cancelled_trip_says_so_and_no_more(quinn: Charter) -> None:
    cancel(charter=quinn, by="office")
    said = shown(CrewMember.objects.get(name="Darrell"))
    assert "Cancelled: there is no need to come. Captain 6:30–8:30 PM Quinn Proposal Sunset Sail In your phone" in said


def test_a_trip_gone_from_the_calendar_asks_to_ask(quinn: Charter) -> None:
    Charter.objects.update(status="cancelling")
    said = shown(CrewMember.objects.get(name="Gene"))
    assert "Gone from the calendar. It may be cancelled: ask the office before you come." in said


def test_a_changed_hour_is_there_at_once(quinn: Charter) -> None:
    override(charter=quinn, facts={"starts_at": at("19:00")}, by="office")
    assert "7–8:30 PM" in shown(CrewMember.objects.get(name="Gene"))


def test_a_whole_day_has_no_hours_yet(crew: dict[str, CrewMember]) -> None:
    sail(start="17:00", end="23:00", all_day=True)
    assert "Hours not known yet Quinn Sunset Sail Party" in shown(crew["Gene"])


def test_a_place_that_is_no_dock_of_ours_stands_as_written(quinn: Charter) -> None:
    Charter.objects.update(dock=None, place="Shelter Island ramp")
    page = Client().get(path_of(CrewMember.objects.get(name="Gene"))).content.decode()
    assert f'href="{Dock(address="Shelter Island ramp").map_url}" rel="noreferrer">Map <span>Shelter' in page


def test_a_place_that_nobody_has_decided_is_on_no_map(quinn: Charter) -> None:
    Charter.objects.update(dock=None, place="TBD")
    page = Client().get(path_of(CrewMember.objects.get(name="Gene"))).content.decode()
    assert Dock(address="TBD").map_url not in page


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_takes_as_many_queries_however_many_trips(crew: dict[str, CrewMember], number: int) -> None:
    vessel = VesselFactory.create()
    for _ in range(number):
        sail(vessel=vessel)
    away = {"event_type": "unavailable", "captain": None, "crew": ()}
    sail("Marcus unavailable", "17:00", "23:00", vessel=vessel, **away)
    address = path_of(crew["Gene"])
    with CaptureQueriesContext(
        connection,
    ) as asked:
        Client().get(address)
    assert len(asked) == 7


@pytest.mark.parametrize("number", [1, 30])
def test_the_feed_takes_three_queries_however_many_trips(crew: dict[str, CrewMember], number: int) -> None:
    vessel = VesselFactory.create()
    for _ in range(number):
        sail(vessel=vessel)
    address = path_of(crew["Gene"]).rstrip("/") + ".ics"
    with CaptureQueriesContext(connection) as asked:
        Client().get(address)
    assert len(asked) == 3


def test_a_season_on_one_bar_of_signal(crew: dict[str, CrewMember]) -> None:
    dock = DockFactory.create(name="Harbor Island West", address="1881 Harbor Island Drive, San Diego, CA 92101")
    vessel = VesselFactory.create(dock=dock)
    for number in range(120):
        sail(
            day=str(at("12:00").date() + timedelta(days=number)),
            captain="Gene",
            crew=[("Sam", "mate"), ("Angelia", "mate"), ("Marcus", "deckhand"), ("Sarah", "crew")],
            vessel=vessel,
            guest_phone="+16195550001",
        )
    answer = Client().get(path_of(crew["Gene"]))
    style = Path(str(finders.find("crew/crew.css"))).stat().st_size
    assert len(answer.content) + style < 30_000


def test_nothing_comes_from_elsewhere_and_nothing_needs_a_script(quinn: Charter) -> None:
    page = Client().get(path_of(CrewMember.objects.get(name="Gene"))).content.decode()
    loaded = re.findall(r'<(?:link|script|img|iframe)[^>]*(?:href|src)="([^"]+)"', page)
    assert (loaded, "<script" in page, " style=" in page) == (["data:,", "/static/crew/crew.css"], False, False)


# -- the calendar ------------------------------------------------------------------------------------------------


def events(member: CrewMember) -> list[dict[str, str]]:
    answer = Client().get(path_of(member).rstrip("/") + ".ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    found = Calendar.from_ical(answer.content).walk("VEVENT")
    return [
        {name: value.to_ical().decode() for name, value in each.property_items() if name not in {"BEGIN", "END"}}
        for each in found
    ]


def test_the_feed_says_when_and_where_and_names_no_guest(quinn: Charter) -> None:
    Charter.objects.update(created_at=at("12:00"), updated_at=at("12:02"))
    (event,) = events(CrewMember.objects.get(name="Gene"))
    assert event.pop("UID").endswith(f"@{settings.BASE_HOST}")
    assert event == {
        "SEQUENCE": "120",
        "DTSTAMP": "20260530T190200Z",
        "LAST-MODIFIED": "20260530T190200Z",
        "DTSTART": "20260531T013000Z",
        "DTEND": "20260531T033000Z",
        "SUMMARY": "Sunset sail on Queen (mate)",
        "LOCATION": r"Harbor Island West\, 1880 Harbor Island Dr",
        "DESCRIPTION": r"Guests from 6:15 PM.\nParty of 4.\nCaptain: Darrell\nDeckhand: Marcus\n"
        r"Phone numbers and swaps: on your own page.",
        "STATUS": "CONFIRMED",
    }


def test_an_event_is_the_same_after_a_move_with_a_higher_sequence(quinn: Charter) -> None:
    gene = CrewMember.objects.get(name="Gene")
    Charter.objects.update(created_at=at("12:00"), updated_at=at("12:02"))
    (first,) = events(gene)
    override(charter=quinn, facts={"starts_at": at("19:00")}, by="office")
    (moved,) = events(gene)
    assert (moved["UID"], moved["DTSTART"]) == (first["UID"], "20260531T020000Z")
    assert int(moved["SEQUENCE"]) > int(first["SEQUENCE"])


def test_two_members_have_events_of_their_own(quinn: Charter) -> None:
    uids = {events(CrewMember.objects.get(name=name))[0]["UID"] for name in ("Gene", "Darrell", "Marcus")}
    assert len(uids) == 3


def test_a_cancelled_trip_is_cancelled_in_the_feed(quinn: Charter) -> None:
    cancel(charter=quinn, by="office")
    (event,) = events(CrewMember.objects.get(name="Gene"))
    assert (event["STATUS"], event["SUMMARY"], event["DESCRIPTION"]) == (
        "CANCELLED",
        "Cancelled: Sunset sail on Queen (mate)",
        "This trip is cancelled.",
    )


def test_trips_stay_in_the_feed_for_thirty_days(quinn: Charter) -> None:
    gene = CrewMember.objects.get(name="Gene")
    clock.stop_at(quinn.ends_at + timedelta(days=29))
    kept = len(events(gene))
    clock.stop_at(quinn.ends_at + timedelta(days=30))
    assert (kept, len(events(gene))) == (1, 0)


def test_a_whole_day_is_a_date(crew: dict[str, CrewMember]) -> None:
    sail(start="00:00", end="00:00", day="2026-06-02", all_day=True)
    (event,) = events(crew["Gene"])
    assert (event["DTSTART"], "DTEND" in event) == ("20260602", False)


def test_the_page_links_to_the_feed_both_ways(quinn: Charter) -> None:
    gene = CrewMember.objects.get(name="Gene")
    feed = crew_url(gene).rstrip("/") + ".ics"
    page = Client().get(path_of(gene)).content.decode()
    assert re.findall(r'href="([^"]+\.ics)"', page) == [f"webcal:{feed.partition(':')[2]}", feed]


# -- the swap ----------------------------------------------------------------------------------------------------


def form_of(response: Any) -> dict[str, str]:
    """What the page's form would send as it stands, its button left out."""
    tags = re.findall(r"<input [^>]*>", response.content.decode())
    named = [{name: unescape(value) for name, value in re.findall(r'(\w+)="([^"]*)"', tag)} for tag in tags]
    return {each["name"]: each.get("value", "") for each in named if each.get("type") != "radio"}


def offered(response: Any) -> list[str]:
    return re.findall(r'<label class="choice">.*?<b>([^<]+)</b>', response.content.decode())


def carry_through(phone: Client, member: CrewMember, charter: Charter, taker: str, query: str = "") -> Any:
    """Choose, write why, say yes; returns the answer to yes."""
    address = path_of(member, f"swap/{charter.pk}/")
    key = str(CrewMember.objects.get(name=taker).pk)
    asked = phone.get(f"{address}{query}")
    shown = phone.post(address, form_of(asked) | {"taker": key, "why": WHY})
    return phone.post(address, form_of(shown) | {"sure": "yes"})


@pytest.fixture
def phone() -> Client:
    """A browser that has to send the form's token."""
    return Client(enforce_csrf_checks=True)


def test_a_mate_swaps_from_their_phone(quinn: Charter, phone: Client) -> None:
    gene, sam = CrewMember.objects.get(name="Gene"), CrewMember.objects.get(name="Sam")
    answer = carry_through(phone, gene, quinn, "Sam")
    assert (answer.status_code, answer["Location"]) == (302, path_of(gene, f"?swapped={quinn.pk}"))
    assert aboard(quinn) == [("Darrell", "captain"), ("Sam", "mate"), ("Marcus", "deckhand")]
    assert list(Override.objects.values_list("by", "why")) == [("Gene's own page", WHY)]
    assert "Mate 6:30–8:30 PM Quinn Proposal Sunset Sail" in shown(sam)


def test_the_page_says_what_now_holds(quinn: Charter, phone: Client) -> None:
    answer = carry_through(phone, CrewMember.objects.get(name="Gene"), quinn, "Sam")
    said = text(phone.get(answer["Location"]))
    assert "Done. The crew is now: captain Darrell, mate Sam, deckhand Marcus." in said
    assert "No trips ahead of you." in said


def test_what_others_have_swapped_is_not_said(quinn: Charter) -> None:
    sarah = CrewMember.objects.get(name="Sarah")
    assert "Done" not in text(Client().get(path_of(sarah, f"?swapped={quinn.pk}")))


def test_a_captain_swaps_a_deckhand(quinn: Charter, phone: Client) -> None:
    carry_through(phone, CrewMember.objects.get(name="Darrell"), quinn, "Sam", "?place=2")
    assert aboard(quinn) == [("Darrell", "captain"), ("Gene", "mate"), ("Sam", "deckhand")]


def test_a_mate_who_asks_for_anothers_place_is_asked_about_their_own(quinn: Charter) -> None:
    gene = CrewMember.objects.get(name="Gene")
    assert form_of(Client().get(path_of(gene, f"swap/{quinn.pk}/?place=2")))["name"] == "Gene"


def test_those_are_offered_who_could(quinn: Charter) -> None:
    retire(CrewMember.objects.get(name="Angelia"))
    member = {name: CrewMember.objects.get(name=name) for name in ("Darrell", "Gene", "Marcus")}
    pages = {name: Client().get(path_of(each, f"swap/{quinn.pk}/")) for name, each in member.items()}
    assert {name: offered(page) for name, page in pages.items()} == {
        "Darrell": ["Sarah", "Gene"],  # Gene, who is aboard, would leave a place open
        "Gene": ["Sam", "Sarah"],
        "Marcus": ["Sam", "Sarah"],
    }


def test_whoever_is_busy_is_shown_as_such(quinn: Charter) -> None:
    sail("Danika Private Charter", "17:00", "19:00", captain="Sarah", crew=[("Sam", "mate")])
    said = text(Client().get(path_of(CrewMember.objects.get(name="Gene"), f"swap/{quinn.pk}/")))
    assert (
        "Free at these hours Angelia mate Has something else Sam mate On Danika Private Charter, 5–7 PM "
        "Sarah captain On Danika Private Charter, 5–7 PM Why?"
    ) in said


def test_whoever_is_busy_is_asked_about_twice(quinn: Charter, phone: Client) -> None:
    sail("Danika Private Charter", "17:00", "19:00", captain="Sarah", crew=[("Sam", "mate")])
    gene, sam = CrewMember.objects.get(name="Gene"), CrewMember.objects.get(name="Sam")
    address = path_of(gene, f"swap/{quinn.pk}/")
    again = phone.post(address, form_of(phone.get(address)) | {"taker": str(sam.pk), "why": WHY, "sure": "yes"})
    assert (again.status_code, aboard(quinn)[1]) == (409, ("Gene", "mate"))
    assert "Sam is on Danika Private Charter, 5–7 PM." in text(again)
    phone.post(address, form_of(again) | {"sure": "yes"})
    assert aboard(quinn)[1] == ("Sam", "mate")


def test_choosing_changes_nothing_yet(quinn: Charter, phone: Client) -> None:
    gene, sam = CrewMember.objects.get(name="Gene"), CrewMember.objects.get(name="Sam")
    address = path_of(gene, f"swap/{quinn.pk}/")
    answer = phone.post(address, form_of(phone.get(address)) | {"taker": str(sam.pk), "why": WHY})
    assert "Sam sails for you as mate on Quinn Proposal Sunset Sail When Today, Sat 30 May, 6:30–8:30 PM" in text(
        answer
    )
    assert (aboard(quinn)[1], Override.objects.count()) == (("Gene", "mate"), 0)


def test_a_get_changes_nothing(quinn: Charter) -> None:
    gene, sam = CrewMember.objects.get(name="Gene"), CrewMember.objects.get(name="Sam")
    asked = {"role": "mate", "name": "Gene", "taker": sam.pk, "why": WHY, "sure": "yes"}
    Client().get(path_of(gene, f"swap/{quinn.pk}/"), asked)
    assert Override.objects.count() == 0


def test_without_the_forms_token_nothing_changes_and_it_is_said_kindly(quinn: Charter, phone: Client) -> None:
    gene, sam = CrewMember.objects.get(name="Gene"), CrewMember.objects.get(name="Sam")
    asked = {"role": "mate", "name": "Gene", "taker": sam.pk, "why": WHY, "sure": "yes"}
    answer = phone.post(path_of(gene, f"swap/{quinn.pk}/"), asked)
    assert (answer.status_code, Override.objects.count()) == (403, 0)
    assert text(answer).startswith("Please send it once more Nothing was changed.")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"taker": ""}, "Choose who takes over."),
        ({"taker": "999999"}, "Choose one of the names in the list."),
        ({"taker": "Marcus"}, "Choose one of the names in the list."),
        ({"why": "  "}, "Write a few words why: the office will ask."),
        ({"why": "x" * 201}, "Make it shorter: one line is enough."),
        ({"why": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    quinn: Charter, phone: Client, wrong: dict[str, str], words: str
) -> None:
    address = path_of(CrewMember.objects.get(name="Gene"), f"swap/{quinn.pk}/")
    good = {"taker": str(CrewMember.objects.get(name="Sam").pk), "why": "Stuck <in> traffic"}
    if wrong.get("taker") == "Marcus":
        wrong = {"taker": str(CrewMember.objects.get(name="Marcus").pk)}
    answer = phone.post(address, form_of(phone.get(address)) | good | wrong)
    assert (answer.status_code, words in text(answer)) == (422, True)
    kept = "why" if "taker" in wrong else "taker"
    page = answer.content.decode()
    assert 'value="Stuck &lt;in&gt; traffic"' in page if kept == "why" else f'value="{good["taker"]}" checked' in page


def test_the_same_yes_twice_is_one_swap(quinn: Charter, phone: Client) -> None:
    gene, sam = CrewMember.objects.get(name="Gene"), CrewMember.objects.get(name="Sam")
    address = path_of(gene, f"swap/{quinn.pk}/")
    yes = form_of(phone.post(address, form_of(phone.get(address)) | {"taker": str(sam.pk), "why": WHY}))
    first = phone.post(address, yes | {"sure": "yes"})
    once = list(Override.objects.values())
    second = phone.post(address, yes | {"sure": "yes"})
    assert (first["Location"], second.status_code) == (second["Location"], 302)
    assert list(Override.objects.values()) == once


def test_whoever_comes_second_is_told(quinn: Charter, phone: Client) -> None:
    gene, sam = CrewMember.objects.get(name="Gene"), CrewMember.objects.get(name="Sam")
    address = path_of(gene, f"swap/{quinn.pk}/")
    yes = form_of(phone.post(address, form_of(phone.get(address)) | {"taker": str(sam.pk), "why": WHY}))
    carry_through(Client(), CrewMember.objects.get(name="Darrell"), quinn, "Angelia", "?place=1")
    answer = phone.post(address, yes | {"sure": "yes"})
    assert (answer.status_code, aboard(quinn)[1]) == (409, ("Angelia", "mate"))
    assert text(answer) == (
        "Not possible now You are not on this trip any more: somebody has changed the crew. "
        "Nothing was changed by you. Your trips as they are now"
    )


@pytest.mark.parametrize("last", [{}, {"sure": "yes"}])
def test_after_departure_it_is_refused_in_words(quinn: Charter, phone: Client, last: dict[str, str]) -> None:
    gene, sam = CrewMember.objects.get(name="Gene"), CrewMember.objects.get(name="Sam")
    address = path_of(gene, f"swap/{quinn.pk}/")
    asked = form_of(phone.get(address)) | {"taker": str(sam.pk), "why": WHY}
    clock.stop_at(at("18:30"))
    answer = phone.post(address, asked | last)
    assert (answer.status_code, text(answer)) == (
        409,
        "Not possible now This trip has departed: its crew stays as it was. Your trips as they are now",
    )


def test_a_departed_trip_has_no_swap_on_it(quinn: Charter) -> None:
    clock.stop_at(at("18:30"))
    assert ">Swap<" not in Client().get(path_of(CrewMember.objects.get(name="Gene"))).content.decode()


def test_a_cancelled_trip_is_not_swapped(quinn: Charter) -> None:
    cancel(charter=quinn, by="office")
    answer = Client().get(path_of(CrewMember.objects.get(name="Gene"), f"swap/{quinn.pk}/"))
    assert (answer.status_code, "This trip is cancelled" in text(answer)) == (409, True)


def test_a_swap_page_lets_the_browser_name_its_origin_to_us_alone(quinn: Charter) -> None:
    answer = Client().get(path_of(CrewMember.objects.get(name="Gene"), f"swap/{quinn.pk}/"))
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_numbers_that_are_none_of_ours_are_refused_as_unknown(quinn: Charter) -> None:
    gene = CrewMember.objects.get(name="Gene")
    big = 10**30
    asked = {"role": "mate", "name": "Gene", "taker": "1", "why": WHY, "sure": "yes"}
    client = Client()
    answers = [
        client.get(path_of(gene, f"trip/{big}/")),
        client.get(path_of(gene, f"swap/{big}/")),
        client.post(path_of(gene, f"swap/{big}/"), asked),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert client.get(path_of(gene, f"?swapped={big}")).status_code == 200
