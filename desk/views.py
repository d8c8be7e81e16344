"""Today, and the nominal's page with its parts."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet

from agencies.access import can, visible, was_visible, who_can
from agencies.models import Agency
from agencies.roles import Perm
from agencies.written import Written
from audit.presenters import history_of
from cases.models import Nominal
from cases.services.referrals import may_refer
from cases.thresholding import with_thresholding
from letters.marking import may_take_copy
from meetings.offers import meeting_offers
from meetings.queries import with_meeting_ahead
from pages.guards import SIGNED_IN, DetailPage, Offer, TemplatePage
from pages.navigation import address_about

from .circumstances import Circumstances, with_warnings
from .compartments import compartments_of, kept_quiet, not_told_of, said_to
from .looking import because, who_looked
from .record import Record, read_everything
from .taking_part import taking_part_in
from .today import figures_url, parts_for

HISTORY_SIZE = 50


class Today(TemplatePage):
    """The first page of every role: what waits, and where to find it."""

    permission = SIGNED_IN
    template_name = "desk/today.html"
    title = "Today"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            parts=parts_for(self.principal, today=self.today),
            reads_figures=can(self.principal, Perm.FIGURES_VIEW),
            figures_url=figures_url(self.principal),
            today=self.today,
            **context,
        )


def _warned(on: date) -> QuerySet[Nominal]:
    """Nominals with what stands above every part of their record."""
    return with_warnings(Nominal.objects.select_related("area", "panel_area"), on=on)


def _asked_about(on: date, now: datetime) -> QuerySet[Nominal]:
    """Nominals with what their own page shows beside."""
    return with_meeting_ahead(with_thresholding(_warned(on), on=on), now)


_WARNED = Written(lambda by, perm, key, on: visible(by, _warned(on).filter(pk=key), perm))
_ASKED_ABOUT = Written(lambda by, perm, key, on, now: visible(by, _asked_about(on, now).filter(pk=key), perm))


class RecordPage(DetailPage[Nominal], abstract=True):
    """One part of a nominal's record, under the same identity bar and the same tabs."""

    permission: ClassVar[Perm]
    model = Nominal
    part: ClassVar[str] = "nominal"
    record: Record

    def load(self) -> None:
        super().load()
        read_everything(self.object)
        self.record = Record(self.object, by=self.principal, today=self.today)

    def get_queryset(self) -> QuerySet[Nominal]:
        return _warned(self.today)

    def find(self) -> Nominal:
        """As every page finds its record, by a query that is written once; who is not found by it is refused there."""
        for row in self.found():
            was_visible(self.principal, self.permission, row)
            return row
        return super().find()

    def found(self) -> list[Nominal]:
        """The visible one of :meth:`get_queryset`, if there is one."""
        return _WARNED(self.principal, self.permission, self.kwargs["pk"], self.today)

    def get_title(self) -> str:
        return self.object.name

    def offers(self) -> Iterable[Offer]:
        url = address_about("nominal-summary", self.object.pk)
        return [Offer("Print a summary", url, may_take_copy(by=self.principal))]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(record=self.record, tabs=self.tabs(), **context)

    def names(self, model: type[Model], ids: Collection[int]) -> Mapping[int, str]:
        """Words for ids, of those rows only that the principal may see. A library's own tables are about nobody."""
        if model is Group:
            return dict(Agency.objects.filter(group__in=ids).values_list("group", "name"))
        rows = model._default_manager.filter(pk__in=ids)
        if hasattr(model, "access_root"):
            rows = visible(self.principal, rows, Perm.HISTORY_VIEW)
        return {row.pk: str(row) for row in rows}

    def tabs(self) -> list[tuple[str, str, bool]]:
        """The parts that this person may open, with the one that is open now."""
        parts = (
            ("Record", "nominal", Perm.NOMINAL_VIEW),
            ("Circumstances", "nominal-circumstances", Perm.NOMINAL_VIEW),
            ("What is due", "nominal-due", Perm.NOMINAL_VIEW),
            ("Actions", "nominal-actions", Perm.NOMINAL_VIEW),
            ("On a day", "nominal-on-day", Perm.NOMINAL_VIEW),
            ("History", "nominal-history", Perm.HISTORY_VIEW),
            ("Who has access", "nominal-access", Perm.ACCESS_VIEW),
            ("Who has looked", "nominal-looks", Perm.LOOKS_VIEW),
        )
        return [
            (label, address_about(name, self.object.pk), name == self.part)
            for label, name, perm in parts
            if name == self.part or can(self.principal, perm, self.object)
        ]


