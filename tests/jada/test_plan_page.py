"""The plan as a page: asked for, made by a worker, read, and repaired by those who may."""

import logging
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from charters.models import Charter, GuestPage
from jada.core import asking, clock
from jada.core.asking import NEVER_ENDED, carry_out
from jada.core.models import AskedLook, Run, StoredChange
from tests.charters.pages.conftest import site, thursday
from tests.charters.pages.sailing import THURSDAY, danika, look, page_of
from tests.factories import CalendarFactory, VesselFactory
from tests.fakes.broker import NOBODY, broker_at
from tests.fakes.page_server import PageServer

__all__ = ["site", "thursday"]
pytestmark = pytest.mark.django_db
PLAN = "/admin/plan/"
NOTHING = "Nothing to do: every layer is as it should be."


def somebody(*permissions: str) -> Client:
    """Logged in as Ana, who may do no more than this."""
    user = User.objects.create_user("ana", password="pass-word-1", first_name="Ana", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def asked(client: Client, do: str, address: str = PLAN) -> AskedLook:
    """Asked for, and carried out as a worker does."""
    client.post(address, {"do": do})
    found = AskedLook.objects.get(ended_at=None)
    carry_out(found.pk)
    found.refresh_from_db()
    return found


def shown(client: Client, address: str = PLAN) -> str:
    return client.get(address).content.decode().replace("\N{NO-BREAK SPACE}", " ")


def several(number: int) -> list[Charter]:
    """So many charters on one vessel at once, of no calendar."""
    vessel = VesselFactory.create(name="JADA")
    return [danika(calendar=None, vessel=vessel, guest_email="") for _ in range(number)]


def edited_by_hand(site: PageServer, charter: Charter) -> None:
    """Somebody writes another hour into the page that lies in the store."""
    file = site.folder / page_of(charter).path
    file.write_bytes(file.read_bytes().replace(b">1:45<", b">1:15<"))


# -- looking --------------------------------------------------------------------------------------------------------


def test_nothing_is_read_before_somebody_asks(admin_client: Client, site: PageServer) -> None:
    danika(calendar=None)
    page = shown(admin_client)
    assert ("Look now" in page, AskedLook.objects.count(), site.requests) == (True, 0, [])


def test_what_is_asked_waits_in_a_row_and_the_page_asks_how_far_it_is(admin_client: Client) -> None:
    admin_client.post(PLAN, {"do": "look"})
    page = shown(admin_client)
    assert ('hx-get="/admin/plan/"' in page, "Looking as soon as a worker is free" in page) == (True, True)


def test_how_far_it_is_comes_without_the_rest_of_the_page(admin_client: Client) -> None:
    admin_client.post(PLAN, {"do": "look"})
    AskedLook.objects.update(fence=1, progress={"layer": "edge", "done": 120, "total": 10_000})
    part = admin_client.get(PLAN, HTTP_HX_REQUEST="true").content.decode()
    assert ("Pages as phones see them: 120 of 10,000" in part, "<html" in part) == (True, False)


def test_a_plan_changes_nothing(admin_client: Client, site: PageServer) -> None:
    danika(calendar=None)
    asked(admin_client, "look")
    assert (GuestPage.objects.count(), Run.objects.count(), list(site.folder.iterdir())) == (0, 0, [])


def test_a_plan_names_the_charter_and_what_is_to_be_done(admin_client: Client, site: PageServer) -> None:
    danika(calendar=None)
    asked(admin_client, "look")
    page = shown(admin_client)
    assert "Danika Private Charter" in page
    assert "A new page: Sat 30 May, 2–6 PM, arrive by 1:45 PM" in page


def test_what_an_audit_found_stands_there_in_its_words(admin_client: Client, site: PageServer) -> None:
    charter = danika(calendar=None)
    look()
    edited_by_hand(site, charter)
    asked(admin_client, "look")
    assert "Arrive by 1:15 PM, should be 1:45 PM" in shown(admin_client)


def test_when_all_is_well_it_says_so(admin_client: Client, site: PageServer) -> None:
    danika(calendar=None, guest_email="")
    look()
    asked(admin_client, "look")
    page = shown(admin_client)
    assert (NOTHING in page, 'value="repair"' in page) == (True, False)


def test_what_is_held_says_why(admin_client: Client, site: PageServer) -> None:
    danika(calendar=None, guest_name="[Name]", guest_email="")
    asked(admin_client, "look")
    page = shown(admin_client)
    assert "An unfilled placeholder: the guest is “[Name]”" in page
    assert ("1 held" in page, 'value="repair"' in page) == (True, False)


def test_a_layer_that_could_not_be_looked_at_says_why(admin_client: Client, site: PageServer) -> None:
    charter = danika()
    charter.calendar.ical_address = f"{site.address}/no-such-feed.ics"
    charter.calendar.save(update_fields=["ical_address"])
    asked(admin_client, "look")
    assert f"{charter.calendar.name}: " in shown(admin_client)


def test_messages_that_a_repair_would_send_are_counted_before_it(admin_client: Client, site: PageServer) -> None:
    charter = danika(calendar=None)
    look()
    charter.refresh_from_db()
    clock.stop_at(THURSDAY + timedelta(hours=3))
    asked(admin_client, "look")
    assert "<b>1 message to guests included</b>" in shown(admin_client)


def test_the_plan_of_one_charter_leaves_the_others_out(admin_client: Client, site: PageServer) -> None:
    this, other = several(2)
    address = f"{PLAN}?charter={this.reference}"
    plan = asked(admin_client, "look", address)
    assert {change["charter"] for change in plan.report["changes"]} == {this.reference}
    assert other.pk != this.pk


def test_a_charter_nobody_knows_is_said_so(admin_client: Client) -> None:
    answer = admin_client.get(f"{PLAN}?charter=<b>nobody")
    assert (answer.status_code, "There is no charter “&lt;b&gt;nobody”." in answer.content.decode()) == (404, True)


def test_a_plan_is_not_shown_when_it_is_old(admin_client: Client, site: PageServer) -> None:
    danika(calendar=None)
    asked(admin_client, "look")
    clock.stop_at(THURSDAY + asking.FRESH + timedelta(seconds=1))
    assert "Look now" in shown(admin_client)


def test_a_contradiction_is_left_to_a_person(admin_client: Client, site: PageServer) -> None:
    several(2)
    asked(admin_client, "look")
    assert "Needs a look" in shown(admin_client)


def test_thirty_changes_take_as_many_queries_as_one(
    admin_client: Client, site: PageServer, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    counted = []
    several(1)
    for number in (1, 30):
        if number == 30:
            several(29)
        plan = asked(admin_client, "look")
        assert plan.report["summary"]["page"]["planned"] == number
        with django_assert_max_num_queries(20) as queries:
            admin_client.get(PLAN)
        counted.append(len(queries))
    assert counted[0] == counted[1]


# -- repairing ------------------------------------------------------------------------------------------------------


def test_a_repair_does_what_the_plan_showed(admin_client: Client, site: PageServer) -> None:
    charter = danika(calendar=None, guest_email="")
    look()
    edited_by_hand(site, charter)
    asked(admin_client, "look")
    asked(admin_client, "repair")
    assert b">1:45<" in (site.folder / page_of(charter).path).read_bytes()
    assert "Repaired: 2 done" in shown(admin_client)


def test_the_run_of_a_repair_is_kept_with_who_asked_and_how_long_it_took(
    admin_client: Client, admin_user: User, site: PageServer
) -> None:
    this, _ = several(2)
    repair = asked(admin_client, "repair", f"{PLAN}?charter={this.reference}")
    run = Run.objects.get()
    assert (repair.run, run.asked_by, run.about, run.depth) == (run, admin_user, this.reference, "audit")
    assert set(run.durations) == {"calendar", "correction", "page", "edge", "message"}
    page = shown(admin_client, f"/admin/core/run/{run.pk}/change/")
    assert f"Repair of {this.reference}, by admin" in page


def test_a_repair_of_one_charter_leaves_the_others(admin_client: Client, site: PageServer) -> None:
    this, other = several(2)
    asked(admin_client, "repair", f"{PLAN}?charter={this.reference}")
    assert list(GuestPage.objects.values_list("charter", "state")) == [(this.pk, "verified")]
    assert other.pk != this.pk


def test_a_second_tap_finds_the_look_that_is_under_way(admin_client: Client) -> None:
    admin_client.post(PLAN, {"do": "repair"})
    admin_client.post(PLAN, {"do": "repair"})
    assert AskedLook.objects.count() == 1


def test_a_repair_asked_for_while_a_look_is_under_way_waits_for_its_result(admin_client: Client) -> None:
    admin_client.post(PLAN, {"do": "look"})
    page = admin_client.post(PLAN, {"do": "repair"}, follow=True).content.decode()
    assert "A look is under way already. Its result comes first; then ask again." in page
    assert [each.kind for each in AskedLook.objects.all()] == ["plan"]


def test_a_look_carried_out_twice_is_done_once(admin_client: Client, site: PageServer) -> None:
    danika(calendar=None)
    repair = asked(admin_client, "repair")
    carry_out(repair.pk)
    assert Run.objects.count() == 1


# -- who may --------------------------------------------------------------------------------------------------------


def test_who_may_look_may_not_repair(site: PageServer) -> None:
    danika(calendar=None)
    ana = somebody("view_run")
    asked(ana, "look")
    assert 'value="repair"' not in shown(ana)
    answer = ana.post(PLAN, {"do": "repair"})
    assert (answer.status_code, "You may look, but not repair." in answer.content.decode()) == (403, True)
    assert [each.kind for each in AskedLook.objects.all()] == ["plan"]


def test_who_may_repair_sees_the_button(site: PageServer) -> None:
    danika(calendar=None)
    ana = somebody("view_run", "repair")
    asked(ana, "look")
    assert ('value="repair"' in shown(ana), "by Ana" in shown(ana)) == (True, True)


@pytest.mark.parametrize("do", ["look", "repair"])
def test_who_may_not_see_runs_sees_no_plan(do: str) -> None:
    danika(calendar=None)
    ana = somebody("repair", "view_charter")
    for answer in (ana.get(PLAN), ana.post(PLAN, {"do": do})):
        assert answer.status_code == 403
        assert "not see the plan" in answer.content.decode()
    assert AskedLook.objects.count() == 0


def test_a_tap_from_another_site_does_nothing(admin_user: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(admin_user)
    assert strict.post(PLAN, {"do": "repair"}).status_code == 403
    assert AskedLook.objects.count() == 0


# -- the ways to it ------------------------------------------------------------------------------------------------


def test_board_and_charter_lead_to_the_plan(admin_client: Client, site: PageServer) -> None:
    calendar = CalendarFactory.create(last_sync_at=THURSDAY)
    charter = danika(calendar=calendar)
    look()
    assert '<a href="/admin/plan/">Plan</a>' in shown(admin_client, "/admin/")
    own = shown(admin_client, f"/admin/charters/charter/{charter.pk}/change/")
    assert f'href="/admin/plan/?charter={charter.reference}"' in own


def test_who_may_not_see_runs_is_led_to_no_plan(site: PageServer) -> None:
    charter = danika(calendar=CalendarFactory.create(last_sync_at=THURSDAY))
    look()
    ana = somebody("view_charter")
    for address in ("/admin/", f"/admin/charters/charter/{charter.pk}/change/"):
        assert "/admin/plan/?charter=" not in shown(ana, address)
        assert ">Plan</a>" not in shown(ana, address)


# -- what goes wrong ------------------------------------------------------------------------------------------------


def test_without_a_broker_it_waits_for_the_sweep(
    admin_client: Client,
    site: PageServer,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with (
        caplog.at_level(logging.WARNING, logger="jada.core.asking"),
        broker_at(NOBODY),
        django_capture_on_commit_callbacks(execute=True),
    ):
        admin_client.post(PLAN, {"do": "look"})
    assert caplog.messages == ["The bell could not be rung (OperationalError); the sweep will find the work."]
    clock.stop_at(THURSDAY + asking.WORKERS_FIRST + timedelta(seconds=1))
    asking.carry_out_waiting()
    assert NOTHING in shown(admin_client)


def test_the_sweep_leaves_a_fresh_look_to_the_workers(admin_client: Client, site: PageServer) -> None:
    admin_client.post(PLAN, {"do": "look"})
    asking.carry_out_waiting()
    assert AskedLook.objects.get().ended_at is None


def test_a_look_that_no_worker_takes_up_says_so(admin_client: Client, site: PageServer) -> None:
    admin_client.post(PLAN, {"do": "look"})
    clock.stop_at(THURSDAY + timedelta(minutes=1))
    assert "No worker has taken it up yet." in shown(admin_client)


def test_a_look_that_kills_its_workers_ends_in_words(admin_client: Client, site: PageServer) -> None:
    admin_client.post(PLAN, {"do": "look"})
    AskedLook.objects.update(fence=asking.MOST_TRIES)
    carry_out(AskedLook.objects.get().pk)
    assert NEVER_ENDED.replace("'", "&#x27;") in shown(admin_client)


def test_a_look_that_another_worker_is_at_is_left_alone(admin_client: Client, site: PageServer) -> None:
    admin_client.post(PLAN, {"do": "look"})
    AskedLook.objects.update(fence=1, lease_until=THURSDAY + timedelta(days=36_500))
    carry_out(AskedLook.objects.get().pk)
    assert (AskedLook.objects.get().fence, AskedLook.objects.get().ended_at) == (1, None)


# -- what is forgotten ----------------------------------------------------------------------------------------------


def test_an_audit_forgets_runs_older_than_400_days_with_their_changes(site: PageServer) -> None:
    for days in (401, 399):
        at = THURSDAY - timedelta(days=days)
        run = Run.objects.create(started_at=at, finished_at=at, depth="quick")
        StoredChange.objects.create(run=run, layer="page", field="page", action="update", state="applied")
    look(audit=True)
    kept = Run.objects.filter(started_at__lt=THURSDAY)
    assert [run.started_at for run in kept] == [THURSDAY - timedelta(days=399)]
    assert StoredChange.objects.count() == 1


def test_a_quick_look_forgets_nothing(site: PageServer) -> None:
    at = THURSDAY - timedelta(days=401)
    Run.objects.create(started_at=at, finished_at=at, depth="quick")
    look()
    assert Run.objects.count() == 1


def test_a_new_look_takes_the_place_of_the_one_before(admin_client: Client, site: PageServer) -> None:
    first = asked(admin_client, "look")
    second = asked(admin_client, "look")
    assert [each.pk for each in AskedLook.objects.all()] == [second.pk]
    assert first.pk != second.pk
