"""What belongs to many rows, read for all of them at once."""

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from django.db.models import Model

from .written import Written, one_of

Row = TypeVar("Row", bound=Model)


class RowsOf(Generic[Row]):
    """The rows of a model by the row that they belong to, in the order in which they were written: one query, written
    once, for however many.

    Django's own way, ``prefetch_related``, puts a queryset in place for each row, which takes longer than to ask.
    """

    def __init__(self, model: type[Row], owner: str) -> None:
        self._key = f"{owner}_id"
        self._asked: Written[Row] = Written(
            lambda owners: model._default_manager.filter(one_of(owner, owners)).order_by("pk")
        )

    def __call__(self, owners: Iterable[Model]) -> dict[int, list[Row]]:
        """For each of these its rows, by its key; nothing is asked for nobody."""
        found: dict[int, list[Row]] = {owner.pk: [] for owner in owners}
        for row in self._asked(list(found)) if found else ():
            found[getattr(row, self._key)].append(row)
        return found


class ValuesOf:
    """The same, of each row no more than these columns: where there are many rows, half the time."""

    def __init__(self, model: type[Model], owner: str, *columns: str) -> None:
        self._asked: Written[tuple[Any, ...]] = Written(
            lambda owners: (
                model._default_manager.filter(one_of(owner, owners)).order_by("pk").values_list(owner, *columns)
            )
        )

    def __call__(self, owners: Iterable[Model]) -> dict[int, list[tuple[Any, ...]]]:
        found: dict[int, list[tuple[Any, ...]]] = {owner.pk: [] for owner in owners}
        for owner, *values in self._asked(list(found)) if found else ():
            found[owner].append(tuple(values))
        return found
