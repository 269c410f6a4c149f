"""A crew member's trips as a feed for their phone's calendar (RFC 5545).

It is copied to whoever keeps that calendar, so it names no guest and no phone number: those are on the page.
"""

from datetime import timedelta

from django.conf import settings
from django.utils.crypto import salted_hmac
from icalendar import Calendar, Event

from charters.crew.trips import Trip, recent_trips
from charters.models import Charter, CrewMember
from charters.pages.icalendar_file import add_times
from jada.core.clock import now

# Phones drop what a feed no longer names; a cancelled trip stays in it, as cancelled, as long as this.
KEPT = timedelta(days=30)
_ASK_AGAIN = timedelta(hours=1)
_SAME_EVENT = "charters.crew.calendar_file"  # never change it: phones know the event by what it makes


def crew_ics(member: CrewMember) -> bytes:
    """The member's trips from thirty days ago on, in UTC. The same trips give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//JADA//Crew calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{member.name}'s trips")
    calendar.add("refresh-interval", _ASK_AGAIN, parameters={"VALUE": "DURATION"})  # RFC 7986, 5.7
    calendar.add("x-published-ttl", "PT1H")
    for trip in recent_trips(member, since=now() - KEPT):
        calendar.add_component(_event(trip, member))
    ics: bytes = calendar.to_ical()
    return ics


def _event(trip: Trip, member: CrewMember) -> Event:
    charter = trip.charter
    event = Event()
    event.add("uid", _uid(charter, member))
    # It need only grow (RFC 5545, 3.8.7.4): the seconds from the charter's making to its last change.
    event.add("sequence", max(0, int((charter.updated_at - charter.created_at).total_seconds())))
    event.add("dtstamp", charter.updated_at.replace(microsecond=0))
    event.add("last-modified", charter.updated_at.replace(microsecond=0))
    add_times(event, charter)
    what = f"{charter.get_event_type_display().capitalize()} on {charter.vessel.name} ({trip.mine.role})"
    event.add("summary", f"Cancelled: {what}" if trip.is_cancelled else what)
    if trip.dock:
        event.add("location", ", ".join(filter(None, [trip.dock.name, trip.dock.address])))
    event.add("description", _description(trip))
    status = "CANCELLED" if trip.is_cancelled else "TENTATIVE" if trip.is_vanished else "CONFIRMED"
    event.add("status", status)
    return event


def _uid(charter: Charter, member: CrewMember) -> str:
    mark = salted_hmac(_SAME_EVENT, f"{charter.pk}:{member.pk}", algorithm="sha256").hexdigest()[:32]
    return f"{mark}@{settings.BASE_HOST}"


def _description(trip: Trip) -> str:
    if trip.is_cancelled:
        return "This trip is cancelled."
    count = trip.charter.guest_count
    lines = ["Gone from the calendar; ask the office before you come." if trip.is_vanished else ""]
    lines += [f"Guests from {trip.guests_from}." if trip.guests_from else ""]
    lines += [f"Party of {count}." if count else ""]
    lines += [f"{each.role.capitalize()}: {each.display_name}" for each in trip.others]
    lines += ["Phone numbers and swaps: on your own page."]
    return "\n".join(filter(None, lines))
