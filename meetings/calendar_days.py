"""Sittings by day, as the calendar shows them: which there are, who is in them, what became of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from agencies.principal import Principal
from agencies.written import Written
from pages.dates import british_date, british_time
from rules.calendar import CalendarEnds, bank_holiday
from rules.core import DAY, Answer
from rules.vocabulary import Level, MeetingKind, SittingState

from .models import Sitting, Slot
from .queries import sittings_of, slots_of, with_heard
from .sitting_lines import states_of
from .words import from_to, hours_in_words, name_of, place_of

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEK = timedelta(days=len(WEEKDAYS))


@dataclass(frozen=True)
class Entry:
    """A sitting in the calendar. ``said``: how many are in it, or what became of it, with ``why``; ``heard``: those
    whom one may read.
    """

    row: Any
    name: str
    begins: str
    hours: str
    level: str
    chair: str
    place: str
    state: SittingState
    said: str
    why: str
    heard: Sequence["Heard"] = ()

    @property
    def is_cancelled(self) -> bool:
        return self.state is SittingState.CANCELLED

    @property
    def is_pattern(self) -> bool:
        """Nobody is in it: it keeps nobody busy."""
        return self.state in (SittingState.EMPTY, SittingState.RELEASED)


@dataclass(frozen=True)
class Heard:
    """One person's time in a sitting."""

    slot: Slot
    hours: str
    kind: str


@dataclass(frozen=True)
class Day:
    """A day with its sittings."""

    on: date
    holiday: str
    is_today: bool
    entries: Sequence[Entry]

    @property
    def words(self) -> str:
        return f"{WEEKDAYS[self.on.weekday()]} {british_date(self.on)}"


def morning(day: date) -> datetime:
    """When the day begins in England and Wales."""
    return timezone.make_aware(datetime.combine(day, time.min))


def holiday_on(day: date) -> str:
    """The bank holiday's name, or nothing: also beyond the list of them."""
    try:
        return bank_holiday(day)
    except CalendarEnds:
        return ""


def sittings_between(principal: Principal, first: date, after: date) -> QuerySet[Sitting]:
    """The sittings that the principal may know of from a day on, before another."""
    return _between(principal, morning(first), morning(after))


def _between(principal: Principal, begins: datetime, ends: datetime) -> QuerySet[Sitting]:
    return sittings_of(principal).filter(starts_at__gte=begins, starts_at__lt=ends)


_STANDING = Written(lambda by, begins, ends: _between(by, begins, ends).filter(cancelled_on=None))


def number_standing(principal: Principal, first: date, after: date) -> int:
    """How many of them were not cancelled."""
    return _STANDING.count(principal, morning(first), morning(after))


def entries_between(
    principal: Principal, first: date, last: date, *, today: date, named: bool = False
) -> Mapping[date, Sequence[Entry]]:
    """The sittings that the principal may know of, by day; ``named`` adds who is heard, as far as they may read."""
    rows = with_heard(principal, sittings_between(principal, first, last + DAY))
    rows = rows.select_related("panel", "room", "chair").order_by("starts_at", "pk")
    if named:
        slots = slots_of(principal).select_related("nominal").order_by("starts_at", "pk")
        rows = rows.prefetch_related(Prefetch("slots", slots, to_attr="known"))
    found: dict[date, list[Entry]] = defaultdict(list)
    for row, state in states_of(list(rows), today=today):
        found[row.sits_on].append(_entry(row, state, getattr(row, "known", ())))
    return found


def days_between(principal: Principal, first: date, last: date, *, today: date, named: bool = False) -> list[Day]:
    """Every day from the first to the last, with its sittings."""
    found = entries_between(principal, first, last, today=today, named=named)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [Day(on, holiday_on(on), on == today, found.get(on, ())) for on in days]


def _entry(row: Any, state: Answer[SittingState], slots: Iterable[Slot]) -> Entry:
    return Entry(
        row,
        name_of(row),
        british_time(row.starts_at),
        hours_in_words(row),
        Level(row.level).label,
        row.chair.name if row.chair is not None else "nobody yet",
        place_of(row),
        state.value,
        _said(row.heard, state),
        state.reasons[0].text if state.value in (SittingState.EMPTY, SittingState.PLANNED) else "",
        [_heard(slot) for slot in slots],
    )


def _said(heard: int, state: Answer[SittingState]) -> str:
    if state.value is SittingState.PEOPLE:
        return "1 person" if heard == 1 else f"{heard} people"
    return state.value.label.lower()


def _heard(slot: Slot) -> Heard:
    return Heard(slot, from_to(slot.starts_at, slot.ends_at), MeetingKind(slot.kind).label)
