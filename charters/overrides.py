"""Facts set by hand. An override wins until it is cleared (docs/domain.md, precedence)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from charters.calendars.facts import OVERRIDABLE
from charters.calendars.merge import reapply
from charters.calendars.party_size import LARGEST_PARTY
from charters.calendars.reading import Directory
from charters.models import Charter, Override
from jada.core.bell import ring
from jada.core.clock import now
from jada.core.errors import JadaError
from jada.core.reconcile import Change

CREW_ROLES = frozenset({"mate", "deckhand", "crew"})


class OverrideRefused(JadaError):  # noqa: N818 reads as what happened
    """The fact cannot be set so; the text says why."""


def override(*, charter: Charter, facts: dict[str, Any], by: str, why: str = "") -> list[Change]:
    """Set facts by hand: {name: value}, None clearing what was set before. One transaction, then a bell.

    Names are those of `charters.calendars.facts.OVERRIDABLE`; moments are aware datetimes, `crew` is
    [[name, role], …]. Returns the changes. Raises OverrideRefused for an unknown name or role, hours that run
    backwards, a party too large or a trip that has departed.
    """
    unknown = set(facts) - set(OVERRIDABLE)
    if unknown:
        raise OverrideRefused(f"These facts cannot be set by hand: {', '.join(sorted(unknown))}.")
    starts_at, ends_at = facts.get("starts_at") or charter.starts_at, facts.get("ends_at") or charter.ends_at
    if starts_at > ends_at:
        raise OverrideRefused("The trip would end before it starts.")
    if any(role not in CREW_ROLES for _, role in facts.get("crew") or ()):
        raise OverrideRefused("A crew member is mate, deckhand or crew; the captain is a fact of its own.")
    if not 0 <= (facts.get("guest_count") or 0) <= LARGEST_PARTY:
        raise OverrideRefused(f"The party must be between 1 and {LARGEST_PARTY}.")
    if charter.has_departed:
        raise OverrideRefused("The trip has departed; its facts are frozen.")
    with transaction.atomic():
        for name, value in facts.items():
            _store(charter, name, value, by=by, why=why)
        return _applied(charter)


def confirm_cancelled(*, charter: Charter, by: str) -> list[Change]:
    """A person's word that a vanished charter is cancelled."""
    return cancel(charter=charter, by=by, why="It was gone from the calendar.")


def cancel(*, charter: Charter, by: str, why: str = "") -> list[Change]:
    """Cancel by override, whatever the calendar says. Never erased, and not revived by a later sync."""
    with transaction.atomic():
        _store(charter, "status", Charter.Status.CANCELLED.value, by=by, why=why)
        return _applied(charter)


def _store(charter: Charter, name: str, value: Any, *, by: str, why: str) -> None:
    if value is None:
        Override.objects.filter(charter=charter, field=name).delete()
        return
    kept = value.isoformat() if isinstance(value, datetime) else value
    Override.objects.update_or_create(
        charter=charter, field=name, defaults={"value": kept, "by": by[:150], "why": why[:300], "at": now()}
    )


def _applied(charter: Charter) -> list[Change]:
    changes = reapply(charter, directory=Directory.load())
    ring(charters=[charter.pk])
    return changes
