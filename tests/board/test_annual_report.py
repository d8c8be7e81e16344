"""The published table comes out of a register that was brought in from a file."""

import io
import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.models import Area
from agencies.principal import Principal
from agencies.services import set_parameter
from board.layout import as_dict
from board.models import PopulationEstimate
from board.report import AnnualReport, annual_report
from board.services import set_population
from cases.models import Nominal
from cases.reference import load_offences
from exchange.nominals import Outcome, bring_in
from exchange.problems import Problem
from rules.counting import ReportingYear
from rules.vocabulary import Category, Handling, Level, YearlyLevelBasis
from tests.board.registers import DAY, Cells, Register, ground, level, made_to, stay
from tests.exchange.files import as_csv
from tests.factories.agencies import AreaFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 16)
SYSTEM = Principal.system("tests", on=TODAY)
YEAR = ReportingYear(2022)
PUBLISHED = json.loads((Path(__file__).parents[1] / "data" / "derbyshire_2022_23.json").read_text(encoding="utf-8"))


@pytest.fixture
def area() -> Area:
    area = AreaFactory.create(name="Derbyshire", slug="derbyshire")
    load_offences(SYSTEM, TODAY)
    return area


def brought(area: Area, rows: Iterable[Mapping[str, str]]) -> Outcome:
    problems: list[Problem] = []
    outcome = bring_in(
        io.BytesIO(as_csv(rows)),
        by=SYSTEM,
        area=area,
        today=TODAY,
        dry_run=False,
        report=problems.append,
        note=list[Problem]().append,
    )
    assert problems == []
    return outcome


def report(area: Area, basis: YearlyLevelBasis | None = None, year: ReportingYear = YEAR) -> AnnualReport:
    return annual_report(SYSTEM, area, year, today=TODAY, basis=basis)


counts = st.integers(min_value=0, max_value=5)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Cells, Cells]:
    """A snapshot and a year that go together: at no level more on 31 March than in the year."""
    yearly = {(number, category): draw(counts) for number in (2, 3) for category in (1, 2, 3)}
    snapshot = {cell: draw(st.integers(min_value=0, max_value=count)) for cell, count in yearly.items()}
    return snapshot | {(1, 1): draw(counts), (1, 2): draw(counts)}, yearly


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    wanted=tables(),
    year=st.sampled_from([ReportingYear(2019), ReportingYear(2023)]),
    basis=st.sampled_from(YearlyLevelBasis),
)
def test_table_to_register_to_table(
    area: Area, wanted: tuple[Cells, Cells], year: ReportingYear, basis: YearlyLevelBasis
) -> None:
    snapshot, yearly = wanted
    with transaction.atomic():
        brought(area, made_to(snapshot, yearly, year, basis).rows)
        found = report(area, basis, year)
        transaction.set_rollback(True)

    assert cells(found.snapshot.table.cells) == {cell: count for cell, count in snapshot.items() if count}
    assert cells(found.yearly.table.cells) == {cell: count for cell, count in yearly.items() if count}
    assert found.snapshot.table.total == sum(snapshot.values())
    assert found.yearly.table.total == sum(yearly.values())
    assert [note for note in found.notes if note.rule == "R86"] == []


def cells(counted: Mapping[tuple[Level, Category], int]) -> dict[tuple[int, int], int]:
    return {(int(number), int(category)): count for (number, category), count in counted.items() if count}


def derbyshire() -> Register:
    """The published year: 1,628 people in the community, 407 not, 35 at Level 2 or 3 in it."""
    register = Register()
    first, last = YEAR.starts_on, YEAR.ends_on
    before = first - 300 * DAY
    december = date(2022, 12, 12)

    def add(category: int, *blocks: Mapping[str, str], times: int = 1, ends_on: date | None = None) -> None:
        for _ in range(times):
            register.add(ground(category, before, ends_on), *blocks)

    at_home = stay("community", before)
    # Category 1: one raised to Level 3 three days before the end; the published year counts him at Level 2.
    add(1, level(1, before), level(2, date(2022, 11, 14)), level(3, date(2023, 3, 28)), at_home)
    add(1, level(2, before), at_home, times=2)
    add(1, level(2, before), at_home, stay("recalled", date(2022, 7, 11)), stay("community", date(2022, 12, 5)))
    add(1, level(2, before), at_home, stay("recalled", date(2022, 10, 3)), times=2)
    add(1, level(2, before), level(1, date(2023, 1, 17)), at_home)
    add(1, level(2, before), level(1, date(2022, 8, 23)), at_home)
    add(1, level(1, before), at_home, times=1276)
    add(1, level("not_set", before), stay("custody", before), times=268)
    add(1, level(1, before), at_home, stay("recalled", last), times=8)
    add(1, level(1, before), stay("hospital", before), times=6)
    # Category 2
    add(2, level(3, before), level(2, date(2023, 1, 18)), at_home)
    add(2, level(2, before), at_home, times=4)
    add(2, level(2, before), level(1, date(2022, 9, 6)), at_home, times=3)
    add(2, level(2, before), at_home, times=2, ends_on=date(2022, 10, 20))
    add(2, level(2, before), at_home, stay("remand", december))
    add(2, level(1, before), at_home, times=336)
    add(2, level(1, before), stay("custody", before), times=121)
    # Two whose licence ended and whose Category 3 began the next day: once in each category.
    register.add(
        ground(2, before, date(2022, 9, 30)), level(2, before), at_home, ground(3, date(2022, 10, 1)),
    )  # fmt: skip
    register.add(
        ground(2, before, date(2022, 6, 15)), level(2, before), at_home,
        ground(3, date(2022, 6, 16), date(2023, 2, 8)),
    )  # fmt: skip
    # Category 3
    add(3, level(2, before), at_home)
    add(3, level(2, before), at_home, stay("recalled", date(2022, 11, 21)))
    add(3, level(2, before), level(3, date(2022, 6, 14)), level(2, date(2022, 9, 6)), at_home, ends_on=december)
    register.rows[-3:] = _level_3_from_the_start(register.people)
    add(3, level(2, before), at_home, times=11, ends_on=date(2022, 12, 13))
    return register


