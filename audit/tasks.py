"""Work in the background that looks after the evidence, and after the schedule itself."""

from datetime import timedelta

import structlog
from celery import shared_task

from audit.reads import SystemPrincipal, reading
from audit.ticks import Work, last_ticks, ticked
from audit.verification import verified

ONCE_IN = timedelta(hours=20)

log = structlog.get_logger(__name__)


@shared_task(name="audit.tasks.note_tick_task")
def note_tick_task() -> None:
    """The schedule ticks and a worker answers: nothing else. The System page says when this was last so."""
    ticked(Work.SCHEDULE)


@shared_task(name="audit.tasks.verify_evidence_task")
def verify_evidence_task() -> None:
    """Verify the seals of the evidence once a day, as `verify_audit` does by hand."""
    last = last_ticks().get(Work.EVIDENCE)
    if last is not None and last.age < ONCE_IN:
        return
    with reading(SystemPrincipal("verify_evidence")):
        found = verified()
    ticked(Work.EVIDENCE, well=not found.faults, rows=found.rows, faults=len(found.faults))
    if found.faults:
        log.error("the evidence has faults", faults=len(found.faults))
