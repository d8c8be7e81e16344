"""Every write about people, areas and agencies. Each service has a twin that says whether it may be done."""

from datetime import date

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password

from agencies import sessions
from agencies.access import can
from agencies.kinds import AgencyKind, Duty
from agencies.models import Agency, Area, LocalHousingAuthority, Membership, PanelArea, ParameterOverride, User
from agencies.principal import Principal
from agencies.roles import MEMBERSHIP_ROLES, Perm, Role
from audit.boundary import record_event, service
from rules.core import Decision, Reason
from rules.parameters import Override, Value, may_override

_RULE = "people and agencies"


def _refuse_if(refused: bool, text: str, rule: str = _RULE) -> Decision:
    return Decision.no(Reason(text, rule)) if refused else Decision.yes()


# --- Areas and agencies -------------------------------------------------------------------------------------------


def may_edit_areas(*, by: Principal) -> Decision:
    """Areas, housing authorities, panel areas, agencies and parameters: system administrators and the system."""
    return can(by, Perm.AREA_EDIT)


@service("area_created", asks=may_edit_areas)
def create_area(*, by: Principal, slug: str, name: str, starts_on: date) -> Area:
    """Add one of the MAPPA areas, with the day from which it works with this system (R106)."""
    may_edit_areas(by=by).or_refuse()
    area = Area.objects.create(slug=slug, name=name, starts_on=starts_on)
    record_event(area, root=None, starts_on=starts_on)
    return area


@service("area_start_set", asks=may_edit_areas)
def set_area_start(*, by: Principal, area: Area, starts_on: date) -> Area:
    """Move the day from which the area works with this system: what was triggered before is brought forward (R106)."""
    may_edit_areas(by=by).or_refuse()
    area = Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    area.starts_on = starts_on
    area.save(update_fields=["starts_on"])
    record_event(area, root=None, starts_on=starts_on)
    return area


@service("housing_authority_created", asks=may_edit_areas)
def create_housing_authority(
    *, by: Principal, area: Area, name: str, replaced_on: date | None = None
) -> LocalHousingAuthority:
    """Add a local housing authority to an area; ``replaced_on`` when its end is planned already."""
    may_edit_areas(by=by).or_refuse()
    authority = LocalHousingAuthority.objects.create(area=area, name=name, replaced_on=replaced_on)
    record_event(authority, root=None, area=area.pk)
    return authority


@service("panel_area_created", asks=may_edit_areas)
def create_panel_area(
    *, by: Principal, area: Area, name: str, slug: str, housing_authority: LocalHousingAuthority | None = None
) -> PanelArea:
    """Add a panel area. Refused when its housing authority lies in another area."""
    decision = may_edit_areas(by=by)
    decision &= _refuse_if(
        housing_authority is not None and housing_authority.area_id != area.pk,
        "The housing authority lies in another MAPPA area.",
    )
    decision.or_refuse()
    panel_area = PanelArea.objects.create(area=area, name=name, slug=slug, housing_authority=housing_authority)
    record_event(panel_area, root=None, area=area.pk)
    return panel_area


@service("agency_created", asks=may_edit_areas)
def create_agency(
    *,
    by: Principal,
    area: Area,
    name: str,
    slug: str,
    kind: AgencyKind,
    duty: Duty = Duty.NONE,
    part_of: Agency | None = None,
    housing_authority: LocalHousingAuthority | None = None,
    is_active: bool = True,
) -> Agency:
    """Add an agency to an area, with the group that will hold its grants."""
    decision = may_edit_areas(by=by)
    decision &= _refuse_if(
        part_of is not None and part_of.area_id != area.pk, "The agency it is part of lies in another MAPPA area."
    )
    decision &= _refuse_if(
        housing_authority is not None and housing_authority.area_id != area.pk,
        "The housing authority lies in another MAPPA area.",
    )
    decision.or_refuse()
    group = Group.objects.create(name=f"{area.slug}/{slug}")
    agency = Agency.objects.create(
        area=area,
        name=name,
        slug=slug,
        kind=kind,
        duty=duty,
        part_of=part_of,
        housing_authority=housing_authority,
        is_active=is_active,
        group=group,
    )
    record_event(agency, root=None, area=area.pk, kind=kind, duty=duty)
    return agency


def may_set_parameter(override: Override, *, by: Principal) -> Decision:
    """LAW never, DOC and DES only to be stricter, SET freely with a reason."""
    return may_edit_areas(by=by) & may_override(override)


@service("parameter_set", asks=may_set_parameter)
def set_parameter(
    *, by: Principal, area: Area, key: str, value: Value, holds_from: date, reason: str
) -> ParameterOverride:
    """Lay an area's own value over a number of the rules, from a day on. The same day again replaces it."""
    may_set_parameter(Override(key, value, holds_from, reason), by=by).or_refuse()
    stored = value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
    override, _ = ParameterOverride.objects.update_or_create(
        area=area, key=key, holds_from=holds_from, defaults={"value": stored, "reason": reason}
    )
    record_event(override, root=None, area=area.pk, key=key, holds_from=holds_from)
    return override


# --- People -------------------------------------------------------------------------------------------------------


def may_edit_users(*, by: Principal) -> Decision:
    """Accounts and roles: system administrators and the system."""
    return can(by, Perm.USERS_EDIT)


