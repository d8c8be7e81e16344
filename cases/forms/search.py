"""Looking for a person. What is looked for is sent in the body of the request, never in an address."""

from typing import Any, ClassVar

from django import forms

from pages.forms import DateField3, GovForm


class SearchForm(GovForm):
    """A name or a number, a date of birth, or both."""

    says_optional: ClassVar[bool] = False

    text = forms.CharField(
        label="Name or number",
        max_length=100,
        required=False,
        help_text="Any name they use, however it is spelt, or a PNC, CRO, NOMS, CRN, NHS or ViSOR number.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    date_of_birth = DateField3(
        label="Date of birth", required=False, help_text="If you know it. For example, 27 3 1984"
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if not said.get("text") and not said.get("date_of_birth") and not self.errors:
            self.add_error("text", "Enter a name, a number or a date of birth.")
        return said
