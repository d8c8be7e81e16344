"""Fill an empty database from a sealed backup."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from mappa.backups import key_of, restore
from mappa.env import Fault

_HELP = """\
Fill an empty database from a file of `backup`, with the key in MAPPA_BACKUP_KEY (or _FILE).

The server must have its roles (psql -f mappa/roles.sql) and an empty database owned by mappa_migrator. All is restored
in one transaction, or nothing when the file is cut, changed or sealed with another key.

A restore is finished when these say that all is well:
  manage.py migrate --check        tables fit this version
  manage.py verify_audit           the evidence is whole
  manage.py verify_register        every day has one level, no ground is lost
  manage.py check_deadlines        the ledger fits the facts
Who worked after the backup must be told: what they wrote is not in it.
"""


class Command(BaseCommand):
    """``manage.py restore FILE``"""

    help = _HELP
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a file of `backup`")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        try:
            restore(options["file"], key_of(settings.MAPPA_ENVIRONMENT))
        except (Fault, OSError) as fault:
            raise CommandError(str(fault)) from None
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            tables = cursor.fetchone()[0]
            cursor.execute("SELECT count(*) FROM cases_nominal")
            people = cursor.fetchone()[0]
        self.stdout.write(f"{tables} tables and {people:,} nominals are back. Now verify: see `restore --help`.")
