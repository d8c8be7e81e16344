"""Putting right who leads and who is the named officer (R97)."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from agencies.models import Agency, User
from agencies.queries import leading_agencies_of, officers_of
from agencies.roles import Perm
from cases.forms.corrections import LeadAgencyCorrectionForm, NamedOfficerCorrectionForm, WhoLeadsAwayForm
from cases.models import LeadAgencySpan, NamedOfficerSpan
from cases.services.splice import ended_before
from cases.services.who_leads_corrections import (
    correct_lead_agency,
    correct_named_officer,
    take_lead_agency_away,
    take_named_officer_away,
    uncovered_without,
)
from rules.corrections import nobody_would_lead

from .corrections import CorrectionPage, SpanCorrectionPage


class LeadAgencyCorrect(SpanCorrectionPage[LeadAgencySpan]):
    """Another agency, or another first day, of one that leads or led."""

    permission = Perm.NOMINAL_EDIT
    model = LeadAgencySpan
    form_class = LeadAgencyCorrectionForm
    title = "Correct the lead agency"
    part = "people"
    shown = ("agency", "starts_on")

    def get_form_kwargs(self) -> Mapping[str, Any]:
        led_or_may = Q(pk__in=leading_agencies_of(self.principal).values("pk")) | Q(pk=self.object.agency_id)
        return {"agencies": Agency.objects.filter(led_or_may)}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        correct_lead_agency(
            by=self.principal,
            today=self.today,
            span_id=self.object.pk,
            agency_id=said["agency"].pk,
            starts_on=said["starts_on"],
            reason=said["reason"],
            version=self.sent_version,
        )
        return self.back()


class LeadAgencyAway(CorrectionPage[LeadAgencySpan]):
    """A lead agency that never was."""

    permission = Perm.NOMINAL_EDIT
    model = LeadAgencySpan
    form_class = WhoLeadsAwayForm
    template_name = "cases/who_leads_away.html"
    title = "Take a lead agency away"
    submit_label = "Take this lead agency away"
    part = "people"
    done = "The lead agency has been taken away."

    def get_queryset(self) -> QuerySet[LeadAgencySpan]:
        return super().get_queryset().select_related("nominal__area", "agency")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        before = ended_before(self.object.nominal.lead_agencies.select_related("agency"), self.object.starts_on).first()
        stopped = nobody_would_lead(uncovered_without(self.object))
        return super().get_context_data(before=before, stopped=stopped, **context)

    def act(self, form: Any) -> str:
        reason = form.cleaned_data["reason"]
        take_lead_agency_away(
            by=self.principal, today=self.today, span_id=self.object.pk, reason=reason, version=self.sent_version
        )
        return self.back()


class NamedOfficerCorrect(SpanCorrectionPage[NamedOfficerSpan]):
    """Another officer of the agency, or another first day."""

    permission = Perm.NOMINAL_EDIT
    model = NamedOfficerSpan
    form_class = NamedOfficerCorrectionForm
    template_name = "cases/named_officer_correct.html"
    title = "Correct the named officer"
    part = "people"
    shown = ("officer", "starts_on")

    def neighbours(self) -> QuerySet[Any]:
        return super().neighbours().filter(agency=self.object.agency_id)

    def get_queryset(self) -> QuerySet[NamedOfficerSpan]:
        return super().get_queryset().select_related("nominal__area", "agency")

    def get_form_kwargs(self) -> Mapping[str, Any]:
        on, area_id = min(self.today, self.object.ends_on or self.today), self.object.nominal.area_id
        fit = officers_of(area_id, on=on, agency_id=self.object.agency_id)
        return {"officers": User.objects.filter(Q(pk__in=fit.values("pk")) | Q(pk=self.object.officer_id))}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        correct_named_officer(
            by=self.principal,
            today=self.today,
            span_id=self.object.pk,
            officer_id=said["officer"].pk,
            starts_on=said["starts_on"],
            reason=said["reason"],
            version=self.sent_version,
        )
        return self.back()


class NamedOfficerAway(CorrectionPage[NamedOfficerSpan]):
    """A named officer who never was."""

    permission = Perm.NOMINAL_EDIT
    model = NamedOfficerSpan
    form_class = WhoLeadsAwayForm
    template_name = "cases/who_leads_away.html"
    title = "Take a named officer away"
    submit_label = "Take this officer away"
    part = "people"
    done = "The named officer has been taken away."

    def get_queryset(self) -> QuerySet[NamedOfficerSpan]:
        return super().get_queryset().select_related("nominal__area", "agency", "officer")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        of_agency = self.object.nominal.named_officers.filter(agency=self.object.agency_id).select_related("officer")
        return super().get_context_data(before=ended_before(of_agency, self.object.starts_on).first(), **context)

    def act(self, form: Any) -> str:
        reason = form.cleaned_data["reason"]
        take_named_officer_away(
            by=self.principal, today=self.today, span_id=self.object.pk, reason=reason, version=self.sent_version
        )
        return self.back()
