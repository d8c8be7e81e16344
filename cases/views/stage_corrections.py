"""A stage of a hospital order put right, or taken away."""

from typing import Any

from django.db.models import Q, QuerySet

from agencies.roles import Perm
from cases.forms.corrections import AwayForm, StageCorrectionForm
from cases.models import OrderStage, WhereaboutsSpan
from cases.services.splice import ended_before
from cases.services.stage_corrections import Stage, correct_stage, take_stage_away
from rules.vocabulary import HospitalStage

from .corrections import CorrectionPage, SpanCorrectionPage
from .surroundings import circumstances_url


class StageCorrectionPage(CorrectionPage[OrderStage], abstract=True):
    """It shows where the person is recorded to be in the time of the stage: no stay moves with it (R52)."""

    permission = Perm.CIRCUMSTANCES_RECORD
    model = OrderStage
    part = "orders"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(stays=self.stays(), **context)

    def stays(self) -> QuerySet[WhereaboutsSpan]:
        """The stays that share a day with the stage."""
        rows = self.object.nominal.whereabouts.filter(Q(ends_on=None) | Q(ends_on__gte=self.object.starts_on))
        if self.object.ends_on is not None:
            rows = rows.filter(starts_on__lte=self.object.ends_on)
        shared: QuerySet[WhereaboutsSpan] = rows.order_by("starts_on")
        return shared

    def get_cancel_url(self) -> str:
        return circumstances_url(self.object.nominal.pk, self.part)


class StageCorrect(StageCorrectionPage, SpanCorrectionPage[OrderStage]):
    """Another stage, first day or condition."""

    form_class = StageCorrectionForm
    template_name = "cases/stage_correct.html"
    title = "Correct leave, discharge or recall"
    shown = ("kind", "starts_on", "note")

    def neighbours(self) -> QuerySet[Any]:
        return OrderStage.objects.filter(order=self.object.order_id)

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        stage = Stage(HospitalStage(said["kind"]), said["starts_on"], said["note"])
        correct_stage(
            by=self.principal, today=self.today, stage_id=self.object.pk, stage=stage, reason=said["reason"],
            version=self.sent_version,
        )  # fmt: skip
        return self.back()


class StageAway(StageCorrectionPage):
    """A stage that never was."""

    form_class = AwayForm
    template_name = "cases/stage_away.html"
    title = "Take leave, discharge or recall away"
    submit_label = "Take this stage away"
    done = "The stage has been taken away."

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        before = ended_before(self.object.order.stages.all(), self.object.starts_on).first()
        return super().get_context_data(before=before, **context)

    def act(self, form: Any) -> str:
        reason = form.cleaned_data["reason"]
        take_stage_away(
            by=self.principal, today=self.today, stage_id=self.object.pk, reason=reason, version=self.sent_version
        )
        return self.back()
