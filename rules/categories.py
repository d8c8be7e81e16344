"""The category of a person on a day, derived from the grounds open on it and never typed (R7, R8, R27, R29)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from rules.core import DAY, Answer, Period, Reason, cites, long_date, merged
from rules.facts import GroundFacts
from rules.vocabulary import Category, GroundKind

PRECEDENCE: tuple[Category, ...] = (Category.FOUR, Category.ONE, Category.TWO, Category.THREE)
_RANK = {category: place for place, category in enumerate(PRECEDENCE)}

_CATEGORY = {
    GroundKind.NOTIFICATION: Category.ONE,
    GroundKind.QUALIFYING_DISPOSAL: Category.TWO,
    GroundKind.OTHER_DANGEROUS: Category.THREE,
    GroundKind.TERRORIST_NOTIFICATION: Category.FOUR,
    GroundKind.TERRORIST_DISPOSAL: Category.FOUR,
    GroundKind.TERRORISM_RISK: Category.FOUR,
}

_WORDS = {
    GroundKind.NOTIFICATION: "a notification requirement runs",
    GroundKind.QUALIFYING_DISPOSAL: "a qualifying disposal for a specified offence runs",
    GroundKind.OTHER_DANGEROUS: "a decision that the person is otherwise dangerous holds",
    GroundKind.TERRORIST_NOTIFICATION: "a terrorist notification requirement runs",
    GroundKind.TERRORIST_DISPOSAL: "a qualifying disposal for a terrorist offence runs",
    GroundKind.TERRORISM_RISK: "a decision on the risk of terrorism-related activity holds",
}


@cites("R7")
def category_of(kind: GroundKind) -> Category:
    """The category that a ground of this kind gives."""
    return _CATEGORY[kind]


@cites("R7", "R29")
def open_grounds(grounds: Iterable[GroundFacts], day: date) -> tuple[GroundFacts, ...]:
    """The grounds open on the day, the senior first (R8), then the older. A voided ground never counts."""
    standing = (ground for ground in grounds if ground.is_open_on(day))
    return tuple(sorted(standing, key=lambda ground: (_RANK[_CATEGORY[ground.kind]], ground.starts_on)))


def senior_category(grounds: Iterable[GroundFacts], day: date) -> Category | None:
    """The category alone, for counting many people; `category_on` gives the reasons too."""
    best: Category | None = None
    for ground in grounds:
        if ground.is_open_on(day):
            category = _CATEGORY[ground.kind]
            if best is None or _RANK[category] < _RANK[best]:
                best = category
    return best


@cites("R7", "R8")
def category_on(grounds: Iterable[GroundFacts], day: date) -> Answer[Category | None]:
    """The one category of the day, derived from the grounds open on it: 4 before 1 before 2 before 3.

    None when no ground is open: the person is not a nominal on that day.
    """
    known = tuple(grounds)
    standing = open_grounds(known, day)
    if not standing:
        return Answer(None, (Reason(f"No category: no ground is open on {long_date(day)}", "R7"),))
    senior, others = standing[0], standing[1:]
    category = _CATEGORY[senior.kind]
    reasons = [
        Reason(
            f"{category.label}, because {_WORDS[senior.kind]} {senior.period}",
            "R8",
            (("Ground", senior.kind.label), ("From", long_date(senior.starts_on)), ("To", _to(senior))),
        )
    ]
    reasons.extend(
        Reason(f"Also open, and alone {_CATEGORY[ground.kind].label}: {_WORDS[ground.kind]} {ground.period}", "R7")
        for ground in others
    )
    order = " before ".join(category.value for category in PRECEDENCE)
    reasons.append(Reason(f"When several grounds are open the order is {order}", "R8"))
    return Answer(category, tuple(reasons))


def _to(ground: GroundFacts) -> str:
    return long_date(ground.ends_on) if ground.ends_on else "no end date"


@cites("R7", "R27", "R29")
def status_periods(grounds: Iterable[GroundFacts]) -> tuple[Period, ...]:
    """The days on which the person is a nominal, as the fewest periods. A change of category inside one is no exit."""
    return tuple(merged(ground.period for ground in grounds if not ground.voided))


@cites("R8", "R27")
def category_spans(grounds: Iterable[GroundFacts], within: Period) -> tuple[tuple[Period, Category], ...]:
    """The category of each day of `within` as spans. Two neighbours with no day between are a re-categorisation."""
    standing = [ground for ground in grounds if not ground.voided and ground.period.overlaps(within)]
    if not standing:
        return ()
    cuts = {max(ground.starts_on, within.starts_on) for ground in standing}
    cuts.update(ground.ends_on + DAY for ground in standing if ground.ends_on and ground.ends_on < within.last_day)
    spans: list[tuple[Period, Category]] = []
    days = sorted(cuts)
    for first, following in zip(days, [*days[1:], None], strict=True):
        category = senior_category(standing, first)
        if category is None:
            continue
        last = following - DAY if following else within.ends_on
        if spans and spans[-1][1] is category and spans[-1][0].ends_on == first - DAY:
            first = spans.pop()[0].starts_on
        spans.append((Period(first, last), category))
    return tuple(spans)
