"""Lists that agencies send (R109)."""

from datetime import date

import pytest

from rules.extracts import may_answer_absence, may_answer_absences_together, open_list_kept_to, rows_kept_to
from rules.parameters import Override, Parameters


@pytest.mark.parametrize(
    ("closed_on", "days", "last"),
    [
        pytest.param(date(2026, 11, 23), None, date(2026, 12, 23), id="thirty days unless the area says otherwise"),
        pytest.param(date(2026, 2, 10), 18, date(2026, 2, 28), id="the area's own number"),
        pytest.param(date(2026, 2, 10), 19, date(2026, 3, 1), id="a day more, into the next month"),
    ],
)
def test_how_long_rows_are_kept(closed_on: date, days: int | None, last: date) -> None:
    own = () if days is None else (Override("extract_rows_kept", days, date(2026, 1, 1), "decided by the board"),)
    assert rows_kept_to(closed_on, Parameters(own)).value == last


def test_the_number_of_the_day_of_closing_decides() -> None:
    params = Parameters((Override("extract_rows_kept", 5, date(2026, 2, 10), "decided by the board"),))
    assert rows_kept_to(date(2026, 2, 9), params).value == date(2026, 3, 11)
    assert rows_kept_to(date(2026, 2, 10), params).value == date(2026, 2, 15)


@pytest.mark.parametrize(
    ("added_on", "days", "last"),
    [
        pytest.param(date(2026, 11, 23), None, date(2027, 2, 21), id="ninety days unless the area says otherwise"),
        pytest.param(date(2027, 12, 1), 90, date(2028, 2, 29), id="over a leap day"),
        pytest.param(date(2026, 2, 9), 5, date(2026, 2, 14), id="the area's own number"),
    ],
)
def test_how_long_a_list_may_stand_open(added_on: date, days: int | None, last: date) -> None:
    own = () if days is None else (Override("extract_open_kept", days, date(2026, 1, 1), "decided by the board"),)
    assert open_list_kept_to(added_on, Parameters(own)).value == last


@pytest.mark.parametrize(
    ("asked", "reason", "ends", "allowed"),
    [
        pytest.param(True, "Moved to a hostel of another force.", False, True, id="with a reason"),
        pytest.param(True, " ", False, False, id="without one"),
        pytest.param(True, "", True, True, id="a ground is ended on its own page, with its own reason"),
        pytest.param(False, "Moved.", False, False, id="answered already"),
        pytest.param(False, "", True, False, id="answered already, a ground to end"),
    ],
)
def test_who_is_no_longer_there(asked: bool, reason: str, ends: bool, allowed: bool) -> None:
    assert bool(may_answer_absence(asked=asked, reason=reason, ends=ends)) is allowed


def test_only_an_answer_that_ends_nobody_is_given_for_several_at_once() -> None:
    assert may_answer_absences_together(ends=False)
    refused = may_answer_absences_together(ends=True)
    assert [reason.rule for reason in refused.reasons] == ["R109"]
