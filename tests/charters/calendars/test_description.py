"""Reading event descriptions: the spellings of docs/domain.md and of the sample feed, and awkward ones."""

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charters.calendars.description import (
    DESCRIPTION_LIMIT,
    ClockTime,
    CrewName,
    Description,
    hours_disagree,
    read_description,
    resolve,
)

SAN_DIEGO = ZoneInfo("America/Los_Angeles")


def at(hour: int, minute: int = 0) -> ClockTime:
    return ClockTime(hour, minute, meridiem_known=True)


def either(hour: int, minute: int = 0) -> ClockTime:
    return ClockTime(hour, minute, meridiem_known=False)


def crew(*names: str, role: str = "crew") -> tuple[CrewName, ...]:
    return tuple(CrewName(name, role) for name in names)


def mate(name: str) -> tuple[CrewName, ...]:
    return crew(name, role="mate")


def deck(*names: str) -> tuple[CrewName, ...]:
    return crew(*names, role="deckhand")


WHOLE = {
    "": Description(),
    "Captain: Darrell\nCrew: Gene, Sarah\nGuests: 4 (Quinn Jr. is 16 - guardian to sign)\n"
    "Quinn 619-555-0001 quinn@example.com\nArrive by 6:15 PM": Description(
        captain="Darrell",
        crew=crew("Gene", "Sarah"),
        guest_count=4,
        arrive_by=at(18, 15),
        email="quinn@example.com",
        phone="+16195550001",
        minors=True,
    ),
    "2-6pm paid<br>Guests: 12<br>arrive by 1:45 PM<br><b>Captain:</b> TBD<br>"
    "danika@example.com&nbsp;/ (619) 555-0144": Description(
        guest_count=12,
        arrive_by=at(13, 45),
        hours=(at(14), at(18)),
        email="danika@example.com",
        phone="+16195550144",
    ),
    "Boatsetter XHQGMDH\nCapt. Gene / mate Sam\nparty of 6\ncontact in the Boatsetter mail": Description(
        captain="Gene",
        crew=mate("Sam"),
        guest_count=6,
        platform="boatsetter",
        confirmation_code="XHQGMDH",
    ),
    "Captain Sarah\nDeckhand Marcus\n18 pax\nBoarding 2:00p": Description(
        captain="Sarah", crew=deck("Marcus"), guest_count=18, arrive_by=at(14)
    ),
    "Captain: Darrell\nMate: Angelia\nGuests: 8\nCake on board, please keep upright!\n"
    "alvarez.family@example.com": Description(
        captain="Darrell",
        crew=mate("Angelia"),
        guest_count=8,
        email="alvarez.family@example.com",
        unread=("Cake on board, please keep upright!",),
    ),
    "Captain: Gene\nMate: Sam\nDeckhands: Marcus & Sarah\nGuests: 28\nArrive by 5:00 PM": Description(
        captain="Gene", crew=mate("Sam") + deck("Marcus", "Sarah"), guest_count=28, arrive_by=at(17)
    ),
    "Skipper: Darrell\nFirst mate: Gene\nDeckhand: Marcus\nPax: 30\ncheck-in 17:00": Description(
        captain="Darrell", crew=mate("Gene") + deck("Marcus"), guest_count=30, arrive_by=at(17)
    ),
    "Captain Sarah, mate Sam\n22 guests\narrive by 8:40 AM": Description(
        captain="Sarah", crew=mate("Sam"), guest_count=22, arrive_by=at(8, 40)
    ),
    "SECRET - do not mention ring to Linh!\nCaptain: Gene\nCrew: Sam\nGuests: 2\n"
    "thanh.nguyen@example.com 858.555.0177": Description(
        captain="Gene",
        crew=crew("Sam"),
        guest_count=2,
        email="thanh.nguyen@example.com",
        phone="+18585550177",
        unread=("SECRET - do not mention ring to Linh!",),
    ),
    "No charters. Yard: Driscoll. Darrell on site.": Description(
        unread=("No charters. Yard: Driscoll. Darrell on site.",)
    ),
    "Capt: Gene; Mate: Sam; Deckhands: Marcus, Zoë\n34 guests\nCaterer boards 15:30\n"
    "marisol.munoz@example.com": Description(
        captain="Gene",
        crew=mate("Sam") + deck("Marcus", "Zoë"),
        guest_count=34,
        email="marisol.munoz@example.com",
        unread=("Caterer boards 15:30",),
    ),
    "not confirmed, waiting for deposit": Description(unread=("not confirmed, waiting for deposit",)),
    "Captain: Sarah\nMate: TBD\nGuests: 6-8\nGetMyBoat GMB-48213\narrive 11:45": Description(
        captain="Sarah",
        guest_count=8,
        arrive_by=either(11, 45),
        platform="getmyboat",
        confirmation_code="GMB-48213",
        questions=("“Guests: 6-8” gives a range; 8 guests are reckoned with",),
    ),
    "Captain: Darrell\nMate: Gene\nDeckhands: Sam, Sarah, Marcus\nGuests: 36 (max!)\n"
    "Arrive by 6:00 PM sharp\nOffice 619-555-0100": Description(
        captain="Darrell",
        crew=mate("Gene") + deck("Sam", "Sarah", "Marcus"),
        guest_count=36,
        arrive_by=at(18),
    ),
    "3-7pm paid\nCaptain: Gene\nno mate yet\nGuests: 15": Description(
        captain="Gene", guest_count=15, hours=(at(15), at(19))
    ),
    "All crew. MOB drills.": Description(unread=("All crew. MOB drills.",)),
    "Quiet trip. Captain Darrell, crew: Sam\n9 guests, 2 are minors (8 and 11)\nms.smith@example.com": Description(
        captain="Darrell", crew=crew("Sam"), guest_count=9, email="ms.smith@example.com", minors=True
    ),
    "Conf. code QPLMNTR\n6 people\nUpdated crew: Gene": Description(
        crew=crew("Gene"), guest_count=6, confirmation_code="QPLMNTR"
    ),
    "Conf. code ZKTRWQA\nparty of five\nCaptain: Sarah\nCrew: Marcus": Description(
        captain="Sarah", crew=crew("Marcus"), guest_count=5, confirmation_code="ZKTRWQA"
    ),
    "<p>Captain: Darrell</p><p>Mate: Gene</p><p>Guests: 32</p><p>AV check 10:00, board 10:45</p>"
    '<p>Contact: <a href="mailto:events@example.com">events@example.com</a></p>': Description(
        captain="Darrell",
        crew=mate("Gene"),
        guest_count=32,
        arrive_by=either(10, 45),
        email="events@example.com",
    ),
    "Captain Sarah; deckhands Marcus and Sam\n24 kids + 4 adults\nwaivers via school office": Description(
        captain="Sarah",
        crew=deck("Marcus", "Sam"),
        guest_count=28,
        minors=True,
        unread=("waivers via school office",),
    ),
    "diver: Joe": Description(unread=("diver: Joe",)),
    "Captain: Gene / Mate: Sam / Guests: 6": Description(captain="Gene", crew=mate("Sam"), guest_count=6),
    "Crew: Darrell, Angelia": Description(crew=crew("Darrell", "Angelia")),
    "<html-blob>Crew:<ul><li>Gene</li><li>Zoë O&#39;Brien</li></ul>Bring <i>ice</i></html-blob>": Description(
        crew=crew("Gene", "Zoë O'Brien"), unread=("Bring ice",)
    ),
    "Captain: <s>Darrell</s> Gene<br><strike>Mate: Angelia</strike><br><del>12 guests</del> 14 guests": Description(
        captain="Gene", guest_count=14
    ),
    'Captain: <span style="text-decoration: line-through">Darrell</span> <span>Gene</span>': Description(
        captain="Gene"
    ),
    "3 < 4 guests": Description(guest_count=4),
    "Tom & Jerry <tom@example.com>; R&D; a<b": Description(email="tom@example.com"),
    '<a href="mailto:quinn%2Bjada@example.com?subject=Sail">write to Quinn</a>': Description(
        email="quinn+jada@example.com"
    ),
}


