"""Corrections of a crew, and what becomes of the description: the table of the tests of writing."""

from charters.calendars.text.description import CrewName

Crew = tuple[tuple[str, str], ...]


def crew(*names: str, role: str = "crew") -> Crew:
    return tuple((name, role) for name in names)


def mate(*names: str) -> Crew:
    return crew(*names, role="mate")


def deck(*names: str) -> Crew:
    return crew(*names, role="deckhand")


def named(others: Crew | list[tuple[str, str]]) -> list[CrewName]:
    """The order of a crew is no fact."""
    return sorted((CrewName(*person) for person in others), key=str)


# The description, the captain and crew it is to name, and the description that comes back.
REWRITES: list[tuple[str, str | None, Crew, str]] = [
    (
        "Captain: Darrell\nMate: Angelia\nGuests: 8\nCake on board, please keep upright!\nalvarez.family@example.com",
        "Gene",
        (),
        "Captain: Gene\nGuests: 8\nCake on board, please keep upright!\nalvarez.family@example.com",
    ),
    (
        "Captain: Darrell\nMate: Angelia\nGuests: 8\nCake on board, please keep upright!\nalvarez.family@example.com",
        "Gene",
        mate("Sam"),
        "Captain: Gene\nMate: Sam\nGuests: 8\nCake on board, please keep upright!\nalvarez.family@example.com",
    ),
    (
        "Captain: Darrell\nMate: Angelia\nGuests: 8\nCake on board, please keep upright!\nalvarez.family@example.com",
        "Darrell",
        mate("Angelia") + deck("Marcus"),
        "Captain: Darrell\nMate: Angelia\nDeckhand: Marcus\nGuests: 8\nCake on board, please keep upright!\n"
        "alvarez.family@example.com",
    ),
    (
        "Captain: Darrell\nMate: Angelia\nGuests: 8\nCake on board, please keep upright!\nalvarez.family@example.com",
        None,
        mate("Angelia"),
        "Mate: Angelia\nGuests: 8\nCake on board, please keep upright!\nalvarez.family@example.com",
    ),
    (
        "Captain: Darrell\nMate: Angelia\nGuests: 8\nCake on board, please keep upright!\nalvarez.family@example.com",
        "Angelia",
        mate("Darrell"),
        "Captain: Angelia\nMate: Darrell\nGuests: 8\nCake on board, please keep upright!\nalvarez.family@example.com",
    ),
    ("Crew: Darrell, Angelia", "Gene", crew("Darrell"), "Captain: Gene\nCrew: Darrell"),
    ("Crew: Darrell, Angelia", "Gene", (), "Captain: Gene"),
    ("Crew: Darrell, Angelia", None, crew("Angelia", "Sam"), "Crew: Sam, Angelia"),
    ("Crew: Darrell, Angelia", "Darrell", crew("Angelia"), "Captain: Darrell\nCrew: Angelia"),
    ("Crew: Darrell, Angelia", None, crew("Angelia", "Darrell"), "Crew: Darrell, Angelia"),
    ("Capt. Gene / mate Sam\nparty of 6", "Sarah", mate("Sam"), "Capt. Sarah / mate Sam\nparty of 6"),
    ("Capt. Gene / mate Sam\nparty of 6", "Sam", mate("Gene"), "Capt. Sam / mate Gene\nparty of 6"),
    ("Capt. Gene / mate Sam\nparty of 6", "Sam", (), "Capt. Sam\nparty of 6"),
    ("Capt. Gene / mate Sam\nparty of 6", None, mate("Sam"), "mate Sam\nparty of 6"),
    (
        "Capt: Gene; Mate: Sam; Deckhands: Marcus, Zoë\n34 guests",
        "Gene",
        deck("Marcus", "Zoë"),
        "Capt: Gene; Deckhands: Marcus, Zoë\n34 guests",
    ),
    (
        "Capt: Gene; Mate: Sam; Deckhands: Marcus, Zoë\n34 guests",
        "Gene",
        mate("Sam") + deck("Zoë"),
        "Capt: Gene; Mate: Sam; Deckhands: Zoë\n34 guests",
    ),
    (
        "Capt: Gene; Mate: Sam; Deckhands: Marcus, Zoë\n34 guests",
        "Gene",
        mate("Sam") + deck("Marcus", "Zoë", "Al"),
        "Capt: Gene; Mate: Sam; Deckhands: Marcus, Zoë, Al\n34 guests",
    ),
    (
        "Capt: Gene; Mate: Sam; Deckhands: Marcus, Zoë\n34 guests",
        "Gene",
        mate("Sam"),
        "Capt: Gene; Mate: Sam\n34 guests",
    ),
    ("Capt: Gene; Mate: Sam; Deckhands: Marcus, Zoë\n34 guests", None, (), "34 guests"),
    (
        "Skipper: Darrell\nFirst mate: Gene\nPax: 30",
        "Sarah",
        mate("Marcus"),
        "Skipper: Sarah\nFirst mate: Marcus\nPax: 30",
    ),
    ("CAPTAIN: GENE\nMATE: SAM", "Sam", (), "CAPTAIN: Sam"),
    ("captain gene\nmate sam", "Joe", mate("sam"), "captain Joe\nmate sam"),
    ("Captain - Gene\nMate: -", "Gene", mate("Joe"), "Captain - Gene\nMate: Joe"),
    (
        "- Captain: Gene\n- Mate: Sam\n",
        "Gene",
        mate("Sam") + crew("Joe"),
        "- Captain: Gene\n- Mate: Sam\n- Crew: Joe\n",
    ),
    (
        "Captain Sarah; deckhands Marcus and Sam\n24 kids + 4 adults",
        "Sarah",
        deck("Marcus", "Sam", "Zoë"),
        "Captain Sarah; deckhands Marcus and Sam and Zoë\n24 kids + 4 adults",
    ),
    ("Quiet trip. Captain Darrell, crew: Sam\n9 guests", None, crew("Sam"), "Quiet trip. crew: Sam\n9 guests"),
    ("Quiet trip. Captain Darrell, crew: Sam\n9 guests", "Darrell", (), "Quiet trip. Captain Darrell\n9 guests"),
    ("Captain Gene with mate Sam and deckhand Zoë", "Gene", deck("Zoë"), "Captain Gene and deckhand Zoë"),
    ("Captain: Sarah\nMate: TBD\nGuests: 6", "Sarah", mate("Sam"), "Captain: Sarah\nMate: Sam\nGuests: 6"),
    (
        "3-7pm paid\nCaptain: Gene\nno mate yet\nGuests: 15",
        "Gene",
        mate("Sam"),
        "3-7pm paid\nCaptain: Gene\nMate: Sam\nGuests: 15",
    ),
    ("Captain: Gene or Darrell", "Gene", (), "Captain: Gene"),
    ("Captain: TBD (maybe Gene)", "Sam", (), "Captain: Sam"),
    ("Captain: maybe Gene", "Sam", (), "Captain: Sam"),
    ("Captain: Gene?", "Sam", (), "Captain: Sam"),
    ("Captain:\n12 guests", "Sam", (), "Captain: Sam\n12 guests"),
    ("Captain: Gene (cell 619-555-0190)", "Sam", (), "Captain: Sam"),
    ("Captain: Gene 619-555-0190\nx", "Sam", (), "Captain: Sam\nx"),
    ("Captain: Gene (has the keys)\nMate: Al", "Gene", mate("Sam"), "Captain: Gene (has the keys)\nMate: Sam"),
    ("Crew: Sam (till 5, then Joe), Sarah", None, crew("Sam"), "Crew: Sam (till 5, then Joe)"),
    ("Crew: Sam (till 5, then Joe), Sarah", None, crew("Sarah"), "Crew: Sarah"),
    ("Crew: Sam (till 5, then Joe), Sarah", None, crew("Zoë", "Sarah"), "Crew: Zoë, Sarah"),
    ("Crew: Gene (captain), Sam (mate), Marcus", "Sarah", crew("Marcus"), "Crew: Sarah (captain), Marcus"),
    ("Gene (captain), Sam (mate)", None, mate("Sam"), "Sam (mate)"),
    ("Crew: mate Marcus, Joe", None, mate("Marcus", "Zoë") + crew("Joe"), "Crew: mate Marcus, Zoë (mate), Joe"),
    ("Captain: Gene, Sam", None, crew("Sam"), "Crew: Sam"),
    ("Captain: Gene\nCaptain: Sam\nCrew: Al", "Sarah", crew("Al"), "Captain: Sarah\nCrew: Al"),
    ("Captain: Gene. Bring the big cooler", None, (), "Bring the big cooler"),
    ("Captain: Gene, 12 guests, arrive 1:45", "Sam", (), "Captain: Sam, 12 guests, arrive 1:45"),
    ("Mate: Sam Guests: 6", None, (), "Guests: 6"),
    ("Captain: Gene\nCrew: Sam\nMate: Joe", "Gene", mate("Joe") + crew("Sam"), "Captain: Gene\nCrew: Sam\nMate: Joe"),
    ("Captain: Gene\nMate: Sam", "Gene", deck("Sam"), "Captain: Gene\nDeckhand: Sam"),
    (
        "Captain: Darrell\nMate: Angelia\nUpdated crew: Gene",
        "Darrell",
        (),
        "Captain: Darrell\nMate: Angelia\nUpdated crew: none",
    ),
    (
        "Captain: Darrell\nMate: Angelia\nUpdated crew: Gene",
        "Darrell",
        crew("Gene", "Sam"),
        "Captain: Darrell\nMate: Angelia\nUpdated crew: Gene, Sam",
    ),
    ("Captain: Darrell\nUpdated captain: Gene", None, (), "Captain: Darrell\nUpdated captain: TBD"),
    ("Updated crew: Captain Gene, Sam", None, crew("Sam"), "Updated crew: Sam"),
    ("Crew (updated): Gene, Sarah\nCake", None, crew("Sarah") + mate("Al"), "Crew (updated): Sarah\nMate: Al\nCake"),
    (
        "Captain:\nGene\nCrew:\n• Sam\n• Sarah",
        "Gene",
        crew("Sam", "Sarah", "Joe") + mate("Al"),
        "Captain:\nGene\nCrew:\n• Sam\n• Sarah\n• Joe\nMate: Al",
    ),
    ("Captain:\nGene\nCrew:\n• Sam\n• Sarah", "Gene", crew("Sarah"), "Captain:\nGene\nCrew:\n• Sarah"),
    ("Captain:\nGene\nCrew:\n• Sam\n• Sarah", "Gene", (), "Captain:\nGene"),
    ("", "Gene", mate("Sam"), "Captain: Gene\nMate: Sam"),
    ("Guests: 3\nhi", "Gene", mate("Sam"), "Captain: Gene\nMate: Sam\nGuests: 3\nhi"),
    ("Mate: Sam", None, (), ""),
    ("Guests: 3\nMate: Sam", None, (), "Guests: 3"),
    ("Captain: Darrell\r\nMate: Angelia\r\nGuests: 3\r\n", "Darrell", (), "Captain: Darrell\r\nGuests: 3\r\n"),
    (
        "Captain: Darrell\r\nMate: Angelia\r\nGuests: 3\r\n",
        "Darrell",
        mate("Angelia") + deck("Sam"),
        "Captain: Darrell\r\nMate: Angelia\r\nDeckhand: Sam\r\nGuests: 3\r\n",
    ),
    (
        "2-6pm paid<br>Guests: 12<br>arrive by 1:45 PM"
        "<br><b>Captain:</b> TBD<br>danika@example.com&nbsp;/ (619) 555-0144",
        "Gene",
        (),
        "2-6pm paid<br>Guests: 12<br>arrive by 1:45 PM"
        "<br><b>Captain:</b> Gene<br>danika@example.com&nbsp;/ (619) 555-0144",
    ),
    (
        "2-6pm paid<br>Guests: 12<br>arrive by 1:45 PM"
        "<br><b>Captain:</b> TBD<br>danika@example.com&nbsp;/ (619) 555-0144",
        "Gene",
        mate("Sam") + deck("Zoë"),
        "2-6pm paid<br>Guests: 12<br>arrive by 1:45 PM"
        "<br><b>Captain:</b> Gene<br><b>Mate:</b> Sam<br><b>Deckhand:</b> Zoë"
        "<br>danika@example.com&nbsp;/ (619) 555-0144",
    ),
    (
        "<p>Captain: Darrell</p><p>Mate: Gene</p><p>Guests: 32</p>",
        "Darrell",
        (),
        "<p>Captain: Darrell</p><p>Guests: 32</p>",
    ),
    (
        "<p>Captain: Darrell</p><p>Mate: Gene</p><p>Guests: 32</p>",
        "Darrell",
        mate("Gene") + deck("Sam"),
        "<p>Captain: Darrell</p><p>Mate: Gene</p><p>Deckhand: Sam</p><p>Guests: 32</p>",
    ),
    (
        "<p>Captain: Darrell</p><p>Mate: Gene</p><p>Guests: 32</p>",
        "Gene",
        mate("Darrell"),
        "<p>Captain: Gene</p><p>Mate: Darrell</p><p>Guests: 32</p>",
    ),
    (
        "<html-blob>Crew:<ul><li>Gene</li><li>Zoë O&#39;Brien</li></ul>Bring <i>ice</i></html-blob>",
        None,
        crew("Gene"),
        "<html-blob>Crew:<ul><li>Gene</li></ul>Bring <i>ice</i></html-blob>",
    ),
    (
        "<html-blob>Crew:<ul><li>Gene</li><li>Zoë O&#39;Brien</li></ul>Bring <i>ice</i></html-blob>",
        None,
        crew("Gene", "Zoë O'Brien", "Sam"),
        "<html-blob>Crew:<ul><li>Gene</li><li>Zoë O&#39;Brien</li><li>Sam</li></ul>Bring <i>ice</i></html-blob>",
    ),
    (
        "<html-blob>Crew:<ul><li>Gene</li><li>Zoë O&#39;Brien</li></ul>Bring <i>ice</i></html-blob>",
        "Gene",
        (),
        "<html-blob>Captain: Gene<br>Bring <i>ice</i></html-blob>",
    ),
    (
        "Captain: <s>Darrell</s> Gene<br><strike>Mate: Angelia</strike><br>14 guests",
        "Sam",
        (),
        "Captain: <s>Darrell</s> Sam<br><strike>Mate: Angelia</strike><br>14 guests",
    ),
    (
        "Captain: <s>Darrell</s> Gene<br><strike>Mate: Angelia</strike><br>14 guests",
        None,
        (),
        "<s>Darrell</s><br><strike>Mate: Angelia</strike><br>14 guests",
    ),
    ("<s>Captain: Gene</s>", "Sam", (), "Captain: Sam<br><s>Captain: Gene</s>"),
    (
        "<ul>\n  <li>Captain: Gene</li>\n  <li>Mate: Sam</li>\n</ul>\nGuests: 3",
        None,
        mate("Sam"),
        "<ul>\n  <li>Mate: Sam</li>\n</ul>\nGuests: 3",
    ),
    (
        "<ul>\n  <li>Captain: Gene</li>\n  <li>Mate: Sam</li>\n</ul>\nGuests: 3",
        "Gene",
        mate("Sam") + crew("Joe"),
        "<ul>\n  <li>Captain: Gene</li>\n  <li>Mate: Sam</li>\n  <li>Crew: Joe</li>\n</ul>\nGuests: 3",
    ),
    (
        "<div>Captain: Gene</div><div>Mate: Sam</div><div><br></div><div>hello</div>",
        "Gene",
        (),
        "<div>Captain: Gene</div><div><br></div><div>hello</div>",
    ),
    ("<p>hello</p>", "Gene", (), "<p>Captain: Gene</p><p>hello</p>"),
    ("<b>Captain: Gene<br>Mate: Sam</b><br>Guests: 3", "Gene", (), "<b>Captain: Gene<br></b>Guests: 3"),
    ("Captain: <b>Gene</b>, mate <b>Sam</b><br>", "Gene", (), "Captain: <b>Gene</b><br>"),
    ("Captain:&nbsp;Gene &amp; mate Sam<br>", "Sarah", mate("Sam"), "Captain:&nbsp;Sarah &amp; mate Sam<br>"),
    ("Captain: Gene<br>\nMate: Sam<br>\nGuests: 4", "Gene", (), "Captain: Gene<br>\nGuests: 4"),
    ("Captain: Ge<b>ne</b> <!-- old: Al --><br>", "Sam", (), "Captain: Sam<b></b> <!-- old: Al --><br>"),
    ("Captain tbd, mate Sam", "Joe", mate("Sam"), "Captain Joe, mate Sam"),
    ("Captain: TBA - Deckhand: Marcus", "Joe", deck("Marcus"), "Captain: Joe - Deckhand: Marcus"),
    ("Crew: Sam, TBD", None, (), "Crew: TBD"),
    ("Captain: Gene ✅\nMate: Sam ✔\ufe0f\n⚓ Deckhand Al", "Gene", (), "Captain: Gene ✅"),
    ("1. Captain Gene\n2. Mate Sam", "Gene", (), "1. Captain Gene"),
    ("Crew:\n1) Gene\n2) Sam", None, crew("Sam"), "Crew:\n2) Sam"),
    ("Crew: Gene 1pm, Sam @ 2pm", None, crew("Sam"), "Crew: Sam @ 2pm"),
    ("Film crew: Al, Bo\nCrew: Sam", None, crew("Joe"), "Film crew: Al, Bo\nCrew: Joe"),
    ("Captain Gene Mate Sam Deckhand Al", "Gene", deck("Al"), "Captain Gene Deckhand Al"),
    ("Captain: Gene\n> Captain: Darrell", "Sam", (), "Captain: Sam\n> Captain: Darrell"),
    ("Crew: Capt. Gene; 1st Mate Sam; DH Al", "Sam", deck("Al"), "Crew: Capt. Sam; DH Al"),
    ("Gene capt / Sarah mate / 14 ppl", "Sam", mate("Sarah"), "Sam capt / Sarah mate / 14 ppl"),
    ("captain gene, mate sam, 12 guests", "Joe", mate("sam"), "captain Joe, mate sam, 12 guests"),
    ("guests 18 / arrive 245pm / capt gene", "Joe", (), "guests 18 / arrive 245pm / capt Joe"),
    (
        "Captain: Gene\nCrew: Sam &amp; Sarah<br/>Bring ice &amp; cake",
        "Gene",
        crew("Sam"),
        "Captain: Gene\nCrew: Sam<br/>Bring ice &amp; cake",
    ),
]
