"""Decisions on the level, and the upkeep that makes levels follow the status (R31 to R36)."""

from collections.abc import Sequence
from datetime import date

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.facts import facts_of, ground_facts
from cases.models import LevelSpan, Nominal
from cases.spans import LevelSlot, fitted
from rules.categories import status_periods
from rules.core import Decision
from rules.facts import GroundFacts
from rules.levels import LevelChange, LevelCriteria, check_levels
from rules.levels import may_set_level as rules_may_set_level
from rules.vocabulary import DecidingBody, Level

from .locking import locked, unchanged
from .obligations import bring_in_line

NO_CRITERIA = LevelCriteria()


def may_set_level(nominal: Nominal, *, by: Principal, today: date, change: LevelChange | None = None) -> Decision:
    """Whether this decision on the level may be recorded. Without one: whether any may be, for the button."""
    allowed = can(by, Perm.LEVEL_RECORD, nominal)
    if not allowed or change is None:
        return allowed
    facts = facts_of(nominal)
    decision = allowed & rules_may_set_level(
        change, facts.levels, facts.grounds, meetings=meeting_days(nominal), today=today
    )
    return decision & levels_allow(nominal, facts.grounds, decided_slot(change))


@service(event="level_set", asks=may_set_level)
def set_level(
    *,
    by: Principal,
    today: date,
    nominal_id: int,
    level: Level,
    starts_on: date,
    decided_by: DecidingBody,
    criteria: LevelCriteria = NO_CRITERIA,
    reason: str = "",
    decision: str = "",
    backdating_reason: str = "",
    version: int | None = None,
) -> LevelSpan:
    """Record a level from the day of its decision; the one before ends the day before (R32).

    ``criteria`` is what the deciding body found (R33, R34), ``decision`` the key of what decided it. A decision for
    a day that already starts a level replaces that one. ``version`` is the stamp of the levels that were seen; without
    one nothing is compared. Raises ``Refused``, and ``pages.conflicts.Conflict`` when they have been changed since.
    """
    nominal = locked(nominal_id)
    unchanged(nominal.levels.all(), version)
    change = LevelChange(level, starts_on, decided_by, criteria, backdating_reason, reason, decision)
    may_set_level(nominal, by=by, today=today, change=change).or_refuse()
    fit_levels(nominal, decided_slot(change))
    bring_in_line([nominal.pk], today=today)
    span = LevelSpan.objects.get(nominal=nominal, starts_on=starts_on)
    record_event(span, root=nominal.pk, level=level, starts_on=starts_on, decided_by=decided_by)
    return span


def decided_slot(change: LevelChange) -> LevelSlot:
    """The span that a decision opens, with the reasons of the decision, of the criteria and of back-dating together."""
    backdated = f"Back-dated: {change.backdating_reason.strip()}" if change.backdating_reason.strip() else ""
    texts = [*change.reasons, backdated]
    return LevelSlot(
        level=change.level,
        starts_on=change.starts_on,
        decided_by=change.body,
        decision=change.decision,
        reason="\n".join(text.strip() for text in texts if text.strip()),
    )


def levels_allow(nominal: Nominal, grounds: Sequence[GroundFacts], *decided: LevelSlot) -> Decision:
    """Whether the levels, as they will follow these grounds, are ones that the grounds allow (R25, R31, R32)."""
    return check_fitted(fitted([*slots_of(nominal), *decided], status_periods(grounds)), grounds)


def check_fitted(levels: Sequence[LevelSlot], grounds: Sequence[GroundFacts]) -> Decision:
    """The rule's check of spans that are not stored yet."""
    return check_levels([slot.facts() for slot in levels], grounds)


def meeting_days(nominal: Nominal) -> frozenset[date]:
    """The days of the Level 2 and 3 meetings held about the person."""
    return frozenset(nominal.qualifying_meetings.values_list("held_on", flat=True))


def fit_levels(nominal: Nominal, *decided: LevelSlot) -> None:
    """Make the stored spans cover exactly the days of status, with these new decisions. The caller holds the lock."""
    fit_slots(nominal, [*slots_of(nominal), *decided])


def fit_slots(nominal: Nominal, slots: Sequence[LevelSlot]) -> None:
    """Make the stored spans those that come of these, fitted to the days of status. The caller holds the lock."""
    grounds = [ground_facts(ground) for ground in nominal.grounds.select_related("offence")]
    stored = {slot.key: slot for slot in slots_of(nominal)}
    wanted = fitted(slots, status_periods(grounds))
    kept = {slot.key for slot in wanted if slot.key is not None}
    LevelSpan.objects.filter(pk__in=stored.keys() - kept).delete()
    for slot in wanted:
        if slot.key is None:
            LevelSpan.objects.create(
                nominal=nominal, level=slot.level, starts_on=slot.starts_on, ends_on=slot.ends_on,
                decided_by=slot.decided_by, decision=slot.decision, reason=slot.reason,
            )  # fmt: skip
        elif slot != stored[slot.key]:
            LevelSpan.objects.filter(pk=slot.key).update(starts_on=slot.starts_on, ends_on=slot.ends_on)


def slots_of(nominal: Nominal) -> list[LevelSlot]:
    """The stored spans, in order."""
    return [
        LevelSlot(
            level=Level(span.level), starts_on=span.starts_on, ends_on=span.ends_on,
            decided_by=DecidingBody(span.decided_by), decision=span.decision, reason=span.reason, key=span.pk,
        )
        for span in nominal.levels.order_by("starts_on")
    ]  # fmt: skip
