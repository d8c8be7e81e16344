"""Work in the background. A message only says "look now"; what there is to send stands in the database."""

import structlog
from celery import shared_task

from agencies.principal import Principal
from mappa import clock

from .delivery import send_what_is_due

log = structlog.get_logger(__name__)


@shared_task(name="letters.tasks.send_letters_task")
def send_letters_task() -> None:
    """Send the letters that are due: told after a commit, and every minute by the schedule in case nobody was told."""
    today = clock.today()
    sent = send_what_is_due(by=Principal.system("send_letters", on=today), today=today)
    if sent:
        log.info("letters sent", sent=sent)
