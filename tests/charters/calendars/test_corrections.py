"""Overrides sent to the calendar: only the lines they own change, under If-Match, and nobody's words are trampled."""

from datetime import UTC, datetime
from typing import Any

import pytest

from charters.adding import add_event
from charters.calendars import corrections
from charters.calendars.entries import entry
from charters.models import Calendar, Charter, Correction, NotAPerson
from charters.overrides import override
from tests.charters.calendars.feeds import Look, event, feed, look
from tests.charters.calendars.test_layer_google import item
from tests.factories import CrewMemberFactory
from tests.fakes import feed_server as feeds
from tests.fakes import google_server as fake
from tests.fakes.feed_server import FeedServer
from tests.fakes.google_server import Google

ALVAREZ = "alvarez-sunday-2026-06-14"
WORDS = "Captain: Darrell\nMate: Angelia\nGuests: 8\nCake on board, please keep upright!\nalvarez.family@example.com"
CORRECTED = "Captain: Gene\nGuests: 8\nCake on board, please keep upright!\nalvarez.family@example.com"


def reconcile(*options: str) -> Look:
    return look("--layer", "calendar", "--layer", "correction", *options)


@pytest.fixture
def june14(both_ways: Calendar, google: Google) -> Charter:
    """The calendar lists Darrell and Angelia; the correction is Gene as captain, Angelia removed."""
    google.put(item("alvarez", "Alvarez Private Charter", "2026-06-14T20:00:00Z", description=WORDS))
    look()
    return Charter.objects.get(reference=ALVAREZ)


def correct(charter: Charter, **facts: Any) -> None:
    override(charter=charter, facts=facts, by="dispatcher")
    corrections.ask(charter=charter, facts=list(facts), by="dispatcher")


def said(google: Google) -> str:
    return str(google.calendar().items["alvarez"]["description"])


def test_june_14_reaches_the_calendar_under_if_match(june14: Charter, google: Google) -> None:
    etag = google.calendar().items["alvarez"]["etag"]
    correct(june14, captain="Gene", crew=[])
    done = reconcile()
    assert done.fields() == [(ALVAREZ, "description", "update", "applied")]
    assert (done.code, said(google)) == (0, CORRECTED)
    (patch,) = google.asked("events.patch")
    assert (patch.headers["if-match"], patch.body) == (etag, {"description": CORRECTED})


def test_the_plan_shows_both_values_and_writes_nothing(june14: Charter, google: Google) -> None:
    correct(june14, captain="Gene", crew=[])
    planned = reconcile("--plan")
    (change,) = planned.changes
    assert (planned.code, change["expected"], change["actual"], change["state"]) == (
        2,
        {"captain": "Gene", "crew": []},
        {"captain": "Darrell", "crew": [{"name": "Angelia", "role": "mate"}]},
        "planned",
    )
    assert (said(google), google.asked("events.patch")) == (WORDS, [])


def test_a_second_run_has_nothing_to_do_and_the_echo_is_no_change(june14: Charter, google: Google) -> None:
    correct(june14, captain="Gene", crew=[])
    reconcile()
    assert reconcile().changes == []
    assert len(google.asked("events.patch")) == 1
    june14.refresh_from_db()
    assert june14.calendar_facts["captain"] == "Gene"


def test_both_values_agree_as_soon_as_it_is_written(june14: Charter, google: Google) -> None:
    correct(june14, captain="Gene", crew=[])
    reconcile()
    google.requests.clear()
    june14.refresh_from_db()
    assert (june14.calendar_facts["captain"], june14.calendar_facts["crew"]) == ("Gene", [])


def test_somebody_who_edits_at_that_moment_keeps_their_words(june14: Charter, google: Google) -> None:
    correct(june14, captain="Gene", crew=[])
    google.change_before_patch("alvarez", times=2, description=f"{WORDS}\nBring ice")
    assert reconcile().code == 0
    assert said(google) == f"{CORRECTED}\nBring ice"
    assert len(google.asked("events.patch")) == 3


def test_after_three_more_readings_it_is_held_and_tried_by_the_next_run(june14: Charter, google: Google) -> None:
    correct(june14, captain="Gene", crew=[])
    google.change_before_patch("alvarez", times=4)
    held = reconcile()
    assert (held.code, held.fields()) == (2, [(ALVAREZ, "description", "update", "held")])
    assert len(google.asked("events.patch")) == 4
    assert reconcile().code == 0
    assert said(google) == CORRECTED


def test_another_captain_named_meanwhile_is_not_overruled(june14: Charter, google: Google) -> None:
    correct(june14, captain="Gene")
    google.change_before_patch("alvarez", description=WORDS.replace("Darrell", "Sarah"))
    held = reconcile()
    assert (held.code, held.fields()) == (2, [(ALVAREZ, "description", "update", "held")])
    assert said(google) == WORDS.replace("Darrell", "Sarah")
    assert Correction.objects.get().reason == "The calendar says Sarah meanwhile; ours is Gene. Keep which?"


