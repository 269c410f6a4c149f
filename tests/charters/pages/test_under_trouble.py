"""Workers that are late, die or meet each other; rights that are missing; databases that were restored."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import urllib3
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from charters.models import Charter, GuestPage, Invalidation
from charters.overrides import override
from charters.pages.layer import EdgeLayer, PageLayer
from charters.pages.render import digest_in
from jada.core import clock
from jada.core.reconcile import Change, Report, Scope, reconcile
from tests.charters.pages.conftest import Behind
from tests.charters.pages.sailing import THURSDAY, danika, fleet, look, outcomes, page_of, sails_later
from tests.charters.pages.samples import at
from tests.fakes import cloudfront_api
from tests.fakes.aws_server import access_denied
from tests.fakes.edge_server import LOCATIONS
from tests.fakes.loopback import answering

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

pytestmark = pytest.mark.django_db
PAGE_LAYER = frozenset({"page"})


def asked(behind: Behind) -> int:
    return len(behind.edge.api.invalidations)


def everywhere(url: str) -> list[tuple[int, str | None]]:
    """(status, digest) at each place of the edge."""
    answers = [urllib3.request("GET", url, headers={"X-Edge-Location": each}, retries=False) for each in LOCATIONS]
    return [(answer.status, digest_in(answer.data)) for answer in answers]


def to_sunday(charter: Charter) -> None:
    start = at("2026-05-31 14:00")
    override(charter=charter, facts={"starts_at": start, "ends_at": start + timedelta(hours=4)}, by="ana")


def walk(layer: PageLayer | EdgeLayer) -> list[Change]:
    """One round of the layer, as a worker does it."""
    changes = claimed(layer)
    layer.carry_out(Scope(), changes)
    return changes


def claimed(layer: PageLayer | EdgeLayer) -> list[Change]:
    """What the layer has made up its mind to do, under its claim."""
    with transaction.atomic():
        return layer.plan(Scope(), None)


def meanwhile(act: Callable[[], None]) -> "Callable[[WSGIApplication], WSGIApplication]":
    """Something happens elsewhere before the request is answered as ever."""

    def trouble(application: "WSGIApplication") -> "WSGIApplication":
        def respond(environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:
            try:
                act()
            finally:
                connection.close()
            return application(environ, start_response)

        return respond

    return trouble


def of_edge(report: Report) -> tuple[str, str]:
    (change,) = [change for change in report.changes if change.layer == "edge"]
    return change.state, change.reason


# -- workers that meet --------------------------------------------------------------------------------------------


def test_a_save_while_a_worker_waits_for_the_edge_is_published_at_once(behind: Behind) -> None:
    charter = danika()
    behind.edge.api.completes_after = None
    reconcile(Scope(layers=PAGE_LAYER))
    waiting = EdgeLayer(patience=0.1)
    changes = claimed(waiting)  # and it waits
    sails_later(charter)
    reconcile(Scope(layers=PAGE_LAYER))
    behind.edge.api.complete()
    behind.edge.api.completes_after = 0.0
    waiting.carry_out(Scope(), changes)
    page = page_of(charter)
    assert (page.state, page.facts["start"]) == ("published", "2026-05-30T15:00:00-07:00")
    look()
    assert page_of(charter).state == "verified"


def test_who_lost_the_claim_of_the_edge_reports_nothing_as_done(behind: Behind) -> None:
    danika()
    reconcile(Scope(layers=PAGE_LAYER))
    layer = EdgeLayer()
    changes = claimed(layer)
    GuestPage.objects.update(fence=F("fence") + 1)
    layer.carry_out(Scope(), changes)
    assert ([change.state for change in changes], asked(behind)) == (["held"], 0)


@pytest.mark.django_db(transaction=True)
def test_a_late_put_between_the_next_workers_put_and_its_settling_is_put_right(behind: Behind) -> None:
    charter = danika()
    late = PageLayer()
    changes = claimed(late)
    GuestPage.objects.update(lease_until=Now() - timedelta(seconds=1))
    sails_later(charter)
    behind.aws.trouble("PUT", meanwhile(lambda: late.carry_out(Scope(), changes)))
    walk(PageLayer())
    look()
    page = page_of(charter)
    assert (page.state, page.facts["start"]) == ("verified", "2026-05-30T15:00:00-07:00")
    assert everywhere(page.url) == [(200, page.digest)] * 2


@pytest.mark.django_db(transaction=True)
def test_what_is_put_while_an_audit_lists_is_no_finding(behind: Behind) -> None:
    edited = danika()
    look()

    def put() -> None:
        danika(party="New", reference="new")
        sails_later(edited)
        walk(PageLayer())

    behind.aws.trouble("LIST", meanwhile(put))
    report = look(audit=True)
    assert [change for change in report.changes if change.layer == "page"] == []
    assert set(GuestPage.objects.values_list("state", "publication")) == {("verified", 2), ("verified", 1)}


# -- databases that were restored --------------------------------------------------------------------------------


def test_a_page_whose_row_is_made_in_this_audit_is_no_stranger(behind: Behind) -> None:
    charter = danika()
    look()
    path = page_of(charter).path
    GuestPage.objects.all().delete()
    assert look(audit=True).exit_code == 0
    assert (page_of(charter).path, page_of(charter).state, list(behind.stored())) == (path, "verified", [path])


def test_a_database_that_counts_its_publications_once_more_purges_all_the_same(behind: Behind) -> None:
    charter = danika()
    look()
    everywhere(page_of(charter).url)
    Invalidation.objects.all().delete()
    GuestPage.objects.update(publication=0, purges=0, digest="", verified_digest="", state="none", published_at=None)
    sails_later(charter)
    look()
    page = page_of(charter)
    assert (page.state, everywhere(page.url)) == ("verified", [(200, page.digest)] * 2)


def test_to_another_domain_the_old_address_leads_on(behind: Behind, settings: Any) -> None:
    charter = danika()
    look()
    before = page_of(charter)
    to_sunday(charter)
    look()
    old = settings.GUEST_PAGES_URL
    settings.GUEST_PAGES_URL = old.replace("127.0.0.1", "localhost")
    report = look(audit=True)
    assert report.exit_code == 0
    assert "address of the page changed" in report.changes[0].reason
    led = urllib3.request("GET", f"{old}/{before.path}").data.decode()
    assert page_of(charter).url in led


# -- what AWS refuses ---------------------------------------------------------------------------------------------


def test_an_invalidation_that_may_not_be_looked_up_is_not_asked_for_again(behind: Behind) -> None:
    danika()
    behind.edge.api.completes_after = 0.01
    behind.edge.api.trouble("GetInvalidation", cloudfront_api.refusing("403 Forbidden", "AccessDenied"), times=99)
    for _ in range(3):
        report = look()
    assert of_edge(report) == ("failed", "AWS does not allow us to invalidate pages at the edge.")
    assert (asked(behind), GuestPage.objects.get().state) == (1, "failed")


def test_an_invalidation_that_is_unknown_by_now_is_asked_for_anew(behind: Behind) -> None:
    danika()
    behind.edge.api.completes_after = 0.2
    behind.edge.api.trouble("GetInvalidation", cloudfront_api.refusing("404 Not Found", "NoSuchInvalidation"))
    reconcile(Scope(layers=PAGE_LAYER))
    walk(EdgeLayer(patience=0.0))
    look()
    assert (asked(behind), GuestPage.objects.get().state) == (2, "verified")


def test_a_stranger_that_may_not_be_forgotten_is_asked_for_until_it_is(behind: Behind) -> None:
    danika()
    look()
    behind.put("2026-05-30/quinn-draft.html", b"<p>Quinn, bring cash")
    url = f"{behind.edge.address}/2026-05-30/quinn-draft.html"
    everywhere(url)
    behind.edge.api.trouble("CreateInvalidation", cloudfront_api.refusing("403 Forbidden", "AccessDenied"))
    assert look(audit=True).exit_code == 1
    assert [status for status, _ in everywhere(url)] == [200, 200]
    assert look(audit=True).exit_code == 0
    assert [status for status, _ in everywhere(url)] == [404, 404]


def test_one_page_that_may_not_be_removed_holds_up_no_other(behind: Behind, settings: Any) -> None:
    charters = [danika(party=party) for party in ("Ada", "Ben")]
    look()
    ada, ben = (page_of(charter).path for charter in charters)
    partly = (
        '<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Deleted><Key>guests/{ben}</Key></Deleted>"
        f"<Error><Key>guests/{ada}</Key><Code>AccessDenied</Code><Message>No.</Message></Error></DeleteResult>"
    )
    behind.aws.trouble("DELETE_MANY", answering("200 OK", partly))
    clock.stop_at(THURSDAY + timedelta(days=settings.GUEST_PAGES_KEEP_DAYS + 4))
    report = reconcile(Scope(layers=PAGE_LAYER))
    assert outcomes(report) == [("page", "delete", "failed"), ("page", "delete", "applied")]
    assert [page_of(charter).state for charter in charters] == ["verified", "withdrawn"]
    assert page_of(charters[0]).reason == "The bucket refused to remove it (AccessDenied)."


def test_a_moved_page_that_cannot_be_put_is_still_where_it_was(behind: Behind) -> None:
    charter = danika()
    look()
    before = page_of(charter)
    to_sunday(charter)
    behind.aws.trouble("PUT", access_denied, times=9)
    look()
    after = page_of(charter)
    assert (after.state, after.path, everywhere(after.url)) == ("failed", before.path, [(200, before.digest)] * 2)


def test_after_a_failed_put_the_plan_tells_what_a_guest_reads_not_what_failed(behind: Behind) -> None:
    charter = danika()
    look()
    sails_later(charter)
    behind.aws.trouble("PUT", access_denied, times=9)
    look()
    report = look()
    assert report.changes[0].actual == "Sat 30 May, 2–6 PM, arrive by 1:45 PM, no captain yet, 0 of 12 signed"


# -- what invalidations cost --------------------------------------------------------------------------------------


def test_an_edge_that_cannot_be_reached_costs_no_second_invalidation(behind: Behind, settings: Any) -> None:
    danika()
    settings.GUEST_PAGES_URL = "http://127.0.0.1:9"
    for _ in range(2):
        assert of_edge(look()) == ("failed", "The public address of the pages does not answer.")
    assert asked(behind) == 1


def test_a_failed_page_stays_failed_while_nothing_changes(behind: Behind, settings: Any) -> None:
    charter = danika()
    settings.GUEST_PAGES_URL = "http://127.0.0.1:9"
    look()
    reconcile(Scope(layers=PAGE_LAYER))
    page = page_of(charter)
    assert (page.state, page.reason) == ("failed", "The public address of the pages does not answer.")


def test_a_wish_that_was_overtaken_is_never_asked_for(behind: Behind) -> None:
    charter = danika()
    reconcile(Scope(layers=PAGE_LAYER))
    behind.edge.api.trouble("CreateInvalidation", cloudfront_api.refusing("400 Bad Request", "Throttling"), times=2)
    walk(EdgeLayer(patience=0.0))
    sails_later(charter)
    look()
    look(audit=True)
    assert (asked(behind), Invalidation.objects.count()) == (1, 1)


def test_pages_that_wait_cost_the_same_few_queries_at_5_and_at_30(behind: Behind) -> None:
    behind.edge.api.completes_after = None
    fleet(5)

    def queries() -> int:
        reconcile(Scope(layers=PAGE_LAYER))
        layer = EdgeLayer(patience=0.0)
        changes = claimed(layer)
        with CaptureQueriesContext(
            connection,
        ) as made:
            layer.carry_out(Scope(), changes)
        return sum("SAVEPOINT" not in query["sql"] for query in made)

    five = queries()
    GuestPage.objects.update(state="stale", digest="", purge=None)
    fleet(25)
    assert queries() == five


# -- what is not ours ---------------------------------------------------------------------------------------------


def test_what_others_keep_beside_the_days_folders_is_left_alone(behind: Behind) -> None:
    charter = danika()
    look()
    behind.put("404.html", b"<h1>Not found")
    behind.put("index.html", b"<h1>JADA")
    behind.put("copy-of-danika.html", behind.stored()[page_of(charter).path])
    report = look(audit=True)
    assert [(change.actual, change.state) for change in report.changes] == [("copy-of-danika.html", "applied")]
    assert sorted(behind.stored()) == sorted([page_of(charter).path, "404.html", "index.html"])


def test_a_stranger_stays_in_the_history_of_a_bucket_that_keeps_versions(behind: Behind) -> None:
    behind.put("2026-05-30/draft.html", b"<p>Cash only")
    assert look(audit=True).exit_code == 0
    assert (behind.stored(), behind.versions("2026-05-30/draft.html")) == ({}, 2)
