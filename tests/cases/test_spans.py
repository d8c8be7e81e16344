"""Levels are fitted to the status: no gap, no overlap, nothing outside (R32)."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.spans import LevelSlot, fitted
from rules.core import Period, merged
from rules.vocabulary import Level
from tests.factories.cases import DAYS, level_days, spans

N, L1, L2, L3 = Level.NOT_SET, Level.ONE, Level.TWO, Level.THREE


def d(day: int) -> date:
    return date(2026, 3, day)


@pytest.mark.parametrize(
    ("levels", "status", "expected"),
    [
        pytest.param([], [(1, None)], [(N, 1, None)], id="status opens with not yet set"),
        pytest.param([(L1, 5)], [(1, None)], [(N, 1, 4), (L1, 5, None)], id="old level ends the day before the new"),
        pytest.param([(L1, 1)], [(1, None)], [(L1, 1, None)], id="level on the first day: nothing waits"),
        pytest.param([(N, 1), (L1, 1)], [(1, 9)], [(L1, 1, 9)], id="the later word for a day counts"),
        pytest.param([(L2, 1)], [(1, 9)], [(L2, 1, 9)], id="the last ground ends: the level ends the same day"),
        pytest.param([(L2, 1), (L1, 12)], [(1, 9)], [(L2, 1, 9)], id="a level after the end of status is none"),
        pytest.param([(L2, 9)], [(1, 9)], [(N, 1, 8), (L2, 9, 9)], id="one day at a level, the last"),
        pytest.param([(L2, 10)], [(1, 9)], [(N, 1, 9)], id="the day after the end is outside"),
        pytest.param([(L2, 3), (N, 6)], [(1, None)], [(N, 1, 2), (L2, 3, None)], id="not yet set never follows"),
        pytest.param([(N, 5)], [(1, None)], [(N, 1, None)], id="a ground that starts earlier: waiting starts earlier"),
        pytest.param([(L1, 1)], [(5, None)], [(L1, 5, None)], id="a ground that starts later takes the level along"),
        pytest.param(
            [(L2, 1)], [(1, 5), (9, None)], [(L2, 1, 5), (L2, 9, None)], id="a level that held across a new gap"
        ),
        pytest.param(
            [(L2, 1, 5)], [(1, 5), (9, None)], [(L2, 1, 5), (N, 9, None)], id="who comes back waits for a level again"
        ),
        pytest.param([(L1, 1)], [], [], id="no status, no level"),
    ],
)
def test_levels_follow_the_status(levels: list, status: list, expected: list) -> None:
    given_slots = [
        LevelSlot(level, d(first), d(rest[0]) if rest else None, key=number)
        for number, (level, first, *rest) in enumerate(levels)
    ]
    periods = [Period(d(first), d(last) if last else None) for first, last in status]
    found = level_days(fitted(given_slots, periods))
    assert found == [(level, d(first), d(last) if last else None) for level, first, last in expected]


def test_a_stored_row_is_used_once() -> None:
    slots = fitted([LevelSlot(L2, d(1), key=7)], [Period(d(1), d(5)), Period(d(9), None)])
    assert [slot.key for slot in slots] == [7, None]


@given(
    st.lists(st.tuples(st.sampled_from(list(Level)), DAYS), max_size=5),
    st.lists(spans(), max_size=4),
)
def test_each_day_of_status_has_exactly_one_level(decisions: list, status: list) -> None:
    periods = list(merged(Period(first, last) for first, last in status))
    slots = fitted([LevelSlot(level, day) for level, day in decisions], periods)
    assert list(merged(Period(slot.starts_on, slot.ends_on) for slot in slots)) == periods
    for slot, following in pairwise(slots):
        assert slot.ends_on is not None
        assert slot.ends_on < following.starts_on
        adjoining = slot.ends_on + timedelta(days=1) == following.starts_on
        assert not (adjoining and following.level is N and slot.level is not N)
    # Fitting again changes nothing.
    assert level_days(fitted(slots, periods)) == level_days(slots)
