"""The machine interface of search: what the page finds, by terms in the body that nothing keeps."""

import logging
from typing import Any

import pytest
from django.test import Client

from agencies.models import Area
from audit.reads import access_by_user, digest_of
from cases.models import Nominal
from cases.records import AddressRecord, AliasRecord
from rules.vocabulary import Handling
from tests.factories.agencies import principal_for
from tests.factories.cases import LONG_AGO, TODAY, nominal, people, person, pnc
from tests.factories.visits import visitor

PATH = "/api/v1/search/"


@pytest.fixture
def galena(area: Area) -> Nominal:
    return nominal(
        area,
        family_name="Galena",
        given_names="Marcus",
        date_of_birth=TODAY.replace(year=1980),
        identifiers=(pnc(9_000_001),),
        aliases=(AliasRecord("Whitlock", "Mark"),),
        addresses=(AddressRecord(LONG_AGO, lines="7 Toadstone Terrace", postcode="ZZ99 3AB"),),
    )


def look(client: Client, sent: dict[str, Any]) -> Any:
    return client.post(PATH, sent, content_type="application/json")


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"text": "Gallina"}, id="misspelt"),
        pytest.param({"text": pnc(9_000_001).value}, id="by number"),
        pytest.param({"address": "zz993", "date_of_birth": None}, id="beginning of a postcode"),
        pytest.param(
            {"date_of_birth": TODAY.replace(year=1982).isoformat(), "slack": 2, "slack_unit": "years"},
            id="two years off",
        ),
    ],
)
def test_finds_a_person(coordinator: Client, galena: Nominal, asked: dict[str, Any]) -> None:
    said = look(coordinator, asked).json()
    (row,) = said["results"]
    assert said["cards"] == 0
    assert row.pop("found_by")
    assert row == {
        "id": galena.pk,
        "family_name": "Galena",
        "given_names": "Marcus",
        "date_of_birth": TODAY.replace(year=1980).isoformat(),
        "other_names": [{"kind": "alias", "family_name": "Whitlock", "given_names": "Mark"}],
        "category": "1",
        "level": "1",
        "numbers": [{"kind": "pnc", "value": galena.identifiers.get().normalised}],
    }


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        pytest.param({"text": " "}, "text", id="nothing"),
        pytest.param({"address": "a"}, "address", id="no word of an address"),
        pytest.param({"text": "Galena", "slack": 2}, "date_of_birth", id="give or take of no birth date"),
        pytest.param({"date_of_birth": "1980-01-01", "slack": 61}, "slack", id="further off than is asked"),
        pytest.param({"text": "a\x00b"}, "text", id="what no name holds"),
        pytest.param({"text": "x" * 101}, "text", id="longer than any name"),
    ],
)
def test_asks_what_the_form_asks(coordinator: Client, asked: dict[str, Any], field: str) -> None:
    response = look(coordinator, asked)
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


def test_what_was_asked_stands_nowhere(area: Area, galena: Nominal, caplog: pytest.LogCaptureFixture) -> None:
    """The access row has a digest and who was shown; no log line has the term; an address is not read for one."""
    caplog.set_level(logging.DEBUG)
    client, membership = visitor(area)
    look(client, {"text": "Gallina"})
    row = access_by_user(principal_for(membership, on=TODAY), membership.user_id, size=1)[0]
    assert (row.kind, row.hits, row.root_ids) == ("search", 1, [galena.pk])
    assert [bytes(term) for term in row.terms] == [digest_of("Gallina")]
    written = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert not [line for line in written if "gallina" in line.lower()]
    assert (client.get(PATH).status_code, look(client, {}).status_code) == (405, 400)
    assert client.post(f"{PATH}?text=Galena", {}, content_type="application/json").status_code == 400


def test_restricted_people_are_a_number_and_category_4_nothing(area: Area, coordinator: Client) -> None:
    nominal(area, family_name="Ochre", given_names="Warren", handling=Handling.RESTRICTED)
    nominal(area, family_name="Ochre", handling=Handling.CATEGORY_4)
    assert look(coordinator, {"text": "Ochre"}).json() == {"results": [], "total": 0, "at_least": False, "cards": 1}


def test_it_says_how_many_there_are_besides(area: Area, coordinator: Client) -> None:
    people(*(person(area, family_name="Galena", date_of_birth=TODAY.replace(year=1980)) for _ in range(60)))
    said = look(coordinator, {"date_of_birth": TODAY.replace(year=1980).isoformat()}).json()
    assert (len(said["results"]), said["total"], said["at_least"]) == (50, 60, False)
