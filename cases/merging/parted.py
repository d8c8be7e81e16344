"""Who is told of a merge that was undone: whoever may read what was brought together in it."""

from collections.abc import Collection

from agencies.access import visible
from agencies.principal import Principal
from agencies.roles import Perm
from cases.models import Merge, Nominal


def merges_kept_back(by: Principal, kept_id: int) -> list[int]:
    """The undone merges into the record of which this reader of its history is told nothing (R99, R100).

    While such a merge stood the record held what another one holds again, which the reader may not read. What had been
    merged into that other one counts with it; what has gone on into a third since is read there.
    """
    undone = Merge.objects.filter(kept=kept_id, undone_on__isnull=False).values_list("pk", "absorbed")
    brought = {key: _where_now(_all_within(absorbed_id)) for key, absorbed_id in undone}
    if not brought:
        return []
    asked = Nominal.objects.filter(pk__in=set().union(*brought.values()))
    seen = set(visible(by, asked, Perm.HISTORY_VIEW).values_list("pk", flat=True))
    return [key for key, records in brought.items() if not records <= seen]


def _all_within(nominal_id: int) -> set[int]:
    """The record and all that were ever merged into it."""
    found, more = set(), {nominal_id}
    while more:
        found |= more
        more = set(Merge.objects.filter(kept__in=more).values_list("absorbed", flat=True)) - found
    return found


def _where_now(records: Collection[int]) -> set[int]:
    """The records in which these are read today."""
    found = set(records)
    while gone := dict(
        Nominal.objects.filter(pk__in=found, merged_into__isnull=False).values_list("pk", "merged_into")
    ):
        found = {gone.get(key) or key for key in found}
    return found
