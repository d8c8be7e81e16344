"""Rows as text, before and after: what a step wrote, kept so that it can be taken back exactly."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db.models import BinaryField, Field, Model

Row = tuple[str, int]
"""A table and the key of a row in it."""
Values = Mapping[str, Any]
Snapshot = Mapping[Row, Values]

RISES = "version"
"""What only rises, so that no form written before fits again afterwards."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one row. ``before`` None: it was not there; ``after`` None: it is not there any more."""

    row: Row
    before: Values | None
    after: Values | None
    digest: str


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


def row_of(row: Model) -> Row:
    """Its table and key."""
    return row._meta.db_table, row.pk


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


def columns(model: type[Model]) -> "list[Field[Any, Any]]":
    """The stored columns of a table, without those that the database works out, and without whole files: a journal
    tells of the rows above them.
    """
    files = bytes_of(model)
    return [
        field
        for field in model._meta.concrete_fields
        if not getattr(field, "generated", False) and field.name not in files
    ]


def bytes_of(model: type[Model]) -> list[str]:
    """The columns that hold whole files."""
    return [field.name for field in model._meta.concrete_fields if isinstance(field, BinaryField)]


@cache
def _models() -> dict[str, type[Model]]:
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


def model_of(table: str) -> type[Model]:
    """The model of a table. Raises ``LookupError`` when there is none any more."""
    return _models()[table]
