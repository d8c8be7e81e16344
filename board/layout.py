"""The annual report written out: as a value for JSON under the published keys, and as text for people."""

from collections.abc import Iterable
from typing import Any

from rules.core import long_date
from rules.counting import COUNTED_CATEGORIES, Table

from .report import AnnualReport

_WIDTH = 13


def as_dict(report: AnnualReport) -> dict[str, Any]:
    """The report under the keys of the published tables, then what they rest on."""
    population = report.population
    return {
        "area": report.area,
        "year": str(report.year),
        "snapshot_date": report.snapshot.day.isoformat(),
        "snapshot": report.snapshot.as_dict(),
        "yearly_level_2_and_3": report.yearly.as_dict(),
        "rso_per_100000_aged_10_and_over": report.rate,
        "population_aged_10_and_over": (
            {"count": population.aged_10_and_over, "source": population.source} if population else None
        ),
        "yearly_level_basis": report.basis.value,
        "counts_as_community": [where.value for where in report.community],
        "left_out": [
            {"category": left.category.value, "why": left.why, "count": left.count} for left in report.snapshot.left_out
        ],
        "self_check": [{"note": note.text, "rule": note.rule} for note in report.notes],
    }


def as_text(report: AnnualReport) -> str:
    """The same for reading and printing. Category 4 is not counted locally, which the text says."""
    lines = [
        f"{report.area}: MAPPA annual report {report.year}",
        "",
        *([f"{report.no_register.text}.", ""] if report.no_register else []),
        f"People in the community on {long_date(report.snapshot.day)}, by category and level (R85)",
        *_table(report.snapshot.table),
        "",
        f"Managed at Level 2 or 3 from {long_date(report.year.starts_on)} to {long_date(report.year.ends_on)} (R86)",
        *_table(report.yearly.table),
        f"Somebody at both levels in one category counts at: {report.basis.label.lower()}.",
        "",
        *_rate(report),
        "",
        f"Counted as in the community: {', '.join(where.label.lower() for where in report.community)}.",
        "Category 4 is left out of local tables.",
        "",
        "Left out of the snapshot (status open, not in the community)",
        *_left_out(report),
        "",
        "Self-check",
        *(_notes(f"{note.text} ({note.rule})" for note in report.notes)),
    ]
    return "\n".join(lines) + "\n"


def _table(table: Table) -> list[str]:
    head = [*(category.label for category in COUNTED_CATEGORIES), "Total"]
    rows = [("", head)]
    printed = table.as_dict()
    for key, row in zip(printed, [*table.levels, None], strict=True):
        label = row.label if row is not None else "Total"
        rows.append((label, ["-" if count is None else f"{count:,}" for count in printed[key].values()]))
    return [f"  {label:<20}{''.join(f'{cell:>{_WIDTH}}' for cell in cells)}".rstrip() for label, cells in rows]


def _rate(report: AnnualReport) -> list[str]:
    title = "Category 1 in the community for each 100,000 people aged 10 and over (R87): "
    if report.rate is None or report.population is None:
        return [f"{title}not known"]
    return [
        f"{title}{report.rate}",
        f"  Population {report.population.aged_10_and_over:,}: {report.population.source}",
    ]


def _left_out(report: AnnualReport) -> list[str]:
    rows = report.snapshot.left_out
    if not rows:
        return ["  Nobody"]
    lines = [f"  {left.category.label:<12}{left.why:<30}{left.count:>7,}" for left in rows]
    return [*lines, f"  {'Total':<42}{sum(left.count for left in rows):>7,}"]


def _notes(texts: Iterable[str]) -> list[str]:
    return [f"  {text}." for text in texts] or ["  Nothing to remark."]
