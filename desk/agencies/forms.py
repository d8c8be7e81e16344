"""What is asked about agencies: shape only."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from agencies.kinds import AgencyKind, Duty
from agencies.models import Agency, Contact, LocalHousingAuthority, PanelArea, User
from pages.forms import DateField3, GovForm, Section
from rules.core import mid_sentence
from rules.vocabulary import AgreementKind, ContactPart, PersonWord, choices


class AgencyForm(GovForm):
    """What an agency is, under which letter it comes, and from when it takes part."""

    name = forms.CharField(label="Name", max_length=120)
    kind = forms.ChoiceField(label="Kind", choices=[("", "Choose a kind"), *choices(AgencyKind)])
    duty = forms.ChoiceField(
        label="Duty",
        choices=choices(Duty),
        required=False,
        help_text="The Responsible Authority, or the letter of section 325(6) of the Criminal Justice Act 2003.",
    )
    part_of = forms.ModelChoiceField(
        label="Part of", queryset=Agency.objects.none(), required=False, empty_label="No other agency"
    )
    housing_authority = forms.ModelChoiceField(
        label="Housing authority that it is",
        queryset=LocalHousingAuthority.objects.none(),
        required=False,
        empty_label="None",
    )
    serves = forms.ModelMultipleChoiceField(
        label="Serves",
        queryset=PanelArea.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Where several agencies of its kind share the area, the one of the person's panel area is invited."
        " Leave empty when it serves all of it.",
    )
    starts_on = DateField3(
        label="Takes part from", required=False, help_text="Leave empty while it does not take part."
    )

    def __init__(
        self,
        *args: Any,
        agencies: QuerySet[Agency],
        councils: QuerySet[LocalHousingAuthority],
        panel_areas: QuerySet[PanelArea],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.fields["serves"].queryset = panel_areas  # type: ignore[attr-defined]
        self.fields["part_of"].queryset = agencies  # type: ignore[attr-defined]
        self.fields["housing_authority"].queryset = councils  # type: ignore[attr-defined]


class LastDayForm(GovForm):
    """The last day of something."""

    ends_on = DateField3(label="Last day", error_messages={"required": "Enter the last day."})


class HomesForm(GovForm):
    """Whose former homes a landlord holds."""

    authority = forms.ModelChoiceField(
        label="Council that let the homes before",
        queryset=LocalHousingAuthority.objects.none(),
        empty_label="Choose a council",
    )
    starts_on = DateField3(label="From", error_messages={"required": "Enter the first day."})

    def __init__(self, *args: Any, councils: QuerySet[LocalHousingAuthority], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["authority"].queryset = councils  # type: ignore[attr-defined]


class AgreementDaysForm(GovForm):
    """When an agreement was signed, and how long it runs."""

    signed_on = DateField3(label="Signed on", error_messages={"required": "Enter the day on which it was signed."})
    expires_on = DateField3(label="Last day", required=False, help_text="Leave empty when it has no end date.")
    periods: ClassVar[tuple[tuple[str, str], ...]] = (("signed_on", "expires_on"),)


class AgreementForm(AgreementDaysForm):
    """What was signed."""

    kind = forms.ChoiceField(
        label="What has been signed?",
        choices=choices(AgreementKind),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what has been signed."},
    )
    field_order = ["kind"]


class ContactForm(GovForm):
    """Who is reached for the agency, from a day on."""

    part = forms.ChoiceField(
        label="As what?",
        choices=choices(ContactPart),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose contact or deputy."},
    )
    user = forms.ModelChoiceField(
        label="Who?",
        queryset=User.objects.none(),
        empty_label="Choose a person",
        help_text="People who hold the role of single point of contact for this agency.",
    )
    starts_on = DateField3(label="From", error_messages={"required": "Enter the first day."})

    def __init__(self, *args: Any, people: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]


class OwnAbsenceForm(GovForm):
    """When somebody is away. Why is nobody's business."""

    starts_on = DateField3(label="First day away", error_messages={"required": "Enter the first day away."})
    ends_on = DateField3(label="Last day away", error_messages={"required": "Enter the last day away."})
    periods: ClassVar[tuple[tuple[str, str], ...]] = (("starts_on", "ends_on"),)


class AbsenceForm(OwnAbsenceForm):
    """The same, and who."""

    user = forms.ModelChoiceField(label="Who is away?", queryset=User.objects.none(), empty_label="Choose a person")
    field_order = ["user", "starts_on", "ends_on"]

    def __init__(self, *args: Any, people: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]


