"""The numbers that rules use, each with its strength, unit, rule and the day from which it holds.

An area may override a number: LAW never, DOC and DES only to be stricter, SET freely; always with a reason.
The number in force on the day of the *trigger* decides, so last year's deadlines never move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from rules.core import Decision, Reason, Strength, cites
from rules.vocabulary import RiskLevel, Whereabouts, YearlyLevelBasis

Value = int | str | date | tuple[str, ...] | None

T = TypeVar("T")

ALWAYS = date(1900, 1, 1)


class Stricter(StrEnum):
    """Which way is stricter; NONE means that there is no stricter value, so the number stands."""

    LOWER = "lower"
    HIGHER = "higher"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number or choice. `unit` says how to read it: days, months, years, people, date, choice, codes."""

    key: str
    default: Value
    strength: Strength
    unit: str
    rule: str
    label: str
    holds_from: date = ALWAYS
    stricter: Stricter = Stricter.NONE
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Override:
    """An area's own value of a parameter, from a day on, with the reason given for it."""

    key: str
    value: Value
    holds_from: date
    reason: str


def _days(key: str, default: int, strength: Strength, rule: str, label: str, stricter: Stricter) -> Parameter:
    return Parameter(key, default, strength, "days", rule, label, stricter=stricter)


def _months(key: str, default: int, strength: Strength, rule: str, label: str, stricter: Stricter) -> Parameter:
    return Parameter(key, default, strength, "months", rule, label, stricter=stricter)


LAW, DOC, SET, DES = Strength.LAW, Strength.DOC, Strength.SET, Strength.DES
LOWER, HIGHER, NONE = Stricter.LOWER, Stricter.HIGHER, Stricter.NONE
WHERE = tuple(where.value for where in Whereabouts if where is not Whereabouts.DEAD)

# Later Level 1 reviews: months by risk of serious harm, for each kind of lead agency that is likened to another (R39).
# The report names the table and not its numbers: each is for the area to confirm.
LEVEL_1_TABLE: dict[str, tuple[str, dict[RiskLevel, int]]] = {
    "police": ("police", {RiskLevel.LOW: 12, RiskLevel.MEDIUM: 6, RiskLevel.HIGH: 3, RiskLevel.VERY_HIGH: 1}),
    "probation": ("probation", {RiskLevel.LOW: 12, RiskLevel.MEDIUM: 6, RiskLevel.HIGH: 3, RiskLevel.VERY_HIGH: 1}),
    "youth_justice": (
        "youth justice",
        {RiskLevel.LOW: 6, RiskLevel.MEDIUM: 3, RiskLevel.HIGH: 2, RiskLevel.VERY_HIGH: 1},
    ),
    "health": ("health", {RiskLevel.LOW: 12, RiskLevel.MEDIUM: 6, RiskLevel.HIGH: 3, RiskLevel.VERY_HIGH: 1}),
}


def level_1_key(column: str, risk: RiskLevel) -> str:
    """The key of one cell of the table of later Level 1 reviews."""
    return f"level_1_review_{column}_{risk.value}"


LEVEL_1_CELLS = tuple(
    _months(
        level_1_key(column, risk), months, SET, "R39",
        f"Longest time between Level 1 reviews: {name}, {risk.label.lower()} risk", LOWER,
    )
    for column, (name, row) in LEVEL_1_TABLE.items()
    for risk, months in row.items()
)  # fmt: skip

# Kinds of agency that can lead a case, by their codes.
LEADING_KINDS = (
    "police", "probation", "youth_justice", "health_trust", "health_board", "national_security", "counter_terrorism",
)  # fmt: skip

