"""Several lists counted in one query, also those whose condition names nobody."""

import pytest

from agencies.models import Area
from cases.counting import condition, counts_among, these
from cases.models import Address, Alias, Nominal
from rules.vocabulary import AliasKind
from tests.factories import cases as make

pytestmark = pytest.mark.django_db


def test_each_list_counts_people_and_not_rows(area: Area) -> None:
    shale, marl = make.nominal(area), make.nominal(area)
    for name in ("Slate", "Gneiss"):
        Alias.objects.create(nominal=shale, area_id=shale.area_id, kind=AliasKind.ALIAS, family_name=name)
    named, nobody = condition(Alias.objects.all()), condition(Alias.objects.filter(pk__in=[]))
    slate = condition(Alias.objects.filter(family_name="Slate"))
    at_home = condition(Address.objects.all())
    everybody = ("SELECT id FROM cases_nominal WHERE id = ANY(%s)", ([shale.pk, marl.pk],))
    lists = [nobody, named, at_home, slate, these([marl.pk, shale.pk]), these([])]
    assert counts_among(everybody, lists) == [0, 1, Address.objects.values("nominal").distinct().count(), 1, 2, 0]
    assert counts_among(("SELECT id FROM cases_nominal WHERE id = %s", (marl.pk,)), [named, these([shale.pk])]) == [
        0,
        0,
    ]
    assert counts_among(everybody, []) == []


def test_a_list_that_joins_is_refused() -> None:
    with pytest.raises(LookupError):
        condition(Alias.objects.filter(nominal__family_name="Shale"))
    assert condition(Nominal.objects.all(), "id").text == "TRUE"
