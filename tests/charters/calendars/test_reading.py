"""An occasion as we understand it: facts, and the questions its text leaves open."""

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charters.calendars.occurrences import Occurrence
from charters.calendars.reading import Directory, Reading, name_asked_about, open_questions, read
from charters.calendars.text.titles import SLUG_LIMIT
from charters.models import NotAPerson
from jada.core.clock import now
from tests.factories import CrewMemberFactory, DockFactory

PACIFIC = ZoneInfo("America/Los_Angeles")
NOBODY = Directory()


def understood(description: str = "", *, directory: Directory = NOBODY, **other: Any) -> Reading:
    """Quinn's sunset sail, half past six to half past eight on the Pacific coast."""
    said = {
        "uid": "a",
        "original_start": "",
        "summary": "Quinn Sunset Sail",
        "description": description,
        "location": "",
        "starts_at": datetime(2026, 5, 31, 1, 30, tzinfo=UTC),
        "ends_at": datetime(2026, 5, 31, 3, 30, tzinfo=UTC),
        "all_day": False,
        "cancelled": False,
    }
    return read(Occurrence(**said | other), zone=PACIFIC, directory=directory)


def test_everything_the_event_says_is_a_fact() -> None:
    text = "Captain: Gene\nMate: Sam\nGuests: 6\narrive by 6:15 PM\nquinn@example.com 619-555-0001\nBoatsetter XHQGMDH"
    assert understood(text, location=" Dock 2 ").facts == {
        "title": "Quinn Sunset Sail",
        "event_type": "sunset_sail",
        "party": "Quinn",
        "starts_at": "2026-05-31T01:30:00+00:00",
        "ends_at": "2026-05-31T03:30:00+00:00",
        "all_day": False,
        "arrive_by": "2026-05-30T18:15:00-07:00",
        "place": "Dock 2",
        "captain": "Gene",
        "crew": [["Sam", "mate"]],
        "guest_name": "Quinn",
        "guest_email": "quinn@example.com",
        "guest_phone": "+16195550001",
        "guest_count": 6,
        "platform": "boatsetter",
        "confirmation_code": "XHQGMDH",
        "cancelled": False,
    }


def test_what_is_no_charter_has_no_guests_and_no_questions() -> None:
    reading = understood("Captain: Zoë\nGuests: 4\nquinn@example.com\narrive by 5 PM", summary="Maintenance - haul out")
    kept = {name: reading.facts[name] for name in ("captain", "crew", "guest_name", "guest_email", "guest_count")}
    assert (kept, reading.facts["arrive_by"], reading.questions) == (
        {"captain": None, "crew": [], "guest_name": "", "guest_email": "", "guest_count": None},
        None,
        [],
    )


def test_hours_in_the_text_that_say_otherwise_are_a_question() -> None:
    assert understood("3-7pm paid").questions == [
        "The text says 3–7 PM, the event itself 6:30–8:30 PM: the event's hours are used."
    ]


@pytest.mark.parametrize("text", ["6:30-8:30pm paid", "no hours at all"])
def test_hours_in_the_text_that_agree_are_none(text: str) -> None:
    assert understood(text).questions == []


@pytest.mark.parametrize("summary", ["", " ", "\n"])
def test_an_event_without_a_title_is_asked_about(summary: str) -> None:
    reading = understood(summary=summary)
    assert (reading.slug, reading.facts["event_type"], reading.questions) == (
        "no-title",
        "private",
        ["What is this event? It has no title."],
    )


def test_a_whole_day_is_a_question_and_has_no_arrival() -> None:
    reading = understood("arrive by 6 PM", all_day=True)
    assert (reading.questions, reading.facts["arrive_by"]) == (
        ["The calendar has this trip as a whole day: when does it start?"],
        None,
    )


@given(st.text(max_size=120), st.text(max_size=300), st.text(max_size=40), st.booleans())
def test_any_text_is_understood_somehow(summary: str, description: str, location: str, all_day: bool) -> None:
    reading = understood(description, summary=summary, location=location, all_day=all_day)
    json.dumps(reading.facts)
    assert 1 <= len(reading.slug) <= SLUG_LIMIT


# -- names on crew lists -----------------------------------------------------------------------------------------

DARRELL = Directory(members={"darrell": 1}, ambiguous={"sam"})
BOSUN = "no crew member is called Bosun. Who is this?"


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("Captain: Darrell", []),
        ("Guests: 4\nCaptain: Darrell / deckhand Bosun", [f"“Captain: Darrell / deckhand Bosun”: {BOSUN}"]),
        ("<b>Crew:</b>&nbsp;Darrell, Bosun", [f"“Crew: Darrell, Bosun”: {BOSUN}"]),
        ("Crew:\nDarrell\nBosun", [f"“Bosun”: {BOSUN}"]),
        ("Mate: Bosun\nUpdated crew: Bosun", [f"“Updated crew: Bosun”: {BOSUN}"]),
        ("Mate: Sam", ["“Mate: Sam”: Sam could be several crew members. Who is meant?"]),
        (
            "Crew: Darrell, Bosun?",
            ["“Crew: Darrell, Bosun?” is not sure of Bosun", f"“Crew: Darrell, Bosun?”: {BOSUN}"],
        ),
    ],
)
def test_a_name_that_leads_to_nobody_is_asked_about_with_its_line(text: str, questions: list[str]) -> None:
    assert understood(text, directory=DARRELL).questions == questions


