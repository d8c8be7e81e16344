"""Days of status on which nobody leads."""

from datetime import date

import pytest

from rules.core import Period
from rules.facts import GroundFacts
from rules.leading import days_nobody_leads, nobody_leads_since
from rules.vocabulary import GroundKind


def march(first: int, last: int | None = None) -> Period:
    return Period(date(2026, 3, first), date(2026, 3, last) if last else None)


def ground(first: int, last: int | None = None) -> GroundFacts:
    days = march(first, last)
    return GroundFacts(key=first, kind=GroundKind.NOTIFICATION, starts_on=days.starts_on, ends_on=days.ends_on)


@pytest.mark.parametrize(
    ("leads", "grounds", "days"),
    [
        pytest.param([march(2)], [ground(2)], [], id="one leads all the time"),
        pytest.param([march(1)], [ground(2)], [], id="one leads from before the status"),
        pytest.param([], [ground(2)], [march(2)], id="none is recorded"),
        pytest.param([], [ground(2, 9)], [march(2, 9)], id="none is recorded, of a status that is over"),
        pytest.param([march(5)], [ground(2)], [march(2, 4)], id="the first days"),
        pytest.param([march(2, 9)], [ground(2)], [march(10)], id="since the last one ended"),
        pytest.param([march(2, 9)], [ground(2, 9)], [], id="to the last day"),
        pytest.param([march(2, 8)], [ground(2, 9)], [march(9, 9)], id="to the day before the last"),
        pytest.param([march(2, 9), march(10)], [ground(2)], [], id="one after the other"),
        pytest.param([march(2, 9), march(12)], [ground(2)], [march(10, 11)], id="a gap between two"),
        pytest.param([march(12), march(2, 9)], [ground(2)], [march(10, 11)], id="in any order"),
        pytest.param([march(20)], [ground(2, 9)], [march(2, 9)], id="one that leads after the status only"),
        pytest.param(
            [march(4, 21)], [ground(2, 9), ground(20, 25)], [march(2, 3), march(22, 25)], id="two times of status"
        ),
        pytest.param([march(2)], [], [], id="no status"),
    ],
)
def test_days_nobody_leads(leads: list[Period], grounds: list[GroundFacts], days: list[Period]) -> None:
    assert list(days_nobody_leads(leads, grounds)) == days


@pytest.mark.parametrize(
    ("day", "since"), [(9, None), (10, date(2026, 3, 10)), (11, date(2026, 3, 10)), (12, None), (1, None)]
)
def test_nobody_leads_since(day: int, since: date | None) -> None:
    leads = [march(2, 9), march(12)]
    assert nobody_leads_since(leads, [ground(2)], date(2026, 3, day)) == since
