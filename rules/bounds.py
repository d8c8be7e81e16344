"""How far a day or a term that somebody types or sends may lie: nothing about a case happens beyond.

Reckoning with days at the ends of the calendar would fail, and a year beyond these is a slip of the keyboard.
"""

from __future__ import annotations

from datetime import date

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2200, 12, 31)

LONGEST_TERM_MONTHS = 1200
LONGEST_TERM_DAYS = 32_767


def within_bounds(day: date) -> bool:
    """Whether the day can be about a case: from 1900 to 2200."""
    return FIRST_DAY <= day <= LAST_DAY
