"""Accounts: invited, given roles, disabled; what takes two persons; and that somebody is always left who can."""

from datetime import date, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from agencies import services
from agencies.models import Area, Membership, User
from agencies.models.accounts import Act, Invitation, TwoPersonAct
from agencies.principal import Principal
from agencies.roles import Role
from agencies.services.handover import may_hand_over
from agencies.services.invitations import (
    accept_invitation,
    invite_user,
    may_accept_invitation,
    may_invite_user,
    may_send_invitation,
    open_invitation,
    send_invitation,
)
from agencies.services.two_persons import (
    ask_two_persons,
    confirm_two_persons,
    may_ask_two_persons,
    may_confirm_two_persons,
    open_acts,
    withdraw_two_persons,
)
from rules.core import Refused
from tests.factories.agencies import PASSWORD, AgencyFactory, AreaFactory, MembershipFactory, UserFactory, principal_for

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 27)
SYSTEM = Principal.system("test", on=DAY)


@pytest.fixture
def area() -> Area:
    return AreaFactory.create()


@pytest.fixture
def kit(area: Area) -> Principal:
    return administrator(area)


@pytest.fixture
def robin(area: Area) -> Principal:
    return administrator(area)


def administrator(area: Area) -> Principal:
    return principal_for(MembershipFactory.create(area=area, role=Role.SYSTEM_ADMINISTRATOR), on=DAY)


def member(area: Area, **of: Any) -> User:
    return MembershipFactory.create(area=area, **of).user


def me(by: Principal) -> User:
    return User.objects.get(pk=by.user_id)


# --- Invitations --------------------------------------------------------------------------------------------------


class Keys(list[str]):
    """Stands for the address that a key is given: keeps the key."""

    def __call__(self, key: str) -> str:
        self.append(key)
        return f"https://mappa.example/invitation/{key}/"


def invite(by: Principal, keys: Keys, area: Area, **other: Any) -> User:
    given: dict[str, Any] = {"email": "Wyn.Dipper@example.org", "family_name": "Dipper", "given_name": "Wyn"}
    agency = AgencyFactory.create(area=area)
    given |= {"role": Role.SPOC, "agency": agency, "starts_on": DAY}
    return invite_user(by=by, link=keys, **{**given, **other})


def test_invited_person_gets_a_link_and_nothing_else(
    kit: Principal, area: Area, django_capture_on_commit_callbacks: Any
) -> None:
    keys = Keys()
    with django_capture_on_commit_callbacks(execute=True):
        user = invite(kit, keys, area)
    assert (user.email, user.has_usable_password()) == ("wyn.dipper@example.org", False)
    assert user.memberships.get().role == Role.SPOC
    (message,) = mail.outbox
    assert message.to == ["wyn.dipper@example.org"]
    assert keys[0] in message.body
    assert not any(word in message.subject + message.body for word in ("Dipper", "Wyn", "wyn.dipper"))
    invitation = user.invitations.get()
    assert keys[0] not in invitation.token_digest
    assert open_invitation(keys[0]) == invitation


def test_the_first_role_may_be_a_manager_s(kit: Principal, area: Area) -> None:
    assert invite(kit, Keys(), area, manages=True).memberships.get().manages
    with pytest.raises(Refused, match="R44"):
        invite(kit, Keys(), area, manages=True, role=Role.CHAIR, email="other@example.org")


def test_link_works_once(kit: Principal, area: Area) -> None:
    keys = Keys()
    user = invite(kit, keys, area)
    invitation = open_invitation(keys[0])
    assert invitation is not None
    by = Principal.for_user(user, on=DAY)
    accept_invitation(by=by, invitation=invitation, password=PASSWORD)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert open_invitation(keys[0]) is None
    with pytest.raises(Refused, match="does not work any more"):
        accept_invitation(by=by, invitation=invitation, password=PASSWORD + " again")


