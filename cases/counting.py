"""How many people of several lists somebody sees, in one query: who may be seen is worked out once for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet

from .models import Nominal

_NOBODY = "SELECT NULL::bigint AS id WHERE FALSE"


class _Seen(Func):
    """Whether the nominal is among those gathered under the name ``seen``."""

    template = "(%(expressions)s IN (SELECT id FROM seen))"
    output_field = BooleanField()

    def __init__(self) -> None:
        super().__init__(F("pk"))


@dataclass(frozen=True)
class Condition:
    """A list of people as text, to be counted among those gathered under the name ``seen``."""

    text: str
    params: tuple[Any, ...]


def condition(rows: QuerySet[Nominal]) -> Condition:
    """The list written down: putting it together takes longer than counting it, so it may be kept."""
    try:
        text, params = _written(rows.filter(_Seen()))
    except EmptyResultSet:
        # It names nobody: the query builder writes no text for that.
        return Condition("0", ())
    return Condition(f"(SELECT count(*) FROM ({text}) AS counted)", tuple(params))  # noqa: S608


def counts_among(seen: QuerySet[Nominal], lists: Sequence[Condition]) -> list[int]:
    """How many of ``seen``, which somebody may see, are in each of the lists."""
    # The texts are the query builder's own; every value is a parameter.
    try:
        everyone, values = _written(seen)
    except EmptyResultSet:
        return [0] * len(lists)
    if not lists:
        return []
    counts = ", ".join(each.text for each in lists)
    asked = f"WITH seen(id) AS MATERIALIZED ({everyone}) SELECT {counts}"
    with connection.cursor() as cursor:
        cursor.execute(asked, [*values, *(value for each in lists for value in each.params)])
        return list(cursor.fetchone())


def _written(rows: QuerySet[Nominal]) -> tuple[str, list[Any]]:
    """The query as text. One that can find nobody, because a filter names nobody, is not written by the builder."""
    try:
        text, params = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return _NOBODY, []
    return text, list(params)
