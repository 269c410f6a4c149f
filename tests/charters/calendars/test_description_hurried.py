"""Descriptions as a dispatcher types them in a hurry: on a phone, pasted from mails, with emoji and typing errors.

Each was once read wrongly; what was right from the beginning stands in test_description.py.
"""

from typing import Any

import pytest

from charters.calendars.text.clock_times import ClockTime
from charters.calendars.text.crew_lines import read_crew
from charters.calendars.text.description import CrewName, read_description
from tests.charters.calendars.described import at, crew, deck, mate

CREWS: list[tuple[str, str | None, tuple[CrewName, ...]]] = [
    ("Cap: Gene (confirmed)", "Gene", ()),
    ("Capt Darrell + Gene & Sarah", "Darrell", crew("Gene", "Sarah")),
    ("Capt Gene, Mate Sam, DH Marcus", "Gene", mate("Sam") + deck("Marcus")),
    ("capt gene mate sam", "gene", mate("sam")),
    ("Crew: Gene(Capt), Sam(Mate), Marcus(DH)", "Gene", mate("Sam") + deck("Marcus")),
    ("Captain; Gene", "Gene", ()),
    ("Captain Gene instead of Darrell", "Gene", ()),
    ("Crew: Sam and one more", None, crew("Sam")),
    ("Deckhand1: Marcus\nDeckhand2: Sam", None, deck("Marcus", "Sam")),
    ("Deckhand 1: Marcus\nDeckhand 2: Sam", None, deck("Marcus", "Sam")),
    ("Deckhands (2): Marcus, Sam", None, deck("Marcus", "Sam")),
    ("Crew (3): Gene, Sam, Marcus", None, crew("Gene", "Sam", "Marcus")),
    ("Crew of 3: Gene, Sam, Marcus", None, crew("Gene", "Sam", "Marcus")),
    ("Crew list: Gene, Sam", None, crew("Gene", "Sam")),
    ("Crew for today: Gene, Sam", None, crew("Gene", "Sam")),
    ("Crew assigned: Gene, Sam", None, crew("Gene", "Sam")),
    ("Crew: Capt. Gene; 1st Mate Sam; DH Marcus", "Gene", mate("Sam") + deck("Marcus")),
    ("Capt: Gene\nMate: Sam\nD/H: Marcus", "Gene", mate("Sam") + deck("Marcus")),
    ("Captain: Darrell\nCrew: Angelia\nUpdated crew (5/28): Gene", "Darrell", crew("Gene")),
    ("Captain: Darrell\nCrew: Angelia\nUpdated Crew 5/28: Gene", "Darrell", crew("Gene")),
    ("Captain: Darrell\nCrew: Angelia\nCrew update: Gene", "Darrell", crew("Gene")),
    ("Captain: Darrell\nCrew: Angelia\nCREW CHANGE: Gene", "Darrell", crew("Gene")),
    ("Captain: Darrell\nCrew: Angelia\nUpdated crew list: Gene", "Darrell", crew("Gene")),
    ("Captain: Darrell\nMate: Angelia\nDeckhand: Al\nUpdated mate: Gene", "Darrell", deck("Al") + mate("Gene")),
    ("Captain: Darrell\nUPDATE: Captain is now Gene", "Gene", ()),
    ("Captain: 🧔Gene", "Gene", ()),
    ("Captain: Gene K.", "Gene K.", ()),
    ("Your captain will be Gene", "Gene", ()),
    ("Captain will be Gene", "Gene", ()),
    ("Captain for this trip: Gene", "Gene", ()),
    ("Captain today is Gene", "Gene", ()),
    ("Gene is captain", "Gene", ()),
    ("Gene capt, Sam mate, Marcus deckhand", "Gene", mate("Sam") + deck("Marcus")),
    ("Gene = captain, Sam = mate", "Gene", mate("Sam")),
    ("Captain: Gene, Darrell (backup)", "Gene", ()),
    ("Backup captain: Darrell\nCaptain: Gene", "Gene", ()),
    ("Standby crew: Marcus\nCrew: Sam", None, crew("Sam")),
    ("Crew:\n- Gene (Capt)\n- Sam\n- Marcus", "Gene", crew("Sam", "Marcus")),
    ("Crew:\n1. Gene\n2. Sam", None, crew("Gene", "Sam")),
    ("Crew:\n1) Gene\n2) Sam", None, crew("Gene", "Sam")),
    ("Crew\n- Gene\n- Sam", None, crew("Gene", "Sam")),
    ("Captain: included", None, ()),
    ("Crew confirmed: Gene, Sam", None, crew("Gene", "Sam")),
    ("Captain confirmed - Gene", "Gene", ()),
    ("Captain (confirmed): Gene", "Gene", ()),
    ("Capt. D'Angelo / DH Zoë-Marie", "D'Angelo", deck("Zoë-Marie")),
    ("Captain: Mc Donald Jr.", "Mc Donald Jr.", ()),
    ("Captain: @Gene", "Gene", ()),
    ("Captain → Gene\nMate → Sam", "Gene", mate("Sam")),
    ("Captain > Gene", "Gene", ()),
    ("Captain... Gene", "Gene", ()),
    ("Captain–Gene", "Gene", ()),
    ("Captain-Gene", "Gene", ()),
    ("Captian: Gene", "Gene", ()),
    ("Captin: Gene", "Gene", ()),
    ("Deckand: Marcus", None, deck("Marcus")),
    ("Crew: Gene, Sam, and Marcus", None, crew("Gene", "Sam", "Marcus")),
    ("Mate: Sam OUT, Joe in", None, mate("Joe")),
    ("Captain Gene Mate Sam Deckhand Marcus", "Gene", mate("Sam") + deck("Marcus")),
    ("CAPTAIN GENE MATE SAM", "GENE", mate("SAM")),
    ("crew- gene, sam", None, crew("gene", "sam")),
    ("Crew ~ Gene", None, crew("Gene")),
    ("Captain Gene plus Sam", "Gene", crew("Sam")),
    ("Captain: Gene w/Sam", "Gene", crew("Sam")),
    ("Film crew: Alex, Bo\nCrew: Sam", None, crew("Sam")),
    ("Catering crew: María", None, ()),
    ("Crew tbd, call Quinn", None, ()),
    ("Captain: Gene\nCo-captain: Sam", "Gene", mate("Sam")),
    ("Captain & crew: Gene, Sam", "Gene", crew("Sam")),
    ("Captain:\nQuinn 619-555-0001", None, ()),
    ("Captain: Gene / Darrell backup", "Gene", ()),
    ("Crew: Sam standby, Joe", None, crew("Joe")),
    ("Captain changed to Gene", "Gene", ()),
    ("Captain: Darrell\nCaptain switched to Gene", "Gene", ()),
    ("guests 18 / arrive 245pm / capt gene", "gene", ()),
    ("captain gene, mate sam, 12 guests", "gene", mate("sam")),
    ("Gene capt / Sarah mate / 14 ppl", "Gene", mate("Sarah")),
    ("Captain gets 20% tip", None, ()),
    ("capt decides route, 14 guests", None, ()),
]


