"""The calendar: a month, a week or a day of sittings, as a table by days with a list beside it; made to be printed."""

from calendar import Calendar
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

from django.http import Http404
from django.urls import reverse

from agencies.roles import Perm
from audit.reads import AccessKind
from pages.dates import MONTHS, british_date
from pages.guards import TemplatePage, show
from pages.navigation import address_of
from rules.core import DAY

from .calendar_days import WEEK, WEEKDAYS, Day, days_between

# The days that have an address.
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)


def day_of(text: str) -> date:
    """The day of an address. Raises ``Http404``."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if text != found.isoformat() or not FIRST <= found <= LAST:
        raise Http404
    return found


def month_url(day: date) -> str:
    return f"{address_of('calendar')}?month={day:%Y-%m}"


def week_url(day: date) -> str:
    return reverse("calendar-week", args=[day.isoformat()])


def day_url(day: date) -> str:
    return reverse("calendar-day", args=[day.isoformat()])


def month_named(day: date) -> str:
    """``November 2026``."""
    return f"{MONTHS[day.month - 1]} {day.year}"


class CalendarPage(TemplatePage, abstract=True):
    """A span of days around ``on``."""

    not_exported = "A leaf of the calendar: sittings go out as a file from their list."
    span: ClassVar[str]
    on: date

    def load(self) -> None:
        self.on = day_of(self.kwargs["day"])

    def shown(self, **context: Any) -> dict[str, Any]:
        """What the three pages share: the tabs to one another, and today."""
        addresses = {"month": month_url(self.on), "week": week_url(self.on), "day": day_url(self.on)}
        tabs = [(name.capitalize(), url, name == self.span) for name, url in addresses.items()]
        return {"tabs": tabs, "today": self.today, "weekdays": WEEKDAYS, **context}


def way(words: str, day: date, url: str) -> Mapping[str, str] | None:
    """Where the calendar goes on; nowhere beyond the days that have an address."""
    return {"words": words, "url": url} if FIRST <= day <= LAST else None


class CalendarMonth(CalendarPage):
    """A month, week by week: this one, unless the address names another."""

    permission = Perm.SITTING_VIEW
    template_name = "meetings/calendar.html"
    span = "month"

    def load(self) -> None:
        month = self.request.GET.get("month")
        self.on = self.today if month is None else day_of(f"{month}-01")

    def get_title(self) -> str:
        return month_named(self.on)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        weeks = Calendar().monthdatescalendar(self.on.year, self.on.month)
        days = days_between(self.principal, weeks[0][0], weeks[-1][-1], today=self.today)
        first = self.on.replace(day=1)
        before, after = first - DAY, first + timedelta(days=31)
        return super().get_context_data(
            **self.shown(
                rows=[_row(days[start : start + len(WEEKDAYS)]) for start in range(0, len(days), len(WEEKDAYS))],
                **_listed(day for day in days if day.on.month == self.on.month),
                month=self.on.month,
                before=way(month_named(before), before, month_url(before)),
                after=way(month_named(after), after, month_url(after)),
                now=way("This month", self.today, address_of("calendar")),
            ),
            **context,
        )


class CalendarWeek(CalendarPage):
    """The week of a day, from Monday on."""

    permission = Perm.SITTING_VIEW
    template_name = "meetings/calendar.html"
    span = "week"

    @property
    def monday(self) -> date:
        return self.on - timedelta(days=self.on.weekday())

    def get_title(self) -> str:
        return f"Week of {british_date(self.monday)}"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        days = days_between(self.principal, self.monday, self.monday + WEEK - DAY, today=self.today)
        before, after = self.monday - WEEK, self.monday + WEEK
        return super().get_context_data(
            **self.shown(
                rows=[_row(days)],
                **_listed(days),
                before=way("The week before", before, week_url(before)),
                after=way("The week after", after, week_url(after)),
                now=way("This week", self.today, week_url(self.today)),
            ),
            **context,
        )


class CalendarDay(CalendarPage):
    """One day: each sitting with who is heard in it, as far as one may read their records."""

    permission = Perm.SITTING_VIEW
    template_name = "meetings/calendar_day.html"
    span = "day"

    def get_title(self) -> str:
        return f"{WEEKDAYS[self.on.weekday()]} {british_date(self.on)}"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        (day,) = days_between(self.principal, self.on, self.on, today=self.today, named=True)
        show((heard.slot for entry in day.entries for heard in entry.heard), AccessKind.LIST)
        before, after = self.on - DAY, self.on + DAY
        return super().get_context_data(
            **self.shown(
                day=day,
                before=way("The day before", before, day_url(before)),
                after=way("The day after", after, day_url(after)),
                now=way("Today", self.today, day_url(self.today)),
            ),
            **context,
        )


def _row(days: Sequence[Day]) -> Mapping[str, Any]:
    """A line of the table: its days, and the way to its week."""
    return {"days": [(day, day_url(day.on)) for day in days], "monday": days[0].on, "url": week_url(days[0].on)}


def _listed(days: Iterable[Day]) -> Mapping[str, Any]:
    """The list beside the table: days with sittings, and how many there are that were not cancelled."""
    listed = [day for day in days if day.entries]
    return {"listed": listed, "number": sum(not entry.is_cancelled for day in listed for entry in day.entries)}
