"""How far an area may move a number: bounds of each unit, and numbers that go in an order."""

from datetime import date

import pytest

from rules.core import Strength
from rules.number_bounds import IN_ORDER, is_within_bounds
from rules.parameters import PARAMETERS, Override, Parameters, Value, may_override

DAY, LATER = date(2025, 1, 1), date(2025, 7, 1)


def override(key: str, value: Value, holds_from: date = DAY) -> Override:
    return Override(key, value, holds_from, "decided by the board")


@pytest.mark.parametrize(
    ("wanted", "present", "refused_by"),
    [
        pytest.param(override("extract_rows_kept", 366), (), None, id="days: a year (R109)"),
        pytest.param(override("extract_rows_kept", 367), (), "R109", id="days: more than a year (R109)"),
        pytest.param(override("panel_quorum", 12), (), None, id="people: twelve (R46)"),
        pytest.param(override("panel_quorum", 13), (), "R46", id="people: thirteen (R46)"),
        pytest.param(override("looks_in_an_hour", 20), (), None, id="people: as many as the rules give (R101)"),
        pytest.param(override("turns_18_alert", 61), (), "R30", id="months: more than five years (R30)"),
        pytest.param(override("endorsement_within", 131), (), "R44", id="working days: half a year (R44)"),
        pytest.param(override("office_hours_from", 19), (), None, id="an hour of office (R101)"),
        pytest.param(override("office_hours_from", 20), (), "R101", id="no hour of office (R101)"),
        pytest.param(override("office_hours_from", 23), (), "R101", id="begins after it ends (R101)"),
        pytest.param(override("last_chaser", 6), (), None, id="a day after the first (R59)"),
        pytest.param(override("last_chaser", 7), (), "R59", id="with the first (R59)"),
        pytest.param(override("ground_ending_second_alert", 5), (), None, id="a month after the first (R26)"),
        pytest.param(override("ground_ending_second_alert", 9), (), "R26", id="before the first (R26)"),
        pytest.param(override("ground_ending_last_alert", 89), (), None, id="just after the second (R26)"),
        pytest.param(override("ground_ending_last_alert", 90), (), "R26", id="with the second (R26)"),
        pytest.param(
            override("ground_ending_second_alert", 9), (override("ground_ending_first_alert", 12),), None,
            id="the first is earlier here (R26)",
        ),
        pytest.param(
            override("ground_ending_second_alert", 9),
            (override("ground_ending_first_alert", 12), override("ground_ending_first_alert", 8, LATER)), "R26",
            id="the first will be later from a day on (R26)",
        ),
        pytest.param(
            override("ground_ending_second_alert", 4), (override("ground_ending_second_alert", 9),), None,
            id="the same day again: what stood in the wrong order is put right (R26)",
        ),
        pytest.param(override("yearly_level_basis", "first_in_year"), (), None, id="a choice has no bound"),
        pytest.param(override("supervision_repealed_on", DAY), (), None, id="nor has a date"),
    ],
)  # fmt: skip
def test_how_far_a_number_may_be_moved(wanted: Override, present: tuple[Override, ...], refused_by: str | None) -> None:
    assert may_override(wanted)
    decision = is_within_bounds(wanted, Parameters(present))
    assert [reason.rule for reason in decision.reasons] == ([refused_by] if refused_by else [])
    assert bool(decision) is (refused_by is None)


def test_what_the_rules_give_is_within_the_bounds() -> None:
    """LAW has no bound of ours: no area moves it."""
    known = {each.key for each in PARAMETERS}
    assert {key for keys in IN_ORDER for key in keys} <= known
    for each in PARAMETERS:
        asked = override(each.key, each.default)
        if each.strength is not Strength.LAW and may_override(asked):
            assert is_within_bounds(asked, Parameters()), each.key
