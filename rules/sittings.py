"""Panels and their sittings: on which days a panel sits, when an unfilled sitting is let go, who may chair it,
and what a placement in a slot amounts to (R54 to R57).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rules.calendar import add_months, add_working_days, working_day_on_or_after
from rules.categories import status_periods
from rules.core import DAY, FEWEST_WORDS, IN_WORDS, Answer, Decision, Period, Reason, cites, long_date
from rules.facts import RegisterFacts
from rules.levels import level_on
from rules.parameters import Parameters
from rules.vocabulary import Category, ChairRole, Level, MeetingKind, ObligationKind, SittingState, Whereabouts

WEEK = 7


@dataclass(frozen=True, slots=True)
class Pattern:
    """The usual days of a panel: a weekday (Monday is 0) and which of the month: 1 to 4, and 5 for the last.

    No ordinal means that the panel sits by arrangement.
    """

    weekday: int
    ordinals: frozenset[int] = frozenset()


LAST = 5


def _nth(year: int, month: int, weekday: int, ordinal: int) -> date:
    first = date(year, month, 1)
    day = date.fromordinal(first.toordinal() + (weekday - first.weekday()) % WEEK + WEEK * (min(ordinal, 4) - 1))
    later = date.fromordinal(day.toordinal() + WEEK)
    return later if ordinal == LAST and later.month == month else day


@cites("R55")
def sitting_days(pattern: Pattern, within: Period) -> tuple[date, ...]:
    """The days on which the panel sits within a closed period: bank holidays move to the next working day.

    A day that moves out of the period is left out. Raises `CalendarEnds` beyond the list of bank holidays.
    """
    days: set[date] = set()
    month = within.starts_on.replace(day=1)
    while month <= within.last_day:
        for ordinal in pattern.ordinals:
            usual = _nth(month.year, month.month, pattern.weekday, ordinal)
            if usual in within:
                days.add(working_day_on_or_after(usual))
        month = add_months(month, 1)
    return tuple(sorted(day for day in days if day in within))


@cites("R55", params=("empty_sitting_released",))
def released_on(sitting_on: date, params: Parameters) -> date:
    """The day on which a sitting that nobody has been placed in is let go: so many working days before it."""
    return add_working_days(sitting_on, -params.number("empty_sitting_released", sitting_on))


@cites("R55", params=("empty_sitting_released",))
def noticed_from(asked_on: date, params: Parameters) -> date:
    """The first day for which agencies have as much notice of a single meeting as an empty sitting leaves them."""
    return add_working_days(asked_on, params.number("empty_sitting_released", asked_on))


@cites("R55", params=("empty_sitting_released",))
def state_of_sitting(
    sitting_on: date, *, heard: int | None, cancelled_on: date | None, params: Parameters, today: date
) -> Answer[SittingState]:
    """What has become of a sitting in which `heard` people have a place: nothing of it is stored but a cancellation.

    None: whoever asks may not know how many, so that neither "somebody" nor "nobody" is said.
    """
    if cancelled_on is not None:
        return Answer(SittingState.CANCELLED, (Reason(f"Cancelled on {long_date(cancelled_on)}", "R55"),))
    if heard is None:
        text = "You may see nobody who is heard here: the unit says whether it is held"
        return Answer(SittingState.PLANNED, (Reason(text, "R55"),))
    if heard:
        return Answer(SittingState.PEOPLE, (Reason("Somebody has been placed in it: it is held", "R55"),))
    ends = released_on(sitting_on, params)
    ahead = params.number("empty_sitting_released", sitting_on)
    said = f"{long_date(ends)}, {ahead} working days before"
    if ends <= today:
        return Answer(SittingState.RELEASED, (Reason(f"Nobody had been placed in it by {said}: nobody waits", "R55"),))
    return Answer(SittingState.EMPTY, (Reason(f"It is let go on {said}, unless somebody is placed in it", "R55"),))


@cites("R55", params=("empty_sitting_released",))
def is_still_held(sitting_on: date, *, heard: int, params: Parameters, today: date) -> Decision:
    """Whether a panel's sitting is one to count on: that it was let go is a warning, for it may be taken up again."""
    ends = released_on(sitting_on, params)
    if heard or today < ends:
        return Decision.yes()
    text = f"This sitting was let go on {long_date(ends)}: ask chair and agencies whether they still come"
    return Decision(True, (), (Reason(text, "R55"),))


