"""How soon a save in the admin is what phones are served: a real worker, a bucket, an edge that keeps old copies."""

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.feeds import feed
from bench.ground import Row, worker

if TYPE_CHECKING:
    from django.test import Client

    from charters.models import Charter

SEASON = 400
SAVES = 40
BUDGET = 2.0  # seconds from the save to the verified page, p95
PATIENCE = 20.0
BUCKET, PREFIX = "guest-pages", "guests"
# The admin's styles by their plain names: nothing was collected.
PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def rows(var: Path) -> Iterator[Row]:
    """The row of docs/benchmarks.md, “From a save to the verified page”."""
    from django.test.utils import setup_test_environment, teardown_test_environment

    from charters.models import Calendar, Charter, Vessel
    from jada.core.reconcile import Scope, reconcile

    Charter.objects.all().delete()
    Calendar.objects.all().delete()
    (var / "demo").mkdir(exist_ok=True)
    file = var / "demo" / "saving.ics"
    file.write_bytes(feed(SEASON))
    Calendar.objects.create(name="saving", ical_address=file.as_uri(), vessel=Vessel.objects.get(slug="jada"))
    with _behind_an_edge() as environment:
        reconcile(Scope())
        setup_test_environment()  # answers tell of their forms
        try:
            with worker(environment):
                taken = list(_saves())
        finally:
            teardown_test_environment()
    p95 = statistics.quantiles(taken, n=20)[-1]
    yield Row(
        f"a save in the admin to the verified page, {SEASON} pages: p95, against 2 s", p95, BUDGET, 1, at_most=True
    )


@contextmanager
def _behind_an_edge() -> Iterator[dict[str, str]]:
    """This process's settings as the environment that is given would make them."""
    from django.conf import settings
    from django.test import override_settings

    from charters.pages import cloudfront
    from jada.settings import pages_bucket
    from tests.fakes.aws_server import aws_server
    from tests.fakes.edge_server import DISTRIBUTION, BucketOrigin, edge_server

    with aws_server() as aws, edge_server(BucketOrigin(aws.address, aws.make_bucket(BUCKET), PREFIX)) as edge:
        aws.cloudfront = edge.api
        environment = aws.environment() | {
            "GUEST_PAGES_BUCKET": BUCKET,
            "GUEST_PAGES_PREFIX": PREFIX,
            "GUEST_PAGES_URL": edge.address,
            "CLOUDFRONT_DISTRIBUTION_ID": DISTRIBUTION,
        }
        before = dict(os.environ)
        os.environ |= aws.environment()
        cloudfront.forget_client()
        try:
            with override_settings(
                STORAGES={**settings.STORAGES, "pages": pages_bucket(BUCKET, PREFIX), "staticfiles": PLAIN},
                GUEST_PAGES_FOLDER=None,
                GUEST_PAGES_URL=edge.address,
                CLOUDFRONT_DISTRIBUTION_ID=DISTRIBUTION,
            ):
                yield environment
        finally:
            os.environ.clear()
            os.environ.update(before)
            cloudfront.forget_client()


def _saves() -> Iterator[float]:
    """Seconds from sending the form until the record says that a phone was served the new page."""
    from django.contrib.auth.models import User
    from django.test import Client

    from charters.models import Charter, GuestPage
    from jada.core.clock import now

    client = Client(headers={"Host": "127.0.0.1"})
    client.force_login(User.objects.create_superuser("bench"))
    charter = Charter.objects.charters().filter(starts_at__gt=now()).order_by("starts_at")[50]
    for number in range(SAVES + 1):
        ends = (charter.ends_at + timedelta(minutes=number + 1)).astimezone(charter.zone)
        typed = _form(client, charter) | {"ends_at": f"{ends:%Y-%m-%dT%H:%M}", "why": "They stay a little longer"}
        begun = time.perf_counter()
        answer = client.post(_address(charter), typed)
        if answer.status_code != 302:
            raise AssertionError(answer.status_code)
        shown = {"state": "verified", "facts__end": ends.isoformat(timespec="seconds")}
        while not GuestPage.objects.filter(charter=charter, **shown).exists():
            if time.perf_counter() - begun > PATIENCE:
                raise AssertionError(f"save {number} never reached the phones")
            time.sleep(0.005)
        if number:  # the first one waits for the worker to start
            yield time.perf_counter() - begun


def _address(charter: "Charter") -> str:
    return f"/admin/charters/charter/{charter.pk}/change/"


def _form(client: "Client", charter: "Charter") -> dict[str, str]:
    """What a browser would send back, had nobody typed anything."""
    context = client.get(_address(charter)).context
    form, guests = context["adminform"].form, context["inline_admin_formsets"][0].formset
    sent: dict[str, str] = {}
    for part in (form, *form.crew.forms, *guests.initial_forms):
        for bound in part:
            value = "" if bound.value() in (None, False) else str(bound.value())
            sent |= {bound.html_name: value, bound.html_initial_name: value}
    for management in (form.crew.management_form, guests.management_form):
        sent |= {bound.html_name: str(bound.value()) for bound in management}
    return {name: value for name, value in sent.items() if value or not name.endswith("DELETE")}
