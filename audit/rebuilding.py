"""One nominal as the register held it at a moment, rebuilt from the change log: every row, and what became of it since.

The log holds whole rows when they come and go, and old and new values when they change; replayed in order it gives the
rows of any moment. It shows what the compartments given to it show, and nothing else.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from audit.context import HasPrincipal
from audit.models import Change
from audit.presenters import CASE, FieldChange, Names, rows_in_words
from audit.withholding import Key, Withheld, changes_of

ROOT_COLUMN = "nominal_id"


@dataclass(frozen=True)
class HeldRow:
    """A row as it was held: its values, and those of now (None when it is gone). ``whole`` is False when the log does
    not say all: the row came from another record, or its values have been erased.
    """

    table: str
    row_id: str
    values: Mapping[str, Any]
    now: Mapping[str, Any] | None
    whole: bool = True

    @property
    def changed(self) -> bool:
        """Whether it is not the same today."""
        return self.now is None or any(self.now.get(name) != value for name, value in self.values.items())


@dataclass
class _State:
    rows: dict[Key, dict[str, Any]] = field(default_factory=dict)
    partial: set[Key] = field(default_factory=set)

    def apply(self, change: Change) -> None:
        key = (change.table_name, change.row_id)
        if change.operation == "delete":
            self.rows.pop(key, None)
            return
        if change.values is None or (change.operation == "update" and key not in self.rows):
            self.partial.add(key)
        values = change.values or {}
        if change.operation == "insert":
            self.rows[key] = dict(values)
            return
        row = self.rows.setdefault(key, {})
        for column, value in values.items():
            row[column] = value[1] if isinstance(value, list) else value
        # A row that a merge took to another record is none of this one's any more.
        if row.get(ROOT_COLUMN) not in (None, change.root_id):
            del self.rows[key]


def rows_held(
    principal: HasPrincipal,
    nominal_id: int,
    *,
    at: datetime,
    compartments: Sequence[str] = (CASE,),
    without: Collection[str] = (),
    not_told: Sequence[Withheld] = (),
) -> list[HeldRow]:
    """Every row of the nominal as it was held at the moment, with its values of now. ``without``: tables left out.

    A moment within what is ``not_told``, the latest first, is answered with what was held before that began.
    Whether `principal` may see the nominal, and which compartments, is for the caller to decide.
    """
    state, then = _State(), None
    for each in not_told:
        at = each.told_at(at)
    untold = {each.row for each in not_told}
    for change in changes_of(principal, nominal_id, compartments):
        if then is None and change.at > at:
            then = {key: dict(row) for key, row in state.rows.items()}
        if change.table_name not in without and (change.table_name, change.row_id) not in untold:
            state.apply(change)
    held = state.rows if then is None else then
    return [
        HeldRow(table, row_id, values, state.rows.get((table, row_id)), (table, row_id) not in state.partial)
        for (table, row_id), values in held.items()
    ]


@dataclass(frozen=True)
class HeldInWords:
    """A row of then in words, each field with its words of now where they differ."""

    row: HeldRow
    what: str
    heading: str
    fields: Sequence[tuple[FieldChange, str | None]]


def in_words(rows: Sequence[HeldRow], *, names: Names | None = None) -> list[HeldInWords]:
    """The rows as people read them; ``names`` turns ids into words, of those that the reader may know."""
    then = rows_in_words([(row.table, row.row_id, row.values) for row in rows], names)
    now = rows_in_words([(row.table, row.row_id, row.now or {}) for row in rows], names)
    found = []
    for row, before, after in zip(rows, then, now, strict=True):
        words = {each.label: each.after for each in after.fields}
        fields = [
            (each, None if row.now is None or words.get(each.label) == each.after else words.get(each.label, ""))
            for each in before.fields
        ]
        known = {each.label for each in before.fields}
        filled = [
            (FieldChange(each.label, None, ""), each.after)
            for each in after.fields
            if row.now is not None and each.label not in known
        ]
        found.append(HeldInWords(row, before.what, before.heading, [*fields, *filled]))
    return found
