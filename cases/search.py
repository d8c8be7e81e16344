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

from agencies.access import cards, visible
from agencies.principal import Principal
from agencies.roles import Perm
from rules.identity import check_identifier
from rules.vocabulary import IdentifierKind

from .likeness import fit, words_of
from .models import Alias, Identifier, Nominal
from .models.nominal import SOUND_ARRAY, full_name
from .records import IdentifierRecord
from .sounds import spellings

LIMIT = 50
RANKED = 300
# A word is like another when this share of its three-letter pieces is in it.
LIKENESS = 0.4
# Names that fit less well than this are not plausible; of somebody born about the day asked for, a little less will do.
LEAST, LEAST_IF_BORN_THEN = 76.0, 60.0
BIRTH_DATE_SLACK = 3
# Within text with figures in it, what may be a name: a word of letters, or three letters in a row.
_NAME = re.compile(r"(?<!\S)[^\W\d_]{2,}(?!\S)|[^\W\d_]{3,}")

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

    Text with a figure in it is a number when it is somebody's, or looks like one; anything else is a name. Raises
    nothing: what fits nobody finds nobody. Cards answer to a number or a name, never to a birth date: who tried days
    one after the other would learn when a restricted person was born (R100).
    """
    text = " ".join(text.replace("\x00", " ").split())
    if any(letter.isdigit() for letter in text):
        found = _found(principal, perm, numbers_like(text), lambda _: (100.0, "number"), limit, born=date_of_birth)
        # Only what the principal may know of decides: a hidden person's number is like nobody's.
        if found.matches or found.cards or looks_like_a_number(text):
            return found
        text = " ".join(_NAME.findall(text))
    if text:
        return _by_name(principal, perm, text, date_of_birth, limit)
    if date_of_birth is not None:
        return _by_birth(principal, perm, date_of_birth, limit)
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
    numbered = Identifier.objects.filter(_same_number(nominal.identifiers.all())).exclude(nominal=nominal)
    named = Nominal.objects.none()
    if nominal.date_of_birth is not None:
        named = Nominal.objects.filter(date_of_birth=nominal.date_of_birth, family_name__iexact=nominal.family_name)
    return numbered.values("nominal").union(named.exclude(pk=nominal.pk).values("pk"))


def possible_doubles(principal: Principal, nominal: Nominal, *, perm: Perm = Perm.NOMINAL_VIEW) -> list[Nominal]:
    """Others who may be the same person, as far as the principal may see them, the first added first (R4).

    So those who may see a hidden record learn that its person seems to have been added again.
    """
    return list(visible(principal, Nominal.objects.filter(pk__in=clashes(nominal)), perm).order_by("pk")[:LIMIT])


def looks_like_a_number(text: str) -> bool:
    """Whether the text is written as a number of some kind, or has nothing in it that could be a name.

    A ViSOR reference can look like anything, so it says nothing.
    """
    kinds = (kind for kind in IdentifierKind if kind is not IdentifierKind.VISOR)
    return any(check_identifier(kind, text).valid for kind in kinds) or not _NAME.search(text)


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
        return _found(principal, perm, names_like(text), _Likeness(text), limit, born=date_of_birth)


def _by_birth(principal: Principal, perm: Perm, day: date, limit: int) -> Found:
    likely = Nominal.objects.filter(pk__in=born_about(day)).order_by("family_name", "given_names", "pk")
    rows = visible(principal, likely.select_related("area", "panel_area"), perm).prefetch_related("aliases")[:RANKED]
    matches = [Match(row, *_birth_score(row, day)) for row in rows]
    return Found(sorted(matches, key=lambda match: -match.score)[:limit])


@dataclass(frozen=True, slots=True)
class _Likeness:
    """How well a person fits a name, by their own or another one of theirs."""

    text: str

    def __call__(self, nominal: Nominal) -> tuple[float, str]:
        asked = words_of(self.text)
        own = fit(asked, nominal.family_name, nominal.given_names)
        others = (fit(asked, alias.family_name, alias.given_names) for alias in nominal.aliases.all())
        other = max(others, default=0.0)
        return (own, "name") if own >= other else (other, "other name")


def _birth_score(nominal: Nominal, wanted: date) -> tuple[float, str]:
    return (100.0, "date of birth") if nominal.date_of_birth == wanted else (70.0, "date of birth, about")


def _found(
    principal: Principal, perm: Perm, ids: QuerySet[Any, Any], scored: Scored, limit: int, *, born: date | None
) -> Found:
    """Those who fit and were born about the day, if one is asked for; and the cards of those who fit, whenever born."""
    touched = Nominal.objects.filter(pk__in=ids)
    if isinstance(scored, _Likeness):
        touched = touched.annotate(alike=TrigramSimilarity(full_name(), scored.text.upper())).order_by("-alike", "pk")
    else:
        touched = touched.order_by("family_name", "given_names", "pk")
    likely = touched if born is None else touched.filter(pk__in=born_about(born))
    least = LEAST if born is None else LEAST_IF_BORN_THEN
    matches = []
    for row in visible(principal, likely.select_related("area", "panel_area"), perm).prefetch_related("aliases")[
        :RANKED
    ]:
        score, by = scored(row)
        if score >= least:
            matches.append(Match(row, score if born is None else (score + _birth_score(row, born)[0]) / 2, by))
    matches.sort(key=lambda match: -match.score)
    closed = cards(principal, touched, perm).prefetch_related("aliases")[:RANKED]
    return Found(matches[:limit], sum(1 for row in closed if scored(row)[0] >= LEAST))


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
