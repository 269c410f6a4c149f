"""What the waiver's pages show: the trip, the text, each input with what was typed and what is wrong."""

import json
from dataclasses import dataclass
from typing import Any

from charters.models import Charter, Guest
from charters.pages import words
from waivers.documents import sections
from waivers.links import Kind, Link, charter_waiver_url, guardian_url
from waivers.models import Waiver
from waivers.reception import seen_digest, text_of
from waivers.refusals import FieldError

EMPTY_ROWS = 3
RELATED = "Mother, father, legal guardian …"
Context = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Input:
    """One input of the form, for templates/waivers/_input.html."""

    name: str
    label: str
    id: str
    value: str = ""
    error: str = ""
    type: str = "text"
    autocomplete: str = "off"
    hint: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Pad:
    """A place to sign, for templates/waivers/_signature.html: drawn, or typed where there is no script."""

    id: str
    drawn_name: str
    typed_name: str
    drawn: str
    typed: str
    error: str
    label: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A line of the list above a refused form, and where it leads ('' for the form as a whole)."""

    target: str
    label: str
    message: str


class _Filled:
    """Inputs filled with what was typed, wrong ones marked."""

    def __init__(self, given: Context, errors: list[FieldError]) -> None:
        self.given = given
        self.messages = {error.field: error.message for error in errors}
        self.problems: list[Problem] = []

    def problem(self, field: str, target: str, label: str) -> str:
        """What is wrong with the field; it joins the list above the form."""
        message = self.messages.pop(field, "")
        if message:
            self.problems.append(Problem(target, label, message))
        return message

    def input(
        self, field: str, label: str, *, name: str = "", value: object = None, of: str = "", **options: Any
    ) -> Input:
        """`of` says in the list of problems whose input it is, where several have one label."""
        identity = f"f-{field.replace('.', '-')}"
        typed = self.given.get(field, "") if value is None else value
        error = self.problem(field, identity, f"{of}: {label.lower()}" if of else label)
        return Input(name or field, label, identity, str(typed or ""), error, **options)

    def pad(self, field: str, label: str, signature: object, *, prefix: str = "") -> Pad:
        identity = f"f-{field.replace('.', '-')}"
        kept = signature if isinstance(signature, dict) else {}
        drawn = json.dumps(kept) if kept.get("strokes") else ""
        return Pad(
            identity,
            f"{prefix}signature",
            f"{prefix}typed_signature",
            drawn,
            str(kept.get("typed") or ""),
            self.problem(field, identity, label),
            label,
        )

    def rest(self) -> list[Problem]:
        """All problems, those of the form as a whole first."""
        return [Problem("", "", message) for message in self.messages.values()] + self.problems


def sign(link: Link, given: Context, errors: list[FieldError]) -> Context:
    """The form of a participant, as `given` fills it."""
    filled = _Filled(_prefilled(link, given), errors)
    guardian = filled.given.get("guardian") or {}
    page = {
        **_trip(link),
        "inputs": [
            filled.input("name", "Full name", autocomplete="name", required=True),
            filled.input("date_of_birth", "Date of birth", type="date", autocomplete="bday", required=True),
            filled.input("email", "E-mail", type="email", autocomplete="email"),
            filled.input("phone", "Phone", type="tel", autocomplete="tel"),
        ],
        "minors": _minor_rows(filled),
        "minors_error": filled.problem("minors", "f-minors", "People under 18"),
        "guardian_inputs": [
            filled.input(f"guardian.{field}", label, name=f"guardian_{field}", value=guardian.get(field, ""), **options)
            for field, label, options in (
                ("name", "Parent’s or guardian’s full name", {}),
                ("relationship", "Relationship", {"hint": RELATED}),
                ("email", "Their e-mail", {"type": "email", "hint": "We write to them with a link to sign."}),
                ("phone", "Their phone", {"type": "tel"}),
            )
        ],
        "guardian_pad": filled.pad(
            "guardian.signature", "Guardian’s signature", guardian.get("signature"), prefix="guardian_"
        ),
        "pad": filled.pad("signature", "Your signature", filled.given.get("signature")),
        "agreed": bool(filled.given.get("agreed")),
        "agreed_error": filled.problem("agreed", "f-agreed", "Agreement"),
        "signed_already": _signed_already(link),
        **_hidden(link, filled),
    }
    return {**page, "problems": filled.rest()}


def countersign(link: Link, given: Context, errors: list[FieldError]) -> Context:
    """The form of a minor's guardian."""
    waiver = link.waiver
    if waiver is None:
        raise ValueError("not a guardian's link")
    filled = _Filled(
        {
            "name": waiver.guardian_name,
            "relationship": waiver.guardian_relationship,
            "email": waiver.guardian_email,
            "phone": waiver.guardian_phone,
            **given,
        },
        errors,
    )
    page = {
        **_trip(link),
        "minor": waiver.name,
        "inputs": [
            filled.input("name", "Your full name", autocomplete="name", required=True),
            filled.input("relationship", f"How are you related to {waiver.name}?", hint=RELATED, required=True),
            filled.input("email", "E-mail", type="email", autocomplete="email"),
            filled.input("phone", "Phone", type="tel", autocomplete="tel"),
        ],
        "pad": filled.pad("signature", "Your signature", filled.given.get("signature")),
        "agreed": bool(filled.given.get("agreed")),
        "agreed_error": filled.problem("agreed", "f-agreed", "Agreement"),
        **_hidden(link, filled),
    }
    return {**page, "problems": filled.rest()}


