"""What contradicts itself in the trips to come, for whoever reads a plan: it needs a person, not a repair."""

from collections.abc import Collection
from dataclasses import dataclass

from charters.conflicts import conflicts
from charters.models import Charter

# Of the trips to come so many are looked at.
MOST_LOOKED_AT = 150


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A charter and its sentences, most pressing first."""

    charter: Charter
    sentences: tuple[str, ...]


def doubtful(keys: Collection[int] | None = None) -> list[Doubtful]:
    """Upcoming charters (of these primary keys, or any) whose facts contradict each other or leave something open."""
    upcoming = Charter.objects.upcoming().charters().with_relations().with_waiver_counts()
    chosen = upcoming if keys is None else upcoming.filter(pk__in=keys)
    charters = list(chosen[:MOST_LOOKED_AT])
    found = conflicts(charters)
    return [Doubtful(charter, tuple(found[charter.pk])) for charter in charters if found.get(charter.pk)]
