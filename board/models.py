"""Figures that come from outside the register and that a published report rests on."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from agencies.models import Area
from agencies.roots import GLOBAL


class PopulationEstimate(models.Model):
    """How many people aged 10 and over live in an area, for the rate of one report year (R87)."""

    access_root: ClassVar[str] = GLOBAL

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="population_estimates")
    year = models.CharField("report year", max_length=7, help_text="As 2022-23.")
    aged_10_and_over = models.PositiveIntegerField("people aged 10 and over")
    source = models.CharField(max_length=200, help_text="Which estimate: publisher, and the year it is for.")

    class Meta:
        ordering = ["area", "year"]
        constraints = [
            models.UniqueConstraint(fields=["area", "year"], name="population_once_a_year"),
            models.CheckConstraint(name="population_some", condition=Q(aged_10_and_over__gt=0)),
            models.CheckConstraint(name="population_year_form", condition=Q(year__regex=r"^[0-9]{4}-[0-9]{2}$")),
            models.CheckConstraint(name="population_with_source", condition=~Q(source="")),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.year}"
