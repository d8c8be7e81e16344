"""``annual_report AREA YEAR``: the published tables of an area."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agencies.principal import Principal
from agencies.queries import area_named
from audit.reads import reading
from board.layout import as_dict, as_text
from board.report import annual_report
from mappa import clock
from rules.counting import ReportingYear
from rules.vocabulary import YearlyLevelBasis


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
        with reading(principal, purpose=f"annual report {found.slug} {reporting_year}"):
            report = annual_report(principal, found, reporting_year, today=day, basis=basis)
        if options["format"] == "json":
            self.stdout.write(json.dumps(as_dict(report), indent=2, ensure_ascii=False))
        else:
            self.stdout.write(as_text(report), ending="")
