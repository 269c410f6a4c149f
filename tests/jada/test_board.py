"""The board says whether Saturday is ready (docs/domain.md, the dispatcher)."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from charters.models import Calendar, Charter, CrewAssignment, GuestPage, Override
from charters.overrides import override
from jada import board
from jada.core.clock import now
from jada.core.models import Run
from tests.factories import (
    CalendarFactory,
    CharterFactory,
    CrewMemberFactory,
    GuestFactory,
    GuestPageFactory,
    VesselFactory,
)

pytestmark = pytest.mark.django_db
SAID = {
    "title": "Quinn Sunset Sail",
    "event_type": "sunset_sail",
    "party": "Quinn",
    "starts_at": "2099-05-30T18:30:00-07:00",
    "ends_at": "2099-05-30T20:30:00-07:00",
    "all_day": False,
    "captain": "Sarah",
    "crew": [],
}


def ready_charter(**facts: object) -> Charter:
    """In its calendar, with a captain we know, a verified page, an e-mail address and nothing in its way."""
    charter: Charter = CharterFactory(**({"guest_email": "quinn@example.com", "guest_count": 4} | facts))
    GuestPageFactory(charter=charter, state=GuestPage.State.VERIFIED, digest="d")
    member = CrewMemberFactory()
    CrewAssignment.objects.create(charter=charter, role="captain", name=member.name, member=member)
    return charter


def row_of(charter: Charter) -> board.Row:
    return next(row for day in board.read().days for row in day.rows if row.key == charter.pk)


def lamp_of(charter: Charter, about: str) -> tuple[str, str]:
    lamp = next(lamp for lamp in row_of(charter).lamps if lamp.about == about)
    return lamp.tone, lamp.text


def viewer(*permissions: str) -> User:
    user = User.objects.create_user("ana", password="pass-word-1", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def test_a_charter_with_nothing_left_to_do_is_ready() -> None:
    assert row_of(ready_charter()).ready


def test_the_day_counts_its_ready_charters() -> None:
    ready_charter()
    CharterFactory()
    (day,) = board.read().summary
    assert (day.ready, day.sailing) == (1, 2)


def test_a_charter_without_a_captain_needs_a_person() -> None:
    charter = ready_charter()
    charter.crew_assignments.all().delete()
    assert lamp_of(charter, "Captain") == ("ask", "No captain")
    assert row_of(charter).needs_a_person


def test_nobody_as_captain_by_hand_is_said_to_be_by_hand() -> None:
    charter = ready_charter(calendar_facts=SAID, sources={})
    override(charter=charter, facts={"captain": ""}, by="ana")
    lamps = {lamp.about: (lamp.tone, lamp.text, lamp.why) for lamp in row_of(charter).lamps}
    name = Calendar.objects.get().name
    assert lamps["Calendar"] == ("good", "1 by hand", f"In {name}; set by hand: captain.")
    assert lamps["Captain"] == ("ask", "No captain", "Nobody is captain; it was set by hand.")


def test_a_captain_nobody_knows_is_asked_about() -> None:
    charter = ready_charter()
    charter.crew_assignments.update(name="Zoë", member=None)
    assert lamp_of(charter, "Captain") == ("ask", "Zoë?")


def test_a_page_that_mends_itself_is_not_ready_and_needs_nobody() -> None:
    charter = ready_charter()
    GuestPage.objects.update(state=GuestPage.State.STALE)
    row = row_of(charter)
    assert (row.ready, row.needs_a_person) == (False, False)


def test_a_failed_page_is_red_with_its_reason() -> None:
    charter = ready_charter()
    GuestPage.objects.update(state=GuestPage.State.FAILED, reason="The bucket refused it.")
    lamp = next(lamp for lamp in row_of(charter).lamps if lamp.about == "Page")
    assert (lamp.tone, lamp.why) == ("bad", "The page could not be written. The bucket refused it.")


def test_unsigned_waivers_are_the_guests_affair_until_the_day_before() -> None:
    later = ready_charter()
    soon = ready_charter(starts_at=now() + timedelta(hours=20))
    GuestFactory(charter=later, waiver_status="SIGNED")
    assert lamp_of(later, "Waivers") == ("quiet", "1/4")
    assert lamp_of(soon, "Waivers") == ("ask", "0/4")


def test_a_contradiction_stands_in_words_under_the_row() -> None:
    vessel = VesselFactory(name="JADA", passenger_limit=6)
    charter = ready_charter(vessel=vessel, guest_count=9)
    assert row_of(charter).conflicts == ("9 guests are expected; JADA may carry 6.",)
    assert row_of(charter).needs_a_person


def test_maintenance_is_a_slim_line_that_no_filter_counts() -> None:
    CharterFactory(event_type=Charter.EventType.MAINTENANCE, title="Bottom clean")
    seen = board.read()
    assert [(row.title, row.sails) for row in seen.days[0].rows] == [("Bottom clean", False)]
    assert [choice.count for choice in seen.choices] == [0, 0, 0, 0]


def test_needs_me_leaves_out_what_is_ready() -> None:
    ready_charter()
    waiting = CharterFactory()
    assert [row.key for day in board.read("needs-me").days for row in day.rows] == [waiting.pk]


def test_an_unknown_filter_shows_everything() -> None:
    charter = ready_charter()
    assert [row.key for day in board.read("'; drop").days for row in day.rows] == [charter.pk]


def test_a_calendar_that_cannot_be_read_is_named_with_its_last_good_read() -> None:
    at = now() - timedelta(minutes=5)
    CalendarFactory(name="JADA Internal", error="The feed is cut off", last_sync_at=at)
    (banner,) = board.read().banners
    assert banner.words.startswith("JADA Internal: The feed is cut off. Last good read ")


def test_a_calendar_that_needs_a_login_leads_to_it() -> None:
    CalendarFactory(name="JADA Internal", google_id="primary", ical_address="", needs_login=True, error="Revoked.")
    (banner,) = board.read().banners
    assert (banner.words, banner.href, banner.link, banner.tone) == (
        "JADA Internal: Google wants somebody to log in. Never read yet.",
        "/admin/charters/calendar/google/",
        "Connect Google",
        "bad",
    )


def test_a_calendar_that_is_read_from_its_feed_meanwhile_needs_a_login_and_is_not_broken() -> None:
    at = now() - timedelta(minutes=5)
    CalendarFactory(google_id="primary", needs_login=True, error="Revoked.", read_from="ical", last_sync_at=at)
    (banner,) = board.read().banners
    assert (" Meanwhile its iCal feed is read. Last good read " in banner.words, banner.tone) == (True, "ask")


def test_a_feed_that_anyone_can_read_is_a_thing_to_do() -> None:
    address = "https://calendar.google.com/calendar/ical/office%40example.com/public/basic.ics"
    calendar = CalendarFactory(name="JADA Internal", ical_address=address, last_sync_at=now())
    (banner,) = board.read().banners
    assert (banner.words, banner.href, banner.tone) == (
        "JADA Internal: Anyone can read this feed, and guests' phone numbers are in it: it is the calendar's public "
        "address. Use the secret one, and take the calendar's public access away: Google Calendar › Settings › the "
        "calendar › “Secret address in iCal format”.",
        f"/admin/charters/calendar/{calendar.pk}/change/",
        "ask",
    )


def test_changes_that_google_does_not_announce_are_a_thing_to_do_while_no_channel_is_open() -> None:
    calendar = CalendarFactory(
        name="JADA Internal", google_id="primary", push_error="Google refused.", last_sync_at=now()
    )
    (banner,) = board.read().banners
    assert (banner.words, banner.tone) == (
        "JADA Internal: Google does not announce its changes; the clock finds them. Google refused.",
        "ask",
    )
    calendar.push_channels.create(
        channel_id="c", token_digest=b"", resource_id="r", opened_at=now(), expires_at=now() + timedelta(hours=2)
    )
    assert board.read().banners == ()


def test_the_tone_of_a_banner_is_shown(admin_client: Client) -> None:
    CalendarFactory(ical_address="https://example.com/public/basic.ics", last_sync_at=now())
    assert '<p class="board-banner is-ask" role="alert">' in admin_client.get("/admin/").content.decode()


def test_a_brand_that_nobody_can_call_is_named() -> None:
    CalendarFactory(last_sync_at=now(), vessel__brand__name="JADA", vessel__brand__phone="", vessel__brand__email="")
    (banner,) = board.read().banners
    assert banner.words == "JADA has no phone number and no e-mail address: guests are not told whom to call."


def test_an_event_that_could_not_be_read_is_named_with_the_reason() -> None:
    calendar = CalendarFactory(name="JADA Internal", last_sync_at=now())
    calendar.events.create(uid="one", digest=b"", source="\nSUMMARY:Quinn Sunset Sail\n", reason="It has no start.")
    (banner,) = board.read().banners
    assert banner.words == "JADA Internal: “Quinn Sunset Sail” cannot be read. It has no start."


def test_a_silent_worker_is_noticed_after_three_intervals(settings: Settings) -> None:
    settings.RECONCILE_INTERVAL = 300
    CalendarFactory(last_sync_at=now() - timedelta(seconds=800))
    assert board.read().banners == ()
    Calendar.objects.update(last_sync_at=now() - timedelta(seconds=1000))
    assert "the worker may be down" in board.read().banners[0].words


def test_a_failed_run_is_shown_until_a_later_look_went_well() -> None:
    calendar = CalendarFactory(last_sync_at=now() - timedelta(minutes=2))
    ended = now() - timedelta(minutes=1)
    Run.objects.create(started_at=ended, finished_at=ended, depth="quick", failed=True, summary={"page": {"failed": 1}})
    assert "failed in page" in board.read().banners[0].words
    Calendar.objects.filter(pk=calendar.pk).update(last_sync_at=now())
    assert board.read().banners == ()


def test_the_board_takes_as_many_queries_for_thirty_charters_as_for_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    ready_charter()
    with django_assert_num_queries(10):
        board.read()
    for _ in range(29):
        ready_charter()
    with django_assert_num_queries(10):
        assert board.read().choices[-1].count == 30


def test_an_empty_board_says_how_to_add_a_calendar(admin_client: Client) -> None:
    page = admin_client.get("/admin/").content.decode()
    assert "No calendar yet" in page
    assert "/admin/charters/calendar/add/" in page


def test_a_look_by_htmx_is_silent_while_nothing_changed(admin_client: Client) -> None:
    charter = ready_charter(calendar__last_sync_at=now())
    htmx = {"HTTP_HX_REQUEST": "true"}
    seen = board.read().digest
    assert admin_client.get("/admin/", {"seen": seen}, **htmx).status_code == 204
    Charter.objects.filter(pk=charter.pk).update(title="Quinn Sunset Sail, moved")
    answer = admin_client.get("/admin/", {"seen": seen}, **htmx)
    assert b"Quinn Sunset Sail, moved" in answer.content
    assert b"<html" not in answer.content


def test_a_look_by_htmx_after_logging_out_goes_to_the_login(client: Client) -> None:
    answer = client.get("/admin/", HTTP_HX_REQUEST="true")
    assert answer["HX-Redirect"] == "/admin/login/?next=/admin/"


def test_who_may_not_see_charters_sees_no_board(client: Client) -> None:
    ready_charter(title="Nguyen Proposal Sunset Sail")
    client.force_login(viewer())
    page = client.get("/admin/").content.decode()
    assert "Nguyen" not in page
    assert client.get("/admin/", HTTP_HX_REQUEST="true").status_code == 403


def test_one_tap_confirms_a_vanished_charter(admin_client: Client) -> None:
    charter = ready_charter()
    Charter.objects.filter(pk=charter.pk).update(status="cancelling", calendar_facts=_facts(charter))
    address = f"/admin/charters/charter/{charter.pk}/confirm/"
    assert address in admin_client.get("/admin/").content.decode()
    answer = admin_client.post(address, {"next": "/admin/?show=all"})
    charter.refresh_from_db()
    assert (answer["Location"], charter.status) == ("/admin/?show=all", "cancelled")
    assert Override.objects.get(charter=charter, field="status").by == "admin"


def test_a_charter_that_is_back_is_not_cancelled_by_a_late_tap(admin_client: Client) -> None:
    charter = ready_charter()
    admin_client.post(f"/admin/charters/charter/{charter.pk}/confirm/", {"next": "https://elsewhere.example/"})
    charter.refresh_from_db()
    assert charter.status == "confirmed"


def test_looking_is_not_enough_to_confirm(client: Client) -> None:
    charter = ready_charter()
    Charter.objects.filter(pk=charter.pk).update(status="cancelling")
    client.force_login(viewer("view_charter"))
    assert "Confirm cancelled" not in client.get("/admin/").content.decode()
    assert client.post(f"/admin/charters/charter/{charter.pk}/confirm/").status_code == 403


def test_confirming_is_never_a_link(admin_client: Client) -> None:
    assert admin_client.get(f"/admin/charters/charter/{ready_charter().pk}/confirm/").status_code == 405


def _facts(charter: Charter) -> dict[str, object]:
    moments = {name: getattr(charter, name).isoformat() for name in ("starts_at", "ends_at", "arrive_by")}
    return moments | {
        name: getattr(charter, name)
        for name in ("title", "event_type", "party", "all_day", "place", "guest_name", "guest_email", "guest_phone")
    }
