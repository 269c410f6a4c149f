"""Signing: the one place that moves `Waiver.status` and writes `Guest.waiver_status` (docs/domain.md).

    waiver:  (nothing) ──► SIGNED                 an adult, or a minor whose guardian signs at once
             (nothing) ──► PENDING_GUARDIAN ──► SIGNED
                                 └──────────► VOID     the same minor sent a newer one
    guest:   PENDING ──► PENDING_GUARDIAN ──► SIGNED ; a signed guest stays signed

Each function is one transaction: whoever gets an answer has a record that is whole in Postgres.
"""

from django.db import transaction

from charters.models import Charter, Guest
from charters.models.people import plain_name
from charters.pages.life import mark_stale
from jada.core import bulk
from jada.core.bell import ring
from jada.core.errors import JadaError
from waivers import evidence, guardian_mail
from waivers.documents import current_text
from waivers.evidence import Origin
from waivers.forms import Countersignature, Minor, Submission
from waivers.links import Link, guardian_lookup
from waivers.models import Waiver

PENDING_GUARDIAN = Waiver.Status.PENDING_GUARDIAN
SIGNED = Waiver.Status.SIGNED


class AlreadySignedError(JadaError):
    """The guardian's half is there already."""


class LinkGoneError(JadaError):
    """The link stopped being good while its form was being sent."""


def signed_before(*, charter: Charter, key: str) -> Waiver | None:
    """The waiver that this submission made when it was sent the first time."""
    return Waiver.objects.filter(charter=charter, submission_key=key).first()


def countersigned_before(*, waiver: Waiver, key: str) -> bool:
    """Whether this very submission made the guardian's half. Raises AlreadySignedError when another did."""
    if waiver.status != SIGNED:
        return False
    if key and key == waiver.guardian_submission_key:
        return True
    raise AlreadySignedError("This waiver has been signed already. Nothing more is needed.")


@transaction.atomic
def sign_waiver(*, link: Link, submission: Submission, origin: Origin) -> Waiver:
    """Record what a participant signed by a charter's or their own link; sent again, it is the same waiver.

    SIGNED for an adult and for a minor whose guardian signed too; PENDING_GUARDIAN for a minor alone, whose
    guardian is written to when there is an e-mail address.
    """
    evidence.hold_chain()
    charter = link.charter
    before = signed_before(charter=charter, key=submission.key)
    if before:
        return before
    guest = Guest.objects.get(pk=link.guest.pk) if link.guest else _guest_named(charter, submission)
    how = evidence.participation(saw=evidence.shown_facts(charter), link=link.kind, origin=origin)
    waiver = _waiver(charter, guest, submission, how=how)
    if submission.is_minor and not submission.guardian.signature:
        _supersede(waiver)
        waiver.status = PENDING_GUARDIAN
        waiver.link_lookup = guardian_lookup(waiver)
        waiver.save(force_insert=True)
        _move(guest, PENDING_GUARDIAN, is_minor=True)
        guardian_mail.ask(waiver)
    else:
        _supersede(waiver)
        waiver.status = SIGNED
        evidence.seal(waiver, guardian=how if submission.is_minor else None)
        waiver.save(force_insert=True)
        _move(guest, SIGNED, is_minor=submission.is_minor)
        _sign_minors(charter, guest, submission.minors)
    _tell(charter)
    return waiver


@transaction.atomic
def countersign(*, link: Link, countersignature: Countersignature, origin: Origin) -> Waiver:
    """Record the guardian's signature under a minor's waiver; sent again under the same key, it is the same.

    Raises AlreadySignedError, or LinkGoneError when a newer waiver has replaced this one meanwhile.
    """
    evidence.hold_chain()
    if link.waiver is None:
        raise LinkGoneError("This is not a guardian's link.")
    related = Waiver.objects.select_related("charter__vessel__brand", "charter__vessel__dock", "charter__dock")
    waiver = related.select_related("charter__calendar", "guest", "text").get(pk=link.waiver.pk)
    if countersigned_before(waiver=waiver, key=countersignature.key):
        return waiver
    if waiver.status != PENDING_GUARDIAN:
        raise LinkGoneError("A newer waiver has replaced this one.")
    guardian = countersignature.guardian
    waiver.guardian_name = guardian.name
    waiver.guardian_relationship = guardian.relationship
    waiver.guardian_email = guardian.email or waiver.guardian_email
    waiver.guardian_phone = guardian.phone or waiver.guardian_phone
    waiver.guardian_signature = guardian.signature
    waiver.guardian_submission_key = countersignature.key
    waiver.status = SIGNED
    saw = evidence.shown_facts(waiver.charter)
    evidence.seal(waiver, guardian=evidence.participation(saw=saw, link=link.kind, origin=origin))
    waiver.save()
    _move(waiver.guest, SIGNED, is_minor=True)
    _tell(waiver.charter)
    return waiver


