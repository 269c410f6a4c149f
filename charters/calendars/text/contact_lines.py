"""How a guest is reached and where the booking came from, as written in an event description.

Contacts come from direct bookings, platform mails and the description (docs/domain.md, "Facts the pages,
mails and forms must carry"). The office's own number and the crew's are not the guest's.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

_EMAIL = re.compile(
    r"(?<![\w.%+@-])[A-Za-z0-9_][A-Za-z0-9._%+'-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}"
    r"[A-Za-z]{2,24}(?![\w@-])"
)
_DIGITS = re.compile(r"[0-9]{3}.{0,4}[0-9]{3}.?[0-9]|[0-9]{7}|\+[0-9]")
_PHONE = re.compile(
    r"(?<![\w.@#-])(?:\+[0-9]|\(?[0-9])(?:[0-9()\-‐‑–. ]|(?<=[0-9]{3})/(?=[0-9]{3}[-. ][0-9]{4})){7,19}[0-9](?![\w@])"
)


def _of_american_lines() -> re.Pattern[str]:
    american = phonenumbers.PhoneMetadata.metadata_for_region("US")
    lines = american.fixed_line if american else None
    return re.compile((lines.national_number_pattern if lines else None) or r"(?!)")


# Asked first, for nearly all numbers are such; the whole question costs phonenumbers ten times as much.
_AMERICAN = _of_american_lines()
_EXAMPLE = re.compile(r"[2-9][0-9]{2}555[0-9]{4}")
_OUR_DOMAINS = frozenset(["sailjada.com", "queenofsandiego.com"])
_NOT_A_PERSON = re.compile(r"^(?:no-?reply|do-?not-?reply|notifications?|support|info|mailer-daemon)\b", re.IGNORECASE)
_PLATFORM_DOMAIN = re.compile(r"(?:^|\.)(?:boatsetter|getmyboat)\.com$")

# The last word about whose number it is decides: "Capt. Gene 619-555-0190, guest 619-555-0191".
_WHOSE = re.compile(
    r"(?<![@.])\b(?![\w.+%-]{1,64}@)(?:(?P<other>emergency(?:\ contact)?|office|jada|dock\b|marina"
    r"|harbou?r\ ?master|cater|vendor|band|dj\b|florist"
    r"|photograph|bartend|chef"
    r"|officiant|captain|captian|cap[ts]?\b|cpt\b|skip\b|skipper|crew|mates?\b|deckhand|d/?h\b|driver|shuttle|bus\b|limo|fax|diver"
    r"|yard|planner|coordinator"
    r"|dial\b|zoom\b|conference)|(?P<guest>guest|client|contact|customer|booked|booker|charterer|renter|bride|groom\b|host\b|hostess|organi[sz]er|poc\b))"
)
_OFFICE_BEHIND = re.compile(r"\ ?[(\[-]?\ ?(?:office|jada|dock|captain|capt|crew|cater)", re.IGNORECASE)

_PLATFORM = re.compile(
    r"(?<![a-z])(?:(?P<boatsetter>boat\ ?setter)|(?P<getmyboat>get\ ?my\ ?boat|\bGMB[-\ ]?[0-9]))", re.IGNORECASE
)
_CODE = re.compile(
    r"(?<![\w-])(?:(?P<platform>boat\ ?setter|get\ ?my\ ?boat)|conf(?:irmation|irm)?\b\.?|booking"
    r"|reservation|ref(?:erence)?\b\.?|(?:(?<=^)|(?<=[,;(]\ ))code)"
    r"(?P<named>[\ :#-]{0,3}(?:booking|reservation|conf(?:irmation)?\b\.?|code|number|num\b|no\b\.?"
    r"|id\b|ref(?:erence)?\b\.?)){0,3}"
    r"\ ?(?P<sign>[:#=-]{0,2})\ ?\(?\#?(?P<code>[A-Za-z0-9](?:[A-Za-z0-9]"
    r"|-(?=[A-Za-z0-9])){3,23})(?![\w@-]|\.\w)",
    re.IGNORECASE,
)
_GETMYBOAT_CODE = re.compile(r"(?<![\w-])GMB[-\ ]?[0-9]{3,12}(?![\w-])", re.IGNORECASE)
_NOT_CODES = frozenset(
    str.split(
        "PAID BOOKING BOOKED CONFIRMED CONFIRM CONFIRMATION GUEST GUESTS CODE DEPOSIT PENDING"
        " CHARTER SUNSET SAIL SAILING"
        " AFTERNOON PRIVATE CAPTAIN CREW WHALE TODAY CANCELLED CANCELED REQUEST INQUIRY RENTAL MAIL"
        " EMAIL MESSAGE ONLY"
        " DIRECT PLATFORM CLIENT CUSTOMER PAYOUT WAIVER WAIVERS BALANCE REFUND NUMBER UPDATED NONE"
        " NEEDED TOTAL"
    )
)


@dataclass(frozen=True, slots=True)
class ContactLine:
    """What one line says of contact and booking; ``understood`` is also true of the office's own number."""

    email: str | None = None
    phones: tuple[str, ...] = ()
    platform: str = ""
    code: str | None = None
    understood: bool = False


