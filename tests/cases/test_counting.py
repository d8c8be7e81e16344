"""Several lists counted in one query, also those whose condition names nobody."""

import pytest

from agencies.models import Area
from cases.counting import condition, counts_among
from cases.models import Nominal
from tests.factories import cases as make

pytestmark = pytest.mark.django_db


def test_lists_that_name_nobody_count_nobody(area: Area) -> None:
    make.nominal(area)
    everybody, nobody = Nominal.objects.all(), Nominal.objects.filter(pk__in=[])
    everyone, named_nobody = condition(everybody), condition(nobody)
    assert counts_among(everybody, [everyone, named_nobody, everyone]) == [1, 0, 1]
    assert counts_among(everybody, [named_nobody]) == [0]
    assert counts_among(nobody, [everyone, named_nobody]) == [0, 0]
    assert counts_among(everybody, []) == []
