"""Forms about actions."""

from django import forms

from cases.models.corrected import TEXT_LENGTH
from pages.forms import DateField3, GovForm
from rules.vocabulary import ActionOutcome, choices

from .models import LONGEST_ACTION


class ActionCloseForm(GovForm):
    """What came of an action."""

    outcome = forms.ChoiceField(
        label="What came of it?",
        choices=choices(ActionOutcome),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what came of it."},
    )
    note = forms.CharField(
        label="In words",
        max_length=LONGEST_ACTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What was done and by whom. Needed when it was not done or is no longer needed: then say why.",
    )
    closed_on = DateField3(
        label="On which day?", error_messages={"required": "Enter the day on which it was done or given up."}
    )


class ActionReopenForm(GovForm):
    """An action that was closed by mistake."""

    reason = forms.CharField(
        label="Why was it closed wrongly?",
        max_length=TEXT_LENGTH,
        help_text="Stands beside the action. What stood before stays in the history.",
        error_messages={"required": "Say why it was closed wrongly."},
    )
