"""The one ledger of what is due, with the rule that made it."""

from datetime import date
from typing import Any, ClassVar, TypedDict

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.sql.compiler import SQLCompiler
from django_stubs_ext import WithAnnotations

from rules.vocabulary import DeadlineStatus, ObligationKind, choices

from .nominal import Nominal


class Standing(TypedDict):
    """What ``with_status`` adds to a row."""

    status: str


# Written as text, once: the query builder took longer to put it together than the database takes to answer. The first
# day of the owner's area is looked up only for rows that come to it: joined, whole tables were read for a few rows.
_BEGAN = (
    "(SELECT a.starts_on FROM agencies_area a WHERE a.id = COALESCE("
    "(SELECT n.area_id FROM cases_nominal n WHERE n.id = {1}), "
    "(SELECT g.area_id FROM agencies_agency g WHERE g.id = {2}), {3}))"
)
_STATUS = (
    f"CASE WHEN {{4}} IS NOT NULL THEN '{DeadlineStatus.CANCELLED.value}' "
    f"WHEN {{5}} IS NOT NULL AND ({{6}} IS NULL OR {{5}} <= {{6}}) THEN '{DeadlineStatus.MET.value}' "
    f"WHEN {{5}} IS NOT NULL THEN '{DeadlineStatus.MET_LATE.value}' "
    f"WHEN {{0}} < {_BEGAN} THEN '{DeadlineStatus.BROUGHT_FORWARD.value}' "
    f"WHEN {{6}} IS NULL THEN '{DeadlineStatus.PAUSED.value}' "
    f"WHEN {{6}} < %s THEN '{DeadlineStatus.OVERDUE.value}' "
    f"ELSE '{DeadlineStatus.OPEN.value}' END"
)


class _Status(Func):
    """What has become of a row of the ledger on a day."""

    def __init__(self, today: date) -> None:
        columns = ("triggered_on", "nominal", "agency", "area", "cancelled_on", "met_on", "due_on")
        super().__init__(*(F(each) for each in columns), output_field=models.CharField())
        self.today = today

    def as_sql(self, compiler: SQLCompiler, *_: Any, **__: Any) -> tuple[str, list[Any]]:
        columns = [compiler.compile(each)[0] for each in self.get_source_expressions()]
        return _STATUS.format(*columns), [self.today]


class ObligationQuerySet(models.QuerySet["Obligation"]):
    """The ledger, with what has become of each row."""

    def waiting(self) -> "ObligationQuerySet":
        """Rows neither met nor cancelled: those of the partial index."""
        return self.filter(met_on__isnull=True, cancelled_on__isnull=True)

    def with_status(self, today: date) -> "models.QuerySet[WithAnnotations[Obligation, Standing]]":
        """Each row with ``status``: in SQL what ``rules.deadlines.status_of`` says, held to it by a property test."""
        rows: models.QuerySet[Any, Any] = self.annotate(status=_Status(today))
        return rows


class Obligation(models.Model):
    """Something due for exactly one owner: a person, an agency or an area.

    A moved due date keeps the row. "Overdue" is never stored: ask ``rules.deadlines.status_of``. ``due_on`` empty means
    that the clock is paused (R52). ``works_to`` is the chair's earlier date; ``due_on`` is the limit (R51).
    ``looked_at_on`` is the day on which a row that was brought forward was worked off, by choice (R106).
    """

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("kind", "due due_on")

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
