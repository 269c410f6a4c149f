"""From the record through a bucket to what phones are served by an edge that keeps old copies until it is told."""

import time
from datetime import timedelta
from typing import Any

import pytest
import urllib3

from charters.models import Charter, GuestPage, Invalidation
from charters.overrides import override
from charters.pages.layer import EdgeLayer
from charters.pages.purging import MOST_PURGES, paths_this_month
from charters.pages.render import moved_digest
from jada.core import clock
from jada.core.reconcile import Change, Scope, reconcile
from tests.charters.pages.beside_the_edge import phones_asking
from tests.charters.pages.conftest import Behind
from tests.charters.pages.sailing import THURSDAY, by_hand, danika, fleet, look, outcomes, page_of, sails_later
from tests.charters.pages.samples import at
from tests.factories import CalendarFactory
from tests.fakes import cloudfront_api
from tests.fakes.loopback import lost

pytestmark = pytest.mark.django_db

TWO, THREE, FOUR = (at(f"2026-05-30 {hour}:00") for hour in (14, 15, 16))


def get(url: str) -> urllib3.BaseHTTPResponse:
    """As a phone without a preference asks."""
    return urllib3.request("GET", url, retries=False)


def asked(behind: Behind) -> list[list[str]]:
    """The paths of each invalidation that CloudFront made."""
    return [each.paths for each in behind.edge.api.invalidations]


def reload(charter: Charter) -> tuple[GuestPage, str]:
    page = page_of(charter)
    return page, page.state


def waited(seconds: float) -> list[Change]:
    """A worker that waits for the edge so long and no longer."""
    layer, scope = EdgeLayer(patience=seconds), Scope()
    changes = layer.plan(scope, layer.observe(scope))
    layer.carry_out(scope, changes)
    return changes


# -- Danika, four times in a row ------------------------------------------------------------------------------------


def test_after_verified_no_phone_is_served_a_stale_page_there_and_back_again_included(behind: Behind) -> None:
    charter = danika()
    look()
    url = page_of(charter).url
    wrong: list[tuple[int, set[str | None]]] = []
    with phones_asking(url) as phones:
        for edit, hour in enumerate((THREE, TWO, THREE, FOUR)):
            override(charter=Charter.objects.get(pk=charter.pk), facts={"starts_at": hour}, by="ana")
            look()
            page, state = reload(charter)
            assert state == "verified", page.reason
            verified = time.monotonic()
            time.sleep(0.2)
            served = phones.since(verified, until=time.monotonic())
            if served != {page.digest}:
                wrong.append((edit, served))
    assert wrong == []
    assert len(phones.answers) > 40
    assert asked(behind) == [[f"/{page.path}"]] * 5  # the first publication, and one a change


def test_an_edge_that_was_not_told_would_fail_this_suite(behind: Behind, settings: Any) -> None:
    charter = danika()
    look()
    assert get(page_of(charter).url).status == 200
    settings.CLOUDFRONT_DISTRIBUTION_ID = ""
    sails_later(charter)
    assert look().exit_code == 1
    assert reload(charter)[1] == "failed"


# -- invalidations: few, stored, never twice --------------------------------------------------------------------------


def test_several_pages_of_a_day_are_forgotten_by_one_wildcard(behind: Behind) -> None:
    fleet(5)
    assert {state for _, _, state in outcomes(look())} == {"applied"}
    assert asked(behind) == [["/2026-05-30/*"]]


def test_a_walk_over_many_days_is_one_invalidation_within_the_wildcards_limit(behind: Behind) -> None:
    calendar = CalendarFactory.create()
    days = [timedelta(days=day) for day in range(17)]
    for day in days:
        for _ in range(2):
            danika(
                vessel=calendar.vessel,
                calendar=calendar,
                starts_at=TWO + day,
                ends_at=TWO + day + timedelta(hours=2),
                arrive_by=TWO + day,
            )
    look()
    (paths,) = asked(behind)
    assert (len(paths), sum(path.endswith("*") for path in paths)) == (15 + 2 * 2, 15)


def test_a_lost_answer_is_asked_for_again_under_the_same_reference_and_purges_once(behind: Behind) -> None:
    charter = danika()
    behind.edge.api.trouble("CreateInvalidation", lost, times=2)
    reconcile(Scope(layers=frozenset({"page"})))
    assert [change.state for change in waited(0.0)] == ["held"]
    assert Invalidation.objects.get().asked_at is None
    look()
    assert (reload(charter)[1], len(asked(behind))) == ("verified", 1)


