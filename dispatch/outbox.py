"""The one at-least-once engine: claim, commit, send, settle (docs/architecture.md, rules 2 and 3).

pending ──► sending ──► sent
   ▲           ├──────► failed      the address will never take it
   ├───────────┤        unknown     perhaps sent: settled by policy, a boarding message goes again
   │           └──────► set_aside   after eight tries, for a person to see
   └──────────────────► overtaken   a boarding message whose trip or words are no longer true when its turn comes
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from charters.models import Charter
from dispatch.channels import email
from dispatch.channels.email import PerhapsSent
from dispatch.models import Delivery
from jada.core import locks
from jada.core.bell import ring_outbox
from jada.core.clock import now
from jada.core.errors import AdapterError

State = Delivery.State
MOST_ATTEMPTS = 8
LEASE_SECONDS = 120
FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=2)
ABANDONED = Q(state=State.SENDING, lease_until__lt=Now())


def enqueue(
    *, kind: str, charter: Charter, recipient: str, facts_digest: str, subject: str, text: str, html: str = ""
) -> Delivery:
    """Write a message down, in the transaction that decides on it; it is sent after the commit.

    Its number counts the versions this person was told. With the row's key it makes the mail's Message-ID, so that
    a repeat is known as one.
    """
    earlier = Delivery.objects.filter(charter=charter, kind=kind, recipient=recipient)
    last: int = earlier.aggregate(last=Max("number"))["last"] or 0
    delivery = Delivery.objects.create(
        kind=kind,
        charter=charter,
        recipient=recipient,
        number=last + 1,
        facts_digest=facts_digest,
        subject=subject[:200],
        text=text,
        html=html,
        created_at=now(),
        not_before=now(),
    )
    ring_outbox()
    return delivery


def due() -> "QuerySet[Delivery]":
    """What is to be sent by now; a message whose sender died is due again when the lease runs out."""
    waiting = Q(state__in=[State.PENDING, State.UNKNOWN], not_before__lte=now())
    # While nobody has said whether the trip is cancelled, its message waits as well.
    untouched = Q(kind=Delivery.Kind.BOARDING, charter__status=Charter.Status.CANCELLING)
    return Delivery.objects.filter(waiting | ABANDONED).exclude(untouched).order_by("not_before", "pk")


def send_due(*, only: "QuerySet[Delivery] | None" = None) -> int:
    """Send everything that is due, one at a time; returns how many were tried. Safe to run twice at once."""
    tried = 0
    while True:
        with transaction.atomic():
            _put_away()
            rows = due() if only is None else due().filter(pk__in=only)
            claimed = locks.claim(rows, seconds=LEASE_SECONDS, limit=1)
            Delivery.objects.filter(pk__in=claimed).update(state=State.SENDING, attempts=F("attempts") + 1)
        if not claimed:
            return tried
        for key, fence in claimed.items():
            _deliver(Delivery.objects.select_related("charter__vessel__brand").get(pk=key), fence)
            tried += 1


def _put_away() -> None:
    """What is not to be sent after all: the words are no longer true, or its senders died of it again and again."""
    newer = Delivery.objects.filter(
        charter=OuterRef("charter"),
        kind=OuterRef("kind"),
        recipient=OuterRef("recipient"),
        number__gt=OuterRef("number"),
    )
    trip_is_off = Q(charter__status=Charter.Status.CANCELLED) | Q(charter__starts_at__lte=now())
    free = Delivery.objects.filter(Q(state__in=[State.PENDING, State.UNKNOWN]) | ABANDONED)
    free.filter(trip_is_off | Exists(newer), kind=Delivery.Kind.BOARDING).update(
        state=State.OVERTAKEN, lease_until=None
    )
    Delivery.objects.filter(ABANDONED, attempts__gte=MOST_ATTEMPTS).update(
        state=State.SET_ASIDE, lease_until=None, reason="Nobody who tried to send it lived to say what came of it."
    )


def _deliver(delivery: Delivery, fence: int) -> None:
    try:
        note = email.send(delivery)
    except PerhapsSent as error:
        _settle(delivery, fence, State.UNKNOWN, str(error))
    except AdapterError as error:
        _settle(delivery, fence, State.FAILED if error.permanent else State.PENDING, str(error))
    else:
        _settle(delivery, fence, State.SENT, note)


def _settle(delivery: Delivery, fence: int, state: str, reason: str) -> None:
    if state in {State.PENDING, State.UNKNOWN} and delivery.attempts >= MOST_ATTEMPTS:
        state = State.SET_ASIDE
    wait = min(FIRST_RETRY * 2 ** (delivery.attempts - 1), LONGEST_RETRY)
    Delivery.objects.filter(pk=delivery.pk, fence=fence).update(
        state=state,
        reason=reason,
        lease_until=None,
        sent_at=now() if state == State.SENT else None,
        not_before=now() + wait,
    )


def retry(delivery: Delivery) -> bool:
    """A person asks for it once more: refused or set aside becomes pending, with fresh tries; False for any other."""
    stuck = Delivery.objects.filter(pk=delivery.pk, state__in=[State.FAILED, State.SET_ASIDE])
    with transaction.atomic():
        again = stuck.update(state=State.PENDING, attempts=0, not_before=now(), reason="", lease_until=None)
        if again:
            ring_outbox()
    return bool(again)
