"""The machine interface of agencies: the rows, filters and refusals of their pages, and nothing to change."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.kinds import AgencyKind, Duty
from agencies.models import Agency, Area
from agencies.roles import Role
from mappa import clock
from rules.vocabulary import AgreementKind, ContactPart
from tests.factories.agencies import (
    AbsenceFactory,
    AgencyFactory,
    AgreementFactory,
    AreaFactory,
    ContactFactory,
    MembershipFactory,
)
from tests.factories.cases import LONG_AGO, TODAY
from tests.factories.visits import visitor

pytestmark = pytest.mark.django_db

PATH = "/api/v1/agencies/"
DAY = timedelta(days=1)


@pytest.fixture
def area() -> Area:
    clock.pretend(TODAY)
    return AreaFactory.create()


@pytest.fixture
def client(area: Area) -> Client:
    return visitor(area)[0]


@pytest.fixture
def trust(area: Area) -> Agency:
    return AgencyFactory.create(area=area, name="Peak Trust", kind=AgencyKind.HEALTH_TRUST, duty=Duty.H)


def spoken_for(agency: Agency, part: ContactPart, family_name: str) -> Any:
    """Somebody who speaks for the agency, in this part."""
    post = MembershipFactory.create(
        area=agency.area, agency=agency, role=Role.SPOC, user__given_name="Ann", user__family_name=family_name
    )
    ContactFactory.create(agency=agency, user=post.user, part=part, starts_on=LONG_AGO)
    return post.user


def names(client: Client, query: str = "") -> set[str]:
    return {row["name"] for row in client.get(f"{PATH}{query}").json()["results"]}


def test_says_what_the_agency_is_and_how_it_stands(client: Client, trust: Agency) -> None:
    away = spoken_for(trust, ContactPart.SPOC, "Dipper")
    AbsenceFactory.create(user=away, starts_on=TODAY, ends_on=TODAY + DAY)
    spoken_for(trust, ContactPart.DEPUTY, "Knot")
    AgreementFactory.create(agency=trust, kind=AgreementKind.MEMORANDUM, signed_on=LONG_AGO, expires_on=TODAY - DAY)
    row = client.get(f"{PATH}{trust.pk}/").json()
    assert row in client.get(PATH).json()["results"]
    memorandum, sharing = row.pop("agreements")
    assert row == {
        "id": trust.pk,
        "name": "Peak Trust",
        "kind": "health_trust",
        "duty": "h",
        "part_of": None,
        "takes_part_from": trust.starts_on.isoformat() if trust.starts_on else None,
        "takes_part_to": None,
        "contact": {"name": "Ann Dipper", "since": LONG_AGO.isoformat(), "away_until": (TODAY + DAY).isoformat()},
        "deputy": {"name": "Ann Knot", "since": LONG_AGO.isoformat(), "away_until": None},
        "reached_through": "Ann Knot",
    }
    assert memorandum == {
        "kind": "memorandum",
        "state": "expired",
        "asked": True,
        "signed_on": LONG_AGO.isoformat(),
        "last_day": (TODAY - DAY).isoformat(),
    }
    assert (sharing["state"], sharing["signed_on"], sharing["last_day"]) == ("never_signed", None, None)


def test_nobody_speaks_for_it(client: Client, trust: Agency) -> None:
    row = client.get(f"{PATH}{trust.pk}/").json()
    assert (row["contact"], row["deputy"], row["reached_through"]) == (None, None, None)


def test_another_area_s_agency_does_not_exist(client: Client, trust: Agency) -> None:
    elsewhere = AgencyFactory.create(name="Fen Trust")
    assert client.get(f"{PATH}{elsewhere.pk}/").status_code == 404
    assert "Peak Trust" in names(client)
    assert "Fen Trust" not in names(client)


def test_filters_as_the_page_does(client: Client, area: Area, trust: Agency) -> None:
    over = AgencyFactory.create(area=area, name="Old Trust", duty=Duty.H, ends_on=TODAY - DAY)
    AgencyFactory.create(area=area, name="Not begun", duty=Duty.NONE, starts_on=None)
    assert names(client, "?duty=h") == {"Peak Trust"}
    assert names(client, "?duty=h&status=every") == {"Peak Trust", "Old Trust"}
    assert names(client, "?status=former") == {"Old Trust", "Not begun"}
    assert "Peak Trust" in names(client, "?lacks=no_spoc")
    assert client.get(f"{PATH}{over.pk}/").status_code == 200


@pytest.mark.parametrize("query", ["?name=Peak", "?duty=zz", "?duty=h&dutty=h"])
def test_what_it_does_not_know_it_says(client: Client, query: str) -> None:
    response = client.get(f"{PATH}{query}")
    assert (response.status_code, response.json()["title"]) == (400, "Input not accepted")
    assert len(response.json()["errors"]) == 1


def test_is_read_only(client: Client, trust: Agency) -> None:
    for method in (client.post, client.put, client.patch, client.delete):
        assert method(f"{PATH}{trust.pk}/").status_code == 405
    assert client.post(PATH).status_code == 405


def test_is_for_those_who_may_read_agencies(area: Area, trust: Agency) -> None:
    assert visitor(area, Role.SYSTEM_ADMINISTRATOR)[0].get(f"{PATH}{trust.pk}/").status_code == 200
    refused = visitor(area, Role.SPOC)[0].get(f"{PATH}{trust.pk}/")
    assert (refused.status_code, refused.json()["title"]) == (403, "Not allowed")
    assert Client().get(PATH).status_code == 401


def test_is_described(client: Client) -> None:
    described = client.get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    listed = described["paths"][PATH]["get"]
    assert set(described["paths"][PATH]) == set(described["paths"][f"{PATH}{{id}}/"]) == {"get"}
    assert {each["name"] for each in listed["parameters"]} == {"page", "page_size", "duty", "lacks", "status"}
    fields = described["components"]["schemas"]["Agency"]["properties"]
    assert {"contact", "deputy", "agreements", "reached_through"} <= set(fields)
    assert set(described["components"]["schemas"]["Contact"]["properties"]) == {"name", "since", "away_until"}
