"""How an account is opened: by a link that works once, is sent to the person, and expires."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import date, timedelta

from django.contrib.auth.password_validation import validate_password
from django.db.models.functions import Now

from agencies.models import Agency, Area, User
from agencies.models.accounts import Invitation
from agencies.notices import tell
from agencies.principal import Kind, Principal
from agencies.roles import Role
from agencies.services import add_membership, create_user, may_edit_account, may_edit_users, may_give_role
from audit.boundary import record_event, service
from rules.core import Decision, Reason

VALID_FOR = timedelta(days=3)
_RULE = "people and agencies"
_SUBJECT = "Your account is ready to be opened"

Link = Callable[[str], str]


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def open_invitation(key: str) -> Invitation | None:
    """The invitation that this key opens now: not used, withdrawn or expired, of an account that is not disabled."""
    rows = Invitation.objects.select_related("user").filter(
        token_digest=_digest(key),
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=Now(),
        user__is_active=True,
    )
    return rows.first()


def may_invite_user(
    *,
    by: Principal,
    email: str = "",
    agency: Agency | None = None,
    role: Role | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    manages: bool = False,
) -> Decision:
    """Whether this person may be invited to this role; without an address, whether anybody may, for the button."""
    allowed = may_edit_users(by=by)
    if not allowed or not email or agency is None or role is None or starts_on is None:
        return allowed
    allowed &= may_give_role(by=by, agency=agency, role=role, starts_on=starts_on, ends_on=ends_on, manages=manages)
    if User.objects.filter(email=email.strip().lower()).exists():
        text = "There is an account with this e-mail address already: the role is offered to its owner instead."
        allowed &= Decision.no(Reason(text, _RULE))
    return allowed


@service("user_invited", asks=may_invite_user)
def invite_user(
    *,
    by: Principal,
    email: str,
    family_name: str,
    given_name: str = "",
    agency: Agency,
    role: Role,
    starts_on: date,
    ends_on: date | None = None,
    area: Area | None = None,
    manages: bool = False,
    link: Link,
) -> User:
    """Open an account with its first role, and send its holder the link that sets the password.

    ``link`` makes the address of a key; ``manages``: as a manager, who may endorse referrals (R44). Raises ``Refused``.
    """
    may_invite_user(
        by=by, email=email, agency=agency, role=role, starts_on=starts_on, ends_on=ends_on, manages=manages
    ).or_refuse()
    user = create_user(by=by, email=email, family_name=family_name, given_name=given_name)
    add_membership(
        by=by, user=user, agency=agency, role=role, starts_on=starts_on, ends_on=ends_on, area=area, manages=manages
    )
    invitation = send_invitation(by=by, user=user, link=link)
    record_event(user, root=None, invitation=invitation.pk)
    return user


def may_send_invitation(user: User, *, by: Principal) -> Decision:
    """To an open account whose holder has not yet set a password."""
    allowed = may_edit_account(user, by=by)
    if not user.is_active:
        allowed &= Decision.no(Reason("The account is disabled.", _RULE))
    if user.has_usable_password():
        allowed &= Decision.no(Reason("The person has set a password already.", _RULE))
    return allowed


@service("invitation_sent", asks=may_send_invitation)
def send_invitation(*, by: Principal, user: User, link: Link) -> Invitation:
    """Send a link that sets the first password. The one sent before stops working. Raises ``Refused``."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    may_send_invitation(user, by=by).or_refuse()
    user.invitations.filter(accepted_at__isnull=True, withdrawn_at__isnull=True).update(withdrawn_at=Now())
    key = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(user=user, token_digest=_digest(key), expires_at=Now() + VALID_FOR)
    tell(user, "invitation", _SUBJECT, {"link": link(key), "days": str(VALID_FOR.days)})
    record_event(user, root=None, invitation=invitation.pk)
    return invitation


def may_accept_invitation(invitation: Invitation, *, by: Principal) -> Decision:
    """The invited person alone, while the link holds."""
    if by.kind is not Kind.SYSTEM and by.user_id != invitation.user_id:
        return Decision.no(Reason("This invitation is somebody else's.", _RULE))
    rows = Invitation.objects.filter(
        pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=Now()
    )
    if not invitation.user.is_active or not rows.exists():
        return Decision.no(Reason("This link does not work any more.", _RULE))
    return Decision.yes()


@service("invitation_accepted", asks=may_accept_invitation)
def accept_invitation(*, by: Principal, invitation: Invitation, password: str) -> User:
    """Set the first password. The link is used up; a second factor must be set up before anything else opens.

    Raises ``Refused``, and ``django.core.exceptions.ValidationError`` for a password that is too short or known.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=invitation.user_id)
    may_accept_invitation(invitation, by=by).or_refuse()
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=Now())
    record_event(user, root=None, invitation=invitation.pk)
    return user
