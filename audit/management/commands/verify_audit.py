"""manage.py verify_audit: is the evidence whole?"""

import argparse
import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit.reads import EvidenceNotWritten, SystemPrincipal, reading
from audit.ticks import Work, ticked
from audit.verification import CHUNK, Fault, Log, Verified, verified

DESCRIPTION = """\
Verify the evidence: the change log, the named events and the access log.

Every row carries a seal, an HMAC over who, when, what and the digest of its values, made in the
database with a key that the application cannot read. Every row also carries its place among all
evidence rows of its transaction, counted from 1 without gap, over the three logs together.

Found:
  - a row that was edited in any way: another actor, time, table, nominal, values, facts, answer
  - values that were removed from a row of the change log
  - a row that was put in without the database's own trigger
  - a row deleted out of a transaction, unless it was the last of it; most transactions end with
    their event or their access row, so their changes are covered
  - two rows that claim the same place in one transaction

Not found:
  - the last rows of a transaction deleted from the end, or a whole transaction with all its rows.
    Numbers that are missing between the first row and the last are counted and shown, but
    prove nothing: a transaction rolled back leaves such gaps, too
  - forgery by somebody who holds the key: the audit owner, the migrator, a superuser
"""

EPILOG = """\
Exit code 0: nothing found. Exit code 1: something found; each line says in which log, which row
or transaction, and what. Names and values are never printed. The run itself leaves a row in the
access log.

  manage.py verify_audit
  manage.py verify_audit --format json
"""


class Command(BaseCommand):
    help = DESCRIPTION

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=["text", "json"], default="text", help="how to print (default: text)")
        parser.add_argument(
            "--chunk", type=_positive, default=CHUNK, help=f"how many row numbers to verify at once (default: {CHUNK})"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        found = Verified([], [])
        try:
            with reading(SystemPrincipal("verify_audit")):
                found = verified(options["chunk"])
            ticked(Work.EVIDENCE, well=not found.faults, rows=found.rows, faults=len(found.faults))
        except EvidenceNotWritten:
            # Only numbers of rows are shown, and a log that takes no more rows must be told.
            found.faults.append(Fault("access", "now", "rows cannot be written any more"))
        logs, faults = found.logs, found.faults
        if options["format"] == "json":
            self.stdout.write(
                json.dumps({"logs": [asdict(log) for log in logs], "faults": [asdict(fault) for fault in faults]})
            )
        else:
            self._print(logs, faults)
        if faults:
            raise SystemExit(1)

    def _print(self, logs: list[Log], faults: list[Fault]) -> None:
        for fault in faults:
            self.stdout.write(f"{fault.log} {fault.where}: {fault.fault}")
        for log in logs:
            self.stdout.write(f"{log.name}: {log.rows} rows verified, {log.missing_numbers} numbers not in use")
        self.stdout.write(f"{len(faults)} faults" if faults else "The evidence is whole.")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number
