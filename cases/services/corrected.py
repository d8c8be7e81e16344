"""A row that was recorded by mistake: the reason is written on it, whether it stays or goes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from audit.boundary import record_event
from cases.models.corrected import Corrected


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
