"""The fourth layer: what a primary guest has been told against what is true.

A boarding message goes `BOARDING_LEAD_HOURS` before departure, once per material version of the facts: a changed hour
is a new version, a typo is not. It waits until the page it links to was seen at its public address (rule 6).
"""

import hashlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.template.loader import render_to_string

from charters.models import Charter, Guest, GuestPage
from charters.pages.facts import first_name
from charters.pages.words import clock, day, day_and_hours
from charters.public_links import guest_waiver_url
from dispatch import outbox
from dispatch.models import Delivery
from jada.core.clock import now
from jada.core.reconcile import APPLIED, FAILED, HELD, PLANNED, SEND, Change, Scope

NEAR = timedelta(hours=3)
# Who reconciles by hand waits so long, in seconds, for a worker that is sending the same message.
WAIT_FOR_WORKER = 20.0
UNSENT = [Delivery.State.PENDING, Delivery.State.SENDING, Delivery.State.UNKNOWN]
STUCK = [Delivery.State.FAILED, Delivery.State.SET_ASIDE]


class MessageLayer:
    """Enqueues boarding messages that are due, and sends them."""

    name = "message"

    def observe(self, scope: Scope) -> None:
        """Nothing outside is asked: what was sent is in our own rows."""

    def plan(self, scope: Scope, seen: None) -> list[Change]:
        """Who is to be told now; writes the messages down unless the scope is dry."""
        charters = list(_sailing_soon(scope))
        told = _last_told(charters)
        to_tell = _to_tell(charters, told)
        if to_tell and not scope.dry:
            # Another worker may be deciding the same: whoever comes second sees what the first has written down.
            locked = Charter.objects.filter(pk__in=to_tell).order_by("pk").select_for_update(no_key=True)
            list(locked.values_list("pk"))
            charters = list(_sailing_soon(scope))
            told = _last_told(charters)
            to_tell &= _to_tell(charters, told)
        changes: list[Change] = []
        for charter in charters:
            last = told.get((charter.pk, charter.guest_email.lower()))
            if charter.pk in to_tell:
                delivery = None if scope.dry else compose(charter)
                changes.append(_change(charter, last, PLANNED, work=delivery))
            elif last is None or not _is_true(charter, last):
                continue
            elif last.state in UNSENT and scope.by_hand:
                changes.append(_change(charter, last, PLANNED, work=last))
            elif last.state in STUCK:
                changes.append(_change(charter, last, HELD, reason=last.reason))
        return changes

    def assume(self, scope: Scope, changes: list[Change]) -> None:
        """Nothing comes after people."""

    def carry_out(self, scope: Scope, changes: list[Change]) -> None:
        """Send what was written down."""
        keys = [change.work.pk for change in changes]
        outbox.send_due(only=Delivery.objects.filter(pk__in=keys).only("pk"))
        patience = time.monotonic() + (WAIT_FOR_WORKER if scope.by_hand else 0)
        while Delivery.objects.filter(pk__in=keys, state=Delivery.State.SENDING).exists():  # a worker was quicker
            if time.monotonic() > patience:
                break
            time.sleep(0.1)
        settled = Delivery.objects.in_bulk(keys)
        for change in changes:
            delivery = settled[change.work.pk]
            change.reason = delivery.reason
            sent = delivery.state == Delivery.State.SENT
            change.state = APPLIED if sent else FAILED if delivery.state in STUCK else HELD


@dataclass(frozen=True, slots=True)
class Light:
    """A charter's message on the board: `state` is one of due, waiting, sent, none, failed; `words` say when."""

    state: str
    words: str


def lights(charters: Sequence[Charter]) -> dict[int, Light]:
    """How far each charter's boarding message is, in one query; charters need `with_relations()`."""
    told = _last_told(charters)
    return {charter.pk: _light(charter, told.get((charter.pk, charter.guest_email.lower()))) for charter in charters}


def due_at(charter: Charter) -> datetime:
    """When the boarding message goes, if all is well by then."""
    return charter.starts_at - timedelta(hours=settings.BOARDING_LEAD_HOURS)


def settled_at(charter: Charter) -> datetime | None:
    """When a change made to a told fact may be told; None when none was made since the record was."""
    if charter.told_facts_changed_at is None:
        return None
    near = charter.starts_at - charter.told_facts_changed_at <= NEAR
    seconds = settings.MESSAGE_SETTLE_SECONDS_NEAR if near else settings.MESSAGE_SETTLE_SECONDS
    return charter.told_facts_changed_at + timedelta(seconds=seconds)


def may_tell(charter: Charter, last: Delivery | None) -> bool:
    """Whether the facts are settled and the page that the message links to shows them."""
    settled = settled_at(charter)
    page = getattr(charter, "page", None)
    return (settled is None or settled <= now()) and page is not None and page.state == GuestPage.State.VERIFIED


def _is_true(charter: Charter, last: Delivery) -> bool:
    """Whether the last message, on its way or there, says what is so."""
    return last.state != Delivery.State.OVERTAKEN and last.facts_digest == material_digest(charter)


