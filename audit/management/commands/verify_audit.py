"""manage.py verify_audit: is the evidence whole?"""

import argparse
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.utils.timezone import localtime

from audit.reads import EvidenceNotWritten, SystemPrincipal, reading

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


@dataclass(frozen=True)
class Fault:
    """Where the evidence is not whole, and how."""

    log: str
    where: str
    fault: str


@dataclass(frozen=True)
class Log:
    name: str
    rows: int
    first: int
    last: int

    @property
    def missing_numbers(self) -> int:
        return self.last - self.first + 1 - self.rows if self.rows else 0


class Command(BaseCommand):
    help = DESCRIPTION

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=["text", "json"], default="text", help="how to print (default: text)")
        parser.add_argument(
            "--chunk", type=_positive, default=100_000, help="how many row numbers to verify at once (default: 100000)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        faults: list[Fault] = []
        logs: list[Log] = []
        try:
            with reading(SystemPrincipal("verify_audit")):
                logs = extent()
                faults += [*faults_of_rows(logs, options["chunk"]), *faults_of_transactions()]
        except EvidenceNotWritten:
            # Only numbers of rows are shown, and a log that takes no more rows must be told.
            faults.append(Fault("access", "now", "rows cannot be written any more"))
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


def extent() -> list[Log]:
    """How many rows each log has, and the numbers of its first and last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT log, row_count, first_id, last_id FROM audit_extent()")
        return [Log(name, rows, first or 0, last or 0) for name, rows, first, last in cursor.fetchall()]


def faults_of_rows(logs: list[Log], chunk: int) -> list[Fault]:
    """Rows whose seal does not fit them."""
    faults: list[Fault] = []
    last = max((log.last for log in logs), default=0)
    with connection.cursor() as cursor:
        for first in range(min((log.first for log in logs if log.rows), default=0), last + 1, chunk):
            cursor.execute(
                "SELECT log, id, fault FROM audit_faults_of_rows(%s, %s) ORDER BY log, id", [first, first + chunk - 1]
            )
            faults += [Fault(log, f"row {row_id}", fault) for log, row_id, fault in cursor.fetchall()]
    return faults


def faults_of_transactions() -> list[Fault]:
    """Transactions of which a row is missing or there twice."""
    faults: list[Fault] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT at, xact, missing, doubled FROM audit_faults_of_transactions()")
        for at, xact, missing, doubled in cursor.fetchall():
            where = f"{xact} of {_moment(at)}"
            if missing:
                faults.append(Fault("transaction", where, f"{missing} rows deleted"))
            if doubled:
                faults.append(Fault("transaction", where, f"{doubled} rows too many"))
    return faults


def _moment(at: datetime) -> str:
    return localtime(at).isoformat(timespec="seconds")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number
