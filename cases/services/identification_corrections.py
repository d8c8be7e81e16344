"""An identification that was recorded by mistake: put right, or taken away, with the reason (R42, R43)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from dataclasses import asdict
from datetime import date

from agencies.access import can
from agencies.models import Agency
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.models import FirstNotification, Identification
from cases.records import IdentificationRecord
from rules.core import Decision
from rules.corrections import IDENTIFICATION, against_correction, may_correct_record, may_take_record_away

from .corrected import put_right, take_away
from .first_notifications import wait_again
from .locking import locked_row
from .screening import identification_goes


def may_correct_identification(
    row: Identification,
    *,
    by: Principal,
    today: date,
    identification: IdentificationRecord | None = None,
    reason: str = "",
) -> Decision:
    """Whether the identification may be recorded as this one instead; without one, for the button.

    An agency that stands recorded may stay, also when the person has come under another area since.
    """
    nominal = row.nominal
    allowed = can(by, Perm.LEVEL_1_RECORD, nominal)
    if not allowed or identification is None:
        return allowed
    others = nominal.identifications.exclude(pk=row.pk).values_list("sentenced_on", flat=True)
    agency = Agency.objects.get(pk=identification.agency_id)
    return (
        allowed
        & against_correction(
            identification_goes(nominal, row.agency, row.sentenced_on, row.known_on, today=today),
            identification_goes(nominal, agency, identification.sentenced_on, identification.known_on, today=today),
        )
        & may_correct_record(
            IDENTIFICATION, identification.sentenced_on, set(others), unchanged=identification == as_recorded(row),
            reason=reason,
        )
    )  # fmt: skip


@service(event="identification_corrected", asks=may_correct_identification)
def correct_identification(
    *,
    by: Principal,
    today: date,
    identification_id: int,
    identification: IdentificationRecord,
    reason: str,
    version: int | None = None,
) -> Identification:
    """Put right which agency identified the case, after which sentence, and when (R42).

    The first notification from which it came stays beside it. Raises ``Refused`` and ``Conflict``.
    """
    nominal, row = locked_row(Identification, identification_id, version)
    may_correct_identification(row, by=by, today=today, identification=identification, reason=reason).or_refuse()
    was, was_known = row.sentenced_on, row.known_on
    put_right(row, asdict(identification), today=today, reason=reason)
    record_event(
        row, root=nominal.pk, agency=row.agency_id, sentenced_on=row.sentenced_on, known_on=row.known_on,
        instead_of=was, instead_of_known=was_known,
    )  # fmt: skip
    return row


def may_take_identification_away(
    row: Identification,
    *,
    by: Principal,
    today: date,
    reason: str | None = None,
) -> Decision:
    """Whether the identification may be taken away as never so of this person; without a reason, for the button.

    The answer to a first notification goes with it: only by those who answer them (R43).
    """
    allowed = can(by, Perm.LEVEL_1_RECORD, row.nominal)
    if row.notification is not None:
        allowed &= can(by, Perm.FIRST_NOTIFICATION_ANSWER, row.notification)
    return allowed if reason is None else allowed & may_take_record_away(IDENTIFICATION, reason=reason)


@service(event="identification_taken_away", asks=may_take_identification_away)
def take_identification_away(
    *, by: Principal, today: date, identification_id: int, reason: str, version: int | None = None
) -> None:
    """Take away an identification that was recorded by mistake; the change log keeps it and the reason. A first
    notification that was taken over with this record waits for its answer again: nothing else says with which record
    it was (R43). Raises ``Refused`` and ``Conflict``.
    """
    nominal, row = locked_row(Identification, identification_id, version)
    may_take_identification_away(row, by=by, today=today, reason=reason).or_refuse()
    if row.notification_id is not None:
        wait_again(FirstNotification.objects.select_for_update(no_key=True).get(pk=row.notification_id))
    take_away(row, root=nominal.pk, today=today, reason=reason, sentenced_on=row.sentenced_on, known_on=row.known_on)


def as_recorded(row: Identification) -> IdentificationRecord:
    """What stands recorded."""
    return IdentificationRecord(row.agency_id, row.sentenced_on, row.known_on)
