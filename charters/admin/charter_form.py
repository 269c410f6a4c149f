"""The facts of a charter as a form. Nothing is saved here: what was edited becomes an override, and nothing else does.

What was shown travels along in hidden fields, so that a fact which the calendar changed in the meantime is not
mistaken for an edit.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import phonenumbers
from django import forms
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from charters.models import Charter, Override
from charters.models.people import Role

# In the order people ask for them.
LABELS = {
    "starts_at": "Starts",
    "ends_at": "Ends",
    "arrive_by": "Guests arrive by",
    "guest_count": "Guests expected",
    "guest_name": "Primary guest",
    "guest_email": "E-mail",
    "guest_phone": "Phone",
}
CREW = {"captain": "Captain", "crew": "Crew"}
_NATIVE = "%Y-%m-%dT%H:%M"


if TYPE_CHECKING:
    FactsBase = forms.ModelForm[Charter]
else:
    FactsBase = forms.ModelForm


class MomentField(forms.DateTimeField):
    """A date and time in the charter's own zone, by the phone's or browser's own picker."""

    def __init__(self, **options: Any) -> None:
        widget = UnfoldAdminTextInputWidget(attrs={"type": "datetime-local", "step": "60"})
        super().__init__(widget=widget, input_formats=[_NATIVE, f"{_NATIVE}:%S"], show_hidden_initial=True, **options)
        self.zone: ZoneInfo | None = None

    def prepare_value(self, value: Any) -> Any:
        """As the picker wants it."""
        return value.astimezone(self.zone).strftime(_NATIVE) if isinstance(value, datetime) else value

    def to_python(self, value: Any) -> datetime | None:
        """An aware moment; an hour that the clocks skip is refused."""
        with timezone.override(self.zone):
            return super().to_python(value)


class PhoneField(forms.CharField):
    """A number as people write it, kept as +16195550001."""

    def clean(self, value: Any) -> str:
        """Numbers without a country are American. What was there before is left as it stands."""
        written = str(super().clean(value))
        if not written:
            return ""
        try:
            parsed = phonenumbers.parse(written, "US")
        except phonenumbers.NumberParseException as error:
            raise forms.ValidationError("This is no phone number, such as +1 619 555 0100.") from error
        if not phonenumbers.is_possible_number(parsed):
            raise forms.ValidationError("This is no phone number, such as +1 619 555 0100.")
        return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


class CrewRow(forms.Form):
    """One name on the crew list; an emptied name is taken off it."""

    name = forms.CharField(
        max_length=80,
        required=False,
        show_hidden_initial=True,
        widget=UnfoldAdminTextInputWidget(attrs={"list": "crew-names", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        choices=Role.choices, initial=Role.CREW, show_hidden_initial=True, widget=UnfoldAdminSelectWidget()
    )


if TYPE_CHECKING:
    CrewRowsBase = forms.BaseFormSet[CrewRow]
else:
    CrewRowsBase = forms.BaseFormSet


class CrewRows(CrewRowsBase):
    """The crew list, captain included."""

    def clean(self) -> None:
        """One captain at most; a name once."""
        if any(self.errors):
            return
        captains = [name for name, role in self.rows() if role == Role.CAPTAIN]
        if len(captains) > 1:
            raise forms.ValidationError(f"Only one can be captain: {' or '.join(captains)}?")
        names = [name for name, _ in self.rows()]
        if twice := {name for name in names if names.count(name) > 1}:
            raise forms.ValidationError(f"{', '.join(sorted(twice))} is on the list twice.")

    def rows(self) -> list[tuple[str, str]]:
        """(name, role) of the rows that name somebody."""
        filled = [row.cleaned_data for row in self.forms if row.cleaned_data.get("name")]
        return [(" ".join(row["name"].split()), row["role"]) for row in filled]

    def shown(self) -> list[tuple[str, str]]:
        """(name, role) as the list stood on the page that was sent back."""
        pairs = [[row.data.get(row[name].html_initial_name, "") for name in ("name", "role")] for row in self.forms]
        return [(name, role) for name, role in pairs if name]


CrewFormSet = forms.formset_factory(CrewRow, formset=CrewRows, extra=2, max_num=20)


class FactsForm(FactsBase):
    """What a person may set by hand (`charters.calendars.facts.OVERRIDABLE`), and why."""

    starts_at = MomentField(label=LABELS["starts_at"])
    ends_at = MomentField(label=LABELS["ends_at"])
    arrive_by = MomentField(label=LABELS["arrive_by"])
    guest_count = forms.IntegerField(
        label=LABELS["guest_count"],
        min_value=0,
        max_value=999,
        required=False,
        show_hidden_initial=True,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"inputmode": "numeric"}),
    )
    guest_name = forms.CharField(
        label=LABELS["guest_name"],
        max_length=120,
        required=False,
        show_hidden_initial=True,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    guest_email = forms.EmailField(
        label=LABELS["guest_email"],
        required=False,
        show_hidden_initial=True,
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"}),
    )
    guest_phone = PhoneField(
        label=LABELS["guest_phone"],
        max_length=30,
        required=False,
        show_hidden_initial=True,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "tel", "autocomplete": "off"}),
    )
    why = forms.CharField(
        max_length=300,
        required=False,
        help_text="One line for whoever asks on Saturday. It is kept beside each fact you change here.",
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "The guest asked for an hour later"}),
    )

    # Set by the admin when the rules refused what was sent, so that it is shown with nothing lost.
    refusal = ""

    class Meta:
        model = Charter
        fields: list[str] = []

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        charter = self.instance
        for name in LABELS:
            self.initial[name] = getattr(charter, name)
            if isinstance(field := self.fields[name], MomentField):
                field.zone = charter.zone
        self.overrides: dict[str, Override] = {each.field: each for each in charter.overrides.all()}
        for name in (*LABELS, *CREW):
            if name in self.overrides:
                self.fields[f"clear_{name}"] = forms.BooleanField(
                    label="Back to the calendar", required=False, widget=UnfoldBooleanWidget()
                )
        given = self.data if self.is_bound else None
        self.crew = cast(CrewRows, CrewFormSet(given, prefix="crew", initial=crew_rows(charter)))

    def clean(self) -> dict[str, Any]:
        """The crew list with its own errors, and what the rules said a moment ago."""
        if not self.crew.is_valid():
            self.add_error(None, self.crew.non_form_errors() or "Look at the crew list again.")
        if self.refusal:
            self.add_error(None, self.refusal)
        return self.cleaned_data

    def edited(self) -> dict[str, Any]:
        """{fact: value} of those that were edited, None where the calendar is to be believed again."""
        facts = {name: self.cleaned_data[name] for name in LABELS if name in self.changed_data}
        if self.crew.has_changed():
            was = _captain_and_crew(self.crew.shown())
            now = _captain_and_crew(self.crew.rows())
            facts |= {name: value for name, value in now.items() if value != was[name]}
        return facts | {name: None for name in (*LABELS, *CREW) if self.cleaned_data.get(f"clear_{name}")}


def crew_rows(charter: Charter) -> list[dict[str, str]]:
    """The crew list as written, captain first."""
    return [{"name": each.name, "role": each.role} for each in charter.crew_assignments.all()]


def _captain_and_crew(rows: list[tuple[str, str]]) -> dict[str, Any]:
    """As overrides hold them: '' for no captain, [[name, role], …] for the others."""
    captain = next((name for name, role in rows if role == Role.CAPTAIN), "")
    return {"captain": captain, "crew": [[name, role] for name, role in rows if role != Role.CAPTAIN]}
