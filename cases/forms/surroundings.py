"""Background, people about the person, other processes, warnings to staff, hospital orders and their stages."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.db.models import Model, QuerySet

from cases.models import Background, Ground
from cases.records import (
    BackgroundRecord,
    ConnectedPersonRecord,
    HospitalOrderRecord,
    ProcessRecord,
    StaffWarningRecord,
)
from pages.forms import DateField3, GovForm, Section
from rules.vocabulary import (
    ContactAllowed,
    HospitalSection,
    HospitalStage,
    Immigration,
    ProcessKind,
    WarningKind,
    choices,
)

YES, NO = "yes", "no"


def _words(label: str, length: int, hint: str = "", **more: Any) -> forms.CharField:
    box = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=length, required=False, help_text=hint, widget=box, **more)


def _note(label: str = "Note", hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=300, required=False, help_text=hint, widget=forms.Textarea(attrs={"rows": 3})
    )


def initial_of(row: Model, form: type[forms.BaseForm]) -> dict[str, Any]:
    """What a form shows of a stored row."""
    return {name: getattr(row, name) for name in form.base_fields}  # type: ignore[attr-defined]


class BackgroundForm(GovForm):
    """Nationality and language, and what the person says of themselves (R5)."""

    # Said once, above: all but one may stay empty.
    says_optional: ClassVar[bool] = False
    nationality = _words("Nationality", 100)
    immigration = forms.TypedChoiceField(
        label="Foreign national or removal",
        choices=[(each.value, each.label) for each in Immigration if each is not Immigration.IN_WORDS],
        coerce=Immigration,
        empty_value=Immigration.NOT_ASKED,
        required=False,
        widget=forms.RadioSelect,
        help_text="Whether Immigration Enforcement is invited to meetings follows from this answer.",
    )
    immigration_status = _words(
        "Immigration status", 300, "In words. For example, settled status, or deportation order."
    )
    interpreter = forms.TypedChoiceField(
        label="Do they need an interpreter?",
        choices=[(YES, "Yes"), (NO, "No")],
        coerce=lambda answer: answer == YES,
        widget=forms.RadioSelect(attrs={"inline": True}),
        error_messages={"required": "Say whether they need an interpreter."},
    )
    language = _words("Language, or way of communicating", 100)
    ethnicity = _words("Ethnicity", 150, "In words, not only as a code.")
    ethnic_group = _words("Ethnic group, as they describe it", 150)
    religion = _words("Religion or belief", 150)
    disability = _words("Disability", 300)
    sexual_orientation = _words("Sexual orientation", 150)
    gender_identity = _words("Gender identity", 150)
    abuse = forms.CharField(
        label="What is known",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="In words, whatever the offence was. Without names of victims. Leave it empty if there is none.",
    )
    abuse_known_on = DateField3(
        label="Known since", required=False, help_text="A later day, when more becomes known, asks the question anew."
    )

    sections: ClassVar[tuple[Section, ...]] = (
        Section(
            "Nationality and language",
            ("nationality", "immigration", "immigration_status", "interpreter", "language"),
            hint="Leave empty what is not known. Only whether they need an interpreter is always answered.",
        ),
        Section(
            "Equality",
            ("ethnicity", "ethnic_group", "religion", "disability", "sexual_orientation", "gender_identity"),
            hint="In their own words. Leave empty what they were not asked or did not wish to say.",
        ),
        Section("Domestic abuse or stalking", ("abuse", "abuse_known_on")),
    )

    @classmethod
    def initial_of(cls, known: Background) -> dict[str, Any]:
        """What the form shows of a stored background."""
        return initial_of(known, cls) | {"interpreter": YES if known.interpreter else NO}

    def record(self) -> BackgroundRecord:
        return BackgroundRecord(**self.cleaned_data)


class ConnectedPersonForm(GovForm):
    """Somebody about the person. Victims are kept elsewhere (R82)."""

    name = forms.CharField(label="Name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    relationship = forms.CharField(
        label="How they are connected",
        max_length=100,
        help_text="For example, partner, daughter, landlord, employer.",
        error_messages={"required": "Say how they are connected."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    child = forms.BooleanField(label="This is a child", required=False)
    at_risk = forms.BooleanField(label="They may be at risk from the person", required=False)
    contact = forms.ChoiceField(
        label="Contact with the person",
        choices=choices(ContactAllowed),
        initial=ContactAllowed.NOT_DECIDED.value,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether contact is allowed."},
    )
    note = _note()
    ended_on = DateField3(
        label="No longer connected since", required=False, help_text="Leave empty while they are connected."
    )

    def record(self) -> ConnectedPersonRecord:
        return ConnectedPersonRecord(**{**self.cleaned_data, "contact": ContactAllowed(self.cleaned_data["contact"])})


class ProcessForm(GovForm):
    """A process beside MAPPA, a tag, a restriction: its reference and dates, not what was said there."""

    kind = forms.ChoiceField(
        label="Which process",
        choices=choices(ProcessKind),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose which process it is."},
        help_text="Of victim contact only the days and the agency are recorded: no reference, no note.",
    )
    agency_id = forms.TypedChoiceField(
        label="Who runs it",
        required=False,
        coerce=int,
        empty_value=None,
        help_text="The monitoring provider, the victim liaison unit, the Jobcentre: invited to meetings while it runs.",
    )
    reference = _words("Reference", 80, "The number under which the other process knows the case. No names.")
    starts_on = DateField3(label="From", error_messages={"required": "Enter the day from which it runs."})
    ends_on = DateField3(label="To", required=False, help_text="Leave empty while it runs.")
    next_on = DateField3(label="Next date", required=False, help_text="The next meeting, conference or decision.")
    note = _note()

    periods: ClassVar[tuple[tuple[str, str], ...]] = (("starts_on", "ends_on"), ("starts_on", "next_on"))

    def __init__(self, *args: Any, agencies: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["agency_id"]
        field.choices = [("", "Not recorded"), *agencies]

    def record(self) -> ProcessRecord:
        return ProcessRecord(**{**self.cleaned_data, "kind": ProcessKind(self.cleaned_data["kind"])})


class StaffWarningForm(GovForm):
    """What staff must know before they meet the person."""

    kind = forms.ChoiceField(
        label="Warning",
        choices=choices(WarningKind),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what staff are warned of."},
    )
    text = forms.CharField(
        label="What staff must know",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stands above every part of the record. Say what to do, not only what happened.",
        error_messages={"required": "Say what staff must know."},
    )
    starts_on = DateField3(label="From", error_messages={"required": "Enter the day from which it holds."})
    ends_on = DateField3(label="To", required=False, help_text="Leave empty while it holds.")

    periods: ClassVar[tuple[tuple[str, str], ...]] = (("starts_on", "ends_on"),)

    def record(self) -> StaffWarningRecord:
        return StaffWarningRecord(**{**self.cleaned_data, "kind": WarningKind(self.cleaned_data["kind"])})


class HospitalOrderForm(GovForm):
    """An order or transfer to hospital, or guardianship. Its days are those of its ground."""

    ground: "forms.ModelChoiceField[Ground]" = forms.ModelChoiceField(
        label="Ground",
        queryset=Ground.objects.none(),
        required=False,
        empty_label="None of the grounds",
        help_text="The ground that the order was made for.",
    )
    section = forms.ChoiceField(
        label="Section",
        choices=[("", "Choose a section"), *choices(HospitalSection)],
        error_messages={"required": "Choose the section."},
    )
    court = _words("Court", 150)
    restriction_ended_on = DateField3(
        label="Restriction ended", required=False, help_text="Leave empty while the restriction holds."
    )
    responsible_clinician = _words("Responsible Clinician", 150)
    social_supervisor = _words("Social supervisor", 150)
    ministry_reference = _words("Ministry of Justice casework reference", 60)

    def __init__(self, *args: Any, grounds: QuerySet[Ground], labels: Mapping[int, str], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["ground"]
        field.queryset = grounds
        field.label_from_instance = lambda ground: labels[ground.pk]

    def record(self) -> HospitalOrderRecord:
        said = dict(self.cleaned_data)
        ground = said.pop("ground")
        section = HospitalSection(said.pop("section"))
        return HospitalOrderRecord(section=section, ground_id=ground.pk if ground else None, **said)


class StageForm(GovForm):
    """Leave, discharge or recall, from a day on."""

    kind = forms.ChoiceField(
        label="What the person may do",
        choices=choices(HospitalStage),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the stage."},
    )
    starts_on = DateField3(label="From", error_messages={"required": "Enter the first day."})
    note = _note("Conditions or limits")

    option_hints: ClassVar[dict[str, dict[str, str]]] = {
        "kind": {
            HospitalStage.CONDITIONAL_DISCHARGE: "Restricted patients only. In the community: counted there, and the "
            "review clock runs.",
            HospitalStage.COMMUNITY_TREATMENT: "Unrestricted patients only. In the community: counted there, and the "
            "review clock runs.",
            HospitalStage.OVERNIGHT_LEAVE: "Still detained: recorded as on leave from hospital.",
        }
    }
