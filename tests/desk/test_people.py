"""The pages of accounts: list, search, one account, and what an administrator does on them."""

import html
import re
import time
from typing import Any
from urllib.parse import unquote

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from agencies.models import Area, Membership, User
from agencies.models.accounts import Act, TwoPersonAct
from agencies.roles import Role
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory, sign_in
from tests.factories.visits import day, hidden, text_of, visitor

pytestmark = pytest.mark.django_db

ADMINISTRATOR = Role.SYSTEM_ADMINISTRATOR
PASSWORD = "harrier lantern feldspar"


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def area() -> Area:
    return AreaFactory.create()


@pytest.fixture
def kit(area: Area) -> Client:
    return visitor(area, ADMINISTRATOR)[0]


def colleague(area: Area, **of: Any) -> User:
    of.setdefault("role", Role.SPOC)
    return MembershipFactory.create(area=area, **of).user


def long_ago(client: Client) -> None:
    """The proof of who one is lies ten minutes back."""
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - 600
    session.save()


def test_list_shows_the_area_and_no_other(kit: Client, area: Area) -> None:
    here, elsewhere = colleague(area), MembershipFactory.create().user
    page = text_of(kit.get(reverse("users")))
    assert here.family_name in page
    assert elsewhere.family_name not in page
    assert kit.get(reverse("user", args=[elsewhere.pk])).status_code == 404


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        pytest.param("active", {"active"}, id="active"),
        pytest.param("invited", {"invited"}, id="invited"),
        pytest.param("disabled", {"disabled"}, id="disabled"),
    ],
)
def test_filter_by_state_agrees_with_the_tag(kit: Client, area: Area, state: str, shown: set[str]) -> None:
    people = {"active": colleague(area), "disabled": colleague(area, user__is_active=False), "invited": colleague(area)}
    people["invited"].set_unusable_password()
    people["invited"].save(update_fields=["password"])
    page = text_of(kit.get(reverse("users"), {"state": state}))
    assert {name for name, user in people.items() if user.email in page} == shown


def test_search_finds_by_name_and_address_and_keeps_both_out_of_the_address(kit: Client, area: Area) -> None:
    user = colleague(area, user__family_name="Dipper")
    for text in ("dip", user.email[:8], f"robin {user.email}"):
        page = kit.post(reverse("user-search"), {"text": text})
        assert user.email in page.text
        assert page.wsgi_request.get_full_path() == "/people/search/"
    assert "No account found" in kit.post(reverse("user-search"), {"text": "zzz"}).text


def invite(client: Client, area: Area, **said: str) -> Any:
    form = client.get(reverse("user-invite"))
    agency = AgencyFactory.create(area=area)
    given = {
        "given_name": "Wyn", "family_name": "Dipper", "email": "wyn.dipper@example.org", "agency": str(agency.pk),
        "role": Role.SPOC.value,
    }  # fmt: skip
    return client.post(reverse("user-invite"), hidden(form) | day("starts_on", "2026-11-02") | given | said)


def link_of(message: Any) -> str:
    found = re.search(r"http://testserver(/\S+)", message.body)
    assert found
    return found[1]


