"""What day it is: the only place that asks.

Views, tasks and commands ask here and pass the day down; rules, services and queries take it as an argument. In a
demonstration and in tests a one-row table may hold another day, so that web server, worker and scheduler agree on it.
Evidence, sessions and tokens use real time.
"""

from datetime import date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils import timezone

LONDON = ZoneInfo("Europe/London")


def today() -> date:
    """The day in England and Wales, or the day that a demonstration pretends it is."""
    return day_of(_pretended())


def pretended_beside() -> str:
    """The pretended day as a column of a query that is asked anyway, which spares one. `day_of` reads it."""
    return "(SELECT today FROM mappa_clock)" if settings.MAPPA_PRETENDED_DAY_ALLOWED else "NULL::date"


def day_of(pretended: date | None) -> date:
    """The day: the pretended one where there is one, otherwise the real one."""
    return pretended or timezone.now().astimezone(LONDON).date()


def now(known: date | None = None) -> datetime:
    """This moment, moved by whole days to the day that `today` gives: ``known``, when it was asked already."""
    moment = timezone.now().astimezone(LONDON)
    if not settings.MAPPA_PRETENDED_DAY_ALLOWED:
        return moment
    pretended = known or _pretended()
    return moment if pretended is None else moment + timedelta(days=(pretended - moment.date()).days)


def moment() -> datetime:
    """This moment as evidence tells it: the real one, whatever day is pretended."""
    return timezone.now().astimezone(LONDON)


def pretend(day: date | None) -> None:
    """Make this the day in a demonstration or a test; None goes back to the real one.

    Raises RuntimeError anywhere else: a real register has one clock.
    """
    if not settings.MAPPA_PRETENDED_DAY_ALLOWED:
        raise RuntimeError("Only a demonstration or a test may pretend that it is another day.")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM mappa_clock")
        if day is not None:
            cursor.execute("INSERT INTO mappa_clock (id, today) VALUES (1, %s)", [day])


def _pretended() -> date | None:
    if not settings.MAPPA_PRETENDED_DAY_ALLOWED:
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {pretended_beside()}")
        return cast("date | None", cursor.fetchone()[0])
