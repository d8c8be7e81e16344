"""The levels of two records as those of one: day by day the decision taken later stands (R32).

"Not yet set" stands only where no record has a decision. Of two decisions of one day that of the kept record stands.
Where a decision ends because its record's status ended, the other record's goes on.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import zip_longest

from cases.spans import LevelSlot, fitted
from rules.core import DAY, Period
from rules.merging import stands_before


def levels_together(
    kept: Sequence[LevelSlot], absorbed: Sequence[LevelSlot], status: Sequence[Period]
) -> list[LevelSlot]:
    """The level spans of the merged record for these days of status; ``key`` names the row each is made from."""
    edges = {slot.starts_on for slot in (*kept, *absorbed)}
    edges |= {slot.ends_on + DAY for slot in (*kept, *absorbed) if slot.ends_on is not None}
    pieces: list[LevelSlot] = []
    days = sorted(edges)
    for first, following in zip_longest(days, days[1:]):
        own, other = _on(kept, first), _on(absorbed, first)
        slot = other if own is None or (other is not None and stands_before(other.facts(), own.facts())) else own
        if slot is None:
            continue
        last = None if following is None else following - DAY
        if pieces and _is_same(pieces[-1], slot) and pieces[-1].ends_on == first - DAY:
            pieces[-1] = replace(pieces[-1], ends_on=last)
        else:
            pieces.append(replace(slot, starts_on=first, ends_on=last))
    return fitted(pieces, status)


def _on(slots: Sequence[LevelSlot], day: date) -> LevelSlot | None:
    return next((slot for slot in slots if slot.covers(day)), None)


def _is_same(one: LevelSlot, other: LevelSlot) -> bool:
    return replace(one, starts_on=other.starts_on, ends_on=other.ends_on) == other
