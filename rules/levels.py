"""Level of management: which there are for whom, who may change one, and what a change needs (R25, R31 to R36)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rules.categories import open_grounds, status_periods
from rules.core import DAY, FEWEST_WORDS, IN_WORDS, Answer, Decision, Period, Reason, cites, long_date
from rules.facts import GroundFacts, LevelFacts
from rules.vocabulary import DecidingBody, EndReason, Level

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
# What people record as a decision; the others follow from other records. A transfer is recorded with the transfer.
DECIDED_BY_PEOPLE = (
    DecidingBody.SCREENING,
    DecidingBody.REFERRAL_PANEL,
    DecidingBody.MEETING,
    DecidingBody.CHAIR_URGENT,
)
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
    """A level that somebody wants to set from a day on. `decision` is the key of what decided it, if it has one."""

    level: Level
    starts_on: date
    body: DecidingBody
    criteria: LevelCriteria = LevelCriteria()
    backdating_reason: str = ""
    reason: str = ""
    decision: str = ""

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons as they were given. Those of the criteria carry Levels 2 and 3 only."""
        found = self.criteria
        of_criteria = (found.value_reasons, found.coordination_need, found.senior_need, found.lower_level_answer)
        return (self.reason, *of_criteria) if self.level in MULTI_AGENCY else (self.reason,)


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


@cites("R32", "R36")
def bodies_that_may_decide(before: Level | None, levels: Iterable[Level]) -> tuple[DecidingBody, ...]:
    """Who can move a person from the level of the day to at least one of these levels, to be offered in a form."""
    wanted = [level for level in levels if level is not before]
    return tuple(body for body in DECIDED_BY_PEOPLE if any(may_decide_level(body, before, after) for after in wanted))


_ENDS_THROUGH = {
    EndReason.LEVEL_2_3_ENDED: DecidingBody.MEETING,
    EndReason.DEATH: DecidingBody.DEATH,
    EndReason.TRANSFERRED: DecidingBody.TRANSFER,
}


@cites("R25", "R36")
def level_ends_through(why: EndReason) -> DecidingBody:
    """What ends the level when the last ground ends for this reason. That of Level 2 or 3 is a meeting's decision."""
    return _ENDS_THROUGH.get(why, DecidingBody.LAST_GROUND_ENDED)


@cites("R36")
def may_end_level(span: LevelFacts, on: date, body: DecidingBody, *, meetings: Collection[date]) -> Decision:
    """Whether a span may end with no other level after it, on its last day `on`.

    `meetings` are the days of the Level 2 and 3 meetings held about the person: a meeting that ends Level 2 or 3 is
    one of them.
    """
    refusals = []
    if span.level in MULTI_AGENCY and body is DecidingBody.MEETING and on not in meetings:
        refusals.append(_no_meeting_on(on))
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


def _no_meeting_on(day: date) -> Reason:
    text = f"No meeting is recorded as held on {long_date(day)}: record it first, or correct the day of the decision"
    return Reason(text, "R36")


@cites("R25", "R31", "R32", "R33", "R34", "R35", "R36")
def may_set_level(
    change: LevelChange,
    spans: Sequence[LevelFacts],
    grounds: Sequence[GroundFacts],
    *,
    meetings: Collection[date],
    today: date,
) -> Decision:
    """Whether somebody may set the level to begin on its day, given the levels and grounds there are.

    `meetings` are the days of the Level 2 and 3 meetings held about the person: a meeting that takes a person out of
    Level 2 or 3 is one of them. The level before ends the day before; `check_levels` holds the whole row together
    afterwards. A register that is brought in from a file is held to `check_levels` alone.
    """
    first_day = change.starts_on == date.min
    before = None if first_day else level_on(spans, change.starts_on - DAY).value
    decision = may_decide_level(change.body, before, change.level)
    if change.body in DECIDES_ON_CRITERIA:
        decision &= meets_criteria(change.level, change.criteria)
    if decision:
        decision &= Decision.of(_not_shown(change, before, meetings))
    return (
        Decision.of([*_wrong_day(change, spans, grounds, today), *_no_reason(change)])
        & _allowed(change, grounds)
        & decision
    )


