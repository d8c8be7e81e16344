"""Finding a person by any number, by a misspelt or sound-alike name, by another name, by a birth date give or take.

Candidates come from the indexes; only those the principal may see are named. Restricted people in scope are a number
of cards, people of Category 4 nothing at all (R99, R100).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection, transaction
from django.db.models import F, Func, Model, Q, QuerySet, TextField
from rapidfuzz import fuzz

from agencies.access import cards, visible
from agencies.principal import Principal
from agencies.roles import Perm
from rules.identity import check_identifier
from rules.vocabulary import IdentifierKind

from .models import Alias, Identifier, Nominal
from .models.nominal import SOUND_ARRAY, full_name
from .records import IdentifierRecord
from .sounds import spellings

LIMIT = 50
RANKED = 300
# A word is like another when this share of its three-letter pieces is in it.
LIKENESS = 0.4
# Candidates that fit less well than this are not worth showing; a sound-alike of four letters still does.
LEAST = 50.0
BIRTH_DATE_SLACK = 3

Scored = Callable[[Nominal], tuple[float, str]]


@dataclass(frozen=True, slots=True)
class Match:
    """One person found, how well they fit (0 to 100), and by what."""

    nominal: Nominal
    score: float
    by: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search shows: matches, best first, and how many restricted records it touched ("contact the unit")."""

    matches: list[Match] = field(default_factory=list)
    cards: int = 0


def find(
    principal: Principal,
    *,
    on: date,  # noqa: ARG001 - every read of the register names its day
    text: str = "",
    date_of_birth: date | None = None,
    perm: Perm = Perm.SEARCH,
    limit: int = LIMIT,
) -> Found:
    """People who fit a number, a name, a birth date, or a name and a birth date together.

    Text with a figure in it is a number; anything else is a name. Raises nothing: what fits nobody finds nobody.
    """
    text = " ".join(text.replace("\x00", " ").split())
    if any(letter.isdigit() for letter in text):
        ids = numbers_like(text)
        if date_of_birth is not None:
            ids = _both(ids, born_about(date_of_birth))
        return _found(principal, perm, ids, lambda _: (100.0, "number"), limit)
    if text:
        return _by_name(principal, perm, text, date_of_birth, limit)
    if date_of_birth is not None:
        return _found(principal, perm, born_about(date_of_birth), _birth_score(date_of_birth), limit)
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
    found = {row.pk: row for row in visible(principal, likely.select_related("area", "panel_area"), perm)[:LIMIT]}
    if date_of_birth is not None and family_name.strip():
        name = f"{family_name} {given_names}"
        for match in _by_name(principal, perm, name, date_of_birth, LIMIT).matches:
            found.setdefault(match.nominal.pk, match.nominal)
    return list(found.values())


def clashes(nominal: Nominal) -> QuerySet[Any, Any]:
    """Ids of everybody with the same number, or the same surname and birth date (R4), whoever may see them."""
    same = Q(pk__in=Identifier.objects.filter(_same_number(nominal.identifiers.all())).values("nominal"))
    if nominal.date_of_birth is not None:
        same |= Q(date_of_birth=nominal.date_of_birth, family_name__iexact=nominal.family_name)
    return Nominal.objects.filter(same).exclude(pk=nominal.pk).values("pk")


def numbers_like(text: str) -> QuerySet[Any, Any]:
    """Ids of people with this number, whichever kind it is and however it is written."""
    checks = [check_identifier(kind, text) for kind in IdentifierKind]
    forms = {check.normalised for check in checks if check.normalised}
    return Identifier.objects.filter(normalised__in=forms).values("nominal")


def born_about(day: date) -> QuerySet[Any, Any]:
    """Ids of people born on the day, or on one that is easily taken for it: days and months swapped, a year or a few
    days off."""
    days = {day + timedelta(days=off) for off in range(-BIRTH_DATE_SLACK, BIRTH_DATE_SLACK + 1)}
    for year, month, number in ((day.year, day.day, day.month), (day.year - 1, day.month, day.day),
                                (day.year + 1, day.month, day.day)):  # fmt: skip
        try:
            days.add(date(year, month, number))
        except ValueError:
            continue
    return Nominal.objects.filter(date_of_birth__in=days).values("pk")


