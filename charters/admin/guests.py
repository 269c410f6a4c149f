"""The guests of a charter, on its page."""

from django import forms
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.forms import PaginationInlineFormSet

from charters.models import Guest


class GuestRows(PaginationInlineFormSet):
    """Whoever has begun to sign stays on the list: signed is frozen (docs/architecture.md, rule 9)."""

    def clean(self) -> None:
        """Refuses to take a signer off the list."""
        super().clean()
        for row in self.deleted_forms:
            if row.instance.waiver_status != Guest.WaiverStatus.PENDING:
                raise forms.ValidationError(f"{row.instance.name} has signed a waiver and stays on the list.")


class GuestInline(TabularInline):
    """Names and how to reach them. The waiver's state is written by `waivers.signing` alone."""

    model = Guest
    formset = GuestRows
    fields = ["name", "email", "phone", "is_minor", "waiver"]
    readonly_fields = ["waiver"]
    extra = 0
    verbose_name_plural = "Guests"
    hide_title = True

    @display(description="Waiver")
    def waiver(self, guest: Guest) -> str:
        """In words."""
        return str(guest.get_waiver_status_display()) if guest.pk else "–"