def test_a_long_line_is_cut_around_the_name() -> None:
    text = f"{'Please keep the cake upright. ' * 4}Mate: Bosun. {'And keep the champagne cold. ' * 4}"
    (question,) = understood(text).questions
    quote = question.removeprefix("“").partition("”")[0]
    assert ("Mate: Bosun" in quote, quote[0], quote[-1], len(quote) <= 80) == (True, "…", "…", True)


COOLER = Directory(members={"darrell": 1}, not_persons={"cooler box", "bosun"})


@pytest.mark.parametrize(
    ("text", "captain", "crew"),
    [
        ("Crew: Darrell, Cooler Box", None, [["Darrell", "crew"]]),
        ("Crew: Darrell, Bosun?", None, [["Darrell", "crew"]]),
        ("Captain: Darrell\nCaptain: Cooler Box", "Darrell", []),
        ("Captain: Cooler Box", None, []),
        ("Captain: COOLER BOX\nMate: bosún", None, []),
    ],
)
def test_words_that_are_no_name_are_left_out_and_not_asked_about(
    text: str, captain: str | None, crew: list[list[str]]
) -> None:
    reading = understood(text, directory=COOLER)
    assert (reading.facts["captain"], reading.facts["crew"], reading.questions) == (captain, crew, [])


def test_a_crew_members_name_is_a_name_whatever_was_said() -> None:
    known = Directory(members={"bosun": 1}, not_persons={"bosun"})
    assert understood("Mate: Bosun", directory=known).facts["crew"] == [["Bosun", "mate"]]


@pytest.mark.parametrize(
    ("unsettled", "left"),
    [
        (["Bosun"], [f"“Crew: Bosun”: {BOSUN}", "When does it start?"]),
        ([], ["When does it start?"]),
        (["Zoë"], ["When does it start?", "“Zoë” is on the crew list: which crew member is this?"]),
    ],
)
def test_a_question_about_a_name_lasts_as_long_as_the_name_is_unsettled(unsettled: list[str], left: list[str]) -> None:
    assert open_questions([f"“Crew: Bosun”: {BOSUN}", "When does it start?"], unsettled) == left


@given(st.text(min_size=1, max_size=80))
def test_a_question_tells_whom_it_is_about(name: str) -> None:
    question = Directory().question(name, "Crew: Bosun")
    assert question is not None
    assert name_asked_about(question) == name


# -- the directory -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Zoë Müller", "zoe muller", " ZOE  MULLER ", "Zo", "Zoë"])
def test_a_name_is_known_by_alias_first_name_and_without_accents(name: str) -> None:
    zoe = CrewMemberFactory.create(name="Zoë Müller", aliases=["Zo"])
    assert Directory.load().member(name) == zoe.pk


@pytest.mark.django_db
def test_a_first_name_of_two_people_is_nobodys() -> None:
    CrewMemberFactory.create(name="Sam Hill")
    CrewMemberFactory.create(name="Sam Lake")
    assert Directory.load().member("Sam") is None


@pytest.mark.django_db
def test_a_whole_name_wins_over_a_first_name() -> None:
    sam = CrewMemberFactory.create(name="Sam")
    CrewMemberFactory.create(name="Sam Lake")
    assert Directory.load().member("sam") == sam.pk


@pytest.mark.django_db
def test_an_alias_of_two_people_is_nobodys() -> None:
    CrewMemberFactory.create(name="Ann", aliases=["Skip"])
    CrewMemberFactory.create(name="Bea", aliases=["skip"])
    CrewMemberFactory.create(name="Cleo", aliases=["SKIP"])
    assert Directory.load().member("Skip") is None


@pytest.mark.django_db
def test_somebody_who_left_is_not_known() -> None:
    CrewMemberFactory.create(name="Gene", active=False)
    assert Directory.load().member("Gene") is None


@pytest.mark.django_db
def test_a_dock_is_known_by_its_address() -> None:
    dock = DockFactory.create(address="1880 Harbor Island Dr, San Diego, CA 92102")
    assert Directory.load().dock("1880  harbor island dr San Diego CA 92102") == dock.pk


@pytest.mark.django_db
def test_the_digest_changes_with_whoever_is_known(settings: Any) -> None:
    digests = [Directory.load().digest]
    gene = CrewMemberFactory.create(name="Gene")
    digests.append(Directory.load().digest)
    gene.aliases = ["Eugene"]
    gene.save()
    digests.append(Directory.load().digest)
    settings.ARRIVE_LEAD_MINUTES = 30
    digests.append(Directory.load().digest)
    NotAPerson.objects.create(plain="extra ice", by="ana", at=now())
    digests.append(Directory.load().digest)
    assert len(set(digests)) == 5


@pytest.mark.django_db
def test_the_digest_stays_while_nothing_that_matters_changes() -> None:
    gene = CrewMemberFactory.create(name="Gene")
    before = Directory.load().digest
    gene.phone = "+16195550123"
    gene.save()
    assert Directory.load().digest == before
