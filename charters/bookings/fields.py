"""What a platform's mail states line by line: “Renter: Jonathan Reyes”, or label and value in two cells.

A `Platform` is where its mail comes from, the words of its subjects and the labels of its fields. What both write
alike is here; `boatsetter` and `getmyboat` hold what is their own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from charters.bookings.guest_names import name_in_sentences, read_name
from charters.bookings.moments import names_a_day, names_an_hour, read_duration, read_moments
from charters.calendars.text.contact_lines import read_contact
from charters.calendars.text.party_size import read_party_size

CONFIRMATION, CHANGE, CANCELLATION = "confirmation", "change", "cancellation"
LONGEST = 400  # of a line is looked at

_LABEL = re.compile(
    r"^[^\w#]{0,4}(?P<label>[A-Za-z][A-Za-z0-9 #/&'’().+-]{0,40}?)\s?(?::|\t|\s[-–—]\s)\s?(?P<value>.*)$"
)
_HEADING = re.compile(r"^[^\w#]{0,4}(?P<label>[A-Za-z][A-Za-z0-9 #/&'’().+-]{1,40}?)[\s:*]{0,4}$")
_OLD = re.compile(r"(?:old|original(?:ly)?|previous(?:ly)?|former(?:ly)?|before|was|from)\b", re.IGNORECASE)
_NEW = re.compile(r"(?:new|updated?|revised|current|now|changed to|after|to)\b\s?", re.IGNORECASE)
_ARROW = re.compile(r"\s?(?:→|⇒|->|=>|➔)\s?")
_MARKUP = re.compile(r"\*\*?|__|^\s*[-•·*]\s+")
# Someone else's number or address: help lines and the footer.
_HELP = re.compile(
    r"\b(?:help|support|questions?|customer (?:service|care)|call us|text us|contact us|emergency|towing|insurance"
    r"|unsubscribe|office|captain|tow|claims?|boatsetter|get ?my ?boat)\b",
    re.IGNORECASE,
)
_TOLL_FREE = re.compile(r"\+1(?:800|833|844|855|866|877|888)")
_CODE = re.compile(r"#?\s?(?P<code>[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){3,23})(?![\w@])")
_CODE_IN_WORDS = re.compile(
    r"(?:(?:confirmation|booking|reservation|itinerary)\s?(?:code|number|no\.|id|ref(?:erence)?|#)"
    r"|(?:booking|reservation|confirmed|confirmation|cancell?ed)\s?(?=[#:(]))"
    r"\s?(?:is\s)?[:#]?\s?\(?#?(?P<code>(?=[A-Z0-9-]{0,23}[A-Z0-9])[A-Z0-9][A-Z0-9-]{3,23})(?![\w@])",
    re.IGNORECASE,
)

_CODE_IN_SUBJECT = re.compile(r"(?<![\w-])(?=[A-Z0-9]*[A-Z])[A-Z0-9]{6,12}(?![\w-])")
_NO_CODES = frozenset(
    str.split(
        "CONFIRMED CONFIRMATION CANCELLED CANCELED UPDATED CHANGED BOOKING DETAILS SUMMARY STATUS RENTER GUEST PENDING"
        " APPROVED ACCEPTED NUMBER BOATSETTER GETMYBOAT INFORMATION"
    )
)

LABELS = {
    "code": r"(?:\w+ )?(?:booking|reservation|confirmation|itinerary|trip)(?: confirmation)? ?(?:code|number|no\.?|id|#"
    r"|ref(?:erence)?)|confirmation|booking #|code",
    "start": r"(?:trip |charter |rental |booking )?(?:starts?|starting|begins?|departs?|departure|check-?in"
    r"|pick-?up|from)(?: (?:date|time|date (?:and|&|/) time|at|on))?",
    "end": r"(?:trip |charter |rental |booking )?(?:ends?|ending|returns?|check-?out|drop-?off|to|until)"
    r"(?: (?:date|time|date (?:and|&|/) time|at|on))?",
    "date": r"(?:trip |charter |booking |rental |reservation |departure )?(?:dates?|day)"
    r"(?: (?:and|&|/) (?:time|hours))?|when",
    "time": r"(?:trip |charter |booking |rental )?(?:times?|hours|schedule)",
    "duration": r"(?:trip |charter |rental )?(?:duration|length)",
    "vessel": r"(?:the )?(?:boat|vessel|yacht|listing|experience)(?: (?:name|title|booked))?",
    "guest": r"(?:renter|guest|customer|client|booker|charterer|traveler|lead guest|primary guest|contact)(?:'s|’s)?"
    r"(?: (?:name|details|information|info|contact))?|name|full name|booked by|reserved by|contact(?: name)?",
    "email": r"(?:\w+(?:'s|’s)? )?e-?mail(?: address)?",
    "phone": r"(?:\w+(?:'s|’s)? )?(?:(?:mobile|cell|tele)?-? ?phone|mobile|cell|tel\.?)"
    r"(?: ?(?:number|no\.?|#))?|contact number",
    "party": r"(?:number of |# of |total )?(?:guests?|passengers?|people|pax)(?:\(s\))?(?: (?:count|aboard|on board))?"
    r"|(?:party|group)(?: size)?|head ?count",
    "adults": r"(?:number of |# of )?adults?(?:\(s\))?(?: \(.{1,20}\))?",
    "children": r"(?:number of |# of )?(?:child(?:ren)?|kids?|minors?)(?:\(s\))?(?: (?:\(.{1,20}\)|under \d{1,2}))?",
    "infants": r"(?:number of |# of )?(?:infants?|toddlers?|bab(?:y|ies))(?:\(s\))?(?: (?:\(.{1,20}\)|under \d{1,2}))?",
}


@dataclass(frozen=True)
class Platform:
    """One marketplace. Patterns are searched in a subject without “Fwd:”."""

    slug: str
    name: str
    domains: tuple[str, ...]
    words: re.Pattern[str]
    cancelled: re.Pattern[str]
    changed: re.Pattern[str]
    confirmed: re.Pattern[str]
    # Talk about a booking that is none yet, or none any more: requests, reminders, reviews, payouts.
    other: re.Pattern[str]
    code: re.Pattern[str]
    labels: dict[str, str] = field(default_factory=dict)

    def is_its_address(self, address: str) -> bool:
        """Whether the domain is the platform's own or below it; a look-alike's is not."""
        domain = address.rpartition("@")[2].lower()
        return any(domain == own or domain.endswith(f".{own}") for own in self.domains)


@dataclass(frozen=True, slots=True)
class Stated:
    """The facts found; '' and None where the mail is silent."""

    code: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    vessel_words: str = ""
    guest_name: str = ""
    guest_email: str = ""
    guest_phone: str = ""
    party: int | None = None

    def or_else(self, other: "Stated") -> "Stated":
        """Ours, and the other's where we are silent. Hours go together."""
        hours = self if self.starts_at else other
        return Stated(
            self.code or other.code,
            hours.starts_at,
            hours.ends_at or (other.ends_at if hours.starts_at == other.starts_at else None),
            self.vessel_words or other.vessel_words,
            self.guest_name or other.guest_name,
            self.guest_email or other.guest_email,
            self.guest_phone or other.guest_phone,
            self.party or other.party,
        )


