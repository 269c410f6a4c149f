"""The one validation of what signers send, for the page's form and POST /waivers alike (docs/operations.md).

Both arrive as plain values under the names of the contract; a refusal names every field that is wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from charters.models.people import plain_name
from waivers import fields
from waivers.ages import is_minor
from waivers.refusals import FieldError, FieldRefusedError, RefusedError
from waivers.signatures import Signature, read_signature

MOST_MINORS = 20
Fields = Mapping[str, Any]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Minor:
    """Somebody under 18 whom an adult signs for."""

    name: str
    date_of_birth: date


@dataclass(frozen=True, slots=True)
class Guardian:
    """Who answers for a minor; with a `signature` they sign at once."""

    name: str = ""
    relationship: str = ""
    email: str = ""
    phone: str = ""
    signature: Signature | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """What one person signs, checked. `guardian` is a minor's, or how an adult is related to their minors."""

    key: str
    name: str
    email: str
    phone: str
    date_of_birth: date
    is_minor: bool
    minors: tuple[Minor, ...]
    guardian: Guardian
    signature: Signature


@dataclass(frozen=True, slots=True)
class Countersignature:
    """A guardian's half, checked; `key` is '' when the client sent none."""

    key: str
    guardian: Guardian


class _Reading:
    """Collects refusals while fields are read, so that all of them are named at once."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def refuse(self, field: str, message: str) -> None:
        if field not in {error.field for error in self.errors}:
            self.errors.append(FieldError(field, message))

    def read(self, field: str, reader: Callable[..., Value], given: object, **options: Any) -> Value | None:
        """What `reader` makes of it; None, and the field named, when it refuses."""
        try:
            return reader(given, **options)
        except FieldRefusedError as error:
            self.refuse(field, str(error))
            return None

    def has(self, field: str) -> bool:
        return any(error.field == field for error in self.errors)

    def finish(self) -> None:
        if self.errors:
            raise RefusedError(self.errors)


def read_submission(given: Fields, *, on: date, today: date) -> Submission:
    """What a participant sent. `on` is the trip's day and `today` ours, both where the charter sails.

    Raises RefusedError.
    """
    reading = _Reading()
    key = reading.read("submission_key", fields.read_key, given.get("submission_key"))
    name = reading.read("name", fields.read_name, given.get("name"))
    email = reading.read("email", fields.read_email, given.get("email"))
    phone = reading.read("phone", fields.read_phone, given.get("phone"))
    born = reading.read("date_of_birth", fields.read_birth, given.get("date_of_birth"), today=today)
    minors = _read_minors(reading, given.get("minors"), on=on, today=today, signer=name or "")
    signature = reading.read("signature", read_signature, given.get("signature"), signer=name or "")
    _agree(reading, given.get("agreed"))
    underage = born is not None and is_minor(born, on=on)
    if born is not None and not underage and not (email or phone or reading.has("email") or reading.has("phone")):
        reading.refuse("email", "Please give an e-mail address or a phone number, so that we can reach you.")
    with_minors = bool(given.get("minors"))
    if underage and with_minors:
        reading.refuse("minors", "Someone under 18 cannot sign for others. A parent or guardian can.")
    guardian = _read_guardian(
        reading,
        given.get("guardian"),
        signer=name or "",
        underage=underage if born else None,
        with_minors=with_minors,
    )
    reading.finish()
    if key is None or name is None or email is None or phone is None or born is None or signature is None:
        raise AssertionError("a field was neither read nor refused")
    return Submission(key, name, email, phone, born, underage, tuple(minors), guardian, signature)


def read_countersignature(given: Fields, *, minor: str, named: str) -> Countersignature:
    """What a guardian sent at their link, signing for `minor`, who named `named` as their guardian.

    Values may stand at the top or under `guardian`. `agreed` may be left out, for the link says what is
    agreed to; False is refused. Raises RefusedError.
    """
    reading = _Reading()
    nested = given.get("guardian")
    if isinstance(nested, Mapping):
        given = {**nested, **{key: value for key, value in given.items() if value not in (None, "")}}
    sent_key = given.get("submission_key")
    key = reading.read("submission_key", fields.read_key, sent_key) if sent_key not in (None, "") else ""
    name = reading.read("name", fields.read_name, given.get("name") or named or _typed_name(given.get("signature")))
    if name and plain_name(name) == plain_name(minor):
        reading.refuse("name", "A guardian is somebody else than the person under 18. Please give your own name.")
    relationship = reading.read("relationship", fields.read_relationship, given.get("relationship"), required=True)
    email = reading.read("email", fields.read_email, given.get("email"))
    phone = reading.read("phone", fields.read_phone, given.get("phone"))
    signature = reading.read("signature", read_signature, given.get("signature"), signer=name or "")
    if given.get("agreed") is not None:
        _agree(reading, given["agreed"])
    reading.finish()
    return Countersignature(
        key or "", Guardian(name or "", relationship or "", email or "", phone or "", signature=signature)
    )


def _typed_name(signature: object) -> object:
    """A guardian whom nobody named, and who typed their signature, has told us their name."""
    return signature.get("typed") if isinstance(signature, Mapping) else None


def _agree(reading: _Reading, given: object) -> None:
    if given is not True:
        reading.refuse("agreed", "Please tick the box to say that you agree; without it you cannot sail.")


def _read_minors(reading: _Reading, given: object, *, on: date, today: date, signer: str) -> list[Minor]:
    if given in (None, ""):
        return []
    if not isinstance(given, list):
        reading.refuse("minors", "The people under 18 come as a list of names and dates of birth.")
        return []
    if len(given) > MOST_MINORS:
        reading.refuse(
            "minors",
            f"One form takes {MOST_MINORS} people under 18. Please sign a second one for the others.",
        )
        return []
    minors: list[Minor] = []
    for row, each in enumerate(given):
        if not isinstance(each, Mapping):
            reading.refuse(f"minors.{row}", "A person under 18 has a name and a date of birth.")
            continue
        name = reading.read(f"minors.{row}.name", fields.read_name, each.get("name"))
        born = reading.read(f"minors.{row}.date_of_birth", fields.read_birth, each.get("date_of_birth"), today=today)
        if name and signer and plain_name(name) == plain_name(signer):
            reading.refuse(f"minors.{row}.name", "You sign for yourself already. If you share a name, add “Jr.”.")
        if born and not is_minor(born, on=on):
            reading.refuse(
                f"minors.{row}.date_of_birth",
                "They are 18 or older on the day: please let them sign themselves.",
            )
        if name and born:
            if any(plain_name(name) == plain_name(other.name) and born == other.date_of_birth for other in minors):
                reading.refuse(f"minors.{row}.name", "This person is named twice.")
            minors.append(Minor(name, born))
    return minors


def _read_guardian(
    reading: _Reading, given: object, *, signer: str, underage: bool | None, with_minors: bool
) -> Guardian:
    """`underage` is None while the date of birth is not known: then only each value is checked for itself."""
    if given in (None, ""):
        return Guardian()
    if not isinstance(given, Mapping):
        reading.refuse("guardian", "A guardian has a name, a relationship, an e-mail address or a phone number.")
        return Guardian()
    name = reading.read("guardian.name", fields.read_name, given.get("name"), required=False)
    relationship = reading.read("guardian.relationship", fields.read_relationship, given.get("relationship"))
    email = reading.read("guardian.email", fields.read_email, given.get("email"))
    phone = reading.read("guardian.phone", fields.read_phone, given.get("phone"))
    signs = given.get("signature") not in (None, "", {}, {"typed": ""}, {"strokes": []})
    signature = None
    if signs:
        signature = reading.read("guardian.signature", read_signature, given.get("signature"), signer=name or "")
    guardian = Guardian(name or "", relationship or "", email or "", phone or "", signature=signature)
    if underage is True:
        _check_guardian_of_minor(reading, guardian, minor=signer, signs=signs)
    elif underage is False:
        _check_guardian_of_adult(reading, guardian, signer=signer, with_minors=with_minors, signs=signs)
        return Guardian(relationship=guardian.relationship) if with_minors else Guardian()
    return guardian


def _check_guardian_of_minor(reading: _Reading, guardian: Guardian, *, minor: str, signs: bool) -> None:
    if guardian.name and minor and plain_name(guardian.name) == plain_name(minor):
        reading.refuse("guardian.name", "A guardian is somebody else than the person under 18.")
    if signs:
        if not guardian.name:
            reading.refuse("guardian.name", "Please give the guardian's name.")
        if not guardian.relationship:
            reading.refuse(
                "guardian.relationship", "Please say how the guardian is related: mother, father, guardian …"
            )
    elif (guardian.name or guardian.relationship) and not (
        guardian.email or guardian.phone or reading.has("guardian.email") or reading.has("guardian.phone")
    ):
        reading.refuse(
            "guardian.email",
            "Please give the guardian's e-mail address or phone number, so that they can sign.",
        )


def _check_guardian_of_adult(
    reading: _Reading, guardian: Guardian, *, signer: str, with_minors: bool, signs: bool
) -> None:
    """An adult has no guardian; one who signs for minors may be named as theirs."""
    is_signer = bool(guardian.name and signer) and plain_name(guardian.name) == plain_name(signer)
    if with_minors and is_signer:
        return
    words = (
        "You sign for the people under 18 yourself; another guardian signs a form of their own."
        if with_minors
        else "Someone who is 18 or older on the day has no guardian. Please check the date of birth."
    )
    if guardian.name:
        reading.refuse("guardian.name", words)
    if signs:
        reading.refuse("guardian.signature", words)
