"""What goes on around some charters: one query for whatever takes up a vessel or a person in these days."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import connection

from charters.models import BookingMessage, Charter
from charters.models.people import plain_name

# No two events further apart than this are compared: longer than any turnaround, and than guests come ahead.
MARGIN = timedelta(days=1)
Person = int | str
"""A crew member's key; of a name that leads to none, the name as it is compared."""


@dataclass(frozen=True, slots=True)
class Hand:
    """One of a crew: `name` as written, `shown` as people read it, `licence` its last good day."""

    name: str
    role: str
    member: int | None
    shown: str
    source: str
    licence: date | None

    @property
    def person(self) -> Person:
        """Who this is."""
        return plain_name(self.name) if self.member is None else self.member


@dataclass(slots=True)
class Neighbour:
    """An event; `boards` is when its guests come aboard, else its start. Moments are aware.

    `set_aside` says why its copy of the calendar cannot be read, and `booking_cancelled` whether a mail says that its
    booking is.
    """

    key: int
    title: str
    event_type: str
    cancelled: bool
    starts_at: datetime
    ends_at: datetime
    boards: datetime
    all_day: bool
    calendar: int | None
    uid: str
    vessel: int
    vessel_name: str
    turnaround: timedelta
    passenger_limit: int | None
    certificate: date | None
    set_aside: str
    booking_cancelled: bool
    crew: list[Hand] = field(default_factory=list)

    @property
    def captain(self) -> Hand | None:
        """Who commands, when somebody is named."""
        return next((hand for hand in self.crew if hand.role == "captain"), None)


def neighbours(charters: Sequence[Charter]) -> dict[int, Neighbour]:
    """{key: event} of all that goes on around these charters, themselves included, by start; one query."""
    if not charters:
        return {}
    first = min(min(charter.arrive_by, charter.starts_at) for charter in charters)
    last = max(charter.ends_at for charter in charters)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT charter.id, title, event_type, status, starts_at, ends_at, LEAST(arrive_by, starts_at), all_day,
              calendar_id, uid, vessel_id, vessel.name, turnaround_minutes, passenger_limit, certificate_expires,
              (SELECT reason FROM charters_calendarevent AS copy
               WHERE copy.calendar_id = charter.calendar_id AND copy.uid = charter.uid AND reason <> ''),
              EXISTS (SELECT FROM charters_bookingmessage AS mail WHERE mail.charter_id = charter.id AND state = %s),
              (SELECT json_agg(json_build_array(crew.name, crew.role, member.id, member.name, source, licence_expires)
                               ORDER BY position)::text
               FROM charters_crewassignment AS crew LEFT JOIN charters_crewmember AS member ON member.id = member_id
               WHERE charter_id = charter.id)
            FROM charters_charter AS charter JOIN charters_vessel AS vessel ON vessel.id = vessel_id
            WHERE ends_at > %s AND starts_at < %s
            ORDER BY starts_at, reference
            """,
            [BookingMessage.State.CANCELLATION_SHOWN, first - MARGIN, last + MARGIN],
        )
        return {row[0]: _neighbour(*row) for row in cursor.fetchall()}


def _neighbour(
    key: int,
    title: str,
    event_type: str,
    status: str,
    starts_at: datetime,
    ends_at: datetime,
    boards: datetime,
    all_day: bool,
    calendar: int | None,
    uid: str,
    vessel: int,
    vessel_name: str,
    turnaround: int,
    passenger_limit: int | None,
    certificate: date | None,
    set_aside: str | None,
    booking_cancelled: bool,
    crew: str | None,
) -> Neighbour:
    return Neighbour(
        key,
        title,
        event_type,
        status == Charter.Status.CANCELLED,
        starts_at,
        ends_at,
        boards,
        all_day,
        calendar,
        uid,
        vessel,
        vessel_name,
        timedelta(minutes=turnaround),
        passenger_limit,
        certificate,
        set_aside or "",
        booking_cancelled,
        [_hand(*each) for each in json.loads(crew)] if crew else [],
    )


def _hand(name: str, role: str, member: int | None, known_as: str | None, source: str, licence: str | None) -> Hand:
    return Hand(name, role, member, known_as or name, source, date.fromisoformat(licence) if licence else None)
