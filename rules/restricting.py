"""Who must be left to read a restricted record (R100)."""

from __future__ import annotations

from collections.abc import Iterable

from rules.core import Decision, Period, Reason, cites, gaps, merged


@cites("R100")
def may_lose_reader(losing: Period, others: Iterable[Period]) -> Decision:
    """Whether a restricted record may lose a named reader for these days: on each of them another one must read it.

    `others` are the times of those others. A record without a reader is one that nobody answers for.
    """
    free = next(gaps(losing, list(merged(others))), None)
    if free is None:
        return Decision.yes()
    return Decision.no(
        Reason(f"The record is restricted and would have no named reader {free}: name another one first", "R100")
    )
