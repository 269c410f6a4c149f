"""What one event's own facts say against each other: too many guests, papers that have run out, no captain."""

from collections.abc import Iterable
from datetime import date, timedelta

from charters.conflicts.neighbours import Neighbour
from charters.conflicts.quotes import Finding
from charters.models import Charter
from charters.pages.words import clock, day


def too_many(charter: Charter, known: Neighbour) -> Iterable[Finding]:
    """More guests than the vessel's inspection allows, expected or signed."""
    limit, vessel = known.passenger_limit, known.vessel_name
    if charter.is_charter and limit and charter.guest_count and charter.guest_count > limit:
        words = f"{charter.guest_count} guests are expected; {vessel} may carry {limit}."
        from_the_text = charter.sources.get("guest_count") == "calendar"
        yield Finding(words, "guest_count" if from_the_text else "", charter.guest_count)
    signed: int = getattr(charter, "signed", 0)  # annotated by `with_waiver_counts`, where signatures are shown
    if limit and signed > limit:
        yield Finding(f"{signed} guests have signed; {vessel} may carry {limit}.")


def run_out(charter: Charter, known: Neighbour) -> Iterable[Finding]:
    """A captain's licence or a vessel's certificate whose last good day is before the trip's last."""
    if not charter.is_charter:
        return
    ends_at = charter.ends_at - timedelta(seconds=1) if charter.ends_at > charter.starts_at else charter.ends_at
    last_day = ends_at.astimezone(charter.zone).date()
    captain = known.captain
    if captain and captain.licence and captain.licence < last_day:
        words = f"{captain.shown}'s licence is good until {_day_of_year(captain.licence)} only."
        yield Finding(words, "captain" if captain.source == "calendar" else "", captain.name)
    if known.certificate and known.certificate < last_day:
        yield Finding(f"{known.vessel_name}'s certificate is good until {_day_of_year(known.certificate)} only.")


def late_arrival(charter: Charter) -> Iterable[Finding]:
    """Guests who are told to come after the departure."""
    if charter.is_charter and charter.arrive_by > charter.starts_at:
        arrive, start = charter.arrive_by.astimezone(charter.zone), charter.starts_at.astimezone(charter.zone)
        words = f"Guests are told to arrive by {clock(arrive)}, after the departure at {clock(start)}."
        said = charter.calendar_facts.get("arrive_by") if charter.sources.get("arrive_by") == "calendar" else None
        yield Finding(words, "arrive_by" if said else "", said)


def no_captain(charter: Charter, known: Neighbour) -> Iterable[Finding]:
    """A trip with guests and nobody in command, in the words of the board's light.

    Where that was set by hand, the line that names somebody stands with the contradiction, not with the question.
    """
    if charter.is_charter and known.captain is None:
        in_the_text = bool(charter.calendar_facts) and charter.sources.get("captain") != "override"
        unsaid = "Nobody is named as captain, and the description names nobody: who takes this trip?"
        words = "Nobody is named as captain: who takes this trip?"
        yield Finding(words, "captain" if in_the_text else "", unsaid=unsaid)


def _day_of_year(on: date) -> str:
    return f"{day(on)} {on.year}"