@cites("R55", params=("emergency_meeting",))
def emergency_by(asked_on: date, params: Parameters) -> date:
    """The last day of an emergency meeting's own clock: so many working days after it was asked for."""
    return add_working_days(asked_on, params.number("emergency_meeting", asked_on))


@cites("R55", params=("emergency_meeting",))
def in_emergency_time(on: date, *, asked_on: date, params: Parameters) -> Decision:
    """Whether the day is within an emergency meeting's own clock: later is a warning, for it is held all the same."""
    last = emergency_by(asked_on, params)
    if on <= last:
        return Decision.yes()
    within = params.number("emergency_meeting", asked_on)
    text = f"An emergency meeting is held within {within} working days, by {long_date(last)}: this day is later"
    return Decision(True, (), (Reason(text, "R55"),))


@cites("R57")
def slot_times(starts_at: datetime, minutes: int, capacity: int) -> tuple[datetime, ...]:
    """When each person's time in a sitting usually begins: one after the other."""
    return tuple(starts_at + timedelta(minutes=minutes * place) for place in range(capacity))


@cites("R57")
def sitting_ends(starts_at: datetime, minutes: int, capacity: int) -> datetime:
    """When the last person's usual time ends: nobody's time begins then or later; after a break it may end later."""
    return starts_at + timedelta(minutes=minutes * capacity)


@cites("R57")
def free_times(
    times: Iterable[datetime], minutes: int, taken: Collection[tuple[datetime, datetime]]
) -> tuple[datetime, ...]:
    """Those of the usual times that nobody's meeting touches; a meeting that ends when one begins does not."""
    length = timedelta(minutes=minutes)
    return tuple(time for time in times if not any(time < ends and begins < time + length for begins, ends in taken))


@cites("R56", params=("chairs_level_2", "chairs_level_3"))
def may_chair(
    roles: Collection[ChairRole],
    level: Level,
    category: Category | None,
    params: Parameters,
    *,
    on: date,
    manages: bool,
) -> Decision:
    """Whether somebody may chair this case: a role the area allows for the level, and not one who manages it.

    Category 4 is chaired by the National Security Division unless the unit gives a reason (a warning).
    """
    key = "chairs_level_3" if level is Level.THREE else "chairs_level_2"
    allowed = set(params.codes(key, on))
    refusals, warnings = [], []
    if manages:
        refusals.append(Reason("Nobody chairs a case that they manage", "R56"))
    if not allowed & {role.value for role in roles}:
        refusals.append(Reason(f"This chair's role is not one of those that chair {level.label} here", "R56"))
    if category is Category.FOUR and ChairRole.NATIONAL_SECURITY not in roles:
        warnings.append(Reason("Category 4 is usually chaired by the National Security Division", "R56"))
    return Decision.of(refusals, warnings)


@dataclass(frozen=True, slots=True)
class Placement:
    """A person to be heard on a day: by the limit (None: no clock runs) and by the chair's own earlier date.

    `answers` is what the limit belongs to.
    """

    on: date
    limit: date | None
    works_to: date | None = None
    window_from: date | None = None
    out_of_time_reason: str = ""
    answers: ObligationKind | None = None


@cites("R54")
def is_late(placement: Placement) -> bool:
    """Whether the day is after the limit; never when no clock runs."""
    return placement.limit is not None and placement.on > placement.limit


