"""Suggestions and plans: against every assignment there is, and never worse than first come, first placed."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.core import Period
from rules.suggestions import (
    ChairFacts,
    Hearing,
    OpenSitting,
    Plan,
    Proposal,
    days_late,
    emergency_time,
    kind_of_meeting,
    may_hear,
    planned,
    proposed_times,
    suggested,
    timing,
    without_clashes,
)
from rules.vocabulary import Level, MeetingKind, ObligationKind

T = date(2026, 11, 2)  # a Monday


def at(number: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime.combine(T + timedelta(number), time(hour, minute))


def day(number: int) -> date:
    return T + timedelta(number)


def sitting(key: int, on: int, free: int = 1, **more: object) -> OpenSitting:
    times = tuple(at(on, 10 + place) for place in range(free))
    return OpenSitting(**{"key": key, "on": day(on), "level": Level.TWO, "times": times} | more)  # type: ignore[arg-type]


def hearing(key: int = 1, limit: int | None = 20, **more: object) -> Hearing:
    values = {"key": key, "level": Level.TWO, "limit": None if limit is None else day(limit)}
    return Hearing(**values | more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("who", "where", "refused"),
    [
        pytest.param(hearing(level=Level.THREE), sitting(1, 1), "R34", id="Level 3 is not heard at Level 2"),
        pytest.param(hearing(), sitting(1, 1, level=Level.THREE), "", id="Level 2 may be heard at Level 3"),
        pytest.param(hearing(category_4=True), sitting(1, 1), "R99", id="Category 4 has its own panels"),
        pytest.param(hearing(), sitting(1, 1, national_security=True), "R99", id="which hear nobody else"),
        pytest.param(
            hearing(managed_by=frozenset({7})), sitting(1, 1, chair=7), "R56", id="no chair of their own case"
        ),
        pytest.param(hearing(window_from=day(2)), sitting(1, 1), "R49", id="the day before the window opens"),
        pytest.param(hearing(window_from=day(1)), sitting(1, 1), "", id="its first day"),
        pytest.param(hearing(until=day(0)), sitting(1, 1), "R26", id="the day after the last ground"),
        pytest.param(hearing(until=day(1)), sitting(1, 1), "", id="its last day"),
    ],
)
def test_may_hear(who: Hearing, where: OpenSitting, refused: str) -> None:
    assert [reason.rule for reason in may_hear(who, where).reasons] == ([refused] if refused else [])


@pytest.mark.parametrize(("limit", "late"), [(4, 1), (5, 0), (6, 0), (None, 0)])
def test_days_late(limit: int | None, late: int) -> None:
    assert days_late(hearing(limit=limit), day(5)) == late


def test_kind_of_meeting() -> None:
    assert kind_of_meeting(ObligationKind.FIRST_MEETING) is MeetingKind.INITIAL
    assert kind_of_meeting(ObligationKind.PRE_RELEASE) is MeetingKind.PRE_RELEASE
    assert kind_of_meeting(ObligationKind.REVIEW_LEVEL_2_3) is MeetingKind.REVIEW
    assert kind_of_meeting(None) is MeetingKind.REVIEW


@pytest.mark.parametrize(
    ("who", "best"),
    [
        pytest.param(hearing(limit=20), [4, 3, 5], id="own level, close before the limit"),
        pytest.param(hearing(limit=25, works_to=day(12)), [5, 2, 1], id="close before the chair's own date"),
        pytest.param(hearing(limit=20, district=9), [5, 4, 3], id="own district first"),
        pytest.param(hearing(limit=3), [1, 2, 5], id="in time, then the least late"),
        pytest.param(hearing(limit=20, level=Level.THREE), [8, 6], id="its own level only"),
    ],
)
def test_the_best_times_and_the_earliest(who: Hearing, best: list[int]) -> None:
    around = [
        sitting(1, 3), sitting(2, 10), sitting(3, 15), sitting(4, 18), sitting(5, 11, district=9),
        sitting(6, 30, level=Level.THREE), sitting(7, 1, free=0), sitting(8, 19, level=Level.THREE),
    ]  # fmt: skip
    found = suggested(who, around)
    assert [each.sitting for each in found.best] == best
    if who.level is Level.TWO:
        assert [each.sitting for each in found.earliest] == [1, 2, 5]


# --- plans ------------------------------------------------------------------------------------------------------------

DAYS = st.integers(min_value=1, max_value=6)
LEVELS = st.sampled_from([Level.TWO, Level.TWO, Level.THREE])


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Hearing], list[OpenSitting]]:
    """Up to five people and four sittings of up to three free times, on six days."""
    people = [
        hearing(
            key,
            draw(DAYS),
            level=draw(LEVELS),
            window_from=draw(st.none() | DAYS.map(day)),
            managed_by=draw(st.sampled_from([frozenset[int](), frozenset({7})])),
        )
        for key in range(draw(st.integers(0, 5)))
    ]
    sittings = [
        sitting(
            key, draw(DAYS), draw(st.integers(0, 3)), level=draw(LEVELS), chair=draw(st.sampled_from([None, 7])),
            placed=draw(st.integers(0, 2)),
        )
        for key in range(draw(st.integers(0, 4)))
    ]  # fmt: skip
    return people, sittings


def assignments(people: Sequence[Hearing], sittings: Sequence[OpenSitting]) -> Iterator[tuple[int, ...]]:
    """Who of them is in time, in every assignment that there is: whole numbers as keys of people."""
    for chosen in product((None, *range(len(sittings))), repeat=len(people)):
        fits = all(
            place is None or may_hear(who, sittings[place]) for who, place in zip(people, chosen, strict=True)
        ) and all(chosen.count(place) <= len(each.times) for place, each in enumerate(sittings))
        if fits:
            yield tuple(
                who.key
                for who, place in zip(people, chosen, strict=True)
                if place is not None and not days_late(who, sittings[place].on)
            )


def first_fit(people: Sequence[Hearing], sittings: Sequence[OpenSitting]) -> int:
    """How many are in time when each in turn takes the earliest time left that is in time for them."""
    free = {each.key: len(each.times) for each in sittings}
    placed = 0
    for who in sorted(people, key=lambda each: each.urgency):
        for each in sorted(sittings, key=lambda each: each.on):
            if free[each.key] and may_hear(who, each) and not days_late(who, each.on):
                free[each.key] -= 1
                placed += 1
                break
    return placed


def loads(plan: Plan, sittings: Sequence[OpenSitting]) -> dict[int, int]:
    return {each.key: each.placed + sum(line.sitting == each.key for line in plan.lines) for each in sittings}


@given(worlds())
def test_a_plan_places_as_many_in_time_as_any_assignment(world: tuple[list[Hearing], list[OpenSitting]]) -> None:
    people, sittings = world
    plan = planned(people, sittings)
    by_key, held = {each.key: each for each in people}, {each.key: each for each in sittings}
    assert planned(people[::-1], sittings[::-1]) == plan, "the same facts give the same plan"
    assert sorted([line.hearing for line in plan.lines] + [left.hearing for left in plan.left]) == sorted(by_key)
    assert all(left.reasons for left in plan.left)
    assert len({(line.sitting, line.starts_at) for line in plan.lines}) == len(plan.lines), "a time is given once"
    for line in plan.lines:
        assert line.starts_at in held[line.sitting].times
        assert may_hear(by_key[line.hearing], held[line.sitting])
        assert line.days_late == days_late(by_key[line.hearing], line.on)
    in_time = {line.hearing for line in plan.lines if not line.days_late}
    possible = list(assignments(people, sittings))
    assert len(in_time) == max(map(len, possible)) >= first_fit(people, sittings)
    if left := [each.hearing for each in plan.left]:
        # Where somebody is left, no time stays free that would hear them.
        filled = {each.key: sum(line.sitting == each.key for line in plan.lines) for each in sittings}
        for each in sittings:
            free = len(each.times) - filled[each.key]
            assert not free or not any(may_hear(by_key[key], each) for key in left)
    # Fair: nobody in time can be moved from a sitting to one that hears two fewer.
    load = loads(plan, sittings)
    for line in plan.lines:
        for each in sittings:
            room = len(each.times) - sum(other.sitting == each.key for other in plan.lines)
            who = by_key[line.hearing]
            if room and line.hearing in in_time and may_hear(who, each) and not days_late(who, each.on):
                assert load[line.sitting] <= load[each.key] + 1


def test_the_most_urgent_come_first_and_the_late_are_told() -> None:
    people = [hearing(1, 5), hearing(2, 3), hearing(3, 0), hearing(4, 20, level=Level.THREE)]
    plan = planned(people, [sitting(1, 2), sitting(2, 4, free=1), sitting(3, 9)])
    assert [(line.hearing, line.sitting, line.days_late) for line in plan.lines] == [(2, 1, 0), (1, 2, 0), (3, 3, 9)]
    assert [(left.hearing, left.reasons[0].rule) for left in plan.left] == [(4, "R34")]
    assert planned(people[:1], []).left[0].reasons[0].rule == "R57"
    full = planned([hearing(1, 5), hearing(2, 5)], [sitting(1, 2)])
    assert "taken" in full.left[0].reasons[0].text


@pytest.mark.parametrize("number", [80, 60])
def test_a_plan_of_an_area_takes_no_time(number: int) -> None:
    """Eight weeks of a large area: 400 people, with too few sittings; as good as possible, never worse than first-fit.

    Where many are left without a time, no way of moving people is tried twice: half a second, not ten.
    """
    people = [hearing(key, 3 + key * 53 % 53, district=key % 8) for key in range(400)]
    sittings = [sitting(key, key * 7 % 56, free=4, district=key % 8, placed=key % 3) for key in range(number)]
    plan = planned(people, sittings)
    assert sum(not line.days_late for line in plan.lines) >= first_fit(people, sittings)


def test_a_chair_and_a_room_are_asked_once() -> None:
    one, other = sitting(1, 2, free=2, chair=7), sitting(2, 2, free=3, chair=7)
    kept = without_clashes([other, one, sitting(3, 2)], {1: 60, 2: 60, 3: 60})
    assert [(each.key, len(each.times)) for each in kept] == [(1, 2), (2, 1), (3, 1)]
    assert kept[1].times == (at(2, 12),)
    kept = without_clashes([sitting(1, 2, room=5), sitting(2, 2, free=2, chair=5, room=5)], {1: 60, 2: 60})
    assert [each.times for each in kept] == [(at(2, 10),), (at(2, 11),)], "nor is a room"


# --- single meetings --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chairs", "by", "found"),
    [
        pytest.param([ChairFacts(1)], 30, [(at(15), 1), (at(16), 1), (at(17), 1)], id="with notice, one a working day"),
        pytest.param([ChairFacts(1)], None, [(at(15), 1), (at(16), 1), (at(17), 1)], id="no limit runs"),
        pytest.param([], 30, [(at(15), None), (at(16), None), (at(17), None)], id="no chair is known"),
        pytest.param(
            [ChairFacts(1, away=[Period(day(16), day(17))])], 30, [(at(15), 1), (at(18), 1), (at(21), 1)],
            id="away, and the weekend",
        ),
        pytest.param([ChairFacts(1)], 16, [(at(14), 1), (at(15), 1), (at(16), 1)], id="the limit before three of them"),
        pytest.param([ChairFacts(1)], 9, [(at(7), 1), (at(8), 1), (at(9), 1)], id="in time, without notice"),
        pytest.param(
            [ChairFacts(1)], 1, [(at(1), 1), (at(1, 14), 1), (at(1, 15, 30), 1)], id="one day left: hours of it"
        ),
        pytest.param(
            [ChairFacts(1, busy=[(at(1, 9), at(1, 12))])], 1, [(at(1, 14), 1), (at(1, 15, 30), 1)],
            id="later hours, within the limit only",
        ),
        pytest.param(
            [ChairFacts(1, away=[Period(day(1), day(1))])], 1, [(at(2), 1), (at(3), 1), (at(4), 1)],
            id="none in time: the next three",
        ),
        pytest.param([ChairFacts(1)], -3, [(at(1), 1), (at(2), 1), (at(3), 1)], id="late already: the next three"),
        pytest.param(
            [ChairFacts(1, away=[Period(day(1), day(20))]), ChairFacts(2)], 15, [(at(11), 2), (at(14), 2), (at(15), 2)],
            id="another chair",
        ),
    ],
)  # fmt: skip
def test_proposed_times(chairs: list[ChairFacts], by: int | None, found: list[tuple[datetime, int | None]]) -> None:
    limit = None if by is None else day(by)
    answer = proposed_times(chairs, after=at(1, 0), minutes=60, by=limit, noticed=day(15))
    assert [(each.starts_at, each.chair) for each in answer] == found


def test_nobody_is_proposed_a_time_at_which_they_are_heard_elsewhere() -> None:
    hours = [(at(1, 8), at(1, 9, 30)), (at(1, 10), at(1, 11, 30))]
    found = proposed_times([ChairFacts(1)], after=at(1, 0), minutes=60, by=day(1), noticed=day(15), heard=hours)
    assert [each.starts_at for each in found] == [at(1, 14), at(1, 15, 30)]


@pytest.mark.parametrize(
    ("now", "chairs", "starts_at"),
    [
        pytest.param(at(0, 9), [ChairFacts(1)], at(0, 10).replace(minute=30), id="today"),
        pytest.param(at(0, 15).replace(minute=59), [ChairFacts(1)], at(1, 9), id="too late for today"),
        pytest.param(at(4, 16), [ChairFacts(1)], at(7, 9), id="Friday evening: Monday"),
        pytest.param(
            at(0, 9), [ChairFacts(1, busy=[(at(0, 9), at(0, 12))])], at(0, 12), id="the chair sits until noon"
        ),
        pytest.param(at(0, 9), [], at(0, 10).replace(minute=30), id="no chair is known"),
    ],
)
def test_emergency_time(now: datetime, chairs: list[ChairFacts], starts_at: datetime) -> None:
    assert emergency_time(chairs, now=now, minutes=60, by=day(5)).starts_at == starts_at


MISSED = "the figures will count it as missed"
COUNTED, COMMUNITY = "the figures will count it as held in time", " if the sentence is served in the community"


@pytest.mark.parametrize(
    ("limit", "answers", "says"),
    [
        (None, ObligationKind.REVIEW_LEVEL_2_3, "No limit runs: it cannot be late"),
        (2, ObligationKind.REVIEW_LEVEL_2_3, "In time. 1 day before the limit of 4 November 2026: " + COUNTED),
        (1, ObligationKind.REVIEW_LEVEL_2_3, "In time. The last day, the limit of 3 November 2026: " + COUNTED),
        (-1, ObligationKind.REVIEW_LEVEL_2_3, "2 days after the limit of 1 November 2026: " + MISSED),
        (1, ObligationKind.FIRST_MEETING, f"In time. The last day, the limit of 3 November 2026: {COUNTED}{COMMUNITY}"),
        (0, ObligationKind.PRE_RELEASE, "1 day after the limit of 2 November 2026: no figure counts it"),
    ],
)  # fmt: skip
def test_r54_in_time_or_how_late_and_what_the_figures_say(
    limit: int | None, answers: ObligationKind, says: str
) -> None:
    assert timing(None if limit is None else day(limit), day(1), answers).text == says


def test_r55_no_chair_free_within_the_clock_leaves_the_first_time_without_one() -> None:
    away = [ChairFacts(1, away=[Period(day(0), day(9))])]
    assert emergency_time(away, now=at(0, 9), minutes=60, by=day(5)) == Proposal(at(0, 10).replace(minute=30), None)
