"""Advice that the unit gave: short enough to fill in on a phone while the caller is still on the line."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from agencies.models import Agency
from pages.forms import DateField3, LongText
from rules.vocabulary import AdviceOutcome, choices

from .about import AboutForm

TEXT_LENGTH = 4000


class AdviceForm(AboutForm):
    """Who asked, about whom, what was said and what follows."""

    asked_by = forms.CharField(
        label="Who asked",
        max_length=120,
        help_text="Name or role of who called or wrote.",
        error_messages={"required": "Enter who asked."},
    )
    agency = forms.ModelChoiceField(
        label="Their agency", queryset=Agency.objects.none(), required=False, empty_label="None of these, or not known"
    )
    about = forms.CharField(
        label="About whom",
        max_length=100,
        required=False,
        help_text="A number, or a name as it is spelt. Leave empty when nobody was named.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    said = LongText(
        label="What was said",
        max_length=TEXT_LENGTH,
        rows=5,
        error_messages={"required": "Enter what was asked and what you said."},
    )
    outcome = forms.ChoiceField(
        label="What follows",
        choices=choices(AdviceOutcome),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what follows."},
    )
    call_back_on = DateField3(label="Call back on", required=False, help_text="Only if you chose “Call back”.")
    given_on = DateField3(label="When", error_messages={"required": "Enter the day of the call or message."})
    field_order = ("asked_by", "agency", "about", "person", "said", "outcome", "call_back_on", "given_on")

    not_found = "No person is found. Enter a number or the name again, or leave this empty."

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]
