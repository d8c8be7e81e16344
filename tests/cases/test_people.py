"""Recording and changing people: identifiers kept and marked, clashes, versions (R1 to R6)."""

from datetime import date, timedelta

import pytest

from agencies.models import Area
from agencies.principal import Principal
from audit.presenters import history_of
from cases.models import Address, Nominal, TwoPeople
from cases.queries import possible_duplicates
from cases.records import AliasRecord, IdentifierRecord
from cases.services.people import (
    edit_nominal,
    may_edit_nominal,
    may_record_address,
    may_record_nominal,
    record_address,
    record_nominal,
)
from cases.services.whereabouts import may_record_whereabouts
from pages.conflicts import Conflict
from rules.core import Refused
from rules.vocabulary import Handling, IdentifierKind, Whereabouts
from tests.factories import cases as make
from tests.factories.agencies import AreaFactory, LocalHousingAuthorityFactory, PanelAreaFactory
from tests.factories.cases import TODAY
from tests.factories.visits import queries

BORN = date(1984, 5, 17)
WRONG_PNC = IdentifierRecord(IdentifierKind.PNC, "84/9000001A")


def record(by: Principal, area: Area, **more: object) -> Nominal:
    return record_nominal(
        by=by,
        today=TODAY,
        area=area,
        **{"family_name": "Gritstone", "given_names": "Adam", "date_of_birth": BORN} | more,
    )


def told_of_a_clash(nominal: Nominal) -> bool:
    titles = [title for entry in history_of(make.system(), nominal.pk) for title in entry.titles]
    return "Clash with hidden" in titles


def test_a_wrong_number_is_kept_marked_and_warned_of(area: Area, coordinator: Principal) -> None:
    decision = may_record_nominal(area, by=coordinator, today=TODAY, family_name="Gritstone", identifiers=[WRONG_PNC])
    assert decision
    assert [warning.rule for warning in decision.warnings] == ["R2"]
    man = record(coordinator, area, identifiers=[make.pnc(9000001), WRONG_PNC])
    assert dict(man.identifiers.values_list("value", "valid")) == {
        make.pnc(9000001).value: True, WRONG_PNC.value: False,
    }  # fmt: skip


def test_a_name_alone_is_not_enough(area: Area, coordinator: Principal) -> None:
    with pytest.raises(Refused, match="R1"):
        record(coordinator, area, date_of_birth=None)


def test_not_into_another_area(coordinator: Principal) -> None:
    with pytest.raises(Refused, match="R97"):
        record(coordinator, AreaFactory())


def test_a_panel_area_of_another_area_is_refused(area: Area, coordinator: Principal) -> None:
    with pytest.raises(Refused, match="R97"):
        record(coordinator, area, panel_area=PanelAreaFactory())


def test_the_same_number_or_surname_and_birth_date_is_shown_before(area: Area, coordinator: Principal) -> None:
    by_number = make.nominal(area, family_name="Other", date_of_birth=None, identifiers=(make.pnc(9000001),))
    by_name = make.nominal(area, family_name="Gritston", given_names="Adam")
    make.nominal(area, family_name="Gritstone", date_of_birth=date(1950, 1, 1))
    found = possible_duplicates(
        coordinator, on=TODAY, family_name="Gritstone", given_names="Adam", date_of_birth=BORN,
        identifiers=[make.pnc(9000001)],
    )  # fmt: skip
    assert {row.pk for row in found} == {by_number.pk, by_name.pk}


@pytest.mark.parametrize("handling", [Handling.CATEGORY_4, Handling.RESTRICTED])
def test_a_hidden_person_is_not_betrayed_and_is_told(area: Area, coordinator: Principal, handling: Handling) -> None:
    hidden = make.nominal(area, handling=handling, identifiers=(make.pnc(9000001),))
    asked = {"family_name": "Gritstone", "date_of_birth": BORN, "identifiers": [make.pnc(9000001)]}
    assert possible_duplicates(coordinator, on=TODAY, **asked) == []
    record(coordinator, area, **asked)
    assert told_of_a_clash(hidden)


@pytest.mark.parametrize("handling", [Handling.CATEGORY_4, Handling.RESTRICTED])
def test_the_look_for_doubles_asks_the_same_for_a_hidden_person_as_for_nobody(
    area: Area, coordinator: Principal, handling: Handling
) -> None:
    asked = {"family_name": "Gritstone", "date_of_birth": BORN, "identifiers": [make.pnc(9000001)]}

    def shape() -> list[str]:
        with queries() as found:
            assert possible_duplicates(coordinator, on=TODAY, **asked) == []
        return [each["sql"] for each in found]

    nobody = shape()
    make.nominal(area, handling=handling, identifiers=(make.pnc(9000001),))
    assert len(nobody) == len(shape())


@pytest.mark.parametrize("number", [1, 3])
def test_adding_a_person_takes_the_same_steps_for_a_hidden_person_as_for_nobody(
    area: Area, coordinator: Principal, number: int
) -> None:
    """By a number, and by a name with a birth date; one hidden record, or several of the same."""

    def steps(**more: object) -> list[str]:
        with queries() as found:
            record(coordinator, area, identifiers=[make.pnc(9000001)], **more)
        return [each["sql"] for each in found]

    nobody = steps()
    Nominal.objects.all().delete()
    hidden = [make.nominal(area, handling=Handling.CATEGORY_4, identifiers=(make.pnc(9000001),)) for _ in range(number)]
    assert len(steps(family_name="Grindstone")) == len(nobody)
    assert all(told_of_a_clash(each) for each in hidden)
    Nominal.objects.all().delete()
    make.nominal(area, handling=Handling.CATEGORY_4, family_name="Gritstone", date_of_birth=BORN)
    assert len(steps()) == len(nobody)


