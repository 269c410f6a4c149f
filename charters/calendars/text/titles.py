"""What an event's title says: its type, the party it is for, and how its reference begins.

The table is docs/operations.md, "Reading a calendar".
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from charters.calendars.text.event_types import (
    DASH,
    EVENT_TYPES,
    NOT_CHARTERS,
    OCCASION,
    TRIP,
    TYPE,
    event_type_of,
)

__all__ = ["EVENT_TYPES", "NOT_CHARTERS", "PARTY_LIMIT", "SLUG_LIMIT", "TITLE_LIMIT", "Title", "read_title"]

SLUG_LIMIT = 40
PARTY_LIMIT = 80
TITLE_LIMIT = 300
"""Only this many characters of a title are read."""


@dataclass(frozen=True, slots=True)
class Title:
    """The facts of a title.

    ``party`` is for guests to read and '' when the title names nobody: an occasion ("Proposal") is a secret
    and never in it. ``slug`` begins the reference, without its last hyphen; it is never empty.
    ``platform`` is '', boatsetter or getmyboat.
    """

    event_type: str
    party: str
    slug: str
    platform: str


# Public sailings are named for a day or a moon, which is no guest and no secret: it may begin a reference.
_THEME = re.compile(
    r"^(?:the\s)?(?:(?:harvest|full|blue|super|blood|new|pink|strawberry)\s?moon|super\s?moon"
    r"|lunar eclipse|eclipse"
    r"|(?:fourth|4th)\sof\sjuly|july\s(?:4th|fourth|4)|independence\sday|new\syear['’]?s?(?:\s(?:eve"
    r"|day))?|nye\b|labor\sday|memorial\sday"
    r"|veterans\sday|presidents['’]?\sday|mother['’]?s['’]?\sday|father['’]?s['’]?\sday"
    r"|valentine['’]?s?(?:\sday)?|st\.?\spatrick['’]?s(?:\sday)?"
    r"|halloween|thanksgiving|christmas(?:\seve)?|holiday|easter|fleet\sweek|big\sbay\sboom"
    r"|comic-?con|parade\sof\slights"
    r"|cinco\sde\smayo|winter\ssolstice|summer\ssolstice|meteor\sshower|stargazing|bioluminescence)(?!\w)",
    re.IGNORECASE,
)

_PLATFORM = re.compile(
    r"\b(?:(?P<boatsetter>boat\s?setter|(?-i:BS)(?=\s?[:|-]))|(?P<getmyboat>get\s?my\s?boat|gmb))\b", re.IGNORECASE
)
_PLATFORM_IN_FRONT = re.compile(
    rf"^\W*(?:via\s)?(?:(?:boat\s?setter|get\s?my\s?boat|gmb)\b(?:\sbooking)?(?:{DASH}|\s)?|(?-i:BS){DASH})",
    re.IGNORECASE,
)
_STATUS_IN_FRONT = re.compile(
    r"^\W*(?:(?:confirmed|paid|deposit(?:\spaid)?|booked|new|updated?|moved|rescheduled|cancell?ed|cxl['’]?d?"
    rf"|tentative|tbc|fyi|vip){DASH}"
    r"|(?-i:CONFIRMED|PAID|BOOKED|UPDATED?|MOVED|RESCHEDULED|CANCELL?ED|CXL|TENTATIVE|TBC)[*!\s]+)",
    re.IGNORECASE,
)
_KIND_IN_FRONT = re.compile(
    rf"^(?:corporate|private|public|group|school|direct|charter|non-?profit)(?:\s(?:event|charter"
    rf"|booking))?{DASH}",
    re.IGNORECASE,
)
# "JADA - Quinn Sunset Sail", "Capt Gene - Lee charter": neither the boat nor the captain is the party.
_OURS_IN_FRONT = re.compile(
    rf"^(?:(?:s/?v\s)?(?:jada|queen\sof\ssan\sdiego)|(?:capt(?:ain)?|cpt|skipper)\.?\s[^\W\d_]+){DASH}", re.IGNORECASE
)
_TIME_IN_FRONT = re.compile(
    r"^\d{1,2}(?::\d\d)?\s?(?:[ap]\.?m?\.?)?\s?(?:[-–—]|to)\s?\d{1,2}(?::\d\d)?\s?(?:[ap]\.?m?\b\.?)?(?!\w)[\s:,-]*"
    r"|^\d{1,2}(?::\d\d)?\s?[ap]\.?m?\b\.?[\s:,-]*|^\d{1,2}:\d\d\b[\s:,-]*",
    re.IGNORECASE,
)

_GENERIC = frozenset(
    str.split(
        "public private open shared ticketed vip daily weekly weekend weekday morning evening night"
        " midday afternoon early late"
        " special regular short long extra catered day harbor harbour bay corporate group charter"
        " sail sailing cruise tour"
        " monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs"
        " fri sat sun"
        " hour hours hr hrs booking reservation new the a an for and with of from by at on w/ to my"
        " our his her their party"
        " boatsetter getmyboat pvt priv pm am possible potential tentative"
    )
)
_PARTICLES = frozenset(str.split("de la las los van von der den del di da dos du bin ibn al el y le and of the"))
_SEPARATED = re.compile(r"\s[-–—]+\s?|\s?[–—]+\s|[-–—]\s|\s?[:|;]\s?|,\s?|\s?[(\[{]|\s\.\.\.")
_FOLDED = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "þ": "th",
        "ı": "i",
    }
)
_APOSTROPHES = re.compile(r"['’‘`´ʼ]")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_MARKED_OUT = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]")


def read_title(summary: str) -> Title:
    """Read a title as the calendar has it; any string will do. See docs/operations.md, "Reading a calendar"."""
    return _read(summary[:TITLE_LIMIT])


@lru_cache(maxsize=4096)
def _read(summary: str) -> Title:
    words = _legible(summary)
    platform = _platform(words)
    words = _STATUS_IN_FRONT.sub("", _PLATFORM_IN_FRONT.sub("", _STATUS_IN_FRONT.sub("", words)))
    words = _OURS_IN_FRONT.sub("", _TIME_IN_FRONT.sub("", words)).strip()
    event_type = event_type_of(words)
    if event_type == "hold":
        party = _party(
            re.sub(r"\bhold(?:ing)?(?:\s(?:for|the\sdate|date))?\b", " ", words, count=1, flags=re.IGNORECASE)
        )
        slug = f"hold-{_slug(party)}" if _slug(party) else "hold"
        return Title(event_type, party, _bounded(slug), platform)
    if event_type in NOT_CHARTERS:
        whole = words if event_type == "unavailable" else _SEPARATED.split(words, maxsplit=1)[0]
        return Title(event_type, "", _bounded(_slug(whole)) or event_type, platform)
    party = _party(words)
    return Title(event_type, party, _bounded(_slug(party)) or _slug_of_type(words, event_type), platform)


def _legible(summary: str) -> str:
    """Without control characters, symbols and emoji, with single spaces."""
    kept = "".join(
        " " if unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn", "So", "Sk", "Zl", "Zp") and sign != "`" else sign
        for sign in unicodedata.normalize("NFC", summary)
        if unicodedata.category(sign) != "Cf" and not "\ufe00" <= sign <= "\ufe0f"
    )
    return " ".join(kept.split())


def _platform(words: str) -> str:
    found = _PLATFORM.search(words)
    return "" if found is None else "boatsetter" if found["boatsetter"] else "getmyboat"


def _party(words: str) -> str:
    """What stands before the type and the occasion, as far as it can be somebody's name."""
    words = _KIND_IN_FRONT.sub("", " ".join(_MARKED_OUT.sub(" ", words).split()))
    if _THEME.search(words):
        return ""
    ends = [found.start() for found in (TYPE.search(words), OCCASION.search(words)) if found]
    before = words[: min(ends)] if ends else words
    before = next((piece for piece in _SEPARATED.split(before) if piece.strip(" -–—:/&+")), "")
    name: list[str] = []
    for place, word in enumerate(before.split()):
        if "@" in word or "http" in word.lower() or (place and any(sign.isdigit() for sign in word)):
            break
        # Without a type or an occasion to end it, a name ends with its capitals: "Linh ring thing".
        if not ends and name and word[0].islower() and name[0][0].isupper() and word.casefold() not in _PARTICLES:
            break
        name.append(word)
    while (name and not (plain := name[-1].strip("'’\"“”.,;:!?*#~&+/-–—").casefold())) or (name and plain in _GENERIC):
        name.pop()
    party = " ".join(name).strip(' \t"“”.,;:!?*#~&+/-–—_=<>')
    party = re.sub(r"['’]s?$", "", party) if ends else party
    if not any(sign.isalpha() for sign in party):
        return ""
    if all(word.casefold() in _GENERIC for word in party.split()):
        return ""
    if name[-1].endswith(".") and name[-1].rstrip(".").casefold() in ("jr", "sr", "inc", "co", "ltd"):
        party += "."
    return party[:PARTY_LIMIT].rstrip()


def _slug_of_type(words: str, event_type: str) -> str:
    """How the reference of a charter begins whose title names nobody: its theme or its type, no occasion."""
    if theme := _THEME.search(words):
        return _bounded(_slug(theme[0].removeprefix("the ")))
    if event_type == "concert_sail":
        return "rady-shell" if re.search(r"rady\s?shell", words, re.IGNORECASE) else "concert-sail"
    if event_type != "private":
        return event_type.replace("_", "-")
    if harbor := re.search(rf"\b(?:harbou?r|bay)\s{TRIP}\b", words, re.IGNORECASE):
        return _bounded(_slug(harbor[0]))
    return "private-charter" if TYPE.search(words) else "charter"


def _slug(words: str) -> str:
    folded = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", words).translate(_FOLDED))
    ascii_only = folded.encode("ascii", "ignore").decode().lower()
    return _NOT_SLUG.sub("-", ascii_only).strip("-")


def _bounded(slug: str) -> str:
    """Cut at a hyphen where one is near, so that no word is halved."""
    if len(slug) <= SLUG_LIMIT:
        return slug
    cut = slug[: SLUG_LIMIT + 1].rfind("-")
    return slug[: cut if cut > SLUG_LIMIT // 2 else SLUG_LIMIT].strip("-")
