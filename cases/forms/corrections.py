"""Putting right what was recorded by mistake: what it should be, and why it was wrong."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from agencies.models import User
from cases.models.corrected import TEXT_LENGTH
from pages.dates import british_date
from pages.forms import DateField3, GovForm
from rules.core import DAY
from rules.vocabulary import Whereabouts, choices

from .circumstances import AddressForm, LeadAgencyForm, MeetingForm
from .level_1 import ChangeForm, IdentificationForm, Level1ReviewForm, ScreeningForm, ThresholdingForm
from .surroundings import StageForm


def _why() -> forms.CharField:
    return forms.CharField(
        label="Why is it corrected?",
        max_length=TEXT_LENGTH,
        help_text="Stands beside what is corrected. What stood before stays in the history.",
        error_messages={"required": "Say why it is corrected."},
    )


def becomes_of_before(ends_on: date | None, starts_on: date) -> str:
    """What the first day that is put right does to what stands before the row, which begins on ``starts_on``."""
    if ends_on is None or ends_on + DAY >= starts_on:
        return "What stands before it ends the day before."
    said = f"What stands before it ended on {british_date(ends_on)}."
    return f"{said} It ends earlier only if this begins on that day or before."


class WhereaboutsCorrectionForm(GovForm):
    """Where the person was, and from which day."""

    kind = forms.ChoiceField(
        label="Where were they?",
        choices=choices(Whereabouts),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose where they were."},
    )
    place = forms.CharField(
        label="Prison, hospital or premises", max_length=200, required=False, help_text="Leave empty for the community."
    )
    starts_on = DateField3(
        label="First day",
        error_messages={"required": "Enter the first day on which they were there."},
    )
    reason = _why()


class LevelStartForm(GovForm):
    """The day from which a level held."""

    starts_on = DateField3(
        label="First day of the level",
        error_messages={"required": "Enter the first day of the level."},
    )
    reason = _why()


class GroundStartForm(GovForm):
    """The day from which a ground held."""

    starts_on = DateField3(
        label="First day of the ground",
        help_text="Category, levels and what is due follow it.",
        error_messages={"required": "Enter the first day of the ground."},
    )
    reason = _why()


class MeetingCorrectionForm(MeetingForm):
    """A Level 2 or 3 meeting, as it was held."""

    reason = _why()


class AddressCorrectionForm(AddressForm):
    """An address as it should have been recorded."""

    beside_others = None  # type: ignore[assignment]  # leaves the question out, as forms of Django do
    reason = _why()


class AddressAwayForm(GovForm):
    """An address at which the person never lived."""

    reason = _why()


class MeetingAwayForm(GovForm):
    """A meeting that was never held."""

    reason = _why()


class Level1ReviewCorrectionForm(Level1ReviewForm):
    """A Level 1 review, as it was held. What is ``unknown`` of it may stay so."""

    reason = _why()

    def __init__(self, *args: Any, unknown: Collection[str], **options: Any) -> None:
        super().__init__(*args, **options)
        for name in unknown:
            self.fields[name].required = False
            self.fields[name].help_text = "Was not recorded: leave it empty if it is not known."


class Level1ReviewAwayForm(GovForm):
    """A Level 1 review that was never held of this person."""

    reason = _why()


def _first_day() -> DateField3:
    return DateField3(label="From", error_messages={"required": "Enter the first day."})


class LeadAgencyCorrectionForm(LeadAgencyForm):
    """Which agency led, and from which day."""

    starts_on = _first_day()
    reason = _why()


class NamedOfficerCorrectionForm(GovForm):
    """Which officer of the agency was named, and from which day."""

    officer: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label="Officer", queryset=User.objects.none(), empty_label="Choose a person"
    )
    starts_on = _first_day()
    reason = _why()

    def __init__(self, *args: Any, officers: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["officer"].queryset = officers  # type: ignore[attr-defined]


class WhoLeadsAwayForm(GovForm):
    """A lead agency or a named officer that never was."""

    reason = _why()


class ScreeningCorrectionForm(ScreeningForm):
    """A screening, as it was done."""

    correction = _why()


class ScreeningAwayForm(GovForm):
    """A screening that was never done of this person."""

    reason = _why()


class ThresholdingCorrectionForm(ThresholdingForm):
    """An outcome of thresholding, as it was decided."""

    correction = _why()


class IdentificationCorrectionForm(IdentificationForm):
    """An identification, as it was."""

    reason = _why()


class ChangeCorrectionForm(ChangeForm):
    """A change, as it was."""

    reason = _why()


class StageCorrectionForm(StageForm):
    """A stage of a hospital order, as it was."""

    reason = _why()


class AwayForm(GovForm):
    """Why a row is taken away that never was of this person."""

    reason = _why()
