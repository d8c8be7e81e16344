"""Adding a ground, with the rules answering in place; ending one; voiding one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render

from agencies.parameters import parameters_for
from agencies.roles import Perm
from cases.facts import ground_facts_of_record, person_facts
from cases.forms.ground import GroundEndForm, GroundForm, GroundKindForm, GroundVoidForm
from cases.records import GroundRecord
from cases.services.grounds import (
    end_ground,
    may_record_ground,
    record_ground,
    void_ground,
)
from rules.core import Answer
from rules.notification import proposed_notification_end
from rules.vocabulary import EndReason, GroundKind

from .about import GroundFormPage, NominalFormPage

STEP = "step"
CHOOSE, CHECK, USE_PROPOSED = "choose", "check", "use_proposed"
CATEGORY_4 = (GroundKind.TERRORIST_NOTIFICATION, GroundKind.TERRORIST_DISPOSAL, GroundKind.TERRORISM_RISK)
PROPOSAL_RULE = "R21"
PROPOSED = (GroundKind.NOTIFICATION,)


class GroundAdd(NominalFormPage):
    """First which kind of ground, then its facts. "Check" asks the rules without saving. No address names the kind."""

    permission = Perm.GROUND_RECORD
    form_class = GroundForm
    template_name = "cases/ground_add.html"
    title = "Add a ground"
    submit_label = "Add this ground"
    part = "grounds"
    done = "The ground has been added."

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ARG002
        return self.kind_page(GroundKindForm(kinds=self.kinds()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        step = request.POST.get(STEP, "")
        if step == CHOOSE or request.POST.get("kind") not in set(self.kinds()):
            chosen = GroundKindForm(request.POST, kinds=self.kinds())
            if not chosen.is_valid():
                return self.kind_page(chosen, status=422)
            return self.page(form=self.get_form(), hidden=self.hidden(fresh=True))
        if step == CHECK:
            return self.check(self.get_form(data=request.POST))
        if step == USE_PROPOSED:
            return self.use_proposed(request.POST)
        return super().post(request, *args, **kwargs)

    def kinds(self) -> list[GroundKind]:
        """Kinds the person may record: those of Category 4 exist only for people with clearance (R99)."""
        return [kind for kind in GroundKind if kind not in CATEGORY_4 or self.principal.category_4]

    def kind_page(self, form: forms.BaseForm, status: int = 200) -> HttpResponseBase:
        return self.page(status=status, form=form, choosing=True, hidden={STEP: CHOOSE})

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        shown = super().get_context_data(**context)
        return {**shown, "submit_label": "Continue"} if "choosing" in context else shown

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"kind": GroundKind(self.request.POST["kind"])}

    def check(self, form: GroundForm | forms.BaseForm) -> HttpResponseBase:
        """What the rules say to the form as it stands: a fragment for a script, else the page."""
        fragment = bool(self.request.headers.get("HX-Request"))
        answer = self.answer(form) if form.is_valid() else {"unfinished": True}
        if fragment:
            return render(self.request, "cases/ground_answer.html", {"view": self, **answer})
        status = 422 if form.errors else 200
        return self.page(status=status, form=form, hidden=self.hidden(fresh=False), checked=True, **answer)

    def answer(self, form: Any) -> dict[str, Any]:
        """The decision of the service's own twin, and the end of notification that the law suggests (R21)."""
        record = GroundRecord(**form.facts())
        decision = may_record_ground(
            self.object, by=self.principal, today=self.today, ground=record, level=form.first_level()
        )
        proposed = self.proposed(record)
        # What stands below with a button of its own is not said twice.
        warnings = [each for each in decision.warnings if proposed is None or each.rule != PROPOSAL_RULE]
        return {"decision": decision, "warnings": warnings, "proposed": proposed, "ends_on": record.ends_on}

    def proposed(self, record: GroundRecord) -> Answer[date | None] | None:
        """When notification would end; None where nothing is proposed."""
        if record.kind not in PROPOSED or record.outcome is None:
            return None
        facts = ground_facts_of_record(record)
        return proposed_notification_end(facts, person_facts(self.object), parameters_for(self.object.area))

    def use_proposed(self, posted: QueryDict) -> HttpResponseBase:
        """The form again, with the proposed end filled in (or taken away, when notification is indefinite)."""
        form: Any = self.get_form(data=posted)
        if not form.is_valid():
            return self.again(form)
        proposed = self.proposed(GroundRecord(**form.facts()))
        if proposed is None:
            return self.check(form)
        data = posted.copy()
        day = proposed.value
        data["ends_on_day"], data["ends_on_month"], data["ends_on_year"] = (
            (str(day.day), str(day.month), str(day.year)) if day else ("", "", "")
        )
        return self.check(self.get_form(data=data))

    def act(self, form: Any) -> str:
        record_ground(
            by=self.principal,
            today=self.today,
            nominal_id=self.object.pk,
            ground=GroundRecord(**form.facts()),
            level=form.first_level(),
        )
        return self.back()


class GroundEnd(GroundFormPage):
    """Set or move the last day of a ground."""

    permission = Perm.GROUND_EDIT
    form_class = GroundEndForm
    title = "End a ground"
    submit_label = "Save the end date"
    done = "The end date has been saved."

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"kind": GroundKind(self.object.kind)}

    def get_initial(self) -> Mapping[str, Any]:
        return {
            "ends_on": self.object.ends_on,
            "end_reason": self.object.end_reason,
            "superintendent": self.object.end_superintendent,
            "end_confirmed": self.object.end_confirmed,
        }

    def act(self, form: Any) -> str:
        end_ground(
            by=self.principal,
            today=self.today,
            ground_id=self.object.pk,
            ends_on=form.cleaned_data["ends_on"],
            reason=EndReason(form.cleaned_data["end_reason"]),
            superintendent=form.cleaned_data.get("superintendent", ""),
            confirmed=form.cleaned_data["end_confirmed"],
            version=self.sent_version,
        )
        return self.back()


class GroundVoid(GroundFormPage):
    """Void a ground as if it had never been (R29)."""

    permission = Perm.GROUND_EDIT
    form_class = GroundVoidForm
    title = "Void a ground"
    submit_label = "Void this ground"
    template_name = "cases/ground_void.html"
    done = "The ground has been voided."

    def act(self, form: Any) -> str:
        void_ground(
            by=self.principal,
            today=self.today,
            ground_id=self.object.pk,
            reason=form.cleaned_data["reason"],
            version=self.sent_version,
        )
        return self.back()
