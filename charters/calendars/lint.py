"""What the reader of descriptions could not find or understand, in words for the office."""

from charters.calendars.text.description import Description
from charters.calendars.text.titles import NOT_CHARTERS

QUOTE_LIMIT = 80
QUOTES = 5
NO_CAPTAIN = "No captain found."


def lint(description: Description, event_type: str) -> tuple[str, ...]:
    """Say what a charter's description lacks, and quote what was not understood: at most ``QUOTES`` lines.

    ``event_type`` is one of `titles.EVENT_TYPES`; of a haul-out or a day off nobody expects a captain.
    """
    if event_type in NOT_CHARTERS:
        return ()
    found = []
    if description.captain is None:
        found.append(NO_CAPTAIN)
    if description.guest_count is None:
        found.append("No guest count found.")
    found += [f"Not understood: “{_cut(line)}”" for line in dict.fromkeys(description.unread[:200])][:QUOTES]
    return tuple(found)


def _cut(line: str) -> str:
    return line if len(line) <= QUOTE_LIMIT else line[: QUOTE_LIMIT - 1].rstrip() + "…"
