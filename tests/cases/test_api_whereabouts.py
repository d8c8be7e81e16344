"""The machine interface of whereabouts, addresses and key dates: same services, same refusals as the pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.models import Area, LocalHousingAuthority
from agencies.roles import Role
from cases.models import Nominal
from mappa import clock
from rules.vocabulary import Handling
from tests.factories.agencies import AreaFactory, LocalHousingAuthorityFactory
from tests.factories.cases import TODAY, nominal
from tests.factories.visits import visitor

SINCE = (TODAY - timedelta(days=10)).isoformat()
PRISON = {"kind": "custody", "place": "HMP Peak", "starts_on": SINCE}
HOME = {"lines": "7 Toadstone Terrace", "postcode": "ZZ99 3AB", "tenure": "council", "starts_on": SINCE}
RELEASE = {"kind": "release", "falls_on": "2027-03-01", "certain": True, "note": "From the prison."}
NO_ABODE = {"no_fixed_abode": True, "starts_on": SINCE}
PARTS = [("whereabouts", PRISON), ("addresses", HOME), ("key-dates", RELEASE)]


@pytest.fixture
def client(area: Area) -> Client:
    clock.pretend(TODAY)
    return visitor(area)[0]


@pytest.fixture
def person(area: Area) -> Nominal:
    return nominal(area, family_name="Feldspar", date_of_birth=TODAY.replace(year=1980))


@pytest.fixture
def council(area: Area) -> LocalHousingAuthority:
    return LocalHousingAuthorityFactory.create(area=area)


def post(client: Client, person: Nominal, part: str, data: dict[str, Any]) -> Any:
    return client.post(f"/api/v1/nominals/{person.pk}/{part}/", data, content_type="application/json")


@pytest.mark.parametrize(("part", "sent"), PARTS)
def test_what_is_recorded_is_listed(client: Client, person: Nominal, part: str, sent: dict[str, Any]) -> None:
    made = post(client, person, part, sent)
    assert (made.status_code, made.json().items() >= sent.items()) == (201, True)
    path = f"/api/v1/nominals/{person.pk}/{part}/"
    assert made.json() in client.get(path).json()["results"]
    assert made.json() == client.get(f"{path}{made.json()['id']}/").json()


@pytest.mark.parametrize(
    ("part", "sent", "rule"),
    [
        pytest.param("whereabouts", {**PRISON, "starts_on": "2027-01-01"}, "R52", id="ahead of the day (R52)"),
        pytest.param("whereabouts", {**PRISON, "starts_on": "1970-01-01"}, "R1", id="before their birth (R1)"),
        pytest.param("addresses", {**HOME, "lines": " "}, "R6", id="neither address nor none (R6)"),
        pytest.param("addresses", {**NO_ABODE, "tenure": "council"}, "R6", id="nobody's home (R6)"),
        pytest.param("addresses", NO_ABODE, "R6", id="no closest links (R6)"),
        pytest.param("addresses", {**HOME, "ends_on": "2026-01-01"}, "R6", id="ends before it starts (R6)"),
        pytest.param("whereabouts", {**PRISON, "kind": "the_moon"}, "kind", id="no such whereabouts"),
        pytest.param("whereabouts", {**PRISON, "starts_on": "0001-01-01"}, "starts_on", id="a year that cannot be"),
        pytest.param("addresses", {**NO_ABODE, "postcode": "ZZ99 3AB"}, "postcode", id="a postcode of no abode"),
        pytest.param("addresses", {**HOME, "lines": "x" * 301}, "lines", id="longer than an address"),
        pytest.param("key-dates", {**RELEASE, "kind": "holiday"}, "kind", id="no such date"),
    ],
)
def test_what_is_wrong_is_said(client: Client, person: Nominal, part: str, sent: dict[str, Any], rule: str) -> None:
    """By a rule: 409 with its code; by the shape of the input: 400 with the field. Nothing is written."""
    path = f"/api/v1/nominals/{person.pk}/{part}/"
    before = client.get(path).json()
    response = post(client, person, part, sent)
    said = response.json()
    if response.status_code == 409:
        assert [each["rule"] for each in said["reasons"]] == [rule]
    else:
        assert (response.status_code, list(said["errors"])) == (400, [rule])
    assert client.get(path).json() == before


def test_a_stay_ends_what_stood_and_compares_what_was_read(client: Client, person: Nominal) -> None:
    path = f"/api/v1/nominals/{person.pk}/whereabouts/"
    read = client.get(path).json()["results"][0]["version"]
    made = post(client, person, "whereabouts", {**PRISON, "version": read})
    rows = client.get(path).json()["results"]
    assert [(row["kind"], row["ends_on"]) for row in rows] == [
        ("community", (TODAY - timedelta(days=11)).isoformat()),
        ("custody", None),
    ]
    assert {row["version"] for row in rows} == {made.json()["version"]}
    late = post(client, person, "whereabouts", {**PRISON, "kind": "hospital", "version": read})
    assert (late.status_code, late.json()["title"]) == (409, "Changed meanwhile")
    again = post(client, person, "whereabouts", {**PRISON, "kind": "hospital", "version": made.json()["version"]})
    assert [each["rule"] for each in again.json()["reasons"]] == ["R52"], "one of the same day is corrected"


def test_an_address_ends_the_others_unless_it_stands_beside_them(
    client: Client, person: Nominal, council: LocalHousingAuthority
) -> None:
    post(client, person, "addresses", HOME)
    later = {"starts_on": TODAY.isoformat()}
    elsewhere = LocalHousingAuthorityFactory.create(area=AreaFactory.create())
    refused = post(client, person, "addresses", {**NO_ABODE, **later, "closest_links": elsewhere.pk})
    assert list(refused.json()["errors"]) == ["closest_links"], "another area's council does not exist"
    post(client, person, "addresses", {**NO_ABODE, **later, "closest_links": council.pk})
    mothers = {**HOME, **later, "lines": "Her mother's"}
    assert post(client, person, "addresses", mothers).status_code == 409, "two of one day, and none ends (R6)"
    post(client, person, "addresses", {**mothers, "beside_others": True})
    rows = client.get(f"/api/v1/nominals/{person.pk}/addresses/").json()["results"]
    found = [(row["lines"], row["closest_links"], row["ends_on"]) for row in rows]
    assert found == [
        ("7 Toadstone Terrace", None, (TODAY - timedelta(days=1)).isoformat()),
        ("", council.pk, None),
        ("Her mother's", None, None),
    ]


def test_a_key_date_is_moved(client: Client, person: Nominal) -> None:
    first = post(client, person, "key-dates", RELEASE).json()
    moved = post(client, person, "key-dates", {"kind": "release", "falls_on": "2027-04-01"}).json()
    assert moved == {**first, "falls_on": "2027-04-01", "certain": False, "note": ""}


@pytest.mark.parametrize(("part", "sent"), PARTS)
def test_is_as_closed_as_the_pages(
    client: Client, area: Area, person: Nominal, part: str, sent: dict[str, Any]
) -> None:
    hidden = nominal(area, handling=Handling.CATEGORY_4)
    nobody = Nominal(pk=999_999)
    answers = [post(client, each, part, sent).json() | {"request_id": ""} for each in (hidden, nobody)]
    assert answers[0] == answers[1]
    assert answers[0]["status"] == 404
    reader = visitor(area, Role.INFORMATION_GOVERNANCE)[0]
    assert post(reader, person, part, sent).status_code == 403
