"""What a person answers on a charter's page with one tap; each answer is one verb, logged for the timeline."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from charters.calendars import corrections
from charters.crew.names import is_member, new_member, not_a_person
from charters.models import Charter, CrewAssignment, CrewMember
from charters.overrides import confirm_cancelled, keep_ours, take_calendars
from charters.pages import words
from jada.core.errors import JadaError

# What the answers are called in the log and in messages.
FACTS = {
    "starts_at": "start",
    "ends_at": "end",
    "arrive_by": "time of arrival",
    "guest_count": "number of guests",
    "guest_name": "primary guest",
    "guest_email": "e-mail",
    "guest_phone": "phone",
    "captain": "captain",
    "crew": "crew",
}


class NothingToDo(JadaError):  # noqa: N818 reads as what happened
    """Somebody was faster, or the button was tapped twice; the text says so."""


class AnswersAdmin(ModelAdmin):
    """The views behind the buttons of a charter's page and of the board: by POST alone, back to where one came from."""

    def get_urls(self) -> list[URLPattern]:
        """An address for each question."""
        answers: dict[str, Callable[[HttpRequest, str], HttpResponse]] = {
            "confirm": self.confirm_view,
            "name": self.name_view,
            "which": self.which_view,
            "send": self.send_view,
            "withdraw": self.withdraw_view,
        }
        own = [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"charters_charter_{name}",
            )
            for name, view in answers.items()
        ]
        return [*own, *super().get_urls()]

    def confirm_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A person's word that a vanished charter is cancelled, given on the board or on its own page."""

        def act(charter: Charter, by: str) -> tuple[str, str]:
            locked = Charter.objects.select_for_update().get(pk=charter.pk)
            if locked.status != Charter.Status.CANCELLING:
                raise NothingToDo(f"{charter.title} does not wait for a word any more; nothing was changed.")
            confirm_cancelled(charter=locked, by=by)
            return "Confirmed that it is cancelled", f"{charter.title} is cancelled."

        return self._answered(request, object_id, act)

    def name_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Who a name on the crew list is."""
        name, answer = request.POST.get("name", ""), request.POST.get("answer", "")
        wanted = "charters.add_crewmember" if answer == "new" else "charters.change_crewmember"
        if not request.user.has_perm(wanted):
            raise PermissionDenied

        def act(charter: Charter, by: str) -> tuple[str, str]:
            row = CrewAssignment.objects.filter(charter=charter, name=name, member=None).first()
            if row is None:
                raise NothingToDo(f"Nobody asks who “{name}” is any more; nothing was changed.")
            if answer == "nobody":
                not_a_person(name=name, by=by)
                said = f"“{name}” is no name: crew lists are read without it. It can be taken back among the crew."
                return f"“{name}” on the crew list is no name", said
            if answer == "new":
                member = new_member(name=name, role=row.role)
                self.log_addition(request, member, f"Asked for by {charter.reference}")
                return (
                    f"“{name}” is a new crew member",
                    f"{member} is in the crew now. Add a phone and an e-mail there.",
                )
            chosen = CrewMember.objects.filter(pk=_number(request.POST.get("member")), active=True).first()
            if chosen is None:
                raise NothingToDo(f"Choose who “{name}” is first.")
            is_member(name=name, member=chosen, by=by, charter=charter)
            self.log_change(request, chosen, f"Written “{name}” on {charter.reference}")
            return f"“{name}” on the crew list is {chosen}", f"“{name}” is {chosen}."

        return self._answered(request, object_id, act)

    def which_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """“Keep ours” or “Take the calendar's”, of a fact that the calendar changed after it was set by hand."""
        ours, field = "ours" in request.POST, request.POST.get("ours") or request.POST.get("calendars") or ""
        if field not in FACTS:
            raise Http404

        def act(charter: Charter, by: str) -> tuple[str, str]:
            if ours:
                keep_ours(charter=charter, field=field, by=by)
                return "", f"The {FACTS[field]} stays as it was set by hand."
            take_calendars(charter=charter, field=field, by=by)
            return "", f"The {FACTS[field]} is the calendar's now."

        return self._answered(request, object_id, act)

    def send_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What was set by hand is to stand in the calendar, too."""
        facts = [name for name in corrections.CORRECTABLE if name in request.POST.getlist("fact")]

        def act(charter: Charter, by: str) -> tuple[str, str]:
            corrections.ask(charter=charter, facts=facts, by=by)
            named = facts_in_words(facts)
            return f"Sends {named} to the calendar", f"{named[:1].upper()}{named[1:]}: on the way to the calendar."

        return self._answered(request, object_id, act)

    def withdraw_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Not to the calendar after all."""

        def act(charter: Charter, by: str) -> tuple[str, str]:
            if not corrections.withdraw(charter=charter, by=by):
                raise NothingToDo("Nothing waits to be sent any more; nothing was changed.")
            return "Does not send to the calendar after all", "The calendar is left as it is."

        return self._answered(request, object_id, act)

    def _answered(
        self, request: HttpRequest, object_id: str, act: Callable[[Charter, str], tuple[str, str]]
    ) -> HttpResponse:
        """`act` takes the charter and the person's name; it returns what is logged, if anything, and what is said."""
        charter: Charter | None = self.get_object(request, object_id)
        if charter is None:
            raise Http404
        if not self.has_change_permission(request, charter):
            raise PermissionDenied
        try:
            with transaction.atomic():
                logged, said = act(charter, request.user.get_username())
                if logged:
                    self.log_change(request, charter, logged)
        except JadaError as refusal:
            self.message_user(request, str(refusal), messages.INFO)
        else:
            self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(_back(request, charter))


def facts_in_words(names: Any) -> str:
    """“the captain and the crew”."""
    return words.listed([f"the {FACTS[name]}" for name in names])


def _number(written: str | None) -> int:
    return int(written) if written and written.isascii() and written.isdecimal() and len(written) < 19 else 0


def _back(request: HttpRequest, charter: Charter) -> str:
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return back
    return reverse("admin:charters_charter_change", args=[charter.pk])
