"""Messages, as they were written and what became of them. Nothing is edited here."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display

from charters.pages import words
from dispatch import outbox
from dispatch.models import Delivery

COLOURS = {"sent": "success", "pending": "info", "sending": "info", "unknown": "warning"}


@admin.register(Delivery)
class DeliveryAdmin(ModelAdmin):
    """Read only: a message that was sent cannot be sent otherwise."""

    list_display = ["subject_and_kind", "recipient", "state_label", "when", "trip"]
    list_filter = ["state", "kind"]
    list_select_related = ["charter__calendar"]
    list_per_page = 50
    search_fields = ["subject", "recipient", "charter__reference", "charter__title"]
    search_help_text = "A subject, an address, or a charter's reference"
    actions = ["send_again"]
    fieldsets = [
        (None, {"fields": ["state_in_words", "reason_in_words", "recipient", "subject", "when", "trip"]}),
        ("The message", {"fields": ["body"]}),
        ("The small print", {"fields": ["kind", "number", "attempts", "created_at", "not_before"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Messages are written by the pipeline."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        """They are read only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        """What was sent is on record."""
        return False

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Who may change a message may have it sent again."""
        return request.user.has_perm("dispatch.change_delivery")

    def get_readonly_fields(self, request: HttpRequest, obj: Delivery | None = None) -> list[str]:
        """All of them."""
        return [name for _, section in self.fieldsets for name in section["fields"]]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Delivery]":
        """The list does not read the bodies."""
        queryset: QuerySet[Delivery] = super().get_queryset(request).select_related("charter__calendar")
        return queryset.defer("html")

    @admin.action(description="Send again", permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: "QuerySet[Delivery]") -> None:
        """For those that were refused or set aside; the others are on their way or there."""
        count = sum(outbox.retry(delivery) for delivery in queryset)
        left = len(queryset) - count
        said = f"{count} {'message goes' if count == 1 else 'messages go'} out again."
        if left:
            said += f" {left} {'was' if left == 1 else 'were'} neither refused nor set aside and stay as they are."
        self.message_user(request, said, messages.SUCCESS if count else messages.WARNING)

    @display(description="Message", ordering="subject", header=True)
    def subject_and_kind(self, delivery: Delivery) -> tuple[str, str]:
        """Its subject, and which of its kind it is."""
        kind = str(Delivery.Kind(delivery.kind).label)
        return delivery.subject, kind if delivery.number == 1 else f"{kind}, version {delivery.number}"

    @display(description="State", ordering="state", label=COLOURS | {"failed": "danger", "set_aside": "danger"})
    def state_label(self, delivery: Delivery) -> tuple[str, str]:
        """In a word."""
        short = {Delivery.State.SET_ASIDE: "set aside"}
        return delivery.state, short.get(Delivery.State(delivery.state), str(delivery.get_state_display()))

    @display(description="State")
    def state_in_words(self, delivery: Delivery) -> str:
        """The whole of it, for its own page."""
        return str(delivery.get_state_display())

    @display(description="When", ordering="created_at")
    def when(self, delivery: Delivery) -> str:
        """Sent, else written, where the charter sails."""
        moment = (delivery.sent_at or delivery.created_at).astimezone(delivery.charter.zone)
        return f"{words.day(moment.date())}, {words.clock(moment)}"

    @display(description="Charter", ordering="charter__starts_at")
    def trip(self, delivery: Delivery) -> str:
        """A link to the charter's page."""
        address = reverse("admin:charters_charter_change", args=[delivery.charter_id])
        return format_html('<a class="text-link" href="{}">{}</a>', address, delivery.charter.title)

    @display(description="What happened")
    def reason_in_words(self, delivery: Delivery) -> str:
        """The transport's word, or nothing."""
        return delivery.reason or "–"

    @display(description="Text")
    def body(self, delivery: Delivery) -> str:
        """As it was sent, as text."""
        return format_html('<div class="letter">{}</div>', delivery.text)
