"""Of which days a printout speaks, and what stands on every copy (R70, R102)."""

from datetime import date, timedelta

import pytest

from rules.printing import days_shown, marking_lines

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("asked_on", "shown"),
    [
        pytest.param(TODAY, (TODAY,), id="today (R70)"),
        pytest.param(TODAY - DAY, (TODAY - DAY, TODAY), id="yesterday, with today beside it (R70)"),
        pytest.param(date(2020, 1, 6), (date(2020, 1, 6), TODAY), id="years ago (R70)"),
    ],
)
def test_days(asked_on: date, shown: tuple[date, ...]) -> None:
    assert days_shown(asked_on, TODAY) == shown


def test_marking() -> None:
    said = marking_lines("OFFICIAL-SENSITIVE", "Need to know.", "Helen Curlew, Coordinator", "Monday at noon", 7)
    assert said == ("OFFICIAL-SENSITIVE", "Need to know.", "Helen Curlew, Coordinator. Monday at noon. Copy 7.")


@pytest.mark.parametrize(
    ("classification", "caveat", "who", "moment", "number"),
    [
        pytest.param("", "Need to know.", "Helen", "Noon", 7, id="no classification (R102)"),
        pytest.param("OFFICIAL", " ", "Helen", "Noon", 7, id="no caveat (R102)"),
        pytest.param("OFFICIAL", "Need to know.", "", "Noon", 7, id="nobody (R102)"),
        pytest.param("OFFICIAL", "Need to know.", "Helen", "", 7, id="no time (R102)"),
        pytest.param("OFFICIAL", "Need to know.", "Helen", "Noon", 0, id="no number (R102)"),
    ],
)
def test_nothing_is_marked_by_half(classification: str, caveat: str, who: str, moment: str, number: int) -> None:
    with pytest.raises(ValueError, match="A copy is marked"):
        marking_lines(classification, caveat, who, moment, number)
