"""A screening that was recorded by mistake: put right, or taken away, with the level that it set (R32, R41)."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date

from agencies.access import can
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.facts import facts_of
from cases.level_1 import screenings_of
from cases.models import Screening
from cases.records import ScreeningRecord
from cases.spans import LevelSlot, fitted
from rules.categories import status_periods
from rules.core import Decision
from rules.corrections import SCREENING, may_correct_record, may_take_record_away
from rules.levels import LevelChange, level_on
from rules.levels import may_set_level as rules_may_set_level
from rules.vocabulary import DecidingBody, Level, ScreeningOutcome

from .corrected import put_right, take_away
from .level_1 import level_by_screening, levels_on_the_day, may_record_screening
from .levels import check_fitted, decided_slot, fit_slots, meeting_days, slots_of
from .locking import locked_row
from .obligations import bring_in_line

# Why a level begins on the day of a screening which set none when it was recorded.
INSTEAD = "Screened on that day; the earlier screening that set Level 1 was put right or taken away."


def may_correct_screening(
    row: Screening, *, by: Principal, today: date, screening: ScreeningRecord | None = None, reason: str = ""
) -> Decision:
    """Whether the screening may be recorded as this one instead; without one, for the button.

    The level that it set goes with it, also before a later one: what the other levels then are must be ones that the
    grounds allow.
    """
    nominal = row.nominal
    if screening is None:
        return may_record_screening(nominal, by=by, today=today)
    others = nominal.screenings.exclude(pk=row.pk).values_list("screened_on", flat=True)
    # As one that sets no level: which level it sets is asked below, without the one that it has set.
    decision = may_record_screening(
        nominal, by=by, today=today, screened_on=screening.screened_on, outcome=ScreeningOutcome.REFER,
        reason=screening.reason,
    ) & may_correct_record(
        SCREENING, screening.screened_on, set(others), unchanged=screening == as_recorded(row), reason=reason
    )  # fmt: skip
    return decision & _levels_allow(row, screening, today) if decision else decision


@service(event="screening_corrected", asks=may_correct_screening)
def correct_screening(
    *,
    by: Principal,
    today: date,
    screening_id: int,
    screening: ScreeningRecord,
    reason: str,
    version: int | None = None,
) -> Screening:
    """Put right the day, the outcome or the reasons of a screening, and the level that it set with it.

    Raises ``Refused`` and ``Conflict``.
    """
    nominal, row = locked_row(Screening, screening_id, version)
    may_correct_screening(row, by=by, today=today, screening=screening, reason=reason).or_refuse()
    was, (slots, _) = row.screened_on, _put_right(row, screening, today)
    put_right(row, asdict(screening) | {"reason": screening.reason.strip()}, today=today, reason=reason)
    fit_slots(nominal, slots)
    bring_in_line([nominal.pk], today=today)
    record_event(row, root=nominal.pk, screened_on=row.screened_on, outcome=row.outcome, instead_of=was)
    return row


def may_take_screening_away(row: Screening, *, by: Principal, today: date, reason: str | None = None) -> Decision:
    """Whether the screening may be taken away, with the level that it set; without a reason, for the button."""
    allowed = can(by, Perm.LEVEL_1_RECORD, row.nominal)
    if not allowed or reason is None:
        return allowed
    return allowed & may_take_record_away(SCREENING, reason=reason) & _levels_allow(row, None, today)


@service(event="screening_taken_away", asks=may_take_screening_away)
def take_screening_away(
    *, by: Principal, today: date, screening_id: int, reason: str, version: int | None = None
) -> None:
    """Take away a screening that never was, with the level that it set: the next screening that stands sets Level 1
    from its day; where there is none, no level is set on those days, and the screening is due again. The change log
    keeps both and the reason. Raises ``Refused`` and ``Conflict``.
    """
    nominal, row = locked_row(Screening, screening_id, version)
    may_take_screening_away(row, by=by, today=today, reason=reason).or_refuse()
    slots, _ = _put_right(row, None, today)
    take_away(row, root=nominal.pk, today=today, reason=reason, screened_on=row.screened_on, outcome=row.outcome)
    fit_slots(nominal, slots)
    bring_in_line([nominal.pk], today=today)


def as_recorded(row: Screening) -> ScreeningRecord:
    """What stands recorded."""
    return ScreeningRecord(row.screened_on, ScreeningOutcome(row.outcome), row.reason)


@dataclass(frozen=True, slots=True)
class WithoutScreening:
    """What is so when a screening is taken away. ``level_goes``: it set Level 1; ``level_1_from``: the day of the
    screening that sets it instead, if one does; ``due_again``: nobody else has screened the person.
    """

    level_goes: bool
    level_1_from: date | None
    due_again: bool


def without_screening(row: Screening, *, today: date) -> WithoutScreening:
    """What follows when the screening is taken away, for the page that asks."""
    nominal, facts = row.nominal, facts_of(row.nominal)
    stored, (left, _) = slots_of(nominal), _put_right(row, None, today)
    levels = tuple(slot.facts() for slot in fitted(left, status_periods(facts.grounds)))
    others = nominal.screenings.exclude(pk=row.pk).values_list("screened_on", flat=True)
    due = screenings_of(replace(facts, levels=levels), list(others), parameters_for(nominal.area_id), today)
    return WithoutScreening(
        level_goes=_set_by(row, stored) is not None,
        level_1_from=next((slot.starts_on for slot in left if slot.key is None), None),
        due_again=any(each.met_on is None for each in due),
    )


def _levels_allow(row: Screening, screening: ScreeningRecord | None, today: date) -> Decision:
    facts = facts_of(row.nominal)
    slots, change = _put_right(row, screening, today)
    right = fitted(slots, status_periods(facts.grounds))
    decision = check_fitted(right, facts.grounds)
    if change is None:
        return decision
    stored = slots_of(row.nominal)
    gone = _set_by(row, stored)
    levels = levels_on_the_day(change, [slot for slot in stored if slot != gone], right)
    meetings = meeting_days(row.nominal)
    return decision & rules_may_set_level(change, levels, facts.grounds, meetings=meetings, today=today)


def _put_right(
    row: Screening, screening: ScreeningRecord | None, today: date
) -> tuple[list[LevelSlot], LevelChange | None]:
    """The levels as they are without the screening and with the one in its place, and the change which that one makes:
    none when it has set no level and is put right in its words only.

    On the days of the Level 1 that goes, the next screening that found Level 1 enough sets it: it had set none only
    because the level stood already (R32).
    """
    stored = slots_of(row.nominal)
    gone = _set_by(row, stored)
    if screening and not gone and (screening.screened_on, screening.outcome) == (row.screened_on, row.outcome):
        return stored, None
    slots = [slot for slot in stored if slot != gone]
    others = row.nominal.screenings.exclude(pk=row.pk) if gone else row.nominal.screenings.none()
    standing = [as_recorded(other) for other in others if gone and gone.covers(other.screened_on)]
    own = None
    for each in sorted([*standing, *([screening] if screening else ())], key=lambda each: each.screened_on):
        change = level_by_screening(each.screened_on, each.outcome, each.reason, today)
        level = level_on([slot.facts() for slot in slots], each.screened_on).value
        if change is None or level not in (None, Level.NOT_SET):
            continue
        if each is screening:
            own = change
        else:
            change = replace(change, backdating_reason=INSTEAD)
        slots.append(decided_slot(change))
    return slots, own


def _set_by(row: Screening, slots: Iterable[LevelSlot]) -> LevelSlot | None:
    """The level that the screening set."""
    its = (Level.ONE, DecidingBody.SCREENING, row.screened_on)
    return next((slot for slot in slots if (slot.level, slot.decided_by, slot.starts_on) == its), None)
