"""When the works that go on by themselves last ended, and how: read by the System page. Numbers only, about nobody."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection


class Work(StrEnum):
    """What goes on by itself."""

    SCHEDULE = "schedule"
    LEDGER = "ledger"
    EVIDENCE = "evidence"


@dataclass(frozen=True)
class Tick:
    """One work's last end."""

    at: datetime
    age: timedelta
    well: bool
    figures: Mapping[str, int]


def ticked(work: Work, *, well: bool = True, **figures: int) -> None:
    """Note that the work has come to its end now."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO audit_tick (name, at, well, figures) VALUES (%s, clock_timestamp(), %s, %s::jsonb)
            ON CONFLICT (name) DO UPDATE SET at = excluded.at, well = excluded.well, figures = excluded.figures
            """,
            [work, well, json.dumps(figures)],
        )


def last_ticks() -> dict[Work, Tick]:
    """The last end of each work that has ever come to one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, at, clock_timestamp() - at, well, figures::text FROM audit_tick")
        return {
            Work(name): Tick(at, age, well, json.loads(figures)) for name, at, age, well, figures in cursor.fetchall()
        }
