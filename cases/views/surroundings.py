"""Forms about what surrounds the person: background, connected people, other processes, warnings to staff."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.urls import reverse

from agencies.models import Agency
from agencies.principal import Principal
from agencies.queries import agencies_of
from agencies.roles import Perm
from cases.forms.surroundings import (
    BackgroundForm,
    ConnectedPersonForm,
    ProcessForm,
    StaffWarningForm,
    initial_of,
)
from cases.models import ConnectedPerson, ParallelProcess, StaffWarning
from cases.services.circumstances import (
    change_connected_person,
    change_process,
    change_warning,
    record_background,
    record_connected_person,
    record_process,
    record_warning,
)
from pages.guards import FormPage

from .about import NominalFormPage

M = TypeVar("M", bound=Model)


def circumstances_url(nominal_id: int, part: str = "") -> str:
    """The tab of circumstances, at one of its parts."""
    return reverse("nominal-circumstances", args=[nominal_id]) + (f"#{part}" if part else "")


class SurroundingPage(NominalFormPage, abstract=True):
    """A form that adds to the circumstances of a nominal."""

    permission = Perm.CIRCUMSTANCES_RECORD

    def get_cancel_url(self) -> str:
        return circumstances_url(self.object.pk, self.part)


class RowPage(FormPage[M], abstract=True):
    """A form that changes one row of the circumstances; it carries the row's version."""

    permission = Perm.CIRCUMSTANCES_RECORD
    template_name = "cases/row_form.html"
    form_class: ClassVar[type[forms.BaseForm]]
    part: ClassVar[str] = ""
    done: ClassVar[str] = "The change has been saved."
    object: Any

    def get_queryset(self) -> QuerySet[M]:
        rows: QuerySet[M] = super().get_queryset()
        return rows.select_related("nominal__area")

    def get_initial(self) -> Mapping[str, Any]:
        return initial_of(self.object, self.form_class)

    def back(self) -> str:
        """Where the person came from, with a word that it was done."""
        messages.success(self.request, self.done)
        return self.get_cancel_url()

    def get_cancel_url(self) -> str:
        return circumstances_url(self.object.nominal_id, self.part)


class BackgroundEdit(SurroundingPage):
    """Nationality and language, and what the person says of themselves (R5)."""

    form_class = BackgroundForm
    title = "Background and equality"
    part = "background"
    done = "The background has been saved."

    @property
    def stored_version(self) -> int | None:
        return self.object.backgrounds.values_list("version", flat=True).first()

    def get_initial(self) -> Mapping[str, Any]:
        known = self.object.backgrounds.first()
        return BackgroundForm.initial_of(known) if known else {}

    def act(self, form: Any) -> str:
        record_background(
            by=self.principal,
            today=self.today,
            nominal_id=self.object.pk,
            background=form.record(),
            version=self.sent_version,
        )
        return self.back()


class ConnectedPersonAdd(SurroundingPage):
    """Somebody about the person, never a victim (R82)."""

    form_class = ConnectedPersonForm
    template_name = "cases/connected_person_form.html"
    title = "Add a connected person"
    part = "connected"
    done = "The connected person has been added."

    def act(self, form: Any) -> str:
        record_connected_person(by=self.principal, today=self.today, nominal_id=self.object.pk, person=form.record())
        return self.back()


class ConnectedPersonEdit(RowPage[ConnectedPerson]):
    """What is recorded of somebody about the person."""

    model = ConnectedPerson
    form_class = ConnectedPersonForm
    template_name = "cases/connected_person_change.html"
    title = "Change a connected person"
    part = "connected"

    def act(self, form: Any) -> str:
        change_connected_person(
            by=self.principal, today=self.today, row_id=self.object.pk, version=self.sent_version, person=form.record()
        )
        return self.back()


class ProcessAdd(SurroundingPage):
    """A process that runs beside MAPPA, a tag, a restriction on work, victim contact: reference and dates."""

    form_class = ProcessForm
    title = "Add a process or restriction"
    part = "processes"
    done = "The process has been added."

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"agencies": _running(self.principal)}

    def act(self, form: Any) -> str:
        record_process(by=self.principal, today=self.today, nominal_id=self.object.pk, process=form.record())
        return self.back()


class ProcessEdit(RowPage[ParallelProcess]):
    """The next date of a process, or its end."""

    model = ParallelProcess
    form_class = ProcessForm
    title = "Change a process or restriction"
    part = "processes"

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"agencies": _running(self.principal, self.object.agency)}

    def act(self, form: Any) -> str:
        change_process(
            by=self.principal, today=self.today, row_id=self.object.pk, version=self.sent_version, process=form.record()
        )
        return self.back()


class WarningAdd(SurroundingPage):
    """What staff must know before they meet the person."""

    form_class = StaffWarningForm
    title = "Warn staff"
    part = "warnings"
    done = "The warning stands above the record."

    def act(self, form: Any) -> str:
        record_warning(by=self.principal, today=self.today, nominal_id=self.object.pk, warning=form.record())
        return self.back()


class WarningEdit(RowPage[StaffWarning]):
    """A warning to staff, or its end."""

    model = StaffWarning
    form_class = StaffWarningForm
    title = "Change a warning to staff"
    part = "warnings"

    def act(self, form: Any) -> str:
        change_warning(
            by=self.principal, today=self.today, row_id=self.object.pk, version=self.sent_version, warning=form.record()
        )
        return self.back()


def _running(principal: Principal, known: Agency | None = None) -> list[tuple[str, str]]:
    """Who may be said to run a process: the agencies that take part, and the one on record."""
    rows = {agency.pk: agency.name for agency in agencies_of(principal).order_by("name")}
    return [(str(key), name) for key, name in (rows | ({known.pk: known.name} if known else {})).items()]
