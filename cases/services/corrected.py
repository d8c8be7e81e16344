"""A row that was recorded by mistake: the reason is written on it, whether it stays or goes; none is written over."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Model

from audit.boundary import record_event
from cases.models.corrected import Corrected
from rules.core import Decision
from rules.corrections import OnceEach


def not_written_over(standing: Model | None, values: Mapping[str, Any], kind: OnceEach, day: date) -> Decision:
    """Whether what is recorded of a day says nothing else than the row of that day which stands, if there is one: that
    one is put right, with the reason. The same sent twice does no harm.
    """
    if standing is None or all(getattr(standing, name) == value for name, value in values.items()):
        return Decision.yes()
    return Decision.no(kind.written_over(day))


def put_right(row: Corrected, values: Mapping[str, Any], *, today: date, reason: str) -> None:
    """Let the row say these values, since when it does, and why."""
    for name, value in values.items():
        setattr(row, name, value)
    row.corrected_on, row.correction = today, reason.strip()
    row.save()


def take_away(row: Corrected, *, root: int, today: date, reason: str, **facts: Any) -> None:
    """Delete the row, and record the service's event with these facts in the history of the nominal ``root``."""
    # The reason is written on the row first: so it stands in the history of what went.
    put_right(row, {}, today=today, reason=reason)
    record_event(row, root=root, **facts)
    row.delete()
