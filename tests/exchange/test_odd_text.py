"""Whatever stands in a cell, the answer is a report by line and column, never an exception."""

import io
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agencies.principal import Principal
from cases.reference import load_offences
from exchange.columns import BY_NAME, COLUMNS
from exchange.nominals import bring_in
from exchange.problems import Problem
from tests.exchange.files import CATEGORY_2, COMMUNITY, LEVEL_2, TODAY, as_csv, row
from tests.exchange.test_bad_rows import told
from tests.factories.agencies import AgencyFactory, AreaFactory

FULL = row(
    2, CATEGORY_2, LEVEL_2, COMMUNITY,
    lead_agency="Derbyshire Constabulary", last_meeting="2025-12-01", next_meeting="2026-03-30",
)  # fmt: skip
EDGES = (
    "-", "\u00df" * 40, "\u1e9e", "0000-00-00", "0001-01-01", "1899-12-31", "1900-01-01", "2200-12-31", "2201-01-01",
    "9999-12-31", "31/12/9999", "\uff12\uff10\uff12\uff10-01-01", "9999 years", "9999 weeks", "0 days", "1 day" * 900,
    "1200 months", "9999 days", "99 years 12 months", "=1+1", ";", ",", "nickname:", "a,b,c;former:x", '"', "not_set",
    "dead", "life", "order", "yes", "2020-01-06", "DEMO-1", "01/1234567", "\u0661/\u0662A", "\u00b2\u00b3",
    "\U0001f600", "\0",
    "\ufeff", "\u202e", "None", "NaN", "x" * 9_999,
)  # fmt: skip

dates = st.dates(min_value=date(1, 1, 1)).map(date.isoformat)
near_dates = st.dates(min_value=date(1978, 1, 1), max_value=date(2030, 1, 1)).map(date.isoformat)
terms = st.lists(st.tuples(st.integers(0, 9999), st.sampled_from("ymwd")), min_size=1, max_size=4).map(
    lambda parts: " ".join(f"{number} {unit}" for number, unit in parts)
)
words = st.sampled_from(
    [option.value for column in COLUMNS for option in getattr(column.format, "members", ())]
)  # codes of any column, in any other
texts = st.one_of(
    st.sampled_from(EDGES),
    words,
    near_dates,
    dates,
    terms,
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60),
)


def expect_reports(problems: list[Problem]) -> None:
    for one in problems:
        assert one.line == 2
        assert one.column in BY_NAME or one.column == ""
        assert one.reason
        assert one.right


@pytest.mark.parametrize("column", list(BY_NAME))
@given(text=texts)
@settings(max_examples=60)
def test_odd_text_in_a_column(column: str, text: str) -> None:
    problems, notes, good = told(as_csv([FULL | {column: text}]), category_4=True)

    assert bool(problems) is not bool(good)
    expect_reports([*problems, *notes])


@given(cells=st.dictionaries(st.sampled_from(list(BY_NAME)), texts, max_size=len(COLUMNS)))
@settings(max_examples=300)
def test_odd_text_in_many_columns(cells: dict[str, str]) -> None:
    problems, notes, good = told(as_csv([FULL | cells]), category_4=True)

    assert bool(problems) is not bool(good) or not any(text.strip() for text in cells.values())
    expect_reports([*problems, *notes])


@pytest.mark.django_db
@given(column=st.sampled_from([column.name for column in COLUMNS]), text=texts, known=st.booleans())
@example(column="nhs", text="-", known=False)
@example(column="visor", text="\u00df" * 40, known=True)
@example(column="term", text="9999 weeks", known=False)
@example(column="level_start", text="0001-01-01", known=True)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_what_passes_the_checks_passes_the_database(column: str, text: str, known: bool) -> None:
    area = AreaFactory.create()
    AgencyFactory.create(area=area, name="Derbyshire Constabulary")
    by = Principal.system("tests", on=TODAY)
    load_offences(by, TODAY)
    problems: list[Problem] = []

    def brought(cells: dict[str, str], *, dry_run: bool) -> None:
        bring_in(
            io.BytesIO(as_csv([cells])), by=by, area=area, today=TODAY, dry_run=dry_run,
            report=problems.append, note=list[Problem]().append,
        )  # fmt: skip

    if known:
        brought(FULL, dry_run=False)
        assert problems == []
    brought(FULL | {column: text}, dry_run=True)

    expect_reports(problems)


def test_every_block_is_filled_in_the_row_that_is_spoilt() -> None:
    filled = {BY_NAME[name].block for name, text in FULL.items() if text}

    assert filled == {column.block for column in COLUMNS}
