"""Room for a new span among those that may not overlap it."""

from datetime import date
from typing import Protocol, TypeVar, cast

from django.db.models import Model, Q, QuerySet

from rules.core import DAY

M = TypeVar("M", bound=Model)


class _Span(Protocol):
    starts_on: date
    ends_on: date | None


def until_next(spans: QuerySet[M], starts_on: date, ends_on: date | None) -> date | None:
    """The end of a span that begins on the day: its own, or the day before the next one that is recorded already."""
    if ends_on is not None:
        return ends_on
    following = spans.filter(starts_on__gt=starts_on).order_by("starts_on").first()
    return cast("_Span", following).starts_on - DAY if following is not None else None


def make_room(spans: QuerySet[M], starts_on: date, ends_on: date | None) -> None:
    """Free the days from ``starts_on`` to ``ends_on`` (None: for good) among the spans of one holder.

    A span that began before ends the day before; one that goes on after them starts again the day after; one that
    lies within gives way altogether.
    """
    in_the_way = Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on)
    if ends_on is not None:
        in_the_way &= Q(starts_on__lte=ends_on)
    for row in spans.filter(in_the_way):
        span, own = cast("_Span", row), spans.filter(pk=row.pk)
        goes_on = ends_on is not None and (span.ends_on is None or span.ends_on > ends_on)
        if span.starts_on >= starts_on and not goes_on:
            own.delete()
            continue
        if goes_on and ends_on is not None:
            if span.starts_on >= starts_on:
                own.update(starts_on=ends_on + DAY)
                continue
            row.pk, row._state.adding = None, True
            for name in getattr(row, "of_this_row", ()):
                setattr(row, name, getattr(type(row)(), name))
            span.starts_on = ends_on + DAY
            row.save(force_insert=True)
        own.update(ends_on=starts_on - DAY)


def move_end_before(spans: QuerySet[M], moved_from: date, moved_to: date) -> None:
    """When a span among these is to begin on another day: the one before goes on to the new first day, where it
    touched the old one, and never beyond.
    """
    row = last_before(spans, moved_from)
    if row is None or (ends_on := cast("_Span", row).ends_on) is None:
        return
    if ends_on == moved_from - DAY or ends_on >= moved_to:
        spans.filter(pk=row.pk).update(ends_on=moved_to - DAY)


def last_before(spans: QuerySet[M], starts_on: date) -> M | None:
    """The one among the spans that began last before the day."""
    return spans.filter(starts_on__lt=starts_on).order_by("-starts_on").first()


def give_to_before(spans: QuerySet[M], starts_on: date, ends_on: date | None) -> None:
    """When a span of these days is taken from among these: the one that ended the day before goes on to its last day,
    as if nothing had come after it.
    """
    ended_before(spans, starts_on).update(ends_on=ends_on)


def ended_before(spans: QuerySet[M], starts_on: date) -> QuerySet[M]:
    """Those among the spans that ended the day before."""
    return spans.filter(ends_on=starts_on - DAY)
