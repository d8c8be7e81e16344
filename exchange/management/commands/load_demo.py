"""Fill an empty database with the invented Derbyshire."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cases.models import Nominal
from exchange.demo.counts import EARLIEST
from exchange.demo.load import Loader
from mappa import clock

_HELP = """\
Fill an empty database with the demonstration: real organisations of Derbyshire, invented people.

Up to 31 March 2023 the register gives the published tables of the Derbyshire MAPPA Annual Report 2022-23;
everything later is invented. Managed people are named after rocks and minerals, staff after birds.
Everything is a function of the day of loading and the seed: the same two give the same register.

The database must hold no nominal yet: `make demo` makes a fresh one. All is written, or nothing.
With --today, pages and tasks take that day for today until another demonstration is loaded.
"""


class Command(BaseCommand):
    """``manage.py load_demo [--today DATE] [--seed N] [--neutral-names]``"""

    help = _HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--today",
            type=_day,
            metavar="DATE",
            help=f"the day of loading as YYYY-MM-DD, {EARLIEST} at the earliest (default: today)",
        )
        parser.add_argument(
            "--seed", type=int, default=1, metavar="N", help="another draw of the same area (default: 1)"
        )
        parser.add_argument(
            "--neutral-names",
            action="store_true",
            help="invented names for districts and agencies too: for pictures",
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        if not settings.MAPPA_DEMO:
            raise CommandError(
                "This is not a demonstration: set MAPPA_DEMO=1 in an environment that holds no real data."
            )
        if Nominal.objects.exists():
            raise CommandError("The register holds people already. `make demo` makes a fresh database and fills it.")
        today: date | None = options["today"]
        if today is not None and today < EARLIEST:
            raise CommandError(f"The demonstration has a history up to 31 March 2026: choose {EARLIEST} or later.")
        clock.pretend(today)
        loader = Loader(clock.today(), seed=options["seed"], neutral=options["neutral_names"])
        count = loader.load(lambda step: self.stderr.write(f"  {step}"))
        self.stdout.write(f"{count} invented people are in the register, as on {clock.today()}.")


def _day(text: str) -> date:
    return date.fromisoformat(text)
