"""The day of a hand-over that was said ahead: what has no days of its own goes over, and what came since."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db.models import QuerySet

from agencies.access import can
from agencies.handover import (
    RULE,
    HandOver,
    Journal,
    colleagues_of,
    due_handovers,
    handed_over,
    participants,
    stands,
    with_standing,
)
from agencies.models import Membership, PlannedHandOver, User
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from audit.rows import one_by_one
from rules.core import Decision

from .hand_over_journal import call_back, journal_of, keep, locked
from .handover import give_away, hold_all
from .partners import refuse_if

_NO_ROLE = "The role that was to be handed over is not there any more: call the hand-over off."


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
    allowed &= refuse_if(planned.done_on is not None, "It is done: the work has changed hands.", RULE)
    return allowed & refuse_if(planned.cancelled_on is not None, "It is called off already.", RULE)


@service("hand_over_called_off", asks=may_call_off_hand_over)
def call_off_hand_over(*, by: Principal, today: date, planned_id: int) -> PlannedHandOver:
    """Let what waits for the day stay where it is. Before the day, what was written for the days from it on, and the
    end of the role, go back as they were, but for what somebody has changed since. Raises ``Refused``.
    """
    handover = _held(planned_id, today, back=True)
    row = locked(planned_id, handover)
    may_call_off_hand_over(row, by=by, today=today).or_refuse()
    stay = 0
    if handover is not None:
        row.brought_back = bool(handover.journal.lines)
        stay = call_back(handover, by, today)
    if not row.brought_back:
        row.entries.all().delete()
    row.cancelled_on = today
    row.save(update_fields=["cancelled_on", "brought_back"])
    record_event(row, root=None, user=row.leaver_id, to=row.to_id, role=row.role, on=row.happens_on, stay=stay)
    return row


def may_carry_out_hand_over(planned: PlannedHandOver, *, by: Principal, today: date) -> Decision:
    """Whether the rest may change hands now: its day has come, the leaver has gone and the colleague is there."""
    allowed = may_call_off_hand_over(planned, by=by, today=today)
    allowed &= refuse_if(planned.happens_on > today, "Its day has not come.", RULE)
    if not allowed:
        return allowed
    allowed &= stands(with_standing(PlannedHandOver.objects.all(), today).get(pk=planned.pk))
    return allowed & refuse_if(handed_over(planned, today) is None, _NO_ROLE, RULE)


@service("hand_over_carried_out", asks=may_carry_out_hand_over)
def carry_out_hand_over(*, by: Principal, today: date, planned_id: int) -> PlannedHandOver:
    """Give the colleague all that the leaver still has, from the day that was said, however late this runs.

    Raises ``Refused``.
    """
    handover = _held(planned_id, today)
    row = locked(planned_id, handover)
    may_carry_out_hand_over(row, by=by, today=today).or_refuse()
    assert handover is not None, "the twin has asked"  # noqa: S101
    for participant in participants():
        participant.move(handover, by, today)
    row.entries.all().delete()
    row.done_on = today
    row.save(update_fields=["done_on"])
    record_event(row, root=None, user=row.leaver_id, to=row.to_id, role=row.role, on=row.happens_on)
    return row


def may_change_successor(planned: PlannedHandOver, *, by: Principal, today: date, to: User | None = None) -> Decision:
    """Whether what waits may go to this colleague instead; without one, whether to any."""
    allowed = may_call_off_hand_over(planned, by=by, today=today)
    if not allowed or to is None:
        return allowed
    allowed &= refuse_if(to.pk == planned.to_id, "It goes to this colleague already.", RULE)
    return allowed & refuse_if(
        not successors_of(planned, today).filter(pk=to.pk).exists(),
        "Choose a colleague who holds the same role for the same agency on that day.",
        RULE,
    )


def successors_of(planned: PlannedHandOver, today: date) -> QuerySet[User]:
    """Who may take over instead: on the day ahead, or today when that day has come."""
    handover = handed_over(planned, today)
    if handover is None:
        return User.objects.none()
    found = colleagues_of(handover.membership, on=max(planned.happens_on, today))
    return found.exclude(pk__in=[planned.to_id, planned.leaver_id])


@service("hand_over_successor_changed", asks=may_change_successor)
def change_successor(*, by: Principal, today: date, planned_id: int, to_user_id: int) -> PlannedHandOver:
    """Let everything go to another colleague instead. Before the day, what was written ahead is taken back first, so
    that nothing goes to the first but what somebody has changed since: their hand-over is kept as called off, with
    that. Once the day has come it holds, and what waits goes to the other with the next background work.

    Raises ``Refused``.
    """
    to = User.objects.get(pk=to_user_id)
    before = _held(planned_id, today, then=to, back=True)
    row = locked(planned_id, before)
    may_change_successor(row, by=by, today=today, to=to).or_refuse()
    assert before is not None, "the twin has asked"  # noqa: S101
    first, stay = row.to, 0
    row.to = to
    if row.happens_on > today:
        stay = _change_ahead(row, first, before, by, today)
    else:
        for participant in participants():
            participant.call_off(before, by, today)
        row.save(update_fields=["to"])
    record_event(
        row, root=None, user=row.leaver_id, first=first.pk, to=to.pk, role=row.role, on=row.happens_on, stay=stay
    )  # fmt: skip
    return row


def _change_ahead(row: PlannedHandOver, first: User, before: HandOver, by: Principal, today: date) -> int:
    """How many of the rows that were written ahead stay with the first."""
    stay = call_back(before, by, today)
    called_off = PlannedHandOver.objects.create(
        leaver_id=row.leaver_id, agency_id=row.agency_id, role=row.role, area_id=row.area_id, to=first,
        happens_on=row.happens_on, cancelled_on=today, brought_back=bool(before.journal.lines),
    )  # fmt: skip
    row.entries.update(hand_over=called_off)
    row.save(update_fields=["to"])
    membership = Membership.objects.select_for_update(no_key=True, of=("self",)).select_related("user", "agency")
    held = membership.get(pk=before.membership.pk)
    keep(give_away(replace(before, membership=held, to=row.to, journal=Journal()), by, today), row)
    return stay


def _held(planned_id: int, today: date, *, then: User | None = None, back: bool = False) -> HandOver | None:
    """What was planned, with everything of it locked in the one order, for whoever takes it over ``then``; with what
    goes ``back`` before the day.
    """
    planned = PlannedHandOver.objects.select_related("to").get(pk=planned_id)
    handover = handed_over(planned, today)
    if handover is None:
        return None
    if back and planned.happens_on > today:
        handover = replace(handover, journal=journal_of(planned))
    if then is None:
        hold_all(handover)
    else:
        hold_all(replace(handover, to=then, journal=Journal()), back=handover)
    return handover
