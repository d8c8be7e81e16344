"""Two people at the same door at the same moment: one goes through, the other is told so."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

from django.db import connections
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from agencies.models.accounts import Invitation, ProviderLink, SignInProvider
from agencies.principal import Principal
from agencies.services.invitations import send_invitation
from agencies.services.providers import link_provider
from rules.core import Refused
from tests.factories.agencies import MembershipFactory, UserFactory

DAY = date(2026, 3, 27)
NEW = "harrier lantern feldspar"


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each returns, or says as it refuses, all of them having begun together."""
    together = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            together.wait()
            return act()
        except Refused as refused:
            return str(refused)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_first_sign_ins_of_one_person_settle_one_link(own_database: object) -> None:
    member = MembershipFactory.create()
    provider = SignInProvider.objects.create(
        agency=member.agency, issuer="https://login.example.org", client_id="mappa", client_secret="sealed"
    )
    by = Principal.for_user(member.user, on=DAY)

    def link() -> object:
        return link_provider(by=by, user=member.user, provider=provider, subject="7").subject

    found = at_once(link, link, link)
    assert sorted(str(each) for each in found)[0] == "7"
    assert sum("settled already" in str(each) for each in found) == 2
    assert ProviderLink.objects.count() == 1


def test_two_people_under_one_subject_are_not_both_linked(own_database: object) -> None:
    first = MembershipFactory.create()
    second = MembershipFactory.create(agency=first.agency, area=first.area)
    provider = SignInProvider.objects.create(
        agency=first.agency, issuer="https://login.example.org", client_id="mappa", client_secret="sealed"
    )

    def link(member: object) -> Callable[[], object]:
        user = member.user  # type: ignore[attr-defined]
        by = Principal.for_user(user, on=DAY)
        return lambda: link_provider(by=by, user=user, provider=provider, subject="7").subject

    found = [str(each) for each in at_once(link(first), link(second))]
    assert "7" in found
    assert sum("settled already" in each for each in found) == 1


def test_one_link_opened_twice_at_once_opens_one_account(own_database: object) -> None:
    """From two windows of one browser, and from another browser: one password is set, the others are told so."""
    user = UserFactory.create()
    user.set_unusable_password()
    user.save(update_fields=["password"])
    keys: list[str] = []
    send_invitation(by=Principal.system("test", on=DAY), user=user, link=lambda key: keys.append(key) or key)
    windows, other = [Client(), Client()], Client()
    for client in (windows[0], other):
        client.get(reverse("invitation-open", args=[keys[0]]))
    windows[1].cookies = windows[0].cookies.copy()  # type: ignore[assignment]

    def accept(client: Client, password: str) -> Callable[[], object]:
        return lambda: client.post(reverse("invitation-accept"), {"password1": password, "password2": password})

    said = at_once(*(accept(client, f"{NEW} {number}") for number, client in enumerate([*windows, other])))
    codes = sorted(response.status_code for response in said)  # type: ignore[attr-defined]
    assert codes == [302, 422, 422]
    assert all("This link does not work" in r.text for r in said if r.status_code == 422)  # type: ignore[attr-defined]
    assert Invitation.objects.filter(accepted_at__isnull=False, expires_at__gt=Now() - timedelta(days=1)).count() == 1
