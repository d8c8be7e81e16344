"""Records that may be one person's: what matches, and the pairs of a register, as far as somebody may see both (R4)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from django.db.models import Count, F, Q, QuerySet, Window

from agencies.access import visible
from agencies.principal import Principal
from agencies.roles import Perm
from rules.vocabulary import IdentifierKind

from .clashes import told_apart_from
from .likeness import fit, words_of
from .models import Identifier, Nominal, TwoPeople
from .search import LEAST, possible_duplicates

Numbers = frozenset[tuple[str, str]]
MOST = 200


@dataclass(frozen=True, slots=True)
class Likeness:
    """Another record that may be of the same person, and by what it looks so."""

    nominal: Nominal
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one person's, the older first."""

    one: Nominal
    other: Nominal
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Apart:
    """Another record that is known to be of somebody else, and the mark that says so."""

    mark: TwoPeople
    other: Nominal


def numbers_of(nominal: Nominal) -> Numbers:
    """The person's numbers by kind. Takes prefetched identifiers."""
    return frozenset((row.kind, row.normalised) for row in nominal.identifiers.all())


def what_matches(
    other: Nominal, *, family_name: str, given_names: str, born_on: date | None, numbers: Numbers
) -> tuple[str, ...]:
    """By what a record looks like that of this person, in words. Takes prefetched identifiers."""
    shared = sorted(numbers & numbers_of(other))
    found = [f"the same {IdentifierKind(kind).label}" for kind, _ in shared]
    same_day = born_on is not None and other.date_of_birth == born_on
    same_name = family_name.strip().casefold() == other.family_name.casefold()
    if same_name and same_day:
        found.append("the same surname and date of birth")
    elif fit(words_of(f"{family_name} {given_names}"), other.family_name, other.given_names) >= LEAST:
        if same_day:
            found.append("a name that looks or sounds alike, and the same date of birth")
        elif born_on is not None and other.date_of_birth is not None:
            found.append("a name that looks or sounds alike, and a date of birth that is easily taken for the other")
    return tuple(found) or ("another name, or a date of birth that is easily taken for the other",)


def between(one: Nominal, other: Nominal) -> tuple[str, ...]:
    """By what two records look like one person's, in words. Takes prefetched identifiers."""
    return what_matches(
        other,
        family_name=one.family_name,
        given_names=one.given_names,
        born_on=one.date_of_birth,
        numbers=numbers_of(one),
    )


def alike(principal: Principal, nominal: Nominal, *, on: date) -> list[Likeness]:
    """Others who may be the same person, among those that the principal may see and merge; not those told apart.

    Takes prefetched identifiers.
    """
    found = possible_duplicates(
        principal,
        on=on,
        family_name=nominal.family_name,
        given_names=nominal.given_names,
        date_of_birth=nominal.date_of_birth,
        identifiers=[],
        perm=Perm.NOMINAL_MERGE,
    )
    numbered = Identifier.objects.none()
    for kind, value in sorted(numbers_of(nominal)):
        numbered |= Identifier.objects.filter(kind=kind, normalised=value)
    apart = {key for (key,) in told_apart_from(nominal.pk)} | {nominal.pk}
    rows = Nominal.objects.filter(pk__in=[*(row.pk for row in found), *numbered.values_list("nominal", flat=True)])
    seen = visible(principal, rows.exclude(pk__in=apart), Perm.NOMINAL_MERGE)
    return [Likeness(row, between(nominal, row)) for row in seen.prefetch_related("identifiers").order_by("pk")]


def apart_from(principal: Principal, nominal: Nominal) -> list[Apart]:
    """Those told apart from this one, among those that the principal may see and merge."""
    marks = TwoPeople.objects.filter(Q(one=nominal) | Q(other=nominal), taken_back_on__isnull=True)
    by_other = {mark.other_id if mark.one_id == nominal.pk else mark.one_id: mark for mark in marks}
    seen = visible(principal, Nominal.objects.filter(pk__in=by_other), Perm.NOMINAL_MERGE)
    return [Apart(by_other[row.pk], row) for row in seen.order_by("pk")]


def pairs(principal: Principal) -> list[Pair]:
    """Pairs that may be one person among the records that the principal may see and merge, the latest first.

    The same number, or the same birth date and a name that looks or sounds alike. At a constant number of queries.
    """
    seen = visible(principal, Nominal.objects.all(), Perm.NOMINAL_MERGE)
    found = _same_number(principal) | _same_birth(seen)
    apart = {
        tuple(sorted(ids)) for ids in TwoPeople.objects.filter(taken_back_on__isnull=True).values_list("one", "other")
    }
    wanted = sorted(found - apart, key=lambda pair: (-pair[1], -pair[0]))[:MOST]
    rows = seen.filter(pk__in={pk for pair in wanted for pk in pair}).prefetch_related("identifiers").in_bulk()
    return [Pair(rows[one], rows[other], between(rows[one], rows[other])) for one, other in wanted]


def _same_number(principal: Principal) -> set[tuple[int, int]]:
    same = Window(Count("pk"), partition_by=[F("kind"), F("normalised")])
    shared = visible(principal, Identifier.objects.all(), Perm.NOMINAL_MERGE).annotate(same=same).filter(same__gt=1)
    holders: dict[tuple[str, str], set[int]] = defaultdict(set)
    for kind, value, nominal_id in shared.values_list("kind", "normalised", "nominal"):
        holders[kind, value].add(nominal_id)
    return set(_two_of(holders.values()))


def _same_birth(seen: QuerySet[Nominal]) -> set[tuple[int, int]]:
    same = Window(Count("pk"), partition_by=F("date_of_birth"))
    people = seen.filter(date_of_birth__isnull=False).annotate(same=same).filter(same__gt=1)
    born: dict[date, dict[int, tuple[str, str]]] = defaultdict(dict)
    for pk, day, family, given in people.values_list("pk", "date_of_birth", "family_name", "given_names"):
        if day is not None:
            born[day][pk] = (family, given)
    return {
        (one, other)
        for names in born.values()
        for one, other in _two_of([names.keys()])
        if fit(words_of(" ".join(names[one])), *names[other]) >= LEAST
    }


def _two_of(groups: Iterable[Collection[int]]) -> Iterator[tuple[int, int]]:
    for group in groups:
        yield from combinations(sorted(group), 2)
