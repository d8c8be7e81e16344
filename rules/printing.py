"""What stands on every copy that leaves the screen, and of which days a printout speaks (R70, R102)."""

from __future__ import annotations

from datetime import date

from rules.core import cites


@cites("R70")
def days_shown(asked_on: date, today: date) -> tuple[date, ...]:
    """The days whose level and category a printout shows: the day in question first, and today where it is another.

    A recall is decided on what held on its day; what holds now is never taken for it when both stand there, dated.
    """
    return (asked_on,) if asked_on == today else (asked_on, today)


@cites("R102")
def marking_lines(classification: str, caveat: str, who: str, moment: str, copy_number: int) -> tuple[str, str, str]:
    """The marking of a copy: its classification; how it is handled; who took it, when, and its number.

    Raises ``ValueError`` when one of them is missing: a copy that is not marked whole is not made.
    """
    if copy_number < 1 or not all(text.strip() for text in (classification, caveat, who, moment)):
        raise ValueError("A copy is marked with classification, handling caveat, user, time and number.")
    return (classification, caveat, f"{who}. {moment}. Copy {copy_number}.")
