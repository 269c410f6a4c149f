"""The reference weekend's sunset sail (docs/domain.md), its page and its links."""

import hashlib
from datetime import UTC, datetime

import pytest

from charters.models import Charter, GuestPage
from charters.public_links import waiver_url
from tests.factories import CalendarFactory, CharterFactory, DockFactory, GuestPageFactory, VesselFactory
from tests.waivers.samples import THURSDAY, Door, Move, token_in
from waivers.models import WaiverText


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Move:
    """Moves the clock (jada.core.clock asks Django's)."""

    def move(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return move


@pytest.fixture
def charter(db: None, at: Move) -> Charter:
    if not WaiverText.objects.exists():  # a test with transactions of its own empties what the migrations installed
        body = "# Risks\nSailing is dangerous."
        WaiverText.objects.create(version=1, body=body, digest=hashlib.sha256(body.encode()).hexdigest())
    at(THURSDAY)
    dock = DockFactory.create(name="Harbor Island dock", address="1880 Harbor Island Dr")
    vessel = VesselFactory.create(name="JADA", brand__name="JADA", dock=dock)
    return CharterFactory.create(
        reference="quinn-saturday-2026-05-30",
        title="Quinn Proposal Sunset Sail",
        vessel=vessel,
        calendar=CalendarFactory.create(vessel=vessel),
        starts_at=datetime(2026, 5, 31, 1, 30, tzinfo=UTC),
        ends_at=datetime(2026, 5, 31, 3, 30, tzinfo=UTC),
    )


@pytest.fixture
def page(charter: Charter) -> GuestPage:
    return GuestPageFactory.create(charter=charter, state=GuestPage.State.VERIFIED)


@pytest.fixture
def token(charter: Charter, page: GuestPage) -> str:
    """The party's."""
    return token_in(waiver_url(charter, page))


@pytest.fixture
def door() -> Door:
    return Door()