NO_CONTACT = ContactLine()


def read_contact(line: str) -> ContactLine:
    """Read the guest's e-mail address and telephone, the platform and its confirmation code from one line."""
    email: str | None = None
    phones: tuple[str, ...] = ()
    platform, code, understood = "", None, False
    if "@" in line:
        email, understood = _read_email(line)
    if _DIGITS.search(line):
        phones, any_number = _read_phones(line)
        understood = understood or any_number
    if _may_hold_a_code(line.lower()):
        platform, code = _read_booking(line)
    if not (understood or platform or code):
        return NO_CONTACT
    return ContactLine(email, phones, platform, code, understood=True)


def _read_email(line: str) -> tuple[str | None, bool]:
    understood = False
    for found in _EMAIL.finditer(line):
        understood = True
        name, _, domain = found[0].lower().partition("@")
        if (
            domain not in _OUR_DOMAINS
            and not (_PLATFORM_DOMAIN.search(domain) and _NOT_A_PERSON.match(name))
            and _is_the_guests(line, found)
        ):
            return f"{name}@{domain}", True
    return None, understood


def _read_phones(line: str) -> tuple[tuple[str, ...], bool]:
    phones: list[str] = []
    understood = False
    for found in _PHONE.finditer(line):
        if number := _as_e164(found[0]):
            understood = True
            if _is_the_guests(line, found):
                phones.append(number)
    return tuple(dict.fromkeys(phones)), understood


def _is_the_guests(line: str, found: re.Match[str]) -> bool:
    if _OFFICE_BEHIND.match(line, found.end()):
        return False
    before = line[max(0, found.start() - 80) : found.start()].lower()
    owners = list(_WHOSE.finditer(before)) if before else []
    return not owners or owners[-1]["other"] is None


@lru_cache(maxsize=4096)
def _as_e164(written: str) -> str | None:
    digits = "".join(filter(str.isdigit, written)).removeprefix("1")
    if len(digits) == 10 and (written[0] != "+" or written[1] == "1"):
        # An American number needs no parsing and no search for its country, which take phonenumbers their time.
        number = phonenumbers.PhoneNumber(country_code=1, national_number=int(digits))
        if _AMERICAN.fullmatch(digits) or phonenumbers.is_valid_number_for_region(number, "US"):
            return f"+1{digits}"
    else:
        try:
            number = phonenumbers.parse(written.strip("(). /-"), "US")
        except phonenumbers.NumberParseException:
            return None
    # 555-01xx is set aside for examples and never "valid", yet it is what sample data is made of.
    made_up = number.country_code == 1 and _EXAMPLE.fullmatch(str(number.national_number))
    if not made_up and not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _may_hold_a_code(small: str) -> bool:
    # Written out this takes a third of the time of a loop, and half that of a pattern.
    return (
        "boat" in small
        or "conf" in small
        or "book" in small
        or "code" in small
        or "ref" in small
        or "reserv" in small
        or "gmb" in small
    )


def _read_booking(line: str) -> tuple[str, str | None]:
    named = _PLATFORM.search(line)
    platform = ("boatsetter" if named["boatsetter"] else "getmyboat") if named else ""
    if own := _GETMYBOAT_CODE.search(line):
        return platform, own[0].upper().replace(" ", "-")
    for found in _CODE.finditer(line):
        if _is_code(found):
            return platform, found["code"].upper()
    return platform, None


def _is_code(found: re.Match[str]) -> bool:
    """Tell a code from a word: it has digits or is all in capitals, and small letters only behind a "#"."""
    code = found["code"]
    introduced = bool(found["sign"] or found["named"])
    if code.upper() in _NOT_CODES:
        return False
    if not any(letter.isalpha() for letter in code):
        return introduced and code.isdigit() and len(code) >= 5
    if code != code.upper() and "#" not in found["sign"]:
        return False
    return len(code) >= (5 if introduced else 6) or not code.isalpha()
