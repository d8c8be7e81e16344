"""The published counts: the snapshot of 31 March, the year at Levels 2 and 3, the rate of Category 1 (R85 to R87).

Every total is computed. Category 4 stands outside the local counts. The functions take people one at a time, so a
register of any size may be handed over as a stream.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from rules.bounds import FIRST_DAY, LAST_DAY
from rules.categories import category_spans, senior_category
from rules.core import Period, cites, long_date
from rules.facts import GroundFacts, LevelFacts, RegisterFacts, WhereaboutsFacts
from rules.parameters import Parameters
from rules.vocabulary import Category, Level, Whereabouts, YearlyLevelBasis

__all__ = [
    "COUNTED_CATEGORIES",
    "GroundFacts",
    "LeftOut",
    "LevelFacts",
    "Note",
    "RegisterFacts",
    "ReportingYear",
    "Snapshot",
    "Table",
    "WhereaboutsFacts",
    "YearlyCount",
    "rso_rate",
    "self_check",
    "snapshot",
    "yearly_basis",
    "yearly_level_2_and_3",
    "years_touched",
]

COUNTED_CATEGORIES = (Category.ONE, Category.TWO, Category.THREE)
SNAPSHOT_LEVELS = (Level.ONE, Level.TWO, Level.THREE)
YEARLY_LEVELS = (Level.TWO, Level.THREE)
ROW = {Level.NOT_SET: "level_not_set", Level.ONE: "level_1", Level.TWO: "level_2", Level.THREE: "level_3"}
COLUMN = {Category.ONE: "category_1", Category.TWO: "category_2", Category.THREE: "category_3"}

RATE_PER = 100_000
WRITTEN_YEAR = re.compile(r"([0-9]{4})-([0-9]{2})")

Cell = tuple[Level, Category]


@dataclass(frozen=True, slots=True, order=True)
class ReportingYear:
    """A year of the report: 1 April of `starts_in` to 31 March, the day of the snapshot."""

    starts_in: int

    @classmethod
    def of(cls, day: date) -> ReportingYear:
        """The year in which the day lies."""
        return cls(day.year if day >= date(day.year, 4, 1) else day.year - 1)

    @classmethod
    def parse(cls, label: str) -> ReportingYear:
        """The year written `2022-23`. Raises `ValueError` for anything else, and for years far from any register."""
        written = WRITTEN_YEAR.fullmatch(label)
        if written is None or int(written[2]) != (int(written[1]) + 1) % 100:
            raise ValueError("a reporting year is written like 2022-23")
        year, first, last = cls(int(written[1])), cls(FIRST_DAY.year), cls(LAST_DAY.year - 1)
        if not first <= year <= last:
            raise ValueError(f"reporting years run from {first} to {last}")
        return year

    @property
    def starts_on(self) -> date:
        return date(self.starts_in, 4, 1)

    @property
    def ends_on(self) -> date:
        return date(self.starts_in + 1, 3, 31)

    @property
    def period(self) -> Period:
        return Period(self.starts_on, self.ends_on)

    def __str__(self) -> str:
        return f"{self.starts_in}-{(self.starts_in + 1) % 100:02d}"


@dataclass(frozen=True, slots=True)
class Table:
    """Counts by level and category. Totals are computed here and nowhere else."""

    cells: Mapping[Cell, int]
    levels: tuple[Level, ...]

    def cell(self, level: Level, category: Category) -> int:
        return self.cells.get((level, category), 0)

    def row_total(self, level: Level) -> int:
        return sum(self.cell(level, category) for category in COUNTED_CATEGORIES)

    def column_total(self, category: Category) -> int:
        return sum(self.cell(level, category) for level in self.levels)

    @property
    def total(self) -> int:
        return sum(self.row_total(level) for level in self.levels)

    def as_dict(self) -> dict[str, dict[str, int | None]]:
        """The table under the keys of the published figures; None where the category has no such level."""
        rows: dict[str, dict[str, int | None]] = {}
        for level in self.levels:
            row: dict[str, int | None] = {COLUMN[c]: self._printed(level, c) for c in COUNTED_CATEGORIES}
            rows[ROW[level]] = row | {"total": self.row_total(level)}
        columns: dict[str, int | None] = {COLUMN[c]: self.column_total(c) for c in COUNTED_CATEGORIES}
        rows["total"] = columns | {"total": self.total}
        return rows

    def _printed(self, level: Level, category: Category) -> int | None:
        count = self.cell(level, category)
        impossible = category is Category.THREE and not level.is_multi_agency
        return None if impossible and count == 0 else count


@dataclass(frozen=True, slots=True)
class LeftOut:
    """People with an open ground on the day who are not in the table, and why. Never of Category 4."""

    category: Category
    whereabouts: Whereabouts | None
    count: int

    @property
    def why(self) -> str:
        return self.whereabouts.label if self.whereabouts else "Whereabouts not recorded"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The table of one day, with who was left out of it. `at_level` holds the keys of the people at Level 2 or 3."""

    day: date
    table: Table
    left_out: tuple[LeftOut, ...]
    at_level: Mapping[Cell, tuple[int, ...]]

    def as_dict(self) -> dict[str, dict[str, int | None]]:
        return self.table.as_dict()


