"""What nobody does alone: one administrator asks with a reason, another confirms within a day.

Neither may be the person it is about. Whoever could do it alone could make an account that has it, or use another's.
"""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from agencies import sessions
from agencies.models import Agency, Membership, User
from agencies.models.accounts import Act, ProviderProposal, TwoPersonAct
from agencies.notices import tell
from agencies.principal import Principal
from agencies.queries import users_of
from agencies.roles import Perm, Role, roles_with
from agencies.services import may_edit_account, may_edit_user
from agencies.services.providers import ProviderRecord, may_propose_provider, put_provider, values_of, vouches_anew
from audit.boundary import record_event, service
from rules.core import Decision, Reason

VALID_FOR = timedelta(days=1)
_RULE = "two persons"
_RESET = "Your second factor was reset"


def open_acts(principal: Principal) -> QuerySet[TwoPersonAct]:
    """Acts that wait for a second person, about people and agencies of the principal's area, oldest first."""
    rows = acts_of(principal).select_related("asked_by", "agency__sign_in_provider", "proposal")
    waiting = rows.filter(confirmed_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=Now())
    return waiting.order_by("asked_at", "pk")


def acts_of(principal: Principal) -> QuerySet[TwoPersonAct]:
    """Acts about people of the principal's area, and about the sign-in of its agencies; all for the system."""
    rows = TwoPersonAct.objects.select_related("user")
    if principal.area_id is None:
        return rows
    people = Q(user__in=users_of(principal).values("pk"))
    return rows.filter(people | Q(user__isnull=True, agency__area=principal.area_id))


def _no(refused: bool, text: str) -> Decision:
    return Decision.no(Reason(text, _RULE)) if refused else Decision.yes()


def may_ask_two_persons(
    user: User, *, by: Principal, kind: Act | None = None, agency: Agency | None = None
) -> Decision:
    """Whether this may be asked for; without a kind, whether anything may be, for the button."""
    allowed = may_edit_user(user, by=by)
    allowed &= _no(by.user_id == user.pk, "You cannot ask this for yourself.")
    allowed &= _no(not user.is_active, "The account is disabled.")
    if not allowed or kind is None:
        return allowed
    if kind is not Act.ADMINISTRATOR_ROLE:
        allowed &= may_edit_account(user, by=by)
    if kind is Act.SECOND_FACTOR_RESET:
        has_one = Authenticator.objects.filter(user=user).exists()
        allowed &= _no(not has_one, "The person has no second factor to reset.")
    elif kind is Act.CATEGORY_4_CLEARANCE:
        allowed &= _no(user.category_4, "The person is cleared already.")
    else:
        allowed &= _may_administer(user, by=by, agency=agency)
    waiting = TwoPersonAct.objects.filter(
        user=user, kind=kind, confirmed_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=Now()
    )
    return allowed & _no(waiting.exists(), "This has been asked already and waits for a second person.")


def _may_administer(user: User, *, by: Principal, agency: Agency | None) -> Decision:
    if agency is None:
        return Decision.yes()
    allowed = _no(by.area_id is not None and agency.area_id != by.area_id, "The agency lies in another MAPPA area.")
    held = user.memberships.on(by.on).filter(role=Role.SYSTEM_ADMINISTRATOR, area=agency.area_id)
    return allowed & _no(held.exists(), "The person administers this area already.")


@service("two_person_act_asked", asks=may_ask_two_persons)
def ask_two_persons(*, by: Principal, user: User, kind: Act, reason: str, agency: Agency | None = None) -> TwoPersonAct:
    """Ask for it with a reason; nothing happens until another administrator confirms. Raises ``Refused``."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    may_ask_two_persons(user, by=by, kind=kind, agency=agency).or_refuse()
    lapsed = TwoPersonAct.objects.filter(user=user, kind=kind, confirmed_at__isnull=True, withdrawn_at__isnull=True)
    lapsed.update(withdrawn_at=Now())
    act = TwoPersonAct.objects.create(
        kind=kind, user=user, agency=agency, reason=reason.strip(), asked_by_id=by.user_id, expires_at=Now() + VALID_FOR
    )
    record_event(act, root=None, user=user.pk, kind=kind)
    return act


def may_ask_provider(
    agency: Agency, *, by: Principal, record: ProviderRecord | None = None, reason: str = ""
) -> Decision:
    """Whether another administrator may be asked to let this provider vouch for the agency's people."""
    allowed = may_propose_provider(agency, by=by, record=record)
    if not allowed or record is None:
        return allowed
    allowed &= _no(not reason.strip(), "Say why: the second person decides by it.")
    allowed &= _no(not vouches_anew(agency, record), "Neither issuer nor client number changes: save it yourself.")
    waiting = TwoPersonAct.objects.filter(
        agency=agency, user=None, confirmed_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=Now()
    )
    return allowed & _no(waiting.exists(), "This has been asked already and waits for a second person.")


