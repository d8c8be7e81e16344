"""Whose home a recorded address is: nobody moves by it, and nothing falls due (R57)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from datetime import date

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.models import Address
from rules.core import Decision, Reason
from rules.vocabulary import Tenure

from .locking import locked_row


def may_set_tenure(address: Address, *, by: Principal, today: date, tenure: Tenure = Tenure.UNKNOWN) -> Decision:
    """Whether it may be said whose home this address is."""
    allowed = can(by, Perm.NOMINAL_EDIT, address.nominal)
    if allowed and address.no_fixed_abode:
        return Decision.no(Reason("No fixed abode: it is nobody's home.", "R6"))
    return allowed


@service(event="tenure_set", asks=may_set_tenure)
def set_tenure(*, by: Principal, today: date, address_id: int, tenure: Tenure, version: int | None = None) -> Address:
    """Say whose home an address is. It is the same address: nobody has moved. Raises ``Refused`` and ``Conflict``."""
    nominal, address = locked_row(Address, address_id, version)
    may_set_tenure(address, by=by, today=today, tenure=tenure).or_refuse()
    address.tenure = tenure
    address.save(update_fields=["tenure"])
    record_event(address, root=nominal.pk, tenure=tenure)
    return address
