"""What kinds of agency there are, and the letter of the duty to co-operate under which each one comes."""

from collections.abc import Mapping
from types import MappingProxyType

from rules.vocabulary import Word


class AgencyKind(Word):
    """What an agency is. The first three are the Responsible Authority."""

    POLICE = "police", "Police"
    PROBATION = "probation", "Probation"
    PRISON = "prison", "Prison"
    YOUTH_JUSTICE = "youth_justice", "Youth justice"
    DWP = "dwp", "Work and pensions"
    NHS_ENGLAND = "nhs_england", "NHS England"
    CHILDREN_SERVICES = "children_services", "Children's services"
    ADULT_CARE = "adult_care", "Adult social care"
    EDUCATION = "education", "Education"
    PUBLIC_HEALTH = "public_health", "Public health"
    HOUSING_AUTHORITY = "housing_authority", "Housing authority"
    SOCIAL_LANDLORD = "social_landlord", "Social landlord"
    HEALTH_BOARD = "health_board", "Integrated care board or Local Health Board"
    HEALTH_TRUST = "health_trust", "NHS trust"
    ELECTRONIC_MONITORING = "electronic_monitoring", "Electronic monitoring provider"
    IMMIGRATION = "immigration", "Immigration"
    NATIONAL_SECURITY = "national_security", "National Security Division"
    COUNTER_TERRORISM = "counter_terrorism", "Counter terrorism"
    MENTAL_HEALTH_CASEWORK = "mental_health_casework", "Ministry of Justice mental health casework"
    ARMED_FORCES = "armed_forces", "Armed forces"
    INSPECTORATE = "inspectorate", "Inspectorate"
    OTHER = "other", "Other"


# Who can lead a case: those with a duty in law to manage the person. Prisons do not: a probation or youth justice
# service, or the police, leads while somebody is inside (R97).
LEADING: frozenset[AgencyKind] = frozenset(
    {
        AgencyKind.POLICE,
        AgencyKind.PROBATION,
        AgencyKind.YOUTH_JUSTICE,
        AgencyKind.HEALTH_BOARD,
        AgencyKind.HEALTH_TRUST,
        AgencyKind.NATIONAL_SECURITY,
        AgencyKind.COUNTER_TERRORISM,
    }
)


class Duty(Word):
    """The Responsible Authority, or the letter of the list of bodies with the duty to co-operate, or neither.

    Source: Criminal Justice Act 2003, section 325(6), as amended.
    """

    RESPONSIBLE_AUTHORITY = "ra", "Responsible Authority"
    A = "a", "(a) youth offending team"
    B = "b", "(b) social security, child support, war pensions, employment and training"
    BA = "ba", "(ba) NHS England"
    C = "c", "(c) local authority: education and social services"
    D = "d", "(d) local housing authority"
    DA = "da", "(da) local authority: public health"
    E = "e", "(e) private registered provider of social housing or registered social landlord"
    F = "f", "(f) health authority"
    G = "g", "(g) integrated care board or Local Health Board"
    H = "h", "(h) NHS trust"
    I = "i", "(i) electronic monitoring provider"  # noqa: E741 - the letter of the paragraph
    J = "j", "(j) immigration and border functions"
    NONE = "", "No duty to co-operate"


# Under which paragraph each kind of agency comes; the first is the usual one. A body of the kind may also have no duty:
# a private prison, a landlord that houses nobody of Category 1 or 2.
LETTERS: Mapping[AgencyKind, tuple[Duty, ...]] = MappingProxyType(
    {
        AgencyKind.POLICE: (Duty.RESPONSIBLE_AUTHORITY,),
        AgencyKind.PROBATION: (Duty.RESPONSIBLE_AUTHORITY,),
        AgencyKind.PRISON: (Duty.RESPONSIBLE_AUTHORITY,),
        AgencyKind.NATIONAL_SECURITY: (Duty.RESPONSIBLE_AUTHORITY,),
        AgencyKind.COUNTER_TERRORISM: (Duty.RESPONSIBLE_AUTHORITY,),
        AgencyKind.YOUTH_JUSTICE: (Duty.A,),
        AgencyKind.DWP: (Duty.B,),
        AgencyKind.NHS_ENGLAND: (Duty.BA,),
        AgencyKind.CHILDREN_SERVICES: (Duty.C,),
        AgencyKind.ADULT_CARE: (Duty.C,),
        AgencyKind.EDUCATION: (Duty.C,),
        AgencyKind.HOUSING_AUTHORITY: (Duty.D,),
        AgencyKind.PUBLIC_HEALTH: (Duty.DA,),
        AgencyKind.SOCIAL_LANDLORD: (Duty.E,),
        AgencyKind.HEALTH_BOARD: (Duty.G, Duty.F),
        AgencyKind.HEALTH_TRUST: (Duty.H,),
        AgencyKind.ELECTRONIC_MONITORING: (Duty.I,),
        AgencyKind.IMMIGRATION: (Duty.J,),
        AgencyKind.ARMED_FORCES: (Duty.NONE, Duty.B),
        AgencyKind.MENTAL_HEALTH_CASEWORK: (),
        AgencyKind.INSPECTORATE: (),
        AgencyKind.OTHER: (),
    }
)


def duty_fits(kind: AgencyKind, duty: Duty) -> bool:
    """Whether an agency of this kind can have this duty. Source: Criminal Justice Act 2003, section 325(1) and (6)."""
    return duty is Duty.NONE or duty in LETTERS[kind]


def may_be_invited_by_kind(kind: AgencyKind, duty: str) -> bool:
    """Whether an agency comes when its kind is asked for: one with a part in law, or of a kind that can have none."""
    return has_part_in_law(duty) or not LETTERS[kind]


def has_part_in_law(duty: str) -> bool:
    """Of the Responsible Authority, or with the duty to co-operate: such an agency signs, and names its contacts."""
    return duty != Duty.NONE