@pytest.mark.parametrize("text", WHOLE)
def test_a_description_is_read_whole(text: str) -> None:
    assert read_description(text) == WHOLE[text]


CREWS: list[tuple[str, str | None, tuple[CrewName, ...]]] = [
    ("captain: gene\nmate: sam", "gene", mate("sam")),
    ("CAPTAIN: GENE", "GENE", ()),
    ("Captain - Gene", "Gene", ()),
    ("Captain is Gene", "Gene", ()),
    ("Capt Gene w/ deckhand Marcus", "Gene", deck("Marcus")),
    ("Captain Gene with mate Sam and deckhand Zoë", "Gene", mate("Sam") + deck("Zoë")),
    (
        "Captain: Mary Ann\nCrew: J. Smith, Zoë-Marie, D'Angelo Reyes",
        "Mary Ann",
        crew("J. Smith", "Zoë-Marie", "D'Angelo Reyes"),
    ),
    ("Captain: Gene (cell 619-555-0190)\nCrew: Sam (till 5, then Joe), Sarah", "Gene", crew("Sam", "Sarah")),
    ("Crew: Gene (captain), Sam (mate), Marcus", "Gene", mate("Sam") + crew("Marcus")),
    ("Gene (captain), Sam (mate)", "Gene", mate("Sam")),
    ("Gene - captain", "Gene", ()),
    ("Updated crew: Captain Gene, Sam", "Gene", crew("Sam")),
    ("Captain: Darrell\nMate: Angelia\nUpdated crew: Gene", "Darrell", crew("Gene")),
    ("Captain: Gene\nCrew: Darrell, Angelia\nUpdated crew: Gene, Sam", "Gene", crew("Sam")),
    ("Crew: Sam\nUpdated crew: none", None, ()),
    ("Updated crew: Gene\nDeckhand: Marcus", None, crew("Gene") + deck("Marcus")),
    ("Captain: Darrell\nUpdated captain: Gene", "Gene", ()),
    ("Crew: Sam, Sam, sam\nMate: Sam", None, mate("Sam")),
    ("Captain: Gene\nCrew: Gene, Sam", "Gene", crew("Sam")),
    ("Captain: none\nMate: n/a\nDeckhands: ?", None, ()),
    ("Captain: -\nMate: tba\nCrew: waiting", None, ()),
    ("Captain: TBD (maybe Gene)", None, ()),
    ("Captain unassigned, need a mate", None, ()),
    ("Mate: Sam Guests: 6", None, mate("Sam")),
    ("Captain: Gene, 12 guests, arrive 1:45", "Gene", ()),
    ("Captain Sarah arriving late", "Sarah", ()),
    ("Captain: Gene. Bring the big cooler", "Gene", ()),
    ("Captain will bring cake", None, ()),
    ("The captain's table", None, ()),
    ("Crew lunch provided", None, ()),
    ("Crew Lunch at noon", None, ()),
    ("Crew: 2", None, ()),
    ("Crew: all", None, ()),
    ("Captain:\nGene\nCrew:\n• Sam\n• Sarah", "Gene", crew("Sam", "Sarah")),
    ("Deck hand: Marcus\nDeck-hands: Sam + Sarah", None, deck("Marcus", "Sam", "Sarah")),
    ("Crew Gene, Sarah", None, crew("Gene", "Sarah")),
    ("captain gene\nmate sam", "gene", mate("sam")),
    ("captain wanted", None, ()),
    ("Crew: Sam\nCrew (updated): Gene, Sarah", None, crew("Gene", "Sarah")),
    ("Captain: Marcus de la Cruz", "Marcus de la Cruz", ()),
    ("Captain: 田中", "田中", ()),
]


