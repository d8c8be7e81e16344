"""Legal grounds: recorded, ended, voided. The category follows; levels and obligations are kept in line (R7 to R29)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from agencies.access import can
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.facts import ground_facts, ground_facts_of_record, person_facts
from cases.models import Ground, Nominal, QualifyingOffence
from cases.records import GroundRecord
from rules.categories import category_of, open_grounds
from rules.core import DAY, Decision, Reason
from rules.eligibility import days_in_order, may_stand_beside
from rules.eligibility import may_record_ground as rules_may_record_ground
from rules.endings import may_end_ground as rules_may_end_ground
from rules.endings import may_void_ground as rules_may_void_ground
from rules.endings import qualifying_disposal_ends_on
from rules.facts import GroundFacts
from rules.levels import LevelChange, level_ends_through, may_end_level
from rules.levels import may_set_level as rules_may_set_level
from rules.vocabulary import Category, EndReason, GroundKind, Handling, KeyDateKind

from .levels import decided_slot, fit_levels, levels_allow, meeting_days, slots_of
from .locking import locked, locked_ground
from .obligations import bring_in_line

LICENCE, ORDER = KeyDateKind.LICENCE_END, KeyDateKind.ORDER_END
BY_SENTENCE = frozenset({EndReason.LICENCE_ENDED, EndReason.ORDER_ENDED})
CATEGORY_4 = frozenset(kind for kind in GroundKind if category_of(kind) is Category.FOUR)
COLUMNS = (
    "kind", "starts_on", "ends_on", "offence_text", "outcome_on", "service_court", "terrorist_offence", "order",
    "order_ends_on", "disposal_on", "term_months", "term_days", "total_of_consecutive_terms", "legal_confirmation",
    "finding_capacity", "finding_current", "end_confirmed", "voided_on", "void_reason",
)  # fmt: skip


def may_record_ground(
    nominal: Nominal,
    *,
    by: Principal,
    today: date,
    ground: GroundRecord | None = None,
    level: LevelChange | None = None,
) -> Decision:
    """Whether this ground may be recorded; without one, whether any may be, for the button.

    ``level`` is the decision on the level that starts with the ground: needed for a ground that is itself a decision,
    unless the person is at Level 2 or 3 already (R25, R31).
    """
    allowed = can(by, Perm.GROUND_RECORD, nominal)
    if not allowed or ground is None:
        return allowed
    offence = _offence(ground.offence_code)
    if ground.offence_code and offence is None:
        return Decision.no(Reason("No offence in the reference table has this code.", "R10"))
    new = ground_facts_of_record(ground, title=offence.title if offence else "")
    if not (in_order := days_in_order(new)):
        return in_order
    others = _beside(nominal, new)
    params = parameters_for(nominal.area)
    asked = rules_may_record_ground(new, others, person_facts(nominal), params, today=today)
    decision = allowed & _cleared(new, by) & asked
    grounds = [*others, new]
    if level is None:
        return decision & levels_allow(nominal, grounds)
    decision &= can(by, Perm.LEVEL_RECORD, nominal)
    # Category 3 may be decided before the day from which it holds (R18), and its level with it.
    known = max(today, level.starts_on)
    spans = [slot.facts() for slot in slots_of(nominal)]
    decision &= _starts_together(new, level, others) & rules_may_set_level(
        level, spans, grounds, meetings=meeting_days(nominal), today=known
    )
    return decision & levels_allow(nominal, grounds, decided_slot(level))


@service(event="ground_recorded", asks=may_record_ground)
def record_ground(
    *,
    by: Principal,
    today: date,
    nominal_id: int,
    ground: GroundRecord,
    level: LevelChange | None = None,
) -> Ground:
    """Add a ground. The first one opens the status, and with it "level not yet set" or the level given (R25, R32).

    An automatic ground ends an open Category 3 the day before it starts: same case, another category (R18, R27).
    A Category 4 ground closes the record to everyone without clearance (R99). Raises ``Refused``.
    """
    nominal = locked(nominal_id)
    may_record_ground(nominal, by=by, today=today, ground=ground, level=level).or_refuse()
    stored = Ground.objects.create(nominal=nominal, **row_of(ground, _offence(ground.offence_code)))
    facts = ground_facts(stored)
    for old in _superseded(nominal, facts):
        Ground.objects.filter(pk=old.pk).update(
            ends_on=facts.starts_on - DAY, end_reason=EndReason.SUPERSEDED, end_confirmed=True, version=old.version + 1
        )
    decided = [] if level is None else [decided_slot(level)]
    fit_levels(nominal, *decided)
    if facts.kind in CATEGORY_4 and nominal.handling != Handling.CATEGORY_4:
        Nominal.objects.filter(pk=nominal.pk).update(handling=Handling.CATEGORY_4, version=nominal.version + 1)
    bring_in_line([nominal.pk], today=today)
    record_event(stored, root=nominal.pk, kind=stored.kind, starts_on=stored.starts_on)
    return stored


def may_end_ground(
    ground: Ground,
    *,
    by: Principal,
    today: date,
    ends_on: date | None = None,
    reason: EndReason | None = None,
    superintendent: str = "",
) -> Decision:
    """Whether the ground's end may be set or moved. Without a reason: whether any may be, for the button."""
    allowed = can(by, Perm.GROUND_EDIT, ground)
    if not allowed or reason is None:
        return allowed
    nominal, facts = ground.nominal, ground_facts(ground)
    allowed &= rules_may_end_ground(
        facts, ends_on, reason, person=person_facts(nominal), params=parameters_for(nominal.area),
        superintendent=superintendent,
    )  # fmt: skip
    if reason is EndReason.LEVEL_2_3_ENDED:
        allowed &= can(by, Perm.LEVEL_RECORD, ground)
    if not allowed:
        return allowed
    new = replace(facts, ends_on=ends_on, end_reason=reason)
    grounds = [*(others := _beside(nominal, new)), new]
    allowed &= may_stand_beside(new, others) & levels_allow(nominal, grounds)
    if ends_on is None:
        return allowed
    return allowed & _level_ends(nominal, grounds, ends_on, reason) & _as_key_dates_say(nominal, new)


