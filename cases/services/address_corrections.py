"""An address that was recorded by mistake: put right, or taken away, with the reason (R6)."""

from dataclasses import asdict
from datetime import date

from django.db.models import QuerySet

from agencies.principal import Principal
from agencies.spans import open_on
from audit.boundary import record_event, service
from cases.models import Address
from cases.records import AddressRecord
from rules.core import Decision
from rules.corrections import may_correct_address as rules_may_correct_address

from .corrected import put_right, take_away
from .locking import locked_row
from .obligations import bring_in_line
from .people import may_record_address
from .splice import ended_before


def may_correct_address(
    row: Address, *, by: Principal, today: date, address: AddressRecord | None = None, reason: str = ""
) -> Decision:
    """Whether the address may be corrected; without what it should be, for the button."""
    if address is None:
        return may_record_address(row.nominal, by=by, today=today)
    allowed = may_record_address(
        row.nominal, by=by, today=today, starts_on=address.starts_on, ends_on=address.ends_on, lines=address.lines,
        no_fixed_abode=address.no_fixed_abode, closest_links_id=address.closest_links_id, tenure=address.tenure,
    )  # fmt: skip
    return allowed & rules_may_correct_address(unchanged=address == as_recorded(row), reason=reason)


@service(event="address_corrected", asks=may_correct_address)
def correct_address(
    *, by: Principal, today: date, address_id: int, address: AddressRecord, reason: str, version: int | None = None
) -> Address:
    """Put right any part of an address or its days; no other address moves with it. Raises ``Refused``."""
    nominal, row = locked_row(Address, address_id, version)
    may_correct_address(row, by=by, today=today, address=address, reason=reason).or_refuse()
    put_right(row, asdict(address), today=today, reason=reason)
    bring_in_line([nominal.pk], today=today)
    record_event(row, root=nominal.pk, starts_on=row.starts_on)
    return row


def may_take_address_away(row: Address, *, by: Principal, today: date, reason: str | None = None) -> Decision:
    """Whether the address may be taken away, as of somebody else; without a reason, for the button."""
    allowed = may_record_address(row.nominal, by=by, today=today)
    return allowed if reason is None else allowed & rules_may_correct_address(unchanged=False, reason=reason)


@service(event="address_taken_away", asks=may_take_address_away)
def take_address_away(*, by: Principal, today: date, address_id: int, reason: str, version: int | None = None) -> None:
    """Take away an address at which the person never lived: those that ended for it go on. The change log keeps it and
    the reason. Raises ``Refused`` and ``Conflict``.
    """
    nominal, row = locked_row(Address, address_id, version)
    may_take_address_away(row, by=by, today=today, reason=reason).or_refuse()
    ended_for(row).update(ends_on=row.ends_on)
    take_away(row, root=nominal.pk, today=today, reason=reason, starts_on=row.starts_on)
    bring_in_line([nominal.pk], today=today)


def ended_for(row: Address) -> QuerySet[Address]:
    """The addresses that ended because this one was recorded: those of the day before, unless the person lived
    somewhere else too on its first day. Then it was recorded beside the others, and nothing ended for it.
    """
    others = row.nominal.addresses.exclude(pk=row.pk)
    return others.none() if others.filter(open_on(row.starts_on)).exists() else ended_before(others, row.starts_on)


def as_recorded(row: Address) -> AddressRecord:
    """What stands recorded."""
    return AddressRecord(**{name: getattr(row, name) for name in AddressRecord.__dataclass_fields__})
