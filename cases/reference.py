"""Reference data of the register: the dated table of qualifying offences, from ``rules/data/schedule_15.json``."""

from datetime import date

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from rules.core import Decision
from rules.offences import listed_offences

from .models import QualifyingOffence

COLUMNS = ("title", "provision", "part", "valid_from", "valid_to")


def may_load_offences(obj: object = None, *, by: Principal, today: date) -> Decision:  # noqa: ARG001 - asked like all twins
    """Whoever may change areas and settings may load reference data."""
    return can(by, Perm.AREA_EDIT)


def load_offences(by: Principal, today: date) -> int:
    """Make the stored table equal to the one in ``rules``. Returns how many rows were written; twice is once.

    A row that the table no longer holds stays: grounds may point to it.
    """
    stored = {row.code: row for row in QualifyingOffence.objects.all()}
    wanted = {
        offence.code: QualifyingOffence(
            code=offence.code,
            title=offence.title,
            provision=offence.provision,
            part=offence.part,
            valid_from=offence.valid.starts_on,
            valid_to=offence.valid.ends_on,
        )
        for offence in listed_offences().values()
    }
    changed = [row for code, row in wanted.items() if code not in stored or _values(row) != _values(stored[code])]
    return write_offences(by=by, today=today, offences=changed) if changed else 0


@service(event="offences_loaded", asks=may_load_offences)
def write_offences(*, by: Principal, today: date, offences: list[QualifyingOffence]) -> int:
    """Add or correct these rows, found by their code. Raises ``Refused``."""
    may_load_offences(by=by, today=today).or_refuse()
    QualifyingOffence.objects.bulk_create(
        offences, update_conflicts=True, unique_fields=["code"], update_fields=list(COLUMNS)
    )
    record_event(None, root=None, rows=len(offences))
    return len(offences)


def _values(row: QualifyingOffence) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in COLUMNS)
