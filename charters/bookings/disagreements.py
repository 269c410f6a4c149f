"""Bookings that disagree with the calendar or were cancelled by their platform, in words, for the conflicts."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from charters.bookings.mail import BY_SLUG
from charters.models import BookingMessage, Charter
from charters.pages import words


def conflicts_from_bookings(charters: Sequence[Charter]) -> dict[int, list[str]]:
    """{charter's key: sentences} about bookings that disagree with the calendar or were cancelled; one query.

    The charters need `with_relations()`; none for a cancelled one.
    """
    sailing = [charter for charter in charters if charter.status != Charter.Status.CANCELLED]
    found: dict[int, list[str]] = {}
    shown = BookingMessage.objects.filter(
        charter__in=[charter.pk for charter in sailing], state=BookingMessage.State.CANCELLATION_SHOWN
    ).order_by("received_at", "pk")
    zones = {charter.pk: charter.zone for charter in sailing}
    for key, platform, code, at in shown.values_list("charter", "platform", "code", "received_at"):
        if key is not None:
            found.setdefault(key, []).append(_cancelled_sentence(platform, code, at.astimezone(zones[key])))
    for charter in sailing:
        if charter.booking_facts and charter.is_charter:
            for sentence in _disagreements(charter):
                found.setdefault(charter.pk, []).append(sentence)
    return found


def _cancelled_sentence(platform: str, code: str, at: datetime) -> str:
    booking = f"the booking {code}" if code else "this booking"
    return (
        f"{_platform_name(platform)} wrote on {words.day(at)} that {booking} is cancelled; the trip still stands "
        "until somebody cancels it."
    )


def _disagreements(charter: Charter) -> Iterable[str]:
    said = charter.booking_facts
    name = _platform_name(str(said.get("platform", "")))
    if said.get("starts_at") and charter.source_of("starts_at") != "booking" and not charter.all_day:
        starts_at = datetime.fromisoformat(said["starts_at"]).astimezone(charter.zone)
        ends_at = datetime.fromisoformat(said["ends_at"]).astimezone(charter.zone) if said.get("ends_at") else starts_at
        ours = charter.starts_at.astimezone(charter.zone), charter.ends_at.astimezone(charter.zone)
        if starts_at != ours[0] or (said.get("ends_at") and ends_at != ours[1]):
            same_day = starts_at.date() == ours[0].date()
            write = words.hours if same_day else words.day_and_hours
            source = "calendar's" if charter.source_of("starts_at") == "calendar" else "office's"
            yield f"{name} says {write(starts_at, ends_at)}, the trip is {write(*ours)}: the {source} hours are used."
    count = said.get("guest_count")
    if count and charter.guest_count and charter.guest_count != count:
        yield f"{name} says {words.people(count)}, the trip is for {charter.guest_count}."


def _platform_name(slug: str) -> str:
    return BY_SLUG[slug].name if slug in BY_SLUG else slug.capitalize() or "The booking"
