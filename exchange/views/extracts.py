"""A list that an agency sends: brought in, its headings, how far it has come, its end."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from agencies.models import Area
from agencies.parameters import parameters_for
from agencies.queries import agencies_of
from agencies.roles import Perm
from exchange.differences import Fact
from exchange.forms import WHOLE, CancelForm, CloseForm, ExtractForm, HeadingsForm
from exchange.headings import columns_for
from exchange.models import Extract, ExtractFile
from exchange.queries import counts, extracts_of, rows_of
from exchange.services.extracts import (
    add_extract,
    cancel_extract,
    close_extract,
    compare_again,
    may_add_extract,
    may_cancel_extract,
    may_close_extract,
    may_compare_again,
    may_name_headings,
    name_headings,
    waiting_for_nobody,
)
from exchange.services.rows import may_accept_rows
from exchange.words import FINISHED, WORKING, WRITABLE, ExtractState, ListKind, Outcome, RowState, told_as
from pages.guards import ActionPage, DetailPage, FormPage, ListPage, Offer
from pages.lists import Choices, Column, ListContext, Listing, Sort, choice_filter, choices_filter
from rules.extracts import open_list_kept_to, rows_kept_to
from rules.vocabulary import choices


def _agencies(context: ListContext) -> Choices:
    return [(str(each.pk), each.name) for each in agencies_of(context.principal)]


LISTING = Listing(
    sorts=(Sort("added", "Brought in", ("-added_at",)), Sort("agency", "Agency", ("agency__name", "-added_at"))),
    columns=(Column("List", "agency"), Column("Brought in", "added"), Column("By"), Column("State")),
    filters=(
        choices_filter("state", "State", choices(ExtractState), lambda rows, v, _c: rows.filter(state__in=v)),
        choice_filter("agency", "Agency", _agencies, lambda rows, v, _c: rows.filter(agency=v)),
    ),
    noun=("list", "lists"),
    empty="No list has been brought in yet.",
    empty_filtered="No list matches these filters.",
)


def extract_url(extract_id: int) -> str:
    return reverse("extract", args=[extract_id])


def rows_url(extract_id: int, **filters: str) -> str:
    """The rows of the list, with these filters."""
    query = urlencode({name: value for name, value in filters.items() if value})
    return reverse("extract-rows", args=[extract_id]) + (f"?{query}" if query else "")


class ExtractList(ListPage[Extract]):
    """The lists of the area."""

    permission = Perm.REGISTER_IMPORT
    model = Extract
    listing = LISTING
    template_name = "exchange/extract_list.html"
    title = "Lists from agencies"

    def get_queryset(self) -> QuerySet[Extract]:
        return extracts_of(self.principal)

    def offers(self) -> Iterable[Offer]:
        area = Area.objects.filter(pk=self.principal.area_id or 0).first()
        if area is None:
            return []
        may = may_add_extract(area, by=self.principal, today=self.today)
        return [Offer("Bring in a list", reverse("extract-add"), may, access=may, style="primary")]


class ExtractAdd(FormPage[Extract]):
    """A file taken in: checked, and handed to the worker."""

    permission = Perm.REGISTER_IMPORT
    form_class = ExtractForm
    template_name = "exchange/extract_add.html"
    title = "Bring in a list"
    submit_label = "Bring in"

    def get_cancel_url(self) -> str:
        return reverse("extract-list")

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"agencies": agencies_of(self.principal)}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        extract = add_extract(
            by=self.principal,
            today=self.today,
            area=Area.objects.get(pk=self.principal.area_id or 0),
            agency=said["agency"],
            kind=ListKind(said["kind"]),
            whole=said["extent"] == WHOLE,
            content=said["file"].read(),
            called=said["file"].name,
        )
        if extract.state == ExtractState.HEADINGS:
            return reverse("extract-headings", args=[extract.pk])
        messages.success(self.request, "The list has been taken in and is being read.")
        return extract_url(extract.pk)


@dataclass(frozen=True)
class Group:
    """One outcome of a list: how many rows, how many still to be decided, and what can be accepted together."""

    outcome: Outcome
    label: str
    total: int
    open: int
    url: str
    open_url: str
    noted: int
    noted_url: str
    kinds: Sequence[tuple[str, str, int]]

    @property
    def acceptable(self) -> bool:
        return self.outcome in WRITABLE and self.open > 0


def _kept_to(extract: Extract) -> date | None:
    """The last day of what the list says of people; None when that is deleted already."""
    params = parameters_for(extract.area_id)
    if extract.state == ExtractState.CLOSED and extract.closed_on is not None and extract.blanked_on is None:
        return rows_kept_to(extract.closed_on, params).value
    return None if extract.state in FINISHED else open_list_kept_to(extract.added_on, params).value


class ExtractPage(DetailPage[Extract]):
    """How far a list has come, and its rows by what they turned out to be."""

    permission = Perm.REGISTER_IMPORT
    model = Extract
    template_name = "exchange/extract.html"

    def get_queryset(self) -> QuerySet[Extract]:
        return extracts_of(self.principal)

    def get_title(self) -> str:
        return f"{self.object.agency.name}: {ListKind(self.object.kind).label}"

    def offers(self) -> Iterable[Offer]:
        extract = self.object
        asked: dict[str, Any] = {"by": self.principal, "today": self.today}
        pk = extract.pk
        if extract.state == ExtractState.HEADINGS:
            naming = may_name_headings(extract, **asked)
            yield Offer("Name the headings", reverse("extract-headings", args=[pk]), naming, style="primary")
        if extract.state == ExtractState.READY:
            closing = may_close_extract(extract, **asked)
            yield Offer("Close the list", reverse("extract-close", args=[pk]), closing)
            again = may_compare_again(extract, **asked)
            yield Offer("Compare again", reverse("extract-compare", args=[pk]), again, post=True)
        cancelling = may_cancel_extract(extract, **asked)
        if cancelling:
            yield Offer("Give the list up", reverse("extract-cancel", args=[pk]), cancelling, style="warning")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        extract = self.object
        rows = rows_of(self.principal, extract)
        found = counts(rows)
        open_changes: dict[str, int] = {}
        changed = rows.filter(outcome=Outcome.CHANGED, state=RowState.OPEN, kinds__len=1)
        for (kind,) in changed.values_list("kinds", flat=True):
            open_changes[kind] = open_changes.get(kind, 0) + 1
        # Seen before a group is accepted as one: a number that fails its check is no reason to refuse the row (R3).
        noted = Counter(rows.filter(state=RowState.OPEN).exclude(notes=[]).values_list("outcome", flat=True))
        groups = [
            Group(
                outcome=outcome,
                label=told_as(outcome, ListKind(extract.kind)),
                total=sum(number for (each, _), number in found.items() if each == outcome),
                open=found[outcome, RowState.OPEN],
                url=rows_url(extract.pk, outcome=outcome),
                open_url=rows_url(extract.pk, outcome=outcome, state=RowState.OPEN),
                noted=noted[outcome],
                noted_url=rows_url(extract.pk, outcome=outcome, state=RowState.OPEN, look="yes"),
                kinds=[(kind, Fact(kind).label, number) for kind, number in sorted(open_changes.items())]
                if outcome is Outcome.CHANGED
                else [],
            )
            for outcome in Outcome
        ]
        waiting = sum(number for (_, state), number in found.items() if state == RowState.ACCEPTED)
        left = waiting_for_nobody(extract, rows, today=self.today) if waiting else 0
        return super().get_context_data(
            groups=groups,
            waiting=waiting - left,
            left=left,
            stale=sum(number for (_, state), number in found.items() if state == RowState.STALE),
            stale_url=rows_url(extract.pk, state=RowState.STALE),
            working=extract.state in WORKING or waiting > left,
            finished=extract.state in FINISHED,
            accepting=may_accept_rows(extract, by=self.principal, today=self.today),
            state=ExtractState(extract.state),
            kept_to=_kept_to(extract),
            # A share and not a number: how many rows there are in all says how many one does not see.
            share=100 * extract.rows_compared // (extract.rows_read or 1),
            known_before=extracts_of(self.principal).filter(digest=extract.digest, pk__lt=extract.pk).first(),
            all_url=rows_url(extract.pk),
            **context,
        )


def left_by_closing(extract: Extract, found: Mapping[tuple[str, str], int]) -> list[tuple[str, int]]:
    """Of these numbers of rows those that closing leaves without anything written, in words."""
    kind = ListKind(extract.kind)
    left = [(told_as(each, kind), found.get((each, RowState.OPEN), 0)) for each in (*WRITABLE, Outcome.UNMATCHED)]
    overtaken = sum(number for (_, state), number in found.items() if state == RowState.STALE)
    return [(label, number) for label, number in (*left, ("Overtaken, and not written", overtaken)) if number]


class ExtractFormPage(FormPage[Extract], abstract=True):
    """A form about a list of the area."""

    permission = Perm.REGISTER_IMPORT
    model = Extract

    def get_queryset(self) -> QuerySet[Extract]:
        return extracts_of(self.principal)

    def get_cancel_url(self) -> str:
        return extract_url(self.object.pk)


class ExtractHeadings(ExtractFormPage):
    """What each heading of the file stands for."""

    permission = Perm.REGISTER_IMPORT
    form_class = HeadingsForm
    template_name = "exchange/extract_headings.html"
    title = "What do the headings stand for?"
    submit_label = "Save and read the list"

    def get_form_kwargs(self) -> Mapping[str, Any]:
        file = ExtractFile.objects.filter(extract=self.object).defer("content").first()
        if file is None or self.object.state != ExtractState.HEADINGS:
            return {"headings": (), "known": (), "found": ()}
        known = columns_for(ListKind(self.object.kind))
        return {"headings": file.headings, "known": known, "found": file.columns}

    def act(self, form: Any) -> str:
        name_headings(by=self.principal, today=self.today, extract_id=self.object.pk, columns=form.columns)
        messages.success(self.request, "The headings are remembered for this agency. The list is being read.")
        return extract_url(self.object.pk)


class ExtractCancel(ExtractFormPage):
    """The list given up, with its rows."""

    permission = Perm.REGISTER_IMPORT
    form_class = CancelForm
    title = "Give the list up"
    submit_label = "Give it up"

    def act(self, form: Any) -> str:  # noqa: ARG002 - the form only asks whether one is sure
        cancel_extract(by=self.principal, today=self.today, extract_id=self.object.pk)
        messages.success(self.request, "The list has been given up and its rows are deleted.")
        return reverse("extract-list")


class ExtractActionPage(ActionPage[Extract], abstract=True):
    """A button about a list of the area."""

    permission = Perm.REGISTER_IMPORT
    model = Extract
    title = "This cannot be done now"

    def get_queryset(self) -> QuerySet[Extract]:
        return extracts_of(self.principal)

    def get_cancel_url(self) -> str:
        return extract_url(self.object.pk)


class ExtractClose(ExtractFormPage):
    """The list closed: nothing more comes of it. First it is said what is left undecided by that."""

    permission = Perm.REGISTER_IMPORT
    form_class = CloseForm
    template_name = "exchange/extract_close.html"
    title = "Close the list"
    submit_label = "Close the list"

    @cached_property
    def undecided(self) -> Sequence[tuple[str, int]]:
        return left_by_closing(self.object, counts(rows_of(self.principal, self.object)))

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"asks": bool(self.undecided)}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        closing = may_close_extract(self.object, by=self.principal, today=self.today)
        return super().get_context_data(undecided=self.undecided, stopped=() if closing else closing.reasons, **context)

    def act(self, form: Any) -> str:  # noqa: ARG002 - the form only asks whether one is sure
        close_extract(by=self.principal, today=self.today, extract_id=self.object.pk)
        messages.success(self.request, "The list is closed.")
        return extract_url(self.object.pk)


class ExtractCompare(ExtractActionPage):
    """The rows still to be decided held against the register anew."""

    permission = Perm.REGISTER_IMPORT

    def act(self) -> str:
        compare_again(by=self.principal, today=self.today, extract_id=self.object.pk)
        messages.success(self.request, "The list is being compared again.")
        return extract_url(self.object.pk)
