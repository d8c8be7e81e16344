"""Work in the background on lists that agencies send and on lists that go out. A message holds a key, nothing else."""

import structlog
from celery import shared_task

from agencies.principal import Principal
from mappa import clock

from .exports.work import make_waiting, sweep
from .services.extracts import blank_rows
from .work import stop_forgotten, waiting, work_on

log = structlog.get_logger(__name__)


@shared_task(name="exchange.tasks.work_on_extract_task")
def work_on_extract_task(extract_id: int) -> None:
    """Read, compare or write what there is of this list."""
    steps = work_on(extract_id, today=clock.today())
    log.info("worked on a list", extract=extract_id, steps=steps)


@shared_task(name="exchange.tasks.sweep_extracts_task")
def sweep_extracts_task() -> None:
    """Follow up whatever a lost message or a killed worker has left; stop forgotten lists and blank old rows."""
    today = clock.today()
    for extract_id in waiting():
        try:
            work_on(extract_id, today=today)
        except Exception as fault:
            # Its kind only: the text of a fault may quote a row.
            log.error("a list could not be worked on", extract=extract_id, fault=type(fault).__name__)
    stopped = stop_forgotten(today=today)
    blanked = blank_rows(by=Principal.system("sweep_extracts", on=today), today=today)
    log.info("lists swept", blanked=len(blanked), stopped=len(stopped))


@shared_task(name="exchange.tasks.make_export_task")
def make_export_task(export_id: int) -> None:
    """Make the file of one export."""
    make_waiting(export_id, today=clock.today(), at=clock.now())


@shared_task(name="exchange.tasks.sweep_exports_task")
def sweep_exports_task() -> None:
    """End exports that were not fetched in time, and send those again that no worker has finished."""
    expired, sent = sweep(today=clock.today())
    if expired or sent:
        log.info("exports swept", expired=expired, sent_again=sent)
