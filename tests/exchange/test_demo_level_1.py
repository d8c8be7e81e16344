"""What the demo owes at Level 1 on the day of loading, worked out by the providers of the ledger from plain facts."""

from collections import Counter
from datetime import date, timedelta

import pytest

from cases.level_1 import Lead, Level1Facts, Switches, early_reviews_of, reviews_of, screenings_of
from cases.obligations import Wanted
from exchange.demo.cast import cast
from exchange.demo.days import Days
from exchange.demo.people import Person
from exchange.demo.places import AGENCIES
from rules.core import Period
from rules.deadlines import is_brought_forward, status_of
from rules.level_1 import ReviewFacts
from rules.parameters import Parameters
from rules.vocabulary import DeadlineStatus

PARAMS, NOBODY = Parameters(), Switches()
KIND = {row.key: row.kind.value for row in AGENCIES}


def facts_of(person: Person, key: int) -> Level1Facts:
    return Level1Facts(
        register=person.facts(key),
        area_id=1,
        reviews=tuple(ReviewFacts(review.held_on, review.next_on, review.risk or None) for review in person.reviews),
        changes=tuple((change.happened_on, change.kind) for change in person.changes),
        leads=(Lead(1, None, KIND.get(person.lead, ""), Period(person.opened_on)),),
    )


def standing(row: Wanted, today: date) -> DeadlineStatus:
    start = today - timedelta(days=365)
    return status_of(row.due_on, row.met_on, today, brought_forward=is_brought_forward(row.triggered_on, start))


@pytest.mark.parametrize(
    "today",
    [
        pytest.param(date(2026, 4, 1), id="the earliest day"),
        pytest.param(date(2026, 11, 23), id="a Monday"),
        pytest.param(date(2028, 2, 29), id="29 February"),
    ],
)
def test_what_is_late_and_what_was_brought_forward(today: date) -> None:
    people = [person for person in cast(Days(today), 1) if person.area == "derbyshire"]
    late: Counter[str] = Counter()
    forward: Counter[str] = Counter()
    due: dict[str, list[tuple[str, int]]] = {}
    for key, person in enumerate(people):
        facts = facts_of(person, key)
        for row in (
            *screenings_of(facts.register, [], PARAMS, today),
            *reviews_of(facts, NOBODY, PARAMS, today),
            *early_reviews_of(facts, NOBODY, PARAMS, today),
        ):
            status = standing(row, today)
            if status is DeadlineStatus.OVERDUE:
                late[f"{row.kind} {KIND[person.lead]}"] += 1
            if status is DeadlineStatus.BROUGHT_FORWARD:
                forward[row.kind] += 1
            if person.named and row.met_on is None and row.due_on is not None:
                due.setdefault(person.family, []).append((row.kind.value, (row.due_on - today).days))

    assert late == {"level_1_review probation": 8, "level_1_review health_trust": 1}
    assert forward == {"screening": 212, "level_1_review": 83}
    assert due["Pyrite"] == [("level_1_review", 18)]
    assert due["Serpentine"] == [("level_1_review", 5)]
    assert due["Ironstone"] == [("level_1_review", -21), ("level_1_early", 12)]
