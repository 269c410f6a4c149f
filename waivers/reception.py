"""The one way from what somebody sent to a waiver, for the page's form and POST /waivers alike."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from charters.models import Charter
from jada.core.clock import now
from waivers import signing
from waivers.documents import current_text
from waivers.evidence import Origin, canonical, digest, shown_facts
from waivers.fields import read_key
from waivers.forms import read_countersignature, read_submission
from waivers.links import Link
from waivers.models import Waiver, WaiverText
from waivers.refusals import FieldError, FieldRefusedError, RefusedError

_CHANGED = "The trip or the text has changed since you opened this page. Please look at it once more, then sign."


def receive(link: Link, given: Mapping[str, Any], *, origin: Origin) -> Waiver:
    """Sign what was sent through this link; the same submission again is the same waiver.

    `given` has the fields of docs/operations.md, and from our own page `seen`: what it showed (`seen_digest`).
    Raises RefusedError, signing.AlreadySignedError and signing.LinkGoneError.
    """
    key = _key(given)
    if link.waiver is not None:
        if signing.countersigned_before(waiver=link.waiver, key=key):
            return link.waiver
        countersignature = read_countersignature(given, minor=link.waiver.name, named=link.waiver.guardian_name)
        _check_seen(link, given)
        return signing.countersign(link=link, countersignature=countersignature, origin=origin)
    before = signing.signed_before(charter=link.charter, key=key) if key else None
    if before:
        return before
    submission = read_submission(given, on=link.charter.date, today=today(link.charter))
    _check_seen(link, given)
    return signing.sign_waiver(link=link, submission=submission, origin=origin)


def text_of(link: Link) -> WaiverText:
    """What is to be signed there: a guardian signs the text the minor signed."""
    return link.waiver.text if link.waiver else current_text()


def seen_digest(link: Link) -> str:
    """Stands for everything the page shows its reader, so that nobody signs what they have not seen."""
    return digest(canonical({"saw": shown_facts(link.charter), "text": text_of(link).digest}))


def today(charter: Charter) -> date:
    """The date where the charter sails."""
    return now().astimezone(charter.zone).date()


def _key(given: Mapping[str, Any]) -> str:
    """The submission's key when it is a good one; a bad one is refused with the other fields."""
    try:
        return read_key(given.get("submission_key"))
    except FieldRefusedError:
        return ""


def _check_seen(link: Link, given: Mapping[str, Any]) -> None:
    if given.get("seen") not in (None, "", seen_digest(link)):
        raise RefusedError([FieldError("seen", _CHANGED)])
