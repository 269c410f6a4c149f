"""The plan as a page: what `reconcile --plan` prints, for everything or one charter, and the repair of it.

Both are done by a worker (`jada.core.asking`); the page asks every two seconds how far it is.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from charters.change_words import Group, counts_in_words, grouped, layer_in_words
from charters.models import Charter
from charters.needs_a_look import Doubtful, doubtful
from charters.pages import words
from jada.core import asking
from jada.core.clock import now
from jada.core.models import AskedLook
from jada.core.reconcile import FAILED, PLANNED
from jada.core.runs import changes_of

MAY_SEE, MAY_REPAIR = "core.view_run", "core.repair"
MAY_NOT_SEE = "You may log in, but not see the plan. Ask whoever looks after the office's logins to let you see runs."
MAY_NOT_REPAIR = "You may look, but not repair. Ask whoever looks after the office's logins for “Can repair”."
UNDER_WAY = "A look is under way already. Its result comes first; then ask again."
# A worker takes a look up at once; when none has by then, something is wrong with the workers.
WORKER_LATE = timedelta(seconds=30)
MOST_DOUBTFUL = 20
FORBIDDEN, NOT_FOUND = 403, 404


@dataclass(frozen=True, slots=True)
class Result:
    """What a look found or did; `counts` in words, '' when every layer is as it should be.

    `mendable` says whether a repair has anything to do or to try again; `messages` go to guests then.
    """

    groups: list[Group]
    counts: str
    mendable: bool
    messages: int
    durations: dict[str, float] = field(default_factory=dict)

    @property
    def took(self) -> float:
        """In seconds, all layers together."""
        return sum(self.durations.values())


def view(request: HttpRequest) -> HttpResponse:
    """GET shows what was found, POST asks for a look or a repair. Nothing outside is read before somebody asks."""
    if not request.user.has_perm(MAY_SEE):
        return _refused(request, MAY_NOT_SEE, status=FORBIDDEN)
    reference = request.GET.get("charter", "").strip()
    charter = Charter.objects.select_related("calendar").filter(reference=reference).first() if reference else None
    if reference and charter is None:
        return _refused(request, f"There is no charter “{reference[:80]}”.", status=NOT_FOUND)
    if request.method == "POST":
        return _asked(request, charter)
    context = _context(request, charter)
    if getattr(request, "htmx", False):
        return TemplateResponse(request, "admin/plan_inner.html", context)
    return _page(request, context)


def address(charter: Charter | None) -> str:
    """The plan's page, whole or of one charter."""
    plan = reverse("admin:plan")
    return f"{plan}?{urlencode({'charter': charter.reference})}" if charter else plan


def _asked(request: HttpRequest, charter: Charter | None) -> HttpResponse:
    kind = AskedLook.Kind.REPAIR if request.POST.get("do") == "repair" else AskedLook.Kind.PLAN
    if kind == AskedLook.Kind.REPAIR and not request.user.has_perm(MAY_REPAIR):
        return _refused(request, MAY_NOT_REPAIR, status=FORBIDDEN)
    assert isinstance(request.user, User)  # the admin lets nobody else in
    about = {"charter": charter.reference, "charter_key": charter.pk} if charter else {}
    look, new = asking.ask(kind=kind, by=request.user, **about)  # type: ignore[arg-type]
    if not new and look.kind != kind:
        messages.info(request, UNDER_WAY)
    return HttpResponseRedirect(address(charter))


def _context(request: HttpRequest, charter: Charter | None) -> dict[str, Any]:
    look = asking.latest(charter.reference if charter else "")
    result = _result(look) if look and look.ended_at and not look.trouble else None
    found = doubtful({charter.pk} if charter else None) if result else []
    return {
        "charter": charter,
        "address": address(charter),
        "look": look,
        "open": look is not None and look.ended_at is None,
        "asked": _asked_in_words(look) if look else "",
        "progress": _progress(look) if look else "",
        "late": look is not None and not look.begun and look.asked_at < now() - WORKER_LATE,
        "result": result,
        "doubtful": _doubts(found[:MOST_DOUBTFUL]),
        "more_doubtful": max(0, len(found) - MOST_DOUBTFUL),
        "may_repair": request.user.has_perm(MAY_REPAIR),
    }


def _result(look: AskedLook) -> Result | None:
    if look.kind == AskedLook.Kind.PLAN:
        summary = look.report["summary"] | {"failures": look.report["failures"]}
        return _told(grouped(asking.changes_in(look), summary), summary, look.report["durations"])
    if look.run is None:
        return None
    return _told(grouped(changes_of(look.run), look.run.summary), look.run.summary, look.run.durations)


def _told(groups: list[Group], summary: dict[str, Any], durations: dict[str, float]) -> Result:
    layers = {name: counts for name, counts in summary.items() if name != "failures"}
    total: dict[str, int] = {}
    for counts in layers.values():
        for state, count in counts.items():
            total[state] = total.get(state, 0) + count
    letters = layers.get("message", {}).get(PLANNED, 0)
    mendable = bool(total.get(PLANNED) or total.get(FAILED))
    return Result(groups, counts_in_words(total), mendable, letters, durations)


def _doubts(found: list[Doubtful]) -> list[dict[str, Any]]:
    return [
        {
            "who": each.charter.title,
            "href": reverse("admin:charters_charter_change", args=[each.charter.pk]),
            "when": words.day(each.charter.date),
            "sentences": each.sentences,
        }
        for each in found
    ]


def _asked_in_words(look: AskedLook) -> str:
    """“by Ana, today at 3:12 PM”."""
    name = (look.asked_by.get_short_name() or look.asked_by.get_username()) if look.asked_by else "somebody"
    return f"by {name}, {_moment(look.ended_at or look.asked_at)}"


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    on = "today" if local.date() == timezone.localdate(now()) else words.day(local.date())
    return f"{on} at {words.clock(local)}"


def _progress(look: AskedLook) -> str:
    """“Guest pages: 120 of 1,000”; '' while nothing is counted."""
    told = look.progress
    if not told:
        return ""
    return f"{layer_in_words(told['layer'])}: {told['done']:,} of {told['total']:,}"


def _refused(request: HttpRequest, sentence: str, *, status: int) -> HttpResponse:
    icon = "lock" if status == FORBIDDEN else "search_off"
    return _page(request, {"refused": sentence, "icon": icon}, status=status)


def _page(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    request.current_app = admin.site.name
    charter = context.get("charter")
    title = f"Plan of {charter.title}" if charter else "Plan"
    whole = {**admin.site.each_context(request), "title": title, "is_fullwidth": "1", **context}
    return TemplateResponse(request, "admin/plan.html", whole, status=status)