@pytest.mark.parametrize(("text", "captain", "others"), CREWS)
def test_the_crew_is_named_however_it_is_typed(text: str, captain: str | None, others: tuple[CrewName, ...]) -> None:
    description = read_description(text)
    assert (description.captain, description.crew, description.questions) == (captain, others, ())


@pytest.mark.parametrize(
    ("text", "captain", "others", "question"),
    [
        (
            "Captain Gene (till 5pm) then Darrell",
            "Gene",
            (),
            "“Captain Gene (till 5pm) then Darrell” names somebody else for later; Gene is taken",
        ),
        ("Mate: Sam (tentative)", None, mate("Sam"), "“Mate: Sam (tentative)” is not sure of Sam"),
        ("Crew: Sam maybe", None, crew("Sam"), "“Crew: Sam maybe” is not sure of Sam"),
        ("Mate: Sam (sick) → Joe", None, (), "“Mate: Sam (sick) → Joe” does not decide who sails"),
        ("Captain: prob Gene", "Gene", (), "“Captain: prob Gene” is not sure of Gene"),
        ("Captain: Gene (pending)", "Gene", (), "“Captain: Gene (pending)” is not sure of Gene"),
        ("Captain: Gene - tentative", "Gene", (), "“Captain: Gene - tentative” is not sure of Gene"),
        ("Captain: Gene if available", "Gene", (), "“Captain: Gene if available” is not sure of Gene"),
        ("Captain: ~~Darrell~~ Gene", None, (), "“Captain: ~~Darrell~~ Gene” does not say plainly who sails"),
        ("Crew: Gene & co", None, crew("Gene"), "“Crew: Gene & co” does not say plainly who sails"),
        ("Captain, mate: Gene, Sam", None, (), "“Captain, mate: Gene, Sam” does not say who has which duty"),
        (
            "Crew: Gene, Sam\nSam is sick",
            None,
            crew("Gene", "Sam"),
            "“Sam is sick” may change who sails; it was not followed",
        ),
        (
            "Mate: Angelia\nUpdate: Angelia out, Sam in",
            None,
            mate("Angelia"),
            "“Update: Angelia out, Sam in” may change who sails; it was not followed",
        ),
        (
            "Captain: Gene\nGene's cell (619) 555-0190",
            "Gene",
            (),
            "“Gene's cell (619) 555-0190” is taken for Gene's own number, not the guest's",
        ),
    ],
)
def test_a_crew_that_is_not_settled_is_asked_about(
    text: str, captain: str | None, others: tuple[CrewName, ...], question: str
) -> None:
    description = read_description(text)
    assert (description.captain, description.crew, description.questions) == (captain, others, (question,))


