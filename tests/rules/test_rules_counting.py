"""The published counts (R85 to R87), with the table of Derbyshire for 2022-23 rebuilt from its stories."""

import time
from collections.abc import Iterator
from datetime import date
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.counting import (
    RegisterFacts,
    ReportingYear,
    rso_rate,
    self_check,
    snapshot,
    yearly_basis,
    yearly_level_2_and_3,
    years_touched,
)
from rules.facts import GroundFacts, LevelFacts, WhereaboutsFacts
from rules.parameters import Override, Parameters
from rules.vocabulary import Category, GroundKind, Level, Whereabouts, YearlyLevelBasis

PARAMS = Parameters()
YEAR = ReportingYear(2022)
DAY = YEAR.ends_on
LONG_AGO = date(2020, 1, 1)
HIGHEST, FIRST = YearlyLevelBasis.HIGHEST, YearlyLevelBasis.FIRST_IN_YEAR
ONE, TWO, THREE = GroundKind.NOTIFICATION, GroundKind.QUALIFYING_DISPOSAL, GroundKind.OTHER_DANGEROUS

_keys = count(1)

Span = tuple[date, date | None]


def person(
    grounds: list[tuple[GroundKind, date, date | None]],
    levels: list[tuple[Level, date, date | None]],
    where: Whereabouts = Whereabouts.COMMUNITY,
    since: date = LONG_AGO,
) -> RegisterFacts:
    return RegisterFacts(
        next(_keys),
        tuple(GroundFacts(kind, first, last) for kind, first, last in grounds),
        tuple(LevelFacts(level, first, last) for level, first, last in levels),
        (WhereaboutsFacts(where, since),),
    )


def steady(kind: GroundKind, level: Level, where: Whereabouts = Whereabouts.COMMUNITY) -> RegisterFacts:
    return person([(kind, LONG_AGO, None)], [(level, LONG_AGO, None)], where)


def stepped_down(kind: GroundKind, on: date) -> RegisterFacts:
    last = date.fromordinal(on.toordinal() - 1)
    return person([(kind, LONG_AGO, None)], [(Level.TWO, LONG_AGO, last), (Level.ONE, on, None)])


def left(kind: GroundKind, last: date, first: date = LONG_AGO) -> RegisterFacts:
    return person([(kind, first, last)], [(Level.TWO, first, last)])


H01 = person(
    [(ONE, LONG_AGO, None)],
    [
        (Level.ONE, LONG_AGO, date(2022, 11, 13)),
        (Level.TWO, date(2022, 11, 14), date(2023, 3, 27)),
        (Level.THREE, date(2023, 3, 28), None),
    ],
)
H09 = person(
    [(TWO, LONG_AGO, None)], [(Level.THREE, LONG_AGO, date(2023, 1, 17)), (Level.TWO, date(2023, 1, 18), None)]
)
H19 = person(
    [(TWO, LONG_AGO, date(2022, 9, 30)), (THREE, date(2022, 10, 1), None)],
    [(Level.TWO, LONG_AGO, None)],
)
H20 = person(
    [(TWO, LONG_AGO, date(2022, 6, 15)), (THREE, date(2022, 6, 16), date(2023, 2, 8))],
    [(Level.TWO, LONG_AGO, date(2023, 2, 8))],
)
H24 = person(
    [(THREE, date(2022, 6, 14), date(2022, 12, 13))],
    [(Level.THREE, date(2022, 6, 14), date(2022, 9, 5)), (Level.TWO, date(2022, 9, 6), date(2022, 12, 13))],
)


def named() -> list[RegisterFacts]:
    """H01 to H35: the people at Level 2 or 3 in 2022-23."""
    return [
        H01,
        *(steady(ONE, Level.TWO) for _ in range(3)),  # H02 to H04
        *(steady(ONE, Level.TWO, Whereabouts.RECALLED) for _ in range(2)),  # H05, H06
        stepped_down(ONE, date(2023, 1, 17)),
        stepped_down(ONE, date(2022, 8, 23)),
        H09,
        *(steady(TWO, Level.TWO) for _ in range(4)),  # H10 to H13
        *(stepped_down(TWO, date(2022, month, 1)) for month in (7, 9, 11)),  # H14 to H16
        *(left(TWO, date(2022, month, 1)) for month in (5, 10)),  # H17, H18
        H19,
        H20,
        steady(TWO, Level.TWO, Whereabouts.REMAND),  # H21
        steady(THREE, Level.TWO),  # H22
        steady(THREE, Level.TWO, Whereabouts.RECALLED),  # H23
        H24,
        *(left(THREE, date(2022, 5, 1 + number)) for number in range(11)),  # H25 to H35
    ]


