"""What becomes of a booking mail: the one owner of `BookingMessage.state`.

It is given to its trip (`trips`), or waits for a person, who is offered `suggestions`. A cancellation never cancels:
it is shown (`disagreements`) until somebody decides.
"""

from datetime import timedelta

from django.db import transaction

from charters.bookings.applying import apply_booking
from charters.bookings.guest_names import read_name
from charters.bookings.suggestions import Suggestion, suggestions
from charters.bookings.trips import find
from charters.models import BookingMessage, Charter
from jada.core.clock import now
from jada.core.errors import JadaError
from jada.core.reconcile import Change

__all__ = [
    "AnswerRefused",
    "Suggestion",
    "answer",
    "believe",
    "look_again",
    "settle",
    "still_sails",
    "suggestions",
]
State, Kind = BookingMessage.State, BookingMessage.Kind


class AnswerRefused(JadaError):  # noqa: N818 reads as what happened
    """The mail cannot be given to that trip; the text says why."""


def settle(message: BookingMessage) -> list[Change]:
    """Find the trip of a believed mail and give it what the mail says, or leave the mail waiting."""
    with transaction.atomic():
        message = _locked(message)
        if message.state != State.WAITING or not message.kind:
            return []
        charter, why = find(message)
        if charter is None:
            _now(message, State.WAITING, why)
            return []
        return _give(message, charter, why)


def look_again() -> list[Change]:
    """Try the waiting mails once more, for their trip may be in the calendar by now; every reconcile calls it."""
    changes: list[Change] = []
    shown = BookingMessage.objects.filter(state=State.CANCELLATION_SHOWN)
    for message in shown.filter(charter__status=Charter.Status.CANCELLED):
        _now(message, State.MATCHED, "The trip is cancelled.")
    recent = now() - timedelta(days=400)
    for message in BookingMessage.objects.filter(state=State.WAITING, received_at__gt=recent).exclude(kind=""):
        changes += settle(message)
    return changes


def answer(*, message: BookingMessage, charter: Charter, by: str) -> list[Change]:
    """A person's word: “it is this trip”. Raises AnswerRefused when the mail no longer waits."""
    with transaction.atomic():
        message = _locked(message)
        if message.state != State.WAITING:
            raise AnswerRefused("This mail does not wait for a word any more; nothing was changed.")
        return _give(message, charter, f"{by} said so.")


def believe(*, message: BookingMessage, by: str) -> list[Change]:
    """A person's word that a refused mail is true."""
    with transaction.atomic():
        message = BookingMessage.objects.select_for_update().get(pk=message.pk)
        if message.state != State.REFUSED:
            raise AnswerRefused("This mail is believed already.")
        if not message.kind:
            raise AnswerRefused("Nothing could be read from this mail.")
        _now(message, State.WAITING, f"{by} believes it.")
        return settle(message)


def still_sails(*, message: BookingMessage, by: str) -> None:
    """A person's word that a trip sails although its platform wrote that it is cancelled."""
    with transaction.atomic():
        message = BookingMessage.objects.select_for_update().get(pk=message.pk)
        if message.state != State.CANCELLATION_SHOWN:
            raise AnswerRefused("This mail does not wait for a word any more; nothing was changed.")
        _now(message, State.MATCHED, f"{by} said that the trip sails.")


def _locked(message: BookingMessage) -> BookingMessage:
    """The row, ours until the end of the transaction, without a guest's name that is none.

    An earlier reader took verbs for names (“is”, “been”); mails that it read may still wait.
    """
    locked = BookingMessage.objects.select_for_update().get(pk=message.pk)
    if "guest_name" in locked.facts and not read_name(locked.facts["guest_name"]):
        locked.facts.pop("guest_name")
        locked.save(update_fields=["facts"])
    return locked


def _give(message: BookingMessage, charter: Charter, why: str) -> list[Change]:
    message.charter = charter
    if message.kind == Kind.CANCELLATION:
        cancelled = charter.status == Charter.Status.CANCELLED
        _now(message, State.MATCHED if cancelled else State.CANCELLATION_SHOWN, why)
        return []
    _now(message, State.MATCHED, why)
    return apply_booking(charter=charter, facts=message.facts, platform=message.platform, code=message.code)


def _now(message: BookingMessage, state: str, why: str) -> None:
    message.state, message.reason = state, why[:400]
    message.save(update_fields=["state", "reason", "charter"])
