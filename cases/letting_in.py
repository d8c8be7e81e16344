"""Whether somebody may be let into a case, or kept out of it: what the twins of its services ask (R97, R100)."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import QuerySet

from agencies.models import Agency
from rules.core import DAY, Decision, Period, Reason, long_date
from rules.restricting import may_lose_reader
from rules.vocabulary import Handling

from .models import Nominal, PersonalGrant
from .readers import kept_out, readers_for, times_of_readers

# One sentence for all causes: whoever is kept out of the case is not told from somebody without the role.
_NOT_THIS_READER = (
    "This person cannot be given access. Choose somebody who holds a role in the area that may read this record."
)


def takes_part(agency: Agency, nominal: Nominal, on: date) -> Decision:
    """Whether the agency belongs to the area of the case and takes part on the day."""
    refusals = []
    if agency.area_id != nominal.area_id:
        refusals.append(Reason("The agency belongs to another MAPPA area.", "R97"))
    if not agency.takes_part_on(on):
        refusals.append(Reason(f"The agency does not take part on {long_date(on)}.", "R97"))
    return Decision.of(refusals)


def can_be_reader(nominal: Nominal, user_id: int, on: date) -> Decision:
    """Whether the record can be opened to the person by name."""
    user = readers_for(nominal, on=on).filter(pk=user_id).first()
    if user is None or kept_out(nominal, on, user=user):
        return Decision.no(Reason(_NOT_THIS_READER, "R97"))
    return Decision.yes()


def stated(reason: str, rule: str) -> Decision:
    """Whether it is said why."""
    return Decision.yes() if reason.strip() else Decision.no(Reason("Say why.", rule))


def in_order(starts_on: date, ends_on: date | None, rule: str) -> Decision:
    """Whether the days are in order."""
    if ends_on is not None and ends_on < starts_on:
        return Decision.no(Reason("It cannot end before it starts.", rule))
    return Decision.yes()


def not_twice(rows: QuerySet[Any], days: Period, rule: str) -> Decision:
    """Whether none of the rows of the same kind has a day of these."""
    for row in rows.order_by("starts_on"):
        held = Period(row.starts_on, row.ends_on)
        if days.overlaps(held):
            text = f"It stands recorded already {held}: end that one first, or choose other days."
            return Decision.no(Reason(text, rule))
    return Decision.yes()


def ends_earlier(starts_on: date, recorded: date | None, ends_on: date, rule: str) -> Decision:
    """Whether what has this end recorded may end on a day."""
    if recorded is not None and ends_on > recorded:
        text = f"It ends on {long_date(recorded)} already. To go on after that, record it anew from the day after."
        return Decision.no(Reason(text, rule))
    return in_order(starts_on, ends_on, rule)


def reader_may_end(grant: PersonalGrant, ends_on: date, today: date) -> Decision:
    """Whether the grant may end on the day, if it is one of the named readers of a restricted record."""
    days = _after(grant.starts_on, grant.ends_on, ends_on, today)
    if days is None:
        return Decision.yes()
    return _still_read(grant.content_object, days, today, lambda user, _: user == grant.user_id)


def reader_may_be_kept_out(
    nominal: Nominal, today: date, days: Period, *, user_id: int | None, agency_id: int | None
) -> Decision:
    """Whether the person or the agency may be kept out for these days: not the last named reader of a restricted
    record.
    """
    if days.last_day < today:
        return Decision.yes()
    ahead = Period(max(days.starts_on, today), days.ends_on)
    return _still_read(nominal, ahead, today, lambda user, agency: user == user_id or agency == agency_id)


def _after(starts_on: date, recorded: date | None, ends_on: date, today: date) -> Period | None:
    """The days, from today on, that are lost when what has this end recorded ends on another day."""
    first = max(starts_on, today, ends_on + DAY)
    return None if recorded is not None and recorded < first else Period(first, recorded)


def _still_read(nominal: Nominal, days: Period, today: date, gone: Callable[[int, int], bool]) -> Decision:
    if nominal.handling != Handling.RESTRICTED:
        return Decision.yes()
    times = times_of_readers(nominal, on=today)
    others = [time for user, agency, time in times if not gone(user, agency)]
    lost = [time.intersection(days) for user, agency, time in times if gone(user, agency)]
    refused = (may for each in lost if each is not None and not (may := may_lose_reader(each, others)))
    return next(refused, Decision.yes())