@service("sign_in_provider_asked", asks=may_ask_provider)
def ask_provider(*, by: Principal, agency: Agency, record: ProviderRecord, reason: str) -> TwoPersonAct:
    """Ask for an agency's own sign-in; nothing changes until another administrator confirms. Raises ``Refused``."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    may_ask_provider(agency, by=by, record=record, reason=reason).or_refuse()
    lapsed = TwoPersonAct.objects.filter(agency=agency, user=None, confirmed_at__isnull=True, withdrawn_at__isnull=True)
    lapsed.update(withdrawn_at=Now())
    act = TwoPersonAct.objects.create(
        kind=Act.SIGN_IN_PROVIDER,
        agency=agency,
        reason=reason.strip(),
        asked_by_id=by.user_id,
        expires_at=Now() + VALID_FOR,
    )
    ProviderProposal.objects.create(act=act, **values_of(record))
    record_event(act, root=None, agency=agency.pk, kind=act.kind)
    return act


def may_confirm_two_persons(act: TwoPersonAct, *, by: Principal) -> Decision:
    """Another administrator than the one who asked, not the person themselves, while it waits.

    Whoever asked must still be one: an administrator who was disabled since is no first person.
    """
    allowed = _may_settle(act, by=by, whole=act.kind != Act.ADMINISTRATOR_ROLE)
    allowed &= _no(not _administers(act.asked_by_id, by=by), "Whoever asked for it administers no more: ask anew.")
    allowed &= _no(by.user_id is not None and by.user_id == act.asked_by_id, "Another person than you must confirm it.")
    if act.user is not None:
        allowed &= _no(by.user_id == act.user_id, "You cannot confirm this for yourself.")
        allowed &= _no(not act.user.is_active, "The account is disabled.")
    waits = TwoPersonAct.objects.filter(
        pk=act.pk, confirmed_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=Now()
    )
    return allowed & _no(not waits.exists(), "This no longer waits: it was confirmed, withdrawn, or has expired.")


def _may_settle(act: TwoPersonAct, *, by: Principal, whole: bool) -> Decision:
    """The person, or the agency, lies in the administrator's area. ``whole``: it changes the account itself."""
    if act.user is not None:
        return may_edit_account(act.user, by=by) if whole else may_edit_user(act.user, by=by)
    if act.agency is None:
        return Decision.no(Reason("This is about nobody.", _RULE))
    return may_propose_provider(act.agency, by=by)


def _administers(user_id: int | None, *, by: Principal) -> bool:
    """The person may still edit accounts in the area; a command always may."""
    if user_id is None:
        return True
    held = Membership.objects.on(by.on).filter(user=user_id, role__in=roles_with(Perm.USERS_EDIT))
    return (held if by.area_id is None else held.filter(area=by.area_id)).exists()


@service("two_person_act_confirmed", asks=may_confirm_two_persons)
def confirm_two_persons(*, by: Principal, act: TwoPersonAct) -> TwoPersonAct:
    """Confirm what another has asked, and do it. Raises ``Refused``."""
    user = User.objects.select_for_update(no_key=True).filter(pk=act.user_id or 0).first()
    agency = Agency.objects.select_for_update(no_key=True).filter(pk=act.agency_id or 0).first()
    rows = TwoPersonAct.objects.select_related("user", "agency__area")
    act = rows.select_for_update(no_key=True, of=("self",)).get(pk=act.pk)
    may_confirm_two_persons(act, by=by).or_refuse()
    TwoPersonAct.objects.filter(pk=act.pk).update(confirmed_by=by.user_id, confirmed_at=Now())
    if user is not None:
        _do_to_person(act, user, by)
    elif agency is not None:
        _let_vouch(act.proposal, agency, by)
    record_event(act, root=None, user=act.user_id, agency=act.agency_id, kind=act.kind, asked_by=act.asked_by_id)
    return act


def _do_to_person(act: TwoPersonAct, user: User, by: Principal) -> None:
    if act.kind == Act.SECOND_FACTOR_RESET:
        Authenticator.objects.filter(user=user).delete()
        sessions.end_all(user.pk)
        tell(user, "second_factor_reset", _RESET)
    elif act.kind == Act.CATEGORY_4_CLEARANCE:
        User.objects.filter(pk=user.pk).update(category_4=True)
    elif act.agency is not None:
        _may_administer(user, by=by, agency=act.agency).or_refuse()
        Membership.objects.create(
            user=user, agency=act.agency, area=act.agency.area, role=Role.SYSTEM_ADMINISTRATOR, starts_on=by.on
        )


def _let_vouch(proposal: ProviderProposal, agency: Agency, by: Principal) -> None:
    """The provider as it was proposed; without a secret of its own it keeps the one there is."""
    names = ("issuer", "client_id", "is_active", "demanded", "trusts_second_factor", "second_factor_values")
    values = {name: getattr(proposal, name) for name in names}
    put_provider(
        agency, by=by, values=values | ({"client_secret": secret} if (secret := proposal.client_secret) else {})
    )


def may_withdraw_two_persons(act: TwoPersonAct, *, by: Principal) -> Decision:
    """Any administrator of the area, while it waits: to refuse it, or to take it back."""
    allowed = _may_settle(act, by=by, whole=False)
    done = act.confirmed_at is not None or act.withdrawn_at is not None
    return allowed & _no(done, "This no longer waits.")


@service("two_person_act_withdrawn", asks=may_withdraw_two_persons)
def withdraw_two_persons(*, by: Principal, act: TwoPersonAct) -> TwoPersonAct:
    """Refuse what was asked, or take it back: nothing is done. Raises ``Refused``."""
    act = (
        TwoPersonAct.objects.select_for_update(no_key=True, of=("self",))
        .select_related("user", "agency")
        .get(pk=act.pk)
    )
    may_withdraw_two_persons(act, by=by).or_refuse()
    TwoPersonAct.objects.filter(pk=act.pk).update(withdrawn_at=Now())
    record_event(act, root=None, user=act.user_id, agency=act.agency_id, kind=act.kind)
    return act
