"""What SQL derives is what the rules derive; lists show what the principal may see (R7, R8, R32, R99, R100)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.access import visible
from agencies.models import Area
from agencies.principal import Principal
from agencies.roles import Perm
from cases.facts import facts_for
from cases.models import Nominal
from cases.queries import levels_to_set, obligations, status_of_day, with_derived
from cases.records import GroundRecord, KeyDateRecord, LeadAgencyRecord
from rules.categories import category_on
from rules.levels import level_on
from rules.vocabulary import GroundKind, Handling, KeyDateKind, Level, Whereabouts
from tests.factories import cases as make
from tests.factories.agencies import AgencyFactory, AreaFactory, PanelAreaFactory
from tests.factories.cases import DAYS, TODAY

DAY = timedelta(days=1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_category_and_level_in_sql_are_the_rules(area: Area, data: st.DataObject) -> None:
    records = data.draw(st.lists(make.persons(area), min_size=1, max_size=6))
    days = data.draw(st.lists(DAYS, min_size=1, max_size=5))
    with transaction.atomic():
        ids = [man.pk for man in make.people(*records)]
        facts = facts_for(ids)
        for day in days:
            people = with_derived(Nominal.objects.filter(pk__in=ids), on=day)
            status = status_of_day(people, on=day)
            for row in people:
                own = facts[row.pk]
                assert row.category == category_on(own.grounds, day).value
                assert row.level == level_on(own.levels, day).value
                assert status[row.pk] == (row.category, row.level)
                assert row.whereabouts_kind == next(
                    (span.whereabouts for span in own.whereabouts if span.is_open_on(day)), None
                )
        transaction.set_rollback(True)


def test_every_kind_of_ground_has_its_category_in_sql(area: Area) -> None:
    people = make.people(
        *(
            make.person(area, grounds=(GroundRecord(kind, make.LONG_AGO),), levels=(make.at_level(Level.TWO),))
            for kind in GroundKind
        )
    )
    found = dict(with_derived(Nominal.objects.all(), on=TODAY).values_list("pk", "category"))
    assert [found[man.pk] for man in people] == ["1", "2", "3", "4", "4", "4"]


@pytest.fixture
def people(area: Area) -> dict[str, Nominal]:
    police, district = AgencyFactory(area=area, name="Police"), PanelAreaFactory(area=area, name="Erewash")
    records = {
        "plain": make.person(area, family_name="Agate"),
        "second": make.person(
            area, family_name="Basalt", grounds=(make.qualifying(ends_on=TODAY + 28 * DAY),),
            levels=(make.at_level(Level.TWO),), lead_agencies=(LeadAgencyRecord(police.pk, make.LONG_AGO),),
            panel_area_id=district.pk, whereabouts=(make.stay(Whereabouts.RECALLED),),
        ),
        "left": make.person(area, family_name="Chalk", grounds=(make.notification(ends_on=TODAY - DAY),)),
        "restricted": make.person(area, family_name="Dolomite", handling=Handling.RESTRICTED),
        "hidden": make.person(area, family_name="Gypsum", grounds=(make.terrorism(),)),
        "elsewhere": make.person(AreaFactory(), family_name="Jet"),
    }  # fmt: skip
    return dict(zip(records, make.people(*records.values()), strict=True))


def seen_by(principal: Principal, day: date = TODAY) -> QuerySet[Any]:
    return with_derived(visible(principal, Nominal.objects.all(), Perm.NOMINAL_VIEW), on=day)


def test_what_is_derived_can_be_filtered_sorted_and_costs_one_query(
    people: dict, coordinator: Principal, django_assert_num_queries
) -> None:
    rows = seen_by(coordinator)
    with django_assert_num_queries(1):
        assert [row.family_name for row in rows.order_by("-level", "family_name")] == ["Chalk", "Basalt", "Agate"]
    row = rows.get(category="2", level="2", whereabouts_kind="recalled")
    assert (row.panel_area_name, row.lead_agency_name, row.ground_ends_on) == ("Erewash", "Police", TODAY + 28 * DAY)


def test_only_who_may_see_derives_anything(people: dict, acting: Callable[..., Principal]) -> None:
    assert set(seen_by(acting()).values_list("family_name", flat=True)) == {"Agate", "Basalt", "Chalk"}
    cleared = acting(user__category_4=True)
    assert set(seen_by(cleared).filter(category="4").values_list("family_name", flat=True)) == {"Gypsum"}


def test_the_day_after_the_last_ground_there_is_no_level(people: dict, coordinator: Principal) -> None:
    left = {day: seen_by(coordinator, day).get(pk=people["left"].pk) for day in (TODAY - DAY, TODAY)}
    assert [(row.category, row.level) for row in left.values()] == [("1", "1"), (None, None)]


def test_the_ledger_is_shown_to_who_may_see(area: Area, coordinator: Principal) -> None:
    seen, hidden = (
        make.nominal(
            area, handling=handling, levels=(make.at_level(Level.THREE),),
            meetings=(make.meeting(TODAY - 57 * DAY, Level.THREE),),
        )
        for handling in (Handling.ORDINARY, Handling.RESTRICTED)
    )  # fmt: skip
    assert [(row.nominal_id, row.status) for row in obligations(coordinator, on=TODAY)] == [(seen.pk, "overdue")]
    assert obligations(make.system(), on=TODAY).filter(nominal=hidden).exists()


@pytest.mark.parametrize(
    ("release", "waits"),
    [
        pytest.param(date(2027, 5, 23), True, id="six months before release, the day itself (R38)"),
        pytest.param(date(2027, 5, 24), False, id="the day before that"),
    ],
)
def test_levels_to_set_before_release(area: Area, coordinator: Principal, release: date, waits: bool) -> None:
    man = make.nominal(
        area, levels=(), whereabouts=(make.stay(Whereabouts.CUSTODY),),
        key_dates=(KeyDateRecord(KeyDateKind.EARLIEST_RELEASE, release),),
    )  # fmt: skip
    found = [row.nominal_id for row in levels_to_set(coordinator, on=TODAY)]
    assert found == ([man.pk] if waits else [])


@pytest.mark.parametrize(
    ("where", "waits"), [(Whereabouts.RECALLED, True), (Whereabouts.HOSPITAL, True), (Whereabouts.COMMUNITY, False)]
)
def test_only_for_people_detained_is_a_level_to_be_set_before_release(
    area: Area, coordinator: Principal, where: Whereabouts, waits: bool
) -> None:
    make.nominal(
        area, levels=(), whereabouts=(make.stay(where),),
        key_dates=(KeyDateRecord(KeyDateKind.EARLIEST_RELEASE, TODAY + DAY),),
    )  # fmt: skip
    assert bool(levels_to_set(coordinator, on=TODAY)) is waits
