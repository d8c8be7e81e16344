"""Advice that the unit gave when somebody called or wrote: no referral, and no clock."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from agencies.roots import Owned
from rules.vocabulary import AdviceOutcome, choices

from .nominal import Nominal

COMPARTMENT = "advice"


class Advice(models.Model):
    """One call or message: who asked, about whom, what was said and what follows.

    ``nominal`` empty: about nobody named. ``agency`` is the agency of who asked, empty for somebody outside them all.
    ``given_by`` empty: brought in by the system.
    """

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("agency", ", asked_by", ", given_on")
    access_unrooted: ClassVar[Owned] = Owned("area", "agency")

    area = models.ForeignKey("agencies.Area", on_delete=models.PROTECT, related_name="+")
    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, null=True, blank=True, related_name="advice")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_by = models.CharField("who asked", max_length=120)
    said = models.TextField("what was said")
    outcome = models.CharField("what follows", max_length=10, choices=choices(AdviceOutcome))
    given_on = models.DateField()
    given_by = models.ForeignKey("agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    call_back_on = models.DateField("call back on", null=True, blank=True)
    called_back_on = models.DateField("called back on", null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "advice"
        verbose_name_plural = "advice"
        ordering = ["-given_on", "-id"]
        constraints = [
            models.CheckConstraint(name="advice_outcome_known", condition=Q(outcome__in=list(AdviceOutcome))),
            models.CheckConstraint(name="advice_says_something", condition=~Q(said="") & ~Q(asked_by="")),
            models.CheckConstraint(
                name="advice_call_back_with_its_day",
                condition=Q(outcome=AdviceOutcome.CALL_BACK, call_back_on__isnull=False)
                | (~Q(outcome=AdviceOutcome.CALL_BACK) & Q(call_back_on__isnull=True, called_back_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="advice_called_back_later",
                condition=Q(called_back_on__isnull=True) | Q(called_back_on__gte=F("given_on")),
            ),
        ]
        indexes = [models.Index(fields=["area", "-given_on"], name="advice_of_the_area")]

    def __str__(self) -> str:
        return f"advice {self.pk} of {self.given_on}"