def test_link_expires(kit: Principal, area: Area) -> None:
    keys = Keys()
    user = invite(kit, keys, area)
    past = {"sent_at": Now() - timedelta(days=4), "expires_at": Now() - timedelta(seconds=1)}
    Invitation.objects.filter(user=user).update(**past)
    assert open_invitation(keys[0]) is None
    assert not may_accept_invitation(user.invitations.get(), by=Principal.for_user(user, on=DAY))


def test_new_link_ends_the_old_one(kit: Principal, area: Area) -> None:
    keys = Keys()
    user = invite(kit, keys, area)
    send_invitation(by=kit, user=user, link=keys)
    assert open_invitation(keys[0]) is None
    assert open_invitation(keys[1]) is not None


def test_disabled_account_is_not_opened_by_its_link(kit: Principal, area: Area) -> None:
    keys = Keys()
    user = invite(kit, keys, area)
    services.disable_user(by=kit, user=user)
    services.enable_user(by=kit, user=user)
    assert open_invitation(keys[0]) is None


def test_link_of_somebody_else_is_refused(kit: Principal, area: Area) -> None:
    keys = Keys()
    invitation = invite(kit, keys, area).invitations.get()
    assert not may_accept_invitation(invitation, by=kit)


def test_who_has_a_password_is_not_invited(kit: Principal, area: Area) -> None:
    assert not may_send_invitation(member(area), by=kit)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param({"email": "taken@example.org"}, "an account with this e-mail", id="address taken"),
        pytest.param({"role": Role.SYSTEM_ADMINISTRATOR}, "takes two persons", id="administrator"),
        pytest.param({"ends_on": DAY - timedelta(days=1)}, "before it begins", id="days out of order"),
        pytest.param({"agency": None}, "another MAPPA area", id="agency elsewhere"),
    ],
)
def test_invitations_that_are_refused(kit: Principal, area: Area, change: dict[str, Any], why: str) -> None:
    UserFactory.create(email="taken@example.org")
    given: dict[str, Any] = {
        "email": "new@example.org", "agency": AgencyFactory.create(area=area), "role": Role.SPOC, "starts_on": DAY,
    } | change  # fmt: skip
    given["agency"] = given["agency"] or AgencyFactory.create()
    decision = may_invite_user(by=kit, **given)
    assert why in " ".join(reason.text for reason in decision.reasons)
    assert not decision


# --- Roles, disabling ---------------------------------------------------------------------------------------------


def test_nobody_decides_on_themselves(kit: Principal, robin: Principal) -> None:
    user = me(kit)
    assert not services.may_disable_user(user, by=kit)
    assert not services.may_enable_user(user, by=kit)
    assert not services.may_add_membership(user, by=kit)
    assert not may_ask_two_persons(user, by=kit)
    assert not services.may_give_second_factor(user, by=robin)


def test_people_of_another_area_are_out_of_reach(kit: Principal) -> None:
    elsewhere = MembershipFactory.create()
    assert not services.may_disable_user(elsewhere.user, by=kit)
    assert not services.may_end_membership(elsewhere, by=kit)
    assert not may_ask_two_persons(elsewhere.user, by=kit)


def test_account_of_somebody_who_has_moved_is_the_other_area_s(kit: Principal, area: Area) -> None:
    """Whoever once held a role here and works elsewhere now is not disabled or cleared from here."""
    user = member(area, ends_on=DAY - timedelta(days=1), user__category_4=True)
    assert services.may_disable_user(user, by=kit)
    MembershipFactory.create(user=user)
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    for decision in (
        services.may_disable_user(user, by=kit),
        services.may_end_clearance(user, by=kit),
        may_ask_two_persons(user, by=kit, kind=Act.SECOND_FACTOR_RESET),
    ):
        assert "another MAPPA area now" in str(decision.reasons[0].text)
    assert services.may_add_membership(user, by=kit), "they may come back"
    MembershipFactory.create(user=user, area=area)
    assert services.may_disable_user(user, by=kit)