def _level_3_from_the_start(serial: int) -> list[dict[str, str]]:
    """Category 3 from 14 June at Level 3, then Level 2, left in December."""
    helper = Register(people=serial - 1)
    entered = date(2022, 6, 14)
    helper.add(
        ground(3, entered, date(2022, 12, 13)),
        level(3, entered),
        level(2, date(2022, 9, 6)),
        stay("community", entered),
    )
    return helper.rows


def test_the_published_table(area: Area) -> None:
    set_parameter(
        by=SYSTEM, area=area, key="yearly_level_basis", value="first_in_year", holds_from=YEAR.starts_on,
        reason="The year was published so.",
    )  # fmt: skip
    set_population(
        by=SYSTEM, today=TODAY, area_id=area.pk, year="2022-23",
        aged_10_and_over=PUBLISHED["population_aged_10_and_over"], source="Invented for tests",
    )  # fmt: skip
    brought(area, derbyshire().rows)

    found = report(area)
    result = as_dict(found)

    assert {key: result[key] for key in PUBLISHED["report"]} == PUBLISHED["report"]
    assert found.basis is YearlyLevelBasis.FIRST_IN_YEAR
    (note,) = found.notes
    assert (note.rule, note.level, note.category) == ("R86", Level.THREE, Category.ONE)
    assert sum(left.count for left in found.snapshot.left_out) == 407

    compared = report(area, YearlyLevelBasis.HIGHEST)
    assert as_dict(compared)["yearly_level_2_and_3"] == PUBLISHED["with_highest"]["yearly_level_2_and_3"]
    assert compared.notes == ()


def small(area: Area) -> None:
    start = YEAR.starts_on
    register = Register()
    register.add(ground(1, start), level(1, start), stay("community", start))
    register.add(ground(1, start), level(2, start), stay("hospital_leave", start))
    register.add(ground(2, start), level(3, start), stay("community", start))
    brought(area, register.rows)


def test_command_as_json(area: Area, capsys: pytest.CaptureFixture[str]) -> None:
    small(area)

    call_command("annual_report", "derbyshire", "2022-23", "--format", "json")

    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert list(result)[:6] == [
        "area",
        "year",
        "snapshot_date",
        "snapshot",
        "yearly_level_2_and_3",
        "rso_per_100000_aged_10_and_over",
    ]
    assert result["snapshot"]["total"] == {"category_1": 1, "category_2": 1, "category_3": 0, "total": 2}
    assert result["snapshot"]["level_1"]["category_3"] is None
    assert result["left_out"] == [{"category": "1", "why": "On leave from hospital", "count": 1}]
    assert result["yearly_level_basis"] == "highest"
    assert result["rso_per_100000_aged_10_and_over"] is None
    assert [check["rule"] for check in result["self_check"]] == ["R87"]


def test_command_as_text(area: Area, capsys: pytest.CaptureFixture[str]) -> None:
    small(area)

    call_command("annual_report", "Derbyshire", "2022-23", "--basis", "first_in_year")

    said = capsys.readouterr().out
    assert "Derbyshire: MAPPA annual report 2022-23" in said
    assert "  Level 3                         0            1            0            1" in said
    assert "the first level in the year" in said
    assert "Feldspar" not in said


def test_the_reading_is_evidence(area: Area) -> None:
    before = accesses()

    call_command("annual_report", "derbyshire", "2022-23", "--format", "json")

    assert accesses() == before + 1


