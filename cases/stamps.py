"""A version for stored spans, which have none of their own."""

from typing import Any
from zlib import crc32

from django.db.models import QuerySet

# As a version is sent by a form: at most nine digits.
_STAMPS = 999_999_999


def stamp_of(spans: QuerySet[Any]) -> int:
    """A number for these spans as they stand: another one when any of them is added, ended, corrected or gone.

    0 when there is none.
    """
    rows = list(spans.order_by("pk").values_list())
    return crc32(repr(rows).encode()) % _STAMPS + 1 if rows else 0
