"""Records for tests, as small as they can be: each has what it needs and a test names what it is about."""

from datetime import timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from charters.models import Brand, Calendar, Charter, CrewMember, Dock, Guest, GuestPage, Vessel
from charters.public_links import PARTY
from jada.core import links
from jada.core.clock import now


class BrandFactory(DjangoModelFactory[Brand]):
    class Meta:
        model = Brand

    slug = factory.Sequence(lambda number: f"brand-{number}")
    name = factory.Sequence(lambda number: f"Brand {number}")
    phone = "+16195550100"
    email = "office@example.com"


class DockFactory(DjangoModelFactory[Dock]):
    class Meta:
        model = Dock

    name = "Guest dock"
    address = factory.Sequence(lambda number: f"{number + 1} Harbor Drive, San Diego")


class VesselFactory(DjangoModelFactory[Vessel]):
    class Meta:
        model = Vessel

    slug = factory.Sequence(lambda number: f"vessel-{number}")
    name = factory.Sequence(lambda number: f"Vessel {number}")
    brand = factory.SubFactory(BrandFactory)
    dock = factory.SubFactory(DockFactory)


class CalendarFactory(DjangoModelFactory[Calendar]):
    class Meta:
        model = Calendar

    name = factory.Sequence(lambda number: f"Calendar {number}")
    ical_address = "https://calendar.example.com/basic.ics"
    timezone = "America/Los_Angeles"
    vessel = factory.SubFactory(VesselFactory)


class CrewMemberFactory(DjangoModelFactory[CrewMember]):
    class Meta:
        model = CrewMember

    name = factory.Sequence(lambda number: f"Sailor {number}")


class CharterFactory(DjangoModelFactory[Charter]):
    """A confirmed two-hour sail in three days, of a calendar on its vessel."""

    class Meta:
        model = Charter

    reference = factory.Sequence(lambda number: f"charter-{number}")
    title = "Quinn Sunset Sail"
    party = "Quinn"
    event_type = Charter.EventType.SUNSET_SAIL
    vessel = factory.SubFactory(VesselFactory)
    calendar = factory.SubFactory(CalendarFactory, vessel=factory.SelfAttribute("..vessel"))
    starts_at = factory.LazyFunction(lambda: now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3))
    ends_at = factory.LazyAttribute(lambda charter: charter.starts_at + timedelta(hours=2))
    arrive_by = factory.LazyAttribute(lambda charter: charter.starts_at - timedelta(minutes=15))


class GuestFactory(DjangoModelFactory[Guest]):
    class Meta:
        model = Guest

    charter = factory.SubFactory(CharterFactory)
    name = factory.Sequence(lambda number: f"Guest {number}")


class GuestPageFactory(DjangoModelFactory[GuestPage]):
    """A page that was never published, with its links."""

    class Meta:
        model = GuestPage

    charter = factory.SubFactory(CharterFactory)
    path = factory.LazyAttribute(lambda page: f"{page.charter.date}/{page.charter.reference}.html")
    photo_code = factory.LazyAttribute(lambda page: _code(page))
    photo_lookup = factory.LazyAttribute(lambda page: links.lookup(page.photo_code))
    waiver_lookup = factory.LazyAttribute(
        lambda page: links.lookup(links.token(PARTY, page.charter.pk, _generation(page)))
    )


def _code(page: Any) -> str:
    return links.code("photos", page.charter.pk, _generation(page))


def _generation(page: Any) -> int:
    generation: int = getattr(page, "link_generation", 1)
    return generation
