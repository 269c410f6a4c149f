"""What stands on many pages at once (a name, a phone number, a dock's directions) has changed."""

from django.db import transaction

from charters.models import Charter
from charters.models.charter import CharterQuerySet
from charters.pages.life import mark_stale
from jada.core.bell import ring


def touch(charters: CharterQuerySet) -> int:
    """Have the pages of the upcoming ones among these charters written anew; returns how many are out of date now.

    Call it in the transaction that changes what they show; the bell rings after its commit.
    """
    with transaction.atomic():
        keys = list(charters.charters().upcoming().values_list("pk", flat=True))
        if keys:
            ring(charters=keys)
        return mark_stale(keys)


def touch_all(keys: list[int]) -> int:
    """As `touch`, for charters whose tie to the changed record is about to be cut."""
    return touch(Charter.objects.filter(pk__in=keys))
