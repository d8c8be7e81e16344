"""Putting right a thresholding outcome, an identification or a change that was recorded by mistake."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from agencies.models import Agency
from agencies.queries import leading_agencies_of
from agencies.roles import Perm
from cases.forms.corrections import (
    AwayForm,
    ChangeCorrectionForm,
    IdentificationCorrectionForm,
    ThresholdingCorrectionForm,
)
from cases.models import Identification, ReportedChange, Thresholding
from cases.records import ChangeRecord, IdentificationRecord, ThresholdingRecord
from cases.services.change_corrections import correct_change, take_change_away
from cases.services.identification_corrections import correct_identification, take_identification_away
from cases.services.thresholding_corrections import correct_thresholding, take_thresholding_away
from rules.vocabulary import CaseChange, ThresholdingOutcome

from .level_1_corrections import DueCorrectionPage


class ThresholdingCorrect(DueCorrectionPage[Thresholding]):
    """Another day, outcome or reasons of a thresholding; whether it is asked again follows (R50)."""

    permission = Perm.LEVEL_1_RECORD
    model = Thresholding
    form_class = ThresholdingCorrectionForm
    title = "Correct a thresholding outcome"
    shown = ("outcome", "reason", "decided_on")
    why = "correction"

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        outcome = ThresholdingOutcome(said["outcome"])
        correct_thresholding(
            by=self.principal,
            today=self.today,
            thresholding_id=self.object.pk,
            thresholding=ThresholdingRecord(said["decided_on"], outcome, said["reason"].strip()),
            reason=said["correction"],
            version=self.sent_version,
        )
        return self.back()


class ThresholdingAway(DueCorrectionPage[Thresholding]):
    """An outcome that was never given of this person."""

    permission = Perm.LEVEL_1_RECORD
    model = Thresholding
    form_class = AwayForm
    template_name = "cases/thresholding_away.html"
    title = "Take a thresholding outcome away"
    submit_label = "Take this outcome away"
    done = "The thresholding outcome has been taken away."

    def act(self, form: Any) -> str:
        reason = form.cleaned_data["reason"]
        take_thresholding_away(
            by=self.principal,
            today=self.today,
            thresholding_id=self.object.pk,
            reason=reason,
            version=self.sent_version,
        )
        return self.back()


class IdentificationCorrect(DueCorrectionPage[Identification]):
    """Another agency, sentence or day of an identification (R42)."""

    permission = Perm.LEVEL_1_RECORD
    model = Identification
    form_class = IdentificationCorrectionForm
    title = "Correct when the case was identified"
    shown = ("agency", "sentenced_on", "known_on")

    def get_form_kwargs(self) -> Mapping[str, Any]:
        """The agency that stands recorded may stay, whatever its kind: others than can lead notify first."""
        leading = leading_agencies_of(self.principal).values("pk")
        return {"agencies": Agency.objects.filter(Q(pk__in=leading) | Q(pk=self.object.agency_id)).order_by("name")}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        correct_identification(
            by=self.principal,
            today=self.today,
            identification_id=self.object.pk,
            identification=IdentificationRecord(said["agency"].pk, said["sentenced_on"], said["known_on"]),
            reason=said["reason"],
            version=self.sent_version,
        )
        return self.back()


class IdentificationAway(DueCorrectionPage[Identification]):
    """An identification that never was of this person."""

    permission = Perm.LEVEL_1_RECORD
    model = Identification
    form_class = AwayForm
    template_name = "cases/identification_away.html"
    title = "Take an identification away"
    submit_label = "Take this identification away"
    done = "The identification has been taken away."

    def act(self, form: Any) -> str:
        reason = form.cleaned_data["reason"]
        take_identification_away(
            by=self.principal,
            today=self.today,
            identification_id=self.object.pk,
            reason=reason,
            version=self.sent_version,
        )
        return self.back()


class ChangeCorrect(DueCorrectionPage[ReportedChange]):
    """Another kind, day or note of a change; the early review that it makes due follows (R39)."""

    permission = Perm.LEVEL_1_RECORD
    model = ReportedChange
    form_class = ChangeCorrectionForm
    title = "Correct a change"
    shown = ("kind", "happened_on", "note")

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        correct_change(
            by=self.principal,
            today=self.today,
            change_id=self.object.pk,
            change=ChangeRecord(CaseChange(said["kind"]), said["happened_on"], said["note"].strip()),
            reason=said["reason"],
            version=self.sent_version,
        )
        return self.back()


class ChangeAway(DueCorrectionPage[ReportedChange]):
    """A change that never was of this person."""

    permission = Perm.LEVEL_1_RECORD
    model = ReportedChange
    form_class = AwayForm
    template_name = "cases/change_away.html"
    title = "Take a change away"
    submit_label = "Take this change away"
    done = "The change has been taken away."

    def act(self, form: Any) -> str:
        reason = form.cleaned_data["reason"]
        take_change_away(
            by=self.principal, today=self.today, change_id=self.object.pk, reason=reason, version=self.sent_version
        )
        return self.back()
