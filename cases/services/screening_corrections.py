"""A screening that was recorded by mistake: put right, or taken away, with the level that it set (R32, R41)."""

from collections.abc import Iterable
from datetime import date

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.facts import facts_of
from cases.models import Screening
from cases.records import ScreeningRecord
from cases.spans import LevelSlot, fitted
from rules.categories import status_periods
from rules.core import Decision
from rules.corrections import may_correct_screening as rules_may_correct_screening
from rules.corrections import may_take_screening_away as rules_may_take_screening_away
from rules.levels import LevelChange, level_on
from rules.levels import may_set_level as rules_may_set_level
from rules.vocabulary import DecidingBody, Level, ScreeningOutcome

from .level_1 import level_by_screening, may_record_screening
from .levels import check_fitted, decided_slot, fit_slots, meeting_days, slots_of
from .locking import locked_row
from .obligations import bring_in_line


def may_correct_screening(
    row: Screening, *, by: Principal, today: date, screening: ScreeningRecord | None = None, reason: str = ""
) -> Decision:
    """Whether the screening may be recorded as this one instead; without one, for the button.

    The level that it set goes with it: what the other levels then are must be ones that the grounds allow.
    """
    nominal = row.nominal
    if screening is None:
        return may_record_screening(nominal, by=by, today=today)
    others = nominal.screenings.exclude(pk=row.pk).values_list("screened_on", flat=True)
    # As one that sets no level: which level it sets is asked below, without the one that it has set.
    decision = may_record_screening(
        nominal, by=by, today=today, screened_on=screening.screened_on, outcome=ScreeningOutcome.REFER,
        reason=screening.reason,
    ) & rules_may_correct_screening(
        screening.screened_on, set(others), unchanged=screening == as_recorded(row), reason=reason
    )  # fmt: skip
    return decision & _levels_allow(row, screening, today) if decision else decision


@service(event="screening_corrected", asks=may_correct_screening)
def correct_screening(
    *, by: Principal, today: date, screening_id: int, screening: ScreeningRecord, reason: str
) -> Screening:
    """Put right the day, the outcome or the reasons of a screening, and the level that it set with it.

    Raises ``Refused`` and ``Conflict``.
    """
    nominal, row = locked_row(Screening, screening_id)
    may_correct_screening(row, by=by, today=today, screening=screening, reason=reason).or_refuse()
    was, slots = row.screened_on, _slots(row, screening, today)
    row.screened_on, row.outcome, row.reason = screening.screened_on, screening.outcome, screening.reason.strip()
    row.corrected_on, row.correction = today, reason.strip()
    row.save()
    fit_slots(nominal, slots)
    bring_in_line([nominal.pk], today=today)
    record_event(row, root=nominal.pk, screened_on=row.screened_on, outcome=row.outcome, instead_of=was)
    return row


def may_take_screening_away(row: Screening, *, by: Principal, today: date, reason: str | None = None) -> Decision:
    """Whether the screening may be taken away, with the level that it set; without a reason, for the button."""
    allowed = can(by, Perm.LEVEL_1_RECORD, row.nominal)
    if not allowed or reason is None:
        return allowed
    return allowed & rules_may_take_screening_away(reason=reason) & _levels_allow(row, None, today)


@service(event="screening_taken_away", asks=may_take_screening_away)
def take_screening_away(*, by: Principal, today: date, screening_id: int, reason: str) -> None:
    """Take away a screening that never was, with the level that it set: no level is set on those days, and it is due
    again. The change log keeps both and the reason. Raises ``Refused`` and ``Conflict``.
    """
    nominal, row = locked_row(Screening, screening_id)
    may_take_screening_away(row, by=by, today=today, reason=reason).or_refuse()
    slots = _slots(row, None, today)
    # The reason is written on the row first: so it stands in the history of what went.
    row.corrected_on, row.correction = today, reason.strip()
    row.save(update_fields=["corrected_on", "correction"])
    record_event(row, root=nominal.pk, screened_on=row.screened_on, outcome=row.outcome)
    row.delete()
    fit_slots(nominal, slots)
    bring_in_line([nominal.pk], today=today)


def as_recorded(row: Screening) -> ScreeningRecord:
    """What stands recorded."""
    return ScreeningRecord(row.screened_on, ScreeningOutcome(row.outcome), row.reason)


def _levels_allow(row: Screening, screening: ScreeningRecord | None, today: date) -> Decision:
    facts = facts_of(row.nominal)
    decision = check_fitted(fitted(_slots(row, screening, today), status_periods(facts.grounds)), facts.grounds)
    change = _sets(row, screening, today)
    if change is not None:
        levels = [slot.facts() for slot in _without(row, slots_of(row.nominal))]
        meetings = meeting_days(row.nominal)
        decision &= rules_may_set_level(change, levels, facts.grounds, meetings=meetings, today=today)
    return decision


def _slots(row: Screening, screening: ScreeningRecord | None, today: date) -> list[LevelSlot]:
    """The levels as they are without the screening, and with the one in its place."""
    slots, change = _without(row, slots_of(row.nominal)), _sets(row, screening, today)
    return slots if change is None else [*slots, decided_slot(change)]


def _sets(row: Screening, screening: ScreeningRecord | None, today: date) -> LevelChange | None:
    """The level that the screening in its place sets, where none is set by anything else."""
    if screening is None:
        return None
    levels = [slot.facts() for slot in _without(row, slots_of(row.nominal))]
    if level_on(levels, screening.screened_on).value not in (None, Level.NOT_SET):
        return None
    return level_by_screening(screening.screened_on, screening.outcome, screening.reason, today)


def _without(row: Screening, slots: Iterable[LevelSlot]) -> list[LevelSlot]:
    """The levels but for the one that the screening set."""
    return [
        slot
        for slot in slots
        if (slot.level, slot.decided_by, slot.starts_on) != (Level.ONE, DecidingBody.SCREENING, row.screened_on)
    ]
