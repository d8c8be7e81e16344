"""Actions: wording, days, how they end (R69, R106)."""

from datetime import date, timedelta

import pytest

from rules.actions import action_status, case_open_to, is_vague, may_close_action, may_give_action, may_reopen_action
from rules.parameters import Override, Parameters
from rules.vocabulary import ActionOutcome, DeadlineStatus

GIVEN, DUE, TODAY = date(2026, 10, 5), date(2026, 11, 2), date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("what", "vague"),
    [
        pytest.param("Confirm the tenancy offer with the landlord", False, id="a verb that ends"),
        pytest.param("Monitor", True, id="a verb that never ends"),
        pytest.param("liaise, with probation", True, id="whatever the case of its letters"),
        pytest.param("Ongoing: visits", True, id="no verb at all"),
        pytest.param("Visit and monitor", False, id="the first word counts"),
        pytest.param("", False, id="nothing is refused, not vague"),
    ],
)
def test_vague_words(what: str, vague: bool) -> None:
    assert is_vague(what) is vague


@pytest.mark.parametrize(
    ("what", "given_on", "due_on", "allowed"),
    [
        pytest.param("Visit", TODAY, TODAY, True, id="given and due today"),
        pytest.param("Visit", TODAY + DAY, TODAY + DAY, False, id="given tomorrow"),
        pytest.param("Visit", GIVEN, GIVEN - DAY, False, id="due the day before it was given"),
        pytest.param("Visit", GIVEN, GIVEN, True, id="due on the day"),
        pytest.param(" ", GIVEN, DUE, False, id="without words"),
    ],
)
def test_how_an_action_is_given(what: str, given_on: date, due_on: date, allowed: bool) -> None:
    assert bool(may_give_action(what, given_on, due_on, today=TODAY)) is allowed


@pytest.mark.parametrize(
    ("is_open", "outcome", "note", "closed_on", "allowed"),
    [
        pytest.param(True, ActionOutcome.DONE, "", TODAY, True, id="done needs no more words"),
        pytest.param(True, ActionOutcome.NOT_DONE, " ", TODAY, False, id="not done, because?"),
        pytest.param(True, ActionOutcome.NOT_DONE, "The landlord withdrew", TODAY, True, id="not done, because"),
        pytest.param(True, ActionOutcome.NOT_NEEDED, "", TODAY, False, id="not needed, because?"),
        pytest.param(True, ActionOutcome.DONE, "", TODAY + DAY, False, id="not on a day to come"),
        pytest.param(True, ActionOutcome.DONE, "", GIVEN, True, id="on the day it was given"),
        pytest.param(True, ActionOutcome.DONE, "", GIVEN - DAY, False, id="not before it was given"),
        pytest.param(False, ActionOutcome.DONE, "", TODAY, False, id="once"),
    ],
)
def test_how_an_action_ends(is_open: bool, outcome: ActionOutcome, note: str, closed_on: date, allowed: bool) -> None:
    found = may_close_action(
        is_open=is_open, outcome=outcome, note=note, given_on=GIVEN, closed_on=closed_on, today=TODAY
    )
    assert bool(found) is allowed


@pytest.mark.parametrize(
    ("is_open", "reason", "allowed"),
    [
        pytest.param(False, "Closed on the wrong person", True, id="closed, with a reason"),
        pytest.param(False, "", False, id="without a reason"),
        pytest.param(True, "Why not", False, id="it is open"),
    ],
)
def test_when_an_action_is_opened_again(is_open: bool, reason: str, allowed: bool) -> None:
    assert bool(may_reopen_action(is_open=is_open, reason=reason)) is allowed


@pytest.mark.parametrize(
    ("closed_on", "began", "today", "status"),
    [
        pytest.param(None, GIVEN, DUE, DeadlineStatus.OPEN, id="on the day it is due"),
        pytest.param(None, GIVEN, DUE + DAY, DeadlineStatus.OVERDUE, id="the day after"),
        pytest.param(None, GIVEN + DAY, DUE + DAY, DeadlineStatus.BROUGHT_FORWARD, id="given before the area began"),
        pytest.param(DUE, GIVEN, TODAY, DeadlineStatus.MET, id="closed in time"),
        pytest.param(DUE + DAY, GIVEN, TODAY, DeadlineStatus.MET_LATE, id="closed late"),
    ],
)
def test_what_has_become_of_an_action(closed_on: date | None, began: date, today: date, status: DeadlineStatus) -> None:
    assert action_status(GIVEN, DUE, closed_on, began, today=today) is status


def test_how_long_the_case_stays_open_to_the_agency() -> None:
    own = (Override("action_access_kept", 7, date(2026, 1, 1), "decided by the board"),)
    assert case_open_to(date(2028, 2, 1), Parameters()).value == date(2028, 2, 29)
    assert case_open_to(TODAY, Parameters(own)).value == date(2026, 11, 30)
