"""The words that introduce names: "Captain: ", "Capt. ", "Updated crew (5/28): ", "your captain will be "."""

import re
from typing import NamedTuple

from charters.calendars.text.crew_words import NEVER_NAMES, ROLE_WORD, ROLES, role_of
from charters.calendars.text.name_lists import leading_name

_UPDATED = r"(?:updated?|new|revised|final|corrected|changed)"
_DATE = r"\d{1,2}/\d{1,2}(?:/\d{2,4})?"
_OCCASION = (
    rf"today|tonight|tomorrow|(?:for|on) (?:today|tonight|tomorrow|this (?:trip|charter|sail|one)"
    rf"|the (?:trip|charter|sail|day)|{_DATE})|\(?{_DATE}\)?"
)
# What may stand between a role and its colon, or before "is"; further words make it something else ("Crew call: 1").
_MORE = (
    r"(?: ?#?[1-9]| \(\d\)| of \d| (?:list|team|assigned|assignments?|names?|\(?confirmed\)?|scheduled|on ?board"
    rf"|aboard|{_OCCASION})){{1,2}}"
)
_LABEL = re.compile(
    rf"(?<![\w'’-])(?P<updated>{_UPDATED}:? )?(?P<role>capt(?:ain)?s?\.? ?(?:&|\+|/|and) ?crew|{ROLES})"
    rf"(?:(?![\w'’])(?P<behind> \({_UPDATED}[^()]{{0,20}}\)| (?:update|change)d?(?: {_DATE})?(?= ?[:=]| [-–—]+ ))"
    rf"|{_MORE}(?= ?[:=]| [-–—]+ | (?:is|are|will be) )|(?![\w'’]))"
    r"(?:\.(?= ?[^\W\d_])|\.(?=[:=]))?"
    r"(?: ?(?P<sign>[-:=]*[:=>]|→|~|\.{2,3}|…)|(?P<typo>;(?= (?-i:[A-Z])))| ?(?P<dash>[-–—]+(?= |$|(?-i:[A-Z])))"
    r"| (?:is|are|will be)(?P<now> now)?(?= )| (?:(?:was|is|has) )?(?P<changed>(?:changed|switched) to)(?= ))? ?",
    re.IGNORECASE,
)
_NOBODY_YET = re.compile(
    r"\b(?:no|needs?|without|want(?:ed|s)?|waiting (?:for|on)|awaiting|looking for|missing) (?:an? "
    r"|one |another |\d )?$",
    re.IGNORECASE,
)
_NOBODY_LINE = re.compile(
    rf"[-•* ]*(?:no|needs?|want(?:ed)?|awaiting|looking for|missing) (?:an? |one |another )?(?P<role>{ROLES})"
    r"(?: (?:yet|needed|so far|assigned))*[.!]?",
    re.IGNORECASE,
)
_JOINT_LABEL = re.compile(rf"(?<![\w'’-])(?:{ROLES})(?: ?[/&+,]| and) ?$", re.IGNORECASE)
_SEGMENT_START = re.compile(r"(?:^|[^\w\s'’\"”)\]?@#$%]|\b(?:and|with|our|your|w/)) ?$", re.IGNORECASE)
# "capt gene mate sam", "guests 18 / arrive 2:45 / capt gene": duties with one name each, beside what holds a figure.
_ALL_SMALL = re.compile(
    rf"(?:(?:(?:{ROLES})\.? [^\W\d_]+"
    rf"|(?:^|(?<=[,/;|])|(?<=[,/;|] ))(?![^,/;|]{{0,64}}?(?:{ROLES}))[^,/;|0-9]{{0,24}}[0-9][^,/;|]{{0,40}})"
    r"(?:[ ,/;|&+]+(?:and )?|\.?$)){1,6}",
    re.IGNORECASE,
)
_HEADING = re.compile(rf"[•*·–—_ -]*({ROLE_WORD.pattern})[*_ ]*", re.IGNORECASE)
_LONGEST_HEADING = 20
_LONGEST_NAME = 80
_NOT_KNOWN_YET = frozenset(["tbd", "tba", "tbc"])
_WORD = re.compile(r"[^\W\d_]+")
# A crew that is not ours, and people who do not sail.
_NOT_OURS = re.compile(
    r"\b(?:cater(?:ing|er|er['’]s)|film|camera|video|photo|production|band|bar|kitchen|shore|ground|clean(?:ing|up)"
    r"|wash|yard|office|team|bridal|flight|bike|birthday|honorary|junior) \Z",
    re.IGNORECASE,
)
_NOT_SAILING = re.compile(
    r"\b(?:back-?up|stand-?by|on-?call|alternate|old|previous|prior|past|former|original|was:?) \Z", re.IGNORECASE
)

