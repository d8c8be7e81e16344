"""Whether the evidence is whole: the seals of its rows, and the rows of its transactions."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.timezone import localtime

CHUNK = 100_000
"""How many row numbers are verified at once."""


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


@dataclass(frozen=True)
class Verified:
    """What one verification looked at and found."""

    logs: list[Log]
    faults: list[Fault]

    @property
    def rows(self) -> int:
        return sum(log.rows for log in self.logs)


def verified(chunk: int = CHUNK) -> Verified:
    """Look at every row of the three logs, ``chunk`` numbers at a time."""
    logs = extent()
    return Verified(logs, [*faults_of_rows(logs, chunk), *faults_of_transactions()])


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
