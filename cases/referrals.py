"""What a referral holds, as the rules take it."""

from collections.abc import Mapping
from datetime import date

from django.db.models import QuerySet

from agencies.spans import open_on
from rules.referrals import Parts
from rules.vocabulary import ReferralItem, ReferralState, ReferralVerb

from .models import NamedOfficerSpan, PanelSeat, Referral

# States in which the author still writes.
DRAFTABLE = frozenset({ReferralState.DRAFT, ReferralState.RETURNED})


def held_items(referral: Referral) -> Mapping[ReferralItem, object]:
    """What each item of R44 holds. The day of receipt, and the manager, are added by submitting and endorsing."""
    coming = referral.state in (*DRAFTABLE, ReferralState.AWAITING_ENDORSEMENT)
    return {
        ReferralItem.RECEIVED_ON: coming or referral.received_on,
        ReferralItem.REFERRER: referral.referrer,
        ReferralItem.AGENCY: referral.agency_id,
        ReferralItem.ENDORSED_BY: coming or referral.endorsed_by,
        ReferralItem.GROUND: referral.category,
        ReferralItem.LEVEL_ASKED: referral.level_asked,
        ReferralItem.LOWER_LEVEL: referral.lower_level,
        ReferralItem.PLAN: referral.plan,
        ReferralItem.RISK: referral.risk if referral.risk_level else "",
        ReferralItem.VICTIMS: referral.victims,
        ReferralItem.INVITE: referral.invite,
    }


def parts_of(referral: Referral, on: date) -> Parts:
    """Who has a part in the case that bars from voting (R47)."""
    officers = NamedOfficerSpan.objects.filter(open_on(on), nominal=referral.nominal_id or 0)
    return Parts(referral.author_id, referral.endorser_id, frozenset(officers.values_list("officer", flat=True)))


def seats_on(area_id: int, day: date) -> QuerySet[PanelSeat]:
    """The seats of the area's panel on the day."""
    return PanelSeat.objects.filter(open_on(day), area=area_id).order_by("pk")


def round_of(referral: Referral) -> int:
    """How often the referral has gone to the panel."""
    return referral.changes.filter(verb=ReferralVerb.TAKE_TO_PANEL).count()


def days_with_unit(referral: Referral, changes: list[tuple[date, ReferralState]], today: date) -> int:
    """Days the referral has been with the unit: from receipt to the decision, without the days it was returned."""
    if referral.received_on is None:
        return 0
    end = referral.decided_on or today
    total, since = 0, None
    for day, state in changes:
        with_unit = state in (ReferralState.SUBMITTED, ReferralState.UNDER_PANEL)
        if with_unit and since is None:
            since = max(day, referral.received_on) if total else referral.received_on
        elif not with_unit and since is not None:
            total, since = total + (day - since).days, None
    return total + ((end - since).days if since is not None else 0)
