"""An outcome of thresholding that was recorded by mistake: put right, or taken away, with the reason (R50)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from dataclasses import asdict
from datetime import date

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.models import Thresholding
from cases.records import ThresholdingRecord
from rules.core import Decision
from rules.corrections import THRESHOLDING, against_correction, may_correct_record, may_take_record_away
from rules.vocabulary import ThresholdingOutcome

from .corrected import put_right, take_away
from .locking import locked_row
from .screening import thresholding_goes


def may_correct_thresholding(
    row: Thresholding, *, by: Principal, today: date, thresholding: ThresholdingRecord | None = None, reason: str = ""
) -> Decision:
    """Whether the outcome may be recorded as this one instead; without one, for the button.

    That somebody has come to Level 2 since, or what was known has proved wrong, does not stand against it.
    """
    nominal = row.nominal
    allowed = can(by, Perm.LEVEL_1_RECORD, nominal)
    if not allowed or thresholding is None:
        return allowed
    others = nominal.thresholdings.exclude(pk=row.pk).values_list("decided_on", flat=True)
    return (
        allowed
        & against_correction(
            thresholding_goes(nominal, row.decided_on, row.reason, today=today),
            thresholding_goes(nominal, thresholding.decided_on, thresholding.reason, today=today),
        )
        & may_correct_record(
            THRESHOLDING, thresholding.decided_on, set(others), unchanged=thresholding == as_recorded(row),
            reason=reason,
        )
    )  # fmt: skip


@service(event="thresholding_corrected", asks=may_correct_thresholding)
def correct_thresholding(
    *,
    by: Principal,
    today: date,
    thresholding_id: int,
    thresholding: ThresholdingRecord,
    reason: str,
    version: int | None = None,
) -> Thresholding:
    """Put right the day, the outcome or the reasons of an outcome: whether the question is asked again follows from it.

    Who decided it stays. Raises ``Refused`` and ``Conflict``.
    """
    nominal, row = locked_row(Thresholding, thresholding_id, version)
    may_correct_thresholding(row, by=by, today=today, thresholding=thresholding, reason=reason).or_refuse()
    was = row.decided_on
    put_right(row, asdict(thresholding), today=today, reason=reason)
    record_event(row, root=nominal.pk, decided_on=row.decided_on, outcome=row.outcome, instead_of=was)
    return row


def may_take_thresholding_away(row: Thresholding, *, by: Principal, today: date, reason: str | None = None) -> Decision:
    """Whether the outcome may be taken away as never given of this person; without a reason, for the button."""
    allowed = can(by, Perm.LEVEL_1_RECORD, row.nominal)
    return allowed if reason is None else allowed & may_take_record_away(THRESHOLDING, reason=reason)


@service(event="thresholding_taken_away", asks=may_take_thresholding_away)
def take_thresholding_away(
    *, by: Principal, today: date, thresholding_id: int, reason: str, version: int | None = None
) -> None:
    """Take away an outcome that was recorded by mistake: the question is asked as if it had not been. The change log
    keeps it and the reason. Raises ``Refused`` and ``Conflict``.
    """
    nominal, row = locked_row(Thresholding, thresholding_id, version)
    may_take_thresholding_away(row, by=by, today=today, reason=reason).or_refuse()
    take_away(row, root=nominal.pk, today=today, reason=reason, decided_on=row.decided_on, outcome=row.outcome)


def as_recorded(row: Thresholding) -> ThresholdingRecord:
    """What stands recorded."""
    return ThresholdingRecord(row.decided_on, ThresholdingOutcome(row.outcome), row.reason)
