"""The list of actions, for the unit and for each agency its own; one closed, one opened again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet, Value
from django.urls import reverse

from agencies.principal import Principal
from agencies.queries import agencies_of
from agencies.roles import Perm
from agencies.written import Written
from cases.views.worklists import SOON, soon
from pages.guards import FormPage, ListPage, Offer
from pages.lists import RECORD_NUMBER, Choices, Column, ListContext, Listing, Sort, choice_filter
from rules.actions import is_vague
from rules.core import Decision
from rules.vocabulary import ActionOutcome, DeadlineStatus

from .forms import ActionCloseForm, ActionReopenForm
from .models import Action
from .queries import actions_of
from .services.actions import close_action, may_settle_actions, reopen_action

CLOSED = "closed"
STATES: Choices = (
    (DeadlineStatus.OVERDUE.value, "Overdue"),
    (SOON, "Due soon"),
    (DeadlineStatus.OPEN.value, "Not yet due"),
    (DeadlineStatus.BROUGHT_FORWARD.value, "Brought forward"),
    (CLOSED, "Closed"),
)


def _agencies(context: ListContext) -> Choices:
    return [(str(each.pk), each.name) for each in agencies_of(context.principal)]


def _state(rows: QuerySet[Any], code: str, context: ListContext) -> QuerySet[Any]:
    if code == SOON:
        return rows.filter(status=DeadlineStatus.OPEN, due_on__lte=soon(context))
    return rows if code == CLOSED else rows.filter(status=code)


def action_counts(context: ListContext) -> dict[str, int]:
    """How many lines the list shows as overdue and as due soon, in one query: the numbers of Today."""
    found = list(_COUNTED(context.principal, context.today, soon(context)))
    # Of no rows at all there is no line.
    late, near = found[0] if found else (0, 0)
    return {DeadlineStatus.OVERDUE.value: late, SOON: near}


def _counted(by: Principal, today: date, until: date) -> QuerySet[Any, Any]:
    rows: QuerySet[Any] = Action.objects.filter(pk__in=actions_of(by).values("pk")).waiting().with_status(today)
    near = Q(status=DeadlineStatus.OPEN, due_on__lte=until)
    numbers = {"late": Count("pk", filter=Q(status=DeadlineStatus.OVERDUE)), "near": Count("pk", filter=near)}
    counted: QuerySet[Any, Any] = rows.order_by().values(kind=Value("action")).annotate(**numbers)
    return counted.values_list("late", "near")


_COUNTED = Written(_counted)


@dataclass(frozen=True)
class ActionLine:
    """An action in words, and what may be done with it."""

    row: Any
    status: DeadlineStatus
    vague: bool
    offer: Offer | None

    @property
    def tag(self) -> str:
        return {DeadlineStatus.OPEN: "due"}.get(self.status, self.status.value)

    @property
    def outcome(self) -> str:
        return ActionOutcome(self.row.outcome).label if self.row.outcome else ""


def lines_of(rows: Sequence[Any], *, by: Principal) -> list[ActionLine]:
    """Rows with their status as lines, each with the one thing that may be done with it."""
    settled = may_settle_actions(rows, by=by)
    lines = []
    for row in rows:
        label, name = ("Close", "action-close") if row.is_open else ("Open again", "action-reopen")
        offer = Offer(label, reverse(name, args=[row.pk]), Decision.yes()) if row.pk in settled else None
        lines.append(ActionLine(row, DeadlineStatus(row.status), row.is_open and is_vague(row.what), offer))
    return lines


class Actions(ListPage[Action]):
    """What agencies were given to do: open actions, those due first above; the unit sees all, an agency its own."""

    permission = Perm.NOMINAL_VIEW
    model = Action
    title = "Actions"
    template_name = "meetings/actions.html"
    listing = Listing(
        sorts=(
            Sort("due", "Due", ("due_on", "given_on")),
            Sort("name", "Name", ("nominal__family_name", "nominal__given_names", "number")),
            Sort("agency", "Agency", ("agency__name", "due_on")),
            Sort("given", "Given", ("given_on",)),
        ),
        columns=(
            Column("Name", "name"),
            Column("Action"),
            Column("Agency", "agency"),
            Column("Given", "given"),
            Column("Due", "due", beside="How it stands"),
            Column("Close", exported=False),
            RECORD_NUMBER,
        ),
        filters=(
            choice_filter("state", "State", STATES, _state, empty_label="Open"),
            choice_filter("agency", "Agency", _agencies, lambda rows, v, _c: rows.filter(agency=int(v))),
        ),
        noun=("action", "actions"),
        empty="No action is open.",
        empty_filtered="No action matches these filters.",
    )

    def get_queryset(self) -> QuerySet[Any]:
        rows = Action.objects.filter(pk__in=actions_of(self.principal).values("pk"))
        rows = rows.filter(closed_on__isnull=self.request.GET.get("state") != CLOSED)
        return rows.with_status(self.today).select_related("nominal", "agency", "responsible")

    def decorate(self, rows: Sequence[Any]) -> Sequence[ActionLine]:
        return lines_of(rows, by=self.principal)


class ActionFormPage(FormPage[Action], abstract=True):
    """A form about one action."""

    permission = Perm.ACTION_CLOSE
    model = Action
    template_name = "meetings/action_form.html"

    def get_queryset(self) -> QuerySet[Action]:
        return Action.objects.select_related("nominal", "agency", "responsible")

    def get_cancel_url(self) -> str:
        return reverse("actions")


class ActionClose(ActionFormPage):
    """What came of an action, said by its agency or by the unit for it (R69)."""

    permission = Perm.ACTION_CLOSE
    form_class = ActionCloseForm
    title = "Close an action"
    submit_label = "Close the action"

    def get_initial(self) -> Mapping[str, Any]:
        return {"closed_on": self.today}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        close_action(
            by=self.principal,
            today=self.today,
            action_id=self.object.pk,
            outcome=ActionOutcome(said["outcome"]),
            closed_on=said["closed_on"],
            note=said["note"],
        )
        messages.success(self.request, "The action is closed.")
        return self.get_cancel_url()


class ActionReopen(ActionFormPage):
    """An action that was closed by mistake, open again."""

    permission = Perm.ACTION_CLOSE
    form_class = ActionReopenForm
    title = "Open an action again"
    submit_label = "Open it again"

    def act(self, form: Any) -> str:
        reopen_action(by=self.principal, today=self.today, action_id=self.object.pk, reason=form.cleaned_data["reason"])
        messages.success(self.request, "The action is open again.")
        return self.get_cancel_url()