def test_the_last_administrator_stays(kit: Principal, area: Area) -> None:
    only = Membership.objects.get(pk=kit.membership_id)
    for by in (kit, SYSTEM):
        assert not services.may_disable_user(only.user, by=by)
        assert not services.may_end_membership(only, by=by, ends_on=DAY)
    second = administrator(area)
    assert services.may_disable_user(only.user, by=second)
    services.disable_user(by=second, user=only.user)
    assert not services.may_disable_user(me(second), by=SYSTEM)


def test_administrator_whose_role_ends_counts_until_then(kit: Principal, area: Area) -> None:
    """A colleague until next week is nobody from then on; a successor without an end makes the area safe again."""
    only, week = Membership.objects.get(pk=kit.membership_id), DAY + timedelta(days=7)
    second = MembershipFactory.create(area=area, role=Role.SYSTEM_ADMINISTRATOR, ends_on=week)
    for decision in (
        services.may_disable_user(only.user, by=SYSTEM),
        services.may_end_membership(only, by=SYSTEM),
        services.may_end_membership(only, by=SYSTEM, ends_on=DAY),
        services.may_end_membership(only, by=SYSTEM, ends_on=week + timedelta(days=70)),
        may_hand_over(only, by=SYSTEM, today=DAY, to=second.user, on=DAY),
    ):
        assert "without a system administrator" in str(decision.reasons[0].text)
    assert services.may_end_membership(second, by=SYSTEM, ends_on=DAY), "the other stays"
    MembershipFactory.create(area=area, role=Role.SYSTEM_ADMINISTRATOR, starts_on=week + timedelta(days=1))
    assert services.may_disable_user(only.user, by=SYSTEM)
    assert services.may_end_membership(only, by=SYSTEM, ends_on=DAY)
    services.end_membership(by=SYSTEM, membership=second, ends_on=week - timedelta(days=1))
    assert not services.may_disable_user(only.user, by=SYSTEM), "a day without anybody"
    assert services.may_end_membership(only, by=SYSTEM, ends_on=week)


def test_administrators_of_other_areas_do_not_count(kit: Principal) -> None:
    administrator(AreaFactory.create())
    assert not services.may_disable_user(me(kit), by=SYSTEM)


def test_account_with_clearance_is_not_opened_by_one_person(kit: Principal) -> None:
    with pytest.raises(Refused, match="two persons"):
        services.create_user(by=kit, email="a@example.org", family_name="Wren", category_4=True)


def test_clearance_is_taken_by_one_person(kit: Principal, area: Area) -> None:
    user = member(area, user__category_4=True)
    assert not services.end_clearance(by=kit, user=user).category_4


# --- Two persons --------------------------------------------------------------------------------------------------


def ask(by: Principal, user: User, kind: Act, **more: Any) -> TwoPersonAct:
    return ask_two_persons(by=by, user=user, kind=kind, reason="Lost with the telephone", **more)


def test_second_factor_is_reset_by_two(
    kit: Principal, robin: Principal, area: Area, django_capture_on_commit_callbacks: Any
) -> None:
    user = member(area)
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    act = ask(kit, user, Act.SECOND_FACTOR_RESET)
    assert Authenticator.objects.filter(user=user).exists()
    with pytest.raises(Refused, match="Another person"):
        confirm_two_persons(by=kit, act=act)
    with django_capture_on_commit_callbacks(execute=True):
        confirm_two_persons(by=robin, act=act)
    assert not Authenticator.objects.filter(user=user).exists()
    (message,) = mail.outbox
    assert message.to == [user.email]
    assert not any(word in message.subject + message.body for word in (user.family_name, user.given_name, user.email))
    with pytest.raises(Refused, match="no longer waits"):
        confirm_two_persons(by=robin, act=act)


def test_clearance_is_given_by_two(kit: Principal, robin: Principal, area: Area) -> None:
    user = member(area)
    act = ask(kit, user, Act.CATEGORY_4_CLEARANCE)
    user.refresh_from_db()
    assert not user.category_4
    confirm_two_persons(by=robin, act=act)
    user.refresh_from_db()
    assert user.category_4


