"""Charters that were never saved, as `with_relations().with_waiver_counts()` would load them."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from charters.models import Brand, Charter, CrewAssignment, Dock, GuestPage, Vessel

PACIFIC = ZoneInfo("America/Los_Angeles")
CODE = "ABCD-2345-EFGH-6789"


def at(text: str) -> datetime:
    """“2026-05-30 15:00” on a clock in San Diego."""
    return datetime.fromisoformat(text).replace(tzinfo=PACIFIC)


def harbor_island() -> Dock:
    return Dock(
        name="Harbor Island West",
        address="1880 Harbor Island Dr, San Diego, CA 92101",
        directions="Park in the marina's lot.\nGate B is opened for you.",
    )


def jada() -> Vessel:
    brand = Brand(slug="jada", name="JADA", phone="+16195550100", email="office@sailjada.com")
    return Vessel(slug="jada", name="JADA", brand=brand, dock=harbor_island())


def charter(
    *,
    crew: list[tuple[str, str]] | None = None,
    named: int = 0,
    signed: int = 0,
    pending_guardian: int = 0,
    **facts: Any,
) -> Charter:
    """Danika's charter, corrected to 3–7 PM, unless told otherwise; `crew` is a list of (role, name)."""
    facts = {
        "pk": 7,
        "reference": "danika-saturday-2026-05-30",
        "title": "Danika Private Charter",
        "party": "Danika",
        "event_type": "private",
        "vessel": jada(),
        "starts_at": at("2026-05-30 15:00"),
        "ends_at": at("2026-05-30 19:00"),
        "arrive_by": at("2026-05-30 14:45"),
        "guest_count": 12,
    } | facts
    made = Charter(**facts)
    made.__dict__.update(named=named, signed=signed, pending_guardian=pending_guardian)
    assignments = [
        CrewAssignment(charter=made, position=position, role=role, name=name)
        for position, (role, name) in enumerate(crew if crew is not None else [("captain", "Gene")])
    ]
    made.__dict__["_prefetched_objects_cache"] = {"crew_assignments": assignments}
    GuestPage(charter=made, path="2026-05-30/Danika-token.html", photo_code=CODE)
    return made
