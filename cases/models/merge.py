"""Two records that were one person, merged, with what it takes to undo it; and two people who look like one."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from agencies.models.journal import JournalLine
from rules.vocabulary import Handling, choices

from .nominal import Nominal

PAIRS = "pairs"
"""The compartment of a record's history that no page shows: it would tell of the other record."""


class Merge(models.Model):
    """One record taken into another: the absorbed row stays, pointing to the kept one, until the merge is undone.

    ``held`` are the ids of the rows that both records had before, by table: what is not among them came later.
    """

    access_root: ClassVar[str] = "kept"
    heading: ClassVar[tuple[str, ...]] = ("merged_on",)

    kept = models.ForeignKey(Nominal, on_delete=models.PROTECT, related_name="merges")
    absorbed = models.ForeignKey(Nominal, on_delete=models.PROTECT, related_name="absorptions")
    reason = models.CharField("why they are one person", max_length=300)
    handling = models.CharField("handling of the merged record", max_length=12, choices=choices(Handling))
    held: "models.JSONField[Any, Any]" = models.JSONField(default=dict, editable=False)
    merged_on = models.DateField()
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_on = models.DateField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undo_reason = models.CharField("why they are two people", max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="merge_of_two", condition=~Q(kept=F("absorbed"))),
            models.CheckConstraint(name="merge_handling_known", condition=Q(handling__in=list(Handling))),
            models.CheckConstraint(name="merge_with_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="merge_undone_with_reason",
                condition=Q(undone_on__isnull=True, undo_reason="") | (Q(undone_on__isnull=False) & ~Q(undo_reason="")),
            ),
            models.UniqueConstraint(
                fields=["absorbed"], name="merge_absorbed_once", condition=Q(undone_on__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"merge of nominal {self.absorbed_id} into nominal {self.kept_id}"


class MergeLine(JournalLine):
    """What a merge did to one row. A row that it moved and that was changed since is noticed by its digest."""

    access_root: ClassVar[str] = "merge__kept"

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="entries")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merge", "table", "row"], name="merge_line_once_a_row"),
            models.CheckConstraint(
                name="merge_line_says_something", condition=Q(before__isnull=False) | Q(after__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.row} in merge {self.merge_id}"


class TwoPeople(models.Model):
    """Two records that look like one person's and are not: they are not shown as possible doubles (R4).

    Whoever may see both may read it; it stands in nobody's history, as that would tell of the other.
    """

    access_root: ClassVar[str] = "one"
    heading: ClassVar[tuple[str, ...]] = ("marked_on",)

    one = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="told_apart")
    other = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="told_apart_from")
    reason = models.CharField("how they are known to be two people", max_length=300)
    marked_on = models.DateField()
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_back_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "mark of two people"
        verbose_name_plural = "marks of two people"
        constraints = [
            models.CheckConstraint(name="two_people_are_two", condition=~Q(one=F("other"))),
            models.CheckConstraint(name="two_people_with_reason", condition=~Q(reason="")),
            models.UniqueConstraint(
                Least("one", "other"),
                Greatest("one", "other"),
                name="two_people_once",
                condition=Q(taken_back_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"nominals {self.one_id} and {self.other_id} are two people"
