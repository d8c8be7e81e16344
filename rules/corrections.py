"""What was recorded by mistake: whether it may be put right, always with a reason and never against its neighbours.

A correction is no decision: it says what was so all along. Deadlines and figures follow the facts' own days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from rules.core import Decision, Reason, cites, long_date
from rules.facts import GroundFacts, WhereaboutsFacts
from rules.identity import may_have_happened
from rules.vocabulary import EndReason, Whereabouts


def _unreasoned(reason: str, rule: str) -> Iterator[Reason]:
    if not reason.strip():
        yield Reason("Say why it was recorded wrongly", rule)


@cites("R28", "R52")
def may_correct_whereabouts(
    wrong: WhereaboutsFacts,
    right: WhereaboutsFacts,
    spans: Iterable[WhereaboutsFacts],
    grounds: Sequence[GroundFacts],
    *,
    born_on: date | None,
    today: date,
    reason: str,
) -> Decision:
    """Whether the kind and the first day of a stay may become those of `right`, whose last day stays as it was.

    `spans` are all stays of the person: the one before ends the day before `right` begins, and must keep a day. Death
    cannot be put in or taken out by a correction while grounds ended with it, as it ends them; its day may be moved.
    """
    refusals = list(_unreasoned(reason, "R52"))
    if right.starts_on > today:
        refusals.append(Reason("Where a person is can be recorded from the day itself, not ahead", "R52"))
    if right.ends_on is not None and right.starts_on > right.ends_on:
        text = f"It lasted to {long_date(right.ends_on)} and cannot begin later: correct the one after it first"
        refusals.append(Reason(text, "R52"))
    before = max((span.starts_on for span in spans if span.starts_on < wrong.starts_on), default=None)
    if before is not None and right.starts_on <= before:
        text = f"The one before begins on {long_date(before)} and would have no day left: correct that one first"
        refusals.append(Reason(text, "R52"))
    if right.whereabouts is not wrong.whereabouts:
        refusals.extend(_death(wrong, right, grounds))
    return Decision.of(refusals) & may_have_happened(right.starts_on, born_on=born_on)


def _death(wrong: WhereaboutsFacts, right: WhereaboutsFacts, grounds: Iterable[GroundFacts]) -> Iterator[Reason]:
    if right.whereabouts is Whereabouts.DEAD:
        yield Reason("A death is recorded as such, not by a correction: it ends every ground", "R28")
    ended = any(ground.end_reason is EndReason.DEATH and not ground.voided for ground in grounds)
    if wrong.whereabouts is Whereabouts.DEAD and ended:
        yield Reason("Grounds ended with the death: correct their ends first", "R28")
