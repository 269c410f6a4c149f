"""Leases: who is at work on a row, judged by the database's clock, guarded by a fencing number.

Claim, commit, call, settle (docs/architecture.md, rule 2): `claim` takes rows in a short statement of its own,
the network is spoken to after the commit, and the result is written only `WHERE fence = ` the number claimed.
"""

from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now


class Leased(models.Model):
    """Columns of a row that one worker at a time may work on."""

    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    fence = models.BigIntegerField(default=0, db_default=0, editable=False)
    # Somebody rang while the row was leased: its owner looks once more before it lets go.
    look_again = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=Leased)


def claim(rows: "QuerySet[Row]", *, seconds: int, limit: int | None = None) -> dict[Any, int]:
    """Lease the free rows among `rows` for `seconds`; returns {primary key: fencing number}.

    Rows leased by another worker are left out (`ring_again` asks for one more look at them). Call it inside the
    transaction that decides on the work; two workers that claim at once pass each other by (SKIP LOCKED).
    """
    free = rows.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=Now())).order_by("pk")
    keys = list(free.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:limit])
    if not keys:
        return {}
    model = rows.model
    with connection.cursor() as cursor:
        table, column = model._meta.db_table, model._meta.pk.column
        cursor.execute(
            f"UPDATE \"{table}\" SET lease_until = clock_timestamp() + %s * interval '1 second', fence = fence + 1, "  # noqa: S608
            f'look_again = false WHERE "{column}" = ANY(%s) RETURNING "{column}", fence',
            [seconds, keys],
        )
        return dict(cursor.fetchall())


def held(rows: "QuerySet[Row]", key: Any, fence: int) -> "QuerySet[Row]":
    """The row, while our lease on it is the latest one; settle with `.update(…, lease_until=None)` on it."""
    return rows.filter(pk=key, fence=fence)


def ring_again(rows: "QuerySet[Row]") -> int:
    """Ask the present owners of `rows` to look once more; returns how many are at work."""
    return rows.filter(lease_until__gte=Now()).update(look_again=True)


__all__ = ["F", "Leased", "claim", "held", "ring_again"]