def _waiver(charter: Charter, guest: Guest, submission: Submission, *, how: evidence.Json) -> Waiver:
    """The row to be, with its number known beforehand: the guardian's link is made from it."""
    guardian = submission.guardian
    return Waiver(
        pk=bulk.allocate_ids(Waiver, 1)[0],
        charter=charter,
        guest=guest,
        text=current_text(),
        submission_key=submission.key,
        name=submission.name,
        email=submission.email,
        phone=submission.phone,
        date_of_birth=submission.date_of_birth,
        minors=[{"name": each.name, "date_of_birth": each.date_of_birth.isoformat()} for each in submission.minors],
        signature=submission.signature,
        participation=how,
        guardian_name=guardian.name,
        guardian_relationship=guardian.relationship,
        guardian_email=guardian.email,
        guardian_phone=guardian.phone,
        guardian_signature=guardian.signature,
    )


def _guest_named(charter: Charter, submission: Submission) -> Guest:
    """The guest of this charter by that name who has this e-mail address or none, else a new one.

    Somebody of the same name whose waiver says another date of birth is somebody else: a father and his son.
    """
    email = submission.email.lower()
    others = Waiver.objects.filter(charter=charter).exclude(status=Waiver.Status.VOID)
    taken = set(others.exclude(date_of_birth=submission.date_of_birth).values_list("guest_id", flat=True))
    found = [
        guest
        for guest in charter.guests.order_by("pk")
        if plain_name(guest.name) == plain_name(submission.name)
        and (not guest.email or not email or guest.email.lower() == email)
        and guest.pk not in taken
    ]
    if found:
        return max(found, key=lambda guest: (bool(email) and guest.email.lower() == email, -guest.pk))
    return Guest.objects.create(
        charter=charter,
        name=submission.name,
        email=email,
        phone=submission.phone,
        is_minor=submission.is_minor,
    )


def _sign_minors(charter: Charter, signer: Guest, minors: tuple[Minor, ...]) -> None:
    """Each minor an adult signs for is a guest too; one who is known by name is not counted twice."""
    adults = Waiver.objects.filter(charter=charter, guest__is_minor=False).exclude(status=Waiver.Status.VOID)
    taken = {signer.pk, *adults.values_list("guest_id", flat=True)}
    for minor in minors:
        known = [guest for guest in charter.guests.order_by("pk") if plain_name(guest.name) == plain_name(minor.name)]
        guest = next((guest for guest in known if guest.pk not in taken), None)
        guest = guest or Guest.objects.create(charter=charter, name=minor.name, is_minor=True)
        taken.add(guest.pk)
        _move(guest, SIGNED, is_minor=True)


def _supersede(waiver: Waiver) -> None:
    """The same guest's earlier half-signed waivers end: their guardians' links open nothing any more."""
    earlier = Waiver.objects.filter(charter=waiver.charter, guest=waiver.guest, status=PENDING_GUARDIAN)
    earlier.update(status=Waiver.Status.VOID)


def _move(guest: Guest, status: Waiver.Status, *, is_minor: bool) -> None:
    """Nobody who has signed goes back to waiting because of a later half-signed form."""
    if status == PENDING_GUARDIAN and guest.waiver_status == Guest.WaiverStatus.SIGNED:
        return
    guest.waiver_status = status.value
    guest.is_minor = is_minor
    guest.save(update_fields=["waiver_status", "is_minor"])


def _tell(charter: Charter) -> None:
    """The page counts who has signed."""
    mark_stale([charter.pk])
    ring(charters=[charter.pk])
