"""To whom a referral opens the record behind it, while they have work with it: the manager who is asked, the panel."""

from datetime import date

from django.db.models import Exists, Q, QuerySet

from agencies.principal import Principal
from cases.models import PanelSeat, PersonalGrant, Referral
from cases.referrals import seats_on
from rules.vocabulary import ParticipationSource, ReferralState

from .participation import let_in, let_out

_WITH_ENDORSER = (ReferralState.AWAITING_ENDORSEMENT, ReferralState.SUBMITTED, ReferralState.UNDER_PANEL)


def let_in_endorser(referral: Referral, *, by: Principal, today: date) -> None:
    """Open a record that the author chose. One that the unit found behind a name typed is not the agency's to read."""
    if not referral.family_name and referral.endorser_id is not None:
        _let_in(referral, referral.endorser_id, by, today)


def let_in_panel(referral: Referral, *, by: Principal, today: date) -> None:
    """Open the record to the members of today and their substitutes."""
    for seat in seats_on(referral.area_id, today):
        for user_id in (seat.member_id, seat.substitute_id):
            if user_id is not None:
                _let_in(referral, user_id, by, today)


def let_out_readers(referral: Referral, today: date) -> None:
    """What the referral opened ends today, as nobody has work with it. Who has work with another one of the same person
    keeps the record for that.
    """
    if referral.nominal_id is None:
        return
    for grant in _opened_by(_key(referral)):
        own = PersonalGrant.objects.filter(pk=grant.pk)
        other = _other_work(referral, grant.user_id, today)
        if other is None:
            let_out(own, today)
        else:
            own.update(reason=_key(other))


def let_out_of_seat(seat: PanelSeat, last_day: date) -> None:
    """Member and substitute read what the panel has until the last day of their seat, unless they have another then."""
    later = PanelSeat.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=last_day), area=seat.area_id)
    later = later.exclude(pk=seat.pk)
    for user_id in (seat.member_id, seat.substitute_id):
        if user_id is None or later.filter(Q(member=user_id) | Q(substitute=user_id)).exists():
            continue
        referrals = Referral.objects.filter(area=seat.area_id, state=ReferralState.UNDER_PANEL)
        keys = [_key(each) for each in referrals.exclude(endorser=user_id)]
        let_out(_opened_by(*keys).filter(user=user_id), last_day)


def _opened_by(*keys: str) -> QuerySet[PersonalGrant]:
    return PersonalGrant.objects.filter(source=ParticipationSource.REFERRAL, reason__in=keys)


def _other_work(referral: Referral, user_id: int, today: date) -> Referral | None:
    seat = seats_on(referral.area_id, today).filter(Q(member=user_id) | Q(substitute=user_id))
    work = Q(endorser=user_id, family_name="", state__in=_WITH_ENDORSER)
    work |= Q(Exists(seat), state=ReferralState.UNDER_PANEL)
    others = Referral.objects.filter(work, nominal=referral.nominal_id).exclude(pk=referral.pk)
    return others.order_by("pk").first()


def _let_in(referral: Referral, user_id: int, by: Principal, today: date) -> None:
    if referral.nominal is not None:
        let_in(
            referral.nominal, user_id, by=by, source=ParticipationSource.REFERRAL, since=today, reason=_key(referral)
        )


def _key(referral: Referral) -> str:
    return f"referral {referral.pk}"
