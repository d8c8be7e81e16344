"""Agencies described, ended, tied to former homes; contacts, absences, agreements; the area's word."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from agencies.agreements import signed_by
from agencies.contacts import reachable_for, standing_of
from agencies.kinds import LETTERS, AgencyKind, Duty, duty_fits
from agencies.models import Absence, Agency, Area, Contact, Membership, User
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.queries import agencies_of
from agencies.roles import Role
from agencies.services import create_agency
from agencies.services.agreements import correct_agreement, record_agreement
from agencies.services.contacts import (
    end_absence,
    end_contact,
    may_record_absence,
    name_contact,
    record_absence,
)
from agencies.services.partners import (
    change_agency,
    end_agency,
    end_homes,
    link_homes,
    may_change_agency,
    set_person_word,
)
from rules.core import Refused
from rules.vocabulary import AgreementKind, AgreementState, ContactPart, PersonWord
from tests.factories.agencies import (
    AgencyFactory,
    AreaFactory,
    LocalHousingAuthorityFactory,
    MembershipFactory,
    UserFactory,
    principal_for,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
SPOC, DEPUTY = ContactPart.SPOC, ContactPart.DEPUTY


@pytest.fixture
def administrator() -> Membership:
    return MembershipFactory.create(role=Role.SYSTEM_ADMINISTRATOR)


@pytest.fixture
def by(administrator: Membership) -> Principal:
    return principal_for(administrator, on=TODAY)


@pytest.fixture
def area(administrator: Membership) -> Area:
    return administrator.area


@pytest.fixture
def agency(area: Area) -> Agency:
    return AgencyFactory.create(area=area, kind=AgencyKind.HEALTH_TRUST, duty=Duty.H)


def speaker(agency: Agency) -> User:
    return MembershipFactory.create(area=agency.area, agency=agency, role=Role.SPOC).user


def named(by: Principal, agency: Agency, user: User, part: ContactPart, starts_on: date = TODAY) -> Contact:
    return name_contact(by=by, today=TODAY, agency_id=agency.pk, user_id=user.pk, part=part, starts_on=starts_on)


# --- The bodies -----------------------------------------------------------------------------------------------------


def test_every_kind_has_its_letters_and_every_letter_a_kind() -> None:
    assert set(LETTERS) == set(AgencyKind)
    assert {duty for duties in LETTERS.values() for duty in duties} | {Duty.NONE} == set(Duty)


def test_a_duty_belongs_to_a_kind(by: Principal, area: Area) -> None:
    assert duty_fits(AgencyKind.HOUSING_AUTHORITY, Duty.D)
    assert duty_fits(AgencyKind.PRISON, Duty.NONE)
    with pytest.raises(Refused, match="does not come under"):
        create_agency(by=by, area=area, name="New", slug="new", kind=AgencyKind.POLICE, duty=Duty.D, starts_on=TODAY)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "takes_part"),
    [
        pytest.param(None, None, False, id="known, not begun"),
        pytest.param(TODAY + DAY, None, False, id="begins tomorrow"),
        pytest.param(TODAY, TODAY, True, id="today only"),
        pytest.param(TODAY - DAY, TODAY - DAY, False, id="ended yesterday"),
        pytest.param(TODAY - DAY, None, True, id="open"),
    ],
)
def test_who_takes_part_on_a_day(
    by: Principal, area: Area, starts_on: date | None, ends_on: date | None, takes_part: bool
) -> None:
    agency = AgencyFactory.create(area=area, starts_on=starts_on, ends_on=ends_on)
    assert agency.takes_part_on(TODAY) is takes_part
    assert agencies_of(by).filter(pk=agency.pk).exists() is takes_part


def test_the_database_refuses_an_end_without_a_beginning(area: Area) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AgencyFactory.create(area=area, starts_on=None, ends_on=TODAY)


def test_an_agency_is_described_anew(by: Principal, agency: Agency) -> None:
    change_agency(
        by=by, today=TODAY, agency_id=agency.pk, name=" Peak Trust ", kind=AgencyKind.HEALTH_BOARD, duty=Duty.G,
        part_of=None, housing_authority=None, starts_on=TODAY,
    )  # fmt: skip
    agency.refresh_from_db()
    assert (agency.name, agency.kind, agency.duty, agency.starts_on) == ("Peak Trust", "health_board", "g", TODAY)


def test_an_agency_is_not_part_of_itself_by_way_of_another(by: Principal, agency: Agency) -> None:
    team = AgencyFactory.create(area=agency.area, part_of=agency)
    decision = may_change_agency(
        agency, by=by, today=TODAY, name="New", kind=AgencyKind.HEALTH_TRUST, part_of=team, starts_on=TODAY
    )
    assert [reason.text for reason in decision.reasons] == ["It would be part of itself."]


def test_another_area_s_agency_is_not_ours_to_change(by: Principal) -> None:
    assert not may_change_agency(AgencyFactory.create(area=AreaFactory.create()), by=by, today=TODAY)


def test_an_agency_with_open_work_needs_a_successor(by: Principal, agency: Agency) -> None:
    member = MembershipFactory.create(area=agency.area, agency=agency)
    with pytest.raises(Refused, match="open work"):
        end_agency(by=by, today=TODAY, agency_id=agency.pk, ends_on=TODAY)
    Membership.objects.filter(pk=member.pk).update(ends_on=TODAY)
    end_agency(by=by, today=TODAY, agency_id=agency.pk, ends_on=TODAY)
    agency.refresh_from_db()
    assert agency.ends_on == TODAY


def test_former_homes(by: Principal, area: Area, agency: Agency) -> None:
    landlord = AgencyFactory.create(area=area, kind=AgencyKind.SOCIAL_LANDLORD, duty=Duty.E)
    council = LocalHousingAuthorityFactory.create(area=area)
    link = link_homes(by=by, today=TODAY, landlord_id=landlord.pk, authority=council, starts_on=TODAY)
    with pytest.raises(Refused, match="already"):
        link_homes(by=by, today=TODAY, landlord_id=landlord.pk, authority=council, starts_on=TODAY + DAY)
    end_homes(by=by, today=TODAY, link_id=link.pk, ends_on=TODAY)
    link_homes(by=by, today=TODAY, landlord_id=landlord.pk, authority=council, starts_on=TODAY + DAY)
    with pytest.raises(Refused, match="landlord"):
        link_homes(by=by, today=TODAY, landlord_id=agency.pk, authority=council, starts_on=TODAY)


def test_the_area_has_a_word_and_it_is_not_child(by: Principal, area: Area) -> None:
    set_person_word(by=by, today=TODAY, area_id=area.pk, word=PersonWord.OFFENDER)
    area.refresh_from_db()
    assert area.person_word == "offender"
    with pytest.raises(Refused, match="child"):
        set_person_word(by=by, today=TODAY, area_id=area.pk, word=PersonWord.CHILD)


# --- Contacts -------------------------------------------------------------------------------------------------------


def test_a_contact_holds_the_role_for_the_agency(by: Principal, agency: Agency) -> None:
    with pytest.raises(Refused, match="role of single point of contact"):
        named(by, agency, UserFactory.create(), SPOC)
    elsewhere = speaker(AgencyFactory.create(area=agency.area))
    with pytest.raises(Refused):
        named(by, agency, elsewhere, SPOC)


def test_a_new_contact_ends_the_old_and_leaves_another_part(by: Principal, agency: Agency) -> None:
    first, second = speaker(agency), speaker(agency)
    named(by, agency, first, SPOC, TODAY - 50 * DAY)
    named(by, agency, second, DEPUTY, TODAY - 50 * DAY)
    named(by, agency, second, SPOC)
    spans = Contact.objects.filter(agency=agency).order_by("starts_on", "part")
    assert list(spans.values_list("user", "part", "starts_on", "ends_on")) == [
        (second.pk, "deputy", TODAY - 50 * DAY, TODAY - DAY),
        (first.pk, "spoc", TODAY - 50 * DAY, TODAY - DAY),
        (second.pk, "spoc", TODAY, None),
    ]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_contact_named_before_another_lasts_until_that_one(by: Principal, agency: Agency) -> None:
    first, second = speaker(agency), speaker(agency)
    named(by, agency, second, SPOC, TODAY + 10 * DAY)
    assert named(by, agency, first, SPOC).ends_on == TODAY + 9 * DAY


def test_who_is_reached(by: Principal, agency: Agency) -> None:
    first, second = speaker(agency), speaker(agency)
    assert reachable_for(agency, on=TODAY) is None
    assert len(standing_of(agency, on=TODAY).missing) == 2
    contact = named(by, agency, first, SPOC)
    named(by, agency, second, DEPUTY)
    assert reachable_for(agency, on=TODAY) == first
    away = record_absence(by=by, today=TODAY, user_id=first.pk, starts_on=TODAY + DAY, ends_on=TODAY + 3 * DAY)
    assert [reachable_for(agency, on=TODAY + days * DAY) for days in range(5)] == [first, second, second, second, first]
    standing = standing_of(agency, on=TODAY + DAY)
    assert (standing.deputy_stands_in, standing.spoc_away, standing.missing) == (True, away, ())
    record_absence(by=by, today=TODAY, user_id=second.pk, starts_on=TODAY + DAY, ends_on=TODAY + DAY)
    assert reachable_for(agency, on=TODAY + DAY) is None
    end_contact(by=by, today=TODAY, contact_id=contact.pk, ends_on=TODAY)
    later = standing_of(agency, on=TODAY + 5 * DAY)
    assert (later.reached, later.vacant_since, len(later.missing)) == (second, TODAY + DAY, 1)


def test_whoever_lost_the_role_or_the_account_is_not_reached(by: Principal, agency: Agency) -> None:
    first, second = speaker(agency), speaker(agency)
    named(by, agency, first, SPOC)
    named(by, agency, second, DEPUTY)
    Membership.objects.filter(user=first).update(ends_on=TODAY - DAY)
    assert reachable_for(agency, on=TODAY) == second
    User.objects.filter(pk=second.pk).update(is_active=False)
    assert reachable_for(agency, on=TODAY) is None
    assert len(standing_of(agency, on=TODAY).missing) == 2


def test_a_team_is_reached_through_the_whole(by: Principal, agency: Agency) -> None:
    user = speaker(agency)
    named(by, agency, user, SPOC)
    team = AgencyFactory.create(area=agency.area, part_of=agency, kind=agency.kind, duty=agency.duty)
    assert reachable_for(team, on=TODAY) == user
    assert standing_of(team, on=TODAY).missing == ()


def test_absence_is_one_s_own_or_the_administrator_s_to_record(by: Principal, agency: Agency) -> None:
    member = MembershipFactory.create(area=agency.area, agency=agency, role=Role.SPOC)
    colleague = principal_for(MembershipFactory.create(area=agency.area, agency=agency, role=Role.SPOC), on=TODAY)
    assert may_record_absence(member.user, by=principal_for(member, on=TODAY), today=TODAY)
    assert may_record_absence(member.user, by=by, today=TODAY)
    assert not may_record_absence(member.user, by=colleague, today=TODAY)
    assert not may_record_absence(UserFactory.create(), by=by, today=TODAY)


def test_back_early_or_not_gone_at_all(by: Principal, agency: Agency) -> None:
    user = speaker(agency)
    gone = record_absence(by=by, today=TODAY - 5 * DAY, user_id=user.pk, starts_on=TODAY - 5 * DAY, ends_on=TODAY)
    ahead = record_absence(by=by, today=TODAY, user_id=user.pk, starts_on=TODAY + DAY, ends_on=TODAY + DAY)
    with pytest.raises(Refused, match="already"):
        record_absence(by=by, today=TODAY, user_id=user.pk, starts_on=TODAY, ends_on=TODAY)
    end_absence(by=by, today=TODAY, absence_id=gone.pk)
    end_absence(by=by, today=TODAY, absence_id=ahead.pk)
    assert list(Absence.objects.values_list("ends_on", flat=True)) == [TODAY - DAY]


# --- Agreements -----------------------------------------------------------------------------------------------------


def test_agreements_are_recorded_and_put_right(by: Principal, agency: Agency) -> None:
    isa = AgreementKind.INFORMATION_SHARING
    row = record_agreement(
        by=by, today=TODAY, agency_id=agency.pk, kind=isa, signed_on=TODAY - 400 * DAY, expires_on=TODAY - DAY
    )
    params = parameters_for(agency.area)

    def states() -> list[tuple[AgreementState, bool]]:
        return [(each.state, each.wants_attention) for each in signed_by([agency], params, today=TODAY)[agency.pk]]

    assert states() == [(AgreementState.NEVER_SIGNED, True), (AgreementState.EXPIRED, True)]
    with pytest.raises(Refused, match="already"):
        record_agreement(by=by, today=TODAY, agency_id=agency.pk, kind=isa, signed_on=row.signed_on)
    correct_agreement(by=by, today=TODAY, agreement_id=row.pk, signed_on=row.signed_on, expires_on=None)
    assert states()[1] == (AgreementState.IN_FORCE, False)


def test_teams_and_others_are_asked_for_no_signature(agency: Agency) -> None:
    team = AgencyFactory.create(area=agency.area, part_of=agency)
    guest = AgencyFactory.create(area=agency.area, kind=AgencyKind.OTHER, duty=Duty.NONE)
    found = signed_by([team, guest], parameters_for(agency.area), today=TODAY)
    assert not [each for signed in found.values() for each in signed if each.wants_attention]