def test_invitation_opens_an_account_once(
    kit: Client, area: Area, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        done = invite(kit, area)
    user = User.objects.get(email="wyn.dipper@example.org")
    assert done["Location"] == reverse("user", args=[user.pk])
    assert "Invited" in text_of(kit.get(done["Location"]))
    link = link_of(mail.outbox[0])
    newcomer = Client()
    assert newcomer.get(link)["Location"] == reverse("invitation-accept")
    page = newcomer.get(reverse("invitation-accept"))
    assert "Set a password first" in page.text
    weak = newcomer.post(reverse("invitation-accept"), {"password1": "short", "password2": "short"})
    assert weak.status_code == 422
    assert "at least 12 characters" in weak.text
    twice = newcomer.post(reverse("invitation-accept"), {"password1": PASSWORD, "password2": PASSWORD + "x"})
    assert "not the same" in twice.text
    done = newcomer.post(reverse("invitation-accept"), {"password1": PASSWORD, "password2": PASSWORD})
    assert done.status_code == 302
    for name in ("account", "users", "role-choose", "today"):
        assert newcomer.get(reverse(name))["Location"].startswith(reverse("mfa_activate_totp")), name
    assert newcomer.get(reverse("mfa_activate_totp")).status_code == 200
    again = Client()
    again.get(link)
    assert "This link does not work" in again.get(reverse("invitation-accept")).text


def test_link_that_never_was_looks_like_one_that_is_used(client: Client) -> None:
    client.get(reverse("invitation-open", args=["no-such-key"]))
    page = client.get(reverse("invitation-accept"))
    assert page.status_code == 200
    assert "This link does not work" in page.text


def test_invited_person_gets_no_link_for_a_forgotten_password(kit: Client, area: Area) -> None:
    invite(kit, area)
    Client().post(reverse("account_reset_password"), {"email": "wyn.dipper@example.org"})
    assert mail.outbox == []


def test_known_address_is_refused_with_all_that_was_typed(kit: Client, area: Area) -> None:
    invite(kit, area)
    page = invite(kit, area, email="Wyn.Dipper@example.org", family_name="Ouzel")
    assert page.status_code == 422
    assert "There is an account with this e-mail address already: give the role on the person" in page.text
    assert 'value="Ouzel"' in page.text


def test_administrator_is_no_role_to_choose(kit: Client, area: Area) -> None:
    page = invite(kit, area, role=ADMINISTRATOR.value)
    assert page.status_code == 422
    assert not User.objects.filter(email="wyn.dipper@example.org").exists()


def test_role_given_and_ended(kit: Client, area: Area) -> None:
    user, agency = colleague(area), AgencyFactory.create(area=area)
    url = reverse("membership-add", args=[user.pk])
    given = {"agency": str(agency.pk), "role": Role.CHAIR.value} | day("starts_on", "2026-11-02")
    assert kit.post(url, hidden(kit.get(url)) | given).status_code == 302
    membership = user.memberships.get(role=Role.CHAIR)
    url = reverse("membership-end", args=[membership.pk])
    assert kit.post(url, hidden(kit.get(url)) | day("ends_on", "2026-11-20")).status_code == 302
    membership.refresh_from_db()
    assert str(membership.ends_on) == "2026-11-20"


def test_manager_is_marked_on_the_persons_page_in_a_role_that_endorses(kit: Client, area: Area) -> None:
    """Given with the role or after it, taken away again; never in another role, nor to oneself (R44)."""
    user, agency = colleague(area), AgencyFactory.create(area=area)
    url, page = reverse("membership-add", args=[user.pk]), reverse("user", args=[user.pk])
    given = {"agency": str(agency.pk), "role": Role.CHAIR.value, "manages": "on"} | day("starts_on", "2026-11-02")
    refused = kit.post(url, hidden(kit.get(url)) | given)
    assert (refused.status_code, "practitioner, a single point of contact" in text_of(refused)) == (422, True)
    assert kit.post(url, hidden(kit.get(url)) | given | {"role": Role.PRACTITIONER.value}).status_code == 302
    assert user.memberships.get(role=Role.PRACTITIONER).manages
    contact = user.memberships.get(role=Role.SPOC)
    for name, manages, times in (("manager-mark", True, 2), ("manager-unmark", False, 1)):
        assert kit.post(reverse(name, args=[contact.pk]))["Location"] == page
        contact.refresh_from_db()
        assert contact.manages is manages
        assert text_of(kit.get(page)).count("Manager: may endorse") == times
    assert kit.post(reverse("manager-unmark", args=[contact.pk])).status_code == 422
    own = MembershipFactory.create(area=area, agency=agency, role=Role.SPOC, user_id=int(kit.session["_auth_user_id"]))
    assert kit.post(reverse("manager-mark", args=[own.pk])).status_code == 422
    chair = MembershipFactory.create(area=area, agency=agency, role=Role.CHAIR)
    with pytest.raises(IntegrityError, match="membership_manages_where_it_endorses"), transaction.atomic():
        Membership.objects.filter(pk=chair.pk).update(manages=True)


def test_disabled_person_is_out_at_the_next_request_from_pages_and_interface(kit: Client, area: Area) -> None:
    user = colleague(area, role=Role.COORDINATOR)
    browser = Client()
    sign_in(browser, user)
    assert browser.get(reverse("account")).status_code == 200
    assert browser.get("/api/v1/nominals/").status_code == 200
    assert kit.post(reverse("user-disable", args=[user.pk]))["Location"] == reverse("user", args=[user.pk])
    assert browser.get(reverse("account"))["Location"].startswith("/account/sign-in/")
    assert browser.get("/api/v1/nominals/").status_code in (401, 403)
    assert "Enable the account" in kit.get(reverse("user", args=[user.pk])).text
    kit.post(reverse("user-enable", args=[user.pk]))
    assert browser.get(reverse("account")).status_code == 302, "an ended session stays ended"


def test_interface_knows_no_way_in_but_the_session(settings: Any) -> None:
    """So what ends a session ends all: there is no token that would outlive it."""
    assert settings.REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"] == [
        "rest_framework.authentication.SessionAuthentication"
    ]


