"""Pages in a folder, served at a public address on loopback, on the Thursday before the reference weekend."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jada.core import clock
from tests.charters.pages.sailing import THURSDAY
from tests.fakes.page_server import PageServer, page_server


@pytest.fixture
def thursday() -> Iterator[None]:
    clock.stop_at(THURSDAY)
    yield
    clock.stop_at(None)


@pytest.fixture
def site(thursday: None, tmp_path: Path, settings: pytest.FixtureRequest) -> Iterator[PageServer]:
    """Where the pages are put, and where a phone finds them."""
    with page_server(tmp_path) as server:
        options = {"location": tmp_path, "base_url": f"{server.address}/"}
        settings.STORAGES = {  # type: ignore[attr-defined]
            **settings.STORAGES,  # type: ignore[attr-defined]
            "pages": {"BACKEND": "charters.pages.store.PageFolder", "OPTIONS": options},
        }
        settings.GUEST_PAGES_FOLDER = tmp_path  # type: ignore[attr-defined]
        settings.GUEST_PAGES_URL = server.address  # type: ignore[attr-defined]
        yield server