@pytest.mark.parametrize(("text", "captain", "others"), CREWS)
def test_the_crew_is_named(text: str, captain: str | None, others: tuple[CrewName, ...]) -> None:
    description = read_description(text)
    assert (description.captain, description.crew, description.questions) == (captain, others, ())


@pytest.mark.parametrize(
    ("text", "captain", "question"),
    [
        ("Captain: Gene or Darrell", None, "“Captain: Gene or Darrell” does not decide who sails"),
        ("Captain: Gene → Darrell", None, "“Captain: Gene → Darrell” does not decide who sails"),
        ("Captain/Mate: Gene / Sam", None, "“Captain/Mate: Gene / Sam” does not say who has which duty"),
        ("Captain: Gene?", "Gene", "“Captain: Gene?” is not sure of Gene"),
        (
            "Captains: Gene & Darrell",
            "Gene",
            "“Captains: Gene & Darrell” names more than one captain; the first is taken",
        ),
        ("Captain Morgan rum for all", None, "“Captain Morgan rum for all” may name one of the crew"),
        (
            "Captain: Gene\nCaptain: Sam",
            "Sam",
            "The text names several captains (Gene, Sam); the last is taken",
        ),
    ],
)
def test_an_ambiguous_crew_line_is_asked_about_in_its_own_words(text: str, captain: str | None, question: str) -> None:
    description = read_description(text)
    assert (description.captain, description.questions) == (captain, (question,))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("12 guests", 12),
        ("Guests - 6", 6),
        ("Guests 6", 6),
        ("party of twenty", 20),
        ("party of twenty-four", 24),
        ("a dozen guests", 12),
        ("group of 14", 14),
        ("Guests: 6 (4 adults, 2 kids)", 6),
        ("Guests: 4 adults, 2 kids", 6),
        ("4 adults and 2 children", 6),
        ("Guests: 4 + 2 kids", 6),
        ("Max 12 guests", 12),
        ("Guests: 6\n2 guests are vegetarian", 6),
        ("Guests: 6\nUpdated guests: 8", 8),
        ("Guests: TBD", None),
        ("Guests: Quinn, Linh", None),
        ("Boat holds 49", None),
        ("$500 guest deposit", None),
        ("5/30 guests confirmed", None),
        ("619-555-0144 guest", None),
        ("Crew of 3", None),
        ("999 guests", 999),
    ],
)
def test_the_party_is_counted(text: str, count: int | None) -> None:
    description = read_description(text)
    assert (description.guest_count, description.questions) == (count, ())


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Guests: 6-8", 8),
        ("10 to 12 people", 12),
        ("about 20 guests", 20),
        ("Guests: 4?", 4),
        ("20+ guests", 20),
        ("12 guests\nparty: 10\nGuests: 14", 14),
        ("Guests: 0", None),
        ("1000 guests", None),
    ],
)
def test_an_unsure_count_is_asked_about(text: str, count: int | None) -> None:
    description = read_description(text)
    assert (description.guest_count, len(description.questions)) == (count, 1)


