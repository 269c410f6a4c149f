"""A calendar that is read no more: its charters stay, nothing is asked of it, and it can be taken up again."""

import json
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.test import Client

from charters.calendars import corrections
from charters.calendars.entries import writable_calendar
from charters.calendars.google import push
from charters.calendars.stopping import resume, stop
from charters.models import Calendar, Charter, PushChannel
from charters.overrides import override
from jada import board
from tests.charters.calendars.feeds import event, feed, look
from tests.fakes import feed_server as fake
from tests.fakes.feed_server import FeedServer
from tests.fakes.google_server import Google

SINCE = "Thu 28 May, noon"


@pytest.fixture
def quinn(calendar: Calendar, server: FeedServer) -> Charter:
    """Read from the calendar, which is empty by now."""
    server.answer = fake.whole(feed(event(DESCRIPTION="Captain: Darrell\\nGuests: 4")))
    look()
    server.answer = fake.whole(feed())
    return Charter.objects.get()


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("calendar", *arguments, stdout=out)
    return out.getvalue()


def standing() -> list[str]:
    return list(Charter.objects.values_list("status", flat=True))


# -- no more looks ----------------------------------------------------------------------------------------


def test_it_is_asked_no_more_and_its_charters_stay_as_they_are(
    quinn: Charter, calendar: Calendar, server: FeedServer
) -> None:
    asked = len(server.requests)
    stop(calendar)
    assert (look().changes, standing(), len(server.requests) - asked) == ([], ["confirmed"], 0)


def test_asked_for_by_name_it_is_not_read_either(quinn: Charter, calendar: Calendar, server: FeedServer) -> None:
    asked = len(server.requests)
    stop(calendar)
    assert (look("--charter", quinn.reference).changes, len(server.requests) - asked) == ([], 0)


def test_taken_up_again_it_is_read_again(quinn: Charter, calendar: Calendar) -> None:
    stop(calendar)
    resume(calendar)
    look()
    assert standing() == ["cancelling"]


def test_what_was_wrong_with_it_is_nobodys_trouble_any_more(calendar: Calendar) -> None:
    Calendar.objects.update(error="Gone.", needs_login=True, push_error="Refused.")
    stop(calendar)
    assert list(Calendar.objects.values_list("error", "needs_login", "push_error")) == [("", False, "")]


def test_a_worker_that_reads_it_at_this_moment_settles_nothing(calendar: Calendar) -> None:
    Calendar.objects.update(fence=4)
    stop(calendar)
    assert Calendar.objects.get().fence == 5


def test_stopped_twice_it_keeps_the_first_moment(calendar: Calendar) -> None:
    assert [stop(calendar), stop(calendar), resume(calendar), resume(calendar)] == [True, False, True, False]


# -- nothing is announced and nothing written -------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_its_push_channel_is_stopped_and_none_is_opened(both_ways: Calendar, google: Google) -> None:
    push.open_or_renew()
    assert len(google.channels) == 1
    stop(both_ways)
    push.open_or_renew()
    push.open_or_renew()
    assert (google.channels, PushChannel.objects.count()) == ({}, 0)


def test_a_correction_is_held_with_the_reason(quinn: Charter, calendar: Calendar) -> None:
    Calendar.objects.update(google_id="primary", google_role="owner", read_from="google")
    override(charter=quinn, facts={"captain": "Gene"}, by="ana")
    corrections.ask(charter=quinn, facts=["captain"], by="ana")
    stop(calendar)
    (change,) = look("--layer", "correction").changes
    assert (change["field"], change["state"], corrections.Correction.objects.get().reason) == (
        "description",
        "held",
        corrections.STOPPED,
    )


def test_nothing_new_is_entered_in_it(calendar: Calendar) -> None:
    Calendar.objects.update(google_id="primary", google_role="owner")
    assert writable_calendar(calendar.vessel) == calendar
    stop(calendar)
    assert writable_calendar(calendar.vessel) is None


# -- what is said -----------------------------------------------------------------------------------------


def test_the_board_says_of_its_charters_that_their_calendar_is_read_no_more(quinn: Charter, calendar: Calendar) -> None:
    stop(calendar)
    (row,) = [row for day in board.read().days for row in day.rows]
    lamp = row.lamps[0]
    assert (lamp.tone, lamp.text) == ("quiet", "Read no more")
    assert lamp.why == f"JADA Internal is read no more, since {SINCE}. The trip stays as it was read then."


