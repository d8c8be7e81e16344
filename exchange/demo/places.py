"""Districts, panel areas and agencies of the demo, each with a neutral name for pictures.

Source: the agencies' own published names; those marked "confirm" in the project's notes on the demo must be checked
before use. No real approved premises, ward, school or house is named.
"""

from dataclasses import dataclass

from agencies.kinds import AgencyKind, Duty

AREA = "derbyshire"
COUNTY_WIDE = "County-wide"


@dataclass(frozen=True)
class District:
    """A local housing authority, its share of the register in per cent, and the name used in pictures."""

    name: str
    share: int
    neutral: str


DISTRICTS: tuple[District, ...] = (
    District("Derby City", 28, "Northdale City"),
    District("Chesterfield", 12, "Easthill"),
    District("Amber Valley", 11, "Westbrook Valley"),
    District("Erewash", 11, "Southmere"),
    District("North East Derbyshire", 9, "Upper Northdale"),
    District("South Derbyshire", 8, "Lower Northdale"),
    District("High Peak", 8, "Moorside"),
    District("Bolsover", 8, "Castlegate"),
    District("Derbyshire Dales", 5, "Riverdale"),
)
SHARE_WITHOUT_ABODE = 2
NEUTRAL: dict[str, str] = {district.name: district.neutral for district in DISTRICTS}


@dataclass(frozen=True)
class AgencyRow:
    """An agency of the demo. ``district`` names the housing authority it is; ``active`` says whether it takes part."""

    key: str
    name: str
    neutral: str
    kind: AgencyKind
    duty: Duty
    part_of: str = ""
    district: str = ""
    active: bool = True


def _row(
    key: str, name: str, neutral: str, kind: AgencyKind, duty: Duty, *, part_of: str = "", active: bool = True
) -> AgencyRow:
    return AgencyRow(key, name, neutral, kind, duty, part_of, "", active)


