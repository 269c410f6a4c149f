"""Lists of names, as they stand behind "Crew:" or by themselves: "Gene (captain), Sam + Zoë-Marie".

A name is known by its form alone; whose it is, is not known here.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from charters.calendars.text.crew_words import NEVER_NAMES, PLACEHOLDERS, ROLE_WORD, ROLES, is_particle, role_of

REMARK = re.compile(r"\s?[(\[]([^()\[\]]{0,200})[)\]]")
DASHED_ROLE = re.compile(rf" ?[-–—=] ?({ROLES})(?= ?(?:$|[,;/&+|]))", re.IGNORECASE)
BETWEEN_NAMES = re.compile(r"\s?(?:\bw/|[;,/&+|•·])\s?(?:(?:and|with|plus)\s)?|\s(?:and|with|plus)\s", re.IGNORECASE)
SENTENCE_END = re.compile(r"(?<=[^\W\d_]{3})\. (?=[^\W\d_])|[!]")
NEXT_LABEL = re.compile(r"(?<![\w'’])[^\W\d_][\w-]{1,20} ?[:=](?! ?\d?\d:)")

_ASIDE = re.compile(r" [-–—]+ (?P<said>.*)")
_EITHER = re.compile(r"\s(?:or|vs\.?|→|[-=]+>)\s", re.IGNORECASE)
_DOUBT = re.compile(
    r"^(?:maybe|poss(?:ibly)?|prob(?:ably|s)?|prolly|perhaps|likely|tent(?:atively)?\.?)\s", re.IGNORECASE
)
_REMARK_OF_DOUBT = re.compile(
    r"(?:maybe|tentative(?:ly)?|tb[acd]|pending|unconfirmed|not confirmed|possibly|probably|\?+)"
)
_REMARK_OF_ABSENCE = re.compile(
    r"(?:back-?up|stand-?by|on call|off|out|(?:out )?sick|not (?:available|coming)|unavailable|cancell?ed|declined)"
    r"(?: (?:only|today|sick))?",
)
# Emoji and other pictures, not arrows: "Gene → Darrell" says something.
_PICTURE = re.compile("[\u2300-\u23ff\u2460-\u2bff\u3030\u303d\ufe0f\u20e3\U0001f000-\U0001faff]")
_NOT_APPLICABLE = re.compile(r"\bn/a\b", re.IGNORECASE)
_TRAILING_ROLE = re.compile(
    rf"(?<=[^\W\d_]) (?:(?:is|as|will be) (?:the |our )?)?({ROLES})(?= ?(?:$|[,;/&+|.!]))", re.IGNORECASE
)
_AROUND_ITEMS = ' .:*•·!"“”-–—'
_BEFORE_ITEMS = _AROUND_ITEMS + "@"
_INITIAL_AT_END = re.compile(r" (?:[^\W\d_]|[JS]r|JR|SR)\Z")
_NAME_WORD = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f])(?:[^\W\d_]|[\u0300-\u036f]|['’.\-](?=[^\W\d_]))*\.?")

_ROLE_MARK, _DOUBT_MARK, _ABSENT_MARK = "\x00\x01\x02"  # description_lines takes control characters out
_NUMBER = re.compile(
    r"[ ,:(–-]{0,3}(?:\b(?:cell|ph(?:one)?|tel|mobile|c)\b[ .:]{0,2})?"
    r"(?:\+?\(?[0-9][0-9()\-. ]{6,18}[0-9]|[\w.+%-]{1,64}@[\w.-]{1,253}\w)\)?",
    re.IGNORECASE,
)
_LIST_MARK = re.compile(r"^(?:[•*·–—-]+ ?|\d{1,2}[.)] ?)+")
_MARKS = re.compile("[\x00-\x02]")
_OF_THE_TRADE = frozenset(
    str.split("licensed experienced professional private uscg certified our your yacht boat team")
)


class NamedForDuty(NamedTuple):
    """A name with its role (captain, mate, deckhand or crew) and where in its line the name stands."""

    name: str
    role: str
    start: int
    end: int


class Item(NamedTuple):
    """One item of a list: its words, and where they stand in the line."""

    text: str
    start: int
    role: str = ""  # '' unless the item itself says so: "Sam (mate)"
    doubtful: bool = False
    undecided: bool = False  # it offers a choice: "Gene or Sam"

    def named(self, name: str, role: str) -> NamedForDuty:
        """The name that the item begins with, and where it stands."""
        if self.text.startswith(name):
            return NamedForDuty(name, role, self.start, self.start + len(name))
        start = end = -1
        for word in name.split():
            at = self.text.index(word, max(end, 0))
            start, end = at if start < 0 else start, at + len(word)
        return NamedForDuty(name, role, self.start + start, self.start + end)


def names_behind_a_label(text: str, offset: int) -> Iterator[Item]:
    """Take apart what stands behind "Crew:", up to the next sentence or label; ``offset`` is its place in the line."""
    if text.isalpha():
        # Most lists are one plain name.
        return iter((Item(text, offset),))
    # Of two plain words none of what follows can be; each look for it costs as much as reading the name.
    if not text.replace(" ", "").isalpha():
        text = SENTENCE_END.split(text, maxsplit=1)[0]
        if (":" in text or "=" in text) and (other := NEXT_LABEL.search(text)):
            text = text[: other.start()]
        text = DASHED_ROLE.sub(_mark_role, _NOT_APPLICABLE.sub("tbd", text))
    return items(text, offset)


def items(text: str, offset: int) -> Iterator[Item]:
    """Take a list of names apart. What is left out leaves blanks, so that ``offset`` tells each item's place."""
    if "(" in text or "[" in text:
        text = REMARK.sub(_keep_what_matters, text).split(" (")[0]
    start = 0
    marked_at_all = not text.isprintable()
    for between in (*BETWEEN_NAMES.finditer(text), None):
        written = text[start : between.start() if between else None]
        at = offset + start
        start = between.end() if between else start
        mark = remark = ""
        if marked_at_all and (marked := _MARKS.search(written)):
            mark, remark, written = marked[0], written[marked.end() :], written[: marked.start()]
        if mark == _ABSENT_MARK:
            if remark.strip():
                yield Item("", at, undecided=True)  # "Sam (sick) → Joe"
            continue
        if item := _item(written, at, doubtful=mark == _DOUBT_MARK, role=remark if mark == _ROLE_MARK else ""):
            yield item