@dataclass(frozen=True, slots=True)
class YearlyCount:
    """The Level 2 and 3 table of one year. `counted_at` says for each person and category at which level they count."""

    year: ReportingYear
    basis: YearlyLevelBasis
    table: Table
    counted_at: Mapping[tuple[int, Category], Level]

    def as_dict(self) -> dict[str, dict[str, int | None]]:
        return self.table.as_dict()


@dataclass(frozen=True, slots=True)
class Note:
    """A remark printed with the tables. `keys` are the people it is about; the text never names them."""

    text: str
    rule: str
    level: Level | None = None
    category: Category | None = None
    keys: tuple[int, ...] = ()


@cites("R85", params=("counts_as_community",))
def snapshot(people: Iterable[RegisterFacts], day: date, params: Parameters) -> Snapshot:
    """Everybody with an open ground who is in the community on the day, by derived category and level.

    What counts as the community is a parameter. A person without a level stands in a row of their own, printed only
    when there is one.
    """
    community = params.codes("counts_as_community", day)
    cells: Counter[Cell] = Counter()
    left_out: Counter[tuple[Category, Whereabouts | None]] = Counter()
    at_level: dict[Cell, list[int]] = {}
    for person in people:
        category = senior_category(person.grounds, day)
        if category is None or category is Category.FOUR:
            continue
        where = _where(person.whereabouts, day)
        if where is None or where.value not in community:
            left_out[category, where] += 1
            continue
        cell = (_level(person.levels, day), category)
        cells[cell] += 1
        if cell[0].is_multi_agency:
            at_level.setdefault(cell, []).append(person.key)
    without = any(level is Level.NOT_SET for level, _ in cells)
    levels = (Level.NOT_SET, *SNAPSHOT_LEVELS) if without else SNAPSHOT_LEVELS
    order = sorted(left_out, key=lambda key: (key[0].value, key[1].value if key[1] else ""))
    return Snapshot(
        day,
        Table(dict(cells), levels),
        tuple(LeftOut(category, where, left_out[category, where]) for category, where in order),
        {cell: tuple(keys) for cell, keys in at_level.items()},
    )


def _where(spans: Iterable[WhereaboutsFacts], day: date) -> Whereabouts | None:
    for span in spans:
        if span.is_open_on(day):
            return span.whereabouts
    return None


def _level(spans: Iterable[LevelFacts], day: date) -> Level:
    for span in spans:
        if span.is_open_on(day):
            return span.level
    return Level.NOT_SET


@cites("R86", params=("yearly_level_basis",))
def yearly_basis(year: ReportingYear, params: Parameters) -> YearlyLevelBasis:
    """The basis in force on the first day of the year."""
    return YearlyLevelBasis(params.choice("yearly_level_basis", year.starts_on))


