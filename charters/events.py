"""Events for other programs: which there are, and each as the JSON of the contract (docs/operations.md, “Event”)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q

from charters.conflicts import conflicts
from charters.conflicts.neighbours import Hand, neighbours
from charters.models import Charter, CrewAssignment, GuestPage, Override
from charters.models.charter import CharterQuerySet
from charters.pages.facts import waiver_counts

Event = dict[str, Any]

# The columns whose source is told, by their names in an event; the parts of a guest may come from several.
_TOLD = (
    "title",
    "event_type",
    "starts_at",
    "ends_at",
    "arrive_by",
    "captain",
    "crew",
    "guest_name",
    "guest_email",
    "guest_phone",
    "guest_count",
)
_GUEST = ("guest_name", "guest_email", "guest_phone")
_PRECEDENCE = ("override", "booking", "calendar", "staff")
_NO_WAIVERS = {"required": 0, "signed": 0, "pending": 0, "pending_guardian": 0}
MOST_WORDS = 8


def taking_place(starts: datetime, ends: datetime) -> CharterQuerySet:
    """Events that go on at some moment between the two, both included, by start; cancelled ones too."""
    under_way = Q(ends_at__gt=starts) | Q(starts_at__gte=starts)
    return Charter.objects.filter(under_way, starts_at__lte=ends).order_by("starts_at", "reference")


def mentioning(charters: CharterQuerySet, words: str) -> CharterQuerySet:
    """Those with every word in title, guest's name, reference, crew or confirmation code, whatever its case."""
    for word in words.split()[:MOST_WORDS]:
        aboard = CrewAssignment.objects.filter(
            Q(name__icontains=word) | Q(member__name__icontains=word), charter=OuterRef("pk")
        )
        charters = charters.filter(
            Q(title__icontains=word)
            | Q(guest_name__icontains=word)
            | Q(reference__icontains=word)
            | Q(calendar_facts__confirmation_code__icontains=word)
            | Q(booking_facts__confirmation_code__icontains=word)
            | Exists(aboard)
        )
    return charters


def events(charters: CharterQuerySet) -> list[Event]:
    """Each charter's event, in the queryset's order, in one query and those of `conflicts`, however many there are.

    A month has to be told in 50 ms (bench/api.py): of vessel, calendar and crew only the few values told are read.
    """
    by_word = Override.objects.filter(charter=OuterRef("pk"), field="status")
    loaded: list[Any] = list(
        charters.with_waiver_counts()
        .annotate(
            vessel_slug=F("vessel__slug"),
            timezone=F("calendar__timezone"),
            page_path=F("page__path"),
            page_state=F("page__state"),
            by_word=Exists(by_word),
        )
        .defer("staff_facts", "place", "party", "original_start", "created_at", "told_facts_changed_at")
    )
    for charter in loaded:
        charter.zone = ZoneInfo(charter.timezone or settings.TIME_ZONE)  # spares the calendar's row
    around = neighbours(loaded)
    found = conflicts(loaded, around)
    return [
        event_json(each, crew=around[each.pk].crew if each.pk in around else (), conflicts=found.get(each.pk, ()))
        for each in loaded
    ]


def event(charter: Charter) -> Event:
    """One charter's event, read anew."""
    return events(Charter.objects.filter(pk=charter.pk))[0]


def event_json(charter: Any, *, crew: Sequence[Hand], conflicts: Sequence[str]) -> Event:
    """An event as other programs read it; times are ISO 8601 with the offset of the charter's zone.

    `charter` is a `Charter` as `events` loads it, with its annotations: no query is made here.
    """
    starts_at, zone = charter.starts_at.astimezone(charter.zone), charter.zone
    return {
        "id": charter.reference,
        "title": charter.title,
        "event_type": charter.event_type,
        "status": charter.status,
        "date": starts_at.date().isoformat(),
        "starts_at": starts_at.isoformat(timespec="seconds"),
        "ends_at": charter.ends_at.astimezone(zone).isoformat(timespec="seconds"),
        "duration_minutes": charter.duration // timedelta(minutes=1),
        "arrive_by": charter.arrive_by.astimezone(zone).isoformat(timespec="seconds"),
        "vessel": charter.vessel_slug,
        "captain": next((each.shown for each in crew if each.role == "captain"), None),
        "crew": [
            {"name": each.shown, "role": each.role, "source": each.source} for each in crew if each.role != "captain"
        ],
        "guest": {
            "name": charter.guest_name or None,
            "email": charter.guest_email or None,
            "phone": charter.guest_phone or None,
        },
        "guest_count": charter.guest_count,
        "sources": _sources(charter, status_overridden=charter.by_word),
        "waivers": waiver_counts(charter) if charter.is_charter else _NO_WAIVERS,
        "page_url": f"{settings.GUEST_PAGES_URL}/{charter.page_path}" if charter.page_path else None,
        "page_state": charter.page_state or GuestPage.State.NONE.value,
        "conflicts": list(conflicts),
        "updated_at": charter.updated_at.astimezone(zone).isoformat(timespec="microseconds"),
    }


def _sources(charter: Charter, *, status_overridden: bool) -> dict[str, str]:
    sources: Mapping[str, str] = charter.sources
    told = {name: sources[name] for name in _TOLD if name in sources}
    guest = {sources[name] for name in _GUEST if name in sources}
    if guest:
        told["guest"] = min(guest, key=_PRECEDENCE.index)
    origin = "calendar" if charter.calendar_id else sources.get("title", "staff")
    told["vessel"] = "calendar" if charter.calendar_id else "staff"
    told["status"] = "override" if status_overridden else origin
    return told
