"""Events for other programs: which there are, and each as the JSON of the contract (docs/operations.md, “Event”)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q

from charters.conflicts import conflicts
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
    """Each charter's event, in the queryset's order, in eight queries however many there are.

    A season has few vessels, calendars and sailors: they are read once, and not again beside each of their charters.
    """
    crew = CrewAssignment.objects.order_by("position").prefetch_related("member")
    loaded = list(
        charters.with_waiver_counts()
        .select_related("page")
        .prefetch_related("vessel", "calendar", Prefetch("crew_assignments", crew))
        .defer("page__facts", "staff_facts")
    )
    by_word = set(Override.objects.filter(field="status", charter__in=loaded).values_list("charter", flat=True))
    found = conflicts(loaded)
    return [
        event_json(charter, conflicts=found.get(charter.pk, ()), status_overridden=charter.pk in by_word)
        for charter in loaded
    ]


def event(charter: Charter) -> Event:
    """One charter's event, read anew."""
    return events(Charter.objects.filter(pk=charter.pk))[0]


def event_json(charter: Charter, *, conflicts: Sequence[str], status_overridden: bool) -> Event:
    """An event as other programs read it; times are ISO 8601 with the offset of the charter's zone.

    `charter` comes with its page, vessel, calendar and crew and `with_waiver_counts()`: no query is made here.
    """
    page: GuestPage | None = getattr(charter, "page", None)
    crew = list(charter.crew_assignments.all())
    return {
        "id": charter.reference,
        "title": charter.title,
        "event_type": charter.event_type,
        "status": charter.status,
        "date": charter.date.isoformat(),
        "starts_at": _local(charter, charter.starts_at),
        "ends_at": _local(charter, charter.ends_at),
        "duration_minutes": charter.duration // timedelta(minutes=1),
        "arrive_by": _local(charter, charter.arrive_by),
        "vessel": charter.vessel.slug,
        "captain": next((each.display_name for each in crew if each.role == "captain"), None),
        "crew": [
            {"name": each.display_name, "role": each.role, "source": each.source}
            for each in crew
            if each.role != "captain"
        ],
        "guest": {
            "name": charter.guest_name or None,
            "email": charter.guest_email or None,
            "phone": charter.guest_phone or None,
        },
        "guest_count": charter.guest_count,
        "sources": _sources(charter, status_overridden=status_overridden),
        "waivers": waiver_counts(charter) if charter.is_charter else _NO_WAIVERS,
        "page_url": page.url if page else None,
        "page_state": page.state if page else GuestPage.State.NONE.value,
        "conflicts": list(dict.fromkeys([*conflicts, *_strangers(crew)])),
        "updated_at": _local(charter, charter.updated_at, "microseconds"),
    }


def _local(charter: Charter, moment: datetime, timespec: str = "seconds") -> str:
    return moment.astimezone(charter.zone).isoformat(timespec=timespec)


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


def _strangers(crew: Sequence[CrewAssignment]) -> Iterator[str]:
    """A name set by hand that is nobody's is carried as written, and asked about."""
    for each in crew:
        if each.member is None and each.source == "override":
            yield f"“{each.name}” was set by hand, but it is not clear which crew member that is: who is meant?"
