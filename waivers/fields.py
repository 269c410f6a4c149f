"""The values a signer types, read strictly and kept tidily. Readers raise FieldRefusedError in words."""

import re
import unicodedata
from datetime import date

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from waivers.refusals import FieldRefusedError

LONGEST_NAME = 120
LONGEST_EMAIL = 254
LONGEST_RELATIONSHIP = 60
LONGEST_KEY = 64
EARLIEST_BIRTH = date(1900, 1, 1)
HOME_REGION = "US"
# Marks that turn the direction of writing around could make a name read as another one (Unicode UAX 9).
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# A name is written into a guardian's mail: an address in it would be advertising on our paper.
_ADDRESS = re.compile(r"://|www\.|@", re.IGNORECASE)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def read_text(given: object, *, longest: int) -> str:
    """One line of text, its spaces tidied; '' for nothing."""
    if given is None:
        return ""
    if not isinstance(given, str):
        raise FieldRefusedError("Please give this as text.")
    if any(unicodedata.category(sign) in {"Cc", "Cs", "Co"} or sign in _TURNING for sign in given.strip()):
        raise FieldRefusedError("There is a character in this that we cannot keep. Please type it again.")
    text = " ".join(unicodedata.normalize("NFC", given).split())
    if len(text) > longest:
        raise FieldRefusedError(f"Please use at most {longest} characters.")
    return text


def read_name(given: object, *, required: bool = True) -> str:
    """A person's name."""
    name = read_text(given, longest=LONGEST_NAME)
    if not name and required:
        raise FieldRefusedError("Please give the full name.")
    if name and (not any(sign.isalpha() for sign in name) or _ADDRESS.search(name)):
        raise FieldRefusedError("Please give a name, as people say it.")
    return name


def read_relationship(given: object, *, required: bool = False) -> str:
    """Mother, father, aunt, guardian …"""
    relationship = read_text(given, longest=LONGEST_RELATIONSHIP)
    if not relationship and required:
        raise FieldRefusedError("Please say how you are related: mother, father, guardian …")
    return relationship


def read_email(given: object) -> str:
    """An e-mail address, or ''."""
    email = read_text(given, longest=LONGEST_EMAIL)
    try:
        if email:
            validate_email(email)
    except ValidationError as error:
        raise FieldRefusedError("This is not an e-mail address we can write to.") from error
    return email


def read_phone(given: object) -> str:
    """A phone number as +16195550001, or ''; without a country code it is one of ours."""
    text = read_text(given, longest=40)
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text, HOME_REGION)
    except phonenumbers.NumberParseException as error:
        raise FieldRefusedError("This is not a phone number we can call.") from error
    if not phonenumbers.is_valid_number(number):
        raise FieldRefusedError("This is not a phone number we can call.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def read_birth(given: object, *, today: date) -> date:
    """A date of birth, YYYY-MM-DD."""
    text = read_text(given, longest=40)
    if not text:
        raise FieldRefusedError("Please give the date of birth.")
    try:
        born = date.fromisoformat(text) if _ISO_DATE.fullmatch(text) else None
    except ValueError:
        born = None
    if born is None:
        raise FieldRefusedError("Please give the date of birth as year-month-day, such as 1985-07-24.")
    if born > today:
        raise FieldRefusedError("This date of birth is in the future.")
    if born < EARLIEST_BIRTH:
        raise FieldRefusedError("Please check the year of birth.")
    return born


def read_key(given: object) -> str:
    """The client's own name for this submission, 1 to 64 printable characters, kept as it is."""
    if not isinstance(given, str) or not 1 <= len(given) <= LONGEST_KEY or not given.isprintable():
        raise FieldRefusedError(f"A submission key is 1 to {LONGEST_KEY} printable characters.")
    return given