def _not_shown(change: LevelChange, before: Level | None, meetings: Collection[date]) -> Iterator[Reason]:
    """What must be on record for the body that decided."""
    if change.body is DecidingBody.IMPORTED:
        yield Reason("Only a file of an earlier register brings a level in without a decision", "R36")
    if change.body is DecidingBody.TRANSFER and not change.decision.strip():
        yield Reason("Name the transfer that was accepted", "R36")
    leaves = before in MULTI_AGENCY and change.level not in MULTI_AGENCY
    if leaves and change.body is DecidingBody.MEETING and change.starts_on not in meetings:
        yield _no_meeting_on(change.starts_on)


def _no_reason(change: LevelChange) -> Iterator[Reason]:
    if change.level is not Level.NOT_SET and len(" ".join(change.reasons).split()) < FEWEST_WORDS:
        yield Reason(f"Give the reasons for the decision, {IN_WORDS}", "R32")


def _allowed(change: LevelChange, grounds: Sequence[GroundFacts]) -> Decision:
    allowed = allowed_levels(grounds, change.starts_on)
    return Decision.yes() if change.level in allowed.value else Decision.no(*allowed.reasons)


def _wrong_day(
    change: LevelChange, spans: Sequence[LevelFacts], grounds: Sequence[GroundFacts], today: date
) -> Iterator[Reason]:
    if change.starts_on > today:
        yield Reason("A level starts on the day it is decided, not later", "R32")
    if change.starts_on < today and not change.backdating_reason.strip():
        yield Reason("A back-dated level needs a reason of the coordinator", "R32")
    current = level_on(spans, change.starts_on).value
    if current is change.level:
        yield Reason(f"The person is at {change.level.label} on that day already", "R32")
    if any(span.starts_on > change.starts_on for span in spans):
        yield Reason("A later level is recorded: correct that one first", "R32")
    status = next((period for period in status_periods(grounds) if change.starts_on in period), None)
    if change.level is Level.NOT_SET and any(
        span.level is not Level.NOT_SET and (status is None or span.period.overlaps(status)) for span in spans
    ):
        yield Reason('"Level not yet set" is possible before the first decision only', "R32")


@cites("R25", "R31", "R32")
def check_levels(spans: Iterable[LevelFacts], grounds: Sequence[GroundFacts]) -> Decision:
    """Whether each day of open status has exactly one level, and one that its grounds allow.

    Each time of status stands by itself: a person who comes back may wait for a level again.
    """
    ordered = sorted(spans, key=lambda span: span.starts_on)
    status = status_periods(grounds)
    return Decision.of(
        [
            *_overlaps(ordered),
            *_unset_again(ordered, status),
            *_gaps(ordered, status),
            *_not_allowed(ordered, grounds),
        ]
    )


def _overlaps(ordered: Sequence[LevelFacts]) -> Iterator[Reason]:
    covered_to: date | None = None
    for span in ordered:
        if covered_to is not None and span.starts_on <= covered_to:
            yield Reason(f"Two levels cover {long_date(span.starts_on)}", "R32")
        covered_to = span.period.last_day if covered_to is None else max(covered_to, span.period.last_day)


def _unset_again(ordered: Sequence[LevelFacts], status: Sequence[Period]) -> Iterator[Reason]:
    decided_in: set[Period | None] = set()
    for span in ordered:
        within = next((period for period in status if span.starts_on in period), None)
        if span.level is not Level.NOT_SET:
            decided_in.add(within)
        elif within in decided_in:
            yield Reason(f'"Level not yet set" from {long_date(span.starts_on)} follows a decision', "R32")


def _gaps(ordered: Sequence[LevelFacts], status: Sequence[Period]) -> Iterator[Reason]:
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
