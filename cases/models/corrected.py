"""The mark that a row was corrected: when, and why. What stood before stands in the change log."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

TEXT_LENGTH = 300


class Corrected(models.Model):
    """Columns of a row whose dates may have been recorded by mistake."""

    # A row made out of this one, for other days or another holder, was never corrected itself.
    of_this_row: ClassVar[tuple[str, ...]] = ("corrected_on", "correction")

    corrected_on = models.DateField("corrected on", null=True, blank=True)
    correction = models.CharField("why it was corrected", max_length=TEXT_LENGTH, blank=True)

    class Meta:
        abstract = True


def corrected_with_reason(name: str) -> models.CheckConstraint:
    """A correction has its day and its reason, or there is none."""
    return models.CheckConstraint(
        name=name,
        condition=Q(corrected_on__isnull=True, correction="") | (Q(corrected_on__isnull=False) & ~Q(correction="")),
    )
