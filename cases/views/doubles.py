"""Possible doubles: of the register, and of one record; two records told apart."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse

from agencies.access import can
from agencies.roles import Perm
from audit.reads import AccessKind, searched
from cases.doubles import Pair, alike, apart_from, pairs
from cases.forms.merging import OtherRecordForm, ReasonForm
from cases.hidden_doubles import hidden_pairs
from cases.merging.parted import merges_kept_back
from cases.merging.undoing import last_merge
from cases.models import Nominal, TwoPeople
from cases.queries import find
from cases.services.merging import may_undo_merge
from cases.services.two_people import take_back_mark, tell_apart
from pages.guards import ActionPage, DrawnList, FormPage, Offer, TemplatePage, fetch, show
from pages.lists import Column
from rules.core import Decision, Reason

from .about import nominal_url
from .merging import PairPage


class Doubles(DrawnList[Pair], TemplatePage):
    """All pairs of records that may be one person's, of those whose both records the reader may see and merge."""

    permission = Perm.NOMINAL_MERGE
    template_name = "cases/doubles.html"
    table_template = "cases/doubles_table.html"
    title = "Possible doubles"
    columns = (Column("One"), Column("Other"), Column("What matches"), Column("Next", exported=False))
    noun = ("pair", "pairs")

    def lines(self) -> Sequence[Pair]:
        return pairs(self.principal)

    def records_of(self, line: Pair) -> Sequence[Nominal]:
        return (line.one, line.other)

    def arranged(self, lines: Sequence[Pair]) -> Mapping[str, Any]:
        return {"lines": lines, "may_merge": can(self.principal, Perm.NOMINAL_MERGE)}


class HiddenDoubles(Doubles):
    """Pairs that may be one person's, one of them restricted or of Category 4: for whoever reads both (R4)."""

    permission = Perm.NOMINAL_VIEW
    template_name = "cases/hidden_doubles.html"
    title = "Possible doubles of records you read"

    def lines(self) -> Sequence[Pair]:
        return hidden_pairs(self.principal)


class NominalDoubles(FormPage[Nominal]):
    """Who may be the same person as this one, who is known not to be, and the merges of the record."""

    permission = Perm.NOMINAL_MERGE
    model = Nominal
    form_class = OtherRecordForm
    template_name = "cases/nominal_doubles.html"
    title = "Same person?"
    submit_label = "Compare"

    def get_queryset(self) -> QuerySet[Nominal]:
        return Nominal.objects.prefetch_related("identifiers")

    def get_cancel_url(self) -> str:
        return nominal_url(self.object.pk)

    def act(self, form: Any) -> str:
        """Find the one record that is meant."""
        text = form.cleaned_data["text"]
        found = [
            match.nominal
            for match in find(self.principal, on=self.today, text=text, perm=Perm.SEARCH).matches
            if match.nominal.pk != self.object.pk
        ]
        searched([text], len(found))
        if len(found) != 1:
            text = "Several records are found: enter a number" if found else "No other record is found"
            Decision.no(Reason(text, "R4")).or_refuse()
        return reverse("nominal-merge", args=[self.object.pk, found[0].pk])

    def offers(self) -> Iterable[Offer]:
        if last_merge(self.object) is None:
            return []
        decision = may_undo_merge(self.object, by=self.principal, today=self.today)
        return [Offer("Undo the last merge", reverse("merge-undo", args=[self.object.pk]), decision)]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = alike(self.principal, self.object, on=self.today)
        apart = self.apart()
        show([each.nominal for each in found] + [other for _, other, _ in apart], AccessKind.LIST)
        return super().get_context_data(
            found=found,
            apart=apart,
            merges=self.object.merges.exclude(pk__in=merges_kept_back(self.principal, self.object.pk))
            .select_related("merged_by", "undone_by")
            .order_by("-pk"),
            **context,
        )

    def apart(self) -> list[tuple[TwoPeople, Nominal, Offer]]:
        """Those told apart from this one whom the reader may see."""
        return [
            (
                each.mark,
                each.other,
                Offer(
                    "Take back",
                    reverse("two-people-take-back", args=[self.object.pk, each.other.pk]),
                    Decision.yes(),
                    post=True,
                ),
            )
            for each in apart_from(self.principal, self.object)
        ]


class TwoPeopleMark(PairPage):
    """The two are known to be two people: they are not shown as possible doubles any more."""

    form_class = ReasonForm
    template_name = "cases/two_people.html"
    title = "These are two people"
    submit_label = "Mark as two people"

    @property
    def stored_version(self) -> int | None:
        return None

    def act(self, form: Any) -> str:
        tell_apart(
            by=self.principal,
            today=self.today,
            one_id=self.other.pk,
            other_id=self.object.pk,
            reason=form.cleaned_data["reason"],
        )
        messages.success(self.request, "They are marked as two people.")
        return nominal_url(self.other.pk) + "doubles/"


class TwoPeopleTakeBack(ActionPage[Nominal]):
    """The mark on the two is taken back."""

    permission = Perm.NOMINAL_MERGE
    model = Nominal
    other: Nominal

    def load(self) -> None:
        super().load()
        rows = Nominal.objects.filter(pk=self.kwargs["nominal_pk"])
        self.other = fetch(self.principal, rows, permission=Perm.NOMINAL_MERGE, seen_by=self.seen_by)
        show([self.other])

    @property
    def stored_version(self) -> int | None:
        return None

    def get_cancel_url(self) -> str:
        return nominal_url(self.other.pk) + "doubles/"

    def act(self) -> str:
        take_back_mark(by=self.principal, today=self.today, one_id=self.other.pk, other_id=self.object.pk)
        messages.success(self.request, "The mark is taken back.")
        return self.get_cancel_url()