def _to_tell(charters: Iterable[Charter], told: dict[tuple[int, str], Delivery]) -> set[int]:
    """Those whose guest was not told what is so, and may be by now."""
    lasts = ((charter, told.get((charter.pk, charter.guest_email.lower()))) for charter in charters)
    return {
        charter.pk
        for charter, last in lasts
        if (last is None or not _is_true(charter, last)) and may_tell(charter, last)
    }


def material_digest(charter: Charter) -> str:
    """Of the facts whose change a guest must hear of: when, and where."""
    dock = charter.boarding_dock
    where = dock.address if dock else charter.place
    facts = (charter.starts_at, charter.ends_at, charter.arrive_by)
    moments = [moment.astimezone(charter.zone).isoformat() for moment in facts]
    return hashlib.sha256("\n".join([*moments, where]).encode()).hexdigest()


def compose(charter: Charter) -> Delivery:
    """Write the boarding message of a charter's primary guest, inside the transaction that decided on it."""
    guest, _ = Guest.objects.get_or_create(
        charter=charter,
        is_primary=True,
        defaults={
            "name": charter.guest_name or charter.party or "Guest",
            "email": charter.guest_email,
            "phone": charter.guest_phone,
        },
    )
    start, end = charter.starts_at.astimezone(charter.zone), charter.ends_at.astimezone(charter.zone)
    earlier = Delivery.objects.filter(
        charter=charter, kind=Delivery.Kind.BOARDING, recipient=charter.guest_email.lower()
    )
    again = earlier.filter(state__in=[Delivery.State.SENT, Delivery.State.UNKNOWN, Delivery.State.SENDING]).exists()
    context = {
        "charter": charter,
        "brand": charter.brand,
        "page": charter.page,
        "dock": charter.boarding_dock,
        "name": first_name(charter.guest_name),
        "when": day_and_hours(start, end),
        "arrive_by": clock(charter.arrive_by.astimezone(charter.zone)),
        "waiver_url": guest_waiver_url(guest),
        "photo_url": f"{settings.BASE_URL}/p/{charter.page.photo_code}/",
        "again": again,
        "signed": guest.waiver_status == Guest.WaiverStatus.SIGNED,
    }
    subject = f"{'Changed: your' if again else 'Your'} trip on {charter.vessel.name}, {context['when']}"
    return outbox.enqueue(
        kind=Delivery.Kind.BOARDING,
        charter=charter,
        recipient=charter.guest_email.lower(),
        facts_digest=material_digest(charter),
        subject=subject,
        text=render_to_string("email/boarding.txt", context),
        html=render_to_string("email/boarding.html", context),
    )


def _sailing_soon(scope: Scope) -> "QuerySet[Charter]":
    """And those that no longer sail soon, when their guest was told that they do."""
    moment = now()
    soon = Q(starts_at__lte=moment + timedelta(hours=settings.BOARDING_LEAD_HOURS))
    told = Exists(Delivery.objects.filter(charter=OuterRef("pk"), kind=Delivery.Kind.BOARDING))
    charters = (
        Charter.objects.charters()
        .filter(soon | told, status=Charter.Status.CONFIRMED, all_day=False, starts_at__gt=moment)
        .exclude(guest_email="")
        .with_relations()
    )
    return charters if scope.charters is None else charters.filter(pk__in=scope.charters)


def _last_told(charters: Iterable[Charter]) -> dict[tuple[int, str], Delivery]:
    rows = Delivery.objects.filter(charter__in=[charter.pk for charter in charters], kind=Delivery.Kind.BOARDING)
    return {(row.charter_id, row.recipient): row for row in rows.order_by("number").defer("text", "html")}


def _change(
    charter: Charter, last: Delivery | None, state: str, *, reason: str = "", work: Delivery | None = None
) -> Change:
    start, end = charter.starts_at.astimezone(charter.zone), charter.ends_at.astimezone(charter.zone)
    expected = f"Told: {day_and_hours(start, end)}, arrive by {clock(charter.arrive_by.astimezone(charter.zone))}"
    actual = f"Told: {last.subject.partition(', ')[2]}" if last else None
    return Change("message", charter.reference, "boarding", expected, actual, SEND, state, reason, work)


def _light(charter: Charter, last: Delivery | None) -> Light:
    if last is not None and last.state in STUCK:
        return Light("failed", last.reason)
    if last is not None and _is_true(charter, last):
        if last.state == Delivery.State.SENT and last.sent_at:
            return Light("sent", f"Sent {_moment(charter, last.sent_at)}")
        return Light("waiting", "Being sent")
    if charter.has_departed:
        return Light("none", "Never sent")
    if not charter.guest_email:
        return Light("none", "No e-mail address")
    due = due_at(charter)
    if due > now() and last is None:
        return Light("due", f"Due {_moment(charter, due)}")
    settled = settled_at(charter)
    if settled and settled > now():
        return Light("waiting", f"A change settles until {_moment(charter, settled)}")
    return Light("waiting", "Waits for the page" if not may_tell(charter, last) else "Due now")


def _moment(charter: Charter, moment: datetime) -> str:
    local = moment.astimezone(charter.zone)
    return f"{day(local)}, {clock(local)}"
