"""One number of an area: its value, from when, and why."""

from datetime import date
from typing import Any

from django import forms

from pages.forms import DateField3, GovForm
from rules.parameters import Parameter, Value

from .numbers import word

_REASON_LENGTH = 300


class NumberForm(GovForm):
    """The field of the value depends on what kind of number it is. From today on: what was triggered before keeps the
    number that was in force."""

    holds_from = DateField3(label="In force from", help_text="What is triggered from this day on goes by it.")
    reason = forms.CharField(
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=_REASON_LENGTH,
        help_text="Who decided it, and where it is written down.",
    )

    def __init__(self, *args: Any, known: Parameter, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.fields = {"value": _field(known), **self.fields}

    def clean_holds_from(self) -> date:
        day: date = self.cleaned_data["holds_from"]
        if day < self.today:
            raise forms.ValidationError("Choose today or a later day: what was triggered before stays as it was.")
        return day

    @property
    def value(self) -> Value:
        """As the service takes it."""
        given: Any = self.cleaned_data["value"]
        return tuple(given) if isinstance(given, list) else given


def _field(known: Parameter) -> forms.Field:
    if known.unit == "choice":
        return forms.ChoiceField(label="Value", choices=[(code, word(code)) for code in known.options])
    if known.unit == "codes":
        return forms.MultipleChoiceField(
            label="Value",
            choices=[(code, word(code)) for code in known.options],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
    if known.unit == "date":
        return DateField3(label="Value", required=False)
    return forms.IntegerField(
        label=f"Value, in {known.unit}",
        min_value=1,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4", "inputmode": "numeric"}),
    )
