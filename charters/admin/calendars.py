"""The calendars the office writes in. A feed's address is a secret: editors alone see it (charters.models.Calendar)."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from charters.admin.saving import KeptAdmin
from charters.calendars.addresses import CalendarRefused, checked_address, checked_zone
from charters.models import Calendar
from charters.pages import words
from jada.core.bell import ring


class CalendarForm(forms.ModelForm):  # type: ignore[type-arg]
    """A calendar as the office gives it."""

    class Meta:
        model = Calendar
        fields = ["name", "ical_address", "timezone", "vessel"]
        help_texts = {
            "ical_address": "Google Calendar: Settings › the calendar › Secret address in iCal format. "
            "Whoever has it can read the calendar, so it is shown to editors only.",
            "timezone": "Of times that name no zone, and of whole days: America/Los_Angeles.",
            "vessel": "The vessel its charters sail on.",
        }
        widgets = {"ical_address": UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"})}

    def clean_ical_address(self) -> str:
        """An unchanged address is left as it is: the reference weekend reads a file."""
        address: str = self.cleaned_data["ical_address"]
        if "ical_address" not in self.changed_data:
            return address
        try:
            return checked_address(address)
        except CalendarRefused as refusal:
            raise forms.ValidationError(_sentence(refusal)) from refusal

    def clean_timezone(self) -> str:
        """A zone that the time zone database knows."""
        try:
            return checked_zone(self.cleaned_data["timezone"])
        except CalendarRefused as refusal:
            raise forms.ValidationError(_sentence(refusal)) from refusal


@admin.register(Calendar)
class CalendarAdmin(KeptAdmin):
    """Which calendars are read, and how that went."""

    form = CalendarForm
    list_display = ["name", "how_it_is", "last_good_read", "holds", "vessel", "timezone"]
    list_select_related = ["vessel"]
    search_fields = ["name"]
    actions = ["read_now"]
    readonly_fields = ["what_is_wrong", "last_good_read"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Calendar]":
        """With the number of charters each holds."""
        queryset: QuerySet[Calendar] = super().get_queryset(request)
        return queryset.annotate(charter_count=Count("charters"))

    def get_fieldsets(self, request: HttpRequest, obj: Calendar | None = None) -> list[Any]:
        """Without the secret address for people who may only look."""
        edits = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        names = ["name", *(["ical_address"] if edits else []), "timezone", "vessel"]
        shown = [(None, {"fields": names})]
        return [*shown, ("How it is", {"fields": ["what_is_wrong", "last_good_read"]})] if obj else shown

    @display(description="State", label={"well": "success", "trouble": "danger", "new": "info"})
    def how_it_is(self, calendar: Calendar) -> tuple[str, str]:
        """In a word, for the list."""
        if calendar.error:
            return "trouble", "Trouble"
        return ("well", "Well") if calendar.last_sync_at else ("new", "Not read yet")

    @display(description="What is wrong")
    def what_is_wrong(self, calendar: Calendar) -> str:
        """The error in words."""
        return calendar.error or "Nothing"

    @display(description="Last good read", ordering="last_sync_at")
    def last_good_read(self, calendar: Calendar) -> str:
        """“Fri 29 May, 5:10 PM”."""
        if calendar.last_sync_at is None:
            return "Never"
        at = timezone.localtime(calendar.last_sync_at)
        return f"{words.day(at.date())}, {words.clock(at)}"

    @display(description="Holds")
    def holds(self, calendar: Calendar) -> str:
        """How many records came from it."""
        count: int = getattr(calendar, "charter_count")  # noqa: B009 - annotated by get_queryset
        return f"{count} event" if count == 1 else f"{count} events"

    @admin.action(description="Read now", permissions=["change"])
    def read_now(self, request: HttpRequest, queryset: "QuerySet[Calendar]") -> None:
        """Ring the bell: a worker looks at once."""
        ring()
        names = words.listed([calendar.name for calendar in queryset])
        self.message_user(request, f"{names}: being read now.", messages.SUCCESS)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new address is read from its beginning, and at once."""
        if change and "ical_address" in form.changed_data:
            Calendar.objects.filter(pk=obj.pk).update(etag="", last_modified="", parsed_with="")
        super().save_model(request, obj, form, change)
        ring()

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Calendars are deleted one by one, with their reason."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A calendar with charters stays: their record is kept."""
        calendar = self.get_object(request, object_id)
        if calendar and self.has_delete_permission(request, calendar) and calendar.charters.exists():
            self.message_user(
                request,
                f"“{calendar.name}” holds {calendar.charters.count()} events whose record is kept, "
                "so it cannot be deleted.",
                messages.ERROR,
            )
            return HttpResponseRedirect(reverse("admin:charters_calendar_change", args=[calendar.pk]))
        response: HttpResponse = super().delete_view(request, object_id, extra_context)
        return response


def _sentence(refusal: CalendarRefused) -> str:
    text = str(refusal)
    return text[:1].upper() + text[1:]
