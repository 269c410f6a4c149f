"""The crew, and what stands on crew lists without being anybody."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from charters.admin.expiry import LABELS, good_until
from charters.admin.saving import ShownOnPagesAdmin
from charters.crew.links import crew_url, renew
from charters.models import Charter, CrewMember, NotAPerson
from charters.models.charter import CharterQuerySet
from charters.models.people import plain_name
from charters.pages import words
from jada.core.bell import ring


class SpellingsField(forms.CharField):
    """Other spellings of a name, one a line (or with commas between them)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=False,
            label="Also written",
            help_text="One a line: “Gene O.”, “Eugene”. Crew lists that say so are understood at once.",
            widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
            **options,
        )

    def prepare_value(self, value: Any) -> Any:
        """One a line."""
        return "\n".join(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """As a list: the browser's line ends are no change."""
        return list(initial or []) != _spellings(data or "")

    def clean(self, value: Any) -> list[str]:
        """Each once, none too long for a crew list."""
        spellings = _spellings(str(super().clean(value)))
        if too_long := [each for each in spellings if len(each) > 80]:
            raise forms.ValidationError(f"“{too_long[0][:40]}…” is longer than 80 letters.")
        return spellings


def _spellings(written: str) -> list[str]:
    found: dict[str, str] = {}
    for part in written.replace(",", "\n").splitlines():
        if name := " ".join(part.split()):
            found.setdefault(plain_name(name), name)
    return list(found.values())


class CrewMemberForm(forms.ModelForm):  # type: ignore[type-arg]
    """A crew member as the office enters one."""

    aliases = SpellingsField()

    class Meta:
        model = CrewMember
        fields = ["name", "aliases", "role", "licence_expires", "phone", "email", "active"]


@admin.register(CrewMember)
class CrewMemberAdmin(ShownOnPagesAdmin):
    """The pool of captains, mates and deckhands."""

    form = CrewMemberForm
    list_display = ["name", "role", "licence", "phone_in_words", "email", "other_spellings", "active"]
    list_filter = ["role", "active"]
    search_fields = ["name", "aliases", "email", "phone"]
    list_before_template = "admin/charters/crewmember/no_names.html"
    readonly_fields = ["own_page"]
    actions = ["new_link"]

    @admin.action(description="Give them a new link: the old one opens nothing any more", permissions=["change"])
    def new_link(self, request: HttpRequest, members: "QuerySet[CrewMember]") -> None:
        """For a telephone that was lost, or a link that was passed on."""
        for member in members:
            renew(member)
            self.log_change(request, member, "Gave them a new link.")
        names = words.listed([member.name for member in members])
        messages.success(request, f"The old link of {names} opens nothing any more. The new one is on their own entry.")

    def get_fields(self, request: HttpRequest, obj: CrewMember | None = None) -> list[str]:
        """The link opens without a login, so it is shown to who may change the crew."""
        names = list(CrewMemberForm.Meta.fields)
        return [*names, "own_page"] if obj and obj.active and self.has_change_permission(request, obj) else names

    @display(description="Licence", ordering="licence_expires", label=LABELS)
    def licence(self, member: CrewMember) -> tuple[str, str] | None:
        """Until when it is good; red once it is over."""
        return good_until(member.licence_expires)

    @display(description="Phone", ordering="phone")
    def phone_in_words(self, member: CrewMember) -> str:
        """As it is read out."""
        return words.phone(member.phone) or "–"

    @display(description="Also written")
    def other_spellings(self, member: CrewMember) -> str:
        """The spellings the calendar is searched for."""
        return ", ".join(member.aliases) or "–"

    @display(description="Their own page")
    def own_page(self, member: CrewMember) -> SafeString:
        """The link to send to them: whoever has it sees their trips, without a login."""
        url = crew_url(member)
        return format_html(
            '<div class="charter own-page"><input type="text" readonly value="{}" aria-label="Their own page">'
            '<a class="charter-link" href="{}" target="_blank" rel="noreferrer">Open</a>'
            '<p class="charter-small">For {} alone: whoever has this link sees their trips without a login.</p></div>',
            url,
            url,
            member.name,
        )

    def charters_of(self, obj: Any) -> CharterQuerySet:
        """Those with the member on their crew list."""
        return Charter.objects.filter(crew_assignments__member=obj).distinct()

    def save_model(self, request: HttpRequest, obj: Model, form: "ModelForm[Any]", change: bool) -> None:
        """A new name or spelling may answer a question in any calendar: everything is looked at."""
        super().save_model(request, obj, form, change)
        if not change or {"name", "aliases", "active"} & set(form.changed_data):
            ring()


@admin.register(NotAPerson)
class NotAPersonAdmin(ModelAdmin):
    """What somebody said is no name. Taken back here, the words are asked about again."""

    list_display = ["plain", "by", "at"]
    list_display_links = None
    search_fields = ["plain"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Said on a charter's page, where the words stand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: NotAPerson | None = None) -> bool:
        """There is nothing to edit."""
        return False

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Every stored copy is understood anew."""
        super().delete_model(request, obj)
        ring()

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> None:
        """Likewise."""
        super().delete_queryset(request, queryset)
        ring()
