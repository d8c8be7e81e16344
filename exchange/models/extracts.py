"""Lists that agencies send, as working copies: what is accepted from them stands in the register and its history.

No table here lies below a nominal: a row may be about somebody who is on no record. Rows are read through
``exchange.queries.rows_of``, which leaves out what the reader may not know.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from agencies.roots import GLOBAL
from exchange.words import Answer, ExtractState, ListKind, Outcome, RowState
from rules.vocabulary import choices

LONGEST_REASON = 500


class Extract(models.Model):
    """One list of one agency, brought in by somebody, with whose eyes it is compared with the register."""

    access_root: ClassVar[str] = GLOBAL

    area = models.ForeignKey("agencies.Area", on_delete=models.PROTECT, related_name="extracts")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="extracts")
    kind = models.CharField(max_length=8, choices=choices(ListKind))
    whole = models.BooleanField(help_text="Everybody whom the agency has is on it, so that absence says something.")
    state = models.CharField(max_length=10, choices=choices(ExtractState))
    membership = models.ForeignKey(
        "agencies.Membership",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="With whose eyes the list is compared; empty: the system, which knows ordinary records only.",
    )
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file, by which it is known again.")
    rows_read = models.PositiveIntegerField(default=0)
    rows_compared = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True, help_text="Why the file as a whole could not be read.")
    added_at = models.DateTimeField(auto_now_add=True)
    added_on = models.DateField(help_text="From this day an open list is counted.")
    closed_on = models.DateField(null=True, blank=True)
    blanked_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="extract_kind_known", condition=Q(kind__in=list(ListKind))),
            models.CheckConstraint(name="extract_state_known", condition=Q(state__in=list(ExtractState))),
            models.CheckConstraint(
                name="extract_closed_has_its_day",
                condition=Q(state__in=[ExtractState.CLOSED, ExtractState.CANCELLED], closed_on__isnull=False)
                | (~Q(state__in=[ExtractState.CLOSED, ExtractState.CANCELLED]) & Q(closed_on__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["area", "-added_at"], name="extract_area"),
            models.Index(fields=["agency", "kind", "state"], name="extract_agency"),
        ]

    def __str__(self) -> str:
        return f"extract {self.pk}"


class ExtractFile(models.Model):
    """The file as it came, until its rows have been read."""

    access_root: ClassVar[str] = GLOBAL

    extract = models.OneToOneField(Extract, on_delete=models.CASCADE, primary_key=True, related_name="file")
    content = models.BinaryField()
    headings: models.JSONField[list[str], list[str]] = models.JSONField(help_text="The first line, as it was typed.")
    columns: models.JSONField[list[str | None], list[str | None]] = models.JSONField(
        help_text="For each heading the column it stands for; empty: left out; null: not known yet."
    )

    def __str__(self) -> str:
        return f"file of extract {self.extract_id}"


class ExtractRow(models.Model):
    """One person of the list, whatever the number of lines, or one who was on the list before and is not on this."""

    access_root: ClassVar[str] = GLOBAL

    extract = models.ForeignKey(Extract, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(help_text="The place among the rows of the list, from 1.")
    line = models.PositiveIntegerField(null=True, blank=True, help_text="Where it begins in the file.")
    said = models.JSONField(default=list, blank=True, help_text="Line by line, the filled cells by column.")
    family_name = models.CharField(max_length=100, blank=True)
    given_names = models.CharField(max_length=100, blank=True)
    unreadable = models.BooleanField(default=False, help_text="What is wrong was found in the file itself.")
    fourth = models.BooleanField(default=False, help_text="Speaks of a Category 4 ground (R99).")
    outcome = models.CharField(max_length=10, choices=choices(Outcome), blank=True)
    state = models.CharField(max_length=10, choices=choices(RowState), default=RowState.OPEN)
    nominal = models.ForeignKey(
        "cases.Nominal", on_delete=models.CASCADE, null=True, blank=True, related_name="extract_rows"
    )
    hints = ArrayField(
        models.BigIntegerField(), default=list, blank=True, help_text="Records that problems and notes hint at."
    )
    kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True, help_text="What of it is changed.")
    changes = models.JSONField(default=list, blank=True)
    problems = models.JSONField(default=list, blank=True)
    notes = models.JSONField(default=list, blank=True)
    answer = models.CharField(max_length=4, choices=choices(Answer), blank=True)
    reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    membership = models.ForeignKey(
        "agencies.Membership",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="In which role it was accepted: the worker writes as that.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["extract", "number"], name="extract_row_once"),
            models.CheckConstraint(name="extract_row_outcome_known", condition=Q(outcome__in=["", *Outcome])),
            models.CheckConstraint(name="extract_row_state_known", condition=Q(state__in=list(RowState))),
            models.CheckConstraint(
                name="extract_row_absent_is_somebody", condition=~Q(outcome=Outcome.ABSENT) | Q(nominal__isnull=False)
            ),
            models.CheckConstraint(
                name="extract_row_answer_of_absent",
                condition=Q(answer="") | Q(outcome=Outcome.ABSENT, answer__in=list(Answer)),
            ),
            models.CheckConstraint(
                name="extract_row_accepted_can_be_written",
                condition=~Q(state=RowState.ACCEPTED) | Q(outcome__in=[Outcome.NEW, Outcome.CHANGED]),
            ),
        ]
        indexes = [
            models.Index(fields=["extract", "outcome", "state"], name="extract_row_outcome"),
            models.Index(fields=["extract", "nominal"], name="extract_row_nominal"),
        ]

    def __str__(self) -> str:
        return f"row {self.number} of extract {self.extract_id}"


class Heading(models.Model):
    """What a heading of an agency's lists stands for, as somebody has said it once."""

    access_root: ClassVar[str] = GLOBAL

    agency = models.ForeignKey("agencies.Agency", on_delete=models.CASCADE, related_name="headings")
    kind = models.CharField(max_length=8, choices=choices(ListKind))
    text = models.CharField(max_length=100, help_text="In small letters, single spaces.")
    column = models.CharField(max_length=40, blank=True, help_text="Empty: the column is left out.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "kind", "text"], name="heading_once")]

    def __str__(self) -> str:
        return f"heading {self.pk} of agency {self.agency_id}"
