"""Spans that go on under another holder from a day: cut where they were, continued where they come to."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, TypeVar, cast

from django.db.models import Model, Q, QuerySet

from rules.core import DAY, Period

M = TypeVar("M", bound=Model)


def move_spans(
    rows: QuerySet[M], *, on: date, holder: str, to: int, beside: Callable[[Any], Q], copies: bool = True
) -> list[M]:
    """Let the part of each span from the day on belong to the holder ``to``; the part before stays as it is.

    ``holder`` is the name of the column. ``beside(row)`` finds the spans of ``to`` that may share no day with the
    row's: where there is one already, it stays, and nothing is doubled. Without ``copies`` the spans only end.
    What a model names as ``of_this_row`` stays with the row it stands on.
    Returns the rows that were written for ``to``. The caller is a service that holds the lock.
    """
    written = []
    for row in rows.filter(Q(ends_on=None) | Q(ends_on__gte=on)).order_by("starts_on", "pk"):
        span: Any = row
        own = type(row)._default_manager.filter(pk=row.pk)
        days = Period(max(span.starts_on, on), span.ends_on)
        if span.starts_on >= on:
            own.delete()
        else:
            own.update(ends_on=on - DAY)
        if not copies:
            continue
        held = type(row)._default_manager.filter(beside(row), **{holder: to})
        values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        for own_name in (str(row._meta.pk.attname), *getattr(row, "of_this_row", ())):
            del values[own_name]
        for period in without(days, [Period(each.starts_on, each.ends_on) for each in cast("QuerySet[Any]", held)]):
            dated = {holder: to, "starts_on": period.starts_on, "ends_on": period.ends_on}
            written.append(type(row)._default_manager.create(**{**values, **dated}))
    return written


def without(period: Period, taken: Iterable[Period]) -> Iterator[Period]:
    """The days of the period that none of the others has, as periods in order."""
    start: date | None = period.starts_on
    for other in sorted(taken):
        if start is None or not other.overlaps(Period(start, period.ends_on)):
            continue
        if other.starts_on > start:
            yield Period(start, other.starts_on - DAY)
        start = None if other.ends_on is None else other.ends_on + DAY
        if start is not None and period.ends_on is not None and start > period.ends_on:
            start = None
    if start is not None:
        yield Period(start, period.ends_on)
