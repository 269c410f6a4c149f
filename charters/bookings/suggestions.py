"""Which trips a waiting mail may be about, for the person who has to say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from charters.bookings import trips
from charters.models import BookingMessage, Charter, Vessel
from charters.pages import words
from charters.same_trip import same_code
from jada.core.clock import now

SUGGESTED = 3
SUGGESTION_DAYS = timedelta(days=3)
LEAST_SCORE = 20
MOST_CANDIDATES = 500


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A trip that a waiting mail may be about; `why` in words, best first by `score`."""

    charter: Charter
    score: int
    why: str


def suggestions(messages: Iterable[BookingMessage]) -> dict[int, list[Suggestion]]:
    """{message's key: up to three trips it may be about}, best first, in two queries however many mails wait."""
    waiting = [each for each in messages if each.state == BookingMessage.State.WAITING and each.kind]
    if not waiting:
        return {}
    moments = [moment for message in waiting if (moment := trips.starts_at(message))]
    wanted = Q(pk__in=[])
    for moment in moments:
        wanted |= Q(starts_at__range=(moment - SUGGESTION_DAYS, moment + SUGGESTION_DAYS))
    if len(moments) < len(waiting):
        wanted |= Q(starts_at__range=(now(), now() + timedelta(days=120)))
    candidates = list(
        Charter.objects.charters()
        .active()
        .filter(wanted)
        .select_related("vessel", "calendar")
        .order_by("starts_at", "reference")[:MOST_CANDIDATES]
    )
    vessels = list(Vessel.objects.all())
    return {message.pk: _suggested(message, candidates, vessels) for message in waiting}


def _suggested(message: BookingMessage, candidates: Sequence[Charter], vessels: Sequence[Vessel]) -> list[Suggestion]:
    named = trips.vessels_named(message, vessels)
    scored = [_scored(message, charter, named) for charter in candidates]
    likely = [each for each in scored if each.score >= LEAST_SCORE]
    return sorted(likely, key=lambda each: (-each.score, each.charter.starts_at))[:SUGGESTED]


def _scored(message: BookingMessage, charter: Charter, named: set[int]) -> Suggestion:
    score, why = _time_score(message, charter)
    if same_code(trips.code_of(charter), message.code):
        score, why = score + 100, ["the same code", *why]
    elif trips.is_anothers(charter, message):
        score, why = score - 50, [*why, "booked otherwise"]
    if charter.vessel_id in named:
        score, why = score + 20, [*why, f"on {charter.vessel.name}"]
    elif named:
        score, why = score - 20, [*why, f"on {charter.vessel.name}, another vessel"]
    if trips.name_fits(charter, message):
        score, why = score + 30, [*why, "the name fits"]
    if charter.guest_count and charter.guest_count == message.facts.get("guest_count"):
        score, why = score + 10, [*why, f"{words.people(charter.guest_count)} too"]
    return Suggestion(charter, score, ", ".join(why))


def _time_score(message: BookingMessage, charter: Charter) -> tuple[int, list[str]]:
    moment = trips.starts_at(message)
    if moment is None:
        return 0, []
    apart = charter.starts_at - moment
    later = "later" if apart > timedelta(0) else "earlier"
    same_day = trips.same_day(charter.starts_at, moment)
    if not apart:
        return 40, ["at the same hour"]
    if same_day and abs(apart) <= trips.NEAR:
        return 30, [f"{words.duration(abs(apart))} {later}"]
    if same_day:
        return 20, [f"the same day, {words.duration(abs(apart))} {later}"]
    return (8 if abs(apart) <= timedelta(hours=36) else 0), [f"{words.duration(abs(apart))} {later}"]