def done(waiver: Waiver, link: Link) -> Context:
    """What is said after a signature."""
    pending = waiver.status == Waiver.Status.PENDING_GUARDIAN
    return {
        **_trip(link),
        "waiver": waiver,
        "pending": pending,
        "by_guardian": link.kind is Kind.GUARDIAN,
        "covered": words.listed([minor["name"] for minor in waiver.minors]),
        "guardian_url": guardian_url(waiver) if pending else "",
        "next_url": charter_waiver_url(link.charter) if link.kind is Kind.CHARTER else "",
    }


def _trip(link: Link) -> Context:
    """The facts of waivers.evidence.shown_facts, as they are said, and the text."""
    charter = link.charter
    text = text_of(link)
    return {
        "charter": charter,
        "brand": charter.brand,
        "dock": charter.boarding_dock,
        "trip_date": charter.date.isoformat(),
        "text": text,
        "sections": sections(text.body),
    }


def _hidden(link: Link, filled: _Filled) -> Context:
    return {"submission_key": filled.given.get("submission_key", ""), "seen": seen_digest(link)}


def _prefilled(link: Link, given: Context) -> Context:
    """A guest's own link knows them; a charter's link is everybody's and names nobody."""
    guest = link.guest
    known = {"name": guest.name, "email": guest.email, "phone": guest.phone} if guest else {}
    return {**known, **given}


def _minor_rows(filled: _Filled) -> list[Context]:
    minors = list(filled.given.get("minors") or [])
    minors += [{}] * max(1, EMPTY_ROWS - len(minors))
    rows = []
    for number, minor in enumerate(minors):
        field = f"minors.{number}"
        of = str(minor.get("name") or f"Person {number + 1} under 18")
        name = filled.input(f"{field}.name", "Name", name="minor_name", value=minor.get("name", ""), of=of)
        born = filled.input(
            f"{field}.date_of_birth",
            "Date of birth",
            name="minor_date_of_birth",
            value=minor.get("date_of_birth", ""),
            of=of,
            type="date",
        )
        rows.append({"name": name, "date_of_birth": born, "number": number + 1})
    return rows


def _signed_already(link: Link) -> str:
    """When the guest of this link signed, for people; '' when they have not."""
    guest = link.guest
    if guest is None or guest.waiver_status != Guest.WaiverStatus.SIGNED:
        return ""
    last = guest.waivers.filter(status=Waiver.Status.SIGNED).order_by("-signed_at").first()
    return _day_in(link.charter, last) if last else "before"


def _day_in(charter: Charter, waiver: Waiver) -> str:
    return f"on {words.day(waiver.signed_at.astimezone(charter.zone))}" if waiver.signed_at else ""
