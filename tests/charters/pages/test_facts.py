"""What a guest page says, what it never says, and how a plan puts it in words."""

import json
from copy import deepcopy
from typing import Any

import pytest
from django.test import override_settings

from charters.models import CrewMember, Dock, Guest, Vessel
from charters.pages.facts import differences, digest, first_name, in_words, page_facts, refusal
from charters.public_links import waiver_url
from tests.charters.pages.samples import CODE, at, charter, jada

NOTES = ("parking", "gate", "accessibility", "late_policy", "aboard", "photo_url")
GENE_LEADS = [("captain", "Gene"), ("mate", "Sam"), ("deckhand", "Zoë")]


@override_settings(BASE_URL="https://sail.example.com")
def test_the_facts_of_danikas_charter():
    danika = charter(crew=GENE_LEADS, guest_name="Danika Reyes", named=2, signed=1, pending_guardian=1)
    link = waiver_url(danika, danika.page)

    assert page_facts(danika) == {
        "page_url": "http://127.0.0.1:8000/pages/2026-05-30/Danika-token.html",
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
            **dict.fromkeys(NOTES, ""),
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


def noted(**notes: str) -> Vessel:
    """JADA at a dock of which the office wrote `notes`."""
    vessel = jada()
    for name, text in notes.items():
        setattr(vessel.dock, name, text)
    return vessel


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
        **dict.fromkeys(NOTES, ""),
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
    assert refusal(page_facts(charter(place="Dock TBD"))) == nowhere
    assert refusal(page_facts(charter(dock=Dock(name="The other dock", address="TBD")))) == nowhere
    assert refusal(page_facts(charter()) | {"arrive_by": ""}) == "no arrival time"
    assert refusal(page_facts(charter(vessel=adrift, all_day=True, status="cancelled"))) == ""


@pytest.mark.parametrize(
    "name",
    [
        *("[GUEST NAME]", "{{ guest.name }}", "{name}", "<First Name> Smith", "$first_name"),
        *("TBD", "TBD?", "XXX", "Guest Name", "Guest TBD", "INSERT NAME HERE", "None"),
    ],
)
def test_a_guest_whom_nobody_has_named_gets_no_page(name: str):
    unnamed = page_facts(charter(guest_name=name))

    assert (unnamed["guest"], refusal(unnamed)) == (name, f"an unfilled placeholder: the guest is “{name}”")


@pytest.mark.parametrize("name", ["TBD (Boatsetter)", "Mr. TBD", "Smith, TBD"])
def test_nobody_is_greeted_as_tbd(name: str):
    assert refusal(page_facts(charter(guest_name=name))) == "an unfilled placeholder: the guest is “TBD”"


def test_a_guest_whose_last_name_is_not_known_yet_has_a_page():
    half_known = page_facts(charter(guest_name="Quinn TBD"))

    assert (half_known["guest"], refusal(half_known)) == ("Quinn", "")


def test_a_party_that_nobody_has_named_gets_no_page():
    assert refusal(page_facts(charter(party="TBD"))) == "an unfilled placeholder: the guest is “TBD”"


def test_a_captain_to_be_determined_is_no_captain_yet():
    crewless = page_facts(charter(crew=[("captain", "TBD"), ("mate", "???"), ("deckhand", "Nan")]))

    assert (crewless["captain"], crewless["crew"]) == ("", [{"role": "deckhand", "name": "Nan"}])
    assert refusal(crewless) == ""


def test_one_of_the_crew_may_be_called_anything():
    sailing = charter(crew=[("captain", "Gene"), ("mate", "Open")])
    sailing.crew_assignments.all()[1].member = CrewMember(pk=3, name="Open")

    assert page_facts(sailing)["crew"] == [{"role": "mate", "name": "Open"}]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"crew": [("captain", "[CAPTAIN]")]}, "the captain says “[CAPTAIN]”"),
        ({"crew": [("captain", "[CAPTAIN NAME]")]}, "the captain says “[CAPTAIN NAME]”"),
        ({"crew": [("mate", "{mate}")]}, "the mate says “{mate}”"),
        ({"place": "[insert dock here]"}, "the place says “[insert dock here]”"),
        ({"vessel": noted(gate="The code is ____.")}, "the dock's gate says “____”"),
        (
            {"vessel": noted(aboard="{% include drinks %}")},
            "the dock's what may come aboard says “{% include drinks %}”",
        ),
    ],
)
def test_words_that_wait_for_somebody_to_fill_them_in_make_no_page(facts: dict[str, Any], said: str):
    assert refusal(page_facts(charter(**facts))) == f"an unfilled placeholder: {said}"


def test_a_cancellation_goes_out_whatever_the_guest_is_called():
    told = page_facts(charter(status="cancelled", guest_name="[GUEST]"))

    assert (told["guest"], refusal(told)) == ("", "")


def test_what_the_office_wrote_of_the_dock_are_facts():
    told = page_facts(charter(vessel=noted(parking=" Free for four hours. ", photo_url="https://example.com/gate.jpg")))

    assert {name: told["dock"][name] for name in NOTES} == {
        **dict.fromkeys(NOTES, ""),
        "parking": "Free for four hours.",
        "photo_url": "https://example.com/gate.jpg",
    }


def test_a_note_that_says_nothing_yet_is_none():
    assert page_facts(charter(vessel=noted(parking="TBD", gate=" ??? ")))["dock"] == page_facts(charter())["dock"]


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
        "dock Harbor Island West, 1880 Harbor Island Dr, San Diego, CA 92101 → Pier 4; walking directions changed"
    )


def test_differences_name_the_notes_of_a_dock_that_changed():
    before, after = page_facts(charter()), page_facts(charter(vessel=noted(gate="Gate C", aboard="No glass")))
    older = before | {"dock": {name: before["dock"][name] for name in ("name", "address", "map_url", "directions")}}

    assert differences(before, after) == "gate changed; what may come aboard changed"
    assert differences(older, after) == "gate changed; what may come aboard changed"
    assert digest(before) != digest(after)


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
