"""Work in the background. A message only says "look now"; what there is to do stands in the database."""

import structlog
from celery import shared_task

from mappa import clock
from rules.core import Refused

from .principal import Principal
from .services.succession import carry_out_succession
from .succession import due_successions

log = structlog.get_logger(__name__)


@shared_task(name="agencies.tasks.carry_out_successions_task")
def carry_out_successions_task() -> None:
    """Let agencies take each other's place on the day that was planned, each in its own transaction."""
    today = clock.today()
    by = Principal.system("carry_out_successions", on=today)
    for succession in due_successions(today):
        try:
            carry_out_succession(by=by, today=today, succession_id=succession.pk)
        except Refused:
            # Done or called off by somebody else since it was read.
            log.info("succession left alone", succession=succession.pk)
        else:
            log.info("succession carried out", succession=succession.pk)
