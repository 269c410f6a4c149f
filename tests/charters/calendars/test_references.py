"""References: made once, and told apart by a number."""

from datetime import date

import pytest

from charters.calendars import references
from charters.models import Charter
from tests.factories import CharterFactory

QUINN = "quinn-saturday-2026-05-30"


def test_a_reference_is_guest_weekday_and_date() -> None:
    assert references.base("obrien-munoz", date(2026, 6, 19)) == "obrien-munoz-friday-2026-06-19"


def test_a_free_reference_is_taken_as_wanted() -> None:
    assert references.free(QUINN, set()) == QUINN


def test_equal_ones_get_the_next_number() -> None:
    used = {QUINN, f"{QUINN}-3"}
    assert [references.free(QUINN, used) for _ in range(3)] == [f"{QUINN}-2", f"{QUINN}-4", f"{QUINN}-5"]


@pytest.mark.django_db
def test_those_in_use_are_found_with_their_numbers_and_no_others() -> None:
    for reference in (QUINN, f"{QUINN}-2", f"{QUINN}-11", "quinn-saturday-2026-05-31", "mc-quinn-saturday-2026-05-30"):
        CharterFactory.create(reference=reference)
    assert references.taken([QUINN, "kim-saturday-2026-05-30"]) == {QUINN, f"{QUINN}-2", f"{QUINN}-11"}


def test_a_reference_fits_its_column() -> None:
    longest = references.base("x" * 40, date(2026, 9, 30)) + "-20000"
    assert len(longest) <= (Charter._meta.get_field("reference").max_length or 0)
