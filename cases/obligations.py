"""What the ledger should hold: each kind of obligation has a provider, which works it out from facts.

A provider takes the facts of many people and a day, and answers for each person with every row that the facts make,
met and cancelled ones among them. ``cases.services.obligations`` compares that with the ledger and corrects it. Apps
above this one register their kinds when they start, so nothing here knows them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import zip_longest
from typing import Any

from django.db.models import Q, QuerySet

from agencies.parameters import parameters_for
from rules.core import DAY, Period, Reason
from rules.deadlines import detained_periods, review_due
from rules.facts import LevelFacts
from rules.parameters import Parameters
from rules.vocabulary import DecidingBody, Level, ObligationKind

from .facts import CaseFacts, case_facts_for, shared_facts
from .models import LevelSpan, Nominal, Obligation


@dataclass(frozen=True, slots=True)
class Wanted:
    """One row that the ledger should hold for a person. ``due_on`` is None while its clock is paused.

    ``reasons`` are what "why?" shows; they are not stored.
    """

    kind: ObligationKind
    triggered_on: date
    rule: str
    subject: str = ""
    due_on: date | None = None
    works_to: date | None = None
    met_on: date | None = None
    cancelled_on: date | None = None
    reasons: tuple[Reason, ...] = ()


Provider = Callable[[Iterable[int], date], Mapping[int, list[Wanted]]]
People = Callable[[], "QuerySet[Any, Any]"]


@dataclass(frozen=True, slots=True)
class Kind:
    """Who works out obligations of a kind, and whom it may concern (ids of nominals; more than needed does no harm)."""

    provider: Provider
    people: People


_kinds: dict[ObligationKind, Kind] = {}


def register_kind(kind: ObligationKind, *, provider: Provider, people: People) -> None:
    """Say who works out obligations of this kind. Raises ``ValueError`` when somebody else does already."""
    registered = Kind(provider, people)
    if _kinds.setdefault(kind, registered) != registered:
        raise ValueError(f"Obligations of the kind {kind} have a provider already.")


def registered_kinds() -> Mapping[ObligationKind, Kind]:
    """Every registered kind."""
    return dict(_kinds)


def wanted_for(nominal_id: int, today: date) -> list[Wanted]:
    """Every row that the facts make for one person, of every kind, with the reasons of the rules."""
    with shared_facts():
        return [row for kind in _kinds.values() for row in kind.provider([nominal_id], today).get(nominal_id, ())]


def concerned() -> QuerySet[Any, Any]:
    """Ids of all people for whom the ledger holds a row, or should."""
    whom = Q(pk__in=Obligation.objects.filter(nominal__isnull=False).values("nominal"))
    for kind in _kinds.values():
        whom |= Q(pk__in=kind.people())
    return Nominal.objects.filter(whom, merged_into__isnull=True).values("pk")


def people_at_level_2_or_3() -> QuerySet[Any, Any]:
    """Whoever is or was at Level 2 or 3."""
    return LevelSpan.objects.filter(level__in=[level for level in Level if level.is_multi_agency]).values("nominal")


def review_obligations(nominal_ids: Iterable[int], today: date) -> dict[int, list[Wanted]]:
    """Provider of the Level 2 and 3 review clock (R51 to R53)."""
    params = cache(parameters_for)
    return {
        key: reviews_wanted(facts, today=today, params=params(facts.area_id))
        for key, facts in case_facts_for(nominal_ids).items()
    }


def reviews_wanted(facts: CaseFacts, *, today: date, params: Parameters) -> list[Wanted]:
    """One review for each day from which the clock was counted: a qualifying meeting, or a chair's urgent decision.

    The next meeting meets it; a later urgent decision (R53), or the end of Level 2 and 3, cancels it. The limit is
    that of the level held at the end of the interval. Only detention that began before the row was closed counts, so
    what comes later never moves a closed row.
    """
    held = {meeting.held_on: meeting for meeting in facts.meetings if meeting.held_on <= today}
    wanted = []
    for run, levels in runs_at_level_2_or_3(facts.register.levels):
        left_on = run.ends_on if run.ends_on is not None and run.ends_on < today else None
        triggers = sorted({day for day in held if day in run} | _urgent(levels, today))
        for day, following in zip_longest(triggers, triggers[1:]):
            # The meeting that decides to leave Level 2 or 3 stands on the first day of the new level.
            if following is None and run.ends_on is not None and run.ends_on + DAY in held:
                following = run.ends_on + DAY
            if day == left_on:
                continue
            met_on = following if following in held else None
            wanted.append(_review(facts, day, levels, met_on, None if met_on else following or left_on, today, params))
    return wanted


def _review(
    facts: CaseFacts,
    trigger: date,
    levels: list[LevelFacts],
    met_on: date | None,
    cancelled_on: date | None,
    today: date,
    params: Parameters,
) -> Wanted:
    last_day = met_on or cancelled_on or today
    level = [span.level for span in levels if span.starts_on < last_day or span.starts_on <= trigger][-1]
    known = [span for span in facts.register.whereabouts if span.starts_on <= last_day]
    clock = review_due(level, trigger, detained_periods(known, params), params, today=last_day)
    chair_set = [meeting.next_on for meeting in facts.meetings if meeting.held_on <= trigger][-1:]
    return Wanted(
        kind=ObligationKind.REVIEW_LEVEL_2_3,
        triggered_on=trigger,
        rule="R51",
        due_on=None if clock.paused else clock.due_on,
        works_to=next((day for day in chair_set if day is not None and day > trigger), None),
        met_on=met_on,
        cancelled_on=cancelled_on,
        reasons=clock.reasons,
    )


def _urgent(levels: Iterable[LevelFacts], today: date) -> set[date]:
    return {span.starts_on for span in levels if span.body is DecidingBody.CHAIR_URGENT and span.starts_on <= today}


def runs_at_level_2_or_3(levels: Iterable[LevelFacts]) -> list[tuple[Period, list[LevelFacts]]]:
    """Unbroken times at Level 2 or 3, each with its spans."""
    runs: list[tuple[Period, list[LevelFacts]]] = []
    for span in sorted(levels, key=lambda span: span.starts_on):
        if not span.level.is_multi_agency:
            continue
        if runs and runs[-1][0].ends_on == span.starts_on - DAY:
            period, spans = runs.pop()
            runs.append((Period(period.starts_on, span.ends_on), [*spans, span]))
        else:
            runs.append((span.period, [span]))
    return runs
