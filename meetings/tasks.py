"""Work in the background. A message only says "look now"; what there is to do stands in the database."""

import structlog
from celery import shared_task

from agencies.principal import Principal
from mappa import clock
from rules.core import Refused

from .queries import sittings_with_invitations
from .services.invitations import chase_invitations, refresh_entries, stage_today

log = structlog.get_logger(__name__)


@shared_task(name="meetings.tasks.look_after_invitations_task")
def look_after_invitations_task() -> None:
    """Let calendar entries follow who is reached today, and ask once more where an answer is missing."""
    today = clock.today()
    by = Principal.system("look_after_invitations", on=today)
    for sitting in sittings_with_invitations(today):
        stage = stage_today(sitting, today=today)
        try:
            sent = refresh_entries(by=by, today=today, sitting_id=sitting.pk)
            asked = 0 if stage is None else chase_invitations(by=by, today=today, sitting_id=sitting.pk, stage=stage)
        except Refused:
            # Cancelled by somebody else since it was read.
            log.info("sitting left alone", sitting=sitting.pk)
        else:
            log.info("invitations looked after", sitting=sitting.pk, sent=sent, asked=asked)
