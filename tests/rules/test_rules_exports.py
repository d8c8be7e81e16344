"""Taking a list out: a fresh sign-in, files and lines of a day."""

from datetime import date, timedelta

import pytest

from rules.exports import ExportFacts, kept_for, may_take_out
from rules.parameters import Override, Parameters

TODAY = date(2026, 3, 27)
PARAMS = Parameters()


@pytest.mark.parametrize(
    ("facts", "allowed"),
    [
        pytest.param(ExportFacts(proved=True), True, id="proved, nothing yet today (R110)"),
        pytest.param(ExportFacts(proved=False), False, id="not proved a short while ago (R110)"),
        pytest.param(ExportFacts(proved=True, files_today=18), True, id="two files below the most (R110)"),
        pytest.param(ExportFacts(proved=True, files_today=19), True, id="the last file of the day (R110)"),
        pytest.param(ExportFacts(proved=True, files_today=20), False, id="one file too many (R110)"),
        pytest.param(ExportFacts(proved=True, lines_today=19_000, lines=999), True, id="a line below the most (R110)"),
        pytest.param(ExportFacts(proved=True, lines_today=19_000, lines=1_000), True, id="the last line (R110)"),
        pytest.param(ExportFacts(proved=True, lines_today=19_000, lines=1_001), False, id="a line too many (R110)"),
        pytest.param(ExportFacts(proved=True, lines=20_001), False, id="too long a list by itself (R110)"),
    ],
)
def test_taking_a_list_out(facts: ExportFacts, allowed: bool) -> None:
    decision = may_take_out(facts, params=PARAMS, today=TODAY)
    assert bool(decision) is allowed
    assert all(reason.rule == "R110" for reason in decision.reasons)


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        pytest.param(
            ExportFacts(proved=True, lines=20_000, lines_today=1),
            "With this list you would have taken out 20,001 lines today, and 20,000 are the most in a day. "
            "Filter the list, or go on tomorrow",
            id="a day's lines, one too late for today (R110)",
        ),
        pytest.param(
            ExportFacts(proved=True, lines=20_001, lines_today=5),
            "This list has 20,001 lines, and 20,000 are the most in a day. Filter the list",
            id="longer than a day by itself: tomorrow does not help (R110)",
        ),
    ],
)
def test_a_refusal_says_what_helps(facts: ExportFacts, text: str) -> None:
    decision = may_take_out(facts, params=PARAMS, today=TODAY)
    assert [reason.text for reason in decision.reasons] == [text]


def test_every_refusal_is_said_at_once() -> None:
    facts = ExportFacts(proved=False, files_today=20, lines_today=20_000, lines=1)
    assert len(may_take_out(facts, params=PARAMS, today=TODAY).reasons) == 3


def test_an_area_can_be_stricter_from_a_day_on() -> None:
    params = Parameters((Override("exports_a_day", 2, TODAY, "Agreed by the board"),))
    facts = ExportFacts(proved=True, files_today=2)
    assert may_take_out(facts, params=params, today=TODAY - timedelta(days=1))
    assert not may_take_out(facts, params=params, today=TODAY)


def test_a_file_waits_a_day() -> None:
    assert kept_for(params=PARAMS, today=TODAY) == timedelta(days=1)
