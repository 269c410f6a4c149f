"""An occasion as we understand it: the facts the calendar states, and the questions its text leaves open."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from charters.calendars.clock_times import hours_disagree, resolve
from charters.calendars.description import Description, read_description
from charters.calendars.occurrences import Occurrence
from charters.calendars.titles import NOT_CHARTERS, read_title
from charters.models import CrewMember, Dock
from charters.models.people import plain_name
from charters.pages.words import hours

# Raised whenever the parser reads the same text otherwise: stored copies are then parsed again.
PARSER_VERSION = "1"


@dataclass(slots=True)
class Reading:
    """`facts` are JSON values by the names of `Charter.calendar_facts`; (uid, original_start) is the identity."""

    uid: str
    original_start: str
    slug: str
    starts_at: datetime
    facts: dict[str, Any]
    questions: list[str]


@dataclass
class Directory:
    """Who and where the office's names are. Its `digest` says when stored copies must be read again."""

    members: dict[str, int] = field(default_factory=dict)
    ambiguous: set[str] = field(default_factory=set)
    docks: dict[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "Directory":
        """Two queries. A first name is an alias by itself while only one member bears it."""
        directory = cls(docks={_plain_place(dock.address): dock.pk for dock in Dock.objects.all()})
        first_names: dict[str, list[int]] = {}
        for member in CrewMember.objects.filter(active=True).order_by("pk"):
            for name in {plain_name(each) for each in (member.name, *member.aliases)}:
                directory._add(name, member.pk)
            first_names.setdefault(plain_name(member.name).split(" ")[0], []).append(member.pk)
        for name, keys in first_names.items():
            if name not in directory.members and name not in directory.ambiguous:
                for key in keys:
                    directory._add(name, key)
        return directory

    def _add(self, name: str, key: int) -> None:
        if name in self.ambiguous or self.members.get(name, key) != key:
            self.members.pop(name, None)
            self.ambiguous.add(name)
        else:
            self.members[name] = key

    def member(self, name: str) -> int | None:
        """The crew member's key, or None for a name that is nobody's or several people's."""
        return self.members.get(plain_name(name))

    def dock(self, place: str) -> int | None:
        """The dock's key for a “Where” line."""
        return self.docks.get(_plain_place(place))

    def question(self, name: str) -> str | None:
        """What to ask about a name on a crew list, if anything."""
        plain = plain_name(name)
        if plain in self.members:
            return None
        if plain in self.ambiguous:
            return f"“{name}” could be several crew members: who is meant?"
        return f"“{name}” is on the crew list, but no crew member has that name: who is this?"

    @cached_property
    def digest(self) -> str:
        """Of everything here, the parser's version and the settings it reads by."""
        parts = [
            PARSER_VERSION,
            settings.ARRIVE_LEAD_MINUTES,
            sorted(self.members.items()),
            sorted(self.ambiguous),
            sorted(self.docks.items()),
        ]
        return blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()


def _plain_place(place: str) -> str:
    return " ".join(place.casefold().replace(",", " ").split())


def read(occurrence: Occurrence, *, zone: ZoneInfo, directory: Directory) -> Reading:
    """Understand one occasion. Never raises: what cannot be understood becomes a question."""
    title = read_title(occurrence.summary)
    said = read_description(occurrence.description)
    local_start, local_end = occurrence.starts_at.astimezone(zone), occurrence.ends_at.astimezone(zone)
    guests = title.event_type not in NOT_CHARTERS
    arrive_by = resolve(said.arrive_by, local_start) if said.arrive_by and not occurrence.all_day else None
    facts = {
        "title": occurrence.summary.strip()[:300],
        "event_type": title.event_type,
        "party": title.party[:120],
        "starts_at": occurrence.starts_at.isoformat(),
        "ends_at": occurrence.ends_at.isoformat(),
        "all_day": occurrence.all_day,
        "arrive_by": arrive_by.isoformat() if arrive_by and guests else None,
        "place": occurrence.location.strip()[:300],
        "captain": said.captain[:80] if said.captain and guests else None,
        "crew": [[member.name[:80], member.role] for member in said.crew] if guests else [],
        "guest_name": title.party[:120] if guests else "",
        "guest_email": (said.email or "")[:254] if guests else "",
        "guest_phone": (said.phone or "")[:20] if guests else "",
        "guest_count": said.guest_count if guests else None,
        "platform": said.platform or title.platform,
        "confirmation_code": said.confirmation_code or "",
        "cancelled": occurrence.cancelled,
    }
    questions = list(_questions(facts, said, occurrence, local_start, local_end, directory)) if guests else []
    return Reading(occurrence.uid, occurrence.original_start, title.slug, occurrence.starts_at, facts, questions)


def _questions(
    facts: dict[str, Any],
    said: Description,
    occurrence: Occurrence,
    starts_at: datetime,
    ends_at: datetime,
    directory: Directory,
) -> Iterable[str]:
    yield from said.questions
    for name in filter(None, [facts["captain"], *(each[0] for each in facts["crew"])]):
        question = directory.question(name)
        if question:
            yield question
    if occurrence.all_day:
        yield "The calendar has this trip as a whole day: when does it start?"
    elif said.hours and hours_disagree(said.hours, starts_at, ends_at):
        written = hours(*(resolve(each, starts_at) for each in said.hours))
        yield f"The text says {written}, the event itself {hours(starts_at, ends_at)}: the event's hours are used."
