"""Referrals in numbers: what was asked and given, what came of them, how long it took (R44, R45)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median

from rules.core import cites
from rules.vocabulary import Category, DeclineReason, Level, ReferralState

WITH_UNIT = frozenset({ReferralState.SUBMITTED, ReferralState.UNDER_PANEL})
DECIDED = frozenset({ReferralState.ACCEPTED, ReferralState.DECLINED})
ENDS = DECIDED | {ReferralState.WITHDRAWN}

Stamps = tuple[tuple[date, ReferralState], ...]


@dataclass(frozen=True, slots=True)
class CountedReferral:
    """A referral that reached the unit, as it is counted.

    `agency` is a key. `stamps` are the days of its changes, in order, each with the state after it. What is not known
    is None.
    """

    agency: int
    state: ReferralState
    received_on: date
    stamps: Stamps
    category: Category | None = None
    level_asked: Level | None = None
    level_given: Level | None = None
    decline_reason: DeclineReason | None = None


@dataclass(frozen=True, slots=True)
class DaysTaken:
    """Days with the unit until the decision, of those decided. `median` and `longest` are None when none is."""

    decided: int
    median: float | None
    longest: int | None


@dataclass(frozen=True, slots=True)
class ReferralCount:
    """Referrals counted once each, whatever became of them. `returned` were returned at least once, `returns` are the
    times. Keys of None stand for what a referral does not say.
    """

    number: int
    agencies: Mapping[int, int]
    categories: Mapping[Category | None, int]
    levels_asked: Mapping[Level | None, int]
    levels_given: Mapping[Level, int]
    states: Mapping[ReferralState, int]
    decline_reasons: Mapping[DeclineReason, int]
    returned: int
    returns: int
    days: DaysTaken

    @property
    def waiting(self) -> int:
        """Neither decided nor withdrawn."""
        return sum(number for state, number in self.states.items() if state not in ENDS)


@cites("R44")
def days_with_unit(received_on: date, stamps: Stamps, today: date) -> int:
    """Days a referral has been with the unit: from receipt to its end or today, without the days it was returned.

    Returned it stands still until it is submitted again; what was written before it came is not counted. Without any
    stamp it came and stayed.
    """
    total = 0
    since: date | None = None if stamps else received_on
    came = False
    for day, state in stamps:
        if state in WITH_UNIT and since is None:
            since, came = (day if came else received_on), True
        elif state not in WITH_UNIT and since is not None:
            total, since = total + (day - since).days, None
    return total + ((today - since).days if since is not None else 0)


@cites("R45")
def count_referrals(rows: Iterable[CountedReferral], today: date) -> ReferralCount:
    """The referrals in numbers. Each counts once, however often it was returned and came again (R45)."""
    found = list(rows)
    returns = [sum(state is ReferralState.RETURNED for _, state in row.stamps) for row in found]
    taken = [days_with_unit(row.received_on, row.stamps, today) for row in found if row.state in DECIDED]
    return ReferralCount(
        number=len(found),
        agencies=Counter(row.agency for row in found),
        categories=Counter(row.category for row in found),
        levels_asked=Counter(row.level_asked for row in found),
        levels_given=Counter(row.level_given for row in found if row.level_given is not None),
        states=Counter(row.state for row in found),
        decline_reasons=Counter(row.decline_reason for row in found if row.decline_reason is not None),
        returned=sum(times > 0 for times in returns),
        returns=sum(returns),
        days=DaysTaken(len(taken), median(taken) if taken else None, max(taken, default=None)),
    )
