"""When two records may become one, whose handling holds, which level stands."""

from datetime import date, timedelta

import pytest

from rules.facts import GroundFacts, LevelFacts, RegisterFacts, WhereaboutsFacts
from rules.merging import (
    MergeFacts,
    handling_of_both,
    is_same_ground,
    is_stricter,
    keeps_level,
    may_be_heard_once,
    may_be_left_open,
    may_merge_records,
    stands_before,
)
from rules.vocabulary import GroundKind, Handling, Level, Whereabouts

TODAY = date(2026, 11, 23)
BEFORE = TODAY - timedelta(days=100)
ORDINARY, RESTRICTED, FOUR = Handling.ORDINARY, Handling.RESTRICTED, Handling.CATEGORY_4
READER = (1, TODAY, None)


def ground(kind: GroundKind = GroundKind.NOTIFICATION, **more: object) -> GroundFacts:
    return GroundFacts(kind, **{"starts_on": BEFORE, **more})  # type: ignore[arg-type]


def record(
    *grounds: GroundFacts,
    handling: Handling = ORDINARY,
    area: int = 1,
    readers: frozenset[tuple[int, date, date | None]] = frozenset(),
    died_on: date | None = None,
) -> MergeFacts:
    where = (WhereaboutsFacts(Whereabouts.DEAD, died_on),) if died_on else ()
    return MergeFacts(area, handling, RegisterFacts(key=1, grounds=grounds, whereabouts=where), readers)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(ORDINARY, ORDINARY, ORDINARY, id="both ordinary (R100)"),
        pytest.param(ORDINARY, RESTRICTED, RESTRICTED, id="the restricted one holds (R100)"),
        pytest.param(RESTRICTED, ORDINARY, RESTRICTED, id="the restricted one holds, whichever is kept (R100)"),
        pytest.param(FOUR, ORDINARY, FOUR, id="Category 4 holds (R99)"),
        pytest.param(FOUR, FOUR, FOUR, id="both Category 4 (R99)"),
        pytest.param(FOUR, RESTRICTED, None, id="two walls, neither stricter (R99, R100)"),
    ],
)
def test_handling_of_both(one: Handling, other: Handling, expected: Handling | None) -> None:
    assert handling_of_both(one, other) is expected


@pytest.mark.parametrize("wall", [Handling.RESTRICTED, Handling.CATEGORY_4])
def test_a_wall_is_stricter_than_none(wall: Handling) -> None:
    assert is_stricter(wall, Handling.ORDINARY)
    assert not is_stricter(Handling.ORDINARY, wall)
    assert not is_stricter(wall, wall)


@pytest.mark.parametrize(
    ("since", "theirs", "expected"), [(True, False, False), (True, True, True), (False, False, True)]
)
def test_what_was_recorded_behind_a_wall_is_left_open_when_somebody_says_so(
    since: bool, theirs: bool, expected: bool
) -> None:
    assert bool(may_be_left_open(recorded_since=since, is_theirs=theirs)) is expected


