"""What information governance is asked: shape only."""

from typing import Any

from django import forms

from pages.forms import DateField3, GovForm


class LogSearchForm(GovForm):
    """A managed person by number or name, or a user by name."""

    text = forms.CharField(
        label="Name or number",
        max_length=100,
        help_text="Of a managed person, any name or number; of a user, a part of the name.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter a name or a number."},
    )
    date_of_birth = DateField3(
        label="Date of birth of the managed person", required=False, help_text="Where several have the name."
    )


class ReviewForm(GovForm):
    """Why what stands out was right, or was not."""

    reason = forms.CharField(
        label="Looked at, because",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What you found and what follows. Name nobody who is managed.",
        error_messages={"required": "Enter what you found."},
    )

    def clean_reason(self) -> str:
        text: Any = self.cleaned_data["reason"]
        return str(text).strip()
