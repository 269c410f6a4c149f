"""One-tap answers to “who is this?”: said once, and every copy is understood anew."""

from datetime import timedelta
from typing import Any

import pytest

from charters.calendars.merge import reapply
from charters.calendars.reading import Directory
from charters.crew.names import NameRefused, guesses, is_member, new_member, not_a_person
from charters.models import Calendar, Charter, CrewAssignment, CrewMember, GuestPage, NotAPerson, Override
from tests.charters.calendars.conftest import Move, at, calendar, server
from tests.charters.calendars.feeds import event, feed, look, rows
from tests.factories import CharterFactory, CrewMemberFactory, GuestPageFactory
from tests.fakes import feed_server as fake
from tests.fakes.feed_server import FeedServer

__all__ = ["Move", "at", "calendar", "server"]
TEXT = "Crew: Darrell\\, Bosun?\\nGuests: 4"
QUESTIONS = [
    "“Crew: Darrell, Bosun?” is not sure of Bosun",
    "“Crew: Darrell, Bosun?”: no crew member is called Bosun. Who is this?",
]


@pytest.fixture
def trip(calendar: Calendar, server: FeedServer) -> Charter:
    """Darrell is known; Bosun is nobody's name."""
    CrewMemberFactory.create(name="Darrell")
    server.answer = fake.whole(feed(event(DESCRIPTION=TEXT)), ETag='"1"')
    look()
    return Charter.objects.get()


def crew() -> list[tuple[str, str | None]]:
    return list(CrewAssignment.objects.values_list("name", "member__name"))


def questions() -> list[str]:
    found: list[str] = Charter.objects.values_list("questions", flat=True).get()
    return found


def test_the_question_quotes_the_line(trip: Charter) -> None:
    assert (questions(), crew()) == (QUESTIONS, [("Darrell", "Darrell"), ("Bosun", None)])


def test_this_is_somebody_we_know(trip: Charter) -> None:
    gene = CrewMemberFactory.create(name="Gene")
    is_member(name="Bosun", member=gene, by="ana")
    gene.refresh_from_db()
    assert (gene.aliases, crew(), questions()) == (
        ["Bosun"],
        [("Darrell", "Darrell"), ("Bosun", "Gene")],
        QUESTIONS[:1],
    )


def test_the_same_answer_again_changes_nothing(trip: Charter) -> None:
    gene = CrewMemberFactory.create(name="Gene")
    is_member(name="Bosun", member=gene, by="ana")
    before = rows()
    is_member(name="bosun", member=gene, by="ben")
    assert rows() == before


def test_the_next_look_finds_nothing_left_to_do(trip: Charter) -> None:
    is_member(name="Bosun", member=CrewMemberFactory.create(name="Gene"), by="ana")
    assert look().changes == []


def test_the_guest_page_is_written_anew(trip: Charter) -> None:
    GuestPageFactory(charter=trip, state=GuestPage.State.VERIFIED)
    is_member(name="Bosun", member=CrewMemberFactory.create(name="Gene"), by="ana")
    assert GuestPage.objects.get().state == "stale"


def test_a_name_that_is_somebody_elses_is_not_taken_from_them(trip: Charter) -> None:
    gene = CrewMemberFactory.create(name="Gene")
    with pytest.raises(NameRefused, match="“Darrell” is Darrell already"):
        is_member(name="Darrell", member=gene, by="ana")


def test_somebody_who_left_is_nobody_on_board(trip: Charter) -> None:
    with pytest.raises(NameRefused, match="not in the crew any more"):
        is_member(name="Bosun", member=CrewMemberFactory.create(name="Gene", active=False), by="ana")


def test_a_new_crew_member_has_the_name_and_the_role_of_the_list(trip: Charter) -> None:
    new_member(name="Bosun", role="crew")
    assert (list(CrewMember.objects.values_list("name", "role")), crew()) == (
        [("Bosun", "crew"), ("Darrell", "crew")],
        [("Darrell", "Darrell"), ("Bosun", "Bosun")],
    )


def test_a_new_crew_member_is_made_once(trip: Charter) -> None:
    first = new_member(name="Bosun", role="crew")
    assert new_member(name="BOSUN", role="mate") == first
    assert CrewMember.objects.count() == 2


def test_somebody_who_was_in_the_crew_before_is_not_made_twice(trip: Charter) -> None:
    CrewMemberFactory.create(name="Bosun Bill", aliases=["Bosun"], active=False)
    with pytest.raises(NameRefused, match="Bosun Bill was in the crew before"):
        new_member(name="Bosun", role="crew")


def test_words_that_are_no_name_leave_the_list_and_the_question(trip: Charter) -> None:
    not_a_person(name="Bosun", by="ana")
    assert (crew(), questions(), look().changes) == ([("Darrell", "Darrell")], [], [])


def test_no_name_is_said_once(trip: Charter) -> None:
    not_a_person(name="Bosun", by="ana")
    before = rows()
    not_a_person(name="bosun ", by="ben")
    assert rows() == before


def test_a_crew_members_name_is_a_name(trip: Charter) -> None:
    with pytest.raises(NameRefused, match="the name of a crew member"):
        not_a_person(name="Darrell", by="ana")


