"""The form that asks for a list as a file, and what it shares with that of saved views."""

from typing import Any

from django import forms

from exchange.models import FileFormat
from pages.forms import GovForm
from rules.vocabulary import Purpose, choices


class OfListForm(GovForm):
    """About the list whose page it was opened from: ``of`` is its address, without which there is nothing to do."""

    of = forms.CharField(widget=forms.HiddenInput, max_length=2000, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("of"):
            self.add_error(None, "Open a list first, then come here from below its last line")
        return cleaned


class ExportForm(OfListForm):
    """Which list, what kind of file, and what for."""

    file_format = forms.ChoiceField(
        label="Format",
        choices=FileFormat.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a format"},
    )
    purpose = forms.ChoiceField(
        label="What is it for?",
        choices=[("", "Not said"), *choices(Purpose)],
        required=False,
        help_text="It stands in the access log beside the file.",
    )
