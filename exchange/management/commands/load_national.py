"""Fill an empty database with an invented register of the whole country."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from cases.models import Nominal
from exchange.national.load import PEOPLE, load
from mappa import clock

_HELP = f"""\
Fill an empty database with an invented register of the whole country: all 42 areas, {PEOPLE:,} people with ten years
of grounds, levels, whereabouts, addresses and meetings, in the mix of the demonstration.

It is there to measure with (`make bench`), not to show: people are drawn at random, the same for the same seed and
day. It connects as the owner of the tables and writes by COPY; the change log sees every row all the same.
The database must be one of a demonstration and hold no nominal yet. It takes some minutes.
"""


class Command(BaseCommand):
    """``manage.py load_national [--people N] [--seed N]``"""

    help = _HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=PEOPLE, metavar="N", help=f"how many (default: {PEOPLE})")
        parser.add_argument("--seed", type=int, default=1, metavar="N", help="another draw (default: 1)")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        if not settings.MAPPA_DEMO:
            raise CommandError(
                "This is not a demonstration: set MAPPA_DEMO=1 in an environment that holds no real data."
            )
        if not 1 <= options["people"] <= PEOPLE:
            raise CommandError(f"Choose from 1 to {PEOPLE} people: there are no more invented numbers.")
        if Nominal.objects.exists():
            raise CommandError("The register holds people already. Load into an empty database.")
        count = load(
            today=clock.today(),
            people=options["people"],
            seed=options["seed"],
            progress=lambda step: self.stderr.write(f"  {step}"),
        )
        # What the planner knows about the tables is of the empty ones.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self.stdout.write(f"{count} invented people are in the register, as on {clock.today()}.")
