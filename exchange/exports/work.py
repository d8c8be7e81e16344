"""The way of an export through request and worker: short lists are made at once, long ones by the worker.

A message only says "look now". A worker that is killed leaves the export waiting; the sweep sends it again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial

from celery import current_app
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from agencies.principal import Principal
from audit.reads import AccessKind, reading, showed
from exchange.models import Export, ExportEnd
from exchange.queue import can_be_reached
from pages.exports import NOT_OPEN, Exported
from rules.core import Refused

from .services import ask_for_export, begin_export, end_export, make_export
from .xlsx_file import remove_leftovers

# Lines that a page makes while the person waits.
AT_ONCE = 500
MOST_ATTEMPTS = 3
# A task that has not come back after this time is taken to be lost: it is longer than a task may take.
LOST_AFTER = timedelta(minutes=6)
UNSENT_AFTER = timedelta(minutes=1)
GIVEN_UP_AFTER = timedelta(days=1)
TASK = "exchange.tasks.make_export_task"
SWEPT_AT_ONCE = 100


def take_out(
    *,
    by: Principal,
    today: date,
    at: datetime,
    member_id: int,
    wanted: Exported,
    file_format: str,
    purpose: str = "",
) -> Export:
    """Ask for the list and, when it is short, make it. A long one is left to the worker after the commit.

    Raises ``Refused`` (R110).
    """
    export = ask_for_export(
        by=by, today=today, member_id=member_id, wanted=wanted, file_format=file_format, purpose=purpose
    )
    if export.lines > AT_ONCE:
        transaction.on_commit(partial(send, export.pk), robust=True)
        return export
    made = make_export(by=by, today=today, at=at, export_id=export.pk)
    showed(AccessKind.LIST, made.root_ids)
    return made.export


def send(export_id: int) -> None:
    """Tell a worker to look. What it may do it finds in the database; without a queue the sweep looks."""
    if can_be_reached():
        current_app.send_task(TASK, args=[export_id], retry=False)


def make_waiting(export_id: int, *, today: date, at: datetime) -> None:
    """Make one file as the person who asked for it; leaves it alone when it is made, ended, or in other hands.

    It is withdrawn when the person or their role has ended, or the list is no longer open to them.
    """
    export = Export.objects.select_related("membership__user").filter(pk=export_id).first()
    if export is None or not export.is_waiting:
        return
    system = Principal.system("make_export", on=today)
    if export.attempts >= MOST_ATTEMPTS:
        end_export(by=system, export_id=export_id, end=ExportEnd.FAILED)
        return
    with _withdrawn_if_closed(system, export_id):
        try:
            by = Principal.for_membership(export.membership, on=today).with_purpose(export.stated)
        except ValueError:
            end_export(by=system, export_id=export_id, end=ExportEnd.WITHDRAWN)
            return
        begin_export(by=by, export_id=export_id)
        with reading(by, kind=AccessKind.TASK):
            made = make_export(by=by, today=today, at=at, export_id=export_id)
            showed(AccessKind.TASK, made.root_ids)


@contextmanager
def _withdrawn_if_closed(system: Principal, export_id: int) -> Iterator[None]:
    try:
        yield
    except Export.DoesNotExist:
        # Another worker has it.
        return
    except (*NOT_OPEN, Refused):
        if Export.objects.filter(pk=export_id, made_at=None, ended_at=None).exists():
            end_export(by=system, export_id=export_id, end=ExportEnd.WITHDRAWN)


def sweep(*, today: date) -> tuple[int, int]:
    """End what was not fetched in time, send again what no worker took or finished; how many of each.

    What a worker that was killed has left on its disk goes too.
    """
    remove_leftovers()
    system = Principal.system("sweep_exports", on=today)
    over = Q(expires_at__lt=Now()) | Q(made_at=None, asked_at__lt=Now() - GIVEN_UP_AFTER)
    lost = Q(begun_at=None, asked_at__lt=Now() - UNSENT_AFTER) | Q(begun_at__lt=Now() - LOST_AFTER)
    running = Export.objects.filter(ended_at=None).order_by("pk")
    expired = list(running.filter(over).values_list("pk", flat=True)[:SWEPT_AT_ONCE])
    for export_id in expired:
        try:
            end_export(by=system, export_id=export_id, end=ExportEnd.EXPIRED)
        except Refused:
            # Fetched between the look and the lock.
            continue
    waiting = list(running.filter(lost, made_at=None).exclude(over).values_list("pk", flat=True)[:SWEPT_AT_ONCE])
    for export_id in waiting:
        send(export_id)
    return len(expired), len(waiting)
