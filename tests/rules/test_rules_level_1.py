"""Screening, Level 1 reviews, and dates ahead that change a status (R26, R30, R38 to R41)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rules.ahead import endings_to_decide, is_child, may_decide_ending, turns_18
from rules.calendar import add_months
from rules.core import Decision, Period
from rules.facts import GroundFacts, LevelFacts
from rules.level_1 import (
    Due,
    ReviewFacts,
    early_review_due,
    first_level_1_review_due,
    latest_next_level_1_review,
    may_review_at_level_1,
    may_screen,
    next_level_1_review_due,
    reviews_at_level_1,
    screening_due,
    shows_screening,
)
from rules.parameters import Override, Parameters
from rules.vocabulary import DecidingBody, EndReason, GroundKind, Level, RiskLevel

PARAMS = Parameters()
T = date(2026, 11, 2)


def day(number: int) -> date:
    return T + timedelta(number)


@pytest.mark.parametrize(
    ("detained", "triggered", "due"),
    [
        pytest.param([], 0, 28, id="in the community from the first day (R41)"),
        pytest.param([(-50, -1)], 0, 28, id="released the day before status begins (R41)"),
        pytest.param([(-50, 0)], 1, 29, id="detained on the first day: from the day after release (R38)"),
        pytest.param([(0, 9), (10, 20)], 21, 49, id="two stays in a row (R38)"),
        pytest.param([(5, 9)], 0, 28, id="detained later: the days run on (R41)"),
    ],
)
def test_screened_within_days_in_the_community(detained: list[tuple[int, int]], triggered: int, due: int) -> None:
    periods = [Period(day(first), day(last)) for first, last in detained]
    answer = screening_due(T, periods, PARAMS)
    assert answer.value == Due(day(triggered), day(due))
    assert answer.reasons[0].rule == "R41"


@pytest.mark.parametrize(
    ("level", "body", "shown"),
    [
        pytest.param(Level.ONE, DecidingBody.SCREENING, True, id="set by screening (R41)"),
        pytest.param(Level.ONE, DecidingBody.IMPORTED, False, id="brought in (R41)"),
        pytest.param(Level.ONE, DecidingBody.TRANSFER, False, id="taken over (R41)"),
        pytest.param(Level.TWO, DecidingBody.IMPORTED, True, id="at Level 2 somebody has looked (R41)"),
        pytest.param(Level.NOT_SET, DecidingBody.STATUS_OPENED, False, id="not yet set (R41)"),
    ],
)
def test_which_levels_show_a_screening(level: Level, body: DecidingBody, shown: bool) -> None:
    assert shows_screening(LevelFacts(level, T, body=body)) is shown


def test_detained_without_end_is_watched_by_the_date_before_release() -> None:
    answer = screening_due(T, [Period(day(-3))], PARAMS)
    assert answer.value is None
    assert answer.reasons[0].rule == "R38"


@pytest.mark.parametrize(
    ("level_1_from", "sentenced", "detained", "release", "triggered", "due"),
    [
        pytest.param(0, 0, [], None, 0, 28, id="community disposal: four weeks (R39)"),
        pytest.param(10, 0, [], None, 10, 38, id="Level 1 later than sentence (R39)"),
        pytest.param(0, 10, [], None, 10, 38, id="sentence later than Level 1 (R39)"),
        pytest.param(0, 0, [(0, None)], 90, 0, 90, id="in custody: by the day of release (R39)"),
        pytest.param(0, 0, [(0, None)], -5, 0, 0, id="the release date has passed: at once (R39)"),
        pytest.param(0, 0, [(0, None)], None, 0, None, id="in custody, no release date (R39)"),
        pytest.param(0, 0, [(0, 60)], 90, 0, 61, id="released meanwhile: that day (R39)"),
    ],
)
def test_first_level_1_review(
    level_1_from: int,
    sentenced: int,
    detained: list[tuple[int, int | None]],
    release: int | None,
    triggered: int,
    due: int | None,
) -> None:
    periods = [Period(day(first), None if last is None else day(last)) for first, last in detained]
    release_on = None if release is None else day(release)
    answer = first_level_1_review_due(day(level_1_from), day(sentenced), periods, release_on, PARAMS)
    assert answer.value == Due(day(triggered), None if due is None else day(due))


@pytest.mark.parametrize(
    ("next_on", "due"),
    [
        pytest.param(None, date(2027, 5, 2), id="six months (R39)"),
        pytest.param(date(2027, 2, 1), date(2027, 2, 1), id="the date that was set (R40)"),
        pytest.param(date(2027, 5, 3), date(2027, 5, 2), id="never later than the limit (R39)"),
    ],
)
def test_next_level_1_review(next_on: date | None, due: date) -> None:
    assert next_level_1_review_due(ReviewFacts(T, next_on), "probation", PARAMS).value == Due(T, due)


@pytest.mark.parametrize(
    ("agency_kind", "months"),
    [
        pytest.param("police", (12, 6, 3, 1), id="police (R39)"),
        pytest.param("counter_terrorism", (12, 6, 3, 1), id="counter terrorism as police (R39)"),
        pytest.param("probation", (12, 6, 3, 1), id="probation (R39)"),
        pytest.param("national_security", (12, 6, 3, 1), id="the National Security Division as probation (R39)"),
        pytest.param("youth_justice", (6, 3, 2, 1), id="youth justice (R39)"),
        pytest.param("health_trust", (12, 6, 3, 1), id="NHS trust (R39)"),
        pytest.param("health_board", (12, 6, 3, 1), id="health board as a trust (R39)"),
        pytest.param("other", (6, 6, 6, 6), id="a kind without a column: the number for no risk recorded (R39)"),
        pytest.param("", (6, 6, 6, 6), id="no lead agency (R39)"),
    ],
)
def test_table_of_later_reviews(agency_kind: str, months: tuple[int, ...]) -> None:
    for risk, expected in zip(RiskLevel, months, strict=True):
        limit = add_months(T, expected)
        assert latest_next_level_1_review(T, risk, agency_kind, PARAMS) == limit
        answer = next_level_1_review_due(ReviewFacts(T, None, risk), agency_kind, PARAMS)
        assert answer.value == Due(T, limit)
        assert ("Risk of serious harm", risk.label) in answer.reasons[0].facts
    assert latest_next_level_1_review(T, None, agency_kind, PARAMS) == add_months(T, 6)


def test_an_area_sets_its_own_months() -> None:
    stricter = Parameters((Override("level_1_later_review", 3, date(2020, 1, 1), "Agreed by the board"),))
    assert latest_next_level_1_review(T, None, "probation", stricter) == date(2027, 2, 2)
    cell = Parameters((Override("level_1_review_probation_high", 2, date(2020, 1, 1), "Agreed by the board"),))
    assert latest_next_level_1_review(T, RiskLevel.HIGH, "probation", cell) == date(2027, 1, 2)
    assert latest_next_level_1_review(T, RiskLevel.HIGH, "health_trust", cell) == date(2027, 2, 2)


def test_a_change_brings_the_review_forward() -> None:
    answer = early_review_due(T, "Arrest", PARAMS)
    assert answer.value == Due(T, day(14))
    assert "arrest, 2 November 2026" in answer.reasons[0].text


@pytest.mark.parametrize(
    ("held", "next_on", "contributors", "decision", "at_level_1", "rule"),
    [
        pytest.param(0, 100, "Probation", "Stays at Level 1", True, "", id="complete (R40)"),
        pytest.param(1, 100, "Probation", "Stays at Level 1", True, "R40", id="tomorrow (R40)"),
        pytest.param(0, None, "Probation", "Stays at Level 1", True, "R40", id="no next date (R40)"),
        pytest.param(0, 0, "Probation", "Stays at Level 1", True, "R40", id="next date not later (R40)"),
        pytest.param(0, 181, "Probation", "Stays at Level 1", True, "", id="next date on the limit (R39)"),
        pytest.param(0, 182, "Probation", "Stays at Level 1", True, "R39", id="next date beyond the limit (R39)"),
        pytest.param(0, 100, " ", "Stays at Level 1", True, "R40", id="nobody contributed (R40)"),
        pytest.param(0, 100, "Probation", "Stays", True, "R40", id="no reasons (R40)"),
        pytest.param(0, 100, "Probation", "Stays at Level 1", False, "R39", id="not at Level 1 (R39)"),
    ],
)
def test_what_a_level_1_review_needs(
    held: int, next_on: int | None, contributors: str, decision: str, at_level_1: bool, rule: str
) -> None:
    review = ReviewFacts(day(held), None if next_on is None else day(next_on), RiskLevel.MEDIUM)

    def may(facts: ReviewFacts) -> Decision:
        return may_review_at_level_1(
            facts, contributors=contributors, decision=decision, at_level_1=at_level_1, agency_kind="probation",
            today=T, params=PARAMS,
        )  # fmt: skip

    found = may(review)
    assert "Say how high the risk of serious harm is" in str(may(replace(review, risk=None)).reasons)
    assert bool(found) is (rule == "")
    assert [reason.rule for reason in found.reasons] == ([rule] if rule else [])


BARE = ReviewFacts(date(2026, 10, 1))
FULL = ReviewFacts(date(2026, 10, 1), date(2030, 1, 1), RiskLevel.HIGH)


@pytest.mark.parametrize(
    ("stands", "review", "at_level_1", "said"),
    [
        pytest.param(None, BARE, True, ["R39", "R40"], id="a new one needs risk and next date"),
        pytest.param(BARE, BARE, True, [], id="what was not known stays so"),
        pytest.param(BARE, BARE, False, [], id="its day stands, whatever the level is found to have been"),
        pytest.param(BARE, replace(BARE, held_on=date(2026, 10, 2)), False, ["R39"], id="another day is asked"),
        pytest.param(FULL, replace(FULL, risk=None), True, ["R39", "R39"], id="a risk is not forgotten"),
        pytest.param(FULL, replace(FULL, next_on=None), True, ["R40"], id="a next date is not forgotten"),
        pytest.param(FULL, FULL, True, [], id="a next date beyond the table stands"),
        pytest.param(FULL, replace(FULL, next_on=date(2029, 1, 1)), True, ["R39"], id="another is held to the table"),
    ],
)
def test_a_correction_asks_for_nothing_that_was_not_known(
    stands: ReviewFacts | None, review: ReviewFacts, at_level_1: bool, said: list[str]
) -> None:
    decision = may_review_at_level_1(
        review, contributors="Probation", decision="Stays at Level 1", at_level_1=at_level_1, agency_kind="probation",
        today=T, params=PARAMS, stands=stands,
    )  # fmt: skip
    assert [reason.rule for reason in decision.reasons] == said


@pytest.mark.parametrize(
    ("screened", "status_from", "automatic", "reason", "allowed"),
    [
        pytest.param(0, -9, True, "Low risk, alone", True, id="in order (R41)"),
        pytest.param(1, -9, True, "Low risk, alone", False, id="tomorrow (R41)"),
        pytest.param(0, None, True, "Low risk, alone", False, id="no status (R41)"),
        pytest.param(0, -9, False, "Low risk, alone", False, id="a ground that is a decision (R41)"),
        pytest.param(0, -9, True, "Low risk", False, id="no reasons (R41)"),
    ],
)
def test_what_a_screening_needs(
    screened: int, status_from: int | None, automatic: bool, reason: str, allowed: bool
) -> None:
    since = None if status_from is None else day(status_from)
    found = may_screen(day(screened), status_from=since, automatic=automatic, reason=reason, today=T)
    assert bool(found) is allowed


def test_a_reason_that_is_too_short_is_told_how_many_words_are_wanted() -> None:
    for words, refused in (("Low risk", ["Give the reasons, in 3 words or more"]), ("Low risk now", [])):
        found = may_screen(T, status_from=T, automatic=True, reason=words, today=T)
        assert [reason.text for reason in found.reasons] == refused


@pytest.mark.parametrize(
    ("kind", "switched", "held"),
    [
        pytest.param("probation", None, True, id="probation does (R39)"),
        pytest.param("police", None, False, id="police review on ViSOR (R39)"),
        pytest.param("police", True, True, id="switched on (R39)"),
        pytest.param("probation", False, False, id="switched off (R39)"),
    ],
)
def test_which_agencies_hold_level_1_reviews(kind: str, switched: bool | None, held: bool) -> None:
    assert reviews_at_level_1(kind, switched, T, PARAMS).value is held


# --- dates ahead -----------------------------------------------------------------------------------------------------


def licence(ends_on: date, **more: object) -> GroundFacts:
    return GroundFacts(GroundKind.QUALIFYING_DISPOSAL, day(-900), ends_on, key=1, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ends", "level", "other_ends", "end_reason", "asked"),
    [
        pytest.param(26, Level.TWO, None, None, True, id="the last ground at Level 2 (R26)"),
        pytest.param(181, Level.THREE, None, None, True, id="six months before: asked from today (R26)"),
        pytest.param(182, Level.TWO, None, None, False, id="a day more than six months: not yet (R26)"),
        pytest.param(26, Level.ONE, None, None, False, id="Level 1: nothing is forced (R26)"),
        pytest.param(26, Level.TWO, 900, None, False, id="another ground stays open (R27)"),
        pytest.param(26, Level.TWO, 26, None, True, id="two last grounds end together (R26)"),
        pytest.param(-5, Level.TWO, None, EndReason.LICENCE_ENDED, True, id="lapsed undecided: stays asked (R26)"),
        pytest.param(-5, Level.TWO, None, EndReason.DEATH, False, id="died: nothing to decide (R28)"),
    ],
)
def test_a_last_ground_at_level_2_or_3_is_decided(
    ends: int, level: Level, other_ends: int | None, end_reason: EndReason | None, asked: bool
) -> None:
    grounds = [licence(day(ends), end_reason=end_reason)]
    if other_ends is not None:
        grounds.append(GroundFacts(GroundKind.NOTIFICATION, day(-900), day(other_ends), key=2))
    found = endings_to_decide(grounds, [LevelFacts(level, day(-900))], PARAMS, today=T)
    assert any(each.ground.key == 1 for each in found) is asked
    assert bool(may_decide_ending(found, 1, reason="Risk is low now")) is asked
    assert not may_decide_ending(found, 1, reason="Leaves")


@pytest.mark.parametrize(
    ("born_on", "child", "raised"),
    [
        pytest.param(date(2008, 11, 3), True, date(2026, 11, 3), id="18 tomorrow (R30)"),
        pytest.param(date(2008, 11, 2), False, date(2026, 11, 2), id="18 today (R30)"),
        pytest.param(date(2008, 11, 1), False, None, id="18 yesterday (R30)"),
        pytest.param(date(2009, 5, 2), True, date(2027, 5, 2), id="18 in six months (R30)"),
        pytest.param(date(2009, 5, 3), True, None, id="18 in six months and a day (R30)"),
        pytest.param(None, False, None, id="date of birth not known (R30)"),
    ],
)
def test_a_child_turns_18(born_on: date | None, child: bool, raised: date | None) -> None:
    assert is_child(born_on, T, PARAMS).value is child
    assert turns_18(born_on, PARAMS, today=T).value == raised
