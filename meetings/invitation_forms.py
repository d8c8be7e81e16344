"""Forms about invitations: one written down for somebody, one more invited, the table, the text for joining."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from agencies.kinds import AgencyKind
from pages.forms import DateField3, GovForm
from rules.invitations import INVITED
from rules.vocabulary import InvitationAnswer, ReceivedHow, choices

from .models.invitation import LONGEST_JOINING_TEXT, NAME_LENGTH
from .models.sitting import REASON_LENGTH

AGENCY, GUEST = "agency", "guest"


class RecordForm(GovForm):
    """What an agency or a guest answered, written down by the unit (R108)."""

    reveals: ClassVar[dict[str, dict[str, tuple[str, ...]]]] = {
        "answer": {
            InvitationAnswer.ATTENDING.value: ("attends",),
            InvitationAnswer.DEPUTY.value: ("deputy",),
            InvitationAnswer.NOT_NEEDED.value: ("why_not",),
        }
    }

    answer = forms.ChoiceField(
        label="What did they answer?",
        choices=[(each.value, each.label) for each in InvitationAnswer if each is not InvitationAnswer.NONE],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what they answered."},
    )
    attends = forms.ChoiceField(label="Who comes", required=False)
    deputy = forms.CharField(label="Who comes as deputy", max_length=NAME_LENGTH, required=False)
    why_not = forms.CharField(label="Why they are not needed", max_length=REASON_LENGTH, required=False)
    received_from = forms.CharField(
        label="Who gave the answer?", max_length=NAME_LENGTH, error_messages={"required": "Say who gave the answer."}
    )
    received_how = forms.ChoiceField(
        label="How did it come?",
        choices=[(each.value, each.label) for each in ReceivedHow if each is not ReceivedHow.CALENDAR],
        widget=forms.RadioSelect(attrs={"inline": True}),
        error_messages={"required": "Choose how it came."},
    )
    received_on = DateField3(label="On which day?", error_messages={"required": "Enter the day on which it came."})

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["attends"].choices = [("", "Not settled yet"), *people]  # type: ignore[attr-defined]


class InviteForm(GovForm):
    """One more agency, or a guest without an account."""

    reveals: ClassVar[dict[str, dict[str, tuple[str, ...]]]] = {
        "whom": {AGENCY: ("agency",), GUEST: ("guest_name", "guest_email")}
    }

    whom = forms.ChoiceField(
        label="Who is invited?",
        choices=[(AGENCY, "An agency of this area"), (GUEST, "A guest without an account")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose an agency or a guest."},
    )
    agency = forms.ChoiceField(label="Agency", required=False)
    guest_name = forms.CharField(label="Name of the guest", max_length=NAME_LENGTH, required=False)
    guest_email = forms.EmailField(label="E-mail address of the guest", required=False)
    because = forms.CharField(
        label="Why are they invited?",
        max_length=REASON_LENGTH,
        help_text="Stands beside the invitation for those who may read this record. It is not in any e-mail.",
        error_messages={"required": "Say why they are invited."},
    )
    reasons = forms.MultipleChoiceField(
        choices=[(each.value, each.label) for each in INVITED], required=False, widget=forms.MultipleHiddenInput
    )

    def __init__(self, *args: Any, agencies: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agency"].choices = [("", "Choose an agency"), *agencies]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("whom") == AGENCY and not values.get("agency"):
            self.add_error("agency", "Choose an agency.")
        if values.get("whom") == GUEST:
            if not values.get("guest_name"):
                self.add_error("guest_name", "Enter the name of the guest.")
            if not values.get("guest_email") and "guest_email" not in self.errors:
                self.add_error("guest_email", "Enter the e-mail address of the guest.")
        return values


class InviteRuleForm(GovForm):
    """Whom the area invites for one reason."""

    confirmed = forms.BooleanField(
        label="This is what the area has agreed", error_messages={"required": "Confirm that the area has agreed it."}
    )
    kinds = forms.MultipleChoiceField(
        label="Kinds of agency",
        choices=choices(AgencyKind),
        widget=forms.CheckboxSelectMultiple(attrs={"small": True, "boxed": True}),
        required=False,
        help_text="Of several of a kind, the one that stands in the panel or in the case is invited.",
    )
    agencies = forms.MultipleChoiceField(
        label="Agencies by name",
        widget=forms.CheckboxSelectMultiple(attrs={"small": True, "boxed": True}),
        required=False,
    )

    field_order = ("kinds", "agencies", "confirmed")

    def __init__(self, *args: Any, agencies: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agencies"].choices = list(agencies)  # type: ignore[attr-defined]


class JoiningTextForm(GovForm):
    """How one joins and what is expected: it goes out by e-mail, so it names nobody (R58)."""

    text = forms.CharField(
        label="Text for everybody's first invitation",
        max_length=LONGEST_JOINING_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="How to join, and what is expected there. It goes by e-mail: no name of any person.",
        error_messages={"required": "Enter the text."},
    )