@service(event="ground_end_set", asks=may_end_ground)
def end_ground(
    *,
    by: Principal,
    today: date,
    ground_id: int,
    ends_on: date | None,
    reason: EndReason,
    superintendent: str = "",
    version: int | None = None,
    confirmed: bool = True,
) -> Ground:
    """Set, move or (with None) take away the last day of a ground, past or ahead.

    When it was the last ground, level and status end the same day (R25, R32); otherwise the person is in the category
    of the grounds that remain, at the same level (R27). ``superintendent`` decided that indefinite notification is
    revoked (R22). Raises ``Refused``, and ``Conflict`` for an outdated version.
    """
    nominal, ground = locked_ground(ground_id, version)
    may_end_ground(
        ground, by=by, today=today, ends_on=ends_on, reason=reason, superintendent=superintendent
    ).or_refuse()
    ground.ends_on, ground.end_confirmed = ends_on, confirmed and ends_on is not None
    ground.end_reason = reason if ends_on is not None else ""
    ground.end_superintendent = superintendent.strip() if ground.end_reason == EndReason.NOTIFICATION_REVOKED else ""
    ground.version += 1
    ground.save(update_fields=["ends_on", "end_reason", "end_confirmed", "end_superintendent", "version"])
    fit_levels(nominal)
    bring_in_line([nominal.pk], today=today)
    record_event(ground, root=nominal.pk, kind=ground.kind, ends_on=ends_on, reason=reason)
    return ground


def may_void_ground(ground: Ground, *, by: Principal, today: date, reason: str | None = None) -> Decision:
    """Whether the ground may be voided as if it had never been. Without a reason: for the button."""
    allowed = can(by, Perm.GROUND_EDIT, ground)
    if not allowed or reason is None:
        return allowed
    nominal, facts = ground.nominal, ground_facts(ground)
    decision = allowed & rules_may_void_ground(facts, reason=reason)
    return decision & levels_allow(nominal, [other for other in _all(nominal) if other.key != facts.key])


