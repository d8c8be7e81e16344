"""What a step did to rows, kept so that it can be taken back: the shape of a line, and the lines of hand-overs."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from agencies.roots import GLOBAL

from .partners import PlannedHandOver


class JournalLine(models.Model):
    """What was done to one row: the columns that changed, before and after, as text (``agencies.journal``).

    ``before`` empty: the row was made. ``after`` empty: it was removed, and ``before`` is all of it. ``digest`` is that
    of the whole row afterwards, by which a later change is noticed.
    """

    table = models.CharField(max_length=63)
    row = models.BigIntegerField()
    before: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    after: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        abstract = True


class HandOverLine(JournalLine):
    """What a hand-over wrote ahead to one row, until its day, or until it is called off; then, what was left as it is.

    ``knot`` names the rows that hang together, after whoever wrote them: they go back together or not at all.
    ``person`` is the id of the guarded row to which the row belongs, if it belongs to one.
    """

    access_root: ClassVar[str] = GLOBAL

    hand_over = models.ForeignKey(PlannedHandOver, on_delete=models.CASCADE, related_name="entries")
    knot = models.CharField(max_length=80)
    person = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="hand_over_line_says_something", condition=Q(before__isnull=False) | Q(after__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.row} in hand-over {self.hand_over_id}"
