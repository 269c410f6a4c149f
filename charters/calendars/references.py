"""References: `<guest>-<weekday>-<date>`, made once and never changed by a move (docs/domain.md)."""

from collections.abc import Iterable
from datetime import date

from django.db import connection


def base(slug: str, day: date) -> str:
    """What a reference begins with, before `-2` or `-3` tells equal ones apart."""
    return f"{slug}-{day:%A}-{day:%Y-%m-%d}".lower()


def taken(bases: Iterable[str]) -> set[str]:
    """The references in use that equal one of `bases` or are one of them with a number, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            r"SELECT reference FROM charters_charter WHERE regexp_replace(reference, "
            r"'(-\d{4}-\d\d-\d\d)-\d+$', '\1') = ANY(%s)",
            [list(bases)],
        )
        return {row[0] for row in cursor.fetchall()}


def free(wanted: str, used: set[str]) -> str:
    """`wanted`, or the first of `wanted-2`, `wanted-3`, … not in use; adds it to `used`."""
    reference, number = wanted, 1
    while reference in used:
        number += 1
        reference = f"{wanted}-{number}"
    used.add(reference)
    return reference
