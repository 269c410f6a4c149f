"""Who is a minor: under 18 on the day of the trip, where it sails (docs/operations.md)."""

from datetime import date

OF_AGE = 18


def age_on(day: date, *, born: date) -> int:
    """Whole years on that day. Born on 29 February, one has a birthday on 1 March of a common year."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def is_minor(born: date, *, on: date) -> bool:
    """Under 18 on that day. Whoever turns 18 on it is an adult all day (Cal. Fam. Code § 6500)."""
    return age_on(on, born=born) < OF_AGE
