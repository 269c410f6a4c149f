"""The records of the core, one file a subject: the fleet, the people, the sources, the charter, its page."""

from charters.models.booking import BookingMessage, Mailbox
from charters.models.charter import Charter, Correction, CrewAssignment, Override
from charters.models.fleet import Brand, Dock, Vessel
from charters.models.grant import GoogleGrant
from charters.models.page import GuestPage, Invalidation
from charters.models.people import Contact, ContactMerge, CrewMember, Guest, NotAPerson
from charters.models.source import Calendar, CalendarEvent, GoogleEvent, PushChannel

__all__ = [
    "BookingMessage",
    "Brand",
    "Calendar",
    "CalendarEvent",
    "Charter",
    "Contact",
    "ContactMerge",
    "Correction",
    "CrewAssignment",
    "CrewMember",
    "Dock",
    "GoogleEvent",
    "GoogleGrant",
    "Guest",
    "GuestPage",
    "Invalidation",
    "Mailbox",
    "NotAPerson",
    "Override",
    "PushChannel",
    "Vessel",
]
