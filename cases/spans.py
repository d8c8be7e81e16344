"""Levels follow the status: the one invariant of level spans, as a pure function.

**The days of a person's level spans are exactly the days of their status** (the union of the grounds that are not
voided), with one level a day. So a span is never open beyond the last ground: where the last ground has an end date
ahead, the last span carries the same date, and ``level_on`` a later day finds none. Only where a level *starts* is a
decision; where it ends is worked out here, whenever a ground or a level is recorded, ended or voided (R25, R32, R36).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rules.core import DAY, Period
from rules.facts import LevelFacts
from rules.vocabulary import DecidingBody, Level


@dataclass(frozen=True, slots=True)
class LevelSlot:
    """One level from a day. ``key`` is the stored row, None for one to be added."""

    level: Level
    starts_on: date
    ends_on: date | None = None
    decided_by: DecidingBody = DecidingBody.STATUS_OPENED
    decision: str = ""
    reason: str = ""
    key: int | None = None

    def facts(self) -> LevelFacts:
        """As rules see it."""
        return LevelFacts(
            level=self.level, starts_on=self.starts_on, ends_on=self.ends_on, body=self.decided_by,
            reason=self.reason, key=self.key,
        )  # fmt: skip

    def covers(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


def fitted(levels: Iterable[LevelSlot], status: Sequence[Period]) -> list[LevelSlot]:
    """The level spans for these days of status, in order: no gap, no overlap, none outside (R32).

    Of two decisions for one day the one given later counts. "Not yet set" fills the days before the first decision,
    and never follows one. A level that held on both sides of a new gap holds on in both parts.
    """
    given = sorted(levels, key=lambda slot: slot.starts_on)
    result: list[LevelSlot] = []
    used: set[int] = set()
    for period in status:
        for slot in _within(given, period):
            if slot.key is not None and slot.key in used:
                slot = replace(slot, key=None)
            if slot.key is not None:
                used.add(slot.key)
            result.append(slot)
    return result


def _within(given: Sequence[LevelSlot], period: Period) -> list[LevelSlot]:
    starts: dict[date, LevelSlot] = {}
    running = [slot for slot in given if slot.starts_on < period.starts_on and slot.covers(period.starts_on)]
    for slot in (*running[-1:], *(slot for slot in given if slot.starts_on in period)):
        day = max(slot.starts_on, period.starts_on)
        earlier_decision = any(known.level is not Level.NOT_SET for known in starts.values())
        if slot.level is Level.NOT_SET and earlier_decision:
            continue
        starts[day] = replace(slot, starts_on=day)
    ordered = [starts[day] for day in sorted(starts)]
    if not ordered:
        ordered = [LevelSlot(Level.NOT_SET, period.starts_on)]
    elif ordered[0].starts_on > period.starts_on:
        if ordered[0].level is Level.NOT_SET:
            ordered[0] = replace(ordered[0], starts_on=period.starts_on)
        else:
            ordered.insert(0, LevelSlot(Level.NOT_SET, period.starts_on))
    ends = [*(following.starts_on - DAY for following in ordered[1:]), period.ends_on]
    return [replace(slot, ends_on=end) for slot, end in zip(ordered, ends, strict=True)]