def register() -> Iterator[RegisterFacts]:
    yield from named()
    yield from (steady(ONE, Level.ONE) for _ in range(1278 - 2))
    yield from (steady(TWO, Level.ONE) for _ in range(339 - 3))
    yield from (steady(ONE, Level.NOT_SET, Whereabouts.CUSTODY) for _ in range(268))
    yield steady(GroundKind.TERRORIST_DISPOSAL, Level.TWO)
    yield RegisterFacts(0, (GroundFacts(ONE, LONG_AGO, date(2023, 3, 30)),), (), ())


def row(one: int | None, two: int | None, three: int | None, total: int) -> dict[str, int | None]:
    return {"category_1": one, "category_2": two, "category_3": three, "total": total}


def test_the_published_snapshot_of_31_march_2023() -> None:
    counted = snapshot(register(), DAY, PARAMS)
    assert counted.as_dict() == {
        "level_1": row(1278, 339, None, 1617),
        "level_2": row(3, 5, 2, 10),
        "level_3": row(1, 0, 0, 1),
        "total": row(1282, 344, 2, 1628),
    }
    assert {(out.category, out.why): out.count for out in counted.left_out} == {
        (Category.ONE, "In custody"): 268,
        (Category.ONE, "Recalled to custody"): 2,
        (Category.TWO, "Remanded in custody"): 1,
        (Category.THREE, "Recalled to custody"): 1,
    }


def test_the_published_year_counts_at_the_first_level() -> None:
    assert yearly_level_2_and_3(register(), YEAR, FIRST).as_dict() == {
        "level_2": row(8, 12, 15, 35),
        "level_3": row(0, 1, 1, 2),
        "total": row(8, 13, 16, 37),
    }


def test_the_same_register_at_the_highest_level_gives_7_and_1() -> None:
    assert yearly_level_2_and_3(register(), YEAR, HIGHEST).as_dict() == {
        "level_2": row(7, 12, 15, 34),
        "level_3": row(1, 1, 1, 3),
        "total": row(8, 13, 16, 37),
    }


def test_the_self_check_explains_the_one_odd_cell_and_no_other() -> None:
    everybody = list(register())
    (note,) = self_check(snapshot(everybody, DAY, PARAMS), yearly_level_2_and_3(everybody, YEAR, FIRST))
    assert (note.level, note.category, note.rule) == (Level.THREE, Category.ONE, "R86")
    assert note.keys == (H01.key,)
    assert "1 on 31 March 2023 but 0 in the year" in note.text
    assert "the first level in the year" in note.text


def test_at_the_highest_level_there_is_nothing_to_explain() -> None:
    everybody = list(register())
    assert self_check(snapshot(everybody, DAY, PARAMS), yearly_level_2_and_3(everybody, YEAR, HIGHEST)) == ()


@pytest.mark.parametrize(
    ("who", "basis", "cells"),
    [
        pytest.param(H01, HIGHEST, {(Level.THREE, Category.ONE)}, id="H01: 2 then 3, highest (R86)"),
        pytest.param(H01, FIRST, {(Level.TWO, Category.ONE)}, id="H01: 2 then 3, first (R86)"),
        pytest.param(H09, HIGHEST, {(Level.THREE, Category.TWO)}, id="H09: 3 then 2, highest (R86)"),
        pytest.param(H09, FIRST, {(Level.THREE, Category.TWO)}, id="H09: 3 then 2, first (R86)"),
        pytest.param(
            H19,
            HIGHEST,
            {(Level.TWO, Category.TWO), (Level.TWO, Category.THREE)},
            id="H19: once in each category (R86)",
        ),
        pytest.param(H20, FIRST, {(Level.TWO, Category.TWO), (Level.TWO, Category.THREE)}, id="H20: the same (R86)"),
        pytest.param(H24, FIRST, {(Level.THREE, Category.THREE)}, id="H24: 3 then 2 (R86)"),
    ],
)
def test_one_person_counts_once_in_each_category(
    who: RegisterFacts, basis: YearlyLevelBasis, cells: set[tuple[Level, Category]]
) -> None:
    table = yearly_level_2_and_3([who], YEAR, basis).table
    assert {cell for cell, number in table.cells.items() if number} == cells
    assert table.total == len(cells)


@pytest.mark.parametrize(
    ("first", "last", "counted"),
    [
        pytest.param(LONG_AGO, date(2022, 3, 31), 0, id="ended the day before the year (R86)"),
        pytest.param(LONG_AGO, date(2022, 4, 1), 1, id="ended on its first day (R86)"),
        pytest.param(date(2023, 3, 31), None, 1, id="began on its last day (R86)"),
        pytest.param(date(2023, 4, 1), None, 0, id="began the day after (R86)"),
    ],
)
def test_any_day_of_the_year_is_enough(first: date, last: date | None, counted: int) -> None:
    who = person([(ONE, LONG_AGO, None)], [(Level.TWO, first, last)])
    assert yearly_level_2_and_3([who], YEAR, HIGHEST).table.total == counted