@pytest.mark.parametrize(
    ("kept", "absorbed", "rules"),
    [
        pytest.param(record(ground()), record(), [], id="nothing stands against it (R4)"),
        pytest.param(record(), record(area=2), ["R97"], id="two areas (R97)"),
        pytest.param(record(handling=FOUR), record(handling=RESTRICTED), ["R99"], id="two walls (R99)"),
        pytest.param(
            record(handling=RESTRICTED, readers=frozenset({READER})),
            record(handling=RESTRICTED, readers=frozenset({READER})),
            [],
            id="the same readers (R100)",
        ),
        pytest.param(
            record(handling=RESTRICTED, readers=frozenset({READER})),
            record(handling=RESTRICTED),
            ["R100"],
            id="other readers (R100)",
        ),
        pytest.param(
            record(handling=RESTRICTED),
            record(readers=frozenset({READER})),
            ["R100"],
            id="a reader of the open record would read the restricted one (R100)",
        ),
        pytest.param(
            record(handling=RESTRICTED, readers=frozenset({READER})),
            record(),
            [],
            id="only the restricted one's (R100)",
        ),
        pytest.param(record(readers=frozenset({READER})), record(), [], id="readers of open records (R100)"),
        pytest.param(record(died_on=BEFORE), record(), ["R28"], id="dead and alive (R28)"),
        pytest.param(record(died_on=BEFORE), record(died_on=BEFORE), [], id="dead on one day (R28)"),
        pytest.param(record(died_on=BEFORE), record(died_on=TODAY), ["R28"], id="dead on two days (R28)"),
        pytest.param(record(ground(ends_on=TODAY)), record(ground()), ["R7"], id="one ground, two ends (R7)"),
        pytest.param(record(ground()), record(ground()), [], id="the same ground (R7)"),
        pytest.param(
            record(ground()), record(ground(GroundKind.OTHER_DANGEROUS)), ["R18"], id="Category 3 beside 1 (R18)"
        ),
        pytest.param(
            record(ground()),
            record(ground(GroundKind.OTHER_DANGEROUS, voided=True)),
            [],
            id="a void ground stands beside anything (R18)",
        ),
    ],
)
def test_may_merge_records(kept: MergeFacts, absorbed: MergeFacts, rules: list[str]) -> None:
    decision = may_merge_records(kept, absorbed)
    assert bool(decision) is not bool(rules)
    assert [reason.rule for reason in decision.reasons] == rules


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(ground(), ground(), True, id="told alike (R7)"),
        pytest.param(ground(), ground(ends_on=TODAY), True, id="only the end differs (R7)"),
        pytest.param(ground(), ground(starts_on=TODAY), False, id="from another day (R7)"),
        pytest.param(ground(), ground(GroundKind.QUALIFYING_DISPOSAL), False, id="another kind (R7)"),
        pytest.param(ground(), ground(outcome_on=TODAY), False, id="another conviction (R7)"),
        pytest.param(ground(voided=True), ground(voided=True), False, id="void ones stay what they are (R29)"),
    ],
)
def test_is_same_ground(one: GroundFacts, other: GroundFacts, same: bool) -> None:
    assert is_same_ground(one, other) is same


def at(level: Level, starts_on: date = BEFORE, ends_on: date | None = None) -> LevelFacts:
    return LevelFacts(level, starts_on, ends_on)


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        pytest.param([[at(Level.ONE)], [at(Level.TWO)]], [at(Level.TWO)], True, id="the higher one holds (R32)"),
        pytest.param([[at(Level.ONE)], [at(Level.TWO)]], [at(Level.ONE)], False, id="lower than one says (R32)"),
        pytest.param([[at(Level.TWO)], []], [], False, id="none at all (R32)"),
        pytest.param([[], []], [at(Level.NOT_SET)], True, id="nobody had one (R32)"),
        pytest.param([[at(Level.THREE, ends_on=BEFORE)], []], [], True, id="an old one is over (R32)"),
    ],
)
def test_keeps_level(before: list[list[LevelFacts]], after: list[LevelFacts], allowed: bool) -> None:
    assert bool(keeps_level(before, after, TODAY)) is allowed


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(at(Level.ONE, TODAY), at(Level.TWO), True, id="decided later (R32)"),
        pytest.param(at(Level.ONE), at(Level.TWO, TODAY), False, id="decided earlier (R32)"),
        pytest.param(at(Level.ONE), at(Level.TWO), False, id="of one day: the second (R32)"),
        pytest.param(at(Level.ONE), at(Level.NOT_SET, TODAY), True, id="a decision before none (R32)"),
        pytest.param(at(Level.NOT_SET, TODAY), at(Level.ONE), False, id="none after a decision (R32)"),
    ],
)
def test_stands_before(one: LevelFacts, other: LevelFacts, expected: bool) -> None:
    assert stands_before(one, other) is expected


@pytest.mark.parametrize(
    ("shifts", "refused"),
    [
        pytest.param([], 0, id="heard at different times (R57)"),
        pytest.param([-1], 0, id="what was held stays as it was (R4)"),
        pytest.param([0], 1, id="today still (R57)"),
        pytest.param([1, 1, 2], 2, id="once for each day (R57)"),
    ],
)
def test_meetings_ahead_at_one_time_are_settled_first(shifts: list[int], refused: int) -> None:
    decision = may_be_heard_once([TODAY + timedelta(days=shift) for shift in shifts], TODAY)
    assert len(decision.reasons) == refused
    assert bool(decision) is not bool(refused)
