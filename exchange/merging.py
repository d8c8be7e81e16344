"""A person already in the register and the same person in a file, put together.

What the file says differently is changed, what it says in addition is added, and nothing is taken away: an empty cell
says nothing. Grounds are matched by kind and first day, spans by their first day, meetings by their day.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import TypeVar

from cases.facts import ground_facts_of_record
from cases.records import (
    GroundRecord,
    IdentifierRecord,
    LeadAgencyRecord,
    LevelRecord,
    MeetingRecord,
    PersonRecord,
    WhereaboutsRecord,
)
from cases.spans import LevelSlot, fitted
from rules.core import DAY
from rules.eligibility import status_periods
from rules.vocabulary import DecidingBody

from .entries import normalised

_SCALARS = ("family_name", "given_names", "date_of_birth", "sex", "panel_area_id")

Span = TypeVar("Span", WhereaboutsRecord, LeadAgencyRecord)
Row = TypeVar("Row", GroundRecord, MeetingRecord, WhereaboutsRecord, LeadAgencyRecord)


def merged(stored: PersonRecord, given: PersonRecord) -> PersonRecord:
    """The record as it will stand; equal to ``stored`` when the file brings nothing new."""
    blank = PersonRecord(area_id=given.area_id, family_name="")
    said = {name: getattr(given, name) for name in _SCALARS if getattr(given, name) != getattr(blank, name)}
    grounds = grounds_together(stored.grounds, given.grounds)
    return replace(
        stored,
        **said,
        identifiers=_identifiers(stored.identifiers, given.identifiers),
        aliases=(*stored.aliases, *(alias for alias in given.aliases if alias not in stored.aliases)),
        grounds=grounds,
        levels=levels_together(stored.levels, given.levels, grounds),
        whereabouts=_spans(stored.whereabouts, given.whereabouts),
        lead_agencies=_spans(stored.lead_agencies, given.lead_agencies),
        meetings=_matched(stored.meetings, given.meetings, lambda meeting: meeting.held_on),
    )


def differs(one: PersonRecord, other: PersonRecord) -> bool:
    """Whether the two say different things, whatever the order in which they say them."""
    return any(_set(getattr(one, field.name)) != _set(getattr(other, field.name)) for field in fields(one))


def _set(value: object) -> object:
    return frozenset(value) if isinstance(value, tuple) else value


def _identifiers(stored: Sequence[IdentifierRecord], given: Sequence[IdentifierRecord]) -> tuple[IdentifierRecord, ...]:
    known = {(one.kind, normalised(one.kind, one.value)) for one in stored}
    return (*stored, *(one for one in given if (one.kind, normalised(one.kind, one.value)) not in known))


def grounds_together(stored: Sequence[GroundRecord], given: Sequence[GroundRecord]) -> tuple[GroundRecord, ...]:
    """A voided ground stays voided, whatever the file says; a new ground of that kind and day stands beside it."""
    voided = [ground for ground in stored if ground.voided_on is not None]
    standing = [ground for ground in stored if ground.voided_on is None]
    again = [ground for ground in given if not any(_overlaid(old, ground) == old for old in voided)]
    together = _matched(standing, again, lambda ground: (ground.kind, ground.starts_on))
    return tuple(sorted((*voided, *together), key=lambda ground: ground.starts_on))


def levels_together(
    stored: Sequence[LevelRecord], given: Sequence[LevelRecord], grounds: Iterable[GroundRecord]
) -> tuple[LevelRecord, ...]:
    """Starts are decisions; ends are worked out anew. What fills the days before a decision is no decision."""
    by_day = {level.starts_on: level for level in stored}
    for level in given:
        if level.decided_by is DecidingBody.IMPORTED:
            known = by_day.get(level.starts_on)
            by_day[level.starts_on] = known if known and known.level is level.level else level
    slots = [
        LevelSlot(level.level, level.starts_on, None, level.decided_by, level.decision, level.reason)
        for _, level in sorted(by_day.items())
    ]
    slots = [replace(slot, ends_on=limit) for slot, limit in zip(slots, _limits(slots), strict=True)]
    status = status_periods(ground_facts_of_record(ground) for ground in grounds)
    return tuple(
        LevelRecord(slot.level, slot.starts_on, slot.ends_on, slot.decided_by, slot.decision, slot.reason)
        for slot in fitted(slots, status)
    )


def _spans(stored: Sequence[Span], given: Sequence[Span]) -> tuple[Span, ...]:
    """Each lasts to its own end, and no longer than to the day before the next."""
    together: list[Span] = list(_matched(stored, given, lambda span: span.starts_on))
    together.sort(key=lambda span: span.starts_on)
    return tuple(
        replace(span, ends_on=limit if span.ends_on is None else min(span.ends_on, limit or date.max))
        for span, limit in zip(together, _limits(together), strict=True)
    )


def _limits(ordered: Sequence[WhereaboutsRecord | LeadAgencyRecord | LevelSlot]) -> list[date | None]:
    """For each span the day before the next one; nothing for the last."""
    return [*(span.starts_on - DAY for span in ordered[1:]), None][: len(ordered)]


def _matched(stored: Sequence[Row], given: Sequence[Row], key: Callable[[Row], object]) -> tuple[Row, ...]:
    """The stored ones, each overlaid with the given one that belongs to it, and the given ones that are new."""
    left: list[Row] = [one for one in given if one not in stored]
    result: list[Row] = []
    for old in stored:
        mine = None if old in given else next((new for new in left if key(new) == key(old)), None)
        if mine is not None:
            left.remove(mine)
        result.append(old if mine is None else _overlaid(old, mine))
    return tuple(result + left)


def _overlaid(old: Row, new: Row) -> Row:
    """What the new one says over the old; where it says nothing, the old stands."""
    said = {field.name: getattr(new, field.name) for field in fields(new) if getattr(new, field.name)}
    return replace(old, **said)
