"""Signing in by an agency's own sign-in, against a real provider over real HTTP; and all that it refuses."""

import re
import time
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from agencies import services
from agencies.models import Membership, User
from agencies.models.accounts import ProviderLink, SignInProvider, TwoPersonAct
from agencies.principal import Principal
from agencies.roles import Role
from agencies.services.providers import ProviderRecord, set_provider
from audit.reads import access_by_user
from rules.core import Refused
from tests.factories.agencies import PASSWORD, AgencyFactory, MembershipFactory, UserFactory, principal_for, sign_in
from tests.openid.round_trip import CLIENT_ID, at_the_agency, register, running, sign_in_by_agency

pytestmark = pytest.mark.django_db

SYSTEM = Principal.system("test", on=date(2026, 3, 27))
SEED = "JBSWY3DPEHPK3PXP"
# The real provider sends people back to one address, that of this agency.
AGENCY = 990_001
BEGIN = f"/account/agency/{AGENCY}/"
FAILED = "Your agency's sign-in did not let you in here."


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("provider"), f"http://testserver{BEGIN}return/") as found:
        yield found


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def membership() -> Membership:
    return MembershipFactory.create(user__email="wyn@example.org", role=Role.PRACTITIONER, agency__pk=AGENCY)


@pytest.fixture
def provider(membership: Membership, issuer: str) -> SignInProvider:
    return register(membership.agency, issuer)


@pytest.fixture
def trusted(membership: Membership, issuer: str) -> SignInProvider:
    return register(membership.agency, issuer, trusts_second_factor=True, second_factor_values="otp hwk")


def is_in(client: Client) -> bool:
    return client.get(reverse("account")).status_code == 200


def words(response: Any) -> str:
    """The page without what differs from request to request."""
    text = re.sub(r'value="[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}|when">[^<]*', "", response.text)
    return " ".join(text.split())


def test_leaving_asks_for_a_code_with_state_nonce_and_pkce(client: Client, provider: SignInProvider) -> None:
    asked = parse_qs(urlsplit(client.get(BEGIN)["Location"]).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[name][0]) > 40 for name in ("state", "nonce", "code_challenge"))
    again = parse_qs(urlsplit(client.get(BEGIN)["Location"]).query)
    assert all(asked[name] != again[name] for name in ("state", "nonce", "code_challenge"))


def test_agency_lets_its_person_in_and_their_own_second_factor_follows(
    client: Client, provider: SignInProvider, membership: Membership
) -> None:
    done = sign_in_by_agency(client, provider, "wyn")
    assert done["Location"] == "/"
    assert client.get("/")["Location"].startswith(reverse("mfa_activate_totp"))
    link = ProviderLink.objects.get(user=membership.user)
    assert link.subject
    assert "sign_in" in {row.kind for row in access_by_user(SYSTEM, membership.user_id)}
    TOTP.activate(membership.user, SEED)
    assert sign_in_by_agency(Client(), provider, "wyn")["Location"] == reverse("mfa_authenticate")


def test_trusted_second_factor_opens_everything(
    client: Client, trusted: SignInProvider, membership: Membership
) -> None:
    sign_in_by_agency(Client(), trusted, "vouched")
    TOTP.activate(membership.user, SEED)
    done = sign_in_by_agency(client, trusted, "vouched", onward="/account/")
    assert done["Location"] == "/account/"
    assert is_in(client)


