"""Signing in: by the real pages, with the second factor required."""

import re
import time
from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from agencies import services, sessions
from agencies.adapters import MFAAdapter
from agencies.models import Membership, User
from agencies.principal import Principal
from agencies.roles import Role
from audit.models import Access
from audit.reads import access_by_user
from tests.factories.agencies import PASSWORD, MembershipFactory, UserFactory, sign_in

pytestmark = pytest.mark.django_db

LOGIN, CODE, ROLE = "/account/sign-in/", "/account/second-factor/sign-in/", "/account/role/"
SYSTEM = Principal.system("test", on=date(2026, 3, 27))
WRONG = "The e-mail address or the password is not right."


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


def account(**fields: object) -> User:
    return services.create_user(by=SYSTEM, email="helen@example.org", family_name="Curlew", password=PASSWORD, **fields)


def seed_of(user: User) -> str:
    seed = generate_totp_secret()
    TOTP.activate(user, seed)
    return seed


def code_of(seed: str) -> str:
    """The code of now: it is taken for half a minute and no second longer, so one that is about to end is let pass."""
    if (left := 30 - time.time() % 30) < 4:
        time.sleep(left)
    return format_hotp_value(hotp_value(seed, int(time.time()) // 30))


def give_password(client: Client, password: str = PASSWORD, email: str = "helen@example.org") -> HttpResponse:
    return client.post(LOGIN, {"login": email, "password": password})


def accesses(user: User) -> list[Access]:
    return access_by_user(SYSTEM, user.pk)


def test_password_then_code_opens_the_page_of_the_role(client: Client) -> None:
    user = account()
    MembershipFactory(user=user)
    seed = seed_of(user)
    assert give_password(client)["Location"] == CODE
    assert client.post(CODE, {"code": code_of(seed)})["Location"] == "/"
    page = client.get(reverse("account"))
    assert page.status_code == 200
    assert page.wsgi_request.principal.role is Role.COORDINATOR
    assert "sign_in" in {row.kind for row in accesses(user)}


def test_code_works_once(client: Client) -> None:
    seed = seed_of(account())
    give_password(client)
    code = code_of(seed)
    client.post(CODE, {"code": code})
    other = Client()
    give_password(other)
    page = other.post(CODE, {"code": code})
    assert page.status_code == 200
    assert "has been used already" in page.text


@pytest.mark.parametrize(
    ("email", "password"),
    [
        pytest.param("helen@example.org", "not the password", id="wrong password"),
        pytest.param("nobody@example.org", PASSWORD, id="no such account"),
        pytest.param("gone@example.org", PASSWORD, id="disabled account"),
    ],
)
def test_refusals_look_alike(client: Client, email: str, password: str) -> None:
    account()
    gone = services.create_user(by=SYSTEM, email="gone@example.org", family_name="Swift", password=PASSWORD)
    services.disable_user(by=SYSTEM, user=gone)
    page = give_password(client, password, email)
    assert page.status_code == 200
    assert WRONG in page.text
    again = re.sub(r'value="[^"]*"|nonce="[^"]*"|[0-9a-f-]{36}', "", page.text)
    account_page = give_password(Client(), "not the password")
    assert again == re.sub(r'value="[^"]*"|nonce="[^"]*"|[0-9a-f-]{36}', "", account_page.text)


def test_sixth_wrong_password_is_not_even_tried(client: Client) -> None:
    account()
    for _ in range(5):
        give_password(client, "not the password")
    page = give_password(client)
    assert "Too many attempts" in page.text
    assert not page.wsgi_request.user.is_authenticated


def test_nobody_signs_up(client: Client) -> None:
    assert client.get("/account/signup/").status_code == 404
    assert client.get("/account/email/").status_code == 404


def test_nothing_opens_without_a_second_factor(client: Client) -> None:
    user = account()
    MembershipFactory(user=user)
    give_password(client)
    for name in ("account", "role-choose", "mfa_index", "usersessions_list", "account_change_password"):
        page = client.get(reverse(name))
        assert page.status_code == 302, name
        assert page["Location"].startswith(reverse("mfa_activate_totp"))
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    assert '<svg role="img"' in page.text
    seed = page.context["form"].secret
    done = client.post(reverse("mfa_activate_totp"), {"code": code_of(seed)})
    assert done["Location"] == reverse("mfa_view_recovery_codes")
    assert client.get(reverse("account")).status_code == 200
    codes = client.get(done["Location"]).context["unused_codes"]
    assert len(codes) == 10
    assert all(len(code) >= 12 for code in codes)


def test_session_from_before_the_second_factor_must_give_it(client: Client) -> None:
    user = account()
    give_password(client)
    seed_of(user)
    assert client.get(reverse("account"))["Location"].startswith(reverse("mfa_reauthenticate"))


def test_demonstration_may_do_without(client: Client, settings: Settings) -> None:
    settings.MAPPA_SECOND_FACTOR_REQUIRED = False
    user = account()
    MembershipFactory(user=user)
    give_password(client)
    assert client.get(reverse("account")).status_code == 200


def test_seed_rests_encrypted(settings: Settings) -> None:
    user = account()
    seed = seed_of(user)
    stored = Authenticator.objects.get(user=user).data["secret"]
    assert seed not in stored
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key of sufficient length, made for this test only"
    with pytest.raises(ValueError, match="another secret key"):
        MFAAdapter().decrypt(stored)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert MFAAdapter().decrypt(stored) == seed


def test_administrator_with_a_short_password_must_change_it(client: Client) -> None:
    """Twelve characters do for others; fifteen are asked of whoever configures the system."""
    user = services.create_user(by=SYSTEM, email="kit@example.org", family_name="Swift", password="gneiss-heron")
    MembershipFactory(user=user, role=Role.SYSTEM_ADMINISTRATOR)
    seed = seed_of(user)
    give_password(client, "gneiss-heron", "kit@example.org")
    client.post(CODE, {"code": code_of(seed)})
    assert client.get(reverse("account"))["Location"].startswith(reverse("account_change_password"))
    change = {"oldpassword": "gneiss-heron", "password1": "granite-siskin", "password2": "granite-siskin"}
    assert "at least 15 characters" in client.post(reverse("account_change_password"), change).text
    change |= {"password1": "granite-siskins", "password2": "granite-siskins"}
    assert client.post(reverse("account_change_password"), change).status_code == 302
    assert client.get(reverse("account")).status_code == 200


def test_forgotten_password(client: Client) -> None:
    account()
    for email in ("helen@example.org", "nobody@example.org"):
        page = client.post(reverse("account_reset_password"), {"email": email})
        assert page["Location"] == reverse("account_reset_password_done")
    (message,) = mail.outbox
    assert message.to == ["helen@example.org"]
    assert "Curlew" not in message.body + message.subject
    link = re.search(r"http://testserver(/\S+)", message.body)
    assert link
    page = client.get(client.get(link[1])["Location"])
    assert page.status_code == 200
    new = "harrier lantern feldspar"
    done = client.post(page.wsgi_request.path, {"password1": new, "password2": new})
    assert done["Location"] == reverse("account_reset_password_from_key_done")
    assert not done.wsgi_request.user.is_authenticated
    assert WRONG in give_password(client).text
    assert give_password(client, new).status_code == 302
    assert "This link does not work" in Client().get(link[1]).text


def test_failed_sign_in_leaves_evidence_without_the_address(client: Client) -> None:
    user = account()
    seed_of(user)
    give_password(client)
    client.post(CODE, {"code": "000000"})
    row = next(row for row in accesses(user) if row.kind == "sign_in")
    assert row.reason == "second factor"
    assert row.outcome == "failed"


def test_signing_out(client: Client) -> None:
    user = account()
    MembershipFactory(user=user)
    sign_in(client, user)
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.post(reverse("account_logout"))["Location"] == LOGIN
    assert client.get(reverse("account"))["Location"].startswith(LOGIN)
    assert "sign_out" in {row.kind for row in accesses(user)}


# --- The acting role ----------------------------------------------------------------------------------------------


def two_roles() -> tuple[User, Membership, Membership]:
    user = UserFactory()
    return user, MembershipFactory(user=user), MembershipFactory(user=user, role=Role.CHAIR)


def test_several_roles_must_choose(client: Client) -> None:
    user, _, chair = two_roles()
    sign_in(client, user)
    client.get(reverse("account"))
    page = client.get(ROLE)
    assert "Act as MAPPA coordinator" in page.text
    assert page.wsgi_request.principal.role is None
    assert client.post(ROLE, {"membership": chair.pk, "next": "/account/"})["Location"] == "/account/"
    page = client.get("/account/")
    assert page.wsgi_request.principal.role is Role.CHAIR
    assert page.wsgi_request.principal.agency_id == chair.agency_id


def test_page_head_offers_the_other_role_by_one_press(client: Client) -> None:
    user, coordinator, chair = two_roles()
    sign_in(client, user, acting=coordinator)
    page = client.get("/account/")
    assert "Act as Chair" in page.text
    assert "Act as MAPPA coordinator" not in page.text
    assert client.post(ROLE, {"membership": chair.pk})["Location"] == "/"
    assert "Act as MAPPA coordinator" in client.get("/account/").text


@pytest.mark.parametrize("onward", ["https://example.com/", "//example.com/", "javascript:alert(1)"])
def test_choice_leads_nowhere_else(client: Client, onward: str) -> None:
    user, coordinator, _ = two_roles()
    sign_in(client, user)
    assert client.post(ROLE, {"membership": coordinator.pk, "next": onward})["Location"] == "/"


def test_role_of_somebody_else_cannot_be_chosen(client: Client) -> None:
    user, _, _ = two_roles()
    sign_in(client, user)
    page = client.post(ROLE, {"membership": MembershipFactory().pk})
    assert page.status_code == 422
    assert page.wsgi_request.session.get(sessions.ACTING) is None


def test_role_that_ended_is_dropped_at_the_next_request(client: Client) -> None:
    user, coordinator, chair = two_roles()
    sign_in(client, user, acting=chair)
    today = client.get("/account/").wsgi_request.principal.on
    services.end_membership(by=SYSTEM, membership=chair, ends_on=today - timedelta(days=1))
    principal = client.get("/account/").wsgi_request.principal
    assert principal.membership_id == coordinator.pk
    services.end_membership(by=SYSTEM, membership=coordinator, ends_on=today - timedelta(days=1))
    page = client.get("/account/")
    assert page.wsgi_request.principal.role is None
    assert "You hold no role today" in client.get(ROLE).text


def test_disabling_acts_at_the_next_request(client: Client) -> None:
    user = UserFactory()
    MembershipFactory(user=user)
    sign_in(client, user)
    assert client.get("/account/").status_code == 200
    services.disable_user(by=SYSTEM, user=user)
    assert client.get("/account/")["Location"].startswith(LOGIN)


def test_no_session_outlives_ten_hours(client: Client) -> None:
    user = UserFactory()
    MembershipFactory(user=user)
    sign_in(client, user)
    session = client.session
    session[sessions.SIGNED_IN_AT] = time.time() - sessions.LONGEST.total_seconds() + 60
    session.save()
    assert client.get("/account/").status_code == 200
    session = client.session
    session[sessions.SIGNED_IN_AT] = time.time() - sessions.LONGEST.total_seconds() - 1
    session.save()
    assert client.get("/account/")["Location"].startswith(LOGIN)


def test_sessions_are_listed_and_the_others_end(client: Client) -> None:
    user = UserFactory()
    MembershipFactory(user=user)
    other = Client(HTTP_USER_AGENT="Another browser")
    for browser in (client, other):
        sign_in(browser, user)
        assert browser.get("/account/").status_code == 200
    page = client.get(reverse("usersessions_list"))
    assert "Another browser" in page.text
    client.post(reverse("usersessions_list"))
    assert client.get("/account/").status_code == 200
    assert other.get("/account/")["Location"].startswith(LOGIN)


def test_every_page_of_the_account_draws(client: Client) -> None:
    user = account()
    MembershipFactory(user=user)
    seed_of(user)
    sign_in(client, user)
    for name in (
        "account",
        "role-choose",
        "account_change_password",
        "account_reauthenticate",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_deactivate_totp",
        "mfa_generate_recovery_codes",
        "usersessions_list",
        "account_logout",
    ):
        page = client.get(reverse(name))
        assert page.status_code == 200, name
        assert "OFFICIAL-SENSITIVE" in page.text
        assert "{%" not in page.text
        assert "{#" not in page.text


def test_way_back_from_the_pages_of_the_second_factor(client: Client) -> None:
    user = account()
    seed_of(user)
    sign_in(client, user)
    for name in ("mfa_deactivate_totp", "mfa_generate_recovery_codes"):
        page = client.get(reverse(name)).text
        assert f'<a href="{reverse("mfa_index")}" class="govuk-back-link"' in page, name


def test_password_alone_adds_no_passkey_beside_a_second_factor(client: Client) -> None:
    """Or whoever has the password would have the second factor too."""
    user = account()
    give_password(client)
    assert client.get(reverse("mfa_add_webauthn")).status_code == 200
    seed_of(user)
    for name in ("mfa_add_webauthn", "mfa_activate_totp"):
        assert client.get(reverse(name))["Location"].startswith(reverse("mfa_reauthenticate")), name
