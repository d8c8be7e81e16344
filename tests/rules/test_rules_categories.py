"""The derived category, its precedence and its changes (R7, R8, R27, R29)."""

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.categories import (
    PRECEDENCE,
    category_of,
    category_on,
    category_spans,
    open_grounds,
    senior_category,
    status_periods,
)
from rules.core import Period
from rules.facts import GroundFacts
from rules.vocabulary import Category, GroundKind

START = date(2022, 1, 1)
DAYS = st.integers(0, 120).map(lambda number: START + timedelta(number))


@st.composite
def grounds(draw: st.DrawFn) -> GroundFacts:
    first = draw(DAYS)
    length = draw(st.one_of(st.none(), st.integers(0, 60)))
    return GroundFacts(
        draw(st.sampled_from(GroundKind)),
        first,
        None if length is None else first + timedelta(length),
        voided=draw(st.booleans()),
    )


SETS = st.lists(grounds(), max_size=6)


def ground(kind: GroundKind, starts_on: date, ends_on: date | None = None) -> GroundFacts:
    return GroundFacts(kind, starts_on, ends_on)


REGISTERED = ground(GroundKind.NOTIFICATION, date(2019, 5, 4), date(2029, 5, 3))
PRISON = ground(GroundKind.QUALIFYING_DISPOSAL, date(2023, 6, 1))


@given(SETS, DAYS)
def test_the_category_is_that_of_the_senior_open_ground(several: list[GroundFacts], day: date) -> None:
    standing = {category_of(g.kind) for g in several if not g.voided and g.period.contains(day)}
    expected = next((category for category in (Category.FOUR, Category.ONE, Category.TWO, Category.THREE)
                     if category in standing), None)  # fmt: skip
    answer = category_on(several, day)
    assert answer.value is expected
    assert senior_category(several, day) is expected
    assert senior_category(reversed(several), day) is expected, "the order of the grounds does not matter"
    assert answer.reasons
    assert len(open_grounds(several, day)) == sum(not g.voided and day in g.period for g in several)


@given(SETS, DAYS, DAYS)
def test_spans_say_the_same_as_each_day(several: list[GroundFacts], one: date, other: date) -> None:
    within = Period(min(one, other), max(one, other))
    spans = category_spans(several, within)
    for number in range((within.last_day - within.starts_on).days + 1):
        day = within.starts_on + timedelta(number)
        of_day = [category for period, category in spans if day in period]
        assert of_day == ([senior_category(several, day)] if senior_category(several, day) else [])
    for (earlier, first), (later, second) in itertools.pairwise(spans):
        assert earlier.ends_on is not None
        touching = later.starts_on - earlier.ends_on == timedelta(1)
        assert not (touching and first is second), "neighbours of one category are one span"


@given(SETS, DAYS)
def test_status_is_having_a_category(several: list[GroundFacts], day: date) -> None:
    assert any(day in period for period in status_periods(several)) is (senior_category(several, day) is not None)


def test_open_ended_spans() -> None:
    spans = category_spans([PRISON, replace(REGISTERED, ends_on=None)], Period(date(2019, 1, 1)))
    assert spans == ((Period(date(2019, 5, 4)), Category.ONE),)


@pytest.mark.parametrize(
    ("day", "category"),
    [
        pytest.param(date(2019, 5, 3), None, id="the day before notification starts (R7)"),
        pytest.param(date(2019, 5, 4), Category.ONE, id="the first day (R7)"),
        pytest.param(date(2023, 6, 1), Category.ONE, id="a sentence beside it: 1 before 2 (R8)"),
        pytest.param(date(2029, 5, 3), Category.ONE, id="the last day of notification (R27)"),
        pytest.param(date(2029, 5, 4), Category.TWO, id="the day after: re-categorised, not out (R27)"),
    ],
)
def test_a_change_of_senior_ground(day: date, category: Category | None) -> None:
    assert category_on([PRISON, REGISTERED], day).value is category


def test_why_is_said_in_plain_words() -> None:
    reasons = category_on([PRISON, REGISTERED], date(2024, 1, 1)).reasons
    assert [str(reason) for reason in reasons] == [
        "Category 1, because a notification requirement runs from 4 May 2019 to 3 May 2029 (R8)",
        (
            "Also open, and alone Category 2: a qualifying disposal for a specified offence runs from 1 June 2023, "
            "with no end date (R7)"
        ),
        "When several grounds are open the order is 4 before 1 before 2 before 3 (R8)",
    ]
    assert dict(reasons[0].facts)["To"] == "3 May 2029"


def test_a_void_ground_never_stood() -> None:
    voided = replace(REGISTERED, voided=True)
    assert category_on([voided], date(2020, 1, 1)).value is None
    assert status_periods([voided]) == ()


def test_precedence_names_every_category_once() -> None:
    assert sorted(PRECEDENCE) == sorted(Category)
    assert {category_of(kind) for kind in GroundKind} == set(Category)