def test_a_later_edit_of_the_fact_holds_it_until_somebody_says_which(june14: Charter, google: Google) -> None:
    correct(june14, captain="Gene")
    google.edit("alvarez", description=WORDS.replace("Darrell", "Sarah"))
    assert reconcile().code == 2
    assert google.asked("events.patch") == []
    assert Correction.objects.get().reason == corrections.KEEP_WHICH


def test_an_ical_feed_cannot_be_written(calendar: Calendar, server: FeedServer) -> None:
    server.answer = feeds.whole(
        feed(event("alvarez", "Alvarez Private Charter", "20260614T200000Z", DESCRIPTION="Captain: Darrell"))
    )
    look()
    correct(Charter.objects.get(), captain="Gene")
    for _ in range(2):
        held = reconcile()
        assert (held.code, held.fields()) == (2, [(ALVAREZ, "description", "update", "held")])
    assert Correction.objects.get().reason == corrections.READ_ONLY


def test_a_calendar_we_may_only_read_holds_it_without_asking(june14: Charter, google: Google) -> None:
    google.calendar().role = "reader"
    google.edit("alvarez", colorId="3")
    correct(june14, captain="Gene")
    assert (reconcile().code, google.asked("events.patch")) == (2, [])
    assert Correction.objects.get().reason == corrections.NO_RIGHT


def test_a_refused_write_is_held(june14: Charter, google: Google) -> None:
    correct(june14, captain="Gene")
    google.trouble("events.patch", fake.error(403, "forbidden"))
    held = reconcile()
    assert (held.code, held.fields()) == (2, [(ALVAREZ, "description", "update", "held")])


def test_a_google_that_does_not_answer_fails_the_layer_and_keeps_the_wish(june14: Charter, google: Google) -> None:
    correct(june14, captain="Gene")
    google.trouble("events.patch", fake.error(503), 5)
    failed = reconcile()
    assert (failed.code, failed.fields()) == (1, [(ALVAREZ, "description", "update", "failed")])
    assert reconcile().code == 0


def test_an_answer_that_was_lost_is_recognised_as_our_own(june14: Charter, google: Google) -> None:
    correct(june14, captain="Gene", crew=[])
    google.before("events.patch", lambda: google.edit("alvarez", description=CORRECTED))
    google.trouble("events.patch", fake.hang_up())
    done = reconcile()
    assert (done.code, said(google)) == (0, CORRECTED)
    assert Correction.objects.get().sent_at is not None


def test_an_event_that_is_gone_holds_it(june14: Charter, google: Google) -> None:
    correct(june14, captain="Gene")
    google.before("events.patch", lambda: google.delete("alvarez"))
    held = reconcile()
    assert held.code == 2
    assert "confirmed" not in google.calendar().items["alvarez"]["status"]


def test_hours_are_written_in_the_form_they_had(june14: Charter, google: Google) -> None:
    google.edit("alvarez", start={"dateTime": "2026-06-14T13:00:00-07:00", "timeZone": "America/Los_Angeles"})
    look()
    correct(june14, starts_at=datetime(2026, 6, 14, 21, tzinfo=UTC), ends_at=datetime(2026, 6, 14, 23, tzinfo=UTC))
    done = reconcile()
    assert done.fields() == [
        (ALVAREZ, "starts_at", "update", "applied"),
        (ALVAREZ, "ends_at", "update", "applied"),
    ]
    kept = google.calendar().items["alvarez"]
    assert datetime.fromisoformat(kept["start"]["dateTime"]) == datetime(2026, 6, 14, 21, tzinfo=UTC)
    assert kept["start"]["timeZone"] == "America/Los_Angeles"
    assert (kept["description"], len(google.asked("events.patch"))) == (WORDS, 1)


def test_one_occasion_of_a_series_is_corrected_alone(both_ways: Calendar, google: Google) -> None:
    weekly = {"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=3"], "description": "Captain: Darrell"}
    google.put(item("whales", "Whale Watching (public)", "2026-05-31T21:00:00Z", **weekly))
    look()
    second = "whales_20260607T210000Z"
    correct(Charter.objects.get(reference="whale-watching-sunday-2026-06-07"), captain="Sarah")
    assert reconcile().code == 0
    assert google.calendar().items[second]["description"] == "Captain: Sarah"
    assert google.calendar().items["whales"]["description"] == "Captain: Darrell"
    captains = [each.captain and each.captain.name for each in Charter.objects.order_by("starts_at")]
    assert captains == ["Darrell", "Sarah", "Darrell"]
    assert reconcile().changes == []


def test_words_that_are_no_person_stay_on_the_line(june14: Charter, google: Google) -> None:
    google.edit("alvarez", description="Captain: Darrell\nCrew: Angelia, Bosun\nGuests: 8")
    NotAPerson.objects.create(plain="bosun", by="dispatcher", at=datetime(2026, 5, 1, tzinfo=UTC))
    look()
    correct(june14, crew=[["Sam", "crew"]])
    assert reconcile().code == 0
    assert said(google) == "Captain: Darrell\nCrew: Sam, Bosun\nGuests: 8"


