"""A correction that could not be written is not written again a second later, and says why it waits."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from charters.calendars import corrections
from charters.models import Calendar, Charter, Correction
from jada.core.reconcile import Scope
from jada.core.reconcile import reconcile as walk
from tests.charters.calendars.conftest import THURSDAY, Move
from tests.charters.calendars.test_corrections import ALVAREZ, WORDS, correct, june14, reconcile
from tests.fakes import google_server as fake
from tests.fakes.google_server import Google

__all__ = ["june14"]
ASKED = "events.patch"
NO_RIGHT = "Google does not allow it: the connected account lacks the right."


def pushed() -> None:
    """What an announcement sets in motion, and the clock."""
    walk(Scope(layers=frozenset({"calendar", "correction"})))


def printed() -> str:
    """What `reconcile` prints for people, its lines joined."""
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("reconcile", "--layer", "calendar", "--layer", "correction", stdout=out)
    return " ".join(out.getvalue().split())


def refused(google: Google, times: int = 100) -> None:
    google.trouble(ASKED, fake.error(403, "requiredAccessLevel"), times)


@pytest.fixture
def held(june14: Charter, google: Google) -> Charter:
    """Refused once."""
    correct(june14, captain="Gene")
    refused(google)
    pushed()
    assert Correction.objects.get().reason == NO_RIGHT
    return june14


def test_a_refused_write_is_not_repeated_by_the_next_pushes(held: Charter, google: Google) -> None:
    for _ in range(3):
        pushed()
    assert len(google.asked(ASKED)) == 1


def test_a_lasting_412_is_tried_in_one_round_alone(june14: Charter, google: Google) -> None:
    correct(june14, captain="Gene")
    google.trouble(ASKED, fake.error(412, "conditionNotMet"), 100)
    for _ in range(3):
        pushed()
    assert len(google.asked(ASKED)) == 4


def test_its_pauses_grow(held: Charter, google: Google, at: Move) -> None:
    tried = []
    for minutes in range(1, 40):
        at(THURSDAY + timedelta(minutes=minutes))
        google.requests.clear()
        pushed()
        if google.asked(ASKED):
            tried.append(minutes)
    assert tried == [2, 6, 14, 30]


def test_by_hand_it_is_tried_once(held: Charter, google: Google) -> None:
    assert reconcile().fields() == [(ALVAREZ, "description", "update", "held")]
    assert len(google.asked(ASKED)) == 2


def test_an_edit_of_the_event_has_it_tried_again(held: Charter, google: Google) -> None:
    google.edit("alvarez", description=f"{WORDS}\nBring ice")
    pushed()
    assert len(google.asked(ASKED)) == 2


def test_another_wish_has_it_tried_again(held: Charter, google: Google) -> None:
    correct(held, captain="Sarah")
    pushed()
    assert len(google.asked(ASKED)) == 2


def test_another_right_has_it_tried_again(held: Charter, google: Google) -> None:
    Calendar.objects.update(google_role="writer")
    google.calendar().role = "writer"
    pushed()
    assert len(google.asked(ASKED)) == 2


def test_another_login_has_it_tried_again(held: Charter, google: Google, settings: Any) -> None:
    settings.GOOGLE_CREDENTIALS = google.credentials() | {"quota_project_id": "x"}
    pushed()
    assert len(google.asked(ASKED)) == 2


def test_a_busy_google_is_not_written_to_by_the_next_push(june14: Charter, google: Google) -> None:
    Calendar.objects.update(ical_address="")
    correct(june14, captain="Gene")
    google.trouble(ASKED, fake.error(503, Retry_After="600"), 100)
    for _ in range(3):
        pushed()
    assert len(google.asked(ASKED)) == 1
    assert Correction.objects.get().reason == "Google asks us to wait until 12:10 PM."


# -- why it is held, in what people read -------------------------------------------------------------------------------


def test_a_refusal_is_printed_with_its_reason(held: Charter) -> None:
    assert f"Darrell → Gene – {NO_RIGHT} held" in printed()


def test_a_calendar_that_cannot_be_written_is_printed_with_its_reason(june14: Charter, google: Google) -> None:
    correct(june14, captain="Gene")
    google.calendar().role = "reader"
    google.edit("alvarez", colorId="3")
    assert f"Darrell → Gene – {corrections.NO_RIGHT} held" in printed()


def test_an_edit_meanwhile_is_printed_with_both_values(june14: Charter, google: Google) -> None:
    correct(june14, captain="Gene")
    google.change_before_patch("alvarez", description=WORDS.replace("Darrell", "Sarah"))
    assert "The calendar says Sarah meanwhile; ours is Gene. Keep which? held" in printed()


def test_hours_moved_meanwhile_are_printed_with_both(june14: Charter, google: Google) -> None:
    correct(june14, starts_at=datetime(2026, 6, 14, 21, tzinfo=UTC), ends_at=datetime(2026, 6, 14, 23, tzinfo=UTC))
    moved = {"start": {"dateTime": "2026-06-14T19:00:00Z"}, "end": {"dateTime": "2026-06-14T22:30:00Z"}}
    google.change_before_patch("alvarez", **moved)
    assert "its start is Sun 14 Jun, noon meanwhile; ours is Sun 14 Jun, 2 PM. Keep which? held" in printed()
