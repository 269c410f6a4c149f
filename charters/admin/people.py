"""Crew and contacts."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.decorators import display

from charters.admin.saving import KeptAdmin, ShownOnPagesAdmin
from charters.models import Charter, Contact, CrewMember
from charters.models.charter import CharterQuerySet
from charters.pages import words
from jada.core.bell import ring


@admin.register(CrewMember)
class CrewMemberAdmin(ShownOnPagesAdmin):
    """The pool of captains, mates and deckhands."""

    list_display = ["name", "role", "phone_in_words", "email", "other_spellings", "active"]
    list_filter = ["role", "active"]
    search_fields = ["name", "aliases", "email", "phone"]

    @display(description="Phone", ordering="phone")
    def phone_in_words(self, member: CrewMember) -> str:
        """As it is read out."""
        return words.phone(member.phone) or "–"

    @display(description="Also written")
    def other_spellings(self, member: CrewMember) -> str:
        """The spellings the calendar is searched for."""
        return ", ".join(member.aliases) or "–"

    def charters_of(self, obj: Any) -> CharterQuerySet:
        """Those with the member on their crew list."""
        return Charter.objects.filter(crew_assignments__member=obj).distinct()

    def save_model(self, request: HttpRequest, obj: Model, form: "ModelForm[Any]", change: bool) -> None:
        """A new name or spelling may answer a question in any calendar: everything is looked at."""
        super().save_model(request, obj, form, change)
        if not change or {"name", "aliases", "active"} & set(form.changed_data):
            ring()


@admin.register(Contact)
class ContactAdmin(KeptAdmin):
    """Everybody the office may need to reach, once."""

    list_display = ["name_or_address", "email", "phone_in_words", "created_at"]
    search_fields = ["name", "email", "phone"]
    date_hierarchy = "created_at"

    @display(description="Name", ordering="name")
    def name_or_address(self, contact: Contact) -> str:
        """A name, or what we have instead."""
        return str(contact)

    @display(description="Phone", ordering="phone")
    def phone_in_words(self, contact: Contact) -> str:
        """As it is read out."""
        return words.phone(contact.phone) or "–"
