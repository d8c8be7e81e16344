"""Dates ahead that change what must be done: release, licence end, tribunal."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from rules.vocabulary import KeyDateKind, choices

from .nominal import Nominal


class KeyDate(models.Model):
    """One current date of each kind; a change keeps the row, and the change log keeps the old date."""

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("kind", "on falls_on")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="key_dates")
    kind = models.CharField(max_length=18, choices=choices(KeyDateKind))
    falls_on = models.DateField("date")
    certain = models.BooleanField("confirmed", default=False)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["nominal", "kind"], name="key_date_one_of_a_kind"),
            models.CheckConstraint(name="key_date_kind_known", condition=Q(kind__in=list(KeyDateKind))),
        ]
        indexes = [models.Index(fields=["falls_on"], name="key_date_falls_on")]

    def __str__(self) -> str:
        return f"{self.kind} of nominal {self.nominal_id}"