@service(event="ground_voided", asks=may_void_ground)
def void_ground(*, by: Principal, today: date, ground_id: int, reason: str, version: int | None = None) -> Ground:
    """Void a ground, as quashed on appeal: it no longer counts from its start, and the evidence keeps it (R29).

    Levels of days that have no status any more go with it. Raises ``Refused`` and ``Conflict``.
    """
    nominal, ground = locked_ground(ground_id, version)
    may_void_ground(ground, by=by, today=today, reason=reason).or_refuse()
    ground.voided_on, ground.void_reason = today, reason.strip()
    ground.version += 1
    ground.save(update_fields=["voided_on", "void_reason", "version"])
    fit_levels(nominal)
    bring_in_line([nominal.pk], today=today)
    record_event(ground, root=nominal.pk, kind=ground.kind, voided_on=today)
    return ground


def row_of(record: GroundRecord, offence: QualifyingOffence | None) -> dict[str, object]:
    """The columns of a ground, for one or for many."""
    row: dict[str, object] = {name: getattr(record, name) for name in COLUMNS}
    row["offence_id"] = offence.pk if offence else None
    for name in ("outcome", "disposal", "end_reason"):
        row[name] = getattr(record, name) or ""
    return row


def _offence(code: str) -> QualifyingOffence | None:
    return QualifyingOffence.objects.filter(code=code).first() if code else None


def _superseded(nominal: Nominal, new: GroundFacts) -> list[Ground]:
    """Open Category 3 grounds that began before this ground, whose place it takes."""
    if new.kind is GroundKind.OTHER_DANGEROUS:
        return []
    before = nominal.grounds.filter(
        kind=GroundKind.OTHER_DANGEROUS, voided_on__isnull=True, starts_on__lt=new.starts_on
    )
    return [ground for ground in before if ground.ends_on is None or ground.ends_on >= new.starts_on]


def _beside(nominal: Nominal, new: GroundFacts) -> list[GroundFacts]:
    """The person's other grounds as they will stand beside the new one."""
    ended = {ground.pk for ground in _superseded(nominal, new)}
    return [
        replace(ground, ends_on=new.starts_on - DAY) if ground.key in ended else ground
        for ground in _all(nominal)
        if new.key is None or ground.key != new.key
    ]


def _all(nominal: Nominal) -> list[GroundFacts]:
    return [ground_facts(ground) for ground in nominal.grounds.select_related("offence").order_by("starts_on", "id")]


def _level_ends(nominal: Nominal, grounds: Sequence[GroundFacts], on: date, reason: EndReason) -> Decision:
    """Whether what ends the status with this ground may end the level too (R36); yes where status goes on."""
    span = next((slot for slot in slots_of(nominal) if slot.covers(on)), None)
    if span is None or open_grounds(grounds, on + DAY):
        return Decision.yes()
    return may_end_level(span.facts(), on, level_ends_through(reason), meetings=meeting_days(nominal))


def _as_key_dates_say(nominal: Nominal, new: GroundFacts) -> Decision:
    """Warns when a sentence's end is not that of the licence or order among the dates ahead (R23)."""
    if category_of(new.kind) is not Category.TWO or new.end_reason not in BY_SENTENCE:
        return Decision.yes()
    known = dict(nominal.key_dates.filter(kind__in=(LICENCE, ORDER)).values_list("kind", "falls_on"))
    last = qualifying_disposal_ends_on(known.get(LICENCE), known.get(ORDER))
    return Decision.yes(warnings=last.reasons if last.value not in (None, new.ends_on) else ())


def _cleared(new: GroundFacts, by: Principal) -> Decision:
    if new.kind in CATEGORY_4 and not by.category_4:
        return Decision.no(Reason("Only a person cleared for Category 4 may record this ground.", "R99"))
    return Decision.yes()


def _starts_together(new: GroundFacts, level: LevelChange, others: Sequence[GroundFacts]) -> Decision:
    """A level comes with its ground; where the ground lies ahead, it may come before, under one that stands (R18)."""
    before = level.starts_on < new.starts_on and bool(open_grounds(others, level.starts_on))
    if new.starts_on != level.starts_on and not before:
        return Decision.no(Reason("The level that comes with a ground starts on the same day.", "R32"))
    return Decision.yes()
