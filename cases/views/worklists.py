"""Worklists: what is due, levels not yet set, what was brought forward. Filters are choices, never a name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count, DateField, OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict
from django.urls import reverse

from agencies.access import can, visible
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.queries import leading_agencies_of
from agencies.roles import Perm
from agencies.spans import open_on
from agencies.written import Written
from audit.reads import AccessKind
from cases.forms.level_1 import WorkOffForm
from cases.models import KeyDate, LeadAgencySpan, LevelSpan, Nominal, Obligation
from cases.queries import levels_to_set, standing_grounds, with_derived
from cases.services.brought_forward import work_off_several
from pages.guards import FormPage, ListPage, Offer, show
from pages.lists import RECORD_NUMBER, Choices, Column, ListContext, Listing, Sort, choice_filter
from pages.writing import ticked
from rules.core import Reason
from rules.deadlines import level_to_be_set_by
from rules.vocabulary import DeadlineStatus, KeyDateKind, Level, ObligationKind, Whereabouts, choices

SOON = "soon"
OVERDUE, OPEN, PAUSED = DeadlineStatus.OVERDUE.value, DeadlineStatus.OPEN.value, DeadlineStatus.PAUSED.value
WAITING = (OVERDUE, OPEN, PAUSED)
BROUGHT_FORWARD = DeadlineStatus.BROUGHT_FORWARD.value
STATES: Choices = ((OVERDUE, "Overdue"), (SOON, "Due soon"), (OPEN, "Open"), (PAUSED, "No date yet"))


def soon(context: ListContext) -> date:
    """Until when something counts as due soon: the last alert before a ground ends, as the area has set it."""
    days = context.parameters.number("ground_ending_last_alert", context.today)
    return date.fromordinal(context.today.toordinal() + days)


def _state(rows: QuerySet[Any], code: str, context: ListContext) -> QuerySet[Any]:
    if code == SOON:
        return rows.filter(status=OPEN, due_on__lte=soon(context))
    return rows.filter(status=code)


def leads(context: ListContext) -> Choices:
    """The agencies by which a list of cases is chosen: those of a kind that can lead one (R97)."""
    return [(str(each.pk), each.name) for each in leading_agencies_of(context.principal)]


def _lead(rows: QuerySet[Any], agency: str, _context: ListContext) -> QuerySet[Any]:
    return rows.filter(lead_id=int(agency))


_KIND = choice_filter("kind", "What", choices(ObligationKind), lambda rows, v, _c: rows.filter(kind=v))
_LED_BY = choice_filter("lead", "Lead agency", leads, _lead)


def ledger_rows(context: ListContext) -> QuerySet[Any]:
    """Rows of the ledger about people, with status, lead agency and the names of those whom they concern."""
    spans = LeadAgencySpan.objects.filter(open_on(context.today), nominal=OuterRef("nominal"))
    rows: QuerySet[Any] = Obligation.objects.filter(nominal__isnull=False).with_status(context.today)
    found: QuerySet[Any] = rows.select_related("nominal").annotate(
        lead_id=Subquery(spans.values("agency")[:1]), lead_name=Subquery(spans.values("agency__name")[:1])
    )
    return found


_SORTS = (
    Sort("due", "Due", ("due_on", "triggered_on")),
    Sort("name", "Name", ("nominal__family_name", "nominal__given_names")),
    Sort("kind", "What", ("kind", "due_on")),
    Sort("since", "Since", ("triggered_on",)),
    Sort("lead", "Lead agency", ("lead_name", "due_on")),
)


@dataclass(frozen=True)
class DueLine:
    """A row of the ledger, in words."""

    row: Any
    kind: str
    status: DeadlineStatus

    @property
    def why(self) -> str:
        return f"{self.kind}, {self.row.nominal.family_name}"


def _lines(rows: Sequence[Any]) -> list[DueLine]:
    return [DueLine(row, ObligationKind(row.kind).label, DeadlineStatus(row.status)) for row in rows]


class Due(ListPage[Obligation]):
    """What is due and not yet done: reviews, screenings, decisions. What was brought forward has a list of its own."""

    permission = Perm.NOMINAL_VIEW
    model = Obligation
    title = "What is due"
    template_name = "cases/due.html"
    listing = Listing(
        sorts=_SORTS,
        columns=(
            Column("Name", "name"),
            Column("What", "kind"),
            Column("Since", "since"),
            Column("Due", "due", beside="How it stands"),
            Column("Lead agency", "lead"),
            RECORD_NUMBER,
        ),
        filters=(_KIND, choice_filter("state", "State", STATES, _state), _LED_BY),
        noun=("line", "lines"),
        empty="Nothing is due for people whose record is open to you.",
        empty_filtered="Nothing that is due matches these filters.",
    )

    def get_queryset(self) -> QuerySet[Obligation]:
        return ledger_rows(ListContext(self.principal, self.today)).filter(status__in=WAITING)

    def offers(self) -> Iterable[Offer]:
        access = can(self.principal, Perm.LEVEL_1_SWITCH)
        return [Offer("Level 1 reviews by agency", reverse("level-1-switches"), access, access=access)]

    def decorate(self, rows: Sequence[Any]) -> Sequence[DueLine]:
        return _lines(rows)


def due_counts(context: ListContext) -> dict[tuple[str, str], int]:
    """How many lines each kind has by state, "due soon" among them, in one query: the numbers of Today."""
    found: dict[tuple[str, str], int] = {}
    for kind, status, number, near in _COUNTED(context.principal, context.today, soon(context)):
        found[kind, status] = number
        if status == OPEN:
            found[kind, SOON] = near
    return found


def _counted(by: Principal, today: date, until: date) -> QuerySet[Any, Any]:
    rows = Obligation.objects.filter(nominal__isnull=False, looked_at_on__isnull=True).waiting().with_status(today)
    seen: QuerySet[Any] = visible(by, rows, Perm.NOMINAL_VIEW, gathered=True)
    numbers = {"number": Count("pk"), "near": Count("pk", filter=Q(due_on__lte=until))}
    counted: QuerySet[Any, Any] = seen.values("kind", "status").annotate(**numbers)
    return counted.order_by().values_list("kind", "status", "number", "near")


_COUNTED = Written(_counted)


# --- levels not yet set ----------------------------------------------------------------------------------------------

NOT_DATED = "not_dated"
LEVEL_STATES: Choices = ((OVERDUE, "Should have been set by now"), (NOT_DATED, "No release date recorded"))


def _level_state(rows: QuerySet[Any], code: str, context: ListContext) -> QuerySet[Any]:
    if code == NOT_DATED:
        return rows.filter(release_on__isnull=True)
    return rows.filter(pk__in=[row.nominal_id for row in levels_to_set(context.principal, on=context.today)])


@dataclass(frozen=True)
class LevelLine:
    """Somebody whose level is not yet set: where they are, and by when it should be set, with the reasons."""

    nominal: Any
    whereabouts: str
    due_on: date | None
    overdue: bool
    reasons: Sequence[Reason]


class LevelsNotSet(ListPage[Nominal]):
    """People whose level is not yet set; in custody it is to be set six months before release (R38)."""

    permission = Perm.NOMINAL_VIEW
    model = Nominal
    title = "Level not yet set"
    template_name = "cases/levels_not_set.html"
    listing = Listing(
        sorts=(
            Sort("release", "Earliest release", ("release_on", "family_name")),
            Sort("name", "Name", ("family_name", "given_names")),
            Sort("where", "Where", ("whereabouts_kind", "family_name")),
            Sort("lead", "Lead agency", ("lead_agency_name", "family_name")),
        ),
        columns=(
            Column("Name", "name"),
            Column("Where", "where"),
            Column("Earliest release", "release"),
            Column("Level to be set by", beside="How it stands"),
            Column("Lead agency", "lead"),
            RECORD_NUMBER,
        ),
        filters=(
            choice_filter("state", "State", LEVEL_STATES, _level_state),
            choice_filter("lead", "Lead agency", leads, lambda rows, v, _c: rows.filter(lead_agency_id=int(v))),
        ),
        noun=("person", "people"),
        empty="Everybody whose record is open to you has a level.",
        empty_filtered="Nobody without a level matches these filters.",
    )

    def get_queryset(self) -> QuerySet[Any]:
        waiting = LevelSpan.objects.filter(open_on(self.today), level=Level.NOT_SET).values("nominal")
        dated = KeyDate.objects.filter(nominal=OuterRef("pk"))
        began = standing_grounds(self.today).filter(nominal=OuterRef("pk")).order_by("starts_on").values("starts_on")
        rows: QuerySet[Any] = with_derived(Nominal.objects.filter(pk__in=waiting), on=self.today)
        found: QuerySet[Any] = rows.annotate(
            release_on=Subquery(
                dated.filter(kind=KeyDateKind.EARLIEST_RELEASE).values("falls_on")[:1], output_field=DateField()
            ),
            sentenced_on=Subquery(
                dated.filter(kind=KeyDateKind.SENTENCE).values("falls_on")[:1], output_field=DateField()
            ),
            began_on=Subquery(began[:1], output_field=DateField()),
        )
        return found

    def decorate(self, rows: Sequence[Any]) -> Sequence[LevelLine]:
        params = parameters_for(self.principal.area_id or 0)
        detained = params.codes("pauses_review_clock", self.today)
        lines = []
        for row in rows:
            where = Whereabouts(row.whereabouts_kind).label if row.whereabouts_kind else "Not recorded"
            answer = None
            if row.release_on is not None and row.whereabouts_kind in detained:
                answer = level_to_be_set_by(row.release_on, row.sentenced_on or row.began_on, params)
            due_on = answer.value if answer else None
            lines.append(
                LevelLine(
                    row, where, due_on, due_on is not None and due_on <= self.today, answer.reasons if answer else ()
                )
            )
        return lines


# --- brought forward -------------------------------------------------------------------------------------------------

LOOKED_AT: Choices = (("yes", "Worked off"),)


def brought_forward_rows(context: ListContext, *, worked_off: bool = False) -> QuerySet[Any]:
    """Rows whose trigger lies before the area's start date and that nobody has met (R106)."""
    return ledger_rows(context).filter(status=BROUGHT_FORWARD, looked_at_on__isnull=not worked_off)


