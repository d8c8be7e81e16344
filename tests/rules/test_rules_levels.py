"""Levels of management (R25, R31 to R36)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

import pytest

from rules.facts import GroundFacts, LevelFacts
from rules.levels import (
    LevelChange,
    LevelCriteria,
    allowed_levels,
    bodies_that_may_decide,
    check_levels,
    level_ends_through,
    level_on,
    may_decide_level,
    may_end_level,
    may_set_level,
    meets_criteria,
)
from rules.vocabulary import DecidingBody, EndReason, GroundKind, Level

START = date(2024, 1, 10)
TODAY = date(2024, 6, 3)
FULL = LevelCriteria(
    meetings_add_value=True,
    value_reasons="three agencies must act together",
    high_or_very_high_risk=True,
    senior_need="press interest",
    lower_level_answer="no: housing has refused twice",
)
PANEL = {DecidingBody.REFERRAL_PANEL, DecidingBody.MEETING}
LAW = GroundFacts(GroundKind.NOTIFICATION, START)
DECIDED = GroundFacts(GroundKind.OTHER_DANGEROUS, START)
NOT_SET = LevelFacts(Level.NOT_SET, START, body=DecidingBody.STATUS_OPENED)
AT_1 = LevelFacts(Level.ONE, START, body=DecidingBody.SCREENING)
AT_2 = LevelFacts(Level.TWO, START, body=DecidingBody.REFERRAL_PANEL, reason="agencies must act together")


def change(level: Level, body: DecidingBody, on: date = TODAY, reason: str = "") -> LevelChange:
    return LevelChange(level, on, body, FULL, reason, "The risk and its plan, as discussed")


def rules_against(
    wanted: LevelChange,
    spans: list[LevelFacts],
    grounds: list[GroundFacts] | None = None,
    meetings: Collection[date] = (TODAY,),
) -> list[str]:
    decision = may_set_level(wanted, spans, [LAW] if grounds is None else grounds, meetings=meetings, today=TODAY)
    return [] if decision else [reason.rule for reason in decision.reasons]


@pytest.mark.parametrize(
    ("kinds", "levels"),
    [
        pytest.param([GroundKind.NOTIFICATION], set(Level), id="Category 1 (R31)"),
        pytest.param([GroundKind.QUALIFYING_DISPOSAL], set(Level), id="Category 2 (R31)"),
        pytest.param([GroundKind.TERRORIST_DISPOSAL], set(Level), id="Category 4 by law (R31)"),
        pytest.param([GroundKind.OTHER_DANGEROUS], {Level.TWO, Level.THREE}, id="Category 3 (R25)"),
        pytest.param([GroundKind.TERRORISM_RISK], {Level.TWO, Level.THREE}, id="Category 4 by decision (R25)"),
        pytest.param(
            [GroundKind.TERRORISM_RISK, GroundKind.NOTIFICATION], {Level.TWO, Level.THREE}, id="both kinds (R25)"
        ),
        pytest.param([], set(), id="no status (R32)"),
    ],
)
def test_which_levels_there_are(kinds: list[GroundKind], levels: set[Level]) -> None:
    assert allowed_levels([GroundFacts(kind, START) for kind in kinds], START).value == levels


@pytest.mark.parametrize(
    ("day", "level"),
    [
        pytest.param(date(2024, 1, 9), None, id="the day before status (R32)"),
        pytest.param(date(2024, 1, 10), Level.NOT_SET, id="the first day (R32)"),
        pytest.param(date(2024, 3, 1), Level.NOT_SET, id="the last day before the decision (R32)"),
        pytest.param(date(2024, 3, 2), Level.TWO, id="the day of the decision (R32)"),
    ],
)
def test_the_level_of_a_day(day: date, level: Level | None) -> None:
    spans = [replace(NOT_SET, ends_on=date(2024, 3, 1)), replace(AT_2, starts_on=date(2024, 3, 2))]
    assert level_on(spans, day).value is level


def test_why_is_said_in_plain_words() -> None:
    reasons = level_on([AT_2], TODAY).reasons
    assert [reason.text for reason in reasons] == [
        "Level 2 since 10 January 2024, set by: acceptance of a referral",
        "agencies must act together",
    ]


@pytest.mark.parametrize(
    ("body", "before", "after", "allowed"),
    [
        pytest.param(DecidingBody.SCREENING, Level.NOT_SET, Level.ONE, True, id="screening sets Level 1 (R32)"),
        pytest.param(DecidingBody.SCREENING, Level.ONE, Level.TWO, False, id="screening sets no Level 2 (R36)"),
        pytest.param(DecidingBody.REFERRAL_PANEL, Level.ONE, Level.TWO, True, id="entry through the panel (R36)"),
        pytest.param(DecidingBody.CHAIR_URGENT, Level.ONE, Level.TWO, False, id="no entry by urgency (R36)"),
        pytest.param(DecidingBody.MEETING, Level.TWO, Level.THREE, True, id="2 to 3 by a meeting (R36)"),
        pytest.param(DecidingBody.CHAIR_URGENT, Level.TWO, Level.THREE, True, id="2 to 3 by urgency (R36)"),
        pytest.param(DecidingBody.MEETING, Level.THREE, Level.ONE, True, id="3 to 1 by a meeting (R36)"),
        pytest.param(DecidingBody.SCREENING, Level.TWO, Level.ONE, False, id="2 to 1 not by screening (R36)"),
        pytest.param(DecidingBody.TRANSFER, Level.TWO, Level.TWO, True, id="an accepted transfer (R36)"),
        pytest.param(DecidingBody.STATUS_OPENED, None, Level.NOT_SET, True, id="status opens (R32)"),
        pytest.param(DecidingBody.MEETING, None, Level.NOT_SET, False, id="a meeting opens no status (R32)"),
        pytest.param(DecidingBody.IMPORTED, None, Level.THREE, True, id="brought in (R36)"),
    ],
)
def test_who_may_change_a_level(body: DecidingBody, before: Level | None, after: Level, allowed: bool) -> None:
    assert bool(may_decide_level(body, before, after)) is allowed


@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        pytest.param(DecidingBody.MEETING, True, id="exit decided by a meeting (R36)"),
        pytest.param(DecidingBody.LAST_GROUND_ENDED, True, id="the last ground ended (R36)"),
        pytest.param(DecidingBody.DEATH, True, id="death (R36)"),
        pytest.param(DecidingBody.SCREENING, False, id="screening (R36)"),
    ],
)
def test_what_ends_level_2(body: DecidingBody, allowed: bool) -> None:
    assert bool(may_end_level(AT_2, TODAY, body, meetings=[TODAY])) is allowed
    assert may_end_level(AT_1, TODAY, body, meetings=[]), "Level 1 has no such list"
    assert not may_end_level(AT_2, START - timedelta(1), body, meetings=[TODAY])


@pytest.mark.parametrize(
    ("held_on", "allowed"),
    [
        pytest.param(TODAY - timedelta(1), False, id="a meeting the day before (R36)"),
        pytest.param(TODAY, True, id="a meeting that day (R36)"),
        pytest.param(TODAY + timedelta(1), False, id="a meeting the day after (R36)"),
    ],
)
def test_level_2_is_left_by_a_meeting_that_was_held(held_on: date, allowed: bool) -> None:
    ends = may_end_level(AT_2, TODAY, level_ends_through(EndReason.LEVEL_2_3_ENDED), meetings=[held_on])
    assert bool(ends) is allowed
    down = rules_against(change(Level.ONE, DecidingBody.MEETING), [AT_2], meetings=[held_on])
    assert down == ([] if allowed else ["R36"])
    assert rules_against(change(Level.THREE, DecidingBody.MEETING), [AT_2], meetings=[held_on]) == []


@pytest.mark.parametrize(
    ("why", "body"),
    [
        pytest.param(EndReason.LICENCE_ENDED, DecidingBody.LAST_GROUND_ENDED, id="the last ground (R36)"),
        pytest.param(EndReason.DEATH, DecidingBody.DEATH, id="death (R36)"),
        pytest.param(EndReason.TRANSFERRED, DecidingBody.TRANSFER, id="transfer (R36)"),
        pytest.param(EndReason.LEVEL_2_3_ENDED, DecidingBody.MEETING, id="a meeting (R25)"),
    ],
)
def test_what_ends_the_level_with_its_ground(why: EndReason, body: DecidingBody) -> None:
    assert level_ends_through(why) is body


@pytest.mark.parametrize(
    ("before", "bodies"),
    [
        pytest.param(Level.NOT_SET, {DecidingBody.SCREENING, *PANEL}, id="not yet set (R32, R36)"),
        pytest.param(Level.ONE, PANEL, id="at Level 1 (R36)"),
        pytest.param(Level.TWO, {DecidingBody.MEETING, DecidingBody.CHAIR_URGENT}, id="at Level 2 (R36)"),
    ],
)
def test_only_who_may_decide_is_offered(before: Level, bodies: set[DecidingBody]) -> None:
    assert set(bodies_that_may_decide(before, set(Level) - {Level.NOT_SET})) == bodies


@pytest.mark.parametrize(
    ("level", "criteria", "against"),
    [
        pytest.param(Level.TWO, replace(FULL, senior_need=""), [], id="Level 2 met (R33)"),
        pytest.param(Level.TWO, replace(FULL, value_reasons=" "), ["R33"], id="no reasons for the value (R33)"),
        pytest.param(Level.TWO, replace(FULL, meetings_add_value=False), ["R33"], id="no added value (R33)"),
        pytest.param(Level.TWO, replace(FULL, high_or_very_high_risk=False), ["R33"], id="none of the three (R33)"),
        pytest.param(
            Level.TWO, replace(FULL, high_or_very_high_risk=False, coordination_need="x"), [], id="co-ordination (R33)"
        ),
        pytest.param(
            Level.TWO, replace(FULL, high_or_very_high_risk=False, step_down_from_3=True), [], id="step down (R33)"
        ),
        pytest.param(Level.THREE, FULL, [], id="Level 3 met (R34)"),
        pytest.param(Level.THREE, replace(FULL, senior_need=""), ["R34"], id="no senior need (R34)"),
        pytest.param(Level.THREE, LevelCriteria(), ["R33", "R33", "R34"], id="nothing said (R33, R34)"),
        pytest.param(Level.ONE, LevelCriteria(), [], id="Level 1 asks for none (R33)"),
    ],
)
def test_criteria(level: Level, criteria: LevelCriteria, against: list[str]) -> None:
    decision = meets_criteria(level, criteria)
    assert [reason.rule for reason in decision.reasons if not decision] == against


def test_the_question_of_a_lower_level_is_always_put() -> None:
    silent = meets_criteria(Level.TWO, replace(FULL, lower_level_answer=""))
    assert silent
    assert [reason.rule for reason in silent.warnings] == ["R35"]
    assert meets_criteria(Level.TWO, FULL).warnings == ()


@pytest.mark.parametrize(
    ("wanted", "spans", "against"),
    [
        pytest.param(change(Level.ONE, DecidingBody.SCREENING), [NOT_SET], [], id="first screening (R32)"),
        pytest.param(change(Level.TWO, DecidingBody.REFERRAL_PANEL), [AT_1], [], id="entry (R36)"),
        pytest.param(change(Level.TWO, DecidingBody.SCREENING), [AT_1], ["R36"], id="entry by screening (R36)"),
        pytest.param(change(Level.ONE, DecidingBody.SCREENING), [AT_1], ["R32"], id="no change (R32)"),
        pytest.param(change(Level.NOT_SET, DecidingBody.STATUS_OPENED), [AT_1], ["R32"], id="unset again (R32)"),
        pytest.param(
            change(Level.ONE, DecidingBody.SCREENING, TODAY - timedelta(1)), [NOT_SET], ["R32"], id="yesterday (R32)"
        ),
        pytest.param(
            change(Level.ONE, DecidingBody.SCREENING, TODAY - timedelta(1), "told late"),
            [NOT_SET],
            [],
            id="yesterday, with a reason (R32)",
        ),
        pytest.param(
            change(Level.ONE, DecidingBody.SCREENING, TODAY + timedelta(1)), [NOT_SET], ["R32"], id="tomorrow (R32)"
        ),
        pytest.param(
            change(Level.ONE, DecidingBody.SCREENING, date(2024, 1, 9), "told late"),
            [],
            ["R32"],
            id="the day before status (R32)",
        ),
        pytest.param(
            change(Level.ONE, DecidingBody.SCREENING, date(2024, 5, 1), "told late"),
            [NOT_SET, replace(AT_2, starts_on=date(2024, 5, 2))],
            ["R32"],
            id="before a later level (R32)",
        ),
    ],
)
def test_setting_a_level(wanted: LevelChange, spans: list[LevelFacts], against: list[str]) -> None:
    assert rules_against(wanted, spans) == against


def test_category_3_never_goes_to_level_1() -> None:
    wanted = change(Level.ONE, DecidingBody.MEETING)
    assert rules_against(wanted, [AT_2], [DECIDED]) == ["R25"]
    ended = replace(DECIDED, ends_on=TODAY - timedelta(1))
    beside = replace(LAW, starts_on=TODAY)
    assert rules_against(wanted, [AT_2], [ended, beside]) == []


def test_no_criteria_no_level_2() -> None:
    wanted = LevelChange(Level.TWO, TODAY, DecidingBody.REFERRAL_PANEL, reason="The panel has said so")
    assert rules_against(wanted, [AT_1]) == ["R33", "R33"]


@pytest.mark.parametrize(
    ("body", "decision", "against"),
    [
        pytest.param(DecidingBody.IMPORTED, "", ["R36"], id="nobody brings in one level (R36)"),
        pytest.param(DecidingBody.IMPORTED, "file:1", ["R36"], id="whatever it names (R36)"),
        pytest.param(DecidingBody.TRANSFER, " ", ["R36"], id="a transfer that nobody can find (R36)"),
        pytest.param(DecidingBody.TRANSFER, "transfer:12", [], id="a transfer that was accepted (R36)"),
    ],
)
def test_no_road_past_the_criteria(body: DecidingBody, decision: str, against: list[str]) -> None:
    wanted = LevelChange(Level.THREE, TODAY, body, reason="Came at Level 3", decision=decision)
    assert rules_against(wanted, [AT_1]) == against


@pytest.mark.parametrize(
    ("level", "reason", "criteria", "against"),
    [
        pytest.param(Level.ONE, "", FULL, ["R32"], id="no reason: criteria carry no Level 1 (R32)"),
        pytest.param(Level.ONE, "ok then", LevelCriteria(), ["R32"], id="two words (R32)"),
        pytest.param(Level.ONE, "risk is low", LevelCriteria(), [], id="three words (R32)"),
        pytest.param(Level.TWO, "", FULL, [], id="the reasons of the criteria (R32, R33)"),
    ],
)
def test_every_decision_has_its_reasons(level: Level, reason: str, criteria: LevelCriteria, against: list[str]) -> None:
    body = DecidingBody.SCREENING if level is Level.ONE else DecidingBody.REFERRAL_PANEL
    assert rules_against(LevelChange(level, TODAY, body, criteria, reason=reason), [NOT_SET]) == against


def test_the_first_day_of_the_calendar_is_answered() -> None:
    wanted = change(Level.ONE, DecidingBody.SCREENING, date.min, "told late")
    assert set(rules_against(wanted, [NOT_SET])) == {"R32"}


LAST_DAY = date(2024, 12, 31)
FINITE = replace(LAW, ends_on=LAST_DAY)


@pytest.mark.parametrize(
    ("spans", "grounds", "against"),
    [
        pytest.param([NOT_SET], [LAW], [], id="one open span (R32)"),
        pytest.param([], [LAW], ["R32"], id="no level at all (R32)"),
        pytest.param([], [], [], id="no status, no level (R32)"),
        pytest.param([replace(AT_1, ends_on=LAST_DAY)], [FINITE], [], id="ends with status (R32)"),
        pytest.param([replace(AT_1, ends_on=date(2024, 12, 30))], [FINITE], ["R32"], id="ends a day early (R32)"),
        pytest.param([replace(AT_1, ends_on=date(2025, 1, 1))], [FINITE], ["R32"], id="ends a day late (R32)"),
        pytest.param([AT_1], [FINITE], ["R32"], id="open beyond status (R32)"),
        pytest.param([replace(AT_1, starts_on=date(2024, 1, 11))], [LAW], ["R32"], id="starts a day late (R32)"),
        pytest.param([replace(AT_1, starts_on=date(2024, 1, 9))], [LAW], ["R32"], id="starts a day early (R32)"),
        pytest.param(
            [replace(NOT_SET, ends_on=date(2024, 3, 1)), replace(AT_1, starts_on=date(2024, 3, 2))],
            [LAW],
            [],
            id="two that meet (R32)",
        ),
        pytest.param(
            [replace(NOT_SET, ends_on=date(2024, 3, 1)), replace(AT_1, starts_on=date(2024, 3, 1))],
            [LAW],
            ["R32"],
            id="two that share a day (R32)",
        ),
        pytest.param(
            [replace(NOT_SET, ends_on=date(2024, 3, 1)), replace(AT_1, starts_on=date(2024, 3, 3))],
            [LAW],
            ["R32"],
            id="a day between (R32)",
        ),
        pytest.param(
            [replace(AT_1, ends_on=date(2024, 3, 1)), replace(NOT_SET, starts_on=date(2024, 3, 2))],
            [LAW],
            ["R32"],
            id="unset after a decision (R32)",
        ),
        pytest.param(
            [replace(AT_1, ends_on=LAST_DAY), replace(NOT_SET, starts_on=date(2026, 1, 1))],
            [FINITE, replace(LAW, starts_on=date(2026, 1, 1))],
            [],
            id="unset again in a second time of status (R32)",
        ),
        pytest.param(
            [replace(AT_1, starts_on=date.min)],
            [replace(LAW, starts_on=date.min)],
            [],
            id="the first day there is (R32)",
        ),
        pytest.param([AT_1], [DECIDED], ["R25"], id="Level 1 in Category 3 (R25)"),
        pytest.param([NOT_SET], [replace(DECIDED, voided=True), LAW], [], id="a void decision asks nothing (R29)"),
    ],
)
def test_each_day_of_status_has_one_level(
    spans: list[LevelFacts], grounds: list[GroundFacts], against: list[str]
) -> None:
    decision = check_levels(spans, grounds)
    assert [reason.rule for reason in decision.reasons] == against


def test_levels_may_run_over_a_change_of_category() -> None:
    licence = GroundFacts(GroundKind.QUALIFYING_DISPOSAL, START, date(2024, 9, 30))
    third = replace(DECIDED, starts_on=date(2024, 10, 1), ends_on=LAST_DAY)
    assert check_levels([replace(AT_2, ends_on=LAST_DAY)], [licence, third])
