"""What is due for one person with its reasons, and the dates ahead of everybody by month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from agencies.access import can
from agencies.roles import Perm
from cases.ahead import DateAhead, dates_ahead, horizon
from cases.models import Nominal, Obligation
from cases.obligations import Wanted, wanted_for
from cases.services.endings import may_record_ending_decision
from cases.services.level_1 import may_record_level_1_review, may_record_screening, may_report_change
from cases.services.screening import may_record_identification, may_record_thresholding
from pages.guards import DrawnList, Offer, TemplatePage
from pages.lists import RECORD_NUMBER, Column
from rules.deadlines import is_brought_forward, status_of
from rules.vocabulary import DeadlineStatus, ObligationKind

from .corrections import Line, M, lines_of
from .views import RecordPage

TWINS = (
    ("Record when the case was identified", "identification-add", may_record_identification),
    ("Record a screening", "screening-add", may_record_screening),
    ("Record a thresholding outcome", "thresholding-add", may_record_thresholding),
    ("Record a Level 1 review", "level-1-review-add", may_record_level_1_review),
    ("Record a change", "change-add", may_report_change),
)


@dataclass(frozen=True)
class DueRow:
    """A row of the ledger as the facts make it, with its reasons, and what came of it."""

    kind: str
    wanted: Wanted
    status: DeadlineStatus
    looked_at: Obligation | None
    decide: Offer | None = None

    @property
    def tag(self) -> str:
        return {DeadlineStatus.OPEN: "due"}.get(self.status, self.status.value)


class NominalDue(RecordPage):
    """What is due for the person, open and done, each with its "why?"; and what was recorded at Level 1."""

    permission = Perm.NOMINAL_VIEW
    template_name = "desk/nominal_due.html"
    part = "nominal-due"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = self.rows()
        waiting = (DeadlineStatus.OVERDUE, DeadlineStatus.OPEN, DeadlineStatus.PAUSED, DeadlineStatus.BROUGHT_FORWARD)
        return super().get_context_data(
            waiting=sorted(
                (row for row in rows if row.status in waiting and row.looked_at is None),
                key=lambda row: (row.status is not DeadlineStatus.OVERDUE, row.wanted.due_on or date.max),
            ),
            done=[row for row in rows if row.status not in waiting or row.looked_at is not None],
            reviews=self.lines(self.object.level_1_reviews.order_by("-held_on")),
            screenings=self.lines(self.object.screenings.order_by("-screened_on")),
            identifications=self.lines(
                self.object.identifications.select_related("agency", "notification").order_by("-known_on")
            ),
            thresholdings=self.lines(self.object.thresholdings.select_related("decided_by").order_by("-decided_on")),
            changes=self.lines(self.object.reported_changes.order_by("-happened_on")),
            endings=self.object.ending_decisions.select_related("ground").order_by("-decided_on", "-pk"),
            to_record=self.to_record(),
            **context,
        )

    def lines(self, rows: QuerySet[M]) -> list[Line[M]]:
        """What was recorded, each with what puts it right."""
        return lines_of(rows, by=self.principal, today=self.today)

    def rows(self) -> Sequence[DueRow]:
        """Worked out now from the facts, so that the reasons are those of today; the latest trigger first."""
        looked_at = {
            (row.kind, row.subject, row.triggered_on): row
            for row in Obligation.objects.filter(nominal=self.object, looked_at_on__isnull=False)
        }
        found = [
            self._row(wanted, looked_at.get((wanted.kind.value, wanted.subject, wanted.triggered_on)))
            for wanted in wanted_for(self.object.pk, self.today)
        ]
        return sorted(found, key=lambda row: row.wanted.triggered_on, reverse=True)

    def _row(self, wanted: Wanted, looked_at: Obligation | None) -> DueRow:
        status = status_of(
            wanted.due_on,
            wanted.met_on,
            self.today,
            cancelled_on=wanted.cancelled_on,
            brought_forward=is_brought_forward(wanted.triggered_on, self.object.area.starts_on),
        )
        decide = None
        if wanted.kind is ObligationKind.ENDING_DECISION and wanted.met_on is None:
            ground = next(row for row in self.object.grounds.all() if f"ground:{row.pk}" == wanted.subject)
            allowed = may_record_ending_decision(ground, by=self.principal, today=self.today)
            decide = Offer("Record the decision", reverse("ending-decide", args=[ground.pk]), allowed, access=allowed)
        return DueRow(wanted.kind.label, wanted, status, looked_at, decide)

    def to_record(self) -> list[Offer]:
        access = can(self.principal, Perm.LEVEL_1_RECORD, self.object)
        return [
            Offer(
                label,
                reverse(name, args=[self.object.pk]),
                twin(self.object, by=self.principal, today=self.today) if access else access,
                access=access,
            )
            for label, name, twin in TWINS
        ]


@dataclass(frozen=True)
class Month:
    """The dates of one month."""

    first: date
    dates: Sequence[DateAhead]


class DatesAhead(DrawnList[DateAhead], TemplatePage):
    """Dates that change somebody's status, by month, as far as the first alert looks (R22, R26, R30)."""

    permission = Perm.NOMINAL_VIEW
    template_name = "desk/dates_ahead.html"
    table_template = "desk/dates_ahead_months.html"
    title = "Dates ahead"
    columns = (Column("Date"), Column("Name"), Column("What"), RECORD_NUMBER)
    noun = ("date", "dates")

    @cached_property
    def until(self) -> date:
        """The last day that is looked at."""
        return horizon(self.principal, self.today)

    def lines(self) -> Sequence[DateAhead]:
        return dates_ahead(self.principal, on=self.today, until=self.until)

    def records_of(self, line: DateAhead) -> Sequence[Nominal]:
        return (line.nominal,)

    def arranged(self, lines: Sequence[DateAhead]) -> Mapping[str, Any]:
        by_month = groupby(lines, key=lambda each: each.on.replace(day=1))
        return {"months": [Month(first, list(dates)) for first, dates in by_month]}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(until=self.until, **context)
