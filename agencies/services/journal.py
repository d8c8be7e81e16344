"""Taking rows back to what a journal says they were. The caller is a service that holds the locks."""

from typing import Any

from django.db.models import F, Model

from agencies.journal import RISES, Values, columns, from_text, model_of


def rows_at(table: str, key: int) -> Any:
    """The row of a table with this key, to be written."""
    return model_of(table)._base_manager.filter(pk=key)


def set_back(table: str, key: int, values: Values) -> None:
    """Give columns of a row the values they had."""
    if values:
        rows_at(table, key).update(**from_text(table, values), **raised(model_of(table)))


def bring_back(table: str, values: Values) -> None:
    """Let a row that was removed come back under its old key, as it was."""
    row: Model = model_of(table)(**from_text(table, values))
    row.save_base(raw=True, force_insert=True)


def raised(model: type[Model]) -> dict[str, Any]:
    """The next version of a row that has one: a form that was opened before does not fit any more."""
    return {RISES: F(RISES) + 1} if any(field.attname == RISES for field in columns(model)) else {}
