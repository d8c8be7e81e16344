"""Level 1 of the demo: who was screened, whose reviews are held, late, or were never recorded before the start."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from cases.records import ChangeRecord, Level1ReviewRecord, ScreeningRecord
from rules.vocabulary import CaseChange, DecidingBody, Level, ReviewForm, RiskLevel, ScreeningOutcome, Whereabouts

from .days import Days
from .people import Person
from .places import AGENCIES

# Brought forward from before the area's start date: neither late nor sent.
NEVER_SCREENED, NEVER_REVIEWED = 212, 83
# Late today, one named case of probation besides.
LATE = {"probation": 7, "health_trust": 1}
START, RECENT = -365, -150
# A next review within so many months fits a high risk.
FEW_MONTHS = 3
_REVIEWING = frozenset({"probation", "national_security", "youth_justice", "health_trust", "health_board"})
_KIND = {row.key: row.kind.value for row in AGENCIES}
_BY = {
    "probation": "Probation practitioner and police",
    "youth_justice": "Youth justice worker and children's services",
}
_COMMUNITY = Whereabouts.COMMUNITY


def add_level_1(day: Days, people: Sequence[Person], seed: int) -> None:
    """Give everybody of the demo their screening and their Level 1 reviews."""
    draw = random.Random(seed + 1)  # noqa: S311 - invented people, not secrets
    _named(day, people)
    bulk = [person for person in people if not person.named and person.left_on is None]
    old = [person for person in bulk if (since := level_1_since(person, day)) is not None and since < day(START)]
    from_the_start = [
        person
        for person in old
        if [stay.kind for stay in person.stays] == [_COMMUNITY] and person.steps[0].since == person.opened_on
    ]
    for person in draw.sample(from_the_start, NEVER_SCREENED):
        person.steps[0] = replace(person.steps[0], body=DecidingBody.IMPORTED)
    reviewing = [person for person in old if person.reviews == () and _kind(person) in _REVIEWING]
    late = [
        person
        for kind, number in LATE.items()
        for person in draw.sample([each for each in reviewing if _kind(each) == kind], number)
    ]
    for person in late:
        person.reviews = (_review(person, day(-160), day(-draw.randint(3, 30))),)
    never = draw.sample([person for person in reviewing if person not in late], NEVER_REVIEWED)
    for person in people:
        since = level_1_since(person, day)
        if since is None or person.reviews or person in never or _kind(person) not in _REVIEWING:
            continue
        if person.family != "Serpentine":
            person.reviews = tuple(_held(person, since, day, draw))


def level_1_since(person: Person, day: Days) -> date | None:
    """Since when the person has been at Level 1 without a break, if they are today."""
    since = None
    for span in person.levels():
        if span.level is not Level.ONE:
            since = None
        elif since is None:
            since = span.starts_on
    spans = person.levels()
    return since if spans and spans[-1].is_open_on(day.today) else None


def _kind(person: Person) -> str:
    return _KIND.get(person.lead, "")


def _named(day: Days, people: Sequence[Person]) -> None:
    """Cases 24 and 35: a review by paper that is due, one that is late and an arrest since."""
    by_name = {person.family: person for person in people if person.named}
    pyrite, ironstone = by_name["Pyrite"], by_name["Ironstone"]
    pyrite.reviews = (_review(pyrite, day(-100), day(18), "Consultant and social supervisor"),)
    ironstone.screenings = (
        ScreeningRecord(
            ironstone.opened_on, ScreeningOutcome.LEVEL_1, "Low risk of serious harm; one agency manages it."
        ),
    )
    ironstone.reviews = (_review(ironstone, day(-150), day(-21)),)
    ironstone.changes = (ChangeRecord(CaseChange.ARREST, day(-2), "Arrested after a fight outside a public house."),)


def _held(person: Person, since: date, day: Days, draw: random.Random) -> Iterator[Level1ReviewRecord]:
    """A first review within four weeks, and one of the last months; none yet for somebody who has just come."""
    if since > day(-28):
        return
    first = date.fromordinal(since.toordinal() + draw.randint(7, 26))
    if first > day(RECENT):
        yield _review(person, first, day(draw.randint(5, 25)))
        return
    if since >= day(START):
        yield _review(person, first, None)
    yield _review(person, day(-draw.randint(20, 140)), day(draw.randint(3, 35)))


def _review(person: Person, held_on: date, next_on: date | None, by: str = "") -> Level1ReviewRecord:
    contributors = by or _BY.get(_kind(person), "Care co-ordinator and consultant")
    said, risk = "Stays at Level 1: the plan holds.", _risk(person, held_on, next_on)
    return Level1ReviewRecord(held_on, ReviewForm.PAPER, contributors, said, next_on, risk)


def _risk(person: Person, held_on: date, next_on: date | None) -> RiskLevel | Literal[""]:
    """What was found; a few reviews are from before it was recorded. Youth justice sees everybody often."""
    if next_on is None or _kind(person) == "youth_justice":
        return ""
    months = (next_on.year - held_on.year) * 12 + next_on.month - held_on.month
    if months < FEW_MONTHS:
        return RiskLevel.HIGH
    return RiskLevel.LOW if len(person.family) % 2 else RiskLevel.MEDIUM
