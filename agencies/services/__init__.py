"""Every write about people, areas and agencies. Each service has a twin that says whether it may be done."""

from collections.abc import Collection
from datetime import date

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from agencies import sessions
from agencies.access import can
from agencies.kinds import AgencyKind, Duty, duty_fits
from agencies.last import is_last_administrator, leaves_nobody, lock_administrators
from agencies.leaving import waiting_of
from agencies.models import Agency, Area, LocalHousingAuthority, Membership, PanelArea, ParameterOverride, User
from agencies.parameters import parameters_for
from agencies.principal import Kind, Principal
from agencies.queries import users_of
from agencies.roles import MEMBERSHIP_ROLES, Perm, Role, roles_with
from audit.boundary import record_event, service
from rules.core import Decision, Reason
from rules.number_bounds import is_within_bounds
from rules.parameters import Override, Value, may_override

from .partners import may_edit_in_area

_RULE = "people and agencies"
_NO_MANAGER = "A manager who endorses referrals is a practitioner, a single point of contact or a panel member."
_LAST = "The area would be without a system administrator. Give somebody else the role first."


def _refuse_if(refused: bool, text: str, rule: str = _RULE) -> Decision:
    return Decision.no(Reason(text, rule)) if refused else Decision.yes()


# --- Areas and agencies -------------------------------------------------------------------------------------------


def may_edit_areas(*, by: Principal) -> Decision:
    """Areas themselves: by a command. An administrator looks after the area they act in, and no other."""
    return can(by, Perm.AREA_EDIT) & _refuse_if(by.is_signed_in, "An area is added by a command.", "R97")


def may_arrange_area(area: Area, *, by: Principal) -> Decision:
    """The start of an area, its councils, panel areas and agencies: its own system administrators, and the system."""
    return may_edit_in_area(area.pk, by=by)


@service("area_created", asks=may_edit_areas)
def create_area(*, by: Principal, slug: str, name: str, starts_on: date) -> Area:
    """Add one of the MAPPA areas, with the day from which it works with this system (R106)."""
    may_edit_areas(by=by).or_refuse()
    area = Area.objects.create(slug=slug, name=name, starts_on=starts_on)
    record_event(area, root=None, starts_on=starts_on)
    return area


@service("area_start_set", asks=may_arrange_area)
def set_area_start(*, by: Principal, area: Area, starts_on: date) -> Area:
    """Move the day from which the area works with this system: what was triggered before is brought forward (R106)."""
    may_arrange_area(area, by=by).or_refuse()
    area = Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    area.starts_on = starts_on
    area.save(update_fields=["starts_on"])
    record_event(area, root=None, starts_on=starts_on)
    return area


@service("housing_authority_created", asks=may_arrange_area)
def create_housing_authority(
    *, by: Principal, area: Area, name: str, replaced_on: date | None = None
) -> LocalHousingAuthority:
    """Add a local housing authority to an area; ``replaced_on`` when its end is planned already."""
    may_arrange_area(area, by=by).or_refuse()
    authority = LocalHousingAuthority.objects.create(area=area, name=name, replaced_on=replaced_on)
    record_event(authority, root=None, area=area.pk)
    return authority


@service("panel_area_created", asks=may_arrange_area)
def create_panel_area(
    *, by: Principal, area: Area, name: str, slug: str, housing_authority: LocalHousingAuthority | None = None
) -> PanelArea:
    """Add a panel area. Refused when its housing authority lies in another area."""
    decision = may_arrange_area(area, by=by)
    decision &= _refuse_if(
        housing_authority is not None and housing_authority.area_id != area.pk,
        "The housing authority lies in another MAPPA area.",
    )
    decision.or_refuse()
    panel_area = PanelArea.objects.create(area=area, name=name, slug=slug, housing_authority=housing_authority)
    record_event(panel_area, root=None, area=area.pk)
    return panel_area