@pytest.mark.parametrize("number", [1, 3])
def test_changing_a_person_takes_the_same_steps_for_a_hidden_person_as_for_nobody(
    area: Area, coordinator: Principal, number: int
) -> None:
    """A number given later: who may see the hidden record is told, once, and a mark on the two ends unseen."""
    asked = {"family_name": "Gritstone", "given_names": "Adam", "date_of_birth": BORN}

    def steps(man: Nominal, version: int) -> int:
        with queries() as found:
            edit_nominal(by=coordinator, today=TODAY, nominal_id=man.pk, version=version,
                         identifiers=[make.pnc(9000001)], **asked)  # fmt: skip
        return len(found)

    nobody = steps(record(coordinator, area), 1)
    Nominal.objects.all().delete()
    man = record(coordinator, area)
    hidden = [make.nominal(area, handling=Handling.CATEGORY_4, family_name="Other", identifiers=(make.pnc(9000001),))
              for _ in range(number)]  # fmt: skip
    mark = TwoPeople.objects.create(one=hidden[0], other=man, reason="Before", marked_on=TODAY)
    assert steps(man, 1) == nobody
    assert all(told_of_a_clash(each) for each in hidden)
    mark.refresh_from_db()
    assert mark.taken_back_on == TODAY
    words = len(history_of(make.system(), hidden[0].pk))
    steps(man, 2)
    assert len(history_of(make.system(), hidden[0].pk)) == words, "what was said is not said again"


def test_a_clash_that_is_seen_tells_nobody(area: Area, coordinator: Principal) -> None:
    seen = make.nominal(area, identifiers=(make.pnc(9000001),))
    man = record(coordinator, area, identifiers=[make.pnc(9000001)])
    assert not told_of_a_clash(seen)
    assert not told_of_a_clash(man)


def test_an_edit_replaces_the_lists_and_raises_the_version(area: Area, coordinator: Principal) -> None:
    man = record(coordinator, area, identifiers=[make.pnc(9000001)], aliases=[AliasRecord("Shale")])
    kept = man.identifiers.get().pk
    edited = edit_nominal(
        by=coordinator, today=TODAY, nominal_id=man.pk, version=1, family_name="Gritstone", date_of_birth=BORN,
        identifiers=[make.pnc(9000001), make.pnc(9000002)], aliases=[AliasRecord("Marl", "Ed")],
    )  # fmt: skip
    assert edited.version == 2
    assert man.identifiers.filter(pk=kept).exists()
    assert man.identifiers.count() == 2
    assert list(man.aliases.values_list("family_name", flat=True)) == ["Marl"]
    with pytest.raises(Conflict):
        edit_nominal(by=coordinator, today=TODAY, nominal_id=man.pk, version=1, family_name="Late", date_of_birth=BORN)


def test_no_fixed_abode_needs_the_area_of_closest_links(area: Area, coordinator: Principal) -> None:
    man = make.nominal(area)
    with pytest.raises(Refused, match="R6"):
        record_address(by=coordinator, today=TODAY, nominal_id=man.pk, starts_on=TODAY, no_fixed_abode=True)
    links = LocalHousingAuthorityFactory(area=area)
    for day, more in ((TODAY - timedelta(days=9), {"lines": "1 Toadstone Terrace", "postcode": "zz99 1aa"}),
                      (TODAY, {"no_fixed_abode": True, "closest_links_id": links.pk})):  # fmt: skip
        record_address(by=coordinator, today=TODAY, nominal_id=man.pk, starts_on=day, **more)
    first, second = Address.objects.filter(nominal=man).order_by("starts_on")
    assert (first.postcode, first.ends_on) == ("ZZ99 1AA", TODAY - timedelta(days=1))
    assert second.ends_on is None


def test_another_name_is_a_name(area: Area, coordinator: Principal) -> None:
    with pytest.raises(Refused, match="R5"):
        record(coordinator, area, aliases=[AliasRecord(" ")])


@pytest.mark.parametrize(
    ("born_on", "allowed"),
    [
        pytest.param(make.LONG_AGO - timedelta(days=1), True, id="the day before what is known (R1)"),
        pytest.param(make.LONG_AGO, True, id="that very day (R1)"),
        pytest.param(make.LONG_AGO + timedelta(days=1), False, id="the day after (R1)"),
    ],
)
def test_nobody_is_born_after_what_is_on_record(
    area: Area, coordinator: Principal, born_on: date, allowed: bool
) -> None:
    man = make.nominal(area)
    decision = may_edit_nominal(man, by=coordinator, today=TODAY, family_name="Gritstone", date_of_birth=born_on)
    assert bool(decision) is allowed
    assert [reason.rule for reason in decision.reasons if not decision] == ([] if allowed else ["R1"])


@pytest.mark.parametrize(
    ("day", "allowed"),
    [
        pytest.param(BORN - timedelta(days=1), False, id="the day before birth (R1)"),
        pytest.param(BORN, True, id="the day of birth (R1)"),
        pytest.param(date(1, 1, 1), False, id="the year 1 (R1)"),
    ],
)
def test_nobody_is_anywhere_before_birth(area: Area, coordinator: Principal, day: date, allowed: bool) -> None:
    man = make.nominal(area, date_of_birth=BORN)
    asked = {"by": coordinator, "today": TODAY, "starts_on": day}
    assert bool(may_record_whereabouts(man, kind=Whereabouts.CUSTODY, ends_on=day, **asked)) is allowed
    assert bool(may_record_address(man, lines="1 Toadstone Terrace", **asked)) is allowed
