"""The ledger of obligations follows the facts: compared with what the providers want, and corrected."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from audit.rows import one_by_one
from cases.facts import batches, shared_facts
from cases.models import Nominal, Obligation
from cases.obligations import Wanted, concerned, registered_kinds
from rules.core import Decision

from .locking import locked

MOVING = ("due_on", "works_to", "met_on", "cancelled_on", "rule")


@dataclass(frozen=True, slots=True)
class Corrections:
    """What a comparison changed, and for how many people it failed."""

    added: int = 0
    moved: int = 0
    dropped: int = 0
    failed: int = 0

    def __add__(self, other: "Corrections") -> "Corrections":
        return Corrections(
            self.added + other.added, self.moved + other.moved, self.dropped + other.dropped, self.failed + other.failed
        )

    def __bool__(self) -> bool:
        return self != Corrections()


def reconcile(*, by: Principal, today: date, nominal_ids: Iterable[int] | None = None) -> Corrections:
    """Bring the ledger of these people, or of everybody, in line with the facts, each in a transaction of their own.

    Nothing is locked or recorded for people whose rows are right, so this may run often and by several workers at
    once; twice is once. Somebody for whom it fails holds up nobody else. Raises ``Refused``.
    """
    may_reconcile_obligations(by=by, today=today).or_refuse()
    total = Corrections()
    ids = concerned().values_list("pk", flat=True).order_by("pk") if nominal_ids is None else sorted(set(nominal_ids))
    for batch in batches(ids):
        done = one_by_one(
            "obligations", drifting(batch, today=today),
            lambda key: reconcile_obligations(by=by, today=today, nominal_id=key),
        )  # fmt: skip
        total = sum(done.results, total + Corrections(failed=done.failed))
    return total


def drifting(nominal_ids: Iterable[int], *, today: date) -> list[int]:
    """Those whose ledger differs from what the facts want, at a constant number of queries."""
    comparison = _compare(list(nominal_ids), today)
    return sorted(
        {row.nominal_id for row in (*comparison.gone, *comparison.moved, *comparison.added) if row.nominal_id}
    )


def drifting_everywhere(*, today: date) -> list[int]:
    """The same for everybody whom the ledger concerns."""
    return [
        nominal_id
        for batch in batches(concerned().values_list("pk", flat=True).order_by("pk"))
        for nominal_id in drifting(batch, today=today)
    ]


def may_reconcile_obligations(nominal: Nominal | None = None, *, by: Principal, today: date) -> Decision:
    """Only tasks and commands compare the ledger by itself; other services do it for their own person as they write."""
    return can(by, Perm.DEADLINES_RECONCILE, nominal)


@service(event="obligations_reconciled", asks=may_reconcile_obligations)
def reconcile_obligations(*, by: Principal, today: date, nominal_id: int) -> Corrections:
    """Bring one person's ledger in line with the facts. Raises ``Refused``."""
    nominal = locked(nominal_id)
    may_reconcile_obligations(nominal, by=by, today=today).or_refuse()
    corrections = bring_in_line([nominal_id], today=today)
    record_event(
        nominal, root=nominal_id, added=corrections.added, moved=corrections.moved, dropped=corrections.dropped
    )
    return corrections


def bring_in_line(nominal_ids: Iterable[int], *, today: date) -> Corrections:
    """Compare and correct the rows of these people; the caller is a service that holds their locks.

    A row keeps its identity while its trigger stands, so a moved due date is a change of the same row. A row whose
    trigger is gone (a corrected meeting) is removed: the evidence keeps it.
    """
    comparison = _compare(list(nominal_ids), today)
    Obligation.objects.filter(pk__in=[row.pk for row in comparison.gone]).delete()
    if comparison.moved:
        Obligation.objects.bulk_update(comparison.moved, MOVING, batch_size=500)
    Obligation.objects.bulk_create(comparison.added, batch_size=1_000)
    return Corrections(len(comparison.added), len(comparison.moved), len(comparison.gone))


@dataclass(frozen=True, slots=True)
class _Comparison:
    added: list[Obligation]
    moved: list[Obligation]
    gone: list[Obligation]


def _compare(ids: list[int], today: date) -> _Comparison:
    """Ledger against facts. The moved rows hold their new values, unsaved."""
    kinds = registered_kinds()
    stored = {
        _key(row.nominal_id, row): row for row in Obligation.objects.filter(nominal__in=ids, kind__in=list(kinds))
    }
    added: list[Obligation] = []
    moved: list[Obligation] = []
    right = set()
    with shared_facts():
        answers = [kind.provider(ids, today) for kind in kinds.values()]
    for answer in answers:
        for nominal_id, rows in answer.items():
            for wanted in rows:
                key = _key(nominal_id, wanted)
                right.add(key)
                values = {name: getattr(wanted, name) for name in MOVING}
                row = stored.get(key)
                if row is None:
                    own = {"kind": wanted.kind, "subject": wanted.subject, "triggered_on": wanted.triggered_on}
                    added.append(Obligation(nominal_id=nominal_id, **own, **values))
                elif any(getattr(row, name) != value for name, value in values.items()):
                    for name, value in values.items():
                        setattr(row, name, value)
                    moved.append(row)
    return _Comparison(added, moved, [row for key, row in stored.items() if key not in right])


def _key(nominal_id: int | None, row: Obligation | Wanted) -> tuple[int | None, str, str, date]:
    return nominal_id, str(row.kind), row.subject, row.triggered_on
