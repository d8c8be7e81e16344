"""An independent answer to "may they?", worked out from plain data, against which the engine is held.

It shares the table of roles with the engine and nothing else: no query, no model.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from agencies.access import Presence
from agencies.roles import TABLE, Perm, Role, Scope


@dataclass(frozen=True)
class Span:
    starts_on: date
    ends_on: date | None

    def holds(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)


@dataclass(frozen=True)
class Member:
    """A person in a role. ``user``, ``agency`` and ``area`` are numbers."""

    user: int
    agency: int
    area: int
    role: Role
    span: Span


@dataclass(frozen=True)
class Participation:
    agency: int
    span: Span


@dataclass(frozen=True)
class Grant:
    user: int
    named_reader: bool
    span: Span


@dataclass(frozen=True)
class KeptOut:
    """Exactly one of the two is given."""

    user: int | None
    agency: int | None
    span: Span


@dataclass(frozen=True)
class Record:
    area: int
    handling: str
    participations: tuple[Participation, ...] = ()
    grants: tuple[Grant, ...] = ()
    exclusions: tuple[KeptOut, ...] = ()


@dataclass(frozen=True)
class World:
    members: tuple[Member, ...]
    records: tuple[Record, ...]
    cleared: frozenset[int] = frozenset()
    disabled: frozenset[int] = field(default_factory=frozenset)


def _holding(rows: Iterable[Grant], user: int, day: date) -> list[Grant]:
    return [row for row in rows if row.user == user and row.span.holds(day)]


def decide(world: World, member: Member, record: Record, perm: Perm, day: date) -> Presence:
    """What the person, acting in that role on the day, may know of the record under the permission."""
    scope = TABLE[member.role].get(perm)
    if member.user in world.disabled or not member.span.holds(day) or scope is None or scope is Scope.ANY:
        return Presence.ABSENT
    for row in record.exclusions:
        if row.span.holds(day) and (row.user == member.user or row.agency == member.agency):
            return Presence.ABSENT
    if record.handling == "category_4" and member.user not in world.cleared:
        return Presence.ABSENT

    mine = _holding(record.grants, member.user, day)
    counting = perm in (Perm.FIGURES_VIEW, Perm.LOGS_VIEW)
    if scope is Scope.AREA and member.area == record.area:
        reached = True
    elif scope is Scope.AGENCY:
        reached = bool(mine) or any(
            row.agency == member.agency and row.span.holds(day) for row in record.participations
        )
    else:
        reached = bool(mine) and not counting
    if not reached:
        return Presence.ABSENT
    if record.handling == "restricted" and not counting and not any(row.named_reader for row in mine):
        return Presence.CARD
    return Presence.OPEN
