"""All rows of two records, before and after a merge: compared (``agencies.journal``), they say how it is undone."""

from agencies.journal import Snapshot, as_text, row_of
from cases.models import Merge, MergeLine

from .walking import guarded_rows

# The account of the merge itself.
_APART = (Merge, MergeLine)


def snapshot(nominal_ids: list[int]) -> Snapshot:
    """Every row of these records as text, by table and key."""
    return {row_of(row): as_text(row) for rows in guarded_rows(nominal_ids) if rows.model not in _APART for row in rows}