def _item(written: str, at: int, *, role: str, doubtful: bool) -> Item | None:
    if (" -" in written or " –" in written or " —" in written) and (aside := _ASIDE.search(written)):
        doubtful = doubtful or bool(_REMARK_OF_DOUBT.fullmatch(aside["said"].strip(_AROUND_ITEMS).lower()))
        written = written[: aside.start()]
    written = _without_edges(written)
    item = written.lstrip(_BEFORE_ITEMS)
    at += len(written) - len(item)
    if item.isalpha() and not (role or doubtful):
        return Item(item, at)
    if _EITHER.search(f" {item} "):
        return Item("", at, undecided=True)
    if doubt := _DOUBT.match(item):
        item, at = item[doubt.end() :], at + doubt.end()
    doubtful = doubtful or bool(doubt) or item.endswith("?")
    item = item.rstrip("? ")
    if item or role:
        return Item(item, at, role_of(role.strip(" .")) if role else "", doubtful)
    return Item("?", at) if doubtful else None


def _without_edges(written: str) -> str:
    bare = written.rstrip(_AROUND_ITEMS)
    if written[len(bare) : len(bare) + 1] == "." and _INITIAL_AT_END.search(bare):
        return bare + "."  # "Gene K."
    return bare


def _keep_what_matters(remark: re.Match[str]) -> str:
    said = remark[1].strip(" .")
    if ROLE_WORD.fullmatch(said):
        kept = _ROLE_MARK + said
    elif _REMARK_OF_DOUBT.fullmatch(said.lower()):
        kept = _DOUBT_MARK
    elif _REMARK_OF_ABSENCE.fullmatch(said.lower()):
        kept = _ABSENT_MARK
    else:
        kept = ""
    return kept.ljust(len(remark[0]))


def _mark_role(written: re.Match[str]) -> str:
    return f"{_ROLE_MARK}{written[1]}".ljust(len(written[0]))


