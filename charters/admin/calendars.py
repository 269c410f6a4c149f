"""The calendars the office writes in. A feed's address is a secret: editors alone see it (charters.models.Calendar)."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from charters.admin.connecting import ConnectsGoogle, standing
from charters.admin.stopping import StopsReading
from charters.calendars.addresses import (
    PUBLIC_FEED,
    CalendarRefused,
    checked_address,
    checked_google_id,
    checked_zone,
)
from charters.calendars.google import push
from charters.calendars.stopping import since
from charters.models import Calendar
from charters.pages import words
from jada.core.bell import ring, ring_channels

# What was read from another place is of no use for the next read; whoever reads it at this moment settles nothing.
ANOTHER_PLACE: dict[str, Any] = {"parsed_with": "", "fence": F("fence") + 1, "lease_until": None}
ANOTHER_FEED: dict[str, Any] = {"etag": "", "last_modified": "", **ANOTHER_PLACE}
ANOTHER_GOOGLE: dict[str, Any] = {
    "sync_token": "",
    "read_from": "",
    "google_zone": "",
    "google_role": "",
    "needs_login": False,
    "not_before": None,
    "failures": 0,
    **ANOTHER_PLACE,
}


class CalendarForm(forms.ModelForm):  # type: ignore[type-arg]
    """A calendar as the office gives it."""

    class Meta:
        model = Calendar
        fields = ["name", "google_id", "ical_address", "timezone", "vessel", "invite_crew"]
        labels = {"ical_address": "Address of its iCal feed"}
        help_texts = {
            "google_id": "Google Calendar: Settings › the calendar › Integrate calendar › Calendar ID. With it the "
            "calendar is read at once and corrections can be written; the Google account must be connected.",
            "ical_address": "Google Calendar: Settings › the calendar › Secret address in iCal format. "
            "Beside a Google calendar id, it is what is read while Google's API fails. "
            "Whoever has it can read the calendar, so it is shown to editors only.",
            "invite_crew": "When a correction is written, captain and crew who have an e-mail address are added as "
            "guests of the event. Google may write to them.",
            "timezone": "Of times that name no zone, and of whole days: America/Los_Angeles.",
            "vessel": "The vessel its charters sail on.",
        }
        widgets = {
            name: UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"})
            for name in ("google_id", "ical_address")
        }

    def clean_ical_address(self) -> str:
        """An unchanged address is left as it is: the reference weekend reads a file."""
        address: str = self.cleaned_data["ical_address"]
        if not address or "ical_address" not in self.changed_data:
            return address
        try:
            return checked_address(address)
        except CalendarRefused as refusal:
            raise forms.ValidationError(_sentence(refusal)) from refusal

    def clean_google_id(self) -> str:
        """An id of Google's that no other calendar has."""
        google_id: str = self.cleaned_data["google_id"]
        if not google_id:
            return ""
        try:
            return checked_google_id(google_id, besides=self.instance)
        except CalendarRefused as refusal:
            raise forms.ValidationError(_sentence(refusal)) from refusal

    def clean_timezone(self) -> str:
        """A zone that the time zone database knows."""
        try:
            return checked_zone(self.cleaned_data["timezone"])
        except CalendarRefused as refusal:
            raise forms.ValidationError(_sentence(refusal)) from refusal

    def clean(self) -> None:
        """It must be somewhere."""
        super().clean()
        places = ("google_id", "ical_address")
        if not any(self.cleaned_data.get(name) or name in self.errors for name in places):
            for name in places:
                self.add_error(name, "Say where the calendar is: its Google calendar id, its iCal address, or both.")