@service("agency_created", asks=may_arrange_area)
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
    serves: Collection[PanelArea] = (),
    starts_on: date | None,
    ends_on: date | None = None,
) -> Agency:
    """Add an agency to an area, with the group that will hold its grants. It takes part from ``starts_on``; None: not
    yet.
    """
    decision = may_arrange_area(area, by=by)
    decision &= _refuse_if(not duty_fits(kind, duty), "An agency of this kind does not come under that duty.")
    decision &= _refuse_if(
        ends_on is not None and (starts_on is None or ends_on < starts_on), "It would end before it begins."
    )
    decision &= _refuse_if(
        part_of is not None and part_of.area_id != area.pk, "The agency it is part of lies in another MAPPA area."
    )
    decision &= _refuse_if(
        housing_authority is not None and housing_authority.area_id != area.pk,
        "The housing authority lies in another MAPPA area.",
    )
    decision &= _refuse_if(
        any(each.area_id != area.pk for each in serves), "It serves panel areas of its own MAPPA area."
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
        starts_on=starts_on,
        ends_on=ends_on,
        group=group,
    )
    agency.serves.set(serves)
    record_event(agency, root=None, area=area.pk, kind=kind, duty=duty)
    return agency


def may_set_parameter(override: Override, *, by: Principal, area: Area) -> Decision:
    """In the administrator's own area: LAW never, DOC and DES only to be stricter, SET with a reason; within bounds."""
    allowed = may_edit_in_area(area.pk, by=by) & may_override(override)
    return allowed & is_within_bounds(override, parameters_for(area)) if allowed else allowed


@service("parameter_set", asks=may_set_parameter)
def set_parameter(
    *, by: Principal, area: Area, key: str, value: Value, holds_from: date, reason: str
) -> ParameterOverride:
    """Lay an area's own value over a number of the rules, from a day on. The same day again replaces it."""
    may_set_parameter(Override(key, value, holds_from, reason), by=by, area=area).or_refuse()
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


def may_edit_user(user: User, *, by: Principal) -> Decision:
    """Accounts of the administrator's own area."""
    allowed = may_edit_users(by=by)
    if not allowed:
        return allowed
    return _refuse_if(
        not users_of(by).filter(pk=user.pk).exists(), "This person holds no role in the area you administer."
    )


def may_edit_account(user: User, *, by: Principal) -> Decision:
    """What holds wherever the person works: not for somebody who has left the area and works in another now."""
    allowed = may_edit_user(user, by=by)
    if not allowed or by.area_id is None:
        return allowed
    lasting = user.memberships.filter(Q(ends_on=None) | Q(ends_on__gte=by.on))
    elsewhere = lasting.exists() and not lasting.filter(area=by.area_id).exists()
    return _refuse_if(elsewhere, "This person works in another MAPPA area now, which looks after the account.")


def may_create_user(*, by: Principal, category_4: bool = False) -> Decision:
    """Clearance for Category 4 is given by two persons, never with the account."""
    return may_edit_users(by=by) & _refuse_if(
        category_4 and by.kind is not Kind.SYSTEM, "Clearance for Category 4 takes two persons.", "R99"
    )


@service("user_created", asks=may_create_user)
def create_user(
    *,
    by: Principal,
    email: str,
    family_name: str,
    given_name: str = "",
    password: str | None = None,
    category_4: bool = False,
) -> User:
    """Open an account. Without a password nobody signs in by one, until an invitation is accepted.

    Raises ``django.core.exceptions.ValidationError`` for a password that is too short or known to attackers.
    """
    may_create_user(by=by, category_4=category_4).or_refuse()
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


def may_end_clearance(user: User, *, by: Principal) -> Decision:
    """Taken away by one person at once; given by two (``agencies.services.two_persons``)."""
    return may_edit_account(user, by=by) & _refuse_if(not user.category_4, "The person is not cleared for Category 4.")


@service("category_4_clearance_ended", asks=may_end_clearance)
def end_clearance(*, by: Principal, user: User) -> User:
    """Take away the clearance for Category 4 (R99). It acts from the person's next request."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    may_end_clearance(user, by=by).or_refuse()
    user.category_4 = False
    user.save(update_fields=["category_4"])
    record_event(user, root=None)
    return user


def may_disable_user(user: User, *, by: Principal) -> Decision:
    """Not one's own account, and never the last system administrator of an area."""
    allowed = may_edit_account(user, by=by)
    allowed &= _refuse_if(by.user_id == user.pk, "You cannot disable your own account.")
    allowed &= _refuse_if(not user.is_active, "The account is disabled already.")
    return allowed & _refuse_if(is_last_administrator(user, on=by.on), _LAST)


