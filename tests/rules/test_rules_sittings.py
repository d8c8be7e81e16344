"""Panels, sittings, chairs and placements (R54 to R57, R107)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import is_working_day
from rules.core import Period
from rules.facts import GroundFacts, LevelFacts, RegisterFacts, WhereaboutsFacts
from rules.parameters import Override, Parameters
from rules.sittings import (
    LAST,
    Pattern,
    Placement,
    emergency_by,
    free_times,
    in_emergency_time,
    is_late,
    is_still_held,
    may_chair,
    may_place,
    noticed_from,
    pre_release_due,
    pre_release_window,
    released_on,
    resets_clock,
    sitting_days,
    sitting_ends,
    slot_times,
    state_of_sitting,
    still_to_be_heard,
)
from rules.vocabulary import Category, ChairRole, GroundKind, Level, MeetingKind, SittingState, Whereabouts

PARAMS = Parameters()
T = date(2026, 11, 2)  # a Monday
TUESDAY, FRIDAY, MONDAY = 1, 4, 0


def day(number: int) -> date:
    return T + timedelta(number)


@pytest.mark.parametrize(
    ("pattern", "starts", "ends", "days"),
    [
        pytest.param(
            Pattern(TUESDAY, frozenset({1, 3})),
            date(2026, 11, 1),
            date(2026, 11, 30),
            [date(2026, 11, 3), date(2026, 11, 17)],
            id="first and third Tuesday",
        ),
        pytest.param(
            Pattern(TUESDAY, frozenset({1, 3})),
            date(2026, 11, 3),
            date(2026, 11, 16),
            [date(2026, 11, 3)],
            id="the ends of the period belong to it",
        ),
        pytest.param(
            Pattern(FRIDAY, frozenset({4})),
            date(2026, 12, 1),
            date(2026, 12, 31),
            [date(2026, 12, 29)],
            id="Christmas Day moves past the substitute day",
        ),
        pytest.param(
            Pattern(FRIDAY, frozenset({4})), date(2026, 12, 1), date(2026, 12, 28), [], id="moved out of the period"
        ),
        pytest.param(
            Pattern(MONDAY, frozenset({LAST})),
            date(2026, 11, 1),
            date(2026, 12, 31),
            [date(2026, 11, 30), date(2026, 12, 29)],
            id="the last Monday: of five, and of four where it is a holiday",
        ),
        pytest.param(Pattern(MONDAY), date(2026, 11, 1), date(2026, 12, 31), [], id="by arrangement"),
    ],
)
def test_sitting_days(pattern: Pattern, starts: date, ends: date, days: list[date]) -> None:
    assert list(sitting_days(pattern, Period(starts, ends))) == days


@given(
    st.integers(0, 4),
    st.frozensets(st.integers(1, 5), min_size=1),
    st.dates(date(2024, 1, 1), date(2027, 6, 1)),
    st.integers(0, 200),
)
def test_sittings_fall_on_working_days_of_the_period(
    weekday: int, ordinals: frozenset[int], starts: date, length: int
) -> None:
    within = Period(starts, starts + timedelta(length))
    days = sitting_days(Pattern(weekday, ordinals), within)
    assert list(days) == sorted(set(days))
    assert all(found in within and is_working_day(found) for found in days)


def test_an_empty_sitting_is_let_go_ten_working_days_before() -> None:
    assert released_on(date(2026, 11, 17), PARAMS) == date(2026, 11, 3)
    assert released_on(date(2027, 1, 5), PARAMS) == date(2026, 12, 17)


def test_agencies_have_as_much_notice_of_a_single_meeting() -> None:
    assert noticed_from(date(2026, 11, 3), PARAMS) == date(2026, 11, 17)
    assert noticed_from(date(2026, 11, 7), PARAMS) == date(2026, 11, 20), "asked for on a Saturday"
    assert noticed_from(date(2026, 12, 17), PARAMS) == date(2027, 1, 5), "over bank holidays"


@pytest.mark.parametrize(
    ("heard", "today", "warned"),
    [
        pytest.param(0, date(2026, 11, 2), False, id="the day before it is let go (R55)"),
        pytest.param(0, date(2026, 11, 3), True, id="let go that day (R55)"),
        pytest.param(0, date(2026, 11, 4), True, id="and stays so (R55)"),
        pytest.param(1, date(2026, 11, 4), False, id="somebody is in it: it is held (R55)"),
    ],
)
def test_a_sitting_that_was_let_go_is_warned_of(heard: int, today: date, warned: bool) -> None:
    found = is_still_held(date(2026, 11, 17), heard=heard, params=PARAMS, today=today)
    assert found
    assert ["3 November 2026" in each.text for each in found.warnings] == ([True] if warned else [])


@pytest.mark.parametrize(
    ("heard", "cancelled_on", "today", "state", "said"),
    [
        pytest.param(0, None, date(2026, 11, 2), SittingState.EMPTY, "3 November 2026, 10", id="the day before (R55)"),
        pytest.param(0, None, date(2026, 11, 3), SittingState.RELEASED, "3 November 2026", id="let go that day (R55)"),
        pytest.param(0, None, date(2026, 11, 4), SittingState.RELEASED, "3 November 2026", id="and stays so (R55)"),
        pytest.param(1, None, date(2026, 11, 4), SittingState.PEOPLE, "placed", id="with somebody in it (R55)"),
        pytest.param(None, None, date(2026, 11, 4), SittingState.PLANNED, "You may see", id="not for them to know"),
        pytest.param(0, date(2026, 11, 1), date(2026, 11, 4), SittingState.CANCELLED, "1 November", id="cancelled"),
        pytest.param(2, date(2026, 11, 1), date(2026, 11, 4), SittingState.CANCELLED, "1 November", id="beats people"),
    ],
)
def test_what_has_become_of_a_sitting(
    heard: int | None, cancelled_on: date | None, today: date, state: SittingState, said: str
) -> None:
    day = date(2026, 11, 17)
    found = state_of_sitting(day, heard=heard, cancelled_on=cancelled_on, params=PARAMS, today=today)
    assert found.value is state
    assert said in found.reasons[0].text


@pytest.mark.parametrize(
    ("roles", "level", "category", "manages", "allowed", "warned"),
    [
        pytest.param([ChairRole.COORDINATOR], Level.TWO, Category.ONE, False, True, False, id="Level 2 (R56)"),
        pytest.param([ChairRole.COORDINATOR], Level.THREE, Category.ONE, False, True, False, id="Level 3 (R56)"),
        pytest.param([ChairRole.COORDINATOR], Level.TWO, Category.ONE, True, False, False, id="own case (R56)"),
        pytest.param([], Level.TWO, Category.ONE, False, False, False, id="no role that chairs (R56)"),
        pytest.param([ChairRole.COORDINATOR], Level.TWO, Category.FOUR, False, True, True, id="Category 4 (R56)"),
        pytest.param([ChairRole.NATIONAL_SECURITY], Level.TWO, Category.FOUR, False, True, False, id="NSD (R56)"),
    ],
)
def test_who_chairs(
    roles: list[ChairRole], level: Level, category: Category, manages: bool, allowed: bool, warned: bool
) -> None:
    decision = may_chair(roles, level, category, PARAMS, on=T, manages=manages)
    assert bool(decision) is allowed
    assert bool(decision.warnings) is warned


def test_an_area_may_want_senior_managers_for_level_3() -> None:
    params = Parameters([Override("chairs_level_3", ("senior_manager",), date(2026, 1, 1), "agreed by the board")])
    assert not may_chair([ChairRole.COORDINATOR], Level.THREE, Category.ONE, params, on=T, manages=False)
    assert may_chair([ChairRole.COORDINATOR], Level.TWO, Category.ONE, params, on=T, manages=False)
    assert may_chair([ChairRole.SENIOR_MANAGER], Level.THREE, Category.ONE, params, on=T, manages=False)


@pytest.mark.parametrize(
    ("placement", "allowed", "warned"),
    [
        pytest.param(Placement(day(9), day(10)), True, [], id="the day before the limit (R54)"),
        pytest.param(Placement(day(10), day(10)), True, [], id="on the limit (R54)"),
        pytest.param(Placement(day(11), day(10)), False, [], id="the day after, no reason (R54)"),
        pytest.param(
            Placement(day(11), day(10), out_of_time_reason="too few"), False, [], id="a reason of two words (R54)"
        ),
        pytest.param(
            Placement(day(11), day(10), out_of_time_reason="chair is ill"), True, ["R54"], id="with the reason (R54)"
        ),
        pytest.param(Placement(day(400), None), True, [], id="no clock runs"),
        pytest.param(Placement(day(6), day(10), day(6)), True, [], id="on the chair's own date"),
        pytest.param(Placement(day(7), day(10), day(6)), True, ["R51"], id="after the chair's own date"),
        pytest.param(
            Placement(day(7), day(10), None, day(8)), True, ["R49"], id="before the window of a release opens"
        ),
        pytest.param(Placement(day(8), day(10), None, day(8)), True, [], id="as the window opens"),
    ],
)
def test_what_a_placement_amounts_to(placement: Placement, allowed: bool, warned: list[str]) -> None:
    decision = may_place(placement)
    assert bool(decision) is allowed
    assert [warning.rule for warning in decision.warnings] == warned


@pytest.mark.parametrize(
    ("level", "ahead", "held", "due"),
    [
        pytest.param(Level.TWO, 60, [], 59, id="due before release (R107)"),
        pytest.param(Level.TWO, 60, [18], None, id="held on the first day of six weeks (R107)"),
        pytest.param(Level.TWO, 60, [17], 59, id="held a day too early (R107)"),
        pytest.param(Level.TWO, 60, [59], None, id="held the day before (R107)"),
        pytest.param(Level.TWO, 60, [60], 59, id="held on the day: not before release (R107)"),
        pytest.param(Level.ONE, 60, [], None, id="Level 1 has none (R107)"),
        pytest.param(None, 60, [], None, id="no level (R107)"),
    ],
)
def test_pre_release_meeting(level: Level | None, ahead: int, held: list[int], due: int | None) -> None:
    answer = pre_release_due(level, day(ahead), [day(number) for number in held], PARAMS, today=T)
    assert answer.value == (None if due is None else day(due))
    assert answer.reasons[0].rule == "R107"
    assert pre_release_window(day(ahead), PARAMS, today=T) == Period(day(18), day(59))


@pytest.mark.parametrize(
    ("kind", "whole", "resets"),
    [
        pytest.param(MeetingKind.REVIEW, False, True, id="a review (R55)"),
        pytest.param(MeetingKind.EMERGENCY, False, False, id="an emergency about one thing (R55)"),
        pytest.param(MeetingKind.EMERGENCY, True, True, id="an emergency with the whole plan (R55)"),
        pytest.param(MeetingKind.HANDOVER, True, False, id="a handover (R55)"),
    ],
)
def test_what_resets_the_clock(kind: MeetingKind, whole: bool, resets: bool) -> None:
    assert resets_clock(kind, whole_plan=whole) is resets


@pytest.mark.parametrize(
    ("taken", "free"),
    [
        pytest.param([], [10, 11, 12], id="nobody placed: one after the other (R57)"),
        pytest.param([(11, 12)], [10, 12], id="a meeting that ends when one begins does not touch it"),
        pytest.param([(10.5, 11.5)], [12], id="a meeting across two usual times takes both"),
        pytest.param([(9, 13)], [], id="all day"),
    ],
)
def test_free_times(taken: list[tuple[float, float]], free: list[int]) -> None:
    midnight = datetime(2026, 12, 8, tzinfo=UTC)
    times = slot_times(midnight + timedelta(hours=10), 60, 3)
    spans = [(midnight + timedelta(hours=begins), midnight + timedelta(hours=ends)) for begins, ends in taken]
    assert [time.hour for time in free_times(times, 60, spans)] == free
    assert sitting_ends(times[0], 60, 3) == midnight + timedelta(hours=13)


@pytest.mark.parametrize(
    ("on", "limit", "late"),
    [
        (date(2026, 12, 7), None, False),
        (date(2026, 12, 7), date(2026, 12, 7), False),
        (date(2026, 12, 8), date(2026, 12, 7), True),
    ],
)
def test_r54_late_is_after_the_limit(on: date, limit: date | None, late: bool) -> None:
    assert is_late(Placement(on, limit)) is late


@pytest.mark.parametrize(("on", "warned"), [(0, False), (7, False), (8, True)])
def test_r55_an_emergency_meeting_has_a_clock_of_its_own(on: int, warned: bool) -> None:
    assert emergency_by(T, PARAMS) == day(7), "five working days from a Monday"
    said = in_emergency_time(day(on), asked_on=T, params=PARAMS)
    assert bool(said)
    assert bool(said.warnings) is warned


OPEN = GroundFacts(GroundKind.NOTIFICATION, day(-500))
AT_2 = LevelFacts(Level.TWO, day(-400))
AT_1 = LevelFacts(Level.ONE, day(-400))


def register(
    grounds: tuple[GroundFacts, ...] = (OPEN,), levels: tuple[LevelFacts, ...] = (AT_2,), died: int | None = None
) -> RegisterFacts:
    dead = () if died is None else (WhereaboutsFacts(Whereabouts.DEAD, day(died)),)
    return RegisterFacts(key=1, grounds=grounds, levels=levels, whereabouts=dead)


def until(number: int, **more: object) -> GroundFacts:
    return replace(OPEN, ends_on=day(number), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "accepted", "refused"),
    [
        pytest.param(register(), False, "", id="at Level 2"),
        pytest.param(register(died=10), False, "R28 The person died on 12 November 2026", id="dead on the day"),
        pytest.param(register(died=11), False, "", id="the day before a death"),
        pytest.param(register(died=-1), True, "R28 The person died on 1 November 2026", id="dead, though accepted"),
        pytest.param(register((until(9),)), False, "R26 The last ground ends on 11 November 2026", id="ends before"),
        pytest.param(register((until(10),)), False, "", id="ends on the day"),
        pytest.param(register((until(-1),)), False, "R26 The last ground ended on 1 November 2026", id="ended"),
        pytest.param(register((until(-1), OPEN)), False, "", id="another ground is open"),
        pytest.param(register((until(9),)), True, "R26 The last ground ends on 11 November 2026", id="accepted, ends"),
        pytest.param(register((until(-1),)), True, "", id="accepted after it: Category 3 is to begin"),
        pytest.param(register((), ()), True, "", id="accepted, no ground yet"),
        pytest.param(register((replace(OPEN, voided=True),)), False, "R29 No ground stands on that day", id="voided"),
        pytest.param(
            register(levels=(AT_1,)), False, f"R36 The person is not at Level 2 or 3 since {day(-400):%-d %B %Y}",
            id="at Level 1",
        ),
        pytest.param(register(levels=(AT_1,)), True, "", id="accepted: the level begins with the meeting"),
        pytest.param(register(levels=()), False, "R36 The person is not at Level 2 or 3", id="no level recorded"),
    ],
)  # fmt: skip
def test_r26_whether_there_is_still_somebody_to_hear(facts: RegisterFacts, accepted: bool, refused: str) -> None:
    decision = still_to_be_heard(facts, day(10), accepted=accepted, today=day(5))
    assert [f"{reason.rule} {reason.text}" for reason in decision.reasons] == ([refused] if refused else [])
