"""A first notification: sent by an agency, or recorded by the unit for it."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from agencies.models import Agency
from cases.models.corrected import TEXT_LENGTH
from cases.models.first_notification import GROUNDS, NUMBER_LENGTH
from cases.services.first_notifications import NUMBERS, Notified
from pages.forms import DateField3, LongText, Section
from rules.vocabulary import GroundKind, ReceivedBy, choices

from .about import AboutForm

NAME_LENGTH = 100


def _number(label: str, hint: str = "") -> forms.CharField:
    box = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=label, max_length=NUMBER_LENGTH, required=False, help_text=hint, widget=box)


class FirstNotificationForm(AboutForm):
    """About whom, on what ground, since when, and who says so."""

    says_optional: ClassVar[bool] = False
    about = forms.CharField(
        label="A number or a name, if you find them in the register",
        max_length=NAME_LENGTH,
        required=False,
        help_text="Only if their record is open to you. Otherwise leave it empty and say below who they are.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    given_names = forms.CharField(label="Given names, if they have any", max_length=NAME_LENGTH, required=False)
    family_name = forms.CharField(label="Surname, or only name", max_length=NAME_LENGTH, required=False)
    born_on = DateField3(
        label="Date of birth", required=False, help_text="If it is not known, leave it empty and give a number."
    )
    pnc = _number("PNC ID", "For example 2004/0612345C")
    crn = _number("Probation case reference (CRN)", "For example X123456")
    noms = _number("Prison (NOMS) number", "For example A1234BC")
    visor = _number("ViSOR reference")
    nhs = _number("NHS number", "10 digits")
    ground = forms.ChoiceField(
        label="Why they come under MAPPA, as you believe",
        choices=[(kind.value, kind.label) for kind in GROUNDS],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why they come under MAPPA."},
    )
    offence = LongText(
        label="Offence, and sentence or order",
        max_length=300,
        rows=3,
        help_text="In a line or two. Without names of victims.",
        error_messages={"required": "Enter the offence, and the sentence or order."},
    )
    sentenced_on = DateField3(
        label="Sentence or order passed on", error_messages={"required": "Enter the day of the sentence or order."}
    )
    release_on = DateField3(
        label="Earliest release or discharge", required=False, help_text="Leave it empty if it is not known."
    )
    notifier = forms.CharField(
        label="Who notifies", max_length=120, error_messages={"required": "Enter the name of who notifies."}
    )
    sections: ClassVar[tuple[Section, ...]] = (
        Section("Somebody of the register", ("about", "person")),
        Section(
            "Or somebody who is not in it, or not open to you",
            ("given_names", "family_name", "born_on", "pnc", "crn", "noms", "visor", "nhs"),
        ),
        Section("The case", ("ground", "offence", "sentenced_on", "release_on")),
        Section("Who notifies", ("agency", "notifier", "received_by", "received_on")),
    )
    not_found = "No person is found. Enter a number or the name again, or leave this empty and say below who they are."

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if not said.get("about") and not (said.get("family_name") or "").strip():
            self.add_error("family_name", "Enter the surname, or the only name.")
        return said

    def notified(self) -> Notified:
        """What the form says, in the words of the service."""
        said = self.cleaned_data
        names = ("family_name", "given_names", "born_on", "offence", "sentenced_on", "release_on", "notifier")
        return Notified(
            ground=GroundKind(said["ground"]),
            nominal_id=self.nominal_id,
            **{name: said[name] for name in (*names, *NUMBERS.values())},
        )


class CorrectedNotificationForm(FirstNotificationForm):
    """What it is to say instead, and why."""

    reason = forms.CharField(
        label="Why it is corrected",
        max_length=TEXT_LENGTH,
        help_text="What it said before stays in its history.",
        error_messages={"required": "Say why it is corrected."},
    )
    sections: ClassVar[tuple[Section, ...]] = (
        *FirstNotificationForm.sections[:-1],
        Section("Who notifies", ("notifier",)),
        Section("The correction", ("reason",)),
    )


class ReceivedNotificationForm(FirstNotificationForm):
    """The same, as it came to the unit from an agency (R108)."""

    agency: "forms.ModelChoiceField[Agency]" = forms.ModelChoiceField(
        label="Agency",
        queryset=Agency.objects.none(),
        empty_label="Choose an agency",
        error_messages={"required": "Choose the agency that notifies."},
    )
    received_by = forms.ChoiceField(
        label="How it came",
        choices=choices(ReceivedBy),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how it came."},
    )
    received_on = DateField3(
        label="Received on", error_messages={"required": "Enter the day on which it reached the unit."}
    )

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["agency"]
        field.queryset = agencies