@service("user_created", asks=may_edit_users)
def create_user(
    *,
    by: Principal,
    email: str,
    family_name: str,
    given_name: str = "",
    password: str | None = None,
    category_4: bool = False,
) -> User:
    """Open an account. Without a password the person sets one by the link for a forgotten password.

    Raises ``django.core.exceptions.ValidationError`` for a password that is too short or known to attackers.
    """
    may_edit_users(by=by).or_refuse()
    user = User(email=email.strip().lower(), family_name=family_name, given_name=given_name, category_4=category_4)
    if password is None:
        user.set_unusable_password()
    else:
        validate_password(password, user)
        user.set_password(password)
    user.save(force_insert=True)
    # The administrator vouches for the address; the sign-in library keeps its own row of it.
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    record_event(user, root=None, category_4=category_4)
    return user


def may_clear_for_category_4(user: User, *, by: Principal) -> Decision:
    """Nobody clears themselves."""
    return may_edit_users(by=by) & _refuse_if(by.user_id == user.pk, "Nobody decides on their own clearance.", "R99")


@service("category_4_clearance_set", asks=may_clear_for_category_4)
def set_category_4_clearance(*, by: Principal, user: User, cleared: bool) -> User:
    """Give or take the clearance for Category 4 (R99). It acts from the person's next request."""
    may_clear_for_category_4(user, by=by).or_refuse()
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    user.category_4 = cleared
    user.save(update_fields=["category_4"])
    record_event(user, root=None, cleared=cleared)
    return user


def may_disable_user(user: User, *, by: Principal) -> Decision:
    """Nobody disables their own account, so that one administrator is left."""
    return may_edit_users(by=by) & _refuse_if(by.user_id == user.pk, "You cannot disable your own account.")


@service("user_disabled", asks=may_disable_user)
def disable_user(*, by: Principal, user: User) -> User:
    """Close an account: its sessions end at once, and its roles reach nothing while it is closed."""
    may_disable_user(user, by=by).or_refuse()
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    user.is_active = False
    user.save(update_fields=["is_active"])
    sessions.end_all(user.pk)
    record_event(user, root=None)
    return user


@service("user_enabled", asks=may_edit_users)
def enable_user(*, by: Principal, user: User) -> User:
    """Open a closed account again, with the roles that still hold."""
    may_edit_users(by=by).or_refuse()
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    user.is_active = True
    user.save(update_fields=["is_active"])
    record_event(user, root=None)
    return user


def may_reset_second_factor(user: User, *, by: Principal) -> Decision:
    """Somebody else's, never one's own: that is changed on the account page, with the old one."""
    return may_edit_users(by=by) & _refuse_if(by.user_id == user.pk, "Change your own second factor on your account.")


@service("second_factor_reset", asks=may_reset_second_factor)
def reset_second_factor(*, by: Principal, user: User) -> User:
    """Forget a lost authenticator app and its recovery codes, and sign the person out everywhere."""
    may_reset_second_factor(user, by=by).or_refuse()
    Authenticator.objects.filter(user=user).delete()
    sessions.end_all(user.pk)
    record_event(user, root=None)
    return user


@service("second_factor_given", asks=may_reset_second_factor)
def give_second_factor(*, by: Principal, user: User, seed: str) -> User:
    """Set up an authenticator app for somebody from a known seed: for the invented people of the demonstration."""
    may_reset_second_factor(user, by=by).or_refuse()
    TOTP.activate(user, seed)
    record_event(user, root=None)
    return user


# --- Roles of people ----------------------------------------------------------------------------------------------


def may_add_membership(user: User, *, by: Principal, role: Role, starts_on: date, ends_on: date | None) -> Decision:
    """An open account, a role that people hold, and days in order."""
    decision = may_edit_users(by=by)
    decision &= _refuse_if(not user.is_active, "The account is disabled.")
    decision &= _refuse_if(role not in MEMBERSHIP_ROLES, "Nobody holds the role of the system.")
    return decision & _refuse_if(ends_on is not None and ends_on < starts_on, "The role would end before it begins.")


@service("membership_added", asks=may_add_membership)
def add_membership(
    *,
    by: Principal,
    user: User,
    agency: Agency,
    role: Role,
    starts_on: date,
    area: Area | None = None,
    ends_on: date | None = None,
) -> Membership:
    """Give a person a role for an agency in an area (the agency's own unless another is named), from a day on.

    Refused when the person holds the same role there on one of those days.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    may_add_membership(user, by=by, role=role, starts_on=starts_on, ends_on=ends_on).or_refuse()
    area = area or agency.area
    same = Membership.objects.filter(user=user, agency=agency, role=role, area=area)
    last_day = ends_on or date.max
    held = any(row.starts_on <= last_day and starts_on <= (row.ends_on or date.max) for row in same)
    _refuse_if(held, "The person holds this role already on some of these days.").or_refuse()
    membership = Membership.objects.create(
        user=user, agency=agency, role=role, area=area, starts_on=starts_on, ends_on=ends_on
    )
    record_event(membership, root=None, user=user.pk, agency=agency.pk, role=role, area=area.pk, starts_on=starts_on)
    return membership


def may_end_membership(membership: Membership, *, by: Principal, ends_on: date) -> Decision:
    """Not before it began, and not later than it ends anyway."""
    decision = may_edit_users(by=by)
    decision &= _refuse_if(ends_on < membership.starts_on, "The role would end before it began.")
    return decision & _refuse_if(
        membership.ends_on is not None and membership.ends_on < ends_on, "The role ends earlier than that."
    )


@service("membership_ended", asks=may_end_membership)
def end_membership(*, by: Principal, membership: Membership, ends_on: date) -> Membership:
    """End a role after a day, which is its last. From the next day the person no longer acts in it."""
    membership = Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
    may_end_membership(membership, by=by, ends_on=ends_on).or_refuse()
    membership.ends_on = ends_on
    membership.save(update_fields=["ends_on"])
    record_event(membership, root=None, user=membership.user_id, role=membership.role, ends_on=ends_on)
    return membership