@service("user_disabled", asks=may_disable_user)
def disable_user(*, by: Principal, user: User) -> User:
    """Close an account: its sessions end at once, open invitations with it, and its roles reach nothing meanwhile."""
    user = lock_administrators(user.pk)
    may_disable_user(user, by=by).or_refuse()
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.invitations.filter(accepted_at__isnull=True, withdrawn_at__isnull=True).update(withdrawn_at=Now())
    user.two_person_acts.filter(confirmed_at__isnull=True, withdrawn_at__isnull=True).update(withdrawn_at=Now())
    sessions.end_all(user.pk)
    record_event(user, root=None)
    return user


def may_enable_user(user: User, *, by: Principal) -> Decision:
    """A disabled account of the area; nobody enables their own."""
    allowed = may_edit_account(user, by=by)
    allowed &= _refuse_if(by.user_id == user.pk, "You cannot enable your own account.")
    return allowed & _refuse_if(user.is_active, "The account is not disabled.")


@service("user_enabled", asks=may_enable_user)
def enable_user(*, by: Principal, user: User) -> User:
    """Open a closed account again, with the roles that still hold."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    may_enable_user(user, by=by).or_refuse()
    user.is_active = True
    user.save(update_fields=["is_active"])
    record_event(user, root=None)
    return user


def may_give_second_factor(user: User, *, by: Principal) -> Decision:  # noqa: ARG001 - asked like every twin
    """No person: a second factor that somebody else has seen is none."""
    return may_edit_users(by=by) & _refuse_if(by.kind is not Kind.SYSTEM, "Everybody sets up their own second factor.")


@service("second_factor_given", asks=may_give_second_factor)
def give_second_factor(*, by: Principal, user: User, seed: str) -> User:
    """Set up an authenticator app for somebody from a known seed: for the invented people of the demonstration."""
    may_give_second_factor(user, by=by).or_refuse()
    TOTP.activate(user, seed)
    record_event(user, root=None)
    return user


# --- Roles of people ----------------------------------------------------------------------------------------------


def may_give_role(
    *,
    by: Principal,
    agency: Agency | None,
    role: Role,
    starts_on: date,
    ends_on: date | None,
    manages: bool = False,
) -> Decision:
    """A role that people hold, for an agency of the administrator's area, with days in order.

    The role of system administrator is given by two persons (``agencies.services.two_persons``).
    """
    decision = may_edit_users(by=by)
    decision &= _refuse_if(role not in MEMBERSHIP_ROLES, "Nobody holds the role of the system.")
    decision &= _refuse_if(manages and not _endorses(role), _NO_MANAGER, "R44")
    decision &= _refuse_if(
        role is Role.SYSTEM_ADMINISTRATOR and by.kind is not Kind.SYSTEM,
        "The role of system administrator takes two persons: ask for it on the person's page.",
    )
    decision &= _refuse_if(
        agency is not None and by.area_id is not None and agency.area_id != by.area_id,
        "The agency lies in another MAPPA area.",
    )
    return decision & _refuse_if(ends_on is not None and ends_on < starts_on, "The role would end before it begins.")


def may_add_membership(
    user: User,
    *,
    by: Principal,
    role: Role | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    agency: Agency | None = None,
    area: Area | None = None,
    manages: bool = False,
) -> Decision:
    """An open account, not one's own. Without a role: whether any may be given, for the button."""
    decision = may_edit_user(user, by=by)
    decision &= _refuse_if(by.user_id == user.pk, "Nobody gives themselves a role.")
    decision &= _refuse_if(not user.is_active, "The account is disabled.")
    decision &= _refuse_if(
        area is not None and by.area_id is not None and area.pk != by.area_id, "You act in another MAPPA area.", "R97"
    )
    if not decision or role is None or starts_on is None:
        return decision
    return decision & may_give_role(
        by=by, agency=agency, role=role, starts_on=starts_on, ends_on=ends_on, manages=manages
    )


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
    manages: bool = False,
) -> Membership:
    """Give a person a role for an agency in an area (the agency's own unless another is named), from a day on.

    ``manages``: as a manager, who may endorse referrals (R44).
    Refused when the person holds the same role there on one of those days.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    may_add_membership(
        user, by=by, role=role, starts_on=starts_on, ends_on=ends_on, agency=agency, area=area, manages=manages
    ).or_refuse()
    area = area or agency.area
    same = _same_role(user, agency, role, area)
    last_day = ends_on or date.max
    held = any(row.starts_on <= last_day and starts_on <= (row.ends_on or date.max) for row in same)
    _refuse_if(held, "The person holds this role already on some of these days.").or_refuse()
    membership = Membership.objects.create(
        user=user, agency=agency, role=role, area=area, starts_on=starts_on, ends_on=ends_on, manages=manages
    )
    record_event(
        membership, root=None, user=user.pk, agency=agency.pk, role=role, area=area.pk, starts_on=starts_on,
        manages=manages,
    )  # fmt: skip
    return membership


def _same_role(user: User, agency: Agency, role: Role, area: Area) -> QuerySet[Membership]:
    return Membership.objects.filter(user=user, agency=agency, role=role, area=area)


def _endorses(role: Role) -> bool:
    return role in roles_with(Perm.REFERRAL_ENDORSE)


def may_mark_manager(membership: Membership, *, by: Principal, manages: bool = True) -> Decision:
    """In a role of the administrator's area that endorses, has not ended and is not one's own."""
    decision = may_edit_users(by=by)
    decision &= _refuse_if(
        by.area_id is not None and membership.area_id != by.area_id, "The role lies in another MAPPA area."
    )
    decision &= _refuse_if(by.user_id == membership.user_id, "Nobody marks themselves as a manager.")
    decision &= _refuse_if(membership.ends_on is not None and membership.ends_on < by.on, "The role has ended.")
    decision &= _refuse_if(manages and not _endorses(Role(membership.role)), _NO_MANAGER, "R44")
    text = "The person is marked as a manager already." if manages else "The person is not marked as a manager."
    return decision & _refuse_if(membership.manages == manages, text)


@service("manager_marked", asks=may_mark_manager)
def mark_manager(*, by: Principal, membership: Membership, manages: bool) -> Membership:
    """Say that the person manages others in this role, and so may endorse referrals of the agency (R44), or no longer
    does. It acts at once, also on what waits to be endorsed. Raises ``Refused``.
    """
    membership = Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
    may_mark_manager(membership, by=by, manages=manages).or_refuse()
    membership.manages = manages
    membership.save(update_fields=["manages"])
    record_event(membership, root=None, user=membership.user_id, role=membership.role, manages=manages)
    return membership


def may_end_membership(membership: Membership, *, by: Principal, ends_on: date | None = None) -> Decision:
    """Not before it began, not once it has ended, not the last administrator's. Without a day: whether on any.

    A last day that lies ahead may be moved later, as long as nobody takes over before it.
    """
    decision = may_edit_users(by=by)
    decision &= _refuse_if(
        by.area_id is not None and membership.area_id != by.area_id, "The role lies in another MAPPA area."
    )
    decision &= _refuse_if(leaves_nobody(membership, on=by.on, ends_on=ends_on), _LAST)
    if not decision or ends_on is None:
        return decision
    decision &= _refuse_if(ends_on < membership.starts_on, "The role would end before it began.")
    if membership.ends_on is None or ends_on <= membership.ends_on:
        return decision
    decision &= _refuse_if(membership.ends_on < by.on, "The role has ended. Give it again, from a day on.")
    decision &= _refuse_if(
        waiting_of(membership).filter(happens_on__lte=ends_on).exists(),
        "The work goes to a colleague before that day: call the hand-over off first, or choose an earlier day.",
    )
    again = _same_role(membership.user, membership.agency, Role(membership.role), membership.area)
    return decision & _refuse_if(
        again.filter(starts_on__gt=membership.ends_on, starts_on__lte=ends_on).exists(),
        "The person holds this role again before that day.",
    )


@service("membership_ended", asks=may_end_membership)
def end_membership(*, by: Principal, membership: Membership, ends_on: date) -> Membership:
    """End a role after a day, which is its last. From the next day the person no longer acts in it."""
    lock_administrators(membership.user_id)
    membership = Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
    may_end_membership(membership, by=by, ends_on=ends_on).or_refuse()
    membership.ends_on = ends_on
    membership.save(update_fields=["ends_on"])
    record_event(membership, root=None, user=membership.user_id, role=membership.role, ends_on=ends_on)
    return membership
