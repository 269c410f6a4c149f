"""What a guest page says, what it never says, and how a plan puts it in words."""

import json
from copy import deepcopy
from typing import Any

import pytest
from django.test import override_settings

from charters.models import Dock, Guest
from charters.pages.facts import differences, digest, first_name, in_words, page_facts, refusal
from charters.public_links import waiver_url
from tests.charters.pages.samples import CODE, at, charter, jada

GENE_LEADS = [("captain", "Gene"), ("mate", "Sam"), ("deckhand", "Zoë")]


@override_settings(BASE_URL="https://sail.example.com")
def test_the_facts_of_danikas_charter():
    danika = charter(crew=GENE_LEADS, guest_name="Danika Reyes", named=2, signed=1, pending_guardian=1)
    link = waiver_url(danika, danika.page)

    assert page_facts(danika) == {
        "brand": {"name": "JADA", "phone": "+16195550100", "email": "office@sailjada.com"},
        "guest": "Danika",
        "status": "confirmed",
        "event_type": "private charter",
        "timezone": "America/Los_Angeles",
        "date": "2026-05-30",
        "arrive_by": "2026-05-30T14:45:00-07:00",
        "start": "2026-05-30T15:00:00-07:00",
        "end": "2026-05-30T19:00:00-07:00",
        "duration": "4 hours",
        "vessel": "JADA",
        "dock": {
            "name": "Harbor Island West",
            "address": "1880 Harbor Island Dr, San Diego, CA 92101",
            "map_url": "https://maps.google.com/?q=1880%20Harbor%20Island%20Dr%2C%20San%20Diego%2C%20CA%2092101",
            "directions": "Park in the marina's lot.\nGate B is opened for you.",
        },
        "captain": "Gene",
        "crew": [{"role": "mate", "name": "Sam"}, {"role": "deckhand", "name": "Zoë"}],
        "waiver_url": link,
        "waivers": {"required": 12, "signed": 1, "pending": 10, "pending_guardian": 1},
        "photo_code": CODE,
        "photo_url": f"https://sail.example.com/p/{CODE}/",
        "ics_url": link.replace("/w/", "/g/").removesuffix("/") + ".ics",
        "bring": [
            "Soft-soled shoes without black soles; no heels on deck",
            "Sunscreen, a hat and sunglasses",
            "A warm layer: it is cooler on the water than ashore",
        ],
    }


def test_secrets_never_become_facts():
    nguyen = charter(
        title="Nguyen Proposal Sunset Sail",
        reference="nguyen-friday-2026-06-12",
        party="Nguyen",
        guest_name="Thanh Nguyen",
        guest_email="thanh.nguyen@example.com",
        guest_phone="+18585550177",
        questions=["Linh has asthma"],
        calendar_facts={"description": "SECRET - do not mention ring to Linh!"},
    )
    nguyen.__dict__["_prefetched_objects_cache"]["guests"] = [
        Guest(charter=nguyen, name="Linh Pham", email="linh@x.org")
    ]

    told = json.dumps(page_facts(nguyen), ensure_ascii=False)

    leaks = [
        "Proposal",
        "SECRET",
        "ring to",
        "Linh",
        "Pham",
        "asthma",
        "thanh.nguyen",
        "8585550177",
        "nguyen-friday",
    ]
    assert [leak for leak in leaks if leak in told] == []
    assert page_facts(nguyen)["guest"] == "Thanh"


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("Quinn", "Quinn"),
        ("Quinn Alvarez", "Quinn"),
        ("Ms. Quinn Alvarez", "Quinn"),
        ("Alvarez, Quinn", "Quinn"),
        ("J. Robert Smith", "Robert"),
        ("Mr. B.", ""),
        ("  ", ""),
    ],
)
def test_people_are_greeted_by_their_first_name(name: str, greeted: str):
    assert first_name(name) == greeted


def test_a_party_is_greeted_when_nobody_is_named():
    assert page_facts(charter(party="Ocean Beach Club", guest_name=""))["guest"] == "Ocean Beach Club"
    assert page_facts(charter(party="", guest_name=""))["guest"] == ""


def test_a_place_written_in_the_calendar_wins_over_the_vessels_dock():
    written = charter(place="Marriott Marina,  Pier 4")
    chosen = charter(place="Marriott Marina", dock=Dock(name="B Street", address="1140 N Harbor Dr"))

    assert page_facts(written)["dock"] == {
        "name": "",
        "address": "Marriott Marina, Pier 4",
        "map_url": "https://maps.google.com/?q=Marriott%20Marina%2C%20Pier%204",
        "directions": "",
    }
    assert page_facts(charter())["dock"]["name"] == "Harbor Island West"
    assert page_facts(chosen)["dock"]["name"] == "B Street"


def test_the_length_of_a_trip_over_a_change_of_clocks_is_a_stopwatchs():
    facts = page_facts(charter(starts_at=at("2026-10-31 22:00"), ends_at=at("2026-11-01 02:00")))

    assert (facts["start"], facts["end"]) == ("2026-10-31T22:00:00-07:00", "2026-11-01T02:00:00-08:00")
    assert facts["duration"] == "5 hours"


