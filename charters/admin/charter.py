"""The list of charters and the charter's own page. Facts are set by `charters.overrides`, never by saving the row."""

from typing import Any

from django.contrib import admin
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import display

from charters.admin.charter_answers import AnswersAdmin
from charters.admin.charter_filters import PageStateFilter, WhenFilter
from charters.admin.charter_form import CREW, LABELS, FactsForm
from charters.admin.charter_questions import names_asked, not_understood, sending, which, without_names
from charters.admin.guests import GuestInline
from charters.admin.provenance import fact_in_words, provenance
from charters.admin.timeline import timeline
from charters.calendars.stopping import since
from charters.conflicts import conflicts
from charters.models import Charter, CrewMember, Guest
from charters.models.charter import CharterQuerySet
from charters.overrides import OverrideRefused, override
from charters.pages import words
from charters.pages.life import mark_stale
from jada.core.bell import ring


@admin.register(Charter)
class CharterAdmin(AnswersAdmin):
    """Charters come from calendars and are never erased, so they are neither added nor deleted here."""

    list_display = ["when", "trip", "kind", "captain_named", "guest_count", "status_label", "page_label"]
    list_select_related = ["vessel__brand", "vessel__dock", "dock", "calendar", "page"]
    list_filter = [WhenFilter, "event_type", "status", PageStateFilter]
    list_per_page = 50
    search_fields = ["reference", "title", "party", "guest_name", "guest_email", "guest_phone"]
    search_help_text = "A guest's name, e-mail or phone, or the reference"
    ordering = ["starts_at", "reference"]
    inlines = [GuestInline]
    actions = None
    form = FactsForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They come from calendars."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Charter | None = None) -> bool:
        """A cancelled charter is kept."""
        return False

    def get_queryset(self, request: HttpRequest) -> CharterQuerySet:
        """With all that a row reads."""
        return Charter.objects.with_relations().order_by(*self.ordering)

    # -- the list ------------------------------------------------------------------------------------

    @display(description="When", ordering="starts_at", header=True)
    def when(self, charter: Charter) -> tuple[str, str]:
        """Day and hours, where it sails."""
        start, end = charter.starts_at.astimezone(charter.zone), charter.ends_at.astimezone(charter.zone)
        return words.day(start.date()), "all day" if charter.all_day else words.hours(start, end)

    @display(description="Charter", ordering="title", header=True)
    def trip(self, charter: Charter) -> tuple[str, str]:
        """The title as the calendar has it, and the reference."""
        return charter.title, charter.reference if charter.is_charter else ""

    @display(description="Type", ordering="event_type")
    def kind(self, charter: Charter) -> str:
        """In words."""
        return str(Charter.EventType(charter.event_type).label)

    @display(description="Captain")
    def captain_named(self, charter: Charter) -> str:
        """Who commands."""
        if charter.captain:
            return charter.captain.display_name
        return "nobody yet" if charter.is_charter else "–"

    @display(
        description="Status",
        ordering="status",
        label={"confirmed": "success", "cancelling": "warning", "cancelled": "danger"},
    )
    def status_label(self, charter: Charter) -> tuple[str, str]:
        """Short enough for a list."""
        short = {"cancelling": "your word?"}
        return charter.status, short.get(charter.status, charter.status)

    @display(
        description="Guest page",
        ordering="page__state",
        label={"verified": "success", "published": "info", "stale": "info", "failed": "danger"},
    )
    def page_label(self, charter: Charter) -> tuple[str, str] | None:
        """How far the page is."""
        page = getattr(charter, "page", None)
        if page is None:
            return None
        short = {"published": "not seen yet", "none": "not yet", "stale": "out of date"}
        return page.state, short.get(page.state, page.state)

    # -- the charter's own page ----------------------------------------------------------------------

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> type[FactsForm]:
        """Our form as it is: no field of the row is Django's to save."""
        refused: str = getattr(request, "override_refused", "")
        return type("FactsForm", (FactsForm,), {"refusal": refused}) if refused else FactsForm

    def get_fieldsets(self, request: HttpRequest, obj: Charter | None = None) -> list[Any]:
        """The template lays the facts out; these are their names."""
        return [(None, {"fields": [*LABELS, "why"]})]

    def get_inlines(self, request: HttpRequest, obj: Charter | None) -> list[type[GuestInline]]:
        """Maintenance has no guests."""
        return [GuestInline] if obj and obj.is_charter else []

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A refusal rolls everything back and is shown above what was typed."""
        try:
            response: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)
        except OverrideRefused as refusal:
            request.override_refused = str(refusal)  # type: ignore[attr-defined]
            response = super().changeform_view(request, object_id, form_url, extra_context)
        return response

    def save_model(self, request: HttpRequest, obj: Charter, form: "ModelForm[Any]", change: bool) -> None:
        """What was edited becomes an override; a save without edits changes nothing."""
        assert isinstance(form, FactsForm)  # get_form says so
        if edited := form.edited():
            override(charter=obj, facts=edited, by=request.user.get_username(), why=form.cleaned_data.get("why") or "")

    def save_formset(
        self, request: HttpRequest, form: Any, formset: "BaseInlineFormSet[Any, Any, Any]", change: bool
    ) -> None:
        """The page counts the guests: it is written anew when they change."""
        super().save_formset(request, form, formset, change)
        if formset.model is Guest and formset.has_changed():
            mark_stale([form.instance.pk])
            ring(charters=[form.instance.pk])

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """“starts Sat 28 Nov, 3 PM; crew back to the calendar (The guest asked)” and what happened to the guests."""
        said = [_said(form.instance, name, value) for name, value in form.edited().items()]
        text = "; ".join(said)
        if text and form.cleaned_data.get("why"):
            text = f"{text} ({form.cleaned_data['why']})"
        guests = any(formset.has_changed() for formset in formsets)
        return "; ".join(filter(None, [text, "guests edited" if guests else ""])) or "Nothing changed"

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *arguments: Any, **options: Any) -> Any:
        """With everything the template lays out beside the form."""
        charter, form = context["original"], context["adminform"].form
        may_edit = self.has_change_permission(request, charter) and not charter.has_departed
        start, end = charter.starts_at.astimezone(charter.zone), charter.ends_at.astimezone(charter.zone)
        page = getattr(charter, "page", None)
        asked = names_asked(charter)
        context |= {
            "title": charter.title,
            "subtitle": None,
            "charter": charter,
            "may_edit": may_edit,
            "frozen": charter.has_departed,
            "hours": words.day(start.date()) if charter.all_day else words.day_and_hours(start, end),
            "arrival": "" if charter.all_day else words.clock(charter.arrive_by.astimezone(charter.zone)),
            "place": charter.boarding_dock or charter.place,
            "facts": [_fact(form, name) for name in LABELS],
            "crew_facts": [_fact(form, name) for name in CREW],
            "crew_names": CrewMember.objects.filter(active=True).values_list("name", flat=True),
            "conflicts": without_names(conflicts([charter]).get(charter.pk, []), asked),
            "names_asked": asked,
            "not_understood": not_understood(charter),
            "sending": sending(charter, form.overrides),
            "page": page,
            "page_seen": page and page.verified_at and _moment(charter, page.verified_at),
            "deliveries": _deliveries(charter) if request.user.has_perm("dispatch.view_delivery") else [],
            "timeline": timeline(charter),
            "calendar_stopped_since": since(charter.calendar) if charter.calendar else "",
            "zone_name": charter.zone.key.replace("_", " "),
        }
        return super().render_change_form(request, context, *arguments, **options)


def _fact(form: FactsForm, name: str) -> dict[str, Any]:
    """A fact with its field, its words and where it is from."""
    charter = form.instance
    return {
        "name": name,
        "label": {**LABELS, **CREW}[name],
        "field": form[name] if name in form.fields else None,
        "clear": form[f"clear_{name}"] if f"clear_{name}" in form.fields else None,
        "words": fact_in_words(charter, name, _value(charter, name)),
        "from": provenance(charter, name, form.overrides),
        "which": which(charter, form.overrides.get(name)),
    }


def _value(charter: Charter, name: str) -> Any:
    if name == "captain":
        return charter.captain.display_name if charter.captain else ""
    if name == "crew":
        return [(each.display_name, each.role) for each in charter.crew_assignments.all() if each.role != "captain"]
    return getattr(charter, name)


def _said(charter: Charter, name: str, value: Any) -> str:
    label = {**LABELS, **CREW}[name].lower()
    return f"{label} back to the calendar" if value is None else f"{label} {fact_in_words(charter, name, value)}"


def _moment(charter: Charter, moment: Any) -> str:
    local = moment.astimezone(charter.zone)
    return f"{words.day(local.date())}, {words.clock(local)}"


def _deliveries(charter: Charter) -> list[dict[str, Any]]:
    """The messages about it, newest first. They belong to the room above, which is reached by its relation alone."""
    return [
        {
            "href": reverse("admin:dispatch_delivery_change", args=[each.pk]),
            "subject": each.subject,
            "recipient": each.recipient,
            "state": each.state,
            "state_words": each.get_state_display(),
            "when": _moment(charter, each.sent_at or each.created_at),
            "reason": each.reason,
        }
        for each in charter.deliveries.defer("text", "html").order_by("-created_at")
    ]
