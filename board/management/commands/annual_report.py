"""``annual_report AREA YEAR``: the published tables of an area."""

import json
import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agencies.models import Area
from agencies.principal import Principal
from agencies.queries import area_named
from audit.reads import reading
from board.layout import as_dict, as_text
from board.models import PopulationEstimate
from board.report import annual_report
from board.services import set_population
from mappa import clock
from rules.counting import ReportingYear
from rules.vocabulary import YearlyLevelBasis

# The widest number that the estimate's column holds, far above any population.
_MOST = 2_147_483_647
_WRITTEN = re.compile(r"[0-9]{1,10}|[0-9]{1,3}(,[0-9]{3}){1,3}")


class Command(BaseCommand):
    help = (
        "The tables of the annual report: the snapshot of 31 March by category and level, the year at Levels 2 and 3, "
        "the rate of Category 1. Every total is computed. No person is named."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("area", help="name or slug of the area, such as Derbyshire")
        parser.add_argument("year", help="1 April to 31 March, written 2022-23")
        parser.add_argument("--format", choices=("text", "json"), default="text", help="text (default) or json")
        parser.add_argument(
            "--basis",
            choices=[basis.value for basis in YearlyLevelBasis],
            help="count people at both levels by this basis, to compare; otherwise by the area's own (R86)",
        )
        parser.add_argument(
            "--population",
            type=_count,
            metavar="N",
            help="people aged 10 and over in the area: kept for this year, and used for its rate from now on (R87)",
        )
        parser.add_argument(
            "--source", metavar="TEXT", help="with --population: which estimate it is, publisher and year"
        )

    def handle(self, *args: Any, area: str, year: str, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        try:
            reporting_year = ReportingYear.parse(year)
        except ValueError as error:
            raise CommandError(f"{year} is not a year: {error}.") from error
        found = area_named(area)
        if found is None:
            raise CommandError(f"There is no area called {area}.")
        day = clock.today()
        basis = YearlyLevelBasis(options["basis"]) if options["basis"] else None
        principal = Principal.system("annual_report", on=day)
        _keep_population(principal, found, reporting_year, options["population"], options["source"])
        with reading(principal, purpose=f"annual report {found.slug} {reporting_year}"):
            report = annual_report(principal, found, reporting_year, today=day, basis=basis)
        if options["format"] == "json":
            self.stdout.write(json.dumps(as_dict(report), indent=2, ensure_ascii=False))
        else:
            self.stdout.write(as_text(report), ending="")


def _count(text: str) -> int:
    if not _WRITTEN.fullmatch(text) or not 0 < (count := int(text.replace(",", ""))) <= _MOST:
        raise ArgumentTypeError("a number of people is written like 939,900, and is above nought")
    return count


def _keep_population(by: Principal, area: Area, year: ReportingYear, count: int | None, source: str | None) -> None:
    """Keep the population that came with the command; without one the report uses what was kept before."""
    words = " ".join((source or "").split())
    if (count is None) != (not words):
        raise CommandError("Give --population and --source together: a rate says on which estimate it rests.")
    if count is None:
        return
    longest = PopulationEstimate._meta.get_field("source").max_length
    if longest is not None and len(words) > longest:
        raise CommandError(f"The source has more than {longest} characters: shorten it.")
    set_population(by=by, today=by.on, area_id=area.pk, year=str(year), aged_10_and_over=count, source=words)
