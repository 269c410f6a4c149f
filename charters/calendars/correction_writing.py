"""One correction, written into its Google event under If-Match: what a person typed beside it stays as it is.

Decides nothing about when (`charters.calendars.corrections` does); it reads, rewrites and patches, and says why it
could not (docs/architecture.md, rule 7).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from charters.calendars.google import calendar_api
from charters.calendars.google.calendar_api import Changed, Missing, Refused
from charters.calendars.google.events import Item
from charters.calendars.same_fact import same_fact
from charters.calendars.text.description import read_description
from charters.calendars.text.description_writing import CannotRewrite, rewrite
from charters.models.people import plain_name
from charters.pages import words
from jada.core.errors import JadaError

MOST_REREADS = 3
GONE = "Its event is no longer in the calendar."
RESTLESS = "Its event was changed in the calendar each time we were about to write. It is tried again."
Crew = list[tuple[str, str]]


class Held(JadaError):  # noqa: N818 what becomes of the correction
    """It cannot be written now; the text says why, for the office."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an event is to say. `facts` are the overrides to write, `known` what the calendar said of them when the
    office asked, both by the names of `Charter.calendar_facts`; `item` is our copy, None when it has to be read.

    `ends_at` travels with a new start so that the event keeps a length; `addresses` are the crew's, to be invited;
    `no_persons` are words of crew lists that are no names; hours are spoken of in `zone`.
    """

    calendar_id: str
    event_id: str
    item: Item | None
    facts: Mapping[str, Any]
    known: Mapping[str, Any]
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    addresses: Sequence[str] = ()
    no_persons: frozenset[str] = frozenset()


def write(wanted: Wanted) -> Item:
    """Patch the event until it says what is wanted; the event as it then stands. No transaction.

    412: read again, at most three times. Raises Held, or AdapterError when Google cannot be asked.
    """
    try:
        item = wanted.item or calendar_api.get_event(wanted.calendar_id, wanted.event_id)
        for _ in range(MOST_REREADS + 1):
            body = _body(wanted, item)
            if not body:
                return item
            try:
                return calendar_api.patch_event(
                    wanted.calendar_id, wanted.event_id, body, etag=str(item.get("etag", ""))
                )
            except Changed:
                item = calendar_api.get_event(wanted.calendar_id, wanted.event_id)
    except Missing:
        raise Held(GONE) from None
    except Refused as refusal:
        raise Held(str(refusal)) from None
    raise Held(RESTLESS)


def _body(wanted: Wanted, item: Item) -> dict[str, Any]:
    """The fields to patch; none when the event says it already. Raises Held."""
    if item.get("status") == "cancelled":
        raise Held(GONE)
    body: dict[str, Any] = {}
    if wanted.facts.keys() & {"captain", "crew"}:
        written = str(item.get("description") or "")
        description = _description(wanted, written)
        if description != written:
            body["description"] = description
    if wanted.facts.keys() & {"starts_at", "ends_at"}:
        for name, moment in (("start", wanted.starts_at), ("end", wanted.ends_at)):
            said = item.get(name) or {}
            _not_moved(wanted, f"{name}s_at", said)
            if _moment(said) != moment:
                body[name] = _written(moment, said)
    if wanted.addresses:
        there = item.get("attendees") or []
        invited = {str(each.get("email", "")).lower() for each in there}
        new = [{"email": address} for address in wanted.addresses if address.lower() not in invited]
        if new:
            body["attendees"] = [*there, *new]
    return body


def _description(wanted: Wanted, written: str) -> str:
    said = read_description(written)
    _not_renamed(wanted, "captain", said.captain or "")
    _not_renamed(
        wanted, "crew", [(each.name, each.role) for each in said.crew if plain_name(each.name) not in wanted.no_persons]
    )
    captain = str(wanted.facts["captain"]) if "captain" in wanted.facts else said.captain or ""
    crew: Crew = [(each.name, each.role) for each in said.crew]
    if "crew" in wanted.facts:
        kept = [each for each in crew if plain_name(each[0]) in wanted.no_persons]
        crew = [*((str(name), str(role)) for name, role in wanted.facts["crew"] or ()), *kept]
    crew = [each for each in crew if plain_name(each[0]) != plain_name(captain)]
    if same_fact("captain", said.captain, captain) and same_fact("crew", [(c.name, c.role) for c in said.crew], crew):
        return written
    try:
        return rewrite(written, captain=captain or None, crew=crew)
    except CannotRewrite as reason:
        raise Held(str(reason)) from None


def _not_renamed(wanted: Wanted, name: str, says: Any) -> None:
    """Somebody who wrote another name after the office had asked is not overruled by a program."""
    if name not in wanted.facts or any(same_fact(name, says, each.get(name)) for each in (wanted.facts, wanted.known)):
        return
    ours, theirs = _names(name, wanted.facts[name]), _names(name, says)
    raise Held(f"The calendar says {theirs} meanwhile; ours is {ours}. Keep which?")


def _names(name: str, value: Any) -> str:
    if name == "captain":
        return str(value or "nobody")
    return ", ".join(each for each, _ in value or ()) or "nobody"


def _not_moved(wanted: Wanted, name: str, said: Item) -> None:
    if name not in wanted.facts or not wanted.known.get(name):
        return
    says, ours = _moment(said), datetime.fromisoformat(str(wanted.facts[name]))
    if says is not None and says not in (ours, datetime.fromisoformat(str(wanted.known[name]))):
        theirs, ours = (each.astimezone(wanted.zone) for each in (says, ours))
        written = [f"{words.day(each.date())}, {words.clock(each)}" for each in (theirs, ours)]
        what = "start" if name == "starts_at" else "end"
        raise Held(f"In the calendar its {what} is {written[0]} meanwhile; ours is {written[1]}. Keep which?")


def _moment(said: Item) -> datetime | None:
    """Of a start or an end; None for a whole day, or no time at all."""
    try:
        moment = datetime.fromisoformat(str(said["dateTime"]))
    except (KeyError, ValueError):
        return None
    return moment if moment.tzinfo else None


def _written(moment: datetime, said: Item) -> Item:
    """A moment in the form of the one it replaces; `date` goes, should it have been a whole day."""
    zone = {"timeZone": said["timeZone"]} if said.get("timeZone") else {}
    return {"dateTime": moment.isoformat(), "date": None, **zone}
