"""Pages of the numbers of the area and of the system. They show no case (R104)."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.urls import reverse

from agencies.access import can
from agencies.models import Area
from agencies.parameters import parameters_for
from agencies.roles import Perm
from agencies.services import set_parameter
from pages.guards import FormPage, TemplatePage
from rules.parameters import Parameter, Parameters, Value, parameter

from .forms import NumberForm
from .numbers import STRENGTHS, Number, numbers_of
from .state import lines, versions


class NumberList(TemplatePage):
    """The numbers in force in the area."""

    permission = Perm.PARAMETERS_VIEW
    template_name = "desk/settings/number_list.html"
    not_exported = "What is set for the area, no list of records: each number has its history."
    title = "Numbers of this area"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        numbers = numbers_of(self.principal.area_id or 0, today=self.today)
        return super().get_context_data(
            numbers=numbers,
            confirm=sum(number.confirm for number in numbers),
            may_change=can(self.principal, Perm.AREA_EDIT),
            strengths=STRENGTHS.values(),
            **context,
        )


class NumberSet(FormPage[Area]):
    """Set one number, or confirm the usual one."""

    permission = Perm.AREA_EDIT
    form_class = NumberForm
    template_name = "desk/settings/number_set.html"
    submit_label = "Set this number"

    @cached_property
    def known(self) -> Parameter:
        try:
            return parameter(self.kwargs["number"])
        except KeyError:
            raise Http404 from None

    def load(self) -> None:
        self.known  # noqa: B018 - a key that is none has no page
        super().load()

    def get_title(self) -> str:
        return self.known.label

    def get_cancel_url(self) -> str:
        return reverse("numbers")

    @cached_property
    def number(self) -> Number:
        numbers = numbers_of(self.principal.area_id or 0, today=self.today)
        return next(each for each in numbers if each.known.key == self.known.key)

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"known": self.known, "today": self.today}

    def get_initial(self) -> Mapping[str, Any]:
        return {"value": self._in_force(), "holds_from": self.today}

    def _in_force(self) -> Value | list[str]:
        laid: Parameters = parameters_for(self.principal.area_id or 0)
        value: Value = laid.get(self.known.key, self.today)
        return list(value) if isinstance(value, tuple) else value

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(number=self.number, **context)

    def act(self, form: Any) -> str:
        holds_from: date = form.cleaned_data["holds_from"]
        set_parameter(
            by=self.principal,
            area=Area.objects.get(pk=self.principal.area_id or 0),
            key=self.known.key,
            value=form.value,
            holds_from=holds_from,
            reason=form.cleaned_data["reason"],
        )
        messages.success(self.request, "The number is set.")
        return self.get_cancel_url()


class SystemState(TemplatePage):
    """How the system is."""

    permission = Perm.SETTINGS_VIEW
    template_name = "desk/settings/system.html"
    not_exported = "How the system is at this moment, no list of records."
    title = "System"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(lines=lines(), versions=versions(), **context)
