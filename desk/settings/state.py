"""How the system itself is: what goes on by itself, and whether it still does. Nothing about a person."""

import platform
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version

import redis
from django.conf import settings
from django.db import connection

from audit.ticks import Tick, Work, last_ticks
from letters.queries import Backlog, backlog

QUEUE_SECONDS = 1.0
_PACKAGES = ("django", "djangorestframework", "django-allauth", "celery", "psycopg2-binary", "typst")


@dataclass(frozen=True)
class Line:
    """One thing that is looked after: how it is, since when, and what to do when it is not well."""

    name: str
    well: bool
    says: str
    at: datetime | None = None
    to_do: str = ""
    asked_now: bool = False

    @property
    def state(self) -> str:
        return "Well" if self.well else "Look at this"


# How long each work may be silent before somebody should look; a few of its usual turns.
_SILENT: dict[Work, timedelta] = {
    Work.SCHEDULE: timedelta(minutes=5),
    Work.LEDGER: timedelta(minutes=20),
    Work.EVIDENCE: timedelta(hours=36),
}
_NAMES = {
    Work.SCHEDULE: "Scheduler and worker",
    Work.LEDGER: "Ledger of obligations",
    Work.EVIDENCE: "Evidence verified",
}
_TO_DO = {
    Work.SCHEDULE: "Start beat and a worker again. Pages stay right meanwhile; reminders and letters wait.",
    Work.LEDGER: "See the worker's log. Due dates on pages are worked out from facts, whether or not this runs.",
    Work.EVIDENCE: "Run manage.py verify_audit and read what it says before anything else is done.",
}


def lines() -> list[Line]:
    """Everything that is looked after."""
    ticks = last_ticks()
    return [*(work_line(work, ticks.get(work)) for work in Work), outbox_line(backlog()), queue_line()]


def work_line(work: Work, tick: Tick | None) -> Line:
    """One of the works that go on by themselves: well when it ended well, and not long ago."""
    if tick is None:
        return Line(_NAMES[work], well=False, says="Nothing to show yet", to_do=_TO_DO[work])
    late = tick.age > _SILENT[work]
    says = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in sorted(tick.figures.items()))
    says = says or "Ran, with nothing to count"
    well = tick.well and not late
    return Line(_NAMES[work], well=well, says=says, at=tick.at, to_do="" if well else _TO_DO[work])


def outbox_line(waiting: Backlog) -> Line:
    """The letters on their way."""
    late = waiting.oldest is not None and waiting.oldest > settings.MAPPA_OUTBOX_WAITS
    says = f"{waiting.on_the_way} on the way, {waiting.undecided} to decide on"
    to_do = "Open the outbox: letters wait for the mail server, or for a decision." if late or waiting.undecided else ""
    return Line("Outbox", well=not to_do, says=says, to_do=to_do, asked_now=True)


def queue_line() -> Line:
    """Whether the queue between pages and workers answers."""
    try:
        client = redis.Redis.from_url(
            settings.CELERY_BROKER_URL, socket_connect_timeout=QUEUE_SECONDS, socket_timeout=QUEUE_SECONDS
        )
        client.ping()
    except (redis.RedisError, ValueError, OSError):
        to_do = "Start Valkey again. Nothing is lost: it only says when."
        return Line("Queue", well=False, says="Does not answer", to_do=to_do, asked_now=True)
    return Line("Queue", well=True, says="Answers", asked_now=True)


def versions() -> Iterable[tuple[str, str]]:
    """What this installation is made of."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_size_pretty(pg_database_size(current_database()))")
        server, size = cursor.fetchone()
    ours = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return [
        ("This system", ours),
        ("Python", platform.python_version()),
        ("PostgreSQL", server),
        ("Size of the database", size),
        *((name, version(name)) for name in _PACKAGES),
    ]
