"""Events of the calendars that cannot be read (`CalendarEvent.reason`), in words for whoever asks how it stands.

One that a charter to come was made from is told with that charter (`charters.conflicts`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet

from charters.calendars.occurrences import ESCAPED
from charters.conflicts.quotes import cut, title
from charters.models import CalendarEvent, Charter
from charters.pages.words import listed
from jada.core.clock import now

# So many are named; the rest is a number.
MOST_NAMED = 3
LONGEST_REASON = 160
_SUMMARY = re.compile(r"^SUMMARY[^:\n]*:(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SetAside:
    """An event that cannot be read: its calendar's name, its own title, and why, as a sentence."""

    calendar: str
    title: str
    reason: str

    @property
    def sentence(self) -> str:
        """“Quinn Sunset Sail” cannot be read. The event has no start."""
        return f"{self.title[:1].upper()}{self.title[1:]} cannot be read. {self.reason}"


def without_a_charter() -> tuple[list[SetAside], int]:
    """Those that no charter to come tells of, the first few, and how many there are beyond them. Two queries."""
    told = Charter.objects.charters().active().filter(starts_at__gt=now(), calendar=OuterRef("calendar"))
    aside = _aside().exclude(Exists(told.filter(uid=OuterRef("uid"))))
    return _read(aside), max(0, aside.count() - MOST_NAMED)


def by_calendar() -> Mapping[int, str]:
    """{calendar's key: “2 events could not be read: …”} of the calendars that have any; a query, and one for each."""
    counts = _aside().order_by().values_list("calendar").annotate(Count("pk"))
    return {key: _summed_up(count, _read(_aside().filter(calendar=key))) for key, count in counts}


def _aside() -> "QuerySet[CalendarEvent]":
    """Of calendars that are read: in the others nobody is to mend anything."""
    return CalendarEvent.objects.filter(calendar__stopped_at=None).exclude(reason="").order_by("calendar__name", "uid")


def _read(aside: "QuerySet[CalendarEvent]") -> list[SetAside]:
    rows = aside.values_list("calendar__name", "source", "reason")[:MOST_NAMED]
    return [SetAside(name, _titled(source), cut(reason, LONGEST_REASON)) for name, source, reason in rows]


def _summed_up(count: int, named: Iterable[SetAside]) -> str:
    parts = [f"{each.title} ({each.reason.removesuffix('.')})" for each in named]
    more = [f"{count - len(parts)} more"] if count > len(parts) else []
    return f"{count} event{'' if count == 1 else 's'} could not be read: {listed([*parts, *more])}."


def _titled(source: str) -> str:
    found = _SUMMARY.search(source)
    words = title(ESCAPED.sub(lambda sign: " " if sign[1] in "nN" else sign[1], found[1])) if found else ""
    return f"“{words}”" if words else "an event without a title"
