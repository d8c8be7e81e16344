"""Stretches of one nominal's log that a reader is not told of: from the coming of one row to its last change.

Which rows these are is for the caller to say. What stood before and what stands since is told as always.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from audit.context import HasPrincipal, set_context
from audit.models import Change, Evidence

PAGE = 1000
Key = tuple[str, str]
"""A table and the key of a row in it, as the log has them."""
NOT_TOLD = "Part of the history is not shown here: contact the unit"


@dataclass(frozen=True)
class Withheld:
    """What is not told: whatever was written between the first and the last change of one row, and beside them."""

    first: Change
    last: Change
    transactions: frozenset[tuple[datetime, int]]

    @property
    def row(self) -> Key:
        """The row with which it begins and ends."""
        return self.first.table_name, self.first.row_id

    def covers(self, evidence: Evidence) -> bool:
        """Whether this change or event is not told. Whoever began before and waited for the first wrote within."""
        within = self.first.at <= evidence.at <= self.last.at
        return within or (evidence.at, evidence.xact) in self.transactions

    def told_at(self, moment: datetime) -> datetime:
        """The moment of which is told instead: the last before it began, for one within."""
        return self.first.at - timedelta.resolution if self.first.at <= moment < self.last.at else moment


def withheld(
    principal: HasPrincipal, nominal_id: int, rows: Collection[Key], *, compartments: Sequence[str]
) -> list[Withheld]:
    """What is not told for these rows, the latest first. Without rows nothing is read."""
    if not rows:
        return []
    changes = list(changes_of(principal, nominal_id, compartments))
    found = []
    for row in rows:
        own = [change for change in changes if (change.table_name, change.row_id) == row]
        if own:
            within = (change for change in changes if own[0].pk <= change.pk <= own[-1].pk)
            found.append(Withheld(own[0], own[-1], frozenset((change.at, change.xact) for change in within)))
    return sorted(found, key=lambda each: each.first.pk, reverse=True)


def changes_of(principal: HasPrincipal, nominal_id: int, compartments: Sequence[str]) -> Iterator[Change]:
    """All changes of a nominal in these compartments, the oldest first."""
    found: list[Change] = []
    before: datetime | None = None
    asked = "SELECT * FROM audit_changes_of_nominal(%s, %s, %s, %s)"
    with transaction.atomic():
        set_context(principal)
        while page := list(Change.objects.raw(asked, [nominal_id, list(compartments), before, PAGE])):
            found += page
            before = min(change.at for change in page)
    return iter(sorted(found, key=lambda change: change.pk))
