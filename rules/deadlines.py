"""When something is due, and what has become of it. Due dates are reckoned from facts; "overdue" is never stored.

Weeks are 7-day weeks counted from the earlier event, and an event on the due date is in time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rules.calendar import add_months
from rules.categories import open_grounds
from rules.core import DAY, Answer, Decision, Period, Reason, cites, long_date, merged
from rules.facts import GroundFacts, LevelFacts, WhereaboutsFacts
from rules.parameters import Parameters
from rules.vocabulary import DeadlineStatus, DecidingBody, Level

_LIMIT = {Level.TWO: "review_level_2", Level.THREE: "review_level_3"}


@dataclass(frozen=True, slots=True)
class ReviewClock:
    """The clock of the Level 2 or 3 review.

    `due_on` is the limit, None while the clock is paused or does not run; `days_used` are the days in the community
    counted so far, up to the pause or to `today`; `limit_days` is 112 or 56 unless the area is stricter.
    """

    due_on: date | None
    days_used: int
    paused: bool
    limit_days: int | None
    reasons: tuple[Reason, ...]


@cites("R52", params=("pauses_review_clock",))
def detained_periods(spans: Iterable[WhereaboutsFacts], params: Parameters) -> tuple[Period, ...]:
    """The days on which the person was in custody or detained in hospital, as the fewest periods."""
    return tuple(merged(s.period for s in spans if s.whereabouts in params.codes("pauses_review_clock", s.starts_on)))


@cites("R53")
def review_trigger(last_meeting: date | None, levels: Iterable[LevelFacts], today: date) -> date | None:
    """The day from which the review is counted: the last qualifying meeting, or a chair's later urgent decision.

    None when neither has happened in the present run at Level 2 or 3.
    """
    urgent = [
        span.starts_on
        for span in levels
        if span.is_open_on(today) and span.level.is_multi_agency and span.body is DecidingBody.CHAIR_URGENT
    ]
    return max([day for day in [last_meeting, *urgent] if day is not None], default=None)


@cites("R51", "R52", "R53", params=("review_level_2", "review_level_3"))
def review_due(
    level: Level | None,
    last_meeting: date | None,
    detained: Sequence[Period],
    params: Parameters,
    *,
    today: date,
) -> ReviewClock:
    """When the next Level 2 or 3 review is due: 112 or 56 days in the community after the last qualifying meeting.

    `level` is the present one, so a move from 2 to 3 shortens the limit from the deciding meeting and a move from 3 to
    2 lengthens it (R53). A day counts when it begins in the community: the day after the meeting is the first, the day
    of going into custody still counts, the day of release does not. So a person released on a day with 42 days left
    is due exactly 42 days later. Nothing is reset by custody.
    """
    if level is None or level not in _LIMIT:
        return ReviewClock(None, 0, False, None, (Reason("Only Levels 2 and 3 have this review", "R51"),))
    if last_meeting is None:
        return ReviewClock(None, 0, False, None, (Reason("No qualifying meeting yet: nothing to count from", "R51"),))
    limit = params.number(_LIMIT[level], last_meeting)
    due_on, used = _run(last_meeting, list(merged(detained)), limit, today)
    facts = (
        ("Last qualifying meeting", long_date(last_meeting)),
        ("Limit", f"{limit} days in the community"),
        ("Days used", str(used)),
    )
    if due_on is None:
        text = f"Paused: custody. {used} of {limit} days in the community used since {long_date(last_meeting)}"
        return ReviewClock(None, used, True, limit, (Reason(text, "R52", facts),))
    text = (
        f"Due on {long_date(due_on)}: {level.label} allows {limit} days in the community "
        f"after the meeting of {long_date(last_meeting)}"
    )
    reasons = [Reason(text, "R51", facts)]
    not_counted = (due_on - last_meeting).days - limit
    if not_counted:
        days = (
            "1 day in custody or hospital is" if not_counted == 1 else f"{not_counted} days in custody or hospital are"
        )
        reasons.append(Reason(f"{days} not counted", "R52"))
    detained_now = any(today in period for period in detained)
    return ReviewClock(due_on, used, detained_now and due_on > today, limit, tuple(reasons))


@cites("R51", "R54")
def may_set_next_meeting(
    held_on: date,
    next_on: date,
    level: Level | None,
    detained: Sequence[Period],
    params: Parameters,
    *,
    today: date,
) -> Decision:
    """Whether the chair of a meeting may set this date for the next: after the meeting, and within the limit.

    `level` is the level after the meeting. While the person is detained the clock has no limit to lie within.
    """
    if next_on <= held_on:
        return Decision.no(Reason("The next meeting lies after this one", "R51"))
    clock = review_due(level, held_on, detained, params, today=today)
    if clock.due_on is not None and next_on > clock.due_on:
        text = f"The next meeting must be on {long_date(clock.due_on)} at the latest"
        return Decision.no(Reason(text, "R54", clock.reasons[0].facts), *clock.reasons)
    return Decision.yes()


def _run(meeting: date, detained: list[Period], limit: int, today: date) -> tuple[date | None, int]:
    """The due date (None when a detention without end comes first) and the days used by `today`."""
    stops = [
        (max(period.starts_on, meeting), period.ends_on)
        for period in detained
        if period.last_day >= meeting and period.starts_on <= today
    ]
    clock_from, counted, used = meeting, 0, 0
    for stop, back in stops:
        ran = (stop - clock_from).days
        used += max(0, (min(stop, today) - clock_from).days)
        if counted + ran >= limit:
            break
        counted += ran
        if back is None:
            return None, used
        clock_from = back + DAY
    else:
        used += max(0, (today - clock_from).days)
    return date.fromordinal(clock_from.toordinal() + limit - counted), used


@cites("R51", "R106")
def status_of(
    due_on: date | None,
    met_on: date | None,
    today: date,
    *,
    cancelled_on: date | None = None,
    brought_forward: bool = False,
) -> DeadlineStatus:
    """What has become of a deadline. Met on its day is in time; it is overdue from the day after.

    No due date is a paused clock. A deadline brought forward is neither open nor late until it is met (R106).
    """
    if cancelled_on is not None:
        return DeadlineStatus.CANCELLED
    if met_on is not None:
        return DeadlineStatus.MET if due_on is None or met_on <= due_on else DeadlineStatus.MET_LATE
    if brought_forward:
        return DeadlineStatus.BROUGHT_FORWARD
    if due_on is None:
        return DeadlineStatus.PAUSED
    return DeadlineStatus.OPEN if today <= due_on else DeadlineStatus.OVERDUE


@cites("R106")
def is_brought_forward(triggered_on: date, area_starts_on: date) -> bool:
    """Whether an obligation began before the area did: listed and worked off by choice, never late, never in a KPI."""
    return triggered_on < area_starts_on


@cites("R38", params=("level_set_before_release",))
def level_set_day(earliest_release: date, sentenced_on: date, params: Parameters) -> date:
    """The day by which the level of a person in custody is to be set: six months before release, or at sentence."""
    months = params.number("level_set_before_release", sentenced_on)
    return max(add_months(earliest_release, -months), sentenced_on)


@cites("R38", params=("level_set_before_release",))
def last_release_with_level_due(on: date, months: int) -> date:
    """Nobody released after this day has a level due by ``on``, where it is to be set so many months before release.

    Up to three days more than those months: of a release on the 31st they end with a month that has 28.
    """
    return add_months(on, months) + timedelta(days=3)


@cites("R38", params=("level_set_before_release",))
def level_to_be_set_by(earliest_release: date, sentenced_on: date, params: Parameters) -> Answer[date]:
    """``level_set_day`` with its reason: the words take longer than the day, and a count has no use for them."""
    months = params.number("level_set_before_release", sentenced_on)
    due_on = level_set_day(earliest_release, sentenced_on, params)
    if add_months(earliest_release, -months) < due_on:
        text = f"Less than {months} months remained at sentence: due at once, on {long_date(due_on)}"
    else:
        text = f"Due on {long_date(due_on)}, {months} months before earliest release on {long_date(earliest_release)}"
    return Answer(due_on, (Reason(text, "R38"),))


@dataclass(frozen=True, slots=True)
class GroundEnding:
    """A ground that will end: its last day, the days of the alerts (first to last), and the day by which to decide.

    `decide_by` is set when it is the last ground of a person at Level 2 or 3: exit, or a start of Category 3.
    """

    ends_on: date
    alerts: tuple[date, ...]
    decide_by: date | None

    def reached(self, today: date) -> int:
        """How many of the alerts have been reached by today; 0 after the end."""
        return 0 if today > self.ends_on else sum(day <= today for day in self.alerts)


@cites("R26", params=("ground_ending_first_alert", "ground_ending_second_alert", "ground_ending_last_alert"))
def ground_ending(
    ground: GroundFacts, others: Iterable[GroundFacts], level: Level | None, params: Parameters
) -> Answer[GroundEnding | None]:
    """The alerts 6 months, 3 months and 28 days before a ground ends; None when it has no end or is void.

    `level` is the level on its last day as known now.
    """
    if ground.ends_on is None or ground.voided:
        return Answer(None, (Reason("The ground has no end date", "R26"),))
    last_day, trigger = ground.ends_on, ground.starts_on
    alerts = (
        add_months(last_day, -params.number("ground_ending_first_alert", trigger)),
        add_months(last_day, -params.number("ground_ending_second_alert", trigger)),
        date.fromordinal(last_day.toordinal() - params.number("ground_ending_last_alert", trigger)),
    )
    is_last = not open_grounds(others, last_day + DAY)
    must_decide = is_last and level is not None and level.is_multi_agency
    reasons = [Reason(f"{ground.kind.label} ends on {long_date(last_day)}", "R26")]
    if must_decide:
        reasons.append(Reason("It is the last ground: decide before that day to exit or to begin Category 3", "R26"))
    elif not is_last:
        reasons.append(Reason("Another ground stays open: the person is re-categorised, not out", "R27"))
    return Answer(GroundEnding(last_day, alerts, last_day if must_decide else None), tuple(reasons))
