"""Two records compared and merged after a look at everything that moves; a merge undone."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from agencies.roles import Perm
from cases.forms.merging import FIRST, SECOND, MergeForm, UndoForm
from cases.merging.plan import Plan, plan_merge
from cases.merging.undoing import Undo, plan_undo
from cases.models import Nominal
from cases.queries import with_derived
from cases.services.merging import may_merge_nominals, may_undo_merge, merge_nominals, undo_merge
from pages.answers import CHANGE, CONFIRMED, LOOK_AGAIN, answers_of, carried, shown_as
from pages.dates import british_date
from pages.guards import FormPage, Moved, fetch, show
from pages.writing import NOT_ACCEPTED
from rules.core import Decision
from rules.vocabulary import Category, Level, Whereabouts

from .about import nominal_url

UNKNOWN = "Not known"


class PairPage(FormPage[Nominal], abstract=True):
    """A form about two records: ``object`` and ``other``, both fetched through the access engine."""

    permission: ClassVar[Perm] = Perm.NOMINAL_MERGE
    model = Nominal
    other: Nominal

    def get_queryset(self) -> QuerySet[Nominal]:
        rows = Nominal.objects.select_related("area", "panel_area").prefetch_related("identifiers", "aliases")
        return with_derived(rows, on=self.today)

    def load(self) -> None:
        super().load()
        rows = self.get_queryset().filter(pk=self.kwargs["nominal_pk"])
        self.other = fetch(self.principal, rows, permission=self.permission, seen_by=self.seen_by)
        show([self.other])

    def moved(self, moved: Moved) -> HttpResponseBase:
        """One of the two has been merged: the kept record is shown; for the form that did it, as its result."""
        if self.request.method == "GET" or self.was_carried_out:
            return redirect(nominal_url(moved.new))
        return super().moved(moved)

    @property
    def records(self) -> dict[str, Nominal]:
        """The two as they stand on the page, the older first."""
        first, second = sorted((self.object, self.other), key=lambda row: row.pk)
        return {FIRST: first, SECOND: second}

    def get_cancel_url(self) -> str:
        return nominal_url(self.object.pk) + "doubles/"


class MergeRecords(PairPage):
    """Two records side by side: which is kept, which values win; then everything that moves, and then the merge."""

    form_class = MergeForm
    template_name = "cases/merge.html"
    title = "Compare two records"
    submit_label = "Show what would move"

    def get_form_kwargs(self) -> Mapping[str, Any]:
        records = self.records
        named = [(key, f"{row.name}, {_born(row)}, record {row.pk}") for key, row in records.items()]
        details = {}
        for name, label, said in _DETAILS:
            values = [(key, said(row)) for key, row in records.items()]
            if len({value for _, value in values}) > 1:
                details[name] = (label, values)
        return {"records": named, "details": details}

    def get_initial(self) -> Mapping[str, Any]:
        """The older record is kept; a value that is known stands before one that is not."""
        records = self.records
        found = {"kept": FIRST}
        for name, _, said in _DETAILS:
            found[name] = SECOND if said(records[FIRST]) == UNKNOWN else FIRST
        return found

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.get_form(data=request.POST)
        if self.was_carried_out or not form.is_valid():
            return super().post(request, *args, **kwargs)
        if CHANGE in request.POST:
            return self.page(form=form, hidden=self.hidden(fresh=False))
        kept, absorbed, takes = self.chosen(form)
        plan, sent = plan_merge(kept, absorbed, today=self.today), carried(form, request.POST)
        confirms = shown_as(sent, plan.parts())
        if request.POST.get(CONFIRMED) == confirms:
            return super().post(request, *args, **kwargs)
        decision = may_merge_nominals(
            kept,
            by=self.principal,
            today=self.today,
            absorbed=absorbed,
            takes=takes,
            reason=form.cleaned_data["reason"],
            plan=plan,
        )
        if not decision:
            return self.again(form, decision)
        confirmed = CONFIRMED in request.POST
        return self.page(
            status=NOT_ACCEPTED if confirmed else 200,
            refusal=LOOK_AGAIN if confirmed else None,
            submit_label="Merge the two records",
            form=form,
            answers=answers_of(form),
            carried=sent,
            confirms=confirms,
            hidden=self.hidden(fresh=False),
            plan=plan,
            lost=name_lost(plan, takes),
        )

    def chosen(self, form: Any) -> tuple[Nominal, Nominal, set[str]]:
        """The record that is kept, the other, and what is taken from that one."""
        said = form.cleaned_data
        records = self.records
        kept = said["kept"]
        takes = {name for name, _, _ in _DETAILS if said.get(name, kept) != kept}
        return records[kept], records[SECOND if kept == FIRST else FIRST], takes

    def act(self, form: Any) -> str:
        kept, absorbed, takes = self.chosen(form)
        merge_nominals(
            by=self.principal,
            today=self.today,
            kept_id=kept.pk,
            absorbed_id=absorbed.pk,
            reason=form.cleaned_data["reason"],
            takes=takes,
        )
        messages.success(self.request, "The two records are one. The merge can be undone as a whole.")
        return nominal_url(kept.pk)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        records = self.records
        plan: Plan | None = context.get("plan")
        allowed: Decision | None = None
        if plan is None and "refusal" not in context:
            allowed = may_merge_nominals(records[FIRST], by=self.principal, today=self.today, absorbed=records[SECOND])
        return super().get_context_data(
            records=records,
            facts=_facts(records.values()),
            standing=() if allowed is None or allowed else allowed.reasons,
            **context,
        )


class MergeUndo(FormPage[Nominal]):
    """The last merge into the record, undone: what goes back, what stays, what has to be decided."""

    permission = Perm.NOMINAL_MERGE
    model = Nominal
    form_class = UndoForm
    template_name = "cases/merge_undo.html"
    title = "Undo the merge"
    submit_label = "Undo the merge"
    undo: Undo

    def load(self) -> None:
        super().load()
        self.undo = plan_undo(self.object)

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {
            "changed": [(str(each.line.pk), f"{each.table}: {each.text}") for each in self.undo.changed],
            "ticked": not self.undo.opens_absorbed,
            "decides_since": self.undo.opens and bool(self.undo.since),
        }

    def get_cancel_url(self) -> str:
        return nominal_url(self.object.pk) + "doubles/"

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        undo_merge(
            by=self.principal,
            today=self.today,
            kept_id=self.object.pk,
            reason=said["reason"],
            goes_back={int(key) for key in said.get("goes_back", ())},
            since_is_theirs=said.get("since_is_theirs", False),
        )
        messages.success(self.request, "The merge is undone: they are two records again.")
        return nominal_url(self.object.pk)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        decision = may_undo_merge(self.object, by=self.principal, today=self.today, undo=self.undo)
        return super().get_context_data(undo=self.undo, standing=() if decision else decision.reasons, **context)


def _born(row: Nominal) -> str:
    return f"born {british_date(row.date_of_birth)}" if row.date_of_birth else "date of birth not known"


def _name(row: Nominal) -> str:
    return row.name


def _birth(row: Nominal) -> str:
    return british_date(row.date_of_birth) if row.date_of_birth else UNKNOWN


def _sex(row: Nominal) -> str:
    return str(row.get_sex_display())


def _panel(row: Nominal) -> str:
    return str(row.panel_area) if row.panel_area else UNKNOWN


# What a record says once: its key in the service, the question, and the answer of a record.
_DETAILS = (
    ("name", "Which name?", _name),
    ("date_of_birth", "Which date of birth?", _birth),
    ("sex", "Which sex?", _sex),
    ("panel_area", "Which panel area?", _panel),
)


def _facts(records: Any) -> Sequence[tuple[str, list[str]]]:
    """The two side by side: what is asked, and what each says."""
    rows = list(records)
    return [
        ("Name", [_name(row) for row in rows]),
        (
            "Other names",
            [_several(f"{each.given_names} {each.family_name}".strip() for each in row.aliases.all()) for row in rows],
        ),
        ("Date of birth", [_birth(row) for row in rows]),
        ("Sex", [_sex(row) for row in rows]),
        (
            "Numbers",
            [
                _several(f"{each.get_kind_display()} {each.normalised}" for each in row.identifiers.all())
                for row in rows
            ],
        ),
        ("Category", [Category(row.category).label if row.category else "None" for row in rows]),
        ("Level", [Level(row.level).label if row.level else "None" for row in rows]),
        (
            "Where they are",
            [Whereabouts(row.whereabouts_kind).label if row.whereabouts_kind else "Not recorded" for row in rows],
        ),
        ("Lead agency", [row.lead_agency_name or "Not recorded" for row in rows]),
        ("Panel area", [_panel(row) for row in rows]),
        ("Handling", [row.get_handling_display() for row in rows]),
    ]


def _several(values: Any) -> str:
    return "; ".join(values) or "None"


def name_lost(plan: Plan, takes: set[str]) -> str:
    """The name that does not win, kept as another name."""
    names = (plan.kept.name, plan.absorbed.name)
    if names[0] == names[1]:
        return ""
    return names[0] if "name" in takes else names[1]
