"""Recording a decision on the level, with what the deciding body found (R33 to R35)."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms

from pages.forms import DateField3, GovForm, LongText, Section
from rules.levels import LevelCriteria
from rules.vocabulary import DecidingBody, Level

TEXT_LENGTH = 2000
HIGH_RISK, STEP_DOWN = "high_risk", "step_down"
CRITERIA = ("value_reasons", "found", "coordination_need", "senior_need", "lower_level_answer")


class CriteriaForm(GovForm):
    """What the deciding body found when it chose Level 2 or 3."""

    # What must be given depends on the level, so no field is called optional.
    says_optional: ClassVar[bool] = False
    backdating_reason = forms.CharField(
        label="If the level starts before today: why it is recorded late", max_length=300, required=False
    )
    value_reasons = LongText(
        label="Why multi-agency meetings would add value", max_length=TEXT_LENGTH, rows=3, required=False
    )
    found = forms.MultipleChoiceField(
        label="What else was found",
        choices=[
            (HIGH_RISK, "High or very high risk of serious harm"),
            (STEP_DOWN, "A step down from Level 3"),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    coordination_need = LongText(
        label="An exceptional need to co-ordinate agencies, if there is one",
        max_length=TEXT_LENGTH,
        rows=3,
        required=False,
    )
    senior_need = LongText(
        label="Level 3 only: why senior people must take part",
        max_length=TEXT_LENGTH,
        rows=3,
        required=False,
        help_text="Resources, media or public interest.",
    )
    lower_level_answer = LongText(
        label="Would a lower level give a defensible plan?", max_length=TEXT_LENGTH, rows=3, required=False
    )

    def criteria(self) -> LevelCriteria:
        """What the deciding body found (R33 to R35)."""
        said = self.cleaned_data
        return LevelCriteria(
            meetings_add_value=bool(said["value_reasons"].strip()),
            value_reasons=said["value_reasons"],
            high_or_very_high_risk=HIGH_RISK in said["found"],
            coordination_need=said["coordination_need"],
            step_down_from_3=STEP_DOWN in said["found"],
            senior_need=said["senior_need"],
            lower_level_answer=said["lower_level_answer"],
        )


class LevelForm(CriteriaForm):
    """The level, who decided it and from when; for Levels 2 and 3 also what was found."""

    level = forms.ChoiceField(
        label="Level", choices=[], widget=forms.RadioSelect, error_messages={"required": "Choose the level."}
    )
    decided_by = forms.ChoiceField(
        label="Who decided it",
        choices=[],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who decided it."},
    )
    starts_on = DateField3(
        label="Date of the decision",
        help_text="The level starts on that day.",
        error_messages={"required": "Enter the date of the decision."},
    )
    reason = LongText(
        label="Reasons for the decision",
        max_length=TEXT_LENGTH,
        rows=3,
        required=False,
        help_text="Needed for Level 1. Levels 2 and 3 have their reasons below as well.",
    )
    sections: ClassVar[tuple[Section, ...]] = (
        Section("The decision", ("level", "decided_by", "starts_on", "backdating_reason", "reason")),
        Section(
            "For Level 2 or 3",
            CRITERIA,
            hint="Leave these empty for Level 1.",
        ),
    )

    def __init__(self, *args: Any, levels: Iterable[Level], bodies: Iterable[DecidingBody], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["decided_by"].choices = [(body.value, body.label) for body in bodies]  # type: ignore[attr-defined]
        self.fields["level"].choices = [(level.value, level.label) for level in levels]  # type: ignore[attr-defined]
