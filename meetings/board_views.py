"""The scheduling board, and the plan of the coming weeks (R51, R54 to R57)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse

from agencies.queries import agencies_of, panel_areas_of
from agencies.roles import Perm
from audit.reads import AccessKind
from cases.models import Nominal, Obligation
from pages.guards import FormPage, ListPage, Offer, show
from pages.lists import Choices, Column, ListContext, Listing, Sort, choice_filter
from rules.core import Reason
from rules.suggestions import (
    PLANNED_WEEKS,
    Hearing,
    OpenSitting,
    Suggestion,
    kind_of_meeting,
    suggested,
)
from rules.vocabulary import DeadlineStatus, Level, ObligationKind

from .board import SittingAhead, due_rows, hearings_of, planned_lines, proposed_plan, sittings_ahead, to_be_placed
from .board_forms import PlanForm, code_of, line_code
from .no_longer import to_settle
from .placing import HEARD
from .services.plans import accept_plan, may_accept_plan

PLACED, PAUSED = "placed", "paused"
SHOWN: Choices = ((PLACED, "Placed already"), (PAUSED, "No date yet"))
LEVELS: Choices = [(level.value, level.label) for level in Level if level.is_multi_agency]
KINDS: Choices = [(kind.value, kind.label) for kind in HEARD]
HERE = "scheduling-board"


def _districts(context: ListContext) -> Choices:
    return [(str(each.pk), each.name) for each in panel_areas_of(context.principal)]


def _agencies(context: ListContext) -> Choices:
    return [(str(each.pk), each.name) for each in agencies_of(context.principal)]


@dataclass(frozen=True)
class BoardLine:
    """Somebody on the board: what is due, how urgent, and the best time for them."""

    row: Any
    kind: str
    level: str
    status: DeadlineStatus
    days: int | None
    best: Suggestion | None
    held_in: SittingAhead | None

    @property
    def urgency(self) -> str:
        """Days left or late, in words."""
        if self.status is DeadlineStatus.BROUGHT_FORWARD:
            return "Brought forward"
        if self.days is None:
            return "No date yet"
        number = f"{abs(self.days)} {'day' if abs(self.days) == 1 else 'days'}"
        return f"{number} late" if self.days < 0 else f"{number} left" if self.days else "Today"

    @property
    def tag(self) -> str:
        if self.status is DeadlineStatus.OVERDUE:
            return "overdue"
        return "due" if self.status is DeadlineStatus.OPEN else "none"

    @property
    def at(self) -> str:
        """The best time, when it can be given at once: in time, so that nothing need be said about it."""
        return code_of(self.best.sitting, self.best.starts_at) if self.best and not self.best.days_late else ""

    @property
    def meeting(self) -> str:
        return kind_of_meeting(ObligationKind(self.row.kind)).value


class Board(ListPage[Obligation]):
    """Who must be heard and by when, beside the sittings ahead; placing somebody in a time is one action."""

    permission = Perm.SITTING_PLAN
    model = Obligation
    title = "Scheduling board"
    template_name = "meetings/board.html"
    not_exported = "A desk to work at: what is due goes out as a file from the list of what is due."
    listing = Listing(
        sorts=(
            Sort("due", "Limit", ("after", "due_on", "triggered_on")),
            Sort("name", "Name", ("nominal__family_name", "nominal__given_names")),
            Sort("kind", "What", ("kind", "due_on")),
        ),
        columns=(Column("Name", "name"), Column("What", "kind"), Column("Limit", "due"), Column("Place")),
        filters=(
            choice_filter("show", "Show", SHOWN, lambda rows, _v, _c: rows, empty_label="To be placed"),
            choice_filter("level", "Level", LEVELS, lambda rows, v, _c: rows.filter(level=v)),
            choice_filter("kind", "What", KINDS, lambda rows, v, _c: rows.filter(kind=v)),
            choice_filter(
                "district", "District", _districts, lambda rows, v, _c: rows.filter(nominal__panel_area=int(v))
            ),
            choice_filter("lead", "Lead agency", _agencies, lambda rows, v, _c: rows.filter(lead_id=int(v))),
        ),
        noun=("person", "people"),
        empty="Nobody whose record is open to you has to be placed.",
        empty_filtered="Nobody matches these filters.",
    )

    def get_queryset(self) -> QuerySet[Any]:
        rows = due_rows(self.today)
        wanted = self.request.GET.get("show")
        if wanted == PLACED:
            return rows.filter(slot_id__isnull=False)
        return rows.filter(due_on__isnull=True, slot_id__isnull=True) if wanted == PAUSED else to_be_placed(rows)

    def offers(self) -> Iterable[Offer]:
        area = self.principal.area_id or 0
        twin = may_accept_plan(area, by=self.principal, today=self.today)
        return [Offer(f"Fill the next {PLANNED_WEEKS} weeks", reverse("plan"), twin, access=twin)]

    def decorate(self, rows: Sequence[Any]) -> Sequence[BoardLine]:
        self.ahead = sittings_ahead(self.principal, today=self.today)
        hearings = hearings_of(rows, today=self.today)
        held, facts = {each.row.pk: each for each in self.ahead}, [each.facts for each in self.ahead]
        return [self._line(row, hearings[row.nominal_id], held, facts) for row in rows]

    def _line(
        self, row: Any, hearing: Hearing, held: Mapping[int, SittingAhead], facts: Sequence[OpenSitting]
    ) -> BoardLine:
        status = DeadlineStatus(row.status)
        best = next(iter(suggested(hearing, facts).best), None) if row.slot_id is None else None
        days = None if row.due_on is None else (row.due_on - self.today).days
        return BoardLine(
            row, ObligationKind(row.kind).label, hearing.level.label, status, days, best,
            held[best.sitting] if best else None,
        )  # fmt: skip

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        unsettled = to_settle(self.principal, today=self.today)
        show([each.slot for each in unsettled], AccessKind.LIST)
        return super().get_context_data(
            ahead=self.ahead, unsettled=unsettled, here=self.request.get_full_path(), **context
        )


# --- the plan of the coming weeks -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlanLine:
    """A line of the plan, in words. A late one has no box: its reason is asked for where it is placed by itself."""

    row: Any
    suggestion: Suggestion
    held_in: SittingAhead
    ticked: bool

    @property
    def code(self) -> str:
        return line_code(self.row.nominal_id, self.suggestion.sitting, self.suggestion.starts_at)

    @property
    def at(self) -> str:
        return code_of(self.suggestion.sitting, self.suggestion.starts_at)

    @property
    def kind(self) -> str:
        return ObligationKind(self.row.kind).label


@dataclass(frozen=True)
class LeftLine:
    """Somebody whom the plan does not place, and why."""

    row: Any
    reasons: Sequence[Reason]


class PlanPage(FormPage[Nominal]):
    """A time for everybody who is due in the coming weeks, to be accepted whole or line by line."""

    permission = Perm.SITTING_PLAN
    form_class = PlanForm
    template_name = "meetings/plan.html"
    not_exported = "A proposal to accept: what comes of it goes out from the list of sittings."
    title = f"Fill the next {PLANNED_WEEKS} weeks"
    submit_label = "Place those ticked"

    def get_cancel_url(self) -> str:
        return reverse(HERE)

    def get_form_kwargs(self) -> Mapping[str, Any]:
        """Whatever was ticked is looked at when it is carried out: the plan may have changed since it was shown."""
        return {"lines": self.request.POST.getlist("lines")}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = proposed_plan(self.principal, today=self.today)
        rows, ahead, plan = found.rows, found.ahead, found.plan
        show(list(rows.values()), AccessKind.LIST)
        posted = self.request.POST.getlist("lines") if self.request.method == "POST" else None
        lines = [self._line(rows[each.hearing], each, ahead[each.sitting], posted) for each in plan.lines]
        return super().get_context_data(
            in_time=[line for line in lines if not line.suggestion.days_late],
            late=[line for line in lines if line.suggestion.days_late],
            left=[LeftLine(rows[each.hearing], each.reasons) for each in plan.left],
            number=len(rows),
            sittings=len(ahead),
            **context,
        )

    def _line(self, row: Any, found: Suggestion, held_in: SittingAhead, posted: Sequence[str] | None) -> PlanLine:
        ticked = posted is None or line_code(row.nominal_id, found.sitting, found.starts_at) in posted
        return PlanLine(row, found, held_in, ticked)

    def act(self, form: Any) -> str:
        said = form.cleaned_data["lines"]
        lines = planned_lines(self.principal, said, today=self.today)
        done = accept_plan(by=self.principal, today=self.today, area_id=self.principal.area_id or 0, lines=lines)
        number = len(done.placed)
        messages.success(self.request, f"{number} {'person has' if number == 1 else 'people have'} been placed.")
        for reason in dict.fromkeys(done.refused):
            messages.warning(self.request, f"Somebody was not placed: {reason.text} ({reason.rule}).")
        return self.get_cancel_url()
