"""Who leads: one agency on each day of status (R97)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from rules.categories import status_periods
from rules.core import DAY, Period, cites, merged
from rules.facts import GroundFacts


@cites("R97")
def days_nobody_leads(leads: Iterable[Period], grounds: Iterable[GroundFacts]) -> tuple[Period, ...]:
    """The days of status on which no agency leads, in order; `leads` are the times of those that do."""
    led = list(merged(leads))
    return tuple(gap for status in status_periods(grounds) for gap in _gaps(status, led))


@cites("R97")
def nobody_leads_since(leads: Iterable[Period], grounds: Iterable[GroundFacts], day: date) -> date | None:
    """Since when nobody leads, if nobody does on the day, a day of status."""
    return next((gap.starts_on for gap in days_nobody_leads(leads, grounds) if day in gap), None)


def _gaps(status: Period, led: Sequence[Period]) -> Iterator[Period]:
    free = status.starts_on
    for lead in led:
        if lead.last_day < free:
            continue
        if lead.starts_on > status.last_day:
            break
        if lead.starts_on > free:
            yield Period(free, lead.starts_on - DAY)
        if lead.ends_on is None:
            return
        free = lead.ends_on + DAY
    if free <= status.last_day:
        yield Period(free, status.ends_on)
