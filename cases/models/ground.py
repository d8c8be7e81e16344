"""Legal grounds of MAPPA status. The category is derived from those open on the day, never typed (R7, R8)."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Case, Q, Value, When

from agencies.roots import GLOBAL
from agencies.spans import days, in_order
from rules.vocabulary import Disposal, EndReason, GroundKind, OffenceOutcome, OrderKind, choices

from .corrected import Corrected, corrected_with_reason
from .nominal import Nominal


class QualifyingOffence(models.Model):
    """An offence that can carry Category 2, with the days on which it was in the table (R10, R15). Reference data."""

    access_root: ClassVar[str] = GLOBAL

    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    provision = models.CharField(max_length=120)
    part = models.CharField(max_length=20, help_text="Murder, Schedule 15 Part 1 or 2, or section 327(4A).")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [in_order("offence_in_order", "valid_from", "valid_to")]
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class Ground(Corrected):
    """One legal ground: offence, outcome, disposal or order, and the days on which it holds."""

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("kind", "from starts_on", "to ends_on")

    # `ground_nominal` is the index of this key: it begins with it.
    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="grounds", db_index=False)
    kind = models.CharField(max_length=22, choices=choices(GroundKind))

    offence = models.ForeignKey(
        QualifyingOffence, on_delete=models.PROTECT, null=True, blank=True, related_name="grounds"
    )
    offence_text = models.TextField("offence in words", blank=True)
    outcome = models.CharField(max_length=22, choices=choices(OffenceOutcome), blank=True)
    outcome_on = models.DateField("date of conviction, caution, finding or order", null=True, blank=True)
    service_court = models.BooleanField("convicted by a service court", default=False)
    terrorist_offence = models.BooleanField("terrorist offence, or found terrorist-connected", default=False)
    order = models.CharField(max_length=20, choices=choices(OrderKind), blank=True)
    order_ends_on = models.DateField("order ends", null=True, blank=True)
    disposal = models.CharField(max_length=32, choices=choices(Disposal), blank=True)
    disposal_on = models.DateField("date of sentence or disposal", null=True, blank=True)
    term_months = models.PositiveSmallIntegerField("length in months", null=True, blank=True)
    term_days = models.PositiveSmallIntegerField("and days", null=True, blank=True)
    total_of_consecutive_terms = models.BooleanField(
        "12 months is reached only by adding consecutive shorter terms", default=False
    )
    legal_confirmation = models.CharField(
        "confirmed by (name and role)", max_length=150, blank=True, help_text="Needed for added terms (R16)."
    )
    finding_capacity = models.TextField("why the offence shows a capacity for serious harm", blank=True)
    finding_current = models.TextField("why they may now cause serious harm that needs several agencies", blank=True)

    starts_on = models.DateField("from")
    ends_on = models.DateField("to", null=True, blank=True, help_text="Empty means indefinite.")
    end_reason = models.CharField(max_length=22, choices=choices(EndReason), blank=True)
    end_confirmed = models.BooleanField(
        "end date confirmed by an officer", default=False, help_text="A proposed end date is not yet confirmed (R21)."
    )
    end_superintendent = models.CharField(
        "Superintendent who decided",
        max_length=150,
        blank=True,
        help_text="Needed when indefinite notification is revoked on review (R22).",
    )

    # What stood before a death ended it: it comes back when the death was recorded by mistake (R28).
    before_death_ends_on = models.DateField("to, before the death", null=True, blank=True)
    before_death_end_reason = models.CharField(
        "why it ends, before the death", max_length=22, choices=choices(EndReason), blank=True
    )
    before_death_end_confirmed = models.BooleanField("end date confirmed, before the death", default=False)

    voided_on = models.DateField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            in_order("ground_in_order"),
            corrected_with_reason("ground_corrected_with_reason"),
            models.CheckConstraint(name="ground_kind_known", condition=Q(kind__in=list(GroundKind))),
            models.CheckConstraint(
                name="ground_voided_with_reason",
                condition=Q(voided_on__isnull=True, void_reason="") | (Q(voided_on__isnull=False) & ~Q(void_reason="")),
            ),
            # R18: Category 3 shares no day with an automatic or terrorism ground of the same person.
            ExclusionConstraint(
                name="ground_category_3_stands_alone",
                expressions=[
                    ("nominal", RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                    (
                        Case(
                            When(kind=GroundKind.OTHER_DANGEROUS, then=Value(1)),
                            default=Value(0),
                            output_field=models.IntegerField(),
                        ),
                        RangeOperators.NOT_EQUAL,
                    ),
                ],
                condition=Q(voided_on__isnull=True),
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]
        indexes = [
            # All that "does a ground stand on this day" asks, for each person of a register.
            models.Index(fields=["nominal", "starts_on", "ends_on"], include=["voided_on"], name="ground_nominal"),
            models.Index(fields=["ends_on"], name="ground_ends", condition=Q(voided_on__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of nominal {self.nominal_id} from {self.starts_on}"
