"""What recording a death would end, for the page that asks whether it is meant."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from agencies.principal import Principal
from cases.booked import still_booked
from cases.models import Nominal
from cases.services.whereabouts import record_whereabouts
from pages.dates import british_date
from rules.vocabulary import Whereabouts

from .about import ground_in_words

# By kind of row: how a row that is gone afterwards is told.
_GONE = {
    "Grounds": "void, as it would begin later",
    "Level": "falls away",
    "Where they are": "gives way",
    "Due": "called off",
}
_Rows = Mapping[int, tuple[str, date | None]]


@dataclass(frozen=True)
class Part:
    """One kind of what ends, each in words."""

    name: str
    lines: Sequence[str]


def would_end(nominal: Nominal, died_on: date, *, by: Principal, today: date) -> list[Part]:
    """What ends with a death on the day, and what is booked for the person and stands all the same.

    The death is recorded and taken back, so that what is shown is what will be done. The caller has asked the twin.
    """
    stood = _stands(nominal)
    with transaction.atomic():
        record_whereabouts(by=by, today=today, nominal_id=nominal.pk, kind=Whereabouts.DEAD, starts_on=died_on)
        stands, booked = _stands(nominal), still_booked(nominal, by, today)
        transaction.set_rollback(True)
    parts = [Part(name, list(_ends(rows, stands[name], _GONE[name]))) for name, rows in stood.items()]
    return [part for part in [*parts, Part("Meetings booked, which stand", booked)] if part.lines]


def _ends(rows: _Rows, afterwards: _Rows, gone: str) -> Iterator[str]:
    for key, (words, ends_on) in rows.items():
        if key not in afterwards:
            yield f"{words}: {gone}"
        elif (ends := afterwards[key][1]) is not None and ends != ends_on:
            yield f"{words}: ends on {british_date(ends)}" + (f", not on {british_date(ends_on)}" if ends_on else "")


def _stands(nominal: Nominal) -> dict[str, _Rows]:
    """What is recorded by now, in words with its last day."""
    grounds = nominal.grounds.filter(voided_on=None).select_related("offence").order_by("starts_on", "pk")
    levels, stays = nominal.levels.order_by("starts_on"), nominal.whereabouts.order_by("starts_on")
    waiting = nominal.obligations.waiting().order_by("due_on", "pk")
    return {
        "Grounds": {row.pk: (ground_in_words(row), row.ends_on) for row in grounds},
        "Level": {row.pk: (_since(row.get_level_display(), row.starts_on), row.ends_on) for row in levels},
        "Where they are": {row.pk: (_since(row.get_kind_display(), row.starts_on), row.ends_on) for row in stays},
        "Due": {row.pk: (_due(row.get_kind_display(), row.due_on), None) for row in waiting},
    }


def _since(what: str, starts_on: date) -> str:
    return f"{what}, from {british_date(starts_on)}"


def _due(what: str, due_on: date | None) -> str:
    return f"{what}, due {british_date(due_on)}" if due_on else f"{what}, paused"
