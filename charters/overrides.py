"""Facts set by hand. An override wins until it is cleared (docs/domain.md, precedence).

Each remembers what the calendar said of the fact when it was set. When the calendar is edited afterwards and says
something else again, the office is asked “keep which?”: `asks_which`, answered by `keep_ours` or `take_calendars`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.db import transaction

from charters.calendars.facts import OVERRIDABLE
from charters.calendars.merge import GONE, reapply
from charters.calendars.reading import Directory
from charters.calendars.same_fact import same_fact
from charters.calendars.text.party_size import LARGEST_PARTY
from charters.models import Charter, Override
from jada.core.bell import ring
from jada.core.clock import now
from jada.core.errors import JadaError
from jada.core.reconcile import Change

CREW_ROLES = frozenset({"mate", "deckhand", "crew"})
FROZEN = "The trip has departed; its facts are frozen."


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
    if any(role not in CREW_ROLES for _, role in facts.get("crew") or ()):
        raise OverrideRefused("A crew member is mate, deckhand or crew; the captain is a fact of its own.")
    if not 0 <= (facts.get("guest_count") or 0) <= LARGEST_PARTY:
        raise OverrideRefused(f"The party must be between 1 and {LARGEST_PARTY}.")
    with transaction.atomic():
        locked = _locked(charter)
        starts_at, ends_at = facts.get("starts_at") or locked.starts_at, facts.get("ends_at") or locked.ends_at
        if starts_at > ends_at:
            raise OverrideRefused("The trip would end before it starts.")
        if locked.has_departed:
            raise OverrideRefused(FROZEN)
        for name, value in facts.items():
            _store(locked, name, value, by=by, why=why, calendar_said=_said(locked, name))
        return _applied(locked)


def came_back(override: Override) -> bool:
    """Of a cancellation by hand: whether its event was gone from the calendar when it was given, or at any time since.

    `charters.calendars.merge` writes the latter.
    """
    return override.calendar_said is not None and override.calendar_said["value"] == GONE


def asks_which(override: Override, calendar_facts: Mapping[str, Any]) -> bool:
    """Whether the calendar was edited after the fact was set by hand, and says neither what it said then nor our value.

    `calendar_facts` are the charter's. What the calendar said then is not known of a charter that was in none.
    """
    if override.calendar_said is None or not calendar_facts or override.field == "status":
        return False
    now_said, field = calendar_facts.get(override.field), override.field
    edited = not same_fact(field, now_said, override.calendar_said["value"])
    return edited and not same_fact(field, now_said, override.value)


def keep_ours(*, charter: Charter, field: str, by: str) -> None:
    """The answer “ours stays”: from now on the calendar is compared with what it says at this moment.

    The override is theirs who said so; why it was set stays. Raises OverrideRefused when the fact is not set by hand
    or the trip has departed.
    """
    with transaction.atomic():
        locked, answered = _answering(charter, field)
        answered.calendar_said, answered.by, answered.at = _said(locked, field), by[:150], now()
        answered.save(update_fields=["calendar_said", "by", "at"])
        _note(locked, by, f"{_label(field)}: ours stays, whatever the calendar says")


def take_calendars(*, charter: Charter, field: str, by: str) -> list[Change]:
    """The answer “the calendar's”: the override goes, the facts are applied anew, the bell rings after the commit.

    Returns the changes. Raises OverrideRefused when the fact is not set by hand or the trip has departed.
    """
    with transaction.atomic():
        locked, answered = _answering(charter, field)
        answered.delete()
        _note(locked, by, f"{_label(field)}: the calendar's, not ours")
        return _applied(locked)


def confirm_cancelled(*, charter: Charter, by: str) -> list[Change]:
    """A person's word that a vanished charter is cancelled."""
    return cancel(charter=charter, by=by, why="It was gone from the calendar.")


def cancel(*, charter: Charter, by: str, why: str = "") -> list[Change]:
    """Cancel by override, whatever the calendar says. Never erased, and not revived by a later sync.

    Whether it was gone from its calendar at that moment is kept: one that comes back is in it *again*.
    """
    with transaction.atomic():
        gone = {"value": GONE} if charter.calendar_facts.get("cancelled") else None
        _store(charter, "status", Charter.Status.CANCELLED.value, by=by, why=why, calendar_said=gone)
        return _applied(charter)


def _locked(charter: Charter) -> Charter:
    return Charter.objects.select_for_update(of=("self",)).select_related("calendar").get(pk=charter.pk)


def _answering(charter: Charter, field: str) -> tuple[Charter, Override]:
    locked = _locked(charter)
    if locked.has_departed:
        raise OverrideRefused(FROZEN)
    answered = locked.overrides.filter(field=field).exclude(field="status").first()
    if answered is None:
        raise OverrideRefused("This fact is not set by hand any more; nothing was changed.")
    return locked, answered


def _said(charter: Charter, name: str) -> dict[str, Any] | None:
    """Wrapped, so that a calendar which says nothing of it differs from not knowing."""
    return {"value": charter.calendar_facts.get(name)} if charter.calendar_id and charter.calendar_facts else None


def _label(field: str) -> str:
    return {"starts_at": "start", "ends_at": "end", "guest_count": "guests"}.get(field, field.replace("_", " "))


def _note(charter: Charter, by: str, words: str) -> None:
    """Into the charter's timeline, which shows what people did; a program leaves its own row (`ApiAccess`)."""
    user = get_user_model().objects.filter(**{get_user_model().USERNAME_FIELD: by}).first()
    if user is not None:
        LogEntry.objects.log_actions(user.pk, [charter], CHANGE, change_message=words, single_object=True)


def _store(charter: Charter, name: str, value: Any, *, by: str, why: str, calendar_said: dict[str, Any] | None) -> None:
    if value is None:
        Override.objects.filter(charter=charter, field=name).delete()
        return
    kept = {
        "value": value.isoformat() if isinstance(value, datetime) else value,
        "calendar_said": calendar_said,
        "by": by[:150],
        "why": why[:300],
        "at": now(),
    }
    Override.objects.update_or_create(charter=charter, field=name, defaults=kept)


def _applied(charter: Charter) -> list[Change]:
    changes = reapply(charter, directory=Directory.load())
    ring(charters=[charter.pk])
    return changes
