"""Who decides which rows of the absorbed record move to the kept one, and which stay behind with it.

What stays behind is hidden with the absorbed record and comes back with it when the merge is undone. So nothing is
thrown away. Apps above this one register their own tables in ``AppConfig.ready()``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.db.models import Model

from rules.core import DAY, Period

from .walking import Link


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one row of the absorbed record. ``pieces`` are its days after the move, when some give way.

    ``clashes_on`` is the day on which both records are wanted in two places: while it is to come, nothing is merged.
    ``takes`` are columns that have another value in the kept record. ``gives`` are columns that a row of the kept
    record, ``to``, has from this one.
    """

    link: Link
    row: Model
    moves: bool = True
    why: str = ""
    pieces: Sequence[Period] = ()
    takes: Mapping[str, Any] = field(default_factory=dict)
    to: Model | None = None
    gives: Mapping[str, Any] = field(default_factory=dict)
    clashes_on: date | None = None


class Participant(Protocol):
    """Says for every row of the absorbed record whether it moves. It reads; the service writes."""

    def plan(self, link: Link, kept_id: int, absorbed_id: int) -> Iterable[Step]:
        """One step for each row of the absorbed record by this key."""


class Follows:
    """Every row moves."""

    def plan(self, link: Link, kept_id: int, absorbed_id: int) -> Iterator[Step]:  # noqa: ARG002
        return (Step(link, row) for row in link.rows(absorbed_id))


@dataclass(frozen=True, slots=True)
class Once:
    """A person has one row of each ``key``: where both records have it, the kept one's stands."""

    key: Sequence[str]
    why: str = "the kept record has it already"

    def plan(self, link: Link, kept_id: int, absorbed_id: int) -> Iterator[Step]:
        held = {self._of(row) for row in link.rows(kept_id)}
        for row in link.rows(absorbed_id):
            there = self._of(row) in held
            yield Step(link, row, moves=not there, why=self.why if there else "")

    def _of(self, row: Model) -> tuple[object, ...]:
        return tuple(getattr(row, name) for name in self.key)


@dataclass(frozen=True, slots=True)
class OneADay:
    """A person has one row a day of each ``holder``: on days of both records the kept one's stands.

    A row of which some days are left moves with these; one that is covered stays behind. ``without`` are values of a
    column whose rows stay behind because they follow from others.
    """

    holder: Sequence[str] = ()
    without: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def plan(self, link: Link, kept_id: int, absorbed_id: int) -> Iterator[Step]:
        held: dict[tuple[object, ...], list[Period]] = {}
        for row in link.rows(kept_id):
            held.setdefault(self._of(row), []).append(_days(row))
        for row in link.rows(absorbed_id):
            if any(getattr(row, name) in values for name, values in self.without.items()):
                yield Step(link, row, moves=False, why="worked out afresh")
                continue
            own = _days(row)
            left = list(without(own, held.get(self._of(row), [])))
            if not left:
                yield Step(link, row, moves=False, why="the kept record says otherwise, or the same, for these days")
            elif left == [own]:
                yield Step(link, row)
            else:
                yield Step(link, row, why="only days of which the kept record says nothing", pieces=left)

    def _of(self, row: Model) -> tuple[object, ...]:
        return tuple(getattr(row, name) for name in self.holder)


@dataclass(frozen=True, slots=True)
class Numbered:
    """Rows are numbered within a person: those of the absorbed record move behind the kept one's, in their order."""

    column: str = "number"

    def plan(self, link: Link, kept_id: int, absorbed_id: int) -> Iterator[Step]:
        highest = max((getattr(row, self.column) for row in link.rows(kept_id)), default=0)
        rows = link.rows(absorbed_id).order_by(self.column)
        return (Step(link, row, takes={self.column: highest + place}) for place, row in enumerate(rows, start=1))


@dataclass(frozen=True, slots=True)
class StaysBehind:
    """No row moves; ``why`` says what becomes of it instead."""

    why: str

    def plan(self, link: Link, kept_id: int, absorbed_id: int) -> Iterator[Step]:  # noqa: ARG002
        return (Step(link, row, moves=False, why=self.why) for row in link.rows(absorbed_id))


def without(period: Period, others: Iterable[Period]) -> Iterator[Period]:
    """What is left of the days when those of the others are taken out, in order."""
    first: date | None = period.starts_on
    for other in sorted(others):
        if first is None or other.last_day < first:
            continue
        if other.starts_on > period.last_day:
            break
        if other.starts_on > first:
            yield Period(first, other.starts_on - DAY)
        first = None if other.ends_on is None else other.ends_on + DAY
    if first is not None and first <= period.last_day:
        yield Period(first, period.ends_on)


def _days(row: Any) -> Period:
    return Period(row.starts_on, row.ends_on)


_registered: dict[tuple[type[Model], str], Participant] = {}


def register_merge(model: type[Model], participant: Participant, *, field: str = "nominal") -> None:
    """Say who moves the rows of a table. Raises ``ValueError`` when somebody else does already."""
    if _registered.setdefault((model, field), participant) != participant:
        raise ValueError(f"{model._meta.label}.{field} has a merge participant already.")


def registered_merges() -> Mapping[tuple[type[Model], str], Participant]:
    """Every participant, by table and key."""
    return dict(_registered)


def participant_of(link: Link) -> Participant:
    """Who moves the rows of this key; by default they all follow."""
    return _registered.get((link.model, link.field), Follows())
