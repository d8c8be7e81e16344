"""Two records of one person become one: when that may be, whose handling holds, how their levels go together (R4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rules.core import Decision, Reason, cites, long_date
from rules.eligibility import may_stand_beside
from rules.facts import GroundFacts, LevelFacts, RegisterFacts
from rules.levels import level_on
from rules.vocabulary import Handling, Level, Whereabouts

Reader = tuple[int, date, date | None]


@dataclass(frozen=True, slots=True)
class MergeFacts:
    """One of the two records. `area` is the key of its area; `readers` are its named readers from today on, with their
    first and last day.
    """

    area: int
    handling: Handling
    register: RegisterFacts
    readers: frozenset[Reader] = frozenset()


@cites("R99", "R100")
def handling_of_both(one: Handling, other: Handling) -> Handling | None:
    """The stricter handling of the two. None when neither is: named readers and Category 4 clearance are two different
    walls, and a record has one.
    """
    if one is other or other is Handling.ORDINARY:
        return one
    return other if one is Handling.ORDINARY else None


@cites("R99", "R100")
def is_stricter(one: Handling, other: Handling) -> bool:
    """Whether the first handling lets fewer people read than the second: it is the one that holds for both."""
    return one is not other and handling_of_both(one, other) is one


@cites("R99", "R100")
def may_be_left_open(recorded_since: bool, is_theirs: bool) -> Decision:
    """Whether what was recorded behind a wall may stay with a record that has none again: somebody says that it is
    about that person. A wall was there when it was written.
    """
    if not recorded_since or is_theirs:
        return Decision.yes()
    text = (
        "What was recorded since the merge would be open to more people: say that all of it is about the person whose "
        "record it stays with. What is not, take away first, and record it for the other person afterwards"
    )
    return Decision.no(Reason(text, "R100"))


@cites("R4", "R7")
def is_same_ground(one: GroundFacts, other: GroundFacts) -> bool:
    """Whether two records tell of one ground: the same offence and outcome, order and disposal, from the same day.

    Void grounds are the same as none: each stays what it is.
    """
    return not (one.voided or other.voided) and _told(one) == _told(other)


def _told(ground: GroundFacts) -> tuple[object, ...]:
    return (
        ground.kind, ground.starts_on, ground.offence, ground.outcome, ground.outcome_on, ground.order,
        ground.disposal, ground.disposal_on, ground.term_months, ground.term_days,
    )  # fmt: skip


@cites("R4", "R7", "R18", "R28", "R97", "R99", "R100")
def may_merge_records(kept: MergeFacts, absorbed: MergeFacts) -> Decision:
    """Whether two records may become one, before their levels are looked at.

    What would need a decision about the person is refused, not decided on the way: put it right first.
    """
    refusals = []
    if kept.area != absorbed.area:
        refusals.append(Reason("The records belong to two MAPPA areas: transfer one first", "R97"))
    refusals.extend(_walls(kept, absorbed))
    if _deaths(kept.register) != _deaths(absorbed.register):
        refusals.append(Reason("One record says that the person died, and the other does not say the same", "R28"))
    own, others = kept.register.grounds, absorbed.register.grounds
    for ground in others:
        same = [each for each in own if is_same_ground(each, ground)]
        if any(each.ends_on != ground.ends_on for each in same):
            text = f"Both records hold the ground that starts on {long_date(ground.starts_on)}, with different ends"
            refusals.append(Reason(text, "R7"))
        if not same and not ground.voided:
            refusals.extend(may_stand_beside(ground, own).reasons)
    return Decision.of(refusals)


@cites("R4", "R57")
def may_be_heard_once(clashes: Iterable[date], today: date) -> Decision:
    """Whether the meetings ahead go together: `clashes` are days on which both records are heard at one time. What was
    held stays as it was recorded.
    """
    return Decision.of(
        Reason(
            f"Both are to be heard at one time on {long_date(day)}: take one of them out of that meeting first", "R57"
        )
        for day in sorted({day for day in clashes if day >= today})
    )


def _walls(kept: MergeFacts, absorbed: MergeFacts) -> Iterable[Reason]:
    if handling_of_both(kept.handling, absorbed.handling) is None:
        yield Reason("One record is restricted, the other of Category 4: bring both behind the same wall first", "R99")
    restricted = [each for each in (kept, absorbed) if each.handling is Handling.RESTRICTED]
    named = set.intersection(*(set(each.readers) for each in restricted)) if restricted else set()
    if restricted and (kept.readers | absorbed.readers) != named:
        yield Reason("A named reader of one record is none of the other: make them the same first", "R100")


def _deaths(register: RegisterFacts) -> set[date]:
    return {span.starts_on for span in register.whereabouts if span.whereabouts is Whereabouts.DEAD}


_HEIGHT = {None: 0, Level.NOT_SET: 0, Level.ONE: 1, Level.TWO: 2, Level.THREE: 3}


@cites("R4", "R32")
def keeps_level(before: Iterable[Iterable[LevelFacts]], after: Iterable[LevelFacts], today: date) -> Decision:
    """Whether the person is managed today at no lower a level than either record says: a merge is no decision."""
    now = level_on(after, today).value
    for spans in before:
        held = level_on(spans, today).value
        if held is not None and _HEIGHT[now] < _HEIGHT[held]:
            after_it = now.label if now is not None else "no level"
            text = f"{held.label} would become {after_it}: decide on the level of one record first"
            return Decision.no(Reason(text, "R32"))
    return Decision.yes()


@cites("R4", "R32")
def stands_before(one: LevelFacts, other: LevelFacts) -> bool:
    """Of two levels that two records say of one day, whether the first stands: one that was decided before one not yet
    set, then the one decided later. Of two of one day the second stands.
    """
    decided = one.level is not Level.NOT_SET, other.level is not Level.NOT_SET
    if decided[0] is not decided[1]:
        return decided[0]
    return one.starts_on > other.starts_on
