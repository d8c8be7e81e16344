"""Finding a person by any number, by a misspelt or sound-alike name, by another name, by an address, by a birth date
give or take.

Candidates come from the indexes; only those the principal may see are named. Restricted people in scope are a number
of cards, people of Category 4 nothing at all (R99, R100).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db import transaction
from django.db.models import Count, F, Func, IntegerField, Max, Q, QuerySet, TextField, Value, Window
from django.db.models.functions import Coalesce

from agencies.access import cards, visible
from agencies.principal import Principal
from agencies.roles import Perm
from agencies.rows_of import RowsOf
from agencies.spans import open_on
from agencies.written import Text, Written, one_of
from rules.calendar import add_months
from rules.identity import check_identifier
from rules.vocabulary import IdentifierKind

from .abodes import Abode, abode_of, living_at
from .alike import ids_like, looked_for
from .likeness import WHOLLY, fit, words_of
from .models import Alias, Identifier, Nominal
from .models.nominal import full_name
from .records import IdentifierRecord

LIMIT = 50
RANKED = 300
# Names that fit less well than this are not plausible; of somebody born about the day asked for, a little less will do.
LEAST, LEAST_IF_BORN_THEN = 76.0, 60.0
BIRTH_DATE_SLACK = 3
# Somebody who once lived at an address comes after whoever lives there now.
PAST_ADDRESS = 0.8
# Within text with figures in it, what may be a name: a word of letters, or three letters in a row.
_NAME = re.compile(r"(?<!\S)[^\W\d_]{2,}(?!\S)|[^\W\d_]{3,}")

Scored = Callable[[Nominal, Sequence[Alias]], tuple[float, str]]

other_names = RowsOf(Alias, "nominal")


class SlackUnit(StrEnum):
    """In what a birth date may be off."""

    DAYS = "days"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class GiveOrTake:
    """How far a birth date may be from the one asked for, either way."""

    number: int
    unit: SlackUnit

    def around(self, day: date) -> tuple[date, date]:
        """The first and the last day that it allows."""
        if self.unit is SlackUnit.DAYS:
            return day - timedelta(days=self.number), day + timedelta(days=self.number)
        return _years_on(day, -self.number), _years_on(day, self.number)


@dataclass(frozen=True, slots=True)
class _Also:
    """What a person found must be besides: born about a day, living or once living at an address."""

    born: date | None = None
    give_or_take: GiveOrTake | None = None
    abode: Abode = field(default_factory=Abode)

    def __bool__(self) -> bool:
        return self.born is not None or bool(self.abode)

    def of(self, rows: QuerySet[Nominal]) -> QuerySet[Nominal]:
        if self.born is not None:
            rows = rows.filter(pk__in=born_about(self.born, self.give_or_take))
        if self.abode:
            rows = rows.filter(pk__in=living_at(self.abode).values("nominal"))
        return rows


@dataclass(frozen=True, slots=True)
class Match:
    """One person found, their other names, how well they fit (0 to 100), and by what."""

    nominal: Nominal
    other_names: Sequence[Alias]
    score: float
    by: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search shows: matches, best first, and how many restricted records it touched ("contact the unit").

    ``total`` counts those who fit and may be seen, shown or not; ``at_least`` when so many were likely that the least
    likely of them were not looked at.
    """

    matches: list[Match] = field(default_factory=list)
    cards: int = 0
    total: int = 0
    at_least: bool = False

    @property
    def is_cut(self) -> bool:
        """More people fit, or may, than are shown."""
        return self.at_least or self.total > len(self.matches)

    @property
    def number(self) -> str:
        """How many fit, in words: "12", "the 50 best of 189", "the 50 best of at least 212", "at least 12"."""
        total = f"at least {self.total:,}" if self.at_least else f"{self.total:,}"
        return f"the {len(self.matches)} best of {total}" if self.total > len(self.matches) else total

    @property
    def counted(self) -> str:
        """The same as a heading: "The 50 best of 189 people found"."""
        people = "person" if self.total == 1 else "people"
        return f"{self.number[0].upper()}{self.number[1:]} {people} found"


def find(
    principal: Principal,
    *,
    on: date,
    text: str = "",
    date_of_birth: date | None = None,
    give_or_take: GiveOrTake | None = None,
    address: str = "",
    perm: Perm = Perm.SEARCH,
    limit: int = LIMIT,
) -> Found:
    """People who fit a number or a name, an address or postcode of now or once, a birth date: all that is given.

    Text with a figure in it is a number when it is somebody's, or looks like one; anything else is a name. Without
    ``give_or_take`` a birth date stands for itself and for days easily taken for it. Raises nothing: what fits nobody
    finds nobody. Cards answer to a number or a name, never to a birth date or an address: who tried one after the
    other would learn when a restricted person was born, or where they live (R100).
    """
    text = " ".join(text.replace("\x00", " ").split())
    also = _Also(date_of_birth, give_or_take, abode_of(address))
    if address.strip() and not also.abode:
        return Found()
    if any(letter.isdigit() for letter in text):
        found = _by_number(principal, perm, text, limit, also)
        # Only what the principal may know of decides: a hidden person's number is like nobody's.
        if found.matches or found.cards or looks_like_a_number(text):
            return found
        text = " ".join(_NAME.findall(text))
    if text:
        return _by_name(principal, perm, text, limit, also)
    if also.abode:
        return _by_address(principal, perm, limit, also, on)
    if date_of_birth is not None:
        return _by_birth(principal, perm, date_of_birth, limit, also)
    return Found()


