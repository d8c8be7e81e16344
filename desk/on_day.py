"""Category and level on any day, with the evidence for them; and the record as it was held on that day (R70)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from django import forms
from django.apps import apps
from django.db.models import Model
from django.urls import reverse
from django.utils.timezone import get_current_timezone

from agencies.access import can
from agencies.roles import Perm
from audit.rebuilding import HeldInWords, HeldRow, in_words, rows_held
from audit.withholding import NOT_TOLD
from cases.facts import ground_facts, level_facts
from cases.models import Ground, LevelSpan, Obligation, QualifyingOffence
from cases.models.access import COMPARTMENT as ACCESS
from pages.forms import DateField3, GovForm
from rules.categories import category_on
from rules.core import Reason
from rules.levels import level_on
from rules.vocabulary import Category, Level

from .compartments import compartments_of, not_told_of
from .record import Record
from .summary import category_since
from .views import RecordPage

M = TypeVar("M", bound=Model)
# The ledger is worked out from the rest; it is no fact of its own.
WITHOUT = frozenset({Obligation._meta.db_table})


class DayForm(GovForm):
    """Which day."""

    says_optional = False
    on = DateField3(label="Which day is it about?", error_messages={"required": "Enter a day."})

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, auto_id="day-%s", **options)
        self.today = today

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError("The day cannot be later than today.")
        return on


@dataclass(frozen=True)
class Proof:
    """What category and level were on the day, since when, by whom, with reasons and the rows that show it."""

    category: Category | None
    category_since: date | None
    category_reasons: Sequence[Reason]
    level: Level | None
    level_since: date | None
    level_reasons: Sequence[Reason]
    span: LevelSpan | None
    grounds: Sequence[Ground]


@dataclass(frozen=True)
class KnownThen:
    """What the register knew at the end of the day, and the rows it held. ``not_told``: in its place stands what it
    held before something of which the reader is not told.
    """

    category: Category | None
    level: Level | None
    rows: Sequence[HeldInWords]
    not_told: str

    @property
    def held(self) -> bool:
        return bool(self.rows)

    @property
    def differing(self) -> int:
        return sum(each.row.changed for each in self.rows)


class NominalOnDay(RecordPage):
    """Proof of category and level on a day, and for those who may read the history what the register held then."""

    permission = Perm.NOMINAL_VIEW
    template_name = "desk/nominal_on_day.html"
    part = "nominal-on-day"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        asked = any(name.startswith("on_") for name in self.request.GET)
        form: Any = DayForm(self.request.GET if asked else None, today=self.today, initial={"on": self.today})
        on = self.today if not asked else form.cleaned_data["on"] if form.is_valid() else None
        history = bool(can(self.principal, Perm.HISTORY_VIEW, self.object))
        return super().get_context_data(
            day_form=form,
            on=on,
            proof=self.proof(on) if on else None,
            known=self.known(on) if on and history else None,
            reads_history=history,
            print_url=f"{reverse('nominal-summary', args=[self.object.pk])}?on={(on or self.today).isoformat()}",
            **context,
        )

    def proof(self, on: date) -> Proof:
        """From the facts as they are recorded today."""
        then = Record(self.object, by=self.principal, today=on)
        return Proof(
            category=then.category.value,
            category_since=category_since(then),
            category_reasons=then.category.reasons,
            level=then.level.value,
            level_since=then.level_since,
            level_reasons=then.level.reasons,
            span=next((row for row in self.object.levels.all() if level_facts(row).is_open_on(on)), None),
            grounds=[row for row in self.object.grounds.all() if ground_facts(row).is_open_on(on)],
        )

    def known(self, on: date) -> KnownThen:
        """From the change log, as it stood when the day ended in London."""
        midnight = datetime.combine(on + timedelta(days=1), time.min, tzinfo=get_current_timezone())
        # Who has access is no fact of the case: it is on a page of its own, as it is today.
        shown = [each for each in compartments_of(self.principal, self.object) if each != ACCESS]
        not_told = not_told_of(self.principal, self.object.pk, compartments=shown)
        held = rows_held(
            self.principal, self.object.pk, at=midnight, compartments=shown, without=WITHOUT, not_told=not_told
        )
        grounds = _with_offences(_models(Ground, held))
        return KnownThen(
            category=category_on([ground_facts(row) for row in grounds], on).value,
            level=level_on([level_facts(row) for row in _models(LevelSpan, held)], on).value,
            rows=in_words(_in_order(held), names=self.names),
            not_told=NOT_TOLD if any(each.told_at(midnight) != midnight for each in not_told) else "",
        )


def _models(model: type[M], held: Iterable[HeldRow]) -> list[M]:
    """The rows of a table as instances, never to be saved. Rows of which the log does not know all are left out."""
    columns = {field.column: field for field in model._meta.concrete_fields}
    return [
        model(**{columns[name].attname: columns[name].to_python(value) for name, value in row.values.items()})
        for row in held
        if row.table == model._meta.db_table and row.whole and columns.keys() >= row.values.keys()
    ]


def _with_offences(grounds: list[Ground]) -> list[Ground]:
    known: Mapping[int, QualifyingOffence] = QualifyingOffence.objects.in_bulk(
        {ground.offence_id for ground in grounds if ground.offence_id is not None}
    )
    for ground in grounds:
        ground.offence = known.get(ground.offence_id or 0)
    return grounds


def _in_order(held: Iterable[HeldRow]) -> list[HeldRow]:
    """By table as the register lists them, then by key."""
    place = {model._meta.db_table: number for number, model in enumerate(apps.get_models())}
    return sorted(held, key=lambda row: (place.get(row.table, len(place)), row.row_id.zfill(20)))
