"""What a waiver link opens: a charter's form, one guest's, or the guardian's half of a minor's waiver.

The tokens of the first two are made in `charters.public_links`, which rooms below may import.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from charters.models import Charter, Guest, GuestPage
from charters.public_links import (
    GUEST,
    PARTY,
    guest_waiver_url,
    is_current,
    link_address,
    token_as_stored,
    waiver_url,
)
from jada.core import links
from jada.core.clock import now
from waivers.models import Waiver

GUARDIAN = "guardian"
# A party may still sign on the way home; then the link has done its work (docs/architecture.md, rule 8).
OPEN_AFTER_TRIP = timedelta(days=2)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
_CHARTER_PARTS = ("vessel__brand", "vessel__dock", "dock", "calendar")


class Kind(StrEnum):
    """The purpose a link's token was made for."""

    CHARTER = PARTY
    GUEST = GUEST
    GUARDIAN = GUARDIAN


@dataclass(frozen=True, slots=True)
class Link:
    """A good link: `guest` with a guest's and a guardian's, `waiver` with a guardian's."""

    kind: Kind
    charter: Charter
    guest: Guest | None = None
    waiver: Waiver | None = None


def find(token: str) -> Link | None:
    """What the token opens now; None for one that is unknown, revoked or expired, which look the same."""
    if not _TOKEN.fullmatch(token):
        return None
    link = _of_charter(token) or _of_guest(token) or _of_guardian(token)
    return link if link and _is_open(link.charter) else None


def charter_waiver_url(charter: Charter) -> str:
    """The party's waiver link; the charter must have its page."""
    return waiver_url(charter, charter.page)


def guardian_lookup(waiver: Waiver) -> bytes:
    """What a new waiver (its primary key allocated) stores to be found by its guardian's link."""
    return links.lookup(links.token(GUARDIAN, waiver.pk, waiver.link_generation))


def guardian_url(waiver: Waiver) -> str:
    """Where the guardian of a minor signs."""
    return link_address(token_as_stored(GUARDIAN, waiver.pk, waiver.link_generation, waiver.link_lookup))


def _of_charter(token: str) -> Link | None:
    related = [f"charter__{part}" for part in _CHARTER_PARTS]
    page = GuestPage.objects.select_related(*related).filter(waiver_lookup=links.lookup(token)).first()
    if page is None or not is_current(token, PARTY, page.charter_id, page.link_generation):
        return None
    return Link(Kind.CHARTER, page.charter)


def _of_guest(token: str) -> Link | None:
    related = [f"charter__{part}" for part in _CHARTER_PARTS]
    guest = Guest.objects.select_related(*related).filter(link_lookup=links.lookup(token)).first()
    if guest is None or not is_current(token, GUEST, guest.pk, guest.link_generation):
        return None
    return Link(Kind.GUEST, guest.charter, guest=guest)


def _of_guardian(token: str) -> Link | None:
    related = ["guest", "text", *(f"charter__{part}" for part in _CHARTER_PARTS)]
    waivers = Waiver.objects.select_related(*related).exclude(status=Waiver.Status.VOID)
    waiver = waivers.filter(link_lookup=links.lookup(token)).first()
    if waiver is None or not is_current(token, GUARDIAN, waiver.pk, waiver.link_generation):
        return None
    return Link(Kind.GUARDIAN, waiver.charter, guest=waiver.guest, waiver=waiver)


def _is_open(charter: Charter) -> bool:
    cancelled = charter.status == Charter.Status.CANCELLED
    return charter.is_charter and not cancelled and now() <= charter.ends_at + OPEN_AFTER_TRIP


__all__ = [
    "GUARDIAN",
    "Kind",
    "Link",
    "charter_waiver_url",
    "find",
    "guardian_lookup",
    "guardian_url",
    "guest_waiver_url",
]
