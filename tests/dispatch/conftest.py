"""A mail server of our own, and the Thursday before the reference weekend."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from jada.core import clock
from tests.charters.pages.sailing import THURSDAY
from tests.fakes.mail_sink import MailSink, mail_sink

Move = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def at() -> Iterator[Move]:
    """Moves the clock, which stands at Thursday noon until then."""
    clock.stop_at(THURSDAY)
    yield clock.stop_at
    clock.stop_at(None)


@pytest.fixture
def sink(settings: pytest.FixtureRequest) -> Iterator[MailSink]:
    """The mail server that EMAIL_URL names."""
    with mail_sink() as server:
        settings.MAIL_LEAVES_THE_HOUSE = True  # type: ignore[attr-defined]
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port  # type: ignore[attr-defined]
        yield server
