"""Work in the background. A message only says "look now"; what there is to do stands in the database."""

import structlog
from celery import shared_task

from agencies.principal import Principal
from agencies.services.hand_over_day import carry_out_hand_overs
from audit.ticks import Work, ticked
from mappa import clock

from .services.doubles_told import watch_hidden_doubles
from .services.obligations import reconcile
from .services.panel_standing import watch_panels
from .services.referral_upkeep import watch_referrals

log = structlog.get_logger(__name__)


@shared_task(name="cases.tasks.reconcile_obligations_task")
def reconcile_obligations_task() -> None:
    """Bring the ledger of obligations in line with the facts. It shows nobody's data to anybody. What a colleague takes
    over today goes to them before anything is looked after that its holder has left.
    """
    today = clock.today()
    carry_out_hand_overs(today)
    corrections = reconcile(by=Principal.system("reconcile_obligations", on=today), today=today)
    changed = corrections.added + corrections.moved + corrections.dropped
    ticked(Work.LEDGER, well=not corrections.failed, corrections=changed)
    log.info(
        "referrals watched", changed=watch_referrals(by=Principal.system("watch_referrals", on=today), today=today)
    )
    # How many it told stands nowhere: that there was somebody to tell is for them alone (R4).
    watch_hidden_doubles(by=Principal.system("watch_doubles", on=today), today=today)
    log.info("panels watched", changed=watch_panels(by=Principal.system("watch_panels", on=today), today=today))
    log.info(
        "obligations reconciled", added=corrections.added, moved=corrections.moved, dropped=corrections.dropped,
        failed=corrections.failed,
    )  # fmt: skip
