"""The review clock, and what becomes of a deadline (R26, R38, R51 to R54, R106)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.core import Period
from rules.deadlines import (
    detained_periods,
    ground_ending,
    is_brought_forward,
    last_release_with_level_due,
    level_set_day,
    level_to_be_set_by,
    may_set_next_meeting,
    review_due,
    review_trigger,
    status_of,
)
from rules.facts import GroundFacts, LevelFacts, WhereaboutsFacts
from rules.parameters import Override, Parameters
from rules.vocabulary import DeadlineStatus, DecidingBody, GroundKind, Level, Whereabouts

PARAMS = Parameters()
T = date(2026, 11, 2)


def day(number: int) -> date:
    return T + timedelta(number)


@pytest.mark.parametrize(
    ("level", "next_on", "detained", "rule"),
    [
        pytest.param(Level.TWO, 111, [], "", id="a day before the limit (R54)"),
        pytest.param(Level.TWO, 112, [], "", id="on the limit (R54)"),
        pytest.param(Level.TWO, 113, [], "R54", id="a day beyond the limit (R54)"),
        pytest.param(Level.THREE, 57, [], "R54", id="Level 3 has 8 weeks (R54)"),
        pytest.param(Level.TWO, 400, [(-900, None)], "", id="detained: there is no limit (R52)"),
        pytest.param(Level.TWO, 1, [], "", id="the day after"),
        pytest.param(Level.TWO, 0, [], "R51", id="the same day"),
    ],
)
def test_the_next_date_of_a_chair(
    level: Level, next_on: int, detained: list[tuple[int, int | None]], rule: str
) -> None:
    periods = [Period(day(start), None if end is None else day(end)) for start, end in detained]
    decision = may_set_next_meeting(T, day(next_on), level, periods, PARAMS, today=T)
    assert [reason.rule for reason in decision.reasons][:1] == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("level", "last", "detained", "due", "used"),
    [
        pytest.param(Level.TWO, day(-119), [], day(-7), 119, id="16 weeks, never detained (R51)"),
        pytest.param(Level.THREE, day(-49), [], day(7), 49, id="8 weeks, never detained (R51)"),
        pytest.param(Level.TWO, day(-55), [(-90, -42)], day(71), 41, id="released after the meeting (R52)"),
        pytest.param(Level.TWO, day(-130), [(-100, -6)], day(77), 35, id="recalled, released again (R52)"),
        pytest.param(Level.TWO, day(-60), [(-12, None)], None, 48, id="recalled and still in (R52)"),
        pytest.param(Level.TWO, day(-75), [(-900, None)], None, 0, id="detained all along (R52)"),
        pytest.param(Level.TWO, day(-40), [(0, None)], None, 40, id="recalled today (R52)"),
        pytest.param(Level.TWO, day(-40), [(1, None)], day(72), 40, id="recall of tomorrow: not yet (R52)"),
        pytest.param(Level.TWO, day(-60), [(-50, -41), (-40, -31)], day(72), 40, id="two spells that adjoin (R52)"),
        pytest.param(
            Level.TWO, day(-60), [(-50, -41), (-45, -31)], day(72), 40, id="two that overlap count once (R52)"
        ),
        pytest.param(Level.TWO, day(-120), [(-9, None)], None, 111, id="recalled the day before the limit (R52)"),
        pytest.param(Level.TWO, day(-120), [(-8, None)], day(-8), 112, id="recalled on the day of the limit (R52)"),
        pytest.param(Level.TWO, day(-120), [(-7, None)], day(-8), 113, id="recalled the day after the limit (R52)"),
        pytest.param(Level.TWO, day(-50), [(-200, -60)], day(62), 50, id="custody before the meeting (R52)"),
        pytest.param(Level.TWO, day(-50), [(-60, -50)], day(63), 49, id="met in custody, out the next day (R52)"),
    ],
)
def test_the_review_clock(
    level: Level, last: date, detained: list[tuple[int, int | None]], due: date | None, used: int
) -> None:
    periods = [Period(day(first), None if end is None else day(end)) for first, end in detained]
    clock = review_due(level, last, periods, PARAMS, today=T)
    assert (clock.due_on, clock.days_used) == (due, used)
    assert clock.paused is (due is None)
    assert clock.reasons


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 40)), max_size=5),
    st.sampled_from([Level.TWO, Level.THREE]),
)
def test_the_clock_counts_the_days_that_begin_in_the_community(spells: list[tuple[int, int]], level: Level) -> None:
    meeting = date(2025, 1, 1)
    detained = [
        Period(meeting + timedelta(first - 20), meeting + timedelta(first - 20 + length)) for first, length in spells
    ]
    clock = review_due(level, meeting, detained, PARAMS, today=meeting + timedelta(1000))
    counted, moment = 0, meeting
    while counted < (112 if level is Level.TWO else 56):
        counted += not any(moment in period for period in detained)
        moment += timedelta(1)
    assert clock.due_on == moment


def test_there_is_no_clock_without_level_2_or_3_or_without_a_meeting() -> None:
    for level in (None, Level.NOT_SET, Level.ONE):
        assert review_due(level, day(-10), [], PARAMS, today=T).limit_days is None
    clock = review_due(Level.TWO, None, [], PARAMS, today=T)
    assert (clock.due_on, clock.paused) == (None, False)


def test_a_pause_says_how_many_days_were_used() -> None:
    clock = review_due(Level.TWO, day(-60), [Period(day(-12))], PARAMS, today=T)
    assert clock.paused
    assert "Paused: custody. 48 of 112 days" in clock.reasons[0].text


def test_detained_with_a_known_return_is_paused_but_has_a_date() -> None:
    clock = review_due(Level.TWO, day(-60), [Period(day(-12), day(9))], PARAMS, today=T)
    assert clock.paused
    assert clock.due_on == day(10 + 112 - 48)


@pytest.mark.parametrize(
    ("level", "due"),
    [
        pytest.param(Level.THREE, day(56 - 10), id="2 to 3 at the meeting: 8 weeks from it (R53)"),
        pytest.param(Level.TWO, day(112 - 10), id="3 to 2 at the meeting: 16 weeks from it (R53)"),
    ],
)
def test_a_new_level_counts_from_the_deciding_meeting(level: Level, due: date) -> None:
    spans = [
        LevelFacts(Level.TWO if level is Level.THREE else Level.THREE, day(-100), day(-11), DecidingBody.MEETING),
        LevelFacts(level, day(-10), None, DecidingBody.MEETING),
    ]
    trigger = review_trigger(day(-10), spans, T)
    assert review_due(level, trigger, [], PARAMS, today=T).due_on == due


def test_a_chairs_urgent_decision_sets_its_own_limit() -> None:
    spans = [LevelFacts(Level.THREE, day(-5), None, DecidingBody.CHAIR_URGENT)]
    assert review_trigger(day(-90), spans, T) == day(-5)
    assert review_trigger(None, spans, T) == day(-5)
    assert review_trigger(None, [], T) is None


def test_the_limit_is_the_one_of_the_day_of_the_meeting() -> None:
    params = Parameters((Override("review_level_2", 84, day(-49), "decision of the board"),))
    assert review_due(Level.TWO, day(-50), [], params, today=T).due_on == day(62)
    assert review_due(Level.TWO, day(-49), [], params, today=T).due_on == day(35)


def test_what_pauses_the_clock() -> None:
    spans = [WhereaboutsFacts(where, day(number), day(number)) for number, where in enumerate(Whereabouts)]
    paused = {where for number, where in enumerate(Whereabouts)
              if any(day(number) in period for period in detained_periods(spans, PARAMS))}  # fmt: skip
    assert Whereabouts.UNLAWFULLY_AT_LARGE not in paused
    assert {Whereabouts.CUSTODY, Whereabouts.REMAND, Whereabouts.RECALLED, Whereabouts.HOSPITAL} <= paused
    assert not paused & {Whereabouts.COMMUNITY, Whereabouts.APPROVED_PREMISES, Whereabouts.ABROAD}


@pytest.mark.parametrize(
    ("due", "met", "today", "status"),
    [
        pytest.param(day(0), None, day(-1), DeadlineStatus.OPEN, id="the day before"),
        pytest.param(day(0), None, day(0), DeadlineStatus.OPEN, id="the due date itself"),
        pytest.param(day(0), None, day(1), DeadlineStatus.OVERDUE, id="the day after"),
        pytest.param(day(0), day(-1), day(9), DeadlineStatus.MET, id="met the day before (R51)"),
        pytest.param(day(0), day(0), day(9), DeadlineStatus.MET, id="met on the day: in time (R51)"),
        pytest.param(day(0), day(1), day(9), DeadlineStatus.MET_LATE, id="met the day after (R51)"),
        pytest.param(None, None, day(9), DeadlineStatus.PAUSED, id="paused (R52)"),
        pytest.param(None, day(1), day(9), DeadlineStatus.MET, id="met while paused (R52)"),
    ],
)
def test_what_has_become_of_a_deadline(due: date | None, met: date | None, today: date, status: DeadlineStatus) -> None:
    assert status_of(due, met, today) is status
    assert status_of(due, met, today, cancelled_on=day(0)) is DeadlineStatus.CANCELLED
    forward = status_of(due, met, today, brought_forward=True)
    assert forward is (status if met else DeadlineStatus.BROUGHT_FORWARD)


@pytest.mark.parametrize(
    ("triggered_on", "forward"),
    [
        pytest.param(day(-366), True, id="the day before the area's start (R106)"),
        pytest.param(day(-365), False, id="the day of the start (R106)"),
        pytest.param(day(-364), False, id="the day after (R106)"),
    ],
)
def test_what_began_before_the_area_is_brought_forward(triggered_on: date, forward: bool) -> None:
    assert is_brought_forward(triggered_on, day(-365)) is forward


@pytest.mark.parametrize(
    ("release", "sentenced", "due"),
    [
        pytest.param(date(2025, 8, 31), date(2024, 1, 1), date(2025, 2, 28), id="six months before (R38)"),
        pytest.param(date(2024, 7, 2), date(2024, 1, 1), date(2024, 1, 2), id="six months and a day remained (R38)"),
        pytest.param(date(2024, 7, 1), date(2024, 1, 1), date(2024, 1, 1), id="exactly six months remained (R38)"),
        pytest.param(date(2024, 6, 30), date(2024, 1, 1), date(2024, 1, 1), id="less remained: at once (R38)"),
    ],
)
def test_when_a_level_is_to_be_set(release: date, sentenced: date, due: date) -> None:
    assert level_to_be_set_by(release, sentenced, PARAMS).value == level_set_day(release, sentenced, PARAMS) == due


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(0, 400))
def test_no_level_is_due_for_a_release_left_out(on: date, sentenced: date, days: int) -> None:
    """Whoever is released later than the day up to which releases are read has nothing due by now (R38)."""
    months = PARAMS.number("level_set_before_release", sentenced)
    release = last_release_with_level_due(on, months) + timedelta(days=1 + days)
    assert level_set_day(release, sentenced, PARAMS) > on


LICENCE = GroundFacts(GroundKind.QUALIFYING_DISPOSAL, date(2023, 1, 1), date(2026, 8, 31))


def test_alerts_before_a_ground_ends() -> None:
    ending = ground_ending(LICENCE, [], Level.TWO, PARAMS).value
    assert ending is not None
    assert ending.alerts == (date(2026, 2, 28), date(2026, 5, 31), date(2026, 8, 3))
    assert ending.decide_by == date(2026, 8, 31)


@pytest.mark.parametrize(
    ("today", "reached"),
    [
        pytest.param(date(2026, 2, 27), 0, id="the day before the first (R26)"),
        pytest.param(date(2026, 2, 28), 1, id="the first (R26)"),
        pytest.param(date(2026, 5, 31), 2, id="the second (R26)"),
        pytest.param(date(2026, 8, 2), 2, id="the day before the last (R26)"),
        pytest.param(date(2026, 8, 3), 3, id="28 days before (R26)"),
        pytest.param(date(2026, 8, 31), 3, id="the last day (R26)"),
        pytest.param(date(2026, 9, 1), 0, id="over (R26)"),
    ],
)
def test_which_alert_has_been_reached(today: date, reached: int) -> None:
    ending = ground_ending(LICENCE, [], Level.ONE, PARAMS).value
    assert ending is not None
    assert ending.reached(today) == reached


@pytest.mark.parametrize(
    ("others", "level", "decide"),
    [
        pytest.param([], Level.TWO, True, id="last ground at Level 2 (R26)"),
        pytest.param([], Level.THREE, True, id="last ground at Level 3 (R26)"),
        pytest.param([], Level.ONE, False, id="last ground at Level 1 (R26)"),
        pytest.param([], None, False, id="last ground, no level (R26)"),
        pytest.param([GroundFacts(GroundKind.NOTIFICATION, date(2020, 1, 1))], Level.TWO, False, id="another (R27)"),
        pytest.param([replace(LICENCE, key=2)], Level.TWO, True, id="another that ends the same day (R26)"),
        pytest.param([replace(LICENCE, ends_on=None, voided=True)], Level.TWO, True, id="another, void (R29)"),
    ],
)
def test_the_last_ground_at_level_2_or_3_forces_a_decision(
    others: list[GroundFacts], level: Level | None, decide: bool
) -> None:
    ending = ground_ending(LICENCE, others, level, PARAMS).value
    assert ending is not None
    assert (ending.decide_by is not None) is decide


def test_an_indefinite_or_void_ground_gives_no_alert() -> None:
    assert ground_ending(replace(LICENCE, ends_on=None), [], Level.TWO, PARAMS).value is None
    assert ground_ending(replace(LICENCE, voided=True), [], Level.TWO, PARAMS).value is None