def test_a_board_without_a_calendar_to_read_does_not_miss_the_looks(
    quinn: Charter, calendar: Calendar, at: Any
) -> None:
    from datetime import timedelta

    stop(calendar)
    at(quinn.starts_at - timedelta(hours=1))
    assert [banner.words for banner in board.read().banners if "Nothing was looked at" in banner.words] == []


def test_the_command_stops_and_resumes(quinn: Charter) -> None:
    assert run("stop", "JADA Internal") == (
        "“JADA Internal” is read no more; its 1 upcoming event stays as it is. "
        "`manage.py calendar resume 'JADA Internal'` takes it up again.\n"
    )
    assert run("stop", "JADA Internal") == "“JADA Internal” is not read already.\n"
    assert run("list").partition(" (read")[0] == f"JADA Internal: read no more, since {SINCE}"
    assert [each["error"] for each in json.loads(run("list", "--json"))] == [f"Read no more, since {SINCE}."]
    assert run("resume", "JADA Internal") == (
        "“JADA Internal” is read again: `manage.py reconcile` does so now, the clock by itself.\n"
    )
    assert run("resume", "JADA Internal") == "“JADA Internal” is read already.\n"
    assert run("list").partition(" (read")[0] == "JADA Internal: well"


@pytest.mark.django_db
def test_a_name_that_no_calendar_has_is_refused() -> None:
    with pytest.raises(CommandError, match="NAME: there is no calendar “Other”"):
        run("stop", "Other")


# -- the office's page ------------------------------------------------------------------------------------


def tap(client: Client, calendar: Calendar, what: str) -> tuple[int, str]:
    answer = client.post(f"/admin/charters/calendar/{calendar.pk}/{what}/", follow=True)
    return answer.status_code, " ".join(str(each) for each in (answer.context or {}).get("messages", ()))


def test_one_tap_stops_it_and_one_takes_it_up_again(admin_client: Client, quinn: Charter, calendar: Calendar) -> None:
    page = f"/admin/charters/calendar/{calendar.pk}/change/"
    assert "Stop reading this calendar" in admin_client.get(page).content.decode()
    assert tap(admin_client, calendar, "stop") == (
        200,
        "“JADA Internal” is read no more; its 1 upcoming event stays as it is.",
    )
    stopped = admin_client.get(page).content.decode()
    assert ("Read it again" in stopped, "Stop reading this calendar" in stopped) == (True, False)
    assert tap(admin_client, calendar, "resume") == (200, "“JADA Internal” is being read again.")
    assert Calendar.objects.get().stopped_at is None


def test_who_may_only_look_cannot_stop_it(client: Client, calendar: Calendar) -> None:
    user = User.objects.create_user("ana", password="pass-word-1", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_calendar"))
    client.force_login(user)
    page = client.get(f"/admin/charters/calendar/{calendar.pk}/change/").content.decode()
    assert ("Stop reading" in page, tap(client, calendar, "stop")[0]) == (False, 403)


def test_a_look_at_the_address_alone_stops_nothing(admin_client: Client, calendar: Calendar) -> None:
    assert admin_client.get(f"/admin/charters/calendar/{calendar.pk}/stop/").status_code == 405
    assert Calendar.objects.get().stopped_at is None


def test_one_that_cannot_be_deleted_says_what_to_do_instead(
    admin_client: Client, quinn: Charter, calendar: Calendar
) -> None:
    answer = admin_client.post(f"/admin/charters/calendar/{calendar.pk}/delete/", {"post": "yes"}, follow=True)
    assert [str(each) for each in answer.context["messages"]] == [
        "“JADA Internal” holds 1 event whose record is kept, so it cannot be deleted. "
        "If it is of no use any more: “Stop reading this calendar”, below."
    ]


def test_the_charters_page_says_that_its_calendar_is_read_no_more(
    admin_client: Client, quinn: Charter, calendar: Calendar
) -> None:
    page = f"/admin/charters/charter/{quinn.pk}/change/"
    assert "read no more" not in admin_client.get(page).content.decode()
    stop(calendar)
    assert f"JADA Internal, read no more since {SINCE}" in admin_client.get(page).content.decode()