class NominalPage(RecordPage):
    """The record: status with its reasons, grounds, whereabouts, dates ahead, people, names and numbers."""

    permission = Perm.NOMINAL_VIEW
    template_name = "desk/nominal.html"

    def get_queryset(self) -> QuerySet[Nominal]:
        return _asked_about(self.today, self.now)

    def found(self) -> list[Nominal]:
        return _ASKED_ABOUT(self.principal, self.permission, self.kwargs["pk"], self.today, self.now)

    def offers(self) -> Iterable[Offer]:
        allowed = can(self.principal, Perm.REFERRAL_WRITE, self.object)
        url = address_about("nominal-refer", self.object.pk)
        twin = may_refer(self.object, by=self.principal, today=self.today)
        return [*super().offers(), Offer("Refer to Level 2 or 3", url, twin, access=allowed, post=True)]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = meeting_offers(self.object, self.record.level.value, by=self.principal)
        ahead = bool(can(self.principal, Perm.SITTING_VIEW, self.object))
        return super().get_context_data(meeting_offers=found, says_ahead=ahead, **context)


class NominalCircumstances(RecordPage):
    """What surrounds the person: warnings, hospital orders, connected people, other processes, background."""

    permission = Perm.NOMINAL_VIEW
    template_name = "desk/nominal_circumstances.html"
    part = "nominal-circumstances"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        circumstances = Circumstances(self.object, by=self.principal, today=self.today)
        return super().get_context_data(circumstances=circumstances, **context)


class NominalHistory(RecordPage):
    """What was done to the record, when and by whom, as far as the reader may read what it was done to."""

    permission = Perm.HISTORY_VIEW
    template_name = "desk/nominal_history.html"
    part = "nominal-history"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        compartments = compartments_of(self.principal, self.object)
        # What was done to records that were merged into this one is its history, too.
        ids = [self.object.pk, *self.object.absorbed.order_by("pk").values_list("pk", flat=True)]
        entries = [
            entry
            for nominal_id in ids
            for entry in history_of(
                self.principal,
                nominal_id,
                compartments=compartments,
                size=HISTORY_SIZE,
                names=self.names,
                not_told=not_told_of(self.principal, nominal_id, compartments=compartments),
                said=said_to(self.principal),
                without=kept_quiet(self.principal, nominal_id),
            )
        ]
        entries.sort(key=lambda entry: entry.at, reverse=True)
        return super().get_context_data(entries=entries[:HISTORY_SIZE], size=HISTORY_SIZE, **context)


class NominalAccess(RecordPage):
    """How the record is handled, who takes part in the case, who is kept out of it, and who can open it today."""

    permission = Perm.ACCESS_VIEW
    template_name = "desk/nominal_access.html"
    part = "nominal-access"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            parts=taking_part_in(self.object, by=self.principal, today=self.today),
            holders=[(holder, because(holder)) for holder in who_can(Perm.NOMINAL_VIEW, self.object, on=self.today)],
            **context,
        )


class NominalLooks(RecordPage):
    """Who has looked at the record, when, and by what: for whoever answers for the case (R101)."""

    permission = Perm.LOOKS_VIEW
    template_name = "desk/nominal_looks.html"
    part = "nominal-looks"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        before = self.request.GET.get("before", "")
        key = int(before) if before.isascii() and before.isdecimal() and len(before) < 18 else None
        return super().get_context_data(
            looks=who_looked(self.principal, self.object.pk, before=key), newest=key is None, **context
        )
