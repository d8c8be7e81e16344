"""Days of the demo: all are counted from the day of loading."""

from dataclasses import dataclass
from datetime import date, timedelta

from rules.calendar import is_working_day


@dataclass(frozen=True)
class Days:
    """``Days(today)(-12)`` is twelve days before the day of loading."""

    today: date

    def __call__(self, offset: int) -> date:
        return self.today + timedelta(days=offset)

    def working(self, offset: int, *, not_after: date | None = None) -> date:
        """The working day on or after the offset (on or before, for a negative one), never later than the limit."""
        step = timedelta(days=-1 if offset < 0 else 1)
        day = self(offset)
        while not is_working_day(day):
            day += step
        if not_after is not None and day > not_after:
            day = not_after
            while not is_working_day(day):
                day -= timedelta(days=1)
        return day


def years_before(day: date, years: int) -> date:
    """The same day of an earlier year; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