def test_own_account_and_last_administrator_are_not_disabled(area: Area) -> None:
    client, membership = visitor(area, ADMINISTRATOR)
    page = client.post(reverse("user-disable", args=[membership.user_id]))
    assert page.status_code == 422
    assert "You cannot disable your own account." in page.text
    assert "The area would be without a system administrator." in page.text
    membership.user.refresh_from_db()
    assert membership.user.is_active


def test_second_factor_is_reset_by_two_administrators(area: Area, kit: Client) -> None:
    user = colleague(area)
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    url = reverse("user-second-factor-ask", args=[user.pk])
    assert kit.post(url, hidden(kit.get(url)) | {"reason": "The phone is lost"}).status_code == 302
    act = TwoPersonAct.objects.get(user=user, kind=Act.SECOND_FACTOR_RESET)
    confirm = reverse("two-person-confirm", args=[act.pk])
    page = kit.post(confirm)
    assert page.status_code == 422
    assert "Another person than you must confirm it." in page.text
    robin = visitor(area, ADMINISTRATOR)[0]
    assert "1 waiting for a second person" in robin.get(reverse("users")).text
    assert "The phone is lost" in robin.get(reverse("two-person-acts")).text
    assert robin.post(confirm).status_code == 302
    assert not Authenticator.objects.filter(user=user).exists()


def test_administrator_is_made_by_two(area: Area, kit: Client) -> None:
    user, agency = colleague(area), AgencyFactory.create(area=area)
    url = reverse("user-administrator-ask", args=[user.pk])
    kit.post(url, hidden(kit.get(url)) | {"reason": "Second administrator", "agency": str(agency.pk)})
    assert not Membership.objects.filter(user=user, role=ADMINISTRATOR).exists()
    act = TwoPersonAct.objects.get(user=user)
    visitor(area, ADMINISTRATOR)[0].post(reverse("two-person-confirm", args=[act.pk]))
    assert Membership.objects.filter(user=user, role=ADMINISTRATOR, agency=agency).exists()


# --- Step-up ------------------------------------------------------------------------------------------------------


def test_form_opens_only_after_a_fresh_proof(kit: Client) -> None:
    long_ago(kit)
    assert kit.get(reverse("users")).status_code == 200
    sent = kit.get(reverse("user-invite"))["Location"]
    assert sent == f"{reverse('account_reauthenticate')}?next=%2Fpeople%2Finvite%2F"
    done = kit.post(sent, {"password": "feldspar harrier lantern", "next": reverse("user-invite")})
    assert done["Location"] == reverse("user-invite")
    assert kit.get(reverse("user-invite")).status_code == 200


def test_stale_form_saves_nothing_and_loses_nothing(kit: Client, area: Area) -> None:
    form = hidden(kit.get(reverse("user-invite")))
    long_ago(kit)
    page = kit.post(reverse("user-invite"), form | {"family_name": "Dipper", "email": "wyn.dipper@example.org"})
    assert page.status_code == 422
    assert "more than five minutes since you proved" in page.text
    assert 'value="wyn.dipper@example.org"' in page.text
    assert "Prove who you are (opens in a new tab)" in page.text
    assert not User.objects.filter(email="wyn.dipper@example.org").exists()
    proof = re.search(r'href="([^"]+)"[^>]*>Prove who you are \(opens', page.text)
    assert proof, "the link that proves in another tab"
    other_tab = unquote(proof[1].partition("?next=")[2])
    assert "go back to the one with your form" not in text_of(kit.get(other_tab)), "nothing is proved yet"
    done = kit.post(html.unescape(proof[1]), {"password": "feldspar harrier lantern", "next": other_tab})
    assert "go back to the one with your form" in text_of(kit.get(done["Location"]))
    assert "go back to the one with your form" not in text_of(kit.get(reverse("account")))


def test_stale_button_does_nothing(kit: Client, area: Area) -> None:
    user = colleague(area)
    long_ago(kit)
    page = kit.post(reverse("user-disable", args=[user.pk]))
    assert page.status_code == 422
    assert "Prove who you are" in page.text
    user.refresh_from_db()
    assert user.is_active
