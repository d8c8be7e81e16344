"""A whole plan accepted, and a single meeting arranged: a sitting and the placing in one (R54 to R57)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from collections.abc import Sequence
from datetime import date, timedelta

from agencies.access import can, can_in_area
from agencies.models import User
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.models import Nominal
from cases.services.locking import locked
from meetings.chairs import is_free
from meetings.models import Sitting, Slot
from meetings.placing import needs_a_meeting, placement_of
from meetings.records import Accepted, Choice, Placing, Planned, SittingRecord
from pages.conflicts import Conflict
from rules.core import Decision, Reason, Refused
from rules.sittings import may_place

from .inviting import BY_THE_TABLE, may_choose
from .locking import hold_panels, hold_people, hold_sittings
from .sittings import may_plan_sitting, plan_sitting
from .slots import may_be_chaired, place_person


def may_accept_plan(area_id: int, *, by: Principal, today: date) -> Decision:
    """Whether people of the area may be placed by a plan; each of them is asked about when it is their turn."""
    return can_in_area(by, Perm.SITTING_PLAN, area_id)


@service(event="plan_accepted", asks=may_accept_plan)
def accept_plan(*, by: Principal, today: date, area_id: int, lines: Sequence[Planned]) -> Accepted:
    """Place everybody in the lines, and say why each that is refused meanwhile is: nothing stops the others.

    Raises ``Refused`` when the whole is not theirs to do.
    """
    may_accept_plan(area_id, by=by, today=today).or_refuse()
    hold_people(line.nominal_id for line in lines)
    hold_panels(line.sitting_id for line in lines)
    hold_sittings(line.sitting_id for line in lines)
    placed: list[Slot] = []
    refused: list[Reason] = []
    for line in lines:
        try:
            placed.append(
                place_person(
                    by=by, today=today, nominal_id=line.nominal_id, sitting_id=line.sitting_id, placing=line.placing
                )
            )
        except Refused as refusal:
            refused.extend(refusal.decision.reasons)
        except Conflict:
            refused.append(Reason("This record was merged into another", "R4"))
    record_event(None, root=None, area=area_id, slots=[slot.pk for slot in placed], refused=len(refused))
    return Accepted(tuple(placed), tuple(refused))


def may_arrange_meeting(
    nominal: Nominal,
    *,
    by: Principal,
    today: date,
    sitting: SittingRecord | None = None,
    placing: Placing | None = None,
    choice: Choice = BY_THE_TABLE,
) -> Decision:
    """Whether a single meeting may be arranged for the person; with a sitting and a placing, whether this one, and
    whether those added to it may be invited.
    """
    allowed = can(by, Perm.SITTING_PLAN, nominal)
    if not allowed:
        return allowed
    allowed &= needs_a_meeting(nominal, today=today)
    if not allowed or sitting is None or placing is None:
        return allowed
    allowed &= may_plan_sitting(nominal.area_id, by=by, today=today, sitting=sitting)
    chair = User.objects.filter(pk=sitting.chair_id).first() if sitting.chair_id is not None else None
    if allowed and chair is not None:
        ends = placing.starts_at + timedelta(minutes=sitting.slot_minutes)
        allowed &= is_free(chair, [(placing.starts_at, ends)], on=sitting.sits_on, sitting_id=None)
        planned = Sitting(area_id=nominal.area_id, starts_at=sitting.starts_at, level=sitting.level)
        allowed &= may_be_chaired(nominal, planned, chair, today=today)
    allowed &= may_choose(nominal, choice, on=sitting.sits_on, today=today)
    because = placing.out_of_time_because
    return allowed & may_place(placement_of(nominal, sitting.sits_on, out_of_time_because=because))


@service(event="meeting_arranged", asks=may_arrange_meeting)
def arrange_meeting(
    *,
    by: Principal,
    today: date,
    nominal_id: int,
    sitting: SittingRecord,
    placing: Placing,
    choice: Choice = BY_THE_TABLE,
) -> Slot:
    """Plan a single meeting, place the person in it, and invite whom the table asks for, as far as they were chosen,
    and whoever was added. Raises ``Refused``: then there is no sitting either, and nobody is invited.
    """
    nominal = locked(nominal_id)
    may_arrange_meeting(nominal, by=by, today=today, sitting=sitting, placing=placing, choice=choice).or_refuse()
    held = plan_sitting(by=by, today=today, area_id=nominal.area_id, sitting=sitting)
    slot = place_person(by=by, today=today, nominal_id=nominal.pk, sitting_id=held.pk, placing=placing, choice=choice)
    left_out, added = sorted(choice.left_out), sorted(each.agency_id for each in choice.added)
    record_event(slot, root=nominal.pk, sitting=held.pk, kind=placing.kind, left_out=left_out, added=added)
    return slot