@admin.register(Calendar)
class CalendarAdmin(StopsReading, ConnectsGoogle):
    """Which calendars are read, and how that went."""

    form = CalendarForm
    list_display = ["name", "how_it_is", "last_good_read", "holds", "vessel", "timezone"]
    list_select_related = ["vessel"]
    search_fields = ["name"]
    actions = ["read_now"]
    readonly_fields = ["what_is_wrong", "last_good_read", "is_read", "announced"]
    list_before_template = "admin/charters/calendar/list_top.html"
    change_form_template = "admin/charters/calendar/change_form.html"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Calendar]":
        """With the number of charters each holds."""
        queryset: QuerySet[Calendar] = super().get_queryset(request)
        return queryset.annotate(charter_count=Count("charters"))

    def get_fieldsets(self, request: HttpRequest, obj: Calendar | None = None) -> list[Any]:
        """Without the secret address for people who may only look."""
        edits = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        names = ["name", "google_id", *(["ical_address"] if edits else []), "timezone", "vessel", "invite_crew"]
        shown = [(None, {"fields": names})]
        state = ["what_is_wrong", "last_good_read", "is_read", *(["announced"] if obj and obj.google_id else [])]
        return [*shown, ("How it is", {"fields": state})] if obj else shown

    @display(description="State", label={"well": "success", "trouble": "danger", "login": "warning", "new": "info"})
    def how_it_is(self, calendar: Calendar) -> tuple[str, str]:
        """In a word, for the list."""
        if calendar.stopped_at:
            return "stopped", "Read no more"
        if calendar.needs_login:
            return "login", "Needs a login"
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

    @display(description="Is read")
    def is_read(self, calendar: Calendar) -> str:
        """Where it is read, and where it was last when that is another place."""
        if calendar.stopped_at:
            return f"No more, since {since(calendar)}. Its events stay as they were read then"
        if not calendar.google_id:
            return "From its iCal feed"
        if calendar.read_from == Calendar.Source.ICAL:
            return "Through Google; last time from its iCal feed, because that failed"
        return "Through Google" + (", else from its iCal feed" if calendar.ical_address else "")

    @display(description="Changes")
    def announced(self, calendar: Calendar) -> str:
        """How soon a change is known."""
        if calendar.stopped_at:
            return "Nobody looks for them"
        found = push.standing(calendar)
        if found.open_until is not None:
            until = timezone.localtime(found.open_until)
            return f"Google announces them at once (renewed before {words.day(until.date())}, {words.clock(until)})"
        why = found.error or push.why_unreachable()
        return f"Found by the clock. {why}".strip()

    @display(description="Holds")
    def holds(self, calendar: Calendar) -> str:
        """How many records came from it."""
        count: int = getattr(calendar, "charter_count")  # noqa: B009 - annotated by get_queryset
        return f"{count} event" if count == 1 else f"{count} events"

    @admin.action(description="Read now", permissions=["change"])
    def read_now(self, request: HttpRequest, queryset: "QuerySet[Calendar]") -> None:
        """Ring the bell: a worker looks at once."""
        ring()
        read = words.listed([calendar.name for calendar in queryset if calendar.stopped_at is None])
        stopped = words.listed([f"“{calendar.name}”" for calendar in queryset if calendar.stopped_at])
        if read:
            self.message_user(request, f"{read}: being read now.", messages.SUCCESS)
        if stopped:
            self.message_user(request, f"{stopped}: read no more; “Read it again” is on the page.", messages.WARNING)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new address is read from its beginning, and at once."""
        calendar = Calendar.objects.filter(pk=obj.pk)
        if change and "ical_address" in form.changed_data:
            calendar.update(**ANOTHER_FEED)
        if change and "google_id" in form.changed_data:
            calendar.update(**ANOTHER_GOOGLE)
            push.let_go(obj)
        super().save_model(request, obj, form, change)
        ring()
        if "google_id" in form.changed_data:
            ring_channels()

    def delete_model(self, request: HttpRequest, obj: Calendar) -> None:
        """Google is told to announce nothing more."""
        super().delete_model(request, obj)
        ring_channels()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With the way to Google's login."""
        response: HttpResponse = super().changelist_view(request, standing(request) | (extra_context or {}))
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With what to do about it, above the form."""
        calendar = self.get_object(request, object_id)
        context = {"public_feed": PUBLIC_FEED, "stopped_since": since(calendar) if calendar else ""}
        context |= extra_context or {}
        response: HttpResponse = super().change_view(request, object_id, form_url, context)
        return response

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Calendars are deleted one by one, with their reason."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A calendar with charters stays: their record is kept. It can be read no more."""
        calendar = self.get_object(request, object_id)
        if calendar and self.has_delete_permission(request, calendar) and (count := calendar.charters.count()):
            held = f"{count} event{'' if count == 1 else 's'}"
            instead = (
                "" if calendar.stopped_at else " If it is of no use any more: “Stop reading this calendar”, below."
            )
            self.message_user(
                request,
                f"“{calendar.name}” holds {held} whose record is kept, so it cannot be deleted.{instead}",
                messages.ERROR,
            )
            return HttpResponseRedirect(reverse("admin:charters_calendar_change", args=[calendar.pk]))
        response: HttpResponse = super().delete_view(request, object_id, extra_context)
        return response


def _sentence(refusal: CalendarRefused) -> str:
    text = str(refusal)
    return text[:1].upper() + text[1:]
