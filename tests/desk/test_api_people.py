"""The machine interface of people and roles: the rows and filters of their page, and nothing to change."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.models import Agency, Area, Membership
from agencies.roles import Role
from mappa import clock
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory
from tests.factories.cases import LONG_AGO, TODAY
from tests.factories.visits import visitor

pytestmark = pytest.mark.django_db

PATH = "/api/v1/accounts/"
DAY = timedelta(days=1)


@pytest.fixture
def area() -> Area:
    clock.pretend(TODAY)
    return AreaFactory.create()


@pytest.fixture
def client(area: Area) -> Client:
    return visitor(area, Role.SYSTEM_ADMINISTRATOR)[0]


@pytest.fixture
def trust(area: Area) -> Agency:
    return AgencyFactory.create(area=area, name="Peak Trust")


@pytest.fixture
def dipper(area: Area, trust: Agency) -> Membership:
    """Somebody with a role, another that has ended, and one in another area."""
    post = MembershipFactory.create(
        area=area, agency=trust, role=Role.SPOC, user__given_name="Ann", user__family_name="Dipper", starts_on=LONG_AGO
    )
    MembershipFactory.create(user=post.user, area=area, role=Role.CHAIR, starts_on=LONG_AGO, ends_on=TODAY - DAY)
    MembershipFactory.create(user=post.user, area=AreaFactory.create(), role=Role.ADMINISTRATOR)
    return post


def names(client: Client, query: str = "") -> set[str]:
    return {row["family_name"] for row in client.get(f"{PATH}{query}").json()["results"]}


def test_says_who_it_is_and_the_roles_of_today(client: Client, trust: Agency, dipper: Membership) -> None:
    row: dict[str, Any] = client.get(f"{PATH}{dipper.user_id}/").json()
    assert row in client.get(PATH).json()["results"]
    assert row == {
        "id": dipper.user_id,
        "given_name": "Ann",
        "family_name": "Dipper",
        "email": dipper.user.email,
        "state": "active",
        "roles": [
            {
                "id": dipper.pk,
                "role": "spoc",
                "agency": trust.pk,
                "agency_name": "Peak Trust",
                "manages": False,
                "starts_on": LONG_AGO.isoformat(),
                "ends_on": None,
            }
        ],
    }


def test_filters_as_the_page_does(client: Client, trust: Agency, dipper: Membership) -> None:
    assert names(client, f"?agency={trust.pk}") == names(client, "?role=spoc") == {"Dipper"}
    assert "Dipper" not in names(client, "?role=chair") | names(client, "?state=disabled")
    for query in ("?role=zz", "?name=Dipper", f"?agency={AgencyFactory.create().pk}"):
        response = client.get(f"{PATH}{query}")
        assert (response.status_code, len(response.json()["errors"])) == (400, 1)


def test_is_for_those_who_read_accounts_of_the_area(client: Client, area: Area, dipper: Membership) -> None:
    elsewhere = MembershipFactory.create(area=AreaFactory.create())
    assert client.get(f"{PATH}{elsewhere.user_id}/").status_code == 404
    refused = visitor(area, Role.SPOC)[0].get(f"{PATH}{dipper.user_id}/")
    assert (refused.status_code, refused.json()["title"]) == (403, "Not allowed")
    for method in (client.post, client.put, client.patch, client.delete):
        assert method(f"{PATH}{dipper.user_id}/").status_code == 405
