"""Advice that the unit gave: short enough to fill in on a phone while the caller is still on the line."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from agencies.models import Agency
from pages.forms import DateField3, GovForm, LongText
from rules.vocabulary import AdviceOutcome, choices

TEXT_LENGTH = 4000
MOST = 10

Known = Sequence[tuple[int, str]]


class AdviceForm(GovForm):
    """Who asked, about whom, what was said and what follows.

    ``look_up`` answers what was typed about the person with the people it may mean: one is taken, several are offered.
    """

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

    def __init__(self, *args: Any, agencies: QuerySet[Agency], look_up: Callable[[str], Known], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _of(self.fields["agency"]).queryset = agencies
        text = self.data.get(self.add_prefix("about"), "").strip() if self.is_bound else ""
        self.known = look_up(text) if text else ()
        if len(self.known) > 1:
            self.fields["person"] = forms.ChoiceField(
                label="Which of them?",
                choices=[(str(pk), label) for pk, label in self.known[:MOST]],
                widget=forms.RadioSelect,
                error_messages={"required": "Choose which of them is meant, or enter a number."},
            )
            self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if said.get("about") and not self.known:
            self.add_error("about", "No person is found. Enter a number or the name again, or leave this empty.")
        return said

    @property
    def nominal_id(self) -> int | None:
        """The person that is meant; None when nobody was named."""
        chosen = self.cleaned_data.get("person")
        if chosen:
            return int(chosen)
        return self.known[0][0] if len(self.known) == 1 else None


def _of(field: forms.Field) -> Any:
    return field
