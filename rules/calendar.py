"""Days, months and working days. Working days leave out weekends and the bank holidays of England and Wales.

The list of bank holidays has a first and a last day. A question beyond them raises `CalendarEnds`: a wrong date would
be worse than none.
"""

from __future__ import annotations

import json
from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date
from functools import cache
from importlib.resources import files

from rules.core import DAY, Period, cites, long_date

SATURDAY = 5


class CalendarEnds(Exception):
    """The bank holidays of this day are not known."""

    def __init__(self, known: Period) -> None:
        super().__init__(f"The list of bank holidays runs {known}. Load a newer list to reckon working days beyond it.")


@cache
def _holidays() -> tuple[Period, dict[date, str]]:
    data = json.loads((files("rules") / "data" / "bank_holidays.json").read_text(encoding="utf-8"))
    known = Period(date.fromisoformat(data["covers_from"]), date.fromisoformat(data["covers_to"]))
    return known, {date.fromisoformat(row["date"]): row["title"] for row in data["holidays"]}


def covered() -> Period:
    """The days for which working days are known."""
    return _holidays()[0]


def bank_holiday(day: date) -> str:
    """The name of the bank holiday on the day, or "". Raises `CalendarEnds` beyond the list."""
    known, holidays = _holidays()
    if day not in known:
        raise CalendarEnds(known)
    return holidays.get(day, "")


@cites("R67")
def is_working_day(day: date) -> bool:
    """Not a Saturday, Sunday or bank holiday in England and Wales. Raises `CalendarEnds` beyond the list."""
    return not bank_holiday(day) and day.weekday() < SATURDAY


def working_day_on_or_after(day: date) -> date:
    """The day itself when it is a working day, else the next one. Raises `CalendarEnds` beyond the list."""
    while not is_working_day(day):
        day += DAY
    return day


def working_day_on_or_before(day: date) -> date:
    """The day itself when it is a working day, else the last one before it. Raises `CalendarEnds` beyond the list."""
    while not is_working_day(day):
        day -= DAY
    return day


@cites("R67")
def next_working_day(day: date) -> date:
    """The first working day after the day. Raises `CalendarEnds` beyond the list."""
    return working_day_on_or_after(day + DAY)


@cites("R49", "R67")
def add_working_days(day: date, number: int) -> date:
    """The `number`-th working day after the day (before it, for a negative number); the day itself is never counted.

    Nought gives the day itself, working day or not. Raises `CalendarEnds` beyond the list.
    """
    step = DAY if number >= 0 else -DAY
    for _ in range(abs(number)):
        day += step
        while not is_working_day(day):
            day += step
    return day


@cites("R67")
def working_days_between(start: date, end: date) -> int:
    """How many working days lie after `start`, up to and with `end`; negative when `end` is the earlier.

    Raises `CalendarEnds` beyond the list.
    """
    if end < start:
        return -working_days_between(end, start)
    return sum(is_working_day(date.fromordinal(day)) for day in range(start.toordinal() + 1, end.toordinal() + 1))


def add_months(day: date, months: int) -> date:
    """The same day so many months later (earlier, when negative); the last of the month when that month is short.

    Beyond the calendar it is the last day there is, or the first.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > MAXYEAR:
        return date.max
    if year < MINYEAR:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day_of_term(first_day: date, months: int, days: int = 0) -> date:
    """The last day of a term of so many calendar months and days that begins with `first_day`.

    Twelve months from 4 May 2019 end on 3 May 2020; a year from 29 February 2020 ends on 28 February 2021.
    """
    same_day = add_months(first_day, months)
    last = same_day if same_day.day < first_day.day else same_day - DAY
    return date.fromordinal(min(last.toordinal() + days, date.max.toordinal()))


def age_on(born_on: date, day: date) -> int:
    """Age in whole years. Somebody born on 29 February comes of age on 1 March of a common year."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def in_words(day: date | None) -> str:
    """The day as pages print it, or "no end date"."""
    return long_date(day) if day else "no end date"
