"""Contacts: the same person found twice is one (docs/domain.md), by normalised e-mail, then by telephone.

Whatever is made one can be parted again: a merge keeps what it took away as a `ContactMerge`, which also says, when the
lost address turns up again, whose it is now.
"""

from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction

from charters.models import Contact, ContactMerge
from charters.models.people import plain_name
from jada.core.clock import now
from jada.core.errors import JadaError

KEPT = ("name", "email", "phone", "marketplace", "origin")
# Guests met through these are no marketing contacts unless they opt in directly (docs/domain.md).
MARKETPLACES = frozenset({"boatsetter", "getmyboat"})
_EXAMPLE_NUMBERS = "555"


class MergeRefused(JadaError):  # noqa: N818 reads as what happened
    """These contacts cannot be merged or parted; the text says why."""


def normal_email(written: str) -> str:
    """In small letters; '' for what is no address."""
    email = written.strip().strip("<>").lower()
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email if len(email) <= 254 else ""


def normal_phone(written: str) -> str:
    """As +16195550001; '' for what is no number. Without a country it is American."""
    if not written or len(written) > 40:
        return ""
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
    """The contact of this person, made on the first meeting; `origin` is a platform's slug, “calendar”, “waiver”, ….

    Blanks of a known contact are filled. Known by telephone alone under another e-mail and the same name, the new
    e-mail is kept as a merge that can be undone; under another name it is another person with the same telephone.
    Someone first met at a marketplace is marked; someone we knew before is not. None when there is neither e-mail nor
    telephone.
    """
    email, phone, name = normal_email(email), normal_phone(phone), name.strip()[:120]
    if not (email or phone):
        return None
    with transaction.atomic():
        _one_at_a_time(email or phone)
        said = {"name": name, "email": email, "phone": phone, "marketplace": origin in MARKETPLACES, "origin": origin}
        known = _by_email(email) or _by_phone(phone, name, email)
        if known is None:
            return Contact.objects.create(**said)
        if email and known.email and known.email != email and not _merged_away(email):
            ContactMerge.objects.create(winner_key=known.pk, lost=said, filled=[], by="the same telephone", at=now())
        _fill(known, said)
        return known


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


def _one_at_a_time(address: str) -> None:
    """Two mails about one new person, read at the same moment, make one contact."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"contact:{address}"])


def _by_email(email: str) -> Contact | None:
    if not email:
        return None
    found = Contact.objects.select_for_update().filter(email=email).first()
    return found or _winner_of(_merged_away(email))


def _merged_away(email: str) -> ContactMerge | None:
    return ContactMerge.objects.filter(lost__email=email, undone_at=None).order_by("-pk").first()


def _winner_of(merged: ContactMerge | None) -> Contact | None:
    """Who bears a merged address now, however often it went on."""
    seen: set[int] = set()
    while merged is not None and merged.winner_key not in seen:
        seen.add(merged.winner_key)
        if winner := Contact.objects.select_for_update().filter(pk=merged.winner_key).first():
            return winner
        merged = ContactMerge.objects.filter(loser_key=merged.winner_key, undone_at=None).first()
    return None


def _by_phone(phone: str, name: str, email: str) -> Contact | None:
    if not phone:
        return None
    found = list(Contact.objects.select_for_update().filter(phone=phone).order_by("pk"))
    same_name = [contact for contact in found if _may_be_one(contact.name, name)]
    if email:
        # Another e-mail: one person only when nothing else speaks against it.
        return next((contact for contact in same_name if not contact.email), None) or next(iter(same_name), None)
    return next(iter(same_name or found), None)


def _may_be_one(name: str, other: str) -> bool:
    one, two = plain_name(name).split(), plain_name(other).split()
    return not one or not two or one[0] == two[0]


def _fill(contact: Contact, said: dict[str, Any]) -> list[str]:
    """Fill blanks; a longer form of the same name (“Quinn” → “Quinn Alvarez”) counts as one. Returns what was blank."""
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