def possible_duplicates(
    principal: Principal,
    *,
    on: date,  # noqa: ARG001 - every read of the register names its day
    family_name: str,
    given_names: str = "",
    date_of_birth: date | None = None,
    identifiers: Sequence[IdentifierRecord] = (),
    perm: Perm = Perm.NOMINAL_VIEW,
) -> list[Nominal]:
    """People who may be the one about to be added: same number, or like name and birth date (R4).

    Only those the principal may see, and no sign that there are others.
    """
    likely = Nominal.objects.filter(_numbers(identifiers))
    found = {row.pk: row for row in visible(principal, likely, perm)[:LIMIT]}
    if date_of_birth is not None and family_name.strip():
        text = f"{family_name} {given_names}"
        with transaction.atomic(savepoint=False):
            touched = _Also(date_of_birth).of(_alike(*_touched(principal, perm, text)))
            # Cards are not asked for: one more query would tell of a restricted person.
            likest = _best(_shown(principal, touched, perm), _Likeness(words_of(text)), LIMIT, date_of_birth)
        for match in likest.matches:
            found.setdefault(match.nominal.pk, match.nominal)
    return list(found.values())


def looks_like_a_number(text: str) -> bool:
    """Whether the text is written as a number of some kind, or has nothing in it that could be a name.

    A ViSOR reference can look like anything, so it says nothing.
    """
    kinds = (kind for kind in IdentifierKind if kind is not IdentifierKind.VISOR)
    return any(check_identifier(kind, text).valid for kind in kinds) or not _NAME.search(text)


def _forms_of(text: str) -> list[str]:
    """How the text may stand in the register as a number, whichever kind it is and however it is written."""
    checks = [check_identifier(kind, text) for kind in IdentifierKind]
    return sorted({check.normalised for check in checks if check.normalised})


def _numbered(forms: list[str]) -> QuerySet[Nominal]:
    """Those with a number of one of these forms, whoever may see them."""
    holders = Identifier.objects.filter(one_of("normalised", forms, TextField)).values("nominal")
    return Nominal.objects.filter(pk__in=holders).order_by("family_name", "given_names", "pk")


def born_about(day: date, give_or_take: GiveOrTake | None = None) -> QuerySet[Any, Any]:
    """Ids of people born so far from the day at most; without a distance, on the day or on one that is easily taken
    for it: days and months swapped, a year or a few days off."""
    if give_or_take is not None:
        return Nominal.objects.filter(date_of_birth__range=give_or_take.around(day)).values("pk")
    days = {day + timedelta(days=off) for off in range(-BIRTH_DATE_SLACK, BIRTH_DATE_SLACK + 1)}
    for year, month, number in ((day.year, day.day, day.month), (day.year - 1, day.month, day.day),
                                (day.year + 1, day.month, day.day)):  # fmt: skip
        try:
            days.add(date(year, month, number))
        except ValueError:
            continue
    return Nominal.objects.filter(date_of_birth__in=days).values("pk")


def _years_on(day: date, years: int) -> date:
    """The same day of another year; 29 February becomes 28 February."""
    return add_months(day, 12 * years)


# The indexes of names are asked once, for those who may be read and for those who may only be told of.
_LIKE = Written(ids_like)


def _touched(by: Principal, perm: Perm, text: str) -> tuple[list[int], Text]:
    """Whose names are like the text, whoever may see them; and the text as the indexes hold it."""
    asked = looked_for(text)
    return [row["pk"] for row in _LIKE(by, perm, *asked)], asked[1]


def _alike(ids: list[int], text: Text) -> QuerySet[Nominal]:
    """These people, the likest first; whoever may see them."""
    touched = Nominal.objects.filter(one_of("pk", ids))
    return touched.annotate(alike=TrigramSimilarity(full_name(), text)).order_by("-alike", "pk")


def _shown(principal: Principal, rows: QuerySet[Nominal], perm: Perm) -> QuerySet[Nominal]:
    # One more than is ranked, to tell that there are more.
    return visible(principal, rows, perm)[: RANKED + 1]


def _carded(principal: Principal, rows: QuerySet[Nominal], perm: Perm) -> QuerySet[Nominal]:
    return cards(principal, rows, perm)[:RANKED]


# A search for a name or a number and nothing else is what is asked most.
_SHOWN = Written(lambda by, perm, ids, text: _shown(by, _alike(ids, text), perm))
_CARDED = Written(lambda by, perm, ids, text: _carded(by, _alike(ids, text), perm))

_SHOWN_BY_NUMBER = Written(lambda by, perm, forms: _shown(by, _numbered(forms), perm))
_CARDED_BY_NUMBER = Written(lambda by, perm, forms: _carded(by, _numbered(forms), perm))


