"""The rows of a list: looked through by what they turned out to be, accepted together or one by one, answered for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from agencies.access import can, visible
from agencies.roles import Perm
from audit import reads
from cases.models import Nominal
from exchange.columns import OF_LISTS
from exchange.differences import Fact
from exchange.forms import AbsenceForm, AbsencesForm
from exchange.models import Extract, ExtractRow
from exchange.queries import extracts_of, kept_records, rows_of
from exchange.services.extracts import COURSE
from exchange.services.rows import (
    accept_rows,
    answer_absence,
    answer_absences,
    leave_row,
    may_accept_rows,
    may_answer_absences,
    may_leave_row,
)
from exchange.services.rows import may_answer_absence as may_answer
from exchange.words import WRITABLE, Answer, ListKind, Outcome, RowState
from pages.guards import ActionPage, DetailPage, FormPage, ListPage, ObjectPage, Offer
from pages.lists import Choices, Column, Listing, Sort, choice_filter, choices_filter
from pages.writing import ticked
from rules.core import Decision, Reason, Refused
from rules.vocabulary import choices

from .extracts import ExtractActionPage, ExtractFormPage, extract_url, rows_url
from .telling import RowLine, heading, in_words, name_of, places_of, standing_of, told, value

# One list of words for lists that are open and those that are over.
DECISIONS: Choices = [(RowState.OPEN, "To be decided, or left undecided"), *choices(RowState)[1:]]
TO_LOOK_AT: Choices = [("yes", "Something to look at")]

LISTING = Listing(
    sorts=(
        Sort("number", "Place in the list", ("number",)),
        Sort("name", "Name", ("family_name", "given_names", "number")),
        Sort("outcome", "Outcome", ("outcome", "number")),
    ),
    columns=(Column("Name", "name"), Column("Outcome", "outcome"), Column("What it says")),
    filters=(
        choice_filter("outcome", "Outcome", choices(Outcome), lambda rows, v, _c: rows.filter(outcome=v)),
        choices_filter("state", "Decision", DECISIONS, lambda rows, v, _c: rows.filter(state__in=v)),
        choice_filter("look", "To look at", TO_LOOK_AT, lambda rows, _v, _c: rows.exclude(notes=[])),
        choice_filter("kind", "Changes", choices(Fact), lambda rows, v, _c: rows.filter(kinds__contains=[v])),
    ),
    noun=("person", "people"),
    empty="The list has no rows that can be shown.",
    empty_filtered="Nobody on the list matches these filters.",
)


class ExtractRows(ListPage[ExtractRow]):
    """The rows of one list that the principal may know."""

    permission = Perm.REGISTER_IMPORT
    model = ExtractRow
    listing = LISTING
    template_name = "exchange/extract_rows.html"
    extract: Extract

    def load(self) -> None:
        found = extracts_of(self.principal).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        self.extract = found

    def get_title(self) -> str:
        return "The rows of the list"

    def get_queryset(self) -> QuerySet[ExtractRow]:
        return rows_of(self.principal, self.extract).select_related("extract", "nominal")

    def decorate(self, rows: Sequence[ExtractRow]) -> Sequence[RowLine]:
        reads.showed(reads.AccessKind.LIST, [row.nominal_id for row in rows])
        stands = standing_of(rows, by=self.principal, today=self.today)
        return [told(row, by=self.principal, stands=stands.get(row.nominal_id or 0, "")) for row in rows]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        outcome, kind = self.request.GET.get("outcome", ""), self.request.GET.get("kind", "")
        return super().get_context_data(
            extract=self.extract,
            back_url=extract_url(self.extract.pk),
            caption=f"{self.extract.agency.name}: {ListKind(self.extract.kind).label}",
            group=outcome if outcome in WRITABLE else "",
            kind=kind,
            answering=outcome == Outcome.ABSENT
            and may_answer_absences(self.extract, by=self.principal, today=self.today),
            accepting=may_accept_rows(self.extract, by=self.principal, today=self.today),
            **context,
        )


class RowsAccept(ExtractActionPage):
    """A group of rows accepted: an outcome, and where one is named, those that change one kind of fact only."""

    permission = Perm.REGISTER_IMPORT

    def act(self) -> str:
        outcome, kind = self.request.POST.get("outcome", ""), self.request.POST.get("kind", "")
        if outcome not in WRITABLE or (kind and kind not in set(Fact)):
            raise Refused(Decision.no(Reason("Choose which rows are to be accepted.", COURSE)))
        count = accept_rows(
            by=self.principal, today=self.today, extract_id=self.object.pk, outcome=Outcome(outcome), kind=kind
        )
        messages.success(self.request, f"{count:,} accepted. They are being written to the register.")
        return extract_url(self.object.pk)


class AboutRow(ObjectPage[ExtractRow], abstract=True):
    """Pages about one row: of a list of the area, and not about somebody whom the principal may not see."""

    model = ExtractRow

    def get_queryset(self) -> QuerySet[ExtractRow]:
        extract = extracts_of(self.principal).filter(rows=self.kwargs["pk"]).first()
        if extract is None:
            return ExtractRow.objects.none()
        return rows_of(self.principal, extract).select_related("extract__agency", "nominal", "decided_by")

    def load(self) -> None:
        super().load()
        reads.showed(reads.AccessKind.VIEW, [self.object.nominal_id])

    def get_cancel_url(self) -> str:
        return reverse("extract-row", args=[self.object.pk])


class RowPage(AboutRow, DetailPage[ExtractRow]):
    """One row: what the list says, what it would change, what is wrong with it, what was decided."""

    permission = Perm.REGISTER_IMPORT
    template_name = "exchange/extract_row.html"

    def get_title(self) -> str:
        return name_of(self.object)

    def offers(self) -> Iterable[Offer]:
        row = self.object
        asked: dict[str, Any] = {"by": self.principal, "today": self.today}
        if row.outcome in WRITABLE and row.state == RowState.OPEN:
            may = may_accept_rows(row.extract, **asked)
            yield Offer("Accept", reverse("extract-row-accept", args=[row.pk]), may, post=True, style="primary")
        if leaving := may_leave_row(row, **asked):
            yield Offer("Leave as it is", reverse("extract-row-leave", args=[row.pk]), leaving, post=True)
        if row.outcome == Outcome.ABSENT and (answering := may_answer(row, **asked)):
            yield Offer("Answer", reverse("extract-absence", args=[row.pk]), answering, style="primary")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row = self.object
        places = places_of(row, by=self.principal)
        says = [
            (places[line], [(heading(name), value(name, cells[name])) for name in OF_LISTS if name in cells])
            for line, cells in row.said
        ]
        known = None
        if row.nominal is not None and can(self.principal, Perm.NOMINAL_VIEW, row.nominal):
            known = row.nominal
        hints = set(kept_records(row.hints).values())
        alike = visible(self.principal, Nominal.objects.filter(pk__in=hints), Perm.NOMINAL_VIEW)
        others = [each for each in alike if known is None or each.pk != known.pk] if row.hints else []
        reads.showed(reads.AccessKind.VIEW, [each.pk for each in others])
        return super().get_context_data(
            line=told(row, by=self.principal),
            heads=("Fact", "In the register", "On the list"),
            says=says,
            problems=in_words(row.problems, places),
            notes=in_words(row.notes, places),
            known=known,
            others=others,
            back_url=rows_url(row.extract_id, outcome=row.outcome),
            caption=f"{row.extract.agency.name}: {ListKind(row.extract.kind).label}",
            **context,
        )


class RowAccept(AboutRow, ActionPage[ExtractRow]):
    """This row accepted."""

    permission = Perm.REGISTER_IMPORT
    title = "This cannot be done now"

    def act(self) -> str:
        row = self.object
        outcome = Outcome(row.outcome or Outcome.UNMATCHED)
        accept_rows(by=self.principal, today=self.today, extract_id=row.extract_id, outcome=outcome, row_id=row.pk)
        messages.success(self.request, "Accepted. It is being written to the register.")
        return rows_url(row.extract_id, outcome=row.outcome, state=RowState.OPEN)


class RowLeave(AboutRow, ActionPage[ExtractRow]):
    """This row set aside."""

    permission = Perm.REGISTER_IMPORT
    title = "This cannot be done now"

    def act(self) -> str:
        leave_row(by=self.principal, today=self.today, row_id=self.object.pk)
        messages.success(self.request, "Left as it is: nothing of it is written.")
        return rows_url(self.object.extract_id, outcome=self.object.outcome, state=RowState.OPEN)


class AbsenceAnswer(AboutRow, FormPage[ExtractRow]):
    """What becomes of somebody who is no longer on the list: a person says so, and nothing ends by itself (R109)."""

    permission = Perm.REGISTER_IMPORT
    form_class = AbsenceForm
    template_name = "exchange/absence.html"
    title = "No longer on the list"
    submit_label = "Save the answer"

    def act(self, form: Any) -> str:
        said, row = form.cleaned_data, self.object
        answer = Answer(said["answer"])
        answer_absence(by=self.principal, today=self.today, row_id=row.pk, answer=answer, reason=said["reason"])
        if answer is Answer.END and row.nominal_id is not None:
            messages.success(self.request, "Your answer is recorded. Now end the ground here, with its day and reason.")
            return reverse("nominal", args=[row.nominal_id]) + "#grounds"
        messages.success(self.request, "Your answer is recorded.")
        return rows_url(row.extract_id, outcome=Outcome.ABSENT, state=RowState.OPEN)


class AbsencesAnswer(ExtractFormPage):
    """One answer about the people who were ticked, of whom it ends none (R109)."""

    permission = Perm.REGISTER_IMPORT
    form_class = AbsencesForm
    template_name = "exchange/absences.html"
    not_exported = "A form over the people who were ticked: they go out as a file from the list they were ticked on."
    title = "No longer on the list"
    submit_label = "Save the answer for all of them"

    def load(self) -> None:
        super().load()
        ids = ticked(self.request)
        rows = rows_of(self.principal, self.object).filter(pk__in=ids, outcome=Outcome.ABSENT).order_by("number")
        self.rows = list(rows.select_related("extract", "nominal"))
        reads.showed(reads.AccessKind.LIST, [row.nominal_id for row in self.rows])

    def get_initial(self) -> Mapping[str, Any]:
        return {"rows": [row.pk for row in self.rows]}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"rows": [row.pk for row in self.rows]}

    def get_cancel_url(self) -> str:
        return rows_url(self.object.pk, outcome=Outcome.ABSENT, state=RowState.OPEN)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        may = may_answer_absences(self.object, by=self.principal, today=self.today)
        stands = standing_of(self.rows, by=self.principal, today=self.today)
        lines = [told(row, by=self.principal, stands=stands.get(row.nominal_id or 0, "")) for row in self.rows]
        return super().get_context_data(lines=lines, stopped=() if may else may.reasons, **context)

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        number = answer_absences(
            by=self.principal,
            today=self.today,
            extract_id=self.object.pk,
            row_ids=said["rows"],
            answer=Answer(said["answer"]),
            reason=said["reason"],
        )
        messages.success(
            self.request, f"Your answer is recorded for {number:,} {'person' if number == 1 else 'people'}."
        )
        return self.get_cancel_url()
