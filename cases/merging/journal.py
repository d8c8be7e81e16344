"""What a merge did, row by row: all rows of both records before and after, compared. By it the merge is undone."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db.models import Model

from cases.models import Merge, MergeLine

from .walking import columns, guarded_rows

Row = tuple[str, int]
Values = Mapping[str, Any]
Snapshot = Mapping[Row, Values]

# The account of the merge itself; and what only rises, so that no form written before fits again afterwards.
_APART = (Merge, MergeLine)
RISES = "version"


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one row. ``before`` None: it was not there; ``after`` None: it is not there any more."""

    row: Row
    before: Values | None
    after: Values | None
    digest: str


def snapshot(nominal_ids: list[int]) -> Snapshot:
    """Every row of these records as text, by table and key."""
    return {
        (rows.model._meta.db_table, row.pk): as_text(row)
        for rows in guarded_rows(nominal_ids)
        if rows.model not in _APART
        for row in rows
    }


def differences(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    """The rows that are not what they were, with the columns that changed."""
    for row in sorted(before.keys() | after.keys()):
        was, now = before.get(row), after.get(row)
        if was is None or now is None:
            yield Difference(row, was, None if now is None else {}, digest_of(now))
            continue
        changed = [name for name, value in was.items() if now[name] != value and name != RISES]
        if changed:
            yield Difference(
                row, {name: was[name] for name in changed}, {name: now[name] for name in changed}, digest_of(now)
            )


def as_text(row: Model) -> Values:
    """The columns of a row, each as text that its field reads back."""
    return {
        field.attname: None if getattr(row, field.attname) is None else field.value_to_string(row)
        for field in columns(type(row))
    }


def digest_of(values: Values | None) -> str:
    """A digest of the whole row but of its version; empty for a row that is not there."""
    if values is None:
        return ""
    said = {name: value for name, value in values.items() if name != RISES}
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def from_text(table: str, values: Values) -> dict[str, Any]:
    """The values of columns as the fields hold them. Raises ``LookupError`` for a table or column that is gone."""
    fields = {field.attname: field for field in columns(model_of(table))}
    return {name: None if text is None else fields[name].to_python(text) for name, text in values.items()}


@cache
def _models() -> dict[str, type[Model]]:
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


def model_of(table: str) -> type[Model]:
    """The model of a table. Raises ``LookupError`` when there is none any more."""
    return _models()[table]
