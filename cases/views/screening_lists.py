"""Lists of what the managing agencies owe: not screened, identified late, to be thresholded (R41, R42, R50)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count, DateField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from agencies.access import visible
from agencies.parameters import parameters_for
from agencies.queries import agencies_of
from agencies.roles import Perm
from cases.models import Identification, KeyDate, Nominal, Obligation
from cases.queries import standing_grounds, with_derived
from cases.thresholding import Question, perhaps_asked, thresholding_of, with_thresholding
from pages.guards import ListPage
from pages.lists import RECORD_NUMBER, Choices, Column, ListContext, Listing, Sort, choice_filter, date_filter
from rules.core import Answer
from rules.referrals import identified_late
from rules.vocabulary import DeadlineStatus, KeyDateKind, Level, ObligationKind

from .register import under_mappa
from .worklists import BROUGHT_FORWARD, OPEN, OVERDUE, leads, ledger_rows

LATE, IN_TIME = "late", "in_time"
TIMES: Choices = ((LATE, "Identified late"), (IN_TIME, "Identified in time"))
SCREENING_STATES: Choices = ((OVERDUE, "Overdue"), (OPEN, "Due"), (BROUGHT_FORWARD, "Brought forward"))
FIRST, AGAIN = "first", "again"
ASKED: Choices = ((FIRST, "For the first time"), (AGAIN, "Again, after a change"))


def _agencies(context: ListContext) -> Choices:
    return [(str(each.pk), each.name) for each in agencies_of(context.principal)]


def _lead(rows: QuerySet[Any], agency: str, _context: ListContext) -> QuerySet[Any]:
    return rows.filter(lead_id=int(agency))


# --- not screened ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ScreeningLine:
    """Somebody whom nobody has screened."""

    row: Any
    status: DeadlineStatus
    days_late: int

    @property
    def why(self) -> str:
        return f"Screening, {self.row.nominal.family_name}"


class NotScreened(ListPage[Obligation]):
    """People with an automatic ground whom nobody has screened, by the agency that leads (R41)."""

    permission = Perm.NOMINAL_VIEW
    model = Obligation
    title = "Not screened"
    template_name = "cases/not_screened.html"
    listing = Listing(
        sorts=(
            Sort("due", "Due", ("due_on", "triggered_on")),
            Sort("name", "Name", ("nominal__family_name", "nominal__given_names")),
            Sort("sentenced", "Sentenced", ("sentenced_on", "due_on")),
            Sort("known", "Identified", ("known_on", "due_on")),
            Sort("lead", "Lead agency", ("lead_name", "due_on")),
        ),
        columns=(
            Column("Name", "name"),
            Column("Lead agency", "lead"),
            Column("Sentenced", "sentenced"),
            Column("Identified", "known"),
            Column("Screening due", "due", beside="How it stands"),
            RECORD_NUMBER,
        ),
        filters=(
            choice_filter("state", "State", SCREENING_STATES, lambda rows, v, _c: rows.filter(status=v)),
            choice_filter("lead", "Lead agency", leads, _lead),
        ),
        noun=("person", "people"),
        empty="Everybody whose record is open to you has been screened.",
        empty_filtered="Nobody who is not screened matches these filters.",
    )

    def get_queryset(self) -> QuerySet[Obligation]:
        rows = ledger_rows(ListContext(self.principal, self.today))
        waiting = rows.filter(
            kind=ObligationKind.SCREENING, status__in=(OVERDUE, OPEN, BROUGHT_FORWARD), looked_at_on__isnull=True
        )
        known = Identification.objects.filter(nominal=OuterRef("nominal")).order_by("-sentenced_on")
        dated = KeyDate.objects.filter(nominal=OuterRef("nominal"), kind=KeyDateKind.SENTENCE)
        began = standing_grounds(self.today).filter(nominal=OuterRef("nominal")).order_by("starts_on")
        found: QuerySet[Any] = waiting.annotate(
            sentenced_on=Coalesce(
                Subquery(known.values("sentenced_on")[:1]),
                Subquery(dated.values("falls_on")[:1]),
                Subquery(began.values("disposal_on")[:1]),
                Subquery(began.values("starts_on")[:1]),
                output_field=DateField(),
            ),
            known_on=Subquery(known.values("known_on")[:1], output_field=DateField()),
        )
        return found

    def decorate(self, rows: Sequence[Any]) -> Sequence[ScreeningLine]:
        return [ScreeningLine(row, DeadlineStatus(row.status), self._late(row)) for row in rows]

    def _late(self, row: Any) -> int:
        return (self.today - row.due_on).days if row.status == OVERDUE else 0

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows: QuerySet[Any] = self.listing.ordered(self.visible_rows(), self.request.GET, self.context).order_by()
        late = Count("pk", filter=Q(status=OVERDUE))
        counted = rows.values_list("lead_name").annotate(number=Count("pk"), late=late).order_by("-number", "lead_name")
        by_agency = [(name or "No lead agency", number, late) for name, number, late in counted]
        return super().get_context_data(by_agency=by_agency, **context)


# --- identified ------------------------------------------------------------------------------------------------------


def _in_time(rows: QuerySet[Identification], wanted: str, context: ListContext) -> QuerySet[Identification]:
    late = [pk for pk, _, is_late in _judged(visible(context.principal, rows, Perm.NOMINAL_VIEW), context) if is_late]
    return rows.filter(pk__in=late) if wanted == LATE else rows.exclude(pk__in=late)


def _judged(rows: QuerySet[Identification], context: ListContext) -> Iterable[tuple[int, str, bool]]:
    """Key, agency, and whether it was late by the number of the day of sentence (R42)."""
    for pk, name, sentenced, known in rows.order_by().values_list("pk", "agency__name", "sentenced_on", "known_on"):
        yield pk, name, identified_late(sentenced, known, context.parameters).value


@dataclass(frozen=True)
class IdentificationLine:
    """A case identified, and whether that was late."""

    row: Identification
    late: Answer[bool]
    days: int

    @property
    def why(self) -> str:
        return f"Days to identification, {self.row.nominal.family_name}"


class Identified(ListPage[Identification]):
    """When cases were identified after sentence, late ones counted by agency (R42)."""

    permission = Perm.NOMINAL_VIEW
    model = Identification
    title = "Cases identified"
    template_name = "cases/identified.html"
    listing = Listing(
        sorts=(
            Sort("newest", "Identified", ("-known_on", "-id")),
            Sort("name", "Name", ("nominal__family_name", "nominal__given_names")),
            Sort("sentenced", "Sentenced", ("-sentenced_on", "-id")),
            Sort("days", "Days", (F("known_on") - F("sentenced_on"), "-known_on")),
            Sort("agency", "Agency", ("agency__name", "-known_on")),
        ),
        columns=(
            Column("Name", "name"),
            Column("Agency", "agency"),
            Column("Sentenced", "sentenced"),
            Column("Identified", "newest"),
            Column("Days", "days"),
            RECORD_NUMBER,
        ),
        filters=(
            choice_filter("time", "In time", TIMES, _in_time),
            choice_filter("agency", "Agency", _agencies, lambda rows, v, _c: rows.filter(agency=int(v))),
            date_filter("from", "Sentenced from", lambda rows, day, _c: rows.filter(sentenced_on__gte=day)),
            date_filter("to", "Sentenced to", lambda rows, day, _c: rows.filter(sentenced_on__lte=day)),
        ),
        noun=("case", "cases"),
        empty="Of no case open to you is it recorded when it was identified.",
        empty_filtered="No case matches these filters.",
    )

    def get_queryset(self) -> QuerySet[Identification]:
        return Identification.objects.select_related("nominal", "agency")

    def decorate(self, rows: Sequence[Identification]) -> Sequence[IdentificationLine]:
        params = parameters_for(self.principal.area_id or 0)
        return [
            IdentificationLine(
                row,
                identified_late(row.sentenced_on, row.known_on, params),
                (row.known_on - row.sentenced_on).days,
            )
            for row in rows
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = self.listing.ordered(self.visible_rows(), self.request.GET, self.context)
        judged = list(_judged(rows, self.context))
        total, late = Counter(name for _, name, _ in judged), Counter(name for _, name, is_late in judged if is_late)
        by_agency = [(name, total[name], late[name]) for name in sorted(total, key=lambda name: (-late[name], name))]
        return super().get_context_data(by_agency=by_agency, **context)


# --- thresholding ----------------------------------------------------------------------------------------------------


def questions(context: ListContext) -> Mapping[int, Question]:
    """By nominal, the questions that wait, among those whom the principal may see: once a request (R50)."""
    return context.once("thresholding", lambda: _questions(context))


def _questions(context: ListContext) -> Mapping[int, Question]:
    rows = visible(
        context.principal, under_mappa(Nominal.objects.filter(perhaps_asked()), context.today), Perm.NOMINAL_VIEW
    )
    known: QuerySet[Any] = with_thresholding(with_derived(rows, on=context.today), on=context.today)
    found = {row.pk: thresholding_of(row, Level(row.level) if row.level else None) for row in known.order_by()}
    return {key: question for key, question in found.items() if question.asked}


def _asked(rows: QuerySet[Nominal], wanted: str, context: ListContext) -> QuerySet[Nominal]:
    waiting = questions(context).items()
    return rows.filter(pk__in=[key for key, each in waiting if (each.decided_on is not None) == (wanted == AGAIN)])


@dataclass(frozen=True)
class ThresholdingLine:
    """Somebody of whom the question waits, from what, and since when."""

    nominal: Any
    question: Question
    level: str

    @property
    def known(self) -> Sequence[str]:
        return [label for label, _ in self.question.known]

    @property
    def since(self) -> date | None:
        return self.question.since

    @property
    def why(self) -> str:
        return f"Thresholding, {self.nominal.family_name}"


class ToThreshold(ListPage[Nominal]):
    """People below Level 2 of whom domestic abuse or stalking is known, and no outcome answers for today (R50)."""

    permission = Perm.NOMINAL_VIEW
    model = Nominal
    title = "To be thresholded"
    template_name = "cases/to_threshold.html"
    listing = Listing(
        sorts=(
            Sort("name", "Name", ("family_name", "given_names")),
            Sort("level", "Level", ("level", "family_name")),
            Sort("lead", "Lead agency", ("lead_agency_name", "family_name")),
        ),
        columns=(
            Column("Name", "name"),
            Column("Known from"),
            Column("Since"),
            Column("Last outcome"),
            Column("Level", "level"),
            Column("Lead agency", "lead"),
            RECORD_NUMBER,
        ),
        filters=(
            choice_filter("asked", "Asked", ASKED, _asked),
            choice_filter("lead", "Lead agency", leads, lambda rows, v, _c: rows.filter(lead_agency_id=int(v))),
        ),
        noun=("person", "people"),
        empty="Of nobody whose record is open to you is an outcome asked for.",
        empty_filtered="Nobody matches these filters.",
    )

    @cached_property
    def waiting(self) -> Mapping[int, Question]:
        return questions(self.context)

    def get_queryset(self) -> QuerySet[Any]:
        return with_derived(Nominal.objects.filter(pk__in=list(self.waiting)), on=self.today)

    def decorate(self, rows: Sequence[Any]) -> Sequence[ThresholdingLine]:
        return [
            ThresholdingLine(row, self.waiting[row.pk], Level(row.level).label if row.level else "None") for row in rows
        ]
