"""Looks that stand out (R101): each rule at its limit, one below and one above."""

from datetime import date

import pytest

from rules.anomalies import (
    DayOfLooks,
    LookFacts,
    anomalies,
    many_in_an_hour,
    neighbours,
    out_of_hours,
    outside_caseload,
    own_name,
    refusals,
)
from rules.parameters import Override, Parameters
from rules.vocabulary import AnomalyKind

MONDAY, SATURDAY, CHRISTMAS, FAR = date(2026, 11, 23), date(2026, 11, 28), date(2026, 12, 25), date(2150, 12, 25)
PARAMS = Parameters()


def day(*looks: LookFacts, on: date = MONDAY, refused: int = 0, searched: bool = False) -> DayOfLooks:
    return DayOfLooks(on, looks, refused, searched)


def opened(number: int, *, hour: int = 10, first: int = 1, **more: bool | str) -> tuple[LookFacts, ...]:
    return tuple(LookFacts(record, hour, **more) for record in range(first, first + number))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("looks", "searched", "records"),
    [
        pytest.param(opened(3), False, None, id="other names (R101)"),
        pytest.param((*opened(3), LookFacts(9, 10, own_name=True)), False, {9}, id="one of the same surname (R101)"),
        pytest.param((), True, set(), id="searched for, nobody opened (R101)"),
        pytest.param(opened(1, own_name=True), True, {1}, id="searched for and opened (R101)"),
        pytest.param(opened(1, own_name=True, own_case=True), False, {1}, id="even of their own case (R101)"),
    ],
)
def test_own_name(looks: tuple[LookFacts, ...], searched: bool, records: set[int] | None) -> None:
    found = own_name(day(*looks, searched=searched))
    assert (found and found.records) == records


@pytest.mark.parametrize(
    ("looks", "records"),
    [
        pytest.param(opened(2, postcode="ZZ99 1AA"), None, id="two of a postcode (R101)"),
        pytest.param(opened(3, postcode="ZZ99 1AA"), {1, 2, 3}, id="three of a postcode (R101)"),
        pytest.param(opened(5), None, id="five of no known postcode (R101)"),
        pytest.param(
            (*opened(2, postcode="ZZ99 1AA"), *opened(2, first=3, postcode="ZZ99 1AB")), None, id="two and two (R101)"
        ),
        pytest.param(
            (*opened(2, postcode="ZZ99 1AA"), *opened(1, first=3, postcode="ZZ99 1AA", own_case=True)),
            None,
            id="one of three is their case (R101)",
        ),
        pytest.param(
            (*opened(2, postcode="ZZ99 1AA"), *opened(2, postcode="ZZ99 1AA", hour=15)), None, id="two, twice (R101)"
        ),
        pytest.param(opened(3, postcode="ZZ99 1AA", by_area=True), {1, 2, 3}, id="in any role (R101)"),
    ],
)
def test_neighbours(looks: tuple[LookFacts, ...], records: set[int] | None) -> None:
    found = neighbours(day(*looks), PARAMS)
    assert (found and found.records) == records


@pytest.mark.parametrize(
    ("looks", "number"),
    [
        pytest.param((), None, id="nobody (R101)"),
        pytest.param(opened(20), None, id="20 in an hour (R101)"),
        pytest.param(opened(21), 21, id="21 in an hour (R101)"),
        pytest.param((*opened(20), *opened(20, hour=11, first=21)), None, id="20 and 20 in two hours (R101)"),
        pytest.param((*opened(20), *opened(20)), None, id="20, each twice (R101)"),
        pytest.param((*opened(21), *opened(30, hour=11)), 30, id="the hour with most (R101)"),
    ],
)
def test_many_in_an_hour(looks: tuple[LookFacts, ...], number: int | None) -> None:
    found = many_in_an_hour(day(*looks), PARAMS)
    assert (found and len(found.records)) == number


