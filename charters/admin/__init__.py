"""The office's view of the records, one file a subject."""

from charters.admin.bookings import BookingMessageAdmin
from charters.admin.calendars import CalendarAdmin
from charters.admin.charter import CharterAdmin
from charters.admin.contacts import ContactAdmin, ContactMergeAdmin
from charters.admin.fleet import BrandAdmin, DockAdmin, VesselAdmin
from charters.admin.people import CrewMemberAdmin, NotAPersonAdmin

__all__ = [
    "BookingMessageAdmin",
    "BrandAdmin",
    "CalendarAdmin",
    "CharterAdmin",
    "ContactAdmin",
    "ContactMergeAdmin",
    "CrewMemberAdmin",
    "DockAdmin",
    "NotAPersonAdmin",
    "VesselAdmin",
]
