"""Level 1: screenings, reviews, the changes that bring one forward, and who holds them; the decision on an end."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from agencies.roots import GLOBAL
from rules.vocabulary import (
    CaseChange,
    EndingOutcome,
    ReviewForm,
    RiskLevel,
    ScreeningOutcome,
    ThresholdingOutcome,
    choices,
)

from .corrected import Corrected, corrected_with_reason
from .ground import Ground
from .nominal import Nominal


class Screening(Corrected):
    """The lead agency has looked at a person with an automatic ground (R41)."""

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("outcome", "on screened_on")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="screenings")
    screened_on = models.DateField()
    outcome = models.CharField(max_length=8, choices=choices(ScreeningOutcome))
    reason = models.TextField("reasons")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["screened_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["nominal", "screened_on"], name="screening_one_a_day"),
            models.CheckConstraint(name="screening_outcome_known", condition=Q(outcome__in=list(ScreeningOutcome))),
            models.CheckConstraint(name="screening_with_reason", condition=~Q(reason="")),
            corrected_with_reason("screening_corrected_with_reason"),
        ]

    def __str__(self) -> str:
        return f"screening of nominal {self.nominal_id} on {self.screened_on}"


class Level1Review(Corrected):
    """A Level 1 review, by meeting or on paper: who contributed, the decision, the next date (R39, R40)."""

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("form", "on held_on")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="level_1_reviews")
    held_on = models.DateField()
    form = models.CharField("held as", max_length=8, choices=choices(ReviewForm))
    contributors = models.TextField("who contributed")
    decision = models.TextField()
    risk = models.CharField(
        "risk of serious harm", max_length=9, choices=choices(RiskLevel), blank=True, help_text="Empty: not recorded."
    )
    next_on = models.DateField("next review", null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "Level 1 review"
        ordering = ["held_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["nominal", "held_on"], name="level_1_review_one_a_day"),
            models.CheckConstraint(name="level_1_review_form_known", condition=Q(form__in=list(ReviewForm))),
            models.CheckConstraint(
                name="level_1_review_risk_known", condition=Q(risk="") | Q(risk__in=list(RiskLevel))
            ),
            models.CheckConstraint(
                name="level_1_review_next_later", condition=Q(next_on__isnull=True) | Q(next_on__gt=F("held_on"))
            ),
            corrected_with_reason("level_1_review_corrected_with_reason"),
        ]

    def __str__(self) -> str:
        return f"Level 1 review of nominal {self.nominal_id} on {self.held_on}"


class ReportedChange(Corrected):
    """A change in the person's life that brings the Level 1 review forward (R39), told by somebody.

    Changes of address and recalls are read off their own rows.
    """

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("kind", "on happened_on")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="reported_changes")
    kind = models.CharField("what changed", max_length=11, choices=choices(CaseChange))
    happened_on = models.DateField()
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "change"
        ordering = ["happened_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["nominal", "kind", "happened_on"], name="change_one_of_a_kind_a_day"),
            models.CheckConstraint(name="change_kind_known", condition=Q(kind__in=list(CaseChange))),
            corrected_with_reason("change_corrected_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of nominal {self.nominal_id} on {self.happened_on}"


class EndingDecision(models.Model):
    """What was decided before the last ground of a person at Level 2 or 3 ends (R26)."""

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("outcome", "on decided_on")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="ending_decisions")
    ground = models.ForeignKey(Ground, on_delete=models.CASCADE, related_name="ending_decisions")
    decided_on = models.DateField()
    outcome = models.CharField("decision", max_length=10, choices=choices(EndingOutcome))
    reason = models.TextField("reasons")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "decision on an ending ground"
        constraints = [
            models.CheckConstraint(name="ending_outcome_known", condition=Q(outcome__in=list(EndingOutcome))),
            models.CheckConstraint(name="ending_with_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"decision on ground {self.ground_id} of nominal {self.nominal_id}"


class Thresholding(Corrected):
    """What came of asking whether domestic abuse or stalking needs Level 2 or 3 (R50). One a day.

    ``decided_by`` empty: brought in by the system.
    """

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("outcome", "on decided_on")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="thresholdings")
    decided_on = models.DateField()
    outcome = models.CharField(max_length=7, choices=choices(ThresholdingOutcome))
    reason = models.TextField("reasons")
    decided_by = models.ForeignKey("agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "outcome of thresholding"
        ordering = ["-decided_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["nominal", "decided_on"], name="thresholding_one_a_day"),
            models.CheckConstraint(
                name="thresholding_outcome_known", condition=Q(outcome__in=list(ThresholdingOutcome))
            ),
            models.CheckConstraint(name="thresholding_with_reason", condition=~Q(reason="")),
            corrected_with_reason("thresholding_corrected_with_reason"),
        ]

    def __str__(self) -> str:
        return f"thresholding of nominal {self.nominal_id} on {self.decided_on}"


class Level1Switch(models.Model):
    """From a day on, an agency holds Level 1 reviews of the cases it leads, or does not (R39). Its teams follow it."""

    access_root: ClassVar[str] = GLOBAL

    agency = models.ForeignKey("agencies.Agency", on_delete=models.CASCADE, related_name="+")
    holds_from = models.DateField()
    reviews = models.BooleanField("holds Level 1 reviews")
    reason = models.CharField(max_length=300)

    class Meta:
        verbose_name = "Level 1 reviews of an agency"
        ordering = ["agency", "holds_from"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "holds_from"], name="level_1_switch_once_a_day"),
            models.CheckConstraint(name="level_1_switch_with_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"Level 1 reviews of agency {self.agency_id} from {self.holds_from}"
