"""Which Google event a correction is about, and all that has to be known to write it."""

from collections.abc import Mapping, Sequence

from charters.calendars.correction_writing import Wanted
from charters.calendars.google.events import Item
from charters.models import Calendar, Charter, Correction, GoogleEvent


def copies(rows: Sequence[Correction]) -> dict[tuple[int | None, str], list[GoogleEvent]]:
    """The stored events of these charters, by calendar and UID; one query."""
    uids = {row.charter.uid for row in rows}
    found: dict[tuple[int | None, str], list[GoogleEvent]] = {}
    for each in GoogleEvent.objects.filter(uid__in=uids):
        found.setdefault((each.calendar_id, each.uid), []).append(each)
    return found


def event_wanted(
    row: Correction,
    calendar: Calendar,
    events: Mapping[tuple[int | None, str], list[GoogleEvent]],
    no_persons: frozenset[str],
) -> Wanted:
    """What the charter's event is to say; `events` are those of `copies`. Makes no query of its own."""
    charter = row.charter
    event_id, item = _event(charter, events.get((calendar.pk, charter.uid), []))
    addresses = [each.member.email for each in charter.crew_assignments.all() if each.member and each.member.email]
    invited = addresses if calendar.invite_crew else []
    asked = {each.field: each.value for each in charter.overrides.all() if each.field in row.facts}
    return Wanted(
        calendar_id=calendar.google_id,
        event_id=event_id,
        item=None if invited else item,  # our copies hold no attendees, and a patch replaces the whole list
        facts=asked,
        known={name: charter.calendar_facts.get(name) for name in asked},
        starts_at=charter.starts_at,
        ends_at=charter.ends_at,
        zone=charter.zone,
        addresses=invited,
        no_persons=no_persons,
    )


def etag_held(row: Correction, calendar: Calendar, events: Mapping[tuple[int | None, str], list[GoogleEvent]]) -> str:
    """The version of the charter's event that we hold a copy of, '' for none. Makes no query of its own."""
    _, item = _event(row.charter, events.get((calendar.pk, row.charter.uid), []))
    return str((item or {}).get("etag", ""))


def _event(charter: Charter, copies: Sequence[GoogleEvent]) -> tuple[str, Item | None]:
    """Google's id of the event, and our copy: of one occasion of a series that was never edited there is none.

    Such an occasion has its series' id, followed by where the series puts it
    (developers.google.com/calendar/api/concepts/events-calendars#recurring_events).
    """
    series = next((each for each in copies if not each.series_id), None)
    own_id = series.event_id if series else charter.uid.removesuffix("@google.com")
    if not charter.original_start:
        return own_id, series.item if series else None
    occasion = f"{own_id}_{charter.original_start}"
    return occasion, next((each.item for each in copies if each.event_id == occasion), None)
