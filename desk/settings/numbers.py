"""The numbers of an area as people read them: what is in force, where it comes from, what is to be confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from agencies.models import ParameterOverride
from pages.dates import british_date
from rules.core import Strength
from rules.parameters import PARAMETERS, Override, Parameter, Parameters, Value, parameter, value_from_json
from rules.vocabulary import Whereabouts, YearlyLevelBasis

STRENGTHS: dict[Strength, tuple[str, str]] = {
    Strength.LAW: ("Law", "Fixed by statute: no area can change it."),
    Strength.DOC: ("Guidance", "Stated in guidance or in the report: an area may only be stricter."),
    Strength.SET: (
        "Confirm locally",
        "Not stated in a published source that could be read: the area confirms the usual value or sets its own.",
    ),
    Strength.DES: ("Safeguard", "Guards against a known failure: an area may only be stricter."),
}
_WORDS = {
    "refuse": "Refuse",
    "warn": "Warn, and go on",
    "allow": "Allow",
    "acceptance": "On acceptance",
    "first_meeting": "At the first meeting",
    **{where.value: where.label for where in Whereabouts},
    **{basis.value: basis.label for basis in YearlyLevelBasis},
}


@dataclass(frozen=True)
class Own:
    """A value that the area has set for itself."""

    value: str
    holds_from: date
    reason: str


@dataclass(frozen=True)
class Number:
    """One number of the area on a day."""

    known: Parameter
    value: str
    default: str
    strength: str
    means: str
    own: Sequence[Own]
    set_here: bool
    confirm: bool
    may_change: bool

    @property
    def set_for_later(self) -> bool:
        """Whether the area's own value waits for its day."""
        return bool(self.own) and not self.set_here


def numbers_of(area_id: int, *, today: date) -> list[Number]:
    """Every number, in the order of the rules. One that only an area can know is to be confirmed until it has a value
    of its own, be it the usual one."""
    own: dict[str, list[Override]] = {}
    for row in ParameterOverride.objects.filter(area=area_id).order_by("key", "-holds_from"):
        value = value_from_json(row.key, row.value)
        own.setdefault(row.key, []).append(Override(row.key, value, row.holds_from, row.reason))
    laid = Parameters(tuple(each for rows in own.values() for each in rows))
    keys = dict.fromkeys(known.key for known in PARAMETERS)
    return [_number(parameter(key), own.get(key, []), laid.get(key, today), today) for key in keys]


def _number(known: Parameter, own: Sequence[Override], value: Value, today: date) -> Number:
    strength, means = STRENGTHS[known.strength]
    return Number(
        known=known,
        value=in_words(known, value),
        default=in_words(known, known.default),
        strength=strength,
        means=means,
        own=[Own(in_words(known, each.value), each.holds_from, each.reason) for each in own],
        set_here=any(each.holds_from <= today for each in own),
        confirm=known.strength is Strength.SET and not own,
        may_change=known.strength is not Strength.LAW,
    )


def in_words(known: Parameter, value: Value) -> str:
    """A value with its unit, or the words of its codes."""
    if value is None:
        return "Not set"
    if isinstance(value, tuple):
        return ", ".join(word(code) for code in value) or "None"
    if isinstance(value, date):
        return british_date(value)
    if known.unit == "choice":
        return word(str(value))
    return f"{value} {known.unit.removesuffix('s') if value == 1 else known.unit}"


def word(code: str) -> str:
    """A code of an option as people read it."""
    return _WORDS.get(code, code.replace("_", " ").capitalize())