def test_no_name_may_turn_out_to_be_one_after_all(trip: Charter) -> None:
    not_a_person(name="Bosun", by="ana")
    new_member(name="Bosun", role="crew")
    look()
    assert (NotAPerson.objects.count(), crew()) == (0, [("Darrell", "Darrell"), ("Bosun", "Bosun")])


def test_every_trip_that_names_them_follows(calendar: Calendar, server: FeedServer) -> None:
    june = event("june", start="20260614T013000Z", DESCRIPTION="Deckhand: Bosun")
    server.answer = fake.whole(feed(event(DESCRIPTION="Mate: bosun"), june))
    look()
    is_member(name="Bosun", member=CrewMemberFactory.create(name="Gene"), by="ana")
    assert crew() == [("bosun", "Gene"), ("Bosun", "Gene")]


def test_a_trip_without_a_calendar_follows_too(db: None) -> None:
    trip = by_hand(captain="Bosun")
    new_member(name="Bosun", role="captain")
    assert [each.member and each.member.name for each in trip.crew_assignments.all()] == ["Bosun"]


def test_a_trip_that_has_departed_keeps_its_list(trip: Charter, at: Move) -> None:
    at(trip.starts_at + timedelta(hours=1))
    is_member(name="Bosun", member=CrewMemberFactory.create(name="Gene"), by="ana")
    assert crew() == [("Darrell", "Darrell"), ("Bosun", None)]


# -- one name, several members --------------------------------------------------------------------------------------


@pytest.fixture
def two_sams(calendar: Calendar, server: FeedServer) -> tuple[CrewMember, CrewMember]:
    """Two trips with Sam as mate, and two who go by that name."""
    sams = CrewMemberFactory.create(name="Sam Hill"), CrewMemberFactory.create(name="Sam Lake")
    june = event("june", start="20260614T013000Z", DESCRIPTION="Captain: Sam")
    server.answer = fake.whole(feed(event(DESCRIPTION="Captain: Gene\\nMate: Sam\\nDeckhand: Joe"), june))
    look()
    return sams


def test_of_several_one_is_meant_on_this_trip_alone(two_sams: tuple[CrewMember, CrewMember]) -> None:
    first, june = Charter.objects.order_by("starts_at")
    is_member(name="Sam", member=two_sams[1], by="ana", charter=first)
    assert list(first.crew_assignments.values_list("name", "role", "member__name")) == [
        ("Gene", "captain", None),
        ("Sam Lake", "mate", "Sam Lake"),
        ("Joe", "deckhand", None),
    ]
    assert list(june.crew_assignments.values_list("name", "member")) == [("Sam", None)]
    assert list(Override.objects.values_list("field", "by", "why")) == [
        ("crew", "ana", "“Sam” is Sam Lake on this trip.")
    ]


def test_a_captain_of_several_is_meant_by_override(two_sams: tuple[CrewMember, CrewMember]) -> None:
    june = Charter.objects.get(uid="june")
    is_member(name="Sam", member=two_sams[0], by="ana", charter=june)
    assert list(Override.objects.values_list("field", "value")) == [("captain", "Sam Hill")]


def test_one_of_several_is_said_once(two_sams: tuple[CrewMember, CrewMember]) -> None:
    june = Charter.objects.get(uid="june")
    is_member(name="Sam", member=two_sams[0], by="ana", charter=june)
    before = rows()
    is_member(name="Sam", member=two_sams[0], by="ben", charter=june)
    assert rows() == before


@pytest.mark.parametrize("named", [True, False])
def test_one_of_several_needs_a_trip_that_names_them(two_sams: tuple[CrewMember, CrewMember], named: bool) -> None:
    other = CharterFactory.create() if named else None
    with pytest.raises(NameRefused, match="“Sam”"):
        is_member(name="Sam", member=two_sams[0], by="ana", charter=other)


def test_a_name_of_several_makes_no_new_member(two_sams: tuple[CrewMember, CrewMember]) -> None:
    with pytest.raises(NameRefused, match="say which of them"):
        new_member(name="Sam", role="mate")


# -- guessing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "role", "first", "likely"),
    [
        ("Darell", "captain", "Darrell", True),
        ("Sara", "captain", "Sarah", True),
        ("Eugene", "mate", "Gene", True),
        ("Sam", "mate", "Sam Lake", True),
        ("Xqv", "captain", "Darrell", False),
    ],
)
@pytest.mark.django_db
def test_the_likeliest_comes_first(name: str, role: str, first: str, likely: bool) -> None:
    members = [
        CrewMemberFactory.create(name="Sarah", role="captain"),
        CrewMemberFactory.create(name="Sam Hill", role="deckhand"),
        CrewMemberFactory.create(name="Sam Lake", role="mate"),
        CrewMemberFactory.create(name="Darrell", role="captain"),
        CrewMemberFactory.create(name="Gene", role="captain"),
    ]
    found = guesses(name, role, members)
    assert (found.members[0].name, found.likely, len(found.members)) == (first, likely, 5)


def by_hand(**staff: Any) -> Charter:
    """A charter that no calendar knows."""
    charter: Charter = CharterFactory(calendar=None)
    facts = {"title": charter.title, "event_type": charter.event_type, "party": "Quinn", "crew": []}
    facts |= {"starts_at": charter.starts_at.isoformat(), "ends_at": charter.ends_at.isoformat()}
    Charter.objects.filter(pk=charter.pk).update(staff_facts=facts | staff)
    reapply(charter, directory=Directory.load())
    return charter
