"""Looking for a person. What is looked for is sent in the body of the request, never in an address."""

from typing import Any, ClassVar

from django import forms

from cases.abodes import abode_of
from cases.search import GiveOrTake, SlackUnit
from pages.forms import DateField3, GovForm, Section

MOST = {SlackUnit.DAYS: 60, SlackUnit.YEARS: 10}


class SearchForm(GovForm):
    """A name or a number, an address or postcode, a date of birth give or take: one of them, or several together."""

    says_optional: ClassVar[bool] = False
    drawn_alike: ClassVar[bool] = True

    text = forms.CharField(
        label="Name or number",
        max_length=100,
        required=False,
        help_text="Any name they use, however it is spelt, or a PNC, CRO, NOMS, CRN, NHS or ViSOR number.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    address = forms.CharField(
        label="Address or postcode",
        max_length=150,
        required=False,
        help_text="Where they live or once lived. The beginning of a postcode is enough.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    date_of_birth = DateField3(
        label="Date of birth", required=False, help_text="If you know it. For example, 27 3 1984"
    )

    slack = forms.IntegerField(
        label="Give or take",
        min_value=0,
        required=False,
        help_text="Leave empty for the date itself and dates easily taken for it. 0 is that day only.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-2", "inputmode": "numeric", "autocomplete": "off"}),
    )
    slack_unit = forms.ChoiceField(
        label="Days or years",
        choices=[(SlackUnit.DAYS.value, "Days"), (SlackUnit.YEARS.value, "Years")],
        initial=SlackUnit.DAYS.value,
        required=False,
        widget=forms.RadioSelect(attrs={"inline": True, "small": True}),
    )

    sections: ClassVar[tuple[Section, ...]] = (
        Section("", ("text", "address", "date_of_birth")),
        Section("How far the date of birth may be off", ("slack", "slack_unit")),
    )

    @property
    def give_or_take(self) -> GiveOrTake | None:
        """How far the birth date may be off; None when nothing was said."""
        number = self.cleaned_data.get("slack")
        unit = SlackUnit(self.cleaned_data.get("slack_unit") or SlackUnit.DAYS)
        return None if number is None else GiveOrTake(number, unit)

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if self.errors:
            return said
        if not any(said.get(name) for name in ("text", "address", "date_of_birth")):
            self.add_error("text", "Enter a name, a number, an address or a date of birth.")
        if said.get("address") and not abode_of(said["address"]):
            self.add_error("address", "Enter a word of the address with three letters or more, or a postcode.")
        off = self.give_or_take
        if off is not None and off.number > MOST[off.unit]:
            self.add_error("slack", f"Give or take must be {MOST[off.unit]} {off.unit} or fewer.")
        if off is not None and not said.get("date_of_birth"):
            self.add_error("date_of_birth", "Enter the date of birth that may be off.")
        return said
