"""Writes about people, areas and agencies: what they store, and what they refuse."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from agencies import services
from agencies.kinds import AgencyKind, Duty
from agencies.models import Area, Membership, User
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.reference import AREA_NAMES, load_all
from agencies.roles import MEMBERSHIP_ROLES, Role
from rules.core import Refused
from tests.factories.agencies import (
    PASSWORD,
    AgencyFactory,
    AreaFactory,
    LocalHousingAuthorityFactory,
    MembershipFactory,
    UserFactory,
    principal_for,
)

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 27)
SYSTEM = Principal.system("test", on=DAY)


def administrator(**of: object) -> Principal:
    return principal_for(MembershipFactory(role=Role.SYSTEM_ADMINISTRATOR, **of), on=DAY)


def test_areas_are_the_42_and_twice_is_once() -> None:
    assert len(set(AREA_NAMES)) == 42
    assert load_all(SYSTEM, DAY)["areas"] == 42
    assert load_all(SYSTEM, DAY + timedelta(days=1))["areas"] == 0
    assert set(Area.objects.values_list("name", flat=True)) == set(AREA_NAMES)
    assert set(Area.objects.values_list("starts_on", flat=True)) == {DAY}


def test_area_start_moves() -> None:
    area = AreaFactory()
    services.set_area_start(by=administrator(area=area), area=area, starts_on=DAY)
    area.refresh_from_db()
    assert area.starts_on == DAY


def test_administrators_look_after_their_own_area_only() -> None:
    """In a deployment of several areas no write of one reaches another."""
    by, area = administrator(), AreaFactory()
    police = {"kind": AgencyKind.POLICE, "starts_on": DAY}
    number = {"key": "review_level_2", "value": 100, "holds_from": DAY, "reason": "Agreed by the board"}
    writes: list[Callable[[], object]] = [
        lambda: services.set_area_start(by=by, area=area, starts_on=DAY),
        lambda: services.create_housing_authority(by=by, area=area, name="New"),
        lambda: services.create_panel_area(by=by, area=area, name="New", slug="new"),
        lambda: services.create_agency(by=by, area=area, name="New", slug="new", **police),
        lambda: services.set_parameter(by=by, area=area, **number),
    ]
    for write in writes:
        with pytest.raises(Refused, match="another MAPPA area"):
            write()
    with pytest.raises(Refused, match="by a command"):
        services.create_area(by=by, slug="new", name="New", starts_on=DAY)
    own = Area.objects.get(pk=by.area_id)
    member = MembershipFactory(area=own)
    with pytest.raises(Refused, match="another MAPPA area"):
        services.add_membership(by=by, user=member.user, agency=member.agency, role=Role.SPOC, starts_on=DAY, area=area)
    assert services.set_parameter(by=by, area=own, **number).area == own


def test_agency_comes_with_an_empty_group() -> None:
    area = AreaFactory(slug="peak")
    agency = services.create_agency(
        by=SYSTEM,
        area=area,
        name="Peak Constabulary",
        slug="police",
        kind=AgencyKind.POLICE,
        duty=Duty.NONE,
        starts_on=DAY,
    )
    assert agency.group.name == "peak/police"


def test_panel_area_of_another_areas_council_is_refused() -> None:
    council = LocalHousingAuthorityFactory()
    with pytest.raises(Refused, match="another MAPPA area"):
        services.create_panel_area(by=SYSTEM, area=AreaFactory(), name="North", slug="north", housing_authority=council)


def test_account_is_opened_with_an_address_that_counts_as_verified() -> None:
    user = services.create_user(by=administrator(), email="Helen@Example.org ", family_name="Curlew", password=PASSWORD)
    assert user.email == "helen@example.org"
    assert user.check_password(PASSWORD)
    assert EmailAddress.objects.get(user=user).verified


def test_account_without_password_opens_by_the_link_only() -> None:
    assert not services.create_user(by=SYSTEM, email="a@example.org", family_name="Wren").has_usable_password()


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("elevenchars", id="eleven characters"),
        pytest.param("qwerty123456", id="known to attackers"),
        pytest.param("siskin@example", id="like the e-mail address"),
    ],
)
def test_weak_password_is_refused_and_nothing_is_left(password: str) -> None:
    with pytest.raises(ValidationError):
        services.create_user(by=SYSTEM, email="siskin@example.org", family_name="Siskin", password=password)
    assert not User.objects.filter(email="siskin@example.org").exists()


@pytest.mark.parametrize("role", [role for role in MEMBERSHIP_ROLES if role is not Role.SYSTEM_ADMINISTRATOR])
def test_only_administrators_give_roles(role: Role) -> None:
    by = principal_for(MembershipFactory(role=role), on=DAY)
    with pytest.raises(Refused):
        services.add_membership(by=by, user=UserFactory(), agency=AgencyFactory(), role=Role.COORDINATOR, starts_on=DAY)


def test_role_is_given_in_the_agencys_area() -> None:
    agency = AgencyFactory()
    membership = services.add_membership(
        by=administrator(area=agency.area), user=UserFactory(), agency=agency, role=Role.CHAIR, starts_on=DAY
    )
    assert (membership.area, membership.role, membership.ends_on) == (agency.area, Role.CHAIR, None)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "refused"),
    [
        pytest.param(date(2026, 1, 1), date(2026, 1, 31), False, id="ends the day before"),
        pytest.param(date(2026, 1, 1), date(2026, 2, 1), True, id="shares the first day"),
        pytest.param(date(2026, 2, 28), None, True, id="shares the last day"),
        pytest.param(date(2026, 3, 1), None, False, id="begins the day after"),
        pytest.param(date(2026, 4, 2), date(2026, 4, 1), True, id="ends before it begins"),
    ],
)
def test_same_role_twice_on_a_day(starts_on: date, ends_on: date | None, refused: bool) -> None:
    held = MembershipFactory(starts_on=date(2026, 2, 1), ends_on=date(2026, 2, 28))
    give = {"by": SYSTEM, "user": held.user, "agency": held.agency, "role": Role.COORDINATOR, "area": held.area}
    if refused:
        with pytest.raises(Refused):
            services.add_membership(**give, starts_on=starts_on, ends_on=ends_on)
    else:
        services.add_membership(**give, starts_on=starts_on, ends_on=ends_on)
    assert Membership.objects.filter(user=held.user).count() == 1 + (not refused)


def test_database_itself_refuses_the_same_role_twice() -> None:
    held = MembershipFactory()
    MembershipFactory(user=held.user, agency=held.agency, area=held.area)
    with pytest.raises(IntegrityError, match="membership_once"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_role_of_the_system_is_held_by_nobody() -> None:
    with pytest.raises(Refused):
        services.add_membership(by=SYSTEM, user=UserFactory(), agency=AgencyFactory(), role=Role.SYSTEM, starts_on=DAY)
    with pytest.raises(IntegrityError, match="membership_role_known"), transaction.atomic():
        MembershipFactory(role=Role.SYSTEM)


@pytest.mark.parametrize(
    ("ends_on", "allowed"),
    [
        pytest.param(date(2026, 1, 31), False, id="before it began"),
        pytest.param(date(2026, 2, 1), True, id="on its first day"),
        pytest.param(date(2026, 3, 31), True, id="on its last day"),
        pytest.param(date(2026, 4, 1), True, id="later than was said, while that day lies ahead"),
    ],
)
def test_end_of_a_role(ends_on: date, allowed: bool) -> None:
    membership = MembershipFactory(starts_on=date(2026, 2, 1), ends_on=date(2026, 3, 31))
    assert bool(services.may_end_membership(membership, by=SYSTEM, ends_on=ends_on)) is allowed
    if allowed:
        assert services.end_membership(by=SYSTEM, membership=membership, ends_on=ends_on).ends_on == ends_on


def test_a_role_that_has_ended_does_not_end_later() -> None:
    membership = MembershipFactory(starts_on=date(2026, 2, 1), ends_on=SYSTEM.on - timedelta(days=1))
    assert not services.may_end_membership(membership, by=SYSTEM, ends_on=SYSTEM.on + timedelta(days=5))


def test_disabled_account_holds_no_role() -> None:
    membership = MembershipFactory()
    services.disable_user(by=SYSTEM, user=membership.user)
    assert not Membership.objects.on(DAY).filter(pk=membership.pk).exists()
    with pytest.raises(ValueError, match="does not hold"):
        Principal.for_membership(Membership.objects.get(pk=membership.pk), on=DAY)
    services.enable_user(by=SYSTEM, user=membership.user)
    assert Membership.objects.on(DAY).filter(pk=membership.pk).exists()


def test_area_sets_its_own_number_from_a_day() -> None:
    area = AreaFactory()
    services.set_parameter(
        by=SYSTEM, area=area, key="review_level_2", value=100, holds_from=DAY, reason="agreed by the board"
    )
    numbers = parameters_for(area)
    assert numbers.get("review_level_2", DAY) == 100
    assert numbers.get("review_level_2", DAY - timedelta(days=1)) == 112
    assert parameters_for(AreaFactory().pk).get("review_level_2", DAY) == 112


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        pytest.param("qualifying_term", 6, "wish", id="law"),
        pytest.param("review_level_2", 120, "wish", id="laxer than guidance"),
        pytest.param("review_level_2", 100, " ", id="no reason"),
        pytest.param("panel_quorum", 50, "wish", id="a quorum that no panel reaches"),
        pytest.param("ground_ending_second_alert", 6, "wish", id="the second alert with the first, of the rules"),
    ],
)
def test_number_that_an_area_may_not_set(key: str, value: int, reason: str) -> None:
    with pytest.raises(Refused):
        services.set_parameter(by=SYSTEM, area=AreaFactory(), key=key, value=value, holds_from=DAY, reason=reason)


def test_e_mail_address_is_kept_in_lower_case() -> None:
    with pytest.raises(IntegrityError, match="user_email_in_lower_case"), transaction.atomic():
        UserFactory(email="Upper@example.org")