@pytest.mark.parametrize(
    ("text", "arrive_by"),
    [
        ("arrive by 1:45 PM", at(13, 45)),
        ("Arrive by 1:45pm.", at(13, 45)),
        ("Arrival: 1.45 p.m.", at(13, 45)),
        ("arrival time 13:45", at(13, 45)),
        ("arrive by 5", either(5)),
        ("Please arrive no later than 5:15", either(5, 15)),
        ("Guests arrive at noon", at(12)),
        ("arrive by 12:15 AM", at(0, 15)),
        ("1:45 PM arrival", at(13, 45)),
        ("17:00 check-in", at(17)),
        ("Check in @ 4:40p", at(16, 40)),
        ("be at the dock by 2:45", either(2, 45)),
        ("Arrive by 1645", at(16, 45)),
        ("Boarding 2:00p, arrive 1:45p", at(13, 45)),
        ("Boarding 2:00p\narrive 1:45p", at(13, 45)),
        ("Crew arrive by 12:00, guests arrive 1:45 PM", at(13, 45)),
        ("Caterers arrive 15:30", None),
        ("Crew arrival 1:00", None),
        ("AV check 10:00", None),
        ("Cake on board 14:00", None),
        ("arrive by 5/30", None),
        ("all aboard", None),
    ],
)
def test_the_guests_arrival_is_found(text: str, arrive_by: ClockTime | None) -> None:
    description = read_description(text)
    assert (description.arrive_by, description.questions) == (arrive_by, ())


