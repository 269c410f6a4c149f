"""How the office's records are saved: what was changed alone, and with the pages that show it."""

from typing import Any

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from charters.models.charter import CharterQuerySet
from charters.touching import touch, touch_all


class KeptAdmin(ModelAdmin):
    """Saves only the fields that were edited: a worker may be writing others of the same row."""

    def save_model(self, request: HttpRequest, obj: Model, form: "ModelForm[Any]", change: bool) -> None:
        """A new row whole, a changed one by its edited fields."""
        if not change:
            obj.save()
            return
        edited = [name for name in form.changed_data if name in (form._meta.fields or ())]
        if edited:
            obj.save(update_fields=edited)


class ShownOnPagesAdmin(KeptAdmin):
    """A record that guests read of: its upcoming charters' pages are written anew when it changes."""

    def charters_of(self, obj: Any) -> CharterQuerySet:
        """The charters whose pages show this record."""
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Model, form: "ModelForm[Any]", change: bool) -> None:
        """Inside the admin's transaction."""
        super().save_model(request, obj, form, change)
        if change and form.changed_data:
            self._tell(request, touch(self.charters_of(obj)))

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """The charters lose sight of it with the row."""
        keys = list(self.charters_of(obj).values_list("pk", flat=True))
        super().delete_model(request, obj)
        touch_all(keys)

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> None:
        """One by one: each has pages of its own."""
        for obj in queryset:
            self.delete_model(request, obj)

    def _tell(self, request: HttpRequest, pages: int) -> None:
        if pages:
            count = "One guest page is" if pages == 1 else f"{pages} guest pages are"
            self.message_user(request, f"{count} being written anew.", messages.INFO)