def test_whoever_has_a_second_factor_proves_by_it_that_the_agency_means_them(
    client: Client, trusted: SignInProvider, membership: Membership
) -> None:
    """One administrator alone must not come in as somebody by a provider that they set up (two persons reset it)."""
    TOTP.activate(membership.user, SEED)
    for _ in range(2):
        intruder = Client()
        assert sign_in_by_agency(intruder, trusted, "vouched")["Location"] == reverse("mfa_authenticate")
        assert not is_in(intruder)
        assert not ProviderLink.objects.exists()
    sign_in_by_agency(client, trusted, "vouched")
    code = format_hotp_value(hotp_value(SEED, int(time.time()) // 30))
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    assert is_in(client)
    assert ProviderLink.objects.get().user == membership.user
    again = Client()
    sign_in_by_agency(again, trusted, "vouched")
    assert is_in(again)


def test_sign_in_without_the_trusted_value_needs_the_own_second_factor(client: Client, trusted: SignInProvider) -> None:
    sign_in_by_agency(client, trusted, "wyn")
    assert not is_in(client)


def test_value_counts_for_nothing_where_it_is_not_trusted(client: Client, provider: SignInProvider) -> None:
    sign_in_by_agency(client, provider, "vouched")
    assert not is_in(client)


@pytest.mark.parametrize("name", ["nobody", "gone", "elsewhere", "nonce", "issuer", "audience", "several", "expired",
                                  "unverified"])  # fmt: skip
def test_all_that_is_refused_looks_alike(
    client: Client, trusted: SignInProvider, membership: Membership, name: str
) -> None:
    MembershipFactory.create(user__email="gone@example.org", user__is_active=False, agency=membership.agency)
    MembershipFactory.create(user__email="elsewhere@example.org")
    page = sign_in_by_agency(client, trusted, name)
    assert page.status_code == 422
    assert FAILED in page.text
    assert not page.wsgi_request.user.is_authenticated
    assert not ProviderLink.objects.exists()
    strange = Client().get(f"{BEGIN}return/", {"code": "x", "state": "y"})
    assert words(page) == words(strange)


def test_subject_counts_and_not_the_address_once_linked(
    client: Client, trusted: SignInProvider, membership: Membership
) -> None:
    sign_in_by_agency(client, trusted, "vouched")
    User.objects.filter(pk=membership.user_id).update(email="renamed@example.org")
    assert sign_in_by_agency(Client(), trusted, "vouched").status_code == 302
    User.objects.filter(pk=membership.user_id).update(email="wyn@example.org")
    other = sign_in_by_agency(Client(), trusted, "swapped")
    assert other.status_code == 422, "the same address under another subject is somebody else"


def test_who_left_the_agency_is_not_let_in(client: Client, trusted: SignInProvider, membership: Membership) -> None:
    sign_in_by_agency(client, trusted, "vouched")
    Membership.objects.filter(pk=membership.pk).update(ends_on=date(2020, 1, 1))
    assert sign_in_by_agency(Client(), trusted, "vouched").status_code == 422


def test_answer_is_taken_once_and_in_its_own_browser(client: Client, trusted: SignInProvider) -> None:
    leaving = client.get(BEGIN)
    back = urlsplit(at_the_agency(leaving, "vouched"))
    url = f"{back.path}?{back.query}"
    assert Client().get(url).status_code == 422, "another browser holds no state"
    assert client.get(url).status_code == 302
    client.post(reverse("account_logout"))
    assert client.get(url).status_code == 422, "the same answer again"


def test_forged_state_is_refused(client: Client, trusted: SignInProvider) -> None:
    leaving = client.get(BEGIN)
    back = urlsplit(at_the_agency(leaving, "vouched"))
    url = f"{back.path}?{back.query}".replace("state=", "state=x")
    assert client.get(url).status_code == 422


def test_provider_that_does_not_answer(client: Client, trusted: SignInProvider) -> None:
    SignInProvider.objects.update(issuer="http://127.0.0.1:9/o")
    page = client.get(BEGIN)
    assert page.status_code == 422
    assert FAILED in page.text


def test_provider_that_calls_itself_otherwise(client: Client, trusted: SignInProvider) -> None:
    SignInProvider.objects.update(issuer=f"{trusted.issuer}/")
    assert client.get(BEGIN).status_code == 422


def test_provider_out_of_use_is_not_there(client: Client, trusted: SignInProvider) -> None:
    SignInProvider.objects.update(is_active=False)
    assert client.get(BEGIN).status_code == 404
    assert "No agency has set up" in client.get(reverse("provider-choose")).text


# --- An agency demands its own sign-in ----------------------------------------------------------------------------


def by_password(client: Client) -> Any:
    return client.post(reverse("account_login"), {"login": "wyn@example.org", "password": PASSWORD})


def test_demanded_sign_in_refuses_the_password_as_if_it_were_wrong(
    client: Client, trusted: SignInProvider, membership: Membership
) -> None:
    assert by_password(Client()).status_code == 302
    SignInProvider.objects.update(demanded=True)
    page = by_password(client)
    assert page.status_code == 200
    assert "The e-mail address or the password is not right." in page.text
    assert sign_in_by_agency(client, trusted, "vouched").status_code == 302
    assert is_in(client)


def test_system_administrators_keep_their_password(client: Client, trusted: SignInProvider, membership: Any) -> None:
    SignInProvider.objects.update(demanded=True)
    Membership.objects.filter(pk=membership.pk).update(role=Role.SYSTEM_ADMINISTRATOR)
    assert by_password(client).status_code == 302


def test_disabled_person_is_out_and_stays_out(client: Client, trusted: SignInProvider, membership: Membership) -> None:
    sign_in_by_agency(client, trusted, "vouched")
    assert is_in(client)
    services.disable_user(by=SYSTEM, user=membership.user)
    assert not is_in(client)
    assert sign_in_by_agency(client, trusted, "vouched").status_code == 422


# --- A fresh proof by the agency ----------------------------------------------------------------------------------


def aged(client: Client) -> None:
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - 600
    session.save()


@pytest.fixture
def administrator(membership: Membership) -> User:
    """Has neither password nor second factor here: the agency's is all there is."""
    Membership.objects.filter(pk=membership.pk).update(role=Role.SYSTEM_ADMINISTRATOR)
    membership.user.set_unusable_password()
    membership.user.save(update_fields=["password"])
    return membership.user


def test_agency_proves_again_who_one_is(client: Client, trusted: SignInProvider, administrator: User) -> None:
    sign_in_by_agency(client, trusted, "vouched")
    aged(client)
    asked = client.get(reverse("user-invite"))["Location"]
    assert asked == f"{BEGIN}?next=%2Fpeople%2Finvite%2F"
    leaving = client.get(asked)
    assert "prompt=login" in leaving["Location"]
    back = urlsplit(at_the_agency(client.get(asked.replace("?", "?x=1&")), "vouched"))
    assert client.get(f"{back.path}?{back.query}")["Location"] == reverse("user-invite")
    assert client.get(reverse("user-invite")).status_code == 200


def test_proof_by_somebody_else_is_none(client: Client, trusted: SignInProvider, administrator: User) -> None:
    sign_in_by_agency(client, trusted, "vouched")
    stranger = UserFactory.create()
    sign_in(client, stranger)
    assert sign_in_by_agency(client, trusted, "vouched").status_code == 422


# --- The administrator's pages ------------------------------------------------------------------------------------


NEW = {"issuer": "https://login.example.org", "client_id": "mappa", "client_secret": "granite-secret-7"}
WHY = {"reason": "The agency's new sign-in"}


def administrator_of(membership: Membership) -> Client:
    client = Client()
    sign_in(client, MembershipFactory.create(area=membership.area, role=Role.SYSTEM_ADMINISTRATOR).user)
    return client


def test_secret_is_written_and_never_shown(client: Client, membership: Membership) -> None:
    register(membership.agency, NEW["issuer"])
    by = administrator_of(membership)
    url = reverse("provider-set", args=[membership.agency_id])
    same = NEW | {"client_id": SignInProvider.objects.get().client_id, "is_active": "on"}
    assert by.post(url, same).status_code == 302
    stored = SignInProvider.objects.get()
    assert "granite" not in stored.client_secret
    assert "granite" not in by.get(url).text
    assert by.post(url, same | {"client_secret": ""}).status_code == 302
    assert SignInProvider.objects.get().client_secret == stored.client_secret


def test_who_vouches_is_settled_by_two(client: Client, membership: Membership) -> None:
    """A first provider, and then another issuer: nobody is vouched for by whom one administrator chose alone."""
    kit, robin = administrator_of(membership), administrator_of(membership)
    url = reverse("provider-set", args=[membership.agency_id])
    assert "another system administrator of this area has confirmed it" in kit.get(url).text
    page = kit.post(url, NEW | {"is_active": "on"})
    assert page.status_code == 422
    assert "Say why: the second person decides by it." in page.text
    address = f"http://testserver{BEGIN}return/"
    assert address in kit.get(url).text, "the provider asks for it before it gives a client number"
    assert kit.post(url, NEW | WHY | {"is_active": "on"}).status_code == 302
    assert not SignInProvider.objects.exists()
    assert address in kit.get(url).text
    assert [client.get(BEGIN).status_code, client.get(f"{BEGIN}return/").status_code] == [404, 404], "not yet confirmed"
    assert "waits for a second person" in kit.get(url).text
    page = kit.post(url, NEW | WHY | {"issuer": "https://other.example.org"})
    assert "This has been asked already" in page.text
    confirm = reverse("two-person-confirm", args=[TwoPersonAct.objects.get().pk])
    assert "Another person than you must confirm it." in kit.post(confirm).text
    shown = robin.get(reverse("two-person-acts")).text
    assert "https://login.example.org" in shown
    assert "granite" not in shown
    assert robin.post(confirm).status_code == 302
    provider = SignInProvider.objects.get()
    assert (provider.issuer, provider.is_active) == (NEW["issuer"], True)
    sealed = provider.client_secret
    ProviderLink.objects.create(provider=provider, user=membership.user, subject="7")
    other = {"issuer": "https://other.example.org", "client_id": "mappa", "is_active": "on", "client_secret": ""}
    assert kit.post(url, other | WHY).status_code == 302
    provider.refresh_from_db()
    assert provider.issuer == NEW["issuer"]
    assert robin.post(reverse("two-person-confirm", args=[TwoPersonAct.objects.latest("pk").pk])).status_code == 302
    provider.refresh_from_db()
    assert (provider.issuer, provider.client_secret) == ("https://other.example.org", sealed)
    assert not ProviderLink.objects.exists()


@pytest.mark.parametrize("change", [{"issuer": "https://other.example.org"}, {"client_id": "other"}])
def test_service_refuses_one_person_and_says_why(membership: Membership, change: dict[str, str]) -> None:
    register(membership.agency, NEW["issuer"])
    by = principal_for(
        MembershipFactory.create(area=membership.area, role=Role.SYSTEM_ADMINISTRATOR), on=date(2026, 3, 27)
    )
    record = ProviderRecord(**{"issuer": NEW["issuer"], "client_id": CLIENT_ID} | change)
    with pytest.raises(Refused, match="takes two persons") as refused:
        set_provider(by=by, agency=membership.agency, record=record)
    assert [reason.rule for reason in refused.value.decision.reasons] == ["two persons"]


def test_proposals_of_another_area_are_out_of_reach(membership: Membership) -> None:
    kit = administrator_of(membership)
    kit.post(reverse("provider-set", args=[membership.agency_id]), NEW | WHY)
    act = TwoPersonAct.objects.get()
    stranger = administrator_of(MembershipFactory.create())
    assert "login.example.org" not in stranger.get(reverse("two-person-acts")).text
    for name in ("two-person-confirm", "two-person-withdraw"):
        assert stranger.post(reverse(name, args=[act.pk])).status_code == 404


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param({"issuer": "http://login.example.org"}, "must begin with https", id="not encrypted"),
        pytest.param({"client_secret": ""}, "Enter the secret", id="no secret"),
        pytest.param({"demanded": "on"}, "must be in use", id="demanded and not in use"),
        pytest.param({"trusts_second_factor": "on"}, "Say which values", id="trusted without values"),
    ],
)
def test_set_up_that_is_refused(client: Client, membership: Membership, change: dict[str, str], why: str) -> None:
    by = MembershipFactory.create(area=membership.area, role=Role.SYSTEM_ADMINISTRATOR)
    sign_in(client, by.user)
    said = {"issuer": "https://login.example.org", "client_id": "mappa", "client_secret": "granite-secret-7"}
    page = client.post(reverse("provider-set", args=[membership.agency_id]), said | change)
    assert page.status_code == 422
    assert why in page.text


