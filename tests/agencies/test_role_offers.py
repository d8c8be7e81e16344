"""A role for somebody whose account lies in another area: offered by e-mail, taken by its owner, betraying nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies import services
from agencies.models import Area, Membership
from agencies.models.accounts import RoleOffer
from agencies.roles import Role
from agencies.services.role_offers import may_take_role, offer_role, take_role
from mappa import clock
from rules.core import Refused
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory, UserFactory, principal_for, sign_in
from tests.factories.visits import day, hidden, text_of, visitor

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def area() -> Area:
    return AreaFactory.create()


@pytest.fixture
def elsewhere() -> Membership:
    return MembershipFactory.create(user__email="wyn@example.org", role=Role.PRACTITIONER)


def said(area: Area, **more: str) -> dict[str, str]:
    agency = AgencyFactory.create(area=area)
    form = {"email": "wyn@example.org", "family_name": "Typed", "agency": str(agency.pk), "role": Role.CHAIR.value}
    return form | day("starts_on", clock.today().isoformat()) | more


def test_owner_takes_it_and_only_then_the_area_sees_them(
    area: Area, elsewhere: Membership, django_capture_on_commit_callbacks: Any
) -> None:
    kit, _ = visitor(area, Role.SYSTEM_ADMINISTRATOR)
    url = reverse("user-invite")
    with django_capture_on_commit_callbacks(execute=True):
        answer = kit.post(url, hidden(kit.get(url)) | said(area), follow=True)
    shown = text_of(answer)
    assert "The role is offered to them by e-mail." in shown
    assert "wyn@example.org" in shown
    for private in (elsewhere.user.family_name, elsewhere.agency.name, elsewhere.area.name, "Practitioner"):
        assert private not in shown
    assert kit.get(reverse("user", args=[elsewhere.user_id])).status_code == 404
    (message,) = mail.outbox
    assert message.to == ["wyn@example.org"]
    assert not any(word in message.subject + message.body for word in (area.name, "Chair", elsewhere.user.family_name))

    wyn = Client()
    sign_in(wyn, elsewhere.user, acting=elsewhere)
    assert "A role is offered to you" in text_of(wyn.get(reverse("account")))
    assert area.name in text_of(wyn.get(reverse("own-role-offers")))
    offer = RoleOffer.objects.get()
    stranger, _ = visitor(area, Role.SPOC)
    assert stranger.post(reverse("own-role-offer-take", args=[offer.pk])).status_code == 404
    assert wyn.post(reverse("own-role-offer-take", args=[offer.pk])).status_code == 302
    held = Membership.objects.get(user=elsewhere.user, area=area)
    assert (held.role, held.starts_on) == (Role.CHAIR, clock.today())
    assert kit.get(reverse("user", args=[elsewhere.user_id])).status_code == 200
    assert wyn.post(reverse("own-role-offer-take", args=[offer.pk])).status_code == 404


def test_declined_or_taken_back_no_role_comes_of_it(area: Area, elsewhere: Membership) -> None:
    kit, _ = visitor(area, Role.SYSTEM_ADMINISTRATOR)
    wyn = Client()
    sign_in(wyn, elsewhere.user, acting=elsewhere)
    for client, name in ((wyn, "own-role-offer-decline"), (kit, "role-offer-withdraw")):
        kit.post(reverse("user-invite"), said(area))
        offer = RoleOffer.objects.latest("pk")
        other, _ = visitor(AreaFactory.create(), Role.SYSTEM_ADMINISTRATOR)
        assert other.post(reverse("role-offer-withdraw", args=[offer.pk])).status_code == 404
        assert client.post(reverse(name, args=[offer.pk])).status_code == 302
        with pytest.raises(Refused, match="does not hold any more"):
            take_role(by=principal_for(elsewhere, on=clock.today()), offer=offer)
    assert not Membership.objects.filter(user=elsewhere.user, area=area).exists()


def test_disabled_account_answers_like_any_other(area: Area, django_capture_on_commit_callbacks: Any) -> None:
    gone = MembershipFactory.create(user=UserFactory.create(email="wyn@example.org", is_active=False))
    kit, _ = visitor(area, Role.SYSTEM_ADMINISTRATOR)
    with django_capture_on_commit_callbacks(execute=True):
        page = text_of(kit.post(reverse("user-invite"), said(area), follow=True))
    assert "The role is offered to them by e-mail." in page
    assert "isabled" not in page
    assert mail.outbox == []
    assert RoleOffer.objects.get().user == gone.user


def test_what_is_refused(area: Area, elsewhere: Membership) -> None:
    first = MembershipFactory.create(area=area, role=Role.SYSTEM_ADMINISTRATOR)
    second = MembershipFactory.create(area=area, role=Role.SYSTEM_ADMINISTRATOR)
    by, agency, today = principal_for(first, on=clock.today()), AgencyFactory.create(area=area), clock.today()

    def give(email: str = "wyn@example.org", **more: Any) -> RoleOffer:
        given = {"agency": agency, "role": Role.CHAIR, "starts_on": today, "address": "https://mappa.example/"}
        return offer_role(by=by, email=email, **{**given, **more})

    for more, why in (
        ({"email": "nobody@example.org"}, "invite them"),
        ({"email": second.user.email}, "on the person's page"),
        ({"agency": AgencyFactory.create()}, "another MAPPA area"),
        ({"role": Role.SYSTEM_ADMINISTRATOR}, "two persons"),
        ({"manages": True}, "R44"),
    ):
        with pytest.raises(Refused, match=why):
            give(**more)
    offer = give()
    with pytest.raises(Refused, match="offered already"):
        give()
    owner = principal_for(elsewhere, on=today)
    assert may_take_role(offer, by=owner)
    services.disable_user(by=principal_for(second, on=today), user=first.user)
    with pytest.raises(Refused, match="administers no more"):
        take_role(by=owner, offer=offer)


def test_a_manager_s_role_is_one_when_it_is_taken(area: Area, elsewhere: Membership) -> None:
    kit, _ = visitor(area, Role.SYSTEM_ADMINISTRATOR)
    url = reverse("user-invite")
    kit.post(url, hidden(kit.get(url)) | said(area, role=Role.SPOC.value, manages="on"))
    assert "and manager" in text_of(kit.get(reverse("role-offers")))
    take_role(by=principal_for(elsewhere, on=clock.today()), offer=RoleOffer.objects.get())
    assert Membership.objects.get(user=elsewhere.user, area=area).manages


def test_list_of_offers_costs_the_same_for_any_number(area: Area) -> None:
    kit, member = visitor(area, Role.SYSTEM_ADMINISTRATOR)
    by, agency = principal_for(member, on=clock.today()), AgencyFactory.create(area=area)
    kit.get(reverse("role-offers"))
    counts: list[int] = []
    for _ in range(2):
        for _ in range(2):
            email = MembershipFactory.create().user.email
            offer_role(by=by, email=email, agency=agency, role=Role.CHAIR, starts_on=clock.today(), address="x")
        with CaptureQueriesContext(connection) as found:
            kit.get(reverse("role-offers"))
        counts.append(len(found))
    assert counts[0] == counts[1]
