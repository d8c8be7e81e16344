"""The sittings ahead of the demo, whatever the day of loading: working days, within every limit, nobody twice."""

from datetime import date, datetime, timedelta
from itertools import combinations

import pytest

from exchange.demo.days import Days
from exchange.demo.sittings import HELEN, IMRAN, planned
from rules.calendar import is_working_day

# The last day of each, as the notes on the demo count it; nobody else's clock runs.
LIMITS = {
    "Gritstone": 71, "Flint": 14, "Jasper": 28, "Obsidian": 7, "Chert": 22, "Tufa": 17, "Agate": 52, "Onyx": 21,
    "Quartz": 32,
}  # fmt: skip


@pytest.mark.parametrize("first", [date(2026, 4, 1), date(2026, 12, 1), date(2027, 3, 1), date(2028, 2, 1)])
def test_sittings_ahead(first: date) -> None:
    for number in range(32):
        day = Days(first + timedelta(days=number))
        rows = list(planned(day))
        assert all(is_working_day(row.on) for row in rows), day
        late = [
            person.family
            for row in rows
            for person in row.heard
            if person.family in LIMITS and row.on > day(LIMITS[person.family])
        ]
        assert not late, day
        assert not [row for row in rows if row.chair == IMRAN and day(9) <= row.on <= day(16)], day
        times = [datetime.combine(row.on, person.begins) for row in rows if row.chair == HELEN for person in row.heard]
        assert all(abs(one - other) >= timedelta(hours=1) for one, other in combinations(times, 2)), day
