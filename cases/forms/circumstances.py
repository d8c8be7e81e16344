"""Where the person is and lives, who leads, and the dates ahead."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from agencies.models import Agency, LocalHousingAuthority, User
from cases.abodes import postcode_of
from cases.records import AddressRecord
from pages.forms import DateField3, GovForm
from rules.vocabulary import KeyDateKind, Level, Tenure, Whereabouts, choices

HAS_ADDRESS, NO_FIXED_ABODE = "address", "none"


def _from(label: str, missing: str) -> DateField3:
    return DateField3(label=label, error_messages={"required": missing})


class WhereaboutsForm(GovForm):
    """Where the person is from a day on."""

    kind = forms.ChoiceField(
        label="Where are they?",
        choices=choices(Whereabouts),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose where they are."},
    )
    place = forms.CharField(
        label="Prison, hospital or premises", max_length=200, required=False, help_text="Leave empty for the community."
    )
    starts_on = _from("Since when", "Enter the first day on which they are there.")


class MeetingForm(GovForm):
    """A Level 2 or 3 meeting that was held."""

    held_on = _from("Held on", "Enter the day on which the meeting was held.")
    held_on.help_text = (
        "The review is reckoned from it. An emergency meeting counts only if it took the whole plan (R55)."
    )
    level = forms.ChoiceField(
        label="Level of the meeting",
        choices=[(level.value, level.label) for level in Level if level.is_multi_agency],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the level of the meeting."},
    )
    next_on = DateField3(
        label="Next meeting",
        required=False,
        help_text="The date that the chair has set. Leave empty if none was set.",
    )

    periods: ClassVar[tuple[tuple[str, str], ...]] = (("held_on", "next_on"),)


class LeadAgencyForm(GovForm):
    """The agency that leads from a day on (R97)."""

    agency: "forms.ModelChoiceField[Agency]" = forms.ModelChoiceField(
        label="Lead agency", queryset=Agency.objects.none(), empty_label="Choose an agency"
    )
    starts_on = _from("From", "Enter the first day.")

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]


class NamedOfficerForm(LeadAgencyForm):
    """The officer of an agency who manages the person from a day on."""

    agency: "forms.ModelChoiceField[Agency]" = forms.ModelChoiceField(
        label="For which agency",
        queryset=Agency.objects.none(),
        empty_label="Choose an agency",
        error_messages={"required": "Choose the officer's agency."},
    )
    officer: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label="Officer", queryset=User.objects.none(), empty_label="Choose a person"
    )
    field_order = ("officer", "agency", "starts_on")

    def __init__(self, *args: Any, officers: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["officer"].queryset = officers  # type: ignore[attr-defined]


class KeyDateForm(GovForm):
    """A date ahead: there is one of each kind, and a new one takes the place of the old."""

    kind = forms.ChoiceField(
        label="Which date",
        choices=[("", "Choose a date"), *choices(KeyDateKind)],
        error_messages={"required": "Choose which date it is."},
    )
    falls_on = DateField3(label="Date")
    certain = forms.BooleanField(label="The date is confirmed", required=False)
    note = forms.CharField(label="Note", max_length=200, required=False)


_FOLLOWS = "Whether council and landlord are invited to meetings follows from this answer."


class TenureForm(GovForm):
    """Whose home an address is that stands recorded."""

    tenure = forms.TypedChoiceField(
        choices=choices(Tenure)[1:],
        coerce=Tenure,
        widget=forms.RadioSelect,
        help_text=_FOLLOWS,
        error_messages={"required": "Say whose home it is."},
    )

    def __init__(self, *args: Any, address: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["tenure"].label = f"Whose home is {address or 'it'}?"


class AddressForm(GovForm):
    """An address, or no fixed abode with the area of closest links (R6)."""

    # What may stay empty says so in its hint; the address itself may not, of whoever has one.
    says_optional: ClassVar[bool] = False
    abode = forms.ChoiceField(
        label="Do they have an address?",
        choices=[(HAS_ADDRESS, "Yes"), (NO_FIXED_ABODE, "No fixed abode")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether they have an address."},
    )
    lines = forms.CharField(label="Address", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    # Without a length: a browser would cut what is typed without a word.
    postcode = forms.CharField(
        label="Postcode",
        required=False,
        help_text="Leave empty if it is not known.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
    )
    tenure = forms.TypedChoiceField(
        label="Whose home is it?",
        choices=choices(Tenure),
        coerce=Tenure,
        empty_value=Tenure.UNKNOWN,
        required=False,
        widget=forms.RadioSelect,
        help_text=_FOLLOWS,
    )
    closest_links: "forms.ModelChoiceField[LocalHousingAuthority]" = forms.ModelChoiceField(
        label="Area of closest links",
        queryset=LocalHousingAuthority.objects.none(),
        required=False,
        empty_label="Choose a council",
        help_text="The council area where they have family, work or a past home.",
    )
    starts_on = _from("From", "Enter the first day at this address.")
    ends_on = DateField3(label="To", required=False, help_text="Leave empty if they live there now.")
    beside_others = forms.BooleanField(
        label="They live at another recorded address too",
        required=False,
        help_text="Otherwise the address recorded before ends the day before this one starts.",
    )

    reveals: ClassVar[dict[str, dict[str, tuple[str, ...]]]] = {
        "abode": {HAS_ADDRESS: ("lines", "postcode", "tenure"), NO_FIXED_ABODE: ("closest_links",)}
    }
    periods: ClassVar[tuple[tuple[str, str], ...]] = (("starts_on", "ends_on"),)

    def __init__(self, *args: Any, councils: QuerySet[LocalHousingAuthority], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["closest_links"].queryset = councils  # type: ignore[attr-defined]

    def clean_postcode(self) -> str:
        """A whole postcode as it is written, or none; what stands recorded may stay as it is."""
        said: str = self.cleaned_data["postcode"].strip().upper()
        if not said or said == self.get_initial_for_field(self.fields["postcode"], "postcode"):
            return said
        if (written := postcode_of(said)) is None:
            raise forms.ValidationError(
                "Enter a whole postcode, like DE1 1AA, or leave it empty and write what you know into the address."
            )
        return written

    def as_record(self) -> AddressRecord:
        """The address as it was said; of no fixed abode nobody's home."""
        said, none = self.cleaned_data, self.cleaned_data["abode"] == NO_FIXED_ABODE
        return AddressRecord(
            starts_on=said["starts_on"],
            ends_on=said["ends_on"],
            lines=said["lines"].strip(),
            postcode=said["postcode"],
            no_fixed_abode=none,
            closest_links_id=said["closest_links"].pk if said["closest_links"] else None,
            tenure=Tenure.UNKNOWN if none else said["tenure"],
        )