def test_a_trip_that_was_renamed_to_a_hold_is_cancelled_to_whoever_kept_the_link():
    renamed = charter(title="Hold - Peterson?", event_type="hold", guest_name="", party="Peterson")
    told = page_facts(renamed)
    assert (told["status"], told["guest"], told["event_type"]) == ("cancelled", "", "trip")


def test_one_that_waits_for_a_word_is_confirmed_to_guests():
    assert page_facts(charter(status="cancelling"))["status"] == "confirmed"
    assert page_facts(charter(status="cancelled"))["status"] == "cancelled"


def test_without_a_party_size_the_named_guests_count():
    facts = page_facts(charter(guest_count=None, named=3, signed=1))

    assert facts["waivers"] == {"required": 3, "signed": 1, "pending": 2, "pending_guardian": 0}


def test_more_signatures_than_guests_leave_nobody_pending():
    assert page_facts(charter(guest_count=2, named=3, signed=3))["waivers"]["pending"] == 0


def test_a_page_needs_hours_and_a_place():
    adrift = jada()
    adrift.dock = None

    assert refusal(page_facts(charter())) == ""
    assert refusal(page_facts(charter(all_day=True))) == "no hours: the calendar has it as an all-day event"
    assert refusal(page_facts(charter(ends_at=at("2026-05-30 15:00")))) == "no hours: it ends at the moment it starts"
    nowhere = "no place: the calendar names none and the vessel has no dock"
    assert refusal(page_facts(charter(vessel=adrift))) == nowhere
    assert refusal(page_facts(charter(place="TBD"))) == nowhere
    assert refusal(page_facts(charter(vessel=adrift, all_day=True, status="cancelled"))) == ""


def test_the_digest_follows_the_facts_and_nothing_else():
    facts = page_facts(charter())

    assert digest(facts) == digest(page_facts(charter()))
    assert digest(facts) == digest(json.loads(json.dumps(dict(reversed(facts.items())))))
    assert digest(facts) != digest(page_facts(charter(arrive_by=at("2026-05-30 14:30"))))


def test_another_template_is_another_digest(monkeypatch: pytest.MonkeyPatch):
    before = digest(page_facts(charter()))
    monkeypatch.setattr("charters.pages.facts.TEMPLATE_VERSION", "another")

    assert digest(page_facts(charter())) != before


def test_the_plan_says_it_in_one_line():
    assert (
        in_words(page_facts(charter(signed=1))) == "Sat 30 May, 3–7 PM, arrive by 2:45 PM, captain Gene, 1 of 12 signed"
    )
    assert (
        in_words(page_facts(charter(crew=[])))
        == "Sat 30 May, 3–7 PM, arrive by 2:45 PM, no captain yet, 0 of 12 signed"
    )
    assert in_words(page_facts(charter(all_day=True))) == "Sat 30 May, no hours yet, captain Gene, 0 of 12 signed"
    assert in_words(page_facts(charter(status="cancelled"))) == "Sat 30 May, 3–7 PM, cancelled"


def test_differences_name_what_differs_with_both_values():
    early: dict[str, Any] = {
        "crew": [],
        "starts_at": at("2026-05-30 14:00"),
        "ends_at": at("2026-05-30 18:00"),
        "arrive_by": at("2026-05-30 13:45"),
    }
    before, after = page_facts(charter(**early)), page_facts(charter(signed=1))

    assert differences(before, after) == (
        "2–6 PM → 3–7 PM; arrive by 1:45 PM → 2:45 PM; captain none → Gene; signed 0 of 12 → 1 of 12"
    )
    assert differences(after, deepcopy(after)) == ""
    assert differences({}, after) == in_words(after)


def test_differences_name_other_days_places_and_crew():
    moved = charter(
        crew=[("captain", "Gene"), ("mate", "Sam")],
        starts_at=at("2026-05-31 15:00"),
        ends_at=at("2026-05-31 19:00"),
        arrive_by=at("2026-05-31 14:45"),
        place="Pier 4",
        status="cancelled",
    )

    assert differences(page_facts(charter()), page_facts(moved)) == (
        "confirmed → cancelled; Sat 30 May → Sun 31 May; crew none → Sam (mate); "
        "dock Harbor Island West, 1880 Harbor Island Dr, San Diego, CA 92101 → Pier 4; directions changed"
    )


def test_differences_keep_links_and_codes_to_themselves():
    before = page_facts(charter())
    after = before | {
        "waiver_url": "https://x/w/secret/",
        "photo_code": "SECR-ET22-2222-2222",
        "bring": ["Hats"],
    }

    assert differences(before, after) == "waiver link changed; photo code changed; what to bring changed"


def test_facts_of_an_older_shape_can_be_compared():
    told = differences({"date": "2026-05-30"}, page_facts(charter()))

    assert told.startswith("none → confirmed; none → 3–7 PM; arrive by none → 2:45 PM; captain none → Gene")
