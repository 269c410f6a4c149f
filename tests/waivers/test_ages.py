"""Who is a minor on the day of the trip (docs/operations.md)."""

from datetime import date

import pytest

from waivers.ages import age_on, is_minor


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2008, 5, 30), date(2026, 5, 29), 17),
        (date(2008, 5, 30), date(2026, 5, 30), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 28), 19),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (date(2026, 5, 30), date(2026, 5, 30), 0),
    ],
)
def test_age_is_counted_in_whole_years(born: date, day: date, age: int) -> None:
    assert age_on(day, born=born) == age
    assert is_minor(born, on=day) == (age < 18)
