"""What each kind of whereabouts means: whether it counts as the community on 31 March, and whether it pauses the
review clock (R85, R52). Both are tables that an area may set, with the day from which they hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rules.core import Answer, Reason, cites, long_date
from rules.parameters import Parameters
from rules.vocabulary import Whereabouts


@dataclass(frozen=True, slots=True)
class WhereaboutsMeaning:
    """One kind of whereabouts with what it means on a day. Both are None for the dead, who are nowhere."""

    whereabouts: Whereabouts
    community: Answer[bool] | None
    pauses: Answer[bool] | None


@cites("R85", params=("counts_as_community",))
def counts_as_community(where: Whereabouts, day: date, params: Parameters) -> Answer[bool]:
    """Whether somebody there counts as in the community in a snapshot of the day."""
    counts = where in params.codes("counts_as_community", day)
    said = "counts as in the community" if counts else "does not count as in the community"
    text = f"{where.label}: {said} in the count of 31 March. This is a setting of the area: confirm locally"
    return Answer(counts, (Reason(text, "R85", (("Table of", long_date(day)),)),))


@cites("R52", params=("pauses_review_clock",))
def pauses_review_clock(where: Whereabouts, day: date, params: Parameters) -> Answer[bool]:
    """Whether days there are left out of the days in the community that the review is counted by."""
    pauses = where in params.codes("pauses_review_clock", day)
    said = "pauses the clock of the Level 2 or 3 review" if pauses else "leaves the review clock running"
    text = f"{where.label}: {said}. This is a setting of the area: confirm locally"
    return Answer(pauses, (Reason(text, "R52", (("Table of", long_date(day)),)),))


@cites("R28", "R52", "R85")
def whereabouts_table(day: date, params: Parameters) -> tuple[WhereaboutsMeaning, ...]:
    """Every kind of whereabouts with what it means on the day. Death ends every ground, so it means neither."""
    return tuple(
        WhereaboutsMeaning(where, None, None)
        if where is Whereabouts.DEAD
        else WhereaboutsMeaning(where, counts_as_community(where, day, params), pauses_review_clock(where, day, params))
        for where in Whereabouts
    )
