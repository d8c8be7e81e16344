"""Rows of the register as the facts that rules take: one person, or many at a constant number of queries."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from django.db.models import QuerySet

from rules.facts import GroundFacts, LevelFacts, OffenceFacts, PersonFacts, RegisterFacts, WhereaboutsFacts
from rules.vocabulary import (
    DecidingBody,
    Disposal,
    EndReason,
    GroundKind,
    IdentifierKind,
    Level,
    OffenceOutcome,
    OrderKind,
    Whereabouts,
)

from .models import Ground, Identifier, LevelSpan, Nominal, QualifyingMeeting, WhereaboutsSpan
from .records import GroundRecord, LevelRecord, WhereaboutsRecord

BATCH = 2_000
_SHARED: "ContextVar[dict[tuple[str, frozenset[int]], dict[int, Any]] | None]" = ContextVar("shared", default=None)
F = TypeVar("F")


@contextmanager
def shared_facts() -> Iterator[None]:
    """Within it, the same people's facts are read once, however many ask: for readers only, as nothing is read anew."""
    token = _SHARED.set({})
    try:
        yield
    finally:
        _SHARED.reset(token)


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """A Level 2 or 3 meeting held, and the next date its chair has set."""

    held_on: date
    level: Level
    next_on: date | None = None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """All that the ledger of obligations is worked out from, for one person."""

    nominal_id: int
    area_id: int
    register: RegisterFacts
    meetings: tuple[MeetingFacts, ...] = ()


def once(what: str, ids: Iterable[int], read: Callable[[list[int]], dict[int, F]]) -> dict[int, F]:
    """What ``read`` gives for these people; within :func:`shared_facts`, read only the first time."""
    known, shared = list(ids), _SHARED.get()
    if shared is None:
        return read(known)
    key = (what, frozenset(known))
    if key not in shared:
        shared[key] = read(known)
    return shared[key]


def facts_of(nominal: Nominal) -> RegisterFacts:
    """Grounds, levels and whereabouts of one person."""
    return facts_for([nominal.pk])[nominal.pk]


def facts_for(nominal_ids: Iterable[int]) -> dict[int, RegisterFacts]:
    """The same for many, in three queries. Every id given is a key of the answer, with or without rows."""
    ids = list(nominal_ids)
    found = once("register", ids, _read_facts)
    return {key: found[key] for key in ids}


def _read_facts(ids: list[int]) -> dict[int, RegisterFacts]:
    grounds: dict[int, list[GroundFacts]] = defaultdict(list)
    levels: dict[int, list[LevelFacts]] = defaultdict(list)
    whereabouts: dict[int, list[WhereaboutsFacts]] = defaultdict(list)
    for ground in Ground.objects.filter(nominal__in=ids).select_related("offence").order_by("starts_on", "id"):
        grounds[ground.nominal_id].append(ground_facts(ground))
    for level in LevelSpan.objects.filter(nominal__in=ids).order_by("starts_on"):
        levels[level.nominal_id].append(level_facts(level))
    for where in WhereaboutsSpan.objects.filter(nominal__in=ids).order_by("starts_on"):
        whereabouts[where.nominal_id].append(whereabouts_facts(where))
    return {
        key: RegisterFacts(
            key=key, grounds=tuple(grounds[key]), levels=tuple(levels[key]), whereabouts=tuple(whereabouts[key])
        )
        for key in ids
    }


def register_facts(nominals: QuerySet[Nominal]) -> Iterator[RegisterFacts]:
    """Facts of a whole register for counting, in batches: memory stays flat. Decided by the queryset's own scope."""
    for ids in batches(nominals.order_by("id").values_list("id", flat=True).iterator(BATCH)):
        yield from facts_for(ids).values()


