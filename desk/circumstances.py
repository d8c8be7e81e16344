"""The tab of circumstances, composed: what surrounds the person, what of it holds today, and what may be recorded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.text import capfirst

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from agencies.spans import open_on
from cases.models import (
    Background,
    ConnectedPerson,
    HospitalOrder,
    KeyDate,
    Nominal,
    OrderStage,
    ParallelProcess,
    StaffWarning,
    WhereaboutsSpan,
)
from cases.services.circumstances import (
    may_record_background,
    may_record_connected_person,
    may_record_process,
    may_record_warning,
)
from cases.services.dates import may_set_key_date
from cases.services.hospital_orders import may_record_hospital_order
from pages.offers import Offer
from rules.core import Decision
from rules.orders import stage_agrees
from rules.vocabulary import (
    HospitalSection,
    HospitalStage,
    Immigration,
    KeyDateKind,
    ProcessKind,
    WarningKind,
    Whereabouts,
)

from .corrections import Line, lines_of

# By part of the tab: label, page, permission, twin.
TWINS: dict[str, tuple[str, str, Perm, Callable[..., Decision]]] = {
    "warning": ("Warn staff", "warning-add", Perm.CIRCUMSTANCES_RECORD, may_record_warning),
    "order": ("Add a hospital order", "hospital-order-add", Perm.CIRCUMSTANCES_RECORD, may_record_hospital_order),
    "connected": (
        "Add a connected person",
        "connected-person-add",
        Perm.CIRCUMSTANCES_RECORD,
        may_record_connected_person,
    ),
    "process": ("Add a process or restriction", "process-add", Perm.CIRCUMSTANCES_RECORD, may_record_process),
    "background": ("Change background", "background-edit", Perm.CIRCUMSTANCES_RECORD, may_record_background),
    "date": ("Record a key date", "key-date-set", Perm.KEY_DATE_RECORD, may_set_key_date),
}
# A key date of the person that a process works towards: shown beside it, kept once.
DATE_OF_PROCESS = {ProcessKind.PAROLE: KeyDateKind.PAROLE_HEARING}
ABOUT_THEM = (
    "nationality",
    "immigration",
    "immigration_status",
    "language",
    "ethnicity",
    "ethnic_group",
    "religion",
    "disability",
    "sexual_orientation",
    "gender_identity",
)


def with_warnings(rows: QuerySet[Nominal], *, on: date) -> QuerySet[Nominal]:
    """Nominals with ``warned``: kind and text of each warning to staff that holds on the day. Costs no query more."""
    held = StaffWarning.objects.filter(open_on(on), nominal=OuterRef("pk")).order_by("starts_on", "pk")
    noted: QuerySet[Any, Any] = rows.annotate(
        warned=ArraySubquery(held.values(said=JSONObject(kind="kind", text="text")))
    )
    return noted


def warned(nominal: Any) -> list[tuple[str, str]]:
    """The warnings of :func:`with_warnings` in words: what of, and what staff must know."""
    return [(WarningKind(each["kind"]).label, each["text"]) for each in nominal.warned]


@dataclass(frozen=True)
class OrderLine:
    """A hospital order with its stage of the day, and whether the whereabouts go with it."""

    order: HospitalOrder
    stages: Sequence[Line[OrderStage]]
    now: OrderStage | None
    agrees: Decision

    @property
    def restriction(self) -> str:
        if not HospitalSection(self.order.section).is_restricted:
            return "Not restricted"
        return "Ended" if self.order.restriction_ended_on else "Restricted"


class Circumstances:
    """What the tab of one nominal shows."""

    def __init__(self, nominal: Nominal, *, by: Principal, today: date) -> None:
        self.nominal = nominal
        self.by = by
        self.today = today

    @cached_property
    def may_record(self) -> Decision:
        return can(self.by, Perm.CIRCUMSTANCES_RECORD, self.nominal)

    @cached_property
    def offers(self) -> dict[str, Offer]:
        access = {perm: can(self.by, perm, self.nominal) for perm in {perm for _, _, perm, _ in TWINS.values()}}
        return {
            part: Offer(
                label,
                reverse(page, args=[self.nominal.pk]),
                twin(self.nominal, by=self.by, today=self.today) if access[perm] else access[perm],
                access=access[perm],
            )
            for part, (label, page, perm, twin) in TWINS.items()
        }

    def _heads(self, *heads: str) -> list[str]:
        return [*heads, "Change"] if self.may_record else list(heads)

    @property
    def warning_heads(self) -> list[str]:
        return self._heads("Warning", "What staff must know", "From", "To")

    @property
    def connected_heads(self) -> list[str]:
        return self._heads("Name", "Connection", "Child or at risk", "Contact", "Note")

    @property
    def process_heads(self) -> list[str]:
        return self._heads("Process", "Reference", "From", "To", "Next date", "Note")

    @cached_property
    def staff_warnings(self) -> Sequence[StaffWarning]:
        """Those that hold today first."""
        rows = self.nominal.staff_warnings.order_by("-starts_on", "-pk")
        return sorted(rows, key=lambda row: not self.holds(row))

    @cached_property
    def orders(self) -> Sequence[OrderLine]:
        stages = Prefetch("stages", OrderStage.objects.order_by("-starts_on"))
        rows = self.nominal.hospital_orders.select_related("ground__offence").prefetch_related(stages).order_by("pk")
        return [self._order(row) for row in rows]

    def _order(self, order: HospitalOrder) -> OrderLine:
        stages = list(order.stages.all())
        now = next((row for row in stages if self.holds(row)), None)
        here = self.whereabouts
        agrees = (
            stage_agrees(HospitalStage(now.kind), Whereabouts(here.kind) if here else None) if now else Decision.yes()
        )
        return OrderLine(order, lines_of(stages, by=self.by, today=self.today), now, agrees)

    @property
    def whereabouts(self) -> WhereaboutsSpan | None:
        return next((row for row in self.nominal.whereabouts.all() if self.holds(row)), None)

    @cached_property
    def connected(self) -> Sequence[ConnectedPerson]:
        """Those who are connected still first; children before others."""
        rows = self.nominal.connected_people.order_by("-child", "name", "pk")
        return sorted(rows, key=lambda row: row.ended_on is not None)

    @cached_property
    def processes(self) -> Sequence[tuple[ParallelProcess, KeyDate | None]]:
        """Each with the key date that it works towards, if there is one; the latest first.

        That there is victim contact is for those who record it, not for everybody in the case (R82).
        """
        rows = self.nominal.parallel_processes.select_related("agency").order_by("-starts_on", "-pk")
        if not self.may_record:
            rows = rows.exclude(kind=ProcessKind.VICTIM_CONTACT)
        return [(row, self.key_date(DATE_OF_PROCESS.get(ProcessKind(row.kind)))) for row in rows]

    @property
    def tribunal(self) -> KeyDate | None:
        return self.key_date(KeyDateKind.TRIBUNAL)

    def key_date(self, kind: KeyDateKind | None) -> KeyDate | None:
        """The person's date of the kind; there is one of each."""
        return next((row for row in self.nominal.key_dates.all() if row.kind == kind), None)

    @cached_property
    def background(self) -> Background | None:
        return self.nominal.backgrounds.first()

    @property
    def about_them(self) -> list[tuple[str, str]]:
        """What is recorded of the background, by its name."""
        if self.background is None:
            return []
        labels = {field.name: capfirst(field.verbose_name) for field in self.background._meta.concrete_fields}
        said = {name: getattr(self.background, name) for name in ABOUT_THEM}
        said["immigration"] = Immigration(self.background.immigration).label
        return [(str(labels[name]), said[name]) for name in ABOUT_THEM]

    @property
    def abuse(self) -> str:
        """What is known of domestic abuse or stalking, and since when (R50)."""
        if self.background is None or self.background.abuse_known_on is None:
            return ""
        return f"{self.background.abuse} (known since {self.background.abuse_known_on:%-d %B %Y})"

    def holds(self, row: OrderStage | StaffWarning | WhereaboutsSpan) -> bool:
        return row.starts_on <= self.today and (row.ends_on is None or self.today <= row.ends_on)
