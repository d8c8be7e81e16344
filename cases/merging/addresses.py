"""Addresses in a merge: one with the same days in both records stands once, with what either knows of it (R6, R57)."""

from collections.abc import Iterator
from dataclasses import dataclass

from cases.models import Address
from rules.vocabulary import Tenure

from .participants import Step
from .walking import Link

_KEY = ("lines", "postcode", "no_fixed_abode", "closest_links_id", "starts_on", "ends_on")
_THERE = "the kept record has it already"
_TAKEN = "the kept record has it, and takes over whose home it is"
OTHERWISE = "and stands beside that of the kept record, which says otherwise whose home it is"


@dataclass(frozen=True, slots=True)
class AddressesOfBoth:
    """An address moves unless the kept record has it. That takes over whose home it is where it says nothing of it.

    Of two different answers nobody knows which is right: both stand, and the person's page says so.
    """

    def plan(self, link: Link, kept_id: int, absorbed_id: int) -> Iterator[Step]:
        held: dict[tuple[object, ...], list[Address]] = {}
        answers: dict[int, str] = {}
        for row in Address.objects.filter(nominal=kept_id).order_by("pk"):
            held.setdefault(_of(row), []).append(row)
            answers[row.pk] = row.tenure
        for row in Address.objects.filter(nominal=absorbed_id).order_by("pk"):
            same = held.get(_of(row), [])
            open_one = next((each for each in same if answers[each.pk] == Tenure.UNKNOWN), None)
            if not same:
                yield Step(link, row)
            elif row.tenure == Tenure.UNKNOWN or any(answers[each.pk] == row.tenure for each in same):
                yield Step(link, row, moves=False, why=_THERE)
            elif open_one is not None:
                answers[open_one.pk] = row.tenure
                yield Step(link, row, moves=False, why=_TAKEN, to=open_one, gives={"tenure": row.tenure})
            else:
                yield Step(link, row, why=OTHERWISE)


def told_otherwise(rows: list[Address]) -> frozenset[int]:
    """The ids of those of which another row says otherwise whose home it is, of the same address and days."""
    known = [row for row in rows if row.tenure != Tenure.UNKNOWN]
    return frozenset(
        row.pk for row in known if any(_of(row) == _of(each) and row.tenure != each.tenure for each in known)
    )


def _of(row: Address) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in _KEY)
