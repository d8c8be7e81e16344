"""What the form pages about one nominal share."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from cases.booked import still_booked
from cases.models import Ground, Nominal
from cases.stamps import stamp_of
from pages.dates import british_date
from pages.guards import FormPage

M = TypeVar("M", bound=Model)


def say_what_stands(page: FormPage[Any], nominal: Nominal) -> None:
    """A word on what is booked for the person and rests on what has just been ended: nothing is cancelled by itself."""
    for text in still_booked(nominal, page.principal, page.today):
        messages.warning(page.request, text)


def nominal_url(nominal_id: int, part: str = "") -> str:
    """The nominal's page, at one of its parts."""
    return reverse("nominal", args=[nominal_id]) + (f"#{part}" if part else "")


def ground_in_words(ground: Ground) -> str:
    """What a ground is: its offence or kind, its disposal, its first day. Its offence was read with it."""
    offence = ground.offence.title if ground.offence else ground.offence_text
    said = (
        offence or ground.get_kind_display(),
        ground.get_disposal_display(),
        f"from {british_date(ground.starts_on)}",
    )
    return ", ".join(filter(None, said))


class ChangedFirstPage(FormPage[M], abstract=True):
    """A form that says before anything else what was changed meanwhile: its choices may depend on it."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        seen = self.sent_version
        if seen is None or seen == self.stored_version or self.was_carried_out:
            return super().post(request, *args, **kwargs)
        form = self.get_form(data=request.POST)
        form.is_valid()
        return self.conflict(form)


class NominalFormPage(FormPage[Nominal], abstract=True):
    """A form that adds to a nominal. It carries no version: two people who each add something overwrite nothing.

    What puts one dated fact in the place of another is a ``SpanFormPage``.
    """

    model = Nominal
    template_name = "cases/nominal_form.html"
    part: ClassVar[str] = ""
    done: ClassVar[str] = "Saved."

    @property
    def stored_version(self) -> int | None:
        return None

    def get_queryset(self) -> QuerySet[Nominal]:
        return Nominal.objects.select_related("area", "panel_area")

    def back(self) -> str:
        """Where the person came from, with a word that it was done."""
        messages.success(self.request, self.done)
        return self.get_cancel_url()

    def get_cancel_url(self) -> str:
        return nominal_url(self.object.pk, self.part)


class SpanFormPage(ChangedFirstPage[Nominal], NominalFormPage, abstract=True):
    """A form for a dated fact that takes the place of others of its kind: it carries the stamp of those that were seen.

    ``spans`` is the name by which the nominal knows them.
    """

    spans: ClassVar[str]

    @property
    def stored_version(self) -> int | None:
        return stamp_of(self._rows())

    def back(self) -> str:
        said = super().back()
        say_what_stands(self, self.object)
        return said

    @abstractmethod
    def said_by(self, span: Any) -> Mapping[str, Any]:
        """What a stored span says, by the fields of the form and in its words."""

    def get_saved_form(self) -> forms.BaseForm:
        latest = self._rows().order_by("-starts_on", "-pk").first()
        said = {} if latest is None else dict(self.said_by(latest))
        return self.form_class(initial=said, **self.get_form_kwargs())

    def _rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = getattr(self.object, self.spans).all()
        return rows


class GroundFormPage(FormPage[Ground], abstract=True):
    """A form that changes one ground; it carries the ground's version."""

    model = Ground
    template_name = "cases/ground_form.html"
    done: ClassVar[str] = "Saved."

    def get_queryset(self) -> QuerySet[Ground]:
        return Ground.objects.select_related("nominal__area", "offence")

    def back(self) -> str:
        """Where the person came from, with a word that it was done."""
        messages.success(self.request, self.done)
        say_what_stands(self, self.object.nominal)
        return self.get_cancel_url()

    def get_cancel_url(self) -> str:
        return nominal_url(self.object.nominal_id, "grounds")