def test_a_throttled_edge_is_waited_for_and_the_page_is_not_called_verified(behind: Behind) -> None:
    charter = danika()
    throttled = cloudfront_api.refusing("400 Bad Request", "Throttling")
    behind.edge.api.trouble("CreateInvalidation", throttled, times=2)
    reconcile(Scope(layers=frozenset({"page"})))
    (change,) = waited(0.5)
    assert (change.state, change.reason) == ("held", "CloudFront asks us to slow down.")
    assert reload(charter)[1] == "published"
    look()
    assert (reload(charter)[1], len(asked(behind))) == ("verified", 1)


def test_an_invalidation_under_way_is_waited_for_not_asked_again(behind: Behind) -> None:
    charter = danika()
    behind.edge.api.completes_after = None
    reconcile(Scope(layers=frozenset({"page"})))
    for _ in range(2):
        (change,) = waited(0.2)
        assert (change.state, change.reason) == ("held", "The edge is still forgetting the copy of before.")
    assert reload(charter)[1] == "published"
    behind.edge.api.complete()
    look()
    assert (reload(charter)[1], len(asked(behind))) == ("verified", 1)


def test_a_change_while_an_invalidation_is_under_way_asks_for_one_of_its_own(behind: Behind) -> None:
    charter = danika()
    look()
    get(page_of(charter).url)
    behind.edge.api.completes_after = 0.3
    sails_later(charter)
    reconcile(Scope(layers=frozenset({"page"})))
    waited(0.05)
    override(charter=Charter.objects.get(pk=charter.pk), facts={"starts_at": TWO}, by="ana")
    look()
    page, state = reload(charter)
    assert (state, len(asked(behind))) == ("verified", 3)
    assert page.facts["start"].startswith("2026-05-30T14:00")


def test_an_edge_that_says_done_and_is_not_is_asked_once_more_and_then_fails(behind: Behind) -> None:
    charter = danika()
    look()
    for location in behind.edge.locations:
        urllib3.request("GET", page_of(charter).url, headers={"X-Edge-Location": location})
        behind.edge.locations[location].deaf = True
    sails_later(charter)
    report = look()
    assert (report.exit_code, outcomes(report)[-1]) == (1, ("edge", "update", "failed"))
    assert (reload(charter)[1], len(asked(behind))) == ("failed", 3)
    look()
    look()
    assert len(asked(behind)) == 1 + MOST_PURGES
    assert page_of(charter).reason == "The public address still shows an older copy."


def test_a_denied_invalidation_fails_in_words(behind: Behind) -> None:
    charter = danika()
    behind.edge.api.trouble("CreateInvalidation", cloudfront_api.refusing("403 Forbidden", "AccessDenied"), times=4)
    report = look()
    assert (report.exit_code, reload(charter)[0].reason) == (
        1,
        "AWS does not allow us to invalidate pages at the edge.",
    )


def test_what_the_edge_said_of_its_answer_is_kept(behind: Behind) -> None:
    charter = danika()
    look()
    assert page_of(charter).seen_through == "Miss from cloudfront"


def test_the_months_paths_are_counted_as_they_are_paid(behind: Behind) -> None:
    fleet(5)
    look()
    sails_later(Charter.objects.order_by("pk")[0])
    look()
    assert paths_this_month() == 2
    clock.stop_at(THURSDAY + timedelta(days=5))
    assert paths_this_month() == 0


# -- the life of a page -----------------------------------------------------------------------------------------------


def test_moved_to_another_day_the_old_address_leads_to_the_new(behind: Behind) -> None:
    charter = danika()
    look()
    old = page_of(charter)
    assert get(old.url).status == 200
    sunday = TWO + timedelta(days=1)
    override(charter=charter, facts={"starts_at": sunday, "ends_at": sunday + timedelta(hours=4)}, by="ana")
    assert look().exit_code == 0
    new, state = reload(charter)
    assert (state, new.path) == ("verified", old.path.replace("2026-05-30", "2026-05-31"))
    led = get(old.url).data
    assert new.url in led.decode()
    assert moved_digest(new.url) in led.decode()
    assert b"Danika" not in led.replace(b"danika-", b"")
    assert get(new.url).status == 200