def case_facts_for(nominal_ids: Iterable[int]) -> dict[int, CaseFacts]:
    """Facts of the obligation ledger for many, in five queries. Unknown ids are left out."""
    areas = dict(Nominal.objects.filter(pk__in=list(nominal_ids)).values_list("id", "area_id"))
    meetings: dict[int, list[MeetingFacts]] = defaultdict(list)
    for meeting in QualifyingMeeting.objects.filter(nominal__in=areas).order_by("held_on"):
        meetings[meeting.nominal_id].append(meeting_facts(meeting))
    register = facts_for(areas)
    return {
        key: CaseFacts(nominal_id=key, area_id=area_id, register=register[key], meetings=tuple(meetings[key]))
        for key, area_id in areas.items()
    }


def person_facts(nominal: Nominal) -> PersonFacts:
    """Who the person is, for the rules of intake and of grounds."""
    kinds = Identifier.objects.filter(nominal=nominal).order_by("kind").values_list("kind", flat=True).distinct()
    died_on = (
        WhereaboutsSpan.objects.filter(nominal=nominal, kind=Whereabouts.DEAD)
        .order_by("starts_on")
        .values_list("starts_on", flat=True)
        .first()
    )
    return PersonFacts(
        surname=nominal.family_name,
        born_on=nominal.date_of_birth,
        identifiers=tuple(IdentifierKind(kind) for kind in kinds),
        died_on=died_on,
    )


def ground_facts(ground: Ground) -> GroundFacts:
    """One stored ground as rules see it."""
    offence = ground.offence
    title = offence.title if offence else ground.offence_text
    return _facts(ground, ground.pk, OffenceFacts(code=offence.code if offence else "", title=title) if title else None)


def ground_facts_of_record(record: GroundRecord, *, key: int | None = None, title: str = "") -> GroundFacts:
    """A ground that is not yet stored. ``title`` is the qualifying offence's title, if there is one."""
    title = title or record.offence_text or record.offence_code
    return _facts(record, key, OffenceFacts(code=record.offence_code, title=title) if title else None)


def _facts(ground: Ground | GroundRecord, key: int | None, offence: OffenceFacts | None) -> GroundFacts:
    return GroundFacts(
        key=key,
        kind=GroundKind(ground.kind),
        starts_on=ground.starts_on,
        ends_on=ground.ends_on,
        outcome=OffenceOutcome(ground.outcome) if ground.outcome else None,
        outcome_on=ground.outcome_on,
        offence=offence,
        disposal=Disposal(ground.disposal) if ground.disposal else None,
        disposal_on=ground.disposal_on,
        term_months=ground.term_months or 0,
        term_days=ground.term_days or 0,
        total_of_consecutive_terms=ground.total_of_consecutive_terms,
        legal_confirmation=ground.legal_confirmation,
        service_court=ground.service_court,
        terrorist_offence=ground.terrorist_offence,
        order=OrderKind(ground.order),
        order_ends_on=ground.order_ends_on,
        finding_capacity=ground.finding_capacity,
        finding_current=ground.finding_current,
        voided=ground.voided_on is not None,
        end_reason=EndReason(ground.end_reason) if ground.end_reason else None,
    )


def level_facts(span: LevelSpan | LevelRecord) -> LevelFacts:
    """One level span as rules see it."""
    return LevelFacts(
        level=Level(span.level),
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        body=DecidingBody(span.decided_by),
        reason=span.reason,
        key=span.pk if isinstance(span, LevelSpan) else None,
    )


def whereabouts_facts(span: WhereaboutsSpan | WhereaboutsRecord) -> WhereaboutsFacts:
    """One whereabouts span as rules see it."""
    return WhereaboutsFacts(whereabouts=Whereabouts(span.kind), starts_on=span.starts_on, ends_on=span.ends_on)


def meeting_facts(meeting: QualifyingMeeting) -> MeetingFacts:
    """One qualifying meeting."""
    return MeetingFacts(held_on=meeting.held_on, level=Level(meeting.level), next_on=meeting.next_on)


def batches(ids: Iterable[int]) -> Iterator[list[int]]:
    """Ids in lists of ``BATCH``, so that a whole register goes through flat memory."""
    source = iter(ids)
    while batch := list(islice(source, BATCH)):
        yield batch
