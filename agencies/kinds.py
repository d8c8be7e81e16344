"""What kinds of agency there are, and the letter of the duty to co-operate under which each one comes."""

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
    COUNTER_TERRORISM = "counter_terrorism", "Counter terrorism"
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