@cites("R86")
def yearly_level_2_and_3(people: Iterable[RegisterFacts], year: ReportingYear, basis: YearlyLevelBasis) -> YearlyCount:
    """Everybody managed at Level 2 or 3 on any day of the year, once in each category they had on such a day.

    Somebody at both levels in one category counts at the higher, or at the first of the year, as `basis` says.
    Custody makes no difference here.
    """
    within = year.period
    cells: Counter[Cell] = Counter()
    counted_at: dict[tuple[int, Category], Level] = {}
    for person in people:
        spans = [span for span in person.levels if span.level.is_multi_agency and span.period.overlaps(within)]
        if not spans:
            continue
        spans.sort(key=lambda span: span.starts_on)
        for category, levels in _levels_by_category(person, spans, within).items():
            level = levels[0] if basis is YearlyLevelBasis.FIRST_IN_YEAR else max(levels)
            cells[level, category] += 1
            counted_at[person.key, category] = level
    return YearlyCount(year, basis, Table(dict(cells), YEARLY_LEVELS), counted_at)


def _levels_by_category(
    person: RegisterFacts, spans: Iterable[LevelFacts], within: Period
) -> dict[Category, list[Level]]:
    """The levels of the year in each counted category, in the order of time."""
    found: dict[Category, list[Level]] = {}
    categories = category_spans(person.grounds, within)
    for span in spans:
        for period, category in categories:
            if category is not Category.FOUR and span.period.overlaps(period):
                found.setdefault(category, []).append(span.level)
    return found


@cites("R29")
def years_touched(ground: GroundFacts, today: date) -> tuple[ReportingYear, ...]:
    """The finished reporting years in which the ground stood: their returns are affected when it is voided."""
    first, last = ReportingYear.of(ground.starts_on), ReportingYear.of(min(ground.period.last_day, today))
    years = (ReportingYear(starts_in) for starts_in in range(first.starts_in, last.starts_in + 1))
    return tuple(year for year in years if year.ends_on < today)


@cites("R87")
def rso_rate(count: int, population_aged_10_and_over: int) -> int:
    """Category 1 in the community for each 100,000 people aged 10 and over, rounded half up.

    Raises `ValueError` when the population is not above nought.
    """
    if population_aged_10_and_over <= 0:
        raise ValueError("the population must be above nought")
    return (2 * count * RATE_PER + population_aged_10_and_over) // (2 * population_aged_10_and_over)


@cites("R86")
def self_check(on_the_day: Snapshot, in_the_year: YearlyCount) -> tuple[Note, ...]:
    """Remarks to print with the tables: nobody at a level on 31 March may be missing from the year without a note."""
    notes: list[Note] = []
    for level in YEARLY_LEVELS:
        for category in COUNTED_CATEGORIES:
            then = on_the_day.table.cell(level, category)
            counted = in_the_year.table.cell(level, category)
            if then > counted:
                notes.append(_explained(level, category, on_the_day, in_the_year))
    without = on_the_day.table.row_total(Level.NOT_SET)
    if without:
        notes.append(Note(f"In the community on the day with no level yet: {without}", "R85", Level.NOT_SET))
    impossible = on_the_day.table.cell(Level.ONE, Category.THREE) + on_the_day.table.cell(Level.NOT_SET, Category.THREE)
    if impossible:
        text = f"Category 3 has no Level 1, yet {impossible} stand there: correct the record"
        notes.append(Note(text, "R25", Level.ONE, Category.THREE))
    return tuple(notes)


def _explained(level: Level, category: Category, on_the_day: Snapshot, in_the_year: YearlyCount) -> Note:
    then = on_the_day.table.cell(level, category)
    counted = in_the_year.table.cell(level, category)
    keys = tuple(
        key
        for key in on_the_day.at_level.get((level, category), ())
        if in_the_year.counted_at.get((key, category)) is not level
    )
    elsewhere = len(keys)
    text = (
        f"{category.label}, {level.label}: {then} on {long_date(on_the_day.day)} but {counted} in the year. "
        f"{elsewhere} of them counted in the year at another level, because the basis is: "
        f"{in_the_year.basis.label.lower()}"
    )
    return Note(text, "R86", level, category, keys)
