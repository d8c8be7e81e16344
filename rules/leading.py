"""Who leads: one agency on each day of status (R97)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from rules.categories import status_periods
from rules.core import Period, cites, gaps, merged
from rules.facts import GroundFacts


@cites("R97")
def days_nobody_leads(leads: Iterable[Period], grounds: Iterable[GroundFacts]) -> tuple[Period, ...]:
    """The days of status on which no agency leads, in order; `leads` are the times of those that do."""
    led = list(merged(leads))
    return tuple(gap for status in status_periods(grounds) for gap in gaps(status, led))


@cites("R97")
def nobody_leads_since(leads: Iterable[Period], grounds: Iterable[GroundFacts], day: date) -> date | None:
    """Since when nobody leads, if nobody does on the day, a day of status."""
    return next((gap.starts_on for gap in days_nobody_leads(leads, grounds) if day in gap), None)
