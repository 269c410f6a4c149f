"""Reading event descriptions: the spellings of docs/domain.md and of the sample feed, and awkward ones."""

import pytest

from charters.calendars.text.description import CrewName, Description, read_description
from tests.charters.calendars.described import at, crew, deck, either, mate

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
        questions=("“Guests: 6-8” gives a range; 8 guests are reckoned with.",),
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
