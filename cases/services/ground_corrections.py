"""The first day of a ground, put right with a reason: category, levels and what is due follow it (R7, R27, R32)."""

from dataclasses import replace
from datetime import date

from agencies.access import can
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.facts import ground_facts, person_facts
from cases.models import Ground, Nominal
from cases.spans import LevelSlot, fitted
from rules.categories import status_periods
from rules.core import DAY, Decision
from rules.corrections import beside_moved_ground, gave_way_to
from rules.corrections import may_correct_ground_start as rules_may_correct_ground_start
from rules.facts import GroundFacts

from .levels import check_fitted, fit_slots, slots_of
from .locking import locked_ground
from .obligations import bring_in_line


def may_correct_ground_start(
    ground: Ground, *, by: Principal, today: date, starts_on: date | None = None, reason: str = ""
) -> Decision:
    """Whether the ground may begin on another day; without one, for the button."""
    allowed = can(by, Perm.GROUND_EDIT, ground)
    if not allowed or starts_on is None:
        return allowed
    nominal, wrong = ground.nominal, ground_facts(ground)
    others = _others(nominal, ground)
    decision = allowed & rules_may_correct_ground_start(
        wrong, starts_on, others, person_facts(nominal), parameters_for(nominal.area), today=today, reason=reason
    )
    if not decision:
        return decision
    grounds = [*beside_moved_ground(wrong, starts_on, others), replace(wrong, starts_on=starts_on)]
    return decision & check_fitted(fitted(_moved(nominal, wrong, starts_on), status_periods(grounds)), grounds)


@service(event="ground_start_corrected", asks=may_correct_ground_start)
def correct_ground_start(
    *, by: Principal, today: date, ground_id: int, starts_on: date, reason: str, version: int | None = None
) -> Ground:
    """Let a ground begin on another day. The levels follow the status (R32): "not yet set" fills days that were not
    decided about, and the level that came with a ground that is itself a decision moves with it (R25). Category 3 that
    ended for this ground ends the day before it (R18, R27). Raises ``Refused`` and ``Conflict``.
    """
    nominal, ground = locked_ground(ground_id, version)
    may_correct_ground_start(ground, by=by, today=today, starts_on=starts_on, reason=reason).or_refuse()
    wrong = ground_facts(ground)
    slots = _moved(nominal, wrong, starts_on)
    for other in nominal.grounds.exclude(pk=ground.pk):
        if gave_way_to(wrong, ground_facts(other)):
            Ground.objects.filter(pk=other.pk).update(ends_on=starts_on - DAY, version=other.version + 1)
    ground.starts_on = starts_on
    ground.corrected_on, ground.correction = today, reason.strip()
    ground.version += 1
    ground.save(update_fields=["starts_on", "corrected_on", "correction", "version"])
    fit_slots(nominal, slots)
    bring_in_line([nominal.pk], today=today)
    record_event(ground, root=nominal.pk, kind=ground.kind, starts_on=starts_on, instead_of=wrong.starts_on)
    return ground


def _others(nominal: Nominal, own: Ground) -> list[GroundFacts]:
    stored = nominal.grounds.exclude(pk=own.pk).select_related("offence").order_by("starts_on", "id")
    return [ground_facts(ground) for ground in stored]


def _moved(nominal: Nominal, wrong: GroundFacts, starts_on: date) -> list[LevelSlot]:
    """The person's levels; the one that came with a ground that is itself a decision begins with it."""
    slots = slots_of(nominal)
    if wrong.kind.is_automatic or any(slot.covers(wrong.starts_on - DAY) for slot in slots):
        return slots
    return [replace(slot, starts_on=starts_on) if slot.starts_on == wrong.starts_on else slot for slot in slots]
