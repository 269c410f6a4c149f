"""Brands, vessels and docks."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, TextField
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from charters.admin.expiry import LABELS, good_until
from charters.admin.saving import ShownOnPagesAdmin
from charters.models import Brand, Charter, Dock, Vessel
from charters.models.charter import CharterQuerySet
from charters.pages import words


@admin.register(Brand)
class BrandAdmin(ShownOnPagesAdmin):
    """What the operator trades under, and whom a guest may call."""

    list_display = ["name", "slug", "phone_in_words", "email"]
    search_fields = ["name", "slug"]

    @display(description="Office phone", ordering="phone")
    def phone_in_words(self, brand: Brand) -> str:
        """As it is read out."""
        return words.phone(brand.phone) or "–"

    def charters_of(self, obj: Any) -> CharterQuerySet:
        """Those of its vessels."""
        return Charter.objects.filter(vessel__brand=obj)


@admin.register(Vessel)
class VesselAdmin(ShownOnPagesAdmin):
    """The yachts."""

    list_display = ["name", "brand", "dock", "passenger_limit", "certificate", "turnaround_minutes"]
    list_select_related = ["brand", "dock"]
    search_fields = ["name", "slug"]

    @display(description="Certificate", ordering="certificate_expires", label=LABELS)
    def certificate(self, vessel: Vessel) -> tuple[str, str] | None:
        """Until when the certificate of inspection is good; red once it is over."""
        return good_until(vessel.certificate_expires)

    def charters_of(self, obj: Any) -> CharterQuerySet:
        """Those that sail on it."""
        return Charter.objects.filter(vessel=obj)


@admin.register(Dock)
class DockAdmin(ShownOnPagesAdmin):
    """Where guests board."""

    list_display = ["name", "address", "said_to_guests"]
    search_fields = ["name", "address"]
    formfield_overrides = {TextField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 3})}}
    fieldsets = [
        (None, {"fields": ["name", "address"]}),
        ("Getting there", {"fields": ["parking", "gate", "directions", "accessibility", "photo_url"]}),
        ("Rules", {"fields": ["late_policy", "aboard"]}),
    ]

    @display(description="Told to guests")
    def said_to_guests(self, dock: Dock) -> str:
        """Which of the notes are written: “Parking, gate”."""
        notes = [Dock._meta.get_field(name) for name in Dock.NOTES if getattr(dock, name)]
        return ", ".join(str(note.verbose_name) for note in notes).capitalize() or "–"  # type: ignore[union-attr]

    def charters_of(self, obj: Any) -> CharterQuerySet:
        """Those that board there, by their own dock or their vessel's."""
        return Charter.objects.filter(Q(dock=obj) | Q(vessel__dock=obj))