class BroughtForward(ListPage[Obligation]):
    """What began before the area's start date: counted by kind, worked off by choice, never late (R106)."""

    permission = Perm.NOMINAL_VIEW
    model = Obligation
    title = "Brought forward"
    template_name = "cases/brought_forward.html"
    listing = Listing(
        sorts=(Sort("since", "Since", ("triggered_on",)), *_SORTS[1:3], _SORTS[4]),
        columns=(
            Column("Choose", exported=False),
            Column("Name", "name"),
            Column("What", "kind"),
            Column("Since", "since"),
            Column("Lead agency", "lead"),
            Column("Worked off", beside="What came of it"),
            RECORD_NUMBER,
        ),
        filters=(
            _KIND,
            _LED_BY,
            choice_filter("done", "State", LOOKED_AT, lambda rows, _v, _c: rows, empty_label="To work off"),
        ),
        noun=("line", "lines"),
        empty="Nothing was brought forward from before the area's start date.",
        empty_filtered="Nothing that was brought forward matches these filters.",
    )

    def get_queryset(self) -> QuerySet[Obligation]:
        return brought_forward_rows(ListContext(self.principal, self.today), worked_off=self._done)

    @property
    def _done(self) -> bool:
        return self.request.GET.get("done") == "yes"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = visible(self.principal, Obligation.objects.all(), Perm.NOMINAL_VIEW).values("pk")
        counted: QuerySet[Any] = Obligation.objects.filter(pk__in=rows, looked_at_on=None).with_status(self.today)
        numbers = counted.filter(status=BROUGHT_FORWARD).values("kind").annotate(number=Count("pk")).order_by("kind")
        return super().get_context_data(
            kinds=[
                (ObligationKind(row["kind"]).label, row["number"], f"{self.request.path}?{_query(kind=row['kind'])}")
                for row in numbers
            ],
            may_work=bool(can(self.principal, Perm.BROUGHT_FORWARD_WORK)) and not self._done,
            **context,
        )

    def decorate(self, rows: Sequence[Any]) -> Sequence[DueLine]:
        return _lines(rows)


