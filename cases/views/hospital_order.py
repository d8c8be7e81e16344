"""Forms about hospital and guardianship orders, and the table of what each kind of whereabouts means."""

from collections.abc import Mapping
from typing import Any

from agencies.parameters import parameters_for
from agencies.roles import Perm
from cases.forms.surroundings import HospitalOrderForm, StageForm, initial_of
from cases.models import Ground, HospitalOrder, Nominal
from cases.services.hospital_orders import change_hospital_order, record_hospital_order, set_stage
from pages.guards import TemplatePage
from rules.orders import IN_COMMUNITY
from rules.parameters import Parameters
from rules.vocabulary import HospitalStage
from rules.whereabouts import whereabouts_table

from .about import ground_in_words
from .surroundings import RowPage, SurroundingPage


def choice_of_ground(nominal: Nominal) -> Mapping[str, Any]:
    """The person's grounds that were not voided, and how the form names them."""
    grounds = Ground.objects.filter(nominal=nominal, voided_on__isnull=True).select_related("offence")
    return {"grounds": grounds.order_by("starts_on", "pk"), "labels": {row.pk: ground_in_words(row) for row in grounds}}


class HospitalOrderAdd(SurroundingPage):
    """A hospital or guardianship order, or a transfer to hospital."""

    form_class = HospitalOrderForm
    title = "Add a hospital order"
    part = "orders"
    done = "The hospital order has been added."

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return choice_of_ground(self.object)

    def act(self, form: Any) -> str:
        record_hospital_order(by=self.principal, today=self.today, nominal_id=self.object.pk, order=form.record())
        return self.back()


class HospitalOrderEdit(RowPage[HospitalOrder]):
    """Section, court, Responsible Clinician, social supervisor, Ministry reference."""

    model = HospitalOrder
    form_class = HospitalOrderForm
    title = "Change a hospital order"
    part = "orders"

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return choice_of_ground(self.object.nominal)

    def get_initial(self) -> Mapping[str, Any]:
        return initial_of(self.object, self.form_class) | {"ground": self.object.ground_id}

    def act(self, form: Any) -> str:
        change_hospital_order(
            by=self.principal, today=self.today, order_id=self.object.pk, version=self.sent_version, order=form.record()
        )
        return self.back()


class StageSet(RowPage[HospitalOrder]):
    """Leave, discharge or recall. It puts the person where it says they are (R85, R52)."""

    model = HospitalOrder
    form_class = StageForm
    title = "Record leave, discharge or recall"
    part = "orders"

    @property
    def stored_version(self) -> int | None:
        return None

    def get_initial(self) -> Mapping[str, Any]:
        return {}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        set_stage(
            by=self.principal,
            today=self.today,
            order_id=self.object.pk,
            kind=HospitalStage(said["kind"]),
            starts_on=said["starts_on"],
            note=said["note"],
        )
        return self.back()


class WhereaboutsTable(TemplatePage):
    """What each kind of whereabouts means for the count of 31 March and for the review clock (R85, R52)."""

    permission = Perm.NOMINAL_VIEW
    template_name = "cases/whereabouts_table.html"
    not_exported = "What a rule says, no list of records."
    title = "What counts as the community"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        area_id = self.principal.area_id
        params = Parameters() if area_id is None else parameters_for(area_id)
        stages = [stage for stage in HospitalStage if stage in IN_COMMUNITY]
        return super().get_context_data(
            rows=whereabouts_table(self.today, params), stages=stages, today=self.today, **context
        )
