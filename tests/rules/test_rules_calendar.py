"""Working days, months and ages."""

from datetime import date, timedelta

import pytest
from govuk_bank_holidays.bank_holidays import BankHolidays
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import (
    CalendarEnds,
    add_months,
    add_working_days,
    age_on,
    bank_holiday,
    covered,
    is_working_day,
    last_day_of_term,
    next_working_day,
    working_day_on_or_after,
    working_day_on_or_before,
    working_days_between,
)

KNOWN = st.dates(date(2013, 1, 1), date(2027, 12, 1))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        pytest.param(date(2024, 3, 28), True, id="Thursday before Easter"),
        pytest.param(date(2024, 3, 29), False, id="Good Friday"),
        pytest.param(date(2024, 3, 30), False, id="Saturday"),
        pytest.param(date(2024, 3, 31), False, id="Easter Sunday, and the clocks change"),
        pytest.param(date(2024, 4, 1), False, id="Easter Monday"),
        pytest.param(date(2024, 4, 2), True, id="Tuesday after Easter"),
        pytest.param(date(2024, 2, 29), True, id="29 February"),
        pytest.param(date(2022, 9, 19), False, id="a bank holiday made at short notice"),
        pytest.param(date(2026, 12, 28), False, id="Boxing Day moved to Monday"),
        pytest.param(date(2024, 8, 5), True, id="a bank holiday of Scotland only"),
    ],
)
def test_working_days_of_england_and_wales(day: date, works: bool) -> None:
    assert is_working_day(day) is works


@pytest.mark.parametrize(
    ("start", "number", "expected"),
    [
        pytest.param(date(2024, 3, 28), 1, date(2024, 4, 2), id="over Easter (R67)"),
        pytest.param(date(2024, 3, 30), 1, date(2024, 4, 2), id="from a Saturday (R67)"),
        pytest.param(date(2024, 4, 2), -1, date(2024, 3, 28), id="back over Easter"),
        pytest.param(date(2024, 3, 30), 0, date(2024, 3, 30), id="nought moves nothing"),
        pytest.param(date(2024, 12, 20), 5, date(2024, 12, 31), id="five days over Christmas (R67)"),
        pytest.param(date(2024, 12, 20), 10, date(2025, 1, 8), id="ten days over Christmas and New Year (R67)"),
    ],
)
def test_adding_working_days(start: date, number: int, expected: date) -> None:
    assert add_working_days(start, number) == expected


def test_the_first_and_last_known_days() -> None:
    known = covered()
    assert known.ends_on is not None
    assert is_working_day(known.ends_on) in (True, False)
    for beyond in (known.starts_on - timedelta(1), known.ends_on + timedelta(1)):
        with pytest.raises(CalendarEnds, match="Load a newer list"):
            is_working_day(beyond)
    with pytest.raises(CalendarEnds):
        add_working_days(known.ends_on, 1)


def test_the_list_is_the_one_that_government_publishes() -> None:
    published = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    assert len(published) > 100
    missing = [row["date"] for row in published if not bank_holiday(row["date"])]
    assert missing == []
    days = covered()
    assert days.ends_on is not None
    ours = sum(
        bool(bank_holiday(date.fromordinal(day)))
        for day in range(days.starts_on.toordinal(), days.ends_on.toordinal() + 1)
    )
    assert ours == len(published)


@given(KNOWN, st.integers(-60, 60))
def test_there_and_back(day: date, number: int) -> None:
    end = add_working_days(day, number)
    if number:
        assert is_working_day(end)
    if number > 0:
        assert working_days_between(day, end) == number
    if is_working_day(day):
        assert add_working_days(end, -number) == day


@given(KNOWN, KNOWN, KNOWN)
def test_counts_add_up(first: date, second: date, third: date) -> None:
    assert working_days_between(first, second) + working_days_between(second, third) == working_days_between(
        first, third
    )


@given(KNOWN)
def test_the_nearest_working_days(day: date) -> None:
    after, before = working_day_on_or_after(day), working_day_on_or_before(day)
    assert before <= day <= after
    assert is_working_day(before)
    assert is_working_day(after)
    assert (before == day) is (after == day) is is_working_day(day)
    assert next_working_day(day) > day
    assert working_days_between(day, next_working_day(day)) == 1


@pytest.mark.parametrize(
    ("first_day", "months", "days", "last"),
    [
        pytest.param(date(2019, 5, 4), 120, 0, date(2029, 5, 3), id="ten years"),
        pytest.param(date(2020, 2, 29), 12, 0, date(2021, 2, 28), id="a year from 29 February"),
        pytest.param(date(2020, 2, 29), 48, 0, date(2024, 2, 28), id="four years from 29 February"),
        pytest.param(date(2024, 1, 31), 1, 0, date(2024, 2, 29), id="a month from the 31st"),
        pytest.param(date(2024, 1, 1), 0, 1, date(2024, 1, 1), id="one day"),
        pytest.param(date(2023, 6, 1), 0, 365, date(2024, 5, 30), id="365 days over 29 February"),
    ],
)
def test_the_last_day_of_a_term(first_day: date, months: int, days: int, last: date) -> None:
    assert last_day_of_term(first_day, months, days) == last


@given(st.dates(date(1950, 1, 1), date(2050, 1, 1)), st.integers(-600, 600))
def test_months_move_by_calendar_months(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day <= day.day


def test_months_beyond_the_calendar_stop_at_its_ends() -> None:
    assert add_months(date(9990, 1, 1), 120) == date.max
    assert add_months(date(1, 1, 1), -1) == date.min
    assert last_day_of_term(date(2024, 1, 1), 32_767) == date(4754, 7, 31)
    assert last_day_of_term(date(9990, 1, 1), 200, 5) == date.max


@pytest.mark.parametrize(
    ("day", "age"),
    [
        pytest.param(date(2026, 2, 27), 17, id="the day before"),
        pytest.param(date(2026, 2, 28), 17, id="28 February, for one born on the 29th"),
        pytest.param(date(2026, 3, 1), 18, id="1 March, for one born on the 29th"),
    ],
)
def test_age_of_somebody_born_on_29_february(day: date, age: int) -> None:
    assert age_on(date(2008, 2, 29), day) == age
