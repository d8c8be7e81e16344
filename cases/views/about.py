"""What the form pages about one nominal share."""

from typing import ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse

from cases.models import Ground, Nominal
from pages.guards import FormPage


def nominal_url(nominal_id: int, part: str = "") -> str:
    """The nominal's page, at one of its parts."""
    return reverse("nominal", args=[nominal_id]) + (f"#{part}" if part else "")


class NominalFormPage(FormPage[Nominal], abstract=True):
    """A form that adds to a nominal, or puts one dated fact in the place of another.

    It carries no version: two people who each add something do not overwrite each other.
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
        return self.get_cancel_url()

    def get_cancel_url(self) -> str:
        return nominal_url(self.object.nominal_id, "grounds")
