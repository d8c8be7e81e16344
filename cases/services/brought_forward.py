"""What was brought forward from before the area's start, worked off by choice (R106)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from collections.abc import Sequence
from datetime import date

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.models import Obligation
from rules.core import Decision, Reason
from rules.deadlines import is_brought_forward

from .locking import locked


def may_work_off(
    obligation: Obligation | None = None, *, by: Principal, today: date, reason: str | None = None
) -> Decision:
    """Whether a row that was brought forward may be marked as looked at; without a reason, for the button."""
    allowed = can(by, Perm.BROUGHT_FORWARD_WORK, obligation)
    if not allowed or obligation is None or reason is None:
        return allowed
    refusals = []
    nominal = obligation.nominal
    if nominal is None or not is_brought_forward(obligation.triggered_on, nominal.area.starts_on):
        refusals.append(Reason("It did not begin before the area's start date: it is due like any other.", "R106"))
    if obligation.met_on is not None or obligation.cancelled_on is not None:
        refusals.append(Reason("It is settled already.", "R106"))
    if not reason.strip():
        refusals.append(Reason("Say what came of it.", "R106"))
    return allowed & Decision.of(refusals)


@service(event="brought_forward_worked_off", asks=may_work_off)
def work_off(*, by: Principal, today: date, obligation_id: int, reason: str) -> Obligation:
    """Mark one row that was brought forward as looked at, with what came of it. Raises ``Refused``."""
    nominal_id = Obligation.objects.values_list("nominal_id", flat=True).get(pk=obligation_id)
    nominal = locked(nominal_id or 0)
    obligation = Obligation.objects.select_related("nominal__area").get(pk=obligation_id)
    may_work_off(obligation, by=by, today=today, reason=reason).or_refuse()
    obligation.looked_at_on, obligation.looked_at_reason = today, reason.strip()
    obligation.save(update_fields=["looked_at_on", "looked_at_reason"])
    record_event(obligation, root=nominal.pk, kind=obligation.kind)
    return obligation


def may_work_off_several(
    obligations: Sequence[Obligation] = (), *, by: Principal, today: date, reason: str | None = None
) -> Decision:
    """Whether all of these rows may be marked as looked at for one reason."""
    decision = can(by, Perm.BROUGHT_FORWARD_WORK)
    for each in obligations:
        decision &= may_work_off(each, by=by, today=today, reason=reason)
    return decision


@service(event="brought_forward_list_worked_off", asks=may_work_off_several)
def work_off_several(*, by: Principal, today: date, obligation_ids: Sequence[int], reason: str) -> int:
    """Mark several rows as looked at for one reason, all or none. Returns how many. Raises ``Refused``."""
    rows = Obligation.objects.select_related("nominal__area").filter(pk__in=obligation_ids).order_by("nominal", "pk")
    known = list(rows)
    may_work_off_several(known, by=by, today=today, reason=reason).or_refuse()
    for row in known:
        work_off(by=by, today=today, obligation_id=row.pk, reason=reason)
    record_event(None, root=None, obligations=[row.pk for row in known])
    return len(known)
