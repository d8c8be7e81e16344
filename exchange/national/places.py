"""Districts, agencies and staff of one area of the national register: enough of each for access to have work to do."""

from dataclasses import dataclass
from datetime import date

from agencies.kinds import AgencyKind, Duty
from agencies.models import Agency, Area, LocalHousingAuthority, PanelArea, User
from agencies.principal import Principal
from agencies.roles import Role
from agencies.services import (
    add_membership,
    create_agency,
    create_housing_authority,
    create_panel_area,
    create_user,
    set_area_start,
)

DISTRICTS = ("North", "South", "East", "West", "Hill", "Vale", "Moor", "Coast", "Town", "County-wide")
_RA = Duty.RESPONSIBLE_AUTHORITY
_AGENCIES = (
    ("police", "Police", AgencyKind.POLICE, _RA),
    ("probation", "Probation", AgencyKind.PROBATION, _RA),
    ("prisons", "Prisons", AgencyKind.PRISON, _RA),
    ("health", "Mental health trust", AgencyKind.HEALTH_TRUST, Duty.H),
    ("youth-justice", "Youth justice", AgencyKind.YOUTH_JUSTICE, Duty.A),
)
_STAFF = (
    ("coordinator", "Curlew", "probation", Role.COORDINATOR),
    ("administrator", "Wagtail", "probation", Role.ADMINISTRATOR),
    ("officer", "Plover", "police", Role.PRACTITIONER),
    ("practitioner", "Dunnock", "probation", Role.PRACTITIONER),
    ("spoc", "Yaffle", "health", Role.SPOC),
)


@dataclass(frozen=True)
class Place:
    """What people of one area are recorded with."""

    area: Area
    councils: tuple[LocalHousingAuthority, ...]
    panels: tuple[PanelArea, ...]
    agencies: dict[str, Agency]
    staff: dict[str, User]


def settle(area: Area, *, by: Principal, starts_on: date) -> Place:
    """Make the districts, agencies and staff of the area. Nobody of the staff has a password."""
    area = set_area_start(by=by, area=area, starts_on=starts_on)
    councils, panels = [], []
    for district in DISTRICTS:
        name = f"{area.name} {district}"
        council = None if district == DISTRICTS[-1] else create_housing_authority(by=by, area=area, name=name)
        councils += [council] if council else []
        panels.append(create_panel_area(by=by, area=area, name=name, slug=district.lower(), housing_authority=council))
    agencies = {
        slug: create_agency(
            by=by, starts_on=starts_on, area=area, name=f"{area.name} {name}", slug=slug, kind=kind, duty=duty
        )
        for slug, name, kind, duty in _AGENCIES
    }
    staff = {}
    for post, bird, agency, role in _STAFF:
        email = f"{post}.{area.slug}@example.org"
        staff[post] = create_user(by=by, email=email, given_name=area.name, family_name=bird)
        add_membership(by=by, user=staff[post], agency=agencies[agency], role=role, starts_on=starts_on)
    return Place(area, tuple(councils), tuple(panels), agencies, staff)
