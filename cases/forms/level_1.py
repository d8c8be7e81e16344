"""Level 1: a screening, a review, a change, the switch of an agency; and the decision on an ending."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from agencies.models import Agency
from cases.records import Level1ReviewRecord
from pages.forms import DateField3, GovForm, LongText, offer_ticked
from rules.level_1 import TOLD
from rules.vocabulary import EndingOutcome, ReviewForm, RiskLevel, ScreeningOutcome, ThresholdingOutcome, choices

TEXT_LENGTH = 2000
REASON_LENGTH = 300
ON, OFF = "on", "off"


def _words(label: str, hint: str = "") -> LongText:
    return LongText(label=label, max_length=TEXT_LENGTH, rows=3, help_text=hint)


class ScreeningForm(GovForm):
    """What the lead agency found when it screened the person (R41)."""

    screened_on = DateField3(
        label="Screened on", error_messages={"required": "Enter the day on which the person was screened."}
    )
    outcome = forms.ChoiceField(
        label="Outcome",
        choices=choices(ScreeningOutcome),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the outcome."},
    )
    reason = _words("Reasons")
    option_hints: ClassVar[dict[str, dict[str, str]]] = {
        "outcome": {ScreeningOutcome.LEVEL_1.value: "Sets Level 1 if no level is set yet."}
    }


class IdentificationForm(GovForm):
    """When the managing agency identified the case (R42)."""

    agency: "forms.ModelChoiceField[Agency]" = forms.ModelChoiceField(
        label="Managing agency",
        queryset=Agency.objects.none(),
        empty_label="Choose an agency",
        error_messages={"required": "Choose the agency that manages the case."},
    )
    sentenced_on = DateField3(
        label="Sentenced on", error_messages={"required": "Enter the day of the sentence or order."}
    )
    known_on = DateField3(
        label="Identified on",
        help_text="The day from which the agency knew that it is a MAPPA case.",
        error_messages={"required": "Enter the day on which the case was identified."},
    )

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]


class ThresholdingForm(GovForm):
    """Whether domestic abuse or stalking needs Level 2 or 3 (R50)."""

    outcome = forms.ChoiceField(
        label="Outcome",
        choices=choices(ThresholdingOutcome),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the outcome."},
    )
    reason = _words("Reasons", "What was considered, and what follows. Without names of victims.")
    decided_on = DateField3(label="Decided on", error_messages={"required": "Enter the day on which it was decided."})
    option_hints: ClassVar[dict[str, dict[str, str]]] = {
        "outcome": {ThresholdingOutcome.REFER.value: "The referral itself is made from the person’s record."}
    }


class Level1ReviewForm(GovForm):
    """A Level 1 review (R40)."""

    held_on = DateField3(label="Held on", error_messages={"required": "Enter the day on which it was held."})
    held_as = forms.ChoiceField(
        label="Held as",
        choices=choices(ReviewForm),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how it was held."},
    )
    contributors = _words("Who contributed", "Names or roles, with their agencies.")
    decision = _words("Decision and reasons")
    risk = forms.ChoiceField(
        label="Risk of serious harm",
        choices=choices(RiskLevel),
        widget=forms.RadioSelect,
        help_text="The longest time to the next review follows from it.",
        error_messages={"required": "Choose how high the risk of serious harm is."},
    )
    next_on = DateField3(label="Next review", error_messages={"required": "Enter the date of the next review."})
    periods: ClassVar[tuple[tuple[str, str], ...]] = (("held_on", "next_on"),)

    def as_record(self) -> Level1ReviewRecord:
        """The review as it was said."""
        said = self.cleaned_data
        return Level1ReviewRecord(
            held_on=said["held_on"],
            form=ReviewForm(said["held_as"]),
            contributors=said["contributors"].strip(),
            decision=said["decision"].strip(),
            next_on=said["next_on"],
            risk=RiskLevel(said["risk"]) if said["risk"] else "",
        )


class ChangeForm(GovForm):
    """A change that brings the Level 1 review forward (R39)."""

    kind = forms.ChoiceField(
        label="What has changed?",
        choices=[(kind.value, kind.label) for kind in TOLD],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what has changed."},
    )
    happened_on = DateField3(label="When", error_messages={"required": "Enter the day on which it happened."})
    note = LongText(label="Note", max_length=TEXT_LENGTH, rows=3, required=False)


class EndingForm(GovForm):
    """The decision before the last ground ends (R26)."""

    outcome = forms.ChoiceField(
        label="Decision",
        choices=choices(EndingOutcome),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the decision."},
    )
    reason = _words("Reasons")


class SwitchForm(GovForm):
    """Whether an agency holds Level 1 reviews, from a day on (R39)."""

    agency: "forms.ModelChoiceField[Agency]" = forms.ModelChoiceField(
        label="Agency", queryset=Agency.objects.none(), empty_label="Choose an agency"
    )
    reviews = forms.ChoiceField(
        label="Level 1 reviews",
        choices=[(ON, "Held by this agency"), (OFF, "Not held by this agency")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether the agency holds Level 1 reviews."},
    )
    holds_from = DateField3(label="From", error_messages={"required": "Enter the first day."})
    reason = forms.CharField(label="Reason", max_length=REASON_LENGTH)

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]


class WorkOffForm(GovForm):
    """What came of rows that were brought forward (R106). The rows are those ticked on the list."""

    reason = forms.CharField(
        label="What came of it",
        max_length=REASON_LENGTH,
        help_text="For all the lines chosen: for example, done before the start, or looked at and needs nothing.",
    )
    rows = forms.TypedMultipleChoiceField(coerce=int, widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, rows: list[int], **options: Any) -> None:
        super().__init__(*args, **options)
        offer_ticked(self.fields["rows"], rows)
