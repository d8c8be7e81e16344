"""Dates ahead that change the status of anybody a principal may see: nothing lapses silently (R22, R26, R30)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from agencies.access import visible
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.roles import Perm
from rules.ahead import turns_18
from rules.calendar import add_months
from rules.core import Reason
from rules.deadlines import ground_ending
from rules.facts import PersonFacts, RegisterFacts
from rules.levels import level_on
from rules.notification import review_eligible_on
from rules.parameters import Parameters
from rules.vocabulary import GroundKind

from .facts import facts_for, ground_facts
from .models import Ground, Nominal
from .queries import standing_grounds


@dataclass(frozen=True, slots=True)
class DateAhead:
    """A day, whom it concerns, what happens on it, and why. ``forced``: somebody must decide before it."""

    on: date
    nominal: Nominal
    what: str
    forced: bool
    reasons: tuple[Reason, ...]


def horizon(principal: Principal, on: date) -> date:
    """How far ahead to look: the first alert before a ground ends, as the area has set it."""
    return add_months(on, parameters_for(principal.area_id or 0).number("ground_ending_first_alert", on))


def dates_ahead(principal: Principal, *, on: date, until: date) -> list[DateAhead]:
    """Ends of grounds, eighteenth birthdays and reviews of indefinite notification from ``on`` to ``until``.

    The nearest first; a constant number of queries.
    """
    params = parameters_for(principal.area_id or 0)
    grounds = visible(
        principal, Ground.objects.select_related("nominal", "offence").filter(voided_on__isnull=True), Perm.NOMINAL_VIEW
    )
    found = [
        *_endings(list(grounds.filter(ends_on__range=(on, until))), params),
        *_birthdays(principal, on, until, params),
        *_reviews([*grounds.filter(_may_be_reviewed(on, until, params))], on, until, params),
    ]
    return sorted(found, key=lambda each: (each.on, each.nominal.family_name, each.nominal.pk, each.what))


def _endings(ending: Sequence[Ground], params: Parameters) -> Iterator[DateAhead]:
    facts: Mapping[int, RegisterFacts] = facts_for({ground.nominal_id for ground in ending})
    for row in ending:
        known = facts[row.nominal_id]
        own = next(each for each in known.grounds if each.key == row.pk)
        others = [each for each in known.grounds if each is not own]
        answer = ground_ending(own, others, level_on(known.levels, row.ends_on or own.starts_on).value, params)
        if answer.value is None:
            continue
        forced = answer.value.decide_by is not None
        last = not any(reason.rule == "R27" for reason in answer.reasons)
        what = "Last ground ends: decide by then" if forced else "Last ground ends" if last else "A ground ends"
        yield DateAhead(answer.value.ends_on, row.nominal, what, forced, answer.reasons)


def _birthdays(principal: Principal, on: date, until: date, params: Parameters) -> Iterator[DateAhead]:
    months = params.number("adult_age", on) * 12
    born = Q(date_of_birth__range=(add_months(on, -months), add_months(until, -months)))
    under = Nominal.objects.filter(born, pk__in=standing_grounds(on).values("nominal"))
    for nominal in visible(principal, under, Perm.NOMINAL_VIEW):
        answer = turns_18(nominal.date_of_birth, params, today=on)
        if answer.value is not None and answer.value <= until:
            yield DateAhead(
                answer.value, nominal, "Turns 18: hand over from youth to adult services", False, answer.reasons
            )


def _may_be_reviewed(on: date, until: date, params: Parameters) -> Q:
    """Indefinite notifications that began so long before these days that a review may become possible in them."""
    began = Q()
    for key in ("indefinite_review_adult", "indefinite_review_juvenile"):
        months = params.number(key, on) * 12
        began |= Q(starts_on__range=(add_months(on, -months), add_months(until, -months)))
    return began & Q(kind=GroundKind.NOTIFICATION, ends_on__isnull=True)


def _reviews(rows: Sequence[Ground], on: date, until: date, params: Parameters) -> Iterator[DateAhead]:
    for row in rows:
        person = PersonFacts(surname=row.nominal.family_name, born_on=row.nominal.date_of_birth)
        answer = review_eligible_on(ground_facts(row), person, params)
        if answer.value is not None and on <= answer.value <= until:
            yield DateAhead(answer.value, row.nominal, "Indefinite notification may be reviewed", False, answer.reasons)
