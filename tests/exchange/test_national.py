"""The invented register of the whole country: real in form, in the mix of the demonstration, always the same."""

from collections import Counter

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from agencies.models import Area
from agencies.principal import Principal
from cases.models import Identifier, Nominal, WhereaboutsSpan
from cases.queries import with_derived
from cases.verification import verify_register
from exchange.demo.names import MEN, MINERALS, WOMEN
from exchange.national.load import load
from exchange.national.people import People
from exchange.national.places import settle
from mappa import clock
from rules.vocabulary import Category, Level
from tests.factories.agencies import AreaFactory
from tests.factories.cases import offences

pytestmark = pytest.mark.django_db


@pytest.fixture
def area() -> Area:
    return AreaFactory.create()


def test_a_register_of_the_whole_country() -> None:
    """One load, for it is the load that takes time."""
    today = clock.today()
    assert load(today=today, people=840, seed=1, progress=lambda _: None) == Nominal.objects.count() == 840
    assert Area.objects.count() == 42
    assert set(Counter(Nominal.objects.values_list("area", flat=True)).values()) == {20}, "an area's share"
    assert verify_register() == []
    assert not Identifier.objects.filter(valid=False).exists()
    assert max(Counter(Identifier.objects.values_list("kind", "normalised")).values()) == 1, "a number of two people"
    for family, given in Nominal.objects.values_list("family_name", "given_names"):
        assert set(family.split("-")) <= set(MINERALS)
        assert given in {*MEN, *WOMEN}
    people = list(with_derived(Nominal.objects.all(), on=today))
    categories, levels = Counter(row.category for row in people), Counter(row.level for row in people)
    assert categories[Category.ONE] > 2 * categories[Category.TWO] > 0
    assert levels[Level.ONE] > 3 * levels[Level.NOT_SET] > 3 * levels[Level.TWO] > 0
    oldest = WhereaboutsSpan.objects.order_by("starts_on").values_list("starts_on", flat=True)[0]
    assert (today - oldest).days > 3_400, "ten years of spans"


def test_the_same_seed_draws_the_same_people(area: Area) -> None:
    place = settle(area, by=Principal.system("test", on=clock.today()), starts_on=clock.today())
    first, second, other = (People(place, today=clock.today(), seed=seed) for seed in (1, 1, 2))
    drawn = [first.draw(index) for index in range(20)]
    assert drawn == [second.draw(index) for index in range(20)]
    assert drawn != [other.draw(index) for index in range(20)]


def test_it_refuses_what_is_not_an_empty_demonstration(settings: LazySettings, area: Area) -> None:
    settings.MAPPA_DEMO = False
    with pytest.raises(CommandError, match="not a demonstration"):
        call_command("load_national")
    settings.MAPPA_DEMO = True
    with pytest.raises(CommandError, match="from 1 to 100000"):
        call_command("load_national", people=0)
    offences()
    Nominal.objects.create(area=area, family_name="Marl")
    with pytest.raises(CommandError, match="holds people already"):
        call_command("load_national")
