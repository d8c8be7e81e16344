"""Who may read a record: how it is handled, and why."""

from django import forms

from cases.models.corrected import TEXT_LENGTH
from pages.forms import GovForm


def why(label: str, hint: str = "") -> forms.CharField:
    """The reason that every change of access carries."""
    return forms.CharField(label=label, max_length=TEXT_LENGTH, help_text=hint, error_messages={"required": "Say why."})


class HandlingForm(GovForm):
    """Why a record is handled otherwise from now on."""

    reason = why("Why?", "Stands on the page of who has access, for those who may read that.")
