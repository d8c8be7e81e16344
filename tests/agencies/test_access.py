"""Corners of the access engine that one reads better as sentences than as random worlds."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission

from agencies.access import can, can_in_area, remembering, visible, was_visible, who_can
from agencies.models import Agency, Area, Membership, User
from agencies.principal import Principal
from agencies.roles import Perm, Role
from agencies.roots import RootError, register_root
from audit.models import Change
from cases.models import CaseParticipation, Exclusion, Identifier, Nominal
from rules.vocabulary import IdentifierKind, ParticipationSource
from tests.factories.agencies import AreaFactory, MembershipFactory, UserFactory, principal_for

DAY = date(2026, 3, 27)

pytestmark = pytest.mark.django_db


def test_model_without_root_is_readable_by_nobody_by_accident() -> None:
    class Bare(Change):
        access_root = None  # type: ignore[assignment]

        class Meta:
            proxy = True
            app_label = "tests"

    with pytest.raises(TypeError, match="access_root"):
        visible(Principal.system("test", on=DAY), Bare.objects.all(), Perm.NOMINAL_VIEW)


def test_second_root_is_refused() -> None:
    with pytest.raises(RootError):
        register_root(
            User,
            area_field="area",
            handling_field="handling",
            agency_grants=Agency,
            person_grants=Agency,
            exclusions=Agency,
        )


def test_reference_tables_open_with_the_permission() -> None:
    coordinator = principal_for(MembershipFactory(), on=DAY)
    administrator = principal_for(MembershipFactory(role=Role.SYSTEM_ADMINISTRATOR), on=DAY)
    assert not visible(coordinator, User.objects.all(), Perm.SETTINGS_VIEW).exists()
    assert visible(administrator, User.objects.all(), Perm.SETTINGS_VIEW).count() == 2


def test_agency_reaches_nothing_through_a_role_that_has_ended() -> None:
    """Even for a principal that was made while the role still held."""
    membership = MembershipFactory(role=Role.SPOC)
    by = principal_for(membership, on=DAY)
    nominal = Nominal.objects.create(area=membership.area, family_name="Galena")
    CaseParticipation.objects.create(
        group=membership.agency.group,
        permission=Permission.objects.get(codename="take_part"),
        content_object=nominal,
        source=next(iter(ParticipationSource)),
        starts_on=DAY,
    )
    assert can(by, Perm.NOMINAL_VIEW, nominal)
    Membership.objects.filter(pk=membership.pk).update(ends_on=DAY - timedelta(days=1))
    assert not can(by, Perm.NOMINAL_VIEW, nominal)


def test_refusal_names_role_and_permission() -> None:
    practitioner = principal_for(MembershipFactory(role=Role.PRACTITIONER), on=DAY)
    decision = can(practitioner, Perm.LEVEL_RECORD)
    assert not decision
    assert (
        decision.reasons[0].text
        == "The role you act in (Practitioner) is not allowed to record a decision on the level."
    )


def test_without_a_role_only_the_own_account() -> None:
    by = Principal.for_user(UserFactory(), on=DAY)
    assert [perm for perm in Perm if can(by, perm)] == [Perm.ACCOUNT]


def test_what_does_not_exist_yet_is_made_in_ones_own_area() -> None:
    membership = MembershipFactory()
    by = principal_for(membership, on=DAY)
    assert can_in_area(by, Perm.NOMINAL_RECORD, membership.area_id)
    assert can_in_area(by, Perm.NOMINAL_RECORD, AreaFactory().pk).reasons[0].rule == "R97"
    assert not can_in_area(principal_for(MembershipFactory(role=Role.SPOC), on=DAY), Perm.NOMINAL_RECORD, 1)
    assert can_in_area(Principal.system("test", on=DAY), Perm.NOMINAL_RECORD, membership.area_id)


def test_who_can_of_a_reference_row_is_whoever_has_the_permission() -> None:
    administrator = MembershipFactory(role=Role.SYSTEM_ADMINISTRATOR)
    MembershipFactory()
    holders = who_can(Perm.USERS_EDIT, UserFactory(), on=DAY)
    assert [holder.membership_id for holder in holders] == [administrator.pk]


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        pytest.param(date(2026, 1, 31), False, id="day before"),
        pytest.param(date(2026, 2, 1), True, id="first day"),
        pytest.param(date(2026, 2, 28), True, id="last day"),
        pytest.param(date(2026, 3, 1), False, id="day after"),
    ],
)
def test_role_acts_from_its_first_day_to_its_last(day: date, holds: bool) -> None:
    membership = MembershipFactory(starts_on=date(2026, 2, 1), ends_on=date(2026, 2, 28))
    assert membership.holds_on(day) is holds
    assert Membership.objects.on(day).exists() is holds


def test_a_page_that_is_read_asks_once_for_each_scope(django_assert_num_queries: Any) -> None:
    area: Area = AreaFactory.create()
    member = MembershipFactory.create(area=area, role=Role.COORDINATOR)
    by = Principal.for_membership(member, on=DAY)
    man = Nominal.objects.create(area=area, family_name="Marl")
    with remembering(), django_assert_num_queries(1):
        assert can(by, Perm.NOMINAL_VIEW, man)
        assert can(by, Perm.NOMINAL_EDIT, man)
        assert not can(by, Perm.SETTINGS_VIEW, man)


def test_what_a_page_was_just_given_is_not_asked_for_again(django_assert_num_queries: Any) -> None:
    area: Area = AreaFactory.create()
    by = Principal.for_membership(MembershipFactory.create(area=area, role=Role.COORDINATOR), on=DAY)
    man, other = (Nominal.objects.create(area=area, family_name=name) for name in ("Marl", "Loam"))
    number = Identifier.objects.create(nominal=man, kind=IdentifierKind.CRN, value="X1", normalised="X1", valid=True)
    with remembering(), django_assert_num_queries(1):
        was_visible(by, Perm.NOMINAL_VIEW, man)
        assert can(by, Perm.NOMINAL_EDIT, man)
        assert can(by, Perm.NOMINAL_VIEW, other), "asked for, as nobody has said it"
    was_visible(by, Perm.NOMINAL_VIEW, man)
    with remembering(), django_assert_num_queries(1):
        was_visible(by, Perm.NOMINAL_VIEW, number)
        assert can(by, Perm.NOMINAL_VIEW, number), "asked for: what belongs to a person may be open another way"


def test_nothing_is_remembered_beyond_the_page() -> None:
    area: Area = AreaFactory.create()
    member = MembershipFactory.create(area=area, role=Role.COORDINATOR)
    by = Principal.for_membership(member, on=DAY)
    man = Nominal.objects.create(area=area, family_name="Marl")
    with remembering():
        assert can(by, Perm.NOMINAL_VIEW, man)
    Exclusion.objects.create(nominal=man, user=member.user, reason="A neighbour", starts_on=DAY)
    assert not can(by, Perm.NOMINAL_VIEW, man)
    with remembering():
        assert not can(by, Perm.NOMINAL_VIEW, man)
