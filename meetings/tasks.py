"""Work in the background. A message only says "look now"; what there is to do stands in the database."""

from hashlib import sha256

import structlog
from celery import shared_task
from django.conf import settings
from django.db import DatabaseError

from agencies.principal import Principal
from agencies.services.hand_over_day import carry_out_hand_overs
from audit.rows import one_by_one
from letters.inbox import InboxDown, note_read, opened
from letters.replies import MOST_OCTETS, read_message
from mappa import clock
from pages.conflicts import Conflict

from .chairs import chairs_gone
from .models import Sitting
from .queries import sittings_with_invitations
from .services.invitations import chase_invitations, refresh_entries, stage_today
from .services.leaving_chairs import vacate_chair
from .services.replies import record_reply

log = structlog.get_logger(__name__)


@shared_task(name="meetings.tasks.look_after_invitations_task")
def look_after_invitations_task() -> None:
    """Let nobody chair what a chair has left, let calendar entries follow who is reached today, and ask once more where
    an answer is missing; each sitting by itself, so that one that fails holds up no other. What a colleague takes over
    today is theirs before that.
    """
    today = clock.today()
    carry_out_hand_overs(today)
    by = Principal.system("look_after_invitations", on=today)
    gone = list(chairs_gone(Sitting.objects.order_by("pk"), today).values_list("pk", flat=True))
    for sitting in one_by_one("chairs", gone, lambda key: vacate_chair(by=by, today=today, sitting_id=key)).results:
        log.info("the chair has gone", sitting=sitting.pk)
    coming = {sitting.pk: sitting for sitting in sittings_with_invitations(today)}

    def look_after(key: int) -> None:
        stage = stage_today(coming[key], today=today)
        sent = refresh_entries(by=by, today=today, sitting_id=key)
        asked = 0 if stage is None else chase_invitations(by=by, today=today, sitting_id=key, stage=stage)
        log.info("invitations looked after", sitting=key, sent=sent, asked=asked)

    # What was cancelled by somebody else since it was read is refused, and left alone.
    one_by_one("invitations", coming, look_after)


@shared_task(name="meetings.tasks.read_replies_task")
def read_replies_task() -> None:
    """Read what calendar programs have answered, if there is a mailbox for it: each message once, one by one."""
    if settings.MAPPA_REPLIES is None:
        return
    today = clock.today()
    by = Principal.system("read_replies", on=today)
    try:
        with opened(settings.MAPPA_REPLIES) as inbox:
            for number in inbox.numbers():
                raw = inbox.fetch(number, MOST_OCTETS)
                if not raw:
                    continue  # taken away by somebody meanwhile
                try:
                    found = record_reply(
                        by=by, today=today, read_at=clock.moment(), digest=sha256(raw).hexdigest(),
                        incoming=read_message(raw),
                    )  # fmt: skip
                except (Conflict, DatabaseError) as fault:
                    # It stays in the mailbox and is tried again; the others are not held up by it.
                    log.warning("a reply could not be stored", message=number, fault=type(fault).__name__)
                    continue
                inbox.put_away(number)
                log.info("reply read", reply=found.pk, state=found.state)
        note_read(clock.moment())
    except InboxDown as fault:
        log.warning("the mailbox of replies cannot be read", fault=str(fault))
