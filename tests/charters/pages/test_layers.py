"""From the record to the folder, and from the folder to what a phone is served."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from charters.models import Charter, Dock, GuestPage
from charters.overrides import confirm_cancelled, override
from charters.pages.layer import BATCH, EdgeLayer, PageLayer
from charters.touching import touch_all
from jada.core.reconcile import Scope, reconcile
from tests.charters.pages.sailing import by_hand, danika, fleet, is_of, look, outcomes, page_of, sails_later
from tests.charters.pages.samples import at
from tests.factories import VesselFactory
from tests.fakes import page_server as fake
from tests.fakes.page_server import PageServer

pytestmark = pytest.mark.django_db

PUBLISHED_AND_SEEN = [("page", "create", "applied"), ("edge", "update", "applied")]
PUT_ANEW_AND_SEEN = [("page", "update", "applied"), ("edge", "update", "applied")]
OLDER_COPY = "The public address still shows an older copy."


def content(site: PageServer, page: GuestPage) -> bytes:
    return (site.folder / page.path).read_bytes()


def stamps(folder: Path) -> dict[str, int]:
    """When each file was last written, to the nanosecond."""
    return {str(file): os.stat(file).st_mtime_ns for file in sorted(folder.rglob("*.html"))}


def questions() -> int:
    """How much a look asks the database, savepoints left out."""
    with CaptureQueriesContext(connection) as asked:
        look()
    return sum("SAVEPOINT" not in query["sql"] for query in asked)


def state(charter: Charter) -> tuple[str, str]:
    page = page_of(charter)
    return page.state, page.reason


# -- published, and seen ---------------------------------------------------------------------------------------


def test_a_charter_is_published_and_then_seen_at_its_public_address(site: PageServer) -> None:
    charter = danika()
    assert outcomes(look()) == PUBLISHED_AND_SEEN
    page = page_of(charter)
    assert (page.state, site.requests, page.verified_digest) == ("verified", [f"/{page.path}"], page.digest)
    assert is_of(page, content(site, page))


def test_what_is_no_charter_gets_no_page(site: PageServer) -> None:
    danika(event_type="maintenance")
    assert (outcomes(look()), GuestPage.objects.count()) == ([], 0)


def test_nothing_changed_writes_nothing_and_asks_nobody(site: PageServer) -> None:
    fleet(3)
    look()
    written, asked = stamps(site.folder), list(site.requests)
    assert outcomes(look()) == []
    assert (stamps(site.folder), site.requests) == (written, asked)


def test_nothing_changed_costs_the_same_few_queries_at_10_and_at_100_pages(site: PageServer) -> None:
    fleet(10)
    look()
    ten = questions()
    fleet(90)
    look()
    assert (ten, questions()) == (5, 5)


def test_a_plan_publishes_nothing(site: PageServer) -> None:
    danika()
    code, printed = by_hand("--plan")
    assert (code, [(each["layer"], each["state"]) for each in printed["changes"]]) == (
        2,
        [("page", "planned"), ("edge", "planned")],
    )
    assert (GuestPage.objects.count(), stamps(site.folder)) == (0, {})


# -- a fact changes ------------------------------------------------------------------------------------------------


def test_a_changed_fact_makes_the_page_stale_at_once_and_one_look_later_it_is_right(site: PageServer) -> None:
    charter = danika()
    look()
    sails_later(charter)
    assert page_of(charter).state == "stale"
    assert outcomes(look()) == PUT_ANEW_AND_SEEN
    page = page_of(charter)
    assert (page.state, page.facts["start"]) == ("verified", "2026-05-30T15:00:00-07:00")
    assert is_of(page, content(site, page))


def test_the_change_says_what_differs(site: PageServer) -> None:
    charter = danika()
    look()
    sails_later(charter)
    assert look().changes[0].reason == "2–6 PM → 3–6 PM"


def test_what_stands_on_every_page_makes_every_page_stale(site: PageServer) -> None:
    charters = fleet(3)
    look()
    Dock.objects.update(directions="Gate C from now on.")
    assert touch_all([charter.pk for charter in charters]) == 3
    look()
    assert [b"Gate C" in content(site, page) for page in GuestPage.objects.all()] == [True] * 3


def test_there_and_back_again_is_put_nowhere_and_true(site: PageServer) -> None:
    charter = danika()
    look()
    written = stamps(site.folder)
    sails_later(charter)
    override(charter=charter, facts={"starts_at": None}, by="ana")
    assert outcomes(look()) == []
    assert (page_of(charter).state, stamps(site.folder)) == ("verified", written)


def test_there_and_back_again_is_settled_for_every_page_in_one_look(site: PageServer) -> None:
    fleet(201)
    look()
    touch_all(list(Charter.objects.values_list("pk", flat=True)))
    look()
    assert set(GuestPage.objects.values_list("state", flat=True)) == {"verified"}


def test_there_and_back_again_with_a_look_between_publishes_what_is_true(site: PageServer) -> None:
    charter = danika()
    look()
    sails_later(charter)
    look()
    override(charter=charter, facts={"starts_at": None}, by="ana")
    look()
    page = page_of(charter)
    assert (page.state, page.facts["start"]) == ("verified", "2026-05-30T14:00:00-07:00")
    assert is_of(page, content(site, page))


def test_a_cancelled_trip_says_so_and_asks_nobody_to_the_dock(site: PageServer) -> None:
    charter = danika()
    look()
    confirm_cancelled(charter=charter, by="ana")
    assert outcomes(look()) == PUT_ANEW_AND_SEEN
    shown = content(site, page_of(charter)).decode()
    assert "This trip is cancelled" in shown
    assert "There is no need to come to the dock" in shown
    assert "Sign the waiver" not in shown


# -- at the same moment ---------------------------------------------------------------------------------------------


def test_a_fact_that_changes_while_the_page_is_put_leaves_it_stale(site: PageServer) -> None:
    charter, layer, scope = danika(), PageLayer(), Scope()
    look()
    override(charter=charter, facts={"guest_count": 8}, by="ana")
    changes = layer.plan(scope, layer.observe(scope))
    sails_later(charter)
    layer.carry_out(scope, changes)
    assert (page_of(charter).state, page_of(charter).facts["start"]) == ("stale", "2026-05-30T14:00:00-07:00")


def test_a_fact_that_changes_while_the_page_is_put_for_the_first_time_leaves_it_stale(site: PageServer) -> None:
    charter, layer, scope = danika(), PageLayer(), Scope()
    changes = layer.plan(scope, layer.observe(scope))
    sails_later(charter)
    layer.carry_out(scope, changes)
    assert page_of(charter).state == "stale"
    look()
    assert (page_of(charter).state, page_of(charter).facts["start"]) == ("verified", "2026-05-30T15:00:00-07:00")


def test_a_fact_that_changes_while_the_page_is_looked_at_leaves_it_stale(site: PageServer) -> None:
    charter, layer, scope = danika(), EdgeLayer(), Scope()
    reconcile(Scope(layers=frozenset({"page"})))
    changes = layer.plan(scope, layer.observe(scope))
    sails_later(charter)
    layer.carry_out(scope, changes)
    assert page_of(charter).state == "stale"


@pytest.mark.django_db(transaction=True)
def test_a_fact_that_another_connection_changes_while_a_phone_waits_leaves_the_page_stale(site: PageServer) -> None:
    charter = danika()

    def office() -> None:
        sails_later(charter)
        connection.close()

    site.answer = fake.in_turn(fake.after(office, fake.stored(site.folder)), fake.stored(site.folder))
    look()
    assert page_of(charter).state == "stale"
    look()
    assert (page_of(charter).state, page_of(charter).facts["start"]) == ("verified", "2026-05-30T15:00:00-07:00")


def test_who_lost_the_claim_settles_nothing_and_the_page_is_put_again(site: PageServer) -> None:
    charter, slow, quick, scope = danika(), PageLayer(), PageLayer(), Scope()
    overtaken = slow.plan(scope, slow.observe(scope))
    GuestPage.objects.update(lease_until=Now() - timedelta(seconds=1))
    sails_later(charter)
    quick.carry_out(scope, quick.plan(scope, quick.observe(scope)))
    assert page_of(charter).state == "published"
    slow.carry_out(scope, overtaken)
    assert (page_of(charter).state, page_of(charter).facts["start"]) == ("stale", "2026-05-30T15:00:00-07:00")
    look()
    page = page_of(charter)
    assert (page.state, page.facts["start"]) == ("verified", "2026-05-30T15:00:00-07:00")
    assert is_of(page, content(site, page))


def test_who_lost_the_claim_verifies_nothing(site: PageServer) -> None:
    charter, layer, scope = danika(), EdgeLayer(), Scope()
    reconcile(Scope(layers=frozenset({"page"})))
    changes = layer.plan(scope, layer.observe(scope))
    GuestPage.objects.update(fence=99)
    layer.carry_out(scope, changes)
    assert (page_of(charter).state, page_of(charter).verified_digest) == ("published", "")


def test_a_worker_killed_after_the_put_leaves_nothing_that_is_taken_for_true(site: PageServer) -> None:
    charter, killed, scope = danika(), PageLayer(), Scope()
    look()
    true = content(site, page_of(charter))
    sails_later(charter)
    killed.plan(scope, killed.observe(scope))
    (site.folder / page_of(charter).path).write_bytes(b"What it put before it died.")
    GuestPage.objects.update(lease_until=Now() - timedelta(seconds=1))
    override(charter=charter, facts={"starts_at": None}, by="ana")
    look()
    page = page_of(charter)
    assert (page.state, content(site, page)) == ("verified", true)


# -- what cannot be published ------------------------------------------------------------------------------------


def test_a_charter_without_a_place_is_held_with_words(site: PageServer) -> None:
    charter = danika(vessel=VesselFactory.create(dock=None))
    code, printed = by_hand("--quick")
    assert (code, printed["summary"]["page"]["held"]) == (2, 1)
    assert state(charter) == (
        "none",
        "The page cannot be published: no place: the calendar names none and the vessel has no dock.",
    )


def test_a_whole_batch_that_is_held_does_not_keep_the_others_back(site: PageServer) -> None:
    nowhere = VesselFactory.create(dock=None)
    for number in range(BATCH):
        danika(vessel=nowhere, calendar=None, reference=f"nowhere-{number}")
    late = danika(starts_at=at("2026-06-14 14:00"), ends_at=at("2026-06-14 18:00"))
    report = look()
    assert (report.summary()["page"]["held"], page_of(late).state) == (BATCH, "verified")


def test_a_held_charter_is_published_when_its_place_is_known(site: PageServer) -> None:
    charter = danika(vessel=VesselFactory.create(dock=None))
    look()
    Charter.objects.update(place="1880 Harbor Island Dr, San Diego")
    assert outcomes(look()) == PUBLISHED_AND_SEEN
    assert state(charter) == ("verified", "")


def test_a_folder_that_refuses_fails_in_words_and_is_tried_again(site: PageServer) -> None:
    charter = danika()
    (site.folder / "2026-05-30").write_text("A file where the day's folder should be.")
    assert look().exit_code == 1
    assert state(charter) == ("failed", "The pages' folder refused (File exists).")
    (site.folder / "2026-05-30").unlink()
    assert outcomes(look()) == PUBLISHED_AND_SEEN
    assert state(charter) == ("verified", "")


def test_a_page_that_could_not_be_put_is_not_taken_for_true_by_its_old_copy(site: PageServer) -> None:
    charter = danika()
    look()
    sails_later(charter)
    day = site.folder / "2026-05-30"
    day.rename(site.folder / "kept")
    day.write_text("A file where the day's folder should be.")
    site.answer = fake.copy(next((site.folder / "kept").glob("*.html")).read_bytes())
    look()
    assert page_of(charter).state == "failed"


# -- what a phone is served instead ---------------------------------------------------------------------------------


def test_an_edge_that_fails_is_told_in_words_and_repaired_by_the_next_look(site: PageServer) -> None:
    good, bad = danika(), danika(guest_name="Quinn Harper")
    site.answer = fake.only_for("quinn", fake.status(500), fake.stored(site.folder))
    code, printed = by_hand()
    assert (code, printed["summary"]["edge"]) == (1, {"planned": 0, "applied": 1, "held": 0, "failed": 1})
    assert (state(good), state(bad)) == (
        ("verified", ""),
        ("failed", "The public address answers with an error (500)."),
    )
    site.answer = fake.stored(site.folder)
    assert by_hand()[0] == 0
    assert state(bad) == ("verified", "")


def test_a_stale_copy_at_the_edge_is_no_truth(site: PageServer) -> None:
    charter = danika()
    look()
    site.answer = fake.copy(content(site, page_of(charter)))
    sails_later(charter)
    assert look().exit_code == 1
    assert state(charter) == ("failed", OLDER_COPY)


def test_a_copy_that_clears_in_a_moment_is_waited_for(site: PageServer) -> None:
    charter = danika()
    site.answer = fake.in_turn(fake.status(404), fake.drop, fake.stored(site.folder))
    assert outcomes(look()) == PUBLISHED_AND_SEEN
    assert (state(charter), len(site.requests)) == (("verified", ""), 3)


def test_a_page_that_goes_out_of_date_while_its_edge_fails_stays_stale(site: PageServer) -> None:
    charter, layer, scope = danika(), EdgeLayer(), Scope()
    reconcile(Scope(layers=frozenset({"page"})))
    changes = layer.plan(scope, layer.observe(scope))
    sails_later(charter)
    site.answer = fake.status(404)
    layer.carry_out(scope, changes)
    assert page_of(charter).state == "stale"


# -- the audit ----------------------------------------------------------------------------------------------------


def edited(file: Path) -> None:
    file.write_bytes(b"<!doctype html><p>We sail at noon.")


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (edited, "it is no page of ours"),
        (Path.unlink, "It is missing where pages are kept."),
    ],
)
def test_a_file_that_somebody_touched_is_found_by_the_audit_and_put_again(
    site: PageServer, happens: Any, words: str
) -> None:
    charter = danika()
    look()
    happens(site.folder / page_of(charter).path)
    assert outcomes(look()) == []
    report = look(audit=True)
    found = report.changes[0]
    assert (outcomes(report), found.actual, found.reason) == (PUT_ANEW_AND_SEEN, words, words)
    assert is_of(page_of(charter), content(site, page_of(charter)))


def test_an_edge_that_shows_another_copy_is_found_by_the_audit(site: PageServer) -> None:
    charter = danika()
    look()
    site.answer = fake.in_turn(fake.copy(b"<p>parked</p>"), fake.stored(site.folder))
    report = look(audit=True)
    assert [(change.layer, change.actual, change.state) for change in report.changes] == [
        ("edge", "it is no page of ours", "applied")
    ]
    assert state(charter) == ("verified", "")


def test_a_fact_that_nobody_rang_for_is_found_by_the_audit(site: PageServer) -> None:
    charter = danika()
    look()
    Charter.objects.update(party="Dani", guest_name="")
    assert outcomes(look()) == []
    assert outcomes(look(audit=True)) == PUT_ANEW_AND_SEEN
    assert page_of(charter).facts["guest"] == "Dani"


def test_an_audit_of_what_is_in_order_changes_nothing(site: PageServer) -> None:
    fleet(3)
    look()
    written = stamps(site.folder)
    assert by_hand()[0] == 0
    assert stamps(site.folder) == written
