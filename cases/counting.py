"""How many people of several lists somebody sees, in one query: who may be seen is worked out once for all of them, and
each table is walked once for all that is counted by its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import QuerySet

from .models import Nominal


@dataclass(frozen=True)
class Condition:
    """A list of people as text: those with a row of this table of which it is true."""

    table: str
    column: str
    text: str
    params: tuple[Any, ...]


def condition(rows: QuerySet[Any], person: str = "nominal") -> Condition:
    """The list written down; ``person`` is the field of the rows that says whom they are about.

    Putting it together takes longer than counting it, so it may be kept. Raises ``LookupError`` when it asks another
    table by a join.
    """
    query = rows.order_by().query
    compiler = query.get_compiler(connection=connection)
    compiler.setup_query()
    try:
        text, params = compiler.compile(query.where)
    except EmptyResultSet:
        # It names nobody: the query builder writes no text for that.
        text, params = "FALSE", []
    except FullResultSet:
        text, params = "TRUE", []
    if sum(used > 0 for used in query.alias_refcount.values()) > 1:
        raise LookupError("A list is counted by rows of one table.")
    field = rows.model._meta.get_field(person)
    return Condition(rows.model._meta.db_table, field.column, text, tuple(params))


def these(ids: Sequence[int]) -> Condition:
    """The list of these people."""
    return Condition(Nominal._meta.db_table, "id", "id = ANY(%s)", (list(ids),))


def counts_among(seen: tuple[str, Sequence[Any]], lists: Sequence[Condition]) -> list[int]:
    """How many of those in ``seen``, a query of ids with its values, are in each of the lists."""
    # The texts are the query builder's own; every value is a parameter.
    # ruff: noqa: S608
    if not lists:
        return []
    everyone, params = seen[0], list(seen[1])
    walks: list[str] = []
    places: list[int] = []
    by_table = sorted(range(len(lists)), key=lambda place: (lists[place].table, lists[place].column))
    for (table, column), group in groupby(by_table, key=lambda place: (lists[place].table, lists[place].column)):
        counts = []
        for place in group:
            counts.append(f'count(DISTINCT "{column}") FILTER (WHERE {lists[place].text}) AS n{place}')
            params.extend(lists[place].params)
            places.append(place)
        # An array: the index is walked once from end to end, and not from the top for each of them.
        ours = f'"{column}" = ANY (ARRAY(SELECT id FROM seen))'
        walks.append(f'(SELECT {", ".join(counts)} FROM "{table}" WHERE {ours}) AS w{len(walks)}')
    numbers = ", ".join(f"n{place}" for place in sorted(places))
    asked = f"WITH seen(id) AS MATERIALIZED ({everyone}) SELECT {numbers} FROM {', '.join(walks)}"
    with connection.cursor() as cursor:
        cursor.execute(asked, params)
        return list(cursor.fetchone())