def names_like(text: str) -> QuerySet[Any, Any]:
    """Ids of people whose name, or another name of theirs, looks or sounds like the text; asked of the indexes.

    Call within a transaction: it lowers the likeness that the index asks for, until the transaction ends.
    """
    words = re.findall(r"[^\W\d_]+", text)
    codes = sound_codes(words)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(LIKENESS)])
    return _looking(Nominal, "pk", text, words).union(
        _looking(Alias, "nominal", text, words),
        _sounding(Nominal, "pk", "family_name", codes),
        _sounding(Nominal, "pk", "given_names", codes if len(words) == 1 else []),
        _sounding(Alias, "nominal", "family_name", codes),
    )


def sound_codes(words: Iterable[str]) -> list[str]:
    """The sound codes of the words and of what they are easily heard as."""
    asked = [each for word in words for each in spellings(word)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT unnest({SOUND_ARRAY}(asked)) FROM unnest(%s::text[]) asked", [asked])  # noqa: S608
        return sorted(row[0] for row in cursor.fetchall())


def _looking(model: type[Model], key: str, text: str, words: Sequence[str]) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = model._default_manager.annotate(full=full_name())
    lookup = "full__trigram_word_similar" if len(words) == 1 else "full__trigram_similar"
    return rows.filter(**{lookup: text.upper()}).values(key)


def _sounding(model: type[Model], key: str, column: str, codes: Sequence[str]) -> QuerySet[Any, Any]:
    sound = Func(F(column), function=SOUND_ARRAY, output_field=ArrayField(TextField()))
    rows: QuerySet[Any, Any] = model._default_manager.annotate(sound=sound)
    # No codes, no row: an empty overlap is false.
    return rows.filter(sound__overlap=list(codes)).values(key)


def _by_name(principal: Principal, perm: Perm, text: str, date_of_birth: date | None, limit: int) -> Found:
    with transaction.atomic():
        ids: QuerySet[Any, Any] = names_like(text)
        if date_of_birth is not None:
            ids = _both(ids, born_about(date_of_birth))
        return _found(principal, perm, ids, _Likeness(text, date_of_birth), limit)


@dataclass(frozen=True, slots=True)
class _Likeness:
    """How well a person fits a name, and a birth date where one is given."""

    text: str
    date_of_birth: date | None

    def __call__(self, nominal: Nominal) -> tuple[float, str]:
        own = self._of(nominal.family_name, nominal.given_names)
        others = [self._of(alias.family_name, alias.given_names) for alias in nominal.aliases.all()]
        score, by = max([(own, "name"), *((other, "other name") for other in others)])
        if self.date_of_birth is not None:
            score = (score + _birth_score(self.date_of_birth)(nominal)[0]) / 2
        return score, by

    def _of(self, family_name: str, given_names: str) -> float:
        wanted, family, given = self.text.lower(), family_name.lower(), given_names.lower()
        return max(
            fuzz.token_sort_ratio(wanted, f"{given} {family}"),
            fuzz.ratio(wanted, family),
            # A first name alone says less than a surname.
            0.9 * fuzz.ratio(wanted, given),
        )


def _birth_score(wanted: date) -> Scored:
    def score(nominal: Nominal) -> tuple[float, str]:
        exact = nominal.date_of_birth == wanted
        return (100.0, "date of birth") if exact else (70.0, "date of birth, about")

    return score


def _found(principal: Principal, perm: Perm, ids: QuerySet[Any, Any], scored: Scored, limit: int) -> Found:
    likely = Nominal.objects.filter(pk__in=ids)
    if isinstance(scored, _Likeness):
        likely = likely.annotate(alike=TrigramSimilarity(full_name(), scored.text.upper())).order_by("-alike", "pk")
    else:
        likely = likely.order_by("family_name", "given_names", "pk")
    rows = visible(principal, likely.select_related("area", "panel_area"), perm).prefetch_related("aliases")[:RANKED]
    matches = [Match(row, score, by) for row in rows for score, by in [scored(row)] if score >= LEAST]
    matches.sort(key=lambda match: -match.score)
    closed = cards(principal, likely, perm).prefetch_related("aliases")[:RANKED]
    return Found(matches[:limit], sum(1 for row in closed if scored(row)[0] >= LEAST))


def _both(one: QuerySet[Any, Any], other: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    return Nominal.objects.filter(pk__in=one).filter(pk__in=other).values("pk")


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


def _same_number(identifiers: Iterable[Identifier]) -> Q:
    return _any(Q(kind=own.kind, normalised=own.normalised) for own in identifiers)


def _any(conditions: Iterable[Q]) -> Q:
    joined = Q(pk__in=[])
    for condition in conditions:
        joined |= condition
    return joined
