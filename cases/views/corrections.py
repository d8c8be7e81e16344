"""Putting right what was recorded by mistake: one form for each kind of row, with the reason."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet

from agencies.roles import Perm
from cases.forms.corrections import WhereaboutsCorrectionForm
from cases.models import WhereaboutsSpan
from cases.services.corrections import Stay, correct_whereabouts
from pages.guards import FormPage
from rules.vocabulary import Whereabouts

from .about import nominal_url

M = TypeVar("M", bound=Model)


class CorrectionPage(FormPage[M], abstract=True):
    """A form that corrects one row of a nominal."""

    template_name = "cases/correction_form.html"
    submit_label = "Save the correction"
    part: ClassVar[str] = ""
    done: ClassVar[str] = "The correction has been saved."
    object: Any

    def get_queryset(self) -> QuerySet[M]:
        rows: QuerySet[M] = super().get_queryset()
        return rows.select_related("nominal__area")

    def get_initial(self) -> Mapping[str, Any]:
        """What stands recorded; the reason is each correction's own."""
        return {name: getattr(self.object, name) for name in self.form_class.base_fields if name != "reason"}

    def back(self) -> str:
        """Where the person came from, with a word that it was done."""
        messages.success(self.request, self.done)
        return self.get_cancel_url()

    def get_cancel_url(self) -> str:
        return nominal_url(self.object.nominal_id, self.part)


class WhereaboutsCorrect(CorrectionPage[WhereaboutsSpan]):
    """Another kind, place or first day of a stay; the review clock follows (R52)."""

    permission = Perm.WHEREABOUTS_RECORD
    model = WhereaboutsSpan
    form_class = WhereaboutsCorrectionForm
    title = "Correct where they were"
    part = "whereabouts"

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        correct_whereabouts(
            by=self.principal,
            today=self.today,
            span_id=self.object.pk,
            stay=Stay(Whereabouts(said["kind"]), said["starts_on"], said["place"]),
            reason=said["reason"],
        )
        return self.back()