_CREW_ROLES = ("mate", "deckhand", "crew")


class CrewLabel(NamedTuple):
    """Words that introduce names, with their place in the line.

    ``role`` is captain, mate, deckhand or crew, or '' for names that are none of the crew's ("Backup captain:",
    "Film crew:"). ``signed`` is one with a colon or a dash. ``first_only`` tells that only the first of the names
    has the role (one captain, and the others crew). ``replaces`` holds the roles whose earlier lines it puts out
    of force ("Updated crew:": all but the captain's).
    """

    role: str
    start: int
    end: int
    signed: bool = False
    first_only: bool = False
    with_crew: bool = False  # "Captain & crew:"
    replaces: tuple[str, ...] = ()


class Labels(NamedTuple):
    """The labels of one line; ``nobody`` where one says that it names nobody ("no mate yet")."""

    found: tuple[CrewLabel, ...] = ()
    nobody: bool = False
    joint: bool = False  # "Captain/Mate:", which does not say who has which duty


def labels_of(line: str) -> Labels:
    """Find what introduces names in a line."""
    if len(line) <= _LONGEST_HEADING and (heading := _HEADING.fullmatch(line)):
        return Labels((CrewLabel(role_of(heading[1]), heading.start(1), heading.end(1), signed=True),))
    found: list[CrewLabel] = []
    nobody = False
    for label in _LABEL.finditer(line):
        start = label.start()
        before = line[max(0, start - 24) : start]
        signed = bool(label["sign"] or label["dash"] or (label["typo"] and not before))
        if before and _NOBODY_YET.search(before):
            nobody = True
        elif before and label["sign"] and _JOINT_LABEL.search(before):
            return Labels(joint=True)
        elif label["typo"] and before:
            continue
        elif signed or _introduces_a_name(line, label, before) or _follows_a_name(line, label, found):
            not_sailing = _NOT_SAILING.search(before) if before else None
            nobody = nobody or bool(not_sailing)
            if other := not_sailing or (_NOT_OURS.search(before) if before else None):
                found.append(CrewLabel("", start - len(before) + other.start(), label.end(), signed))
            else:
                found.append(_as_label(label, signed=signed))
    return Labels(tuple(found), nobody)


def nobody_yet(line: str) -> str:
    """The role of which a whole line says only that it is not filled ("no mate yet"), else ''."""
    found = _NOBODY_LINE.fullmatch(line)
    return role_of(found["role"]) if found else ""


def _as_label(label: re.Match[str], *, signed: bool) -> CrewLabel:
    word = label["role"].lower()
    role = role_of(word)
    with_crew = role == "captain" and word.endswith("crew")
    replaces: tuple[str, ...] = ()
    if label["updated"] or label["behind"] or label["now"] or label["changed"]:
        replaces = _CREW_ROLES if role == "crew" else (role, *_CREW_ROLES) if with_crew else (role,)
    first_only = with_crew or (not word.endswith("s") and role != "crew")
    return CrewLabel(role, label.start(), label.end(), signed, first_only, with_crew, replaces)


def _follows_a_name(line: str, label: re.Match[str], found: list[CrewLabel]) -> bool:
    """Tell the "mate" of "Captain Gene Mate Sam"."""
    following = line[label.end() : label.end() + 1]
    if not (found and following.isupper() and line[label.end() - 1] in " ."):
        return False
    between = line[found[-1].end : min(label.start(), found[-1].end + _LONGEST_NAME + 1)]
    name, rest = leading_name(between.split()) if len(between) <= _LONGEST_NAME else ("", [])
    return bool(name) and not rest


def _introduces_a_name(line: str, label: re.Match[str], before: str) -> bool:
    following = line[label.end() : label.end() + 1]
    if following.islower():
        # "captain gene, mate sam", typed on a phone; "crew lunch" is too likely to be something else.
        word = _WORD.match(line, label.end())
        return bool(
            word
            and (
                word[0].casefold() in _NOT_KNOWN_YET
                or (
                    role_of(label["role"]) != "crew"
                    and word[0].casefold() not in NEVER_NAMES
                    and _ALL_SMALL.fullmatch(line)
                )
            )
        )
    return bool(
        following.isalpha()
        and not following.islower()
        and line[label.end() - 1] in " ."
        and _SEGMENT_START.search(before)
    )