def test_a_level_before_the_category_began_does_not_count_in_it() -> None:
    who = person(
        [(TWO, LONG_AGO, date(2022, 9, 30)), (ONE, date(2022, 10, 1), None)],
        [(Level.TWO, LONG_AGO, date(2022, 9, 30)), (Level.ONE, date(2022, 10, 1), None)],
    )
    assert yearly_level_2_and_3([who], YEAR, HIGHEST).table.cells == {(Level.TWO, Category.TWO): 1}


def test_category_4_is_in_no_figure_and_in_no_list_of_those_left_out() -> None:
    hidden = [
        steady(kind, Level.TWO, where)
        for kind in (GroundKind.TERRORIST_DISPOSAL, GroundKind.TERRORISM_RISK)
        for where in (Whereabouts.COMMUNITY, Whereabouts.CUSTODY)
    ]
    counted = snapshot(hidden, DAY, PARAMS)
    assert counted.table.total == 0
    assert counted.left_out == ()
    assert yearly_level_2_and_3(hidden, YEAR, HIGHEST).table.total == 0


@pytest.mark.parametrize(
    ("where", "counted"),
    [
        pytest.param(Whereabouts.COMMUNITY, True, id="community (R85)"),
        pytest.param(Whereabouts.APPROVED_PREMISES, True, id="approved premises (R85)"),
        pytest.param(Whereabouts.UNLAWFULLY_AT_LARGE, True, id="unlawfully at large (R85)"),
        pytest.param(Whereabouts.ABROAD, False, id="abroad (R85)"),
        pytest.param(Whereabouts.HOSPITAL, False, id="hospital (R85)"),
        pytest.param(Whereabouts.HOSPITAL_LEAVE, False, id="hospital leave (R85)"),
        pytest.param(Whereabouts.IMMIGRATION_DETENTION, False, id="immigration detention (R85)"),
        pytest.param(Whereabouts.REMAND, False, id="remand (R85)"),
    ],
)
def test_what_counts_as_the_community(where: Whereabouts, counted: bool) -> None:
    result = snapshot([steady(ONE, Level.ONE, where)], DAY, PARAMS)
    assert (result.table.total, len(result.left_out)) == ((1, 0) if counted else (0, 1))


def test_an_area_may_say_what_counts_and_since_when() -> None:
    params = Parameters((Override("counts_as_community", ("community", "abroad"), DAY, "national advice"),))
    abroad = [steady(ONE, Level.ONE, Whereabouts.ABROAD)]
    assert snapshot(abroad, DAY, params).table.total == 1
    assert snapshot(abroad, date(2023, 3, 30), params).table.total == 0


@pytest.mark.parametrize(
    ("released_on", "counted"),
    [
        pytest.param(date(2023, 3, 30), 1, id="released the day before (R85)"),
        pytest.param(date(2023, 3, 31), 1, id="released on the day (R85)"),
        pytest.param(date(2023, 4, 1), 0, id="released the day after (R85)"),
    ],
)
def test_only_the_day_itself_counts(released_on: date, counted: int) -> None:
    who = RegisterFacts(
        1,
        (GroundFacts(ONE, LONG_AGO),),
        (LevelFacts(Level.ONE, LONG_AGO),),
        (
            WhereaboutsFacts(Whereabouts.CUSTODY, LONG_AGO, date.fromordinal(released_on.toordinal() - 1)),
            WhereaboutsFacts(Whereabouts.COMMUNITY, released_on),
        ),
    )
    assert snapshot([who], DAY, PARAMS).table.total == counted


def test_people_without_level_or_whereabouts_are_shown_and_not_lost() -> None:
    unset, unknown = steady(ONE, Level.NOT_SET), RegisterFacts(7, (GroundFacts(TWO, LONG_AGO),), (), ())
    counted = snapshot([unset, unknown], DAY, PARAMS)
    assert counted.as_dict()["level_not_set"] == row(1, 0, None, 1)
    assert counted.table.total == 1
    assert [out.why for out in counted.left_out] == ["Whereabouts not recorded"]
    notes = self_check(counted, yearly_level_2_and_3([], YEAR, HIGHEST))
    assert [note.rule for note in notes] == ["R85"]