def test_demanding_signs_out_whoever_came_in_otherwise(client: Client, provider: Any, membership: Membership) -> None:
    there = Client()
    sign_in(there, membership.user)
    assert is_in(there)
    by = MembershipFactory.create(area=membership.area, role=Role.SYSTEM_ADMINISTRATOR, agency=membership.agency)
    sign_in(client, by.user)
    said = {"issuer": provider.issuer, "client_id": provider.client_id, "is_active": "on", "demanded": "on"}
    assert client.post(reverse("provider-set", args=[membership.agency_id]), said).status_code == 302
    assert not is_in(there)
    assert is_in(client)


def test_link_is_forgotten_on_the_account_s_page(client: Client, trusted: SignInProvider, membership: Any) -> None:
    there = Client()
    sign_in_by_agency(there, trusted, "vouched")
    by = MembershipFactory.create(area=membership.area, role=Role.SYSTEM_ADMINISTRATOR)
    sign_in(client, by.user)
    assert "Sign-in by an agency" in client.get(reverse("user", args=[membership.user_id])).text
    link = ProviderLink.objects.get()
    assert client.post(reverse("provider-unlink", args=[link.pk])).status_code == 302
    assert not ProviderLink.objects.exists()
    assert not is_in(there)


def test_agencies_of_other_areas_are_not_set_up(client: Client, membership: Membership) -> None:
    by = MembershipFactory.create(role=Role.SYSTEM_ADMINISTRATOR)
    sign_in(client, by.user)
    assert client.get(reverse("provider-set", args=[membership.agency_id])).status_code == 404
    assert AgencyFactory.create().name not in client.get(reverse("providers")).text
