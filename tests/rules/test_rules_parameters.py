"""Numbers: strength, dates of force, and what an area may change."""

from datetime import date

import pytest

from rules.core import Refused
from rules.parameters import PARAMETERS, Override, Parameters, Value, may_override, parameter, value_from_json

DAY = date(2025, 1, 1)


def override(key: str, value: Value, reason: str = "decided by the board", holds_from: date = DAY) -> Override:
    return Override(key, value, holds_from, reason)


@pytest.mark.parametrize(
    ("wanted", "allowed"),
    [
        pytest.param(override("qualifying_term", 13), False, id="LAW never, not even stricter (R11)"),
        pytest.param(override("review_level_2", 111), True, id="DOC: a day stricter (R51)"),
        pytest.param(override("review_level_2", 112), True, id="DOC: the same (R51)"),
        pytest.param(override("review_level_2", 113), False, id="DOC: a day looser (R51)"),
        pytest.param(override("review_level_3", 0), False, id="a number above nought"),
        pytest.param(override("indefinite_review_adult", 14), False, id="DOC without a stricter way stands (R22)"),
        pytest.param(override("ground_ending_last_alert", 29), True, id="DES: a day earlier (R26)"),
        pytest.param(override("ground_ending_last_alert", 27), False, id="DES: a day later (R26)"),
        pytest.param(override("level_set_before_release", 4), True, id="SET freely (R38)"),
        pytest.param(override("level_set_before_release", 4, reason=" "), False, id="SET, but with a reason (R38)"),
        pytest.param(override("yearly_level_basis", "first_in_year"), True, id="SET: a choice (R86)"),
        pytest.param(override("yearly_level_basis", "lowest"), False, id="SET: no such choice (R86)"),
        pytest.param(override("counts_as_community", ("community",)), True, id="SET: codes (R85)"),
        pytest.param(override("counts_as_community", ("moon",)), False, id="SET: no such code (R85)"),
        pytest.param(override("supervision_repealed_on", DAY), True, id="SET: a date (R23)"),
        pytest.param(override("review_level_2", True), False, id="a truth value is no number"),
    ],
)
def test_what_an_area_may_change(wanted: Override, allowed: bool) -> None:
    assert bool(may_override(wanted)) is allowed
    if not allowed:
        with pytest.raises(Refused):
            Parameters((wanted,))


@pytest.mark.parametrize(
    ("trigger", "days"),
    [
        pytest.param(date(2024, 12, 31), 112, id="the day before it holds"),
        pytest.param(date(2025, 1, 1), 84, id="the day it holds from"),
        pytest.param(date(2025, 6, 30), 84, id="the day before the next"),
        pytest.param(date(2025, 7, 1), 98, id="a second change, handed over first"),
    ],
)
def test_the_number_of_the_day_of_the_trigger_decides(trigger: date, days: int) -> None:
    params = Parameters((override("review_level_2", 98, holds_from=date(2025, 7, 1)), override("review_level_2", 84)))
    assert params.number("review_level_2", trigger) == days


def test_values_are_read_as_what_they_are() -> None:
    params = Parameters()
    assert params.choice("yearly_level_basis", DAY) == "highest"
    assert "unlawfully_at_large" in params.codes("counts_as_community", DAY)
    assert params.day("supervision_repealed_on", DAY) is None
    with pytest.raises(TypeError):
        params.number("yearly_level_basis", DAY)
    with pytest.raises(KeyError):
        params.get("no_such_number", DAY)
    with pytest.raises(KeyError):
        parameter("no_such_number")


def test_values_come_from_json() -> None:
    assert value_from_json("counts_as_community", ["community", "abroad"]) == ("community", "abroad")
    assert value_from_json("supervision_repealed_on", "2026-03-22") == date(2026, 3, 22)
    assert value_from_json("supervision_repealed_on", None) is None
    assert value_from_json("review_level_2", 84) == 84
    with pytest.raises(ValueError, match="cannot hold"):
        value_from_json("review_level_2", {"days": 84})


def test_every_default_would_itself_be_taken() -> None:
    for known in PARAMETERS:
        if known.options:
            values = known.default if isinstance(known.default, tuple) else (known.default,)
            assert set(values) <= set(known.options), known.key
