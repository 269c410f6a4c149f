"""The swap on a crew member's own page: who takes over, why, and a second page that says what will be.

GET changes nothing, and none of it needs a script. `charters.crew.swaps` decides.
"""

from http import HTTPStatus

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from charters.crew import swaps, trips
from charters.crew.hours import taken
from charters.crew.page import home, moved_on, private
from charters.crew.trips import Trip
from charters.models import Charter, CrewAssignment, CrewMember

CHANGED = "Somebody has changed the crew meanwhile. Nothing was changed by you."


class SwapForm(forms.Form):
    """Who takes over which place (its role, and the name in it as the page showed it), and why."""

    role = forms.CharField(max_length=10)
    name = forms.CharField(max_length=80)
    taker = forms.ModelChoiceField(
        CrewMember.objects.filter(active=True),
        error_messages={"required": "Choose who takes over.", "invalid_choice": "Choose one of the names in the list."},
    )
    why = forms.CharField(
        max_length=200,
        error_messages={
            "required": "Write a few words why: the office will ask.",
            "max_length": "Make it shorter: one line is enough.",
        },
    )
    although = forms.BooleanField(required=False)

    def clean_why(self) -> str:
        """One line."""
        return " ".join(str(self.cleaned_data["why"]).split())


# A browser names no origin to a form's address when its page wants no referrer, and the form would be refused.
@require_http_methods(["GET", "HEAD", "POST"])
@private("same-origin")
def swap(request: HttpRequest, token: str, member: CrewMember, key: int) -> HttpResponse:
    """`/crew/<token>/swap/<key>/`: GET asks who takes over; POST shows what will be, and with `sure` does it."""
    form = SwapForm(request.POST) if request.method == "POST" else SwapForm()
    found = trips.trip_of(member, key)
    if "sure" in request.POST and form.is_valid():
        return _carry_out(request, token, member, key, form, found)
    if found is None:
        return moved_on(request, token)
    refusal = swaps.refusal_of(found.charter)
    if refusal:
        return moved_on(request, token, refusal, status=HTTPStatus.CONFLICT)
    if request.method != "POST":
        return _choose(request, token, found, form, _place_asked_for(request, found))
    place = _place_of(found, request.POST.get("role", ""), request.POST.get("name", ""))
    if place is None:
        return moved_on(request, token, CHANGED, status=HTTPStatus.CONFLICT)
    takers = {each.pk for each, _ in _takers(found, place)}
    if form.is_valid() and form.cleaned_data["taker"].pk not in takers:
        form.add_error("taker", "Choose one of the names in the list.")
    if not form.is_valid():
        return _choose(request, token, found, form, place, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _confirm(request, token, found, form, place)


def _carry_out(
    request: HttpRequest, token: str, member: CrewMember, key: int, form: SwapForm, found: Trip | None
) -> HttpResponse:
    # Whoever sends the same form twice may no longer be on the trip: `swap` knows what that means.
    charter = found.charter if found else Charter.objects.filter(pk=key).first()
    if charter is None:
        return moved_on(request, token)
    asked, place = form.cleaned_data, swaps.Place(form.cleaned_data["role"], form.cleaned_data["name"])
    try:
        swaps.swap(
            charter=charter,
            giver=member,
            place=place,
            taker=asked["taker"],
            why=asked["why"],
            although_taken=asked["although"],
        )
    except swaps.TakerTaken as objection:
        line = _place_of(found, place.role, place.name) if found else None
        if found is None or line is None:
            return moved_on(request, token, str(objection), status=HTTPStatus.CONFLICT)
        return _confirm(request, token, found, form, line, status=HTTPStatus.CONFLICT)
    except swaps.SwapRefused as refusal:
        return moved_on(request, token, str(refusal), status=HTTPStatus.CONFLICT)
    return HttpResponseRedirect(f"{home(token)}?swapped={key}")


def _choose(
    request: HttpRequest,
    token: str,
    found: Trip,
    form: SwapForm,
    place: CrewAssignment,
    *,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    takers = _takers(found, place)
    context = {
        "trip": found,
        "place": place,
        "own": place.member_id == found.mine.member_id,
        "elsewhere": [each for each in found.crew if each is not place] if found.mine.role == "captain" else [],
        "free": [each for each, reasons in takers if not reasons],
        "busy": [(each, "; ".join(reasons)) for each, reasons in takers if reasons],
        "form": form,
        "home": home(token),
    }
    return render(request, "crew/swap.html", context, status=status)


def _confirm(
    request: HttpRequest,
    token: str,
    found: Trip,
    form: SwapForm,
    place: CrewAssignment,
    *,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    taker: CrewMember = form.cleaned_data["taker"]
    context = {
        "trip": found,
        "place": place,
        "own": place.member_id == found.mine.member_id,
        "taker": taker,
        "why": form.cleaned_data["why"],
        "reasons": swaps.reasons_against(found.charter, place, taker, found.crew),
        "home": home(token),
    }
    return render(request, "crew/confirm.html", context, status=status)


def _takers(found: Trip, place: CrewAssignment) -> list[tuple[CrewMember, list[str]]]:
    """Who could take the place, those with the place's own role first, and what speaks against each."""
    charter, crew = found.charter, found.crew
    busy = taken([charter])[charter.pk]
    # One of the crew may take the command, and nothing else.
    left_out = {place.member_id} if place.role == "captain" else {each.member_id for each in crew}
    active = CrewMember.objects.filter(active=True).exclude(pk__in=[key for key in left_out if key])
    could = [each for each in active if not swaps.unfit(each, place.role, charter.date)]
    could.sort(key=lambda member: (member.role != place.role, member.name))
    return [(each, [*swaps.aboard_already(place, each, crew), *busy.get(each.pk, [])]) for each in could]


def _place_asked_for(request: HttpRequest, found: Trip) -> CrewAssignment:
    """The captain may ask for another's place by its number in the crew list; else it is one's own."""
    number = request.GET.get("place", "")
    others = found.others if found.mine.role == "captain" else []
    return next((each for each in others if str(each.position) == number), found.mine)


def _place_of(found: Trip, role: str, name: str) -> CrewAssignment | None:
    return next((each for each in found.crew if (each.role, each.name) == (role, name)), None)
