"""What a calendar leaves open that people read everywhere: an event without a title, a trip without hours."""

import pytest

from charters.conflicts import conflicts
from charters.events import event as event_json
from charters.models import Calendar, Charter
from tests.charters.calendars.feeds import event, feed, look
from tests.charters.calendars.saying import event as occasion
from tests.charters.calendars.saying import say
from tests.fakes import feed_server as fake
from tests.fakes.feed_server import FeedServer

WHAT_IS_IT = "What is this event? It has no title."


@pytest.mark.parametrize(
    "line", ["SUMMARY:Quinn Sunset Sail\r\n", "Quinn Sunset Sail"], ids=["no line", "an empty line"]
)
def test_an_untitled_event_has_googles_name_for_it_and_is_asked_about(
    calendar: Calendar, server: FeedServer, line: str
) -> None:
    server.answer = fake.whole(feed(event().replace(line, "")))
    look()
    charter = Charter.objects.get()
    told = event_json(charter)
    assert (told["id"], told["title"], WHAT_IS_IT in told["conflicts"]) == (
        "no-title-saturday-2026-05-30",
        "(No title)",
        True,
    )


def test_a_conflict_with_an_untitled_event_names_it(calendar: Calendar) -> None:
    say(calendar, occasion("quinn"), occasion("nameless", title=""))
    quinn = Charter.objects.get(uid="quinn")
    assert "overlaps “(No title)” (6:30–8:30 PM" in conflicts([quinn])[quinn.pk][0]


def test_a_title_given_later_is_the_title(calendar: Calendar) -> None:
    say(calendar, occasion("nameless", title=""))
    say(calendar, occasion("nameless"))
    charter = Charter.objects.get()
    assert (charter.title, charter.reference, WHAT_IS_IT in charter.questions) == (
        "Quinn Sunset Sail",
        "no-title-saturday-2026-05-30",
        False,
    )


def test_a_whole_day_does_not_ask_guests_to_come_on_the_evening_before(calendar: Calendar, server: FeedServer) -> None:
    days = event().replace("DTSTART:20260531T013000Z", "DTSTART;VALUE=DATE:20260530")
    server.answer = fake.whole(feed(days.replace("DTEND:20260531T033000Z", "DTEND;VALUE=DATE:20260531")))
    look()
    told = event_json(Charter.objects.get())
    assert (told["starts_at"], told["arrive_by"]) == ("2026-05-30T00:00:00-07:00", "2026-05-30T00:00:00-07:00")
    assert "The calendar has this trip as a whole day: when does it start?" in told["conflicts"]