FACTS: list[tuple[str, dict[str, Any]]] = [
    (
        "\U0001f468\u200d\u2708\ufe0f Capt Gene\n\u2693 Mate Sam\n\U0001f465 6 guests",
        {"captain": "Gene", "guest_count": 6, "crew": mate("Sam")},
    ),
    ("pax:12", {"guest_count": 12}),
    ("Guests: 12 → 14", {"guest_count": 14}),
    ("guests went from 12 to 14", {"guest_count": 14}),
    ("Guests: was 12 now 14", {"guest_count": 14}),
    ("Guests:six", {"guest_count": 6}),
    ("6 guests + 2 crew", {"guest_count": 6}),
    ("Guest list: 18", {"guest_count": 18}),
    ("Guests expected: 18", {"guest_count": 18}),
    ("Guests (final): 22", {"guest_count": 22}),
    ("Final count 22", {"guest_count": 22}),
    ("Guests\n22", {"guest_count": 22}),
    ("10 guests 1 infant", {"guest_count": 10, "minors": True}),
    ("Adults: 4 Kids: 2", {"guest_count": 6, "minors": True}),
    ("Adults 4\nChildren 2", {"guest_count": 6, "minors": True}),
    ("Adults: 4, Children: 2", {"guest_count": 6, "minors": True}),
    ("Kids: 0", {"minors": False}),
    ("Minors: none", {"minors": False}),
    ("all adults, no one under 18", {"minors": False}),
    ("kids: n/a", {"minors": False}),
    ("not bringing kids", {"minors": False}),
    ("ages: 9, 12", {"minors": True}),
    ("Minors? No", {"minors": False}),
    ("arrive 145pm", {"arrive_by": at(13, 45)}),
    ("guests arriving around 2:45pm", {"arrive_by": at(14, 45)}),
    ("boards 2:45pm", {"arrive_by": at(14, 45)}),
    ("Boarding time 14:45 hrs", {"arrive_by": at(14, 45)}),
    ("show up by 2:45pm", {"arrive_by": at(14, 45)}),
    ("Dock by 2:45 PM", {"arrive_by": at(14, 45)}),
    ("Arr 2:45p / Dep 3:00p", {"arrive_by": at(14, 45)}),
    ("Arrive by was 1:45 PM, now 2:45 PM", {"arrive_by": at(14, 45)}),
    ("arrive at gate 3 by 2:45pm", {"arrive_by": at(14, 45)}),
    ("arrive at 1880 Harbor Island Dr by 2:45pm", {"arrive_by": at(14, 45)}),
    ("arrive at dock 5 by 2:45pm", {"arrive_by": at(14, 45)}),
    ("1500-1900", {"hours": (at(15), at(19))}),
    ("moved from 2-6pm to 3-7pm", {"hours": (at(15), at(19))}),
    ("MOVED: 2-6pm → 3-7pm", {"hours": (at(15), at(19))}),
    ("cc: office@sailjada.com quinn@example.com", {"email": "quinn@example.com"}),
    ("Emergency contact 619-555-0009", {"phone": None}),
    ("Boatsetter (XHQGMDH)", {"platform": "boatsetter", "confirmation_code": "XHQGMDH"}),
    ("Boatsetter\nConfirmation code\nXHQGMDH", {"platform": "boatsetter", "confirmation_code": "XHQGMDH"}),
    ("Conf no XHQGMDH", {"confirmation_code": "XHQGMDH"}),
    ("Ref: XHQGMDH", {"confirmation_code": "XHQGMDH"}),
    ("GMB 48213", {"platform": "getmyboat", "confirmation_code": "GMB-48213"}),
    ("code: XHQGMDH", {"confirmation_code": "XHQGMDH"}),
    ("boat - JADA", {"vessel_words": ("JADA",)}),
    ("aboard the Queen of San Diego", {"vessel_words": ("Queen of San Diego",)}),
    ("Crew:\nGene 619-555-0190\nSam 619-555-0191", {"phone": None, "crew": crew("Gene", "Sam")}),
    (
        "Captain: Gene\n\nOn Tue, May 26, 2026 at 9:14 AM JADA Office <office@sailjada.com> wrote:\n"
        "> Captain: Darrell\n> Crew: Angelia\n> Guests: 8\n> quinn@example.com",
        {"captain": "Gene", "guest_count": 8, "email": "quinn@example.com", "crew": crew("Angelia")},
    ),
    (
        "Updated crew: Gene\nGuests: 10\n\n> Captain: Darrell\n> Crew: Angelia\n> Guests: 8",
        {"captain": "Darrell", "guest_count": 10, "crew": crew("Gene")},
    ),
    (
        "---------- Forwarded message ---------\nFrom: Boatsetter <noreply@boatsetter.com>\n"
        "Date: Mon, May 25, 2026 at 4:02 PM\nSubject: Booking confirmed! XHQGMDH\nTo: <office@sailjada.com>\n"
        "\nBooking confirmed\nConfirmation code\nXHQGMDH\nRenter\nJonathan Reyes\nPhone\n(619) 555-0003\n"
        "Guests\n6\nDate\nSunday, May 31, 2026\nTime\n1:00 PM - 5:00 PM\nCaptain\nIncluded\nTotal payout\n"
        "$1,240.00",
        {
            "guest_count": 6,
            "phone": "+16195550003",
            "confirmation_code": "XHQGMDH",
            "platform": "boatsetter",
            "hours": (at(13), at(17)),
        },
    ),
    (
        "Capt Gene|Mate Sam|12 guests|arr 1:45p",
        {"captain": "Gene", "guest_count": 12, "arrive_by": at(13, 45), "crew": mate("Sam")},
    ),
    ("Crew: Gene (arrive 1pm), Sam", {"arrive_by": None, "crew": crew("Gene", "Sam")}),
    ("Birthday captain: Leo (turning 8)", {"minors": True}),
    ("Crew:\nGene\nSam\nQuinn 619-555-0001", {"phone": "+16195550001", "crew": crew("Gene", "Sam")}),
    ("> Captain: Darrell\n> Guests: 8", {"captain": "Darrell", "guest_count": 8}),
    ("Captain: Gene\nGene 619-555-0190\nQuinn 619-555-0001", {"phone": "+16195550001"}),
    ("planner Mia 619-555-0150, bride Linh 619-555-0151", {"phone": "+16195550151"}),
    ("arr 545", {"arrive_by": ClockTime(5, 45, meridiem_known=False)}),
    ("arrive at 545 Harbor Dr", {"arrive_by": None}),
    ("arrive 200 guests", {"arrive_by": None, "guest_count": 200}),
    ("need them there by 5:45pm", {"arrive_by": at(17, 45)}),
    ("Crew call 4:30pm\nGuest call 5:45pm", {"arrive_by": at(17, 45)}),
    ("3-7 (paid)", {"hours": (ClockTime(3, 0, meridiem_known=False), ClockTime(7, 0, meridiem_known=False))}),
    ("time change: 3-7pm instead of 2-6pm", {"hours": (at(15), at(19))}),
    ("Depart 3pm return 7pm", {"hours": (at(15), at(19))}),
    ("Departs 15:00 / returns 19:00", {"hours": (at(15), at(19))}),
    ("office hours 9-5", {"hours": None}),
    ("18+2 kids", {"guest_count": 20, "minors": True, "questions": ()}),
    ("guests: now 20 (was 18)", {"guest_count": 20}),
    ("guest count went up to 24", {"guest_count": 24}),
    ("school group 5th graders", {"guest_count": None}),
]


@pytest.mark.parametrize(("text", "facts"), FACTS)
def test_the_facts_are_found_however_they_are_typed(text: str, facts: dict[str, Any]) -> None:
    description = read_description(text)
    assert {name: getattr(description, name) for name in facts} == facts


@pytest.mark.parametrize("label", ["Captain", "Capt", "Skipper", "Mate", "First mate", "Deckhand", "Deckhands", "Crew"])
@pytest.mark.parametrize("name", ["Gene", "Mary Ann", "Tbd", "Not Yet", "Al And"])
def test_the_short_way_for_simple_lines_reads_as_the_long_one(label: str, name: str) -> None:
    assert read_crew(f"{label}: {name}") == read_crew(f"{label.upper()}: {name}")


def test_two_numbers_beside_a_slash_are_two() -> None:
    description = read_description("619-555-0001/619-555-0002")
    assert (description.phone, len(description.questions)) == ("+16195550001", 1)


def test_a_question_quotes_no_more_than_can_be_read() -> None:
    question = read_description("Captain: Gene or Darrell" + " and so on" * 100).questions[0]
    assert len(question) < 300