def _query(**values: str) -> str:
    query = QueryDict(mutable=True)
    query.update(values)
    return query.urlencode()


class BroughtForwardWork(FormPage[Obligation]):
    """Mark the lines that were ticked as looked at, for one reason (R106)."""

    permission = Perm.BROUGHT_FORWARD_WORK
    form_class = WorkOffForm
    template_name = "cases/brought_forward_work.html"
    not_exported = "A form over the lines that were ticked: they go out as a file from the list they were ticked on."
    title = "Work off what was brought forward"
    submit_label = "Mark as looked at"

    def load(self) -> None:
        rows = brought_forward_rows(ListContext(self.principal, self.today)).filter(pk__in=ticked(self.request))
        rows = rows.order_by("pk")
        self.rows = list(visible(self.principal, rows, Perm.BROUGHT_FORWARD_WORK))
        show(self.rows, AccessKind.LIST)

    def get_initial(self) -> Mapping[str, Any]:
        return {"rows": [row.pk for row in self.rows]}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"rows": [row.pk for row in self.rows]}

    def get_cancel_url(self) -> str:
        return reverse("brought-forward")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(lines=_lines(self.rows), **context)

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        number = work_off_several(
            by=self.principal, today=self.today, obligation_ids=said["rows"], reason=said["reason"]
        )
        messages.success(self.request, f"{number} {'line has' if number == 1 else 'lines have'} been worked off.")
        return self.get_cancel_url()
