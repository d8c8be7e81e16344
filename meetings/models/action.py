"""What a meeting gives to an agency to do."""

from datetime import date
from typing import Any, ClassVar, TypedDict

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django_stubs_ext import WithAnnotations

from cases.models import Nominal
from cases.models.corrected import Corrected, corrected_with_reason
from rules.vocabulary import ActionOutcome, DeadlineStatus, choices

LONGEST_ACTION = 500


class Standing(TypedDict):
    """What ``with_status`` adds to a row."""

    status: str


class ActionQuerySet(models.QuerySet["Action"]):
    """Actions, with what has become of each."""

    def waiting(self) -> "ActionQuerySet":
        """Neither done nor given up."""
        return self.filter(closed_on__isnull=True)

    def with_status(self, today: date) -> "models.QuerySet[WithAnnotations[Action, Standing]]":
        """Each row with ``status``: in SQL what ``rules.actions.action_status`` says, held to it by a test."""
        rows: models.QuerySet[Any, Any] = self.annotate(
            status=Case(
                When(closed_on__lte=F("due_on"), then=Value(DeadlineStatus.MET.value)),
                When(closed_on__isnull=False, then=Value(DeadlineStatus.MET_LATE.value)),
                When(given_on__lt=F("nominal__area__starts_on"), then=Value(DeadlineStatus.BROUGHT_FORWARD.value)),
                When(due_on__lt=today, then=Value(DeadlineStatus.OVERDUE.value)),
                default=Value(DeadlineStatus.OPEN.value),
                output_field=models.CharField(),
            )
        )
        return rows


class Action(Corrected):
    """One thing for one agency to do about a person, numbered within the person (R69).

    Whether it is overdue is never stored: ask ``rules.actions.action_status``. ``brought_in``: it came with a list from
    before this register, and no meeting here gave it.
    """

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("what", ", due due_on")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="actions")
    number = models.PositiveIntegerField()
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    what = models.CharField("action", max_length=LONGEST_ACTION)
    given_on = models.DateField()
    due_on = models.DateField()
    brought_in = models.BooleanField(default=False)
    closed_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=choices(ActionOutcome), blank=True)
    note = models.CharField("what came of it", max_length=LONGEST_ACTION, blank=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["nominal", "number"], name="action_number_once"),
            models.CheckConstraint(name="action_says_what", condition=~Q(what="")),
            models.CheckConstraint(name="action_due_after_given", condition=Q(due_on__gte=F("given_on"))),
            models.CheckConstraint(name="action_outcome_known", condition=Q(outcome__in=["", *ActionOutcome])),
            models.CheckConstraint(
                name="action_closed_with_outcome",
                condition=Q(closed_on__isnull=True, outcome="", note="")
                | (Q(closed_on__gte=F("given_on")) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="action_not_done_with_reason",
                condition=Q(outcome__in=["", ActionOutcome.DONE]) | ~Q(note=""),
            ),
            corrected_with_reason("action_corrected_with_reason"),
        ]
        indexes = [
            models.Index(fields=["agency", "due_on"], name="action_open", condition=Q(closed_on__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"action {self.number} of nominal {self.nominal_id}"

    @property
    def is_open(self) -> bool:
        return self.closed_on is None
