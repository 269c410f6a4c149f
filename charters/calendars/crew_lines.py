"""Who sails a charter, as written: "Captain: Gene", "Capt. Gene / mate Sam", "Updated crew: Gene".

The spellings are those of docs/domain.md and of the sample feed. Whether a name belongs to a member of the
crew is not known here: names come back as written.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple


class NamedForDuty(NamedTuple):
    """A name with its role (captain, mate, deckhand or crew) and where in its line the name stands."""

    name: str
    role: str
    start: int
    end: int


class CrewLabel(NamedTuple):
    """Words that introduce names ("Capt. ", "Updated crew: "), with their role and place in the line."""

    role: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CrewLine:
    """What one line says of the crew.

    ``labels`` are in the line's order; a label's names stand between it and the next, or the line's end.
    ``replaces`` holds the roles whose earlier lines it puts out of force ("Updated crew:": all but the
    captain's). ``open_role`` is set by a label with nothing behind it, whose names stand on the next lines.
    ``understood`` is also true of "Mate: TBD" and "no mate yet", which name nobody.
    """

    named: tuple[NamedForDuty, ...] = ()
    labels: tuple[CrewLabel, ...] = ()
    replaces: tuple[str, ...] = ()
    open_role: str = ""
    understood: bool = False
    questions: tuple[str, ...] = ()


NO_CREW = CrewLine()

_ROLES = (
    r"(?:co-?)?captains?|capts?|cap['’]?n|cpt|skippers?|(?:first|second|1st|2nd)\ mates?|mates?"
    r"|deck\ ?-?hands?|deckies?|crew(?:\ members?|mates?)?|(?:skip|fm|dh)(?=\ ?[:=])"
)
ROLE_WORD = re.compile(rf"(?<![\w'’-])(?:{_ROLES})(?![\w'’-])", re.IGNORECASE)
_LABEL = re.compile(
    rf"(?<![\w'’-])(?P<updated>(?:updated?|new|revised|final|corrected"
    rf"|changed)\ )?(?P<role>{_ROLES})(?![\w'’])"
    r"(?P<behind>\ \((?:updated?|new|revised|final|corrected|changed)\))?"
    r"(?:\.(?=\ ?[^\W\d_])|\.(?=[:=]))?(?:\ ?(?P<sign>[:=]+)|\ ?(?P<dash>[-–—]+(?=\ |$))"
    r"|\ (?P<verb>is|are)(?=\ ))?\ ?",
    re.IGNORECASE,
)
_NOBODY_YET = re.compile(
    r"\b(?:no|needs?|without|want(?:ed|s)?|waiting (?:for|on)|awaiting|looking for|missing) (?:an? "
    r"|one |another |\d )?$",
    re.IGNORECASE,
)
_JOINT_LABEL = re.compile(rf"(?<![\w'’-])(?:{_ROLES}) ?[/&+] ?$", re.IGNORECASE)
_SEGMENT_START = re.compile(r"(?:^|[;,/&+|.(!•*·:>–—-]|\b(?:and|with|our|your|w/))\ ?$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[^\W\d_]{3})\. (?=[^\W\d_])|[!]")
_NEXT_LABEL = re.compile(r"(?<![\w'’])[^\W\d_][\w-]{1,20} ?[:=](?! ?\d?\d:)")
REMARK = re.compile(r"\s?[(\[]([^()\[\]]{0,200})[)\]]")
DASHED_ROLE = re.compile(rf" ?[-–—] ?({_ROLES})(?= ?(?:$|[,;/&|]))", re.IGNORECASE)
_ASIDE = re.compile(r" [-–—]+ .*")
BETWEEN_NAMES = re.compile(r"\s?(?:\bw/|[;,/&+|])\s?|\s(?:and|with)\s", re.IGNORECASE)
_EITHER = re.compile(r"\s(?:or|vs\.?|→|[-=]+>)\s", re.IGNORECASE)
_DOUBT = re.compile(r"^(?:maybe|possibly|probably|perhaps|likely|tentatively)\s", re.IGNORECASE)
_NOT_APPLICABLE = re.compile(r"\bn/a\b", re.IGNORECASE)
_NOBODY_LINE = re.compile(
    rf"[-•* ]*(?:no|needs?|want(?:ed)?|awaiting|looking for|missing) (?:an? |one |another )?(?P<role>{_ROLES})"
    r"(?: (?:yet|needed|so far|assigned))*[.!]?",
    re.IGNORECASE,
)
_AROUND_ITEMS = ' .:*•·!"“”-–—'
_NAME_WORD = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f])(?:[^\W\d_]|[\u0300-\u036f]|['’.\-](?=[^\W\d_]))*\.?")

_ROLE_MARK = "\x00"  # cannot be in a line: description_lines takes control characters out
_PARTICLES = frozenset(str.split("de la las los van von der den del di da dos du bin ibn al el y le ten ter"))
_NOBODY = frozenset(
    str.split(
        "tbd tba tbc wanted none no not nobody noone unassigned undecided unknown open pending waiting"
        " awaiting needed need needs"
        " unconfirmed yet missing x xx na nil looking ask someone somebody anyone anybody whoever"
        " vacant blank"
    )
)
_NEVER_NAMES = _NOBODY | frozenset(
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
        " determined assigned decided announced waivers waiver ok okay yes new"
    )
)
_PLACEHOLDERS = _NOBODY | frozenset(["", "maybe"])
_WHOLE_BOAT = frozenset(str.split("all everyone everybody full same usual both us"))
_SOMETHING_ELSE = _NEVER_NAMES - _NOBODY - _WHOLE_BOAT


def read_crew(line: str) -> CrewLine:
    """Read captain, mate, deckhands and crew from one line of a description, as far as it names them."""
    if not ROLE_WORD.search(line):
        return NO_CREW
    labels: list[re.Match[str]] = []
    understood = False
    for found in _LABEL.finditer(line):
        before = line[max(0, found.start() - 24) : found.start()]
        if _NOBODY_YET.search(before):
            understood = True
        elif found["sign"] and _JOINT_LABEL.search(before):
            return CrewLine(questions=(f"“{line}” does not say who has which duty",))
        elif found["sign"] or found["dash"] or _introduces_a_name(line, found, before):
            labels.append(found)
    if not labels:
        named = tuple(_names_with_roles(line))
        return CrewLine(named=named, understood=bool(named) or understood)
    reading = _Reading(line)
    for place, label in enumerate(labels):
        end = labels[place + 1].start() if place + 1 < len(labels) else len(line)
        reading.take(label, line[label.end() : end], last=place + 1 == len(labels))
    return CrewLine(
        tuple(reading.named),
        tuple(CrewLabel(_role(label["role"]), label.start(), label.end()) for label in labels),
        tuple(reading.replaces),
        reading.open_role,
        understood or reading.understood,
        tuple(reading.questions),
    )


def read_bare_names(line: str, role: str) -> tuple[NamedForDuty, ...] | None:
    """Read a line that holds nothing but names, as found in a list below "Crew:"; None when it holds more."""
    names: list[NamedForDuty] = []
    bare = line.lstrip("•*·-–— ")
    for item in _items(bare, len(line) - len(bare)):
        name, rest = _leading_name(item.text.split())
        if not name or rest or name[0].islower():
            return None
        names.append(item.named(name, role))
    return tuple(names) or None


def is_a_name(text: str) -> bool:
    """Tell whether ``text``, written behind "Captain:", is read as one name, and as this one."""
    items = list(_items(text, 0))
    return len(items) == 1 and not items[0].role and _leading_name(items[0].text.split()) == (text, [])


def is_placeholder(text: str) -> bool:
    """Tell whether ``text``, found behind a label, stands for a name that is not known yet: "TBD", "?", "-"."""
    items = list(_items(_NOT_APPLICABLE.sub("tbd", text), 0))
    return all(
        item.undecided or not item.text or item.text.split()[0].strip(".,:;!?").casefold() in _PLACEHOLDERS
        for item in items
    )


def nobody_yet(line: str) -> str:
    """The role of which a whole line says only that it is not filled ("no mate yet"), else ''."""
    found = _NOBODY_LINE.fullmatch(line)
    return _role(found["role"]) if found else ""


def item_end(line: str, start: int, end: int) -> int:
    """Where the item ends that begins at ``start`` in a list, its brackets included; the list ends at ``end``."""
    text = _SENTENCE_END.split(line[start:end], maxsplit=1)[0]
    if other := _NEXT_LABEL.search(text):
        text = text[: other.start()].rstrip()
    between = BETWEEN_NAMES.search(REMARK.sub(lambda remark: "x" * len(remark[0]), text))
    return start + (between.start() if between else len(text))


def same_name(name: str) -> str:
    """The form in which two spellings of a name are compared."""
    return unicodedata.normalize("NFC", name.replace("’", "'")).casefold()


def _introduces_a_name(line: str, label: re.Match[str], before: str) -> bool:
    following = line[label.end() : label.end() + 1]
    if following.islower() and not before:
        # "captain gene", typed on a phone; "crew lunch" is too likely to be something else.
        word = line[label.end() :]
        return word.isalpha() and word.casefold() not in _NEVER_NAMES and _role(label["role"]) != "crew"
    return bool(
        following.isalpha()
        and not following.islower()
        and line[label.end() - 1] in " ."
        and _SEGMENT_START.search(before)
    )


def _role(word: str) -> str:
    word = word.lower()
    if word.startswith("crew"):
        return "crew"
    if "deck" in word or word == "dh":
        return "deckhand"
    return "mate" if "mate" in word or word == "fm" else "captain"


class _Item(NamedTuple):
    text: str
    start: int
    role: str = ""  # '' unless the item itself says so: "Sam (mate)"
    doubtful: bool = False
    undecided: bool = False  # it offers a choice: "Gene or Sam"

    def named(self, name: str, role: str) -> NamedForDuty:
        """The name that the item begins with, and where it stands."""
        start = end = -1
        for word in name.split():
            at = self.text.index(word, max(end, 0))
            start, end = at if start < 0 else start, at + len(word)
        return NamedForDuty(name, role, self.start + start, self.start + end)


def _items(text: str, offset: int) -> Iterator[_Item]:
    """Take a list of names apart. What is left out leaves blanks, so that ``offset`` tells each item's place."""
    text = REMARK.sub(_keep_a_role, text).split(" (")[0]
    start = 0
    for between in (*BETWEEN_NAMES.finditer(text), None):
        written, mark, role = text[start : between.start() if between else None].partition(_ROLE_MARK)
        written = _ASIDE.sub("", written).rstrip(_AROUND_ITEMS)
        item = written.lstrip(_AROUND_ITEMS)
        at = offset + start + len(written) - len(item)
        start = between.end() if between else start
        if _EITHER.search(f" {item} "):
            yield _Item("", at, undecided=True)
            continue
        doubt = _DOUBT.match(item)
        doubtful = bool(doubt) or item.endswith("?")
        if doubt:
            item, at = item[doubt.end() :], at + doubt.end()
        item = item.rstrip("? ")
        if item or mark:
            yield _Item(item, at, _role(role) if mark else "", doubtful)
        elif doubtful:
            yield _Item("?", at)


def _keep_a_role(remark: re.Match[str]) -> str:
    said = remark[1].strip(" .")
    return (f"{_ROLE_MARK}{said}" if ROLE_WORD.fullmatch(said) else "").ljust(len(remark[0]))


def _mark_role(dashed: re.Match[str]) -> str:
    return f"{_ROLE_MARK}{dashed[1]}".ljust(len(dashed[0]))


def _leading_name(words: list[str]) -> tuple[str, list[str]]:
    """Give the name that a few words begin with, and the words behind it."""
    name: list[str] = []
    for word in words[:5]:
        bare = word.strip(',:;!?"“”')
        plain = bare.rstrip(".").casefold()
        if plain in _NEVER_NAMES or not _NAME_WORD.fullmatch(bare) or len(bare) > 40:
            break
        # "Gene will be late": what follows a name in small letters is no part of it. A name that is itself
        # in small letters is believed for two words.
        if name and bare[0].islower() and plain not in _PARTICLES and (name[0][0].isupper() or len(name) > 1):
            break
        if len(name) == 4:
            break
        name.append(bare if len(plain) <= 2 else bare.rstrip("."))
    taken = len(name)
    while name and name[-1].casefold() in _PARTICLES and len(name) > 1:
        name.pop()
        taken -= 1
    return " ".join(name), words[taken:]


def _names_with_roles(line: str) -> list[NamedForDuty]:
    """Read "Gene (captain), Sam - mate": a line without labels in which each name carries its role."""
    named: list[NamedForDuty] = []
    for item in _items(DASHED_ROLE.sub(_mark_role, line), 0):
        name, rest = _leading_name(item.text.split())
        if not name or rest or not item.role:
            return []
        named.append(item.named(name, item.role))
    return named


class _Reading:
    """The names of one line, gathered label by label."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.named: list[NamedForDuty] = []
        self.replaces: list[str] = []
        self.questions: list[str] = []
        self.open_role = ""
        self.understood = False
        self.within_crew_list = False

    def take(self, label: re.Match[str], text: str, *, last: bool) -> None:
        role = _role(label["role"])
        clearly_labelled = bool(label["sign"] or label["dash"])
        if label["updated"] or label["behind"]:
            self.replaces += ["captain"] if role == "captain" else ["mate", "deckhand", "crew"]
        one_only = not label["role"].lower().endswith("s") and role != "crew"
        # "Crew: mate Marcus, Joe": within a crew list a single role is one person's alone.
        following = "crew" if role == "captain" or (one_only and self.within_crew_list) else role
        names = list(self._names(text, label.end(), clearly_labelled=clearly_labelled))
        captains = 0
        for place, named in enumerate(names):
            own_role = named.role
            duty = own_role or (role if place == 0 or following == role else following)
            captains += duty == "captain" or (role == "captain" and not own_role)
            self.named.append(named if own_role else named._replace(role=duty))
        if role == "captain" and captains > 1 and not self.within_crew_list:
            self.questions.append(f"“{self.line}” names more than one captain; the first is taken")
        if clearly_labelled and last and not names and not text.strip(" .-–—"):
            self.open_role = role
        self.understood = self.understood or clearly_labelled or bool(names)
        self.within_crew_list = self.within_crew_list or role == "crew"

    def _names(self, text: str, offset: int, *, clearly_labelled: bool) -> Iterator[NamedForDuty]:
        text = _SENTENCE_END.split(text, maxsplit=1)[0]
        if other := _NEXT_LABEL.search(text):
            text = text[: other.start()]
        text = DASHED_ROLE.sub(_mark_role, _NOT_APPLICABLE.sub("tbd", text))
        for item in _items(text, offset):
            if not item.text:
                if item.undecided:
                    self.questions.append(f"“{self.line}” does not decide who sails")
                continue
            words = item.text.split()
            name, rest = _leading_name(words)
            first = words[0].strip(".,:;!?").casefold()
            if not name:
                # "Captain: Gene, 12 guests, arrive 1:45": the line has gone on to something else.
                if first[:1].isdigit() or first in _SOMETHING_ELSE:
                    return
                if first.isalpha() and first not in _NEVER_NAMES:
                    self.questions.append(f"“{self.line}” does not say plainly who sails")
                continue
            role = item.role
            said = rest[1:] if rest[:1] == ["as"] else rest  # "Gene as captain"
            if said and not role and ROLE_WORD.fullmatch(said[0].strip(".")):
                role = _role(said[0])
            elif rest and not clearly_labelled and not _is_remark(rest[0]):
                # "Captain Morgan rum": without a colon only a plain name is believed.
                self.questions.append(f"“{self.line}” may name one of the crew")
                return
            elif len(rest) > 1 and name[0].islower():
                self.questions.append(f"“{self.line}” does not say plainly who sails")
                continue
            if item.doubtful:
                self.questions.append(f"“{self.line}” is not sure of {name}")
            yield item.named(name, role)


def _is_remark(word: str) -> bool:
    bare = word.strip(".,:;!?").casefold()
    return bare in _NEVER_NAMES or bare.endswith(("ing", "ed")) or not bare.isalpha()
