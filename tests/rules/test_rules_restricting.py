"""A restricted record is not left without anybody to read it."""

from datetime import date

import pytest

from rules.core import Period
from rules.restricting import may_lose_reader


def march(first: int, last: int | None = None) -> Period:
    return Period(date(2026, 3, first), date(2026, 3, last) if last else None)


@pytest.mark.parametrize(
    ("losing", "others", "free"),
    [
        pytest.param(march(2), [], march(2), id="the only one (R100)"),
        pytest.param(march(2), [march(1)], None, id="another one reads it for good (R100)"),
        pytest.param(march(2), [march(3)], march(2, 2), id="another one from the day after (R100)"),
        pytest.param(march(2), [march(1, 9)], march(10), id="another one for a time (R100)"),
        pytest.param(march(2, 9), [march(1, 9)], None, id="to the last day (R100)"),
        pytest.param(march(2, 9), [march(1, 8)], march(9, 9), id="to the day before (R100)"),
        pytest.param(march(2, 9), [march(6, 9), march(1, 5)], None, id="one after the other (R100)"),
    ],
)
def test_somebody_else_reads_it_on_every_day(losing: Period, others: list[Period], free: Period | None) -> None:
    said = [f"would have no named reader {free}: name another one first"] if free else []
    decision = may_lose_reader(losing, others)
    assert [reason.text.removeprefix("The record is restricted and ") for reason in decision.reasons] == said
    assert bool(decision) is (free is None)
