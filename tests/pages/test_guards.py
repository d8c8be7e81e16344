"""What a visitor gets: sign-in, choice of role, 403 with the reason, 404, the card, the page; and its evidence."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from agencies.models import Area, Membership
from agencies.roles import Role
from cases.models import PersonalGrant
from rules.vocabulary import Handling, ParticipationSource
from tests.factories.agencies import MembershipFactory, sign_in

from .conftest import SignedIn, looks_at, nominal


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_public_page_opens_to_all(area: Area) -> None:
    assert Client().get("/").status_code == 200


@pytest.mark.parametrize("address", ["/today/", "/nominals/", "/nominals/1/", "/areas/1/edit/"])
def test_nobody_signed_in_is_sent_to_sign_in(area: Area, address: str) -> None:
    response = Client().get(address)
    assert response.status_code == 302
    assert response["Location"].endswith(f"next={address}")


def test_a_post_of_nobody_is_not_carried_out(area: Area) -> None:
    assert Client().post(f"/areas/{area.pk}/close/").status_code == 302


def test_a_role_without_the_permission_is_told_why(signed_in: SignedIn) -> None:
    response = signed_in(Role.SMB_MEMBER).get("/today/")
    assert response.status_code == 403
    assert "Strategic management board member" in text(response)


def test_an_open_record_is_shown_and_the_look_is_kept(visitor: Client, coordinator: Membership, area: Area) -> None:
    person = nominal(area)
    assert visitor.get(f"/nominals/{person.pk}/").status_code == 200
    (row,) = looks_at(coordinator, person)
    assert row.kind == "view"


def test_what_may_not_be_known_looks_like_what_does_not_exist(visitor: Client, area: Area) -> None:
    person = nominal(area, handling=Handling.CATEGORY_4)
    hidden, absent = visitor.get(f"/nominals/{person.pk}/"), visitor.get("/nominals/999999999/")
    assert hidden.status_code == absent.status_code == 404

    def stripped(response: Any) -> str:
        return text(response).split("<main")[1].replace(response["X-Request-ID"], "")

    assert stripped(hidden) == stripped(absent)


def test_a_restricted_record_shows_the_card_and_leaves_a_denial(
    visitor: Client, coordinator: Membership, area: Area
) -> None:
    person = nominal(area, family_name="Featherstone", handling=Handling.RESTRICTED)
    response = visitor.get(f"/nominals/{person.pk}/")
    assert response.status_code == 403
    assert "contact the MAPPA unit" in text(response)
    assert "Featherstone" not in text(response)
    (row,) = looks_at(coordinator, person)
    assert (row.kind, row.outcome) == ("denied", "denied")


def test_seen_but_not_to_be_changed_is_a_403_with_the_reason(area: Area) -> None:
    """A reviewer reads a record opened to them, and may record nothing in it."""
    member = MembershipFactory.create(area=area, role=Role.PRACTITIONER)
    other = MembershipFactory.create(user=member.user, area=area, role=Role.REVIEWER)
    person = nominal(area)
    PersonalGrant.objects.create(
        user=member.user,
        content_object=person,
        permission=Permission.objects.get(codename="take_part"),
        source=next(iter(ParticipationSource)),
        starts_on=date(2000, 1, 1),
    )
    client = Client()
    sign_in(client, member.user, acting=other)
    assert client.get(f"/nominals/{person.pk}/").status_code == 200
    refused = client.get(f"/nominals/{person.pk}/change/")
    assert refused.status_code == 403
    assert "Reviewer" in text(refused)


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_an_action_is_a_post(visitor: Client, area: Area, method: str) -> None:
    assert getattr(visitor, method)(f"/areas/{area.pk}/close/").status_code == 405


def test_a_refused_action_says_why(visitor: Client, area: Area) -> None:
    response = visitor.post(f"/areas/{area.pk}/close/")
    assert response.status_code == 422
    assert "The panel has not sat." in text(response)
    assert "R51" in text(response)


def test_a_broken_page_is_a_500_with_the_reference(visitor: Client) -> None:
    response = visitor.get("/broken/")
    assert response.status_code == 500
    assert response["X-Request-ID"] in text(response)
    assert "broken on purpose" not in text(response)
