"""Work in the background. A message only says "look now"; what there is to do stands in the database."""

import structlog
from celery import shared_task

from audit.rows import one_by_one
from mappa import clock

from .principal import Principal
from .services.hand_over_day import carry_out_hand_overs
from .services.succession import carry_out_succession
from .succession import due_successions

log = structlog.get_logger(__name__)


@shared_task(name="agencies.tasks.carry_out_successions_task")
def carry_out_successions_task() -> None:
    """Let agencies take each other's place on the day that was planned, each in its own transaction: one that fails
    holds up no other. Hand-overs that are due come first: their role stands with the agency that they were said in.
    """
    today = clock.today()
    for planned in carry_out_hand_overs(today):
        log.info("hand-over carried out", hand_over=planned.pk)
    by = Principal.system("carry_out_successions", on=today)
    done = one_by_one(
        "successions",
        [row.pk for row in due_successions(today)],
        lambda key: carry_out_succession(by=by, today=today, succession_id=key),
    )
    for succession in done.results:
        log.info("succession carried out", succession=succession.pk)
