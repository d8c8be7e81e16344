"""The day of a hand-over that was said ahead: what has no days of its own goes over, and what came since."""

from collections.abc import Sequence
from datetime import date

from agencies.access import can
from agencies.handover import HandOver, colleagues_of, due_handovers, handed_over, participants
from agencies.models import Membership, PlannedHandOver
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from audit.rows import one_by_one
from rules.core import Decision

from .handover import hold_all
from .partners import refuse_if

_RULE = "people and agencies"


def carry_out_hand_overs(today: date) -> Sequence[PlannedHandOver]:
    """Carry out those whose day has come, each in a transaction of its own: one that fails holds up no other.

    What ends when somebody has left (endorsements, chairs, referrals without an author) is looked after in the
    background too, and asks this first: what a colleague takes over is not lost to whoever comes next.
    """
    by = Principal.system("carry_out_hand_overs", on=today)
    due = due_handovers(today).values_list("pk", flat=True)
    return one_by_one("hand-overs", due, lambda key: carry_out_hand_over(by=by, today=today, planned_id=key)).results


def may_call_off_hand_over(planned: PlannedHandOver, *, by: Principal, today: date) -> Decision:  # noqa: ARG001
    """Whether what waits for the day may stay with whoever has it: until it has moved."""
    allowed = can(by, Perm.USERS_EDIT)
    allowed &= refuse_if(by.is_signed_in and by.area_id != planned.area_id, "You act in another MAPPA area.", "R97")
    allowed &= refuse_if(planned.done_on is not None, "It is done: the work has changed hands.", _RULE)
    return allowed & refuse_if(planned.cancelled_on is not None, "It is called off already.", _RULE)


@service("hand_over_called_off", asks=may_call_off_hand_over)
def call_off_hand_over(*, by: Principal, today: date, planned_id: int) -> PlannedHandOver:
    """Let what waits for the day stay where it is. What was written for the days from it on, and the end of the role,
    stay as they were said. Raises ``Refused``.
    """
    handover = _held(planned_id, today)
    row = PlannedHandOver.objects.select_for_update(no_key=True).get(pk=planned_id)
    may_call_off_hand_over(row, by=by, today=today).or_refuse()
    if handover is not None:
        for participant in participants():
            participant.call_off(handover)
    row.cancelled_on = today
    row.save(update_fields=["cancelled_on"])
    record_event(row, root=None, user=row.leaver_id, to=row.to_id, role=row.role, on=row.happens_on)
    return row


def may_carry_out_hand_over(planned: PlannedHandOver, *, by: Principal, today: date) -> Decision:
    """Whether the rest may change hands now: its day has come, the leaver has gone and the colleague is there."""
    allowed = may_call_off_hand_over(planned, by=by, today=today)
    allowed &= refuse_if(planned.happens_on > today, "Its day has not come.", _RULE)
    if not allowed:
        return allowed
    held = Membership.objects.on(today).filter(
        user=planned.leaver_id, agency=planned.agency_id, role=planned.role, area=planned.area_id
    )
    allowed &= refuse_if(held.exists(), "They have been given the role again.", _RULE)
    handover = handed_over(planned, today)
    there = handover is not None and colleagues_of(handover.membership, on=today).filter(pk=planned.to_id).exists()
    return allowed & refuse_if(not there, "The colleague does not hold the role any more.", _RULE)


@service("hand_over_carried_out", asks=may_carry_out_hand_over)
def carry_out_hand_over(*, by: Principal, today: date, planned_id: int) -> PlannedHandOver:
    """Give the colleague all that the leaver still has, from the day that was said, however late this runs.

    Raises ``Refused``.
    """
    handover = _held(planned_id, today)
    row = PlannedHandOver.objects.select_for_update(no_key=True).get(pk=planned_id)
    may_carry_out_hand_over(row, by=by, today=today).or_refuse()
    assert handover is not None, "the twin has asked"  # noqa: S101
    for participant in participants():
        participant.move(handover, by, today)
    row.done_on = today
    row.save(update_fields=["done_on"])
    record_event(row, root=None, user=row.leaver_id, to=row.to_id, role=row.role, on=row.happens_on)
    return row


def _held(planned_id: int, today: date) -> HandOver | None:
    """What was planned, with everything of it locked in the one order."""
    handover = handed_over(PlannedHandOver.objects.select_related("to").get(pk=planned_id), today)
    if handover is not None:
        hold_all(handover)
    return handover