@pytest.mark.parametrize(
    ("text", "arrive_by"),
    [
        ("arrive 30 min early", None),
        ("arrive 1:30-1:45 PM", at(13, 30)),
        ("Arrival window 2:30-2:45pm", at(14, 30)),
        ("arrive by 1:45 PM\narrive by 2:45 PM", at(14, 45)),
    ],
)
def test_an_unclear_arrival_is_asked_about(text: str, arrive_by: ClockTime | None) -> None:
    description = read_description(text)
    assert (description.arrive_by, len(description.questions)) == (arrive_by, 1)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("2-6pm paid", (at(14), at(18))),
        ("3–7 PM", (at(15), at(19))),
        ("2:00 PM - 6:00 PM", (at(14), at(18))),
        ("from 2 to 6pm", (at(14), at(18))),
        ("14:00-18:00", (at(14), at(18))),
        ("10-2pm", (at(10), at(14))),
        ("9-12pm", (at(9), at(12))),
        ("11am-1", (at(11), at(13))),
        ("9pm-1am", (at(21), at(1))),
        ("2-6 paid", (either(2), either(6))),
        ("2:30-6:00", (either(2, 30), either(6))),
        ("was 2-6pm, now 3-7pm", (at(15), at(19))),
        ("Bar open 3-5pm", None),
        ("Guests: 6-8", None),
        ("619-555-0144", None),
        ("ages 8-11", None),
    ],
)
def test_the_hours_a_text_claims_are_found(text: str, hours: tuple[ClockTime, ClockTime] | None) -> None:
    assert read_description(text).hours == hours


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("+1-619-555-0001", "+16195550001"),
        ("call (858) 555-0177", "+18585550177"),
        ("Phone: 1 619 555 0001", "+16195550001"),
        ("6195550001", "+16195550001"),
        ("UK +44 20 7946 0958", "+442079460958"),
        ("Gene 619-555-0190 (captain)", None),
        ("Captain: Gene 619-555-0190", None),
        ("Captain: Gene 619-555-0190; guest 619-555-0001", "+16195550001"),
        ("JADA office: 619-555-0100", None),
        ("619-555-0100 (office)", None),
        ("order 1234567890123", None),
        ("555-0144", None),
        ("Or dial: (US) +1 619-555-8901 PIN: 123456789#", None),
        ("2026-05-30 14:00", None),
    ],
)
def test_the_guests_telephone_is_found(text: str, phone: str | None) -> None:
    assert read_description(text).phone == phone


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("Quinn.O'Brien+sail@Mail.Example.co.uk", "quinn.o'brien+sail@mail.example.co.uk"),
        ("e-mail: quinn@example.com.", "quinn@example.com"),
        ("office@sailjada.com", None),
        ("noreply@boatsetter.com", None),
        ("quinn@example", None),
        ("Captain: Gene gene@example.com", None),
    ],
)
def test_the_guests_address_is_found(text: str, email: str | None) -> None:
    assert read_description(text).email == email


