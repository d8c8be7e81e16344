"""Level of management: which there are for whom, who may change one, and what a change needs (R25, R31 to R36)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rules.categories import open_grounds, status_periods
from rules.core import DAY, Answer, Decision, Period, Reason, cites, long_date
from rules.facts import GroundFacts, LevelFacts
from rules.vocabulary import DecidingBody, Level

__all__ = [
    "LevelChange",
    "LevelCriteria",
    "LevelFacts",
    "allowed_levels",
    "check_levels",
    "level_on",
    "may_decide_level",
    "may_end_level",
    "may_set_level",
    "meets_criteria",
]

MULTI_AGENCY = frozenset({Level.TWO, Level.THREE})
EVERY_LEVEL = frozenset(Level)

ENTRY = frozenset({DecidingBody.REFERRAL_PANEL, DecidingBody.MEETING, DecidingBody.TRANSFER, DecidingBody.IMPORTED})
CHANGE_AT_2_OR_3 = frozenset(
    {DecidingBody.MEETING, DecidingBody.CHAIR_URGENT, DecidingBody.TRANSFER, DecidingBody.IMPORTED}
)
END_AT_2_OR_3 = CHANGE_AT_2_OR_3 | {DecidingBody.LAST_GROUND_ENDED, DecidingBody.DEATH, DecidingBody.VOIDED}
LEVEL_1 = frozenset({DecidingBody.SCREENING, DecidingBody.TRANSFER, DecidingBody.IMPORTED})
NOT_YET_SET = frozenset({DecidingBody.STATUS_OPENED, DecidingBody.TRANSFER, DecidingBody.IMPORTED})
DECIDES_ON_CRITERIA = frozenset({DecidingBody.REFERRAL_PANEL, DecidingBody.MEETING, DecidingBody.CHAIR_URGENT})


@dataclass(frozen=True, slots=True)
class LevelCriteria:
    """What the deciding body found. Texts are its reasons; an empty one means that the question was not answered."""

    meetings_add_value: bool = False
    value_reasons: str = ""
    high_or_very_high_risk: bool = False
    coordination_need: str = ""
    step_down_from_3: bool = False
    senior_need: str = ""
    lower_level_answer: str = ""


@dataclass(frozen=True, slots=True)
class LevelChange:
    """A level that somebody wants to set from a day on."""

    level: Level
    starts_on: date
    body: DecidingBody
    criteria: LevelCriteria = LevelCriteria()
    backdating_reason: str = ""


@cites("R32")
def level_on(spans: Iterable[LevelFacts], day: date) -> Answer[Level | None]:
    """The level of the day with who set it; None when no span covers the day."""
    for span in spans:
        if span.is_open_on(day):
            by = f", set by: {span.body.label.lower()}" if span.body else ""
            facts = (("From", long_date(span.starts_on)), ("Set by", span.body.label if span.body else "not recorded"))
            reasons = [Reason(f"{span.level.label} since {long_date(span.starts_on)}{by}", "R32", facts)]
            if span.reason:
                reasons.append(Reason(span.reason, "R32"))
            return Answer(span.level, tuple(reasons))
    return Answer(None, (Reason(f"No level on {long_date(day)}: no span covers the day", "R32"),))


@cites("R25", "R31")
def allowed_levels(grounds: Iterable[GroundFacts], day: date) -> Answer[frozenset[Level]]:
    """The levels at which the person may be on the day. Empty without status.

    An automatic ground allows all. Category 3 and discretionary Category 4 have no Level 1 and cannot wait for a level.
    """
    standing = open_grounds(grounds, day)
    if not standing:
        return Answer(frozenset(), (Reason(f"No ground is open on {long_date(day)}: there is no level", "R32"),))
    decided = [ground for ground in standing if not ground.kind.is_automatic]
    if decided:
        text = f"The ground is a decision ({decided[0].kind.label}): Level 2 or 3 only"
        return Answer(MULTI_AGENCY, (Reason(text, "R25"),))
    return Answer(EVERY_LEVEL, (Reason("The ground is automatic: every level is possible", "R31"),))


@cites("R32", "R36")
def may_decide_level(body: DecidingBody, before: Level | None, after: Level) -> Decision:
    """Whether this body may move a person from one level to another; `before` None is the start of status."""
    if before in MULTI_AGENCY:
        allowed, rule = CHANGE_AT_2_OR_3, "R36"
        where = "leaving or moving between Levels 2 and 3"
    elif after in MULTI_AGENCY:
        allowed, rule = ENTRY, "R36"
        where = "entering Level 2 or 3"
    elif after is Level.ONE:
        allowed, rule = LEVEL_1, "R32"
        where = "setting Level 1"
    else:
        allowed, rule = NOT_YET_SET, "R32"
        where = "opening status without a level"
    if body in allowed:
        return Decision.yes()
    names = ", ".join(body.label.lower() for body in DecidingBody if body in allowed)
    return Decision.no(Reason(f"{body.label} does not do for {where}; one of these does: {names}", rule))


@cites("R36")
def may_end_level(span: LevelFacts, on: date, body: DecidingBody) -> Decision:
    """Whether a span at Level 2 or 3 may end with no other level after it, on its last day `on`."""
    refusals = []
    if on < span.starts_on:
        refusals.append(Reason("The level cannot end before it starts", "R32"))
    if span.level in MULTI_AGENCY and body not in END_AT_2_OR_3:
        names = ", ".join(known.label.lower() for known in DecidingBody if known in END_AT_2_OR_3)
        refusals.append(Reason(f"Level 2 or 3 ends only through: {names}", "R36"))
    return Decision.of(refusals)


@cites("R33", "R34", "R35")
def meets_criteria(level: Level, criteria: LevelCriteria) -> Decision:
    """Whether what was found carries Level 2 or 3. Warns when the question of a lower level was not answered."""
    if level not in MULTI_AGENCY:
        return Decision.yes()
    refusals = []
    if not criteria.meetings_add_value or not criteria.value_reasons.strip():
        refusals.append(Reason("Say that multi-agency meetings add value, and why", "R33"))
    if not (criteria.high_or_very_high_risk or criteria.coordination_need.strip() or criteria.step_down_from_3):
        text = "Needs one of: high or very high risk of serious harm; an exceptional need to co-ordinate; a step down"
        refusals.append(Reason(text, "R33"))
    if level is Level.THREE and not criteria.senior_need.strip():
        text = "Level 3 needs senior representation: say for what (resources, media, public interest)"
        refusals.append(Reason(text, "R34"))
    warnings = []
    if not criteria.lower_level_answer.strip():
        warnings.append(Reason("Would a lower level give a defensible plan?", "R35"))
    return Decision.of(refusals, warnings, [Reason(f"The criteria for {level.label} are met", "R33")])


@cites("R25", "R31", "R32", "R33", "R34", "R35", "R36")
def may_set_level(
    change: LevelChange, spans: Sequence[LevelFacts], grounds: Sequence[GroundFacts], *, today: date
) -> Decision:
    """Whether the level may begin on its day, given the levels and grounds there are.

    The level before it ends the day before; `check_levels` holds the whole row together afterwards.
    """
    before = level_on(spans, change.starts_on - DAY).value
    decision = may_decide_level(change.body, before, change.level)
    if change.body in DECIDES_ON_CRITERIA:
        decision &= meets_criteria(change.level, change.criteria)
    return Decision.of(_wrong_day(change, spans, today)) & _allowed(change, grounds) & decision


def _allowed(change: LevelChange, grounds: Sequence[GroundFacts]) -> Decision:
    allowed = allowed_levels(grounds, change.starts_on)
    return Decision.yes() if change.level in allowed.value else Decision.no(*allowed.reasons)


def _wrong_day(change: LevelChange, spans: Sequence[LevelFacts], today: date) -> Iterator[Reason]:
    if change.starts_on > today:
        yield Reason("A level starts on the day it is decided, not later", "R32")
    if change.starts_on < today and not change.backdating_reason.strip():
        yield Reason("A back-dated level needs a reason of the coordinator", "R32")
    current = level_on(spans, change.starts_on).value
    if current is change.level:
        yield Reason(f"The person is at {change.level.label} on that day already", "R32")
    if any(span.starts_on > change.starts_on for span in spans):
        yield Reason("A later level is recorded: correct that one first", "R32")
    if change.level is Level.NOT_SET and any(span.level is not Level.NOT_SET for span in spans):
        yield Reason('"Level not yet set" is possible before the first decision only', "R32")


@cites("R25", "R31", "R32")
def check_levels(spans: Iterable[LevelFacts], grounds: Sequence[GroundFacts]) -> Decision:
    """Whether each day of open status has exactly one level, and one that its grounds allow."""
    ordered = sorted(spans, key=lambda span: span.starts_on)
    return Decision.of([*_overlaps(ordered), *_gaps(ordered, grounds), *_not_allowed(ordered, grounds)])


def _overlaps(ordered: Sequence[LevelFacts]) -> Iterator[Reason]:
    decided, covered_to = False, date.min
    for span in ordered:
        if span.starts_on <= covered_to:
            yield Reason(f"Two levels cover {long_date(span.starts_on)}", "R32")
        if span.level is Level.NOT_SET and decided:
            yield Reason(f'"Level not yet set" from {long_date(span.starts_on)} follows a decision', "R32")
        decided = decided or span.level is not Level.NOT_SET
        covered_to = max(covered_to, span.period.last_day)


def _gaps(ordered: Sequence[LevelFacts], grounds: Sequence[GroundFacts]) -> Iterator[Reason]:
    status = status_periods(grounds)
    for period in status:
        day: date | None = period.starts_on
        for span in ordered:
            if day is None or span.period.last_day < day:
                continue
            if span.starts_on > day:
                break
            day = span.ends_on + DAY if span.ends_on else None
        if day is not None and day <= period.last_day:
            yield Reason(f"No level covers {long_date(day)}, a day of open status", "R32")
    for span in ordered:
        if not any(_within(span.period, period) for period in status):
            yield Reason(f"{span.level.label} {span.period} reaches beyond status", "R32")


def _within(inner: Period, outer: Period) -> bool:
    return outer.starts_on <= inner.starts_on and inner.last_day <= outer.last_day


def _not_allowed(ordered: Sequence[LevelFacts], grounds: Sequence[GroundFacts]) -> Iterator[Reason]:
    decided = [ground for ground in grounds if not ground.voided and not ground.kind.is_automatic]
    for span in ordered:
        if span.level in MULTI_AGENCY:
            continue
        for ground in decided:
            shared = span.period.intersection(ground.period)
            if shared:
                yield Reason(f"{span.level.label} is not possible {shared}: {ground.kind.label}", "R25")
