"""Write the whole database into one sealed file."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mappa.backups import back_up, key_of
from mappa.env import Fault

_HELP = """\
Write the whole database, evidence and all, into one file, sealed with the key in MAPPA_BACKUP_KEY (or _FILE).

Connects as the owner of the tables. Pages may be used meanwhile: the file holds one moment. It is there whole or not
at all, readable by its owner only, and never plain on a disk. Keep the key elsewhere: without it nobody can read it.
`restore` fills an empty database from it. The roles of the server are not in it: mappa/roles.sql makes them.
"""


class Command(BaseCommand):
    """``manage.py backup FILE``"""

    help = _HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="where to write; must not be there yet")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        path: Path = options["file"]
        if path.exists():
            raise CommandError(f"{path} is there already. Name a file that is not.")
        try:
            size = back_up(path, key_of(settings.MAPPA_ENVIRONMENT))
        except (Fault, OSError) as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(f"{path}: {size:,} bytes, sealed.")
