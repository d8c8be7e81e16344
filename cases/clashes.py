"""Who may be the same person as somebody in the register, by their key alone: the same number, or the same surname and
birth date (R4). Whoever was told apart from them is not.
"""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Upper

from agencies.access import visible
from agencies.principal import Principal
from agencies.roles import Perm
from agencies.written import Written

from .models import Identifier, Nominal, TwoPeople

# As many as a page shows.
MOST = 50


def clashes(key: int) -> QuerySet[Any, Any]:
    """Ids of everybody with the same number as this person, or the same surname and birth date (R4), whoever may see
    them."""
    own = Identifier.objects.filter(nominal=key)
    numbered = Identifier.objects.filter(
        Exists(own.filter(kind=OuterRef("kind"), normalised=OuterRef("normalised"))), nominal__merged_into__isnull=True
    )
    person = Nominal.objects.filter(pk=key)
    named = Nominal.objects.annotate(surname=Upper("family_name")).filter(
        merged_into__isnull=True,
        date_of_birth=person.values("date_of_birth")[:1],
        surname=person.values(surname=Upper("family_name"))[:1],
    )
    return numbered.exclude(nominal=key).values("nominal").union(named.exclude(pk=key).values("pk"))


def _possible_doubles(by: Principal, key: int, perm: Perm) -> QuerySet[Nominal]:
    likely = Nominal.objects.filter(pk__in=clashes(key)).exclude(pk__in=told_apart_from(key))
    return visible(by, likely, perm).order_by("pk")[:MOST]


# Every page of a person asks it.
_POSSIBLE_DOUBLES = Written(_possible_doubles)


def possible_doubles(principal: Principal, nominal: Nominal, *, perm: Perm = Perm.NOMINAL_VIEW) -> list[Nominal]:
    """Others who may be the same person, as far as the principal may see them, the first added first (R4).

    So those who may see a hidden record learn that its person seems to have been added again. Those who are marked as
    two people are not shown.
    """
    return _POSSIBLE_DOUBLES(principal, nominal.pk, perm)


def told_apart_from(key: int) -> QuerySet[Any, Any]:
    """Ids of those who are marked as another person than this one."""
    marks = TwoPeople.objects.filter(taken_back_on__isnull=True)
    return marks.filter(one=key).values_list("other").union(marks.filter(other=key).values_list("one"))
