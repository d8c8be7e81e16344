"""Named reads about people, agencies and areas."""

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from .kinds import LEADING
from .models import Agency, AgencyQuerySet, Area, Membership, PanelArea, User
from .principal import Principal
from .roles import MEMBERSHIP_ROLES, Role
from .written import Written

# Who can be the named officer of a case, for the agency of the same membership (R97).
OFFICERS = (Role.PRACTITIONER, Role.COORDINATOR)


_MEMBERSHIPS = Written(lambda user, on: Membership.objects.on(on).filter(user=user).select_related("agency", "area"))


def memberships_of(user: User, *, on: date) -> list[Membership]:
    """The roles a person can act in on the day, as they are offered: by area, agency and the order of the roles."""
    rows = _MEMBERSHIPS(user.pk, on)
    for row in rows:
        row.user = user
    place = {role: order for order, role in enumerate(MEMBERSHIP_ROLES)}
    return sorted(rows, key=lambda row: (row.area.name, row.agency.name, place[Role(row.role)], row.pk))


def acting_membership(memberships: list[Membership], chosen: object) -> Membership | None:
    """The chosen one while it holds; the only one when there is one; otherwise none, and the person must choose."""
    for membership in memberships:
        if membership.pk == chosen:
            return membership
    return memberships[0] if len(memberships) == 1 else None


def users_of(principal: Principal) -> QuerySet[User]:
    """Accounts of the principal's area: with a role there, now or ever, or none anywhere; all for the system."""
    if principal.area_id is None:
        return User.objects.all()
    here = Membership.objects.filter(user=OuterRef("pk"), area=principal.area_id)
    anywhere = Membership.objects.filter(user=OuterRef("pk"))
    return User.objects.filter(Exists(here) | ~Exists(anywhere))


def panel_areas_of(principal: Principal) -> QuerySet[PanelArea]:
    """Panel areas of the day, of the area the principal acts in; of every area for the system."""
    rows = PanelArea.objects.on(principal.on).select_related("area")
    return rows if principal.area_id is None else rows.filter(area=principal.area_id)


def agencies_of(principal: Principal) -> QuerySet[Agency]:
    """Agencies that take part on the day in the area the principal acts in; in every area for the system."""
    rows = Agency.objects.on(principal.on)
    return rows if principal.area_id is None else rows.filter(area=principal.area_id)


def agencies_in_area(principal: Principal) -> AgencyQuerySet:
    """Every agency known in the area the principal acts in, also those that take no part today."""
    rows = Agency.objects.all()
    return rows if principal.area_id is None else rows.filter(area=principal.area_id)


def leading_agencies_of(principal: Principal) -> QuerySet[Agency]:
    """Of those agencies, the ones of a kind that can lead a case (R97)."""
    return agencies_of(principal).filter(kind__in=LEADING)


def area_named(text: str) -> Area | None:
    """The area with this slug or name, whatever the case of its letters."""
    return (
        Area.objects.filter(slug__iexact=text.strip()).first() or Area.objects.filter(name__iexact=text.strip()).first()
    )


def officers_of(area_id: int, *, on: date, agency_id: int | None = None) -> QuerySet[User]:
    """People who can be named as an officer in the area on the day, or there for one agency (R97)."""
    posts = officer_posts(on).filter(area=area_id)
    return User.objects.filter(pk__in=(posts if agency_id is None else posts.filter(agency=agency_id)).values("user"))


def is_officer_of(user: User, agency: Agency, *, on: date) -> bool:
    """Whether the person can be named as an officer for this agency on the day (R97)."""
    return officer_posts(on).filter(user=user, agency=agency).exists()


def officer_posts(on: date) -> QuerySet[Membership]:
    """Roles of the day by which people can be named officers, for the agency of the same membership (R97)."""
    return Membership.objects.on(on).filter(role__in=OFFICERS)
