"""What ties the demo's agencies to the arrangements: contacts and deputies, agreements, former homes, a predecessor.

As the project's notes on the demo say: everybody has signed the memorandum but one landlord; two information sharing
agreements have expired, one runs out; South Derbyshire has had no contact for 140 days, one trust has no deputy.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import count

from agencies.kinds import has_part_in_law
from agencies.models import Agency, LocalHousingAuthority, User
from agencies.principal import Principal
from agencies.roles import Role
from agencies.services import add_membership, create_user
from agencies.services.agreements import record_agreement
from agencies.services.contacts import end_contact, name_contact, record_absence
from agencies.services.partners import link_homes
from agencies.services.succession import plan_succession
from rules.vocabulary import AgreementKind, ContactPart

from .days import Days
from .names import CONTACT_GIVEN_NAMES, CONTACT_SURNAMES
from .places import HOUSING

MONITORING_CHANGED_ON = date(2024, 5, 1)
WITHOUT_MEMORANDUM = "ncha"
WITHOUT_CONTACT = HOUSING["South Derbyshire"]
WITHOUT_DEPUTY = "community-health"
ISA_ENDS: dict[str, int] = {"community-health": -47, HOUSING["Bolsover"]: -12, "tagging": 30}
HOMES: tuple[tuple[str, str], ...] = (("futures", "Amber Valley"), ("platform", "Derbyshire Dales"))
# Without a duty to co-operate, or part of a body that has it; they name contacts all the same.
OTHERS_WITH_CONTACTS = ("omu-nottingham", "victim-unit", "casework")

# Of those who sign in, the ones who are their agency's contact or deputy. The others are made up below.
KNOWN: dict[tuple[str, ContactPart], str] = {
    (HOUSING["Erewash"], ContactPart.SPOC): "chris.yaffle@example.org",
    (HOUSING["Erewash"], ContactPart.DEPUTY): "mo.pipit@example.org",
    ("county-children", ContactPart.SPOC): "ellie.brambling@example.org",
    ("city-adults", ContactPart.SPOC): "rob.fieldfare@example.org",
    ("healthcare-trust", ContactPart.SPOC): "nia.chough@example.org",
    ("jobcentre", ContactPart.SPOC): "gary.stonechat@example.org",
    ("immigration", ContactPart.SPOC): "asha.linnet@example.org",
    ("tagging", ContactPart.SPOC): "tariq.knot@example.org",
    ("omu-nottingham", ContactPart.SPOC): "fay.corncrake@example.org",
}
_SINCE = -900
_AWAY = ("imran.lapwing@example.org", 9, 16)


def load_partners(
    by: Principal,
    day: Days,
    agencies: Mapping[str, Agency],
    authorities: Mapping[str, LocalHousingAuthority],
    users: Mapping[str, User],
) -> None:
    """Write it all through the services; ``agencies`` by key, ``authorities`` by district, ``users`` by e-mail."""
    today = day.today
    plan_succession(
        by=by,
        today=today,
        area_id=agencies["tagging"].area_id,
        predecessor_ids=[agencies["tagging-before"].pk],
        successor_id=agencies["tagging"].pk,
        happens_on=MONITORING_CHANGED_ON,
        reason="The contract for electronic monitoring changed hands.",
    )
    for key in _with_part_in_law(agencies):
        _agreements(by, day, key, agencies[key])
    for landlord, district in HOMES:
        link_homes(
            by=by, today=today, landlord_id=agencies[landlord].pk, authority=authorities[district], starts_on=day(-365)
        )
    _contacts(by, day, agencies, users)
    email, first, last = _AWAY
    record_absence(by=by, today=today, user_id=users[email].pk, starts_on=day(first), ends_on=day(last))


def _with_part_in_law(agencies: Mapping[str, Agency]) -> Iterator[str]:
    """Keys of the bodies, not their teams, that sign and name contacts today."""
    for key, agency in agencies.items():
        if key != "tagging-before" and agency.starts_on and has_part_in_law(agency.duty) and agency.part_of_id is None:
            yield key


def _agreements(by: Principal, day: Days, key: str, agency: Agency) -> None:
    today = day.today
    if key != WITHOUT_MEMORANDUM:
        record_agreement(by=by, today=today, agency_id=agency.pk, kind=AgreementKind.MEMORANDUM, signed_on=day(-700))
    ends = day(ISA_ENDS.get(key, 200))
    record_agreement(
        by=by, today=today, agency_id=agency.pk, kind=AgreementKind.INFORMATION_SHARING, signed_on=day(-500),
        expires_on=ends,
    )  # fmt: skip


def _contacts(by: Principal, day: Days, agencies: Mapping[str, Agency], users: Mapping[str, User]) -> None:
    numbers = count()
    for key in (*_with_part_in_law(agencies), *OTHERS_WITH_CONTACTS):
        for part in ContactPart:
            if (key, part) == (WITHOUT_DEPUTY, ContactPart.DEPUTY):
                continue
            known = KNOWN.get((key, part))
            user = users[known] if known else _made_up(by, next(numbers))
            if known is None:
                add_membership(
                    by=by, user=user, agency=agencies[key], role=Role.SPOC, starts_on=day(_SINCE),
                    manages=part is ContactPart.SPOC,
                )  # fmt: skip
            contact = name_contact(
                by=by, today=day.today, agency_id=agencies[key].pk, user_id=user.pk, part=part, starts_on=day(_SINCE)
            )
            if (key, part) == (WITHOUT_CONTACT, ContactPart.SPOC):
                end_contact(by=by, today=day.today, contact_id=contact.pk, ends_on=day(-141))


def _made_up(by: Principal, number: int) -> User:
    """A contact who has not signed in yet: no password is set."""
    given = CONTACT_GIVEN_NAMES[number % len(CONTACT_GIVEN_NAMES)]
    family = CONTACT_SURNAMES[number % len(CONTACT_SURNAMES)]
    return create_user(by=by, email=f"{given}.{family}@example.org".lower(), given_name=given, family_name=family)