def kind_of(platform: Platform, subject: str, lines: Sequence[str]) -> str | None:
    """Confirmation, change or cancellation by the subject, else by the first lines; '' when they say nothing of it,
    None for a mail about something else.
    """
    for text in (subject, *[line for line in lines if line][:8]):
        text = text[:LONGEST]
        if platform.other.search(text):
            return None
        for kind, pattern in (
            (CANCELLATION, platform.cancelled),
            (CHANGE, platform.changed),
            (CONFIRMATION, platform.confirmed),
        ):
            if pattern.search(text):
                return kind
    return ""


def read_fields(
    platform: Platform, lines: Sequence[str], *, subject: str, zone: ZoneInfo, near: datetime | None
) -> Stated:
    """The facts that `lines` state; of old and new values side by side, the new."""
    seen = [_last(_MARKUP.sub("", line)) for line in lines]
    found = _labelled(platform, list(_without_old(seen)))
    starts_at, ends_at = _hours(found, [subject, *_without_old(seen)], zone, near)
    told = [subject[:LONGEST], *(line[:LONGEST].replace("\t", " ") for line in seen if line)]
    code = _code(platform, found.get("code", ""), told)
    said = name_in_sentences(told, subject=told[0], code=code, vessel_words=found.get("vessel", ""))
    return Stated(
        code=code,
        starts_at=starts_at,
        ends_at=ends_at,
        vessel_words=(found.get("vessel", "") or said.vessel_words)[:200].strip(" .,'\"“”"),
        guest_name=read_name(found.get("guest", "")) or said.name,
        guest_email=_email(found, seen),
        guest_phone=_phone(found, seen),
        party=_party(found, [subject[:LONGEST], *(line[:LONGEST].replace("\t", " ") for line in _without_old(seen))]),
    )


def _last(line: str) -> str:
    """“Guests: 9 → 11” is “Guests: 11”."""
    pieces = _ARROW.split(line)
    label = _LABEL.match(pieces[0]) if len(pieces) > 1 else None
    return f"{label['label']}: {pieces[-1]}" if label and not _LABEL.match(pieces[-1]) else pieces[-1].strip(" ")


def _without_old(lines: Sequence[str]) -> Iterator[str]:
    """Leaves out “Previous time: …” and whole sections so headed."""
    old_section = False
    for line in lines:
        heading = _HEADING.match(line)
        label = _LABEL.match(line)
        if heading and _OLD.match(heading["label"]) and " " in heading["label"]:
            old_section = True
        elif (heading and _NEW.match(heading["label"])) or (label and _NEW.match(label["label"]) and label["value"]):
            old_section = False
        old = old_section or (label is not None and _OLD.match(label["label"]) and label["label"].lower() != "from")
        if not old:
            yield line


