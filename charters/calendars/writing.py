"""Writes what a merge came to: a handful of statements however many charters there are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from django.db import connection

from charters.calendars.facts import CONTACT
from charters.calendars.records import CREW_COLUMNS, JSON_COLUMNS, STORED, CrewRow, Row
from charters.contacts import MARKETPLACES, Person, keep_all
from charters.models import Charter, CrewAssignment
from charters.pages.life import mark_stale
from jada.core import bulk

_COLUMNS = itemgetter(*STORED)
_JSON_PLACES = [place for place, name in enumerate(STORED) if name in JSON_COLUMNS]


@dataclass
class Writing:
    """What one merge is about to write."""

    created: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    crew: list[CrewRow] = field(default_factory=list)
    recrewed: list[int] = field(default_factory=list)
    stale: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    # Whose guest was met for the first time, or is another now.
    met: list[Row] = field(default_factory=list)
    # (charter, overridden fact, what the calendar says of it): from here on a later edit asks “keep which?”.
    said: list[tuple[int, str, Any]] = field(default_factory=list)

    def write(self) -> None:
        """Inside a transaction."""
        if self.created:
            bulk.copy_in(Charter, STORED, _tuples(self.created))
        if self.changed:
            bulk.upsert(Charter, STORED, _tuples(self.changed), by=("id",))
        if self.recrewed:
            CrewAssignment.objects.filter(charter__in=self.recrewed).delete()
        if self.crew:
            bulk.copy_in(CrewAssignment, CREW_COLUMNS, self.crew)
        if self.gone:
            # One that was a trip with guests once keeps its record: signatures hang on it.
            Charter.objects.filter(pk__in=self.gone, page=None, guests=None).delete()
            Charter.objects.filter(pk__in=self.gone).update(status=Charter.Status.CANCELLED)
        if self.said:
            _remember_said(self.said)
        mark_stale(self.stale)
        people = [_guest(row) for row in (*self.created, *self.met) if row["guest_email"] or row["guest_phone"]]
        if people:
            keep_all(people)


def another_guest(differing: Iterable[str]) -> bool:
    """Whether one of these facts is how the guest is called or reached."""
    return not CONTACT.isdisjoint(differing)


def _guest(row: Row) -> Person:
    said = (row["booking_facts"], row["calendar_facts"], row["staff_facts"])
    platform = next((facts["platform"] for facts in said if facts.get("platform")), "")
    origin = platform if platform in MARKETPLACES else "calendar" if row["calendar_id"] else "office"
    return Person(row["guest_name"], row["guest_email"], row["guest_phone"], origin)


def _tuples(rows: Iterable[Row]) -> Iterator[list[Any]]:
    for row in rows:
        values = list(_COLUMNS(row))
        for place in _JSON_PLACES:
            values[place] = bulk.as_json(values[place])
        yield values


def _remember_said(said: list[tuple[int, str, Any]]) -> None:
    charters, fields, values = zip(*said, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE charters_override AS override SET calendar_said = said.value::jsonb
            FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS said (charter_id, field, value)
            WHERE override.charter_id = said.charter_id AND override.field = said.field
            """,
            [list(charters), list(fields), [bulk.as_json({"value": value}) for value in values]],
        )
