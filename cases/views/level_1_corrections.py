"""Putting right what was recorded at Level 1 by mistake."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model
from django.urls import reverse

from agencies.roles import Perm
from cases.facts import level_facts
from cases.forms.corrections import (
    Level1ReviewAwayForm,
    Level1ReviewCorrectionForm,
    ScreeningAwayForm,
    ScreeningCorrectionForm,
)
from cases.models import Level1Review, Screening
from cases.records import ScreeningRecord
from cases.services.level_1_corrections import correct_level_1_review, take_level_1_review_away
from cases.services.screening_corrections import correct_screening, take_screening_away, without_screening
from rules.core import Answer
from rules.levels import level_on
from rules.vocabulary import Level, ScreeningOutcome

from .corrections import CorrectionPage

M = TypeVar("M", bound=Model)


class DueCorrectionPage(CorrectionPage[M], abstract=True):
    """A correction that leads back to what is due for the person."""

    def get_cancel_url(self) -> str:
        return reverse("nominal-due", args=[self.object.nominal_id])


class Level1ReviewCorrect(DueCorrectionPage[Level1Review]):
    """Another day, decision, risk or next date of a Level 1 review (R39, R40)."""

    permission = Perm.LEVEL_1_RECORD
    model = Level1Review
    form_class = Level1ReviewCorrectionForm
    title = "Correct a Level 1 review"
    shown = ("held_on", "contributors", "decision", "risk", "next_on")

    def get_initial(self) -> Mapping[str, Any]:
        return {**super().get_initial(), "held_as": self.object.form}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"unknown": [name for name in ("risk", "next_on") if not getattr(self.object, name)]}

    def act(self, form: Any) -> str:
        correct_level_1_review(
            by=self.principal,
            today=self.today,
            review_id=self.object.pk,
            review=form.as_record(),
            reason=form.cleaned_data["reason"],
            version=self.sent_version,
        )
        return self.back()


class Level1ReviewAway(DueCorrectionPage[Level1Review]):
    """A Level 1 review that was never held of this person."""

    permission = Perm.LEVEL_1_RECORD
    model = Level1Review
    form_class = Level1ReviewAwayForm
    template_name = "cases/level_1_review_away.html"
    title = "Take a Level 1 review away"
    submit_label = "Take this review away"
    done = "The Level 1 review has been taken away."

    def act(self, form: Any) -> str:
        reason = form.cleaned_data["reason"]
        take_level_1_review_away(
            by=self.principal, today=self.today, review_id=self.object.pk, reason=reason, version=self.sent_version
        )
        return self.back()


class ScreeningCorrect(DueCorrectionPage[Screening]):
    """Another day, outcome or reasons of a screening; the level that it set follows (R32, R41)."""

    permission = Perm.LEVEL_1_RECORD
    model = Screening
    form_class = ScreeningCorrectionForm
    title = "Correct a screening"
    shown = ("screened_on", "outcome", "reason")
    why = "correction"

    def level(self) -> Answer[Level | None]:
        """The level of today, as the records now say."""
        return level_on([level_facts(span) for span in self.object.nominal.levels.order_by("starts_on")], self.today)

    def act(self, form: Any) -> str:
        said, before = form.cleaned_data, self.level()
        correct_screening(
            by=self.principal,
            today=self.today,
            screening_id=self.object.pk,
            screening=ScreeningRecord(said["screened_on"], ScreeningOutcome(said["outcome"]), said["reason"].strip()),
            reason=said["correction"],
            version=self.sent_version,
        )
        if (now := self.level()) != before:
            self.done = f"{type(self).done} The level follows: {now.reasons[0].text}."
        return self.back()


class ScreeningAway(DueCorrectionPage[Screening]):
    """A screening that was never done of this person."""

    permission = Perm.LEVEL_1_RECORD
    model = Screening
    form_class = ScreeningAwayForm
    template_name = "cases/screening_away.html"
    title = "Take a screening away"
    submit_label = "Take this screening away"
    done = "The screening has been taken away."

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(after=without_screening(self.object, today=self.today), **context)

    def act(self, form: Any) -> str:
        reason = form.cleaned_data["reason"]
        take_screening_away(
            by=self.principal, today=self.today, screening_id=self.object.pk, reason=reason, version=self.sent_version
        )
        return self.back()
