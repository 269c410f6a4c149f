"""A crew member's own page: which trips are theirs. The link's token is the right; there is no login.

The swap has pages of its own (charters/crew/swap_page.py).
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from charters.crew import swaps
from charters.crew import trips as crew_trips
from charters.crew.calendar_file import crew_ics
from charters.crew.links import feed_url, find
from charters.models import Charter, CrewMember

MOVED_ON = "You are not on this trip any more: somebody has changed the crew."
View = Callable[..., HttpResponseBase]


def private(referrer: str) -> Callable[[View], View]:
    """A page whose address is a secret: kept by no cache, no search engine and no log."""

    def wrap(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
            member = find(token)
            response = view(request, token, member, **kwargs) if member else _not_found(request)
            response.headers["Referrer-Policy"] = referrer
            response.headers["X-Robots-Tag"] = "noindex"
            # Django logs the path of each refused request (django.utils.log.log_response) unless that is done.
            response._has_been_logged = True  # type: ignore[attr-defined]
            return response

        return never_cache(answer)

    return wrap


@require_safe
@private("no-referrer")
def page(request: HttpRequest, token: str, member: CrewMember) -> HttpResponse:
    """`GET /crew/<token>/`: the member's trips, the next sixty days in full."""
    soon, later = crew_trips.upcoming_trips(member)
    trips = [*soon, *later]
    context = {
        "member": member,
        "days": crew_trips.by_day(soon),
        "later": later[: crew_trips.MOST_LINES],
        "later_count": len(later),
        "next": next((each for each in trips if not each.is_cancelled), None),
        "swapped": _swapped(member, request.GET.get("swapped", "")),
        "home": home(token),
        "feed": feed_url(token),
        "webcal": f"webcal:{feed_url(token).partition(':')[2]}",
        "brand": trips[0].charter.brand if trips else None,
    }
    return render(request, "crew/trips.html", context)


@require_safe
@private("no-referrer")
def trip(request: HttpRequest, token: str, member: CrewMember, key: int) -> HttpResponse:
    """`GET /crew/<token>/trip/<key>/`: one trip in full, for those that are lines on the page."""
    found = crew_trips.trip_of(member, key)
    if found is None:
        return moved_on(request, token)
    return render(request, "crew/trip.html", {"member": member, "trip": found, "home": home(token)})


@require_safe
@private("no-referrer")
def feed(request: HttpRequest, token: str, member: CrewMember) -> HttpResponse:
    """`GET /crew/<token>.ics`: the same trips for the member's calendar."""
    response = HttpResponse(crew_ics(member), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="trips.ics"'
    return response


def _swapped(member: CrewMember, key: str) -> Charter | None:
    """The trip that the member has just handed over, to say what now holds; nobody else's."""
    if not (key.isascii() and key.isdigit() and len(key) < 19 and swaps.swapped_by(member, int(key))):
        return None
    return Charter.objects.with_relations().filter(pk=int(key)).first()


def home(token: str) -> str:
    return reverse("crew", kwargs={"token": token})


def moved_on(
    request: HttpRequest, token: str, words: str = MOVED_ON, *, status: int = HTTPStatus.NOT_FOUND
) -> HttpResponse:
    return render(request, "crew/moved_on.html", {"words": words, "home": home(token)}, status=status)


def _not_found(request: HttpRequest) -> HttpResponse:
    """An unknown and a revoked link look the same."""
    return render(request, "guest/not_found.html", status=HTTPStatus.NOT_FOUND)
