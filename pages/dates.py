"""How days are written and read: "27 March 2026". Formatting only; what a date means is a rule's business."""

from datetime import date, datetime, time

from django.utils import timezone

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

# The hours that are written in a word, as the government's style asks.
NAMED_HOURS = {0: "midnight", 12: "midday"}


def british_date(day: date | datetime | None) -> str:
    """``27 March 2026``; nothing for no day. A moment is put into London's day first."""
    if day is None:
        return ""
    if isinstance(day, datetime):
        day = _local(day).date()
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def british_moment(moment: datetime | None) -> str:
    """``27 March 2026 at 2:05pm``, in London's time."""
    if moment is None:
        return ""
    return f"{british_date(moment)} at {british_time(moment)}"


def british_time(moment: datetime | time | None) -> str:
    """``2:05pm``, ``midday``, ``midnight``, in London's time for a moment: 12pm and 12am get mistaken."""
    if moment is None:
        return ""
    local = _local(moment) if isinstance(moment, datetime) else moment
    if local.minute == 0 and local.hour in NAMED_HOURS:
        return NAMED_HOURS[local.hour]
    return f"{local.hour % 12 or 12}:{local.minute:02}{'am' if local.hour < 12 else 'pm'}"


def month_number(text: str) -> int | None:
    """A month as people type it: ``3``, ``03``, ``mar``, ``March``. None when it is no month."""
    text = text.strip().casefold()
    if text.isdecimal() and text.isascii():
        number = int(text[:9])
        return number if 1 <= number <= 12 else None
    if len(text) < 3:
        return None
    return next((index for index, month in enumerate(MONTHS, start=1) if month.casefold().startswith(text)), None)


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment
