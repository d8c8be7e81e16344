"""A stage of a hospital order that was recorded by mistake: put right, or taken away, with the reason (R85).

No stay moves with it. Where the person was is corrected by itself, and first where the two would contradict (R52).
"""

from dataclasses import dataclass
from datetime import date

from agencies.principal import Principal
from audit.boundary import record_event, service
from cases.facts import facts_of
from cases.models import OrderStage
from rules.core import Decision
from rules.orders import StageFacts
from rules.orders import may_correct_stage as rules_may_correct_stage
from rules.orders import may_take_stage_away as rules_may_take_stage_away
from rules.vocabulary import HospitalStage

from .corrected import put_right, take_away
from .hospital_orders import may_set_stage
from .locking import locked_row
from .splice import give_to_before, move_end_before


@dataclass(frozen=True, slots=True)
class Stage:
    """What the person may do, from which day, as it should have been recorded."""

    kind: HospitalStage
    starts_on: date
    note: str = ""


def may_correct_stage(
    row: OrderStage, *, by: Principal, today: date, stage: Stage | None = None, reason: str = ""
) -> Decision:
    """Whether the stage may be put right; without what it should be, for the button."""
    if stage is None:
        return may_set_stage(row.order, by=by, today=today)
    unchanged = (row.kind, row.starts_on, row.note) == (stage.kind, stage.starts_on, stage.note.strip())
    return may_set_stage(
        row.order, by=by, today=today, kind=stage.kind, starts_on=stage.starts_on
    ) & rules_may_correct_stage(
        _facts(row), StageFacts(stage.kind, stage.starts_on, row.ends_on), _of_order(row),
        facts_of(row.nominal).whereabouts, unchanged=unchanged, reason=reason,
    )  # fmt: skip


@service(event="hospital_stage_corrected", asks=may_correct_stage)
def correct_stage(
    *, by: Principal, today: date, stage_id: int, stage: Stage, reason: str, version: int | None = None
) -> OrderStage:
    """Put right what a stage says, or its first day; the one before ends the day before, and no stay moves.

    Raises ``Refused`` and ``Conflict``.
    """
    nominal, row = locked_row(OrderStage, stage_id, version)
    may_correct_stage(row, by=by, today=today, stage=stage, reason=reason).or_refuse()
    was = row.starts_on
    move_end_before(row.order.stages.all(), was, stage.starts_on)
    values = {"kind": stage.kind, "starts_on": stage.starts_on, "note": stage.note.strip()}
    put_right(row, values, today=today, reason=reason)
    record_event(row, root=nominal.pk, kind=stage.kind, starts_on=stage.starts_on, instead_of=was)
    return row


def may_take_stage_away(row: OrderStage, *, by: Principal, today: date, reason: str | None = None) -> Decision:
    """Whether the stage may be taken away as never so; without a reason, for the button."""
    allowed = may_set_stage(row.order, by=by, today=today)
    if not allowed or reason is None:
        return allowed
    stays = facts_of(row.nominal).whereabouts
    return allowed & rules_may_take_stage_away(_facts(row), _of_order(row), stays, reason=reason)


@service(event="hospital_stage_taken_away", asks=may_take_stage_away)
def take_stage_away(*, by: Principal, today: date, stage_id: int, reason: str, version: int | None = None) -> None:
    """Take away a stage that never was: the one that ended for it goes on, and no stay moves. The change log keeps it
    and the reason. Raises ``Refused`` and ``Conflict``.
    """
    nominal, row = locked_row(OrderStage, stage_id, version)
    may_take_stage_away(row, by=by, today=today, reason=reason).or_refuse()
    stages = row.order.stages.all()
    take_away(row, root=nominal.pk, today=today, reason=reason, kind=row.kind, starts_on=row.starts_on)
    give_to_before(stages, row.starts_on, row.ends_on)


def _facts(row: OrderStage) -> StageFacts:
    return StageFacts(HospitalStage(row.kind), row.starts_on, row.ends_on)


def _of_order(row: OrderStage) -> list[StageFacts]:
    return [_facts(each) for each in row.order.stages.order_by("starts_on")]
