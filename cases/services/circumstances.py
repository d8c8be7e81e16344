"""What surrounds the person: background, connected people, other processes, warnings to staff (R5, R82)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import date
from typing import Any, TypeVar

from django.db.models import F, Model

from agencies.access import can
from agencies.models import Agency
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.models import Background, ConnectedPerson, Nominal, ParallelProcess, StaffWarning
from cases.records import BackgroundRecord, ConnectedPersonRecord, ProcessRecord, StaffWarningRecord
from pages.conflicts import Conflict
from rules.circumstances import (
    may_record_connection,
    may_record_equality,
    may_record_immigration,
    may_record_words,
)
from rules.core import Decision, Reason
from rules.identity import may_have_happened

from .locking import locked

BACKGROUND = tuple(each.name for each in fields(BackgroundRecord))
CONNECTED = tuple(each.name for each in fields(ConnectedPersonRecord))
# What the person says of themselves (R5).
EQUALITY = ("ethnicity", "ethnic_group", "religion", "disability", "sexual_orientation", "gender_identity")

M = TypeVar("M", bound=Model)


def may_record_background(
    nominal: Nominal, *, by: Principal, today: date, background: BackgroundRecord | None = None
) -> Decision:
    """Whether this background may be recorded; without one, whether any may be, for the button (R5)."""
    allowed = can(by, Perm.CIRCUMSTANCES_RECORD, nominal)
    if not allowed or background is None:
        return allowed
    allowed &= may_record_equality(**{name: getattr(background, name) for name in EQUALITY})
    allowed &= may_record_immigration(background.immigration, background.immigration_status)
    if bool(background.abuse.strip()) != (background.abuse_known_on is not None):
        allowed &= Decision.no(Reason("Domestic abuse or stalking: say what is known and since when.", "R50"))
    if background.abuse_known_on is not None:
        allowed &= may_have_happened(background.abuse_known_on, born_on=nominal.date_of_birth)
        if background.abuse_known_on > today:
            allowed &= Decision.no(Reason("What is known has been known by today.", "R50"))
    if background.interpreter and not background.language.strip():
        allowed &= Decision.no(Reason("Say for which language an interpreter is needed.", "R5"))
    return allowed


@service(event="background_recorded", asks=may_record_background)
def record_background(
    *, by: Principal, today: date, nominal_id: int, background: BackgroundRecord, version: int | None = None
) -> Background:
    """Record the background, or make the one on record equal to this.

    ``version`` is the one that was changed; None when there was none. Raises ``Refused``, and
    ``pages.conflicts.Conflict`` when somebody else has changed it since.
    """
    nominal = locked(nominal_id)
    may_record_background(nominal, by=by, today=today, background=background).or_refuse()
    known = nominal.backgrounds.first()
    if version != (known.version if known else None):
        raise Conflict
    row = _trimmed(asdict(background))
    if known is None:
        known = Background.objects.create(nominal=nominal, **row)
    else:
        Background.objects.filter(pk=known.pk).update(**row, version=F("version") + 1)
    record_event(known, root=nominal.pk)
    return known


def may_record_connected_person(
    nominal: Nominal, *, by: Principal, today: date, person: ConnectedPersonRecord | None = None
) -> Decision:
    """Whether this person may stand among the connected people: never a victim, as far as the words say (R82)."""
    allowed = can(by, Perm.CIRCUMSTANCES_RECORD, nominal)
    if not allowed or person is None:
        return allowed
    return allowed & may_record_connection(person.name, person.relationship, person.note)


@service(event="connected_person_recorded", asks=may_record_connected_person)
def record_connected_person(
    *, by: Principal, today: date, nominal_id: int, person: ConnectedPersonRecord
) -> ConnectedPerson:
    """Add somebody about the person. Raises ``Refused``."""
    nominal = locked(nominal_id)
    may_record_connected_person(nominal, by=by, today=today, person=person).or_refuse()
    stored = ConnectedPerson.objects.create(nominal=nominal, **_trimmed(asdict(person)))
    record_event(stored, root=nominal.pk)
    return stored


@service(event="connected_person_changed", asks=may_record_connected_person)
def change_connected_person(
    *, by: Principal, today: date, row_id: int, version: int | None, person: ConnectedPersonRecord
) -> ConnectedPerson:
    """Make what is recorded of somebody about the person equal to this. Raises ``Refused`` and ``Conflict``."""
    nominal, stored = _locked_row(ConnectedPerson, row_id, version)
    may_record_connected_person(nominal, by=by, today=today, person=person).or_refuse()
    _change(stored, asdict(person))
    record_event(stored, root=nominal.pk)
    return stored


def may_record_process(
    nominal: Nominal, *, by: Principal, today: date, process: ProcessRecord | None = None
) -> Decision:
    """Whether this process beside MAPPA may be recorded; without one, whether any may be, for the button."""
    allowed = can(by, Perm.CIRCUMSTANCES_RECORD, nominal)
    if not allowed or process is None:
        return allowed
    allowed &= _in_life(nominal, process.starts_on, process.ends_on)
    allowed &= may_record_words(process.kind, process.reference, process.note)
    agency_id = process.agency_id
    if agency_id is not None and not Agency.objects.filter(pk=agency_id, area=nominal.area_id).exists():
        allowed &= Decision.no(Reason("Choose an agency of this area.", "R97"))
    return allowed


@service(event="process_recorded", asks=may_record_process)
def record_process(*, by: Principal, today: date, nominal_id: int, process: ProcessRecord) -> ParallelProcess:
    """Add a process that runs beside MAPPA: its reference and dates. Raises ``Refused``."""
    nominal = locked(nominal_id)
    may_record_process(nominal, by=by, today=today, process=process).or_refuse()
    stored = ParallelProcess.objects.create(nominal=nominal, **_trimmed(asdict(process)))
    record_event(stored, root=nominal.pk, kind=process.kind)
    return stored


@service(event="process_changed", asks=may_record_process)
def change_process(
    *, by: Principal, today: date, row_id: int, version: int | None, process: ProcessRecord
) -> ParallelProcess:
    """Make what is recorded of a process equal to this: its next date, its end. Raises ``Refused`` and ``Conflict``."""
    nominal, stored = _locked_row(ParallelProcess, row_id, version)
    may_record_process(nominal, by=by, today=today, process=process).or_refuse()
    _change(stored, asdict(process))
    record_event(stored, root=nominal.pk, kind=process.kind)
    return stored


def may_record_warning(
    nominal: Nominal, *, by: Principal, today: date, warning: StaffWarningRecord | None = None
) -> Decision:
    """Whether staff may be warned of this; without a warning, whether of anything, for the button."""
    allowed = can(by, Perm.CIRCUMSTANCES_RECORD, nominal)
    return (
        allowed if not allowed or warning is None else allowed & _in_life(nominal, warning.starts_on, warning.ends_on)
    )


@service(event="staff_warned", asks=may_record_warning)
def record_warning(*, by: Principal, today: date, nominal_id: int, warning: StaffWarningRecord) -> StaffWarning:
    """Warn staff of something from a day on; it stands above the record while it holds. Raises ``Refused``."""
    nominal = locked(nominal_id)
    may_record_warning(nominal, by=by, today=today, warning=warning).or_refuse()
    stored = StaffWarning.objects.create(nominal=nominal, **_trimmed(asdict(warning)))
    record_event(stored, root=nominal.pk, kind=warning.kind)
    return stored


@service(event="staff_warning_changed", asks=may_record_warning)
def change_warning(
    *, by: Principal, today: date, row_id: int, version: int | None, warning: StaffWarningRecord
) -> StaffWarning:
    """Make a warning equal to this, or end it. Raises ``Refused`` and ``Conflict``."""
    nominal, stored = _locked_row(StaffWarning, row_id, version)
    may_record_warning(nominal, by=by, today=today, warning=warning).or_refuse()
    _change(stored, asdict(warning))
    record_event(stored, root=nominal.pk, kind=warning.kind)
    return stored


def _in_life(nominal: Nominal, starts_on: date, ends_on: date | None) -> Decision:
    decision = may_have_happened(starts_on, born_on=nominal.date_of_birth)
    if ends_on is not None and ends_on < starts_on:
        decision &= Decision.no(Reason("It cannot end before it starts.", "R1"))
    return decision


def _locked_row(model: type[M], row_id: int, version: int | None) -> tuple[Nominal, M]:
    """A row below its locked nominal, read after the lock. Raises ``Conflict`` when its version is another."""
    nominal = locked(model._default_manager.values_list("nominal_id", flat=True).get(pk=row_id))
    row: Any = model._default_manager.get(pk=row_id)
    if version is not None and row.version != version:
        raise Conflict
    return nominal, row


def _change(row: Any, values: dict[str, Any]) -> None:
    for name, value in _trimmed(values).items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*values, "version"])


def _trimmed(values: dict[str, Any]) -> dict[str, Any]:
    words: Iterable[tuple[str, Any]] = values.items()
    return {name: value.strip() if type(value) is str else value for name, value in words}
