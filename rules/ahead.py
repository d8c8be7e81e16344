"""Dates ahead that change a person's status: the last ground's end, the eighteenth birthday (R26, R30)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rules.calendar import add_months, age_on
from rules.core import FEWEST_WORDS, IN_WORDS, Answer, Decision, Reason, cites, long_date
from rules.deadlines import ground_ending
from rules.facts import GroundFacts, LevelFacts
from rules.levels import level_on
from rules.parameters import Parameters
from rules.vocabulary import EndReason

_DECIDED = frozenset({EndReason.LEVEL_2_3_ENDED, EndReason.DEATH, EndReason.TRANSFERRED, EndReason.SUPERSEDED})


@dataclass(frozen=True, slots=True)
class EndingToDecide:
    """The last ground of a person at Level 2 or 3 ends: a decision from the first alert on, by the last day."""

    ground: GroundFacts
    triggered_on: date
    due_on: date
    reasons: tuple[Reason, ...]


@cites("R26")
def endings_to_decide(
    grounds: Iterable[GroundFacts], levels: Iterable[LevelFacts], params: Parameters, *, today: date
) -> tuple[EndingToDecide, ...]:
    """The ends of last grounds at Level 2 or 3 that somebody decides: exit, or Category 3. From the first alert on.

    An end that was itself a decision (management ended, death, a transfer) asks for none.
    """
    known, spans, found = tuple(grounds), tuple(levels), []
    for ground in known:
        if not ground.kind.is_automatic or ground.ends_on is None or ground.end_reason in _DECIDED:
            continue
        others = [other for other in known if other is not ground]
        answer = ground_ending(ground, others, level_on(spans, ground.ends_on).value, params)
        if answer.value is None or answer.value.decide_by is None:
            continue
        first = max(answer.value.alerts[0], ground.starts_on)
        if first <= today:
            found.append(EndingToDecide(ground, first, answer.value.decide_by, answer.reasons))
    return tuple(found)


@cites("R30", params=("adult_age",))
def is_child(born_on: date | None, on: date, params: Parameters) -> Answer[bool]:
    """Whether the person is under 18 on the day. An unknown date of birth says no."""
    if born_on is None:
        return Answer(False, (Reason("The date of birth is not known", "R30"),))
    age, adult = age_on(born_on, on), params.number("adult_age", on)
    facts = (("Born", long_date(born_on)), ("Age", str(age)))
    if age < adult:
        return Answer(True, (Reason(f"A child: under {adult} on {long_date(on)}", "R30", facts),))
    return Answer(False, (Reason(f"An adult: {adult} or over on {long_date(on)}", "R30", facts),))


@cites("R30", params=("turns_18_alert", "adult_age"))
def turns_18(born_on: date | None, params: Parameters, *, today: date) -> Answer[date | None]:
    """The eighteenth birthday, from six months before it until the day; None outside that time."""
    if born_on is None:
        return Answer(None, (Reason("The date of birth is not known", "R30"),))
    birthday = add_months(born_on, params.number("adult_age", today) * 12)
    months = params.number("turns_18_alert", today)
    text = f"Turns {params.number('adult_age', today)} on {long_date(birthday)}: raised {months} months ahead"
    return Answer(birthday if add_months(birthday, -months) <= today <= birthday else None, (Reason(text, "R30"),))


@cites("R26")
def may_decide_ending(endings: Iterable[EndingToDecide], ground_key: int, *, reason: str) -> Decision:
    """Whether the decision on a ground's end may be recorded: when one is asked for, with its reason."""
    refusals = []
    if all(each.ground.key != ground_key for each in endings):
        refusals.append(
            Reason("No decision is asked for: it is not the last ground at Level 2 or 3, near its end", "R26")
        )
    if len(reason.split()) < FEWEST_WORDS:
        refusals.append(Reason(f"Give the reasons, {IN_WORDS}", "R26"))
    return Decision.of(refusals)
