"""The values every rule speaks in: a reason, a decision, an answer, a period of days, and the citation of a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., object])

DAY = timedelta(days=1)
# A reason of fewer words says nothing; a refusal says how many are wanted.
FEWEST_WORDS = 3
IN_WORDS = f"in {FEWEST_WORDS} words or more"


class Strength(StrEnum):
    """How firmly a rule stands, and so how far an area may move its numbers."""

    LAW = "LAW"
    DOC = "DOC"
    SET = "SET"
    DES = "DES"


def long_date(day: date) -> str:
    """The day in words, as pages and reasons print it: `4 May 2019`."""
    return f"{day.day} {day:%B %Y}"


def mid_sentence(text: str) -> str:
    """The text as it stands after other words: `Date of birth` as `date of birth`.

    A first word with another capital is an abbreviation and keeps them all: `PNC ID`, `ViSOR reference`.
    """
    first = text.partition(" ")[0]
    return text[:1].lower() + text[1:] if first[1:].islower() or len(first) < 2 else text


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence of plain English, the rule it rests on, and the facts it used (name and value, for "why?" pages)."""

    text: str
    rule: str
    facts: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.text} ({self.rule})"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something may be done, and why. Falsy when refused.

    `warnings` do not refuse: the page asks for a typed reason and the service stores it.
    """

    allowed: bool
    reasons: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()

    @classmethod
    def yes(cls, *reasons: Reason, warnings: Iterable[Reason] = ()) -> Decision:
        return cls(True, reasons, tuple(warnings))

    @classmethod
    def no(cls, *reasons: Reason, warnings: Iterable[Reason] = ()) -> Decision:
        return cls(False, reasons, tuple(warnings))

    @classmethod
    def of(
        cls, refusals: Iterable[Reason], warnings: Iterable[Reason] = (), reasons: Iterable[Reason] = ()
    ) -> Decision:
        """Refused with every refusal there is; otherwise allowed for the given reasons."""
        refused = tuple(refusals)
        return cls(False, refused, tuple(warnings)) if refused else cls(True, tuple(reasons), tuple(warnings))

    def __bool__(self) -> bool:
        return self.allowed

    def __and__(self, other: Decision) -> Decision:
        """Both must allow. A refused pair keeps only what refused it; warnings always stay."""
        warnings = self.warnings + other.warnings
        if self.allowed and other.allowed:
            return Decision(True, self.reasons + other.reasons, warnings)
        refused = (() if self.allowed else self.reasons) + (() if other.allowed else other.reasons)
        return Decision(False, refused, warnings)

    def or_refuse(self) -> Decision:
        """This decision when it allows; raises `Refused` when it does not."""
        if not self.allowed:
            raise Refused(self)
        return self


class Refused(Exception):
    """A rule said no. The text is the rules' own sentences: it never holds personal data."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        super().__init__("; ".join(str(reason) for reason in decision.reasons) or "Refused")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A derived value with the reasons that the "why?" page shows."""

    value: T
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """Inclusive days; `ends_on` is None while the period is open. Ordered by start, then by end (open last).

    Raises `ValueError` when it would end before it starts.
    """

    starts_on: date
    ends_on: date | None = None

    def __post_init__(self) -> None:
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError("a period cannot end before it starts")

    @property
    def last_day(self) -> date:
        """The end, or the last day there is when the period is open."""
        return self.ends_on or date.max

    def __lt__(self, other: Period) -> bool:
        return (self.starts_on, self.last_day) < (other.starts_on, other.last_day)

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day <= self.last_day

    def contains(self, day: date) -> bool:
        return day in self

    def overlaps(self, other: Period) -> bool:
        """Whether the two have a day in common."""
        return self.starts_on <= other.last_day and other.starts_on <= self.last_day

    def intersection(self, other: Period) -> Period | None:
        """The days both have, or None."""
        if not self.overlaps(other):
            return None
        last = min(self.last_day, other.last_day)
        return Period(max(self.starts_on, other.starts_on), None if last == date.max else last)

    def days_until(self, day: date) -> int:
        """How many days of the period lie on or before `day`."""
        last = min(self.last_day, day)
        return max(0, (last - self.starts_on).days + 1)

    def __str__(self) -> str:
        if self.ends_on is None:
            return f"from {long_date(self.starts_on)}, with no end date"
        return f"from {long_date(self.starts_on)} to {long_date(self.ends_on)}"


def merged(periods: Iterable[Period]) -> Iterator[Period]:
    """The same days as the fewest periods: overlapping and adjoining ones are joined. Ordered."""
    current: Period | None = None
    for period in sorted(periods):
        if current is None:
            current = period
        elif current.ends_on is None or period.starts_on <= current.ends_on + DAY:
            current = Period(
                current.starts_on,
                None if None in (current.ends_on, period.ends_on) else max(current.last_day, period.last_day),
            )
        else:
            yield current
            current = period
    if current is not None:
        yield current


def gaps(whole: Period, taken: Sequence[Period]) -> Iterator[Period]:
    """The days of the whole that none of these has, in order; they are merged."""
    free = whole.starts_on
    for each in taken:
        if each.last_day < free:
            continue
        if each.starts_on > whole.last_day:
            break
        if each.starts_on > free:
            yield Period(free, each.starts_on - DAY)
        if each.ends_on is None:
            return
        free = each.ends_on + DAY
    if free <= whole.last_day:
        yield Period(free, whole.ends_on)


def cites(*rules: str, params: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Marks a function with the rules it applies and the parameters it reads: `docs/rules.md` is made from them."""

    def mark(function: F) -> F:
        function.__dict__.update(__cites__=rules, __params__=params)
        return function

    return mark
