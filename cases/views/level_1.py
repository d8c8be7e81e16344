"""Recording at Level 1: a screening, a review, a change; the decision on an ending; who holds reviews."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse

from agencies.models import Agency
from agencies.parameters import parameters_for
from agencies.queries import leading_agencies_of
from agencies.roles import Perm
from agencies.spans import open_on
from cases.forms.level_1 import (
    ON,
    ChangeForm,
    EndingForm,
    IdentificationForm,
    Level1ReviewForm,
    ScreeningForm,
    SwitchForm,
    ThresholdingForm,
)
from cases.level_1 import agencies_with_reviews
from cases.models import Level1Switch
from cases.queries import with_derived
from cases.services.endings import record_ending_decision
from cases.services.level_1 import (
    record_level_1_review,
    record_screening,
    report_change,
    switch_level_1_reviews,
)
from cases.services.screening import record_identification, record_thresholding
from cases.thresholding import thresholding_of, with_thresholding
from pages.guards import DrawnList, FormPage
from pages.lists import Column
from rules.core import Answer
from rules.vocabulary import (
    CaseChange,
    EndingOutcome,
    Level,
    ReviewForm,
    RiskLevel,
    ScreeningOutcome,
    ThresholdingOutcome,
)

from .about import GroundFormPage, NominalFormPage


class DueFormPage(NominalFormPage, abstract=True):
    """A form that leads back to what is due for the person."""

    def get_cancel_url(self) -> str:
        return reverse("nominal-due", args=[self.object.pk])


class ScreeningAdd(DueFormPage):
    """What the lead agency found when it screened the person (R41)."""

    permission = Perm.LEVEL_1_RECORD
    form_class = ScreeningForm
    title = "Record a screening"
    done = "The screening has been recorded."

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        record_screening(
            by=self.principal,
            today=self.today,
            nominal_id=self.object.pk,
            screened_on=said["screened_on"],
            outcome=ScreeningOutcome(said["outcome"]),
            reason=said["reason"],
        )
        return self.back()


class IdentificationAdd(DueFormPage):
    """When the managing agency identified the case (R42)."""

    permission = Perm.LEVEL_1_RECORD
    form_class = IdentificationForm
    title = "Record when the case was identified"
    done = "The identification has been recorded."

    def get_initial(self) -> Mapping[str, Any]:
        leads = self.object.lead_agencies.filter(open_on(self.today))
        began = self.object.grounds.filter(voided_on__isnull=True).order_by("-starts_on").first()
        sentenced_on = (began.disposal_on or began.starts_on) if began else None
        return {"agency": leads.values_list("agency", flat=True).first(), "sentenced_on": sentenced_on}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"agencies": leading_agencies_of(self.principal)}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        record_identification(
            by=self.principal,
            today=self.today,
            nominal_id=self.object.pk,
            agency_id=said["agency"].pk,
            sentenced_on=said["sentenced_on"],
            known_on=said["known_on"],
        )
        return self.back()


class ThresholdingAdd(DueFormPage):
    """Whether domestic abuse or stalking needs Level 2 or 3, with what is known of it (R50)."""

    permission = Perm.LEVEL_1_RECORD
    form_class = ThresholdingForm
    template_name = "cases/thresholding_form.html"
    title = "Record a thresholding outcome"
    done = "The outcome has been recorded."

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = with_derived(super().get_queryset(), on=self.today)
        return with_thresholding(rows, on=self.today)

    def get_initial(self) -> Mapping[str, Any]:
        return {"decided_on": self.today}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row: Any = self.object
        question = thresholding_of(row, Level(row.level) if row.level else None)
        return super().get_context_data(
            question=question, pattern=row.backgrounds.values_list("abuse", flat=True).first(), **context
        )

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        record_thresholding(
            by=self.principal,
            today=self.today,
            nominal_id=self.object.pk,
            decided_on=said["decided_on"],
            outcome=ThresholdingOutcome(said["outcome"]),
            reason=said["reason"],
        )
        return self.back()


class Level1ReviewAdd(DueFormPage):
    """A Level 1 review, by meeting or on paper (R40)."""

    permission = Perm.LEVEL_1_RECORD
    form_class = Level1ReviewForm
    title = "Record a Level 1 review"
    done = "The review has been recorded."

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        record_level_1_review(
            by=self.principal,
            today=self.today,
            nominal_id=self.object.pk,
            held_on=said["held_on"],
            form=ReviewForm(said["held_as"]),
            contributors=said["contributors"],
            decision=said["decision"],
            risk=RiskLevel(said["risk"]),
            next_on=said["next_on"],
        )
        return self.back()


class ChangeAdd(DueFormPage):
    """A change that brings the Level 1 review forward (R39)."""

    permission = Perm.LEVEL_1_RECORD
    form_class = ChangeForm
    title = "Record a change"
    done = "The change has been recorded."

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        report_change(
            by=self.principal,
            today=self.today,
            nominal_id=self.object.pk,
            kind=CaseChange(said["kind"]),
            happened_on=said["happened_on"],
            note=said["note"],
        )
        return self.back()


class EndingDecide(GroundFormPage):
    """The decision before the last ground of a person at Level 2 or 3 ends (R26)."""

    permission = Perm.LEVEL_RECORD
    form_class = EndingForm
    title = "Decide what follows the last ground"
    submit_label = "Save the decision"
    done = "The decision has been recorded."

    @property
    def stored_version(self) -> int | None:
        return None

    def get_cancel_url(self) -> str:
        return reverse("nominal-due", args=[self.object.nominal_id])

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        record_ending_decision(
            by=self.principal,
            today=self.today,
            ground_id=self.object.pk,
            outcome=EndingOutcome(said["outcome"]),
            reason=said["reason"],
        )
        return self.back()


class Level1Switches(DrawnList[tuple[Agency, Answer[bool]]], FormPage[Level1Switch]):
    """Which lead agencies hold Level 1 reviews here, and a form to switch one on or off from a day (R39)."""

    permission = Perm.LEVEL_1_SWITCH
    form_class = SwitchForm
    template_name = "cases/level_1_switches.html"
    table_template = "cases/level_1_switches_table.html"
    title = "Level 1 reviews by agency"
    columns = (Column("Agency"), Column("Level 1 reviews today"))
    noun = ("agency", "agencies")

    def agencies(self) -> QuerySet[Agency]:
        return leading_agencies_of(self.principal)

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"agencies": self.agencies()}

    def get_cancel_url(self) -> str:
        return reverse("due")

    def lines(self) -> Sequence[tuple[Agency, Answer[bool]]]:
        agencies = list(self.agencies().order_by("name"))
        answers = agencies_with_reviews(agencies, self.today, parameters_for(self.principal.area_id or 0))
        return [(each, answers[each.pk]) for each in agencies]

    def records_of(self, line: tuple[Agency, Answer[bool]]) -> Sequence[Agency]:
        return (line[0],)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        switches = Level1Switch.objects.filter(agency__in=self.agencies()).select_related("agency")
        return super().get_context_data(switches=switches.order_by("-holds_from"), **context)

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        switch_level_1_reviews(
            by=self.principal,
            today=self.today,
            agency_id=said["agency"].pk,
            holds_from=said["holds_from"],
            reviews=said["reviews"] == ON,
            reason=said["reason"],
        )
        messages.success(self.request, "The switch has been recorded.")
        return reverse("level-1-switches")
