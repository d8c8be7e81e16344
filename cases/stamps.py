"""A version for stored spans, which have none of their own."""

from typing import Any
from zlib import crc32

from django.db.models import Model, QuerySet

from .models import LeadAgencySpan, LevelSpan, NamedOfficerSpan, OrderStage, WhereaboutsSpan

# As a version is sent by a form: at most nine digits.
_STAMPS = 999_999_999
# When one of these is put right, the days of another of its nominal may move: they have one version together.
_TOGETHER = (LeadAgencySpan, LevelSpan, NamedOfficerSpan, WhereaboutsSpan)


def stamp_of(spans: QuerySet[Any]) -> int:
    """A number for these spans as they stand: another one when any of them is added, ended, corrected or gone.

    0 when there is none.
    """
    rows = list(spans.order_by("pk").values_list())
    return _stamp(rows) if rows else 0


def version_of(row: Model) -> int:
    """The version of a row that is put right: of all of its kind and nominal, where these change together; of a stage,
    all of its order.
    """
    if isinstance(row, OrderStage):
        return stamp_of(OrderStage.objects.filter(order=row.order_id))
    if isinstance(row, _TOGETHER):
        return stamp_of(type(row)._default_manager.filter(nominal=row.nominal_id))
    said = [getattr(row, field.attname) for field in row._meta.concrete_fields]
    # As text: a row that was just written holds words of the vocabulary where one that was read holds their codes.
    return _stamp([None if value is None else str(value) for value in said])


def stamp_of_said(said: list[Any]) -> int:
    """A number for what a page says, as text: another one when it says anything else."""
    return _stamp(said)


def _stamp(rows: list[Any]) -> int:
    return crc32(repr(rows).encode()) % _STAMPS + 1
