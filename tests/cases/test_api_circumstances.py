"""The machine interface of circumstances: same rows, same services, same refusals as the pages."""

from typing import Any

import pytest
from django.test import Client

from agencies.models import Area
from agencies.roles import Role
from cases.models import HospitalOrder, Nominal, OrderStage
from cases.records import PersonalGrantRecord, ProcessRecord
from mappa import clock
from rules.vocabulary import Handling, HospitalSection, HospitalStage, ProcessKind
from tests.factories.cases import LONG_AGO, TODAY, nominal
from tests.factories.visits import queries, visitor

KIN = {"name": "Ivy Rowan", "relationship": "Mother", "at_risk": True, "contact": "with_conditions"}
MARAC = {"kind": "marac", "reference": "M-1", "starts_on": "2026-11-02"}
DOG = {"kind": "dogs", "text": "Ask for the dog to be shut away.", "starts_on": "2026-11-02"}


@pytest.fixture
def client(area: Area) -> Client:
    clock.pretend(TODAY)
    return visitor(area)[0]


@pytest.fixture
def person(area: Area) -> Nominal:
    return nominal(area, family_name="Feldspar")


def post(client: Client, path: str, data: dict[str, Any]) -> Any:
    return client.post(path, data, content_type="application/json")


@pytest.mark.parametrize(("part", "sent"), [("connected-people", KIN), ("processes", MARAC), ("warnings", DOG)])
def test_what_is_recorded_is_listed(client: Client, person: Nominal, part: str, sent: dict[str, Any]) -> None:
    path = f"/api/v1/nominals/{person.pk}/{part}/"
    made = post(client, path, sent)
    assert made.status_code == 201
    assert made.json().items() >= sent.items()
    (row,) = client.get(path).json()["results"]
    assert row == made.json() == client.get(f"{path}{row['id']}/").json()


@pytest.mark.parametrize(
    ("part", "sent", "status"),
    [
        pytest.param("connected-people", {**KIN, "relationship": "Victim"}, 409, id="a victim (R82)"),
        pytest.param("processes", {**MARAC, "kind": "victim_contact"}, 409, id="a word of victim contact (R82)"),
        pytest.param("processes", {**MARAC, "agency_id": 999_999}, 409, id="run by nobody of the area (R97)"),
        pytest.param("processes", {**MARAC, "ends_on": "2026-11-01"}, 409, id="ends before it starts"),
        pytest.param("warnings", {**DOG, "starts_on": "0001-01-01"}, 400, id="a year that cannot be"),
        pytest.param("warnings", {**DOG, "kind": "ghosts"}, 400, id="no such warning"),
        pytest.param("connected-people", {**KIN, "contact": ""}, 400, id="contact left empty"),
    ],
)
def test_what_is_wrong_is_said(client: Client, person: Nominal, part: str, sent: dict[str, Any], status: int) -> None:
    response = post(client, f"/api/v1/nominals/{person.pk}/{part}/", sent)
    assert response.status_code == status
    said = response.json()
    assert said["reasons" if status == 409 else "errors"]


def test_hospital_orders_come_with_their_stages_at_one_cost(client: Client, person: Nominal) -> None:
    path = f"/api/v1/nominals/{person.pk}/hospital-orders/"
    costs = []
    for section in (HospitalSection.HOSPITAL, HospitalSection.TRANSFER):
        order = HospitalOrder.objects.create(nominal=person, section=section)
        OrderStage.objects.create(order=order, kind=HospitalStage.DETAINED, starts_on=LONG_AGO)
        client.get(path)
        with queries() as asked:
            rows = client.get(path).json()["results"]
        costs.append(len(asked))
    assert [row["stages"][0]["kind"] for row in rows] == ["detained", "detained"]
    assert costs[0] == costs[1]
    assert post(client, path, {"section": "37"}).status_code == 405


@pytest.mark.parametrize("part", ["connected-people", "processes", "warnings", "hospital-orders"])
def test_a_hidden_person_is_as_absent_as_nobody(client: Client, area: Area, part: str) -> None:
    hidden = nominal(area, handling=Handling.CATEGORY_4)
    answers = [client.get(f"/api/v1/nominals/{pk}/{part}/") for pk in (hidden.pk, 999_999)]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_readers_record_nothing(area: Area, client: Client) -> None:
    reader, membership = visitor(area, Role.CHAIR)
    shown = nominal(
        area,
        personal_grants=(PersonalGrantRecord(membership.user_id, LONG_AGO),),
        parallel_processes=tuple(
            ProcessRecord(kind, LONG_AGO) for kind in (ProcessKind.TAG, ProcessKind.VICTIM_CONTACT)
        ),
    )
    rows = reader.get(f"/api/v1/nominals/{shown.pk}/processes/").json()["results"]
    assert [row["kind"] for row in rows] == ["tag"], "that there is victim contact is not for every reader (R82)"
    tab = reader.get(f"/nominals/{shown.pk}/circumstances/").content.decode()
    assert ("Electronic tag" in tab, "Victim contact" in tab) == (True, False)
    path = f"/api/v1/nominals/{shown.pk}/connected-people/"
    assert reader.get(path).status_code == 200
    assert post(reader, path, KIN).status_code == 403