def _by_name(principal: Principal, perm: Perm, text: str, limit: int, also: _Also) -> Found:
    scored = _Likeness(words_of(text))
    # A page has a transaction already, and rolls back as a whole.
    with transaction.atomic(savepoint=False):
        touched = _touched(principal, perm, text)
        rows = _shown(principal, also.of(_alike(*touched)), perm) if also else _SHOWN(principal, perm, *touched)
        cards = _fitting(_CARDED(principal, perm, *touched), scored)
        return replace(_best(rows, scored, limit, also.born), cards=cards)


def _by_number(principal: Principal, perm: Perm, text: str, limit: int, also: _Also) -> Found:
    if not (forms := _forms_of(text)):
        return Found()
    asked = (principal, perm, forms)
    rows = _shown(principal, also.of(_numbered(forms)), perm) if also else _SHOWN_BY_NUMBER(*asked)
    best = _best(rows, _as_number, limit, also.born)
    return replace(best, cards=_fitting(_CARDED_BY_NUMBER(*asked), _as_number))


# How many rows there are, however few of them are taken.
_ALL = Window(Count("*"))


def _by_birth(principal: Principal, perm: Perm, day: date, limit: int, also: _Also) -> Found:
    away = Func(
        F("date_of_birth"), Value(day), template="ABS(%(expressions)s)", arg_joiner=" - ", output_field=IntegerField()
    )
    likely = also.of(Nominal.objects.all()).order_by(away, "family_name", "given_names", "pk")
    rows: list[Any] = list(visible(principal, likely, perm).annotate(total=_ALL)[:limit])
    names = other_names(rows)
    matches = [Match(row, names[row.pk], *_birth_score(row, day)) for row in rows]
    return Found(matches, total=rows[0].total if rows else 0)


def _by_address(principal: Principal, perm: Perm, limit: int, also: _Also, on: date) -> Found:
    """Those who live there, and those who once did; the address most like the one asked for first."""
    seen = visible(principal, replace(also, abode=Abode()).of(Nominal.objects.all()), perm)
    now, ever = Max("alike", filter=open_on(on)), Max("alike")
    there: QuerySet[Any, Any] = living_at(also.abode).filter(nominal__in=seen.values("pk")).values("nominal")
    ranked = there.annotate(now=now, score=Coalesce(now, ever * PAST_ADDRESS), total=_ALL)
    best = list(ranked.order_by("-score", "nominal__family_name", "nominal")[:limit])
    people = Nominal.objects.in_bulk([row["nominal"] for row in best])
    names = other_names(people.values())
    matches = [
        Match(
            people[row["nominal"]],
            names[row["nominal"]],
            100.0 * row["score"],
            "past address" if row["now"] is None else "address",
        )
        for row in best
    ]
    return Found(matches, total=best[0]["total"] if best else 0)


@dataclass(frozen=True, slots=True)
class _Likeness:
    """How well a person fits the words of a name, by their own or another one of theirs."""

    asked: Sequence[str]

    def __call__(self, nominal: Nominal, other_names: Sequence[Alias]) -> tuple[float, str]:
        own = fit(self.asked, nominal.family_name, nominal.given_names)
        if own == WHOLLY:
            return own, "name"
        others = (fit(self.asked, alias.family_name, alias.given_names) for alias in other_names)
        other = max(others, default=0.0)
        return (own, "name") if own >= other else (other, "other name")


def _birth_score(nominal: Nominal, wanted: date) -> tuple[float, str]:
    return (100.0, "date of birth") if nominal.date_of_birth == wanted else (70.0, "date of birth, about")


def _as_number(*_: object) -> tuple[float, str]:
    return 100.0, "number"


def _best(rows: Iterable[Nominal], scored: Scored, limit: int, born: date | None) -> Found:
    """Of rows that may be seen, the likest first, those that fit well enough, best first."""
    least = LEAST if born is None else LEAST_IF_BORN_THEN
    people, matches = list(rows), []
    names = other_names(people)
    for row in people:
        score, by = scored(row, names[row.pk])
        if score >= least:
            score = score if born is None else (score + _birth_score(row, born)[0]) / 2
            matches.append(Match(row, names[row.pk], score, by))
    matches.sort(key=lambda match: -match.score)
    return Found(matches[:limit], total=len(matches), at_least=len(people) > RANKED)


def _fitting(closed: Iterable[Nominal], scored: Scored) -> int:
    """How many cards fit the text, whenever born, wherever living."""
    people = list(closed)
    names = other_names(people)
    return sum(1 for row in people if scored(row, names[row.pk])[0] >= LEAST)


def _numbers(identifiers: Iterable[IdentifierRecord]) -> Q:
    checks = [check_identifier(record.kind, record.value) for record in identifiers]
    return (
        Q(pk__in=[])
        if not checks
        else Q(
            pk__in=Identifier.objects.filter(
                _any(Q(kind=check.kind, normalised=check.normalised) for check in checks if check.normalised)
            ).values("nominal")
        )
    )


def _any(conditions: Iterable[Q]) -> Q:
    joined = Q(pk__in=[])
    for condition in conditions:
        joined |= condition
    return joined