@pytest.mark.parametrize(
    ("text", "platform", "code"),
    [
        ("Boatsetter XHQGMDH", "boatsetter", "XHQGMDH"),
        ("Boatsetter booking #XHQGMDH", "boatsetter", "XHQGMDH"),
        ("via Boatsetter, confirmation code: XHQGMDH", "boatsetter", "XHQGMDH"),
        ("GetMyBoat GMB-48213", "getmyboat", "GMB-48213"),
        ("gmb-48213", "getmyboat", "GMB-48213"),
        ("Get My Boat 48213A", "getmyboat", "48213A"),
        ("Conf. code QPLMNTR", "", "QPLMNTR"),
        ("confirmation #ABC123", "", "ABC123"),
        ("Confirmation #abc123", "", "ABC123"),
        ("confirmation sent", "", None),
        ("Boatsetter PAID", "boatsetter", None),
        ("BOATSETTER BOOKING", "boatsetter", None),
        ("confirmed", "", None),
        ("booking 2026-05-30", "", None),
    ],
)
def test_platform_and_confirmation_code_are_found(text: str, platform: str, code: str | None) -> None:
    description = read_description(text)
    assert (description.platform, description.confirmation_code) == (platform, code)


@pytest.mark.parametrize(
    ("text", "minors"),
    [
        ("Quinn Jr. is 16", True),
        ("two children under 10", True),
        ("her 15 year old son", True),
        ("guardian to sign", True),
        ("no minors", False),
        ("no kids, adults only", False),
        ("Linh is 40", False),
        ("baby shower", False),
    ],
)
def test_minors_are_noticed(text: str, minors: bool) -> None:
    assert read_description(text).minors is minors


@pytest.mark.parametrize(
    ("clock", "start", "expected"),
    [
        (at(13, 45), (2026, 5, 30, 14, 0), (2026, 5, 30, 13, 45)),
        (either(11, 45), (2026, 6, 27, 12, 0), (2026, 6, 27, 11, 45)),
        (either(5), (2026, 6, 5, 17, 30), (2026, 6, 5, 17, 0)),
        (either(8, 40), (2026, 6, 7, 9, 0), (2026, 6, 7, 8, 40)),
        (either(12, 45), (2026, 6, 7, 13, 0), (2026, 6, 7, 12, 45)),
        (either(2), (2026, 6, 7, 14, 0), (2026, 6, 7, 14, 0)),
        (at(23, 45), (2026, 6, 7, 0, 30), (2026, 6, 6, 23, 45)),
        (either(11, 45), (2026, 6, 7, 0, 30), (2026, 6, 6, 23, 45)),
        (at(19), (2026, 5, 30, 18, 30), (2026, 5, 30, 19, 0)),
        (either(2, 45), (2026, 5, 30, 14, 0), (2026, 5, 30, 14, 45)),
        (at(2, 30), (2026, 3, 8, 4, 0), (2026, 3, 8, 3, 30)),
    ],
)
def test_a_clock_time_finds_its_day_and_half(
    clock: ClockTime, start: tuple[int, int, int, int, int], expected: tuple[int, int, int, int, int]
) -> None:
    found = resolve(clock, datetime(*start, tzinfo=SAN_DIEGO))
    assert found.isoformat() == datetime(*expected, tzinfo=SAN_DIEGO).isoformat()


@pytest.mark.parametrize(
    ("hours", "disagree"),
    [
        ((at(14), at(18)), False),
        ((either(2), either(6)), False),
        ((at(15), at(19)), True),
        ((at(14), at(18, 30)), True),
        ((at(2), at(6)), True),
        ((either(3), either(7)), True),
    ],
)
def test_hours_are_compared_with_the_events_own(hours: tuple[ClockTime, ClockTime], disagree: bool) -> None:
    starts_at = datetime(2026, 5, 30, 14, tzinfo=SAN_DIEGO)
    ends_at = datetime(2026, 5, 30, 18, tzinfo=SAN_DIEGO)
    assert hours_disagree(hours, starts_at, ends_at) is disagree


