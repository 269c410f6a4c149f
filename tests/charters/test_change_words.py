"""Changes as the office reads them."""

from typing import Any

import pytest

from charters.change_words import Group, grouped
from charters.pages.publishing import NEWER_TEMPLATE
from jada.core.reconcile import APPLIED, CREATE, DELETE, FAILED, HELD, PLANNED, SEND, UPDATE, Change
from tests.charters.pages.samples import at
from tests.factories import CalendarFactory, CharterFactory

FACTS = "Sat 30 May, 3–7 PM, arrive by 2:45 PM"
EARLIER = "Sat 30 May, 2–6 PM, arrive by 1:45 PM"


def change(layer: str, name: str, expected: Any, actual: Any, action: str = UPDATE, **other: Any) -> Change:
    return Change(layer, other.pop("charter", "danika"), name, expected, actual, action, **other)


def groups(*changes: Change, **more: Any) -> list[Group]:
    summary: dict[str, dict[str, int]] = {}
    for each in changes:
        counts = summary.setdefault(each.layer, {})
        counts[each.state] = counts.get(each.state, 0) + 1
    return grouped(changes, summary | more)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("found", "said", "detail"),
    [
        (
            change("calendar", "starts_at", "2026-05-30T15:00:00-07:00", "2026-05-30T14:00:00-07:00"),
            "Start: Sat 30 May, 2 PM → 3 PM",
            "",
        ),
        (
            change("calendar", "starts_at", "2026-05-31T14:00:00-07:00", "2026-05-30T14:00:00-07:00"),
            "Start: Sat 30 May, 2 PM → Sun 31 May, 2 PM",
            "",
        ),
        (change("calendar", "captain", "Gene", None), "Captain: none → Gene", ""),
        (
            change("calendar", "crew", [{"name": "Sam", "role": "mate"}], []),
            "Crew: nobody → Sam",
            "",
        ),
        (change("calendar", "status", "cancelled", "cancelling"), "Status: gone from the calendar → cancelled", ""),
        (
            change("calendar", "event", {"title": "Kim", "starts_at": "2026-05-30T14:00:00-07:00"}, None, CREATE),
            "New in the calendar: Sat 30 May, 2 PM",
            "",
        ),
        (change("calendar", "event", None, "Kim 40th", DELETE), "Kim 40th is gone from the calendar", ""),
        (change("correction", "event", {"title": "Kim"}, None, CREATE), "Entered in the calendar: Kim", ""),
        (
            change("correction", "description", {"captain": "Gene"}, {"captain": "Darrell"}),
            "Text in the calendar: Darrell → Gene",
            "",
        ),
        (change("page", "page", FACTS, None, CREATE), f"A new page: {FACTS}", ""),
        (
            change("page", "page", FACTS, EARLIER, reason="arrive by 1:45 PM → 2:45 PM"),
            "Arrive by 1:45 PM → 2:45 PM",
            f"Should be: {FACTS}",
        ),
        (
            change("page", "page", f"{FACTS}; {NEWER_TEMPLATE}", FACTS, reason=NEWER_TEMPLATE),
            "The same facts, in the page's newer form",
            f"Should be: {FACTS}; {NEWER_TEMPLATE}",
        ),
        (
            change("page", "page", FACTS, "arrive by 2 PM, should be 2:45 PM", reason=NEWER_TEMPLATE),
            "Arrive by 2 PM, should be 2:45 PM",
            f"Should be: {FACTS}",
        ),
        (change("page", "page", None, FACTS, DELETE), f"{FACTS}: it is taken away", ""),
        (
            change("page", "page", None, "old.html", DELETE, charter=""),
            "“old.html” is no page of ours: it is removed",
            "",
        ),
        (change("edge", "page", FACTS, None), "Not seen at its public address yet", f"Should be: {FACTS}"),
        (
            change("edge", "page", FACTS, None, state=APPLIED),
            "Seen as it should be at its public address",
            FACTS,
        ),
        (change("edge", "page", None, "withdrawn", DELETE, state=APPLIED), "Gone from its public address", ""),
        (
            change("message", "boarding", f"Told: {FACTS}", f"Told: {EARLIER}", SEND),
            f"Told: {FACTS}",
            f"Before: Told: {EARLIER}",
        ),
        (
            change("calendar", "feed", "readable", "JADA Internal: 403", charter="", state=FAILED, reason="403"),
            "JADA Internal: 403",
            "",
        ),
    ],
)
def test_a_change_is_a_sentence(found: Change, said: str, detail: str) -> None:
    ((group,), line) = (groups(found), groups(found)[0].lines[0])
    assert (line.said, line.detail, len(group.lines)) == (said, detail, 1)


@pytest.mark.django_db
def test_a_held_change_says_why() -> None:
    (group,) = groups(change("page", "page", FACTS, None, CREATE, state=HELD, reason="no arrival time"))
    (line,) = group.lines
    assert (line.said, line.why, line.state_words) == (f"Its page would say: {FACTS}", "No arrival time", "Held")


@pytest.mark.django_db
def test_a_change_names_its_charter_and_when_it_sails() -> None:
    calendar = CalendarFactory(timezone="America/Los_Angeles")
    charter = CharterFactory(title="Danika Private Charter", starts_at=at("2026-05-30 15:00"), calendar=calendar)
    (group,) = groups(change("calendar", "captain", "Gene", None, charter=charter.reference))
    assert (group.lines[0].who, group.lines[0].when, group.lines[0].href) == (
        "Danika Private Charter",
        "Sat 30 May, 3 PM",
        f"/admin/charters/charter/{charter.pk}/change/",
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("layer", "who"), [("page", "Not ours"), ("calendar", "Calendar")])
def test_a_change_of_no_charter_is_about_something(layer: str, who: str) -> None:
    (group,) = groups(change(layer, "page", None, "old.html", DELETE, charter=""))
    assert group.lines[0].who == who


@pytest.mark.django_db
def test_layers_stand_in_the_pipelines_order() -> None:
    found = [change(layer, "page", FACTS, None) for layer in ("message", "edge", "cleaning", "page", "calendar")]
    assert [group.name for group in groups(*found)] == ["calendar", "page", "edge", "message", "cleaning"]


@pytest.mark.django_db
def test_a_layer_that_failed_as_a_whole_has_one_sentence() -> None:
    broken = change("edge", "layer", "working", "The edge is down.", charter="", state=FAILED)
    (group,) = groups(broken, failures={"edge": "The edge is down."})
    assert (group.failure, group.lines, group.counts, group.more) == ("The edge is down.", (), "", 0)


@pytest.mark.django_db
def test_what_is_not_shown_is_counted() -> None:
    shown = change("page", "page", FACTS, None, CREATE)
    (group,) = grouped([shown], {"page": {PLANNED: 1_000, HELD: 2}, "edge": {PLANNED: 0}})
    assert (group.more, group.counts) == (1_001, "1,000 to do, 2 held")
