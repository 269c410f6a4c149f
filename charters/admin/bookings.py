"""The platforms' mails: what waits for a word, with the trips it may be about, one tap each. Files are added here."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import display

from charters.bookings.letters import LARGEST_MAIL, MailUnreadable
from charters.bookings.mail import BY_SLUG
from charters.bookings.match import AnswerRefused, Suggestion, answer, believe, still_sails, suggestions
from charters.bookings.receive import receive
from charters.models import BookingMessage, Charter
from charters.pages import words
from jada.core.errors import JadaError

MOST_FILES = 50
_BUTTON = (
    '<button type="submit" formaction="{}" formmethod="post" formnovalidate title="{}" class="border border-base-200'
    " bg-white cursor-pointer font-medium px-2.5 py-1.5 rounded-default shadow-xs text-important whitespace-nowrap"
    ' dark:border-base-700 dark:bg-transparent">{}</button>'
)


@admin.register(BookingMessage)
class BookingMessageAdmin(ModelAdmin):
    """Mails come from the mailbox or as files; they are neither edited nor deleted, only answered."""

    list_display = ["what", "said", "received", "state_label", "trip"]
    list_filter = ["state", "platform", "kind"]
    list_select_related = ["charter__calendar", "charter__vessel"]
    list_per_page = 50
    search_fields = ["code", "charter__reference", "charter__title", "facts"]
    search_help_text = "A code, a trip or a guest"
    list_before_template = "admin/charters/bookingmessage/upload.html"
    change_form_template = "admin/charters/bookingmessage/change_form.html"
    actions = None
    fields = ["what", "said", "guest", "received", "state_label", "reason", "trip_link", "text"]
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        """As files, above the list."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: BookingMessage | None = None) -> bool:
        """The record is kept; its text is emptied after thirty days."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """And the one-tap answers, and the files."""

        def wrapped(view: Callable[..., HttpResponse]) -> Any:
            return self.admin_site.admin_view(require_POST(view))

        name = "charters_bookingmessage"
        return [
            path("upload/", wrapped(self.upload_view), name=f"{name}_upload"),
            path("<int:key>/trip/<int:charter>/", wrapped(self.trip_view), name=f"{name}_trip"),
            path("<int:key>/believe/", wrapped(self.believe_view), name=f"{name}_believe"),
            path("<int:key>/sails/", wrapped(self.sails_view), name=f"{name}_sails"),
            *super().get_urls(),
        ]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With the suggestions of the page's rows, in two queries for all of them."""
        found = super().get_changelist_instance(request)
        may_answer = self.has_change_permission(request)
        offered = suggestions(found.result_list) if may_answer else {}
        for message in found.result_list:
            message.offered = offered.get(message.pk, [])
            message.may_answer = may_answer
        return found

    # -- the list ------------------------------------------------------------------------------------

    @display(description="Mail", header=True, ordering="code")
    def what(self, message: BookingMessage) -> tuple[str, str]:
        """“Boatsetter booking”, “XHQGMDH”."""
        name = BY_SLUG[message.platform].name if message.platform in BY_SLUG else "Unknown platform"
        return f"{name} {message.get_kind_display() or 'mail'}", message.code

    @display(description="It says")
    def said(self, message: BookingMessage) -> str:
        """“Sun 31 May, 1:30–5:30 PM · Jonathan Reyes · 6 people”."""
        facts = message.facts
        return " · ".join(filter(None, [_hours(facts), facts.get("guest_name"), _party(facts)])) or "–"

    @display(description="Received", ordering="received_at")
    def received(self, message: BookingMessage) -> str:
        """“Tue 12 May, 10:02 AM”."""
        local = timezone.localtime(message.received_at)
        return f"{words.day(local.date())}, {words.clock(local)}"

    @display(
        description="State",
        ordering="state",
        label={"waiting": "warning", "cancellation_shown": "danger", "matched": "success", "refused": "info"},
    )
    def state_label(self, message: BookingMessage) -> tuple[str, str]:
        """In words."""
        return message.state, message.get_state_display()

    @display(description="Which trip")
    def trip(self, message: BookingMessage) -> str | SafeString:
        """Its trip; for a waiting one, the trips it may be about, one tap each."""
        if message.charter:
            return _trip(message.charter)
        offered: list[Suggestion] = getattr(message, "offered", [])
        if not offered:
            return message.reason or "–"
        return format_html(
            '<div class="flex flex-wrap gap-2">{}</div>',
            format_html_join("", "{}", ((_suggestion_button(message, each),) for each in offered)),
        )

    # -- one mail ------------------------------------------------------------------------------------

    @display(description="Guest")
    def guest(self, message: BookingMessage) -> str:
        """Name, telephone and e-mail."""
        facts = message.facts
        phone = words.phone(facts["guest_phone"]) if facts.get("guest_phone") else ""
        return " · ".join(filter(None, [facts.get("guest_name"), phone, facts.get("guest_email")])) or "–"

    @display(description="Trip")
    def trip_link(self, message: BookingMessage) -> str | SafeString:
        """The charter's own page."""
        if message.charter is None:
            return "–"
        address = reverse("admin:charters_charter_change", args=[message.charter.pk])
        return format_html('<a class="text-primary-600 underline" href="{}">{}</a>', address, _trip(message.charter))

    @display(description="Text")
    def text(self, message: BookingMessage) -> str | SafeString:
        """As it was written, for thirty days."""
        if not message.body:
            return "Forgotten, or never read."
        return format_html('<div class="whitespace-pre-wrap break-words">{}</div>', message.body[:20_000])

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Nothing to save; answers are buttons of their own."""
        message = self.get_object(request, object_id)
        context: dict[str, Any] = {"show_save": False, "show_save_and_continue": False, "title": "Booking mail"}
        if message is not None and self.has_change_permission(request, message):
            context |= {"offered": suggestions([message]).get(message.pk, []), "may_answer": True}
        response: HttpResponse = super().change_view(request, object_id, form_url, context | (extra_context or {}))
        return response

    # -- answers -------------------------------------------------------------------------------------

    def trip_view(self, request: HttpRequest, key: int, charter: int) -> HttpResponse:
        """“It is this trip.”"""
        chosen = Charter.objects.filter(pk=charter).first()
        if chosen is None:
            raise Http404
        by = request.user.get_username()
        return self._answered(
            request, key, lambda message: answer(message=message, charter=chosen, by=by), f"It is {chosen.title}."
        )

    def believe_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """A refused mail is true after all."""
        by = request.user.get_username()
        return self._answered(request, key, lambda message: believe(message=message, by=by), "It is believed now.")

    def sails_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """The trip sails, whatever the platform wrote."""
        by = request.user.get_username()
        return self._answered(
            request, key, lambda message: still_sails(message=message, by=by), "The trip sails; nothing more is asked."
        )

    def _answered(
        self, request: HttpRequest, key: int, act: Callable[[BookingMessage], object], done: str
    ) -> HttpResponse:
        message = BookingMessage.objects.filter(pk=key).first()
        if message is None:
            raise Http404
        if not self.has_change_permission(request, message):
            raise PermissionDenied
        try:
            act(message)
        except AnswerRefused as refusal:
            self.message_user(request, str(refusal), messages.INFO)
        else:
            self.log_change(request, message, done)
            self.message_user(request, done, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:charters_bookingmessage_changelist"))

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        """Each file by itself: one that cannot be read does not stop the others."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        files = request.FILES.getlist("files")[:MOST_FILES]
        if not files:
            self.message_user(request, "Choose one or more .eml files first.", messages.INFO)
        for file in files:
            name = str(file.name or "The file")[:80]
            try:
                if (file.size or 0) > LARGEST_MAIL:
                    raise MailUnreadable("It is larger than 10 MB.")
                received = receive(file.read())
            except JadaError as reason:
                self.message_user(request, f"{name}: {reason}", messages.ERROR)
            else:
                self.message_user(
                    request, f"{name}: {received.words}", messages.ERROR if received.unreadable else messages.SUCCESS
                )
        return HttpResponseRedirect(reverse("admin:charters_bookingmessage_changelist"))

    def get_queryset(self, request: HttpRequest) -> "QuerySet[BookingMessage]":
        """The texts are read on the mail's own page alone."""
        found: QuerySet[BookingMessage] = super().get_queryset(request)
        match = request.resolver_match
        return found.defer("body") if match and match.url_name == "charters_bookingmessage_changelist" else found


def _suggestion_button(message: BookingMessage, suggested: Suggestion) -> SafeString:
    address = reverse("admin:charters_bookingmessage_trip", args=[message.pk, suggested.charter.pk])
    return format_html(_BUTTON, address, suggested.why, f"It is {_trip(suggested.charter)}")


def _trip(charter: Charter) -> str:
    start, end = charter.starts_at.astimezone(charter.zone), charter.ends_at.astimezone(charter.zone)
    return f"{charter.title}, {words.day_and_hours(start, end)}"


def _hours(facts: dict[str, Any]) -> str:
    if not facts.get("starts_at"):
        return ""
    start = timezone.localtime(datetime.fromisoformat(facts["starts_at"]))
    end = timezone.localtime(datetime.fromisoformat(facts["ends_at"])) if facts.get("ends_at") else start
    return words.day_and_hours(start, end)


def _party(facts: dict[str, Any]) -> str:
    return words.people(facts["guest_count"]) if facts.get("guest_count") else ""
