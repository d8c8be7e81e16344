"""The decision before the last ground of a person at Level 2 or 3 ends (R26)."""

from datetime import date

from agencies.access import can
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.facts import facts_of
from cases.models import EndingDecision, Ground
from rules.ahead import endings_to_decide, may_decide_ending
from rules.core import Decision
from rules.vocabulary import EndingOutcome

from .locking import locked_ground
from .obligations import bring_in_line


def may_record_ending_decision(ground: Ground, *, by: Principal, today: date, reason: str | None = None) -> Decision:
    """Whether the decision on the ground's end may be recorded; without a reason, whether any may be."""
    allowed = can(by, Perm.LEVEL_RECORD, ground)
    if not allowed or reason is None:
        return allowed
    facts, params = facts_of(ground.nominal), parameters_for(ground.nominal.area_id)
    asked_for = endings_to_decide(facts.grounds, facts.levels, params, today=today)
    return allowed & may_decide_ending(asked_for, ground.pk, reason=reason)


@service(event="ending_decided", asks=may_record_ending_decision)
def record_ending_decision(
    *, by: Principal, today: date, ground_id: int, outcome: EndingOutcome, reason: str
) -> EndingDecision:
    """Record what was decided before the last ground ends: leave on that day, or be referred as Category 3 (R26).

    It moves no date: the ground ends as recorded, a Category 3 ground is recorded with its own findings (R18).
    Raises ``Refused``.
    """
    nominal, ground = locked_ground(ground_id)
    may_record_ending_decision(ground, by=by, today=today, reason=reason).or_refuse()
    stored = EndingDecision.objects.create(
        nominal=nominal, ground=ground, decided_on=today, outcome=outcome, reason=reason.strip()
    )
    bring_in_line([nominal.pk], today=today)
    record_event(stored, root=nominal.pk, ground=ground.pk, outcome=outcome)
    return stored
