"""The annual report: the published tables of one area and year, computed from the register (R85 to R87)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from agencies.access import visible
from agencies.models import Area
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.roles import Perm
from agencies.spans import open_on
from cases.facts import register_facts
from cases.models import Ground, LevelSpan, Nominal
from rules.categories import category_of
from rules.core import long_date
from rules.counting import (
    COUNTED_CATEGORIES,
    Note,
    ReportingYear,
    Snapshot,
    YearlyCount,
    rso_rate,
    self_check,
    snapshot,
    yearly_basis,
    yearly_level_2_and_3,
)
from rules.vocabulary import Category, GroundKind, Level, Whereabouts, YearlyLevelBasis

from .models import PopulationEstimate


@dataclass(frozen=True)
class AnnualReport:
    """The tables, what they rest on, and the remarks that belong beside them. It names nobody."""

    area: str
    year: ReportingYear
    snapshot: Snapshot
    community: tuple[Whereabouts, ...]
    yearly: YearlyCount
    population: PopulationEstimate | None
    rate: int | None
    no_register: Note | None
    notes: tuple[Note, ...]

    @property
    def basis(self) -> YearlyLevelBasis:
        return self.yearly.basis


def annual_report(
    principal: Principal,
    area: Area,
    year: ReportingYear,
    *,
    today: date,
    basis: YearlyLevelBasis | None = None,
) -> AnnualReport:
    """The report as the principal may have it; ``basis`` replaces the area's own for a comparison (R86).

    The register is read in batches, so that its size does not matter to memory. A year that is not over is counted as
    far as the records go, and the report says so.
    """
    params = parameters_for(area)
    people = visible(principal, Nominal.objects.filter(area=area), Perm.FIGURES_VIEW)
    on_the_day = snapshot(register_facts(_with_status_on(people, year.ends_on)), year.ends_on, params)
    in_the_year = yearly_level_2_and_3(
        register_facts(_at_level_2_or_3_in(people, year)), year, basis or yearly_basis(year, params)
    )
    population = PopulationEstimate.objects.filter(area=area, year=str(year)).first()
    no_register = _no_register(people, area, year)
    category_1 = on_the_day.table.column_total(Category.ONE)
    return AnnualReport(
        area=area.name,
        year=year,
        snapshot=on_the_day,
        community=tuple(Whereabouts(code) for code in sorted(params.codes("counts_as_community", year.ends_on))),
        yearly=in_the_year,
        population=population,
        rate=rso_rate(category_1, population.aged_10_and_over) if population else None,
        no_register=no_register,
        notes=(
            *([no_register] if no_register else []),
            *self_check(on_the_day, in_the_year),
            *_unfinished(year, population, today),
        ),
    )


def _with_status_on(people: QuerySet[Nominal], day: date) -> QuerySet[Nominal]:
    """Those who can have a category on the day: the rules decide, this only spares the others' rows."""
    return people.filter(Exists(Ground.objects.filter(open_on(day), nominal=OuterRef("pk"))))


def _at_level_2_or_3_in(people: QuerySet[Nominal], year: ReportingYear) -> QuerySet[Nominal]:
    """Those with a Level 2 or 3 span that has a day in the year."""
    spans = LevelSpan.objects.filter(_within(year), nominal=OuterRef("pk"), level__in=[Level.TWO, Level.THREE])
    return people.filter(Exists(spans))


def _within(year: ReportingYear) -> Q:
    """Spans that have a day in the year."""
    return Q(starts_on__lte=year.ends_on) & (Q(ends_on__isnull=True) | Q(ends_on__gte=year.starts_on))


def _no_register(people: QuerySet[Nominal], area: Area, year: ReportingYear) -> Note | None:
    """What to say when the noughts of the tables mean that nothing was brought in, not that there was nobody.

    Only grounds that local tables count are asked for, so that the remark says nothing about Category 4.
    """
    counted = [kind for kind in GroundKind if category_of(kind) in COUNTED_CATEGORIES]
    grounds = Ground.objects.filter(nominal__in=people, kind__in=counted, voided_on__isnull=True)
    if not grounds.exists():
        return Note(f"No register of {area.name} is held here: the noughts say nothing about the area", "R85")
    if not grounds.filter(_within(year)).exists():
        text = f"The register of {area.name} says nothing of {year}: nobody in it has a ground open in that year"
        return Note(text, "R85")
    return None


def _unfinished(year: ReportingYear, population: PopulationEstimate | None, today: date) -> tuple[Note, ...]:
    notes = []
    if today < year.ends_on:
        notes.append(Note(f"The year is not over: the tables are what the register says on {long_date(today)}", "R85"))
    if population is None:
        notes.append(Note("No population aged 10 and over is recorded for the year, so there is no rate", "R87"))
    return tuple(notes)
