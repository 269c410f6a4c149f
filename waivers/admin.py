"""The office reads waivers here; nobody changes them (docs/architecture.md, rule 9)."""

import json
from datetime import datetime, timedelta

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.timezone import localtime
from unfold.admin import ModelAdmin
from unfold.decorators import display

from charters.pages import words
from jada.core.clock import now
from waivers.ages import is_minor
from waivers.models import Waiver, WaiverText
from waivers.photo_admin import PhotoAdmin

FRIDAY = 4


class _ReadOnly(ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class SailsFilter(admin.SimpleListFilter):
    """The Friday-night question: who has signed for this weekend?"""

    title = "sails"
    parameter_name = "sails"

    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[Waiver]") -> list[tuple[str, str]]:
        """What can be chosen."""
        return [("weekend", "this weekend"), ("upcoming", "from today on"), ("past", "before today")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Waiver]") -> "QuerySet[Waiver]":
        """The waivers of those trips, by the office's clock."""
        today = localtime(now()).replace(hour=0, minute=0, second=0, microsecond=0)
        if self.value() == "weekend":
            first, end = this_weekend(today)
            return queryset.filter(charter__starts_at__gte=first, charter__starts_at__lt=end)
        if self.value() == "upcoming":
            return queryset.filter(charter__starts_at__gte=today)
        if self.value() == "past":
            return queryset.filter(charter__starts_at__lt=today)
        return queryset


def this_weekend(today: datetime) -> tuple[datetime, datetime]:
    """From Friday's midnight to Monday's, of the week of `today` (a midnight)."""
    friday = today + timedelta(days=FRIDAY - today.weekday())
    return friday, friday + timedelta(days=3)


@admin.register(Waiver)
class WaiverAdmin(_ReadOnly):
    list_display = ("name", "standing", "sailing", "who_for", "signed")
    list_filter = ("status", SailsFilter)
    list_select_related = ("charter__calendar", "charter__vessel", "text")
    search_fields = ("name", "email", "charter__reference", "charter__title", "guardian_name", "public_id")
    date_hierarchy = "created_at"
    fieldsets = (
        (None, {"fields": ("status", "name", "charter", "guest", "signed", "text", "public_id")}),
        ("Participant", {"fields": ("email", "phone", "date_of_birth", "who_for", "how_signed")}),
        (
            "Guardian",
            {
                "fields": (
                    "guardian_name",
                    "guardian_relationship",
                    "guardian_email",
                    "guardian_phone",
                    "how_guardian_signed",
                )
            },
        ),
        ("Evidence", {"fields": ("record_digest", "previous_digest", "chain_position", "readable_record")}),
    )

    @display(
        description="status",
        ordering="status",
        label={Waiver.Status.SIGNED: "success", Waiver.Status.PENDING_GUARDIAN: "warning", Waiver.Status.VOID: "info"},
    )
    def standing(self, waiver: Waiver) -> tuple[str, str]:
        return waiver.status, waiver.get_status_display()

    @admin.display(description="sails", ordering="charter__starts_at")
    def sailing(self, waiver: Waiver) -> str:
        charter = waiver.charter
        start, end = (moment.astimezone(charter.zone) for moment in (charter.starts_at, charter.ends_at))
        return f"{words.day_and_hours(start, end)} · {charter.title}"

    @admin.display(description="for")
    def who_for(self, waiver: Waiver) -> str:
        if waiver.minors:
            return words.listed([waiver.name, *(minor["name"] for minor in waiver.minors)])
        return "a minor" if is_minor(waiver.date_of_birth, on=waiver.charter.date) else "an adult"

    @admin.display(description="signed", ordering="signed_at")
    def signed(self, waiver: Waiver) -> str:
        if waiver.signed_at is None:
            return "not yet"
        at = waiver.signed_at.astimezone(waiver.charter.zone)
        return f"{words.day(at)}, {words.clock(at)}"

    @admin.display(description="signature")
    def how_signed(self, waiver: Waiver) -> str:
        return _in_words(waiver.signature)

    @admin.display(description="signature")
    def how_guardian_signed(self, waiver: Waiver) -> str:
        return _in_words(waiver.guardian_signature)

    @admin.display(description="record")
    def readable_record(self, waiver: Waiver) -> str:
        """The record with its drawings in words, for they are thousands of numbers."""
        if not waiver.record:
            return "none yet"
        record = json.loads(waiver.record)
        for signer in ("participant", "guardian"):
            record[signer]["signature"] = _in_words(record[signer]["signature"])
        return format_html("<pre>{}</pre>", json.dumps(record, indent=2, ensure_ascii=False))


@admin.register(WaiverText)
class WaiverTextAdmin(_ReadOnly):
    list_display = ("version", "created_at", "note")
    fields = ("version", "note", "body", "digest", "created_at")


def _in_words(signature: dict[str, object] | None) -> str:
    if not signature:
        return "none"
    if "typed" in signature:
        return f"typed: {signature['typed']}"
    strokes = signature.get("strokes")
    if not isinstance(strokes, list):
        return "a picture"
    return "drawn in one stroke" if len(strokes) == 1 else f"drawn in {len(strokes)} strokes"


__all__ = ["PhotoAdmin", "WaiverAdmin", "WaiverTextAdmin"]