def _labelled(platform: Platform, lines: Sequence[str]) -> dict[str, str]:
    patterns = {
        name: re.compile(f"(?:{platform.labels[name]}|{usual})" if name in platform.labels else f"(?:{usual})", re.I)
        for name, usual in LABELS.items()
    }
    found: dict[str, str] = {}
    for place, line in enumerate(lines):
        stated = _LABEL.match(line)
        heading = None if stated and stated["value"] else _HEADING.match(line)
        label = (stated or heading or {"label": ""})["label"]
        new = _NEW.match(label)
        label = label[new.end() :] if new and len(label) > new.end() else label
        name = next((name for name, pattern in patterns.items() if pattern.fullmatch(label.strip())), "")
        if not name or (name in found and not new):
            continue
        value = stated["value"] if stated and stated["value"] else _next(lines, place, patterns)
        if value := value.replace("\t", " ").strip():
            found[name] = value[:LONGEST]
    return found


def _next(lines: Sequence[str], place: int, patterns: dict[str, re.Pattern[str]]) -> str:
    """The value below a label that stands alone, unless another label does."""
    below = next((line for line in lines[place + 1 : place + 4] if line), "")
    label = _LABEL.match(below)
    if label and any(pattern.fullmatch(label["label"]) for pattern in patterns.values()):
        # “Renter information” over “Name: …”: the lines below speak for themselves.
        return ""
    alone = _HEADING.match(below)
    return "" if alone and any(pattern.fullmatch(alone["label"]) for pattern in patterns.values()) else below


def _hours(
    found: dict[str, str], lines: Sequence[str], zone: ZoneInfo, near: datetime | None
) -> tuple[datetime | None, datetime | None]:
    day, hours = found.get("date", ""), found.get("time", "")
    first, last = found.get("start", ""), found.get("end", "")
    first = first if names_a_day(first) or not day else f"{_day_alone(day)} {first}" if names_an_hour(first) else ""
    last = last if names_an_hour(last) else ""
    length = read_duration(found.get("duration", "")) or read_duration(hours) or read_duration(day)
    written = [f"{first} – {last}" if first and last else first, f"{day} {hours}" if hours else "", day, hours]
    for text in (*written, *(line.replace("\t", " ") for line in lines)):
        if not names_a_day(text):
            continue
        starts_at, ends_at = read_moments(text, zone=zone, near=near)
        if starts_at:
            if ends_at is None and (by_length := length or read_duration(text)):
                ends_at = starts_at + by_length
            return starts_at, ends_at
    return None, None


def _day_alone(day: str) -> str:
    return re.split(r"\bat\b|\bfrom\b|@", day)[0]


def _code(platform: Platform, labelled: str, told: Sequence[str]) -> str:
    if own := next((match for line in (labelled, *told) if (match := platform.code.search(line))), None):
        return own[0].upper()
    if (found := _CODE.match(labelled)) and _is_code(found["code"]):
        return found["code"].upper()
    for line in told:
        for found in _CODE_IN_WORDS.finditer(line):
            if _is_code(found["code"]):
                return found["code"].upper()
    # “Booking cancelled - XHQGMDH”, unless the whole subject shouts.
    subject = told[0]
    found = _CODE_IN_SUBJECT.search(subject) if any(map(str.islower, subject)) else None
    return found[0] if found and _is_code(found[0]) else ""


def _is_code(code: str) -> bool:
    if code.upper() in _NO_CODES:
        return False
    return any(sign.isdigit() for sign in code) or (code == code.upper() and len(code) >= 5)


def _email(found: dict[str, str], lines: Sequence[str]) -> str:
    for text in (found.get("email", ""), found.get("guest", ""), *_of_the_guest(lines)):
        if "@" in text and (email := read_contact(text).email):
            return email
    return ""


def _phone(found: dict[str, str], lines: Sequence[str]) -> str:
    for text in (found.get("phone", ""), found.get("guest", ""), *_of_the_guest(lines)):
        for phone in read_contact(text).phones:
            if not _TOLL_FREE.match(phone):
                return phone
    return ""


def _of_the_guest(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        text = line[:LONGEST].replace("\t", " ")
        if any(sign.isdigit() or sign == "@" for sign in text) and not _HELP.search(text):
            yield text


def _party(found: dict[str, str], told: Sequence[str]) -> int | None:
    """Everybody, children too, as the calendar's reader counts them; of a range the upper end."""
    ages = [(name, re.match(r"\d{1,3}\b", found.get(name, ""))) for name in ("adults", "children", "infants")]
    counted = {name: f"{number[0]} {name}" for name, number in ages if number}
    adults, young = counted.pop("adults", ""), counted.values()
    labelled = [f"Guests: {found[name]}" for name in ("party", "guest") if name in found]
    if labelled and re.fullmatch(r"Guests: \d{1,3} adults?", labelled[0]):
        labelled[0] = ", ".join([labelled[0], *young])
    for line in (*labelled, ", ".join([adults, *young]) if adults else "", *told):
        size = read_party_size(line)
        if size.weight >= 2 and size.count:
            return size.count
    return None