def test_a_category_3_person_at_level_1_is_named_as_wrong() -> None:
    wrong = [steady(THREE, Level.ONE)]
    counted = snapshot(wrong, DAY, PARAMS)
    assert counted.as_dict()["level_1"]["category_3"] == 1
    assert [note.rule for note in self_check(counted, yearly_level_2_and_3(wrong, YEAR, HIGHEST))] == ["R25"]


def test_the_basis_is_that_of_the_first_day_of_the_year() -> None:
    params = Parameters(
        (
            Override("yearly_level_basis", "first_in_year", date(2022, 4, 1), "as published"),
            Override("yearly_level_basis", "highest", date(2023, 4, 1), "from now on"),
        )
    )
    assert yearly_basis(ReportingYear(2021), params) is HIGHEST
    assert yearly_basis(ReportingYear(2022), params) is FIRST
    assert yearly_basis(ReportingYear(2023), params) is HIGHEST


@pytest.mark.parametrize(
    ("people", "population", "rate"),
    [
        pytest.param(1282, 942_600, 136, id="Derbyshire 2022-23 (R87)"),
        pytest.param(1282, 946_126, 135, id="just under the half (R87)"),
        pytest.param(1282, 946_125, 136, id="just over the half (R87)"),
        pytest.param(1, 200_000, 1, id="exactly a half goes up (R87)"),
        pytest.param(0, 942_600, 0, id="nobody (R87)"),
    ],
)
def test_the_rate(people: int, population: int, rate: int) -> None:
    assert rso_rate(people, population) == rate


def test_there_is_no_rate_without_a_population() -> None:
    with pytest.raises(ValueError, match="above nought"):
        rso_rate(1, 0)


@pytest.mark.parametrize(
    ("day", "label"),
    [
        pytest.param(date(2023, 3, 31), "2022-23", id="31 March"),
        pytest.param(date(2023, 4, 1), "2023-24", id="1 April"),
        pytest.param(date(2000, 3, 31), "1999-00", id="the turn of the century"),
    ],
)
def test_reporting_years(day: date, label: str) -> None:
    year = ReportingYear.of(day)
    assert str(year) == label
    assert ReportingYear.parse(label) == year
    assert day in year.period


@pytest.mark.parametrize("label", ["2022", "2022-24", "22-23", "2022/23", "year-23"])
def test_other_ways_to_write_a_year_are_refused(label: str) -> None:
    with pytest.raises(ValueError, match="2022-23"):
        ReportingYear.parse(label)


def test_a_quashed_ground_touches_the_finished_years_it_stood_in() -> None:
    quashed = GroundFacts(TWO, date(2024, 6, 1), date(2026, 5, 31))
    assert [str(year) for year in years_touched(quashed, date(2025, 3, 31))] == []
    assert [str(year) for year in years_touched(quashed, date(2025, 4, 1))] == ["2024-25"]
    assert [str(year) for year in years_touched(quashed, date(2027, 1, 1))] == ["2024-25", "2025-26"]


CELLS = st.fixed_dictionaries(
    {(level, kind): st.integers(0, 4) for level in (Level.TWO, Level.THREE) for kind in (ONE, TWO, THREE)}
)


@given(CELLS, CELLS, st.sampled_from(YearlyLevelBasis))
def test_a_consistent_table_comes_back(
    on_the_day: dict[tuple[Level, GroundKind], int],
    more_in_the_year: dict[tuple[Level, GroundKind], int],
    basis: YearlyLevelBasis,
) -> None:
    people = [steady(kind, level) for (level, kind), number in on_the_day.items() for _ in range(number)]
    for (level, kind), number in more_in_the_year.items():
        people.extend(
            person([(kind, LONG_AGO, date(2022, 12, 1))], [(level, LONG_AGO, date(2022, 12, 1))]) for _ in range(number)
        )
    day, year = snapshot(people, DAY, PARAMS), yearly_level_2_and_3(people, YEAR, basis)
    of_kind = {ONE: Category.ONE, TWO: Category.TWO, THREE: Category.THREE}
    for (level, kind), number in on_the_day.items():
        assert day.table.cell(level, of_kind[kind]) == number
        assert year.table.cell(level, of_kind[kind]) == number + more_in_the_year[level, kind]
    assert day.table.total == sum(on_the_day.values())
    assert self_check(day, year) == ()


def test_a_hundred_thousand_people_are_counted_quickly() -> None:
    everybody = [steady(ONE, Level.ONE), steady(TWO, Level.TWO)] * 50_000
    before = time.process_time()
    assert snapshot(everybody, DAY, PARAMS).table.total == 100_000
    assert yearly_level_2_and_3(everybody, YEAR, HIGHEST).table.total == 50_000
    assert time.process_time() - before < 10
