"""The rows of a list: looked through by what they turned out to be, accepted together or one by one, answered for."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from agencies.access import can, visible
from agencies.roles import Perm
from audit import reads
from cases.models import Nominal
from exchange.columns import IDENTIFIERS, OF_LISTS
from exchange.differences import Fact
from exchange.formats import Code
from exchange.forms import AbsenceForm
from exchange.models import Extract, ExtractRow
from exchange.problems import CellError
from exchange.queries import extracts_of, kept_records, rows_of
from exchange.services.extracts import COURSE
from exchange.services.rows import accept_rows, answer_absence, leave_row, may_accept_rows, may_leave_row
from exchange.services.rows import may_answer_absence as may_answer
from exchange.words import WRITABLE, Answer, ListKind, Outcome, RowState, told_as
from pages.guards import ActionPage, DetailPage, FormPage, ListPage, ObjectPage, Offer
from pages.lists import Column, Listing, Sort, choice_filter, choices_filter
from rules.core import Decision, Reason, Refused, mid_sentence
from rules.vocabulary import choices

from .extracts import ExtractActionPage, extract_url, rows_url

# Where the text of a problem names a line of the file.
_LINE = re.compile(r"\bline (\d+)\b")

LISTING = Listing(
    sorts=(
        Sort("number", "Place in the list", ("number",)),
        Sort("name", "Name", ("family_name", "given_names", "number")),
        Sort("outcome", "Outcome", ("outcome", "number")),
    ),
    columns=(Column("Name", "name"), Column("Outcome", "outcome"), Column("What it says")),
    filters=(
        choice_filter("outcome", "Outcome", choices(Outcome), lambda rows, v, _c: rows.filter(outcome=v)),
        choices_filter("state", "Decision", choices(RowState), lambda rows, v, _c: rows.filter(state__in=v)),
        choice_filter("kind", "Changes", choices(Fact), lambda rows, v, _c: rows.filter(kinds__contains=[v])),
    ),
    noun=("person", "people"),
    empty="The list has no rows that can be shown.",
    empty_filtered="Nobody on the list matches these filters.",
)


@dataclass(frozen=True)
class RowLine:
    """A row of the list, in words."""

    row: ExtractRow
    name: str
    outcome: str
    state: str
    says: Sequence[str]


def told(row: ExtractRow) -> RowLine:
    """The row as a line of a table."""
    # An action is told as it is: all rows of its list would say the same otherwise.
    says = [Fact(kind).label for kind in row.kinds if kind != Fact.ACTIONS]
    says += [each["after"] for each in row.changes if each["kind"] == Fact.ACTIONS]
    says += [f"{_column(each['column'])}{_placed(each['reason'], {})}" for each in row.problems[:2]]
    if row.answer:
        says.append(Answer(row.answer).label)
    kind = ListKind(row.extract.kind)
    outcome = told_as(Outcome(row.outcome), kind) if row.outcome else "Not compared yet"
    return RowLine(row, name_of(row), outcome, _decision(row), says)


def _decision(row: ExtractRow) -> str:
    """What was decided about the row, or what there is to decide."""
    if row.state == RowState.OPEN and row.outcome == Outcome.UNCHANGED:
        return "Nothing to decide"
    if row.state == RowState.OPEN and row.outcome == Outcome.UNMATCHED:
        return "To be corrected in the list"
    return RowState(row.state).label


def name_of(row: ExtractRow) -> str:
    """As the list has it; whoever is not on it, as the register does."""
    family, given = row.family_name, row.given_names
    if not family and row.nominal is not None:
        family, given = row.nominal.family_name, row.nominal.given_names
    return f"{family}, {given}" if family and given else family or "Name not read"


def _heading(name: str) -> str:
    """A column as people read it."""
    return IDENTIFIERS[name].label if name in IDENTIFIERS else name.replace("_", " ").capitalize()


def _value(name: str, text: str) -> str:
    """A cell as people read it: a code as its word, everything else as it was typed."""
    form = OF_LISTS[name].format
    if not isinstance(form, Code):
        return text
    try:
        return form.read(text).label
    except CellError:
        return text


def _in_words(found: Iterable[Mapping[str, Any]], places: Mapping[int, str]) -> list[dict[str, Any]]:
    """Problems or notes with line and column as people read them, in their texts as well."""
    return [
        {
            **each,
            "column": _heading(each["column"]) if each["column"] else "",
            "line": places.get(each["line"], ""),
            "reason": _placed(each["reason"], places),
            "right": _placed(each["right"], places),
        }
        for each in found
    ]


def _placed(text: str, places: Mapping[int, str]) -> str:
    """The text with each line called as it is in these places; one that is not there is just another line."""

    def called(found: re.Match[str]) -> str:
        return mid_sentence(places.get(int(found[1]), "another line of the list"))

    return _LINE.sub(called, text)


def _column(name: str) -> str:
    return f"{name.replace('_', ' ')}: " if name else ""


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
        return [told(row) for row in rows]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        outcome, kind = self.request.GET.get("outcome", ""), self.request.GET.get("kind", "")
        return super().get_context_data(
            extract=self.extract,
            back_url=extract_url(self.extract.pk),
            caption=f"{self.extract.agency.name}: {ListKind(self.extract.kind).label}",
            group=outcome if outcome in WRITABLE else "",
            kind=kind,
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
        places = self._places()
        says = [
            (places[line], [(_heading(name), _value(name, cells[name])) for name in OF_LISTS if name in cells])
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
            line=told(row),
            heads=("Fact", "In the register", "On the list"),
            says=says,
            problems=_in_words(row.problems, places),
            notes=_in_words(row.notes, places),
            known=known,
            others=others,
            back_url=rows_url(row.extract_id, outcome=row.outcome),
            caption=f"{row.extract.agency.name}: {ListKind(row.extract.kind).label}",
            **context,
        )

    def _places(self) -> dict[int, str]:
        """How each line of the row is called: by its place in the file to whoever brought it in and so has the file.

        To others by its place among the person's own lines: gaps between the lines of the people whom they see would
        say that somebody else is on the list (R99, R100).
        """
        row = self.object
        if row.extract.membership_id == self.principal.membership_id:
            found = (*row.problems, *row.notes)
            own = {each["line"] for each in found}
            own |= {int(line) for each in found for line in _LINE.findall(f"{each['reason']} {each['right']}")}
            return {line: f"Line {line}" for line in own | {line for line, _ in row.said}}
        return {line: f"Line {place} about this person" for place, (line, _) in enumerate(row.said, start=1)}


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
