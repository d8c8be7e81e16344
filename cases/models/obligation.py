"""The one ledger of what is due, with the rule that made it."""

from datetime import date
from typing import Any, ClassVar, TypedDict

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django_stubs_ext import WithAnnotations

from rules.vocabulary import DeadlineStatus, ObligationKind, choices

from .nominal import Nominal


class Standing(TypedDict):
    """What ``with_status`` adds to a row."""

    area_began: date
    status: str


def _starts_of(path: str) -> models.QuerySet[Any, Any]:
    """The day on which the area of the row's owner began to work here."""
    own: models.QuerySet[Any, Any] = Obligation.objects.filter(pk=OuterRef("pk"))
    return own.values(f"{path}__starts_on")[:1]


class ObligationQuerySet(models.QuerySet["Obligation"]):
    """The ledger, with what has become of each row."""

    def waiting(self) -> "ObligationQuerySet":
        """Rows neither met nor cancelled: those of the partial index."""
        return self.filter(met_on__isnull=True, cancelled_on__isnull=True)

    def with_status(self, today: date) -> "models.QuerySet[WithAnnotations[Obligation, Standing]]":
        """Each row with ``status``: in SQL what ``rules.deadlines.status_of`` says, held to it by a property test."""
        # Looked up only for rows that come to it: joined, whole tables were read for a few rows.
        began = Coalesce(*(Subquery(_starts_of(owner)) for owner in ("nominal__area", "agency__area", "area")))
        rows: models.QuerySet[Any, Any] = self.annotate(
            area_began=began,
            status=Case(
                When(cancelled_on__isnull=False, then=Value(DeadlineStatus.CANCELLED.value)),
                When(
                    Q(met_on__isnull=False) & (Q(due_on__isnull=True) | Q(met_on__lte=F("due_on"))),
                    then=Value(DeadlineStatus.MET.value),
                ),
                When(met_on__isnull=False, then=Value(DeadlineStatus.MET_LATE.value)),
                When(triggered_on__lt=F("area_began"), then=Value(DeadlineStatus.BROUGHT_FORWARD.value)),
                When(due_on__isnull=True, then=Value(DeadlineStatus.PAUSED.value)),
                When(due_on__lt=today, then=Value(DeadlineStatus.OVERDUE.value)),
                default=Value(DeadlineStatus.OPEN.value),
                output_field=models.CharField(),
            ),
        )
        return rows


class Obligation(models.Model):
    """Something due for exactly one owner: a person, an agency or an area.

    A moved due date keeps the row. "Overdue" is never stored: ask ``rules.deadlines.status_of``. ``due_on`` empty means
    that the clock is paused (R52). ``works_to`` is the chair's earlier date; ``due_on`` is the limit (R51).
    ``looked_at_on`` is the day on which a row that was brought forward was worked off, by choice (R106).
    """

    access_root: ClassVar[str] = "nominal"

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, null=True, blank=True, related_name="obligations")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    area = models.ForeignKey("agencies.Area", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=30, choices=choices(ObligationKind))
    subject = models.CharField(max_length=60, blank=True, help_text="What of the owner it is about, as kind:id.")
    triggered_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    works_to = models.DateField(null=True, blank=True)
    met_on = models.DateField(null=True, blank=True)
    cancelled_on = models.DateField(null=True, blank=True)
    rule = models.CharField(max_length=60)
    looked_at_on = models.DateField("looked at on", null=True, blank=True)
    looked_at_reason = models.CharField("what came of it", max_length=300, blank=True)

    objects = ObligationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="obligation_one_owner",
                condition=Q(nominal__isnull=False, agency__isnull=True, area__isnull=True)
                | Q(nominal__isnull=True, agency__isnull=False, area__isnull=True)
                | Q(nominal__isnull=True, agency__isnull=True, area__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["nominal", "agency", "area", "kind", "subject", "triggered_on"],
                name="obligation_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="obligation_met_or_cancelled",
                condition=Q(met_on__isnull=True) | Q(cancelled_on__isnull=True),
            ),
            models.CheckConstraint(
                name="obligation_looked_at_with_reason",
                condition=Q(looked_at_on__isnull=True, looked_at_reason="")
                | (Q(looked_at_on__isnull=False) & ~Q(looked_at_reason="")),
            ),
            models.CheckConstraint(
                name="obligation_due_after_trigger", condition=Q(due_on__isnull=True) | Q(due_on__gte=F("triggered_on"))
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                name="obligation_open_due",
                condition=Q(met_on__isnull=True, cancelled_on__isnull=True),
            ),
            models.Index(fields=["nominal", "kind"], name="obligation_nominal"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} triggered {self.triggered_on}"