_RA = Duty.RESPONSIBLE_AUTHORITY
_NAMED: tuple[AgencyRow, ...] = (
    _row("police", "Derbyshire Constabulary", "Northdale Constabulary", AgencyKind.POLICE, _RA),
    _row("probation", "Probation Service East Midlands", "Probation Service (region)", AgencyKind.PROBATION, _RA),
    _row("pdu-city", "Derby City PDU", "Northdale City PDU", AgencyKind.PROBATION, _RA, part_of="probation"),
    _row("pdu-county", "Derbyshire PDU", "Northdale PDU", AgencyKind.PROBATION, _RA, part_of="probation"),
    _row("victim-unit", "Victim Contact Unit", "Victim Contact Unit", AgencyKind.PROBATION, _RA, part_of="probation"),
    _row("prisons", "HM Prison Service (Midlands)", "HM Prison Service (region)", AgencyKind.PRISON, _RA),
    _row("omu-nottingham", "OMU HMP Nottingham", "OMU HMP Ashford Lane", AgencyKind.PRISON, _RA, part_of="prisons"),
    _row("omu-ranby", "OMU HMP Ranby", "OMU HMP Birch Lane", AgencyKind.PRISON, _RA, part_of="prisons"),
    _row("omu-whatton", "OMU HMP Whatton", "OMU HMP Cedar Lane", AgencyKind.PRISON, _RA, part_of="prisons"),
    _row("omu-sudbury", "OMU HMP Sudbury", "OMU HMP Elm Lane", AgencyKind.PRISON, _RA, part_of="prisons"),
    _row("omu-foston", "OMU HMP/YOI Foston Hall", "OMU HMP/YOI Fir Lane", AgencyKind.PRISON, _RA, part_of="prisons"),
    _row(
        "yjs-city",
        "Derby City Youth Justice Service",
        "Northdale City Youth Justice",
        AgencyKind.YOUTH_JUSTICE,
        Duty.A,
    ),
    _row("yjs-county", "Derbyshire Youth Justice Service", "Northdale Youth Justice", AgencyKind.YOUTH_JUSTICE, Duty.A),
    _row("jobcentre", "Jobcentre Plus", "Jobcentre Plus (region)", AgencyKind.DWP, Duty.B),
    _row("nhs-england", "NHS England", "NHS England (region)", AgencyKind.NHS_ENGLAND, Duty.BA),
    _row(
        "city-children",
        "Derby City Council Children's Services",
        "Northdale City Children's Services",
        AgencyKind.CHILDREN_SERVICES,
        Duty.C,
    ),
    _row(
        "city-adults",
        "Derby City Council Adult Social Care",
        "Northdale City Adult Social Care",
        AgencyKind.ADULT_CARE,
        Duty.C,
    ),
    _row("city-education", "Derby City Council Education", "Northdale City Education", AgencyKind.EDUCATION, Duty.C),
    _row(
        "county-children",
        "Derbyshire County Council Children's Services",
        "Northdale County Children's Services",
        AgencyKind.CHILDREN_SERVICES,
        Duty.C,
    ),
    _row(
        "county-adults",
        "Derbyshire County Council Adult Social Care",
        "Northdale County Adult Social Care",
        AgencyKind.ADULT_CARE,
        Duty.C,
    ),
    _row(
        "county-education",
        "Derbyshire County Council Education",
        "Northdale County Education",
        AgencyKind.EDUCATION,
        Duty.C,
    ),
    _row(
        "city-public-health",
        "Derby City Council Public Health",
        "Northdale City Public Health",
        AgencyKind.PUBLIC_HEALTH,
        Duty.DA,
        active=False,
    ),
    _row(
        "county-public-health",
        "Derbyshire County Council Public Health",
        "Northdale County Public Health",
        AgencyKind.PUBLIC_HEALTH,
        Duty.DA,
        active=False,
    ),
    _row("derby-homes", "Derby Homes", "Northdale City Homes", AgencyKind.SOCIAL_LANDLORD, Duty.E),
    _row("futures", "Futures Housing Group", "Westbrook Homes", AgencyKind.SOCIAL_LANDLORD, Duty.E),
    _row("platform", "Platform Housing Group", "Riverdale Homes", AgencyKind.SOCIAL_LANDLORD, Duty.E),
    _row("ncha", "Nottingham Community Housing Association", "Ashford Housing", AgencyKind.SOCIAL_LANDLORD, Duty.E),
    _row(
        "icb",
        "NHS Derby and Derbyshire Integrated Care Board",
        "Northdale Integrated Care Board",
        AgencyKind.HEALTH_BOARD,
        Duty.G,
    ),
    _row(
        "healthcare-trust",
        "Derbyshire Healthcare NHS Foundation Trust",
        "Northdale Healthcare Trust",
        AgencyKind.HEALTH_TRUST,
        Duty.H,
    ),
    _row(
        "community-health",
        "Derbyshire Community Health Services NHS Foundation Trust",
        "Northdale Community Health Trust",
        AgencyKind.HEALTH_TRUST,
        Duty.H,
    ),
    _row(
        "chesterfield-royal",
        "Chesterfield Royal Hospital NHS Foundation Trust",
        "Easthill Hospital Trust",
        AgencyKind.HEALTH_TRUST,
        Duty.H,
    ),
    _row(
        "derby-burton",
        "University Hospitals of Derby and Burton NHS Foundation Trust",
        "Northdale University Hospitals Trust",
        AgencyKind.HEALTH_TRUST,
        Duty.H,
    ),
    _row("tagging", "Serco", "Monitoring provider", AgencyKind.ELECTRONIC_MONITORING, Duty.I),
    _row(
        "tagging-before",
        "Capita",
        "Earlier monitoring provider",
        AgencyKind.ELECTRONIC_MONITORING,
        Duty.I,
    ),
    _row(
        "immigration",
        "Home Office Immigration Enforcement",
        "Immigration Enforcement",
        AgencyKind.IMMIGRATION,
        Duty.J,
    ),
    _row(
        "nsd",
        "Probation Service National Security Division",
        "National division",
        AgencyKind.NATIONAL_SECURITY,
        _RA,
    ),
    _row(
        "ct-police",
        "Counter Terrorism Policing East Midlands",
        "Counter terrorism policing (region)",
        AgencyKind.COUNTER_TERRORISM,
        _RA,
    ),
    _row(
        "casework",
        "Ministry of Justice Mental Health Casework",
        "Mental health casework",
        AgencyKind.MENTAL_HEALTH_CASEWORK,
        Duty.NONE,
    ),
    _row("defence", "Ministry of Defence", "Ministry of Defence", AgencyKind.ARMED_FORCES, Duty.NONE),
    _row("inspectorate", "HMI Probation", "Inspectorate", AgencyKind.INSPECTORATE, Duty.NONE),
    _row("lay", "Lay advisers", "Lay advisers", AgencyKind.OTHER, Duty.NONE),
    # Guests: without accounts, contacts or agreements; the unit records for them (R108). The first two are invented.
    _row("surgery", "Limestone Way Surgery", "Limestone Way Surgery", AgencyKind.OTHER, Duty.NONE),
    _row("abuse-service", "Wye Domestic Abuse Service", "Wye Domestic Abuse Service", AgencyKind.OTHER, Duty.NONE),
    _row("omu-stafford", "OMU HMP Stafford", "OMU HMP Gale Lane", AgencyKind.PRISON, Duty.NONE),
)


def _housing_key(district: str) -> str:
    return "housing-" + district.lower().replace(" ", "-")


HOUSING: dict[str, str] = {district.name: _housing_key(district.name) for district in DISTRICTS}

AGENCIES: tuple[AgencyRow, ...] = _NAMED + tuple(
    AgencyRow(
        HOUSING[district.name],
        f"{district.name} Council (housing)",
        f"{district.neutral} Borough Council",
        AgencyKind.HOUSING_AUTHORITY,
        Duty.D,
        district=district.name,
    )
    for district in DISTRICTS
)

# Where the two councils with social care each work; every other agency works in all of the area.
_CITY, _COUNTY = ("Derby City",), tuple(district.name for district in DISTRICTS if district.name != "Derby City")
SERVES: dict[str, tuple[str, ...]] = {
    key: _CITY if key.endswith("city") or key.startswith("city-") else _COUNTY
    for key in (
        "city-children", "city-adults", "city-education", "yjs-city",
        "county-children", "county-adults", "county-education", "yjs-county",
    )
}  # fmt: skip
