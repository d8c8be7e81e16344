"""Restricted people and those of Category 4 who seem to stand in the register twice: told to those who read both (R4).

Whoever adds or changes a person learns nothing of a hidden record that they match. So what is told here is worked out
from what stands in the register, whoever wrote it and by whatever way it came, and never while it is written.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Upper

from agencies.access import members_who_can, visible
from agencies.principal import Principal
from agencies.roles import Perm
from agencies.written import Written

from .doubles import Pair, between
from .models import Identifier, Nominal, TwoPeople
from .models.nominal import HIDDEN

Ids = tuple[int, int]
"""Two records, the older first."""


def hidden_pairs(principal: Principal) -> list[Pair]:
    """Pairs that may be one person's, one of them restricted or of Category 4, as far as the principal may read both;
    the latest first. At a constant number of queries."""
    found = sorted(pair_ids(principal), key=lambda ids: (-ids[1], -ids[0]))
    # Asked for again, and not as they were found: what is shown is what may be read.
    rows = visible(principal, Nominal.objects.filter(pk__in={pk for ids in found for pk in ids}), Perm.NOMINAL_VIEW)
    people = rows.prefetch_related("identifiers").in_bulk()
    return [
        Pair(people[one], people[other], between(people[one], people[other]))
        for one, other in found
        if one in people and other in people
    ]


def pair_ids(principal: Principal, *, hidden_id: int | None = None) -> dict[Ids, int]:
    """The same pairs by id, each with the hidden one of the two; or those of one hidden record alone. One query, the
    same one however many there are."""
    asked = (principal, Perm.NOMINAL_VIEW)
    found: dict[Ids, int] = {}
    for row in _HIDDEN(*asked) if hidden_id is None else _HIDDEN_ONE(*asked, hidden_id):
        for other in {*row.same_number, *row.same_name}:
            found.setdefault((min(row.pk, other), max(row.pk, other)), row.pk)
    return found


def readers_of(found: Collection[Ids], *, on: date) -> dict[Ids, set[int]]:
    """The users who may read both records of each pair, in one role of theirs. As many queries as for one pair."""
    rows = Nominal.objects.in_bulk({pk for ids in found for pk in ids})
    reached = members_who_can(Perm.NOMINAL_VIEW, rows.values(), on=on)
    return {
        (one, other): {user for member, user in reached.get(one, {}).items() if member in reached.get(other, {})}
        for one, other in found
    }


def times_told_apart(found: Iterable[Ids]) -> dict[Ids, int]:
    """How often these two were marked as two people, and are not any more. One query."""
    counted = dict.fromkeys(found, 0)
    keys = {pk for ids in counted for pk in ids}
    marks = TwoPeople.objects.filter(one__in=keys, other__in=keys, taken_back_on__isnull=False)
    for one, other in marks.values_list("one", "other"):
        ids = (min(one, other), max(one, other))
        if ids in counted:
            counted[ids] += 1
    return counted


def _hidden(by: Principal, perm: Perm) -> QuerySet[Any]:
    """Hidden records that the principal may read, with the ids of those who may be the same person and whom they may
    read: by a number, by surname and birth date, as ``clashes`` has it. Whoever was told apart is not."""
    same = Identifier.objects.filter(
        nominal=OuterRef(OuterRef("pk")), kind=OuterRef("kind"), normalised=OuterRef("normalised")
    )
    numbered = Identifier.objects.filter(Exists(same), ~_told_apart("nominal")).exclude(nominal=OuterRef("pk"))
    born = Nominal.objects.annotate(surname=Upper("family_name")).filter(
        ~_told_apart("pk"), date_of_birth=OuterRef("date_of_birth"), surname=Upper(OuterRef("family_name"))
    )
    rows = Nominal.objects.filter(handling__in=HIDDEN)
    return (
        visible(by, rows, perm)
        .annotate(
            same_number=ArraySubquery(visible(by, numbered, perm).values("nominal")),
            same_name=ArraySubquery(visible(by, born.exclude(pk=OuterRef("pk")), perm).values("pk")),
        )
        .only("pk")
    )


def _told_apart(column: str) -> Exists:
    """Whether a mark of two people stands between the record in this column and the hidden one round it."""
    here, round_it = OuterRef(column), OuterRef(OuterRef("pk"))
    marks = TwoPeople.objects.filter(Q(one=here, other=round_it) | Q(one=round_it, other=here))
    return Exists(marks.filter(taken_back_on__isnull=True))


# Today asks it of everybody who reads records.
_HIDDEN = Written(_hidden)
_HIDDEN_ONE = Written(lambda by, perm, key: _hidden(by, perm).filter(pk=key))