def test_moved_there_and_back_the_page_is_where_it_was_and_the_other_leads_to_it(behind: Behind) -> None:
    charter = danika()
    look()
    old = page_of(charter)
    for day in (1, 0):
        start = TWO + timedelta(days=day)
        override(
            charter=Charter.objects.get(pk=charter.pk),
            facts={"starts_at": start, "ends_at": start + timedelta(hours=4)},
            by="ana",
        )
        assert look().exit_code == 0
    page = page_of(charter)
    assert (page.path, list(page.former)) == (old.path, [old.path.replace("2026-05-30", "2026-05-31")])
    assert f'content="{page.digest}"' in get(page.url).data.decode()


def test_long_after_the_trip_nothing_personal_is_left_in_bucket_or_edge(behind: Behind, settings: Any) -> None:
    charter = danika()
    look()
    sails_later(charter)
    look()
    before = page_of(charter)
    assert (get(before.url).status, behind.versions(before.path)) == (200, 2)
    clock.stop_at(THURSDAY + timedelta(days=settings.GUEST_PAGES_KEEP_DAYS + 4))
    assert outcomes(look()) == [("page", "delete", "applied"), ("edge", "delete", "applied")]
    after, state = reload(charter)
    assert (state, after.facts, after.digest) == ("withdrawn", {}, "")
    assert (get(before.url).status, behind.versions(before.path)) == (404, 0)
    assert after.photo_code != before.photo_code
    assert bytes(after.waiver_lookup) != bytes(before.waiver_lookup)
    assert look().changes == []


# -- what hands can do ------------------------------------------------------------------------------------------------


def changed_by_hand(behind: Behind, page: GuestPage, old: str, new: str) -> None:
    text = behind.stored()[page.path].decode()
    assert old in text
    behind.put(page.path, text.replace(old, new).encode())


def test_every_error_made_by_hand_is_found_named_and_repaired(behind: Behind) -> None:
    charters = [danika(guest_name=f"{name} Alvarez", party=name) for name in ("Ada", "Ben", "Cleo", "Dora", "Eve")]
    look()
    ada, ben, cleo, dora, eve = (page_of(charter) for charter in charters)
    true = behind.stored()
    behind.delete(ada.path)
    behind.put(ben.path, true[cleo.path])
    behind.put(cleo.path, true[cleo.path].replace(b"1:45", b"1:30"))
    behind.put(dora.path, true[dora.path].replace(b"</body>", b"<p>Cash only.</p></body>"))
    behind.put("2026-05-30/old-draft.html", b"<p>Bring cash")
    for each in (ada, ben, cleo, dora, eve):
        get(each.url)
    code, printed = by_hand("--plan")
    named = {change["charter"]: change["actual"] for change in printed["changes"] if change["layer"] == "page"}
    assert code == 2
    assert named[charters[0].reference] == "It is missing where pages are kept."
    assert "Cleo, should be Ben" in named[charters[1].reference]
    assert named[charters[3].reference] == "its text was edited by hand, under “Who to call”"
    assert named[""] == "2026-05-30/old-draft.html"
    assert set(named) == {charters[0].reference, *(charters[n].reference for n in (1, 2, 3)), ""}
    removed = [change.reason for change in look(audit=True).changes if not change.charter]
    assert removed == ["“2026-05-30/old-draft.html” is no page of ours: it is removed."]
    code, printed = by_hand("--plan")
    assert (code, printed["changes"]) == (0, [])
    kept = behind.stored()
    assert sorted(kept) == sorted(true)
    assert {GuestPage.objects.get(path=path).digest.encode() in content for path, content in kept.items()} == {True}
    assert get(f"{behind.edge.address}/2026-05-30/old-draft.html").status == 404


def test_a_stale_copy_at_the_edge_alone_is_found_in_words_and_repaired(behind: Behind) -> None:
    charter = danika()
    look()
    page = page_of(charter)
    true = behind.stored()[page.path]
    behind.put(page.path, true.replace(b"1:45", b"1:30"))
    behind.edge.api.settle()
    for location in behind.edge.locations.values():
        location.copies.clear()
    get(page.url), get(page.url)
    behind.put(page.path, true)
    page.refresh_from_db()
    code, printed = by_hand("--plan", "--layer", "edge")
    assert (code, [change["actual"] for change in printed["changes"]]) == (2, ["arrive by 1:30 PM, should be 1:45 PM"])
    assert by_hand()[0] == 0
    assert b"1:45" in get(page.url).data
