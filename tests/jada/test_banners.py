"""What the edge costs, and pages that are not right, above the board."""

import pytest
from pytest_django import Settings

from charters.models import GuestPage, Invalidation
from jada import board
from jada.core.clock import now
from tests.factories import CharterFactory, GuestPageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def distribution(settings: Settings) -> None:
    settings.CLOUDFRONT_DISTRIBUTION_ID = "E1"
    settings.CLOUDFRONT_MONTHLY_PATHS = 10


def asked_to_forget(paths: int) -> None:
    Invalidation.objects.create(
        reference="r", paths=[f"/{number}" for number in range(paths)], wanted_at=now(), asked_at=now()
    )


def said() -> list[tuple[str, str]]:
    return [(banner.tone, banner.words) for banner in board.read().banners]


def test_nothing_is_said_while_little_was_asked() -> None:
    asked_to_forget(7)
    assert said() == []


@pytest.mark.parametrize("paths", [8, 10])
def test_from_four_fifths_of_the_budget_both_numbers_are_told(paths: int) -> None:
    asked_to_forget(paths)
    assert said() == [("ask", f"The edge was asked to forget {paths} paths this month; the budget is 10.")]


def test_beyond_the_budget_it_says_that_it_costs() -> None:
    asked_to_forget(11)
    assert said() == [
        (
            "ask",
            "The edge was asked to forget 11 paths this month; the budget is 10. "
            "Each further one costs money; pages stay right.",
        )
    ]


def test_without_a_budget_nothing_is_said(settings: Settings) -> None:
    settings.CLOUDFRONT_MONTHLY_PATHS = 0
    asked_to_forget(1_000)
    assert said() == []


def test_a_page_that_guests_are_not_served_right_is_named_with_its_reason() -> None:
    charter = CharterFactory.create(title="Quinn Sunset Sail")
    reason = "The public address still shows an older copy."
    GuestPageFactory.create(charter=charter, state=GuestPage.State.FAILED, reason=reason)
    ((tone, words),) = said()
    assert (
        tone,
        words.startswith("Quinn Sunset Sail, "),
        words.endswith(f"its guest page is not right. {reason}"),
    ) == (
        "bad",
        True,
        True,
    )


def test_of_many_that_are_not_right_three_are_named() -> None:
    for _ in range(5):
        GuestPageFactory.create(charter=CharterFactory.create(), state=GuestPage.State.FAILED, reason="No.")
    assert [words for _, words in said()][3:] == ["More guest pages are not right."]
