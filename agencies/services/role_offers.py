"""A role for somebody who has an account already, perhaps of another area: offered by e-mail, and taken by them.

To give it outright would need a look at accounts of other areas. So the administrator learns that there is an account,
and the rest when its owner has said yes.
"""

from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from agencies.models import Agency, Membership, User
from agencies.models.accounts import RoleOffer
from agencies.notices import tell
from agencies.principal import Kind, Principal
from agencies.queries import users_of
from agencies.roles import Perm, Role, roles_with
from audit.boundary import record_event, service
from rules.core import Decision, Reason

from . import may_edit_users, may_give_role

VALID_FOR = timedelta(days=14)
_RULE = "people and agencies"
_SUBJECT = "A role is offered to you"


def _no(refused: bool, text: str) -> Decision:
    return Decision.no(Reason(text, _RULE)) if refused else Decision.yes()


def has_account(email: str) -> bool:
    """Somebody, of whatever area, signs in by this address."""
    return User.objects.filter(email=email.strip().lower()).exists()


def open_offers() -> QuerySet[RoleOffer]:
    """Offers that may still be taken, oldest first."""
    rows = RoleOffer.objects.select_related("user", "agency__area").order_by("offered_at", "pk")
    return rows.filter(taken_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=Now())


def offers_of_area(principal: Principal) -> QuerySet[RoleOffer]:
    """Those of the area that the principal acts in; all for the system."""
    rows = open_offers()
    return rows if principal.area_id is None else rows.filter(agency__area=principal.area_id)


def may_offer_role(
    *,
    by: Principal,
    email: str = "",
    agency: Agency | None = None,
    role: Role | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    manages: bool = False,
) -> Decision:
    """Whether this role may be offered to the holder of this address; without one, whether any may be."""
    allowed = may_edit_users(by=by)
    if not allowed or not email or agency is None or role is None or starts_on is None:
        return allowed
    allowed &= may_give_role(by=by, agency=agency, role=role, starts_on=starts_on, ends_on=ends_on, manages=manages)
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        return allowed & _no(True, "Nobody has an account with this e-mail address: invite them.")
    allowed &= _no(by.user_id == user.pk, "Nobody gives themselves a role.")
    here = by.area_id is not None and users_of(by).filter(pk=user.pk).exists()
    allowed &= _no(here, "There is an account with this e-mail address already: give the role on the person's page.")
    waiting = open_offers().filter(user=user, agency=agency, role=role)
    return allowed & _no(waiting.exists(), "This has been offered already and waits for an answer.")


@service("role_offered", asks=may_offer_role)
def offer_role(
    *,
    by: Principal,
    email: str,
    agency: Agency,
    role: Role,
    starts_on: date,
    ends_on: date | None = None,
    manages: bool = False,
    address: str,
) -> RoleOffer:
    """Offer a role to whoever signs in by this address, and tell them; ``address`` is their account's page.

    Nothing says whether the account can be used: to a disabled one no mail goes, and nobody takes the offer.
    Raises ``Refused``.
    """
    asked: dict[str, Any] = {
        "email": email, "agency": agency, "role": role, "starts_on": starts_on, "ends_on": ends_on, "manages": manages,
    }  # fmt: skip
    may_offer_role(by=by, **asked).or_refuse()
    user = User.objects.select_for_update(no_key=True).get(email=email.strip().lower())
    may_offer_role(by=by, **asked).or_refuse()
    lapsed = RoleOffer.objects.filter(user=user, agency=agency, role=role, taken_at__isnull=True)
    lapsed.filter(withdrawn_at__isnull=True).update(withdrawn_at=Now())
    offer = RoleOffer.objects.create(
        user=user, agency=agency, role=role, starts_on=starts_on, ends_on=ends_on, offered_by_id=by.user_id,
        manages=manages, expires_at=Now() + VALID_FOR,
    )  # fmt: skip
    if user.is_active:
        tell(user, "role_offered", _SUBJECT, {"link": address, "days": str(VALID_FOR.days)})
    record_event(offer, root=None, user=user.pk, agency=agency.pk, role=role)
    return offer


def may_take_role(offer: RoleOffer, *, by: Principal) -> Decision:
    """Its owner alone, while it waits, and while whoever offered it may still give roles there."""
    allowed = _no(by.kind is not Kind.SYSTEM and by.user_id != offer.user_id, "This is offered to somebody else.")
    allowed &= _no(not open_offers().filter(pk=offer.pk).exists(), "This offer does not hold any more.")
    allowed &= _no(offer.ends_on is not None and offer.ends_on < by.on, "The role would have ended already.")
    allowed &= _no(not offer.agency.takes_part_on(max(by.on, offer.starts_on)), "The agency takes part no more.")
    givers = Membership.objects.on(by.on).filter(area=offer.agency.area_id, role__in=roles_with(Perm.USERS_EDIT))
    gone = offer.offered_by_id is not None and not givers.filter(user=offer.offered_by_id).exists()
    allowed &= _no(gone, "Whoever offered it administers no more: ask for a new offer.")
    same = Membership.objects.filter(user=offer.user_id, agency=offer.agency_id, role=offer.role)
    held = same.filter(Q(ends_on=None) | Q(ends_on__gte=by.on))
    return allowed & _no(held.exists(), "You hold this role already.")


@service("role_taken", asks=may_take_role)
def take_role(*, by: Principal, offer: RoleOffer) -> Membership:
    """Take what is offered: the role holds from today, or from its first day if that lies ahead. Raises ``Refused``."""
    User.objects.select_for_update(no_key=True).get(pk=offer.user_id)
    offer = RoleOffer.objects.select_for_update(no_key=True, of=("self",)).select_related("agency").get(pk=offer.pk)
    may_take_role(offer, by=by).or_refuse()
    RoleOffer.objects.filter(pk=offer.pk).update(taken_at=Now())
    membership = Membership.objects.create(
        user_id=offer.user_id, agency=offer.agency, area_id=offer.agency.area_id, role=offer.role,
        starts_on=max(by.on, offer.starts_on), ends_on=offer.ends_on, manages=offer.manages,
    )  # fmt: skip
    record_event(membership, root=None, offer=offer.pk, user=offer.user_id, offered_by=offer.offered_by_id)
    return membership


def may_withdraw_role(offer: RoleOffer, *, by: Principal) -> Decision:
    """Whoever it is offered to says no, or an administrator of the area takes it back."""
    if by.user_id != offer.user_id:
        allowed = may_edit_users(by=by)
        elsewhere = by.area_id is not None and offer.agency.area_id != by.area_id
        allowed &= _no(elsewhere, "The agency lies in another MAPPA area.")
    else:
        allowed = Decision.yes()
    return allowed & _no(offer.taken_at is not None or offer.withdrawn_at is not None, "This no longer waits.")


@service("role_offer_withdrawn", asks=may_withdraw_role)
def withdraw_role(*, by: Principal, offer: RoleOffer) -> RoleOffer:
    """Decline what is offered, or take it back: no role comes of it. Raises ``Refused``."""
    offer = RoleOffer.objects.select_for_update(no_key=True, of=("self",)).select_related("agency").get(pk=offer.pk)
    may_withdraw_role(offer, by=by).or_refuse()
    RoleOffer.objects.filter(pk=offer.pk).update(withdrawn_at=Now())
    record_event(offer, root=None, user=offer.user_id)
    return offer