PARAMETERS: tuple[Parameter, ...] = (
    _months("qualifying_term", 12, LAW, "R11", "Shortest term of custody that makes a Category 2 ground", NONE),
    Parameter(
        "earlier_coercive_behaviour",
        "warn",
        SET,
        "choice",
        "R15",
        "Coercive behaviour convicted before it joined Schedule 15, sentence still running: refuse, warn or allow",
        options=("refuse", "warn", "allow"),
    ),
    _months("notification_indefinite_from", 30, LAW, "R21", "Term from which notification is indefinite", NONE),
    _months("notification_short_term", 6, LAW, "R21", "Longest term that counts as short for notification", NONE),
    _months("notification_long", 120, LAW, "R21", "Notification after a term between the two", NONE),
    _months("notification_short", 84, LAW, "R21", "Notification after a short term or a hospital order", NONE),
    _months("notification_other", 60, LAW, "R21", "Notification after any other disposal", NONE),
    _months("notification_caution", 24, LAW, "R21", "Notification after a caution", NONE),
    Parameter("adult_age", 18, LAW, "years", "R21", "Age from which notification periods are not halved"),
    Parameter("indefinite_review_adult", 15, DOC, "years", "R22", "Indefinite notification reviewed after: adult"),
    Parameter("indefinite_review_juvenile", 8, DOC, "years", "R22", "Indefinite notification reviewed after: under 18"),
    Parameter("supervision_repealed_on", None, SET, "date", "R23", "First day without new post-sentence supervision"),
    _months("ground_ending_first_alert", 6, DES, "R26", "First alert before a ground ends", HIGHER),
    _months("ground_ending_second_alert", 3, DES, "R26", "Second alert before a ground ends", HIGHER),
    _days("ground_ending_last_alert", 28, DES, "R26", "Last alert before a ground ends", HIGHER),
    Parameter(
        "level_starts_on",
        "acceptance",
        SET,
        "choice",
        "R32",
        "When Level 2 or 3 begins after a referral",
        options=("acceptance", "first_meeting"),
    ),
    _months("level_set_before_release", 6, SET, "R38", "Level to be set before earliest release", HIGHER),
    _months("turns_18_alert", 6, SET, "R30", "Alert before a person turns 18", HIGHER),
    _days("screening_within", 28, SET, "R41", "Screening after the first day of status in the community", LOWER),
    Parameter(
        "level_1_reviews_by",
        ("probation", "national_security", "youth_justice", "health_trust", "health_board"),
        SET,
        "codes",
        "R39",
        "Lead agencies, by kind, that hold Level 1 reviews unless one has switched them on or off",
        options=LEADING_KINDS,
    ),
    _days("level_1_first_review", 28, SET, "R39", "First Level 1 review after sentence in the community", LOWER),
    _months("level_1_later_review", 6, SET, "R39", "Longest time between Level 1 reviews, risk not recorded", LOWER),
    *LEVEL_1_CELLS,
    _days("level_1_early_review", 14, SET, "R39", "Level 1 review after a listed change", LOWER),
    _days("identification_within", 3, SET, "R42", "Identified by the managing agency after sentence within", LOWER),
    Parameter(
        "first_notification_by",
        ("youth_justice", "health_trust", "health_board"),
        SET,
        "codes",
        "R43",
        "Agencies, by kind, that notify the unit of each new case",
        options=LEADING_KINDS,
    ),
    Parameter(
        "endorsement_within",
        10,
        SET,
        "working days",
        "R44",
        "A manager endorses a referral within, after which it goes back to its author (no source: confirm locally)",
        stricter=LOWER,
    ),
    Parameter("panel_quorum", 2, SET, "people", "R46", "Votes that decide on a referral"),
    Parameter(
        "panel_votes_within",
        10,
        SET,
        "working days",
        "R46",
        "Votes of the panel are waited for, after which it escalates (no source: confirm locally)",
        stricter=LOWER,
    ),
    _days("first_meeting_community", 28, DOC, "R49", "First meeting after sentence in the community", LOWER),
    Parameter(
        "first_meeting_default",
        20,
        SET,
        "working days",
        "R49",
        "First meeting after acceptance of any other person in the community",
        stricter=LOWER,
    ),
    _months("first_meeting_before_release", 6, SET, "R49", "First meeting before release counts from", LOWER),
    _days("review_level_2", 112, DOC, "R51", "Longest time in the community between Level 2 meetings", LOWER),
    _days("review_level_3", 56, DOC, "R51", "Longest time in the community between Level 3 meetings", LOWER),
    _days(
        "action_access_kept", 28, SET, "R69", "An agency's part in a case lasts after its last open action for", LOWER
    ),
    _days("meeting_access_kept", 28, SET, "R57", "An agency's part in a case lasts after a meeting for", LOWER),
    _days("first_chaser", 7, SET, "R59", "An unanswered invitation is asked about before the meeting", HIGHER),
    _days("last_chaser", 2, SET, "R59", "An unanswered invitation is asked about once more before", HIGHER),
    Parameter(
        "emergency_meeting", 5, SET, "working days", "R55", "An emergency meeting is held within", stricter=LOWER
    ),
    Parameter(
        "empty_sitting_released",
        10,
        SET,
        "working days",
        "R55",
        "An empty sitting is let go, and a single meeting proposed, before its day",
    ),
    Parameter(
        "chairs_level_2",
        ("coordinator", "senior_manager", "national_security"),
        SET,
        "codes",
        "R56",
        "Who may chair Level 2",
        options=("coordinator", "senior_manager", "national_security"),
    ),
    Parameter(
        "chairs_level_3",
        ("coordinator", "senior_manager", "national_security"),
        SET,
        "codes",
        "R56",
        "Who may chair Level 3",
        options=("coordinator", "senior_manager", "national_security"),
    ),
    _days("pre_release_meeting", 42, SET, "R107", "Pre-release meeting within the days before", HIGHER),
    _days("extract_rows_kept", 30, SET, "R109", "Rows of a closed list are kept for", LOWER),
    _days("extract_open_kept", 90, SET, "R109", "A list that nobody closes is kept for", LOWER),
    Parameter(
        "pauses_review_clock",
        (
            Whereabouts.CUSTODY.value,
            Whereabouts.REMAND.value,
            Whereabouts.RECALLED.value,
            Whereabouts.HOSPITAL.value,
            Whereabouts.HOSPITAL_LEAVE.value,
            Whereabouts.IMMIGRATION_DETENTION.value,
        ),
        SET,
        "codes",
        "R52",
        "Whereabouts that pause the review clock",
        options=WHERE,
    ),
    Parameter(
        "counts_as_community",
        (Whereabouts.COMMUNITY.value, Whereabouts.APPROVED_PREMISES.value, Whereabouts.UNLAWFULLY_AT_LARGE.value),
        SET,
        "codes",
        "R85",
        "Whereabouts that count as in the community on 31 March",
        options=WHERE,
    ),
    Parameter(
        "yearly_level_basis",
        YearlyLevelBasis.HIGHEST.value,
        SET,
        "choice",
        "R86",
        "Level at which a person at both levels in the year counts",
        options=tuple(YearlyLevelBasis),
    ),
    Parameter("office_hours_from", 7, DES, "hour", "R101", "Looks stand out before this hour", stricter=HIGHER),
    Parameter("office_hours_until", 20, DES, "hour", "R101", "Looks stand out from this hour on", stricter=LOWER),
    Parameter("looks_in_an_hour", 20, DES, "people", "R101", "Looks stand out beyond, in one hour", stricter=LOWER),
    Parameter(
        "looks_outside_caseload",
        10,
        DES,
        "people",
        "R101",
        "Looks outside one's own caseload stand out beyond, in a day",
        stricter=LOWER,
    ),
    Parameter("looks_at_neighbours", 3, DES, "people", "R101", "Looks at one postcode stand out from", stricter=LOWER),
    Parameter("refusals_in_a_day", 3, DES, "refusals", "R101", "Refusals stand out from, in a day", stricter=LOWER),
    _days("agreement_ending_alert", 60, SET, "R96", "An agreement is listed as running out before it expires", HIGHER),
    Parameter("exports_a_day", 20, DES, "files", "R110", "Lists one person may take out in a day", stricter=LOWER),
    Parameter(
        "export_lines_a_day", 20_000, DES, "lines", "R110", "Lines one person may take out in a day", stricter=LOWER
    ),
    _days("export_kept", 1, DES, "R110", "How long a file waits to be fetched", LOWER),
)


