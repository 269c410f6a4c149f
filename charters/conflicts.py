"""Where the facts contradict each other or leave something open, in words, for the board and the plan."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection

from charters.bookings.match import conflicts_from_bookings
from charters.calendars.facts import MOMENTS
from charters.models import CalendarEvent, Charter
from charters.pages.words import clock, day, hours

BY_HAND = {
    "starts_at": "The start",
    "ends_at": "The end",
    "arrive_by": "The arrival",
    "captain": "The captain",
    "guest_count": "The number of guests",
}
# They take up people, not the vessel.
NOT_ON_THE_VESSEL = ["unavailable", "crew"]


def conflicts(charters: Sequence[Charter]) -> dict[int, list[str]]:
    """{charter's key: sentences}, most pressing first, in four queries; of a cancelled one, that its calendar has it.

    The charters need `with_relations()`. A vessel is busy from the guests' arrival to the end, and then its turnaround.
    """
    sailing = [charter for charter in charters if charter.status != Charter.Status.CANCELLED]
    overlaps, unreadable = _overlaps(sailing), _unreadable(sailing)
    found: dict[int, list[str]] = {}
    booked = conflicts_from_bookings(charters)
    for charter in charters:
        if charter.status == Charter.Status.CANCELLED:
            if _still_in_its_calendar(charter):
                found[charter.pk] = ["It is cancelled here, but its calendar still has it."]
            continue
        reason = unreadable.get((charter.calendar_id, charter.uid))
        aside = [f"Its event in the calendar cannot be read; what was read before stands. {reason}"] if reason else []
        by_mail = booked.get(charter.pk, ())
        sentences = [*aside, *overlaps.get(charter.pk, ()), *by_mail, *_own(charter), *charter.questions]
        found[charter.pk] = list(dict.fromkeys(sentences))
    return found


def _still_in_its_calendar(charter: Charter) -> bool:
    said = charter.calendar_facts if charter.calendar_id and not charter.has_departed else {}
    return bool(said) and not said.get("cancelled")


def _own(charter: Charter) -> Iterable[str]:
    limit = charter.vessel.passenger_limit
    if charter.is_charter and limit and charter.guest_count and charter.guest_count > limit:
        yield f"{charter.guest_count} guests are expected; {charter.vessel.name} may carry {limit}."
    signed: int = getattr(charter, "signed", 0)  # annotated by `with_waiver_counts`, where signatures are shown
    if limit and signed > limit:
        yield f"{signed} guests have signed; {charter.vessel.name} may carry {limit}."
    yield from _set_by_hand(charter)
    if charter.is_charter and charter.arrive_by > charter.starts_at:
        arrive, start = charter.arrive_by.astimezone(charter.zone), charter.starts_at.astimezone(charter.zone)
        yield f"Guests are told to arrive by {clock(arrive)}, after the departure at {clock(start)}."


def _set_by_hand(charter: Charter) -> Iterable[str]:
    """A fact set by hand wins, and both values are shown until the calendar has caught up."""
    for name, label in BY_HAND.items():
        calendar = charter.calendar_facts.get(name)
        if charter.sources.get(name) != "override" or calendar in (None, ""):
            continue
        if name in MOMENTS:
            ours, theirs = getattr(charter, name), datetime.fromisoformat(calendar)
            if ours != theirs:
                times = [moment.astimezone(charter.zone) for moment in (ours, theirs)]
                said = [clock(at) if at.date() == charter.date else f"{day(at)}, {clock(at)}" for at in times]
                yield f"{label} is {said[0]} by hand; the calendar says {said[1]}."
        else:
            captain = charter.captain
            held = (captain.display_name if captain else "nobody") if name == "captain" else getattr(charter, name)
            if held != calendar:
                yield f"{label} is {held} by hand; the calendar says {calendar}."


def _unreadable(charters: Sequence[Charter]) -> dict[tuple[int | None, str], str]:
    """Why an event was set aside, by calendar and UID."""
    events = CalendarEvent.objects.filter(uid__in={charter.uid for charter in charters if charter.uid})
    aside = events.exclude(reason="").values_list("calendar", "uid", "reason")
    return {(calendar, uid): reason for calendar, uid, reason in aside} if charters else {}


def _overlaps(charters: Sequence[Charter]) -> dict[int, list[str]]:
    """Two events on one vessel, nearer to each other than its turnaround allows; one join of these days' events."""
    if not charters:
        return {}
    margin = max(timedelta(minutes=charter.vessel.turnaround_minutes) for charter in charters)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH busy AS MATERIALIZED (
                SELECT charter.id, vessel_id, arrive_by, ends_at, starts_at, reference,
                  arrive_by - vessel.turnaround_minutes * interval '1 minute' AS before,
                  ends_at + vessel.turnaround_minutes * interval '1 minute' AS after
                FROM charters_charter AS charter JOIN charters_vessel AS vessel ON vessel.id = vessel_id
                WHERE vessel_id = ANY(%s) AND ends_at > %s AND arrive_by < %s
                  AND status <> 'cancelled' AND event_type <> ALL(%s)
            )
            SELECT one.id, other.id
            FROM busy AS one
            JOIN busy AS other ON other.vessel_id = one.vessel_id AND other.id <> one.id
             AND other.ends_at > one.before AND other.arrive_by < one.after
            WHERE one.id = ANY(%s)
            ORDER BY other.starts_at, other.reference
            """,
            [
                list({charter.vessel_id for charter in charters}),
                min(charter.arrive_by for charter in charters) - margin,
                max(charter.ends_at for charter in charters) + margin,
                NOT_ON_THE_VESSEL,
                [charter.pk for charter in charters],
            ],
        )
        pairs = cursor.fetchall()
    others = Charter.objects.select_related("vessel", "calendar").in_bulk({other for _, other in pairs})
    known = {charter.pk: charter for charter in charters}
    found: dict[int, list[str]] = {}
    for one, other in pairs:
        found.setdefault(one, []).append(_sentence(known[one], others[other]))
    return found


def _sentence(charter: Charter, other: Charter) -> str:
    ends, arrives = other.ends_at.astimezone(charter.zone), other.arrive_by.astimezone(charter.zone)
    overlap = f"Overlaps {other.title} on {charter.vessel.name}"
    if other.arrive_by < charter.arrive_by:
        same_day = ends.date() == charter.date
        return f"{overlap}, which ends at {clock(ends)}{'' if same_day else f' on {day(ends.date())}'}."
    if other.is_charter:
        return f"{overlap}, whose guests board from {clock(arrives)}."
    return f"{overlap}, {hours(other.starts_at.astimezone(charter.zone), ends)}."