def leading_name(words: list[str]) -> tuple[str, list[str]]:
    """Give the name that a few words begin with, and the words behind it."""
    name: list[str] = []
    for word in words[:5]:
        bare = word.strip(',:;!?"“”')
        plain = bare.rstrip(".").casefold()
        if plain in NEVER_NAMES or (plain == "co" and not name) or not _NAME_WORD.fullmatch(bare) or len(bare) > 40:
            break
        # "Gene will be late": what follows a name in small letters is no part of it. A name that is itself
        # in small letters is believed for two words.
        if name and bare[0].islower() and not is_particle(plain) and (name[0][0].isupper() or len(name) > 1):
            break
        if len(name) == 4:
            break
        name.append(bare if len(plain) <= 2 else bare.rstrip("."))
    taken = len(name)
    while name and is_particle(name[-1].casefold()) and len(name) > 1:
        name.pop()
        taken -= 1
    return " ".join(name), words[taken:]


def without_pictures(line: str) -> str:
    """Give a line of the same length in which emoji are dots, such as part names."""
    return line if line.isascii() else _PICTURE.sub("·", line)


def read_bare_names(line: str, role: str) -> tuple[NamedForDuty, ...] | None:
    """Read a line that holds nothing but names, as found in a list below "Crew:"; None when it holds more."""
    names: list[NamedForDuty] = []
    bare = _LIST_MARK.sub("", without_pictures(line))
    for item in items(bare, len(line) - len(bare)):
        name, rest = leading_name(item.text.split())
        if not name or rest or name[0].islower():
            return None
        names.append(item.named(name, item.role or role))
    return tuple(names) or None


def read_names_with_numbers(line: str, role: str) -> tuple[NamedForDuty, ...] | None:
    """Read a line that holds names with their telephone numbers or addresses, and nothing else."""
    bare = _NUMBER.sub(lambda number: " " * len(number[0]), line)
    return read_bare_names(bare.rstrip(), role) if bare != line else None


def read_names_with_roles(line: str) -> tuple[NamedForDuty, ...]:
    """Read "Gene (captain), Sam - mate": a line without labels in which each name carries its role."""
    return _all_with_roles(DASHED_ROLE.sub(_mark_role, line)) or _all_with_roles_behind(line)


def _all_with_roles(line: str) -> tuple[NamedForDuty, ...]:
    named: list[NamedForDuty] = []
    for item in items(line, 0):
        name, rest = leading_name(item.text.split())
        if not item.role and any(map(str.isdigit, item.text)):
            continue  # "Gene capt / Sarah mate / 14 ppl"
        if not name or rest or not item.role:
            return ()
        named.append(item.named(name, item.role))
    return tuple(named)


def _all_with_roles_behind(line: str) -> tuple[NamedForDuty, ...]:
    """Read "Gene capt, Sam mate" and "Gene is captain"; of "film crew" and "licensed captain" nothing is made."""
    roles = [(found[1], found[0].strip()) for found in _TRAILING_ROLE.finditer(line)]
    plainly_said = any(whole.lower().startswith(("is ", "as ", "will ")) for _, whole in roles)
    if (len(roles) < 2 and not plainly_said) or any(role_of(word) == "crew" for word, _ in roles):
        return ()
    named = _all_with_roles(_TRAILING_ROLE.sub(_mark_role, line).rstrip(" .!"))
    capitals = all(each.name[0].isupper() and each.name.casefold() not in _OF_THE_TRADE for each in named)
    return named if capitals else ()


def is_a_name(text: str) -> bool:
    """Tell whether ``text``, written behind "Captain:", is read as one name, and as this one."""
    found = list(items(text, 0))
    return len(found) == 1 and not found[0].role and leading_name(found[0].text.split()) == (text, [])


def is_placeholder(text: str) -> bool:
    """Tell whether ``text``, found behind a label, stands for a name that is not known yet: "TBD", "?", "-"."""
    return all(
        item.undecided or not item.text or item.text.split()[0].strip(".,:;!?").casefold() in PLACEHOLDERS
        for item in items(_NOT_APPLICABLE.sub("tbd", text), 0)
    )


def item_end(line: str, start: int, end: int) -> int:
    """Where the item ends that begins at ``start`` in a list, its brackets included; the list ends at ``end``."""
    text = SENTENCE_END.split(line[start:end], maxsplit=1)[0]
    if other := NEXT_LABEL.search(text):
        text = text[: other.start()].rstrip()
    between = BETWEEN_NAMES.search(REMARK.sub(lambda remark: "x" * len(remark[0]), text))
    return start + (between.start() if between else len(text))


def same_name(name: str) -> str:
    """The form in which two spellings of a name are compared."""
    return unicodedata.normalize("NFC", name.replace("’", "'")).casefold()