def parameter(key: str) -> Parameter:
    """The parameter as it was last defined. Raises `KeyError` for a key that is none."""
    named = [known for known in PARAMETERS if known.key == key]
    if not named:
        raise KeyError(f"no parameter is called {key!r}")
    return max(named, key=lambda known: known.holds_from)


@cites("R90")
def may_override(override: Override) -> Decision:
    """Whether an area may set this value: LAW never, DOC and DES only stricter, SET freely, always with a reason."""
    known = parameter(override.key)
    refusals = []
    if known.strength is LAW:
        refusals.append(Reason("This number is law: an area cannot change it", known.rule))
    elif not _fits(known, override.value):
        refusals.append(Reason(f"This value is not one of: {_allowed(known)}", known.rule))
    elif known.strength in (DOC, DES) and not _is_stricter(known, override.value):
        refusals.append(
            Reason(
                "This number comes from guidance or guards against a known failure: an area can only be stricter",
                known.rule,
            )
        )
    if not override.reason.strip():
        refusals.append(Reason("Give a reason for the local value", known.rule))
    return Decision.of(refusals)


def _fits(known: Parameter, value: Value) -> bool:
    if known.unit == "codes":
        return isinstance(value, tuple) and set(value) <= set(known.options)
    if known.unit == "choice":
        return isinstance(value, str) and value in known.options
    if known.unit == "date":
        return value is None or isinstance(value, date)
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _allowed(known: Parameter) -> str:
    return (
        ", ".join(known.options) if known.options else f"a number of {known.unit}" if known.unit != "date" else "a date"
    )


