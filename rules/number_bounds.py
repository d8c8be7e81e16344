"""How far an area may move a number of its own, beyond what law and guidance say (``rules.parameters``).

A number that nobody can mean (a quorum of fifty, a list kept for three centuries) switches a rule off without saying
so. It is refused when it is set; what is stored already is not judged again, so that no area stands still over it.
"""

from __future__ import annotations

from itertools import pairwise

from rules.core import Decision, Reason, cites
from rules.parameters import Override, Parameters, Value, parameter

# The largest value of each unit that an area may set, where the rules themselves do not give a larger one.
MOST = {"days": 366, "working days": 130, "months": 60, "years": 25, "people": 12, "hour": 23}

# From the smallest to the largest: what is said last comes nearest to the day, office hours begin before they end.
IN_ORDER = (
    ("ground_ending_last_alert", "ground_ending_second_alert", "ground_ending_first_alert"),
    ("last_chaser", "first_chaser"),
    ("office_hours_from", "office_hours_until"),
)
_DAYS_OF = {"months": 30}


@cites("R90", "R26", "R59", "R101")
def is_within_bounds(override: Override, present: Parameters) -> Decision:
    """Whether the value is one that somebody can mean, beside the area's other numbers as they are and will be.

    Asked of a value that ``rules.parameters.may_override`` allows.
    """
    known, value = parameter(override.key), override.value
    if known.unit in MOST and isinstance(value, int) and isinstance(known.default, int):
        most = max(MOST[known.unit], known.default)
        if value > most:
            text = f"“{known.label}” can be {most} at most: {value} would switch it off"
            return Decision.no(Reason(text, known.rule))
    return Decision.of(_out_of_order(override, present))


def _out_of_order(override: Override, present: Parameters) -> list[Reason]:
    keys = next((keys for keys in IN_ORDER if override.key in keys), ())
    others = [row for row in present.overrides if (row.key, row.holds_from) != (override.key, override.holds_from)]
    then = Parameters((*others, override))
    days = sorted({override.holds_from, *(row.holds_from for row in others if row.key in keys)})
    return [
        Reason(f"“{parameter(less).label}” must stay below “{parameter(more).label}”", parameter(less).rule)
        for less, more in pairwise(keys)
        if override.key in (less, more)
        and any(
            _length(less, then.get(less, day)) >= _length(more, then.get(more, day))
            for day in days
            if day >= override.holds_from
        )
    ]


def _length(key: str, value: Value) -> int:
    """What is compared: months as days, near enough to tell four weeks from three months."""
    return value * _DAYS_OF.get(parameter(key).unit, 1) if isinstance(value, int) else 0
