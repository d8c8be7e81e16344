"""Days that are left when others have taken theirs."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.services.moving import without
from agencies.services.succession import free_slug
from rules.core import Period

DAY = date(2026, 3, 27)
WINDOW = [DAY + timedelta(days=shift) for shift in range(-12, 13)]

days = st.integers(-8, 8).map(lambda shift: DAY + timedelta(days=shift))
periods = st.builds(
    lambda start, length: Period(start, None if length is None else start + timedelta(days=length)),
    days,
    st.none() | st.integers(0, 6),
)


@given(periods, st.lists(periods, max_size=4))
def test_each_day_is_left_once_or_taken(period: Period, taken: list[Period]) -> None:
    left = list(without(period, taken))
    for day in WINDOW:
        wanted = day in period and not any(day in other for other in taken)
        assert sum(day in part for part in left) == int(wanted)
    assert all(first.last_day < second.starts_on for first, second in pairwise(left))


@pytest.mark.parametrize(
    ("taken", "name", "expected"),
    [
        (set(), "Two Valleys Council", "two-valleys-council"),
        ({"two-valleys-council"}, "Two Valleys Council", "two-valleys-council-2"),
        (set(), "Ŵ", "w"),
        (set(), "東", "agency"),
    ],
)
def test_a_short_name_that_nobody_has(taken: set[str], name: str, expected: str) -> None:
    assert free_slug(taken, name) == expected
