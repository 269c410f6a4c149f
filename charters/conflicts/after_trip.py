"""What the calendar was changed to after a trip, whose facts are frozen (`Charter.said_since`)."""

from charters.conflicts.by_hand import in_words
from charters.models import Charter

LABELS = {
    "event_type": "the type",
    "starts_at": "the start",
    "ends_at": "the end",
    "arrive_by": "the arrival",
    "place": "the place",
    "captain": "the captain",
    "crew": "the crew",
    "guest_name": "the guest",
    "guest_email": "the guest's e-mail",
    "guest_phone": "the guest's phone",
    "guest_count": "the number of guests",
}


def changed_since(charter: Charter) -> str:
    """A sentence with each fact and both values; '' when the calendar says what it said at departure."""
    said = charter.said_since
    if said.get("cancelled"):
        return "It was removed from the calendar after the trip."
    back = "It is back in the calendar since the trip." if said.get("cancelled") is False else ""
    facts = [name for name in LABELS if name in said]
    if not facts:
        return back
    changes = [
        f"{LABELS[name]} from {in_words(name, charter.calendar_facts.get(name), charter)} "
        f"to {in_words(name, said[name], charter)}"
        for name in facts
    ]
    return f"Changed in the calendar after the trip: {'; '.join(changes)}."