def test_only_the_beginning_of_an_endless_description_is_read() -> None:
    text = "Captain: Gene\n" + "x" * DESCRIPTION_LIMIT + "\nMate: Sam"
    assert read_description(text).crew == ()


def test_letters_that_only_look_alike_are_no_words_of_ours() -> None:
    text = "party of sıx, ſix guests, mıdnight arrival, Kids"
    assert read_description(text).guest_count is None


HOSTILE = [
    "a", " ", "(", "<", "&", "@", "1", "-", ",", "\n", "\x00", "a@", "1-", "(1", "<s>", "</s>", "<a ", "<!--",
    "&#", "crew:", "crew ", "Captain G", "guests ", "1 to ", "1+", "arrive by ", "arrive at 1-", "from 1:00-",
    "6 guests + ", "conf code ", "booking #", "A-", "A, ", "and ", "A (", "no ", "one ", "Gene or ", "x\n",
    "é", "🎂",
    '<span style="text-decoration: ', "1234567 ", "+1 619 555 0001 ", "office ", "Mate:\nA\n",
    "Captain Gene Mate ", "Gene capt, ", "Adults: 1 kids 1 ", "2-6pm → ", "arrive at 5 A", "> Captain: A\n",
    "Guests\n6\n",
    "Crew:\nA 619-555-0190\n", "619-555-0190/", "captain & ", "(arrive ", "Sam (out) → ", "⚓", "<td>", "Boatsetter (",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_text_is_read_in_linear_time(unit: str) -> None:
    began = time.process_time()
    read_description(unit * (100_000 // len(unit)))
    read_description("Captain: " + unit * (100_000 // len(unit)))
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize("unit", HOSTILE)
def test_of_a_megabyte_only_the_beginning_costs_time(unit: str) -> None:
    began = time.process_time()
    read_description(unit * (1_000_000 // len(unit)))
    assert time.process_time() - began < 1.0


FRAGMENTS = st.sampled_from(
    [
        "Captain",
        "captain:",
        "Crew:",
        "Updated",
        "crew:",
        "Mate",
        "deckhands",
        "Gene",
        "O'Brien",
        "Zoë",
        "TBD",
        "n/a",
        "?",
        "-",
        "/",
        ";",
        ",",
        "&",
        "and",
        "(",
        ")",
        "[",
        "guests",
        "6-8",
        "6",
        "12",
        "party",
        "of",
        "five",
        "arrive",
        "by",
        "boarding",
        "1:45",
        "PM",
        "2-6pm",
        "paid",
        "@",
        "a@b.co",
        "619-555-0100",
        "<br>",
        "<s>",
        "</s>",
        "&nbsp;",
        "\n",
        "office",
        "#",
    ]
)


@given(st.one_of(st.text(max_size=400), st.lists(FRAGMENTS, max_size=40).map(" ".join)))
@settings(max_examples=400, deadline=None)
def test_nothing_is_ever_raised(text: str) -> None:
    assert isinstance(read_description(text), Description)


NAMES = st.sampled_from(
    [
        "Gene",
        "Sam",
        "Sarah",
        "Marcus",
        "Darrell",
        "Angelia",
        "Zoë",
        "Mary Ann",
        "O'Brien",
        "Jean-Luc",
        "J. Smith",
        "Ana de la Cruz",
    ]
)


@given(st.lists(NAMES, min_size=4, max_size=8, unique=True), st.sampled_from([", ", " / ", " & ", "; ", " and "]))
@settings(deadline=None)
def test_names_in_canonical_form_come_back(names: list[str], between: str) -> None:
    captain, first, second, *others = names
    text = f"Captain: {captain}\nMate: {first}\nDeckhand: {second}\nCrew: {between.join(others)}"
    assert read_description(text) == Description(captain=captain, crew=mate(first) + deck(second) + crew(*others))
