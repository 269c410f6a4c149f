"""Whatever the schema lets in, and much that it does not: nothing brings the API down, each answer is as promised."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from charters.adding import add_event
from jada.core import tokens
from jada.core.clock import now
from jada.wsgi import application

pytestmark = pytest.mark.django_db
EXAMPLES = 60
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
]


schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application)


@pytest.fixture
def _one_connection(db: None) -> Iterator[None]:
    """The test's transaction outlives each request, as it does with Django's own test client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


NUMBERS = count()


def upcoming_event() -> str:
    """Another one each time: a request may have moved the last one into the past, where it is frozen."""
    starts = now().replace(microsecond=0) + timedelta(days=3)
    title = f"Quinn{next(NUMBERS)} Sunset Sail"
    return add_event(title=title, starts_at=starts, ends_at=starts + timedelta(hours=2)).reference


@pytest.fixture
def token(_one_connection: None) -> str:
    return tokens.create("schemathesis")


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_no_request_brings_the_api_down(case: Any, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    case.call_and_validate(headers=headers, checks=CHECKS)
    if "id" in (case.path_parameters or {}):
        case.path_parameters["id"] = upcoming_event()
        case.call_and_validate(headers=headers, checks=CHECKS)