NEW, KNOWN = "new", "known"


class SuccessionForm(GovForm):
    """Which agencies are replaced, by what, and when."""

    predecessors = forms.ModelMultipleChoiceField(
        label="Which agencies are replaced?",
        queryset=Agency.objects.none(),
        widget=forms.CheckboxSelectMultiple(attrs={"small": True, "boxed": True}),
        error_messages={"required": "Choose the agencies that are replaced."},
    )
    follows = forms.ChoiceField(
        label="Who takes over?",
        choices=[(NEW, "A new agency, or the same under a new name"), (KNOWN, "An agency that is known already")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who takes over."},
    )
    name = forms.CharField(label="Name of the new agency", max_length=120)
    council = forms.CharField(
        label="Name of the new council",
        max_length=100,
        required=False,
        help_text="Only when housing authorities merge: it is the name of the new district and of its panel area.",
    )
    successor = forms.ModelChoiceField(
        label="Agency that takes over", queryset=Agency.objects.none(), empty_label="Choose an agency"
    )
    beside = forms.ModelMultipleChoiceField(
        label="Does anybody else follow?",
        queryset=Agency.objects.none(),
        widget=forms.CheckboxSelectMultiple(attrs={"small": True, "boxed": True}),
        required=False,
        help_text="When a body is split: the others that come of it. They take over no open work.",
    )
    happens_on = DateField3(
        label="First day of the new order",
        help_text="It may lie ahead: then nothing changes before.",
        error_messages={"required": "Enter the day."},
    )
    reason = forms.CharField(
        label="Why?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The order or the contract. Name nobody who is managed.",
        error_messages={"required": "Say why."},
    )
    reveals: ClassVar[dict[str, dict[str, tuple[str, ...]]]] = {
        "follows": {NEW: ("name", "council"), KNOWN: ("successor",)}
    }
    sections: ClassVar[tuple[Section, ...]] = (
        Section("", ("predecessors", "follows")),
        Section("", ("beside", "happens_on", "reason")),
    )

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("predecessors", "successor", "beside"):
            self.fields[name].queryset = agencies  # type: ignore[attr-defined]


class ContactsForm(GovForm):
    """Which of the contacts and deputies of several agencies are those of the one that follows."""

    spoc = forms.TypedChoiceField(
        label="Who becomes the single point of contact?",
        widget=forms.RadioSelect,
        coerce=int,
        error_messages={"required": "Choose the single point of contact."},
    )
    deputy = forms.TypedChoiceField(
        label="Who becomes the deputy?",
        widget=forms.RadioSelect,
        coerce=int,
        error_messages={"required": "Choose the deputy."},
    )

    def __init__(self, *args: Any, people: Sequence[Contact], **options: Any) -> None:
        super().__init__(*args, **options)
        said = [(each.user_id, f"{each.user.name}, {part_of(each)}") for each in people]
        for name in ("spoc", "deputy"):
            self.fields[name].choices = said  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("spoc") is not None and values.get("spoc") == values.get("deputy"):
            self.add_error("deputy", "Choose another person than the single point of contact.")
        return values


def part_of(contact: Contact) -> str:
    """A contact's part in words, for whose agency."""
    return f"{mid_sentence(ContactPart(contact.part).label)} of {contact.agency.name}"


class SuccessorForm(GovForm):
    """Who takes over instead."""

    to = forms.ModelChoiceField(
        label="Who takes over?",
        queryset=User.objects.none(),
        empty_label="Choose a colleague",
        help_text="Colleagues who hold the same role for the same agency. Give the role first if nobody is listed.",
        error_messages={"required": "Choose a colleague."},
    )

    def __init__(self, *args: Any, people: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"].queryset = people  # type: ignore[attr-defined]


class HandOverForm(SuccessorForm):
    """Who takes over, from which day."""

    on = DateField3(
        label="First day of the colleague",
        help_text="The leaver's role ends the day before.",
        error_messages={"required": "Enter the day."},
    )


class PersonWordForm(GovForm):
    """What the area calls a managed person."""

    word = forms.ChoiceField(
        label="What does this area call a managed person?",
        choices=[(word.value, word.label.capitalize()) for word in PersonWord if word is not PersonWord.CHILD],
        widget=forms.RadioSelect,
        help_text="A child is never called “offender”, whatever is chosen here (R30).",
    )