@pytest.mark.parametrize(
    ("on", "hour", "stands_out"),
    [
        pytest.param(MONDAY, 6, True, id="before 7 (R101)"),
        pytest.param(MONDAY, 7, False, id="at 7 (R101)"),
        pytest.param(MONDAY, 19, False, id="before 8 in the evening (R101)"),
        pytest.param(MONDAY, 20, True, id="from 8 in the evening on (R101)"),
        pytest.param(MONDAY, 0, True, id="at midnight (R101)"),
        pytest.param(SATURDAY, 10, True, id="on a Saturday (R101)"),
        pytest.param(CHRISTMAS, 10, True, id="on a bank holiday (R101)"),
        pytest.param(FAR, 10, False, id="a weekday beyond the list of bank holidays (R101)"),
    ],
)
def test_out_of_hours(on: date, hour: int, stands_out: bool) -> None:
    assert bool(out_of_hours(day(LookFacts(1, hour), on=on), PARAMS)) is stands_out
    assert bool(out_of_hours(DayOfLooks(on, taken_out=((1, hour),)), PARAMS)) is stands_out


def test_out_of_hours_tells_what_was_opened_from_what_was_taken_out() -> None:
    taken_out = tuple((record, 3) for record in range(1, 1_201))
    found = out_of_hours(DayOfLooks(SATURDAY, opened(2), taken_out=taken_out), PARAMS)
    assert found is not None
    assert found.reason.text.startswith("They opened 2 people and exported 1,200 people on a day")
    assert len(found.records) == 1_200


def test_a_file_opens_nobody() -> None:
    taken_out = tuple((record, 10) for record in range(500))
    assert anomalies(DayOfLooks(MONDAY, taken_out=taken_out), PARAMS) == ()


@pytest.mark.parametrize(
    ("looks", "number"),
    [
        pytest.param(opened(10), None, id="10 (R101)"),
        pytest.param(opened(11), 11, id="11 (R101)"),
        pytest.param(opened(11, own_case=True), None, id="11 of their own (R101)"),
        pytest.param(opened(11, by_area=True), None, id="11 in a role over the area (R101)"),
        pytest.param((*opened(10), *opened(10, hour=12)), None, id="10, each twice (R101)"),
    ],
)
def test_outside_caseload(looks: tuple[LookFacts, ...], number: int | None) -> None:
    found = outside_caseload(day(*looks), PARAMS)
    assert (found and len(found.records)) == number


@pytest.mark.parametrize(("refused", "stands_out"), [(0, False), (2, False), (3, True), (4, True)])
def test_refusals(refused: int, stands_out: bool) -> None:
    assert bool(refusals(day(refused=refused), PARAMS)) is stands_out


def test_all_of_a_day_in_the_order_of_the_words() -> None:
    looks = opened(30, hour=6, postcode="ZZ99 1AA", own_name=True)
    assert [found.kind for found in anomalies(day(*looks, refused=9), PARAMS)] == list(AnomalyKind)
    assert {found.reason.rule for found in anomalies(day(*looks, refused=9), PARAMS)} == {"R101"}
    assert anomalies(day(*opened(5)), PARAMS) == ()


@pytest.mark.parametrize(
    ("key", "value", "looks"),
    [
        ("looks_in_an_hour", 5, opened(6, by_area=True)),
        ("looks_outside_caseload", 5, opened(6)),
        ("looks_at_neighbours", 2, opened(2, postcode="ZZ99 1AA")),
        ("office_hours_from", 11, opened(1)),
        ("office_hours_until", 10, opened(1)),
    ],
)
def test_an_area_may_be_stricter(key: str, value: int, looks: tuple[LookFacts, ...]) -> None:
    assert anomalies(day(*looks), PARAMS) == ()
    stricter = Parameters([Override(key, value, date(2020, 1, 1), "Agreed by the board")])
    assert len(anomalies(day(*looks), stricter)) == 1
