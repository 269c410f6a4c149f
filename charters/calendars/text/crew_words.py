"""The words of a crew line: what the duties are called, and which words are nobody's name.

The spellings are those of docs/domain.md and of the sample feed.
"""

import re

ROLES = (
    r"(?:(?:co-?|(?:second|2nd)\ )?captains?|captians?|captins?)|capts?|cap['’]?n|cpt"
    r"|cap(?=\.?\ ?[:=]|\.?\ (?-i:[A-Z]))|skippers?|capit[aá]n"
    r"|(?:first|second|1st|2nd)\ mates?|mates?"
    r"|deck\ ?-?hands?|deckands?|deckies?|crew(?:\ members?|mates?)?|skip(?=\ ?[:=])"
    r"|(?:fm|dh|d/h)(?=\ ?[:=]|\ (?-i:[A-Z])|\ ?$)"
)
"""A pattern of all words for a duty, for use within others, verbose or not, without regard to case."""

ROLE_WORD = re.compile(rf"(?<![\w'’-])(?:{ROLES})(?![^\W\d]|['’]|-(?=(?-i:[a-z])))", re.IGNORECASE)

# Most lines name no duty: in small letters and without alternatives of case this is seen eight times as fast.
_HINT = re.compile(r"cap|cpt|skip|mate|deck|crew|fm|dh|d/h")

_PARTICLES = frozenset(str.split("de la las los van von der den del di da dos du bin ibn al el y le ten ter"))
NOBODY = frozenset(
    str.split(
        "tbd tba tbc wanted none no not nobody noone unassigned undecided unknown open pending waiting"
        " awaiting needed need needs"
        " unconfirmed yet missing x xx na nil looking ask someone somebody anyone anybody whoever"
        " vacant blank one two three four more another other others extra etc"
    )
)
"""Words that say a place is not filled."""

NEVER_NAMES = NOBODY | frozenset(
    str.split(
        "all everyone everybody full same usual staff crew captain capt skipper mate mates deckhand"
        " deckhands hands"
        " us we you they he she it i a an the this that these those to be been being is are was were"
        " will would"
        " can could should may might must has have had do does did see call calls calling tell thank"
        " tip pay contact"
        " from for with without by at on in of off out until till after before during about as if so"
        " but or and"
        " please only also too just again here there who what when where which how guest guests pax people"
        " passengers party arrive arrives arriving arrival board boards boarding check checkin"
        " office phone cell email mail"
        " am pm confirmed paid deposit balance cash invoice lunch dinner breakfast brunch snacks"
        " drinks training drill"
        " drills meeting uniform uniforms shirts parking notes note list change changes changed"
        " update updated switch"
        " day night morning afternoon evening noon today tomorrow monday tuesday wednesday thursday"
        " friday saturday"
        " sunday late early later tonight boatsetter getmyboat sunset sail charter both each our"
        " your my their his her"
        " determined assigned decided announced waivers waiver ok okay yes new now instead then"
        " included includes include provided required optional available size plus minus"
    )
)
"""Words that are no part of a name, in small letters."""

PLACEHOLDERS = NOBODY | frozenset(["", "maybe"])
_WHOLE_BOAT = frozenset(str.split("all everyone everybody full same usual both us"))
SOMETHING_ELSE = NEVER_NAMES - NOBODY - _WHOLE_BOAT
"""Words with which a line goes on to something else than names."""


def names_a_duty(line: str) -> bool:
    """Tell whether one of `ROLES` stands in a line."""
    return bool(_HINT.search(line.lower()) and ROLE_WORD.search(line))


def role_of(word: str) -> str:
    """Give the role that a word of `ROLES` means: captain, mate, deckhand or crew."""
    word = word.lower()
    if word.startswith(("co", "second c", "2nd c")):
        return "mate"
    if word.startswith("crew"):
        return "crew"
    if "deck" in word or word in {"dh", "d/h"}:
        return "deckhand"
    return "mate" if "mate" in word or word == "fm" else "captain"


def is_particle(word: str) -> bool:
    """Tell whether a word in small letters may stand within a name: "Ana de la Cruz"."""
    return word in _PARTICLES
