"""Contacts: the same person found twice is one (docs/domain.md), by normalised e-mail, then by telephone.

Whatever is made one can be parted again: a merge keeps what it took away as a `ContactMerge`, which also says, when the
lost address turns up again, whose it is now.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from charters.address_book import KEPT, MARKETPLACES, AddressBook, Met
from charters.models import Contact, ContactMerge
from jada.core.clock import now
from jada.core.errors import JadaError

__all__ = [
    "MARKETPLACES",
    "MergeRefused",
    "Person",
    "keep",
    "keep_all",
    "merge",
    "normal_email",
    "normal_phone",
    "undo",
]
_EXAMPLE_NUMBERS = "555"
# Most are as plain as this, and then Django's validator has nothing to say.
_PLAIN_EMAIL = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9]{1,63}\.)+[a-z]{2,63}", re.ASCII)
_AMERICAN = re.compile(r"\+1([2-9]\d{9})", re.ASCII)


class Person(NamedTuple):
    """Somebody as a source names them; `origin` is a platform's slug, “calendar”, “office”, “waiver”, …."""

    name: str
    email: str
    phone: str
    origin: str


class MergeRefused(JadaError):  # noqa: N818 reads as what happened
    """These contacts cannot be merged or parted; the text says why."""


def normal_email(written: str) -> str:
    """In small letters; '' for what is no address."""
    email = written.strip().strip("<>").lower()
    if _PLAIN_EMAIL.fullmatch(email) and len(email) <= 254:
        return email
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email if len(email) <= 254 else ""


def normal_phone(written: str) -> str:
    """As +16195550001; '' for what is no number. Without a country it is American."""
    if not written or len(written) > 40:
        return ""
    american = _AMERICAN.fullmatch(written)
    if american and american[1][3:6] == _EXAMPLE_NUMBERS:
        return written
    if american:
        # Needs no parsing, which is what takes phonenumbers its time.
        number = phonenumbers.PhoneNumber(country_code=1, national_number=int(american[1]))
    else:
        try:
            number = phonenumbers.parse(written, "US")
        except phonenumbers.NumberParseException:
            return ""
    # 555-xxxx is set aside for examples: sample data is made of it, and no rule calls all of it valid.
    made_up = number.country_code == 1 and str(number.national_number)[3:6] == _EXAMPLE_NUMBERS
    if not (phonenumbers.is_valid_number(number) or (made_up and phonenumbers.is_possible_number(number))):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def keep(*, name: str, email: str, phone: str, origin: str) -> Contact | None:
    """The contact of this person, made on the first meeting; None when there is neither e-mail nor telephone.

    Blanks of a known contact are filled. Known by telephone alone under another e-mail and the same name, the new
    e-mail is kept as a merge that can be undone; under another name it is another person with the same telephone.
    Someone first met at a marketplace is marked; someone we knew before is not.
    """
    (key,) = keep_all([Person(name, email, phone, origin)])
    return Contact.objects.filter(pk=key).first() if key is not None else None


def keep_all(people: Sequence[Person]) -> list[int | None]:
    """Of each of these people the contact's key, as `keep` makes them one by one; a handful of statements."""
    found: list[int | None] = [None] * len(people)
    waiting = {place: met for place, person in enumerate(people) if (met := _in_one_form(person))}
    with transaction.atomic():
        while waiting:
            book = AddressBook.about(waiting.values())
            kept = {place: book.keep(met) for place, met in waiting.items()}
            book.write()
            for place, entry in kept.items():
                found[place] = entry.key
            # A new address that somebody else stored at this moment: it is known when we look again.
            waiting = {place: met for place, met in waiting.items() if found[place] is None}
    return found


def _in_one_form(person: Person) -> Met | None:
    email, phone = normal_email(person.email), normal_phone(person.phone)
    return Met(person.name.strip()[:120], email, phone, person.origin) if email or phone else None


def merge(a: Contact, b: Contact, by: str) -> ContactMerge:
    """Make `b` part of `a`: blanks of `a` are filled from it, and it goes. `undo` parts them again."""
    if a.pk == b.pk:
        raise MergeRefused("It is one contact already.")
    with transaction.atomic():
        both = {
            each.pk: each for each in Contact.objects.select_for_update().filter(pk__in=[a.pk, b.pk]).order_by("pk")
        }
        if len(both) < 2:
            raise MergeRefused("One of them is gone: it was merged or deleted meanwhile.")
        winner, loser = both[a.pk], both[b.pk]
        lost = {name: getattr(loser, name) for name in KEPT} | {"created_at": loser.created_at.isoformat()}
        loser_key = loser.pk
        loser.delete()
        filled = _fill(winner, lost)
        # Whoever was known to us directly stays so.
        if winner.marketplace and not lost["marketplace"]:
            winner.marketplace = False
            winner.save(update_fields=["marketplace"])
            filled.append("marketplace")
        return ContactMerge.objects.create(
            winner_key=winner.pk, loser_key=loser_key, lost=lost, filled=filled, by=by[:150], at=now()
        )


def undo(merged: ContactMerge) -> Contact:
    """Part what a merge made one; returns the contact that is itself again."""
    with transaction.atomic():
        merged = ContactMerge.objects.select_for_update().get(pk=merged.pk)
        if merged.undone_at is not None:
            raise MergeRefused("It was undone already.")
        winner = Contact.objects.select_for_update().filter(pk=merged.winner_key).first()
        if winner is None and ContactMerge.objects.filter(loser_key=merged.winner_key, undone_at=None).exists():
            raise MergeRefused("The contact it went into has itself been merged since: undo that first.")
        if winner is not None:
            _unfill(winner, merged)
        lost = {name: merged.lost[name] for name in KEPT}
        if lost["email"] and Contact.objects.filter(email=lost["email"]).exists():
            raise MergeRefused(f"There is a contact with {lost['email']} again.")
        if not lost["email"] and Contact.objects.filter(email="", phone=lost["phone"]).exists():
            raise MergeRefused(f"There is a contact with {lost['phone']} again.")
        contact = Contact.objects.create(pk=merged.loser_key, **lost)
        if created_at := merged.lost.get("created_at"):
            Contact.objects.filter(pk=contact.pk).update(created_at=created_at)
        merged.undone_at = now()
        merged.save(update_fields=["undone_at"])
        return contact


def _fill(contact: Contact, said: dict[str, Any]) -> list[str]:
    """Fill blanks. Returns what was blank."""
    blank = [name for name in ("name", "phone", "origin") if said[name] and not getattr(contact, name)]
    email = said["email"]
    if email and not contact.email and not Contact.objects.filter(email=email).exclude(pk=contact.pk).exists():
        blank.append("email")
    for name in blank:
        setattr(contact, name, said[name])
    if blank:
        contact.save(update_fields=blank)
    return blank


def _unfill(winner: Contact, merged: ContactMerge) -> None:
    """Take back what the merge gave, unless somebody has changed it since."""
    back = []
    for name in merged.filled:
        if name == "marketplace":
            winner.marketplace = True
        elif getattr(winner, name) == merged.lost.get(name):
            setattr(winner, name, "")
        else:
            continue
        back.append(name)
    if back and (winner.email or winner.phone or "email" not in back):
        winner.save(update_fields=back)
