"""The records of the core, one file a subject: the fleet, the people, the sources, the charter, its page."""

from charters.models.charter import Charter, CrewAssignment, Override
from charters.models.fleet import Brand, Dock, Vessel
from charters.models.page import GuestPage
from charters.models.people import Contact, CrewMember, Guest
from charters.models.source import Calendar, CalendarEvent

__all__ = [
    "Brand",
    "Calendar",
    "CalendarEvent",
    "Charter",
    "Contact",
    "CrewAssignment",
    "CrewMember",
    "Dock",
    "Guest",
    "GuestPage",
    "Override",
    "Vessel",
]