def test_administrators_are_made_by_two(kit: Principal, robin: Principal, area: Area) -> None:
    user, agency = member(area), AgencyFactory.create(area=area)
    with pytest.raises(Refused, match="two persons"):
        services.add_membership(by=kit, user=user, agency=agency, role=Role.SYSTEM_ADMINISTRATOR, starts_on=DAY)
    act = ask(kit, user, Act.ADMINISTRATOR_ROLE, agency=agency)
    confirm_two_persons(by=robin, act=act)
    assert user.memberships.filter(role=Role.SYSTEM_ADMINISTRATOR, area=area, starts_on=DAY).exists()


def test_whoever_it_is_about_confirms_nothing(kit: Principal, area: Area) -> None:
    membership = MembershipFactory.create(area=area, role=Role.SYSTEM_ADMINISTRATOR)
    act = ask(kit, membership.user, Act.CATEGORY_4_CLEARANCE)
    assert not may_confirm_two_persons(act, by=principal_for(membership, on=DAY))


def test_what_nobody_confirms_expires(kit: Principal, robin: Principal, area: Area) -> None:
    user = member(area)
    act = ask(kit, user, Act.CATEGORY_4_CLEARANCE)
    assert not may_ask_two_persons(user, by=robin, kind=Act.CATEGORY_4_CLEARANCE)
    assert list(open_acts(robin)) == [act]
    past = {"asked_at": Now() - timedelta(days=2), "expires_at": Now() - timedelta(seconds=1)}
    TwoPersonAct.objects.filter(pk=act.pk).update(**past)
    assert list(open_acts(robin)) == []
    with pytest.raises(Refused, match="has expired"):
        confirm_two_persons(by=robin, act=act)
    assert ask(robin, user, Act.CATEGORY_4_CLEARANCE).pk != act.pk


def test_what_was_withdrawn_is_not_confirmed(kit: Principal, robin: Principal, area: Area) -> None:
    act = ask(kit, member(area), Act.CATEGORY_4_CLEARANCE)
    withdraw_two_persons(by=robin, act=act)
    with pytest.raises(Refused, match="no longer waits"):
        confirm_two_persons(by=robin, act=act)


def test_who_asked_must_still_administer(kit: Principal, robin: Principal, area: Area) -> None:
    """An administrator who is let go leaves nothing behind that a colleague confirms in good faith."""
    act = ask(kit, member(area), Act.CATEGORY_4_CLEARANCE)
    services.disable_user(by=robin, user=me(kit))
    with pytest.raises(Refused, match="administers no more"):
        confirm_two_persons(by=robin, act=act)
    assert not User.objects.get(pk=act.user_id).category_4


def test_acts_of_another_area_are_not_listed(kit: Principal, area: Area) -> None:
    ask(kit, member(area), Act.CATEGORY_4_CLEARANCE)
    assert not open_acts(administrator(AreaFactory.create())).exists()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        pytest.param({"confirmed_by": "kit"}, "by_two", id="confirmed by whoever asked"),
        pytest.param({"confirmed_by": "user"}, "by_two", id="confirmed by whom it is about"),
        pytest.param({"asked_by": "user"}, "not_asked_for_oneself", id="asked for oneself"),
        pytest.param({"reason": ""}, "with_reason", id="no reason"),
    ],
)
def test_the_database_holds_it_too(kit: Principal, area: Area, fields: dict[str, str], constraint: str) -> None:
    user = member(area)
    act = ask(kit, user, Act.CATEGORY_4_CLEARANCE)
    people = {"kit": kit.user_id, "user": user.pk}
    values: dict[str, Any] = {name: people.get(value, value) for name, value in fields.items()}
    if "confirmed_by" in values:
        values["confirmed_at"] = Now()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        TwoPersonAct.objects.filter(pk=act.pk).update(**values)
