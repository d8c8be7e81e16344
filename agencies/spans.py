"""Database constraints that every span of inclusive days shares.

A span runs from ``starts_on`` to ``ends_on``, both days included; ``ends_on`` empty means still open.
"""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Func, Q


def days(starts_on: str = "starts_on", ends_on: str = "ends_on") -> Func:
    """The days of a span as a PostgreSQL range with both ends inside (half-open ranges lose one-day spans)."""
    return Func(
        F(starts_on),
        F(ends_on),
        RangeBoundary(inclusive_lower=True, inclusive_upper=True),
        function="DATERANGE",
        output_field=DateRangeField(),
    )


def no_overlap(name: str, *holders: str, condition: Q | None = None) -> ExclusionConstraint:
    """Two rows with the same holders never share a day.

    Deferred to the end of the service, so that one span can be ended and the next opened in any order.
    """
    return ExclusionConstraint(
        name=name,
        expressions=[*((holder, RangeOperators.EQUAL) for holder in holders), (days(), RangeOperators.OVERLAPS)],
        condition=condition,
        deferrable=Deferrable.DEFERRED,
    )


def in_order(name: str, starts_on: str = "starts_on", ends_on: str = "ends_on") -> models.CheckConstraint:
    """A span does not end before it starts."""
    return models.CheckConstraint(
        name=name, condition=Q(**{f"{ends_on}__isnull": True}) | Q(**{f"{ends_on}__gte": F(starts_on)})
    )


def open_on(day: date) -> Q:
    """Rows whose span holds the given day."""
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))
