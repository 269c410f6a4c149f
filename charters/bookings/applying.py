"""What a platform's booking says becomes its charter's, the newer mail over the older."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from charters import contacts
from charters.calendars.merge import reapply
from charters.calendars.reading import Directory
from charters.models import Charter
from charters.same_trip import same_code
from jada.core.bell import ring
from jada.core.reconcile import Change

GUESTS_OWN = ("guest_name", "guest_email", "guest_phone", "guest_count")


def apply_booking(*, charter: Charter, facts: Mapping[str, Any], platform: str, code: str) -> list[Change]:
    """Store what a platform's booking says of a charter and bring its facts in line; the bell rings after the commit.

    `facts` have the names of `Charter.calendar_facts`, moments aware or as ISO text; what is left out stays as it was
    said before, as does whatever a newer mail (`as_of`) said. Whose facts are in force is decided by precedence, so
    the hours stay the calendar's. The guest becomes a contact met at that marketplace. Returns the changes; none for
    a trip that has departed.
    """
    said = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in facts.items()
        if value not in (None, "", [])
    }
    with transaction.atomic():
        locked = Charter.objects.select_for_update(of=("self",)).select_related("vessel__brand").get(pk=charter.pk)
        said = _without_our_own(said, locked)
        contacts.keep(
            name=said.get("guest_name", ""),
            email=said.get("guest_email", ""),
            phone=said.get("guest_phone", ""),
            origin=platform,
        )
        if locked.is_charter and locked.has_departed:
            return []
        stored = _together(locked.booking_facts, said, platform=platform, code=code)
        if stored == locked.booking_facts:
            return []
        Charter.objects.filter(pk=locked.pk).update(booking_facts=stored)
        changes = reapply(locked, directory=Directory.load())
        ring(charters=[locked.pk])
    return changes


def _without_our_own(said: dict[str, Any], charter: Charter) -> dict[str, Any]:
    """A signature under a forwarded mail holds the office's number, which is no guest's."""
    ours = {"guest_phone": contacts.normal_phone(charter.brand.phone), "guest_email": charter.brand.email.lower()}
    return {name: value for name, value in said.items() if not (name in ours and value == ours[name])}


def _together(before: Mapping[str, Any], said: Mapping[str, Any], *, platform: str, code: str) -> dict[str, Any]:
    """The newer mail over the older, in whichever order they were read."""
    kept = dict(before)
    if code and before.get("confirmation_code") and not same_code(code, before["confirmation_code"]):
        # Another booking altogether: its guest is another, too.
        kept = {name: value for name, value in kept.items() if name not in (*GUESTS_OWN, "as_of")}
    older = bool(said.get("as_of")) and str(kept.get("as_of", "")) > _utc(said["as_of"])
    said = dict(said) | ({"as_of": _utc(said["as_of"])} if said.get("as_of") else {})
    if not older and "starts_at" in said and "ends_at" not in said and {"starts_at", "ends_at"} <= set(kept):
        length = datetime.fromisoformat(kept["ends_at"]) - datetime.fromisoformat(kept["starts_at"])
        said["ends_at"] = (datetime.fromisoformat(said["starts_at"]) + length).isoformat()
    together = said | kept if older else kept | said
    return together | {"platform": platform} | ({"confirmation_code": code} if code else {})


def _utc(written: str) -> str:
    """Comparable as text."""
    return datetime.fromisoformat(written).astimezone(UTC).isoformat()
