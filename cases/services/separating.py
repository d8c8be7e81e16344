"""Who takes part in a record that is one of its own again: nobody longer than they did in the merged one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from cases.models import CaseParticipation, PersonalGrant
from rules.core import DAY

from .following import FOLLOWS_A_SPAN

_HOLDERS = ((CaseParticipation, "group_id"), (PersonalGrant, "user_id"))

Parts = Mapping[tuple[str, int, str], date]
"""The last day of each part: by table, holder and source."""


def parts_in(nominal_id: int) -> Parts:
    """Until when each agency and each person takes part in the record; ``date.max`` without an end."""
    found: dict[tuple[str, int, str], date] = {}
    for model, holder in _HOLDERS:
        rows: Any = model.objects.filter(content_object=nominal_id)
        for key, source, ends_on in rows.values_list(holder, "source", "ends_on"):
            part = (holder, key, source)
            found[part] = max(found.get(part, date.min), ends_on or date.max)
    return found


def end_parts_as(nominal_id: int, merged: Parts, today: date) -> None:
    """Let no part in the record last longer than it did in the merged one, whose parts these are.

    A part that stayed behind with the absorbed record in the merge comes back as it was; what was ended meanwhile in
    the merged record would be open again. Parts that follow a span are worked out from it.
    """
    for model, holder in _HOLDERS:
        rows: Any = model.objects.filter(content_object=nominal_id).exclude(source__in=FOLLOWS_A_SPAN)
        for row in rows:
            last_day = merged.get((holder, getattr(row, holder), row.source), today - DAY)
            if (row.ends_on or date.max) <= last_day:
                continue
            own = rows.filter(pk=row.pk)
            if last_day < row.starts_on:
                own.delete()
            else:
                own.update(ends_on=last_day)