@cites("R54")
def may_place(placement: Placement) -> Decision:
    """Whether the person may be heard on this day: within the limit, or with the reason for being out of time.

    Later than the chair's own date but within the limit is a warning; so is a day before the window opens.
    """
    on, limit = placement.on, placement.limit
    warnings = []
    if placement.window_from is not None and on < placement.window_from:
        text = f"Before {long_date(placement.window_from)} it does not count as the meeting before release"
        warnings.append(Reason(text, "R49"))
    if limit is not None and is_late(placement):
        late = (on - limit).days
        text = f"{late} {'day' if late == 1 else 'days'} after the limit of {long_date(limit)}: it counts as missed"
        if len(placement.out_of_time_reason.split()) < FEWEST_WORDS:
            return Decision.no(
                Reason(f"{text}. Give the reason for being out of time, {IN_WORDS}", "R54"), warnings=warnings
            )
        warnings.append(Reason(text, "R54"))
    elif placement.works_to is not None and on > placement.works_to:
        text = f"Later than the chair's own date, {long_date(placement.works_to)}, but within the limit"
        warnings.append(Reason(text, "R51"))
    return Decision(True, (), tuple(warnings))


@cites("R26", "R28", "R29", "R36")
def still_to_be_heard(register: RegisterFacts, on: date, *, accepted: bool, today: date) -> Decision:
    """Whether there is still somebody to hear on a day ahead: alive, on the register, at Level 2 or 3.

    `accepted`: a first meeting waits, with which the level begins, and for Category 3 the ground as well. A no cancels
    nothing: what was booked stands until the unit has decided.
    """
    died_on = min(
        (each.starts_on for each in register.whereabouts if each.whereabouts is Whereabouts.DEAD), default=None
    )
    if died_on is not None and died_on <= on:
        return Decision.no(Reason(f"The person died on {long_date(died_on)}", "R28"))
    periods = status_periods(register.grounds)
    if not any(on in each for each in periods):
        ended_on = max(
            (each.ends_on for each in periods if each.ends_on is not None and each.ends_on < on), default=None
        )
        if accepted and (ended_on is None or ended_on < today):
            return Decision.yes()
        if ended_on is None:
            return Decision.no(Reason("No ground stands on that day", "R29"))
        verb = "ended" if ended_on < today else "ends"
        return Decision.no(Reason(f"The last ground {verb} on {long_date(ended_on)}", "R26"))
    level = level_on(register.levels, on).value
    if accepted or (level is not None and level.is_multi_agency):
        return Decision.yes()
    since = next((each.starts_on for each in register.levels if each.level is level and on in each.period), None)
    text = "The person is not at Level 2 or 3" + (f" since {long_date(since)}" if since is not None else "")
    return Decision.no(Reason(text, "R36"))


@cites("R107", params=("pre_release_meeting",))
def pre_release_window(ahead_on: date, params: Parameters, *, today: date) -> Period:
    """The days on which the meeting before a release, discharge or tribunal is held: the weeks before it."""
    days = params.number("pre_release_meeting", today)
    return Period(date.fromordinal(ahead_on.toordinal() - days), ahead_on - DAY)


@cites("R107", params=("pre_release_meeting",))
def pre_release_due(
    level: Level | None, ahead_on: date, held: Iterable[date], params: Parameters, *, today: date
) -> Answer[date | None]:
    """By when a pre-release meeting is due, for a person at Level 2 or 3 with a release, discharge or tribunal ahead.

    It is held in the weeks before that day; None when one has been held in them, or when nothing is asked.
    """
    if level is None or not level.is_multi_agency:
        return Answer(None, (Reason("Only Levels 2 and 3 have a pre-release meeting", "R107"),))
    window = pre_release_window(ahead_on, params, today=today)
    if any(day in window for day in held):
        days = (ahead_on - window.starts_on).days
        return Answer(None, (Reason(f"Held in the {days} days before {long_date(ahead_on)}", "R107"),))
    text = f"Due from {long_date(window.starts_on)} to {long_date(window.last_day)}, before {long_date(ahead_on)}"
    return Answer(window.last_day, (Reason(text, "R107"),))


@cites("R55")
def resets_clock(kind: MeetingKind, *, whole_plan: bool) -> bool:
    """Whether the next review is reckoned from this meeting: from an emergency one only when it took the whole plan."""
    return whole_plan if kind is MeetingKind.EMERGENCY else kind is not MeetingKind.HANDOVER