def _is_stricter(known: Parameter, value: Value) -> bool:
    if not (isinstance(value, int) and isinstance(known.default, int)):
        return False
    if known.stricter is LOWER:
        return value <= known.default
    return known.stricter is HIGHER and value >= known.default


@dataclass(frozen=True)
class Parameters:
    """The numbers of one area: the defaults, with the area's own values laid over them.

    Raises `Refused` when it is handed an override that the rules do not allow.
    """

    overrides: Sequence[Override] = ()
    _values: dict[str, list[tuple[date, Value]]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for override in self.overrides:
            may_override(override).or_refuse()
        for known in PARAMETERS:
            self._values.setdefault(known.key, []).append((known.holds_from, known.default))
        for override in self.overrides:
            self._values[override.key].append((override.holds_from, override.value))
        for values in self._values.values():
            values.sort(key=lambda dated: dated[0])

    def get(self, key: str, on: date) -> Value:
        """The value in force on the day of the trigger. Raises `KeyError` for a key that is none."""
        in_force = self._values[key][0][1]
        for holds_from, value in self._values[key]:
            if holds_from <= on:
                in_force = value
        return in_force

    def number(self, key: str, on: date) -> int:
        """The value of a parameter counted in days, months, years or people."""
        return _typed(self.get(key, on), int, key)

    def choice(self, key: str, on: date) -> str:
        return _typed(self.get(key, on), str, key)

    def codes(self, key: str, on: date) -> frozenset[str]:
        return frozenset(_typed(self.get(key, on), tuple, key))

    def day(self, key: str, on: date) -> date | None:
        value = self.get(key, on)
        return None if value is None else _typed(value, date, key)


def _typed(value: Value, wanted: type[T], key: str) -> T:
    if not isinstance(value, wanted):
        raise TypeError(f"the parameter {key!r} is not a {wanted.__name__}")
    return value


def value_from_json(key: str, stored: object) -> Value:
    """A value as it is kept in JSON (a date as text, codes as a list), turned into what `Override` takes.

    Raises `KeyError` for a key that is none and `ValueError` for a text that is no date. Whether the value is allowed
    is for `may_override` to say.
    """
    unit = parameter(key).unit
    if unit == "codes" and isinstance(stored, list):
        return tuple(str(code) for code in stored)
    if unit == "date" and isinstance(stored, str):
        return date.fromisoformat(stored)
    if stored is None or isinstance(stored, int | str):
        return stored
    raise ValueError(f"the parameter {key!r} cannot hold a {type(stored).__name__}")
