"""A change that was reported by mistake: put right, or taken away, with the reason (R39)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from dataclasses import asdict
from datetime import date

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.models import ReportedChange
from cases.records import ChangeRecord
from rules.core import Decision
from rules.corrections import CHANGE, against_correction, may_correct_record, may_take_record_away
from rules.vocabulary import CaseChange

from .corrected import put_right, take_away
from .level_1 import change_goes
from .locking import locked_row
from .obligations import bring_in_line


def may_correct_change(
    row: ReportedChange, *, by: Principal, today: date, change: ChangeRecord | None = None, reason: str = ""
) -> Decision:
    """Whether the change may be recorded as this one instead; without one, for the button."""
    nominal = row.nominal
    allowed = can(by, Perm.LEVEL_1_RECORD, nominal)
    if not allowed or change is None:
        return allowed
    others = nominal.reported_changes.exclude(pk=row.pk).filter(kind=change.kind).values_list("happened_on", flat=True)
    return (
        allowed
        & against_correction(
            change_goes(nominal, CaseChange(row.kind), row.happened_on, today=today),
            change_goes(nominal, change.kind, change.happened_on, today=today),
        )
        & may_correct_record(
            CHANGE, change.happened_on, set(others), unchanged=change == as_recorded(row), reason=reason
        )
    )  # fmt: skip


@service(event="change_corrected", asks=may_correct_change)
def correct_change(
    *, by: Principal, today: date, change_id: int, change: ChangeRecord, reason: str, version: int | None = None
) -> ReportedChange:
    """Put right what changed, when, or the note: the early review that it makes due, and whether thresholding is asked
    again, follow (R39, R50). Raises ``Refused`` and ``Conflict``.
    """
    nominal, row = locked_row(ReportedChange, change_id, version)
    may_correct_change(row, by=by, today=today, change=change, reason=reason).or_refuse()
    was, was_on = row.kind, row.happened_on
    put_right(row, asdict(change), today=today, reason=reason)
    bring_in_line([nominal.pk], today=today)
    record_event(
        row, root=nominal.pk, kind=row.kind, happened_on=row.happened_on, instead_of=was_on, instead_of_kind=was
    )
    return row


def may_take_change_away(row: ReportedChange, *, by: Principal, today: date, reason: str | None = None) -> Decision:
    """Whether the change may be taken away as never so of this person; without a reason, for the button."""
    allowed = can(by, Perm.LEVEL_1_RECORD, row.nominal)
    return allowed if reason is None else allowed & may_take_record_away(CHANGE, reason=reason)


@service(event="change_taken_away", asks=may_take_change_away)
def take_change_away(*, by: Principal, today: date, change_id: int, reason: str, version: int | None = None) -> None:
    """Take away a change that was reported by mistake, with the early review that it made due; the change log keeps it
    and the reason. Raises ``Refused`` and ``Conflict``.
    """
    nominal, row = locked_row(ReportedChange, change_id, version)
    may_take_change_away(row, by=by, today=today, reason=reason).or_refuse()
    take_away(row, root=nominal.pk, today=today, reason=reason, kind=row.kind, happened_on=row.happened_on)
    bring_in_line([nominal.pk], today=today)


def as_recorded(row: ReportedChange) -> ChangeRecord:
    """What stands recorded."""
    return ChangeRecord(CaseChange(row.kind), row.happened_on, row.note)
