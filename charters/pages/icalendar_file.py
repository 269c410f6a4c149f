"""The add-to-calendar file of a charter (RFC 5545), for guests: it says what the page says, and no more."""

from datetime import UTC, datetime

from django.conf import settings
from django.utils.crypto import salted_hmac
from icalendar import Calendar, Event

from charters.models import Charter
from charters.pages import words
from charters.pages.facts import Facts, moment, page_facts

_SAME_EVENT = "charters.pages.icalendar_file"  # never change it: phones know the event by what it makes


def charter_ics(charter: Charter, *, sequence: int | None = None) -> bytes:
    """One event, in UTC; `charter` is loaded as for `page_facts`. The same charter gives the same bytes.

    A phone that has the event already takes the file with the higher `sequence`: left out, it counts the
    seconds from the charter's making to the last change that guests are told of (RFC 5545, 3.8.7.4: it need
    only grow).
    """
    facts = page_facts(charter)
    changed_at = charter.told_facts_changed_at or charter.created_at
    if sequence is None:
        sequence = max(0, int((changed_at - charter.created_at).total_seconds()))
    cancelled = facts["status"] == "cancelled"
    event = Event()
    event.add("uid", _uid(charter))
    event.add("sequence", sequence)
    event.add("dtstamp", changed_at.astimezone(UTC).replace(microsecond=0))
    add_times(event, charter)
    event.add("summary", f"Cancelled: {_title(charter)}" if cancelled else _title(charter))
    event.add("location", ", ".join(filter(None, [facts["dock"]["name"], facts["dock"]["address"]])))
    event.add("description", _description(facts, charter.page.url))
    event.add("url", charter.page.url)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//JADA//Guest calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    ics: bytes = calendar.to_ical()
    return ics


def _uid(charter: Charter) -> str:
    """Not the reference, which names a guest, and not a link's token, which changes when the link does."""
    mark = salted_hmac(_SAME_EVENT, str(charter.pk), algorithm="sha256").hexdigest()[:32]
    return f"{mark}@{settings.BASE_HOST}"


def _title(charter: Charter) -> str:
    """Never the charter's own title: an occasion is a secret (docs/domain.md)."""
    whales = charter.event_type == Charter.EventType.WHALE_WATCHING
    return f"{'Whale watching' if whales else 'Sail'} on {charter.vessel.name}"


def add_times(event: Event, charter: Charter) -> None:
    """DTSTART and DTEND: in UTC, or the days of a charter without hours; no DTEND where the end is unknown."""
    start, end = charter.starts_at, charter.ends_at
    if charter.all_day:
        event.add("dtstart", start.astimezone(charter.zone).date())
        if end > start:
            event.add("dtend", end.astimezone(charter.zone).date())
        return
    event.add("dtstart", _utc(start))
    if end > start:
        event.add("dtend", _utc(end))


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _description(facts: Facts, page_url: str) -> str:
    brand, arrive_by = facts["brand"], moment(facts, "arrive_by")
    if facts["status"] == "cancelled":
        lines = ["This trip is cancelled."]
    else:
        lines = [f"Arrive by {words.clock(arrive_by)}." if arrive_by else "", facts["dock"]["directions"]]
    lines += [f"Your page, always up to date: {page_url}"]
    lines += [f"{brand['name']} office: {words.phone(brand['phone'])}" if brand["phone"] else brand["email"]]
    return "\n".join(filter(None, lines))
