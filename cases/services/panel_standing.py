"""What the votes amount to is kept on each referral, as absences and days change it; who decides then is told (R46)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from datetime import date

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from audit.rows import one_by_one
from cases.models import Referral
from cases.panel_standing import standing_of
from cases.referral_mail import tell_deciders
from rules.core import Decision
from rules.vocabulary import PanelStanding, ReferralState

from .locking import locked_referral


def watch_panels(*, by: Principal, today: date) -> int:
    """Bring what is kept of every referral under the panel in line with today, each in a transaction of its own: one
    that fails holds up no other.

    How many changed. Nothing is locked or recorded where it is right, so this may run often.
    """
    rows = Referral.objects.filter(state=ReferralState.UNDER_PANEL).order_by("pk")
    changed = [row.pk for row in rows if standing_of(row, today).standing != row.standing]
    done = one_by_one("panels", changed, lambda key: follow_panel(by=by, today=today, referral_id=key))
    return sum(done.results)


def may_follow_panel(referral: Referral | None = None, *, by: Principal, today: date) -> Decision:
    """Only tasks compare by themselves; a vote, and giving a referral to the panel, do it as they write."""
    return can(by, Perm.DEADLINES_RECONCILE, referral)


@service(event="panel_followed", asks=may_follow_panel)
def follow_panel(*, by: Principal, today: date, referral_id: int) -> bool:
    """Bring what is kept of one referral in line with today; whether it changed. Raises ``Refused``."""
    referral = locked_referral(referral_id)
    may_follow_panel(referral, by=by, today=today).or_refuse()
    before = referral.standing
    note_standing(referral, by=by, today=today)
    record_event(referral, root=referral.nominal_id, standing=referral.standing)
    return referral.standing != before


def note_standing(referral: Referral, *, by: Principal, today: date) -> None:
    """Keep what the votes amount to now, and tell who decides when the panel does not. Within a service."""
    if ReferralState(referral.state) is not ReferralState.UNDER_PANEL:
        return
    standing = standing_of(referral, today).standing
    if referral.standing == standing:
        return
    referral.standing = standing
    referral.save(update_fields=["standing"])
    if standing is not PanelStanding.OPEN:
        tell_deciders(referral, by=by, today=today)