def accesses() -> int:
    """How many rows the access log has: its extent is all that the application may know of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_count FROM audit_extent() WHERE log = 'access'")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("year", ["2022", "2022-24", "22-23", "last", "2022-23 ", "２０２２-23", "2022-２3", "2022-3"])
def test_a_year_is_written_like_2022_23(area: Area, year: str) -> None:
    with pytest.raises(CommandError, match="written like 2022-23"):
        call_command("annual_report", "derbyshire", year)


@pytest.mark.parametrize("year", ["9999-00", "0000-01", "0001-02", "1899-00", "2200-01"])
def test_a_year_far_from_any_register(area: Area, year: str) -> None:
    with pytest.raises(CommandError, match="years run from 1900-01 to 2199-00"):
        call_command("annual_report", "derbyshire", year)


@pytest.mark.parametrize("year", ["1900-01", "1999-00", "2199-00"])
def test_the_first_and_the_last_year_there_are(year: str) -> None:
    assert str(ReportingYear.parse(year)) == year


def test_an_area_without_register_says_so(area: Area, capsys: pytest.CaptureFixture[str]) -> None:
    note = "No register of Derbyshire is held here: the noughts say nothing about the area"

    assert report(area).notes[0].text == note
    call_command("annual_report", "derbyshire", "2022-23")
    assert capsys.readouterr().out.splitlines()[2] == f"{note}."


@pytest.mark.parametrize(("year", "silent"), [(2021, True), (2022, False), (2023, False)])
def test_a_year_before_the_register_says_so(area: Area, year: int, silent: bool) -> None:
    small(area)

    notes = [note.text for note in report(area, year=ReportingYear(year)).notes]

    assert any("says nothing of" in text for text in notes) is silent
    assert not any("No register" in text for text in notes)


def test_a_register_of_category_4_alone_is_no_register_of_the_tables(area: Area) -> None:
    without = as_dict(report(area))
    small(area)
    for nominal in Nominal.objects.all():
        nominal.grounds.update(kind="terrorist_notification")

    assert as_dict(report(area)) == without


def test_a_population_given_with_the_command_is_kept(area: Area, capsys: pytest.CaptureFixture[str]) -> None:
    small(area)

    call_command("annual_report", "derbyshire", "2022-23", "--population", "200,000", "--source", "Invented, mid-2022")
    call_command("annual_report", "derbyshire", "2022-23", "--format", "json")
    call_command("annual_report", "derbyshire", "2021-22")

    said = capsys.readouterr().out
    assert "  Population 200,000: Invented, mid-2022" in said
    assert '"count": 200000' in said
    assert "(R87): 1\n" in said, "one person of Category 1 in the community"
    assert said.count("not known") == 1, "another year has another population"


@pytest.mark.parametrize(
    ("given", "match"),
    [
        (["--population", "10"], "together"),
        (["--source", "Invented"], "together"),
        (["--population", "10", "--source", "  "], "together"),
        (["--population", "0", "--source", "Invented"], "above nought"),
        (["--population", "-1", "--source", "Invented"], "above nought"),
        (["--population", "1,2", "--source", "Invented"], "above nought"),
        (["--population", "ten", "--source", "Invented"], "above nought"),
        (["--population", "2147483648", "--source", "Invented"], "above nought"),
        (["--population", "10", "--source", "x" * 201], "shorten"),
    ],
)
def test_a_population_that_cannot_be_kept(area: Area, given: list[str], match: str) -> None:
    with pytest.raises(CommandError, match=match):
        call_command("annual_report", "derbyshire", "2022-23", *given)

    assert not PopulationEstimate.objects.exists()


def test_an_unknown_area() -> None:
    with pytest.raises(CommandError, match="no area"):
        call_command("annual_report", "nowhere", "2022-23")


def test_a_year_that_is_not_over_says_so(area: Area) -> None:
    small(area)

    found = report(area, year=ReportingYear(2025))

    assert any("not over" in note.text for note in found.notes)


def test_category_4_is_outside_every_table(area: Area) -> None:
    small(area)
    before = as_dict(report(area))
    start = YEAR.starts_on
    register = Register(people=50)
    register.add(ground(1, start), level(2, start), stay("community", start))
    brought(area, register.rows)
    newest = Nominal.objects.latest("id")
    newest.grounds.update(kind="terrorist_notification")
    Nominal.objects.filter(pk=newest.pk).update(handling=Handling.CATEGORY_4)

    assert as_dict(report(area)) == before


def test_level_not_yet_set_in_the_community_stands_in_a_row_of_its_own(area: Area) -> None:
    start = YEAR.starts_on
    register = Register()
    register.add(ground(1, start), level("not_set", start), stay("community", start))
    brought(area, register.rows)

    result = as_dict(report(area))

    assert result["snapshot"]["level_not_set"]["category_1"] == 1
    assert result["snapshot"]["total"]["total"] == 1
    assert any("no level yet" in check["note"] for check in result["self_check"])


def test_the_register_of_a_table_comes_in_twice_without_a_change(area: Area) -> None:
    wanted = {(number, category): 4 for number in (2, 3) for category in (1, 2, 3)}
    register = made_to(wanted | {(1, 1): 3, (1, 2): 3}, dict.fromkeys(wanted, 7), YEAR, YearlyLevelBasis.HIGHEST)

    first, second = (brought(area, register.rows) for _ in range(2))

    assert (first.added, first.unchanged) == (register.people, 0)
    assert (second.added, second.changed, second.unchanged) == (0, 0, register.people)