def test_a_description_no_program_may_touch_is_held_with_the_reason(june14: Charter, google: Google) -> None:
    google.edit("alvarez", description="Captain: Darrell until the bridge, then we will see about it")
    look()
    correct(june14, captain="Gene Wilder Moonshine The Third Of That Name Of San Diego And Beyond")
    held = reconcile()
    assert held.code == 2
    assert said(google) == "Captain: Darrell until the bridge, then we will see about it"


def test_crew_with_an_address_become_guests_of_the_event(june14: Charter, google: Google) -> None:
    Calendar.objects.update(invite_crew=True)
    CrewMemberFactory.create(name="Gene", email="gene@example.com")
    google.edit("alvarez", attendees=[{"email": "owner@example.com", "responseStatus": "accepted"}])
    correct(june14, captain="Gene", crew=[])
    assert reconcile().code == 0
    assert google.calendar().items["alvarez"]["attendees"] == [
        {"email": "owner@example.com", "responseStatus": "accepted"},
        {"email": "gene@example.com"},
    ]


def test_a_withdrawn_correction_is_not_written(june14: Charter, google: Google) -> None:
    correct(june14, captain="Gene")
    corrections.withdraw(charter=june14, by="dispatcher")
    assert (reconcile().changes, said(google)) == ([], WORDS)


def test_a_cleared_override_is_not_written(june14: Charter, google: Google) -> None:
    correct(june14, captain="Gene", crew=[])
    override(charter=june14, facts={"captain": None}, by="dispatcher")
    assert reconcile().code == 0
    assert said(google) == WORDS.replace("\nMate: Angelia", "")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (["guest_count"], "The captain, the crew, the start and the end can be sent to the calendar."),
        (["captain"], "None of these facts is set by hand."),
    ],
)
def test_what_cannot_be_asked_for_is_refused_in_words(june14: Charter, facts: list[str], words: str) -> None:
    with pytest.raises(corrections.CorrectionRefused) as refused:
        corrections.ask(charter=june14, facts=facts, by="dispatcher")
    assert str(refused.value) == words


# -- events entered here ---------------------------------------------------------------------------------------------

KIM = "kim-saturday-2026-06-06"
BIRTHDAY = {
    "title": "Kim 40th Birthday",
    "starts_at": datetime(2026, 6, 6, 21, tzinfo=UTC),
    "ends_at": datetime(2026, 6, 7, 0, tzinfo=UTC),
    "description": "Captain: Gene\nGuests: 12",
}


def enter(calendar: Calendar) -> Charter:
    return add_event(**BIRTHDAY, vessel=calendar.vessel, by="API token office")


def test_an_event_entered_here_is_written_into_the_calendar(both_ways: Calendar, google: Google) -> None:
    look()
    charter = enter(both_ways)
    done = reconcile()
    assert (done.code, done.fields()) == (0, [(KIM, "event", "create", "applied")])
    (kept,) = google.calendar().items.values()
    assert (kept["summary"], kept["description"]) == ("Kim 40th Birthday", "Captain: Gene\nGuests: 12")
    assert datetime.fromisoformat(kept["start"]["dateTime"]) == charter.starts_at


def test_it_stays_one_record_with_its_reference(both_ways: Calendar, google: Google) -> None:
    look()
    entered = enter(both_ways)
    reconcile()
    assert reconcile().changes == []
    charter = Charter.objects.get()
    assert (charter.pk, charter.reference, charter.calendar, charter.sources["captain"]) == (
        entered.pk,
        KIM,
        both_ways,
        "calendar",
    )


def test_an_answer_that_was_lost_makes_no_second_event(both_ways: Calendar, google: Google) -> None:
    look()
    body = entry(enter(both_ways), both_ways).body
    google.before("events.insert", lambda: google.put(body))
    google.trouble("events.insert", fake.hang_up())
    assert reconcile().code == 0
    assert list(google.calendar().items) == [body["id"]]
    assert Charter.objects.get().calendar == both_ways


def test_an_event_that_google_refuses_is_held_and_stays_ours(both_ways: Calendar, google: Google) -> None:
    look()
    enter(both_ways)
    google.trouble("events.insert", fake.error(403, "forbidden"))
    held = reconcile()
    assert (held.code, held.fields()) == (2, [(KIM, "event", "create", "held")])
    assert Charter.objects.get().status == Charter.Status.CONFIRMED


def test_without_a_writable_calendar_nothing_is_written(both_ways: Calendar, google: Google) -> None:
    google.calendar().role = "reader"
    look()
    enter(both_ways)
    assert (reconcile().changes, google.asked("events.insert")) == ([], [])


def test_a_correction_of_an_event_on_its_way_follows_it(both_ways: Calendar, google: Google) -> None:
    look()
    correct(enter(both_ways), captain="Sarah")
    reconcile()
    assert reconcile().code == 0
    (kept,) = google.calendar().items.values()
    assert kept["description"] == "Captain: Sarah\nGuests: 12"
